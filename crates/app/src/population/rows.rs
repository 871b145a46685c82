//! Persons and events as rows of whole numbers, in the order of their columns, and back.

use gongji_domain::{Clock, Day, Fen};
use gongji_population::{Care, Class, Employment, Event, Kin, Label, Means, Person, Reach, Sex, Status};

use super::columns::{EVENTS, Layout, PERSONS};

/// Rows of one table, column by column.
#[derive(Clone, Debug, Default)]
pub(super) struct Block {
    pub columns: Vec<Vec<i64>>,
}

impl Block {
    pub(super) fn new(layout: &Layout) -> Self {
        Self { columns: vec![Vec::new(); layout.columns.len()] }
    }

    pub(super) fn clear(&mut self) {
        self.columns.iter_mut().for_each(Vec::clear);
    }

    pub(super) fn rows(&self) -> usize {
        self.columns.first().map_or(0, Vec::len)
    }

    fn push<const N: usize>(&mut self, row: [i64; N]) {
        self.columns.iter_mut().zip(row).for_each(|(column, value)| column.push(value));
    }

    /// One row, from a place.
    pub(super) fn row<const N: usize>(&self, place: usize) -> [i64; N] {
        core::array::from_fn(|column| self.columns[column][place])
    }

    /// Adds rows of another.
    pub(super) fn append(&mut self, other: &mut Self) {
        self.columns.iter_mut().zip(&mut other.columns).for_each(|(own, more)| own.append(more));
    }
}

/// How many columns each table has.
pub(super) const PERSON: usize = PERSONS.columns.len();
pub(super) const EVENT: usize = EVENTS.columns.len();

/// How care is paid for, in the order of the words of its column.
const MEANS: [Means; 6] = [
    Means::Account,
    Means::Cash,
    Means::Prescription,
    Means::Relative(Kin::Spouse),
    Means::Relative(Kin::Parent),
    Means::Relative(Kin::Child),
];

const fn means_place(means: Means) -> i64 {
    match means {
        Means::Account => 0,
        Means::Cash => 1,
        Means::Prescription => 2,
        Means::Relative(kin) => 3 + kin as i64,
    }
}

/// Whether a row of events is what an account pays for a relative.
pub(super) fn of_relative(row: &[i64; EVENT]) -> bool {
    row[6] >= means_place(Means::Relative(Kin::Spouse))
}

/// Adds a person.
pub(super) fn pack_person(person: &Person, block: &mut Block) {
    block.push([
        person.number as i64,
        person.status as i64,
        person.sex as i64,
        person.employment as i64,
        i64::from(person.birth.number()),
        i64::from(person.account),
        person.wage.fen(),
        person.base.fen(),
        person.pension.fen(),
        person.balance.fen(),
        i64::from(person.diseases),
    ]);
}

/// Adds an event of a person.
pub(super) fn pack_event(person: u64, event: &Event, block: &mut Block) {
    block.push([
        person as i64,
        i64::from(event.day.number()),
        i64::from(event.clock.0),
        event.care as i64,
        event.class as i64,
        event.reach as i64,
        means_place(event.means),
        i64::from(event.institution),
        event.off_list.fen(),
        event.over_ceiling.fen(),
        event.upfront.fen(),
        event.eligible.fen(),
        event.total().fen(),
    ]);
}

/// Adds a label.
pub(super) fn pack_label(label: &Label, block: &mut Block) {
    block.push([
        label.person as i64,
        i64::from(label.place) + 1,
        i64::from(label.event.day.number()),
        i64::from(label.event.clock.0),
        label.event.care as i64,
        label.event.class as i64,
        i64::from(label.event.institution),
        label.offence as i64,
        label.act as i64,
        label.tier as i64,
        label.amount.fen(),
        label.fund.fen(),
    ]);
}

/// A person from a row whose values are of their kinds.
pub(super) fn person(row: &[i64; PERSON]) -> Person {
    let [number, status, sex, employment, birth, account, wage, base, pension, balance, diseases] = *row;
    let [wage, base, pension, balance] = [wage, base, pension, balance].map(Fen::from_fen);
    Person {
        number: number as u64,
        status: [Status::Active, Status::Retired][status as usize],
        sex: [Sex::Male, Sex::Female][sex as usize],
        employment: [Employment::Enterprise, Employment::Institution, Employment::Flexible][employment as usize],
        birth: Day::from_number(birth as i32),
        account: account != 0,
        wage,
        base,
        pension,
        balance,
        diseases: diseases as u16,
    }
}

/// An event from a row whose values are of their kinds.
pub(super) fn event(row: &[i64; EVENT]) -> Event {
    let [_, day, time, care, class, reach, means, institution, off_list, over_ceiling, upfront, eligible, _] = *row;
    let [off_list, over_ceiling, upfront, eligible] = [off_list, over_ceiling, upfront, eligible].map(Fen::from_fen);
    Event {
        day: Day::from_number(day as i32),
        clock: Clock(time as u32),
        care: [Care::Visit, Care::Chronic, Care::Pharmacy, Care::Admission][care as usize],
        class: [Class::Primary, Class::Secondary, Class::Tertiary][class as usize],
        reach: [Reach::Local, Reach::Province, Reach::Nation][reach as usize],
        means: MEANS[means as usize],
        institution: institution as u32,
        off_list,
        over_ceiling,
        upfront,
        eligible,
    }
}
