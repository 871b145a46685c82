//! Walking everybody whom a store knows, beside whoever writes to it: what is kept of accounts, and what the register
//! says of an area's members. What is seen is of one moment; who acts on it looks again.

use gongji_register::Member;
use gongji_store::{ReadError, Reader};

use crate::his::Book;
use crate::his::person::Person;

/// Hands everybody over, once, in no particular order: what is kept of each account, by 人员编号, to `account`, and what
/// the register says of each member, with how many events there were of the record, to `member`.
///
/// # Errors
/// When the store cannot be read.
pub(crate) fn everybody(
    reader: &Reader,
    book: &Book,
    mut account: impl FnMut(&str, &Person),
    mut member: impl FnMut(&Member, u64),
) -> Result<(), ReadError> {
    reader.persons(book, |name, revision, person| match person.record.member() {
        Some(registered) => member(registered, revision),
        None => account(name, &person),
    })
}

/// As [`everybody`], the members alone.
///
/// # Errors
/// As there.
pub(crate) fn members(reader: &Reader, book: &Book, see: impl FnMut(&Member, u64)) -> Result<(), ReadError> {
    everybody(reader, book, |_, _| {}, see)
}
