//! What a bound speaks of and what it demands: its shape, checked before any package is.

use crate::fault::{Fault, listed};
use crate::model::{Bound, Value};
use alloc::format;
use alloc::string::ToString;

/// The part of a package that a bound speaks of; benefits by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject<'a> {
    Rate(&'a str),
    Deductible(&'a str),
    Limit(&'a str),
    For(&'a str),
    Credit,
    Use,
    EmployerShare,
}

/// What a bound demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Must {
    AtLeast,
    AtMost,
    Equal,
    Near,
    NotLower,
    Cover,
    BeStated,
}

const SUBJECTS: &[&str] = &[
    "benefit.X.rate",
    "benefit.X.deductible",
    "benefit.X.limit",
    "benefit.X.for",
    "account.credit",
    "account.use",
    "account.employer_share",
];

const MUSTS: &[(&str, Must)] = &[
    ("at_least", Must::AtLeast),
    ("at_most", Must::AtMost),
    ("equal", Must::Equal),
    ("near", Must::Near),
    ("not_lower", Must::NotLower),
    ("cover", Must::Cover),
    ("be_stated", Must::BeStated),
];

/// Reads a bound, or says what is wrong with it.
pub(crate) fn shape(bound: &Bound) -> Result<(Subject<'_>, Must), Fault> {
    let Some(subject) = subject(&bound.on.text) else {
        let found = format!("on = \"{}\"", bound.on.text);
        return Err(Fault::error("invalid_bound", bound.on.at, found, format!("可用：{}", listed(SUBJECTS))));
    };
    let Some((_, must)) = MUSTS.iter().find(|(name, _)| *name == bound.must.text) else {
        let found = format!("must = \"{}\"", bound.must.text);
        let allowed = format!("可用：{}", listed(MUSTS.iter().map(|(name, _)| name)));
        return Err(Fault::error("invalid_bound", bound.must.at, found, allowed));
    };
    match misfit(bound, subject, *must) {
        Some((found, allowed)) => Err(Fault::error("invalid_bound", bound.at, found.to_string(), allowed)),
        None => Ok((subject, *must)),
    }
}

fn subject(on: &str) -> Option<Subject<'_>> {
    let mut parts = on.split('.');
    let subject = match (parts.next()?, parts.next()?, parts.next()) {
        ("benefit", name, Some("rate")) => Subject::Rate(name),
        ("benefit", name, Some("deductible")) => Subject::Deductible(name),
        ("benefit", name, Some("limit")) => Subject::Limit(name),
        ("benefit", name, Some("for")) => Subject::For(name),
        ("account", "credit", None) => Subject::Credit,
        ("account", "use", None) => Subject::Use,
        ("account", "employer_share", None) => Subject::EmployerShare,
        _ => return None,
    };
    parts.next().is_none().then_some(subject)
}

/// What a bound says that it cannot mean: found and allowed.
fn misfit(bound: &Bound, subject: Subject<'_>, must: Must) -> Option<(&'static str, &'static str)> {
    let is = bound.is.as_ref().map(|is| &is.value);
    let is_for = matches!(subject, Subject::For(_));
    match must {
        Must::Cover if !is_for => return Some(("cover 用在一张表上", "cover 只用于 benefit.X.for")),
        Must::Cover if bound.facts.is_empty() => {
            return Some(("cover 没有 facts", "写 facts = [...]：哪些事实的取值都要覆盖"));
        }
        _ if is_for && must != Must::Cover => {
            return Some(("benefit.X.for 上的要求不是 cover", "写 must = \"cover\" 与 facts"));
        }
        Must::NotLower if bound.along.is_none() => {
            return Some(("not_lower 没有 along", "写 along = { 事实 = [\"低\", \"高\"] }"));
        }
        Must::Cover | Must::NotLower | Must::BeStated => return None,
        Must::AtLeast | Must::AtMost | Must::Equal | Must::Near => {}
    }
    let fits = match subject {
        Subject::Use => matches!(is, Some(Value::Word(_))) && must == Must::Equal,
        Subject::Rate(_) | Subject::EmployerShare => matches!(is, Some(Value::Rate(_))),
        _ => matches!(is, Some(Value::Money(_) | Value::Share { .. })),
    };
    let allowed = match subject {
        Subject::Use => "must = \"equal\"，is 写 \"allowed\"、\"forbidden\" 或 \"not_yet\"",
        Subject::Rate(_) | Subject::EmployerShare => "is 写比例，如 \"50%\"",
        _ => "is 写金额，如 \"400000.00\"，或 { share, of }",
    };
    (!fits).then_some(("is 与所核对的表不合", allowed))
}
