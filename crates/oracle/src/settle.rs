//! One encounter settled against a history (结算), and a settlement cancelled (撤销).

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::civil::Date;
use num_traits::Zero;
use toml::{Table, Value};

use crate::benefit::{Failure, Outcome, Share, Visit};
use crate::case::Encounter;
use crate::facts::{Facts, lies_in, region, texts};
use crate::history::{Addition, Entry, History, Measure, Moment, PaidPart};
use crate::lines::{Split, split};
use crate::package::Package;
use crate::payer::{Components, pay_from_accounts};
use crate::table::{Balances, Reading, with_derived};
use crate::values::{Exact, Preference, spread, sum, zero};

/// What came of an encounter.
#[derive(Clone, Debug)]
pub enum Decision {
    /// It was settled.
    Settled(Box<Settlement>),
    /// Insurance can't settle it: a code.
    Refused(String),
}

/// A settlement (结算单) with all its intermediate measures; amounts in fen.
#[derive(Clone, Debug)]
pub struct Settlement {
    /// Its number, by which it is cancelled.
    pub number: u64,
    /// The line split and the parcels.
    pub split: Split,
    /// What each benefit of the chain did, in order.
    pub benefits: Vec<Outcome>,
    /// Payments of funds by benefit, in the order of the chain; accounts are not among them.
    pub payments: Vec<(String, String, Exact)>,
    /// What the benefit `ordinary_outpatient` had borne.
    pub deductible: Exact,
    /// Why the ordinary benefit covers nothing.
    pub not_covered: Option<String>,
    /// Paid from `account.current`, in the chain and after it.
    pub from_current: Exact,
    /// Paid from `account.prior`.
    pub from_prior: Exact,
    /// The personal share's components after the chain.
    pub components: Components,
    /// The account's whole balance afterwards.
    pub balance: Exact,
}

impl Settlement {
    /// What all funds paid.
    pub fn funds(&self) -> Exact {
        sum(self.payments.iter().map(|(_, _, amount)| amount))
    }

    /// What the accounts paid.
    pub fn accounts(&self) -> Exact {
        &self.from_current + &self.from_prior
    }

    /// What is left to the person's pocket.
    pub fn cash(&self) -> Exact {
        &self.split.total - self.funds() - self.accounts()
    }
}

/// What an accumulation period had already used before the first encounter: benefit → measure →
/// amount (已用额).
pub type Used = BTreeMap<String, BTreeMap<String, Exact>>;

/// A member's state: history and account.
#[derive(Clone, Debug)]
pub struct Oracle {
    /// All that was added.
    pub history: History,
    /// The account now.
    pub balances: Balances,
    drawn: BTreeMap<u64, Balances>,
    settlements: u64,
}

impl Oracle {
    /// A member with nothing used yet and an account.
    pub fn new(current: Exact, prior: Exact) -> Self {
        Self {
            history: History::default(),
            balances: Balances { current, prior },
            drawn: BTreeMap::new(),
            settlements: 0,
        }
    }

    /// Notes what the period of an encounter had used before.
    ///
    /// It belongs to every counter of the benefit and the measure, in the period of the first
    /// encounter, at its institution; to no single visit.
    pub fn note_used(
        &mut self,
        package: &Package,
        encounter: &Encounter,
        used: &Used,
    ) -> Result<(), Failure> {
        let moment = self.moment(package, encounter, 0, None)?;
        for (benefit, measures) in used {
            let measure = |name: &str| measures.get(name).cloned().unwrap_or_else(zero);
            let borne = measure("borne");
            let parcel = Addition {
                facts: moment.facts.clone(),
                eligible: measure("eligible"),
                borne_of_payment: &borne + measure("deductible_off_payment"),
                borne,
                above: measure("above"),
                paid: vec![PaidPart {
                    fund: String::new(),
                    amount: measure("paid"),
                }],
            };
            let is_used = |measure: Measure| match measure {
                Measure::Eligible => !parcel.eligible.is_zero(),
                Measure::Borne => !parcel.borne.is_zero(),
                Measure::BorneOfPayment => !parcel.borne_of_payment.is_zero(),
                Measure::Above => !parcel.above.is_zero(),
                Measure::Paid => !parcel.paid[0].amount.is_zero(),
            };
            let account = package.is_account(benefit);
            let opened =
                History::openings_of_used(package, (benefit, account), is_used, &moment)?;
            self.history.entries.push(Entry {
                benefit: benefit.clone(),
                account,
                used: true,
                opened,
                numbers: BTreeMap::new(),
                parcels: vec![parcel],
                moment: moment.clone(),
            });
        }
        Ok(())
    }

    /// Cancels a settlement: exactly what it added is taken away, its account money comes back.
    pub fn cancel(&mut self, settlement: u64) {
        self.history.cancel(settlement);
        if let Some(drawn) = self.drawn.remove(&settlement) {
            self.balances.current += drawn.current;
            self.balances.prior += drawn.prior;
        }
    }

    fn ordinals(
        &self,
        package: &Package,
        moment: &Moment,
    ) -> Result<BTreeMap<String, i64>, String> {
        package
            .ordinals()
            .map(|(name, ordinal)| {
                let number = self.history.ordinal(name, ordinal, moment)?;
                Ok((name.clone(), number))
            })
            .collect()
    }

    fn moment(
        &self,
        package: &Package,
        encounter: &Encounter,
        settlement: u64,
        known_on: Option<Date>,
    ) -> Result<Moment, Failure> {
        let raw = encounter.facts(package)?;
        let mut moment = Moment {
            settlement,
            date: encounter.date,
            instant: encounter.instant(),
            institution: encounter.institution.clone(),
            facts: raw,
            year_start: package.year_start(encounter.date)?,
        };
        let ordinals = self.ordinals(package, &moment)?;
        let raw = moment.facts.clone();
        moment.facts = with_derived(&self.reading(package, &moment, known_on), &raw, &ordinals)?;
        Ok(moment)
    }

    fn reading<'a>(
        &'a self,
        package: &'a Package,
        moment: &'a Moment,
        known_on: Option<Date>,
    ) -> Reading<'a> {
        Reading {
            package,
            day: moment.date,
            known_on,
            facts: &moment.facts,
            balances: &self.balances,
            owner: None,
        }
    }

    /// Settles one encounter and keeps what it adds.
    pub fn settle(
        &mut self,
        package: &Package,
        encounter: &Encounter,
        known_on: Option<Date>,
    ) -> Result<Decision, Failure> {
        if !package.holds_on(encounter.date) {
            return Ok(Decision::Refused("no_policy_for_date".into()));
        }
        let number = self.settlements + 1;
        let before = self.clone();
        let decision = self.decide(package, encounter, number, known_on);
        match &decision {
            Ok(Decision::Settled(_)) => self.settlements = number,
            // A refusal or an error leaves no trace.
            Ok(Decision::Refused(_)) | Err(_) => *self = before,
        }
        decision
    }

    fn decide(
        &mut self,
        package: &Package,
        encounter: &Encounter,
        number: u64,
        known_on: Option<Date>,
    ) -> Result<Decision, Failure> {
        // 1. Facts, access.
        let moment = self.moment(package, encounter, number, known_on)?;
        let opening = self.balances.clone();
        if let Some(code) = refusal(&self.reading(package, &moment, known_on))? {
            return Ok(Decision::Refused(code));
        }
        // 2. Lines.
        let raw = encounter.facts(package)?;
        let ordinals = self.ordinals(package, &moment)?;
        let split = split(
            &self.reading(package, &moment, known_on),
            encounter,
            &raw,
            &ordinals,
        )?;

        let mut chain = Chain {
            package,
            encounter,
            split: &split,
            unclaimed: split.amounts(),
            outcomes: Vec::new(),
            kept: Vec::new(),
        };
        chain.check_priors()?;
        let named: Vec<&String> = encounter
            .priors
            .iter()
            .map(|prior| &prior.benefit)
            .filter(|benefit| !package.chain.contains(benefit))
            .collect();
        let order: Vec<String> = named.into_iter().chain(&package.chain).cloned().collect();
        for benefit in &order {
            if chain.has_prior(benefit) {
                let outcome = chain.prior(benefit);
                self.keep(package, &moment, &split, &outcome)?;
                chain.push(outcome);
                continue;
            }
            let Some(table) = package.benefit(benefit) else {
                continue;
            };
            if package.is_decided_elsewhere(benefit) {
                continue;
            }
            let visit = Visit {
                reading: self.reading(package, &moment, known_on),
                moment: &moment,
                parcels: &split.parcels,
                history: &self.history,
            };
            let outcome = chain.decide(&visit, benefit, table)?;
            self.keep(package, &moment, &split, &outcome)?;
            for (fund, amount) in &outcome.payments {
                if fund.starts_with("account.") {
                    *self.balances.of(fund)? -= amount;
                }
            }
            chain.push(outcome);
        }

        // 11. The personal share, by subtraction, and who pays it.
        let components = chain.components();
        let outcomes = chain.outcomes;
        let mut payments: Vec<(String, String, Exact)> = Vec::new();
        for outcome in &outcomes {
            for (fund, amount) in &outcome.payments {
                if !fund.starts_with("account.") && !amount.is_zero() {
                    payments.push((outcome.benefit.clone(), fund.clone(), amount.clone()));
                }
            }
        }
        pay_from_accounts(package, &components, &mut self.balances)?;
        let drawn = Balances {
            current: &opening.current - &self.balances.current,
            prior: &opening.prior - &self.balances.prior,
        };
        self.drawn.insert(number, drawn.clone());
        Ok(Decision::Settled(Box::new(Settlement {
            number,
            deductible: deductible(package, &outcomes),
            not_covered: not_covered(package, &outcomes),
            split,
            benefits: outcomes,
            payments,
            from_current: drawn.current,
            from_prior: drawn.prior,
            components,
            balance: &self.balances.current + &self.balances.prior,
        })))
    }

    /// Adds a benefit's measures to the history, so that the next one sees them.
    fn keep(
        &mut self,
        package: &Package,
        moment: &Moment,
        split: &Split,
        outcome: &Outcome,
    ) -> Result<(), Failure> {
        if !outcome.had_a_base() {
            return Ok(());
        }
        let account = package.is_account(&outcome.benefit);
        let counted = (outcome.benefit.as_str(), account);
        let opened = self.history.openings(package, counted, moment)?;
        let numbers = self.history.numbers(package, counted, moment)?;
        self.history.entries.push(Entry {
            moment: moment.clone(),
            benefit: outcome.benefit.clone(),
            account,
            used: false,
            opened,
            numbers,
            parcels: outcome.additions(&split.parcels),
        });
        Ok(())
    }
}

/// Access reasons and facts that cannot meet.
///
/// Doubt: the code for facts that cannot meet, and that it is a refusal: `impossible`.
fn refusal(reading: &Reading) -> Result<Option<String>, Failure> {
    for row in reading
        .package
        .root
        .get("impossible")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        if let Some(when) = row.get("when").and_then(Value::as_table)
            && lies_in(reading.facts, &region(&reading.package.declarations, when)?)
        {
            return Ok(Some("impossible".into()));
        }
    }
    match reading.package.root.get("access").and_then(Value::as_table) {
        Some(access) => Ok(reading.reasons(access)?.into_iter().next()),
        None => Ok(None),
    }
}

fn takes(benefit: &Table) -> Result<Vec<String>, String> {
    match benefit.get("takes") {
        Some(takes) => texts(takes),
        None => Ok(vec!["lines".into()]),
    }
}

/// Doubt: `act_pay_dedc` of a package without a benefit `ordinary_outpatient`. Chosen: the first
/// benefit of the chain that is not decided elsewhere.
fn deductible(package: &Package, outcomes: &[Outcome]) -> Exact {
    let ordinary = if package.benefit("ordinary_outpatient").is_some() {
        Some("ordinary_outpatient")
    } else {
        package
            .chain
            .iter()
            .map(String::as_str)
            .find(|name| !package.is_decided_elsewhere(name))
    };
    outcomes
        .iter()
        .find(|outcome| Some(outcome.benefit.as_str()) == ordinary && !outcome.prior)
        .map_or_else(zero, Outcome::all_borne)
}

fn not_covered(package: &Package, outcomes: &[Outcome]) -> Option<String> {
    if package.benefit("ordinary_outpatient").is_some() {
        outcomes
            .iter()
            .find(|outcome| outcome.benefit == "ordinary_outpatient")
            .and_then(|outcome| outcome.reasons.first().cloned())
    } else {
        outcomes
            .iter()
            .find_map(|outcome| outcome.reasons.first().cloned())
    }
}

/// The chain of one visit as it goes on.
struct Chain<'a> {
    package: &'a Package,
    encounter: &'a Encounter,
    split: &'a Split,
    /// What no benefit has claimed yet, by parcel.
    unclaimed: Vec<Exact>,
    outcomes: Vec<Outcome>,
    /// Of each outcome, borne, share and over that no later benefit has taken, by parcel.
    kept: Vec<Vec<[Exact; 3]>>,
}

impl Chain<'_> {
    /// Whether priors are there when they are needed, and within the eligible amount.
    fn check_priors(&self) -> Result<(), Failure> {
        let care = &self.encounter.care_type;
        let open = self.package.chain.iter().any(|benefit| {
            self.package.is_decided_elsewhere(benefit)
                && self.package.declarations["care_type"].is_under(care, benefit)
                && !self.has_prior(benefit)
        });
        if open {
            return Err(Failure::ParametersOpen);
        }
        let paid = sum(self.encounter.priors.iter().map(|prior| &prior.paid));
        if paid > self.split.eligible {
            return Err(Failure::PriorBenefitsExceed);
        }
        Ok(())
    }

    fn has_prior(&self, benefit: &str) -> bool {
        self.encounter
            .priors
            .iter()
            .any(|prior| prior.benefit == benefit)
    }

    /// A benefit decided elsewhere: it claims all lines, or what an earlier one left of them; the
    /// whole rest is its own part.
    fn prior(&mut self, benefit: &str) -> Outcome {
        let mut outcome = Outcome::nothing(benefit, self.split.parcels.len());
        outcome.prior = true;
        let base = match self.outcomes.iter().rposition(|earlier| earlier.prior) {
            None => std::mem::replace(&mut self.unclaimed, self.split.nothing()),
            // The earlier one's rest goes to this one alone.
            Some(earlier) => {
                let mut rest = Vec::new();
                for (parcel, share) in self.outcomes[earlier].parcels.iter_mut().enumerate() {
                    rest.push(std::mem::replace(&mut share.left, zero()));
                    share.share = zero();
                    self.kept[earlier][parcel] = [zero(), zero(), zero()];
                }
                rest
            }
        };
        let preferences: Vec<Preference> = base
            .iter()
            .enumerate()
            .map(|(parcel, amount)| Preference {
                base: Reverse(amount.clone()),
                rates: Vec::new(),
                fund: None,
                parcel,
                segment: 0,
            })
            .collect();
        let mut left = base.clone();
        for prior in &self.encounter.priors {
            if prior.benefit != benefit {
                continue;
            }
            for (parcel, part) in spread(&prior.paid, &left, &preferences)
                .into_iter()
                .enumerate()
            {
                left[parcel] -= &part;
                let share = &mut outcome.parcels[parcel];
                share.paid += &part;
                share.parts.push(PaidPart {
                    fund: prior.fund.clone(),
                    amount: part,
                });
            }
            match outcome
                .payments
                .iter_mut()
                .find(|(fund, _)| *fund == prior.fund)
            {
                Some((_, amount)) => *amount += &prior.paid,
                None => outcome
                    .payments
                    .push((prior.fund.clone(), prior.paid.clone())),
            }
        }
        for (parcel, share) in outcome.parcels.iter_mut().enumerate() {
            share.base = base[parcel].clone();
            share.eligible = base[parcel].clone();
            share.above = base[parcel].clone();
            share.payable = base[parcel].clone();
            share.left = left[parcel].clone();
            share.share = left[parcel].clone();
        }
        outcome
    }

    /// 3. to 10. for one benefit of the package.
    fn decide<'v>(
        &mut self,
        visit: &Visit<'v>,
        benefit: &str,
        table: &'v Table,
    ) -> Result<Outcome, Failure> {
        let parcels = self.split.parcels.len();
        let mut nothing = Outcome::nothing(benefit, parcels);
        if !visit.is_for(table)? {
            return Ok(nothing);
        }
        let mut covers = Vec::new();
        let mut reasons = visit.reasons(table, None)?;
        for parcel in 0..parcels {
            let why = visit.reasons(table, Some(parcel))?;
            covers.push(why.is_empty());
            if reasons.is_empty() {
                reasons = why;
            }
        }
        let covers_any = if parcels == 0 {
            reasons.is_empty()
        } else {
            covers.contains(&true)
        };
        if !covers_any {
            nothing.reasons = reasons;
            return Ok(nothing);
        }
        let mut base = self.split.nothing();
        for take in takes(table)? {
            for parcel in 0..parcels {
                if !covers[parcel] {
                    continue;
                }
                match take.split_once('.') {
                    None if take == "lines" => {
                        if visit.claims(table, parcel)? {
                            base[parcel] += std::mem::replace(&mut self.unclaimed[parcel], zero());
                        }
                    }
                    Some((source, measure)) => {
                        base[parcel] += self.take_flow(source, measure, parcel)?;
                    }
                    None => return Err(format!("takes = {take:?}").into()),
                }
            }
        }
        if base.iter().all(Zero::is_zero) {
            return Ok(nothing);
        }
        visit.decide(benefit, table, base)
    }

    /// What is still there of an earlier benefit's part: one yuan is taken once.
    fn take_flow(&mut self, source: &str, measure: &str, parcel: usize) -> Result<Exact, String> {
        let places: &[usize] = match measure {
            "borne" => &[0],
            "share" => &[1],
            "over" => &[2],
            "left" => &[0, 1, 2],
            other => return Err(format!("takes what is no residual: {other:?}")),
        };
        let earlier = self
            .outcomes
            .iter()
            .position(|outcome| outcome.benefit == source);
        let mut taken = zero();
        if let Some(earlier) = earlier {
            for &place in places {
                taken += std::mem::replace(&mut self.kept[earlier][parcel][place], zero());
            }
        }
        Ok(taken)
    }

    /// Keeps an outcome and what later benefits may take of it.
    fn push(&mut self, outcome: Outcome) {
        let left = |share: &Share| {
            let borne = &share.borne + &share.borne_of_payment;
            [borne, share.share.clone(), share.over.clone()]
        };
        self.kept.push(outcome.parcels.iter().map(left).collect());
        self.outcomes.push(outcome);
    }

    /// The personal share after the chain, by component.
    ///
    /// What a later benefit took of an earlier one's parts is its own borne, share or over now;
    /// eligible expense that no benefit claimed is over.
    fn components(&self) -> Components {
        let mut parts = [zero(), zero(), zero()];
        for parcel in self.kept.iter().flatten() {
            for (total, part) in parts.iter_mut().zip(parcel) {
                *total += part;
            }
        }
        let [borne, share, over] = parts;
        Components {
            borne,
            share,
            over: over + sum(&self.unclaimed),
            upfront: self.split.upfront.clone(),
            over_ceiling: self.split.over_ceiling.clone(),
            off_list: self.split.off_list.clone(),
        }
    }
}

/// The visit's facts as the oracle sees them, for tests and comparison.
pub fn visit_facts(package: &Package, encounter: &Encounter) -> Result<Facts, Failure> {
    let oracle = Oracle::new(zero(), zero());
    Ok(oracle.moment(package, encounter, 1, None)?.facts)
}
