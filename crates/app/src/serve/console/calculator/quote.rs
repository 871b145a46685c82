//! One case decided, with its steps in sentences and the words of every article that is cited; and what would have been paid
//! otherwise.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use gongji_domain::Fen;
use gongji_policy::case::{self, Answer, Decision, Detail, WhatIf};
use gongji_policy::{Area, Library, benefit_words};
use serde::Serialize;
use serde_json::value::RawValue;

use super::case_of;
use crate::policy::articles::{self, Articles};
use crate::policy::words::{cite, status_name};
use crate::serve::console::{Console, aside, read};
use crate::serve::problem::Problem;

/// An answer as `gongji quote` gives it, and what a page needs to show it.
#[derive(Serialize)]
struct Quoted<'a> {
    #[serde(flatten)]
    answer: &'a Answer,
    area: Option<Named<'a>>,
    articles: Articles,
    /// Benefits and funds of the payments, in words.
    names: BTreeMap<String, String>,
}

#[derive(Serialize)]
struct Named<'a> {
    area: &'a str,
    name: &'a str,
    status: &'static str,
}

/// Decides a case.
pub(crate) async fn quote(
    State(console): State<Arc<Console>>,
    body: Bytes,
) -> Result<Json<serde_json::Value>, Problem> {
    let raw: Box<RawValue> = read(&body)?;
    aside(move || decided(console.policies.library(), raw.get())).await.map(Json)
}

fn decided(library: &Library, text: &str) -> Result<serde_json::Value, Problem> {
    let answer = case::quote(text, library, Detail::Sentences);
    let decisions = answer.result.as_ref().map_err(Problem::of_case)?;
    let area = library.read_case(text).ok().and_then(|case| library.area(&case.pooling_area));
    let cited = cited(decisions);
    let shown = Quoted {
        area: area.map(|area| Named { area: area.code(), name: area.name(), status: status_name(area.status()) }),
        articles: area.map(|area| articles::quoted(area, cited.iter().map(String::as_str))).unwrap_or_default(),
        names: names(decisions),
        answer: &answer,
    };
    serde_json::to_value(&shown).map_err(|error| Problem::said("internal_error", error.to_string()))
}

/// The articles of all steps and reasons.
fn cited(decisions: &[(String, Decision)]) -> Vec<String> {
    let mut cited = Vec::new();
    for (_, decision) in decisions {
        match decision {
            Decision::Settled(settled) => {
                settled.steps.iter().for_each(|step| cite(&step.article, &mut cited));
                settled.not_covered.iter().for_each(|reason| cite(&reason.article, &mut cited));
            }
            Decision::Refused(refusal) => refusal.article.iter().for_each(|article| cite(article, &mut cited)),
        }
    }
    cited
}

fn names(decisions: &[(String, Decision)]) -> BTreeMap<String, String> {
    let settled = decisions.iter().filter_map(|(_, decision)| match decision {
        Decision::Settled(settled) => Some(&settled.payments),
        Decision::Refused(_) => None,
    });
    let both = |(benefit, fund, _): &(String, gongji_domain::FundCode, Fen)| {
        [(benefit.clone(), benefit_words(benefit).to_owned()), (fund.to_string(), fund.name().to_owned())]
    };
    settled.flatten().flat_map(both).collect()
}

#[derive(Serialize)]
pub(crate) struct Others {
    rows: Vec<Visit>,
    articles: Articles,
}

/// What would have made the funds pay more of one visit.
#[derive(Serialize)]
struct Visit {
    id: String,
    fund: Fen,
    otherwise: Vec<Other>,
    left: Vec<Left>,
}

#[derive(Serialize)]
struct Other {
    what: String,
    fund: Fen,
    more: Fen,
    articles: Vec<String>,
}

#[derive(Serialize)]
struct Left {
    rule: String,
    limit: Fen,
    left: Fen,
    article: String,
}

/// What would have made the funds pay more (为什么不多付).
pub(crate) async fn otherwise(State(console): State<Arc<Console>>, body: Bytes) -> Result<Json<Others>, Problem> {
    let raw: Box<RawValue> = read(&body)?;
    let others = move || {
        let library = console.policies.library();
        let case = case_of(library, &raw)?;
        let found = library.otherwise(&case).map_err(|fault| Problem::of_case(&fault))?;
        Ok(told(found, library.area(&case.pooling_area)))
    };
    aside(others).await.map(Json)
}

fn told(found: Vec<WhatIf>, area: Option<&Area>) -> Others {
    let mut cited = BTreeSet::new();
    let mut keys = |printed: &str| {
        let mut found = Vec::new();
        cite(printed, &mut found);
        cited.extend(found);
    };
    for one in &found {
        one.otherwise.iter().flat_map(|other| &other.articles).for_each(|article| keys(article));
        one.left.iter().for_each(|left| keys(&left.article));
    }
    let rows = found.into_iter().map(|one| Visit {
        id: one.encounter,
        fund: one.fund,
        otherwise: one.otherwise.into_iter().map(other).collect(),
        left: one.left.into_iter().map(left).collect(),
    });
    Others {
        rows: rows.collect(),
        articles: area.map(|area| articles::quoted(area, cited.iter().map(String::as_str))).unwrap_or_default(),
    }
}

fn other(other: case::Otherwise) -> Other {
    Other { what: other.what, fund: other.fund, more: other.more, articles: other.articles }
}

fn left(left: case::Left) -> Left {
    Left { rule: left.rule, limit: left.limit, left: left.left, article: left.article }
}
