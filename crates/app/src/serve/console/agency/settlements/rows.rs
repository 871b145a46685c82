//! A settlement as a row of a list and of a workbook, and the sums above them.

use gongji_domain::{Day, Fen};
use gongji_policy::words_of;
use serde::Serialize;

use super::super::Sight;
use super::institutions::{class, class_name};
use super::persons::Person;
use crate::agency::described::masked;
use crate::agency::table::{Cell, Table};
use crate::agency::words;
use crate::his::listing::{Amounts, One, Sums};

#[derive(Serialize)]
pub(super) struct Row {
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
pub(super) struct Summed {
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

impl Row {
    /// A settlement of somebody.
    pub(super) fn of(sight: &Sight<'_>, One { listed, cancelled }: One<'_>, person: Person) -> Self {
        let at = sight.service.directory().institution(&listed.institution);
        let Amounts { total, eligible, deductible, fund, account, aid, cash } = listed.amounts;
        Self {
            number: listed.number.to_string(),
            time: listed.recorded.to_string(),
            day: listed.day,
            person: listed.psn_no.to_string(),
            certificate: masked(&person.certificate),
            category: words::category(&person.category),
            name: person.name,
            institution: listed.institution.to_string(),
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
            cancelled_by: cancelled.map(|by| by.number.to_string()),
            cancelled_at: cancelled.map(|by| by.at.to_string()),
        }
    }

    fn cells(self) -> Vec<Cell> {
        let texts = [
            self.number,
            self.time,
            self.day.to_string(),
            self.person,
            self.name,
            self.certificate,
            self.category,
            self.institution,
            self.institution_name,
            self.class_name,
            self.care_type,
        ];
        let amounts = [self.total, self.eligible, self.deductible, self.fund, self.account, self.aid, self.cash];
        let cancelled_by = self.cancelled_by.map_or(Cell::Empty, Cell::Text);
        texts.map(Cell::Text).into_iter().chain(amounts.map(Cell::Money)).chain([cancelled_by]).collect()
    }
}

impl Summed {
    /// Over all that was found.
    pub(super) fn of(found: &[One<'_>]) -> Self {
        let Sums { visits, persons, cancelled, amounts, funds } = Sums::of(found.iter().copied());
        let Amounts { total, eligible, fund, account, aid, cash, .. } = amounts;
        let funds = funds.into_iter().map(|(of, amount)| Fund { code: of.to_string(), name: of.name(), amount });
        Self { visits, persons, cancelled, total, eligible, fund, funds: funds.collect(), account, aid, cash }
    }
}

/// What was found between two days as a workbook.
pub(super) fn table(
    sight: &Sight<'_>,
    (from, to): (&str, &str),
    found: &[One<'_>],
    rows: impl Iterator<Item = Row>,
) -> Table {
    let sums = Summed::of(found);
    Table {
        title: "结算清单",
        above: vec![
            ("统筹区", sight.area.to_owned()),
            ("结算日期", format!("{from} 至 {to}")),
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
        rows: rows.map(Row::cells).collect(),
    }
}
