//! Names inside account keys: persons, institutions, sub-ledgers, and the codes of pooling areas.
//! Held in place, without allocation. Knows nothing of what the names mean elsewhere.

use core::fmt;

/// The longest name; the national numbers of persons and institutions fit.
const LONGEST: usize = 30;

/// A person's number (人员编号), an institution's code (定点医药机构编号) or a sub-ledger's name:
/// 1 to 30 ASCII letters, digits, `-`, `_` or `.`, the first a letter or digit.
///
/// ```
/// use gongji_ledger::Name;
/// let person: Name = "P-1001".parse().unwrap();
/// assert_eq!(person.as_str(), "P-1001");
/// assert!("P/1001".parse::<Name>().is_err());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    // Bytes before length: names sort as their text does, since what is unused is zero.
    bytes: [u8; LONGEST],
    length: u8,
}

/// A pooling area (统筹区) by its six-digit code.
#[doc(alias = "统筹区")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AreaCode(u32);

/// Why a text is not a name or an area.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing at all.
    #[error("编号不能为空")]
    Empty,
    /// More than thirty characters.
    #[error("编号至多三十个字符")]
    TooLong,
    /// A character that no name has, or a first one that is neither letter nor digit.
    #[error("编号只能含字母、数字和 - _ .，且以字母或数字开头")]
    NotAllowed,
    /// Not a six-digit code of a pooling area.
    #[error("统筹区须为六位数字代码，例如 211200")]
    NotAnArea,
}

impl Name {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.bytes[..usize::from(self.length)]).unwrap_or_default()
    }
}

impl core::str::FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let first = text.bytes().next().ok_or(NameError::Empty)?;
        let may_stand = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
        if !first.is_ascii_alphanumeric() || !text.bytes().all(may_stand) {
            return Err(NameError::NotAllowed);
        }
        let mut bytes = [0; LONGEST];
        bytes.get_mut(..text.len()).ok_or(NameError::TooLong)?.copy_from_slice(text.as_bytes());
        Ok(Self { bytes, length: text.len() as u8 })
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl AreaCode {
    /// The code as a number of six digits.
    pub const fn number(self) -> u32 {
        self.0
    }
}

impl core::str::FromStr for AreaCode {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let shaped = text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
        let number = text.parse().map_err(|_| NameError::NotAnArea)?;
        if shaped { Ok(Self(number)) } else { Err(NameError::NotAnArea) }
    }
}

impl fmt::Display for AreaCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn names_are_read_exactly_or_refused_by_name() {
        for text in ["P1", "H21120000001", "outpatient", "a", "123456789012345678901234567890", "a-b_c.d"] {
            assert_eq!(text.parse::<Name>().unwrap().to_string(), text);
        }
        for (text, fault) in [
            ("", NameError::Empty),
            ("-", NameError::NotAllowed),
            ("a/b", NameError::NotAllowed),
            ("a b", NameError::NotAllowed),
            ("门诊", NameError::NotAllowed),
            ("1234567890123456789012345678901", NameError::TooLong),
        ] {
            assert_eq!(text.parse::<Name>(), Err(fault), "{text}");
        }
    }

    #[test]
    fn names_sort_as_their_text_does() {
        let mut texts = ["P2", "P10", "P1", "P", "p", "P1.0", "0"];
        let mut names = texts.map(|text| text.parse::<Name>().unwrap());
        texts.sort_unstable();
        names.sort_unstable();
        assert_eq!(names.map(|name| name.to_string()), texts);
    }

    #[test]
    fn areas_are_six_digits() {
        assert_eq!("211200".parse::<AreaCode>().unwrap().to_string(), "211200");
        for text in ["", "21120", "2112000", "011200", "+21120", "２１１２００", "abcdef"] {
            assert_eq!(text.parse::<AreaCode>(), Err(NameError::NotAnArea), "{text}");
        }
    }
}
