//! Worked cases of personal accounts: tables that ask a credit, a use, contributions or entitlement.
//! Each row is a question of its own; the answers are those of [`crate::account`].

use super::parse::{Row, Section, Table};
use super::rows::Rows;
use super::{CaseReport, CaseResult, CellDiffers, RowDiffers, read};
use crate::account::{
    AccountFault, Contributing, Contribution, Credit, CreditSource, Crediting, Entitlement, Ruled, Stated, Using,
    asked_row, credit_rows, use_row,
};
use crate::case::StepText;
use crate::fault::{Fault, listed, nearest};
use crate::library::Area;
use alloc::borrow::ToOwned;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Display;
use gongji_domain::{Day, Fen};
use serde_json::{Map, Value};

/// What may be asked of an account.
const OUTPUTS: &[&str] = &[
    "credit",
    "credit_from",
    "provisional",
    "credit_before",
    "use",
    "missing",
    "article",
    "total",
    "own",
    "pooled",
    "employer_share",
    "floor",
    "ceiling",
    "findings",
    "waiting",
    "gap",
    "grace",
    "back_pay",
    "back_pay_within",
    "begins",
    "inpatient_excludes",
    "error",
];

/// What is stated, beside the columns of declared facts.
const INPUTS: &[&str] = &[
    "date",
    "known_on",
    "status",
    "enrolment",
    "birth_date",
    "base",
    "lump_sum_base",
    "pension",
    "frozen",
    "purpose",
    "who",
    "own_paid",
    "pooled_paid",
];

/// Whether a table asks about accounts: it has an output that no visit has.
pub(super) fn is_one(table: &Table) -> bool {
    let outputs = table.columns.iter().filter_map(|column| column.strip_prefix("= "));
    outputs.into_iter().any(|name| name != "error" && OUTPUTS.contains(&name))
}

/// Runs the cases of such a table; tells which rows each exercised.
pub(super) fn run(area: &Area, section: &Section, table: &Table, report: &mut CaseReport) -> Vec<(String, Rows)> {
    let mut exercised = Vec::new();
    let Some(names) = read::names(table).filter(|_| columns_known(table, report)) else { return exercised };
    for (name, rows) in read::cases(table, names) {
        let inputs = read::inputs(table, rows);
        let mut case = Case { area, table, report, seen: Rows::new(), hit: BTreeSet::new(), checked: 0, passed: true };
        let mut differs = Vec::new();
        for (i, (row, input)) in rows.iter().zip(&inputs).enumerate() {
            let (cells, steps) = case.row(row, input);
            if !cells.is_empty() {
                differs.push(RowDiffers { visit: i + 1, cells, steps });
            }
        }
        let Case { seen, hit, checked, passed, .. } = case;
        exercised.push((format!("{}/{name}", section.heading), seen));
        let articles = section.articles.iter().map(|(_, article)| article.clone()).collect();
        let (heading, name, at) = (section.heading.clone(), name.to_owned(), rows[0].at);
        report.cases.push(CaseResult { heading, name, at, articles, hit, checked, passed, differs });
    }
    exercised
}

fn columns_known(table: &Table, report: &mut CaseReport) -> bool {
    let mut known = true;
    for column in &table.columns {
        let (name, all) = match column.strip_prefix("= ") {
            Some(output) => (output, OUTPUTS),
            None => (column.as_str(), INPUTS),
        };
        let fact = column.starts_with("member.") || column.starts_with("charge.");
        if fact || all.contains(&name) || ["例", "说明"].contains(&name) {
            continue;
        }
        let hint = nearest(name, all.iter().copied()).map(|name| format!("，是否想写 {name}？")).unwrap_or_default();
        let allowed = format!("问账户的表可用：{}{hint}", listed(all));
        report.faults.push(Fault::error("unknown_column", table.at, format!("不认识的列 {column}"), allowed));
        known = false;
    }
    known
}

struct Case<'a> {
    area: &'a Area,
    table: &'a Table,
    report: &'a mut CaseReport,
    seen: Rows,
    hit: BTreeSet<String>,
    checked: usize,
    passed: bool,
}

impl Case<'_> {
    fn row(&mut self, row: &Row, input: &Map<String, Value>) -> (Vec<CellDiffers>, Vec<StepText>) {
        let stated = match Stating::of(input) {
            Ok(stated) => stated,
            Err(found) => {
                self.fail(row, found);
                return (Vec::new(), Vec::new());
            }
        };
        let mut question =
            Question { area: self.area, stated, articles: Vec::new(), steps: Vec::new(), rows: Rows::new() };
        let (mut differs, mut fault) = (Vec::new(), None);
        let mut cells: Vec<_> = self.table.columns.iter().zip(&row.cells).collect();
        // Which articles were named is known when all else is answered.
        cells.sort_by_key(|(column, _)| *column == "= article");
        for (column, cell) in cells {
            let Some(name) = column.strip_prefix("= ").filter(|name| *name != "error" && !cell.text.is_empty()) else {
                continue;
            };
            self.checked += 1;
            match question.answer(name) {
                Err(found) => fault = fault.or(Some(found)),
                Ok(got) if got == cell.text => {}
                Ok(got) => {
                    let found = format!("{name} 应为 {}，算出来是 {got}", cell.text);
                    let allowed = "核对条文与规则；确认规则无误后再改算例";
                    self.report.faults.push(Fault::error("case_differs", cell.at, found, allowed));
                    differs.push(CellDiffers {
                        at: cell.at,
                        column: name.to_owned(),
                        expected: cell.text.clone(),
                        got,
                    });
                }
            }
        }
        let columns = self.table.columns.iter().zip(&row.cells);
        let expected = columns.filter(|(column, _)| *column == "= error").map(|(_, cell)| cell.text.as_str()).next();
        let expected = expected.filter(|text| !text.is_empty() && *text != "-");
        self.checked += usize::from(expected.is_some());
        match (expected, &fault) {
            (Some(code), Some(fault)) if fault.code() == code => {}
            (None, None) => {}
            (Some(code), None) => self.fail(row, format!("error 应为 {code}，却有答案")),
            (_, Some(fault)) => self.fail(row, format!("不能回答：{} {fault}", fault.code())),
        }
        self.passed &= differs.is_empty();
        let Question { articles, steps, rows, .. } = question;
        self.seen.extend(rows);
        self.hit.extend(articles);
        (differs, steps)
    }

    fn fail(&mut self, row: &Row, found: String) {
        self.passed = false;
        self.report.faults.push(Fault::error("case_fails", row.at, found, ""));
    }
}

/// What a row states.
struct Stating<'m> {
    input: &'m Map<String, Value>,
    date: Day,
    known_on: Day,
    birth: Option<Day>,
    frozen: Vec<(&'m str, Fen)>,
    facts: Vec<(&'m str, &'m str)>,
}

impl<'m> Stating<'m> {
    fn of(input: &'m Map<String, Value>) -> Result<Self, String> {
        let text = |name: &str| input.get(name).and_then(Value::as_str);
        let day = |name: &'static str| {
            text(name).map(|text| text.parse::<Day>().map_err(|_| format!("{name} 要日期 YYYY-MM-DD")))
        };
        let mut frozen = Vec::new();
        for part in text("frozen").into_iter().flat_map(|cell| cell.split(';')) {
            let pair = part.trim().split_once(' ').and_then(|(name, amount)| Some((name, amount.trim().parse().ok()?)));
            frozen.push(pair.ok_or("frozen 写作 credit_2022_monthly 85.00")?);
        }
        for name in ["base", "lump_sum_base", "pension", "own_paid", "pooled_paid"] {
            if text(name).is_some_and(|text| text.parse::<Fen>().is_err()) {
                return Err(format!("{name} 要金额，如 4000.00"));
            }
        }
        let facts = input.iter().filter_map(|(column, value)| {
            let name = column.strip_prefix("member.").or_else(|| column.strip_prefix("charge."))?;
            Some((name, value.as_str()?))
        });
        Ok(Self {
            input,
            date: day("date").ok_or("缺少 date")??,
            known_on: day("known_on").transpose()?.unwrap_or(Day::MAX),
            birth: day("birth_date").transpose()?,
            frozen,
            facts: facts.collect(),
        })
    }

    fn text(&self, name: &str) -> &'m str {
        self.input.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    fn amount(&self, name: &str) -> Option<Fen> {
        self.text(name).parse().ok()
    }

    fn crediting(&self) -> Crediting<'_> {
        Crediting {
            status: self.text("status"),
            enrolment: self.text("enrolment"),
            birth: self.birth,
            base: self.amount("base"),
            lump_sum_base: self.amount("lump_sum_base"),
            pension: self.amount("pension"),
            frozen: &self.frozen,
            facts: &self.facts,
        }
    }

    fn using(&self) -> Using<'_> {
        Using {
            purpose: self.text("purpose"),
            who: self.text("who"),
            status: self.text("status"),
            enrolment: self.text("enrolment"),
            birth: self.birth,
            facts: &self.facts,
        }
    }

    fn contributing(&self) -> Contributing<'_> {
        let (status, enrolment) = (self.text("status"), self.text("enrolment"));
        Contributing { status, enrolment, birth: self.birth, facts: &self.facts }
    }
}

/// A row's question, with what answering it named and which rows held.
struct Question<'a> {
    area: &'a Area,
    stated: Stating<'a>,
    /// Keys of the articles that the answers named, in order.
    articles: Vec<String>,
    steps: Vec<StepText>,
    rows: Rows,
}

impl Question<'_> {
    fn answer(&mut self, name: &str) -> Result<String, AccountFault> {
        match name {
            "credit" | "credit_from" | "provisional" | "credit_before" => self.credit(name),
            "use" | "missing" => self.usage(name),
            "article" => Ok(if self.articles.is_empty() { "-".to_owned() } else { self.articles.join(" ") }),
            "total" | "own" | "pooled" | "employer_share" | "floor" | "ceiling" | "findings" => self.contribution(name),
            _ => self.entitlement(name),
        }
    }

    fn credit(&mut self, name: &str) -> Result<String, AccountFault> {
        let (area, person) = (self.area, self.stated.crediting());
        let replaced = name == "credit_before";
        let (date, known_on) = (self.stated.date, self.stated.known_on);
        let rules = if replaced { area.credits_before(date, known_on) } else { area.credits_for(date, known_on) }?;
        self.rows.extend(credit_rows(&area.compiled, &rules, &person, replaced));
        let explained = rules.explain(&person)?;
        let (answer, article) = match explained.credit {
            Credit::Nothing { article } => ("-".to_owned(), article),
            Credit::Amount { amount, source, article, provisional } => {
                let answer = match name {
                    "credit_from" => source_text(source),
                    "provisional" => provisional.to_string(),
                    _ => amount.to_string(),
                };
                (answer, article)
            }
        };
        let article = article.to_owned();
        self.named(&format!("account.{name}"), &article, &answer, explained.words);
        Ok(answer)
    }

    fn usage(&mut self, name: &str) -> Result<String, AccountFault> {
        let using = self.stated.using();
        let found = self.area.may_use(self.stated.date, &using)?;
        let row = use_row(&self.area.compiled, self.stated.date, &using);
        let answer = match name {
            "use" => found.verdict.word().to_owned(),
            _ if found.missing.is_empty() => "-".to_owned(),
            _ => found.missing.join(" "),
        };
        self.rows.extend(row);
        self.named("account.use", &found.article, &answer, found.words);
        Ok(answer)
    }

    fn contribution(&mut self, name: &str) -> Result<String, AccountFault> {
        let (date, known_on) = (self.stated.date, self.stated.known_on);
        let rules = self.area.contribution(date, known_on)?;
        let found: Contribution = rules.of(&self.stated.contributing())?;
        match name {
            "total" => self.ruled("contribution.total", &found.total, ToString::to_string),
            "own" => self.ruled("contribution.own", &found.own, ToString::to_string),
            "pooled" => self.ruled("contribution.pooled", &found.pooled, ToString::to_string),
            "employer_share" => self.ruled("account.employer_share", &found.employer_share, ToString::to_string),
            "floor" => self.ruled("contribution.floor", &found.floor, ToString::to_string),
            "ceiling" => self.ruled("contribution.ceiling", &found.ceiling, ToString::to_string),
            _ => {
                let missing = |name: &str| AccountFault::Missing { fact: name.to_owned() };
                let base = self.stated.amount("base").ok_or_else(|| missing("member.contribution_base"))?;
                let own = self.stated.amount("own_paid").ok_or_else(|| missing("own_paid"))?;
                let findings = found.check(base, own, self.stated.amount("pooled_paid"));
                for finding in &findings {
                    self.named("contribution", &finding.article, finding.code, finding.words.clone());
                }
                let codes: Vec<&str> = findings.iter().map(|finding| finding.code).collect();
                Ok(if codes.is_empty() { "-".to_owned() } else { codes.join(" ") })
            }
        }
    }

    fn entitlement(&mut self, name: &str) -> Result<String, AccountFault> {
        let rules = self.area.entitlement(self.stated.date)?;
        let found: Entitlement = rules.of(&self.stated.contributing())?;
        match name {
            "waiting" => self.ruled("entitlement.waiting", &found.waiting, |span| span.word()),
            "gap" => self.ruled("entitlement.gap", &found.gap, |span| span.word()),
            "grace" => self.ruled("entitlement.grace", &found.grace, |span| span.word()),
            "back_pay" => self.ruled("entitlement.back_pay", &found.back_pay, |back| back.word().to_owned()),
            "back_pay_within" => self.ruled("entitlement.back_pay_within", &found.back_pay_within, |span| span.word()),
            "begins" => self.ruled("entitlement.begins", &found.begins, |begins| begins.word().to_owned()),
            _ => self.ruled("entitlement.inpatient_excludes", &found.inpatient_excludes, ToString::to_string),
        }
    }

    /// A rule as a cell writes it: `-` where there is none, `open` where the texts give no figure.
    fn ruled<T: Display>(
        &mut self,
        path: &str,
        rule: &Ruled<T>,
        text: impl Fn(&T) -> String,
    ) -> Result<String, AccountFault> {
        let answer = match &rule.is {
            Stated::Is(figure) => text(figure),
            Stated::Nothing => "-".to_owned(),
            Stated::Open => "open".to_owned(),
        };
        let row = asked_row(&self.area.compiled, path, &self.stated.contributing(), self.stated.date);
        self.rows.extend(row);
        self.named(path, &rule.article, &answer, rule.is.to_string());
        Ok(answer)
    }

    fn named(&mut self, rule: &str, article: &str, result: &str, words: String) {
        let keys = article.split('；').filter_map(|article| article.split(' ').next()).filter(|key| !key.is_empty());
        for key in keys {
            if !self.articles.iter().any(|known| known == key) {
                self.articles.push(key.to_owned());
            }
        }
        self.steps.push(StepText {
            rule: rule.to_owned(),
            article: article.to_owned(),
            inputs: Vec::new(),
            result: result.to_owned(),
            sentence: Some(words),
        });
    }
}

/// `contribution`, `310100`, or `310100/outpatient` with the ledger inside the fund.
fn source_text(source: Option<CreditSource<'_>>) -> String {
    match source {
        None => "-".to_owned(),
        Some(CreditSource::Contribution) => "contribution".to_owned(),
        Some(CreditSource::Fund { fund, ledger: None }) => fund.to_string(),
        Some(CreditSource::Fund { fund, ledger: Some(ledger) }) => format!("{fund}/{ledger}"),
    }
}
