//! The policies of areas as a [`Decider`]: wire facts into a case, a decision back into amounts.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use gongji_adjudication::{AccountPart, CounterId, Standing, Step, StepKind};
use gongji_domain::{Day, Fen};
use gongji_policy::account::{AccountFault, Crediting, Use, Using, Verdict};
use gongji_policy::case::{self, Decision, Detail, Settled};
use gongji_policy::{Area, AreaStatus, Folder, Library};
use sha2::{Digest as _, Sha256};

use super::decider::{Addition, At, Decided, Decider, Effects, NotCovered, Payment, Visit};
use super::errors::{Code, Fault};

/// Longest 结算过程信息 (C4000).
const PROCESS: usize = 4000;

/// The loaded packages, each with a version and names for its counters.
pub(crate) struct Policies {
    library: Library,
    areas: HashMap<String, Named>,
}

/// What the journal calls an area's rules and counters.
struct Named {
    version: String,
    counters: Vec<String>,
    /// Counters that another rule goes on from: the last day that counts, the name before that rule.
    ended: Vec<(CounterId, Day, String)>,
}

impl Policies {
    /// Loads package folders.
    ///
    /// # Errors
    /// The first fault of a package that cannot be used, in words.
    pub(crate) fn load(folders: &[Folder]) -> Result<Self, String> {
        let library = Library::load(folders);
        let error = |(_, fault): &&(String, gongji_policy::Fault)| fault.severity == gongji_policy::Severity::Error;
        if let Some((_, fault)) = library.faults().iter().find(error) {
            return Err(fault.line(library.files()));
        }
        let named = |area: &Area| {
            let counters = area.range_starts().find_map(|day| area.rules(day)).map(|rules| &rules.counters);
            let counters = counters.into_iter().flatten().map(|counter| counter.name.to_string()).collect();
            (
                area.code().to_owned(),
                Named { version: version(&library, area), counters, ended: area.ended_counters().collect() },
            )
        };
        let areas = library.areas().map(named).collect();
        Ok(Self { library, areas })
    }

    /// The packages themselves.
    pub(crate) const fn library(&self) -> &Library {
        &self.library
    }

    /// The areas that have a package.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Area> {
        self.library.areas()
    }

    /// The package of an area.
    pub(crate) fn area(&self, code: &str) -> Option<&Area> {
        self.library.area(code)
    }

    /// Which version of its package an area has; empty without one.
    pub(crate) fn version(&self, code: &str) -> &str {
        self.areas.get(code).map_or("", |named| named.version.as_str())
    }
}

/// Folder and content of the package that decides, the package that it extends included:
/// `500000-chongqing@1f2e3d4c5b6a`.
fn version(library: &Library, area: &Area) -> String {
    let mut digest = Sha256::new();
    for file in library.files_of(area).filter(|file| file.path.ends_with(".toml")) {
        digest.update((file.text.len() as u64).to_le_bytes());
        digest.update(file.text.as_bytes());
    }
    let digest: String = digest.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("{}@{digest}", area.folder)
}

impl Decider for Policies {
    fn decide(&self, standing: &Standing, visit: &Visit<'_>) -> Result<Decided, Fault> {
        let (Some(area), Some(named)) = (self.library.area(visit.area), self.areas.get(visit.area)) else {
            return Err(Fault::new(Code::NoPolicyForArea).given(visit.area));
        };
        let decided = area.decide(&member(visit), standing, &encounter(visit), visit.use_account, Detail::Unnamed);
        match decided {
            Ok(Decision::Settled(settled)) => {
                Ok(Decided { draft: area.status() == AreaStatus::Draft, ..told(settled, visit.day, area, named) })
            }
            Ok(Decision::Refused(refusal)) => {
                let fault = if refusal.code == Code::NoPolicyForDate.name() {
                    Fault::new(Code::NoPolicyForDate).given(visit.day).allowed(life(area))
                } else {
                    Fault::spelled(refusal.code, refusal.message)
                };
                Err(refusal.article.into_iter().fold(fault, Fault::article))
            }
            Err(fault) if fault.code == Code::ParametersOpen.name() => {
                Err(fault.article.into_iter().fold(Fault::new(Code::ParametersOpen), Fault::article))
            }
            // What this layer says is checked already, so the package wants more than the wire has.
            Err(fault) => Err(Fault::new(Code::CaseFault).given(format!("{} {}", fault.code, fault.message))),
        }
    }

    fn area(&self, code: &str) -> Option<&Area> {
        self.library.area(code)
    }

    fn policies(self: Arc<Self>) -> Option<Arc<Policies>> {
        Some(self)
    }

    fn edition(&self) -> String {
        let areas: BTreeMap<&String, &Named> = self.areas.iter().collect();
        let mut digest = Sha256::new();
        for (area, named) in areas {
            digest.update(format!("{area} {:?} {:?}\n", named.counters, named.ended));
        }
        digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn counter(&self, area: &str, name: &str) -> Option<CounterId> {
        let at = self.areas.get(area)?.counters.iter().position(|counter| counter == name)?;
        CounterId::try_from(at).ok()
    }

    fn ended(&self, area: &str, name: &str, day: Day) -> Vec<(&str, CounterId)> {
        let Some(named) = self.areas.get(area) else { return Vec::new() };
        let then = named.ended.iter().filter(|(_, last, before)| before == name && day <= *last);
        then.map(|(counter, _, _)| (named.counters[usize::from(*counter)].as_str(), *counter)).collect()
    }

    fn may_use(&self, area: &str, day: Day, using: &Using<'_>) -> Result<Use, AccountFault> {
        let none = AccountFault::NoRules { what: "个人账户使用", day };
        self.library.area(area).ok_or(none)?.may_use(day, using)
    }

    fn verdict(&self, area: &str, day: Day, using: &Using<'_>) -> Result<Verdict, AccountFault> {
        let none = AccountFault::NoRules { what: "个人账户使用", day };
        self.library.area(area).ok_or(none)?.verdict(day, using)
    }

    fn account_order(&self, area: &str, day: Day) -> Vec<AccountPart> {
        let rules = self.library.area(area).and_then(|area| area.rules(day));
        rules.map_or_else(Vec::new, |rules| rules.payers.accounts.to_vec())
    }

    fn has_account(&self, area: &str, day: Day, member: &Crediting<'_>) -> bool {
        let Some(area) = self.library.area(area) else { return false };
        match area.credit(day, Day::MAX, member) {
            Ok(credit) => credit.amount.is_some(),
            // A figure that is missing is missing of a credit that there is.
            Err(AccountFault::Missing { .. } | AccountFault::Unpublished { .. } | AccountFault::Open { .. }) => true,
            Err(_) => false,
        }
    }

    fn article_with(&self, area: &str, word: &str) -> Option<String> {
        let articles = self.library.area(area)?.articles();
        let article = articles.into_iter().find(|article| article.text.contains(word))?;
        Some(format!("{} {} {}", article.key, article.document, article.title))
    }
}

/// The days on which an area's package holds, in words.
fn life(area: &Area) -> String {
    match area.until() {
        Day::MAX => format!(" {} 起的日期", area.from()),
        until => format!(" {} 至 {until} 的日期", area.from()),
    }
}

fn member(visit: &Visit<'_>) -> case::Member {
    case::Member {
        status: visit.status.to_owned(),
        enrolment: Some(visit.enrolment.to_owned()),
        birth_date: Some(visit.birth),
        facts: Vec::new(),
    }
}

fn encounter(visit: &Visit<'_>) -> case::Encounter {
    let at = |at: &At<'_>| case::Institution {
        id: Some(at.id.to_owned()),
        class: Some(at.class.to_owned()),
        kind: Some(at.kind.to_owned()),
        facts: Vec::new(),
    };
    let charge = |charge: &super::decider::Charge| case::Charge {
        amount: charge.amount,
        covered: charge.covered,
        ceiling: charge.ceiling,
        upfront_rate: charge.upfront_rate,
        facts: Vec::new(),
    };
    case::Encounter {
        id: String::new(),
        date: visit.day,
        time: Some(visit.time),
        care_type: visit.care_type.to_owned(),
        place: Some(visit.place.to_owned()),
        institution: at(&visit.institution),
        prescriber: visit.prescriber.as_ref().map(at),
        facts: Vec::new(),
        charges: visit.charges.iter().map(charge).collect(),
        prior_benefits: Vec::new(),
    }
}

fn told(settled: Settled, day: Day, area: &Area, named: &Named) -> Decided {
    let Settled { settlement, payments, not_covered, .. } = settled;
    let steps = &settlement.steps;
    let steps_of = |benefit: u8| steps.iter().filter(move |step| step.benefit == Some(benefit));
    let mut in_order: Vec<u8> = settlement.payments.iter().map(|payment| payment.benefit).collect();
    in_order.sort_unstable();
    // The named payments are the same in the same order.
    let payments = in_order.into_iter().zip(payments).map(|(benefit, (name, fund, amount))| Payment {
        ledger: area.ledger(&name, fund).map(str::to_owned),
        benefit: name,
        fund,
        amount,
        limit_left: steps_of(benefit).filter_map(|step| left_of(&step.kind)).min(),
        process: process(steps, day, area, |step| step.benefit == Some(benefit)),
    });
    let addition = |addition: &gongji_adjudication::Addition| Addition {
        counter: named.counters[usize::from(addition.counter)].clone(),
        instance: addition.instance,
        by: addition.by,
        amount: addition.amount,
    };
    Decided {
        total: settlement.total,
        off_list: settlement.off_list,
        over_ceiling: settlement.over_ceiling,
        upfront: settlement.upfront,
        eligible: settlement.eligible,
        deductible_borne: settlement.deductible_borne,
        payments: payments.collect(),
        fund_total: settlement.fund_total,
        personal_share: settlement.personal_share,
        account_paid: settlement.account_paid,
        account_process: process(steps, day, area, |step| matches!(step.kind, StepKind::Account { .. })),
        cash: settlement.cash,
        not_covered: not_covered.map(|case::NotCovered { code, article, message }| NotCovered {
            code,
            article,
            message,
        }),
        effects: Effects {
            counters: settlement.additions.iter().map(addition).collect(),
            account: settlement.from_account,
        },
        policy: named.version.clone(),
        draft: false,
    }
}

/// What a limit on payments left before this settlement.
fn left_of(kind: &StepKind) -> Option<Fen> {
    match kind {
        StepKind::PaymentLimit { limit, used, .. } => Some(limit.less(*used)),
        _ => None,
    }
}

/// The steps that concern something, each a sentence with its article.
fn process(steps: &[Step], day: Day, area: &Area, concerns: impl Fn(&Step) -> bool) -> String {
    let mut whole = String::with_capacity(1024);
    let Some(rules) = area.rules(day) else { return whole };
    for step in steps.iter().filter(|step| concerns(step)) {
        if !whole.is_empty() {
            whole.push('；');
        }
        let article = area.say(rules, step, &mut whole);
        if !article.is_empty() {
            ["（", article, "）"].iter().for_each(|part| whole.push_str(part));
        }
    }
    // No character is longer than its bytes.
    if whole.len() <= PROCESS || whole.chars().count() <= PROCESS {
        return whole;
    }
    whole.chars().take(PROCESS - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::load;
    use gongji_policy::SourceFile;

    #[test]
    fn every_counter_has_its_own_name_and_every_area_a_version() {
        let policies = Policies::load(&load::shipped()).unwrap();
        for area in ["211200", "320700", "360100", "500000"] {
            let named = &policies.areas[area];
            for (at, name) in named.counters.iter().enumerate() {
                assert_eq!(policies.counter(area, name).map(usize::from), Some(at), "{area} {name}");
            }
            assert!(!named.counters.is_empty());
            assert!(named.version.starts_with(area) && named.version.contains('@'), "{}", named.version);
        }
        assert_eq!(policies.counter("500000", "no such counter"), None);
        assert_eq!(policies.counter("110000", "any"), None);
    }

    /// An overlay is only as good as what it lies on: a change of either is another version.
    #[test]
    fn the_version_of_an_overlay_covers_its_base() {
        let overlay = |text: &str| Folder {
            name: "overlay".to_owned(),
            files: vec![SourceFile { path: "overlay/package.toml".into(), text: text.into() }],
        };
        let text = "[package]\narea = \"500000\"\nextends = \"500000\"\n";
        let version_of = |base: fn(&str) -> String, over: &str| {
            let mut folders = load::shipped();
            for file in folders.iter_mut().flat_map(|folder| &mut folder.files) {
                if file.path.ends_with("500000-chongqing/outpatient.toml") {
                    file.text = base(&file.text).into();
                }
            }
            folders.push(overlay(over));
            Policies::load(&folders).unwrap().areas["500000"].version.clone()
        };
        let as_it_is = version_of(str::to_owned, text);
        assert!(as_it_is.starts_with("overlay@"), "{as_it_is}");
        assert_eq!(as_it_is, version_of(str::to_owned, text));
        assert_ne!(as_it_is, version_of(|base| format!("{base}# another edition\n"), text));
        assert_ne!(as_it_is, version_of(str::to_owned, &format!("{text}# another edition\n")));
    }
}
