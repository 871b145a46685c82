//! `gongji policy show`: the rules of an area on a day, as tables that an officer can read.

use super::load::{self, Policies};
use super::paint::{self, QUIET, TITLE, WRONG, in_style};
use super::sheet;
use crate::policy::words::{cite, life, status_words};
use anyhow::bail;
use gongji_domain::Day;
use gongji_policy::{Area, BenefitView, Library, Said, TableView};
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;

/// Show the rules of an area (统筹区) on a day: deductibles, rates, limits, account, articles
///
/// Figures are worked out for every combination that a table tells apart; where the documents
/// give none it says 文本未给出.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Options {
    #[command(flatten)]
    policies: Policies,
    /// Division code (医保区划) or name, such as 500000 or 重庆市
    #[arg(value_name = "AREA")]
    area: String,
    /// The service day (就诊日期); the newest rules when left out
    #[arg(long, value_name = "DATE")]
    on: Option<Day>,
    /// Quote the cited articles (条文) at the end
    #[arg(long)]
    articles: bool,
}

const EXAMPLE: &str = "\
EXAMPLE
  gongji policy show 500000
  gongji policy show 铁岭市 --on 2022-12-15 --articles";

/// Shows an area.
///
/// # Errors
/// When the packages cannot be used, or there is no such area or no rules on that day.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let libraries = options.policies.libraries()?;
    let (library, area) = load::named(&libraries, &options.area)?;
    let day = options.on.unwrap_or(area.newest_day());
    if area.rules(day).is_none() {
        bail!("{} has no rules on {day}; its package: {}", area.name(), life(area));
    }
    let shown = show(library, area, day, options.articles, paint::width());
    anstream::stdout().write_all(shown.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

fn show(library: &Library, area: &Area, day: Day, articles: bool, width: usize) -> String {
    let mut text = String::new();
    let mut cited: Vec<String> = Vec::new();
    let _ = writeln!(text, "{}", in_style(TITLE, &format!("{} {}　{day} 的规定", area.name(), area.code())));
    let _ = writeln!(text, "状态：{}，{}", status_words(area.status()), life(area));
    cite(&area.effective_article(), &mut cited);
    let turns: Vec<String> = area.range_starts().map(|day| day.to_string()).collect();
    if turns.len() > 1 && turns.len() < 12 {
        let _ = writeln!(text, "规定有变化的日子：{}", turns.join("、"));
    }
    documents(&mut text, library, area);
    for (i, benefit) in area.benefits_on(day).iter().enumerate() {
        show_benefit(&mut text, i + 1, benefit, area, &mut cited, width);
    }
    let rest = area.tables_on(day);
    if !rest.is_empty() {
        heading(&mut text, "其他规定");
        rest.iter().for_each(|table| show_table(&mut text, table, area, &mut cited, width));
    }
    for relation in area.relations() {
        let _ = writeln!(text, "  {}：{}", relation.name, relation.words);
        article(&mut text, &relation.article, &mut cited, width);
    }
    if articles {
        text.push('\n');
        sheet::articles(&mut text, area, &cited, width);
    }
    text
}

fn heading(text: &mut String, words: &str) {
    let _ = writeln!(text, "\n{}", in_style(TITLE, words));
}

fn documents(text: &mut String, library: &Library, area: &Area) {
    heading(text, "文件");
    for document in area.documents() {
        let mut line = document.number.to_owned();
        line.extend(document.title.map(|title| format!(" {title}")));
        line.extend(document.published.map(|day| format!("（{day} 印发）")));
        line.push_str(if document.lent { "　上位文件" } else { "" });
        let _ = writeln!(text, "  {}  {line}", paint::padded(document.key, 9));
    }
    for file in library.files_of(area).filter(|file| file.path.ends_with(".toml")) {
        let _ = writeln!(text, "  {}", in_style(QUIET, &file.path));
    }
    if let Some(day) = area.verified() {
        let _ = writeln!(text, "  最近核对 {day}");
    }
}

fn show_benefit(
    text: &mut String,
    number: usize,
    benefit: &BenefitView,
    area: &Area,
    cited: &mut Vec<String>,
    width: usize,
) {
    heading(text, &format!("待遇 {number}　{}（{}）", benefit.words, benefit.name));
    if benefit.decided_elsewhere {
        let _ = writeln!(text, "  起付、比例、限额文本未给出：支付额由就诊记录写明（prior_benefits）");
    } else {
        let _ = writeln!(text, "  支付：{}", benefit.payer);
    }
    if !benefit.applies.is_empty() {
        let _ = writeln!(text, "  适用：{}", benefit.applies);
    }
    if !benefit.takes.is_empty() {
        let _ = writeln!(text, "  也收：{}", benefit.takes.join("、"));
    }
    article(text, &benefit.article, cited, width);
    benefit.tables.iter().for_each(|table| show_table(text, table, area, cited, width));
}

pub(super) fn show_table(text: &mut String, table: &TableView, area: &Area, cited: &mut Vec<String>, width: usize) {
    let title = in_style(TITLE, &table.title);
    let path = in_style(QUIET, &table.path);
    let says = |said: &Option<Said>| match said {
        Some(said) if said.from > area.from() => format!("{}（{} 起）", said.words, said.from),
        Some(said) => said.words.clone(),
        None => "—".to_owned(),
    };
    let lone = match &table.rows[..] {
        [row] if table.heads.is_empty() => row.says.first(),
        _ => None,
    };
    if let Some(said) = lone {
        let _ = writeln!(text, "\n  {title}：{}  {path}", shown(&says(said)));
    } else {
        let _ = writeln!(text, "\n  {title}  {path}");
    }
    for note in &table.notes {
        let _ = writeln!(text, "  {note}");
    }
    if lone.is_none() {
        let mut heads: Vec<&str> = table.heads.iter().map(String::as_str).collect();
        heads.extend(table.columns.iter().map(|column| if column.is_empty() { "规定" } else { column }));
        heads.extend(table.article.is_none().then_some("依据"));
        let mut drawn = paint::boxed(&heads, width.saturating_sub(2));
        for row in &table.rows {
            let when = row.when.iter().map(|when| if when.is_empty() { "任意".to_owned() } else { when.clone() });
            let mut cells: Vec<String> = when.chain(row.says.iter().map(says)).collect();
            if let Some(article) = &row.article {
                cite(article, cited);
                cells.push(short(article, area));
            }
            drawn.add_row(cells);
        }
        for line in drawn.to_string().lines() {
            let _ = writeln!(text, "  {}", shown(line));
        }
    }
    if let Some(common) = &table.article {
        article(text, common, cited, width);
    }
}

/// What the documents leave open stands out.
fn shown(line: &str) -> String {
    if line.contains("文本未给出") { in_style(WRONG, line) } else { line.to_owned() }
}

/// A printed citation without its documents' numbers, which stand at the top.
fn short(printed: &str, area: &Area) -> String {
    let one = |part: &str| {
        let key = part.split(' ').next().unwrap_or_default();
        area.article(key).map_or_else(|| part.to_owned(), |article| format!("{key} {}", article.title))
    };
    printed.split('；').map(one).collect::<Vec<_>>().join("\n")
}

fn article(text: &mut String, article: &str, cited: &mut Vec<String>, width: usize) {
    if article.is_empty() {
        return;
    }
    cite(article, cited);
    for line in paint::wrap(&format!("依据 {article}"), width.saturating_sub(2)) {
        let _ = writeln!(text, "  {}", in_style(QUIET, &line));
    }
}
