//! The counter of the agency (经办机构): what officers do with members and their personal accounts. Commands and the REST
//! interface are thin on top of it. Knows no wire format and no field name of the national interface.

pub(crate) mod allowance;
pub(crate) mod before_after;
pub(crate) mod before_after_of;
pub(crate) mod bond;
pub(crate) mod carry_over;
pub(crate) mod contribute;
pub(crate) mod credit;
pub(crate) mod described;
pub(crate) mod enrol;
pub(crate) mod history;
pub(crate) mod import;
pub(crate) mod ledger;
pub(crate) mod many;
pub(crate) mod matter;
pub(crate) mod member;
pub(crate) mod premium;
pub(crate) mod register;
pub(crate) mod report;
pub(crate) mod rules;
pub(crate) mod statement;
pub(crate) mod table;
#[cfg(test)]
mod tests;
pub(crate) mod town;
pub(crate) mod walk;
pub(crate) mod words;

use gongji_register::bond::BondFault;

use crate::his::desk::Desk;
use crate::his::errors::{Code, Fault};

/// Most characters of an officer's name.
const OFFICER: usize = 40;
/// Most characters of a number that a caller gives to an act.
const NUMBER: usize = 64;

/// Whoever does something says who it is.
///
/// # Errors
/// If nobody is said, or what is no name.
pub(crate) fn check_officer(desk: &Desk<'_>) -> Result<(), Fault> {
    let by = desk.by;
    if by.trim().is_empty() {
        return Err(Fault::at(Code::MissingField, "by").allowed("经办人"));
    }
    if by.chars().count() > OFFICER || by.chars().any(char::is_control) {
        return Err(Fault::at(Code::InvalidValue, "by").given(by).allowed(format!("至多 {OFFICER} 个字")));
    }
    Ok(())
}

/// A number on paper that names an act (承诺书、缴费单).
///
/// # Errors
/// If it is empty, long, or no text.
fn check_paper(field: &str, number: &str) -> Result<(), Fault> {
    let long = number.chars().count() > NUMBER || number.chars().any(char::is_control);
    if number.trim().is_empty() || long {
        return Err(Fault::at(Code::InvalidValue, field).given(number).allowed(format!(" 1 至 {NUMBER} 个字的编号")));
    }
    Ok(())
}

/// A number that the caller gives to an act, if one is given.
fn check_number(number: Option<&str>) -> Result<(), Fault> {
    match number {
        Some(number) if number.is_empty() || number.len() > NUMBER || number.chars().any(char::is_control) => {
            Err(Fault::at(Code::InvalidValue, "request").given(number).allowed(format!(" 1 至 {NUMBER} 个字节")))
        }
        _ => Ok(()),
    }
}

/// A refusal of the table with its reason in words.
fn refused(code: Code, why: impl std::fmt::Display) -> Fault {
    Fault::spelled(code.name(), format!("{}：{why}", code.text()))
}

/// Why something about a bond cannot be, by which article.
fn of_bond(fault: &BondFault, article: Option<String>) -> Fault {
    article.into_iter().fold(refused(Code::BondRefused, fault), Fault::article)
}
