//! From the rows of a case table to a case, by way of the quote contract: so its rows are read like
//! any other case.

use super::parse::{Row, Section, Table};
use super::worked::WorkedCase;
use crate::case::{self, Case, CaseFault};
use crate::library::{Area, Library};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::{Map, Value, json};

/// Input columns that an empty cell repeats from the row above.
const REPEATED: &[&str] = &["date", "status", "enrolment", "class", "kind", "place", "care_type"];

/// Which column names the cases.
pub(super) fn names(table: &Table) -> Option<usize> {
    table.columns.iter().position(|column| column == "例")
}

/// The cases of a table: rows under one name, one after the other.
pub(super) fn cases(table: &Table, names: usize) -> impl Iterator<Item = (&str, &[Row])> {
    let groups = table.rows.chunk_by(move |a, b| a.cells[names].text == b.cells[names].text);
    groups.map(move |rows| (rows[0].cells[names].text.as_str(), rows))
}

/// The case that rows state.
pub(super) fn worked_case(
    library: &Library,
    area: &Area,
    section: &Section,
    table: &Table,
    name: &str,
    rows: &[Row],
) -> WorkedCase {
    let inputs = inputs(table, rows);
    // A number that is none stands for a row that is not there.
    let row = |text: &str| text.parse::<usize>().ok().and_then(|n| n.checked_sub(1)).unwrap_or(usize::MAX);
    WorkedCase {
        heading: section.heading.clone(),
        name: name.to_owned(),
        at: rows[0].at,
        case: read(library, &case_json(name, area.code(), &inputs)),
        cancellations: inputs.iter().map(|input| text(input, "cancel").map(row)).collect(),
    }
}

fn read(library: &Library, case: &Value) -> Result<Case, CaseFault> {
    let text = case.to_string();
    let json = serde_json::from_str(&text)
        .map_err(|error| CaseFault::new("invalid_json", "", format!("算例写成 JSON 失败：{error}")))?;
    case::read_case(&json, library)
}

/// What each row states, with what it repeats of the row above.
pub(super) fn inputs(table: &Table, rows: &[Row]) -> Vec<Map<String, Value>> {
    let mut inputs: Vec<Map<String, Value>> = Vec::new();
    let mut carried: Map<String, Value> = Map::new();
    for row in rows {
        let mut input = Map::new();
        for (column, cell) in table.columns.iter().zip(&row.cells) {
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
    inputs
}

/// A case in the form of the quote contract.
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
    let parts = inputs.iter().filter_map(|input| text(input, "relation")).flat_map(|cell| cell.split(';'));
    let relations: Vec<Value> = parts.map(str::trim).filter(|part| !part.is_empty()).map(relation_json).collect();
    if !relations.is_empty() {
        member.insert("relations".to_owned(), Value::Array(relations));
    }
    facts(&first, "member.", &mut member);
    let encounters: Vec<Value> = inputs.iter().enumerate().map(|(i, input)| encounter_json(i, input)).collect();
    json!({"id": name, "pooling_area": area, "member": member, "encounters": encounters})
}

/// `referral H2 2024-03-01` or `selected H1/first 2024-01-01 2024-12-31`.
fn relation_json(part: &str) -> Value {
    let mut words = part.split_whitespace();
    let mut relation = Map::new();
    let mut put = |key: &str, word: Option<&str>| {
        relation.extend(word.map(|word| (key.to_owned(), Value::from(word))));
    };
    put("relation", words.next());
    match words.next().map(|with| with.rsplit_once('/').ok_or(with)) {
        Some(Ok((institution, slot))) => {
            put("institution", Some(institution));
            put("slot", Some(slot));
        }
        with => put("institution", with.and_then(Result::err)),
    }
    put("from", words.next());
    put("until", words.next());
    // What is left over is a key that nobody knows, and is told as one.
    relation.extend(words.map(|word| (word.to_owned(), Value::Null)));
    Value::Object(relation)
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
    copy(
        input,
        &mut charge,
        &[("amount", "amount"), ("ceiling", "ceiling"), ("upfront_rate", "upfront_rate"), ("item", "item")],
    );
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
        number if !number.contains('.') && number.parse::<i64>().is_ok() => {
            Value::from(number.parse::<i64>().unwrap_or_default())
        }
        text => Value::from(text),
    }
}
