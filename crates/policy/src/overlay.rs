//! An agency's overlay: a package that `extends` another and lays its own rows above it.
//! Rows of the same table win over the base's; what is new is added; nothing is deleted.

use crate::counters::pattern;
use crate::fault::Fault;
use crate::model::{Accumulated, Package, Row, Table, Word};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Lays `over` on `base`.
pub(crate) fn lay(mut base: Package, over: Package, faults: &mut Vec<Fault>) -> Package {
    if !over.name.is_empty() {
        base.name = over.name;
    }
    base.at = over.at;
    base.status = over.status;
    base.verified = over.verified.or(base.verified);
    base.until = over.until.or(base.until);
    if !over.cite.is_empty() {
        base.cite = over.cite;
    }
    for framework in over.framework {
        if !base.framework.iter().any(|known| known.text == framework.text) {
            base.framework.push(framework);
        }
    }
    for document in over.documents {
        match base.documents.iter().find(|known| known.key.text == document.key.text) {
            Some(_) => {
                let found = format!("文件 {} 在被覆盖的包里已有登记", document.key.text);
                faults.push(Fault::error("duplicate_key", document.key.at, found, "覆盖包引用自己的文件，换一个名称"));
            }
            None => base.documents.push(document),
        }
    }
    if !over.chain.is_empty() {
        base.chain = over.chain;
    }
    base.decided_elsewhere.extend(over.decided_elsewhere);
    for fact in over.facts {
        match base.facts.iter_mut().find(|known| known.name.text == fact.name.text) {
            Some(known) => {
                known.more.extend(fact.more);
                known.under.extend(fact.under);
                known.default = fact.default.or(known.default.take());
                lay_option(&mut known.table, fact.table);
            }
            None => base.facts.push(fact),
        }
    }
    base.reasons.extend(over.reasons);
    base.impossible.extend(over.impossible);
    if !over.years.starts.is_empty() {
        base.years.starts = over.years.starts;
    }
    base.years.restarts.extend(over.years.restarts);
    for index in over.indexes {
        match base.indexes.iter_mut().find(|known| known.name.text == index.name.text) {
            Some(known) => {
                known.rows.retain(|row| !index.rows.iter().any(|new| new.year == row.year));
                known.rows.extend(index.rows);
            }
            None => base.indexes.push(index),
        }
    }
    base.institutions.extend(over.institutions);
    base.relations.retain(|known| !over.relations.iter().any(|new| new.name.text == known.name.text));
    base.relations.extend(over.relations);
    lay_option(&mut base.lines.covered, over.lines.covered);
    lay_option(&mut base.lines.ceiling, over.lines.ceiling);
    lay_option(&mut base.lines.upfront, over.lines.upfront);
    base.payer.after = over.payer.after.or(base.payer.after);
    base.payer.pays = over.payer.pays.or(base.payer.pays);
    lay_option(&mut base.access, over.access);
    for benefit in over.benefits {
        let Some(known) = base.benefits.iter_mut().find(|known| known.name.text == benefit.name.text) else {
            base.decided_elsewhere.retain(|(name, _)| name.text != benefit.name.text);
            base.benefits.push(benefit);
            continue;
        };
        lay_option(&mut known.covered, benefit.covered);
        lay_option(&mut known.rate, benefit.rate);
        let own = &known.name.text;
        lay_entries(&mut known.deductibles, benefit.deductibles, |entry| key(entry, "eligible", own));
        lay_entries(&mut known.limits, benefit.limits, |entry| key(entry, "payment", own));
        if !benefit.takes.is_empty() {
            known.takes = benefit.takes;
        }
        if benefit.ledger.is_some() {
            known.ledger = benefit.ledger;
        }
        if benefit.segments.is_some() {
            known.segments = benefit.segments;
        }
    }
    lay_option(&mut base.account.employer_share, over.account.employer_share);
    lay_option(&mut base.account.credit, over.account.credit);
    lay_option(&mut base.account.credit_from, over.account.credit_from);
    lay_option(&mut base.account.before, over.account.before);
    lay_option(&mut base.account.uses, over.account.uses);
    lay_tables(&mut base.contribution, over.contribution);
    base.contribution_rounding = over.contribution_rounding.or(base.contribution_rounding);
    lay_tables(&mut base.entitlement, over.entitlement);
    base.bounds.extend(over.bounds);
    base
}

/// Lays tables on those of the same path.
fn lay_tables(base: &mut Vec<Table>, over: Vec<Table>) {
    for table in over {
        match base.iter_mut().find(|known| known.path == table.path) {
            Some(known) => lay_table(known, table),
            None => base.push(table),
        }
    }
}

fn lay_option(base: &mut Option<Table>, over: Option<Table>) {
    match (base, over) {
        (Some(base), Some(over)) => lay_table(base, over),
        (base @ None, over) => *base = over,
        (Some(_), None) => {}
    }
}

fn lay_table(base: &mut Table, over: Table) {
    let Table { layers: [rows, except, ..], adjust, at_least, at_most, rounding, cite, .. } = over;
    let cited = |mut row: Row| {
        if row.cite.is_empty() {
            row.cite.clone_from(&cite);
        }
        row
    };
    base.layers[2].extend(rows.into_iter().map(cited));
    base.layers[3].extend(except.into_iter().map(cited));
    base.adjust.extend(adjust);
    base.at_least = at_least.or(base.at_least.take());
    base.at_most = at_most.or(base.at_most.take());
    base.rounding = rounding.or(base.rounding);
}

/// An entry with the same key is the same rule; another key is another rule.
fn lay_entries(base: &mut Vec<Accumulated>, over: Vec<Accumulated>, key: impl Fn(&Accumulated) -> String) {
    for entry in over {
        match base.iter_mut().find(|known| key(known) == key(&entry)) {
            Some(known) => lay_table(&mut known.table, entry.table),
            None => base.push(entry),
        }
    }
}

/// What makes a deductible or limit of a benefit the one it is, in words; `stage` is where it acts
/// when it does not say so.
fn key(entry: &Accumulated, stage: &str, benefit: &str) -> String {
    let said =
        |word: &Option<Word>, default: &str| word.as_ref().map_or_else(|| default.to_owned(), |w| w.text.clone());
    let words = |words: &[Word]| words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join("+");
    let counts = if entry.counts.is_empty() { benefit.to_owned() } else { words(&entry.counts) };
    let (on, per, carry) = (said(&entry.on, stage), said(&entry.per, "year"), said(&entry.carry, ""));
    let beyond = entry.beyond.as_ref().map(|beyond| beyond.fund.text.as_str()).unwrap_or_default();
    let (applies, lines, by) = (pattern(&entry.applies), pattern(&entry.lines), words(&entry.by));
    format!("{on}|{per}|{carry}|{by}|{counts}|{applies}|{lines}|{beyond}")
}
