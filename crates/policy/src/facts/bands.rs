//! Bands: the values of one fact that no condition of the package tells apart.

use super::declare::{MOST_SET_VALUES, MOST_VALUES};
use super::{Fact, Kind, Owner, Source};
use crate::fault::{Fault, listed, nearest};
use crate::model::{Compare, Condition, Scalar, ScalarValue, Word};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use gongji_domain::{Day, Fen};

/// The largest amount that a fact may have.
const LARGEST_STATED: Fen = Fen::from_fen(99_999_999_999_999);

/// A set of bands, as bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Bands([u64; 4]);

impl Bands {
    pub(crate) const NONE: Self = Self([0; 4]);

    pub(crate) fn insert(&mut self, band: u8) {
        self.0[usize::from(band / 64)] |= 1 << (band % 64);
    }

    pub(crate) fn has(self, band: u8) -> bool {
        self.0[usize::from(band / 64)] >> (band % 64) & 1 == 1
    }

    pub(crate) fn within(self, other: Self) -> bool {
        self.0.iter().zip(other.0).all(|(a, b)| a & !b == 0)
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self(core::array::from_fn(|i| self.0[i] & other.0[i]))
    }
}

impl Fact {
    /// The fact's place among those that a case states of a visit.
    pub(crate) fn visit_place(&self) -> Option<u8> {
        match self.source {
            Source::Raw(place) if self.owner != Owner::Charge => Some(place),
            _ => None,
        }
    }

    pub(super) fn set_values(&mut self, values: Vec<String>) {
        self.parents = vec![None; values.len()];
        self.values = values;
    }

    /// Whether one named value is another or stands under it.
    pub(crate) fn is_under(&self, value: &str, ancestor: &str) -> bool {
        let place = |name: &str| self.values.iter().position(|value| value == name);
        place(value).zip(place(ancestor)).is_some_and(|(value, ancestor)| self.under(value, ancestor))
    }

    /// Whether `value` is `ancestor` or stands under it.
    fn under(&self, value: usize, ancestor: usize) -> bool {
        value == ancestor || self.parents[value].is_some_and(|parent| self.under(parent, ancestor))
    }

    /// The number that stands for a written value, if the fact has it.
    pub(crate) fn raw(&self, value: &ScalarValue) -> Option<i64> {
        match (&self.kind, value) {
            (_, ScalarValue::Text(text)) => self.raw_text(text),
            (Kind::Flag, ScalarValue::Flag(flag)) => Some(i64::from(*flag)),
            (Kind::Whole(min, max), ScalarValue::Whole(number)) => (min..=max).contains(&number).then_some(*number),
            (Kind::Date, ScalarValue::Day(day)) => Some(i64::from(day.number())),
            _ => None,
        }
    }

    /// The same of a text.
    pub(crate) fn raw_text(&self, text: &str) -> Option<i64> {
        match self.kind {
            Kind::Choice => self.values.iter().position(|v| v == text).map(|v| v as i64),
            Kind::Set => self.values.iter().position(|v| v == text).filter(|v| *v < MOST_VALUES).map(|v| 1 << v),
            Kind::Money => text.parse::<Fen>().ok().filter(|amount| *amount <= LARGEST_STATED).map(Fen::fen),
            Kind::Flag | Kind::Whole(..) | Kind::Date => None,
        }
    }

    /// What values the fact has, for messages.
    pub fn allowed(&self) -> String {
        match self.kind {
            Kind::Choice | Kind::Set => listed(&self.values),
            Kind::Flag => "true 或 false".to_owned(),
            Kind::Whole(min, max) => format!("整数 {min} 至 {max}"),
            Kind::Date => "日期 YYYY-MM-DD".to_owned(),
            Kind::Money => "金额文字，如 \"90.00\"".to_owned(),
        }
    }

    pub(super) fn not_a_value(&self, scalar: &Scalar) -> Fault {
        let found = match &scalar.value {
            ScalarValue::Text(text) => format!("\"{text}\""),
            ScalarValue::Whole(number) => number.to_string(),
            ScalarValue::Flag(flag) => flag.to_string(),
            ScalarValue::Day(day) => day.to_string(),
        };
        let hint = match &scalar.value {
            ScalarValue::Text(text) => nearest(text, self.values.iter().map(String::as_str)),
            _ => None,
        };
        let hint = hint.map(|name| format!("，是否想写 {name}？")).unwrap_or_default();
        Fault::error(
            "unknown_value",
            scalar.at,
            format!("{found} 不是事实 {} 的取值", self.name),
            format!("可用：{}{hint}", self.allowed()),
        )
    }

    /// The cuts that a condition on a number makes; reports values that the fact does not have.
    pub(super) fn cuts_of(&self, name: &Word, condition: &Condition, faults: &mut Vec<Fault>) -> Option<Vec<i64>> {
        let scalars: Vec<(Option<Compare>, &Scalar)> = match condition {
            Condition::Any(values) | Condition::Not(values) => values.iter().map(|value| (None, value)).collect(),
            Condition::Range(range) => range.iter().map(|(compare, value)| (Some(*compare), value)).collect(),
        };
        if matches!(condition, Condition::Range(_)) && matches!(self.kind, Kind::Choice | Kind::Flag | Kind::Set) {
            let allowed = format!("{} 只能比较是否等于：{}", self.name, self.allowed());
            faults.push(Fault::error("invalid_value", name.at, "大小比较用在没有大小的事实上".to_owned(), allowed));
            return None;
        }
        if self.kind == Kind::Set && self.values.len() > MOST_SET_VALUES {
            let allowed =
                format!("超过 {MOST_SET_VALUES} 个取值的集合不能直接作条件：用 each 逐项取值，或用 count_of 数个数");
            faults.push(Fault::error("invalid_value", name.at, format!("{} 是集合", self.name), allowed));
            return None;
        }
        let mut cuts = Vec::new();
        for (compare, scalar) in scalars {
            let Some(raw) = self.raw(&scalar.value) else {
                faults.push(self.not_a_value(scalar));
                continue;
            };
            if self.banded() {
                match compare {
                    None => cuts.extend([raw, raw + 1]),
                    Some(Compare::Below | Compare::AtLeast) => cuts.push(raw),
                    Some(Compare::AtMost | Compare::Above) => cuts.push(raw + 1),
                }
            }
        }
        Some(cuts)
    }

    pub(super) fn banded(&self) -> bool {
        matches!(self.kind, Kind::Whole(..) | Kind::Date | Kind::Money)
    }

    pub(super) fn cut_at(&mut self, cut: i64) {
        if let Kind::Whole(min, max) = self.kind
            && (cut <= min || cut > max)
        {
            return;
        }
        if let Err(i) = self.cuts.binary_search(&cut) {
            self.cuts.insert(i, cut);
        }
    }

    /// How many bands there are.
    pub(crate) fn band_count(&self) -> usize {
        if self.banded() { self.cuts.len() + 1 } else { usize::from(self.bands.iter().copied().max().unwrap_or(0)) + 1 }
    }

    /// The band of a value.
    pub(crate) fn band(&self, raw: i64) -> u8 {
        if self.banded() {
            return self.cuts.partition_point(|cut| *cut <= raw) as u8;
        }
        // A large set is one band: no condition looks into it.
        self.bands.get(raw as usize).copied().unwrap_or(0)
    }

    /// A value inside a band, for messages and boundary cases.
    pub(crate) fn sample(&self, band: u8) -> i64 {
        if self.banded() {
            match (band, &self.kind) {
                (0, Kind::Whole(min, _)) => *min,
                (0, _) => self.cuts.first().map_or(0, |cut| cut - 1),
                (band, _) => self.cuts[usize::from(band) - 1],
            }
        } else {
            self.bands.iter().position(|b| *b == band).unwrap_or(0) as i64
        }
    }

    /// A value in words.
    pub(crate) fn show(&self, raw: i64) -> String {
        match self.kind {
            Kind::Choice => self.values.get(raw as usize).cloned().unwrap_or_default(),
            Kind::Flag => (raw != 0).to_string(),
            Kind::Whole(..) => raw.to_string(),
            Kind::Date => Day::from_number(raw as i32).to_string(),
            Kind::Money => Fen::from_fen(raw).to_string(),
            Kind::Set => listed(self.values.iter().enumerate().filter(|(i, _)| raw >> i & 1 == 1).map(|(_, v)| v)),
        }
    }

    /// The values that a choice condition lets through.
    fn matches(&self, scalars: &[Scalar], value: usize) -> bool {
        scalars.iter().any(|scalar| match (&self.kind, self.raw(&scalar.value)) {
            (Kind::Choice, Some(ancestor)) => self.under(value, ancestor as usize),
            (Kind::Set, Some(member)) => value as i64 & member != 0,
            (_, Some(raw)) => raw == value as i64,
            (_, None) => false,
        })
    }

    pub(super) fn bands_of(&self, condition: &Condition) -> Bands {
        let mut bands = Bands::NONE;
        for band in 0..self.band_count() {
            if self.holds(self.sample(band as u8), condition) {
                bands.insert(band as u8);
            }
        }
        bands
    }

    /// Whether a condition lets a value through.
    pub(crate) fn holds(&self, raw: i64, condition: &Condition) -> bool {
        if !self.banded() {
            return match condition {
                Condition::Any(values) => self.matches(values, raw as usize),
                Condition::Not(values) => !self.matches(values, raw as usize),
                Condition::Range(_) => false,
            };
        }
        let equals = |values: &[Scalar]| values.iter().any(|value| self.raw(&value.value) == Some(raw));
        match condition {
            Condition::Any(values) => equals(values),
            Condition::Not(values) => !equals(values),
            Condition::Range(range) => range.iter().all(|(compare, scalar)| {
                let Some(limit) = self.raw(&scalar.value) else { return false };
                match compare {
                    Compare::Below => raw < limit,
                    Compare::AtMost => raw <= limit,
                    Compare::AtLeast => raw >= limit,
                    Compare::Above => raw > limit,
                }
            }),
        }
    }

    /// Whether a condition that did not cut this fact lets some value of the band through.
    pub(crate) fn meets(&self, band: u8, condition: &Condition) -> bool {
        if !self.banded() {
            return self.raws_in(band).into_iter().any(|raw| self.holds(raw, condition));
        }
        let (low, high) = self.ends(band);
        let possible = |raw: i64| !matches!(self.kind, Kind::Whole(min, max) if raw < min || max < raw);
        let inside =
            |raw: &i64| possible(*raw) && low.is_none_or(|low| low <= *raw) && high.is_none_or(|high| *raw < high);
        let scalars = condition.scalars();
        let near = scalars.iter().filter_map(|scalar| self.raw(&scalar.value)).flat_map(|raw| [raw - 1, raw, raw + 1]);
        let ends = [Some(self.sample(band)), low, high.map(|high| high - 1)];
        near.chain(ends.into_iter().flatten()).filter(inside).any(|raw| self.holds(raw, condition))
    }

    /// First value of a band and the first after it; none at the ends of what a number can be.
    pub(crate) fn ends(&self, band: u8) -> (Option<i64>, Option<i64>) {
        let band = usize::from(band);
        (band.checked_sub(1).map(|before| self.cuts[before]), self.cuts.get(band).copied())
    }

    /// The values of a choice (or members of a set) in a band.
    pub(crate) fn values_in(&self, band: u8) -> Vec<usize> {
        (0..self.values.len()).filter(|value| self.bands.get(*value) == Some(&band)).collect()
    }

    /// The raw values of a choice or flag in a band.
    pub(crate) fn raws_in(&self, band: u8) -> Vec<i64> {
        (0..self.bands.len()).filter(|value| self.bands[*value] == band).map(|value| value as i64).collect()
    }
}
