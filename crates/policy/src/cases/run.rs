//! Deciding the rows of a case table and comparing what comes out.

use super::parse::{Row, Section, Table};
use super::{CaseReport, CaseResult};
use crate::case::{self, Decision, Detail};
use crate::fault::{Fault, nearest};
use crate::library::{Area, Library};
use alloc::borrow::ToOwned;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use gongji_adjudication::{Settlement, Standing};
use serde_json::{Map, Value, json};

/// Input columns that an empty cell repeats from the row above.
const REPEATED: &[&str] = &["date", "status", "enrolment", "class", "kind", "place", "care_type"];
/// All input columns but those of declared facts.
const INPUTS: &[&str] = &[
    "date", "time", "status", "enrolment", "birth_date", "care_type", "place", "class", "kind", "institution", "amount", "covered",
    "ceiling", "upfront_rate", "item", "prescriber", "prior", "account", "prior_years", "used", "lines", "cancel",
];
/// Columns for the reader.
const PROSE: &[&str] = &["例", "说明"];

/// Runs every case of a section.
pub(super) fn section(library: &Library, area: &Area, section: &Section, report: &mut CaseReport) {
    for (at, article) in &section.articles {
        if area.article(article).is_none() {
            report.faults.push(Fault::error("unknown_article", *at, format!("依据 {article} 没有对应的条文"), "写作 文件:条款"));
        }
    }
    for table in &section.tables {
        if !columns_known(table, report) {
            continue;
        }
        let Some(names) = table.columns.iter().position(|column| column == "例") else {
            report.faults.push(Fault::error("table_shape", table.at, "算例表没有“例”一列", "第一列写例名；同名各行是同一个参保人的先后就诊"));
            continue;
        };
        let mut rows: &[Row] = &table.rows;
        while let Some(first) = rows.first() {
            let name = &first.cells[names].text;
            let count = rows.iter().take_while(|row| row.cells[names].text == *name).count();
            let (case, rest) = rows.split_at(count);
            let mut runner = Runner { library, area, table, report, hit: BTreeSet::new(), checked: 0, passed: true };
            runner.case(name, case);
            let Runner { hit, checked, passed, .. } = runner;
            let articles = section.articles.iter().map(|(_, article)| article.clone()).collect();
            report.cases.push(CaseResult {
                heading: section.heading.clone(),
                name: name.clone(),
                at: first.at,
                articles,
                hit,
                checked,
                passed,
            });
            rows = rest;
        }
    }
}

fn columns_known(table: &Table, report: &mut CaseReport) -> bool {
    let mut known = true;
    for column in &table.columns {
        let fact = column.split_once('.').is_some_and(|(owner, _)| matches!(owner, "member" | "institution" | "encounter" | "charge"));
        if column.starts_with("= ") || fact || INPUTS.contains(&column.as_str()) || PROSE.contains(&column.as_str()) {
            continue;
        }
        let hint = nearest(column, INPUTS.iter().copied()).map(|name| format!("，是否想写 {name}？")).unwrap_or_default();
        let allowed = format!("输入列：{}；输出列以“= ”开头{hint}", crate::fault::listed(INPUTS));
        report.faults.push(Fault::error("unknown_column", table.at, format!("不认识的列 {column}"), allowed));
        known = false;
    }
    known
}

struct Runner<'a> {
    library: &'a Library,
    area: &'a Area,
    table: &'a Table,
    report: &'a mut CaseReport,
    hit: BTreeSet<String>,
    checked: usize,
    passed: bool,
}

impl Runner<'_> {
    fn case(&mut self, name: &str, rows: &[Row]) {
        let mut inputs: Vec<Map<String, Value>> = Vec::new();
        let mut carried: Map<String, Value> = Map::new();
        for row in rows {
            let mut input = Map::new();
            for (column, cell) in self.table.columns.iter().zip(&row.cells) {
                let repeats = REPEATED.contains(&column.as_str());
                if !cell.text.is_empty() {
                    input.insert(column.clone(), Value::from(cell.text.as_str()));
                    if repeats {
                        carried.insert(column.clone(), Value::from(cell.text.as_str()));
                    }
                } else if repeats && let Some(value) = carried.get(column) {
                    input.insert(column.clone(), value.clone());
                }
            }
            inputs.push(input);
        }
        let text = case_json(name, self.area.code(), &inputs).to_string();
        let json = match serde_json::from_str(&text) {
            Ok(json) => json,
            Err(error) => return self.fail(&rows[0], format!("算例写成 JSON 失败：{error}")),
        };
        match case::read_case(&json, self.library) {
            Ok(case) => self.decide(&case, rows, &inputs),
            Err(fault) => self.compare_error(&rows[rows.len() - 1], &fault),
        }
    }

    fn decide(&mut self, case: &case::Case, rows: &[Row], inputs: &[Map<String, Value>]) {
        let mut standing: Standing = match self.area.opening(case) {
            Ok(standing) => standing,
            Err(fault) => return self.compare_error(&rows[rows.len() - 1], &fault),
        };
        let mut settled: Vec<Option<Settlement>> = Vec::new();
        for (i, (encounter, then)) in case.encounters.iter().enumerate() {
            if let Some(number) = inputs[i].get("cancel").and_then(Value::as_str) {
                let earlier = number.parse::<usize>().ok().and_then(|n| settled.get_mut(n.checked_sub(1)?)?.take());
                match earlier {
                    Some(settlement) => standing.revert(&settlement.additions, settlement.from_account),
                    None => return self.fail(&rows[i], format!("cancel {number}：没有可撤销的第 {number} 行")),
                }
            }
            let member = case.member.at(then);
            match self.area.decide(&member, &standing, encounter, true, Detail::Steps) {
                Ok(decision) => {
                    if let Decision::Settled(done) = &decision {
                        done.apply(&mut standing);
                        for step in &done.steps {
                            let keys = step.article.split('；').filter_map(|article| article.split(' ').next());
                            self.hit.extend(keys.map(ToOwned::to_owned));
                        }
                        settled.push(Some(done.settlement.clone()));
                    } else {
                        settled.push(None);
                    }
                    self.compare(&rows[i], &case::decision_json(&decision));
                }
                Err(fault) => return self.compare_error(&rows[i], &fault),
            }
        }
    }

    fn compare(&mut self, row: &Row, answer: &Value) {
        let field = |name: &str| answer.get(name).and_then(Value::as_str).unwrap_or("-").to_owned();
        let nested = |name: &str| answer.get(name).and_then(|v| v.get("code")).and_then(Value::as_str).unwrap_or("-").to_owned();
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
                self.report.faults.push(Fault::error("case_differs", cell.at, found, "核对条文与规则；确认规则无误后再改算例"));
            }
        }
    }

    fn compare_error(&mut self, row: &Row, fault: &case::CaseFault) {
        let expected = self.table.columns.iter().zip(&row.cells).find(|(column, _)| *column == "= error").map(|(_, cell)| &cell.text);
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

fn payments(answer: &Value) -> String {
    let one = |p: &Value| {
        let text = |name: &str| p.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        format!("{} {} {}", text("benefit"), text("fund"), text("amount"))
    };
    let all: Vec<String> = answer.get("payments").and_then(Value::as_array).map(|all| all.iter().map(one).collect()).unwrap_or_default();
    if all.is_empty() { "-".to_owned() } else { all.join("; ") }
}

/// A case in the form of the quote contract, so that its rows are read like any other case.
fn case_json(name: &str, area: &str, inputs: &[Map<String, Value>]) -> Value {
    let first = inputs.first().cloned().unwrap_or_default();
    let mut member = Map::new();
    copy(&first, &mut member, &[("status", "status"), ("enrolment", "enrolment"), ("birth_date", "birth_date")]);
    member.entry("status").or_insert_with(|| Value::from("active"));
    copy(&first, &mut member, &[("account", "account_balance"), ("prior_years", "account_prior_years")]);
    if let Some(used) = text(&first, "used") {
        let pairs = used.split(';').filter_map(|part| part.trim().split_once(' '));
        let used: Map<String, Value> = pairs.map(|(key, value)| (key.to_owned(), Value::from(value.trim()))).collect();
        member.insert("used".to_owned(), Value::Object(used));
    }
    facts(&first, "member.", &mut member);
    let encounters: Vec<Value> = inputs.iter().enumerate().map(|(i, input)| encounter_json(i, input)).collect();
    json!({"id": name, "pooling_area": area, "member": member, "encounters": encounters})
}

fn encounter_json(i: usize, input: &Map<String, Value>) -> Value {
    let mut encounter = Map::new();
    encounter.insert("id".to_owned(), Value::from((i + 1).to_string()));
    copy(input, &mut encounter, &[("date", "date"), ("time", "time"), ("care_type", "care_type"), ("place", "place")]);
    encounter.entry("care_type").or_insert_with(|| Value::from("ordinary_outpatient"));
    let mut institution = Map::new();
    copy(input, &mut institution, &[("class", "class"), ("kind", "kind"), ("institution", "id")]);
    facts(input, "institution.", &mut institution);
    encounter.insert("institution".to_owned(), Value::Object(institution));
    if let Some(prescriber) = text(input, "prescriber") {
        let (class, kind) = prescriber.split_once('/').unwrap_or((prescriber, "general"));
        encounter.insert("prescriber".to_owned(), json!({"class": class, "kind": kind}));
    }
    let mut then = Map::new();
    copy(input, &mut then, &[("status", "status"), ("enrolment", "enrolment")]);
    facts(input, "member.", &mut then);
    encounter.insert("member".to_owned(), Value::Object(then));
    facts(input, "encounter.", &mut encounter);
    encounter.insert("charges".to_owned(), Value::Array(charges(input)));
    if let Some(prior) = text(input, "prior") {
        let prior: Vec<Value> = prior.split(';').filter_map(|part| prior_json(part.trim())).collect();
        encounter.insert("prior_benefits".to_owned(), Value::Array(prior));
    }
    Value::Object(encounter)
}

fn prior_json(part: &str) -> Option<Value> {
    let mut words = part.split_whitespace();
    let (benefit, paid) = (words.next()?, words.next()?);
    let mut prior = json!({"benefit": benefit, "fund_paid": paid});
    if let Some(fund) = words.next() {
        prior["fund"] = Value::from(fund);
    }
    Some(prior)
}

fn charges(input: &Map<String, Value>) -> Vec<Value> {
    if let Some(lines) = text(input, "lines") {
        return lines.split(';').map(|line| line_json(line.trim())).collect();
    }
    let mut charge = Map::new();
    copy(input, &mut charge, &[("amount", "amount"), ("ceiling", "ceiling"), ("upfront_rate", "upfront_rate"), ("item", "item")]);
    if let Some(covered) = text(input, "covered") {
        charge.insert("covered".to_owned(), Value::from(covered == "true"));
    }
    facts(input, "charge.", &mut charge);
    alloc::vec![Value::Object(charge)]
}

/// `300.00 ceiling 250.00 upfront 10% fact item=basic`, or `200.00 off`.
fn line_json(line: &str) -> Value {
    let mut words = line.split_whitespace();
    let mut charge = Map::new();
    charge.insert("amount".to_owned(), Value::from(words.next().unwrap_or_default()));
    let mut declared = Map::new();
    while let Some(word) = words.next() {
        match word {
            "off" => {
                charge.insert("covered".to_owned(), Value::from(false));
            }
            "ceiling" => {
                charge.insert("ceiling".to_owned(), Value::from(words.next().unwrap_or_default()));
            }
            "upfront" => {
                charge.insert("upfront_rate".to_owned(), Value::from(words.next().unwrap_or_default()));
            }
            "fact" => {
                if let Some((name, value)) = words.next().and_then(|pair| pair.split_once('=')) {
                    declared.insert(name.to_owned(), fact_value(value));
                }
            }
            other => {
                charge.insert(other.to_owned(), Value::Null);
            }
        }
    }
    if !declared.is_empty() {
        charge.insert("facts".to_owned(), Value::Object(declared));
    }
    Value::Object(charge)
}

fn text<'m>(input: &'m Map<String, Value>, name: &str) -> Option<&'m str> {
    input.get(name).and_then(Value::as_str)
}

fn copy(from: &Map<String, Value>, into: &mut Map<String, Value>, names: &[(&str, &str)]) {
    for (column, key) in names {
        if let Some(value) = from.get(*column) {
            into.insert((*key).to_owned(), value.clone());
        }
    }
}

/// Fact columns such as `member.large_amount`.
fn facts(from: &Map<String, Value>, prefix: &str, into: &mut Map<String, Value>) {
    let named = from.iter().filter_map(|(column, value)| Some((column.strip_prefix(prefix)?, value.as_str()?)));
    let facts: Map<String, Value> = named.map(|(name, value)| (name.to_owned(), fact_value(value))).collect();
    if !facts.is_empty() {
        into.insert("facts".to_owned(), Value::Object(facts));
    }
}

/// `true`, `3`, `[a, b]` or a text.
fn fact_value(text: &str) -> Value {
    if let Some(items) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return items.split([',', ' ']).filter(|item| !item.is_empty()).map(Value::from).collect();
    }
    match text {
        "true" => Value::from(true),
        "false" => Value::from(false),
        number if !number.contains('.') && number.parse::<i64>().is_ok() => Value::from(number.parse::<i64>().unwrap_or_default()),
        text => Value::from(text),
    }
}
