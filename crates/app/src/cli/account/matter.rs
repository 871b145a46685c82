//! `gongji account matter`: life events of an account at the counter, step by step.

use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, anyhow, bail};
use gongji_register::matter::{DocumentRef, Kind, Stage};
use serde_json::{Map, Value};

use super::{Counter, print};
use crate::agency::matter::{self, Answer, Filing, Listed, Verdict};
use crate::agency::rules::{self, WORDS};
use crate::agency::table::{Cell, Table};
use crate::his::desk::Done;

/// Life events of an account (业务办理): file, approve, reject, withdraw, carry out
#[derive(clap::Subcommand)]
pub(crate) enum MatterCommand {
    File(FileOptions),
    Approve(StepOptions),
    Reject(WhyOptions),
    Withdraw(WhyOptions),
    CarryOut(StepOptions),
    List(ListOptions),
    Kinds(KindsOptions),
}

/// File an application (受理); its number is printed
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct FileOptions {
    #[command(flatten)]
    counter: Counter,
    /// The member (人员编号)
    #[arg(long, value_name = "NUMBER")]
    person: String,
    /// The officer (经办人)
    #[arg(long, value_name = "NAME")]
    by: String,
    /// What is applied for; `gongji account matter kinds` lists the words
    #[arg(long, value_name = "KIND", conflicts_with = "file", required_unless_present = "file")]
    kind: Option<String>,
    /// What the kind needs, such as reason=cross_scheme, change.take_back=60.00, from.day=2026-03-01
    #[arg(long = "set", value_name = "KEY=VALUE", conflicts_with = "file")]
    set: Vec<String>,
    /// A document that was handed in, such as 死亡证明=2026-001; may be given several times
    #[arg(long = "document", value_name = "KIND=NUMBER", conflicts_with = "file")]
    documents: Vec<String>,
    /// A remark (说明)
    #[arg(long, value_name = "TEXT", default_value = "", conflicts_with = "file")]
    why: String,
    /// Your own number: filing again under it is the same application
    #[arg(long, value_name = "NUMBER", conflicts_with = "file")]
    request: Option<String>,
    /// The application as JSON; `-` is standard input
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

const EXAMPLE: &str = r#"EXAMPLE
  gongji account matter file --store gongji-demo.db --person 21120000000012 --by 甲 --kind refund \
    --set reason=cross_scheme --document 返还申请=1 --document 参保人身份证件=2 --document 收款账户=3 --document 转入地参保凭证=4
  gongji account matter file --store gongji-demo.db --person 50000000000001 --by 甲 application.json

  application.json: {"kind": {"inheritance": {"heirs": [{"name": "张三", "certificate": "…", "relation": "子女",
    "weight": 1, "bank_account": "…"}]}}, "documents": [{"kind": "死亡证明", "number": "…"}, …]}"#;

/// Approve (复核) or carry out (办结) an application
#[derive(clap::Args)]
pub(crate) struct StepOptions {
    #[command(flatten)]
    counter: Counter,
    /// The member (人员编号)
    #[arg(long, value_name = "NUMBER")]
    person: String,
    /// The officer (经办人)
    #[arg(long, value_name = "NAME")]
    by: String,
    /// The application (业务编号)
    #[arg(value_name = "MATTER")]
    number: u64,
}

/// Reject (不予办理) or withdraw (撤回) an application
#[derive(clap::Args)]
pub(crate) struct WhyOptions {
    #[command(flatten)]
    step: StepOptions,
    /// Why (理由)
    #[arg(long, value_name = "TEXT")]
    why: String,
}

/// A member's applications, and what came of them
#[derive(clap::Args)]
pub(crate) struct ListOptions {
    #[command(flatten)]
    counter: Counter,
    /// The member (人员编号)
    #[arg(long, value_name = "NUMBER")]
    person: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What can be applied for in an area: documents, officers, articles
#[derive(clap::Args)]
pub(crate) struct KindsOptions {
    /// The pooling area (统筹区)
    #[arg(long, value_name = "AREA")]
    area: String,
}

/// Runs a `matter` command.
///
/// # Errors
/// When the store cannot be used, or why it cannot be done.
pub(crate) fn run(command: &MatterCommand) -> anyhow::Result<ExitCode> {
    match command {
        MatterCommand::File(options) => file(options),
        MatterCommand::Approve(options) => step(options, Verdict::Approve),
        MatterCommand::CarryOut(options) => step(options, Verdict::CarryOut),
        MatterCommand::Reject(WhyOptions { step: options, why }) => step(options, Verdict::Reject { why: why.clone() }),
        MatterCommand::Withdraw(WhyOptions { step: options, why }) => {
            step(options, Verdict::Withdraw { why: why.clone() })
        }
        MatterCommand::List(options) => list(options),
        MatterCommand::Kinds(options) => kinds(options),
    }
}

fn file(options: &FileOptions) -> anyhow::Result<ExitCode> {
    let filing = filing(options)?;
    options.counter.sit(&options.by, |desk| {
        said(&matter::file(desk, &options.person, filing.clone()).map_err(|fault| anyhow!("{fault}"))?)
    })
}

fn step(options: &StepOptions, verdict: Verdict) -> anyhow::Result<ExitCode> {
    let StepOptions { counter, person, by, number } = options;
    counter.sit(by, |desk| {
        said(&matter::decide(desk, person, *number, verdict.clone()).map_err(|fault| anyhow!("{fault}"))?)
    })
}

fn said(done: &Done<Answer>) -> anyhow::Result<ExitCode> {
    let Answer { number, name, stage, needs_approval, article, moved, .. } = &done.answer;
    let mut text = format!("业务 {number}　{name}　{stage}");
    if *needs_approval && stage == "已受理" {
        text.push_str("，须另一名经办人复核");
    }
    if !article.is_empty() {
        text.push_str(&format!("　依据 {article}"));
    }
    if done.again {
        text.push_str("（此前已办，未重复）");
    }
    for movement in moved {
        text.push_str(&format!("\n  {}", serde_json::to_string(movement)?));
    }
    writeln!(anstream::stdout(), "{text}")?;
    Ok(ExitCode::SUCCESS)
}

fn filing(options: &FileOptions) -> anyhow::Result<Filing> {
    let Some(path) = &options.file else { return from_flags(options) };
    let text = if path.as_os_str() == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).context("无法读取标准输入")?;
        text
    } else {
        std::fs::read_to_string(path).with_context(|| format!("无法读取 {}", path.display()))?
    };
    serde_json::from_str(&text).with_context(|| format!("{} 的内容不能用", path.display()))
}

fn from_flags(options: &FileOptions) -> anyhow::Result<Filing> {
    let word = options.kind.as_deref().unwrap_or_default();
    if !WORDS.contains(&word) {
        bail!("没有业务 {word}；有 {}", WORDS.join("、"));
    }
    let pair = |text: &String| {
        let (key, value) = text.split_once('=').with_context(|| format!("{text}：写作 名称=值"))?;
        Ok::<_, anyhow::Error>((key.to_owned(), value.to_owned()))
    };
    let mut fields = Map::new();
    for (key, value) in options.set.iter().map(pair).collect::<Result<Vec<_>, _>>()? {
        put(&mut fields, &key, value)?;
    }
    let kind = match fields.is_empty() {
        true => Value::from(word),
        false => Value::from(Map::from_iter([(word.to_owned(), Value::Object(fields))])),
    };
    let kind: Kind = serde_json::from_value(kind).with_context(|| format!("{word} 的内容不全或不能用"))?;
    let documents = options.documents.iter().map(pair).collect::<Result<Vec<_>, _>>()?;
    let documents = documents.into_iter().map(|(kind, number)| DocumentRef { kind, number }).collect();
    Ok(Filing { kind, documents, why: options.why.clone(), request: options.request.clone() })
}

/// `change.take_back` is a field in a field; seconds are a number.
fn put(fields: &mut Map<String, Value>, key: &str, value: String) -> anyhow::Result<()> {
    if let Some((outer, inner)) = key.split_once('.') {
        let within = fields.entry(outer).or_insert_with(|| Value::Object(Map::new()));
        let within = within.as_object_mut().with_context(|| format!("{outer} 同时有值和下级"))?;
        return put(within, inner, value);
    }
    let value = match key {
        "second" => Value::from(value.parse::<u32>().with_context(|| format!("{key}={value}：须为数字"))?),
        _ => Value::from(value),
    };
    fields.insert(key.to_owned(), value);
    Ok(())
}

fn list(options: &ListOptions) -> anyhow::Result<ExitCode> {
    options.counter.sit("", |desk| {
        let listed = matter::list(desk, &options.person).map_err(|fault| anyhow!("{fault}"))?;
        let text =
            if options.json { serde_json::to_string_pretty(&listed)? + "\n" } else { print::drawn(&table(&listed)) };
        anstream::stdout().write_all(text.as_bytes())?;
        Ok(ExitCode::SUCCESS)
    })
}

fn table(listed: &Listed) -> Table {
    let Listed { person, area, affairs, current, prior, owed } = listed;
    let mut above = vec![
        ("参保人", person.clone()),
        ("统筹区", area.clone()),
        ("余额", format!("{}（当年 {current}，历年 {prior}）", *current + *prior)),
    ];
    if let Some(frozen) = &affairs.frozen {
        above.push(("冻结", format!("自 {} 起：{}", frozen.since, frozen.reason)));
    }
    if let Some(left) = &affairs.left {
        above.push(("转出", format!("{} 转往 {}", left.on, left.to)));
    }
    if !owed.is_zero() {
        above.push(("应追回", owed.to_string()));
    }
    let rows = affairs.matters.iter().map(|matter| {
        let ended = match &matter.stage {
            Stage::Filed => String::new(),
            Stage::Approved { by, on } => format!("{on} {by}"),
            Stage::Rejected { by, on, why } => format!("{on} {by}：{why}"),
            Stage::Withdrawn { on } | Stage::Done { on } => on.to_string(),
        };
        vec![
            Cell::text(matter.number),
            Cell::text(matter.kind.name()),
            Cell::text(format!("{} {}", matter.filed_on, matter.filed_by)),
            Cell::text(matter.stage.name()),
            Cell::text(ended),
        ]
    });
    let heads = vec!["业务编号", "业务", "受理", "环节", "办理"];
    Table { title: "个人账户业务", above, heads, rows: rows.collect() }
}

fn kinds(options: &KindsOptions) -> anyhow::Result<ExitCode> {
    let rules = rules::rules().map_err(|fault| anyhow!("{fault}"))?;
    let mut rows = Vec::new();
    for word in WORDS {
        let Some(rule) = rules.of(&options.area, word) else { continue };
        let yes = |is: bool| Cell::text(if is { "是" } else { "否" });
        rows.push(vec![
            Cell::text(word),
            yes(rule.allowed),
            Cell::text(rule.documents.join("、")),
            yes(rule.two_persons),
            Cell::text(&rule.article),
        ]);
        for (reason, said) in &rule.reasons {
            let word = format!("  reason={reason}（{}）", said.name);
            rows.push(vec![
                Cell::text(word),
                Cell::Empty,
                Cell::text(said.documents.join("、")),
                Cell::Empty,
                Cell::Empty,
            ]);
        }
    }
    let above = vec![("统筹区", options.area.clone())];
    let heads = vec!["业务", "办理", "材料", "两人", "依据"];
    let table = Table { title: "可办理的业务", above, heads, rows };
    anstream::stdout().write_all(print::drawn(&table).as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
