//! Reading benefits, line tables, payers and access.

use super::table::{money, pattern, rows_of, table};
use super::{cites, items, key_word, text, word, words};
use crate::fault::Fault;
use crate::fields::Fields;
use crate::model::{Accumulated, Benefit, BeyondDef, Package, Segments, Table, Word};
use crate::node::{Key, Node};
use crate::schema::{
    AMOUNTS_TABLE, BENEFIT, BEYOND, CHOICES_TABLE, DEDUCTIBLE, Group, LIMIT, LINES, PAYER, RATES_TABLE, REASONS_TABLE,
    SEGMENTS,
};
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

pub(super) fn read(fields: &Fields<'_>, package: &mut Package, faults: &mut Vec<Fault>) {
    for (key, node) in fields.named("benefit", faults) {
        if let Some(benefit) = benefit(key, node, faults) {
            package.benefits.push(benefit);
        }
    }
    if let Some(node) = fields.get("lines") {
        lines(node, package, faults);
    }
    if let Some(payer) = fields.get("payer").and_then(|node| Fields::of(node, &PAYER, faults)) {
        package.payer.after = payer.get("after").map(|_| words(&payer, "after", faults));
        package.payer.pays = payer.get("pays").map(|_| words(&payer, "pays", faults));
        package.payer.cite = cites(&payer, faults);
        payer.finish(faults);
    }
    package.access =
        fields.get("access").and_then(|node| table(node, "access".to_string(), &REASONS_TABLE, &[], faults));
}

fn lines(node: &Node, package: &mut Package, faults: &mut Vec<Fault>) {
    let Some(lines) = Fields::of(node, &LINES, faults) else { return };
    let part = Part { of: "lines", cite: cites(&lines, faults) };
    package.lines.covered = part.table(&lines, "covered", &CHOICES_TABLE, faults);
    package.lines.ceiling = part.table(&lines, "ceiling", &AMOUNTS_TABLE, faults);
    package.lines.upfront = part.table(&lines, "upfront", &RATES_TABLE, faults);
    package.lines.cite = part.cite;
    lines.finish(faults);
}

/// Something with tables of its own: its path, and the citations that they inherit.
pub(super) struct Part<'a> {
    pub(super) of: &'a str,
    pub(super) cite: Vec<Word>,
}

impl Part<'_> {
    pub(super) fn table(
        &self,
        fields: &Fields<'_>,
        name: &'static str,
        group: &'static Group,
        faults: &mut Vec<Fault>,
    ) -> Option<Table> {
        let node = fields.get(name)?;
        table(node, format!("{}.{name}", self.of), group, &self.cite, faults)
    }
}

fn benefit(key: &Key, node: &Node, faults: &mut Vec<Fault>) -> Option<Benefit> {
    let fields = Fields::of(node, &BENEFIT, faults)?;
    let path = format!("benefit.{}", key.name);
    let part = Part { of: &path, cite: cites(&fields, faults) };
    let benefit = Benefit {
        at: key.at,
        name: key_word(key),
        label: text(&fields, "label", faults),
        applies: pattern(&fields, "for", faults),
        claims: pattern(&fields, "claims", faults),
        takes: words(&fields, "takes", faults),
        fund: word(&fields, "fund", faults),
        ledger: word(&fields, "ledger", faults),
        covered: part.table(&fields, "covered", &REASONS_TABLE, faults),
        deductibles: accumulated(&fields, ("deductible", &DEDUCTIBLE), &part, faults),
        limits: accumulated(&fields, ("limit", &LIMIT), &part, faults),
        rate: part.table(&fields, "rate", &RATES_TABLE, faults),
        segments: fields.get("segments").and_then(|node| segments(node, faults)),
        from: fields.day("from", faults),
        until: fields.day("until", faults),
        cite: part.cite,
    };
    fields.finish(faults);
    Some(benefit)
}

fn accumulated(
    fields: &Fields<'_>,
    (name, group): (&'static str, &'static Group),
    part: &Part<'_>,
    faults: &mut Vec<Fault>,
) -> Vec<Accumulated> {
    let nodes = items(fields, name);
    let mut all = Vec::new();
    for (i, node) in nodes.iter().enumerate() {
        let Some(fields) = Fields::of(node, group, faults) else { continue };
        let path = if nodes.len() == 1 { format!("{}.{name}", part.of) } else { format!("{}.{name}[{i}]", part.of) };
        let beyond = if fields.offers("beyond") { fields.get("beyond") } else { None };
        all.push(Accumulated {
            at: node.at,
            on: word(&fields, "on", faults),
            per: word(&fields, "per", faults),
            lasts: word(&fields, "lasts", faults),
            by: words(&fields, "by", faults),
            carry: word(&fields, "carry", faults),
            counts: words(&fields, "counts", faults),
            applies: pattern(&fields, "for", faults),
            lines: pattern(&fields, "lines", faults),
            beyond: beyond.and_then(|node| read_beyond(node, faults)),
            starts: word(&fields, "starts", faults),
            table: rows_of(&fields, path, group, &part.cite, faults),
        });
        fields.finish(faults);
    }
    all
}

fn read_beyond(node: &Node, faults: &mut Vec<Fault>) -> Option<BeyondDef> {
    let fields = Fields::of(node, &BEYOND, faults)?;
    let fund = word(&fields, "fund", faults);
    let (when, cite) = (pattern(&fields, "when", faults), cites(&fields, faults));
    fields.finish(faults);
    Some(BeyondDef { fund: fund?, when, cite })
}

fn segments(node: &Node, faults: &mut Vec<Fault>) -> Option<Segments> {
    let fields = Fields::of(node, &SEGMENTS, faults)?;
    let on = word(&fields, "on", faults);
    let up_to = items(&fields, "up_to").iter().filter_map(|node| money(node, faults)).collect();
    let names = words(&fields, "names", faults);
    let (per, counts) = (word(&fields, "per", faults), words(&fields, "counts", faults));
    let cite = cites(&fields, faults);
    fields.finish(faults);
    let segments = Segments { at: node.at, on: on?, up_to, names, per, counts, cite };
    if segments.names.len() != segments.up_to.len() + 1 || !segments.up_to.is_sorted_by(|a, b| a < b) {
        let found = format!("{} 个分界、{} 个名称", segments.up_to.len(), segments.names.len());
        faults.push(Fault::error("segments_shape", node.at, found, "分界金额递增，名称比分界多一个"));
        return None;
    }
    Some(segments)
}
