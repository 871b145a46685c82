//! A member's account for some days (个人账户对账单): what it held, each line with the balance after it, what it holds. The lines
//! are followed back from the member's last events; they must come to what the account holds now, part by part, which
//! the store proves equal to the ledger.

use gongji_domain::{Day, Fen};
use gongji_register::Parts;
use gongji_register::report::{Income, Use};
use serde::Serialize;
use utoipa::ToSchema;

use super::member::known;
use super::table::{Cell, Table};
use crate::his::archive::Kept;
use crate::his::book::View;
use crate::his::desk::Desk;
use crate::his::errors::{Code, Fault};
use crate::his::member::record_name;
use crate::his::moves::{Line, Sort};
use crate::his::person::balances;

/// How often it is read anew when the member's account moves meanwhile.
const TRIES: usize = 3;

/// An account for some days, by the days on which its lines were recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Statement {
    pub person: String,
    pub name: String,
    pub area: String,
    #[schema(value_type = String, format = Date)]
    pub from: Day,
    #[schema(value_type = String, format = Date)]
    pub to: Day,
    pub opening: Balance,
    #[schema(value_type = String, example = "105.00")]
    pub income: Fen,
    #[schema(value_type = String, example = "105.00")]
    pub spending: Fen,
    pub lines: Vec<Row>,
    pub closing: Balance,
    /// 应追回 now.
    #[schema(value_type = String, example = "105.00")]
    pub owed: Fen,
}

/// What an account holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Balance {
    /// 当年账户
    #[schema(value_type = String, example = "105.00")]
    pub current: Fen,
    /// 历年账户
    #[schema(value_type = String, example = "105.00")]
    pub prior: Fen,
    #[schema(value_type = String, example = "105.00")]
    pub total: Fen,
}

/// A line with the balance after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Row {
    /// 业务日期
    #[schema(value_type = String, format = Date)]
    pub day: Day,
    /// 入账时间
    pub recorded: String,
    pub event: u64,
    /// 收入来源 or 支出用途
    pub sort: String,
    pub what: String,
    pub with: String,
    #[schema(value_type = String, example = "105.00")]
    pub income: Fen,
    #[schema(value_type = String, example = "105.00")]
    pub spending: Fen,
    pub balance: Balance,
    #[serde(skip)]
    pub counts_as: Sort,
}

/// What is known of a member at one moment.
struct Now {
    name: String,
    area: String,
    held: [Fen; 2],
    owed: Fen,
    last_visit: Option<u64>,
    last_entry: Option<u64>,
}

/// A member's statement for the days from one to another, both included.
///
/// # Errors
/// If nobody with this number is registered, or the lines do not come to what the account holds.
pub(crate) fn statement(
    desk: &Desk<'_>,
    kept: impl Fn() -> Kept,
    person: &str,
    from: Day,
    to: Day,
) -> Result<Statement, Fault> {
    if to < from {
        return Err(Fault::at(Code::InvalidValue, "to").given(to).allowed(format!("不早于 {from}")));
    }
    for _ in 0..TRIES {
        let now = look(desk, person)?;
        let lines = kept().now()?.account(person, now.last_visit, now.last_entry)?;
        let sum = lines.iter().fold(Parts::default(), |sum, line| sum + line.change);
        if [sum.current, sum.prior] == now.held {
            return Ok(made(now, person, from, to, &lines));
        }
        tracing::warn!(person, ?sum, held = ?now.held, "a statement does not come to what the account holds");
    }
    Err(Fault::at(Code::InternalError, "person").given("明细合计与余额不符，请先核验（gongji store verify）"))
}

fn look(desk: &Desk<'_>, person: &str) -> Result<Now, Fault> {
    let name = person.to_owned();
    let see = move |view: View<'_>| {
        let member = known(view, &name)?;
        Ok(Now {
            name: member.identity.name.clone(),
            area: member.area.clone(),
            held: balances(&view.standing(&name)),
            owed: view.file(&name).map_or(Fen::ZERO, |file| file.affairs.claims.left()),
            last_visit: view.last_visit(&name),
            last_entry: view.last_entry(&name),
        })
    };
    desk.look(vec![person.to_owned(), record_name(person)], see)?
}

fn made(now: Now, person: &str, from: Day, to: Day, lines: &[Line]) -> Statement {
    let booked = |line: &Line| line.recorded.get(..10).and_then(|day| day.parse::<Day>().ok()).unwrap_or(line.day);
    let mut sum = Parts::default();
    let mut opening = Balance::default();
    let mut rows = Vec::new();
    for line in lines {
        sum = sum + line.change;
        if booked(line) < from {
            opening = balance(sum);
        } else if booked(line) <= to {
            rows.push(row(line, balance(sum)));
        }
    }
    let total = |of: fn(&Row) -> Fen| rows.iter().map(of).sum();
    Statement {
        person: person.to_owned(),
        name: now.name,
        area: now.area,
        from,
        to,
        income: total(|row| row.income),
        spending: total(|row| row.spending),
        closing: rows.last().map_or(opening, |row| row.balance),
        opening,
        lines: rows,
        owed: now.owed,
    }
}

fn balance(parts: Parts) -> Balance {
    Balance { current: parts.current, prior: parts.prior, total: parts.total() }
}

fn row(line: &Line, balance: Balance) -> Row {
    let amount = line.change.total();
    // What is taken back stands on its own side with a minus, so that sums of a side are those of the statistics.
    let (sort, income, spending) = match line.sort {
        Sort::Income(from) => (from.name().to_owned(), amount, Fen::ZERO),
        Sort::Spending(to, whom) => (format!("{}（{}）", to.name(), whom.name()), Fen::ZERO, -amount),
        Sort::Within => ("账户内结转".to_owned(), Fen::ZERO, Fen::ZERO),
    };
    Row {
        day: line.day,
        recorded: line.recorded.clone(),
        event: line.event,
        sort,
        what: line.what.clone(),
        with: line.with.clone(),
        income,
        spending,
        balance,
        counts_as: line.sort,
    }
}

impl Statement {
    /// What was credited in these days, corrections included.
    pub(crate) fn credited(&self) -> Fen {
        self.sum(|sort| {
            matches!(
                sort,
                Sort::Income(Income::Contribution | Income::Pool | Income::Correction)
                    | Sort::Spending(Use::Correction, _)
            )
        })
    }

    /// What the account had without being credited: what it held before, and what came with the books or from elsewhere.
    pub(crate) fn held(&self) -> Fen {
        let brought = self.sum(|sort| matches!(sort, Sort::Income(Income::Opening | Income::TransferIn)));
        self.opening.total + brought
    }

    fn sum(&self, of: impl Fn(Sort) -> bool) -> Fen {
        self.lines.iter().filter(|row| of(row.counts_as)).map(|row| row.income - row.spending).sum()
    }

    /// As a table for people and spreadsheets.
    pub(crate) fn table(&self) -> Table {
        let Self { person, name, area, from, to, opening, income, spending, closing, owed, .. } = self;
        let held = |balance: &Balance| format!("{}（当年 {}，历年 {}）", balance.total, balance.current, balance.prior);
        let mut above = vec![
            ("参保人", format!("{person} {name}")),
            ("统筹区", area.clone()),
            ("期间", format!("{from} 至 {to}（按入账日）")),
            ("期初余额", held(opening)),
            ("收入合计", income.to_string()),
            ("支出合计", spending.to_string()),
            ("期末余额", held(closing)),
        ];
        if !owed.is_zero() {
            above.push(("应追回", owed.to_string()));
        }
        let rows = self.lines.iter().map(|row| {
            vec![
                Cell::text(row.day),
                Cell::text(&row.recorded),
                Cell::text(&row.sort),
                Cell::text(&row.what),
                Cell::text(&row.with),
                Cell::Money(row.income),
                Cell::Money(row.spending),
                Cell::Money(row.balance.current),
                Cell::Money(row.balance.prior),
                Cell::Money(row.balance.total),
                Cell::text(row.event),
            ]
        });
        let heads =
            ["业务日期", "入账时间", "类别", "摘要", "对方", "收入", "支出", "当年余额", "历年余额", "余额", "事件"];
        Table { title: "个人账户对账单", above, heads: heads.to_vec(), rows: rows.collect() }
    }
}
