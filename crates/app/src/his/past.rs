//! A visit of the past: its events as they were kept, and what queries want of them. Looks nothing up.

use std::collections::BTreeMap;

use gongji_store::Event;

use super::book::{Change, Description, Registration, Settled};
use super::errors::Fault;
use super::json::{self, Json};
use super::moment::Moment;

/// A visit with all its events and what each changed.
pub(crate) struct Past {
    pub mdtrt_id: String,
    pub registration: Registration,
    /// The member's visit before.
    pub previous: Option<u64>,
    pub events: Vec<(Event, Change)>,
}

/// A fee line as it was uploaded and as it was priced.
pub(crate) struct Charged {
    pub asked: Json<'static>,
    pub priced: Json<'static>,
    /// When.
    pub at: String,
}

impl Past {
    /// When the visit was.
    pub(crate) fn moment(&self) -> Moment {
        self.description().map_or(self.registration.begntime, |description| description.begntime)
    }

    /// What the visit is for, as last told.
    pub(crate) fn description(&self) -> Option<&Description> {
        self.events.iter().rev().find_map(|(_, change)| match change {
            Change::Described { description, .. } => Some(description),
            Change::Purchased { purchase, .. } => Some(&purchase.description),
            _ => None,
        })
    }

    /// The input of the last message of a transaction, with or without a letter at its end.
    pub(crate) fn input_of(&self, infno: &str) -> Option<Json<'_>> {
        json::read_text(&self.last(infno)?.input).ok()
    }

    /// When that message was kept.
    pub(crate) fn told_at(&self, infno: &str) -> String {
        self.last(infno).map_or_else(String::new, at)
    }

    /// When the visit was registered.
    pub(crate) fn began_at(&self) -> String {
        self.events.first().map_or_else(String::new, |(event, _)| at(event))
    }

    /// The diagnoses in one text.
    pub(crate) fn diagnoses(&self) -> String {
        let told = self.input_of("2203").unwrap_or(Json::Null);
        let names: Vec<&str> = told.rows("diseinfo").iter().map(|row| row.word("diag_name")).collect();
        names.join("；").chars().take(200).collect()
    }

    fn last(&self, infno: &str) -> Option<&Event> {
        let events = self.events.iter().rev().map(|(event, _)| event);
        events.into_iter().find(|event| event.infno.trim_end_matches('A') == infno)
    }

    /// The event that settled or took back under a number, and whether it took back.
    pub(crate) fn settlement(&self, id: &str) -> Option<(&Event, bool)> {
        self.events.iter().find_map(|(event, change)| match change {
            Change::Settled { setl_id, .. } | Change::Purchased { setl_id, .. } if setl_id == id => {
                Some((event, false))
            }
            Change::Cancelled { setl_id, .. } if setl_id == id => Some((event, true)),
            _ => None,
        })
    }

    /// What was settled under a number.
    pub(crate) fn settled(&self, id: &str) -> Option<&Settled> {
        self.events.iter().find_map(|(_, change)| match change {
            Change::Settled { setl_id, settlement } if setl_id == id => Some(&**settlement),
            Change::Purchased { setl_id, purchase } if setl_id == id => Some(&purchase.settlement),
            _ => None,
        })
    }

    /// What was settled under a number, and whether it was a purchase at a pharmacy.
    pub(crate) fn original(&self, id: &str) -> Option<(&Settled, bool)> {
        let pharmacy = self.events.iter().any(|(_, change)| matches!(change, Change::Purchased { .. }));
        self.settled(id).map(|settled| (settled, pharmacy))
    }

    /// Whether the registration was taken back (2202).
    pub(crate) fn is_withdrawn(&self) -> bool {
        self.events.iter().any(|(_, change)| matches!(change, Change::Unregistered { .. }))
    }

    /// The settlement that has cancelled this one.
    pub(crate) fn cancelled_by(&self, settled: &str) -> Option<&str> {
        self.events.iter().find_map(|(_, change)| match change {
            Change::Cancelled { setl_id, cancels, .. } if cancels == settled => Some(setl_id.as_str()),
            _ => None,
        })
    }

    /// The settlement that an event took back.
    pub(crate) fn cancelled(&self, by: &Event) -> Option<&Event> {
        let cancels = self.events.iter().find_map(|(event, change)| match change {
            Change::Cancelled { cancels, .. } if event.seq == by.seq => Some(cancels),
            _ => None,
        })?;
        self.settlement(cancels).map(|(event, _)| event)
    }

    /// The fee lines: those that a settlement settled, or else those that stand.
    pub(crate) fn charged(&self, settled_by: Option<&str>) -> Result<Vec<Charged>, Fault> {
        let mut lines: BTreeMap<(u64, usize), (String, Charged)> = BTreeMap::new();
        for (event, change) in &self.events {
            match change {
                Change::Charged { .. } | Change::Purchased { .. } => {
                    for (place, (batch, line)) in charged(event)?.into_iter().enumerate() {
                        lines.insert((event.seq, place), (batch, line));
                    }
                }
                Change::Withdrawn { lines: withdrawn, .. } => {
                    lines
                        .retain(|_, (_, line)| !withdrawn.iter().any(|number| number == line.asked.word("feedetl_sn")));
                }
                Change::Settled { setl_id, settlement } if Some(setl_id.as_str()) == settled_by => {
                    lines.retain(|_, (batch, _)| *batch == settlement.chrg_bchno);
                    break;
                }
                _ => {}
            }
        }
        Ok(lines.into_values().map(|(_, line)| line).collect())
    }
}

/// When an event was kept.
pub(crate) fn at(event: &Event) -> String {
    event.recorded.parse::<Moment>().map_or_else(|()| event.recorded.to_string(), |moment| moment.to_string())
}

/// The rows of either node: 2204 and 2102 name theirs differently.
fn either<'t>(json: &Json<'t>, first: &str, second: &str) -> Vec<Json<'t>> {
    [json.rows(first), json.rows(second)].concat()
}

/// The lines of one upload with their batches.
fn charged(event: &Event) -> Result<Vec<(String, Charged)>, Fault> {
    let input = json::read_text(&event.input)?;
    let reply = json::read(&event.reply)?;
    let output = reply.get("output").unwrap_or(&Json::Null);
    let (asked, priced) = (either(&input, "feedetail", "drugdetail"), either(output, "result", "detlcutinfo"));
    let line = |asked: Json<'_>| {
        let (number, batch) = (asked.word("feedetl_sn"), asked.word("chrg_bchno").to_owned());
        let priced = priced.iter().find(|row| row.word("feedetl_sn") == number).cloned().unwrap_or(Json::Null);
        (batch, Charged { asked: asked.into_owned(), priced: priced.into_owned(), at: at(event) })
    };
    Ok(asked.into_iter().map(line).collect())
}
