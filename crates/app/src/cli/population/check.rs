//! `gongji population check`: a population against public figures, target by target.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use gongji_population::check::{Measures, Row, Unit, Verdict, millionths};
use gongji_population::{Preset, Source as _};
use serde_json::{Value, json};

use super::{Which, resettled};
use crate::cli::paint;
use crate::population::{Faults, Files, measured, measured_own, targets, violated};
use crate::simulate::figures;

/// Check an invented population against public figures (校核): each target, what was measured, what it rests on
///
/// Exits 1 when a target is missed. A target that the preset itself moved is shown beside, not judged.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Options {
    #[command(flatten)]
    which: Which,
    /// Own, de-identified persons and events, a folder as `generate` writes it: shown beside the figures, not judged
    #[arg(long, value_name = "DIR", conflicts_with_all = ["persons", "seed", "year"])]
    data: Option<PathBuf>,
    /// How many persons to measure on
    #[arg(long, default_value_t = 200_000)]
    persons: u64,
    /// Year of the events; without it the year of the preset
    #[arg(long)]
    year: Option<i16>,
    /// Seed of all draws
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How the table is written
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Threads; without it all cores
    #[arg(long)]
    threads: Option<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
}

const EXAMPLES: &str = "\
EXAMPLES
  gongji population check
  gongji population check --area 360100 --persons 100000 --seed 3
  gongji population check --data members/
  gongji population check --format json";

/// Measures and prints.
///
/// # Errors
/// When the preset or targets cannot be used.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let preset = options.which.preset()?;
    let seen = match &options.data {
        None => invented(&preset, options)?,
        Some(folder) => match own(&preset, options, folder) {
            Err(error) if error.is::<Faults>() => {
                eprint!("{error}");
                return Ok(ExitCode::from(1));
            }
            other => other?,
        },
    };
    let mut rows = targets()?.judge(&preset, &seen.measures);
    if options.data.is_some() {
        let missed = rows.iter_mut().filter(|row| row.verdict == Verdict::Failed);
        missed.for_each(|row| row.verdict = Verdict::Reference);
    }
    let mut out = anstream::stdout();
    match options.format {
        Format::Text => writeln!(out, "{}", text(&rows, &preset, &seen))?,
        Format::Json => writeln!(out, "{:#}", page(&rows, &preset, &seen))?,
    }
    let failed = rows.iter().any(|row| row.verdict == Verdict::Failed);
    Ok(if failed { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

/// What was measured, and on whom.
struct Seen {
    measures: Measures,
    persons: u64,
    year: i16,
    /// None for own data.
    seed: Option<u64>,
    /// How many events of their own and uses by relatives, where a file said it.
    events: Option<[u64; 2]>,
}

fn invented(preset: &Preset, options: &Options) -> anyhow::Result<Seen> {
    let (persons, year, seed) = (options.persons, options.year.unwrap_or(preset.year), options.seed);
    let mut measures = super::on(options.threads, || measured(preset, persons, year, seed))??;
    measures.extend(figures::measured(preset, persons, year, seed, options.threads)?);
    let [taken, assumed] = super::on(options.threads, || violated(preset, persons, year, seed))??;
    let fund = measures.get("fund_per_person").copied().unwrap_or(assumed);
    measures.insert("violations_share".into(), millionths(taken.into(), fund.into()));
    if let Some(differences) = resettled::differences(preset, year, seed)? {
        measures.insert("resettled_differences".into(), differences * 1_000_000);
    }
    Ok(Seen { measures, persons, year, seed: Some(seed), events: None })
}

fn own(preset: &Preset, options: &Options, folder: &Path) -> anyhow::Result<Seen> {
    let files = Files::open(folder)?;
    let year = files.year().and_then(|year| i16::try_from(year).ok()).unwrap_or(preset.year);
    let measures = super::on(options.threads, || measured_own(&files, preset, year))??;
    Ok(Seen {
        measures,
        persons: files.persons(),
        year,
        seed: None,
        events: Some([files.events() - files.relatives(), files.relatives()]),
    })
}

fn count(rows: &[Row], verdict: Verdict) -> usize {
    rows.iter().filter(|row| row.verdict == verdict).count()
}

const fn words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "✓",
        Verdict::Failed => "✗",
        Verdict::Reference => "对照",
        Verdict::Unmeasured => "未测",
    }
}

/// From this width on the table has room for what each target rests on.
const WIDE: usize = 140;

fn text(rows: &[Row], preset: &Preset, seen: &Seen) -> String {
    let width = paint::width();
    let mut table = paint::boxed(&["编号", "指标", "目标", "允许范围", "实测", "", "依据"], width);
    for row in rows {
        let range = format!("{} – {}", digits(row.least, row.unit), digits(row.most, row.unit));
        let measured = row.measured.map_or_else(|| "—".to_owned(), |value| shown(value, row.unit));
        let basis =
            if width < WIDE { row.from.letter().to_owned() } else { format!("{} {}", row.from.letter(), row.basis) };
        let target = shown(row.target, row.unit);
        table.add_row([&row.id, &row.words, &target, &range, &measured, words(row.verdict), &basis]);
    }
    let noted = rows.iter().filter(|row| !row.note.is_empty());
    let notes: String = noted.map(|row| format!("{} {}：{}\n", row.id, row.words, row.note)).collect();
    (2..5).for_each(|column| paint::right(&mut table, column));
    let bases = preset.bases();
    let assumed = bases.iter().filter(|basis| basis.from.is_demonstration()).count();
    let whose = match seen.seed {
        Some(seed) => format!("{}，{} 人，{} 年，种子 {seed}", preset.name, seen.persons, seen.year),
        None => {
            let (persons, [events, relatives]) = (seen.persons, seen.events.unwrap_or_default());
            let year = seen.year;
            format!("自有数据，{persons} 人，{year} 年 {events} 人次、家庭共济 {relatives} 次，与 {} 对照", preset.name)
        }
    };
    format!(
        "{whose}\n{table}\n{notes}通过 {}，未通过 {}，对照 {}，未测 {}\n\
         依据：S 公开数据，G 公报数据，D 由公开数据推算，R 未核对，A 假设。预设 {} 个参数中 {assumed} 个是演示参数（D、R、A）",
        count(rows, Verdict::Passed),
        count(rows, Verdict::Failed),
        count(rows, Verdict::Reference),
        count(rows, Verdict::Unmeasured),
        bases.len(),
    )
}

/// Millionths as people read them, with their unit.
fn shown(value: i64, unit: Unit) -> String {
    let sign = match unit {
        Unit::Share => "%",
        Unit::Yuan => " 元",
        Unit::Times => " 次",
        Unit::Ratio => "",
    };
    format!("{}{sign}", digits(value, unit))
}

/// Half up to so many places as tell something; a share as a percentage.
fn digits(value: i64, unit: Unit) -> String {
    let (scaled, places) = match unit {
        Unit::Share => (value * 100, 2),
        Unit::Yuan => (value, 1),
        Unit::Times if value.abs() >= 1_000_000_000 => (value, 0),
        Unit::Times => (value, 4),
        Unit::Ratio => (value, 3),
    };
    let step = 10_i64.pow(6 - places);
    let rounded = (scaled + step / 2).div_euclid(step);
    let (sign, rounded) = (if rounded < 0 { "-" } else { "" }, rounded.abs());
    let whole = 10_i64.pow(places);
    let point = if places == 0 { String::new() } else { format!(".{:0w$}", rounded % whole, w = places as usize) };
    format!("{sign}{}{point}", rounded / whole)
}

/// Millionths as a decimal.
fn decimal(value: i64) -> Value {
    let sign = if value < 0 { "-" } else { "" };
    let text = format!("{sign}{}.{:06}", value.abs() / 1_000_000, value.abs() % 1_000_000);
    text.parse::<serde_json::Number>().map_or(Value::Null, Value::Number)
}

fn page(rows: &[Row], preset: &Preset, seen: &Seen) -> Value {
    let row = |row: &Row| {
        json!({
            "id": row.id,
            "words": row.words,
            "measure": row.measure,
            "target": decimal(row.target),
            "least": decimal(row.least),
            "most": decimal(row.most),
            "measured": row.measured.map(decimal),
            "verdict": match row.verdict {
                Verdict::Passed => "passed",
                Verdict::Failed => "failed",
                Verdict::Reference => "reference",
                Verdict::Unmeasured => "unmeasured",
            },
            "from": row.from.letter(),
            "basis": row.basis,
            "note": row.note,
        })
    };
    let figure = |basis: gongji_population::preset::Basis| json!({"figure": basis.path, "from": basis.from.letter(), "demonstration": basis.from.is_demonstration(), "why": basis.why});
    json!({
        "preset": preset.code,
        "name": preset.name,
        "persons": seen.persons,
        "year": seen.year,
        "seed": seen.seed,
        "targets": rows.iter().map(row).collect::<Vec<_>>(),
        "figures": preset.bases().into_iter().map(figure).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn millionths_are_shown_with_as_many_places_as_tell_something() {
        let cases = [
            (277_849, Unit::Share, "27.78%"),
            (241_650_000, Unit::Yuan, "241.7 元"),
            (7_180_049, Unit::Times, "7.1800 次"),
            (38_700_499_999, Unit::Times, "38700 次"),
            (3_339_500, Unit::Ratio, "3.340"),
            (-1_000, Unit::Share, "-0.10%"),
        ];
        for (value, unit, expected) in cases {
            assert_eq!(shown(value, unit), expected);
        }
        assert_eq!(decimal(241_650_000).to_string(), "241.65");
        assert_eq!(decimal(-500_000).to_string(), "-0.5");
    }

    #[test]
    fn the_table_tells_every_target_and_counts_verdicts() {
        let preset = crate::population::preset("360100").unwrap();
        let options = |persons| Options {
            which: Which { area: "360100".into(), preset: None },
            data: None,
            persons,
            year: None,
            seed: 1,
            format: Format::Text,
            threads: Some(1),
        };
        let seen = invented(&preset, &options(4_000)).unwrap();
        let rows = targets().unwrap().judge(&preset, &seen.measures);
        let table = text(&rows, &preset, &seen);
        for part in ["南昌市职工医保（演示参数），4000 人", "V30", "预设改了 people.retired", "依据不一", "未测"]
        {
            assert!(table.contains(part), "{part}: {table}");
        }
        assert_eq!(page(&rows, &preset, &seen)["targets"].as_array().map(Vec::len), Some(rows.len()));
    }
}
