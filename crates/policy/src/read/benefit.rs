//! Reading benefits, line tables, payers, access and account rules.

use super::table::{money, pattern, rows_of, table};
use super::{cites, items, key_word, word, words};
use crate::fault::Fault;
use crate::model::{Accumulated, Benefit, BeyondDef, Package, Segments, Table, Word};
use crate::node::{Fields, Key, Node};
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

pub(super) fn read(fields: &Fields<'_>, package: &mut Package, faults: &mut Vec<Fault>) {
    for (key, node) in fields.named("benefit", faults) {
        if let Some(benefit) = benefit(key, node, faults) {
            package.benefits.push(benefit);
        }
    }
    if let Some(lines) = fields.get("lines").and_then(|node| Fields::of(node, faults)) {
        package.lines.cite = cites(&lines, faults);
        let cite = package.lines.cite.clone();
        package.lines.covered = part(&lines, "covered", "lines", &cite, faults);
        package.lines.ceiling = part(&lines, "ceiling", "lines", &cite, faults);
        package.lines.upfront = part(&lines, "upfront", "lines", &cite, faults);
        lines.finish(faults);
    }
    if let Some(payer) = fields.get("payer").and_then(|node| Fields::of(node, faults)) {
        package.payer.after = payer.get("after").map(|_| words(&payer, "after", faults));
        package.payer.pays = payer.get("pays").map(|_| words(&payer, "pays", faults));
        package.payer.cite = cites(&payer, faults);
        payer.finish(faults);
    }
    package.access = fields.get("access").and_then(|node| table(node, "access".to_string(), &[], faults));
    if let Some(account) = fields.get("account").and_then(|node| Fields::of(node, faults)) {
        let cite = cites(&account, faults);
        package.account.employer_share = part(&account, "employer_share", "account", &cite, faults);
        package.account.credit = part(&account, "credit", "account", &cite, faults);
        package.account.uses = part(&account, "use", "account", &cite, faults);
        account.finish(faults);
    }
}

fn part(fields: &Fields<'_>, name: &'static str, of: &str, cite: &[Word], faults: &mut Vec<Fault>) -> Option<Table> {
    fields.get(name).and_then(|node| table(node, format!("{of}.{name}"), cite, faults))
}

fn benefit(key: &Key, node: &Node, faults: &mut Vec<Fault>) -> Option<Benefit> {
    let fields = Fields::of(node, faults)?;
    let cite = cites(&fields, faults);
    let path = format!("benefit.{}", key.name);
    let benefit = Benefit {
        at: key.at,
        name: key_word(key),
        label: fields.text("label", faults),
        applies: pattern(&fields, "for", faults),
        claims: pattern(&fields, "claims", faults),
        takes: words(&fields, "takes", faults),
        fund: word(&fields, "fund", faults),
        covered: part(&fields, "covered", &path, &cite, faults),
        deductibles: accumulated(&fields, "deductible", &path, &cite, faults),
        limits: accumulated(&fields, "limit", &path, &cite, faults),
        rate: part(&fields, "rate", &path, &cite, faults),
        segments: fields.get("segments").and_then(|node| segments(node, faults)),
        from: fields.day("from", faults),
        until: fields.day("until", faults),
        cite,
    };
    fields.finish(faults);
    Some(benefit)
}

fn accumulated(
    fields: &Fields<'_>,
    name: &'static str,
    path: &str,
    cite: &[Word],
    faults: &mut Vec<Fault>,
) -> Vec<Accumulated> {
    let nodes = items(fields, name);
    let mut all = Vec::new();
    for (i, node) in nodes.iter().enumerate() {
        let Some(fields) = Fields::of(node, faults) else { continue };
        let path = if nodes.len() == 1 { format!("{path}.{name}") } else { format!("{path}.{name}[{i}]") };
        let per = word(&fields, "per", faults);
        all.push(Accumulated {
            at: node.at,
            on: word(&fields, "on", faults),
            per,
            lasts: word(&fields, "lasts", faults),
            by: words(&fields, "by", faults),
            carry: word(&fields, "carry", faults),
            counts: words(&fields, "counts", faults),
            applies: pattern(&fields, "for", faults),
            lines: pattern(&fields, "lines", faults),
            beyond: fields.get("beyond").and_then(|node| beyond(node, faults)),
            starts: word(&fields, "starts", faults),
            table: rows_of(&fields, path, cite, faults),
        });
        fields.finish(faults);
    }
    all
}

fn beyond(node: &Node, faults: &mut Vec<Fault>) -> Option<BeyondDef> {
    let fields = Fields::of(node, faults)?;
    let fund = fields.need("fund", faults).and_then(|node| super::word_of(node, faults));
    let (when, cite) = (pattern(&fields, "when", faults), cites(&fields, faults));
    fields.finish(faults);
    Some(BeyondDef { fund: fund?, when, cite })
}

fn segments(node: &Node, faults: &mut Vec<Fault>) -> Option<Segments> {
    let fields = Fields::of(node, faults)?;
    let on = fields.need("on", faults).and_then(|node| super::word_of(node, faults));
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
