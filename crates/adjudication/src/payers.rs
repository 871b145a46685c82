//! Who pays the personal share: account parts in order, then cash. Subtraction only.

use crate::rules::{Component, Payers};
use crate::settlement::Settlement;
use crate::steps::{Recorder, Step, StepKind};
use gongji_domain::Fen;

/// What the member bears, by component.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Borne {
    pub(crate) deductible: Fen,
    pub(crate) share: Fen,
    pub(crate) over: Fen,
}

/// Divides the personal share; `left` is what each account part still holds.
#[inline]
pub(crate) fn pay<R: Recorder>(
    payers: &Payers,
    use_account: bool,
    borne: Borne,
    left: &mut [Fen; 2],
    settlement: &mut Settlement,
    recorder: &mut R,
) {
    settlement.personal_share = settlement.total - settlement.fund_total;
    let in_chain = settlement.from_account[0] + settlement.from_account[1];
    let (share, funds, total) = (settlement.personal_share, settlement.fund_total, settlement.total);
    let why = payers.why;
    let kind = StepKind::PersonalShare { total, funds };
    recorder.record(|| Step { benefit: None, why, kind, result: share });
    let mut open = (share - in_chain).min(allowed(payers, borne, settlement));
    let before = left[0] + left[1];
    let may = open;
    if use_account {
        for part in &payers.accounts {
            let paid = open.min(left[*part as usize]);
            open -= paid;
            left[*part as usize] -= paid;
            settlement.from_account[*part as usize] += paid;
        }
    }
    settlement.account_paid = settlement.from_account[0] + settlement.from_account[1];
    settlement.cash = share - settlement.account_paid;
    settlement.balance = left[0] + left[1];
    let paid = may - open;
    if use_account && !before.is_zero() {
        let kind = StepKind::Account { of: may, balance: before };
        recorder.record(|| Step { benefit: None, why, kind, result: paid });
    }
    let kind = StepKind::Cash { share, account: settlement.account_paid };
    recorder.record(|| Step { benefit: None, why, kind, result: settlement.cash });
}

/// The part of the personal share that an account may pay.
#[inline]
fn allowed(payers: &Payers, borne: Borne, settlement: &Settlement) -> Fen {
    if payers.pays.len() == 6 {
        return Fen::MAX;
    }
    let amount = |component: &Component| match component {
        Component::Borne => borne.deductible,
        Component::Share => borne.share,
        Component::Over => borne.over,
        Component::Upfront => settlement.upfront,
        Component::OverCeiling => settlement.over_ceiling,
        Component::OffList => settlement.off_list,
    };
    payers.pays.iter().map(amount).sum()
}
