//! The facts along which two sides are compared: the values that both know, divided where either
//! of them tells values apart.

use super::Sides;
use crate::cells::Cell;
use crate::facts::{Bands, Fact, FactId, Kind, Owner, Source};
use crate::model::ScalarValue;
use crate::trial::{Trial, Trials};
use crate::words::{fact_words, range_words, values_words};
use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use gongji_domain::Day;

/// Values that neither side tells apart.
struct Part {
    /// A value of it on each side, where the side has the fact.
    raw: (Option<i64>, Option<i64>),
    /// Positions of named values, or the ends of a range.
    values: Vec<usize>,
    ends: (Option<i64>, Option<i64>),
}

/// One fact.
struct Axis {
    /// Names of the stated facts that it sets; a prescriber is the institution itself.
    names: Vec<String>,
    /// The fact as one side knows it, for words.
    fact: Fact,
    label: Option<String>,
    parts: Vec<Part>,
}

/// Some facts, in the order of their names.
pub(super) struct Axes(Vec<Axis>);

/// Part of each axis.
pub(super) type Place = Vec<u8>;
/// Parts of each axis.
pub(super) type Cube = Vec<Bands>;

/// Facts about the prescriber, which are the institution's own unless a pharmacy fills a prescription.
const SAME: &[(&str, &str)] = &[("issuer_class", "class"), ("issuer_kind", "kind")];
/// Facts that the day decides, or that belong to a charge.
const LEFT_OUT: &[&str] = &["month", "charge_amount"];
/// Facts that a visit is always told with, in this order.
const ALWAYS: &[&str] = &["status", "class", "issuer_class", "care_type"];

impl Axes {
    /// The axes of these facts, as many as make no more than `most` combinations.
    pub(super) fn of(sides: &Sides<'_>, facts: &BTreeSet<String>, most: usize, notes: &mut Vec<String>) -> Self {
        let mut named: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for fact in facts.iter().filter(|fact| !LEFT_OUT.contains(&fact.as_str())) {
            let own = SAME.iter().find(|(known, _)| known == fact).map_or(fact.as_str(), |(_, own)| *own);
            named.entry(own).or_default().push(fact.clone());
        }
        let mut axes: Vec<Axis> = named.into_values().filter_map(|names| Axis::of(sides, names, notes)).collect();
        while axes.iter().fold(1, |n: usize, axis| n.saturating_mul(axis.parts.len())) > most {
            let widest = (0..axes.len())
                .filter(|i| !ALWAYS.contains(&axes[*i].fact.name.as_str()))
                .max_by_key(|i| axes[*i].parts.len());
            let Some(widest) = widest else { break };
            let left = axes.remove(widest);
            let note = format!("情形太多，没有按{}逐项比较", name_of(&left));
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
        Self(axes)
    }

    /// Every combination.
    pub(super) fn cells(&self) -> Vec<Place> {
        let mut cells: Vec<Place> = alloc::vec![Vec::new()];
        for axis in &self.0 {
            let longer = |cell: &Place| -> Vec<Place> {
                (0..axis.parts.len()).map(|part| cell.iter().copied().chain([part as u8]).collect()).collect()
            };
            cells = cells.iter().flat_map(longer).collect();
        }
        cells
    }

    /// How many parts each axis has.
    pub(super) fn lengths(&self) -> Vec<usize> {
        self.0.iter().map(|axis| axis.parts.len()).collect()
    }

    /// A visit on each side; none where a side says that there is no such visit.
    pub(super) fn trials(&self, sides: &Sides<'_>, cell: &Place) -> Option<(Trial, Trial)> {
        let trial = |trials: &Trials<'_>, of: &dyn Fn(&Part) -> Option<i64>| {
            let mut trial = trials.blank();
            for (axis, part) in self.0.iter().zip(cell) {
                let raw = of(&axis.parts[usize::from(*part)]);
                axis.names.iter().for_each(|name| {
                    raw.into_iter().for_each(|raw| trials.put(&mut trial, name, raw));
                });
            }
            let bands = trials.spot(&trial);
            let spot = Cell { compiled: trials.compiled, day: trials.day, known_on: Day::MAX, bands };
            (!spot.is_impossible()).then_some(trial)
        };
        Some((trial(&sides.a, &|part| part.raw.0)?, trial(&sides.b, &|part| part.raw.1)?))
    }

    /// The same as bands of facts; facts that only tables of the account read included.
    pub(super) fn spots(&self, sides: &Sides<'_>, cell: &Place) -> Option<(Vec<(FactId, u8)>, Vec<(FactId, u8)>)> {
        let (a, b) = self.trials(sides, cell)?;
        let spot = |trials: &Trials<'_>, trial: &Trial| {
            let mut spot = trials.spot(trial);
            spot.extend(trials.charge_spot(trial));
            spot
        };
        Some((spot(&sides.a, &a), spot(&sides.b, &b)))
    }

    /// The parts of each axis in words; axes that are whole say nothing.
    pub(super) fn words(&self, cube: &Cube) -> String {
        let one = |(axis, bands): (&Axis, &Bands)| {
            let chosen: Vec<usize> = (0..axis.parts.len()).filter(|part| bands.has(*part as u8)).collect();
            (chosen.len() < axis.parts.len()).then(|| axis.words(&chosen))
        };
        self.0.iter().zip(cube).filter_map(one).collect::<Vec<_>>().join("，")
    }

    /// One visit in words: what it is always told with, and what the cube holds fast.
    pub(super) fn visit_words(&self, cell: &Place, cube: &Cube) -> String {
        let rank = |axis: &Axis| ALWAYS.iter().position(|known| axis.names.iter().any(|name| name == known));
        let said = |(i, axis): &(usize, &Axis)| {
            let whole = (0..axis.parts.len()).all(|part| cube[*i].has(part as u8));
            !whole || rank(axis).is_some()
        };
        let mut axes: Vec<(usize, &Axis)> = self.0.iter().enumerate().filter(said).collect();
        axes.sort_by_key(|(_, axis)| rank(axis).unwrap_or(ALWAYS.len()));
        let one = |(i, axis): (usize, &Axis)| axis.example(usize::from(cell[i]));
        axes.into_iter().map(one).collect::<Vec<_>>().join("，")
    }
}

fn name_of(axis: &Axis) -> String {
    let words = fact_words(&axis.fact.name, axis.label.as_deref());
    if words.is_empty() { axis.fact.name.clone() } else { words.to_owned() }
}

impl Axis {
    fn of(sides: &Sides<'_>, names: Vec<String>, notes: &mut Vec<String>) -> Option<Self> {
        let stated = |trials: &Trials<'_>| -> Option<Fact> {
            let registry = &trials.compiled.registry;
            let fact = names.iter().find_map(|name| registry.get(name))?;
            (matches!(fact.source, Source::Raw(_)) && fact.owner != Owner::Charge && fact.kind != Kind::Set)
                .then(|| fact.clone())
        };
        let (a, b) = (stated(&sides.a), stated(&sides.b));
        let fact = a.clone().or_else(|| b.clone())?;
        let label = [&sides.a, &sides.b]
            .into_iter()
            .find_map(|trials| trials.compiled.label(&fact.name))
            .map(ToOwned::to_owned);
        let bands = |trials: &Trials<'_>, of: &Option<Fact>, raw: i64| -> Vec<u8> {
            // A prescriber and the institution itself may be told apart in different ways.
            let known = names.iter().filter_map(|name| trials.compiled.registry.get(name));
            of.iter().flat_map(|_| known.clone().map(|fact| fact.band(raw))).collect()
        };
        let parts = match fact.kind {
            Kind::Whole(..) | Kind::Date | Kind::Money => ranges(&fact, [&a, &b]),
            _ => {
                let (only_a, only_b) = (others(&a, &b), others(&b, &a));
                for only in [only_a, only_b].into_iter().flatten() {
                    if !notes.contains(&only) {
                        notes.push(only);
                    }
                }
                let mut parts: Vec<(Vec<Vec<u8>>, Part)> = Vec::new();
                for value in 0..if fact.kind == Kind::Flag { 2 } else { fact.values.len() } {
                    let Some(raw) = common(&fact, value, [&a, &b]) else { continue };
                    let key = alloc::vec![
                        raw.0.map(|raw| bands(&sides.a, &a, raw)).unwrap_or_default(),
                        raw.1.map(|raw| bands(&sides.b, &b, raw)).unwrap_or_default(),
                    ];
                    match parts.iter_mut().find(|(known, _)| *known == key) {
                        Some((_, part)) => part.values.push(value),
                        None => parts.push((key, Part { raw, values: alloc::vec![value], ends: (None, None) })),
                    }
                }
                parts.into_iter().map(|(_, part)| part).collect()
            }
        };
        (!parts.is_empty()).then_some(Self { names, fact, label, parts })
    }

    fn words(&self, parts: &[usize]) -> String {
        let words = match self.fact.kind {
            Kind::Flag => parts.iter().map(|part| flag_words(&self.parts[*part])).collect::<Vec<_>>().join("或"),
            Kind::Whole(..) | Kind::Date | Kind::Money => {
                let runs = parts.chunk_by(|a, b| a + 1 == *b);
                let ends = |run: &[usize]| (self.parts[run[0]].ends.0, self.parts[run[run.len() - 1]].ends.1);
                let words = runs.map(|run| range_words(&self.fact, ends(run).0, ends(run).1));
                words.collect::<Vec<_>>().join("、")
            }
            _ => {
                let mut values: Vec<usize> = parts.iter().flat_map(|part| self.parts[*part].values.clone()).collect();
                values.sort_unstable();
                values_words(&self.fact, &values)
            }
        };
        self.named(&words)
    }

    /// One value of a part.
    fn example(&self, part: usize) -> String {
        match self.fact.kind {
            Kind::Choice => self.named(&values_words(&self.fact, &self.parts[part].values[..1])),
            _ => self.words(&[part]),
        }
    }

    fn named(&self, words: &str) -> String {
        // What is said of the institution needs no name, nor does a prescriber who is nobody else.
        let own = SAME.iter().any(|(known, _)| *known == self.fact.name);
        let name = if own { "" } else { fact_words(&self.fact.name, self.label.as_deref()) };
        if name.is_empty() { words.to_owned() } else { format!("{name} {words}") }
    }
}

fn flag_words(part: &Part) -> &'static str {
    if part.values.first() == Some(&1) { "是" } else { "否" }
}

/// A named value on each side that has the fact; none where one of them does not know it.
fn common(fact: &Fact, value: usize, sides: [&Option<Fact>; 2]) -> Option<(Option<i64>, Option<i64>)> {
    let raw = |side: &Option<Fact>| match side {
        None => Some(None),
        Some(_) if fact.kind == Kind::Flag => Some(Some(value as i64)),
        Some(side) => side.raw(&ScalarValue::Text(fact.values[value].clone())).map(Some),
    };
    Some((raw(sides[0])?, raw(sides[1])?))
}

/// What is said of values that only one of two sides knows.
fn others(one: &Option<Fact>, other: &Option<Fact>) -> Option<String> {
    let (one, other) = (one.as_ref()?, other.as_ref()?);
    let own: Vec<usize> = (0..one.values.len()).filter(|value| !other.values.contains(&one.values[*value])).collect();
    (!own.is_empty()).then(|| format!("只在一方有、没有比较：{}", values_words(one, &own)))
}

/// The ranges between all ends that either side sets.
fn ranges(fact: &Fact, sides: [&Option<Fact>; 2]) -> Vec<Part> {
    let cuts: BTreeSet<i64> = sides.iter().copied().flatten().flat_map(|side| side.cuts.iter().copied()).collect();
    let cuts: Vec<i64> = cuts.into_iter().collect();
    let first = match fact.kind {
        Kind::Whole(min, _) => min,
        _ => cuts.first().map_or(0, |cut| cut - 1),
    };
    let part = |low: Option<i64>, high: Option<i64>| {
        let raw = low.unwrap_or(first);
        let of = |side: &Option<Fact>| side.as_ref().map(|_| raw);
        Part { raw: (of(sides[0]), of(sides[1])), values: Vec::new(), ends: (low, high) }
    };
    let lows = core::iter::once(None).chain(cuts.iter().copied().map(Some));
    let highs = cuts.iter().copied().map(Some).chain([None]);
    lows.zip(highs).map(|(low, high)| part(low, high)).collect()
}
