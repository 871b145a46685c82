//! `gongji policy diff`: what changes for a member between two days, versions or areas.

use super::load::{self, Policies};
use super::paint::{self, QUIET, TITLE, in_style};
use crate::policy::diff::{article_words, as_json, effect_words, witness_words};
use crate::policy::words::life;
use anyhow::bail;
use gongji_domain::Day;
use gongji_policy::{Area, Change, Comparison, Library, Severity, compare};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

/// Tell what changes for a member between two versions of the rules, or between two areas
///
/// Each change in words, with the smallest visit of a member who used nothing this year that
/// shows it: 只改这一项 when nothing else changes, 连同其他变化 when it cannot change alone.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Options {
    #[command(flatten)]
    policies: Policies,
    /// Division code (医保区划), name or package folder
    #[arg(value_name = "A")]
    a: String,
    /// What to compare with; A itself, on another day, when left out
    #[arg(value_name = "B")]
    b: Option<String>,
    /// The service day (就诊日期) on A; its newest rules when left out
    #[arg(long, value_name = "DATE")]
    on: Option<Day>,
    /// The service day on B; the day of A when left out, or its newest rules
    #[arg(long, value_name = "DATE")]
    on_b: Option<Day>,
    /// How to answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// For people or for programs.
#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
enum Format {
    /// Lines of text
    #[default]
    Text,
    /// One JSON object
    Json,
}

const EXAMPLE: &str = "\
EXAMPLE
  gongji policy diff 211200 --on 2022-12-15 --on-b 2023-01-01
  gongji policy diff 重庆市 连云港市 --on 2024-06-01
  gongji policy diff 500000 my-area/ --format json";

/// Compares.
///
/// # Errors
/// When the packages cannot be used, or a side has no rules on its day.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let a = Side::of(&options.policies, &options.a)?;
    let b = Side::of(&options.policies, options.b.as_ref().unwrap_or(&options.a))?;
    let (one, other) = (a.area()?, b.area()?);
    let day_a = options.on.unwrap_or_else(|| one.newest_day());
    let alike = if options.b.is_some() && other.rules(day_a).is_some() { day_a } else { other.newest_day() };
    let days = (day_a, options.on_b.unwrap_or(alike));
    for (area, day) in [(one, days.0), (other, days.1)] {
        if area.rules(day).is_none() {
            bail!("{} has no rules on {day}; its package: {}", area.name(), life(area));
        }
    }
    let Some(found) = compare((one, days.0), (other, days.1)) else { bail!("nothing to compare on these days") };
    let shown = match options.format {
        Format::Text => text(one, other, days, &found),
        Format::Json => format!("{}\n", as_json(one, other, days, &found)),
    };
    anstream::stdout().write_all(shown.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// One of the two: packages with the one that is meant.
struct Side {
    library: Library,
    code: String,
}

impl Side {
    fn of(policies: &Policies, named: &str) -> anyhow::Result<Self> {
        let on_disk = Path::new(named);
        for (library, example) in policies.libraries()? {
            let meant = |area: &&Area| {
                let shown = example.as_ref().is_none_or(|folder| area.folder == *folder);
                shown && (area.code() == named || (!named.is_empty() && area.name().starts_with(named)))
            };
            let code = library.areas().find(meant).map(|area| area.code().to_owned());
            if let Some(code) = code {
                return Ok(Self { library, code });
            }
        }
        if !on_disk.exists() {
            bail!("{named} is neither an area with a package nor a package folder on disk");
        }
        let mut folders = policies.folders()?;
        let given = load::on_disk(on_disk)?;
        let names: Vec<String> = given.iter().map(|folder| folder.name.clone()).collect();
        folders.extend(given);
        let library = Library::load(&folders);
        let mine = |folder: &str| names.iter().any(|name| name == folder);
        let faults = library.faults().iter().map(|(folder, fault)| (folder.as_str(), fault));
        let errors: Vec<_> =
            faults.filter(|(folder, fault)| mine(folder) && fault.severity == Severity::Error).collect();
        if !errors.is_empty() {
            let count = errors.len();
            // Whether or not they can be shown, there are errors.
            let _ = paint::faults(errors, library.files(), &mut anstream::stderr());
            bail!("{count} error(s) in {named}; `gongji policy check {named}` shows each in its line");
        }
        let codes: Vec<String> =
            library.areas().filter(|area| mine(&area.folder)).map(|area| area.code().to_owned()).collect();
        match <[String; 1]>::try_from(codes) {
            Ok([code]) => Ok(Self { library, code }),
            Err(codes) => bail!("{named} holds {} packages; name the folder of one", codes.len()),
        }
    }

    fn area(&self) -> anyhow::Result<&Area> {
        self.library.area(&self.code).ok_or_else(|| anyhow::anyhow!("no package for {}", self.code))
    }
}

fn text(one: &Area, other: &Area, days: (Day, Day), found: &Comparison) -> String {
    let mut text = String::new();
    let title = format!("{}（{}）→ {}（{}）", one.name(), days.0, other.name(), days.1);
    let _ = writeln!(text, "{}", in_style(TITLE, &title));
    let mut subject = "";
    for change in &found.changes {
        if change.subject != subject {
            subject = &change.subject;
            let _ = writeln!(text, "\n{}", in_style(TITLE, subject));
        }
        show(&mut text, change);
    }
    if found.changes.is_empty() {
        let _ = writeln!(text, "\n没有差别");
    } else if let Some(witness) = &found.together {
        let _ =
            writeln!(text, "\n{}\n  {}", in_style(TITLE, "全部变化合起来，金额最小的不同就诊"), witness_words(witness));
    }
    if !found.notes.is_empty() {
        let _ = writeln!(text, "\n{}", in_style(TITLE, "说明"));
    }
    for note in &found.notes {
        let _ = writeln!(text, "  {note}");
    }
    text
}

fn show(text: &mut String, change: &Change) {
    let who = if change.who.is_empty() { String::new() } else { format!("（{}）", change.who) };
    let _ = writeln!(text, "  {}{who}：{} → {}", change.what, change.from, change.to);
    if let Some(line) = effect_words(&change.effect) {
        let _ = writeln!(text, "    {line}");
    }
    if let Some(article) = article_words(change) {
        let _ = writeln!(text, "    {}", in_style(QUIET, &format!("依据 {article}")));
    }
}
