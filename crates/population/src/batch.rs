//! People and their year in batches, so that a population of any size passes through bounded memory.

use crate::event::Event;
use crate::person::Person;
use alloc::string::String;
use alloc::vec::Vec;

/// Some persons in the order of their numbers, each with the events of the year in the order of time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    persons: Vec<Person>,
    events: Vec<Event>,
    /// Where each person's events end.
    ends: Vec<u32>,
}

impl Batch {
    /// How many persons a batch holds at most.
    pub const PERSONS: u64 = 4_096;

    /// Empties it, keeping what is allocated.
    pub fn clear(&mut self) {
        self.persons.clear();
        self.events.clear();
        self.ends.clear();
    }

    /// Adds a person whose events are what `events` pushes, in any order; they are put in the order of time here.
    pub fn push(&mut self, person: Person, events: impl FnOnce(&mut Vec<Event>)) {
        let from = self.events.len();
        events(&mut self.events);
        self.events[from..].sort_by_key(|event| (event.day, event.clock));
        self.persons.push(person);
        self.ends.push(self.events.len() as u32);
    }

    /// The persons.
    pub fn persons(&self) -> &[Person] {
        &self.persons
    }

    /// All events, person by person.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// Each person with their events.
    pub fn each(&self) -> impl Iterator<Item = (&Person, &[Event])> {
        let mut from = 0;
        self.persons.iter().zip(&self.ends).map(move |(person, end)| {
            let events = &self.events[from..*end as usize];
            from = *end as usize;
            (person, events)
        })
    }
}

/// Where persons come from: invented, or read from an agency's files.
pub trait Source: Sync {
    /// How many persons there are.
    fn persons(&self) -> u64;

    /// How many batches they come in.
    fn batches(&self) -> u64 {
        self.persons().div_ceil(Batch::PERSONS)
    }

    /// Puts one batch, by its number from 0, in the place of what `batch` held.
    ///
    /// # Errors
    /// When what should be read cannot be.
    fn fill(&self, number: u64, batch: &mut Batch) -> Result<(), SourceFault>;
}

/// Why a batch could not be had, in Chinese.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SourceFault(pub String);
