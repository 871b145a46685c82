//! Money in whole fen (分). Knows nothing of rates, rules or currencies other than the yuan.

use alloc::string::{String, ToString};
use core::fmt;
use core::iter::Sum;
use core::ops::{Add, AddAssign, Neg, Sub, SubAssign};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An amount of money in whole fen (分, 1/100 yuan).
///
/// Arithmetic panics on overflow (a bug: every amount read from outside is bounded when it is
/// parsed). Written as text with two decimals, the national form `N16,2`.
///
/// ```
/// use gongji_domain::Fen;
/// let charge: Fen = "1234.5".parse().unwrap();
/// assert_eq!(charge, Fen::from_fen(123_450));
/// assert_eq!(charge.to_string(), "1234.50");
/// assert!("0.005".parse::<Fen>().is_err());
/// ```
#[doc(alias = "分")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fen(i64);

/// Why a text is not an amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not digits with an optional point and decimals.
    #[error("不是金额：只能写数字，可带至多两位小数，例如 1234.56")]
    NotAnAmount,
    /// More than two decimals: below the fen there is nothing.
    #[error("金额至多两位小数（分）")]
    TooManyDecimals,
    /// A minus sign where only amounts from zero up are allowed.
    #[error("金额不能为负")]
    Negative,
    /// More than fourteen digits before the point.
    #[error("金额过大：整数部分至多十四位")]
    TooLarge,
}

impl Fen {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// The largest amount; stands for "no bound" where a limit is absent.
    pub const MAX: Self = Self(i64::MAX);

    /// An amount of so many fen.
    pub const fn from_fen(fen: i64) -> Self {
        Self(fen)
    }

    /// An amount of so many whole yuan.
    pub const fn from_yuan(yuan: i64) -> Self {
        Self(yuan * 100)
    }

    /// The amount in fen.
    pub const fn fen(self) -> i64 {
        self.0
    }

    /// Whether this is exactly nothing.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// What is left after `other`, never below zero (剩余额度).
    #[must_use]
    pub const fn less(self, other: Self) -> Self {
        let left = self.0.saturating_sub(other.0);
        Self(if left < 0 { 0 } else { left })
    }

    /// Reads an amount that may be negative (`"-300.00"`), as adjustments and reversals write it.
    ///
    /// # Errors
    /// [`MoneyError`] for anything that is not digits with at most two decimals.
    pub fn parse_signed(text: &str) -> Result<Self, MoneyError> {
        match text.strip_prefix('-') {
            Some(rest) => Ok(-rest.parse::<Self>()?),
            None => text.parse(),
        }
    }
}

impl core::str::FromStr for Fen {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        if text.starts_with('-') {
            return Err(MoneyError::Negative);
        }
        let (whole, decimals) = match text.split_once('.') {
            Some((whole, decimals)) if !decimals.is_empty() => (whole, decimals),
            Some(_) => return Err(MoneyError::NotAnAmount),
            None => (text, ""),
        };
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(decimals) {
            return Err(MoneyError::NotAnAmount);
        }
        if decimals.len() > 2 {
            return Err(MoneyError::TooManyDecimals);
        }
        if whole.len() > 14 {
            return Err(MoneyError::TooLarge);
        }
        let number = |part: &str| part.bytes().fold(0_i64, |n, b| n * 10 + i64::from(b - b'0'));
        let cents = match decimals.len() {
            0 => 0,
            1 => number(decimals) * 10,
            _ => number(decimals),
        };
        Ok(Self(number(whole) * 100 + cents))
    }
}

impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.digits(&mut [0; LONGEST]))
    }
}

impl Add for Fen {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Fen {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Fen {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl AddAssign for Fen {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl SubAssign for Fen {
    fn sub_assign(&mut self, other: Self) {
        self.0 -= other.0;
    }
}

impl Sum for Fen {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

/// The numbers below a hundred, each as two digits.
const PAIRS: &str = "\
    0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849\
    5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";

/// The last two digits of a number.
fn pair(number: u64) -> &'static str {
    let at = (number % 100) as usize * 2;
    &PAIRS[at..at + 2]
}

/// Writes a number at the end of a text.
fn put_whole(number: u64, text: &mut String) {
    if number >= 100 {
        put_whole(number / 100, text);
    }
    // The first of two digits is not written where nothing is before it and it is none. Each has a length of its own,
    // known here.
    if number < 10 { text.push_str(&pair(number)[1..]) } else { text.push_str(pair(number)) }
}

/// Room for the longest amount: a sign, nineteen digits and a point.
const LONGEST: usize = 21;

impl Fen {
    /// Writes the amount at the end of a text, as it is shown.
    pub fn put(self, text: &mut String) {
        let fen = self.0.unsigned_abs();
        if self.0 < 0 {
            text.push('-');
        }
        put_whole(fen / 100, text);
        text.push('.');
        text.push_str(pair(fen));
    }

    /// The amount as text, written from the end of `room`: answers are mostly amounts, and this
    /// needs no formatter.
    fn digits(self, room: &mut [u8; LONGEST]) -> &str {
        let (mut yuan, fen) = (self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100);
        let mut at = LONGEST;
        let mut put = |byte: u8| {
            at -= 1;
            room[at] = byte;
        };
        put(b'0' + (fen % 10) as u8);
        put(b'0' + (fen / 10) as u8);
        put(b'.');
        // Always one digit before the point, and all that there are.
        loop {
            put(b'0' + (yuan % 10) as u8);
            yuan /= 10;
            if yuan == 0 {
                break;
            }
        }
        if self.0 < 0 {
            put(b'-');
        }
        core::str::from_utf8(&room[at..]).expect("digits are text")
    }
}

impl Serialize for Fen {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !serializer.is_human_readable() {
            return serializer.serialize_i64(self.0);
        }
        serializer.serialize_str(self.digits(&mut [0; LONGEST]))
    }
}

impl<'de> Deserialize<'de> for Fen {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            return i64::deserialize(deserializer).map(Self);
        }
        let text = String::deserialize(deserializer)?;
        Self::parse_signed(&text).map_err(|fault| serde::de::Error::custom(fault.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn amounts_are_read_exactly_or_refused_by_name() {
        for (text, expected) in [
            ("0", Ok(0)),
            ("0.01", Ok(1)),
            ("12.3", Ok(1_230)),
            ("99999999.99", Ok(9_999_999_999)),
            ("99999999999999.99", Ok(9_999_999_999_999_999)),
            ("1.234", Err(MoneyError::TooManyDecimals)),
            ("-1.00", Err(MoneyError::Negative)),
            ("100000000000000", Err(MoneyError::TooLarge)),
            ("", Err(MoneyError::NotAnAmount)),
            (".5", Err(MoneyError::NotAnAmount)),
            ("5.", Err(MoneyError::NotAnAmount)),
            ("1,000.00", Err(MoneyError::NotAnAmount)),
            ("1e3", Err(MoneyError::NotAnAmount)),
            ("１", Err(MoneyError::NotAnAmount)),
            ("+1", Err(MoneyError::NotAnAmount)),
        ] {
            assert_eq!(text.parse::<Fen>().map(Fen::fen), expected, "{text}");
        }
    }

    #[test]
    fn text_and_amount_are_inverse() {
        for fen in [-12_345, -1, 0, 1, 99, 100, 101, 1_000, 9_999_999_999] {
            assert_eq!(Fen::parse_signed(&Fen(fen).to_string()), Ok(Fen(fen)));
        }
    }

    #[test]
    fn amounts_are_written_with_two_decimals() {
        for (fen, text) in [
            (0, "0.00"),
            (5, "0.05"),
            (-5, "-0.05"),
            (100, "1.00"),
            (120_034, "1200.34"),
            (i64::MAX, "92233720368547758.07"),
            (i64::MIN, "-92233720368547758.08"),
        ] {
            assert_eq!(Fen(fen).to_string(), text);
            let mut put = String::from("=");
            Fen(fen).put(&mut put);
            assert_eq!(put.strip_prefix('='), Some(text));
        }
    }

    #[test]
    fn what_is_left_is_never_negative() {
        assert_eq!(Fen(5).less(Fen(7)), Fen::ZERO);
        assert_eq!(Fen::MAX.less(Fen(1)), Fen(i64::MAX - 1));
    }
}
