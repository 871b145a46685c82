//! The history (历史): what every settlement added, and counters (累计) as sums over it.
//!
//! There are no slots. Each benefit of each settlement leaves one entry with its facts, its day
//! and its measures parcel by parcel; a counter filters the entries and adds up.

use std::collections::BTreeMap;

use jiff::civil::Date;
use toml::{Table, Value};

use crate::facts::{Fact, Facts, Region, lies_in, texts};
use crate::package::{Package, lasting_seconds, toml_date};
use crate::table::pattern_region;
use crate::values::{Exact, zero};

/// A measure (计量) of one benefit in one visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measure {
    /// Admitted expense (纳入费用).
    Eligible,
    /// Borne under deductibles on the expense (起付).
    Borne,
    /// Taken off the payment by deductibles on the payment.
    BorneOfPayment,
    /// Payable above the deductible, as far as limits on it admit.
    Above,
    /// Paid by all funds of the benefit.
    Paid,
}

/// A payment to one parcel from one fund.
#[derive(Clone, Debug)]
pub struct PaidPart {
    /// The fund.
    pub fund: String,
    /// The amount, in fen.
    pub amount: Exact,
}

/// What one benefit did with one parcel.
#[derive(Clone, Debug)]
pub struct Addition {
    /// The parcel's facts.
    pub facts: Facts,
    /// Admitted.
    pub eligible: Exact,
    /// Borne before the rate.
    pub borne: Exact,
    /// Taken off the payment.
    pub borne_of_payment: Exact,
    /// Payable above the deductible.
    pub above: Exact,
    /// Paid.
    pub paid: Vec<PaidPart>,
}

/// When, where and by whom a settlement happened.
#[derive(Clone, Debug)]
pub struct Moment {
    /// The settlement's number.
    pub settlement: u64,
    /// The service date.
    pub date: Date,
    /// Date and time in seconds.
    pub instant: i64,
    /// The institution's id.
    pub institution: Option<String>,
    /// The facts of the visit.
    pub facts: Facts,
    /// The first day of its benefit year.
    pub year_start: Date,
}

/// What one benefit added in one settlement.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The moment.
    pub moment: Moment,
    /// The benefit.
    pub benefit: String,
    /// Whether it pays from the person's account and not from a fund.
    pub account: bool,
    /// Whether it stands for what was used before the case began.
    pub used: bool,
    /// Counter key → the opening instant of its period, for `per = "opened"`.
    pub opened: BTreeMap<String, i64>,
    /// Fact → the number that this entry gave the visit, for facts that number visits.
    pub numbers: BTreeMap<String, i64>,
    /// Parcel by parcel.
    pub parcels: Vec<Addition>,
}

/// A period (周期).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Period {
    /// This settlement only.
    Visit,
    /// The same day.
    Day,
    /// The same calendar month.
    Month,
    /// The same benefit year.
    Year,
    /// Always.
    Life,
    /// So many seconds from the first visit.
    Opened(i64),
}

/// A counter: what is summed, over which settlements.
#[derive(Clone, Debug)]
pub struct Counter {
    /// The benefits counted; nothing means all (`"*"`).
    pub counts: Option<Vec<String>>,
    /// The measure.
    pub measure: Measure,
    /// The period.
    pub per: Period,
    /// Facts of the visit by which it is kept apart.
    pub by: Vec<String>,
    /// Visits that count.
    pub visits: Option<Region>,
    /// Parcels that count.
    pub lines: Option<Region>,
    /// The fund beyond: what it paid does not count.
    pub beyond: Option<String>,
    /// Nothing before this day counts (`starts`).
    pub since: Option<Date>,
    /// What was counted before `since` by another key and is carried over.
    pub inherits: Option<Box<Self>>,
    /// What opens its periods.
    opened_by: String,
}

impl Counter {
    /// The counter that a deductible, limit or segment table names.
    ///
    /// `lines` is part of the key, for only the parcels in scope count. `starts = "fresh"` counts
    /// from the table's own `from`; `starts = "from <path>"` names the older table by its path
    /// (`benefit.x.limit.0`) and takes over what that one would have counted in the new period.
    pub fn read(
        package: &Package,
        benefit: &str,
        table: &Table,
        measure: Measure,
        default_per: &str,
    ) -> Result<Self, String> {
        let text = |key: &str| table.get(key).and_then(Value::as_str);
        let mut counts = match table.get("counts") {
            Some(counts) => texts(counts)?,
            None => vec![benefit.to_string()],
        };
        counts.sort();
        counts.dedup();
        let counts = (!counts.iter().any(|name| name == "*")).then_some(counts);
        let carried = text("carry") == Some("year");
        let per = match text("per").unwrap_or(default_per) {
            "visit" => Period::Visit,
            "day" => Period::Day,
            "month" if carried => Period::Year,
            "month" => Period::Month,
            "year" => Period::Year,
            "life" => Period::Life,
            "opened" => Period::Opened(lasting_seconds(
                text("lasts").ok_or("an opened period without lasts")?,
            )?),
            other => return Err(format!("per = {other:?}")),
        };
        let by = match table.get("by") {
            Some(by) => texts(by)?,
            None => Vec::new(),
        };
        let beyond = table
            .get("beyond")
            .and_then(|beyond| beyond.get("fund"))
            .and_then(Value::as_str)
            .map(String::from);
        let starts = text("starts");
        let since = match starts {
            Some(_) => Some(toml_date(table.get("from").ok_or("starts without from")?)?),
            None => None,
        };
        let inherits = match starts.and_then(|starts| starts.strip_prefix("from ")) {
            Some(path) => {
                let (owner, older) = table_at(package, path)?;
                let mut older = Self::read(package, &owner, older, measure, default_per)?;
                older.per = per.clone();
                older.by.clone_from(&by);
                Some(Box::new(older))
            }
            None => None,
        };
        let opened_by = format!("{counts:?} {per:?} {by:?} {:?}", table.get("for"));
        Ok(Self {
            counts,
            measure,
            per,
            by,
            visits: pattern_region(package, table, "for")?,
            lines: pattern_region(package, table, "lines")?,
            beyond,
            since,
            inherits,
            opened_by,
        })
    }

    /// Whether it counts what a fund pays.
    pub fn counts_fund(&self, fund: &str) -> bool {
        self.beyond.as_deref() != Some(fund)
    }

    /// Whether it counts a benefit; an account is no fund of the scheme (`"*"`).
    pub fn counts(&self, benefit: &str, account: bool) -> bool {
        self.counts_benefit(benefit) && !(self.counts.is_none() && account)
    }

    fn counts_benefit(&self, benefit: &str) -> bool {
        self.counts
            .as_ref()
            .is_none_or(|counts| counts.iter().any(|name| name == benefit))
    }

    /// The place of a moment under `by`.
    ///
    /// Doubt: visits without an institution id all count as one unnamed institution.
    fn place(&self, moment: &Moment) -> Vec<Fact> {
        place(&self.by, moment)
    }

    fn opened_key(&self, moment: &Moment) -> String {
        format!("{} at {:?}", self.opened_by, self.place(moment))
    }
}

fn place(by: &[String], moment: &Moment) -> Vec<Fact> {
    by.iter()
        .map(|name| match (name.as_str(), moment.facts.get(name)) {
            ("institution", None) => moment
                .institution
                .clone()
                .map_or(Fact::Unknown, Fact::Choice),
            (_, Some(fact)) => fact.clone(),
            (_, None) => Fact::Unknown,
        })
        .collect()
}

fn table_at<'a>(package: &'a Package, path: &str) -> Result<(String, &'a Table), String> {
    let steps: Vec<&str> = path.split('.').collect();
    let [_, benefit, part, rest @ ..] = steps.as_slice() else {
        return Err(format!("not a path of a table: {path}"));
    };
    let place: usize = match rest {
        [place] => place.parse().map_err(|_| format!("not a path: {path}"))?,
        _ => 0,
    };
    let found = package
        .benefit(benefit)
        .and_then(|table| table.get(*part))
        .and_then(|value| match value {
            Value::Array(members) => members.get(place),
            other => Some(other),
        })
        .and_then(Value::as_table)
        .ok_or_else(|| format!("no table at {path}"))?;
    Ok(((*benefit).to_string(), found))
}

/// All entries in the order of settlement.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// The entries.
    pub entries: Vec<Entry>,
}

impl History {
    /// A counter's standing as a visit at `now` sees it.
    pub fn standing(&self, counter: &Counter, now: &Moment) -> Exact {
        self.standing_before(counter, now, None)
    }

    fn standing_before(&self, counter: &Counter, now: &Moment, before: Option<Date>) -> Exact {
        let mut total = zero();
        for entry in &self.entries {
            let day = entry.moment.date;
            let too_early = counter.since.is_some_and(|since| day < since);
            let too_late = before.is_some_and(|before| day >= before);
            if !too_early && !too_late {
                total += self.counted(counter, entry, now);
            }
        }
        match &counter.inherits {
            Some(older) => total + self.standing_before(older, now, counter.since),
            None => total,
        }
    }

    /// What an entry adds to a counter. What was used before counts whatever `for` and `lines` say.
    fn counted(&self, counter: &Counter, entry: &Entry, now: &Moment) -> Exact {
        let visits = counter.visits.as_ref();
        let matches = counter.counts(&entry.benefit, entry.account)
            && self.same_period(counter, entry, now)
            && counter.place(&entry.moment) == counter.place(now)
            && (entry.used || visits.is_none_or(|visits| lies_in(&entry.moment.facts, visits)));
        if !matches {
            return zero();
        }
        let mut total = zero();
        for parcel in &entry.parcels {
            let lines = counter.lines.as_ref();
            if !(entry.used || lines.is_none_or(|lines| lies_in(&parcel.facts, lines))) {
                continue;
            }
            total += match counter.measure {
                Measure::Eligible => parcel.eligible.clone(),
                Measure::Borne => parcel.borne.clone(),
                Measure::BorneOfPayment => parcel.borne_of_payment.clone(),
                Measure::Above => parcel.above.clone(),
                Measure::Paid => parcel
                    .paid
                    .iter()
                    .filter(|part| counter.counts_fund(&part.fund))
                    .fold(zero(), |sum, part| sum + &part.amount),
            };
        }
        total
    }

    fn same_period(&self, counter: &Counter, entry: &Entry, now: &Moment) -> bool {
        let then = &entry.moment;
        match counter.per {
            Period::Visit => !entry.used && then.settlement == now.settlement,
            Period::Day => then.date == now.date,
            Period::Month => {
                (then.date.year(), then.date.month()) == (now.date.year(), now.date.month())
            }
            Period::Year => then.year_start == now.year_start,
            Period::Life => true,
            Period::Opened(lasts) => {
                entry.opened.get(&counter.opened_key(now))
                    == Some(&self.opening(counter, lasts, now))
            }
        }
    }

    /// When the period that `now` lies in was opened: the latest opening that still lasts, else
    /// now.
    ///
    /// It lasts until just before its end; a visit is its opener when the benefit had something to
    /// decide in it; a period whose settlements were all cancelled never was.
    fn opening(&self, counter: &Counter, lasts: i64, now: &Moment) -> i64 {
        let key = counter.opened_key(now);
        self.entries
            .iter()
            .filter_map(|entry| entry.opened.get(&key))
            .copied()
            .filter(|opened| *opened <= now.instant && now.instant < opened + lasts)
            .max()
            .unwrap_or(now.instant)
    }

    /// The openings that a new entry of a benefit belongs to.
    pub fn openings(
        &self,
        package: &Package,
        (benefit, account): (&str, bool),
        now: &Moment,
    ) -> Result<BTreeMap<String, i64>, String> {
        let mut openings = BTreeMap::new();
        for counter in opened_counters(package)? {
            let visits = counter.visits.as_ref();
            let counts = counter.counts(benefit, account)
                && visits.is_none_or(|visits| lies_in(&now.facts, visits));
            if let (true, Period::Opened(lasts)) = (counts, &counter.per) {
                openings.insert(counter.opened_key(now), self.opening(&counter, *lasts, now));
            }
        }
        Ok(openings)
    }

    /// The periods that what was used before opens: those of the counters it counts to.
    pub fn openings_of_used(
        package: &Package,
        (benefit, account): (&str, bool),
        used: impl Fn(Measure) -> bool,
        now: &Moment,
    ) -> Result<BTreeMap<String, i64>, String> {
        let counters = opened_counters(package)?.into_iter().filter(|counter| {
            counter.counts(benefit, account)
                && used(counter.measure)
                && counter.since.is_none_or(|since| since <= now.date)
        });
        Ok(counters
            .map(|counter| (counter.opened_key(now), now.instant))
            .collect())
    }

    /// The number of the visit under the fact's `ordinal = {of, per, by, counts}` (第几次就诊).
    ///
    /// Distinct visits are numbered in the order of settlement, when a counted benefit has
    /// something to decide in them. A visit keeps its number as long as the settlement that gave
    /// it stands.
    pub fn ordinal(&self, fact: &str, ordinal: &Table, now: &Moment) -> Result<i64, String> {
        let this = distinct(ordinal, now)?;
        let mut numbered = 0;
        for entry in &self.entries {
            let Some(number) = entry.numbers.get(fact) else {
                continue;
            };
            if distinct(ordinal, &entry.moment)? == this {
                return Ok(*number);
            }
            if same_period(ordinal, &entry.moment, now)? {
                numbered += 1;
            }
        }
        Ok(numbered + 1)
    }

    /// The numbers that a new entry of a benefit gives its visit, if it has none yet.
    pub fn numbers(
        &self,
        package: &Package,
        (benefit, account): (&str, bool),
        now: &Moment,
    ) -> Result<BTreeMap<String, i64>, String> {
        let mut numbers = BTreeMap::new();
        for (fact, ordinal) in package.ordinals() {
            let counts = match ordinal.get("counts").map(texts).transpose()? {
                Some(counts) if !counts.iter().any(|name| name == "*") => {
                    counts.iter().any(|name| name == benefit)
                }
                _ => !account,
            };
            let this = distinct(ordinal, now)?;
            let mut given = false;
            for entry in &self.entries {
                given |= entry.numbers.contains_key(fact) && distinct(ordinal, &entry.moment)? == this;
            }
            if counts && !given {
                numbers.insert(fact.clone(), self.ordinal(fact, ordinal, now)?);
            }
        }
        Ok(numbers)
    }

    /// Takes back exactly what a settlement added.
    pub fn cancel(&mut self, settlement: u64) {
        self.entries
            .retain(|entry| entry.used || entry.moment.settlement != settlement);
    }
}

/// What tells a visit from others under an ordinal: day, settlement or month, and place.
fn distinct(ordinal: &Table, moment: &Moment) -> Result<(String, Vec<Fact>), String> {
    let by = ordinal
        .get("by")
        .map(texts)
        .transpose()?
        .unwrap_or_default();
    let unit = match ordinal.get("of").and_then(Value::as_str).unwrap_or("visit") {
        "day" => moment.date.to_string(),
        "visit" => moment.settlement.to_string(),
        "month" => format!("{}-{}", moment.date.year(), moment.date.month()),
        other => return Err(format!("ordinal.of = {other:?}")),
    };
    Ok((unit, place(&by, moment)))
}

fn same_period(ordinal: &Table, then: &Moment, now: &Moment) -> Result<bool, String> {
    let month = |moment: &Moment| (moment.date.year(), moment.date.month());
    Ok(
        match ordinal.get("per").and_then(Value::as_str).unwrap_or("year") {
            "year" => then.year_start == now.year_start,
            "month" => month(then) == month(now),
            "day" => then.date == now.date,
            "life" => true,
            other => return Err(format!("ordinal.per = {other:?}")),
        },
    )
}

fn opened_counters(package: &Package) -> Result<Vec<Counter>, String> {
    let mut counters = Vec::new();
    for benefit in &package.chain {
        let Some(table) = package.benefit(benefit) else {
            continue;
        };
        for part in ["deductible", "limit", "segments"] {
            for (cut, measure) in cut_tables(table, part)? {
                if cut.get("per").and_then(Value::as_str) == Some("opened") {
                    counters.push(Counter::read(package, benefit, cut, measure, "year")?);
                }
            }
        }
    }
    Ok(counters)
}

/// The deductibles, limits or segments of a benefit with the measure each counts.
pub fn cut_tables<'a>(benefit: &'a Table, part: &str) -> Result<Vec<(&'a Table, Measure)>, String> {
    let tables: Vec<&Value> = match benefit.get(part) {
        None => Vec::new(),
        Some(Value::Array(tables)) => tables.iter().collect(),
        Some(one) => vec![one],
    };
    tables
        .into_iter()
        .map(|table| {
            let table = table
                .as_table()
                .ok_or_else(|| format!("{part} is no table"))?;
            let on = table.get("on").and_then(Value::as_str);
            let measure = match (part, on) {
                ("deductible", Some("payment")) => Measure::BorneOfPayment,
                ("deductible", _) => Measure::Borne,
                ("segments" | "limit", Some("eligible")) | ("segments", None) => Measure::Eligible,
                ("segments" | "limit", Some("above")) => Measure::Above,
                ("limit", Some("payment") | None) => Measure::Paid,
                (_, Some(other)) => return Err(format!("on = {other:?}")),
                (_, None) => return Err(format!("not a part with counters: {part}")),
            };
            Ok((table, measure))
        })
        .collect()
}
