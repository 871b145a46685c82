//! The visits at hand: those of the last while, each known to be current; others are loaded again when a
//! message names them. Knows nothing of what a visit is.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};

use foldhash::fast::FixedState;

/// Most visits at hand; few where this crate's own tests watch them go and come back.
const MOST: usize = if cfg!(test) { 8 } else { 16_000 };

/// Visits by number, with whose they are.
pub(crate) struct Visits<V> {
    at_hand: HashMap<u64, Held<V>, FixedState>,
    /// In the order in which they came; the first to go.
    order: VecDeque<u64>,
    /// How many came so far.
    came: u64,
    /// Persons whose visits are known no longer: those that came before so many had come.
    forgotten: HashMap<String, u64, FixedState>,
    most: usize,
}

/// One visit, or that there is none.
struct Held<V> {
    whose: Box<str>,
    visit: Option<V>,
    /// It was taken out to be changed and is not known until it comes back.
    lent: bool,
    /// Which one it was to come.
    came: u64,
}

impl<V> Default for Visits<V> {
    fn default() -> Self {
        let (at_hand, order, forgotten) = (HashMap::default(), VecDeque::new(), HashMap::default());
        Self { at_hand, order, came: 0, forgotten, most: MOST }
    }
}

impl<V> Visits<V> {
    /// Whether it is known what a member's visit is, or that there is none.
    pub(crate) fn knows(&self, person: &str, number: u64) -> bool {
        self.asked(person, number).is_some()
    }

    /// What is known of a member's visit: it, or that there is none; nothing where that is not known.
    pub(crate) fn asked(&self, person: &str, number: u64) -> Option<Option<&V>> {
        let held = self.at_hand.get(&number).filter(|held| !held.lent && self.is_known(held, person))?;
        Some(held.visit.as_ref())
    }

    /// Whether a visit is a member's, and was not forgotten since it came.
    fn is_known(&self, held: &Held<V>, person: &str) -> bool {
        let since = || self.forgotten.get(person).is_none_or(|before| held.came >= *before);
        *held.whose == *person && (self.forgotten.is_empty() || since())
    }

    /// Whether nobody's visit of this number is at hand.
    pub(crate) fn is_free(&self, number: u64) -> bool {
        let free = |held: &Held<V>| (held.visit.is_none() && !held.lent) || !self.is_known(held, &held.whose);
        self.at_hand.get(&number).is_none_or(free)
    }

    pub(crate) fn get(&self, person: &str, number: u64) -> Option<&V> {
        self.asked(person, number).flatten()
    }

    /// Takes out what is known of a member's visit, until it is given back.
    pub(crate) fn lend(&mut self, person: &str, number: u64) -> Option<Option<V>> {
        if !self.knows(person, number) {
            return None;
        }
        let held = self.at_hand.get_mut(&number)?;
        held.lent = true;
        Some(held.visit.take())
    }

    /// Puts a visit that was lent, or a new one, in its place.
    pub(crate) fn give(&mut self, person: &str, number: u64, visit: Option<V>) {
        *self.place(person, number) = visit;
    }

    /// The place of a member's visit, in place of what another person had there.
    pub(crate) fn place(&mut self, person: &str, number: u64) -> &mut Option<V> {
        let known = self.at_hand.get(&number).is_some_and(|held| self.is_known(held, person));
        let came = self.came;
        let new = || Held { whose: person.into(), visit: None, lent: false, came };
        let held = match self.at_hand.entry(number) {
            Entry::Occupied(there) if known => there.into_mut(),
            place => {
                self.came += 1;
                self.order.push_back(number);
                place.insert_entry(new()).into_mut()
            }
        };
        held.lent = false;
        &mut held.visit
    }

    pub(crate) fn forget(&mut self, number: u64) {
        self.at_hand.remove(&number);
    }

    /// Takes no visit of a person that came until now for known.
    pub(crate) fn forget_person(&mut self, person: &str) {
        if self.forgotten.len() >= self.most {
            self.at_hand.clear();
            self.order.clear();
            self.forgotten.clear();
        }
        self.forgotten.insert(person.to_owned(), self.came);
    }

    /// Lets the oldest go until no more are at hand than may be. Not in the midst of a batch.
    pub(crate) fn trim(&mut self) {
        while self.at_hand.len() > self.most || self.order.len() > 4 * self.most {
            let Some(oldest) = self.order.pop_front() else { return };
            self.forget(oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_go_first_and_a_visit_is_only_its_persons() {
        let mut visits = Visits { most: 3, ..Visits::default() };
        for number in 1..=4 {
            *visits.place(if number == 2 { "Q" } else { "P" }, number) = Some(number * 10);
        }
        assert_eq!(visits.get("Q", 1), None);
        visits.trim();
        assert_eq!((visits.get("P", 1), visits.get("Q", 2), visits.get("P", 4)), (None, Some(&20), Some(&40)));
        assert_eq!(visits.place("P", 9), &None);
        assert!(visits.knows("P", 9) && !visits.knows("Q", 9), "that there is none is known too");
        visits.forget_person("P");
        assert!(!visits.knows("P", 3) && visits.knows("Q", 2));
        *visits.place("P", 2) = Some(1);
        assert_eq!((visits.get("Q", 2), visits.get("P", 2)), (None, Some(&1)));
        visits.forget_person("Q");
        assert_eq!((visits.get("Q", 2), visits.get("P", 2)), (None, Some(&1)), "it is not Q's");
        visits.forget_person("P");
        assert!(!visits.knows("P", 2) && visits.is_free(2));
        *visits.place("P", 2) = Some(3);
        assert_eq!(visits.get("P", 2), Some(&3), "what came since is known");
        (0..3).for_each(|n| visits.forget_person(&n.to_string()));
        assert!(!visits.knows("P", 2) && visits.at_hand.is_empty(), "so many are forgotten that all are");
    }

    #[test]
    fn what_is_lent_is_not_known_until_it_comes_back() {
        let mut visits = Visits { most: 3, ..Visits::default() };
        *visits.place("P", 1) = Some(10);
        assert_eq!((visits.lend("Q", 1), visits.lend("P", 2)), (None, None));
        assert_eq!(visits.lend("P", 1), Some(Some(10)));
        assert_eq!(visits.lend("P", 1), None);
        assert_eq!((visits.asked("P", 1), visits.is_free(1)), (None, false));
        visits.give("P", 1, Some(11));
        visits.give("P", 2, None);
        assert_eq!((visits.asked("P", 1), visits.asked("P", 2)), (Some(Some(&11)), Some(None)));
        visits.give("Q", 1, Some(12));
        assert_eq!((visits.asked("P", 1), visits.asked("Q", 1)), (None, Some(Some(&12))), "it is another's now");
        assert_eq!(visits.order.len(), 3);
    }
}
