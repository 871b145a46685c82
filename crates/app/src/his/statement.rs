//! An institution's settlements and cancellations as the centre booked them, day by day: what reconciliation
//! (对账) compares with.

use std::collections::HashMap;

use gongji_domain::Day;
use gongji_store::Event;

pub(crate) use super::archive::Kept;
use super::archive::{Moment, read};
use super::book::{Change, Settled};
use super::call::event_number;
use super::codes;
use super::errors::Fault;
use super::moment;
use crate::his::reconcile::{Settlement, Sums};

/// What was booked for an institution on these days, in the order of booking.
pub(crate) fn booked(kept: &Moment, institution: &str, from: Day, to: Day) -> Result<Vec<Settlement>, Fault> {
    let mut events = Vec::new();
    kept.recorded(&from.to_string(), &to.to_string(), |event| {
        if event.institution == institution && moves_money(&event) {
            events.push(event);
        }
    })?;
    let mut rows = Vec::with_capacity(events.len());
    for event in &events {
        rows.extend(row(kept, event)?);
    }
    let by: HashMap<String, String> =
        rows.iter().filter_map(|row| Some((row.cancels.clone()?, row.setl_id.clone()))).collect();
    for row in &mut rows {
        row.cancelled_by = by.get(&row.setl_id).cloned();
    }
    Ok(rows)
}

/// The settlement or cancellation of an institution by its 结算ID, whenever it was booked.
pub(crate) fn find(kept: &Moment, institution: &str, setl_id: &str) -> Result<Option<Settlement>, Fault> {
    let Some(number) = event_number(setl_id) else { return Ok(None) };
    let event = kept.event(number)?.filter(|event| event.institution == institution && moves_money(event));
    let Some(event) = event else { return Ok(None) };
    Ok(row(kept, &event)?.filter(|row| row.setl_id == setl_id))
}

/// By the word of the journal, so that the many others need not be read.
fn moves_money(event: &Event) -> bool {
    matches!(event.kind.as_str(), "settled" | "purchased" | "cancelled" | "reversed")
}

fn row(kept: &Moment, event: &Event) -> Result<Option<Settlement>, Fault> {
    Ok(match read(event)? {
        Change::Settled { setl_id, settlement } => Some(of(event, &settlement, setl_id, None)),
        Change::Purchased { setl_id, purchase } => Some(of(event, &purchase.settlement, setl_id, None)),
        Change::Cancelled { setl_id, cancels, .. } => {
            let visit = event.visit.unwrap_or_default();
            let past = kept.visit(&event.psn_no, visit)?;
            let settled = past.as_ref().and_then(|past| past.settled(&cancels));
            settled.map(|settled| of(event, settled, setl_id, Some(cancels)))
        }
        _ => None,
    })
}

fn of(event: &Event, settled: &Settled, setl_id: String, cancels: Option<String>) -> Settlement {
    let decided = &settled.decided;
    let sums = Sums { total: decided.total, fund: decided.fund_total, account: decided.account_paid };
    let recorded: Option<moment::Moment> = event.recorded.parse().ok();
    Settlement {
        setl_id,
        mdtrt_id: settled.mdtrt_id.clone(),
        psn_no: settled.psn_no.to_string(),
        refund: cancels.is_some(),
        sums: if cancels.is_some() { Sums::default().minus(sums) } else { sums },
        msgid: event.msgid.clone(),
        infno: event.infno.to_string(),
        day: recorded.map_or(settled.day, |recorded| recorded.day),
        time: recorded.map(moment::Moment::time).unwrap_or_default(),
        area: settled.area.to_string(),
        cancels,
        cancelled_by: None,
        clr_type: codes::care_type(&settled.med_type).map_or("99", |care| care.clr_type).to_owned(),
    }
}
