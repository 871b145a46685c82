//! Statistics of an area's accounts for a year (个人账户收支统计): what came in by source, what went out by use and for whom. What
//! the accounts held before and after is read from the books, and the table from the events: each proves the other.

use gongji_domain::Fen;
use gongji_register::report::{For, Income, Tally, Use};
use serde::Serialize;
use utoipa::ToSchema;

use super::table::{Cell, Table};
use crate::his::archive::Kept;
use crate::his::errors::{Code, Fault};
use crate::his::moves::Sort;

/// A year of an area's accounts, by the days on which things were recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Year {
    pub area: String,
    pub year: i32,
    #[schema(value_type = String, example = "105.00")]
    pub opening: Fen,
    #[schema(value_type = String, example = "105.00")]
    pub closing: Fen,
    #[serde(skip)]
    #[schema(ignore)]
    pub table: gongji_register::report::Table,
    pub income: Vec<Came>,
    pub spending: Vec<Went>,
    #[schema(value_type = Object, example = json!({"count": 12, "amount": "1260.00"}))]
    pub total_income: Tally,
    #[schema(value_type = Object, example = json!({"count": 12, "amount": "1260.00"}))]
    pub total_spending: Tally,
    /// Why opening, income, spending and closing do not tie; nothing where they do.
    pub untied: Option<String>,
}

/// Income from one source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Came {
    #[schema(value_type = String)]
    pub source: Income,
    pub name: &'static str,
    #[serde(flatten)]
    #[schema(value_type = Object, example = json!({"count": 12, "amount": "1260.00"}))]
    pub tally: Tally,
}

/// Spending for one use and one kind of person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Went {
    #[schema(value_type = String)]
    pub to: Use,
    pub name: &'static str,
    #[schema(value_type = String)]
    pub whom: For,
    #[serde(flatten)]
    #[schema(value_type = Object, example = json!({"count": 12, "amount": "1260.00"}))]
    pub tally: Tally,
}

/// The statistics of an area for a year.
///
/// # Errors
/// When the store cannot be read, or for what is no year.
pub(crate) fn year(kept: &Kept, area: &str, year: i32) -> Result<Year, Fault> {
    if !(1900..=9999).contains(&year) {
        return Err(Fault::at(Code::InvalidValue, "year").given(year).allowed("四位年份"));
    }
    let between = kept.now()?.between(area, &format!("{year}-01-01"), &format!("{year}-12-31"))?;
    let mut table = gongji_register::report::Table::default();
    for line in &between.lines {
        let amount = line.change.total();
        match line.sort {
            Sort::Income(source) => table.add_income(source, amount),
            Sort::Spending(to, whom) => table.add_spending(to, whom, -amount),
            Sort::Within => {}
        }
    }
    let untied = table.ties(between.before, between.after).err().map(|untied| untied.to_string());
    let came = |source: Income| Came { source, name: source.name(), tally: table.income(source) };
    let went = |(to, whom): (Use, For)| Went { to, name: to.name(), whom, tally: table.spending(to, whom) };
    let uses = Use::ALL.into_iter().flat_map(|to| For::ALL.map(|whom| (to, whom)));
    Ok(Year {
        area: area.to_owned(),
        year,
        opening: between.before,
        closing: between.after,
        income: Income::ALL.into_iter().map(came).collect(),
        spending: uses.map(went).collect(),
        total_income: table.total_income(),
        total_spending: table.total_spending(),
        table,
        untied,
    })
}

impl Year {
    /// As a table for people and spreadsheets.
    pub(crate) fn sheet(&self) -> Table {
        let row = |side: &str, what: &str, whom: &str, tally: Tally| {
            vec![
                Cell::text(side),
                Cell::text(what),
                Cell::text(whom),
                Cell::Count(tally.count),
                Cell::Money(tally.amount),
            ]
        };
        let mut rows: Vec<_> = self.income.iter().map(|came| row("收入", came.name, "", came.tally)).collect();
        rows.push(row("收入", "合计", "", self.total_income));
        for to in Use::ALL {
            for whom in For::ALL {
                rows.push(row("支出", to.name(), whom.name(), self.table.spending(to, whom)));
            }
        }
        for whom in For::ALL {
            rows.push(row("支出", "合计", whom.name(), self.table.spending_for(whom)));
        }
        rows.push(row("支出", "合计", "", self.total_spending));
        Table {
            title: "个人账户收支统计",
            above: vec![
                ("统筹区", self.area.clone()),
                ("年度", format!("{}（按入账日）", self.year)),
                ("期初余额", self.opening.to_string()),
                ("期末余额", self.closing.to_string()),
                ("核对", self.untied.clone().unwrap_or_else(|| "期初＋收入－支出＝期末，与账簿相符".to_owned())),
            ],
            heads: vec!["收支", "来源或用途", "使用人", "笔数", "金额"],
            rows,
        }
    }
}
