//! Deciding the rows of a case table and comparing what comes out.

use super::parse::{Row, Section, Table};
use super::rows::Rows;
use super::worked::{Played, Stopped, Visit, WorkedCase};
use super::{CaseReport, CaseResult, CellDiffers, RowDiffers, account, read, rows};
use crate::case::{self, Decision, Detail, StepText};
use crate::fault::{Fault, nearest};
use crate::library::{Area, Library};
use alloc::borrow::ToOwned;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use serde_json::Value;

/// All input columns but those of declared facts.
const INPUTS: &[&str] = &[
    "date",
    "time",
    "status",
    "enrolment",
    "birth_date",
    "care_type",
    "place",
    "class",
    "kind",
    "institution",
    "amount",
    "covered",
    "ceiling",
    "upfront_rate",
    "item",
    "prescriber",
    "prior",
    "account",
    "prior_years",
    "used",
    "lines",
    "cancel",
    "relation",
];
/// Columns for the reader.
const PROSE: &[&str] = &["例", "说明"];

/// Runs every case of a section; tells which rows each exercised.
pub(super) fn section(
    library: &Library,
    area: &Area,
    section: &Section,
    report: &mut CaseReport,
) -> Vec<(String, Rows)> {
    let mut exercised = Vec::new();
    for (at, article) in &section.articles {
        if area.article(article).is_none() {
            report.faults.push(Fault::error(
                "unknown_article",
                *at,
                format!("依据 {article} 没有对应的条文"),
                area.articles_beside(article),
            ));
        }
    }
    for table in &section.tables {
        if account::is_one(table) {
            exercised.extend(account::run(area, section, table, report));
            continue;
        }
        if !columns_known(table, report) {
            continue;
        }
        let Some(names) = read::names(table) else {
            report.faults.push(Fault::error(
                "table_shape",
                table.at,
                "算例表没有“例”一列",
                "第一列写例名；同名各行是同一个参保人的先后就诊",
            ));
            continue;
        };
        for (name, rows) in read::cases(table, names) {
            let worked = read::worked_case(library, area, section, table, name, rows);
            let (hit, differs, seen) = (BTreeSet::new(), Vec::new(), Rows::new());
            let mut runner = Runner { area, table, report, hit, seen, checked: 0, passed: true, differs };
            runner.case(&worked, rows);
            let Runner { hit, seen, checked, passed, differs, .. } = runner;
            exercised.push((format!("{}/{}", worked.heading, worked.name), seen));
            let articles = section.articles.iter().map(|(_, article)| article.clone()).collect();
            let (heading, name) = (worked.heading, worked.name);
            report.cases.push(CaseResult { heading, name, at: worked.at, articles, hit, checked, passed, differs });
        }
    }
    exercised
}

fn columns_known(table: &Table, report: &mut CaseReport) -> bool {
    let mut known = true;
    for column in &table.columns {
        let fact = column
            .split_once('.')
            .is_some_and(|(owner, _)| matches!(owner, "member" | "institution" | "encounter" | "charge"));
        if let Some(output) = column.strip_prefix("= ") {
            if !case::OUTPUTS.contains(&output) {
                let outputs = || case::OUTPUTS.iter().copied();
                let near = outputs().find(|known| known.starts_with(output)).or_else(|| nearest(output, outputs()));
                let hint = near.map(|name| format!("；是否想写 = {name}？")).unwrap_or_default();
                let allowed = format!("输出列：{}{hint}", crate::fault::listed(case::OUTPUTS));
                report.faults.push(Fault::error("unknown_column", table.at, format!("不认识的列 {column}"), allowed));
                known = false;
            }
            continue;
        }
        if fact || INPUTS.contains(&column.as_str()) || PROSE.contains(&column.as_str()) {
            continue;
        }
        let hint =
            nearest(column, INPUTS.iter().copied()).map(|name| format!("，是否想写 {name}？")).unwrap_or_default();
        let allowed = format!("输入列：{}；输出列以“= ”开头{hint}", crate::fault::listed(INPUTS));
        report.faults.push(Fault::error("unknown_column", table.at, format!("不认识的列 {column}"), allowed));
        known = false;
    }
    known
}

struct Runner<'a> {
    area: &'a Area,
    table: &'a Table,
    report: &'a mut CaseReport,
    hit: BTreeSet<String>,
    seen: Rows,
    checked: usize,
    passed: bool,
    differs: Vec<RowDiffers>,
}

impl Runner<'_> {
    fn case(&mut self, worked: &WorkedCase, rows: &[Row]) {
        let last = &rows[rows.len() - 1];
        let case = match &worked.case {
            Ok(case) => case,
            Err(fault) => return self.compare_error(last, fault),
        };
        let standing = match self.area.opening(case) {
            Ok(standing) => standing,
            Err(fault) => return self.compare_error(last, &fault),
        };
        let (area, seen) = (self.area, &mut self.seen);
        let watch = &mut |visit: Visit<'_>| {
            seen.extend(rows::exercised(area, visit.member, visit.standing, visit.encounter, visit.decision));
        };
        let Played { decisions, stopped } = worked.watch(case, area, standing, Detail::Sentences, watch);
        for (i, (row, decision)) in rows.iter().zip(&decisions).enumerate() {
            if let Decision::Settled(done) = decision {
                for step in &done.steps {
                    let keys = step.article.split('；').filter_map(|article| article.split(' ').next());
                    self.hit.extend(keys.map(ToOwned::to_owned));
                }
            }
            let cells = self.compare(row, &case::decision_json(decision));
            if !cells.is_empty() {
                self.differs.push(RowDiffers { visit: i + 1, cells, steps: steps(decision) });
            }
        }
        let row = rows.get(decisions.len()).unwrap_or(last);
        match stopped {
            None => {}
            Some(Stopped::Fault(fault)) => self.compare_error(row, &fault),
            Some(Stopped::NothingToCancel) => self.fail(row, "cancel：没有可撤销的那一行".to_owned()),
        }
    }

    fn compare(&mut self, row: &Row, answer: &Value) -> Vec<CellDiffers> {
        let mut differs = Vec::new();
        let field = |name: &str| answer.get(name).and_then(Value::as_str).unwrap_or("-").to_owned();
        let nested =
            |name: &str| answer.get(name).and_then(|v| v.get("code")).and_then(Value::as_str).unwrap_or("-").to_owned();
        for (column, cell) in self.table.columns.iter().zip(&row.cells) {
            let Some(name) = column.strip_prefix("= ").filter(|_| !cell.text.is_empty()) else { continue };
            let got = match name {
                "refusal" | "not_covered" => nested(name),
                "error" => "-".to_owned(),
                "payments" => payments(answer),
                name => field(name),
            };
            self.checked += 1;
            if got != cell.text {
                self.passed = false;
                let found = format!("{name} 应为 {}，算出来是 {got}", cell.text);
                self.report.faults.push(Fault::error(
                    "case_differs",
                    cell.at,
                    found,
                    "核对条文与规则；确认规则无误后再改算例",
                ));
                differs.push(CellDiffers { at: cell.at, column: name.to_owned(), expected: cell.text.clone(), got });
            }
        }
        differs
    }

    fn compare_error(&mut self, row: &Row, fault: &case::CaseFault) {
        let expected = self
            .table
            .columns
            .iter()
            .zip(&row.cells)
            .find(|(column, _)| *column == "= error")
            .map(|(_, cell)| &cell.text);
        self.checked += 1;
        if expected.map(String::as_str) != Some(fault.code) {
            self.fail(row, format!("这个算例不能判定：{} {} {}", fault.code, fault.field, fault.message));
        }
    }

    fn fail(&mut self, row: &Row, found: String) {
        self.passed = false;
        self.report.faults.push(Fault::error("case_fails", row.at, found, ""));
    }
}

/// How a decision came about; of a refusal its one reason.
fn steps(decision: &Decision) -> Vec<StepText> {
    match decision {
        Decision::Settled(done) => done.steps.clone(),
        Decision::Refused(refusal) => alloc::vec![StepText {
            rule: "access".to_owned(),
            article: refusal.article.clone().unwrap_or_default(),
            inputs: Vec::new(),
            result: refusal.code.clone(),
            sentence: Some(refusal.message.clone()),
        }],
    }
}

fn payments(answer: &Value) -> String {
    let one = |p: &Value| {
        let text = |name: &str| p.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        format!("{} {} {}", text("benefit"), text("fund"), text("amount"))
    };
    let all: Vec<String> =
        answer.get("payments").and_then(Value::as_array).map(|all| all.iter().map(one).collect()).unwrap_or_default();
    if all.is_empty() { "-".to_owned() } else { all.join("; ") }
}
