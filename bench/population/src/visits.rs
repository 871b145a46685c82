//! The ordinary visits of an invented population, member after member, as columns.

use gongji_population::{Batch, Care, Class, Source, Status};

/// Columns; `first`, `retired` and `balance` have a row for each member, the others one for each visit.
#[derive(Default)]
pub struct Visits {
    /// Where each member's visits begin.
    pub first: Vec<u32>,
    pub retired: Vec<u8>,
    pub balance: Vec<i64>,
    /// 0 primary, 1 secondary, 2 tertiary.
    pub level: Vec<u8>,
    pub eligible: Vec<i64>,
    pub other: Vec<i64>,
}

impl Visits {
    pub fn count(&self) -> usize {
        self.eligible.len()
    }

    /// Each member with the range of their visits.
    pub fn members(&self) -> impl Iterator<Item = (usize, std::ops::Range<usize>)> {
        let end = |member: usize| self.first.get(member + 1).map_or(self.count(), |first| *first as usize);
        (0..self.first.len()).map(move |member| (member, self.first[member] as usize..end(member)))
    }
}

/// The ordinary visits of so many invented members of Nanchang in 2023.
pub fn visits(persons: u64) -> Visits {
    let source = crate::files::population(persons);
    let (mut visits, mut batch) = (Visits::default(), Batch::default());
    for number in 0..source.batches() {
        source.fill(number, &mut batch).expect("a batch");
        for (person, events) in batch.each() {
            visits.first.push(visits.count() as u32);
            visits.retired.push(u8::from(person.status == Status::Retired));
            visits.balance.push(person.balance.fen());
            for event in events.iter().filter(|event| event.care == Care::Visit && event.is_own()) {
                visits.level.push(match event.class {
                    Class::Primary => 0,
                    Class::Secondary => 1,
                    Class::Tertiary => 2,
                });
                visits.eligible.push(event.eligible.fen());
                visits.other.push((event.total() - event.eligible).fen());
            }
        }
    }
    visits
}
