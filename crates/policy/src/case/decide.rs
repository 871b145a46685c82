//! Deciding one encounter for a member: choose the rules of the day, bind, adjudicate, name.

use super::bind::{Bound, bind, parameters_open};
use super::sentences;
use super::{Case, CaseFault, Encounter, Member, MemberThen};
use crate::compile::CountedMeasure;
use crate::library::Area;
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use gongji_adjudication as engine;
use gongji_adjudication::{
    Addition, Charge, Lines, Outcome, Period, Rules, Settlement, Standing, adjudicate, explain, refusal,
};
use gongji_domain::{Day, Fen, FundCode, NationalField};

/// How much explanation is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// Amounts only.
    #[default]
    Amounts,
    /// The engine's steps alone; [`Area::say`] tells one in words.
    Unnamed,
    /// Each amount's rule, article and inputs.
    Steps,
    /// The same with a Chinese sentence.
    Sentences,
}

/// What deciding gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Settled, possibly with nothing from the ordinary benefit.
    Settled(Settled),
    /// Insurance cannot settle it; nothing changes.
    Refused(Refusal),
}

/// A settlement with its names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// The amounts and what they change.
    pub settlement: Settlement,
    /// Payments by benefit name, in the order of the chain.
    pub payments: Vec<(String, FundCode, Fen)>,
    /// Why the ordinary benefit pays nothing, if so.
    pub not_covered: Option<NotCovered>,
    /// The explanation, when asked for.
    pub steps: Vec<StepText>,
}

/// Why the pool does not cover a visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotCovered {
    /// Reason code.
    pub code: String,
    /// Article.
    pub article: String,
    /// In Chinese.
    pub message: String,
}

/// A business "no".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Reason code.
    pub code: String,
    /// Article; absent where no package exists.
    pub article: Option<String>,
    /// In Chinese.
    pub message: String,
}

/// One step of the explanation, with names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepText {
    /// Path of the rule in the package.
    pub rule: String,
    /// The article.
    pub article: String,
    /// Inputs by name.
    pub inputs: Vec<(&'static str, String)>,
    /// What it gave.
    pub result: String,
    /// In Chinese, for people.
    pub sentence: Option<String>,
}

impl Settled {
    /// The sum that a national field reports.
    pub fn national(&self, field: NationalField) -> Fen {
        self.payments.iter().filter(|(_, fund, _)| fund.field() == field).map(|(_, _, amount)| *amount).sum()
    }

    /// Applies the settlement to a standing.
    pub fn apply(&self, standing: &mut Standing) {
        standing.apply(&self.settlement);
    }
}

impl Area {
    /// Decides an encounter for a member. Faults name the field inside the encounter, or `member.…`.
    ///
    /// # Errors
    /// [`CaseFault`] for facts that the area does not know or needs, for benefits whose figures are
    /// open, and for prior payments that exceed the eligible amount.
    pub fn decide(
        &self,
        member: &Member,
        standing: &Standing,
        encounter: &Encounter,
        use_account: bool,
        detail: Detail,
    ) -> Result<Decision, CaseFault> {
        let Some(rules) = self.rules(encounter.date) else {
            if self.awaits_index(encounter.date) {
                let message = format!("{} 的规则要用的指数尚未公布，暂不能判定", encounter.date);
                let fault = CaseFault::new("parameters_open", "date", message);
                return Err(CaseFault { article: Some(self.effective_article()), ..fault });
            }
            return Ok(Decision::Refused(self.no_policy(encounter.date)));
        };
        let bound = bind(self, rules, member, encounter)?;
        let open = parameters_open(self, encounter, &bound.prior);
        if open.is_some() || !bound.prior.is_empty() {
            // A refusal comes before any question about what earlier benefits paid.
            if let Some(refusal) = self.engine(&bound, use_account, |engine| refusal(rules, standing, engine)) {
                return Ok(self.with_names(rules, Outcome::Refused(refusal), detail));
            }
            open.map_or(Ok(()), Err)?;
            self.prior_fits(rules, standing, &bound)?;
        }
        let outcome = self.engine(&bound, use_account, |engine| match detail {
            Detail::Amounts => adjudicate(rules, standing, engine),
            _ => explain(rules, standing, engine),
        });
        Ok(self.with_names(rules, outcome, detail))
    }

    fn no_policy(&self, day: Day) -> Refusal {
        let life = if self.until() == Day::MAX {
            format!("自 {} 起", self.from())
        } else {
            format!("自 {} 至 {}", self.from(), self.until())
        };
        let message = if self.from() <= day && day <= self.until() {
            format!("{} 在 {day} 的规定，按所问之日所知还没有公布", self.name())
        } else {
            format!("{} 没有 {day} 的政策：{life}施行", self.name())
        };
        Refusal { code: "no_policy_for_date".to_owned(), article: Some(self.effective_article()), message }
    }

    /// Prior payments are together at most the eligible amount.
    fn prior_fits(&self, rules: &Rules, standing: &Standing, bound: &Bound) -> Result<(), CaseFault> {
        let paid: Fen = bound.prior.iter().map(|prior| prior.paid).sum();
        if paid.is_zero() {
            return Ok(());
        }
        let without = Bound { prior: Vec::new(), ..bound.clone_parts() };
        let outcome = self.engine(&without, false, |engine| adjudicate(rules, standing, engine));
        if let Outcome::Settled(settlement) = outcome
            && paid > settlement.eligible
        {
            let message = format!("先前待遇共支付 {paid}，超过符合政策范围金额 {}", settlement.eligible);
            return Err(CaseFault::new("prior_benefits_exceed", "prior_benefits", message));
        }
        Ok(())
    }

    /// Shows a bound encounter to the engine.
    pub(super) fn engine<T>(
        &self,
        bound: &Bound,
        use_account: bool,
        ask: impl FnOnce(&engine::Encounter<'_>) -> T,
    ) -> T {
        let width = usize::from(self.compiled.registry.charge_places);
        let facts = |i: usize| &bound.charge_facts[i * width..(i + 1) * width];
        let charges: Vec<Charge<'_>> =
            bound.charges.iter().enumerate().map(|(i, charge)| charge.with(facts(i))).collect();
        ask(&engine::Encounter {
            day: bound.day,
            clock: bound.clock,
            facts: &bound.facts,
            institution: bound.institution,
            lines: Lines::Charges(&charges),
            prior: &bound.prior,
            frozen: &[],
            insured_since: None,
            use_account,
        })
    }

    fn with_names(&self, rules: &Rules, outcome: Outcome, detail: Detail) -> Decision {
        let settlement = match outcome {
            Outcome::Settled(settlement) => settlement,
            Outcome::Refused(refusal) => {
                let code = rules.reasons[usize::from(refusal.reasons[0])].to_string();
                let message = self.reason_text(&code).to_owned();
                return Decision::Refused(Refusal { code, article: Some(self.effective_article()), message });
            }
        };
        let payments = {
            let mut payments = settlement.payments.clone();
            payments.sort_by_key(|payment| payment.benefit);
            let name = |benefit: u8| rules.chain[usize::from(benefit)].name.to_string();
            payments.into_iter().map(|payment| (name(payment.benefit), payment.fund, payment.amount)).collect()
        };
        let not_covered = settlement.not_covered.first().map(|(reason, why)| {
            let code = rules.reasons[usize::from(*reason)].to_string();
            let message = self.reason_text(&code).to_owned();
            NotCovered { code, article: rules.whys[*why as usize].article.to_string(), message }
        });
        let steps = match detail {
            Detail::Amounts | Detail::Unnamed => Vec::new(),
            _ => sentences::steps(self, rules, &settlement.steps, detail == Detail::Sentences),
        };
        Decision::Settled(Settled { settlement, payments, not_covered, steps })
    }
}

impl Area {
    /// Writes at the end of a text what a step of a settlement by these rules did, in Chinese; its article.
    pub fn say<'r>(&self, rules: &'r Rules, step: &engine::Step, text: &mut String) -> &'r str {
        sentences::say(self, rules, step, text);
        &rules.whys[step.why as usize].article
    }

    /// The standing with which a case begins: its balance, and what was used before.
    ///
    /// # Errors
    /// [`CaseFault`] for a benefit or measure that the area does not count.
    pub fn opening(&self, case: &Case) -> Result<Standing, CaseFault> {
        opening(case, self)
    }
}

impl Member {
    /// The member as he or she is at one encounter.
    #[must_use]
    pub fn at(&self, then: &MemberThen) -> Self {
        let mut member = self.clone();
        if let Some(status) = &then.status {
            member.status.clone_from(status);
        }
        if then.enrolment.is_some() {
            member.enrolment.clone_from(&then.enrolment);
        }
        for (name, value) in &then.facts {
            match member.facts.iter_mut().find(|(known, _)| known == name) {
                Some(known) => known.1 = value.clone(),
                None => member.facts.push((name.clone(), value.clone())),
            }
        }
        member
    }
}

/// The standing with which a case begins: its balance, and what was used before.
fn opening(case: &Case, area: &Area) -> Result<Standing, CaseFault> {
    let current = case.account_balance - case.account_prior_years;
    let mut standing = Standing::with_account(current, case.account_prior_years);
    let Some((first, _)) = case.encounters.first() else { return Ok(standing) };
    // Periods and counters are the same on all days, so any day's rules tell them.
    let Some(rules) = area.range_starts().find_map(|day| area.rules(day)) else { return Ok(standing) };
    for used in &case.used {
        let mut counted = false;
        for (id, key) in area.compiled.counters.iter().enumerate() {
            if !area.compiled.counts(key, &used.benefit) || !measures(key.measure, &used.measure) {
                continue;
            }
            counted = true;
            if key.counts_on(first.date) && key.period != Period::Visit && !used.amount.is_zero() {
                enter(rules, id, first, used.amount, &mut standing);
            }
        }
        let benefit = area.compiled.benefit(&used.benefit).is_some();
        if !(counted || benefit && known_measure(&used.measure)) {
            let names = crate::fault::listed(&area.compiled.counter_names);
            let message = format!("没有这项累计；本统筹区累计：{names}");
            let code = if benefit { "unknown_field" } else { "invalid_value" };
            return Err(CaseFault::new(code, format!("member.used.{}.{}", used.benefit, used.measure), message));
        }
    }
    Ok(standing)
}

/// Enters what was used before into the period of the first encounter, which is thereby open.
fn enter(rules: &Rules, counter: usize, first: &Encounter, amount: Fen, standing: &mut Standing) {
    let entry = addition(rules, counter, first, amount);
    standing.add(entry);
    let opener = rules.counters[counter].opener;
    if opener != counter as u16 {
        standing.add(Addition { counter: opener, amount: Fen::from_fen(1), ..entry });
    }
}

/// An amount of a counter in the period of an encounter.
pub(super) fn addition(rules: &Rules, counter: usize, encounter: &Encounter, amount: Fen) -> Addition {
    let definition = &rules.counters[counter];
    let by = match &encounter.institution.id {
        Some(id) if definition.by_institution => super::bind::number_of(id),
        _ => 0,
    };
    let instance = definition.period.instance(&rules.years, encounter.date, encounter.time.unwrap_or_default());
    Addition { counter: counter as u16, instance, by, amount }
}

fn measures(measure: CountedMeasure, name: &str) -> bool {
    let own = crate::counters::measure_name(measure);
    own == name
        || matches!(
            (measure, name),
            (CountedMeasure::Borne, "borne")
                | (CountedMeasure::BorneOfPayment, "deductible_borne" | "borne")
                | (CountedMeasure::Paid, "paid")
        )
}

/// Measures that every benefit has, whether or not a rule of the area counts them.
fn known_measure(name: &str) -> bool {
    matches!(name, "deductible_borne" | "fund_paid" | "eligible" | "above" | "borne" | "paid")
}
