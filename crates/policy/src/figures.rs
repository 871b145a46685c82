//! What a table says in a cell once adjustments, floors, ceilings and formulas are worked out.
//! Exact: a figure that does not come out whole needs a named rounding, or it is a fault.

use crate::cells::Cell;
use crate::compile::Compiled;
use crate::grid::{Grid, GridRow, Holding};
use crate::model::{Change, IndexRow, Value, Word};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use gongji_adjudication::{AccountPart, Amount, Each};
use gongji_domain::{Day, Fen, Rate, Rounding};

/// A figure with the citations of all that made it.
pub(crate) struct Figure<T> {
    pub(crate) is: T,
    pub(crate) cite: Vec<Word>,
}

/// Why a figure cannot be worked out: a stable code and what is wrong.
pub(crate) type Trouble = (&'static str, String);

/// An index whose year has not been published yet: no fault, but nothing can be decided by it.
pub(crate) const NOT_YET: &str = "index_not_yet";

const MILLION: i128 = 1_000_000;

/// The largest amount of a rule, in fen: ten trillion yuan. What the engine makes of it, such as the
/// allowance of many months, fits a machine word.
const LARGEST: i128 = 1_000_000_000_000_000;

impl Compiled {
    /// The row that holds, or what is wrong.
    pub(crate) fn row<'g>(&self, grid: &'g Grid, cell: &Cell<'_>) -> Result<&'g GridRow, Trouble> {
        match grid.holding(cell) {
            Holding::Row(row) => Ok(row),
            Holding::Gap => Err(("gap", format!("{} 在 {} 没有任何一行适用", grid.path, place(cell)))),
            Holding::Conflict(a, b) => {
                let (a, b) = (crate::compile::show_value(&a.is.value), crate::compile::show_value(&b.is.value));
                Err((
                    "conflict",
                    format!("{} 在 {} 有两行都适用（{a} 与 {b}），谁也不比谁更窄", grid.path, place(cell)),
                ))
            }
        }
    }

    /// The rate in a cell.
    pub(crate) fn rate(&self, grid: &Grid, cell: &Cell<'_>) -> Result<Figure<Rate>, Trouble> {
        let row = self.row(grid, cell)?;
        let mut cite = row.cite.clone();
        let base = match &row.is.value {
            Value::Rate(rate) => i128::from(rate.millionths()),
            Value::None => 0,
            Value::SameAs { path, share } => {
                let other = self.rate(self.referred(path)?, cell)?;
                cite.extend(other.cite);
                let product = i128::from(other.is.millionths()) * share.map_or(MILLION, |s| i128::from(s.millionths()));
                exact(product, MILLION, &grid.path)?
            }
            value => {
                return Err((
                    "invalid_value",
                    format!("{} 里的 {} 不是比例", grid.path, crate::compile::show_value(value)),
                ));
            }
        };
        let mut rate = self.adjusted(grid, cell, base, true, &mut cite)?.exact(&grid.path)?;
        for (nested, least) in [(&grid.at_least, true), (&grid.at_most, false)] {
            if let Some(nested) = nested {
                let bound = i128::from(self.rate(nested, cell)?.is.millionths());
                rate = if least { rate.max(bound) } else { rate.min(bound) };
            }
        }
        if !(0..=MILLION).contains(&rate) {
            let found = Rate::from_millionths(rate as i64);
            return Err((
                "out_of_range",
                format!("{} 在 {} 的比例是 {found}，须在 0% 至 100%", grid.path, place(cell)),
            ));
        }
        Ok(Figure { is: Rate::from_millionths(rate as i64), cite })
    }

    /// All additions, then all multiplications.
    fn adjusted(
        &self,
        grid: &Grid,
        cell: &Cell<'_>,
        base: i128,
        rate: bool,
        cite: &mut Vec<Word>,
    ) -> Result<Fraction, Trouble> {
        let mut figure = base;
        let mut times = Vec::new();
        for adjust in grid.adjust.iter().filter(|adjust| adjust.applies(cell)) {
            let count = match adjust.per {
                Some((fact, less)) => {
                    let value = self.registry.facts[fact].sample(crate::grid::Scope::band(cell, fact));
                    i128::from(value.saturating_sub(less).max(0))
                }
                None => 1,
            };
            match (adjust.change, rate) {
                (Change::Points(points), true) => figure += i128::from(points.millionths()) * count,
                (Change::Money(fen), false) => figure += i128::from(fen.fen()) * count,
                (Change::Times(rate), _) => times.push((i128::from(rate.millionths()), count)),
                _ => {
                    return Err((
                        "invalid_value",
                        format!("{} 的 adjust：比例加百分点（\"10 points\"），金额加金额", grid.path),
                    ));
                }
            }
            if count > 0 {
                cite.extend(adjust.cite.iter().cloned());
            }
        }
        let mut product = Fraction { numerator: figure, denominator: 1 };
        for factor in times.into_iter().flat_map(|(factor, count)| (0..count).map(move |_| factor)) {
            product = product.times(factor).ok_or_else(|| ("out_of_range", format!("{} 的乘数太多", grid.path)))?;
        }
        Ok(product)
    }

    fn referred(&self, path: &str) -> Result<&Grid, Trouble> {
        self.grid(path).ok_or_else(|| ("unknown_path", format!("same_as 指向的 {path} 不存在")))
    }

    /// The amount in a cell, as the engine executes it.
    pub(crate) fn amount(&self, grid: &Grid, cell: &mut Cell<'_>) -> Result<Figure<Amount>, Trouble> {
        if let Some(each) = &grid.each {
            return self.each(grid, &each.clone(), cell);
        }
        let row = self.row(grid, cell)?;
        let mut cite = row.cite.clone();
        let fixed = match &row.is.value {
            Value::Money(fen) => Some(*fen),
            Value::None | Value::Open => None,
            Value::Share { share, of, year, round } => match self.share(grid, cell, *share, of, *year, *round)? {
                Amount::Fixed(fen) => Some(fen),
                amount => return self.stated(grid, cell, amount, cite),
            },
            Value::SameAs { path, share } => {
                let other = self.amount(self.referred(path)?, cell)?;
                cite.extend(other.cite);
                match (other.is, share) {
                    (Amount::Fixed(fen), Some(share)) => Some(whole(fen, *share, grid.rounding, &grid.path)?),
                    (Amount::Fixed(fen), None) => Some(fen),
                    (Amount::None, _) => None,
                    (amount, None) => return self.stated(grid, cell, amount, cite),
                    (_, Some(_)) => return Err(("invalid_value", format!("{}：share 只能用在固定金额上", grid.path))),
                }
            }
            Value::Frozen(name) => {
                let index = self.frozen.iter().position(|known| known == name).unwrap_or(0);
                return self.stated(grid, cell, Amount::Frozen(index as u8), cite);
            }
            Value::Balance(part) => {
                let part = match part.as_str() {
                    "account.current" => AccountPart::Current,
                    "account.prior" => AccountPart::Prior,
                    other => {
                        return Err((
                            "invalid_value",
                            format!("balance = \"{other}\"：account.current 或 account.prior"),
                        ));
                    }
                };
                return self.stated(grid, cell, Amount::Balance(part), cite);
            }
            value => {
                return Err((
                    "invalid_value",
                    format!("{} 里的 {} 不是金额", grid.path, crate::compile::show_value(value)),
                ));
            }
        };
        let Some(fixed) = fixed else { return Ok(Figure { is: Amount::None, cite }) };
        let mut fen = self.adjusted(grid, cell, i128::from(fixed.fen()), false, &mut cite)?;
        for (is_least, nested) in [(true, &grid.at_least), (false, &grid.at_most)] {
            if let Some(nested) = nested
                && let Amount::Fixed(bound) = self.amount(nested, cell)?.is
            {
                fen = fen.clamp_at(i128::from(bound.fen()), is_least);
            }
        }
        let found = || format!("{} 在 {} 的金额为负或过大", grid.path, place(cell));
        let fen = match grid.rounding {
            // What lies beyond all amounts is not rounded.
            _ if (fen.numerator / fen.denominator).abs() > LARGEST => return Err(("out_of_range", found())),
            Some(rounding) => i128::from(rounding.round(fen.numerator, fen.denominator).fen()),
            None => fen.exact(&grid.path)?,
        };
        match i64::try_from(fen) {
            Ok(fen @ 0..) => Ok(Figure { is: Amount::Fixed(Fen::from_fen(fen)), cite }),
            _ => Err(("out_of_range", found())),
        }
    }

    /// An amount that a case states: nothing can be worked out from it beforehand.
    fn stated(&self, grid: &Grid, cell: &Cell<'_>, amount: Amount, cite: Vec<Word>) -> Result<Figure<Amount>, Trouble> {
        let changed =
            grid.adjust.iter().any(|adjust| adjust.applies(cell)) || grid.at_least.is_some() || grid.at_most.is_some();
        if changed && amount != Amount::None {
            return Err(("invalid_value", format!("{}：adjust、at_least、at_most 只能用在固定金额上", grid.path)));
        }
        Ok(Figure { is: amount, cite })
    }

    /// The amounts of the members of a set.
    fn each(&self, grid: &Grid, each: &crate::model::Each, cell: &mut Cell<'_>) -> Result<Figure<Amount>, Trouble> {
        let (Some(set), Some(bound)) = (self.registry.id(&each.set.text), self.registry.id(&each.name.text)) else {
            return Err(("unknown_fact", format!("{}：each 的集合或名称不存在", grid.path)));
        };
        let Some(place) = self.registry.facts[set].visit_place() else {
            return Err(("invalid_value", format!("{}：each 要一个由就诊给出的集合", grid.path)));
        };
        let one = Grid { each: None, ..grid.clone() };
        let (mut amounts, mut cite) = (Vec::new(), Vec::new());
        for value in &self.registry.facts[set].values {
            let raw = self.registry.facts[bound].raw(&crate::model::ScalarValue::Text(value.clone())).unwrap_or(0);
            cell.set(bound, self.registry.facts[bound].band(raw));
            let figure = self.amount(&one, cell);
            cell.bands.retain(|(fact, _)| *fact != bound);
            let figure = figure?;
            match figure.is {
                Amount::Fixed(fen) => amounts.push(fen),
                _ => return Err(("invalid_value", format!("{}：each 的每一项须是固定金额", grid.path))),
            }
            cite.extend(figure.cite);
        }
        let all = alloc::vec![Rate::ONE; amounts.len()];
        let weights = if each.weights.is_empty() { &all } else { &each.weights };
        if grid.rounding.is_none() {
            for (amount, weight) in amounts.iter().flat_map(|a| weights.iter().map(move |w| (a, w))) {
                exact(i128::from(amount.fen()) * i128::from(weight.millionths()), MILLION, &grid.path)?;
            }
        }
        cite.sort_by(|a, b| a.text.cmp(&b.text));
        cite.dedup_by(|a, b| a.text == b.text);
        let each = Each {
            set: place,
            amounts: amounts.into(),
            weights: weights.clone().into(),
            rounding: grid.rounding.unwrap_or(Rounding::HALF_UP_FEN),
        };
        Ok(Figure { is: Amount::Each(alloc::boxed::Box::new(each)), cite })
    }

    fn share(
        &self,
        grid: &Grid,
        cell: &Cell<'_>,
        share: Rate,
        of: &str,
        year: Option<i64>,
        round: Option<Rounding>,
    ) -> Result<Amount, Trouble> {
        let round = round.or(grid.rounding);
        if let Some(name) = of.strip_prefix("index.") {
            let year = match year {
                Some(relative @ ..=0) => i64::from(cell.day.ymd().0) + relative,
                Some(year) => year,
                None => i64::from(cell.day.ymd().0),
            };
            return Ok(match self.index(name, year, cell)? {
                Some(value) => Amount::Fixed(whole(value, share, round, &grid.path)?),
                None => Amount::None,
            });
        }
        let name = of.strip_prefix("member.").unwrap_or(of);
        let fact = self.registry.id(name).map(|id| &self.registry.facts[id]);
        match fact.map(|fact| (fact.visit_place(), &fact.kind)) {
            Some((Some(of), crate::facts::Kind::Money)) => {
                Ok(Amount::Share { of, rate: share, rounding: round.unwrap_or(Rounding::HALF_UP_FEN) })
            }
            _ => Err((
                "unknown_fact",
                format!("{}：of = \"{of}\" 要 index.X，或一个 kind = \"money\" 的事实", grid.path),
            )),
        }
    }

    /// An index of a year; [`None`] where it is open.
    pub(crate) fn index(&self, name: &str, year: i64, cell: &Cell<'_>) -> Result<Option<Fen>, Trouble> {
        match &self.index_row(name, year, cell.known_on)?.is.value {
            Value::Money(fen) => Ok(Some(*fen)),
            Value::Open => Ok(None),
            value => Err((
                "invalid_value",
                format!("index.{name} {year} 年的 {} 不是金额", crate::compile::show_value(value)),
            )),
        }
    }

    /// The row of an index for a year, as it was known.
    pub(crate) fn index_row(&self, name: &str, year: i64, known_on: Day) -> Result<&IndexRow, Trouble> {
        let index = self.package.indexes.iter().find(|index| index.name.text == name);
        let Some(index) = index else { return Err(("unknown_index", format!("没有指数 index.{name}"))) };
        // The newest figure known by then holds: an estimate until the final one is published.
        let rows = index.rows.iter().filter(|row| row.year == year);
        let row = rows
            .filter(|row| row.known.is_none_or(|known| known <= known_on))
            .max_by_key(|row| (row.known, !row.estimate));
        match row {
            Some(row) => Ok(row),
            None if index.rows.iter().all(|row| row.year < year) => {
                Err((NOT_YET, format!("index.{name} 还没有 {year} 年的数")))
            }
            None => Err(("gap", format!("index.{name} 没有 {year} 年的数"))),
        }
    }
}

/// An exact figure on its way to a whole one.
#[derive(Clone, Copy)]
struct Fraction {
    numerator: i128,
    denominator: i128,
}

impl Fraction {
    /// Times so many millionths, in lowest terms; [`None`] when it no longer fits.
    fn times(self, millionths: i128) -> Option<Self> {
        let numerator = self.numerator.checked_mul(millionths)?;
        let denominator = self.denominator.checked_mul(MILLION)?;
        let common = greatest_common_divisor(numerator.unsigned_abs(), denominator.unsigned_abs()) as i128;
        let (numerator, denominator) = (numerator / common, denominator / common);
        // So large that it can still be compared with any amount, and rounded.
        let fits = numerator.unsigned_abs() < 1 << 120 && denominator < 1 << 60;
        fits.then_some(Self { numerator, denominator })
    }

    /// The whole figure, if it is one.
    fn exact(self, path: &str) -> Result<i128, Trouble> {
        exact(self.numerator, self.denominator, path)
    }

    /// Not below (or not above) a whole bound.
    fn clamp_at(self, bound: i128, least: bool) -> Self {
        let below = self.numerator < bound * self.denominator;
        if below == least { Self { numerator: bound, denominator: 1 } } else { self }
    }
}

fn greatest_common_divisor(a: u128, b: u128) -> u128 {
    if b == 0 { a.max(1) } else { greatest_common_divisor(b, a % b) }
}

fn whole(amount: Fen, share: Rate, rounding: Option<Rounding>, path: &str) -> Result<Fen, Trouble> {
    let product = i128::from(amount.fen()) * i128::from(share.millionths());
    match rounding {
        _ if product / MILLION > LARGEST => Err(("out_of_range", format!("{path} 的金额过大"))),
        Some(rounding) => Ok(rounding.round(product, MILLION)),
        None => Ok(Fen::from_fen(exact(product, MILLION, path)? as i64)),
    }
}

fn exact(numerator: i128, denominator: i128, path: &str) -> Result<i128, Trouble> {
    if numerator % denominator == 0 {
        return Ok(numerator / denominator);
    }
    Err(("inexact", format!("{path} 算出来不是整分（或不足百万分之一），须写明 round，如 \"half_up fen\"")))
}

fn place(cell: &Cell<'_>) -> String {
    let described = cell.describe();
    let day = cell.day.to_string();
    if described.is_empty() { day } else { format!("{described}（{day}）") }
}
