//! The pipeline of one benefit (待遇) in one visit: limits, deductibles, segments, rates, payment.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use num_traits::{Signed, Zero};
use toml::{Table, Value};

use crate::facts::{Fact, Region, lies_in, region_inside};
use crate::history::{Addition, Counter, History, Measure, Moment, PaidPart, cut_tables};
use crate::lines::Parcel;
use crate::package::{Package, months_begun, toml_date};
use crate::table::{Amount, Fault, Reading, pattern_region};
use crate::values::{Exact, Preference, half_up, money, smaller, spread, sum, whole, zero};

/// Why a visit can't be decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// A figure is left open and the payment did not come with the case.
    ParametersOpen,
    /// Prior benefits paid more than was eligible.
    PriorBenefitsExceed,
    /// The package has no answer, or can't be read.
    Package(Fault),
}

impl<F: Into<Fault>> From<F> for Failure {
    fn from(fault: F) -> Self {
        Self::Package(fault.into())
    }
}

/// What one benefit did with one parcel; all amounts in fen.
#[derive(Clone, Debug, Default)]
pub struct Share {
    /// What came to it: claimed or taken from an earlier benefit.
    pub base: Exact,
    /// Admitted under limits on expense (`eligible`).
    pub eligible: Exact,
    /// Borne under deductibles on the expense.
    pub borne: Exact,
    /// Taken off the payment by deductibles on the payment.
    pub borne_of_payment: Exact,
    /// Admitted less borne before the rate.
    pub above: Exact,
    /// What limits on `above` let through: the rate's base.
    pub payable: Exact,
    /// Paid by all funds of the benefit.
    pub paid: Exact,
    /// The own part of the rate.
    pub share: Exact,
    /// Expense that no limit let through.
    pub over: Exact,
    /// What it left: borne, share and over.
    pub left: Exact,
    /// The payments, by fund.
    pub parts: Vec<PaidPart>,
}

/// What one benefit did in one visit.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The benefit.
    pub benefit: String,
    /// Why it covers nothing, in the order of the reason register.
    pub reasons: Vec<String>,
    /// Whether it was decided elsewhere.
    pub prior: bool,
    /// Parcel by parcel.
    pub parcels: Vec<Share>,
    /// Its payments by fund, the benefit's own first.
    pub payments: Vec<(String, Exact)>,
}

impl Outcome {
    /// A benefit that did nothing.
    pub fn nothing(benefit: &str, parcels: usize) -> Self {
        Self {
            benefit: benefit.into(),
            reasons: Vec::new(),
            prior: false,
            parcels: vec![Share::default(); parcels],
            payments: Vec::new(),
        }
    }

    /// Everything borne under deductibles.
    pub fn all_borne(&self) -> Exact {
        self.total(|share| &share.borne) + self.total(|share| &share.borne_of_payment)
    }

    /// A measure over all parcels.
    pub fn total(&self, of: impl Fn(&Share) -> &Exact) -> Exact {
        sum(self.parcels.iter().map(of))
    }

    /// Whether anything came to it.
    pub fn had_a_base(&self) -> bool {
        self.parcels.iter().any(|share| share.base.is_positive())
    }

    /// What it adds to the history.
    pub fn additions(&self, parcels: &[Parcel]) -> Vec<Addition> {
        self.parcels
            .iter()
            .zip(parcels)
            .filter(|(share, _)| share.base.is_positive())
            .map(|(share, parcel)| Addition {
                facts: parcel.facts.clone(),
                eligible: share.eligible.clone(),
                borne: share.borne.clone(),
                borne_of_payment: share.borne_of_payment.clone(),
                above: share.payable.clone(),
                paid: share.parts.clone(),
            })
            .collect()
    }
}

/// A visit as its benefits see it.
pub struct Visit<'a> {
    /// How tables are read.
    pub reading: Reading<'a>,
    /// Its moment.
    pub moment: &'a Moment,
    /// Its parcels.
    pub parcels: &'a [Parcel],
    /// What was settled before, earlier benefits of this visit included.
    pub history: &'a History,
}

/// A deductible or limit that applies here.
struct Cut {
    stage: String,
    counter: Counter,
    remaining: Exact,
    scope: Vec<usize>,
    /// Cuts of one group share their scope of parcels.
    group: usize,
    depth: usize,
    width: usize,
    beyond: Option<String>,
}

/// A payment to one parcel from one fund.
#[derive(Clone, Debug)]
struct Payment {
    parcel: usize,
    fund: String,
    amount: Exact,
}

impl<'a> Visit<'a> {
    fn package(&self) -> &'a Package {
        self.reading.package
    }

    /// Whether a part of a package is in force on the day.
    fn in_force(&self, table: &Table) -> Result<bool, String> {
        let from = table.get("from").map(toml_date).transpose()?;
        let until = table.get("until").map(toml_date).transpose()?;
        let day = self.reading.day;
        Ok(from.is_none_or(|from| from <= day) && until.is_none_or(|until| day <= until))
    }

    /// Whether the benefit is for this visit at all.
    pub fn is_for(&self, benefit: &Table) -> Result<bool, Failure> {
        let matches = pattern_region(self.package(), benefit, "for")?
            .is_none_or(|region| lies_in(self.reading.facts, &region));
        Ok(matches && self.in_force(benefit)?)
    }

    /// Why the benefit covers nothing of a parcel, or of the visit when no parcel is meant.
    ///
    /// Doubt: `covered` may read charge facts. Chosen: it is then asked parcel by parcel, and the
    /// benefit covers the visit when it covers any parcel.
    pub fn reasons(&self, benefit: &Table, parcel: Option<usize>) -> Result<Vec<String>, Failure> {
        let Some(covered) = benefit.get("covered").and_then(Value::as_table) else {
            return Ok(Vec::new());
        };
        let facts = match parcel {
            Some(parcel) => &self.parcels[parcel].facts,
            None => self.reading.facts,
        };
        Ok(self.reading_of(benefit).with(facts).reasons(covered)?)
    }

    /// Whether the benefit claims a parcel's charges.
    pub fn claims(&self, benefit: &Table, parcel: usize) -> Result<bool, Failure> {
        Ok(pattern_region(self.package(), benefit, "claims")?
            .is_none_or(|claims| lies_in(&self.parcels[parcel].facts, &claims)))
    }

    fn reading_of(&self, benefit: &'a Table) -> Reading<'a> {
        Reading {
            owner: Some(benefit),
            ..self.reading.clone()
        }
    }

    /// Decides what the benefit pays of its base.
    pub fn decide(
        &self,
        name: &str,
        benefit: &'a Table,
        base: Vec<Exact>,
    ) -> Result<Outcome, Failure> {
        let reading = self.reading_of(benefit);
        let names = segment_names(benefit)?;
        let rates = self.rates(&reading, benefit, &base, &names)?;
        let by_parcel: Vec<Preference> = (0..base.len())
            .map(|parcel| Preference {
                base: Reverse(base[parcel].clone()),
                rates: rates[parcel].iter().cloned().map(Reverse).collect(),
                fund: None,
                parcel,
                segment: 0,
            })
            .collect();
        let deductibles = self.cuts(&reading, name, benefit, "deductible")?;
        let limits = self.cuts(&reading, name, benefit, "limit")?;

        // 4. Limits on the expense.
        let mut eligible = base.clone();
        cap(&mut eligible, &limits, "eligible", &by_parcel);
        // 5. Deductibles on the expense, all at once.
        let borne = borne_of(&eligible, &deductibles, "eligible", &by_parcel);
        // 6. Limits above the deductible.
        let above: Vec<Exact> = eligible
            .iter()
            .zip(&borne)
            .map(|(eligible, borne)| eligible - borne)
            .collect();
        let mut payable = above.clone();
        cap(&mut payable, &limits, "above", &by_parcel);
        // 7. Segments.
        let lengths = self.segments(&reading, name, benefit, &payable, &sum(&borne))?;
        let in_segments = parts_in_segments(&payable, &lengths, &by_parcel);
        // 8. Rates.
        let gross = payments(&in_segments, &rates, &by_parcel);
        // 9. Deductibles on the payment, then limits on the payment.
        let borne_of_payment = borne_of(&gross, &deductibles, "payment", &by_parcel);
        let net: Vec<Exact> = gross
            .iter()
            .zip(&borne_of_payment)
            .map(|(gross, borne)| gross - borne)
            .collect();
        let own = benefit
            .get("fund")
            .and_then(Value::as_str)
            .ok_or("a benefit without a fund")?;
        let mut payments: Vec<Payment> = (0..base.len())
            .map(|parcel| Payment {
                parcel,
                fund: own.into(),
                amount: net[parcel].clone(),
            })
            .collect();
        let mut payment_limits: Vec<&Cut> =
            limits.iter().filter(|cut| cut.stage == "payment").collect();
        payment_limits.sort_by_key(|cut| (Reverse(cut.depth), cut.width));
        for limit in payment_limits {
            limit_payment(limit, own, &mut payments, &by_parcel);
        }
        self.limit_to_account(own, &mut payments, &by_parcel)?;

        let mut outcome = Outcome::nothing(name, base.len());
        for parcel in 0..base.len() {
            let parts: Vec<PaidPart> = payments
                .iter()
                .filter(|payment| payment.parcel == parcel && !payment.amount.is_zero())
                .map(|payment| PaidPart {
                    fund: payment.fund.clone(),
                    amount: payment.amount.clone(),
                })
                .collect();
            let paid = sum(parts.iter().map(|part| &part.amount));
            // R4: the deductible off the payment is borne, so it is no expense behind the cut.
            let under_rate = &payable[parcel] - &borne_of_payment[parcel];
            let cut = &net[parcel] - &paid;
            let over_payment = if cut.is_zero() {
                zero()
            } else {
                half_up(&(&under_rate * cut / &net[parcel]))
            };
            outcome.parcels[parcel] = Share {
                borne: borne[parcel].clone(),
                borne_of_payment: borne_of_payment[parcel].clone(),
                over: (&base[parcel] - &eligible[parcel])
                    + (&above[parcel] - &payable[parcel])
                    + &over_payment,
                share: under_rate - over_payment - &paid,
                left: &base[parcel] - &paid,
                base: base[parcel].clone(),
                eligible: eligible[parcel].clone(),
                above: above[parcel].clone(),
                payable: payable[parcel].clone(),
                paid,
                parts,
            };
        }
        // Its own fund first, then the others by their codes.
        payments.sort_by_key(|payment| (payment.fund != own, payment.fund.clone()));
        for payment in &payments {
            match outcome
                .payments
                .iter_mut()
                .find(|(fund, _)| *fund == payment.fund)
            {
                Some((_, amount)) => *amount += &payment.amount,
                None => outcome
                    .payments
                    .push((payment.fund.clone(), payment.amount.clone())),
            }
        }
        outcome.payments.retain(|(_, amount)| !amount.is_zero());
        Ok(outcome)
    }

    /// The rate of every parcel in every segment; nothing for a parcel without a base.
    ///
    /// Doubt: a rate left open needs the payment from elsewhere. Chosen: where a benefit with such
    /// a rate has a base, the case is in error, `parameters_open`.
    fn rates(
        &self,
        reading: &Reading,
        benefit: &Table,
        base: &[Exact],
        names: &[String],
    ) -> Result<Vec<Vec<Exact>>, Failure> {
        let mut rates = vec![vec![zero(); names.len().max(1)]; base.len()];
        let Some(table) = benefit.get("rate") else {
            return Ok(rates);
        };
        for (parcel, base) in base.iter().enumerate() {
            if !base.is_positive() {
                continue;
            }
            for (segment, rate) in rates[parcel].iter_mut().enumerate() {
                let mut facts = self.parcels[parcel].facts.clone();
                if let Some(name) = names.get(segment) {
                    facts.insert("segment".into(), Fact::Choice(name.clone()));
                }
                *rate = match reading.with(&facts).amount_of(table)? {
                    Amount::Figure(figure) => figure,
                    Amount::None => zero(),
                    Amount::Open => return Err(Failure::ParametersOpen),
                };
            }
        }
        Ok(rates)
    }

    /// The deductibles or limits that apply to this visit, with what remains of them.
    ///
    /// The amount of one reads the facts of the visit, charge facts only through `lines`; a table
    /// whose own `from` or `until` leaves out the day is not there. The allowance of `carry = "year"` counts calendar
    /// months from the benefit year's start or the package's first day, whichever is later.
    fn cuts(
        &self,
        reading: &Reading,
        name: &str,
        benefit: &Table,
        part: &str,
    ) -> Result<Vec<Cut>, Failure> {
        let package = self.package();
        let mut cuts = Vec::new();
        let mut scopes: Vec<Region> = Vec::new();
        for (table, measure) in cut_tables(benefit, part)? {
            let counter = Counter::read(package, name, table, measure, "year")?;
            let for_this = counter
                .visits
                .as_ref()
                .is_none_or(|visits| lies_in(self.reading.facts, visits));
            if !for_this || !self.in_force(table)? {
                continue;
            }
            let Some(mut amount) = reading.amount(table)?.figure() else {
                continue;
            };
            let text = |key: &str| table.get(key).and_then(Value::as_str);
            if text("per") == Some("month") && text("carry") == Some("year") {
                let from = self.moment.year_start.max(package.from);
                amount *= whole(months_begun(from, self.moment.date).max(1));
            }
            let beyond = match table.get("beyond").and_then(Value::as_table) {
                Some(beyond) => pattern_region(package, beyond, "when")?
                    .is_none_or(|when| lies_in(self.reading.facts, &when))
                    .then(|| beyond.get("fund").and_then(Value::as_str).map(String::from))
                    .flatten(),
                None => None,
            };
            let stage = text("on").unwrap_or(if part == "limit" {
                "payment"
            } else {
                "eligible"
            });
            if table.contains_key("beyond") && stage != "payment" {
                return Err("only a limit on the payment can move the cut beyond".into());
            }
            let lines = counter.lines.clone().unwrap_or_default();
            scopes.push(lines.clone());
            let scope = (0..self.parcels.len())
                .filter(|&parcel| lies_in(&self.parcels[parcel].facts, &lines))
                .collect();
            let used = self.history.standing(&counter, self.moment);
            cuts.push(Cut {
                stage: stage.into(),
                remaining: (&amount - used).max(zero()),
                scope,
                depth: 0,
                group: 0,
                width: counter.counts.as_ref().map_or(usize::MAX, Vec::len),
                beyond,
                counter,
            });
        }
        // A scope is as deep as there are scopes that strictly contain it.
        let inside =
            |one: &Region, other: &Region| region_inside(&package.declarations, one, other);
        let mut distinct: Vec<&Region> = Vec::new();
        for scope in &scopes {
            if !distinct
                .iter()
                .any(|known| inside(known, scope) && inside(scope, known))
            {
                distinct.push(scope);
            }
        }
        for cut in &mut cuts {
            let own = cut.counter.lines.clone().unwrap_or_default();
            let containing = distinct
                .iter()
                .filter(|other| inside(&own, other) && !inside(other, &own))
                .count();
            cut.depth = containing;
            cut.group = distinct
                .iter()
                .position(|other| inside(&own, other) && inside(other, &own))
                .unwrap_or_default();
        }
        Ok(cuts)
    }

    /// The length of each segment that the visit covers on the axis.
    fn segments(
        &self,
        reading: &Reading,
        name: &str,
        benefit: &Table,
        payable: &[Exact],
        borne: &Exact,
    ) -> Result<Vec<Exact>, Failure> {
        let length = sum(payable);
        let tables = cut_tables(benefit, "segments")?;
        let Some((table, measure)) = tables.first() else {
            return Ok(vec![length]);
        };
        let counter = Counter::read(self.package(), name, table, *measure, "year")?;
        let mut start = self.history.standing(&counter, self.moment);
        if *measure == Measure::Eligible {
            start += borne;
        }
        let end = &start + length;
        let mut lengths = Vec::new();
        let mut low = zero();
        let up_to = table
            .get("up_to")
            .and_then(Value::as_array)
            .ok_or("segments without up_to")?;
        for high in up_to {
            let high = match high {
                Value::String(text) if text != "open" && text != "none" => money(text)?,
                form => reading
                    .amount_of(form)?
                    .figure()
                    .ok_or("a segment without an end")?,
            };
            let from = start.clone().max(low.clone());
            let to = smaller(&end, &high);
            lengths.push((to - from).max(zero()));
            low = high;
        }
        let from = start.max(low);
        lengths.push((end - from).max(zero()));
        Ok(lengths)
    }

    /// Doubt: an account benefit without a limit `{ balance }`. Chosen: an account never pays more
    /// than it holds.
    fn limit_to_account(
        &self,
        own: &str,
        payments: &mut [Payment],
        by_parcel: &[Preference],
    ) -> Result<(), Failure> {
        if own.starts_with("account.") {
            let balance = self.reading.balances.clone().of(own)?.clone();
            let members: Vec<usize> = (0..payments.len())
                .filter(|&payment| payments[payment].fund == own)
                .collect();
            cap_payments(&balance, &members, own, payments, by_parcel);
        }
        Ok(())
    }
}

/// What the deductibles of a stage take off amounts, those of one scope all at once.
fn borne_of(
    amounts: &[Exact],
    deductibles: &[Cut],
    stage: &str,
    by_parcel: &[Preference],
) -> Vec<Exact> {
    let mut borne = vec![zero(); amounts.len()];
    for group in groups(deductibles, stage) {
        let scope = &group[0].scope;
        let standing = sum(scope.iter().map(|&parcel| &amounts[parcel]));
        let taken = smaller(&standing, &least(&group));
        for (parcel, part) in spread_in(&taken, amounts, scope, by_parcel) {
            borne[parcel] += part;
        }
    }
    borne
}

/// R2: amounts of equal rate are added up, multiplied and rounded once, and the payment is spread
/// back over the parcels and segments it was made of. Gives each parcel's payment.
fn payments(
    in_segments: &[Vec<Exact>],
    rates: &[Vec<Exact>],
    by_parcel: &[Preference],
) -> Vec<Exact> {
    let mut members: BTreeMap<Exact, Vec<(Exact, Preference)>> = BTreeMap::new();
    for (parcel, segments) in in_segments.iter().enumerate() {
        for (segment, amount) in segments.iter().enumerate() {
            let preference = Preference {
                segment,
                ..by_parcel[parcel].clone()
            };
            let rate = rates[parcel][segment].clone();
            members
                .entry(rate)
                .or_default()
                .push((amount.clone(), preference));
        }
    }
    let mut paid = vec![zero(); in_segments.len()];
    for (rate, members) in members {
        let (amounts, preferences): (Vec<Exact>, Vec<Preference>) = members.into_iter().unzip();
        let payment = half_up(&(sum(&amounts) * rate));
        for (preference, part) in preferences
            .iter()
            .zip(spread(&payment, &amounts, &preferences))
        {
            paid[preference.parcel] += part;
        }
    }
    paid
}

/// One limit on the payment: what it counts is cut to what remains; the cut moves beyond, or is
/// the member's.
fn limit_payment(
    limit: &Cut,
    own: &str,
    payments: &mut Vec<Payment>,
    by_parcel: &[Preference],
) {
    let counted: Vec<usize> = (0..payments.len())
        .filter(|&payment| {
            limit.scope.contains(&payments[payment].parcel)
                && limit.counter.counts_fund(&payments[payment].fund)
        })
        .collect();
    for (parcel, cut) in cap_payments(&limit.remaining, &counted, own, payments, by_parcel) {
        let Some(fund) = &limit.beyond else {
            continue;
        };
        match payments
            .iter_mut()
            .find(|payment| payment.parcel == parcel && payment.fund == *fund)
        {
            Some(payment) => payment.amount += cut,
            None => payments.push(Payment {
                parcel,
                fund: fund.clone(),
                amount: cut,
            }),
        }
    }
}

/// Cuts payments to so much in all, in proportion to them; gives what was cut, by parcel.
fn cap_payments(
    most: &Exact,
    members: &[usize],
    own: &str,
    payments: &mut [Payment],
    by_parcel: &[Preference],
) -> Vec<(usize, Exact)> {
    let amounts: Vec<Exact> = members
        .iter()
        .map(|&payment| payments[payment].amount.clone())
        .collect();
    if sum(&amounts) <= *most {
        return Vec::new();
    }
    let preferences: Vec<Preference> = members
        .iter()
        .map(|&payment| {
            let Payment { parcel, fund, .. } = &payments[payment];
            Preference {
                fund: (fund != own).then(|| fund.clone()),
                ..by_parcel[*parcel].clone()
            }
        })
        .collect();
    let parts = spread(most, &amounts, &preferences);
    let mut cut = Vec::new();
    for ((&payment, before), part) in members.iter().zip(amounts).zip(parts) {
        cut.push((payments[payment].parcel, before - &part));
        payments[payment].amount = part;
    }
    cut
}

fn segment_names(benefit: &Table) -> Result<Vec<String>, String> {
    match benefit.get("segments").and_then(|table| table.get("names")) {
        Some(names) => crate::facts::texts(names),
        None => Ok(Vec::new()),
    }
}

/// Cuts of one stage, grouped by scope, inner scopes first.
fn groups<'c>(cuts: &'c [Cut], stage: &str) -> Vec<Vec<&'c Cut>> {
    let mut groups: BTreeMap<(Reverse<usize>, usize), Vec<&Cut>> = BTreeMap::new();
    for cut in cuts.iter().filter(|cut| cut.stage == stage) {
        groups
            .entry((Reverse(cut.depth), cut.group))
            .or_default()
            .push(cut);
    }
    groups.into_values().collect()
}

/// The least remaining amount of a group.
fn least(group: &[&Cut]) -> Exact {
    group
        .iter()
        .map(|cut| cut.remaining.clone())
        .min()
        .unwrap_or_else(zero)
}

/// Caps amounts by the limits of a stage: the least remaining of each scope, inner scopes first.
fn cap(amounts: &mut [Exact], limits: &[Cut], stage: &str, preferences: &[Preference]) {
    for group in groups(limits, stage) {
        let scope = &group[0].scope;
        let standing = sum(scope.iter().map(|&parcel| &amounts[parcel]));
        let remaining = least(&group);
        if standing > remaining {
            for (parcel, part) in spread_in(&remaining, amounts, scope, preferences) {
                amounts[parcel] = part;
            }
        }
    }
}

/// Spreads a sum over the parcels of a scope by their amounts.
fn spread_in(
    total: &Exact,
    amounts: &[Exact],
    scope: &[usize],
    preferences: &[Preference],
) -> Vec<(usize, Exact)> {
    let weights: Vec<Exact> = scope
        .iter()
        .map(|&parcel| amounts[parcel].clone())
        .collect();
    let preferences: Vec<Preference> = scope
        .iter()
        .map(|&parcel| preferences[parcel].clone())
        .collect();
    scope
        .iter()
        .copied()
        .zip(spread(total, &weights, &preferences))
        .collect()
}

/// Every parcel's part of every segment: from low to high, each segment's length is spread over
/// what is still left of the parcels.
fn parts_in_segments(
    payable: &[Exact],
    lengths: &[Exact],
    by_parcel: &[Preference],
) -> Vec<Vec<Exact>> {
    let mut left = payable.to_vec();
    let mut parts = vec![Vec::new(); payable.len()];
    for length in lengths {
        for (parcel, part) in spread(length, &left, by_parcel).into_iter().enumerate() {
            left[parcel] -= &part;
            parts[parcel].push(part);
        }
    }
    parts
}
