//! The text key of an account, as a store's column holds it: printed and read back, nothing else.
//! The person comes first, so that a store may be divided by person. Keys are ASCII and distinct by their
//! bytes; a store must compare them so, upper and lower case apart.

use crate::account::{Account, FundLedger, Holder, Part};
use crate::name::{AreaCode, Name, NameError};
use core::fmt;
use gongji_domain::FundCode;

/// Stands where the person would, in the key of an account that is no person's.
const NOBODY: &str = "-";

/// Why a text is not the key of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// A part of the key is not a name or an area.
    #[error("科目键有误：{0}")]
    Name(#[from] NameError),
    /// The fund is not in the national code table.
    #[error("科目键有误：基金代码不在国家代码表中")]
    UnknownFund,
    /// None of the forms that keys have.
    #[error(
        "科目键有误：应为 人员/统筹区/current|prior|received|claim，或 -/统筹区/fund|institution|receivable|payable|contributions|deposit|suspense"
    )]
    UnknownForm,
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_key(f)
    }
}

impl Account {
    /// Writes the key: what printing gives, without the cost of a formatter where keys are written in great numbers.
    ///
    /// # Errors
    /// Those of `into`.
    pub fn write_key(&self, into: &mut impl fmt::Write) -> fmt::Result {
        let mut put = |segments: &[&str]| {
            let (person, area) = (self.person(), self.area());
            into.write_str(person.as_ref().map_or(NOBODY, Name::as_str))?;
            into.write_str("/")?;
            into.write_str(itoa::Buffer::new().format(area.number()))?;
            segments.iter().try_for_each(|segment| into.write_str("/").and_then(|()| into.write_str(segment)))
        };
        let mut digits = itoa::Buffer::new();
        match self {
            Self::Personal { part, .. } => put(&[part.word()]),
            Self::Claim { .. } => put(&["claim"]),
            Self::Fund { ledger, .. } => {
                let fund = digits.format(ledger.fund.number());
                match &ledger.sub {
                    Some(sub) => put(&["fund", fund, sub.as_str()]),
                    None => put(&["fund", fund]),
                }
            }
            Self::Institution { institution, .. } => put(&["institution", institution.as_str()]),
            Self::Receivable { from, .. } => put(&["receivable", digits.format(from.number())]),
            Self::Payable { to, .. } => put(&["payable", digits.format(to.number())]),
            Self::Contributions { .. } => put(&["contributions"]),
            Self::Deposit { .. } => put(&["deposit"]),
            Self::Suspense { .. } => put(&["suspense"]),
        }
    }
}

impl Part {
    /// The word that a key has for it.
    fn word(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Prior => "prior",
            Self::Received => "received",
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl fmt::Display for FundLedger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.sub {
            Some(sub) => write!(f, "{}/{sub}", self.fund),
            None => write!(f, "{}", self.fund),
        }
    }
}

impl core::str::FromStr for Account {
    type Err = KeyError;

    /// Reads a key: `<person>/<area>/current`, `/prior`, `/received` or `/claim` for a person's account, else
    /// `-/<area>/` and `fund/<code>`, `fund/<code>/<sub-ledger>`, `institution/<code>`,
    /// `receivable/<area>`, `payable/<area>`, `contributions`, `deposit` or `suspense`.
    fn from_str(text: &str) -> Result<Self, KeyError> {
        let mut segments = text.split('/');
        let mut next = || segments.next();
        let (person, area) = (next().unwrap_or_default(), next().ok_or(KeyError::UnknownForm)?);
        let area: AreaCode = area.parse()?;
        let (form, detail, sub, more) = (next().unwrap_or_default(), next(), next(), next());
        if more.is_some() || (sub.is_some() && form != "fund") {
            return Err(KeyError::UnknownForm);
        }
        if person != NOBODY {
            return personal(Holder { person: person.parse()?, area }, form, detail);
        }
        match (form, detail) {
            ("fund", Some(fund)) => Ok(Self::Fund { area, ledger: ledger(fund, sub)? }),
            ("institution", Some(code)) => Ok(Self::Institution { area, institution: code.parse()? }),
            ("receivable", Some(from)) => Ok(Self::Receivable { area, from: from.parse()? }),
            ("payable", Some(to)) => Ok(Self::Payable { area, to: to.parse()? }),
            ("contributions", None) => Ok(Self::Contributions { area }),
            ("deposit", None) => Ok(Self::Deposit { area }),
            ("suspense", None) => Ok(Self::Suspense { area }),
            _ => Err(KeyError::UnknownForm),
        }
    }
}

fn personal(holder: Holder, form: &str, detail: Option<&str>) -> Result<Account, KeyError> {
    let part = match (form, detail) {
        ("current", None) => Part::Current,
        ("prior", None) => Part::Prior,
        ("received", None) => Part::Received,
        ("claim", None) => return Ok(Account::Claim { holder }),
        _ => return Err(KeyError::UnknownForm),
    };
    Ok(Account::Personal { holder, part })
}

fn ledger(fund: &str, sub: Option<&str>) -> Result<FundLedger, KeyError> {
    let fund = FundCode::from_code(fund).ok_or(KeyError::UnknownFund)?;
    Ok(FundLedger { fund, sub: sub.map(str::parse).transpose()? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Side;
    use alloc::string::ToString;

    #[test]
    fn every_form_of_key_reads_back_and_has_its_side() {
        for (key, normal) in [
            ("P1/211200/current", Side::Credit),
            ("P1/211200/prior", Side::Credit),
            ("P1/211200/received", Side::Credit),
            ("P1/211200/claim", Side::Debit),
            ("-/211200/fund/310100", Side::Credit),
            ("-/211200/fund/310100/outpatient", Side::Credit),
            ("-/211200/fund/330100", Side::Credit),
            ("-/211200/institution/H21120000001", Side::Credit),
            ("-/211200/receivable/500000", Side::Debit),
            ("-/211200/payable/500000", Side::Credit),
            ("-/211200/contributions", Side::Credit),
            ("-/211200/deposit", Side::Debit),
            ("-/211200/suspense", Side::Credit),
        ] {
            let account: Account = key.parse().unwrap();
            assert_eq!(account.to_string(), key);
            assert_eq!(account.normal(), normal, "{key}");
            assert_eq!(account.area().number(), 211_200);
            assert_eq!(account.person().is_some(), key.starts_with('P'));
        }
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let name = |fault| Err(KeyError::Name(fault));
        for (key, fault) in [
            ("", Err(KeyError::UnknownForm)),
            ("P1", Err(KeyError::UnknownForm)),
            ("P1/211200", Err(KeyError::UnknownForm)),
            ("P1/211200/deposit", Err(KeyError::UnknownForm)),
            ("P1/211200/current/", Err(KeyError::UnknownForm)),
            ("-/211200/claim", Err(KeyError::UnknownForm)),
            ("-/211200/current", Err(KeyError::UnknownForm)),
            ("-/211200/deposit/x", Err(KeyError::UnknownForm)),
            ("-/211200/institution/H1/x", Err(KeyError::UnknownForm)),
            ("-/211200/fund/310100/a/b", Err(KeyError::UnknownForm)),
            ("-/211200/fund/310200", Err(KeyError::UnknownFund)),
            ("-/211200/fund/310100/", name(NameError::Empty)),
            ("/211200/current", name(NameError::Empty)),
            ("P1/2112/current", name(NameError::NotAnArea)),
            ("P 1/211200/current", name(NameError::NotAllowed)),
        ] {
            assert_eq!(key.parse::<Account>(), fault, "{key}");
        }
    }
}
