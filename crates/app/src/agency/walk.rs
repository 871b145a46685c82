//! Walking everybody whom a store knows, beside whoever writes to it: what is kept of accounts, and what the register
//! says of an area's members. What is seen is of one moment; who acts on it looks again.

use std::collections::HashMap;

use gongji_register::Member;
use gongji_store::{ReadError, Reader};

use crate::his::Book;
use crate::his::person::Person;

/// What `take` takes from each account, by 人员编号; nothing of those of whom it takes nothing.
///
/// # Errors
/// When the store cannot be read.
pub(crate) fn accounts<T>(
    reader: &Reader,
    book: &Book,
    mut take: impl FnMut(&Person) -> Option<T>,
) -> Result<HashMap<String, T>, ReadError> {
    let mut taken = HashMap::new();
    reader.persons(book, |name, _, person| {
        if !name.ends_with('#')
            && let Some(found) = take(&person)
        {
            taken.insert(name.to_owned(), found);
        }
    })?;
    Ok(taken)
}

/// Hands every registered member to `see`, with how many events there were of the record.
///
/// # Errors
/// When the store cannot be read.
pub(crate) fn members(reader: &Reader, book: &Book, mut see: impl FnMut(&Member, u64)) -> Result<(), ReadError> {
    reader.persons(book, |name, revision, person| {
        if let Some(member) = person.record.member().filter(|_| name.ends_with('#')) {
            see(member, revision);
        }
    })
}
