//! The same visits side by side: in other areas, at other classes of institution, on other days.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use gongji_domain::{Day, Fen};
use gongji_policy::Library;
use gongji_policy::case::{Answer, Case, Decision, Detail};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::case_of;
use crate::policy::elsewhere::{Elsewhere, moved};
use crate::policy::words::status_name;
use crate::serve::console::{Console, aside, read};
use crate::serve::problem::Problem;

/// As many as anybody can look at.
const MOST: usize = 24;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    case: Box<RawValue>,
    sides: Vec<Elsewhere>,
}

#[derive(Serialize)]
pub(crate) struct Compared {
    rows: Vec<Side>,
    total: usize,
}

/// One column.
#[derive(Serialize)]
struct Side {
    area: String,
    name: Option<String>,
    status: Option<&'static str>,
    date: Option<Day>,
    /// What the area does not ask for and was left out of the case, in words.
    left_out: Vec<String>,
    /// Over all visits; none when one of them could not be decided.
    sum: Option<Sum>,
    /// The answer as `gongji quote` gives it, or its error.
    answer: Answer,
}

#[derive(Default, Serialize)]
struct Sum {
    total: Fen,
    deductible: Fen,
    fund: Fen,
    account: Fen,
    cash: Fen,
    /// Visits that insurance refuses: nothing of them is in the sums.
    refused: usize,
}

/// Decides a case as it is elsewhere.
pub(crate) async fn compare(State(console): State<Arc<Console>>, body: Bytes) -> Result<Json<Compared>, Problem> {
    let asked: Asked = read(&body)?;
    if asked.sides.len() > MOST {
        return Err(Problem::said("out_of_range", format!("一次至多比较 {MOST} 项")).at("sides"));
    }
    aside(move || {
        let library = console.policies.library();
        let case = case_of(library, &asked.case)?;
        let rows: Vec<Side> = asked.sides.iter().map(|there| side(library, &case, there)).collect();
        Ok(Compared { total: rows.len(), rows })
    })
    .await
    .map(Json)
}

fn side(library: &Library, case: &Case, there: &Elsewhere) -> Side {
    let (case, left_out) = moved(case, there, library);
    let result = library.decide_case(&case, Detail::Amounts);
    let area = library.area(&case.pooling_area);
    Side {
        name: area.map(|area| area.name().to_owned()),
        status: area.map(|area| status_name(area.status())),
        date: case.encounters.first().map(|(encounter, _)| encounter.date),
        left_out,
        sum: result.as_ref().ok().map(|decisions| sum(decisions)),
        answer: Answer { id: Some(case.id), draft: false, result },
        area: case.pooling_area,
    }
}

fn sum(decisions: &[(String, Decision)]) -> Sum {
    let mut sum = Sum::default();
    for (_, decision) in decisions {
        match decision {
            Decision::Refused(_) => sum.refused += 1,
            Decision::Settled(settled) => {
                let s = &settled.settlement;
                sum.total += s.total;
                sum.deductible += s.deductible_borne;
                sum.fund += s.fund_total;
                sum.account += s.account_paid;
                sum.cash += s.cash;
            }
        }
    }
    sum
}
