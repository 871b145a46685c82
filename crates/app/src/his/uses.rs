//! What a holder's account paid for relatives and as contributions (共济使用记录): found by walking back the holder's events,
//! each of which names the one before. Reads one moment of the store and decides nothing.

use gongji_domain::{Day, Fen};
use gongji_register::bond::Purpose;
use gongji_store::Event;
use serde::Serialize;

use super::archive::{Moment, read};
use super::book::Change;
use super::entry::{Aid, Premium, What, known_as};
use super::errors::Fault;
pub(crate) use super::statement::Kept;

/// One use of an account outside of the holder's own visits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Use {
    /// The event, and when it was recorded.
    pub number: u64,
    pub recorded: String,
    /// The day of the visit, purchase or payment.
    pub on: Day,
    pub purpose: Purpose,
    /// By which bond; none for the holder's own contributions.
    pub bond: Option<u64>,
    /// For whom: 人员编号, or 证件号码.
    pub patient: String,
    /// 结算ID or 缴费单号.
    pub document: String,
    /// Where: the institution or the area that received it.
    pub at: String,
    /// Negative where it was given back.
    pub amount: Fen,
}

/// The uses of a holder's account, the first one first; `last` is the holder's last event outside of visits.
///
/// # Errors
/// When the store cannot be read.
pub(crate) fn uses(kept: &Kept, holder: &str, last: Option<u64>) -> Result<Vec<Use>, Fault> {
    let kept = kept.now()?;
    let (mut uses, mut next) = (Vec::new(), last);
    while let Some(number) = next {
        let Some(event) = kept.event(number)? else { break };
        let (used, before) = used(kept, holder, &event)?;
        uses.extend(used);
        // Each names another one that came before.
        next = before.filter(|before| *before < number);
    }
    uses.reverse();
    Ok(uses)
}

/// What an event used, and the holder's event before it.
fn used(kept: &Moment, holder: &str, event: &Event) -> Result<(Option<Use>, Option<u64>), Fault> {
    Ok(match read(event)? {
        Change::Recorded(recorded) => (None, recorded.previous),
        Change::Entered(entry) => {
            let before = entry.previous.iter().find(|(person, _)| person == holder).map(|(_, before)| *before);
            let used = match &entry.what {
                What::Premium(premium) => Some(paid(event, premium)),
                _ => None,
            };
            (used, before)
        }
        Change::Settled { setl_id, settlement } => of(event, settlement.aid.as_deref(), setl_id, settlement.day, false),
        Change::Purchased { setl_id, purchase } => {
            let settlement = &purchase.settlement;
            of(event, settlement.aid.as_deref(), setl_id, settlement.day, false)
        }
        Change::Cancelled { setl_id, cancels, previous } => {
            let past = kept.visit(&event.psn_no, event.visit.unwrap_or_default())?;
            let settled = past.as_ref().and_then(|past| past.settled(&cancels));
            let (used, _) = settled
                .map(|settled| of(event, settled.aid.as_deref(), setl_id, settled.day, true))
                .unwrap_or_default();
            (used, previous)
        }
        _ => (None, None),
    })
}

fn of(event: &Event, aid: Option<&Aid>, document: String, on: Day, back: bool) -> (Option<Use>, Option<u64>) {
    let Some(aid) = aid else { return (None, None) };
    let used = Use {
        number: event.seq,
        recorded: event.recorded.to_string(),
        on,
        purpose: aid.purpose,
        bond: Some(aid.bond),
        patient: event.psn_no.clone(),
        document,
        at: event.institution.to_string(),
        amount: if back { -aid.amount() } else { aid.amount() },
    };
    (Some(used), aid.previous)
}

fn paid(event: &Event, premium: &Premium) -> Use {
    let Premium { purpose, bill, relative, area, on, .. } = premium;
    let insured = relative.as_ref().map(|(insured, _)| known_as(insured));
    Use {
        number: event.seq,
        recorded: event.recorded.to_string(),
        on: *on,
        purpose: *purpose,
        bond: relative.as_ref().map(|(_, bond)| *bond),
        patient: insured.unwrap_or(&event.psn_no).to_owned(),
        document: bill.clone(),
        at: area.clone(),
        amount: premium.amount(),
    }
}
