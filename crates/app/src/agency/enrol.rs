//! Members come into the register (参保登记) with all that is known of them at the beginning, one event each. Who is
//! registered already is left as he is.

use std::ops::ControlFlow;

use gongji_domain::{Day, Fen};
use gongji_register::{Fact, Member};
use gongji_store::{Known, Outcome, Store};

use super::many::{Act, Became, Stopped, perform};
use crate::his::Book;
use crate::his::book::{Change, Recorded, Told, View};
use crate::his::member::{certificates, record_name};
use crate::serve::clock::Clock;

/// A member to be registered, and what the account held since a day: this year's part, earlier years'.
pub(crate) struct Joining {
    pub member: Member,
    pub opened: Option<(Day, [Fen; 2])>,
}

/// Registers members; `done` is told how many came to an end. Gives how many are new.
///
/// # Errors
/// When the store cannot be written any more; begun again it goes on.
pub(crate) fn enrol(
    store: &Store<Book>,
    clock: &dyn Clock,
    by: &str,
    joining: impl Iterator<Item = Joining>,
    mut done: impl FnMut(u64),
) -> Result<u64, Stopped> {
    let told = Told { by: by.to_owned(), ..Told::default() };
    let (mut new, mut ended) = (0, 0);
    perform(store, clock, joining.map(|joining| act(joining, told.clone())), |_, became| {
        new += u64::from(matches!(became, Became::Done(true)));
        ended += 1;
        done(ended);
        ControlFlow::Continue(())
    })?;
    Ok(new)
}

fn act(joining: Joining, told: Told) -> Act<bool> {
    let Joining { member, opened } = joining;
    let number = member.number.clone();
    let mut with = certificates(&member.identity);
    with.insert(0, record_name(&number));
    let persons = std::iter::once(number.clone()).chain(with.iter().cloned()).collect();
    let decide = move |known: &Known<'_, Book>, _: u64| {
        let (book, number) = (View(known), &member.number);
        if book.member(number).is_some() {
            return (Outcome::Answer(Vec::new()), false);
        }
        let recorded = Recorded {
            facts: vec![Fact::Enrolled(Box::new(member.clone()))],
            told: told.clone(),
            previous: book.last_entry(number),
            opened: opened.filter(|_| !book.is_opened(number)),
            shown_by: with[1..].to_vec(),
            no_longer: Vec::new(),
        };
        let change = Change::Recorded(Box::new(recorded));
        let draft = change.outside("enrolled", (number, &member.area), with.clone(), "");
        (Outcome::Record(draft, Some(change)), true)
    };
    Act { name: format!("enrol-{number}"), input: String::new(), persons, decide: Box::new(decide) }
}
