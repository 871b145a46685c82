//! Closing an area's books (关账): one event, after which settlements of those days are refused and what takes
//! one back lands in the open period.

use gongji_domain::Day;
use gongji_ledger::AreaCode;
use gongji_store::{CLOSING, Draft, Key, Known, Outcome, Request, Store, SubmitError};

use super::book::{Book, Change};
use super::moment::Moment;

/// Closes the books of an area up to and with a day; closed that far already, nothing happens.
///
/// # Errors
/// When the event could not be written.
pub(crate) fn close(store: &Store<Book>, area: AreaCode, through: Day, now: Moment) -> Result<bool, SubmitError> {
    let name = area.to_string();
    let request = Request {
        key: Key { institution: "-".to_owned(), msgid: format!("close {name} {through}") },
        infno: String::new(),
        input: String::new(),
        recorded: now.to_string(),
        // Nobody's account is touched: the area stands where a member would.
        persons: vec![name.clone()],
        visit: None,
        refers: None,
    };
    let decide = move |known: &Known<'_, Book>, _: u64| {
        if known.periods().closed_through(area).is_some_and(|closed| closed >= through) {
            return Outcome::Answer(Vec::new());
        }
        let change = Change::Closed { area: name.clone(), through };
        Outcome::Record(
            Draft {
                kind: CLOSING,
                area: name.clone(),
                psn_no: name.clone(),
                with: Vec::new(),
                visit: None,
                reply: "closed".into(),
                effects: serde_json::to_string(&change).expect("a change can always be written"),
                policy: String::new(),
            },
            None,
        )
    };
    store.call(request, decide).map(|reply| !reply.replayed && !reply.body.is_empty())
}
