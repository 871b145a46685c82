//! Centre against bank: what was to be paid in cash, and what the bank took for it.

use std::collections::{BTreeMap, HashMap};

use gongji_domain::Fen;

use super::cause::{Cause, Mend};
use super::{Difference, Payment, Settlement, Taken};

/// The differences, the centre's rows first and then what nobody settled.
pub(super) fn compare(centre: &[Settlement], payments: &[Payment]) -> Vec<Difference> {
    let mut taken: BTreeMap<&str, Fen> = BTreeMap::new();
    for payment in payments {
        *taken.entry(&payment.setl_id).or_insert(Fen::ZERO) += payment.amount;
    }
    let by_id: HashMap<&str, &Settlement> = centre.iter().map(|row| (&*row.setl_id, row)).collect();
    let mut differences = Vec::new();
    for row in centre.iter().filter(|row| !row.refund) {
        // What was cancelled is paid back under either number.
        let back = row.cancelled_by.as_deref().and_then(|by| by_id.get(by));
        let due = row.sums.cash() + back.map_or(Fen::ZERO, |back| back.sums.cash());
        let paid = [Some(row.setl_id.as_str()), row.cancelled_by.as_deref()];
        let paid: Fen = paid.into_iter().flatten().filter_map(|id| taken.remove(id)).sum();
        differences.extend(difference(row, due, paid));
    }
    for row in centre.iter().filter(|row| row.refund) {
        // Of a settlement of another day.
        if let Some(paid) = taken.remove(row.setl_id.as_str()) {
            differences.extend(difference(row, row.sums.cash(), paid));
        } else if row.cancels.as_deref().is_none_or(|original| !by_id.contains_key(original)) {
            differences.extend(difference(row, row.sums.cash(), Fen::ZERO));
        }
    }
    let nothing = taken.into_iter().filter(|(_, paid)| !paid.is_zero());
    differences.extend(nothing.map(|(setl_id, paid)| Difference {
        cause: Cause::PaidNotSettled,
        mend: if paid > Fen::ZERO { Mend::PayBack { amount: paid } } else { Mend::Collect { amount: -paid } },
        institution: None,
        centre: None,
        bank: Some(Taken { setl_id: setl_id.to_owned(), amount: paid }),
    }));
    differences
}

fn difference(row: &Settlement, due: Fen, paid: Fen) -> Option<Difference> {
    let mend = match due.cmp(&paid) {
        std::cmp::Ordering::Equal => return None,
        std::cmp::Ordering::Greater => Mend::Collect { amount: due - paid },
        std::cmp::Ordering::Less => Mend::PayBack { amount: paid - due },
    };
    let cause = if paid.is_zero() && due > Fen::ZERO { Cause::SettledNotPaid } else { Cause::PaidOther { due, paid } };
    let bank = Some(Taken { setl_id: row.setl_id.clone(), amount: paid });
    Some(Difference { cause, mend, institution: None, centre: Some(row.clone()), bank })
}
