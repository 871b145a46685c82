//! What the store could not do with a message (未能入账), as the sender is told: which field differs from the first time, whether to
//! come again, and whether anything happened.

use gongji_store::SubmitError;

use super::envelope::Outline;
use super::errors::{Code, Fault};
use super::json::{self, Json};

/// The fault of a message that came to nothing in the store.
pub(super) fn from_store(error: SubmitError, outline: &Outline) -> Fault {
    match error {
        SubmitError::Conflict { infno, input, sent } => {
            let reused = |field: String| Fault::at(Code::MessageReused, field);
            if infno != outline.infno {
                return reused("infno".to_owned()).given(&outline.infno).allowed(format!(" {infno}，或换新的 msgid"));
            }
            let [before, now] = [&input, &sent].map(|text| json::read_text(text).unwrap_or(Json::Null));
            let field = before.difference(&now).unwrap_or_default();
            reused(format!("input.{field}")).allowed("与首次相同的内容，或换新的 msgid")
        }
        SubmitError::Barred { by } => Fault::at(Code::ReversedBefore, "msgid")
            .given(&outline.msgid)
            .allowed(format!("新的 msgid（已由报文 {by} 冲正）")),
        SubmitError::Busy => Fault::new(Code::Busy),
        SubmitError::Unsure(_) => Fault::new(Code::NotConfirmed),
        SubmitError::Away(_) => Fault::new(Code::DatabaseAway),
        SubmitError::Panicked => Fault::new(Code::InternalError),
        SubmitError::NotRecorded(_) | SubmitError::Closed | _ => Fault::new(Code::NotRecorded),
    }
}
