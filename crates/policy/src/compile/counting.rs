//! What deductibles, limits and segments count, in which periods, and what goes on from what.

use super::Compiled;
use super::chain::fund;
use crate::counters;
use crate::facts::{Region, Source};
use crate::fault::{Fault, listed};
use crate::model::{Accumulated, Word};
use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use gongji_adjudication::Period;
use gongji_domain::{Day, FundCode};

/// The key of a counter: what a deductible, limit or axis says about it, and nothing else.
#[derive(Clone, Debug)]
pub(crate) struct CounterKey {
    /// Benefits that it counts; empty for all of the scheme.
    pub(crate) counts: Vec<String>,
    pub(crate) measure: CountedMeasure,
    pub(crate) period: Period,
    pub(crate) by_institution: bool,
    pub(crate) applies: Region,
    pub(crate) lines: Region,
    pub(crate) except: Option<FundCode>,
    /// A start on this day makes another counter: nothing before it counts.
    pub(crate) since: Option<Day>,
    /// The last day that counts, of a counter that another one continues.
    pub(crate) until: Option<Day>,
    pub(crate) continues: Option<u16>,
    /// Its conditions on visits and on lines as written, for its name only.
    pub(crate) written: (String, String),
}

impl PartialEq for CounterKey {
    /// Two ways of writing one condition are one counter.
    fn eq(&self, other: &Self) -> bool {
        let of =
            |key: &Self| (key.measure, key.period, key.by_institution, key.except, key.since, key.until, key.continues);
        of(self) == of(other)
            && self.counts == other.counts
            && self.applies == other.applies
            && self.lines == other.lines
    }
}

impl CounterKey {
    /// A counter of one benefit, or (nothing named) of the scheme, without further conditions.
    pub(super) fn plain(counts: Vec<String>, measure: CountedMeasure, period: Period) -> Self {
        Self {
            counts,
            measure,
            period,
            by_institution: false,
            applies: Box::new([]),
            lines: Box::new([]),
            except: None,
            since: None,
            until: None,
            continues: None,
            written: (String::new(), String::new()),
        }
    }

    /// The counter of the visits that open this counter's periods and lie in them.
    pub(crate) fn opener(&self) -> Self {
        let (by_institution, applies) = (self.by_institution, self.applies.clone());
        let written = (self.written.0.clone(), String::new());
        Self {
            by_institution,
            applies,
            written,
            ..Self::plain(self.counts.clone(), CountedMeasure::Visits, self.period)
        }
    }

    /// Whether settlements of this day count.
    pub(crate) fn counts_on(&self, day: Day) -> bool {
        self.since.is_none_or(|since| since <= day) && self.until.is_none_or(|until| day <= until)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CountedMeasure {
    Eligible,
    Borne,
    BorneOfPayment,
    Above,
    Paid,
    /// Visits in which a benefit that is counted had something to decide: they open periods.
    Visits,
    /// The number of a distinct visit; the group counter's index.
    VisitNumber(u16),
    /// Holds the number of a group; added to only through its total.
    Group,
}

impl Compiled {
    /// The benefits that a counter counts; empty stands for all of the scheme.
    pub(super) fn counted(&self, words: &[Word], own: &str, faults: &mut Vec<Fault>) -> Vec<String> {
        if words.is_empty() {
            return alloc::vec![own.to_owned()];
        }
        if words.iter().any(|word| word.text == "*") {
            return Vec::new();
        }
        let mut counts: Vec<String> = Vec::new();
        for word in words {
            if !self.package.chain.iter().any(|name| name.text == word.text) {
                let allowed =
                    format!("chain 里的待遇（{}）或 \"*\"", listed(self.package.chain.iter().map(|name| &name.text)));
                faults.push(Fault::error("unknown_benefit", word.at, format!("counts 里的 {}", word.text), allowed));
            }
            counts.push(word.text.clone());
        }
        counts.sort();
        counts.dedup();
        counts
    }

    /// The key of the counter that a deductible or limit names by what it says.
    pub(super) fn key_of(
        &mut self,
        entry: &Accumulated,
        benefit: &str,
        measure: CountedMeasure,
        faults: &mut Vec<Fault>,
    ) -> CounterKey {
        let ignored = &mut Vec::new();
        let per = entry.per.as_ref().map_or(Period::Year, |per| period(per, entry.lasts.as_ref(), ignored));
        let period = if entry.carry.is_some() { Period::Year } else { per };
        let mut key = CounterKey {
            by_institution: !entry.by.is_empty(),
            applies: self.registry.region(&entry.applies),
            lines: self.registry.region(&entry.lines),
            except: entry.beyond.as_ref().map(|beyond| fund(&beyond.fund)),
            since: entry.table.from.filter(|_| entry.starts.is_some()),
            written: (counters::pattern(&entry.applies), counters::pattern(&entry.lines)),
            ..CounterKey::plain(self.counted(&entry.counts, benefit, faults), measure, period)
        };
        if let Some(starts) = &entry.starts {
            if key.since.is_none() {
                let found = format!("starts = \"{}\" 而没有 from", starts.text);
                faults.push(Fault::error("missing_key", starts.at, found, "写明自哪天起"));
            }
            if starts.text != "fresh" {
                key.continues = self.continued(&key, entry, starts, benefit, faults);
            }
        }
        key
    }

    /// The counter that goes on in a new one: what the old rule counted until then, in the periods
    /// (and by institution or not) of the new one.
    fn continued(
        &mut self,
        key: &CounterKey,
        entry: &Accumulated,
        starts: &Word,
        benefit: &str,
        faults: &mut Vec<Fault>,
    ) -> Option<u16> {
        let deductible = matches!(key.measure, CountedMeasure::Borne | CountedMeasure::BorneOfPayment);
        let earlier = starts.text.strip_prefix("from ").and_then(|name| {
            let index: usize = name.rsplit('.').next()?.parse().ok()?;
            let written = self.package.benefits.iter().find(|written| written.name.text == benefit)?;
            let entries = if deductible { &written.deductibles } else { &written.limits };
            entries.get(index).filter(|earlier| earlier.table.from < entry.table.from).cloned()
        });
        let Some(earlier) = earlier else {
            let allowed = "\"fresh\"（重新累计）或 \"from N\"（接着本待遇同一列表中先开始的第 N 项的累计，从 0 数）";
            faults.push(Fault::error("invalid_value", starts.at, format!("starts = \"{}\"", starts.text), allowed));
            return None;
        };
        let old = self.key_of(&earlier, benefit, key.measure, &mut Vec::new());
        let until = key.since.map(Day::before);
        Some(self.counter(CounterKey { period: key.period, by_institution: key.by_institution, until, ..old }))
    }

    pub(super) fn counter(&mut self, key: CounterKey) -> u16 {
        if let Some(known) = self.counters.iter().position(|known| *known == key) {
            return known as u16;
        }
        if matches!(key.period, Period::Opened(_)) && key.measure != CountedMeasure::Visits {
            self.counter(key.opener());
        }
        self.counters.push(key);
        (self.counters.len() - 1) as u16
    }

    /// The number of a counter's opener; of any other counter its own.
    pub(crate) fn opener_of(&self, counter: usize) -> u16 {
        let key = &self.counters[counter];
        let opener = matches!(key.period, Period::Opened(_)).then(|| key.opener());
        let found = opener.and_then(|opener| self.counters.iter().position(|known| *known == opener));
        found.unwrap_or(counter) as u16
    }

    /// A version that changes the key of a counter must say what becomes of what was used.
    pub(super) fn check_starts(&self, written: &crate::model::Benefit, faults: &mut Vec<Fault>) {
        for entries in [&written.deductibles, &written.limits] {
            for later in entries.iter().filter(|entry| entry.starts.is_none()) {
                let Some(from) = later.table.from else { continue };
                let replaced = entries.iter().any(|earlier| {
                    earlier.table.until.is_some_and(|until| until.next() == from)
                        && earlier.on.as_ref().map(|on| &on.text) == later.on.as_ref().map(|on| &on.text)
                });
                if replaced {
                    let allowed = "写 starts = \"fresh\"（重新累计）或 starts = \"from N\"（接着累计）；同一累计键只改数值时，在同一张表里加一行 from";
                    faults.push(Fault::error(
                        "accumulator_unsaid",
                        later.at,
                        format!("{} 起换了累计方式，没有说明已用的怎么办", from),
                        allowed,
                    ));
                }
            }
        }
    }

    pub(super) fn ordinal_counters(&mut self, faults: &mut Vec<Fault>) {
        for id in 0..self.registry.facts.len() {
            let Source::Ordinal(position) = self.registry.facts[id].source else { continue };
            let Some(ordinal) = self.package.facts[position].ordinal.clone() else { continue };
            let of = period(&ordinal.of, None, faults);
            let per = period(&ordinal.per, None, faults);
            let counts = self.counted(&ordinal.counts, "", faults);
            let counts = if ordinal.counts.is_empty() { Vec::new() } else { counts };
            let group = CounterKey {
                by_institution: !ordinal.by.is_empty(),
                ..CounterKey::plain(counts.clone(), CountedMeasure::Group, of)
            };
            let group = self.counter(group);
            self.counter(CounterKey::plain(counts, CountedMeasure::VisitNumber(group), per));
        }
    }

    /// Total and group counter of an ordinal fact.
    pub(crate) fn ordinal_of(&self, position: usize) -> Option<(u16, u16)> {
        let ordinal = self.package.facts[position].ordinal.as_ref()?;
        let mut ignored = Vec::new();
        let (of, per) = (period(&ordinal.of, None, &mut ignored), period(&ordinal.per, None, &mut ignored));
        let counts =
            if ordinal.counts.is_empty() { Vec::new() } else { self.counted(&ordinal.counts, "", &mut ignored) };
        let total = self.counters.iter().position(|key| {
            let CountedMeasure::VisitNumber(group) = key.measure else { return false };
            let group = &self.counters[usize::from(group)];
            key.period == per
                && group.period == of
                && group.by_institution != ordinal.by.is_empty()
                && key.counts == counts
        })?;
        let CountedMeasure::VisitNumber(group) = self.counters[total].measure else { return None };
        Some((total as u16, group))
    }
}

/// `"24 hours"` or `"3 days"` in hours.
fn hours(lasts: &str) -> Option<u32> {
    let (number, unit) = lasts.split_once(' ')?;
    let number: u32 = number.parse().ok().filter(|number| *number <= 8784)?;
    match unit {
        "hour" | "hours" => Some(number),
        "day" | "days" => Some(number * 24),
        _ => None,
    }
}

pub(super) fn period(per: &Word, lasts: Option<&Word>, faults: &mut Vec<Fault>) -> Period {
    match per.text.as_str() {
        "visit" => Period::Visit,
        "day" => Period::Day,
        "month" => Period::Month,
        "year" => Period::Year,
        "life" => Period::Life,
        "opened" => match lasts.and_then(|lasts| hours(&lasts.text)) {
            Some(hours @ 1..=8784) => Period::Opened(hours * 3600),
            _ => {
                faults.push(Fault::error(
                    "missing_key",
                    per.at,
                    "per = \"opened\" 而没有可用的 lasts",
                    "写 lasts = \"24 hours\" 或 \"3 days\"",
                ));
                Period::Day
            }
        },
        other => {
            faults.push(Fault::error(
                "invalid_value",
                per.at,
                format!("per = \"{other}\""),
                "visit、day、month、year、life 或 opened",
            ));
            Period::Year
        }
    }
}
