//! `gongji member change`: facts about a member, or corrections of what was told, by an officer.

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::{anyhow, bail};
use gongji_domain::{Day, Fen, Month};
use gongji_register::{Cover, Fact, Line, LumpSum, Stay};

use super::Officer;
use crate::agency::member::{Telling, tell};
use crate::agency::words;
use crate::cli::account::counter::Counter;

/// Tell the register facts about a member (登记变更), or correct what was told
///
/// Each fact says from when it holds: DATE=VALUE. A fact of a day that was told before takes its place; --retract takes
/// a row out so that the one before goes on. What was said before stays in the history.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Options {
    #[command(flatten)]
    counter: Counter,
    #[command(flatten)]
    officer: Officer,
    /// 人员编号
    #[arg(value_name = "NUMBER")]
    person: String,
    /// 人员类别, such as 2024-06-01=12 for retirement (退休)
    #[arg(long, value_name = "DATE=CODE", value_parser = dated::<String>)]
    category: Vec<(Day, String)>,
    /// 参保身份 in the word of the area's package
    #[arg(long, value_name = "DATE=WORD", value_parser = dated::<String>)]
    enrolment: Vec<(Day, String)>,
    /// 单位
    #[arg(long, value_name = "DATE=NAME", value_parser = dated::<String>)]
    employer: Vec<(Day, String)>,
    /// 缴费基数 a month
    #[arg(long, value_name = "DATE=YUAN", value_parser = dated::<Fen>)]
    base: Vec<(Day, Fen)>,
    /// 待遇恢复 from a day on
    #[arg(long, value_name = "DATE")]
    resume: Vec<Day>,
    /// 待遇暂停 from a day on
    #[arg(long, value_name = "DATE")]
    suspend: Vec<Day>,
    /// 待遇终止 from a day on
    #[arg(long, value_name = "DATE")]
    end: Vec<Day>,
    /// 趸缴: until a day, on a base a month
    #[arg(long, value_name = "DATE=YUAN", value_parser = dated::<Fen>)]
    lump_sum: Option<(Day, Fen)>,
    /// 登记额, such as credit_2022_monthly=86.40
    #[arg(long, value_name = "NAME=YUAN", value_parser = named)]
    amount: Vec<(String, Fen)>,
    /// 住院: the day of admission, or both days as DATE=DATE when discharged
    #[arg(long, value_name = "DATE[=DATE]", value_parser = stay)]
    stay: Vec<Stay>,
    /// 退缴费: a month that was contributed for by mistake
    #[arg(long, value_name = "MONTH")]
    unpaid: Vec<Month>,
    /// 死亡日期
    #[arg(long, value_name = "DATE", conflicts_with = "not_dead")]
    died: Option<Day>,
    /// The death was told by mistake (死亡登记有误)
    #[arg(long)]
    not_dead: bool,
    /// Take out a row: category=DATE, enrolment=, employer=, base= or cover=
    #[arg(long, value_name = "LINE=DATE", value_parser = retracted)]
    retract: Vec<(Line, Day)>,
}

const EXAMPLE: &str = "\
EXAMPLES
  gongji member change 50000000000002 --by 张经办 --why 退休 --document 退休审批表 --category 2026-03-01=12
  gongji member change 50000000000002 --by 张经办 --why 基数更正 --base 2026-01-01=5200.00
  gongji member change 50000000000002 --by 张经办 --why 误登记 --retract category=2026-03-01";

/// Tells them.
///
/// # Errors
/// When a fact cannot be, or the store cannot be used.
pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let facts = facts(options);
    if facts.is_empty() {
        bail!("没有说要变更什么：见 gongji member change --help");
    }
    let opened = options.counter.open()?;
    let Officer { by, why, document } = &options.officer;
    let desk = opened.desk(by);
    let mut out = anstream::stdout();
    let said: Vec<String> = facts.iter().map(words::fact).collect();
    let telling = Telling { facts, why: why.clone(), document: document.clone(), request: None };
    let done = tell(&desk, &options.person, telling).map_err(|fault| anyhow!("{fault}"))?;
    writeln!(out, "已登记（第 {} 件）：", done.answer.event)?;
    said.iter().try_for_each(|line| writeln!(out, "  {line}"))?;
    Ok(ExitCode::SUCCESS)
}

fn facts(options: &Options) -> Vec<Fact> {
    let Options { category, enrolment, employer, base, amount, .. } = options;
    let mut facts: Vec<Fact> = Vec::new();
    facts.extend(options.retract.iter().map(|(line, from)| Fact::Retracted(*line, *from)));
    facts.extend(category.iter().cloned().map(|(from, code)| Fact::Category(from, code)));
    facts.extend(enrolment.iter().cloned().map(|(from, word)| Fact::Enrolment(from, word)));
    facts.extend(employer.iter().cloned().map(|(from, name)| Fact::Employer(from, name)));
    facts.extend(base.iter().map(|(from, base)| Fact::Base(*from, *base)));
    let covers =
        [(&options.resume, Cover::InBenefit), (&options.suspend, Cover::Suspended), (&options.end, Cover::Ended)];
    facts.extend(covers.into_iter().flat_map(|(days, cover)| days.iter().map(move |day| Fact::Cover(*day, cover))));
    facts.extend(options.lump_sum.map(|(until, base)| Fact::LumpSum(Some(LumpSum { base, until }))));
    facts.extend(amount.iter().cloned().map(|(name, amount)| Fact::Amount(name, amount)));
    facts.extend(options.stay.iter().map(|stay| Fact::Stay(*stay)));
    facts.extend(options.unpaid.iter().map(|month| Fact::Unpaid(*month)));
    facts.extend(options.died.map(|on| Fact::Died(Some(on))));
    facts.extend(options.not_dead.then_some(Fact::Died(None)));
    facts
}

fn dated<T: std::str::FromStr<Err: std::fmt::Display>>(text: &str) -> Result<(Day, T), String> {
    let (day, value) = text.split_once('=').ok_or("写作 日期=值，例如 2026-03-01=12")?;
    let day = day.parse::<Day>().map_err(|fault| fault.to_string())?;
    Ok((day, value.parse().map_err(|fault: T::Err| fault.to_string())?))
}

fn named(text: &str) -> Result<(String, Fen), String> {
    let (name, amount) = text.split_once('=').ok_or("写作 名称=金额，例如 credit_2022_monthly=86.40")?;
    Ok((name.to_owned(), amount.parse().map_err(|fault: gongji_domain::MoneyError| fault.to_string())?))
}

fn stay(text: &str) -> Result<Stay, String> {
    let (from, until) = text.split_once('=').map_or((text, None), |(from, until)| (from, Some(until)));
    let day = |text: &str| text.parse::<Day>().map_err(|fault| fault.to_string());
    Ok(Stay { from: day(from)?, until: until.map(day).transpose()? })
}

fn retracted(text: &str) -> Result<(Line, Day), String> {
    let (line, day) = text.split_once('=').ok_or("写作 项目=日期，例如 category=2026-03-01")?;
    let line = match line {
        "category" => Line::Category,
        "enrolment" => Line::Enrolment,
        "employer" => Line::Employer,
        "base" => Line::Base,
        "cover" => Line::Cover,
        _ => return Err(format!("没有 {line} 这一项：category、enrolment、employer、base、cover")),
    };
    Ok((line, day.parse::<Day>().map_err(|fault| fault.to_string())?))
}
