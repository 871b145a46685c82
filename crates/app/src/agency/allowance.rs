//! What a member has borne and used this year (起付线、年度限额) by class of institution: read from the engine's own steps of a made-up
//! visit that exceeds every limit, so that no figure is known here.

use gongji_adjudication::{Rules, Standing, StepKind};
use gongji_domain::{Day, Fen};
use gongji_policy::case::{Charge, Decision, Detail, Encounter, Institution, Member, Settled};
use gongji_policy::{Area, words_of};
use serde::Serialize;

use gongji_domain::Rate;

/// The benefit that the reform brought (普通门诊统筹), as every package calls it.
const ORDINARY: &str = "ordinary_outpatient";
/// The classes of hospitals (医疗机构级别), as every package calls them.
const CLASSES: [&str; 3] = ["primary", "secondary", "tertiary"];
/// A visit that exceeds every limit.
const EXCEEDS: Fen = Fen::from_fen(9_999_999_999);

/// What holds at institutions of one class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Allowance {
    pub class: &'static str,
    pub class_name: String,
    /// 起付标准
    pub deductible: Option<Share>,
    /// 年度支付限额 of the fund.
    pub limit: Option<Share>,
    /// Why the fund pays nothing there, if so.
    pub not_covered: Option<String>,
}

/// A figure of which some is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Share {
    pub total: Fen,
    pub used: Fen,
    pub left: Fen,
    pub article: String,
}

/// What a member has borne and used on a day, by class.
pub(crate) fn allowances(area: &Area, member: &Member, standing: &Standing, day: Day) -> Vec<Allowance> {
    let Some(rules) = area.rules(day) else { return Vec::new() };
    let of = |class| {
        let visit = visit(class, day);
        let decided = area.decide(member, standing, &visit, false, Detail::Unnamed);
        let class_name = words_of("class", class).to_owned();
        let none = |why| Allowance {
            class,
            class_name: class_name.clone(),
            deductible: None,
            limit: None,
            not_covered: Some(why),
        };
        match decided {
            Ok(Decision::Settled(settled)) => of_settled(rules, class, class_name, &settled),
            Ok(Decision::Refused(refusal)) => none(refusal.message),
            Err(fault) => none(fault.message),
        }
    };
    CLASSES.into_iter().map(of).collect()
}

fn visit(class: &str, day: Day) -> Encounter {
    let charge = Charge { amount: EXCEEDS, covered: true, ceiling: None, upfront_rate: Rate::ZERO, facts: Vec::new() };
    Encounter {
        id: String::new(),
        date: day,
        time: Some(gongji_domain::Clock(0)),
        care_type: ORDINARY.to_owned(),
        place: Some("local".to_owned()),
        institution: Institution {
            id: None,
            class: Some(class.to_owned()),
            kind: Some("general".to_owned()),
            facts: Vec::new(),
        },
        prescriber: None,
        facts: Vec::new(),
        charges: vec![charge],
        prior_benefits: Vec::new(),
    }
}

fn of_settled(rules: &Rules, class: &'static str, class_name: String, settled: &Settled) -> Allowance {
    let ordinary = rules.chain.iter().position(|benefit| benefit.ordinary);
    let steps = settled.settlement.steps.iter();
    let own = steps.filter(|step| step.benefit.map(usize::from) == ordinary && ordinary.is_some());
    let (mut deductible, mut limit): (Option<Share>, Option<Share>) = (None, None);
    for step in own {
        let share = |total: Fen, used: Fen| Share {
            total,
            used,
            left: total.less(used),
            article: rules.whys[step.why as usize].article.to_string(),
        };
        match &step.kind {
            StepKind::Deductible { standard, used, .. } => deductible = Some(share(*standard, *used)),
            // Of several the tightest.
            StepKind::PaymentLimit { limit: total, used, .. } => {
                let this = share(*total, *used);
                limit = Some(limit.filter(|before| before.left <= this.left).unwrap_or(this));
            }
            _ => {}
        }
    }
    let not_covered = settled.not_covered.as_ref().map(|reason| reason.message.clone());
    Allowance { class, class_name, deductible, limit, not_covered }
}
