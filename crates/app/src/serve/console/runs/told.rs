//! Runs and their results as JSON for the pages (运行和结果): every number with what it is, so that a page can group, sum and draw
//! it; a cell's words are those of the command.

use jiff::civil::DateTime;
use serde_json::{Value, json};

use super::queue::{Run, Runs, State};
use crate::simulate::chart::{Bars, Chart};
use crate::simulate::report::{Cell, Report, Table};

/// A run as it stands in a list.
pub(super) fn run(runs: &Runs, run: &Run, now: DateTime) -> Value {
    let (done, of) = run.work.persons();
    let (state, message) = match &run.state {
        State::Waiting => ("waiting", None),
        State::Running => ("running", None),
        State::Done => ("done", None),
        State::Failed(why) => ("failed", Some(why)),
        State::Cancelled => ("cancelled", None),
    };
    let until = run.ended.unwrap_or(now);
    let millis = run.begun.map(|begun| until.duration_since(begun).as_millis());
    let report = run.finished.as_ref().map(|finished| &finished.report);
    json!({
        "id": run.id,
        "kind": run.asked.kind.name,
        "words": run.asked.kind.words,
        "area": run.asked.area,
        "area_name": run.asked.area_name,
        "title": report.map_or_else(|| format!("{}：{}", run.asked.area_name, run.asked.kind.words), |report| report.title.clone()),
        "state": state,
        "message": message,
        "before": if run.state == State::Waiting { Some(runs.before(run.id)) } else { None },
        "by": run.by,
        "at": moment(run.at),
        "ended": run.ended.map(moment),
        "milliseconds": millis.and_then(|millis| u64::try_from(millis).ok()),
        "done": done,
        "of": of,
        "memory": run.weight,
        "command": run.asked.command(),
        "inputs": run.asked.files.iter().map(|file| &file.path).collect::<Vec<_>>(),
        "given": run.asked.given,
        "package": run.package,
    })
}

fn moment(at: DateTime) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// All that came of a run.
pub(super) fn report(report: &Report) -> Value {
    let facts: Vec<Value> =
        report.facts.iter().map(|(key, words, value)| json!({ "key": key, "words": words, "value": value })).collect();
    let heroes: Vec<Value> =
        report.heroes.iter().map(|(words, value)| json!({ "words": words, "value": value })).collect();
    let bases: Vec<Value> = report
        .bases
        .iter()
        .map(|[what, value, from, why]| json!({ "what": what, "value": value, "from": from, "why": why }))
        .collect();
    json!({
        "title": report.title,
        "facts": facts,
        "heroes": heroes,
        "notes": report.notes,
        "bases": bases,
        "tables": report.tables.iter().filter(|table| !table.rows.is_empty()).map(table).collect::<Vec<_>>(),
    })
}

fn table(table: &Table) -> Value {
    let heads: Vec<Value> = table
        .heads
        .iter()
        .enumerate()
        .map(|(column, (key, words))| {
            let number = table.rows.iter().any(|row| row.get(column).is_some_and(|cell| !cell.is_text()));
            json!({ "key": key, "words": words, "number": number })
        })
        .collect();
    let rows: Vec<Vec<Value>> = table.rows.iter().map(|row| row.iter().map(cell).collect()).collect();
    let charts: Vec<Value> = table.charts.iter().map(chart).collect();
    json!({ "key": table.key, "title": table.title, "note": table.note, "heads": heads, "rows": rows, "charts": charts })
}

fn cell(cell: &Cell) -> Value {
    let kind = match cell {
        Cell::Text(text) => return json!({ "kind": "text", "shown": text }),
        Cell::Empty => return json!({ "kind": "empty", "shown": "—" }),
        Cell::Count(_) => "count",
        Cell::Yuan(_) => "yuan",
        Cell::Wan(_) => "wan",
        Cell::Share(..) => "share",
        Cell::Millionths(_) => "millionths",
    };
    json!({ "kind": kind, "shown": cell.shown(), "value": cell.json() })
}

fn chart(chart: &Chart) -> Value {
    let bars = |kind: &str, bars: &Bars| {
        let series: Vec<Value> =
            bars.series.iter().map(|(name, values)| json!({ "name": name, "values": values })).collect();
        json!({ "kind": kind, "title": bars.title, "labels": bars.labels, "series": series, "colours": bars.colours })
    };
    match chart {
        Chart::Bars(of) => bars("bars", of),
        Chart::Stacked(of) => bars("stacked", of),
        Chart::Tornado(of) => {
            let bars: Vec<Value> =
                of.iter().map(|(name, down, up)| json!({ "name": name, "down": down, "up": up })).collect();
            json!({ "kind": "tornado", "bars": bars })
        }
        Chart::Frontier(of) => {
            let points: Vec<Value> = of
                .points
                .iter()
                .map(|point| {
                    json!({ "spent": point.spent, "borne": point.borne, "efficient": point.efficient, "changes": point.changes })
                })
                .collect();
            json!({
                "kind": "frontier",
                "points": points,
                "base": { "spent": of.base.0, "borne": of.base.1 },
                "budget": of.budget,
            })
        }
        Chart::Fan(of) => json!({
            "kind": "fan",
            "title": of.title,
            "labels": of.labels,
            "lines": of.lines.iter().map(|(name, values)| json!({ "name": name, "values": values })).collect::<Vec<_>>(),
        }),
    }
}
