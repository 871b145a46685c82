//! Reading what frames the rules: the package itself, documents, dates, indices, institutions,
//! relations, bounds.

use super::table::{pattern, value};
use super::{YEARS, cites, items, key_word, word, word_of, words};
use crate::fault::Fault;
use crate::model::{Bound, Document, Index, IndexRow, Institution, Package, Relation, Status, Word};
use crate::node::{Fields, Key, Node, Value};
use alloc::format;
use alloc::vec::Vec;

pub(super) fn read(fields: &Fields<'_>, package: &mut Package, faults: &mut Vec<Fault>) {
    if let Some(head) = fields.get("package").and_then(|node| Fields::of(node, faults)) {
        package.at = head.at;
        head_of(head, package, faults);
    }
    package.chain = words(fields, "chain", faults);
    for (key, node) in fields.named("decided_elsewhere", faults) {
        let cites = node.one_or_many().iter().filter_map(|node| word_of(node, faults)).collect();
        package.decided_elsewhere.push((key_word(key), cites));
    }
    for (key, node) in fields.named("document", faults) {
        package.documents.extend(document(key, node, faults));
    }
    for (key, node) in fields.named("reason", faults) {
        if let Some(fields) = Fields::of(node, faults) {
            let text = fields.text("text", faults).unwrap_or_default();
            fields.finish(faults);
            package.reasons.push((key_word(key), text));
        }
    }
    for node in items(fields, "impossible") {
        if let Some(fields) = Fields::of(node, faults) {
            package.impossible.push((pattern(&fields, "when", faults), node.at));
            fields.finish(faults);
        }
    }
    period(fields, package, faults);
    for (key, node) in fields.named("index", faults) {
        package.indexes.extend(index(key, node, faults));
    }
    for node in items(fields, "institution") {
        package.institutions.extend(institution(node, faults));
    }
    for (key, node) in fields.named("relation", faults) {
        package.relations.extend(relation(key, node, faults));
    }
    for node in items(fields, "bound") {
        package.bounds.extend(bound(node, faults));
    }
}

fn head_of(head: Fields<'_>, package: &mut Package, faults: &mut Vec<Fault>) {
    if let Some(node) = head.need("area", faults) {
        package.area = word_of(node, faults).unwrap_or_default();
        let code = &package.area.text;
        if code.len() != 6 || !code.bytes().all(|b| b.is_ascii_digit()) {
            faults.push(node.unexpected("六位医保区划代码，如 \"500000\""));
        }
    }
    package.name = head.text("name", faults).unwrap_or_default();
    package.extends = word(&head, "extends", faults);
    if let Some(status) = word(&head, "status", faults) {
        package.status = match status.text.as_str() {
            "in_force" => Status::InForce,
            "draft" => Status::Draft,
            "example" => Status::Example,
            other => {
                let allowed = "in_force（施行）、draft（征求意见稿）、example（示例）";
                faults.push(Fault::error("invalid_value", status.at, format!("status = \"{other}\""), allowed));
                Status::InForce
            }
        };
    }
    package.framework = words(&head, "framework", faults);
    package.from = head.day("from", faults);
    if package.from.is_none() && package.extends.is_none() {
        faults.push(Fault::error("missing_key", head.at, "缺少 from", "写明施行日期，如 from = 2024-01-01"));
    }
    package.until = head.day("until", faults);
    package.verified = head.day("verified", faults);
    package.cite = cites(&head, faults);
    head.finish(faults);
}

fn document(key: &Key, node: &Node, faults: &mut Vec<Fault>) -> Option<Document> {
    let fields = Fields::of(node, faults)?;
    fields.need("number", faults);
    let document = Document {
        key: key_word(key),
        number: fields.text("number", faults).unwrap_or_default(),
        title: fields.text("title", faults),
        issuer: fields.text("issuer", faults),
        published: fields.day("published", faults),
        known: fields.day("known", faults),
    };
    fields.finish(faults);
    Some(document)
}

fn period(fields: &Fields<'_>, package: &mut Package, faults: &mut Vec<Fault>) {
    let Some(period) = fields.get("period").and_then(|node| Fields::of(node, faults)) else { return };
    if let Some(year) = period.get("year").and_then(|node| Fields::of(node, faults)) {
        package.years.cite = cites(&year, faults);
        for node in start_rows(&year) {
            match &node.value {
                Value::Text(_) => package.years.starts.extend(month_day(node, faults).map(|start| (None, start))),
                Value::Table(_) => {
                    let Some(row) = Fields::of(node, faults) else { continue };
                    let from = row.day("from", faults);
                    let start = row.need("is", faults).and_then(|node| month_day(node, faults));
                    cites(&row, faults);
                    row.finish(faults);
                    package.years.starts.extend(start.map(|start| (from, start)));
                }
                _ => faults.push(node.unexpected("\"MM-DD\" 或 { from, is }")),
            }
        }
        for node in items(&year, "restart") {
            let Some(row) = Fields::of(node, faults) else { continue };
            row.need("on", faults);
            package.years.restarts.extend(row.day("on", faults));
            cites(&row, faults);
            row.finish(faults);
        }
        year.finish(faults);
    }
    period.finish(faults);
}

/// `starts = "07-01"`, a list of dated rows, or `starts = { rows = [...] }`.
fn start_rows<'a>(year: &Fields<'a>) -> &'a [Node] {
    let written = items(year, "starts");
    match written {
        [Node { value: Value::Table(entries), .. }] => match entries.iter().find(|(key, _)| key.name == "rows") {
            Some((_, rows)) => rows.one_or_many(),
            None => written,
        },
        _ => written,
    }
}

fn month_day(node: &Node, faults: &mut Vec<Fault>) -> Option<(i8, i8)> {
    let read = match &node.value {
        Value::Text(text) => {
            let parts = text.split_once('-').filter(|(month, day)| month.len() == 2 && day.len() == 2);
            let numbers = parts.and_then(|(month, day)| month.parse().ok().zip(day.parse().ok()));
            // The 29th of February does not begin a year: three years of four have none.
            numbers.filter(|(month, day)| gongji_domain::Day::from_ymd(2023, *month, *day).is_some())
        }
        _ => None,
    };
    if read.is_none() {
        faults.push(node.unexpected("待遇年度的第一天 \"MM-DD\"，如 \"07-01\""));
    }
    read
}

fn index(key: &Key, node: &Node, faults: &mut Vec<Fault>) -> Option<Index> {
    let fields = Fields::of(node, faults)?;
    let own = cites(&fields, faults);
    let mut rows = Vec::new();
    for node in items(&fields, "rows") {
        let Some(row) = Fields::of(node, faults) else { continue };
        let year = row.need("year", faults).and_then(|_| row.whole_in("year", YEARS, faults));
        let is = row.need("is", faults).and_then(|node| value(node, faults));
        let cite = cites(&row, faults);
        let cite = if cite.is_empty() { own.clone() } else { cite };
        let estimate = row.flag("estimate", faults).unwrap_or(false);
        row.day("published", faults);
        let known = row.day("known", faults);
        row.finish(faults);
        if let (Some(year), Some(is)) = (year, is) {
            rows.push(IndexRow { at: node.at, year, is, estimate, known, cite });
        }
    }
    fields.finish(faults);
    Some(Index { name: key_word(key), rows })
}

fn institution(node: &Node, faults: &mut Vec<Fault>) -> Option<Institution> {
    let fields = Fields::of(node, faults)?;
    let id = fields.need("id", faults).and_then(|node| word_of(node, faults));
    let institution = Institution {
        id: id.unwrap_or_default(),
        class: word(&fields, "class", faults),
        kind: word(&fields, "kind", faults),
        from: fields.day("from", faults),
        until: fields.day("until", faults),
        cite: cites(&fields, faults),
    };
    fields.finish(faults);
    Some(institution)
}

fn relation(key: &Key, node: &Node, faults: &mut Vec<Fault>) -> Option<Relation> {
    let fields = Fields::of(node, faults)?;
    let mut relation = Relation {
        name: key_word(key),
        slots: words(&fields, "slots", faults),
        lasts: word(&fields, "lasts", faults),
        ends: word(&fields, "ends", faults),
        via: word(&fields, "via", faults),
        change_months: Vec::new(),
        change_effective: None,
        cite: cites(&fields, faults),
    };
    if let Some(change) = fields.get("change").and_then(|node| Fields::of(node, faults)) {
        for node in items(&change, "months") {
            match node.value {
                Value::Whole(month @ 1..=12) => relation.change_months.push(month),
                _ => faults.push(node.unexpected("月份 1 至 12")),
            }
        }
        relation.change_effective = word(&change, "effective", faults);
        change.finish(faults);
    }
    fields.finish(faults);
    Some(relation)
}

fn bound(node: &Node, faults: &mut Vec<Fault>) -> Option<Bound> {
    let fields = Fields::of(node, faults)?;
    let on = fields.need("on", faults).and_then(|node| word_of(node, faults));
    let must = fields.need("must", faults).and_then(|node| word_of(node, faults));
    let mut along: Option<(Word, Vec<Word>)> = None;
    for (key, node) in fields.named("along", faults) {
        let values = node.one_or_many().iter().filter_map(|node| word_of(node, faults)).collect();
        along = Some((key_word(key), values));
    }
    let severity = word(&fields, "severity", faults);
    let warning = match severity.as_ref().map(|word| word.text.as_str()) {
        Some("warning") => true,
        Some("error") | None => false,
        Some(_) => {
            faults.extend(fields.get("severity").map(|node| node.unexpected("\"error\" 或 \"warning\"")));
            false
        }
    };
    let bound = Bound {
        at: node.at,
        on: on.unwrap_or_default(),
        when: pattern(&fields, "when", faults),
        must: must.unwrap_or_default(),
        is: fields.get("is").and_then(|node| value(node, faults)),
        along,
        facts: words(&fields, "facts", faults),
        tolerance: fields.get("tolerance").and_then(|node| super::table::rate(node, faults)),
        warning,
        from: fields.day("from", faults),
        cite: cites(&fields, faults),
    };
    fields.finish(faults);
    Some(bound)
}
