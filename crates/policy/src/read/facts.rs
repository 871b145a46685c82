//! Reading declared facts.

use super::{cites, key_word, table, text, word, words};
use crate::fault::Fault;
use crate::fields::Fields;
use crate::model::{FactDef, Ordinal, Package, Word};
use crate::node::{Key, Node};
use crate::schema::{FACT, ORDINAL};
use alloc::format;
use alloc::vec::Vec;

pub(super) fn read(fields: &Fields<'_>, package: &mut Package, faults: &mut Vec<Fault>) {
    for (key, node) in fields.named("fact", faults) {
        if let Some(fact) = fact(key, node, faults) {
            package.facts.push(fact);
        }
    }
}

fn fact(key: &Key, node: &Node, faults: &mut Vec<Fault>) -> Option<FactDef> {
    let fields = Fields::of(node, &FACT, faults)?;
    let cite = cites(&fields, faults);
    let has_rows = fields.has("rows");
    let path = format!("fact.{}", key.name);
    let mut under: Vec<(Word, Word)> = Vec::new();
    for (child, parent) in fields.named("under", faults) {
        under.extend(super::word_of(parent, faults).map(|parent| (key_word(child), parent)));
    }
    let fact = FactDef {
        name: key_word(key),
        of: word(&fields, "of", faults),
        kind: word(&fields, "kind", faults),
        values: words(&fields, "values", faults),
        more: words(&fields, "more", faults),
        under,
        min: fields.whole("min", faults),
        max: fields.whole("max", faults),
        default: fields.get("default").and_then(|node| table::scalar(node, faults)),
        table: has_rows.then(|| table::rows_of(&fields, path, &FACT, &cite, faults)),
        ordinal: fields.get("ordinal").and_then(|node| ordinal(node, faults)),
        count_of: word(&fields, "count_of", faults),
        label: text(&fields, "label", faults),
        cite,
    };
    fields.finish(faults);
    Some(fact)
}

fn ordinal(node: &Node, faults: &mut Vec<Fault>) -> Option<Ordinal> {
    let fields = Fields::of(node, &ORDINAL, faults)?;
    let (of, per) = (word(&fields, "of", faults), word(&fields, "per", faults));
    let (by, counts) = (words(&fields, "by", faults), words(&fields, "counts", faults));
    fields.finish(faults);
    Some(Ordinal { of: of?, per: per?, by, counts })
}
