//! Reading what frames the rules: the package itself, documents, dates, indices, institutions,
//! relations, bounds.

use super::table::{pattern, value};
use super::{cites, items, key_word, text, word, word_of, words};
use crate::fault::Fault;
use crate::fields::Fields;
use crate::model::{Bound, Document, Index, IndexRow, Institution, Package, Relation, Status, Word};
use crate::node::{Key, Node, Value};
use crate::schema::{
    BOUND, CHANGE, DOCUMENT, IMPOSSIBLE, INDEX, INDEX_ROW, INSTITUTION, PACKAGE, PERIODS, REASON, RELATION, RESTART,
    YEAR, YEAR_START, YEAR_STARTS,
};
use alloc::format;
use alloc::vec::Vec;

/// Documents and bounds, which frameworks have as well.
pub(super) fn read_shared(fields: &Fields<'_>, package: &mut Package, faults: &mut Vec<Fault>) {
    for (key, node) in fields.named("document", faults) {
        package.documents.extend(document(key, node, faults));
    }
    for node in items(fields, "bound") {
        package.bounds.extend(bound(node, faults));
    }
}

pub(super) fn read(fields: &Fields<'_>, package: &mut Package, faults: &mut Vec<Fault>) {
    if let Some(head) = fields.get("package").and_then(|node| Fields::of(node, &PACKAGE, faults)) {
        package.at = head.at;
        head_of(head, package, faults);
    }
    package.chain = words(fields, "chain", faults);
    for (key, node) in fields.named("decided_elsewhere", faults) {
        let cites = node.one_or_many().iter().filter_map(|node| word_of(node, faults)).collect();
        package.decided_elsewhere.push((key_word(key), cites));
    }
    for (key, node) in fields.named("reason", faults) {
        if let Some(fields) = Fields::of(node, &REASON, faults) {
            let said = text(&fields, "text", faults);
            if said.as_deref() == Some("") {
                let found = format!("原因 {} 没有 text", key.name);
                faults.push(Fault::error("missing_key", key.at, found, "写明给参保人看的一句话"));
            }
            fields.finish(faults);
            package.reasons.push((key_word(key), said.unwrap_or_default()));
        }
    }
    for node in items(fields, "impossible") {
        if let Some(fields) = Fields::of(node, &IMPOSSIBLE, faults) {
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
}

fn head_of(head: Fields<'_>, package: &mut Package, faults: &mut Vec<Fault>) {
    package.area = word(&head, "area", faults).unwrap_or_default();
    package.name = text(&head, "name", faults).unwrap_or_default();
    package.extends = word(&head, "extends", faults);
    package.status = match text(&head, "status", faults).as_deref() {
        Some("draft") => Status::Draft,
        Some("example") => Status::Example,
        _ => Status::InForce,
    };
    package.framework = words(&head, "framework", faults);
    package.from = head.day("from", faults);
    package.until = head.day("until", faults);
    package.verified = head.day("verified", faults);
    package.cite = cites(&head, faults);
    head.finish(faults);
}

fn document(key: &Key, node: &Node, faults: &mut Vec<Fault>) -> Option<Document> {
    let fields = Fields::of(node, &DOCUMENT, faults)?;
    let document = Document {
        key: key_word(key),
        number: text(&fields, "number", faults).unwrap_or_default(),
        title: text(&fields, "title", faults),
        issuer: text(&fields, "issuer", faults),
        published: fields.day("published", faults),
        known: fields.day("known", faults),
    };
    fields.finish(faults);
    Some(document)
}

fn period(fields: &Fields<'_>, package: &mut Package, faults: &mut Vec<Fault>) {
    let Some(period) = fields.get("period").and_then(|node| Fields::of(node, &PERIODS, faults)) else { return };
    if let Some(year) = period.get("year").and_then(|node| Fields::of(node, &YEAR, faults)) {
        package.years.cite = cites(&year, faults);
        for node in items(&year, "starts") {
            starts(node, package, faults);
        }
        for node in items(&year, "restart") {
            let Some(row) = Fields::of(node, &RESTART, faults) else { continue };
            package.years.restarts.extend(row.day("on", faults));
            cites(&row, faults);
            row.finish(faults);
        }
        year.finish(faults);
    }
    period.finish(faults);
}

/// `"07-01"`, a dated row, or a table of such rows.
fn starts(node: &Node, package: &mut Package, faults: &mut Vec<Fault>) {
    let has_rows = matches!(&node.value, Value::Table(entries) if entries.iter().any(|(key, _)| key.name == "rows"));
    if has_rows {
        let Some(table) = Fields::of(node, &YEAR_STARTS, faults) else { return };
        for row in items(&table, "rows") {
            starts(row, package, faults);
        }
        cites(&table, faults);
        return table.finish(faults);
    }
    match &node.value {
        Value::Text(_) => package.years.starts.extend(month_day(node, faults).map(|start| (None, start))),
        Value::Table(_) => {
            let Some(row) = Fields::of(node, &YEAR_START, faults) else { return };
            let from = row.day("from", faults);
            let start = row.get("is").and_then(|node| month_day(node, faults));
            cites(&row, faults);
            row.finish(faults);
            package.years.starts.extend(start.map(|start| (from, start)));
        }
        _ => faults.push(node.unexpected("\"MM-DD\" 或 { from, is }")),
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
    let fields = Fields::of(node, &INDEX, faults)?;
    let own = cites(&fields, faults);
    let mut rows = Vec::new();
    for node in items(&fields, "rows") {
        let Some(row) = Fields::of(node, &INDEX_ROW, faults) else { continue };
        let year = row.whole("year", faults);
        let is = row.get("is").and_then(|node| value(node, faults));
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
    let fields = Fields::of(node, &INSTITUTION, faults)?;
    let institution = Institution {
        id: word(&fields, "id", faults).unwrap_or_default(),
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
    let fields = Fields::of(node, &RELATION, faults)?;
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
    if let Some(change) = fields.get("change").and_then(|node| Fields::of(node, &CHANGE, faults)) {
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
    let fields = Fields::of(node, &BOUND, faults)?;
    let (on, must) = (word(&fields, "on", faults), word(&fields, "must", faults));
    let mut along: Option<(Word, Vec<Word>)> = None;
    for (key, node) in fields.named("along", faults) {
        let values = node.one_or_many().iter().filter_map(|node| word_of(node, faults)).collect();
        along = Some((key_word(key), values));
    }
    let bound = Bound {
        at: node.at,
        on: on.unwrap_or_default(),
        when: pattern(&fields, "when", faults),
        must: must.unwrap_or_default(),
        is: fields.get("is").and_then(|node| value(node, faults)),
        along,
        facts: words(&fields, "facts", faults),
        tolerance: fields.get("tolerance").and_then(|node| super::table::rate(node, faults)),
        warning: text(&fields, "severity", faults).as_deref() == Some("warning"),
        from: fields.day("from", faults),
        cite: cites(&fields, faults),
    };
    fields.finish(faults);
    Some(bound)
}
