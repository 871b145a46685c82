//! Which rows made the difference between two decisions: the articles of the terms (a standard, a
//! rate, a limit, a reason) that one has and the other has not.

use crate::case::decide::{Decision, StepText};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// A rule with what it said.
#[derive(PartialEq, Eq)]
struct Term {
    rule: String,
    said: String,
    article: String,
}

/// The articles that make the second decision differ from the first: of the reason that only the
/// first has; else of what the second says anew and of rules that no longer act.
pub(super) fn changed(first: &Decision, second: &Decision) -> Vec<String> {
    let (before, after) = (terms(first), terms(second));
    let reasons = articles(before.iter().filter(|term| is_reason(term) && !after.contains(term)));
    if !reasons.is_empty() {
        return reasons;
    }
    let new = after.iter().filter(|term| !before.contains(term));
    let gone = before.iter().filter(|term| !after.iter().any(|other| other.rule == term.rule));
    articles(new.chain(gone))
}

fn articles<'a>(terms: impl Iterator<Item = &'a Term>) -> Vec<String> {
    let mut articles = Vec::new();
    for term in terms {
        add(&mut articles, &term.article);
    }
    articles
}

/// Adds the articles of a printed citation, each once.
pub(super) fn add(articles: &mut Vec<String>, printed: &str) {
    for article in printed.split('；') {
        if !articles.iter().any(|known| known == article) {
            articles.push(article.to_string());
        }
    }
}

fn is_reason(term: &Term) -> bool {
    term.rule.ends_with("#not_covered") || term.rule == "access"
}

fn terms(decision: &Decision) -> Vec<Term> {
    match decision {
        Decision::Settled(settled) => settled.steps.iter().filter_map(term).collect(),
        Decision::Refused(refusal) => {
            let article = refusal.article.clone().unwrap_or_default();
            [Term { rule: "access".to_string(), said: refusal.code.clone(), article }].into()
        }
    }
}

/// What a step's row said; none for steps that only add up.
fn term(step: &StepText) -> Option<Term> {
    let input = |name: &str| step.inputs.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
    let part = step.rule.rsplit_once('#').map(|(_, part)| part);
    let said = match part {
        None => ["standard", "limit", "rate"].iter().find_map(|name| input(name))?,
        Some("not_covered") => input("reason")?,
        Some("beyond") => input("fund")?,
        Some("off_list" | "over_ceiling" | "upfront") => step.result.clone(),
        Some(_) => return None,
    };
    let segment = input("segment").unwrap_or_default();
    Some(Term { rule: step.rule.clone() + &segment, said, article: step.article.clone() })
}
