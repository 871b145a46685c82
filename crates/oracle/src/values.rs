//! Exact numbers: money in fen, rates, dates, the one way to round and the one way to spread.
//!
//! Money is an exact rational number of fen (分), a rate (比例) an exact rational; only the named
//! roundings of the language bring a number back to whole fen.

use std::cmp::Reverse;

use jiff::civil::Date;
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

/// An exact number: fen for money, a plain fraction for a rate.
pub type Exact = BigRational;

/// A whole number as an exact one.
pub fn whole(number: i64) -> Exact {
    Exact::from_integer(BigInt::from(number))
}

/// Nothing.
pub fn zero() -> Exact {
    Exact::zero()
}

/// The sum of exact numbers.
pub fn sum<'a>(numbers: impl IntoIterator<Item = &'a Exact>) -> Exact {
    numbers
        .into_iter()
        .fold(zero(), |total, number| total + number)
}

/// The smaller of two exact numbers.
pub fn smaller(one: &Exact, other: &Exact) -> Exact {
    if one < other {
        one.clone()
    } else {
        other.clone()
    }
}

/// A decimal such as `-12.345` as an exact number.
pub fn decimal(text: &str) -> Result<Exact, String> {
    let fault = || format!("not a decimal number: {text:?}");
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole_part, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole_part.is_empty() || !all_digits(whole_part) || !all_digits(fraction) {
        return Err(fault());
    }
    let number: BigInt = format!("{whole_part}{fraction}")
        .parse()
        .map_err(|_| fault())?;
    let scale = num_traits::pow(BigInt::from(10), fraction.len());
    let exact = Exact::new(number, scale);
    Ok(if negative { -exact } else { exact })
}

/// Money text in yuan as fen: `"12.30"` is 1230.
pub fn money(text: &str) -> Result<Exact, String> {
    Ok(decimal(text)? * whole(100))
}

/// Rate text: `"60%"` is 3/5.
pub fn rate(text: &str) -> Result<Exact, String> {
    let number = text
        .strip_suffix('%')
        .ok_or_else(|| format!("not a rate: {text:?}"))?;
    Ok(decimal(number.trim())? / whole(100))
}

/// Percentage points (百分点): `"10 points"` is 1/10.
pub fn points(text: &str) -> Result<Exact, String> {
    let number = text
        .strip_suffix("points")
        .or_else(|| text.strip_suffix("point"))
        .ok_or_else(|| format!("not points: {text:?}"))?;
    Ok(decimal(number.trim())? / whole(100))
}

/// Half up to the whole number (四舍五入), the rounding of R1, R2 and R4.
pub fn half_up(number: &Exact) -> Exact {
    (number + Exact::new(BigInt::one(), BigInt::from(2))).floor()
}

/// A formula's rounding (R5), such as `"half_up fen"` or `"down yuan"`, on fen.
pub fn round_as(number: &Exact, rule: &str) -> Result<Exact, String> {
    let fault = || format!("not a rounding: {rule:?}");
    let (mode, unit) = rule.split_once(' ').ok_or_else(fault)?;
    let unit = match unit.trim() {
        "fen" => whole(1),
        "jiao" => whole(10),
        "yuan" => whole(100),
        "ten_yuan" => whole(1_000),
        "hundred_yuan" => whole(10_000),
        _ => return Err(fault()),
    };
    let units = number / &unit;
    let rounded = match mode {
        "half_up" => half_up(&units),
        "down" => units.floor(),
        "up" => units.ceil(),
        _ => return Err(fault()),
    };
    Ok(rounded * unit)
}

/// Fen as money text with two decimals.
pub fn money_text(fen: &Exact) -> String {
    debug_assert!(fen.is_integer(), "a printed amount is whole fen");
    let number = fen.to_integer();
    let sign = if number.is_negative() { "-" } else { "" };
    let number = number.abs();
    let yuan = &number / BigInt::from(100);
    let rest = &number % BigInt::from(100);
    format!("{sign}{yuan}.{:0>2}", rest.to_string())
}

/// A fen number as a machine integer, for comparison with constants.
pub fn fen_number(fen: &Exact) -> Result<i64, String> {
    if !fen.is_integer() {
        return Err("an amount finer than a fen".into());
    }
    fen.to_integer()
        .try_into()
        .map_err(|_| "an amount beyond all measure".to_string())
}

/// An ISO date.
pub fn date(text: &str) -> Result<Date, String> {
    text.parse()
        .map_err(|fault| format!("not a date: {text:?}: {fault}"))
}

/// A date's number, so that dates compare like whole numbers.
pub fn day_number(date: Date) -> i64 {
    let epoch = Date::constant(1970, 1, 1);
    i64::from((date - epoch).get_days())
}

/// `HH:MM` or `HH:MM:SS` as seconds of the day.
pub fn seconds_of_day(text: &str) -> Result<i64, String> {
    let fault = || format!("not a time of day: {text:?}");
    let parts: Vec<i64> = text
        .split(':')
        .map(|part| part.parse::<i64>().map_err(|_| fault()))
        .collect::<Result<_, _>>()?;
    match parts.as_slice() {
        [hour, minute] => Ok(hour * 3600 + minute * 60),
        [hour, minute, second] => Ok(hour * 3600 + minute * 60 + second),
        _ => Err(fault()),
    }
}

/// Who gets the odd fen of a spread when remainders tie: the larger eligible amount, the higher
/// rates, the benefit's own fund and then the others by code, the parcel's and the segment's order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Preference {
    /// The parcel's base in this benefit, larger first.
    pub base: Reverse<Exact>,
    /// The rates segment by segment, higher first.
    pub rates: Vec<Reverse<Exact>>,
    /// The code of another fund than the benefit's own.
    pub fund: Option<String>,
    /// The parcel's place in the canonical order.
    pub parcel: usize,
    /// The segment's place, low to high.
    pub segment: usize,
}

/// Spreads a whole sum of fen over weights by largest remainder (最大余数法): R3.
pub fn spread(total: &Exact, weights: &[Exact], preferences: &[Preference]) -> Vec<Exact> {
    let all = sum(weights);
    if all.is_zero() {
        return vec![zero(); weights.len()];
    }
    let quotas: Vec<Exact> = weights.iter().map(|weight| total * weight / &all).collect();
    let mut parts: Vec<Exact> = quotas.iter().map(Exact::floor).collect();
    let mut odd = total - sum(&parts);
    let mut order: Vec<usize> = (0..weights.len())
        .filter(|&i| !weights[i].is_zero())
        .collect();
    order.sort_by(|&one, &other| {
        let remainder = |i: usize| &quotas[i] - &parts[i];
        remainder(other)
            .cmp(&remainder(one))
            .then_with(|| preferences[one].cmp(&preferences[other]))
    });
    for i in order {
        if odd.is_zero() {
            break;
        }
        parts[i] += whole(1);
        odd -= whole(1);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(parcel: usize, base: i64) -> Preference {
        Preference {
            base: Reverse(whole(base)),
            rates: Vec::new(),
            fund: None,
            parcel,
            segment: 0,
        }
    }

    #[test]
    fn money_and_rates_are_exact() {
        assert_eq!(money("0.01").unwrap(), whole(1));
        assert_eq!(money_text(&whole(5)), "0.05");
        assert_eq!(money_text(&whole(-1234)), "-12.34");
        assert_eq!(rate("12.5%").unwrap() * whole(8), whole(1));
        assert_eq!(points("-2 points").unwrap() * whole(50), whole(-1));
        assert!(money("1,00").is_err());
    }

    #[test]
    fn formulas_round_as_told() {
        let wage = money("100040.00").unwrap() * rate("3%").unwrap();
        assert_eq!(
            round_as(&wage, "down yuan").unwrap(),
            money("3001.00").unwrap()
        );
        assert_eq!(
            round_as(&wage, "up yuan").unwrap(),
            money("3002.00").unwrap()
        );
        assert_eq!(
            round_as(&wage, "half_up fen").unwrap(),
            money("3001.20").unwrap()
        );
    }

    #[test]
    fn odd_fen_go_to_the_largest_remainder_then_to_the_larger_base() {
        let weights = [whole(1), whole(1), whole(1)];
        let preferences = [plain(0, 1), plain(1, 5), plain(2, 1)];
        assert_eq!(
            spread(&whole(2), &weights, &preferences),
            [whole(1), whole(1), whole(0)]
        );
    }
}
