//! Invents people and their year from a preset: any batch alone, any number of times, the same.

mod calendar;
mod hospital;
mod lines;
mod person;
mod pharmacy;
mod places;
mod relatives;
mod visits;

pub use lines::CATEGORIES;
pub(crate) use person::base_bounds;

use crate::batch::{Batch, Source, SourceFault};
use crate::behaviour::Behaviour;
use crate::draw::{Purpose, Streams};
use crate::event::Event;
use crate::preset::Preset;
use calendar::Calendar;
use gongji_domain::Fen;

/// The same seed, preset, year and behaviour give the same people and events, whoever asks for which batch.
#[derive(Clone, Debug)]
pub struct Generator {
    persons: u64,
    year: i16,
    streams: Streams,
    people: person::People,
    visits: visits::Visits,
    pharmacy: pharmacy::Pharmacy,
    hospital: hospital::Hospital,
    relatives: relatives::Relatives,
    lines: lines::Lines,
}

/// First and last year whose days can be drawn.
const YEARS: core::ops::RangeInclusive<i16> = 1990..=2100;
/// Persons are numbered in 40 bits.
const MOST_PERSONS: u64 = 1 << 40;

impl Generator {
    /// Works out the tables. The number of persons is the caller's, not the preset's.
    ///
    /// # Errors
    /// When the year or the number of persons cannot be had.
    pub fn new(preset: &Preset, persons: u64, year: i16, seed: u64, behaviour: Behaviour) -> Result<Self, SourceFault> {
        if !YEARS.contains(&year) {
            return Err(SourceFault(alloc::format!("年度 {year}：应在 {} 至 {} 之间", YEARS.start(), YEARS.end())));
        }
        if !(1..=MOST_PERSONS).contains(&persons) {
            return Err(SourceFault(alloc::format!("人数 {persons}：应在 1 至 {MOST_PERSONS} 之间")));
        }
        let (institutions, pharmacies) = (Calendar::institutions(preset, year), Calendar::pharmacies(preset, year));
        Ok(Self {
            persons,
            year,
            streams: Streams::new(seed),
            people: person::People::new(preset, year),
            visits: visits::Visits::new(preset, institutions.clone(), behaviour),
            pharmacy: pharmacy::Pharmacy::new(preset, pharmacies.clone(), behaviour),
            hospital: hospital::Hospital::new(preset, institutions.clone()),
            relatives: relatives::Relatives::new(preset, [institutions, pharmacies]),
            lines: lines::Lines::new(preset),
        })
    }

    /// The year that is drawn.
    pub const fn year(&self) -> i16 {
        self.year
    }

    /// What a visit's cost consists of (费用类别), in the order of the preset: the parts sum to its total.
    pub fn categories(&self, person: u64, events: &[Event], each: impl FnMut(&Event, &[Fen; CATEGORIES])) {
        let mut stream = self.streams.of(person, self.year as u16, Purpose::Lines);
        self.lines.of(&mut stream, events, each);
    }

    fn one(&self, number: u64, batch: &mut Batch) {
        let mut stream = self.streams.of(number, 0, Purpose::Person);
        let (person, traits) = self.people.draw(number, &mut stream);
        let year = self.year as u16;
        let status = person.status;
        let (account, diseases) = (person.account, person.diseases);
        batch.push(person, |events| {
            self.visits.draw(status, &traits, &mut self.streams.of(number, year, Purpose::Visits), events);
            let mut stream = self.streams.of(number, year, Purpose::Pharmacy);
            self.pharmacy.draw(status, account, &traits, &mut stream, events);
            let mut stream = self.streams.of(number, year, Purpose::Hospital);
            self.hospital.draw(status, diseases, &traits, &mut stream, events);
            if traits.shares {
                self.relatives.draw(status, &mut self.streams.of(number, year, Purpose::Relatives), events);
            }
        });
    }
}

impl Source for Generator {
    fn persons(&self) -> u64 {
        self.persons
    }

    fn fill(&self, number: u64, batch: &mut Batch) -> Result<(), SourceFault> {
        batch.clear();
        let from = number * Batch::PERSONS;
        for person in from..(from + Batch::PERSONS).min(self.persons) {
            self.one(person, batch);
        }
        Ok(())
    }
}
