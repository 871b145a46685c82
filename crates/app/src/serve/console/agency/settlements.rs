//! Settlements of the area's members (结算查询): found by days and by everything that was kept of them, with sums over all that
//! is found, and each with its sheet. Days are those on which it was settled; a range is needed, and not a longer one
//! than a year.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use gongji_domain::{Day, Fen};
use gongji_policy::{benefit_words, words_of};
use gongji_register::Member;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{A_DAY, Console, Page, Paging, Sight, Who, asked, exportable, given, json, sit, unread};
use crate::agency::described::masked;
use crate::agency::table::{Cell, Table};
use crate::agency::{walk, words};
use crate::catalogue::Asked as Item;
use crate::his::book::Change;
use crate::his::call::event_number;
use crate::his::codes;
use crate::his::directory::Institution;
use crate::his::listing::{self, Listed, Sums};
use crate::his::visited;
use crate::serve::handout;
use crate::serve::problem::Problem;

/// The most days of a query.
const MOST_DAYS: i64 = 366;

/// Which settlements; everything but the days may be left out.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    from: String,
    to: String,
    /// A part of a name.
    name: String,
    certificate: String,
    person: String,
    /// Status in the words of the policies.
    status: String,
    institution: String,
    /// Class in the words of the policies.
    class: String,
    care_type: String,
    /// One of [`FIELDS`], how it compares and with what.
    field: String,
    compare: String,
    amount: String,
    /// `standing`, `cancelled`, or empty for both.
    state: String,
    /// `time`, `total`, `fund` or `cash`, with a hyphen before it for the largest first.
    sort: String,
    #[serde(flatten)]
    paging: Paging,
}

/// The amounts that may be compared.
const FIELDS: [&str; 7] = ["total", "eligible", "fund", "account", "aid", "cash", "deductible"];

/// A query that was understood.
struct Filter {
    from: Day,
    to: Day,
    amount: Option<(usize, Ordering, bool, Fen)>,
}

/// Who settled.
struct Person {
    name: String,
    certificate: String,
    category: String,
}

/// A settlement with whom it concerns.
struct Found {
    listed: Listed,
    person: Person,
}

#[derive(Serialize)]
struct Row {
    number: String,
    time: String,
    day: Day,
    person: String,
    name: String,
    certificate: String,
    category: String,
    institution: String,
    institution_name: String,
    class: &'static str,
    class_name: String,
    care_type: String,
    total: Fen,
    eligible: Fen,
    deductible: Fen,
    fund: Fen,
    account: Fen,
    aid: Fen,
    cash: Fen,
    cancelled_by: Option<String>,
    cancelled_at: Option<String>,
}

#[derive(Serialize)]
struct Summed {
    visits: usize,
    persons: usize,
    cancelled: usize,
    total: Fen,
    eligible: Fen,
    fund: Fen,
    funds: Vec<Fund>,
    account: Fen,
    aid: Fen,
    cash: Fen,
}

#[derive(Serialize)]
struct Fund {
    code: String,
    name: &'static str,
    amount: Fen,
}

#[derive(Serialize)]
struct Answer {
    #[serde(flatten)]
    page: Page<Row>,
    sums: Summed,
}

/// One settlement.
#[derive(Serialize)]
struct Whole {
    row: Row,
    sheet: Value,
    articles: BTreeMap<String, Value>,
    lines: Vec<Line>,
    funds: Vec<Paid>,
    diagnoses: String,
    balance_before: Fen,
    policy: String,
    draft: bool,
    /// Who else's account paid: 人员编号 of the holder and how much.
    aid: Option<(String, Fen)>,
    events: Vec<Event>,
}

#[derive(Serialize)]
struct Line {
    item: String,
    name: String,
    /// 甲, 乙 or 丙; empty for what no catalogue lists.
    level: &'static str,
    amount: Fen,
    covered: bool,
    ceiling: Option<Fen>,
    /// First-pay share in millionths as text with a percent sign.
    upfront: String,
}

#[derive(Serialize)]
struct Paid {
    benefit: String,
    fund: String,
    name: &'static str,
    amount: Fen,
}

#[derive(Serialize)]
struct Event {
    event: u64,
    recorded: String,
    what: &'static str,
    message: String,
}

#[derive(Serialize)]
struct At {
    code: String,
    name: String,
    class: &'static str,
    class_name: String,
    pharmacy: bool,
    /// Lies in the officer's area.
    own: bool,
}

/// The institutions that settle, those of the officer's own area first.
pub(super) async fn institutions(State(console): State<Arc<Console>>, who: Who) -> Result<Response, Problem> {
    let rows = sit(&console, &who, |sight| {
        let at = |one: &Institution| At {
            code: one.code.clone(),
            name: one.name.clone(),
            class: class(one),
            class_name: class_name(class(one)),
            pharmacy: one.is_pharmacy(),
            own: one.area == sight.area,
        };
        let mut rows: Vec<At> = sight.service.directory().institutions().map(at).collect();
        rows.sort_unstable_by(|a, b| (!a.own, &a.code).cmp(&(!b.own, &b.code)));
        Ok(Page { total: rows.len(), rows })
    });
    Ok(json(&rows.await?))
}

fn class(institution: &Institution) -> &'static str {
    codes::class(&institution.hosp_lv).unwrap_or_default()
}

fn class_name(class: &str) -> String {
    words_of("class", class).to_owned()
}

impl Asked {
    /// The days and the amount of a query.
    fn filter(&self) -> Result<Filter, Problem> {
        let day = |field: &str, text: &str| {
            let missing = || Problem::said("missing_field", "请选择结算日期的起止").at(field);
            given::<Day>(field, text, A_DAY)?.ok_or_else(missing)
        };
        let (from, to) = (day("from", &self.from)?, day("to", &self.to)?);
        if to < from {
            return Err(Problem::said("invalid_value", format!("止 {to} 早于起 {from}")).at("to"));
        }
        if days_between(from, to) >= MOST_DAYS {
            let said = format!("{from} 至 {to} 超过 {MOST_DAYS} 天，请分段查询");
            return Err(Problem::said("range_too_long", said).at("to"));
        }
        Ok(Filter { from, to, amount: self.amount()? })
    }

    fn amount(&self) -> Result<Option<(usize, Ordering, bool, Fen)>, Problem> {
        let Some(amount) = given::<Fen>("amount", &self.amount, "至多两位小数的金额")? else {
            return Ok(None);
        };
        let wrong = |field: &str| Problem::said("invalid_value", "请选择比较的金额项和比较方式").at(field);
        let field = FIELDS.iter().position(|field| *field == self.field).ok_or_else(|| wrong("field"))?;
        let (than, or_equal) = match self.compare.as_str() {
            "gt" => (Ordering::Greater, false),
            "ge" => (Ordering::Greater, true),
            "lt" => (Ordering::Less, false),
            "le" => (Ordering::Less, true),
            "eq" => (Ordering::Equal, true),
            _ => return Err(wrong("compare")),
        };
        Ok(Some((field, than, or_equal, amount)))
    }

    /// Whether a settlement is looked for, as far as it says itself.
    fn finds(&self, one: &Listed, filter: &Filter, directory: &crate::his::directory::Directory) -> bool {
        let settled = &one.settled;
        let said = |asked: &str, is: &str| asked.is_empty() || asked == is;
        let state = match self.state.as_str() {
            "standing" => one.cancelled.is_none(),
            "cancelled" => one.cancelled.is_some(),
            _ => true,
        };
        let at_class = || directory.institution(&settled.institution).map_or("", class);
        let amount = filter.amount.is_none_or(|(field, than, or_equal, with)| {
            let is = amounts(one)[field].cmp(&with);
            is == than || (or_equal && is == Ordering::Equal)
        });
        state
            && amount
            && said(&self.institution, &settled.institution)
            && said(&self.care_type, one.care_type())
            && said(self.person.trim(), &settled.psn_no)
            && (self.class.is_empty() || at_class() == self.class)
    }

    /// Whether its person is looked for.
    fn finds_person(&self, person: &Person) -> bool {
        let [name, certificate] = [self.name.trim(), self.certificate.trim()];
        person.name.contains(name)
            && (certificate.is_empty() || person.certificate.eq_ignore_ascii_case(certificate))
            && (self.status.is_empty() || codes::status(&person.category) == Some(&self.status))
    }
}

fn days_between(from: Day, to: Day) -> i64 {
    let mut days = 0;
    let mut day = from;
    while day < to && days <= MOST_DAYS {
        day = day.next();
        days += 1;
    }
    days
}

/// In the order of [`FIELDS`].
fn amounts(one: &Listed) -> [Fen; 7] {
    let (decided, [account, aid]) = (&one.settled.decided, one.accounts());
    [decided.total, decided.eligible, decided.fund_total, account, aid, decided.cash, decided.deductible_borne]
}

/// Everything that is looked for.
fn found(sight: &Sight<'_>, asked: &Asked) -> Result<Vec<Found>, Problem> {
    let filter = asked.filter()?;
    let kept = sight.service.kept();
    let mut listed = listing::of_area(kept.now()?, sight.area, filter.from, filter.to, sight.today())?;
    let directory = sight.service.directory();
    listed.retain(|one| asked.finds(one, &filter, directory));
    let mut persons = persons(sight, &listed)?;
    let mut found: Vec<Found> = listed
        .into_iter()
        .filter_map(|listed| {
            let person =
                persons.get_mut(listed.settled.psn_no.as_str()).map(|member| person(member, listed.settled.day))?;
            asked.finds_person(&person).then_some(Found { listed, person })
        })
        .collect();
    sort(&mut found, &asked.sort);
    Ok(found)
}

fn person(member: &Member, day: Day) -> Person {
    Person {
        name: member.identity.name.clone(),
        certificate: member.identity.certificate.clone(),
        category: member.category_on(day).to_owned(),
    }
}

/// The members of settlements, by 人员编号.
fn persons(sight: &Sight<'_>, listed: &[Listed]) -> Result<HashMap<String, Member>, Problem> {
    let wanted: HashSet<&str> = listed.iter().map(|one| one.settled.psn_no.as_str()).collect();
    let mut persons = HashMap::with_capacity(wanted.len());
    if wanted.is_empty() {
        return Ok(persons);
    }
    let reader = sight.service.kept().reader()?;
    let see = |member: &Member, _| {
        if wanted.contains(member.number.as_str()) {
            persons.insert(member.number.clone(), member.clone());
        }
    };
    walk::members(&reader, &sight.book(), see).map_err(unread)?;
    Ok(persons)
}

fn sort(found: &mut [Found], by: &str) {
    let (key, falls) = by.strip_prefix('-').map_or((by, false), |key| (key, true));
    let at = match key {
        "total" => 0,
        "eligible" => 1,
        "fund" => 2,
        "account" => 3,
        "aid" => 4,
        "cash" => 5,
        // They come the newest first.
        "time" if !falls => return found.reverse(),
        _ => return,
    };
    found.sort_by_key(|found| amounts(&found.listed)[at]);
    if falls {
        found.reverse();
    }
}

fn row(sight: &Sight<'_>, Found { listed, person }: &Found) -> Row {
    let settled = &listed.settled;
    let at = sight.service.directory().institution(&settled.institution);
    let [total, eligible, fund, account, aid, cash, deductible] = amounts(listed);
    Row {
        number: listed.number.clone(),
        time: listed.recorded.clone(),
        day: settled.day,
        person: settled.psn_no.to_string(),
        name: person.name.clone(),
        certificate: masked(&person.certificate),
        category: words::category(&person.category),
        institution: settled.institution.to_string(),
        institution_name: at.map_or_else(String::new, |at| at.name.clone()),
        class: at.map_or("", class),
        class_name: class_name(at.map_or("", class)),
        care_type: words_of("care_type", listed.care_type()).to_owned(),
        total,
        eligible,
        deductible,
        fund,
        account,
        aid,
        cash,
        cancelled_by: listed.cancelled.as_ref().map(|by| by.number.clone()),
        cancelled_at: listed.cancelled.as_ref().map(|by| by.at.clone()),
    }
}

fn summed(found: &[Found]) -> Summed {
    let Sums { visits, persons, cancelled, total, eligible, fund, funds, account, aid, cash } =
        Sums::of(found.iter().map(|found| &found.listed));
    let funds = funds.into_iter().map(|(code, (name, amount))| Fund { code, name, amount }).collect();
    Summed { visits, persons, cancelled, total, eligible, fund, funds, account, aid, cash }
}

/// Settlements, a page of them, with sums over all.
pub(super) async fn list(
    State(console): State<Arc<Console>>,
    who: Who,
    query: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    let asked = asked(query)?;
    let answer = sit(&console, &who, move |sight| {
        let found = found(sight, &asked)?;
        Ok(Answer { page: asked.paging.page(&found, |found| row(sight, found)), sums: summed(&found) })
    });
    Ok(json(&answer.await?))
}

/// The same as a workbook.
pub(super) async fn export(
    State(console): State<Arc<Console>>,
    who: Who,
    query: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    let asked = asked(query)?;
    let table = sit(&console, &who, move |sight| {
        let found = found(sight, &asked)?;
        exportable(&found)?;
        Ok(table(sight, &asked, &found))
    });
    handout::workbook(&table.await?)
}

fn table(sight: &Sight<'_>, asked: &Asked, found: &[Found]) -> Table {
    let cells = |found: &Found| {
        let row = row(sight, found);
        let day = row.day.to_string();
        let texts = [
            &row.number,
            &row.time,
            &day,
            &row.person,
            &row.name,
            &row.certificate,
            &row.category,
            &row.institution,
            &row.institution_name,
            &row.class_name,
            &row.care_type,
        ];
        let mut cells: Vec<Cell> = texts.map(Cell::text).to_vec();
        let amounts = [row.total, row.eligible, row.deductible, row.fund, row.account, row.aid, row.cash];
        cells.extend(amounts.map(Cell::Money));
        cells.push(row.cancelled_by.map_or(Cell::Empty, Cell::Text));
        cells
    };
    let sums = summed(found);
    Table {
        title: "结算清单",
        above: vec![
            ("统筹区", sight.area.to_owned()),
            ("结算日期", format!("{} 至 {}", asked.from, asked.to)),
            ("人次", sums.visits.to_string()),
            ("其中已撤销", sums.cancelled.to_string()),
            ("医疗费总额（不含已撤销）", sums.total.to_string()),
        ],
        heads: vec![
            "结算ID",
            "结算时间",
            "就诊日期",
            "人员编号",
            "姓名",
            "证件号码",
            "人员类别",
            "机构编号",
            "机构",
            "等级",
            "医疗类别",
            "医疗费总额",
            "符合政策范围金额",
            "实际支付起付线",
            "基金支付总额",
            "个人账户支出",
            "个人账户共济支付",
            "个人现金支出",
            "撤销结算ID",
        ],
        rows: found.iter().map(cells).collect(),
    }
}

/// One settlement with its sheet.
pub(super) async fn settlement(
    State(console): State<Arc<Console>>,
    who: Who,
    Path(number): Path<String>,
) -> Result<Response, Problem> {
    let whole = sit(&console, &who, move |sight| whole(sight, &number));
    Ok(json(&whole.await?))
}

fn whole(sight: &Sight<'_>, number: &str) -> Result<Whole, Problem> {
    let none = || Problem::said("not_here", format!("没有结算 {number}")).at("number");
    let kept = sight.service.kept();
    let event = event_number(number).map(|event| kept.now()?.event(event)).transpose()?.flatten().ok_or_else(none)?;
    let past = kept.now()?.visit(&event.psn_no, event.visit.unwrap_or(event.seq))?.ok_or_else(none)?;
    let settled = past.settled(number).ok_or_else(none)?.clone();
    if settled.area != sight.area {
        return Err(super::not_yours(&format!("结算 {number} 的参保人"), sight.area));
    }
    let cancelled = past.events.iter().find_map(|(event, change)| match change {
        Change::Cancelled { setl_id, cancels, .. } if cancels == number => {
            Some(listing::Cancelled { number: setl_id.clone(), at: crate::his::past::at(event) })
        }
        _ => None,
    });
    let recorded = crate::his::past::at(&event);
    let listed = Listed { number: number.to_owned(), event: event.seq, recorded, settled, cancelled };
    let member = sight.own(&listed.settled.psn_no)?.member;
    let found = Found { person: person(&member, listed.settled.day), listed };
    let settled = &found.listed.settled;
    let (sheet, articles) = visited::quoted(sight.service.area(sight.area), number, settled);
    let decided = &settled.decided;
    Ok(Whole {
        articles,
        sheet,
        lines: lines(sight, &past, settled),
        funds: decided.payments.iter().map(paid).collect(),
        diagnoses: past.diagnoses(),
        balance_before: settled.balance_before,
        policy: decided.policy.clone(),
        draft: decided.draft,
        aid: settled.aid.as_deref().map(|aid| (aid.holder.clone(), aid.amount())),
        events: past.events.iter().filter_map(happened).collect(),
        row: row(sight, &found),
    })
}

fn paid(payment: &crate::his::decider::Payment) -> Paid {
    Paid {
        benefit: benefit_words(&payment.benefit).to_owned(),
        fund: payment.fund.to_string(),
        name: payment.fund.name(),
        amount: payment.amount,
    }
}

/// The lines that were settled, with what the catalogue said of them on the day.
fn lines(sight: &Sight<'_>, past: &crate::his::past::Past, settled: &crate::his::book::Settled) -> Vec<Line> {
    let all = past.events.iter().flat_map(|(_, change)| match change {
        Change::Charged { lines, .. } => lines.as_slice(),
        Change::Purchased { purchase, .. } => purchase.lines.as_slice(),
        _ => &[],
    });
    let catalogue = sight.service.directory().catalogue();
    let line = |line: &crate::his::book::Line| {
        let area = settled.treated_in.as_deref().unwrap_or(&settled.area);
        let level = sight.service.directory().institution(&settled.institution).map_or("", |at| at.hosp_lv.as_str());
        let listed = catalogue.find(&Item { code: &line.item, area, level, day: settled.day });
        Line {
            item: line.item.to_string(),
            name: listed.as_ref().map_or_else(String::new, |listed| listed.name.to_owned()),
            level: match listed.as_ref().map(|listed| listed.level) {
                Some("01") => "甲",
                Some("02") => "乙",
                Some("03") => "丙",
                _ => "",
            },
            amount: line.amount,
            covered: line.covered,
            ceiling: line.ceiling,
            upfront: line.upfront_rate().to_string(),
        }
    };
    all.filter(|line| line.chrg_bchno == settled.chrg_bchno).map(line).collect()
}

fn happened((event, change): &(gongji_store::Event, Change)) -> Option<Event> {
    let what = match change {
        Change::Registered { .. } => "挂号",
        Change::Described { .. } => "就诊信息",
        Change::Charged { .. } => "费用明细上传",
        Change::Withdrawn { .. } => "费用明细撤销",
        Change::Unregistered { .. } => "挂号撤销",
        Change::Settled { .. } => "结算",
        Change::Purchased { .. } => "药店结算",
        Change::Cancelled { .. } => "结算撤销",
        _ => return None,
    };
    Some(Event { event: event.seq, recorded: crate::his::past::at(event), what, message: event.msgid.clone() })
}
