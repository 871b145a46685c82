//! What is worth trying of one kind of visit: the amounts at which a payment may break, and what a
//! member may have used before. Knows nothing of proofs or comparisons.

use crate::compile::CountedMeasure;
use crate::trial::{Trial, Trials, Used};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use gongji_adjudication::Cut;
use gongji_domain::{Fen, Rate};

impl Trials<'_> {
    /// What a member may have used before: nothing, half of the deductibles, nearly all that the
    /// limits allow; and `each` deductible and limit nearly used up by itself.
    pub(crate) fn used(&self, trial: &Trial, each: bool) -> Vec<Used> {
        let (deductibles, limits) = self.cuts(trial);
        let account =
            if self.account_pays_first() { [Fen::from_yuan(100), Fen::from_yuan(50)] } else { [Fen::ZERO; 2] };
        let near = |(counter, amount): &(u16, Fen)| (*counter, amount.less(Fen::from_yuan(1)));
        let half = |(counter, amount): &(u16, Fen)| (*counter, Fen::from_fen(amount.fen() / 2));
        let mut states = vec![
            Vec::new(),
            deductibles.iter().map(half).collect(),
            deductibles.iter().copied().chain(limits.iter().map(near)).collect(),
        ];
        if each {
            states.push(deductibles.clone());
            states.extend(deductibles.iter().map(|cut| vec![half(cut)]));
            states.extend(deductibles.iter().chain(&limits).map(|cut| vec![near(cut)]));
            let without = |cut: &(u16, Fen)| {
                deductibles.iter().copied().filter(|(known, _)| *known != cut.0).chain([near(cut)]).collect()
            };
            states.extend(limits.iter().map(without));
        }
        let mut used: BTreeSet<Used> = states.into_iter().map(|counters| Used { counters, account }).collect();
        used.insert(Used::default());
        used.into_iter().collect()
    }

    /// The day of a trial, in words.
    pub(crate) fn day_words(&self) -> String {
        format!("{}", self.day)
    }

    /// What was used before, in words; nothing where nothing was.
    pub(crate) fn used_words(&self, used: &Used) -> String {
        let counted = used.counters.iter().filter(|(_, amount)| !amount.is_zero()).map(|(counter, amount)| {
            let what = match self.compiled.counters[usize::from(*counter)].measure {
                CountedMeasure::Borne | CountedMeasure::BorneOfPayment => "已负担起付",
                CountedMeasure::Paid => "基金已支付",
                CountedMeasure::Above => "起付以上费用已有",
                _ => "费用已有",
            };
            format!("{what} {amount} 元")
        });
        let account = used.account.iter().copied().sum::<Fen>();
        let account = (!account.is_zero()).then(|| format!("个人账户 {account} 元"));
        let parts: Vec<String> = counted.chain(account).collect();
        if parts.is_empty() { String::new() } else { format!("此前{}", parts.join("、")) }
    }

    /// Deductibles and limits that hold for a visit, with their counters.
    #[allow(clippy::type_complexity)]
    fn cuts(&self, trial: &Trial) -> (Vec<(u16, Fen)>, Vec<(u16, Fen)>) {
        let (mut deductibles, mut limits) = (BTreeMap::new(), BTreeMap::new());
        let fen = |cut: &Cut| self.standard(cut, trial);
        for (_, terms) in self.terms(&self.ordinals(trial)) {
            for cut in terms.deductibles.iter().chain(&terms.payment_deductibles) {
                deductibles.extend(fen(cut).map(|fen| (cut.counter, fen)));
            }
            for cut in terms.eligible_limits.iter().chain(&terms.above_limits).chain(&terms.payment_limits) {
                limits.extend(fen(cut).map(|fen| (cut.counter, fen)));
            }
        }
        (deductibles.into_iter().collect(), limits.into_iter().collect())
    }

    /// The amounts at which the payment may break, one fen around each, and one beyond all.
    pub(crate) fn amounts(&self, trial: &Trial) -> Vec<Fen> {
        let mut breaks: BTreeSet<i64> = [1, 33, 100, 3_333, 10_000, 100_000].into();
        let ordinals = self.ordinals(trial);
        let (mut starts, mut ends) = (BTreeSet::from([0]), BTreeSet::new());
        for (benefit, terms) in
            self.terms(&ordinals).into_iter().filter(|(_, terms)| terms.applies && terms.reasons.is_empty())
        {
            let fen = |cut: &Cut| self.standard(cut, trial).map(Fen::fen);
            let rates: BTreeSet<Rate> = terms.rates.iter().copied().filter(|rate| *rate > Rate::ZERO).collect();
            let of_payment = |fen: i64| {
                rates.iter().map(move |rate| (i128::from(fen) * 1_000_000 / i128::from(rate.millionths())) as i64)
            };
            starts.extend(terms.deductibles.iter().filter_map(fen));
            starts.extend(terms.payment_deductibles.iter().filter_map(fen).flat_map(of_payment));
            ends.extend(terms.eligible_limits.iter().chain(&terms.above_limits).filter_map(fen));
            ends.extend(terms.payment_limits.iter().filter_map(fen).flat_map(of_payment));
            ends.extend(benefit.axis.iter().flat_map(|axis| axis.up_to.iter().map(|fen| fen.fen())));
        }
        breaks.extend(starts.iter().flat_map(|start| ends.iter().chain([&0]).map(move |end| start + end)));
        if let Some(terms) = self.line_terms(&ordinals) {
            breaks.extend(terms.ceiling.iter().filter_map(|amount| self.amount(amount, trial)).map(Fen::fen));
        }
        if trial.prior.is_some() {
            breaks.extend(breaks.clone().into_iter().map(|fen| fen * 2));
        }
        let most = breaks.last().copied().unwrap_or(0) * 2 + 1_000_000;
        let cuts = self.compiled.registry.get("charge_amount").map(|fact| fact.cuts.clone()).unwrap_or_default();
        around(breaks.into_iter().chain(cuts).filter(|fen| *fen < most).chain([most]))
    }
}

/// Each amount with one fen below and above.
fn around(breaks: impl Iterator<Item = i64>) -> Vec<Fen> {
    let near: BTreeSet<i64> = breaks.flat_map(|fen| [fen - 1, fen, fen + 1]).filter(|fen| *fen > 0).collect();
    near.into_iter().map(Fen::from_fen).collect()
}
