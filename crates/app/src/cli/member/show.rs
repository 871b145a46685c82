//! `gongji member show`: what the register says of a member, and what the account holds.

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::anyhow;
use gongji_domain::Day;
use gongji_policy::words_of;
use gongji_register::{Member, Timeline};

use super::history::Format;
use crate::agency::member::{Shown, show};
use crate::agency::words;
use crate::cli::account::counter::Counter;
use crate::cli::paint;
use crate::his::benefit;

/// Show what the register says of a member (参保信息), the entitlement periods and the account
#[derive(clap::Args)]
pub(crate) struct Options {
    #[command(flatten)]
    counter: Counter,
    /// 人员编号
    #[arg(value_name = "NUMBER")]
    person: String,
    /// How it is written
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// Shows it.
///
/// # Errors
/// When nobody has that number, or the store cannot be used.
pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let opened = options.counter.open()?;
    let desk = opened.desk("");
    let shown = show(&desk, &options.person).map_err(|fault| anyhow!("{fault}"))?;
    let mut out = anstream::stdout();
    if options.format == Format::Json {
        writeln!(out, "{}", serde_json::to_string_pretty(&shown)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = paint::boxed(&["项目", "登记", "自"], paint::width());
    for [item, says, from] in rows(&shown) {
        table.add_row([item, says, from]);
    }
    writeln!(out, "{table}")?;
    let mut periods = paint::boxed(&["待遇享受期", "自", "至", "原因"], paint::width());
    for period in benefit::periods(&*opened.decider, &shown.member, Day::MAX) {
        let until = period.until.map(|day| day.to_string()).unwrap_or_default();
        periods.add_row([period.state.name(), &period.from.to_string(), &until, period.why.name()]);
    }
    writeln!(out, "{periods}")?;
    Ok(ExitCode::SUCCESS)
}

fn rows(shown: &Shown) -> Vec<[String; 3]> {
    let Shown { member, current, prior, balance, owed } = shown;
    let mut rows = identity(member);
    lines(&mut rows, "人员类别", &member.category, |code| words::category(code));
    lines(&mut rows, "参保身份", &member.enrolment, |value| words_of("enrolment", value).to_owned());
    lines(&mut rows, "单位", &member.employer, Clone::clone);
    lines(&mut rows, "缴费基数", &member.base, ToString::to_string);
    lines(&mut rows, "待遇状态（登记）", &member.cover, |cover| words::cover(*cover).to_owned());
    let mut row = |item: &str, says: String| rows.push([item.to_owned(), says, String::new()]);
    for (name, amount) in &member.amounts {
        row("登记额", format!("{name} {amount}"));
    }
    if let Some(lump_sum) = member.lump_sum {
        row("趸缴", format!("基数 {}，至 {}", lump_sum.base, lump_sum.until));
    }
    for paid in &member.paid {
        row("缴费记录", words::fact(&gongji_register::Fact::Paid(*paid)));
    }
    for stay in &member.stays {
        row("住院", words::fact(&gongji_register::Fact::Stay(*stay)));
    }
    if let Some(died) = member.died {
        row("死亡日期", died.to_string());
    }
    row("个人账户", format!("余额 {balance}（当年 {current}，历年 {prior}）"));
    if !owed.is_zero() {
        row("应追回", owed.to_string());
    }
    rows
}

fn identity(member: &Member) -> Vec<[String; 3]> {
    let identity = &member.identity;
    let row = |item: &str, says: &str| [item.to_owned(), says.to_owned(), String::new()];
    vec![
        row("人员编号", &member.number),
        row("姓名", &identity.name),
        row("证件号码", &identity.certificate),
        row("社会保障卡号", &identity.card),
        row("出生日期", &identity.birth.to_string()),
        row("统筹区", &member.area),
        row("公务员标志", if member.civil_servant { "是" } else { "否" }),
    ]
}

fn lines<T>(rows: &mut Vec<[String; 3]>, item: &str, line: &Timeline<T>, words: impl Fn(&T) -> String) {
    let of = |(from, value): &(Day, T)| [item.to_owned(), words(value), from.to_string()];
    rows.extend(line.rows().iter().map(of));
}
