//! `gongji account quote`: one credit with how it came about, or whether one use is allowed.

use crate::cli::load::{self, Policies};
use crate::cli::paint::{self, QUIET, TITLE, WRONG, in_style};
use gongji_domain::{Day, Fen};
use gongji_policy::account::{AccountFault, Crediting, Using};
use gongji_policy::{Area, words_of};
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;

/// Work out one credit to an account (个人账户计入), or whether one use is allowed, with the articles
///
/// With --purpose and --who it asks a use, else the credit of the month in which --date lies.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Options {
    #[command(flatten)]
    policies: Policies,
    /// Division code (医保区划) or name, such as 500000 or 重庆市
    #[arg(long, value_name = "AREA")]
    area: String,
    /// A day of the month that is credited, or the day of the use
    #[arg(long, value_name = "DATE")]
    date: Day,
    /// active (在职), retired (退休), or another value of the area
    #[arg(long, value_name = "STATUS", default_value = "")]
    status: String,
    /// How the member is enrolled (参保身份), such as employer or flexible
    #[arg(long, value_name = "ENROLMENT", default_value = "")]
    enrolment: String,
    /// Date of birth (出生日期)
    #[arg(long, value_name = "DATE")]
    birth: Option<Day>,
    /// Monthly contribution base (缴费基数), such as 4000.00
    #[arg(long, value_name = "AMOUNT")]
    base: Option<Fen>,
    /// Monthly base of a lump-sum payer (趸缴基数)
    #[arg(long, value_name = "AMOUNT")]
    lump_sum_base: Option<Fen>,
    /// The member's own pension (本人养老金)
    #[arg(long, value_name = "AMOUNT")]
    pension: Option<Fen>,
    /// A registered amount (登记的金额), such as credit_2022_monthly=98.76; may be given several times
    #[arg(long, value_name = "NAME=AMOUNT", value_parser = registered)]
    frozen: Vec<(String, Fen)>,
    /// A further fact, such as lump_sum_period=true or national_code=true; may be given several times
    #[arg(long, value_name = "NAME=VALUE", value_parser = fact)]
    fact: Vec<(String, String)>,
    /// By what was known on this day
    #[arg(long, value_name = "DATE")]
    known_on: Option<Day>,
    /// As it was before the reform (改革前), for comparison
    #[arg(long)]
    before: bool,
    /// For what (用途): clinic, pharmacy_goods, resident_premium, care_premium, large_amount_premium,
    /// commercial_premium, public_health, fitness, wellness
    #[arg(long, value_name = "PURPOSE", requires = "who")]
    purpose: Option<String>,
    /// For whom (使用人): self, spouse, parent, child, other
    #[arg(long, value_name = "WHO", requires = "purpose")]
    who: Option<String>,
}

const EXAMPLE: &str = "\
EXAMPLE
  gongji account quote --area 500000 --date 2024-03-31 --status retired --enrolment employer --birth 1954-03-15
  gongji account quote --area 360100 --date 2023-05-01 --status active --base 4000.00 --before
  gongji account quote --area 211200 --date 2023-05-01 --purpose pharmacy_goods --who child --fact national_code=true";

fn registered(text: &str) -> Result<(String, Fen), String> {
    let (name, amount) = text.split_once('=').ok_or("write NAME=AMOUNT, such as credit_2022_monthly=98.76")?;
    let amount = amount.parse().map_err(|fault| format!("{amount}: {fault}"))?;
    Ok((name.to_owned(), amount))
}

fn fact(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE, such as national_code=true")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// Asks and prints.
///
/// # Errors
/// When the packages cannot be used or there is no such area.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let libraries = options.policies.libraries()?;
    let (_, area) = load::named(&libraries, &options.area)?;
    let facts: Vec<(&str, &str)> = options.fact.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let answer = match (&options.purpose, &options.who) {
        (Some(purpose), Some(who)) => usage(options, area, purpose, who, &facts),
        _ => credit(options, area, &facts),
    };
    let (text, code) = match answer {
        Ok(text) => (text, ExitCode::SUCCESS),
        Err(fault) => (format!("{}\n", in_style(WRONG, &format!("{fault}（{}）", fault.code()))), ExitCode::from(1)),
    };
    anstream::stdout().write_all(text.as_bytes())?;
    Ok(code)
}

fn credit(options: &Options, area: &Area, facts: &[(&str, &str)]) -> Result<String, AccountFault> {
    let frozen: Vec<(&str, Fen)> = options.frozen.iter().map(|(name, amount)| (name.as_str(), *amount)).collect();
    let person = Crediting {
        status: &options.status,
        enrolment: &options.enrolment,
        birth: options.birth,
        base: options.base,
        lump_sum_base: options.lump_sum_base,
        pension: options.pension,
        frozen: &frozen,
        facts,
    };
    let known_on = options.known_on.unwrap_or(Day::MAX);
    let (what, rules, note) = if options.before {
        let rules = area.credits_before(options.date, known_on)?;
        ("改革前的个人账户计入（只作比较）", rules, area.credit_before(options.date, known_on, &person)?)
    } else {
        ("个人账户计入", area.credits_for(options.date, known_on)?, area.credit(options.date, known_on, &person)?)
    };
    let (first, last) = rules.days();
    let mut text = String::new();
    let _ =
        writeln!(text, "{}", in_style(TITLE, &format!("{} {}　{what}　{first} 至 {last}", area.name(), area.code())));
    let _ = writeln!(text, "身份按 {}，年龄按 {}", rules.status_day(), rules.age_day());
    for line in paint::wrap(&note.words, paint::width()) {
        let _ = writeln!(text, "{line}");
    }
    if note.provisional {
        let _ = writeln!(text, "用的是预计数：公布后按正式数更正，多退少补");
    }
    article(&mut text, &note.article);
    Ok(text)
}

fn usage(
    options: &Options,
    area: &Area,
    purpose: &str,
    who: &str,
    facts: &[(&str, &str)],
) -> Result<String, AccountFault> {
    let using =
        Using { purpose, who, status: &options.status, enrolment: &options.enrolment, birth: options.birth, facts };
    let found = area.may_use(options.date, &using)?;
    let mut text = String::new();
    let heading = format!("{} {}　{}　{}", area.name(), area.code(), options.date, words_of("purpose", purpose));
    let _ = writeln!(text, "{}\n{}", in_style(TITLE, &heading), found.words);
    article(&mut text, &found.article);
    Ok(text)
}

fn article(text: &mut String, article: &str) {
    for line in paint::wrap(&format!("依据 {article}"), paint::width()) {
        let _ = writeln!(text, "{}", in_style(QUIET, &line));
    }
}
