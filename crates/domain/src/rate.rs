//! Rates in whole millionths, and the one place where money meets a rate.

use crate::Fen;
use core::fmt;

/// A rate (比例) in whole millionths: 60 % is 600 000.
///
/// Four decimals before the percent sign are exact, which is what any published rule needs.
///
/// ```
/// use gongji_domain::{Fen, Rate, Rounding};
/// let rate: Rate = "62.5%".parse().unwrap();
/// assert_eq!(rate.of(Fen::from_yuan(3), Rounding::HALF_UP_FEN), Fen::from_fen(188));
/// ```
#[doc(alias = "报销比例")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate(i64);

/// Why a text is not a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RateError {
    /// Not digits, an optional point and decimals, and a percent sign.
    #[error("不是比例：写数字加百分号，例如 60% 或 62.5%")]
    NotARate,
    /// More than four decimals.
    #[error("比例的百分数至多四位小数")]
    TooManyDecimals,
    /// More than six digits before the point.
    #[error("比例过大")]
    TooLarge,
}

/// How an inexact amount becomes whole: the unit, and the direction. Every rounding names one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rounding {
    /// The unit in fen: 1 for the fen, 10 for the jiao, 100 for the yuan, 1 000 for ten yuan.
    pub unit: i64,
    /// Where what is between two units goes.
    pub direction: Direction,
}

/// Where an amount between two units goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// To the lower unit (舍去).
    Down,
    /// Half and more to the upper unit (四舍五入).
    HalfUp,
    /// To the upper unit (进位).
    Up,
}

impl Rounding {
    /// Half up to the fen (四舍五入到分): every payment and every first-pay share.
    pub const HALF_UP_FEN: Self = Self { unit: 1, direction: Direction::HalfUp };

    /// Rounds `numerator / denominator` fen.
    pub const fn round(self, numerator: i128, denominator: i128) -> Fen {
        let unit = denominator * self.unit as i128;
        let lift = match self.direction {
            Direction::Down => 0,
            Direction::HalfUp => unit / 2,
            Direction::Up => unit - 1,
        };
        Fen::from_fen(((numerator + lift).div_euclid(unit)) as i64 * self.unit)
    }
}

impl Rate {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// All of it.
    pub const ONE: Self = Self(MILLION);

    /// A rate of so many millionths.
    pub const fn from_millionths(millionths: i64) -> Self {
        Self(millionths)
    }

    /// The rate in millionths.
    pub const fn millionths(self) -> i64 {
        self.0
    }

    /// This share of an amount, rounded as named.
    #[inline]
    pub fn of(self, amount: Fen, rounding: Rounding) -> Fen {
        let in_words = (0..WORD_SAFE).contains(&amount.fen()) && (0..=MILLION).contains(&self.0);
        if in_words && rounding == Rounding::HALF_UP_FEN {
            return self.pay(amount);
        }
        rounding.round(i128::from(amount.fen()) * i128::from(self.0), i128::from(MILLION))
    }

    /// This share of an amount that is not negative, half up to the fen: the payment rounding R2,
    /// in machine words as long as the product fits.
    #[inline]
    pub fn pay(self, amount: Fen) -> Fen {
        let (fen, rate) = (amount.fen(), self.0);
        debug_assert!(fen >= 0 && rate >= 0);
        if fen < WORD_SAFE && rate <= MILLION {
            Fen::from_fen(((fen as u64 * rate as u64 + MILLION as u64 / 2) / MILLION as u64) as i64)
        } else {
            self.of(amount, Rounding::HALF_UP_FEN)
        }
    }

    /// Reads a rate that may be negative (`"-5%"`, or points).
    ///
    /// # Errors
    /// [`RateError`] for anything that is not a number with a percent sign.
    pub fn parse_signed(text: &str) -> Result<Self, RateError> {
        match text.strip_prefix('-') {
            Some(rest) => rest.parse::<Self>().map(|rate| Self(-rate.0)),
            None => text.parse(),
        }
    }
}

const MILLION: i64 = 1_000_000;
/// Below this many fen a product with a rate up to one fits a machine word.
const WORD_SAFE: i64 = 9_000_000_000_000;

impl core::str::FromStr for Rate {
    type Err = RateError;

    fn from_str(text: &str) -> Result<Self, RateError> {
        let number = text.strip_suffix('%').ok_or(RateError::NotARate)?;
        let (whole, decimals) = match number.split_once('.') {
            Some((whole, decimals)) if !decimals.is_empty() => (whole, decimals),
            Some(_) => return Err(RateError::NotARate),
            None => (number, ""),
        };
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(decimals) {
            return Err(RateError::NotARate);
        }
        if decimals.len() > 4 {
            return Err(RateError::TooManyDecimals);
        }
        if whole.len() > 6 {
            return Err(RateError::TooLarge);
        }
        let value = |part: &str| part.bytes().fold(0_i64, |n, b| n * 10 + i64::from(b - b'0'));
        let scale = 10_i64.pow(4 - decimals.len() as u32);
        Ok(Self(value(whole) * 10_000 + value(decimals) * scale))
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let value = self.0.unsigned_abs();
        let (whole, mut decimals, mut width) = (value / 10_000, value % 10_000, 4);
        if decimals == 0 {
            return write!(f, "{sign}{whole}%");
        }
        while decimals % 10 == 0 {
            decimals /= 10;
            width -= 1;
        }
        write!(f, "{sign}{whole}.{decimals:0width$}%")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn rates_are_read_exactly_or_refused_by_name() {
        for (text, expected) in [
            ("60%", Ok(600_000)),
            ("62.5%", Ok(625_000)),
            ("0.0001%", Ok(1)),
            ("120%", Ok(1_200_000)),
            ("60", Err(RateError::NotARate)),
            ("%", Err(RateError::NotARate)),
            ("5.%", Err(RateError::NotARate)),
            ("0.00001%", Err(RateError::TooManyDecimals)),
            ("1000000%", Err(RateError::TooLarge)),
        ] {
            assert_eq!(text.parse::<Rate>().map(Rate::millionths), expected, "{text}");
        }
        for text in ["60%", "62.5%", "0.0001%", "7.05%"] {
            assert_eq!(text.parse::<Rate>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn the_short_way_to_pay_equals_the_exact_one() {
        for fen in [0, 1, 49, 50, 99, 100, 161_999, 8_999_999_999_999, 9_000_000_000_000] {
            for rate in [0, 1, 333_333, 500_000, 600_000, 999_999, 1_000_000] {
                let (amount, rate) = (Fen::from_fen(fen), Rate::from_millionths(rate));
                assert_eq!(rate.pay(amount), rate.of(amount, Rounding::HALF_UP_FEN));
            }
        }
    }

    #[test]
    fn index_formulas_round_to_their_unit() {
        let wage = Fen::from_yuan(100_040);
        let share = Rate::from_millionths(30_000);
        for (direction, yuan) in [(Direction::Down, 3_001), (Direction::HalfUp, 3_001), (Direction::Up, 3_002)] {
            assert_eq!(share.of(wage, Rounding { unit: 100, direction }), Fen::from_yuan(yuan));
        }
    }
}
