//! The order among line classes by their rates, and whether the scopes of deductibles and limits
//! lie in one another. Knows nothing of tables.

use crate::compile::Stage;
use crate::figures::Trouble;
use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::vec::Vec;
use gongji_adjudication::Cut;
use gongji_domain::Rate;

/// The rank of each line class by its rates, compared segment by segment from the lowest.
pub(super) fn precedence(rates: &[Rate], classes: usize) -> Box<[u8]> {
    let of = |class: usize| rates.iter().skip(class).step_by(classes);
    let distinct: BTreeSet<Vec<&Rate>> = (0..classes).map(|class| of(class).collect()).collect();
    let rank = |class: usize| distinct.iter().filter(|lower| of(class).gt(lower.iter().copied())).count();
    (0..classes).map(|class| rank(class) as u8).collect()
}

/// Deductibles of one benefit are equal or disjoint in their lines; limits nest or are disjoint.
pub(super) fn check_scopes(cuts: &[(Stage, usize, Cut)], name: &str, deductible: bool) -> Result<(), Trouble> {
    for (i, (stage, _, a)) in cuts.iter().enumerate() {
        for (_, _, b) in cuts[i + 1..].iter().filter(|(other, _, _)| other == stage) {
            let both = a.lines & b.lines;
            let fine = both == 0 || a.lines == b.lines || (!deductible && (both == a.lines || both == b.lines));
            if !fine {
                let what = if deductible {
                    "起付标准的 lines 须相同或互不重合"
                } else {
                    "限额的 lines 须一个包含另一个，或互不重合"
                };
                return Err(("scopes_cross", format!("待遇 {name}：{what}")));
            }
        }
    }
    Ok(())
}
