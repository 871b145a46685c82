//! The pipeline of one benefit (待遇) in one visit: limits, deductibles, segments, rates, payment.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

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
    /// Borne under deductibles, before and after the rate.
    pub borne: Exact,
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
    /// The payments, by fund and by the limits that moved them.
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
    group: Group,
    depth: usize,
    width: usize,
    beyond: Option<String>,
}

/// Cuts of one group share their scope of parcels.
type Group = (String, BTreeMap<String, Fact>);

/// A payment to one parcel in one segment from one fund.
#[derive(Clone, Debug)]
struct Cell {
    parcel: usize,
    segment: usize,
    rate: Exact,
    fund: String,
    moved_by: Vec<String>,
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
        let preferences = |fund: &str| -> Vec<Preference> {
            (0..base.len())
                .map(|parcel| Preference {
                    base: Reverse(base[parcel].clone()),
                    rates: rates[parcel].iter().cloned().map(Reverse).collect(),
                    fund: fund.into(),
                    parcel,
                    segment: 0,
                })
                .collect()
        };
        let by_parcel = preferences("");
        let deductibles = self.cuts(&reading, name, benefit, "deductible")?;
        let limits = self.cuts(&reading, name, benefit, "limit")?;

        // 4. Limits on the expense.
        let mut eligible = base.clone();
        cap(&mut eligible, &limits, "eligible", &by_parcel);
        // 5. Deductibles on the expense, all at once.
        let mut borne = vec![zero(); base.len()];
        for group in groups(&deductibles, "eligible") {
            let admitted = sum(group[0].scope.iter().map(|&parcel| &eligible[parcel]));
            let taken = smaller(&admitted, &least(&group));
            for (parcel, part) in spread_in(&taken, &eligible, &group[0].scope, &by_parcel) {
                borne[parcel] += part;
            }
        }
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
        let in_segments = parts_in_segments(&payable, &lengths, &base, &rates);
        // 8. Rates.
        let mut cells = self.payments(&reading, benefit, &in_segments, &rates, &base)?;
        // 9. Deductibles on the payment, then limits on the payment.
        let mut borne_of_payment = vec![zero(); base.len()];
        for group in groups(&deductibles, "payment") {
            let paid = sum(cells
                .iter()
                .filter(|cell| group[0].scope.contains(&cell.parcel))
                .map(|cell| &cell.amount));
            let taken = smaller(&paid, &least(&group));
            for (cell, part) in spread_over_cells(&taken, &cells, &group[0].scope, None, &base) {
                cells[cell].amount -= &part;
                borne_of_payment[cells[cell].parcel] += part;
            }
        }
        let mut before_limits = vec![zero(); base.len()];
        for cell in &cells {
            before_limits[cell.parcel] += &cell.amount;
        }
        let mut removed = vec![zero(); base.len()];
        let mut payment_limits: Vec<&Cut> =
            limits.iter().filter(|cut| cut.stage == "payment").collect();
        payment_limits.sort_by_key(|cut| (Reverse(cut.depth), cut.width));
        for limit in payment_limits {
            self.limit_payment(limit, &mut cells, &mut removed, &base);
        }
        self.limit_to_account(&mut cells, &mut removed, &base)?;

        let mut outcome = Outcome::nothing(name, base.len());
        for parcel in 0..base.len() {
            let parts: Vec<PaidPart> = cells
                .iter()
                .filter(|cell| cell.parcel == parcel && !cell.amount.is_zero())
                .map(|cell| PaidPart {
                    fund: cell.fund.clone(),
                    amount: cell.amount.clone(),
                    moved_by: cell.moved_by.clone(),
                })
                .collect();
            let paid = sum(parts.iter().map(|part| &part.amount));
            // R4.
            let over_payment = if before_limits[parcel].is_zero() {
                zero()
            } else {
                half_up(&(&payable[parcel] * &removed[parcel] / &before_limits[parcel]))
            };
            let share = &payable[parcel] - &over_payment - &paid - &borne_of_payment[parcel];
            outcome.parcels[parcel] = Share {
                borne: &borne[parcel] + &borne_of_payment[parcel],
                over: (&base[parcel] - &eligible[parcel])
                    + (&above[parcel] - &payable[parcel])
                    + over_payment,
                left: &base[parcel] - &paid,
                base: base[parcel].clone(),
                eligible: eligible[parcel].clone(),
                above: above[parcel].clone(),
                payable: payable[parcel].clone(),
                paid,
                share,
                parts,
            };
        }
        for cell in &cells {
            match outcome
                .payments
                .iter_mut()
                .find(|(fund, _)| *fund == cell.fund)
            {
                Some((_, amount)) => *amount += &cell.amount,
                None => outcome
                    .payments
                    .push((cell.fund.clone(), cell.amount.clone())),
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
    /// Doubts: the amount of one reads the facts of the visit, charge facts only through `lines`;
    /// `by` a charge fact (or the item id) makes one cut per value; a table whose own `from` or
    /// `until` leaves out the day is not there. The allowance of `carry = "year"` counts calendar
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
            let in_lines = (0..self.parcels.len())
                .filter(|&parcel| lies_in(&self.parcels[parcel].facts, &lines));
            let kept_apart = Counter::charge_facts_of(package, table)?;
            let mut scopes_here: BTreeMap<BTreeMap<String, Fact>, Vec<usize>> = BTreeMap::new();
            for parcel in in_lines {
                let facts = &self.parcels[parcel].facts;
                let key = kept_apart
                    .iter()
                    .map(|fact| {
                        let value = facts.get(fact).cloned().unwrap_or(Fact::Unknown);
                        (fact.clone(), value)
                    })
                    .collect();
                scopes_here.entry(key).or_default().push(parcel);
            }
            for (by_charge, scope) in scopes_here {
                let counter = Counter {
                    by_charge: by_charge.clone(),
                    ..counter.clone()
                };
                let used = self.history.standing(&counter, self.moment);
                let remaining = (&amount - used).max(zero());
                cuts.push(Cut {
                    stage: stage.into(),
                    remaining,
                    scope,
                    depth: usize::from(!by_charge.is_empty()),
                    group: (format!("{lines:?}"), by_charge),
                    width: counter.counts.as_ref().map_or(usize::MAX, Vec::len),
                    beyond: beyond.clone(),
                    counter,
                });
            }
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
            cut.depth += 2 * containing;
            let name = distinct
                .iter()
                .position(|other| inside(&own, other) && inside(other, &own));
            cut.group.0 = format!("{name:?}");
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

    /// R2: amounts of equal fund and rate are added up, multiplied and rounded once, and the
    /// payment is spread back.
    ///
    /// Doubt: `fund` may be a table and differ by parcel.
    fn payments(
        &self,
        reading: &Reading,
        benefit: &Table,
        in_segments: &[Vec<Exact>],
        rates: &[Vec<Exact>],
        base: &[Exact],
    ) -> Result<Vec<Cell>, Failure> {
        let mut cells = Vec::new();
        for (parcel, segments) in in_segments.iter().enumerate() {
            for (segment, amount) in segments.iter().enumerate() {
                if amount.is_zero() {
                    continue;
                }
                let fund = match benefit.get("fund") {
                    Some(Value::String(fund)) => fund.clone(),
                    Some(Value::Table(table)) => reading
                        .with(&self.parcels[parcel].facts)
                        .value(table)?
                        .as_str()
                        .ok_or("a fund is no text")?
                        .to_string(),
                    _ => return Err("a benefit without a fund".into()),
                };
                cells.push(Cell {
                    parcel,
                    segment,
                    rate: rates[parcel][segment].clone(),
                    fund,
                    moved_by: Vec::new(),
                    amount: amount.clone(),
                });
            }
        }
        let kinds: BTreeSet<(String, Exact)> = cells
            .iter()
            .map(|cell| (cell.fund.clone(), cell.rate.clone()))
            .collect();
        for (fund, rate) in kinds {
            let members: Vec<usize> = (0..cells.len())
                .filter(|&cell| cells[cell].fund == fund && cells[cell].rate == rate)
                .collect();
            let weights: Vec<Exact> = members
                .iter()
                .map(|&cell| cells[cell].amount.clone())
                .collect();
            let preferences: Vec<Preference> = members
                .iter()
                .map(|&cell| preference(&cells[cell], base))
                .collect();
            let payment = half_up(&(sum(&weights) * &rate));
            for (cell, part) in members
                .into_iter()
                .zip(spread(&payment, &weights, &preferences))
            {
                cells[cell].amount = part;
            }
        }
        Ok(cells)
    }

    /// One limit on the payment: what it removes moves beyond, or is the member's.
    fn limit_payment(
        &self,
        limit: &Cut,
        cells: &mut Vec<Cell>,
        removed: &mut [Exact],
        base: &[Exact],
    ) {
        let key = &limit.counter.key;
        let standing = sum(cells
            .iter()
            .filter(|cell| limit.scope.contains(&cell.parcel) && !cell.moved_by.contains(key))
            .map(|cell| &cell.amount));
        if standing <= limit.remaining {
            return;
        }
        let cut = standing - &limit.remaining;
        for (cell, part) in spread_over_cells(&cut, cells, &limit.scope, Some(key), base) {
            if part.is_zero() {
                continue;
            }
            cells[cell].amount -= &part;
            match &limit.beyond {
                Some(fund) => {
                    let mut moved = cells[cell].clone();
                    moved.fund.clone_from(fund);
                    moved.moved_by.push(key.clone());
                    moved.amount = part;
                    cells.push(moved);
                }
                None => removed[cells[cell].parcel] += part,
            }
        }
    }

    /// Doubt: an account benefit without a limit `{ balance }`. Chosen: an account never pays more
    /// than it holds.
    fn limit_to_account(
        &self,
        cells: &mut [Cell],
        removed: &mut [Exact],
        base: &[Exact],
    ) -> Result<(), Failure> {
        let mut balances = self.reading.balances.clone();
        for account in ["account.current", "account.prior"] {
            let of_account: Vec<usize> = (0..cells.len())
                .filter(|&cell| cells[cell].fund == account)
                .collect();
            let amounts: Vec<Exact> = of_account
                .iter()
                .map(|&cell| cells[cell].amount.clone())
                .collect();
            let balance = balances.of(account)?.clone();
            let total = sum(&amounts);
            if total <= balance {
                continue;
            }
            let preferences: Vec<Preference> = of_account
                .iter()
                .map(|&cell| preference(&cells[cell], base))
                .collect();
            let parts = spread(&(total - balance), &amounts, &preferences);
            for (cell, part) in of_account.into_iter().zip(parts) {
                cells[cell].amount -= &part;
                removed[cells[cell].parcel] += part;
            }
        }
        Ok(())
    }
}

fn segment_names(benefit: &Table) -> Result<Vec<String>, String> {
    match benefit.get("segments").and_then(|table| table.get("names")) {
        Some(names) => crate::facts::texts(names),
        None => Ok(Vec::new()),
    }
}

/// Cuts of one stage, grouped by scope, inner scopes first.
fn groups<'c>(cuts: &'c [Cut], stage: &str) -> Vec<Vec<&'c Cut>> {
    let mut groups: BTreeMap<(Reverse<usize>, &Group), Vec<&Cut>> = BTreeMap::new();
    for cut in cuts.iter().filter(|cut| cut.stage == stage) {
        groups
            .entry((Reverse(cut.depth), &cut.group))
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

/// Spreads a sum over the cells of a scope by their payments; cells that `key` already moved
/// beyond are left out.
fn spread_over_cells(
    total: &Exact,
    cells: &[Cell],
    scope: &[usize],
    key: Option<&String>,
    base: &[Exact],
) -> Vec<(usize, Exact)> {
    let members: Vec<usize> = (0..cells.len())
        .filter(|&cell| {
            scope.contains(&cells[cell].parcel)
                && key.is_none_or(|key| !cells[cell].moved_by.contains(key))
        })
        .collect();
    let weights: Vec<Exact> = members
        .iter()
        .map(|&cell| cells[cell].amount.clone())
        .collect();
    let preferences: Vec<Preference> = members
        .iter()
        .map(|&cell| preference(&cells[cell], base))
        .collect();
    let parts = spread(total, &weights, &preferences);
    members.into_iter().zip(parts).collect()
}

fn preference(cell: &Cell, base: &[Exact]) -> Preference {
    Preference {
        base: Reverse(base[cell.parcel].clone()),
        rates: vec![Reverse(cell.rate.clone())],
        fund: cell.fund.clone(),
        parcel: cell.parcel,
        segment: cell.segment,
    }
}

/// Every parcel's part of every segment: from low to high, each segment's length is spread over
/// what is still left of the parcels.
fn parts_in_segments(
    payable: &[Exact],
    lengths: &[Exact],
    base: &[Exact],
    rates: &[Vec<Exact>],
) -> Vec<Vec<Exact>> {
    let mut left = payable.to_vec();
    let mut parts = vec![Vec::new(); payable.len()];
    for (segment, length) in lengths.iter().enumerate() {
        let preferences: Vec<Preference> = (0..payable.len())
            .map(|parcel| Preference {
                base: Reverse(base[parcel].clone()),
                rates: rates[parcel]
                    .get(segment)
                    .cloned()
                    .map(Reverse)
                    .into_iter()
                    .collect(),
                fund: String::new(),
                parcel,
                segment,
            })
            .collect();
        for (parcel, part) in spread(length, &left, &preferences).into_iter().enumerate() {
            left[parcel] -= &part;
            parts[parcel].push(part);
        }
    }
    parts
}
