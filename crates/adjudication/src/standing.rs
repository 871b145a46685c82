//! A member's standing (待遇累计): what periods already used, and the account's balance.
//! Changed only by applying or reverting what a settlement recorded.

use crate::period::Instance;
use crate::rules::{AccountPart, CounterId};
use crate::settlement::Settlement;
use alloc::vec::Vec;
use gongji_domain::Fen;
use serde::{Deserialize, Serialize};

/// How many counters a standing holds without a further allocation.
const INLINE: usize = 4;

/// What a member has used and has left.
///
/// A slot holds the newest instance of each counter; older instances (a late settlement of last
/// year) and those kept by institution lie aside. A slot whose instance is not the visit's reads
/// as zero there, so nothing is ever reset.
#[doc(alias = "待遇累计")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    slots: [Slot; INLINE],
    more: Vec<Slot>,
    aside: Vec<Aside>,
    account: [Fen; 2],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Slot {
    instance: Instance,
    sum: Fen,
}

impl Default for Slot {
    fn default() -> Self {
        Self { instance: Instance::MIN, sum: Fen::ZERO }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Aside {
    counter: CounterId,
    instance: Instance,
    by: u64,
    sum: Fen,
}

/// What one settlement added to one counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addition {
    /// The counter.
    pub counter: CounterId,
    /// The instance of its period.
    pub instance: Instance,
    /// The institution's number, zero where the counter is not kept by institution.
    pub by: u64,
    /// How much.
    pub amount: Fen,
}

impl Standing {
    /// A standing with nothing used and this much on the account.
    pub fn with_account(current: Fen, prior: Fen) -> Self {
        Self { account: [current, prior], ..Self::default() }
    }

    /// Begins anew with nothing used and this much on the account, in the memory it has.
    pub fn begin(&mut self, current: Fen, prior: Fen) {
        self.slots = [Slot::default(); INLINE];
        self.more.clear();
        self.aside.clear();
        self.account = [current, prior];
    }

    /// What the account part holds.
    pub fn account(&self, part: AccountPart) -> Fen {
        self.account[part as usize]
    }

    /// What the whole account holds.
    pub fn balance(&self) -> Fen {
        self.account[0] + self.account[1]
    }

    /// Credits (or, negative, debits) a part of the account.
    pub fn credit(&mut self, part: AccountPart, amount: Fen) {
        self.account[part as usize] += amount;
    }

    /// The sum of a counter in one instance of its period.
    #[inline]
    pub fn sum(&self, counter: CounterId, instance: Instance, by: u64) -> Fen {
        if by == 0 {
            let slot = self.slot(counter);
            if slot.is_some_and(|slot| slot.instance == instance) {
                return slot.map_or(Fen::ZERO, |slot| slot.sum);
            }
        }
        if self.aside.is_empty() {
            return Fen::ZERO;
        }
        let found = self.aside.iter().find(|a| (a.counter, a.instance, a.by) == (counter, instance, by));
        found.map_or(Fen::ZERO, |aside| aside.sum)
    }

    /// The newest instance of a counter that began at or after `since` and not after `until`.
    pub(crate) fn open_instance(
        &self,
        counter: CounterId,
        by: u64,
        since: Instance,
        until: Instance,
    ) -> Option<Instance> {
        let held = self.aside.iter().filter(|a| a.counter == counter && a.by == by && !a.sum.is_zero());
        let slot = self.slot(counter).filter(|slot| by == 0 && !slot.sum.is_zero());
        let instances = held.map(|a| a.instance).chain(slot.map(|slot| slot.instance));
        instances.filter(|i| (since..=until).contains(i)).max()
    }

    /// Adds to a counter, as a settlement does or as what was used before is entered.
    #[inline]
    pub fn add(&mut self, addition: Addition) {
        let Addition { counter, instance, by, amount } = addition;
        if by == 0 {
            let slot = self.slot_mut(counter);
            if slot.instance == instance {
                slot.sum += amount;
                return;
            }
            if slot.instance < instance {
                let older = core::mem::replace(slot, Slot { instance, sum: amount });
                if older.instance != Instance::MIN && !older.sum.is_zero() {
                    self.aside.push(Aside { counter, instance: older.instance, by, sum: older.sum });
                }
                // A later instance may already lie aside when the slot went back by a cancellation.
                if let Some(i) =
                    self.aside.iter().position(|a| (a.counter, a.instance, a.by) == (counter, instance, by))
                {
                    let aside = self.aside.swap_remove(i);
                    self.slot_mut(counter).sum += aside.sum;
                }
                return;
            }
        }
        match self.aside.iter().position(|a| (a.counter, a.instance, a.by) == (counter, instance, by)) {
            Some(i) => {
                self.aside[i].sum += amount;
                if self.aside[i].sum.is_zero() {
                    self.aside.swap_remove(i);
                }
            }
            None => self.aside.push(Aside { counter, instance, by, sum: amount }),
        }
    }

    /// Everything that was counted and is not nothing, by counter, instance and institution: the same for
    /// equal standings, and adding it to an empty one gives the same sums.
    pub fn counted(&self) -> Vec<Addition> {
        let slots = self.slots.iter().chain(&self.more).zip(0..);
        let slots = slots.map(|(slot, counter)| Addition { counter, instance: slot.instance, by: 0, amount: slot.sum });
        let aside = self.aside.iter();
        let aside = aside.map(|a| Addition { counter: a.counter, instance: a.instance, by: a.by, amount: a.sum });
        let mut counted: Vec<Addition> = slots.chain(aside).filter(|addition| !addition.amount.is_zero()).collect();
        counted.sort_unstable_by_key(|addition| (addition.counter, addition.instance, addition.by));
        counted
    }

    /// Takes what a settlement recorded: counters go up, the account goes down.
    #[inline]
    pub fn apply(&mut self, settlement: &Settlement) {
        for addition in &settlement.additions {
            self.add(*addition);
        }
        self.account[0] -= settlement.from_account[0];
        self.account[1] -= settlement.from_account[1];
    }

    /// Takes back exactly what a settlement added; later settlements stand as they are (结算撤销).
    pub fn revert(&mut self, additions: &[Addition], from_account: [Fen; 2]) {
        for addition in additions {
            self.add(Addition { amount: -addition.amount, ..*addition });
        }
        self.account[0] += from_account[0];
        self.account[1] += from_account[1];
    }

    #[inline]
    fn slot(&self, counter: CounterId) -> Option<&Slot> {
        let i = usize::from(counter);
        if i < INLINE { Some(&self.slots[i]) } else { self.more.get(i - INLINE) }
    }

    #[inline]
    fn slot_mut(&mut self, counter: CounterId) -> &mut Slot {
        let i = usize::from(counter);
        if i < INLINE {
            return &mut self.slots[i];
        }
        if self.more.len() <= i - INLINE {
            self.more.resize(i - INLINE + 1, Slot::default());
        }
        &mut self.more[i - INLINE]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_makes_the_same_standing_again() {
        let mut standing = Standing::with_account(Fen::from_fen(3), Fen::from_fen(4));
        for (counter, instance, by, fen) in [
            (0, 2024, 0, 5),
            (0, 2025, 0, 6),
            (0, 2023, 0, 1),
            (6, 2024, 0, 7),
            (2, 2024, 9, 8),
            (1, 2024, 0, 2),
            (1, 2024, 0, -2),
        ] {
            standing.add(add(counter, instance, by, fen));
        }
        let mut again =
            Standing::with_account(standing.account(AccountPart::Current), standing.account(AccountPart::Prior));
        standing.counted().into_iter().for_each(|addition| again.add(addition));
        for (counter, instance, by) in
            [(0, 2023, 0), (0, 2024, 0), (0, 2025, 0), (1, 2024, 0), (2, 2024, 9), (6, 2024, 0)]
        {
            assert_eq!(again.sum(counter, instance, by), standing.sum(counter, instance, by), "{counter} {instance}");
        }
        assert_eq!(again.counted(), standing.counted());
        assert_eq!(again.counted().len(), 5);
        assert_eq!(again.balance(), standing.balance());
    }

    fn add(counter: CounterId, instance: Instance, by: u64, fen: i64) -> Addition {
        Addition { counter, instance, by, amount: Fen::from_fen(fen) }
    }

    #[test]
    fn each_instance_keeps_its_own_sum_in_any_order() {
        let mut standing = Standing::default();
        for (instance, fen) in [(2023, 5), (2024, 7), (2023, 2), (2025, 1), (2022, 4)] {
            standing.add(add(1, instance, 0, fen));
        }
        standing.add(add(9, 2024, 0, 3));
        standing.add(add(1, 2024, 77, 100));
        let sum = |counter, instance, by| standing.sum(counter, instance, by).fen();
        assert_eq!([sum(1, 2022, 0), sum(1, 2023, 0), sum(1, 2024, 0), sum(1, 2025, 0)], [4, 7, 7, 1]);
        assert_eq!([sum(9, 2024, 0), sum(1, 2024, 77), sum(0, 2024, 0), sum(40, 2024, 0)], [3, 100, 0, 0]);
    }

    #[test]
    fn reverting_takes_back_exactly_what_was_added() {
        let mut standing = Standing::with_account(Fen::from_fen(50), Fen::ZERO);
        standing.add(add(0, 2024, 0, 10));
        let before = standing.clone();
        let additions = [add(0, 2024, 0, 5), add(0, 2023, 0, 9), add(2, 1, 8, 4)];
        for addition in additions {
            standing.add(addition);
        }
        standing.credit(AccountPart::Current, Fen::from_fen(-20));
        standing.revert(&additions, [Fen::from_fen(20), Fen::ZERO]);
        assert_eq!(standing, before);
    }
}
