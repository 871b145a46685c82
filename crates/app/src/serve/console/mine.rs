//! My account (我的医保): what a member sees of the own account, visits and relatives, and what a member can ask for without an
//! officer. Of the person of the account only: no address names another.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use gongji_adjudication::Standing;
use gongji_domain::{Day, Fen};
use gongji_policy::{AreaStatus, case, words_of};
use gongji_register::Member;
use gongji_register::bond::{By, Limits, Party, Relation};
use gongji_register::entitlement::State as Stands;
use serde::Deserialize;
use serde_json::{Value, json};

use super::paging::{Page, Paging};
use super::{Console, Who, aside, family, institution_name, read};
use crate::agency::allowance::allowances;
use crate::agency::bond::{self, Asked};
use crate::agency::statement::{Statement, statement as made};
use crate::agency::words;
use crate::his::book::View;
use crate::his::desk::Desk;
use crate::his::errors::{Code, Fault};
use crate::his::member::{masked, record_name};
use crate::his::visited;
use crate::his::{Moment, benefit, codes};
use crate::serve::problem::Problem;

/// Who did it, in the journal: the member and nobody at a counter.
const MYSELF: &str = "参保人本人（网上）";
/// Most days of one statement: five years.
const DAYS: i32 = 5 * 366;

/// What is known of the member at one moment.
struct Known {
    member: Member,
    standing: Standing,
    owed: Fen,
    last_visit: Option<u64>,
}

/// Does something for a member, on a thread that may wait for the store.
async fn sit(
    console: Arc<Console>,
    who: &Who,
    work: impl FnOnce(&Console, &Desk<'_>, &str) -> Result<Value, Fault> + Send + 'static,
) -> Result<Response, Problem> {
    let person = who.member()?.to_owned();
    let done = aside(move || {
        let service = &console.service;
        let desk = Desk { store: service.store(), now: Moment::of(service.clock().now()), by: MYSELF };
        work(&console, &desk, &person).map_err(|fault| Problem::of(&fault))
    });
    Ok(Json(done.await?).into_response())
}

fn look(desk: &Desk<'_>, person: &str) -> Result<Known, Fault> {
    let name = person.to_owned();
    let see = move |view: View<'_>| {
        let member = view.member(&name).cloned();
        let member = member.ok_or_else(|| Fault::at(Code::NotAMember, "person").given(&name))?;
        Ok(Known {
            member,
            standing: view.standing(&name),
            owed: view.file(&name).map_or(Fen::ZERO, |file| file.affairs.claims.left()),
            last_visit: view.last_visit(&name),
        })
    };
    desk.look(vec![person.to_owned(), record_name(person)], see)?
}

/// The cards: status of insurance, account, deductible and limit, the year so far.
pub(super) async fn overview(State(console): State<Arc<Console>>, who: Who) -> Result<Response, Problem> {
    sit(console, &who, |console, desk, person| {
        let Known { member, standing, owed, last_visit } = look(desk, person)?;
        let today = desk.now.day;
        let year = today.ymd().0;
        let decider = console.service.decider();
        let area = console.policies.area(&member.area);
        let entitled = benefit::on(&*decider, &member, today);
        let in_benefit = matches!(entitled, Some((Stands::InBenefit, _)));
        let [current, prior] = crate::his::person::balances(&standing);
        let category = member.category_on(today);
        let status = codes::status(category).unwrap_or_default();
        let asked = case::Member {
            status: status.to_owned(),
            enrolment: Some(member.enrolment_on(today).to_owned()),
            birth_date: Some(member.identity.birth),
            facts: Vec::new(),
        };
        let allowances = area.map(|area| allowances(area, &asked, &standing, today)).unwrap_or_default();
        let articles: serde_json::Map<String, Value> = allowances
            .iter()
            .flat_map(|one| [&one.deductible, &one.limit])
            .flatten()
            .filter_map(|share| {
                let key = visited::key(&share.article);
                Some((key.to_owned(), visited::article(area?, key)?))
            })
            .collect();
        let sums = console.service.kept().now()?.year_of(person, last_visit, year)?;
        Ok(json!({
            "person": { "number": member.number, "name": member.identity.name,
                "certificate": masked(&member.identity.certificate), "birth": member.identity.birth },
            "area": { "code": member.area, "name": area.map_or(member.area.as_str(), |area| area.name()),
                "draft": area.is_some_and(|area| area.status() == AreaStatus::Draft) },
            "insurance": { "in_benefit": in_benefit,
                "state": entitled.map_or("未参保", |(state, _)| state_words(state)),
                "category": words::category(category), "status": words_of("status", status),
                "enrolment": words_of("enrolment", member.enrolment_on(today)),
                "employer": member.employer_on(today) },
            "account": { "current": current, "prior": prior, "total": current + prior, "owed": owed },
            "year": year,
            "today": today,
            "sums": { "total": sums.total, "fund": sums.fund, "account": sums.account, "cash": sums.cash },
            "allowances": allowances,
            "articles": articles,
        }))
    })
    .await
}

fn state_words(state: Stands) -> &'static str {
    match state {
        Stands::InBenefit => "正常享受待遇",
        _ => "暂停享受待遇",
    }
}

/// Which days, in which form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Days {
    from: Day,
    to: Day,
    #[serde(default)]
    format: Option<String>,
    #[serde(default)]
    page: String,
    #[serde(default)]
    size: String,
}

/// The account for some days, each line with the balance after it; a page of them as JSON, all as csv or xlsx.
pub(super) async fn statement(
    State(console): State<Arc<Console>>,
    who: Who,
    Query(Days { from, to, format, page, size }): Query<Days>,
) -> Result<Response, Problem> {
    let person = who.member()?.to_owned();
    aside(move || {
        if to.number() - from.number() >= DAYS {
            return Err(Problem::said("out_of_range", "一次至多查询五年").at("to"));
        }
        let service = &console.service;
        let desk = Desk { store: service.store(), now: Moment::of(service.clock().now()), by: MYSELF };
        let made = made(&desk, || service.kept(), &person, from, to).map_err(|fault| Problem::of(&fault))?;
        let (kind, name, bytes) = match format.as_deref() {
            None | Some("json") => return Ok(Json(paged(made, &Paging { page, size })).into_response()),
            Some("csv") => ("text/csv; charset=utf-8", "csv", made.table().csv()),
            Some("xlsx") => {
                ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", made.table().xlsx())
            }
            Some(other) => {
                let why = format!("格式「{other}」没有，应为 json、csv、xlsx");
                return Err(Problem::said("invalid_value", why).at("format"));
            }
        };
        let bytes = bytes.map_err(|error| {
            tracing::error!(%error, "a table cannot be written");
            Problem::said("internal_error", "对账单写不出，请稍后再试")
        })?;
        let name = format!("attachment; filename=\"statement-{from}-{to}.{name}\"");
        Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name.as_str())], bytes).into_response())
    })
    .await
}

/// A statement with one page of its lines.
fn paged(made: Statement, paging: &Paging) -> Value {
    let Statement { from, to, opening, income, spending, lines, closing, owed, .. } = made;
    let Page { rows, total } = paging.cut(lines);
    json!({ "from": from, "to": to, "opening": opening, "income": income, "spending": spending, "closing": closing,
        "owed": owed, "rows": rows, "total": total })
}

/// Which year, all where it says none, and which page.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct OfYear {
    year: Option<i32>,
    page: String,
    size: String,
}

/// A page of the settlements, the last first, and of each month on it the sums of all that stand.
pub(super) async fn settlements(
    State(console): State<Arc<Console>>,
    who: Who,
    Query(OfYear { year, page, size }): Query<OfYear>,
) -> Result<Response, Problem> {
    sit(console, &who, move |console, desk, person| {
        let known = look(desk, person)?;
        let rows = visited::rows(console.service.kept().now()?, person, known.last_visit)?;
        let of_year = |day: &str| year.is_none_or(|year| day.starts_with(&format!("{year:04}-")));
        let mut years: Vec<&str> = rows.iter().filter_map(|row| row.day.get(..4)).collect();
        years.sort_unstable_by(|a, b| b.cmp(a));
        years.dedup();
        let mut shown: Vec<&visited::Row> = rows.iter().filter(|row| of_year(&row.day)).collect();
        shown.sort_by(|a, b| (&b.day, &b.recorded).cmp(&(&a.day, &a.recorded)));
        let paging = Paging { page, size };
        let on_page = paging.of(&shown);
        let is_on_page = |of: &&[&visited::Row]| {
            on_page.iter().any(|row| of.first().is_some_and(|first| month_of(first) == month_of(row)))
        };
        let months = shown.chunk_by(|a, b| month_of(a) == month_of(b)).filter(is_on_page).map(month);
        let Page { rows, total } = paging.page(&shown, |row| named(console, row));
        Ok(json!({ "rows": rows, "total": total, "months": months.collect::<Vec<_>>(), "years": years }))
    })
    .await
}

fn month_of(row: &visited::Row) -> Option<&str> {
    row.day.get(..7)
}

fn named(console: &Console, row: &visited::Row) -> Value {
    let mut value = json!(row);
    value["institution_name"] = institution_name(&console.service, &row.institution).into();
    value
}

/// The sums of a month's settlements, of which there is one at least.
fn month(rows: &[&visited::Row]) -> Value {
    // What was cancelled and what cancelled it come to nothing together.
    let sum = |of: fn(&visited::Row) -> Fen| -> Fen { rows.iter().map(|row| of(row)).sum() };
    let standing = rows.iter().filter(|row| row.cancels.is_none() && row.cancelled_by.is_none()).count();
    json!({
        "month": rows.first().and_then(|row| month_of(row)),
        "count": standing,
        "sums": { "total": sum(|row| row.total), "fund": sum(|row| row.fund), "account": sum(|row| row.account),
            "cash": sum(|row| row.cash) },
    })
}

/// One settlement with its sheet and how its amounts came about.
pub(super) async fn settlement(
    State(console): State<Arc<Console>>,
    who: Who,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    sit(console, &who, move |console, desk, person| {
        let known = look(desk, person)?;
        let area = console.policies.area(&known.member.area);
        let kept = console.service.kept();
        let whole = visited::whole(kept.now()?, area, (person, known.last_visit), &id)?;
        let directory = console.service.directory();
        let day: Option<Day> = whole.row.day.parse().ok();
        let place = directory.institution(&whole.row.institution);
        let named = |line: &visited::Line| {
            let asked = crate::catalogue::Asked {
                code: &line.code,
                area: place.map_or("", |place| place.area.as_str()),
                level: "",
                day: day.unwrap_or(desk.now.day),
            };
            let mut value = json!(line);
            value["name"] = directory.catalogue().find(&asked).map_or("", |listed| listed.name).into();
            value
        };
        let mut value = json!(whole);
        value["lines"] = whole.lines.iter().map(named).collect();
        value["row"]["institution_name"] = institution_name(&console.service, &whole.row.institution).into();
        value["person"] = json!({ "name": known.member.identity.name, "number": known.member.number });
        Ok(value)
    })
    .await
}

/// The relatives for whom the account pays and whose account pays for the member, and what was used.
pub(super) async fn bonds(State(console): State<Arc<Console>>, who: Who) -> Result<Response, Problem> {
    sit(console, &who, |console, desk, person| family::of(&console.service, desk, person)).await
}

/// A bond that the member asks for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asking {
    name: String,
    certificate: String,
    relation: Relation,
    /// The page's own number, so that asking twice is asking once.
    request: String,
    #[serde(default)]
    limits: Limits,
    /// The member has read the pledge (承诺书) and gives it.
    pledged: bool,
}

/// Asks for a bond (共济申请): the member's own account is to pay for a relative. The relative confirms.
pub(super) async fn ask(State(console): State<Arc<Console>>, who: Who, body: Bytes) -> Result<Response, Problem> {
    let asking: Asking = read(&body)?;
    if !asking.pledged {
        return Err(Problem::said("missing_field", "须先阅读并同意承诺书").at("pledged"));
    }
    for (field, text) in [("name", &asking.name), ("certificate", &asking.certificate), ("request", &asking.request)] {
        if text.trim().is_empty() || text.chars().count() > 50 {
            return Err(Problem::said("missing_field", "必填，至多 50 个字").at(field));
        }
    }
    sit(console, &who, move |console, desk, person| {
        let Known { member, .. } = look(desk, person)?;
        let certificate = member.identity.certificate.clone();
        let holder = Party { number: member.number, name: member.identity.name, certificate: certificate.clone() };
        let Asking { name, certificate: theirs, relation, request, limits, .. } = asking;
        let beneficiary =
            Party { number: String::new(), name: name.trim().to_owned(), certificate: theirs.trim().to_uppercase() };
        let pledge = format!("网上 {}", request.trim());
        let asked = Asked { holder, beneficiary, relation, pledge, limits, by: By::Person(certificate) };
        Ok(json!(bond::request(desk, &console.service.decider(), &asked)?.answer))
    })
    .await
}

/// What is done with a bond.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Acting {
    limits: Limits,
    request: String,
}

/// Confirms a bond that was given to the member, sets the limits of one that the member gave, ends either.
pub(super) async fn act(
    State(console): State<Arc<Console>>,
    who: Who,
    Path((number, act)): Path<(u64, String)>,
    body: Bytes,
) -> Result<Response, Problem> {
    let acting: Acting = if body.is_empty() { Acting::default() } else { read(&body)? };
    sit(console, &who, move |console, desk, person| {
        let bonds = bond::list(desk, person)?;
        let theirs = bonds.received.iter().find(|bond| bond.number == number).map(|bond| bond.holder.clone());
        let own = bonds.given.iter().any(|bond| bond.number() == number).then(|| person.to_owned());
        let none = || Fault::at(Code::InvalidValue, "number").given(number).allowed("本人的共济关系编号");
        let holder = own.or(theirs).ok_or_else(none)?;
        let by = By::Person(look(desk, person)?.member.identity.certificate);
        let (decider, of) = (console.service.decider(), (holder.as_str(), number));
        let done = match act.as_str() {
            "confirm" => bond::confirm(desk, &decider, of, &by)?,
            "limits" => bond::limit(desk, &decider, of, acting.limits, (&by, &acting.request))?,
            "unbind" => bond::unbind(desk, &decider, of, &by)?,
            _ => return Err(Fault::at(Code::InvalidValue, "act").given(&act).allowed(" confirm、limits、unbind")),
        };
        Ok(json!(done.answer))
    })
    .await
}

#[cfg(test)]
mod tests;
