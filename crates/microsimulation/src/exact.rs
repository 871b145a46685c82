//! Exact fractions of whole numbers, for what is recomputed and compared: nothing is rounded before it is shown.

use alloc::format;
use alloc::string::{String, ToString};

/// A fraction in lowest terms; the lower number is above zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exact {
    above: i128,
    below: i128,
}

fn common(a: u128, b: u128) -> u128 {
    if b == 0 { a } else { common(b, a % b) }
}

impl Exact {
    /// Nothing.
    pub const ZERO: Self = Self { above: 0, below: 1 };

    /// A whole number.
    #[must_use]
    pub const fn whole(number: i128) -> Self {
        Self { above: number, below: 1 }
    }

    /// `above` / `below`; none where there is nothing to divide by, or the numbers are too large.
    #[must_use]
    pub fn ratio(above: i128, below: i128) -> Option<Self> {
        if below == 0 {
            return None;
        }
        let common = i128::try_from(common(above.unsigned_abs(), below.unsigned_abs())).ok()?;
        let (above, below) = (above / common, below / common);
        let sign = if below < 0 { -1 } else { 1 };
        Some(Self { above: above.checked_mul(sign)?, below: below.checked_mul(sign)? })
    }

    /// Reads a decimal such as `150315.69`, `2.9%` or `-3`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (text, percent) = text.strip_suffix('%').map_or((text, 1), |rest| (rest, 100));
        let (text, sign) = text.strip_prefix('-').map_or((text, 1), |rest| (rest, -1));
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(decimals) || text.ends_with('.') || text.len() > 24 {
            return None;
        }
        let number: i128 = format!("{whole}{decimals}").parse().ok()?;
        Self::ratio(sign * number, 10_i128.pow(decimals.len() as u32) * percent)
    }

    /// The sum.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        let (left, right) = (self.above.checked_mul(other.below)?, other.above.checked_mul(self.below)?);
        Self::ratio(left.checked_add(right)?, self.below.checked_mul(other.below)?)
    }

    /// The difference.
    #[must_use]
    pub fn minus(self, other: Self) -> Option<Self> {
        self.plus(Self { above: -other.above, below: other.below })
    }

    /// The product.
    #[must_use]
    pub fn times(self, other: Self) -> Option<Self> {
        let left = Self::ratio(self.above, other.below)?;
        let right = Self::ratio(other.above, self.below)?;
        Self::ratio(left.above.checked_mul(right.above)?, left.below.checked_mul(right.below)?)
    }

    /// The quotient; none by zero.
    #[must_use]
    pub fn over(self, other: Self) -> Option<Self> {
        self.times(Self::ratio(other.below, other.above)?)
    }

    /// The nearest whole number, halves away from zero.
    #[must_use]
    pub fn rounded(self) -> i128 {
        let half = self.below / 2;
        let away = self.above.unsigned_abs().saturating_add(half.unsigned_abs()) / self.below.unsigned_abs();
        // Half of an odd number is rounded down above, so a remainder just below one half stays below.
        let away = i128::try_from(away).unwrap_or(i128::MAX);
        if self.above < 0 { -away } else { away }
    }

    /// With so many decimals, rounded for the reader (halves away from zero).
    #[must_use]
    pub fn shown(self, decimals: u32) -> String {
        let scaled = self.times(Self::whole(10_i128.pow(decimals.min(18)))).map_or(i128::MAX, Self::rounded);
        if decimals == 0 {
            return scaled.to_string();
        }
        let (sign, digits) = (if scaled < 0 { "-" } else { "" }, scaled.unsigned_abs().to_string());
        let digits = format!("{digits:0>width$}", width = decimals as usize + 1);
        let (whole, part) = digits.split_at(digits.len() - decimals as usize);
        format!("{sign}{whole}.{part}")
    }

    /// Whether it is below zero.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.above < 0
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        let apart = self.minus(*other)?;
        Some(apart.above.cmp(&0))
    }
}
