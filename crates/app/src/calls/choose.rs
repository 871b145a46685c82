//! Which messages of a call log are meant: an institution's, a transaction's, faults only, a whole conversation; each with
//! what its code means. Reads no file.

use serde::Serialize;

use super::Call;

/// Which messages.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Choice<'a> {
    /// 定点医药机构编号
    pub institution: Option<&'a str>,
    /// 交易编号, with its letter forms.
    pub infno: Option<&'a str>,
    pub faults: bool,
    /// From this time on.
    pub since: Option<&'a str>,
    /// All of the visit around this message.
    pub msgid: Option<&'a str>,
}

impl Choice<'_> {
    /// Those that are meant, in the order in which they came.
    pub(crate) fn of<'c>(&self, calls: &'c [Call]) -> Vec<&'c Call> {
        let base = |infno: &str| infno.trim_end_matches(|c: char| c.is_ascii_alphabetic()).to_owned();
        let asked = |call: &&Call| {
            self.institution.is_none_or(|code| *code == call.institution)
                && self.infno.is_none_or(|infno| *infno == call.infno || *infno == base(&call.infno))
                && (!self.faults || !call.is_ok())
                && is_since(call, self.since)
        };
        let Some(msgid) = self.msgid else { return calls.iter().filter(asked).collect() };
        let own: Vec<&Call> = calls.iter().filter(|call| call.msgid == *msgid).collect();
        let visits: Vec<(String, String)> = own.iter().flat_map(|call| visits(call)).collect();
        let same = |call: &&Call| call.msgid == *msgid || visits_meet(&visits, call) || refers(call, msgid);
        calls.iter().filter(same).filter(asked).collect()
    }
}

/// Whether a message came at or after a time that was given.
pub(crate) fn is_since(call: &Call, since: Option<&str>) -> bool {
    since.is_none_or(|since| call.at.as_str() >= since.replace('T', " ").as_str())
}

/// The visits (就诊ID) that a message names or makes, each with its institution.
fn visits(call: &Call) -> Vec<(String, String)> {
    let bodies = call.bodies();
    let paths = [
        "request.input.data.mdtrt_id",
        "request.input.mdtrtinfo.mdtrt_id",
        "request.input.feedetail.mdtrt_id",
        "reply.output.data.mdtrt_id",
        "reply.output.setlinfo.mdtrt_id",
    ];
    let mut found: Vec<(String, String)> =
        paths.iter().flat_map(|path| bodies.values(path)).map(|visit| (call.institution.clone(), visit)).collect();
    found.dedup();
    found
}

fn visits_meet(of: &[(String, String)], call: &Call) -> bool {
    !of.is_empty() && visits(call).iter().any(|visit| of.contains(visit))
}

/// Whether a message takes another back (2601).
fn refers(call: &Call, msgid: &str) -> bool {
    call.bodies().values("request.input.data.omsgid").iter().any(|omsgid| omsgid == msgid)
}

/// A call with what its code means.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Explained<'a> {
    #[serde(flatten)]
    pub call: &'a Call,
    pub name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meaning: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<&'static str>,
}

/// The same with its words.
pub(crate) fn explained(call: &Call) -> Explained<'_> {
    let (meaning, remedy) = call.explained().unzip();
    Explained { call, name: call.name(), meaning, remedy }
}
