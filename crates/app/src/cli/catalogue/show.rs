//! `gongji catalogue show`: what a line with a code gets on a day, and why.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use gongji_domain::Day;

use crate::catalogue::{Asked, Listed};
use crate::cli::paint;
use crate::serve::clock;

/// Show what a fee line with a code gets on a day, and why
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Options {
    /// 医疗目录编码 as in 2204
    #[arg(value_name = "CODE")]
    code: String,
    /// Service date; today if not given
    #[arg(long, value_name = "DATE")]
    on: Option<Day>,
    /// Pooling area (统筹区) of the institution
    #[arg(long, value_name = "AREA", default_value = "100000")]
    area: String,
    /// Level of the institution for ceilings: 3 三级, 2 二级, 1 一级及以下
    #[arg(long, value_name = "LEVEL", default_value = "3", value_parser = ["1", "2", "3"])]
    level: String,
    /// The folder of the catalogues; without it the fictitious ones that ship
    #[arg(long, value_name = "DIR")]
    catalogue: Option<PathBuf>,
}

const EXAMPLE: &str = "\
EXAMPLES
  gongji catalogue show DEMO-YP-0002 --on 2024-12-31
  gongji catalogue show DEMO-HC-0101 --on 2026-03-01 --area 500000 --level 2

EXIT STATUS
  0 listed, 1 not listed on that day";

/// Shows it.
///
/// # Errors
/// When the catalogue cannot be read.
pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let catalogue = super::folder(options.catalogue.as_deref())?.catalogue()?;
    let day = options.on.unwrap_or_else(clock::today);
    let asked = Asked { code: &options.code, area: &options.area, level: &options.level, day };
    let mut out = anstream::stdout();
    let Some(item) = catalogue.find(&asked) else {
        writeln!(out, "{} 于 {day} 在 {} 不在医保目录内：全自费", options.code, options.area)?;
        return Ok(ExitCode::from(1));
    };
    writeln!(out, "{}", paint::in_style(paint::TITLE, &format!("{} {}", options.code, item.name)))?;
    for (what, said) in facts(options, day, &item) {
        writeln!(out, "  {}  {said}", paint::padded(what, 14))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn facts(options: &Options, day: Day, item: &Listed<'_>) -> Vec<(&'static str, String)> {
    let until = if item.until == Day::MAX { "以后".to_owned() } else { item.until.to_string() };
    let level = match item.level {
        "01" => "甲类：全额纳入",
        "02" => "乙类：先自付后纳入",
        _ => "丙类：全自费",
    };
    let share = match item.share {
        Some(share) => format!("{share}（1319 先自付比例）"),
        None if item.level == "01" => "无（甲类）".to_owned(),
        None => "目录未给，按 0 计".to_owned(),
    };
    let ceiling = match item.ceiling {
        Some(ceiling) => format!("每单位 {ceiling} 元（1318 限价，级别 {}），超出部分自付", options.level),
        None => "不限价".to_owned(),
    };
    let mut facts = vec![
        ("依据日期", format!("{day}，{} 至 {until} 有效", item.from)),
        ("目录区划", format!("{}（1312）", item.division)),
        ("等级", format!("{} {level}", item.level)),
    ];
    if item.code != options.code {
        facts.push(("医保目录编码", format!("{}（1316 匹配）", item.code)));
    }
    if item.level != "03" {
        facts.push(("先自付比例", share));
        facts.push(("定价上限", ceiling));
    }
    if item.restricted {
        facts.push(("限制使用", "hosp_appr_flag 须为 1，否则全自费".to_owned()));
    }
    facts.extend(item.limits.iter().map(|row| ("限制规则", format!("{}（依据 {}）", row.limit, row.article))));
    facts
}
