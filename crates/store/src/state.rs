//! The seam to whoever knows what events mean: what is known of a person and of a visit, and how an event
//! changes both. The store keeps, loads and locks them; it never looks inside.

use gongji_domain::{Day, Fen};
use gongji_ledger::{Account, AreaCode, Periods, Transaction};

use crate::event::Event;

/// Reads events and folds them onto persons and visits. Holds only what never changes while the store is
/// open, such as the rules; everything it does must follow from the event and what is known before it, so
/// that folding again gives the same.
pub trait State: Send + Sync + 'static {
    /// What is known of a person: small, since those of all persons are kept at hand.
    type Person: Clone + Default + Send + Sync + 'static;
    /// What is known of a visit: kept while it is of interest, and folded again from its events when needed.
    type Visit: Clone + Send + Sync + 'static;
    /// What an event says, read once.
    type Change;

    /// Changes whenever the same events would be folded to something else; persons are then folded anew
    /// at opening.
    fn edition(&self) -> String {
        String::new()
    }

    /// Reads what an event says; changes nothing. The event may not be sealed yet.
    ///
    /// # Errors
    /// Says in words why it says nothing.
    fn read(&self, event: &Event) -> Result<Self::Change, String>;

    /// What an event moves in the accounts.
    ///
    /// # Errors
    /// Says in words why that may not be posted; the event is not kept then.
    fn moves(
        &self,
        event: &Event,
        change: &Self::Change,
        known: &Known<'_, Self>,
    ) -> Result<Option<Transaction>, String>;

    /// Takes an event into one of its persons; `visit` is as it was before the event.
    ///
    /// # Errors
    /// Says in words why the event does not fit: a defect of the program or of what is kept.
    fn fold_person(
        &self,
        name: &str,
        person: &mut Self::Person,
        visit: Option<&Self::Visit>,
        event: &Event,
        change: &Self::Change,
    ) -> Result<(), String>;

    /// Takes an event into its visit.
    ///
    /// # Errors
    /// As for a person.
    fn fold_visit(
        &self,
        visit: &mut Option<Self::Visit>,
        event: &Event,
        change: Self::Change,
        moved: Option<&Transaction>,
    ) -> Result<(), String>;

    /// The area whose books an event closes, and up to which day. Just the events of the kind
    /// [`crate::CLOSING`] do so.
    fn closes(&self, change: &Self::Change) -> Option<(AreaCode, Day)> {
        let _ = change;
        None
    }

    /// The message number that an event bars for its institution: whatever comes under it later is refused.
    fn bars(&self, change: &Self::Change) -> Option<String> {
        let _ = change;
        None
    }

    /// A person in few bytes, the same bytes for the same person.
    fn pack(&self, person: &Self::Person) -> Vec<u8>;

    /// The person of packed bytes.
    ///
    /// # Errors
    /// Says in words why the bytes are none.
    fn unpack(&self, bytes: &[u8]) -> Result<Self::Person, String>;

    /// Whether a person's accounts hold what the books say that were made from the postings: every personal
    /// account of theirs, with its balance.
    ///
    /// # Errors
    /// Says in words where they differ.
    fn agrees(&self, name: &str, person: &Self::Person, accounts: &[(Account, Fen)]) -> Result<(), String> {
        let _ = (name, person, accounts);
        Ok(())
    }

    /// Where an event belongs that was kept before events said so.
    ///
    /// # Errors
    /// Says in words why that cannot be told.
    fn place(&self, event: &Event) -> Result<InVisit, String> {
        let _ = event;
        Ok(InVisit::Nowhere)
    }
}

/// The visit of an event that was kept before events named theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InVisit {
    /// Of no visit.
    Nowhere,
    /// The event begins one.
    Begins,
    /// The visit that the event with this number began.
    Visit(u64),
    /// The same visit as the event with this number.
    With(u64),
}

/// What a request may see: the persons that it names, its visit, and which periods are closed.
pub struct Known<'a, S: State + ?Sized> {
    /// Name, how many events there were of the person, and the person.
    pub(crate) persons: Vec<(&'a str, u64, &'a S::Person)>,
    pub(crate) visit: Option<(u64, &'a S::Visit)>,
    pub(crate) periods: &'a Periods,
    pub(crate) original: Option<&'a Event>,
}

impl<'a, S: State + ?Sized> Known<'a, S> {
    /// A person whom the request names; as at the beginning where nothing was ever kept.
    #[must_use]
    pub fn person(&self, name: &str) -> Option<&'a S::Person> {
        self.persons.iter().find(|(known, ..)| *known == name).map(|(.., person)| *person)
    }

    /// How many events there were of a person whom the request names: who looked at the person earlier knows by
    /// it whether anything happened since.
    #[must_use]
    pub fn revision(&self, name: &str) -> u64 {
        self.persons.iter().find(|(known, ..)| *known == name).map_or(0, |(_, revision, _)| *revision)
    }

    /// The visit that the request names, if the member had it.
    #[must_use]
    pub fn named_visit(&self) -> Option<&'a S::Visit> {
        self.visit.map(|(_, visit)| visit)
    }

    /// The same, if it has this number.
    #[must_use]
    pub fn visit(&self, number: u64) -> Option<&'a S::Visit> {
        self.visit.filter(|(known, _)| *known == number).map(|(_, visit)| visit)
    }

    /// The event of the message that the request refers to. Where its number is not that of the event's own
    /// message, the event bars it.
    #[must_use]
    pub fn original(&self) -> Option<&'a Event> {
        self.original
    }

    /// The closed periods of every area.
    #[must_use]
    pub fn periods(&self) -> &'a Periods {
        self.periods
    }
}
