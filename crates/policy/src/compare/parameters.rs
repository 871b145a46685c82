//! What decides a visit, in words: whether a benefit is for it and pays, and its deductibles,
//! rates and limits; and how a charge is split.

use super::Sides;
use super::axes::{Axes, Place};
use crate::trial::{Trial, Trials};
use crate::view::{benefit_label, period_words};
use alloc::borrow::ToOwned;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use gongji_adjudication::{AccountPart, Amount, Benefit, Cut, Payer, ReasonId, Terms, WhyId};
use gongji_domain::Fen;

/// What is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Access,
    Benefit(String),
    Lines,
}

/// Which part of a benefit's terms a parameter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Slot {
    Whether,
    Payer,
    EligibleLimit,
    Deductible,
    AboveLimit,
    Rate,
    PaymentDeductible,
    PaymentLimit,
    Line,
}

/// A parameter by what it is called.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) slot: Slot,
    pub(super) what: String,
}

/// What one side says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Says {
    pub(super) words: String,
    pub(super) article: String,
}

/// A parameter and what both sides say of it in each cell; none where it is not asked.
pub(super) struct Parameter {
    pub(super) key: Key,
    pub(super) says: Vec<Option<(Says, Says)>>,
}

const NOT_FOR: &str = "不享受";
const PAYS: &str = "享受";
const NONE: &str = "不设";

impl Asked {
    /// Everything that either side decides: access, benefits in the order of their chains, lines.
    pub(super) fn all(sides: &Sides<'_>) -> Vec<Self> {
        let mut names: Vec<String> = Vec::new();
        for benefit in sides.a.rules.chain.iter().chain(&sides.b.rules.chain) {
            if !names.iter().any(|known| **known == *benefit.name) {
                names.push(benefit.name.to_string());
            }
        }
        let mut all = alloc::vec![Self::Access];
        all.extend(names.into_iter().map(Self::Benefit));
        all.push(Self::Lines);
        all
    }

    /// The stated facts that either side reads for it, by name.
    pub(super) fn facts(&self, sides: &Sides<'_>) -> BTreeSet<String> {
        let of = |trials: &Trials<'_>| -> BTreeSet<String> {
            let reads = match self {
                Self::Access => trials.rules.access.as_ref().map(|table| &table.reads),
                Self::Lines => trials.rules.lines.as_ref().map(|table| &table.reads),
                Self::Benefit(name) => self.benefit(trials, name).map(|benefit| &benefit.key.reads),
            };
            reads.map(|reads| trials.stated_behind(reads)).unwrap_or_default()
        };
        of(&sides.a).into_iter().chain(of(&sides.b)).collect()
    }

    fn benefit<'t>(&self, trials: &Trials<'t>, name: &str) -> Option<&'t Benefit> {
        trials.rules.chain.iter().find(|benefit| *benefit.name == *name)
    }

    /// What it is called.
    pub(super) fn words(&self, sides: &Sides<'_>) -> String {
        match self {
            Self::Access => "结算".to_owned(),
            Self::Lines => "费用明细".to_owned(),
            Self::Benefit(name) => {
                let side = if self.benefit(&sides.a, name).is_some() { &sides.a } else { &sides.b };
                benefit_label(side.compiled, name).to_owned()
            }
        }
    }
}

/// What both sides say of everything in each cell.
pub(super) fn of_cells(sides: &Sides<'_>, asked: &Asked, axes: &Axes, cells: &[Place]) -> Vec<Parameter> {
    let mut parameters: Vec<Parameter> = Vec::new();
    for (i, cell) in cells.iter().enumerate() {
        let Some((a, b)) = axes.trials(sides, cell) else { continue };
        let (one, other) = (told(&sides.a, asked, &a), told(&sides.b, asked, &b));
        let (Some(one), Some(other)) = (one, other) else { continue };
        let keys: BTreeSet<&Key> = one.iter().chain(&other).map(|(key, _)| key).collect();
        let pay = |side: &[(Key, Says)]| side.len() != 1 || side[0].0.slot != Slot::Whether;
        for key in keys {
            if key.slot != Slot::Whether && !(pay(&one) && pay(&other)) {
                continue;
            }
            let of = |side: &[(Key, Says)]| {
                let said = side.iter().find(|(known, _)| known == key).map(|(_, says)| says.clone());
                said.unwrap_or_else(|| Says { words: NONE.to_owned(), article: String::new() })
            };
            let says = Some((of(&one), of(&other)));
            match parameters.iter_mut().find(|known| known.key == *key) {
                Some(known) => known.says[i] = says,
                None => {
                    let mut all = alloc::vec![None; cells.len()];
                    all[i] = says;
                    parameters.push(Parameter { key: key.clone(), says: all });
                }
            }
        }
    }
    parameters.sort_by(|a, b| a.key.cmp(&b.key));
    parameters
}

/// What one side says of a visit; none where it refuses the visit and that is not what is asked.
fn told(trials: &Trials<'_>, asked: &Asked, trial: &Trial) -> Option<Vec<(Key, Says)>> {
    let ordinals = trials.ordinals(trial);
    let refusals: &[ReasonId] = trials.rules.access.as_ref().map_or(&[], |access| access.get(&ordinals));
    let whether = |what: &str, words: String, why: Option<WhyId>| {
        let article = why.map(|why| article(trials, why)).unwrap_or_default();
        alloc::vec![(Key { slot: Slot::Whether, what: what.to_owned() }, Says { words, article })]
    };
    let name = match asked {
        Asked::Access => {
            let words = if refusals.is_empty() {
                "可以结算".to_owned()
            } else {
                format!("拒绝：{}", reasons(trials, refusals))
            };
            return Some(whether("准入", words, None));
        }
        _ if !refusals.is_empty() => return None,
        Asked::Lines => return Some(lines(trials, trial)),
        Asked::Benefit(name) => name,
    };
    let Some(benefit) = asked.benefit(trials, name) else { return Some(whether("待遇", NOT_FOR.to_owned(), None)) };
    let terms = &benefit.terms[*benefit.key.get(&ordinals) as usize];
    if !terms.applies {
        return Some(whether("待遇", NOT_FOR.to_owned(), Some(benefit.why)));
    }
    if let Some((_, why)) = terms.reasons.first() {
        let codes: Vec<ReasonId> = terms.reasons.iter().map(|(reason, _)| *reason).collect();
        return Some(whether("待遇", format!("不支付：{}", reasons(trials, &codes)), Some(*why)));
    }
    if benefit.decided_elsewhere {
        return Some(whether("待遇", "另有文件决定".to_owned(), Some(benefit.why)));
    }
    let mut all = whether("待遇", PAYS.to_owned(), Some(benefit.why));
    all.extend(details(trials, benefit, terms, trial));
    Some(all)
}

fn details(trials: &Trials<'_>, benefit: &Benefit, terms: &Terms, trial: &Trial) -> Vec<(Key, Says)> {
    let payer = match benefit.payer {
        Payer::Fund(fund) => fund.name().to_owned(),
        Payer::Account(AccountPart::Current) => "个人账户当年资金".to_owned(),
        Payer::Account(AccountPart::Prior) => "个人账户历年资金".to_owned(),
    };
    let payer = Says { words: payer, article: article(trials, benefit.why) };
    let mut all = alloc::vec![(Key { slot: Slot::Payer, what: "由谁支付".to_owned() }, payer)];
    for (slot, cuts) in cuts(terms) {
        for (what, cut) in titled(trials, slot, cuts, trial) {
            let says =
                Says { words: amount_words(trials, &cut.amount, cut.carries), article: article(trials, cut.why) };
            all.push((Key { slot, what }, says));
        }
    }
    let rate = rate_words(trials, benefit, terms, trial);
    all.extend(rate.map(|says| (Key { slot: Slot::Rate, what: "支付比例".to_owned() }, says)));
    all
}

/// Deductibles and limits by the stage on which they act.
pub(super) fn cuts(terms: &Terms) -> [(Slot, &[Cut]); 5] {
    [
        (Slot::EligibleLimit, &terms.eligible_limits),
        (Slot::Deductible, &terms.deductibles),
        (Slot::AboveLimit, &terms.above_limits),
        (Slot::PaymentDeductible, &terms.payment_deductibles),
        (Slot::PaymentLimit, &terms.payment_limits),
    ]
}

/// The cuts that concern the trial's charge, by what they are called.
pub(super) fn titled<'c>(trials: &Trials<'_>, slot: Slot, cuts: &'c [Cut], trial: &Trial) -> Vec<(String, &'c Cut)> {
    let class = trials.line_class(trial);
    let mut all: Vec<(String, &Cut)> = Vec::new();
    for cut in cuts.iter().filter(|cut| cut.lines >> class & 1 == 1) {
        let what = match slot {
            Slot::Deductible => "起付标准",
            Slot::PaymentDeductible => "从支付额里扣的起付",
            Slot::PaymentLimit => "支付限额",
            Slot::AboveLimit => "起付以上的费用限额",
            _ => "费用限额",
        };
        let counter = &trials.compiled.counters[usize::from(cut.counter)];
        let period = if cut.carries { "每月，当年内结转".to_owned() } else { period_words(counter.period) };
        let mut title = format!("{what}（{period}");
        title.push_str(if counter.by_institution { "，每家机构" } else { "" });
        title.push_str(if counter.counts.len() == 1 { "" } else { "，几项待遇合计" });
        title.push('）');
        let before = all.iter().filter(|(known, _)| known.starts_with(&title)).count();
        all.push((if before == 0 { title } else { format!("{title}之{}", before + 1) }, cut));
    }
    all
}

fn amount_words(trials: &Trials<'_>, amount: &Amount, carries: bool) -> String {
    match amount {
        Amount::None => NONE.to_owned(),
        Amount::Fixed(fen) if carries => format!("每月 {fen} 元"),
        Amount::Fixed(fen) => format!("{fen} 元"),
        Amount::Balance(_) => "个人账户余额".to_owned(),
        Amount::Frozen(_) => "本人登记的数额".to_owned(),
        Amount::Share { of, rate, .. } => {
            let fact = trials.fact_at(*of, false).map(|fact| trials.compiled.registry.facts[fact].name.as_str());
            format!("{} 的 {rate}", fact.unwrap_or_default())
        }
        Amount::Each(_) => "按病种合计".to_owned(),
    }
}

fn rate_words(trials: &Trials<'_>, benefit: &Benefit, terms: &Terms, trial: &Trial) -> Option<Says> {
    let class = trials.line_class(trial);
    let at = |segment: usize| segment * trials.rules.classes + class;
    let article = article(trials, *terms.rate_whys.get(at(0))?);
    let Some(axis) = &benefit.axis else {
        return Some(Says { words: terms.rates.get(at(0))?.to_string(), article });
    };
    let mut low = Fen::ZERO;
    let mut parts = Vec::new();
    for segment in 0..benefit.segments {
        let rate = terms.rates.get(at(segment))?;
        parts.push(match axis.up_to.get(segment) {
            Some(high) => format!("{low} 至 {high} 元 {rate}"),
            None => format!("{low} 元以上 {rate}"),
        });
        low = axis.up_to.get(segment).copied().unwrap_or(low);
    }
    let of = if axis.from_zero { "" } else { "起付以上的费用" };
    Some(Says { words: format!("{of}{}", parts.join("，")), article })
}

fn lines(trials: &Trials<'_>, trial: &Trial) -> Vec<(Key, Says)> {
    let class = trials.line_class(trial);
    let ordinals = trials.ordinals(trial);
    let terms = trials.line_terms(&ordinals);
    let article = terms.map(|terms| article(trials, terms.why)).unwrap_or_default();
    let says = |what: &str, words: String| {
        (Key { slot: Slot::Line, what: what.to_owned() }, Says { words, article: article.clone() })
    };
    let covered = terms.is_none_or(|terms| terms.not_covered >> class & 1 == 0);
    let ceiling = terms.and_then(|terms| terms.ceiling.get(class));
    let upfront = terms.and_then(|terms| terms.upfront.get(class));
    alloc::vec![
        says("是否支付", if covered { "按目录" } else { "不支付" }.to_owned()),
        says("限价", ceiling.map_or_else(|| NONE.to_owned(), |amount| amount_words(trials, amount, false))),
        says("本地另加的先行自付", upfront.map_or_else(|| "0%".to_owned(), ToString::to_string)),
    ]
}

fn article(trials: &Trials<'_>, why: WhyId) -> String {
    trials.rules.whys.get(why as usize).map(|why| why.article.to_string()).unwrap_or_default()
}

fn reasons(trials: &Trials<'_>, codes: &[ReasonId]) -> String {
    let text = |code: &ReasonId| trials.compiled.reasons.get(usize::from(*code)).map(|(_, text)| text.as_str());
    codes.iter().filter_map(text).collect::<Vec<_>>().join("；")
}
