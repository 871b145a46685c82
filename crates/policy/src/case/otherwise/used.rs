//! The same visit with something else used before: a deductible already borne, a limit not yet
//! touched. Changes sums of a standing, never a rule.

use super::{Left, Otherwise, Visit, terms};
use crate::case::decide::{Decision, addition};
use crate::compile::CompiledCut;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use gongji_adjudication::{Period, Rules, Standing, Step, StepKind, WhyId};
use gongji_domain::Fen;

pub(super) fn otherwise(visit: &Visit<'_>) -> Vec<Otherwise> {
    let (Some(rules), Decision::Settled(settled)) = (visit.area.rules(visit.encounter.date), &visit.decision) else {
        return Vec::new();
    };
    settled
        .settlement
        .steps
        .iter()
        .filter_map(|step| borne(visit, rules, step).or(untouched(visit, rules, step)))
        .collect()
}

/// The deductible that this visit bore, had it been borne before.
fn borne(visit: &Visit<'_>, rules: &Rules, step: &Step) -> Option<Otherwise> {
    let (StepKind::Deductible { standard, used, .. } | StepKind::PaymentDeductible { standard, used, .. }) = step.kind
    else {
        return None;
    };
    let counter = counter_of(visit, rules, step.why)?;
    if step.result.is_zero() || rules.counters[counter].period == Period::Visit {
        return None;
    }
    let mut standing = visit.standing.clone();
    standing.add(addition(rules, counter, visit.encounter, standard.less(used)));
    with(visit, &standing, step.why, rules, format!("起付标准 {standard} 元此前已经付满（已付 {used} 元）"))
}

/// The limit that cut this visit, had nothing been used of it before.
fn untouched(visit: &Visit<'_>, rules: &Rules, step: &Step) -> Option<Otherwise> {
    let (StepKind::PaymentLimit { limit, used, of } | StepKind::ExpenseLimit { limit, used, of }) = step.kind else {
        return None;
    };
    let counter = counter_of(visit, rules, step.why)?;
    let mut entry = addition(rules, counter, visit.encounter, Fen::ZERO);
    entry.amount = visit.standing.sum(entry.counter, entry.instance, entry.by);
    if step.result >= of || used.is_zero() || entry.amount.is_zero() {
        return None;
    }
    let mut standing = visit.standing.clone();
    standing.revert(&[entry], [Fen::ZERO; 2]);
    with(visit, &standing, step.why, rules, format!("限额 {limit} 元此前没有用过（已用 {used} 元）"))
}

fn with(visit: &Visit<'_>, standing: &Standing, why: WhyId, rules: &Rules, what: String) -> Option<Otherwise> {
    let one = visit.instead(&visit.member, standing, visit.encounter)?;
    let mut articles = Vec::new();
    terms::add(&mut articles, &rules.whys[why as usize].article);
    Some(Otherwise { what, articles, ..one })
}

/// The counter of the deductible or limit that a step names.
fn counter_of(visit: &Visit<'_>, rules: &Rules, why: WhyId) -> Option<usize> {
    let path = &*rules.whys[why as usize].rule;
    let cuts =
        visit.area.compiled.benefits.iter().flat_map(|benefit| benefit.deductibles.iter().chain(&benefit.limits));
    let cut: &CompiledCut = cuts.into_iter().find(|cut| cut.grid.path == path)?;
    Some(usize::from(cut.counter))
}

/// What is left of each limit on payments after the visit.
pub(super) fn left(visit: &Visit<'_>) -> Vec<Left> {
    let (Some(rules), Decision::Settled(settled)) = (visit.area.rules(visit.encounter.date), &visit.decision) else {
        return Vec::new();
    };
    let limits = settled.settlement.steps.iter().filter_map(|step| match step.kind {
        StepKind::PaymentLimit { limit, used, .. } => {
            let why = &rules.whys[step.why as usize];
            let left = limit.less(used).less(step.result);
            Some(Left { rule: why.rule.to_string(), limit, left, article: why.article.to_string() })
        }
        _ => None,
    });
    limits.collect()
}
