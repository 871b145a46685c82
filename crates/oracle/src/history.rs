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
    /// Borne under deductibles (起付).
    Borne,
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
    /// The keys of the limits that moved it beyond.
    pub moved_by: Vec<String>,
}

/// What one benefit did with one parcel.
#[derive(Clone, Debug)]
pub struct Addition {
    /// The parcel's facts.
    pub facts: Facts,
    /// Admitted.
    pub eligible: Exact,
    /// Borne, before and after the rate.
    pub borne: Exact,
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
    /// Whether its payment came with the case.
    pub prior: bool,
    /// Whether it pays from the person's account and not from a fund.
    pub account: bool,
    /// Whether it stands for what was used before the case began.
    pub used: bool,
    /// Counter key → the opening instant of its period, for `per = "opened"`.
    pub opened: BTreeMap<String, i64>,
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
    /// Facts of the charge by which it is kept apart, with their values here.
    pub by_charge: BTreeMap<String, Fact>,
    /// Visits that count.
    pub visits: Option<Region>,
    /// Parcels that count.
    pub lines: Option<Region>,
    /// The fund beyond; prior benefits paid by it do not count.
    pub beyond: Option<String>,
    /// Nothing before this day counts (`starts`).
    pub since: Option<Date>,
    /// What was counted before `since` by another key and is carried over.
    pub inherits: Option<Box<Self>>,
    /// The text of the key.
    pub key: String,
}

impl Counter {
    /// The counter that a deductible, limit or segment table names.
    ///
    /// Doubts: `lines` is part of the key, for only the parcels in scope count. `starts = "fresh"`
    /// counts from the table's own `from`; `starts = "from <path>"` names the older table by its
    /// path (`benefit.x.limit.0`) and takes over what that one's counter held in the new period.
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
        let by = by
            .into_iter()
            .filter(|name| !package.is_charge_fact(name))
            .collect();
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
                older.since = None;
                Some(Box::new(older))
            }
            None => None,
        };
        let key = format!(
            "{counts:?} {measure:?} {per:?} {carried} {by:?} {:?} {:?} {beyond:?} {since:?}",
            table.get("for"),
            table.get("lines"),
        );
        Ok(Self {
            counts,
            measure,
            per,
            by,
            by_charge: BTreeMap::new(),
            visits: pattern_region(package, table, "for")?,
            lines: pattern_region(package, table, "lines")?,
            beyond,
            since,
            inherits,
            key,
        })
    }

    /// Facts of the charge by which a table keeps its counter apart (a limit per item).
    pub fn charge_facts_of(package: &Package, table: &Table) -> Result<Vec<String>, String> {
        let by = match table.get("by") {
            Some(by) => texts(by)?,
            None => Vec::new(),
        };
        Ok(by
            .into_iter()
            .filter(|name| package.is_charge_fact(name))
            .collect())
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
        format!("{} at {:?}", self.key, self.place(moment))
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
        let mut total = zero();
        for entry in &self.entries {
            if counter.since.is_some_and(|since| entry.moment.date < since) {
                continue;
            }
            total += self.counted(counter, entry, now);
        }
        if let (Some(older), Some(since)) = (&counter.inherits, counter.since) {
            for entry in &self.entries {
                if entry.moment.date < since {
                    total += self.counted(older, entry, now);
                }
            }
        }
        total
    }

    /// What an entry adds to a counter.
    ///
    /// Doubt: whether `counts = ["*"]`, the scheme's overall limit, counts what an account benefit
    /// paid. Chosen: no, an account is no fund of the scheme.
    fn counted(&self, counter: &Counter, entry: &Entry, now: &Moment) -> Exact {
        let matches = counter.counts_benefit(&entry.benefit)
            && self.same_period(counter, entry, now)
            && counter.place(&entry.moment) == counter.place(now)
            && counter
                .visits
                .as_ref()
                .is_none_or(|visits| lies_in(&entry.moment.facts, visits))
            && !(counter.counts.is_none() && entry.account);
        if !matches {
            return zero();
        }
        let mut total = zero();
        for parcel in &entry.parcels {
            let in_scope = counter
                .lines
                .as_ref()
                .is_none_or(|lines| lies_in(&parcel.facts, lines))
                && counter
                    .by_charge
                    .iter()
                    .all(|(name, value)| parcel.facts.get(name) == Some(value));
            if !in_scope {
                continue;
            }
            total += match counter.measure {
                Measure::Eligible => parcel.eligible.clone(),
                Measure::Borne => parcel.borne.clone(),
                Measure::Above => parcel.above.clone(),
                Measure::Paid => parcel
                    .paid
                    .iter()
                    .filter(|part| !part.moved_by.contains(&counter.key))
                    .filter(|part| !(entry.prior && counter.beyond.as_ref() == Some(&part.fund)))
                    .fold(zero(), |sum, part| sum + &part.amount),
            };
        }
        total
    }

    fn same_period(&self, counter: &Counter, entry: &Entry, now: &Moment) -> bool {
        let then = &entry.moment;
        if entry.used {
            // What was used before belongs to the year, and is not kept apart by anything.
            let plain =
                counter.by.is_empty() && counter.by_charge.is_empty() && counter.lines.is_none();
            return plain
                && match counter.per {
                    Period::Year => then.year_start == now.year_start,
                    Period::Life => true,
                    _ => false,
                };
        }
        match counter.per {
            Period::Visit => then.settlement == now.settlement,
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
    /// Doubts: it lasts until just before its end; a visit is its opener when the benefit had
    /// something to decide in it; a period whose settlements were all cancelled never was.
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
        benefit: &str,
        now: &Moment,
    ) -> Result<BTreeMap<String, i64>, String> {
        let mut openings = BTreeMap::new();
        for counter in opened_counters(package)? {
            let counts = counter.counts_benefit(benefit)
                && counter
                    .visits
                    .as_ref()
                    .is_none_or(|visits| lies_in(&now.facts, visits));
            if let (true, Period::Opened(lasts)) = (counts, &counter.per) {
                openings.insert(counter.opened_key(now), self.opening(&counter, *lasts, now));
            }
        }
        Ok(openings)
    }

    /// The number of the visit under `ordinal = {of, per, by, counts}` (第几次就诊).
    ///
    /// Doubts: distinct visits are numbered in the order of settlement; a visit counts when a
    /// counted benefit had something to decide in it; cancelled ones are as if never made.
    pub fn ordinal(&self, ordinal: &Table, now: &Moment) -> Result<i64, String> {
        let text = |key: &str| ordinal.get(key).and_then(Value::as_str);
        let by = ordinal
            .get("by")
            .map(texts)
            .transpose()?
            .unwrap_or_default();
        let counts = ordinal.get("counts").map(texts).transpose()?;
        let per = text("per").unwrap_or("year");
        let of = text("of").unwrap_or("visit");
        let distinct = |moment: &Moment| -> Result<(String, Vec<Fact>), String> {
            let unit = match of {
                "day" => moment.date.to_string(),
                "visit" => moment.settlement.to_string(),
                "month" => format!("{}-{}", moment.date.year(), moment.date.month()),
                other => return Err(format!("ordinal.of = {other:?}")),
            };
            Ok((unit, place(&by, moment)))
        };
        let mut seen = Vec::new();
        for entry in &self.entries {
            let then = &entry.moment;
            let same_period = match per {
                "year" => then.year_start == now.year_start,
                "month" => {
                    (then.date.year(), then.date.month()) == (now.date.year(), now.date.month())
                }
                "day" => then.date == now.date,
                "life" => true,
                other => return Err(format!("ordinal.per = {other:?}")),
            };
            let counted = counts.as_ref().is_none_or(|counts| {
                counts
                    .iter()
                    .any(|name| name == "*" || *name == entry.benefit)
            });
            if !entry.used && same_period && counted {
                let visit = distinct(then)?;
                if !seen.contains(&visit) {
                    seen.push(visit);
                }
            }
        }
        let this = distinct(now)?;
        let place = seen
            .iter()
            .position(|visit| *visit == this)
            .unwrap_or(seen.len());
        i64::try_from(place + 1).map_err(|fault| fault.to_string())
    }

    /// Takes back exactly what a settlement added.
    pub fn cancel(&mut self, settlement: u64) {
        self.entries
            .retain(|entry| entry.used || entry.moment.settlement != settlement);
    }
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
