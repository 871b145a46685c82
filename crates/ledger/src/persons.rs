//! The personal accounts' balances of very many persons: one place in a flat list for each, found by a
//! table of four bytes a place. Nothing is allocated for a single person. Knows no rule.

use crate::account::{Holder, Part};
use alloc::vec;
use alloc::vec::Vec;
use gongji_domain::Fen;

/// Stands in the table where no holder is.
const FREE: u32 = u32::MAX;

/// Balances by holder, as sums of postings (so what an account holds is negative).
#[derive(Clone, Debug, Default)]
pub(crate) struct Persons {
    holders: Vec<Holder>,
    sums: Vec<[Fen; 3]>,
    /// Where each holder is in the lists: open addressing, at most half full.
    table: Vec<u32>,
}

impl Persons {
    /// Room for so many holders without growing.
    pub(crate) fn with_capacity(holders: usize) -> Self {
        let table = vec![FREE; holders.saturating_mul(2).next_power_of_two().max(8)];
        Self { holders: Vec::with_capacity(holders), sums: Vec::with_capacity(holders), table }
    }

    /// The sums of a holder's parts, if the holder was ever touched.
    pub(crate) fn get(&self, holder: &Holder) -> Option<&[Fen; 3]> {
        match self.table.get(self.slot(holder)) {
            Some(&at) if at != FREE => self.sums.get(at as usize),
            _ => None,
        }
    }

    /// Sets the sum of a part.
    pub(crate) fn set(&mut self, holder: &Holder, part: Part, sum: Fen) {
        let at = self.place(holder);
        self.sums[at][part as usize] = sum;
    }

    /// Every holder with the sums of the parts, in the order of their first posting.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Holder, &[Fen; 3])> {
        self.holders.iter().zip(&self.sums)
    }

    /// Bytes of memory reserved.
    pub(crate) fn bytes(&self) -> usize {
        self.holders.capacity() * size_of::<Holder>()
            + self.sums.capacity() * size_of::<[Fen; 3]>()
            + self.table.capacity() * size_of::<u32>()
    }

    fn place(&mut self, holder: &Holder) -> usize {
        if (self.holders.len() + 1) * 2 > self.table.len() {
            self.grow();
        }
        let slot = self.slot(holder);
        if self.table[slot] == FREE {
            self.table[slot] = self.holders.len() as u32;
            self.holders.push(*holder);
            self.sums.push([Fen::ZERO; 3]);
        }
        self.table[slot] as usize
    }

    /// The slot of a holder, or the free one where it would go; 0 while there is no table.
    fn slot(&self, holder: &Holder) -> usize {
        let mask = self.table.len().wrapping_sub(1);
        let mut slot = spread(holder) as usize & mask;
        while let Some(&at) = self.table.get(slot) {
            if at == FREE || self.holders[at as usize] == *holder {
                return slot;
            }
            slot = (slot + 1) & mask;
        }
        0
    }

    fn grow(&mut self) {
        self.table = vec![FREE; (self.table.len() * 2).max(8)];
        for at in 0..self.holders.len() {
            let slot = self.slot(&self.holders[at]);
            self.table[slot] = at as u32;
        }
    }
}

/// FNV-1a over person and area, its halves mixed. Numbers are given out by an agency, so nobody can
/// choose ones that collide.
fn spread(holder: &Holder) -> u64 {
    let area = holder.area.number().to_le_bytes();
    let bytes = holder.person.as_str().bytes().chain(area);
    let hash = bytes
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    hash ^ (hash >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    fn holder(number: u32, area: &str) -> Holder {
        Holder { person: format!("21120019800101{number:08}").parse().unwrap(), area: area.parse().unwrap() }
    }

    #[test]
    fn every_holder_has_a_place_of_its_own_however_many_there_are() {
        let mut persons = Persons::default();
        assert_eq!(persons.get(&holder(0, "211200")), None);
        let fen = |n: u32| Fen::from_fen(i64::from(n));
        for n in 0..20_000 {
            persons.set(&holder(n, "211200"), Part::Current, fen(n));
            persons.set(&holder(n, "500000"), Part::Received, fen(n + 1));
            persons.set(&holder(n, "211200"), Part::Prior, fen(n + 2));
        }
        for n in 0..20_000 {
            assert_eq!(persons.get(&holder(n, "211200")), Some(&[fen(n), fen(n + 2), Fen::ZERO]));
            assert_eq!(persons.get(&holder(n, "500000")), Some(&[Fen::ZERO, Fen::ZERO, fen(n + 1)]));
        }
        assert_eq!(persons.get(&holder(20_000, "211200")), None);
        assert_eq!(persons.iter().count(), 40_000);
    }

    #[test]
    fn a_million_holders_take_less_than_72_mebibytes() {
        let persons = Persons::with_capacity(1_000_000);
        assert!(persons.bytes() < 72 << 20, "{} bytes", persons.bytes());
    }
}
