//! What became of a message (报文去向): for a terminal that lost the answer. Looks and changes nothing; only
//! 2601 closes the door on a message that may still be on its way.

use serde::Serialize;

use gongji_store::{Key, Known, Outcome};

use super::book::{Book, Change, View};
use super::moment::Moment;

/// The answer, as JSON.
#[derive(Debug, Serialize)]
pub(crate) struct Fate {
    /// 定点医药机构编号
    fixmedins_code: String,
    /// 发送方报文ID
    msgid: String,
    /// In one word.
    state: State,
    /// In words, with what to do.
    said: String,
    /// 交易编号
    #[serde(skip_serializing_if = "Option::is_none")]
    infno: Option<String>,
    /// When it was kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    recorded: Option<String>,
    /// 就诊ID of the visit that it settled or, at a pharmacy, made: 5203 asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    mdtrt_id: Option<String>,
    /// 结算ID of the settlement that it made.
    #[serde(skip_serializing_if = "Option::is_none")]
    setl_id: Option<String>,
    /// What took it back: the 结算ID of the cancellation, or the message that barred it.
    #[serde(skip_serializing_if = "Option::is_none")]
    reversed_by: Option<String>,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    /// Nothing is kept under this number.
    NotRecorded,
    /// It is kept, and what it did stands.
    Recorded,
    /// It settled, and the settlement was taken back.
    Reversed,
    /// It was reversed before it came, and is refused if it comes.
    Barred,
}

/// The fate of the message that the request refers to.
pub(crate) fn fate(known: &Known<'_, Book>, message: &Key) -> Outcome<Change> {
    let view = View(known);
    let blank = Fate {
        fixmedins_code: message.institution.clone(),
        msgid: message.msgid.clone(),
        state: State::NotRecorded,
        said: "没有入账：未收到、被拒绝，或是不入账的交易。可用同一报文编号重发；不再要它则用 2601 冲正".to_owned(),
        infno: None,
        recorded: None,
        mdtrt_id: None,
        setl_id: None,
        reversed_by: None,
    };
    let fate = match view.original() {
        None => blank,
        Some(event) if event.msgid != message.msgid => Fate {
            state: State::Barred,
            said: "没有收到，已先行冲正；它以后再来也不受理".to_owned(),
            reversed_by: Some(event.msgid.clone()),
            ..blank
        },
        Some(event) => {
            let made = view.settled_by(event);
            let reversed_by =
                made.as_ref().and_then(|(visit, setl_id)| visit.settlement(setl_id)?.cancelled_by.clone());
            let (state, said) = match &reversed_by {
                Some(_) => (State::Reversed, "已入账，其后已撤销或冲正"),
                None => (State::Recorded, "已入账；用同一报文编号重发即得首次的应答"),
            };
            let recorded = event.recorded.parse::<Moment>().ok().map(|moment| moment.to_string());
            let settled = made.as_ref().and_then(|(visit, setl_id)| visit.settlement(setl_id));
            Fate {
                state,
                said: said.to_owned(),
                infno: Some(event.infno.to_string()),
                recorded,
                mdtrt_id: settled.map(|settled| settled.mdtrt_id.clone()),
                setl_id: made.map(|(_, setl_id)| setl_id),
                reversed_by,
                ..blank
            }
        }
    };
    Outcome::Answer(serde_json::to_vec(&fate).expect("texts can always be written"))
}
