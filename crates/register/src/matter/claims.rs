//! Claims on a member (应追回): what of a wrong credit was spent before it was found, taken from later credits, oldest first.
//! Their sum is what the ledger says that the member owes.

use alloc::vec::Vec;
use gongji_domain::{Fen, Month};
use serde::{Deserialize, Serialize};

use super::MatterFault;

/// What a member owes because of one correction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// The matter by which it came about.
    pub number: u64,
    /// The month that was credited wrongly.
    pub month: Month,
    /// What was owed at first.
    pub owed: Fen,
    /// What is left of it.
    pub left: Fen,
}

/// The claims on one member that are not settled, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Claims(Vec<Claim>);

/// A credit divided: what the account gets, and what is withheld for claims.
pub fn withheld(credit: Fen, claims: Fen) -> (Fen, Fen) {
    let taken = credit.min(claims).max(Fen::ZERO);
    (credit - taken, taken)
}

impl Claims {
    /// The claims, the oldest first.
    pub fn rows(&self) -> &[Claim] {
        &self.0
    }

    /// What is left of all.
    pub fn left(&self) -> Fen {
        self.0.iter().map(|claim| claim.left).sum()
    }

    pub(super) fn add(&mut self, number: u64, month: Month, owed: Fen) {
        self.0.push(Claim { number, month, owed, left: owed });
    }

    /// So much came back.
    ///
    /// # Errors
    /// If it is less than nothing or more than is owed; nothing changed then.
    pub fn recover(&mut self, amount: Fen) -> Result<(), MatterFault> {
        let owed = self.left();
        if amount > owed || amount < Fen::ZERO {
            return Err(MatterFault::NotOwed { owed, asked: amount });
        }
        let mut rest = amount;
        for claim in &mut self.0 {
            let taken = rest.min(claim.left);
            claim.left -= taken;
            rest -= taken;
        }
        self.0.retain(|claim| !claim.left.is_zero());
        Ok(())
    }
}
