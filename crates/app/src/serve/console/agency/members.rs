//! Members (参保): found by name, certificate or number; everything that is known of one; what a correction would change.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use gongji_domain::{Day, Fen};
use gongji_policy::words_of;
use gongji_register::entitlement::{Period, State as Entitled, Why};
use gongji_register::{Fact, Member};
use serde::{Deserialize, Serialize};

use super::super::read;
use super::{Console, EXPORTED, Paging, Sight, Who, asked, exportable, json, sit, unread};
use crate::agency::described::{masked, masked_identity, rows};
use crate::agency::member::{self, Revealing, Shown, Telling};
use crate::agency::register::{self, Search};
use crate::agency::table::{Cell, Table};
use crate::agency::{history, words};
use crate::his::benefit;
use crate::his::book::{Change, Recorded};
use crate::serve::handout;
use crate::serve::problem::Problem;

/// The most events of a history.
const EVENTS: usize = 500;

/// Whom to look for.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    text: String,
    #[serde(default)]
    status: String,
    #[serde(flatten)]
    paging: Paging,
}

/// A row of the list.
#[derive(Serialize)]
struct Row {
    number: String,
    name: String,
    certificate: String,
    gender: &'static str,
    birth: Day,
    category: String,
    enrolment: String,
    employer: String,
    state: &'static str,
    died: Option<Day>,
}

/// A row of the register.
#[derive(Serialize)]
struct Line {
    item: String,
    says: String,
    from: String,
}

#[derive(Serialize)]
struct Days {
    state: Entitled,
    name: &'static str,
    from: Day,
    until: Option<Day>,
    why: &'static str,
}

/// Everything of a member.
#[derive(Serialize)]
struct Whole {
    row: Row,
    area: String,
    card: String,
    register: Vec<Line>,
    entitlement: Vec<Days>,
    account: Account,
    frozen: Option<String>,
    left: Option<String>,
}

#[derive(Serialize)]
struct Account {
    current: Fen,
    prior: Fen,
    balance: Fen,
    owed: Fen,
}

/// What a correction would change.
#[derive(Serialize)]
struct Previewed {
    facts: Vec<String>,
    gone: Vec<Line>,
    new: Vec<Line>,
    before: Vec<Days>,
    after: Vec<Days>,
}

/// An event outside of visits.
#[derive(Serialize)]
struct Happened {
    event: u64,
    recorded: String,
    by: String,
    why: String,
    document: String,
    what: Vec<String>,
}

fn row(sight: &Sight<'_>, member: &Member) -> Row {
    let today = sight.today();
    let state = benefit::on(&*sight.service.decider(), member, today).map_or("未参保", |(state, _)| state.name());
    Row {
        number: member.number.clone(),
        name: member.identity.name.clone(),
        certificate: masked(&member.identity.certificate),
        gender: gender(&member.identity.gender),
        birth: member.identity.birth,
        category: words::category(member.category_on(today)),
        enrolment: words_of("enrolment", member.enrolment_on(today)).to_owned(),
        employer: member.employer_on(today).to_owned(),
        state: if member.died.is_some() { "死亡" } else { state },
        died: member.died,
    }
}

fn gender(code: &str) -> &'static str {
    match code {
        "1" => "男",
        "2" => "女",
        _ => "未说明",
    }
}

fn found(sight: &Sight<'_>, asked: &Asked) -> Result<Vec<Member>, Problem> {
    let search = Search {
        area: sight.area.to_owned(),
        text: asked.text.clone(),
        status: asked.status.clone(),
        today: Some(sight.today()),
    };
    let reader = sight.service.kept().reader()?;
    register::find(&reader, &sight.book(), &search).map_err(unread)
}

/// Members of the officer's area.
pub(super) async fn list(
    State(console): State<Arc<Console>>,
    who: Who,
    query: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    let asked = asked(query)?;
    let page =
        sit(&console, &who, move |sight| Ok(asked.paging.page(&found(sight, &asked)?, |member| row(sight, member))));
    Ok(json(&page.await?))
}

/// The same as a workbook.
pub(super) async fn export(
    State(console): State<Arc<Console>>,
    who: Who,
    query: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    let asked = asked(query)?;
    let table = sit(&console, &who, move |sight| {
        let members = found(sight, &asked)?;
        exportable(&members)?;
        Ok(table(sight, &members))
    });
    handout::workbook(&table.await?)
}

fn table(sight: &Sight<'_>, members: &[Member]) -> Table {
    let cells = |member: &Member| {
        let Row { number, name, certificate, gender, birth, category, enrolment, employer, state, died } =
            row(sight, member);
        let texts = [number, name, certificate, gender.to_owned(), birth.to_string(), category, enrolment, employer];
        let mut cells: Vec<Cell> = texts.map(Cell::Text).to_vec();
        cells.extend([Cell::text(state), died.map_or(Cell::Empty, Cell::text)]);
        cells
    };
    Table {
        title: "参保人名单",
        above: vec![("统筹区", sight.area.to_owned()), ("人数", members.len().to_string())],
        heads: vec![
            "人员编号",
            "姓名",
            "证件号码",
            "性别",
            "出生日期",
            "人员类别",
            "参保身份",
            "单位",
            "待遇状态",
            "死亡日期",
        ],
        rows: members.iter().take(EXPORTED).map(cells).collect(),
    }
}

fn days(sight: &Sight<'_>, member: &Member) -> Vec<Days> {
    let told = |Period { from, until, state, why }: Period| Days {
        state,
        name: state.name(),
        from,
        until,
        why: Why::name(why),
    };
    benefit::periods(&*sight.service.decider(), member, Day::MAX).into_iter().map(told).collect()
}

/// The register's rows with numbers of certificates hidden.
fn lines(shown: &Shown) -> Vec<Line> {
    let mut hidden = shown.clone();
    hidden.member.identity = masked_identity(&shown.member.identity);
    rows(&hidden).into_iter().map(|[item, says, from]| Line { item, says, from }).collect()
}

/// Everything of a member.
pub(super) async fn member(
    State(console): State<Arc<Console>>,
    who: Who,
    Path(person): Path<String>,
) -> Result<Response, Problem> {
    let whole = sit(&console, &who, move |sight| {
        let shown = sight.own(&person)?;
        let affairs = crate::agency::matter::list(&sight.desk, &person)?.affairs;
        let Shown { current, prior, balance, owed, .. } = shown;
        Ok(Whole {
            row: row(sight, &shown.member),
            area: shown.member.area.clone(),
            card: masked(&shown.member.identity.card),
            register: lines(&shown),
            entitlement: days(sight, &shown.member),
            account: Account { current, prior, balance, owed },
            frozen: affairs.frozen.map(|frozen| format!("{} 起冻结：{}", frozen.since, frozen.reason)),
            left: affairs.left.map(|left| format!("{} 转出至 {}", left.on, left.to)),
        })
    });
    Ok(json(&whole.await?))
}

/// What happened to a member outside of visits, the last first.
pub(super) async fn history(
    State(console): State<Arc<Console>>,
    who: Who,
    Path(person): Path<String>,
) -> Result<Response, Problem> {
    let rows = sit(&console, &who, move |sight| {
        sight.own(&person)?;
        let last = member::last_entry(&sight.desk, &person)?;
        let kept = sight.service.kept();
        let events = history::events(kept.now()?, &person, last, EVENTS)?;
        let told = |happened: history::Happened| Happened {
            event: happened.event,
            recorded: happened.recorded,
            by: happened.told.by,
            why: happened.told.why,
            document: happened.told.document,
            what: words::happened(&hidden(happened.what)),
        };
        let rows: Vec<_> = events.into_iter().map(told).collect();
        Ok(super::Page { total: rows.len(), rows })
    });
    Ok(json(&rows.await?))
}

/// A change with numbers of certificates hidden.
fn hidden(change: Change) -> Change {
    let fact = |fact: Fact| match fact {
        Fact::Identity(identity) => Fact::Identity(masked_identity(&identity)),
        other => other,
    };
    match change {
        Change::Recorded(recorded) => {
            let Recorded { facts, .. } = *recorded;
            Change::Recorded(Box::new(Recorded { facts: facts.into_iter().map(fact).collect(), ..*recorded }))
        }
        other => other,
    }
}

/// Shows a certificate's whole number, for a reason that is kept in the member's history.
pub(super) async fn reveal(
    State(console): State<Arc<Console>>,
    who: Who,
    Path(person): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    let revealing: Revealing = read(&body)?;
    let (account, about) = (who.account.name.clone(), person.clone());
    let shown = sit(&console, &who, move |sight| {
        sight.own(&person)?;
        Ok(member::reveal(&sight.desk, &person, &revealing)?)
    });
    let shown = shown.await?;
    tracing::info!(account, person = about, "an officer asked to see a certificate's whole number");
    Ok(json(&serde_json::json!({ "certificate": shown.certificate, "card": shown.card })))
}

/// What facts would change, before they are told.
pub(super) async fn preview(
    State(console): State<Arc<Console>>,
    who: Who,
    Path(person): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    let telling: Telling = read(&body)?;
    let previewed = sit(&console, &who, move |sight| {
        sight.own(&person)?;
        let [before, after] = member::preview(&sight.desk, &person, &telling)?;
        let [old, new] = [lines(&before), lines(&after)];
        let only = |these: &[Line], others: &[Line]| -> Vec<Line> {
            let same = |a: &Line, b: &Line| (&a.item, &a.says, &a.from) == (&b.item, &b.says, &b.from);
            let differs = |line: &&Line| !others.iter().any(|other| same(line, other));
            these.iter().filter(differs).map(Line::copied).collect()
        };
        Ok(Previewed {
            facts: telling.facts.iter().map(words::fact).collect(),
            gone: only(&old, &new),
            new: only(&new, &old),
            before: days(sight, &before.member),
            after: days(sight, &after.member),
        })
    });
    Ok(json(&previewed.await?))
}

impl Line {
    fn copied(&self) -> Self {
        Self { item: self.item.clone(), says: self.says.clone(), from: self.from.clone() }
    }
}
