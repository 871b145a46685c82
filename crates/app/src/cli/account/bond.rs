//! `gongji account bond`: family mutual aid (家庭共济) at the counter.

use std::fmt::Write as _;
use std::process::ExitCode;

use gongji_domain::{Day, Fen};
use gongji_register::bond::{Bond, Bonds, By, Limits, Party, Purpose, Relation};

use super::counter::{Counter, Open, said};
use crate::agency::bond::{self, Asked, Told};
use crate::his::desk::Done;
use crate::his::errors::{Code, Fault};
use crate::his::paying::word;
use crate::his::uses::{Kept, Use};

/// Family mutual aid (家庭共济): who lets whom be paid for, up to how much
#[derive(clap::Subcommand)]
pub(crate) enum BondCommand {
    Request(Box<Requesting>),
    Confirm(Changing),
    Limits(Limiting),
    Unbind(Changing),
    List(Listing),
}

/// Ask for a bond (共济申请): both identities, the relation, the signed pledge
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Requesting {
    #[command(flatten)]
    counter: Counter,
    /// 授权人: whose account will pay, by 人员编号
    #[arg(long, value_name = "NUMBER")]
    holder: String,
    /// 授权人姓名
    #[arg(long, value_name = "NAME")]
    holder_name: String,
    /// 授权人证件号码
    #[arg(long, value_name = "CERTIFICATE")]
    holder_certificate: String,
    /// 被授权人: for whom, by 人员编号; left out for one insured elsewhere
    #[arg(long, value_name = "NUMBER", default_value = "")]
    beneficiary: String,
    /// 被授权人姓名
    #[arg(long, value_name = "NAME")]
    beneficiary_name: String,
    /// 被授权人证件号码
    #[arg(long, value_name = "CERTIFICATE")]
    beneficiary_certificate: String,
    /// What the beneficiary is to the holder: spouse (配偶), parent (父母), child (子女)
    #[arg(long, value_name = "RELATION")]
    relation: Relation,
    /// 承诺书编号
    #[arg(long, value_name = "NUMBER")]
    pledge: String,
    /// Who asks: holder, beneficiary or officer
    #[arg(long, value_name = "WHO", default_value = "holder")]
    asked_by: String,
    #[command(flatten)]
    limits: Set,
    /// 经办人
    #[arg(long, value_name = "OFFICER")]
    by: String,
}

const EXAMPLE: &str = "\
EXAMPLE
  gongji account bond request --store gongji-demo.db --by 张经办 --relation spouse --pledge CN-0001 \\
    --holder 50000000000002 --holder-name 演示乙 --holder-certificate 990000198605011040 \\
    --beneficiary-name 演示丙 --beneficiary-certificate 990000197911301076";

/// What the holder allows.
#[derive(clap::Args)]
pub(crate) struct Set {
    /// 年度限额
    #[arg(long, value_name = "AMOUNT")]
    year: Option<Fen>,
    /// 总限额
    #[arg(long, value_name = "AMOUNT")]
    total: Option<Fen>,
    /// 用途: clinic, pharmacy_goods, resident_premium and so on; may be given several times, all when left out
    #[arg(long, value_name = "PURPOSE", value_parser = purpose)]
    purpose: Vec<Purpose>,
    /// 起始日
    #[arg(long, value_name = "DATE")]
    from: Option<Day>,
    /// 截止日
    #[arg(long, value_name = "DATE")]
    until: Option<Day>,
}

/// Confirm or end a bond (确认、解除)
#[derive(clap::Args)]
pub(crate) struct Changing {
    #[command(flatten)]
    counter: Counter,
    #[command(flatten)]
    of: Of,
}

/// Which bond, and who acts.
#[derive(clap::Args)]
pub(crate) struct Of {
    /// The bond's number
    #[arg(value_name = "BOND")]
    bond: u64,
    /// 授权人, by 人员编号
    #[arg(long, value_name = "NUMBER")]
    holder: String,
    /// Who acts: holder, beneficiary or officer
    #[arg(long, value_name = "WHO")]
    who: String,
    /// 经办人
    #[arg(long, value_name = "OFFICER")]
    by: String,
}

/// Set a bond's limits (限额设置) in place of those before
#[derive(clap::Args)]
pub(crate) struct Limiting {
    #[command(flatten)]
    counter: Counter,
    #[command(flatten)]
    of: Of,
    #[command(flatten)]
    limits: Set,
}

/// Show the bonds that a person gave and received, and what was used
#[derive(clap::Args)]
pub(crate) struct Listing {
    #[command(flatten)]
    counter: Counter,
    /// 人员编号
    #[arg(long, value_name = "NUMBER")]
    person: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

fn purpose(text: &str) -> Result<Purpose, String> {
    let known = |purpose: &Purpose| word(*purpose) == text || purpose.name() == text;
    Purpose::ALL.into_iter().find(known).ok_or_else(|| format!("可用：{}", Purpose::ALL.map(word).join("、")))
}

/// Runs a `bond` command.
///
/// # Errors
/// When the store cannot be used.
pub(super) fn run(command: &BondCommand) -> anyhow::Result<ExitCode> {
    match command {
        BondCommand::Request(options) => request(options),
        BondCommand::Confirm(Changing { counter, of }) => {
            acted(counter, of, |open, by| bond::confirm(&open.desk(&of.by), &open.decider, of.which(), by))
        }
        BondCommand::Unbind(Changing { counter, of }) => {
            acted(counter, of, |open, by| bond::unbind(&open.desk(&of.by), &open.decider, of.which(), by))
        }
        BondCommand::Limits(Limiting { counter, of, limits }) => acted(counter, of, |open, by| {
            bond::limit(&open.desk(&of.by), &open.decider, of.which(), limits.limits(), (by, ""))
        }),
        BondCommand::List(options) => list(options),
    }
}

impl Of {
    fn which(&self) -> (&str, u64) {
        (&self.holder, self.bond)
    }
}

impl Set {
    fn limits(&self) -> Limits {
        let Self { year, total, purpose, from, until } = self;
        let purposes = (!purpose.is_empty()).then(|| purpose.iter().copied().collect());
        Limits { year: *year, total: *total, purposes, from: *from, until: *until }
    }
}

fn request(options: &Requesting) -> anyhow::Result<ExitCode> {
    let party = |number: &str, name: &str, certificate: &str| Party {
        number: number.to_owned(),
        name: name.to_owned(),
        certificate: certificate.to_owned(),
    };
    let holder = party(&options.holder, &options.holder_name, &options.holder_certificate);
    let beneficiary = party(&options.beneficiary, &options.beneficiary_name, &options.beneficiary_certificate);
    let Some(by) = bond::person(&options.asked_by, &holder, &beneficiary, &options.by) else {
        return said(Err(nobody(&options.asked_by)));
    };
    let (relation, pledge, limits) = (options.relation, options.pledge.clone(), options.limits.limits());
    let open = options.counter.open()?;
    let asked = Asked { holder, beneficiary, relation, pledge, limits, by };
    said(bond::request(&open.desk(&options.by), &open.decider, &asked).map(|done| told(&done)))
}

fn nobody(given: &str) -> Fault {
    Fault::at(Code::InvalidValue, "who")
        .given(given)
        .allowed(" holder（授权人）、beneficiary（被授权人）、officer（经办人）")
}

fn acted(
    counter: &Counter,
    of: &Of,
    act: impl FnOnce(&Open, &By) -> Result<Done<Told>, Fault>,
) -> anyhow::Result<ExitCode> {
    let open = counter.open()?;
    let done = || {
        let given = bond::list(&open.desk(&of.by), &of.holder)?;
        let none = || Fault::at(Code::InvalidValue, "bond").given(of.bond).allowed("授权人名下的共济关系编号");
        let known = given.bond(of.bond).map_err(|_| none())?;
        let by = bond::person(&of.who, &known.request.holder, &known.request.beneficiary, &of.by);
        act(&open, &by.ok_or_else(|| nobody(&of.who))?)
    };
    said(done().map(|done| told(&done)))
}

fn told(done: &Done<Told>) -> String {
    let Told { bond, state } = &done.answer;
    let again = if done.again { "（此前已办理）" } else { "" };
    format!("共济关系 {bond}：{}{again}", state.name())
}

fn list(options: &Listing) -> anyhow::Result<ExitCode> {
    let open = options.counter.open()?;
    let desk = open.desk("");
    let found = || {
        let bonds = bond::list(&desk, &options.person)?;
        let uses = bond::used(&desk, &Kept::at(&options.counter.store), &options.person)?;
        Ok((bonds, uses))
    };
    said(found().map(|(bonds, uses)| if options.json { as_json(&bonds, &uses) } else { in_words(&bonds, &uses) }))
}

fn as_json(bonds: &Bonds, uses: &[Use]) -> String {
    let told = serde_json::json!({ "given": bonds.given, "received": bonds.received, "uses": uses });
    serde_json::to_string_pretty(&told).expect("texts and numbers can always be written")
}

fn in_words(bonds: &Bonds, uses: &[Use]) -> String {
    let mut text = String::from("授权给\n");
    for bond in &bonds.given {
        let Bond { request, .. } = bond;
        let (name, relation) = (&request.beneficiary.name, request.relation.name());
        let (state, used, limits) = (bond.state().name(), bond.used_in_all(), limits(&request.limits));
        let _ = writeln!(text, "  {}　{name}（{relation}）　{state}　已用 {used}　{limits}", bond.number());
    }
    none(&mut text, bonds.given.is_empty());
    text.push_str("被授权\n");
    for bond in &bonds.received {
        let (number, name, relation) = (bond.number, &bond.name, bond.relation.name());
        let _ = writeln!(text, "  {number}　授权人 {name}，本人为其{relation}　{}", bond.state.name());
    }
    none(&mut text, bonds.received.is_empty());
    text.push_str("使用\n");
    for used in uses {
        let Use { on, purpose, patient, at, amount, document, .. } = used;
        let _ = writeln!(text, "  {on}　{}　{patient}　{at}　{amount}　{document}", purpose.name());
    }
    none(&mut text, uses.is_empty());
    text
}

fn none(text: &mut String, empty: bool) {
    if empty {
        text.push_str("  无\n");
    }
}

fn limits(limits: &Limits) -> String {
    let Limits { year, total, purposes, from, until } = limits;
    let said = [
        year.map(|amount| format!("年度限额 {amount}")),
        total.map(|amount| format!("总限额 {amount}")),
        purposes.map(|purposes| format!("用途 {purposes}")),
        from.map(|day| format!("{day} 起")),
        until.map(|day| format!("至 {day}")),
    ];
    said.into_iter().flatten().collect::<Vec<_>>().join("，")
}
