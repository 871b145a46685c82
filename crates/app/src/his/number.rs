//! Numbers of the wire, exact from their text and exact back into it.

use std::fmt;

use gongji_domain::Fen;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// A decimal number exactly as written: `units` × 10^-`scale`, no trailing zero after the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Decimal {
    units: i128,
    scale: u32,
}

/// More digits than any field has.
const DIGITS: usize = 34;

impl Decimal {
    /// Reads the text of a JSON number (an exponent is allowed), or nothing if it is none or has
    /// more digits than anything here could mean.
    pub(crate) fn read(text: &str) -> Option<Self> {
        // Most are whole and short.
        if text.len() < 18 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return text.parse::<i64>().ok().map(|units| Self { units: units.into(), scale: 0 });
        }
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
            None => (text, 0),
        };
        let (whole, decimals) = match mantissa.split_once('.') {
            Some((whole, decimals)) if !decimals.is_empty() => (whole, decimals),
            Some(_) => return None,
            None => (mantissa, ""),
        };
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(decimals) {
            return None;
        }
        let all = format!("{whole}{decimals}");
        let significant = all.trim_start_matches('0').trim_end_matches('0');
        if significant.is_empty() {
            return Some(Self { units: 0, scale: 0 });
        }
        let dropped = i64::try_from(all.trim_start_matches('0').len() - significant.len()).ok()?;
        // value = significant × 10^power
        let power = exponent.checked_sub(i64::try_from(decimals.len()).ok()?)?.checked_add(dropped)?;
        let (zeros, scale) = if power >= 0 { (usize::try_from(power).ok()?, 0) } else { (0, power.unsigned_abs()) };
        if significant.len().checked_add(zeros)? > DIGITS || scale > DIGITS as u64 {
            return None;
        }
        let units: i128 = format!("{significant}{}", "0".repeat(zeros)).parse().ok()?;
        Some(Self { units: if negative { -units } else { units }, scale: u32::try_from(scale).ok()? })
    }

    /// The value in units of 10^-`decimals`, if it has no more decimals than that.
    pub(crate) fn units(self, decimals: u32) -> Option<i128> {
        self.units.checked_mul(10_i64.checked_pow(decimals.checked_sub(self.scale)?)?.into())
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_units(f, self.units, self.scale)
    }
}

fn write_units(f: &mut impl fmt::Write, units: i128, scale: u32) -> fmt::Result {
    let sign = if units < 0 { "-" } else { "" };
    let one = 10_u128.pow(scale);
    let (whole, rest) = (units.unsigned_abs() / one, units.unsigned_abs() % one);
    match scale {
        0 => write!(f, "{sign}{whole}"),
        _ => write!(f, "{sign}{whole}.{rest:0width$}", width = scale as usize),
    }
}

/// A number in units of 10^-`S`, written as a JSON number with exactly `S` decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fixed<const S: u32>(pub i64);

/// Quantity (数量), N16,4.
pub(crate) type Quantity = Fixed<4>;
/// Unit price (单价), N16,6.
pub(crate) type Price = Fixed<6>;
/// Share (比例), N5,4: 0.1 is ten percent.
pub(crate) type Share = Fixed<4>;
/// Money on the wire (金额), N16,2.
pub(crate) type Yuan = Fixed<2>;

impl From<Fen> for Yuan {
    fn from(fen: Fen) -> Self {
        Self(fen.fen())
    }
}

/// The digits of a number in units of 10^-`S`, on the stack: replies have dozens of them.
struct Digits {
    bytes: [u8; 24],
    from: usize,
}

impl Digits {
    fn of<const S: u32>(units: i64) -> Self {
        let mut digits = Self { bytes: [b'0'; 24], from: 24 };
        let mut rest = units.unsigned_abs();
        for _ in 0..S {
            digits.push_digit(&mut rest);
        }
        if S > 0 {
            digits.push(b'.');
        }
        // Always one digit before the point, and all that there are.
        digits.push_digit(&mut rest);
        while rest > 0 {
            digits.push_digit(&mut rest);
        }
        if units < 0 {
            digits.push(b'-');
        }
        digits
    }

    /// Takes the last digit off a number.
    fn push_digit(&mut self, rest: &mut u64) {
        // A remainder of ten is one digit.
        self.push(b'0' + (*rest % 10) as u8);
        *rest /= 10;
    }

    fn push(&mut self, byte: u8) {
        self.from -= 1;
        self.bytes[self.from] = byte;
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[self.from..]).unwrap_or_default()
    }
}

impl<const S: u32> Fixed<S> {
    /// Writes it at the end of a text.
    pub(crate) fn put(self, text: &mut String) {
        // Half of a reply's amounts are nothing, and most others are money.
        match (self.0, S) {
            (0, _) => text.push_str(const { nothing(S) }),
            (fen, 2) => Fen::from_fen(fen).put(text),
            (units, _) => text.push_str(Digits::of::<S>(units).as_str()),
        }
    }
}

impl<const S: u32> fmt::Display for Fixed<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Digits::of::<S>(self.0).as_str())
    }
}

impl<const S: u32> Serialize for Fixed<S> {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        let digits = Digits::of::<S>(self.0);
        let raw: &RawValue = serde_json::from_str(digits.as_str()).map_err(serde::ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

/// Nothing with so many decimals.
const fn nothing(decimals: u32) -> &'static str {
    match decimals {
        0 => "0",
        2 => "0.00",
        4 => "0.0000",
        6 => "0.000000",
        _ => panic!("no number of the interface has so many decimals"),
    }
}

/// `price` × `quantity` in 10^-8 fen, exactly.
pub(crate) fn product(price: Price, quantity: Quantity) -> i128 {
    i128::from(price.0) * i128::from(quantity.0)
}

/// So many 10^-8 fen are one fen.
pub(crate) const PER_FEN: i128 = 100_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_is_its_text() {
        for (text, shown) in [
            ("0", Some("0")),
            ("-0.00", Some("0")),
            ("12.50", Some("12.5")),
            ("1e2", Some("100")),
            ("1.5E-1", Some("0.15")),
            ("0010", Some("10")),
            ("100000000000000.01", Some("100000000000000.01")),
            ("-3.2", Some("-3.2")),
            ("1e34", None),
            ("1e-99", None),
            ("1e99999999999999999999", None),
            ("", None),
            ("-", None),
            (".5", None),
            ("5.", None),
            ("+1", None),
            ("1,000", None),
            ("１", None),
            ("0x10", None),
            ("NaN", None),
        ] {
            assert_eq!(Decimal::read(text).map(|value| value.to_string()).as_deref(), shown, "{text}");
        }
    }

    #[test]
    fn more_decimals_than_allowed_are_no_value_and_trailing_zeros_are_none() {
        let units = |text, decimals| Decimal::read(text).unwrap().units(decimals);
        assert_eq!(units("10.005", 2), None);
        assert_eq!(units("10.0050", 3), Some(10_005));
        assert_eq!(units("10.500", 2), Some(1_050));
        assert_eq!(units("7", 2), Some(700));
        assert_eq!(units("0.1", 2), Some(10));
    }

    #[test]
    fn numbers_go_out_with_exactly_their_decimals() {
        let json = |value: &dyn erased::Json| value.json();
        assert_eq!(json(&Yuan::from(Fen::from_fen(-5))), "-0.05");
        assert_eq!(json(&Yuan::from(Fen::ZERO)), "0.00");
        assert_eq!(json(&Yuan::from(Fen::from_fen(9_999_999_999_999_999))), "99999999999999.99");
        assert_eq!(json(&Yuan::from(Fen::from_fen(i64::MIN))), "-92233720368547758.08");
        assert_eq!(json(&Fixed::<0>(0)), "0");
        assert_eq!(json(&Fixed::<0>(-120)), "-120");
        assert_eq!(json(&Fixed::<6>(i64::MAX)), "9223372036854.775807");
        assert_eq!(json(&Price { 0: 1_500_000 }), "1.500000");
        assert_eq!(json(&Share { 0: 500 }), "0.0500");
    }

    mod erased {
        pub(super) trait Json {
            fn json(&self) -> String;
        }
        impl<T: serde::Serialize> Json for T {
            fn json(&self) -> String {
                serde_json::to_string(self).unwrap()
            }
        }
    }
}
