//! What fund, account and cash pay when one amount of a case slides (费用变化曲线): evenly spaced amounts, and exactly those
//! at which it bends, which the engine finds.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use gongji_domain::Fen;
use gongji_policy::case::{Case, Decision, Slide, Turn};
use gongji_policy::{Area, Bend};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::case_of;
use crate::policy::articles::{self, Articles};
use crate::policy::words::cite;
use crate::serve::console::{Console, aside, read};
use crate::serve::problem::Problem;

/// Evenly spaced amounts beside those at which it bends.
const EVEN: i64 = 60;
/// How far it goes where nothing bends and the bill is small: for looking at only.
const FAR: Fen = Fen::from_yuan(10_000);
/// The largest amount of a charge.
const MOST: Fen = Fen::from_fen(9_999_999_999);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    case: Box<RawValue>,
    /// Which charge of the last encounter slides, from zero.
    #[serde(default)]
    charge: usize,
    /// How far; found from where it bends when left out.
    most: Option<Fen>,
}

#[derive(Serialize)]
pub(crate) struct Curve {
    most: Fen,
    /// The amount as the case has it.
    now: Fen,
    points: Vec<Point>,
    marks: Vec<Mark>,
    articles: Articles,
}

#[derive(Serialize)]
struct Point {
    amount: Fen,
    total: Fen,
    fund: Fen,
    account: Fen,
    cash: Fen,
}

#[derive(Serialize)]
struct Mark {
    amount: Fen,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    segment: Option<u8>,
    /// How much of it there was for this visit.
    level: Fen,
    rule: String,
    article: String,
}

/// The curve of the last visit of a case.
pub(crate) async fn curve(State(console): State<Arc<Console>>, body: Bytes) -> Result<Json<Curve>, Problem> {
    let asked: Asked = read(&body)?;
    aside(move || {
        let library = console.policies.library();
        let case = case_of(library, &asked.case)?;
        let slide = library.slide(&case, asked.charge).map_err(|fault| Problem::of_case(&fault))?;
        drawn(&case, &asked, slide.as_ref(), library.area(&case.pooling_area))
    })
    .await
    .map(Json)
}

fn drawn(case: &Case, asked: &Asked, slide: Option<&Slide<'_>>, area: Option<&Area>) -> Result<Curve, Problem> {
    let charge = case.encounters.last().and_then(|(encounter, _)| encounter.charges.get(asked.charge));
    let now = charge.map_or(Fen::ZERO, |charge| charge.amount);
    let turns = slide.map(Slide::turns).unwrap_or_default();
    let most = asked.most.unwrap_or_else(|| far(&turns, now)).clamp(Fen::from_fen(1), MOST);
    let mut amounts: BTreeSet<Fen> = (1..=EVEN).map(|i| Fen::from_fen(most.fen() * i / EVEN)).collect();
    amounts.extend(turns.iter().map(|turn| turn.amount).chain([now, Fen::from_fen(1)]));
    amounts.retain(|amount| *amount > Fen::ZERO && *amount <= most);
    let mut points = Vec::with_capacity(amounts.len());
    for amount in slide.iter().flat_map(|_| &amounts) {
        points.extend(slide.map(|slide| point(slide, *amount)).transpose()?.flatten());
    }
    let mut cited = Vec::new();
    turns.iter().for_each(|turn| cite(&turn.article, &mut cited));
    let articles = area.map(|area| articles::quoted(area, cited.iter().map(String::as_str)));
    let marks = turns.into_iter().filter(|turn| turn.amount <= most).map(mark).collect();
    Ok(Curve { most, now, points, marks, articles: articles.unwrap_or_default() })
}

/// A quarter beyond the last place where a rule bends it, and not short of the bill itself.
fn far(turns: &[Turn], now: Fen) -> Fen {
    let rules = turns.iter().filter(|turn| turn.bend != Bend::Account);
    let last = rules.map(|turn| turn.amount).max();
    let wanted = last.map_or(FAR, |last| Fen::from_fen(last.fen() / 4 * 5)).max(Fen::from_fen(now.fen() / 4 * 5));
    round_up(wanted)
}

/// The next amount with two digits that are not zero.
fn round_up(amount: Fen) -> Fen {
    let mut unit = 100;
    while amount.fen() / unit >= 100 {
        unit *= 10;
    }
    Fen::from_fen((amount.fen() + unit - 1) / unit * unit)
}

fn point(slide: &Slide<'_>, amount: Fen) -> Result<Option<Point>, Problem> {
    match slide.at(amount).map_err(|fault| Problem::of_case(&fault))? {
        Decision::Refused(_) => Ok(None),
        Decision::Settled(settled) => {
            let s = &settled.settlement;
            Ok(Some(Point { amount, total: s.total, fund: s.fund_total, account: s.account_paid, cash: s.cash }))
        }
    }
}

fn mark(turn: Turn) -> Mark {
    let (kind, segment) = match turn.bend {
        Bend::Deductible => ("deductible", None),
        Bend::Segment(number) => ("segment", Some(number)),
        Bend::Limit => ("limit", None),
        Bend::Account => ("account", None),
    };
    Mark { amount: turn.amount, kind, segment, level: turn.level, rule: turn.rule, article: turn.article }
}
