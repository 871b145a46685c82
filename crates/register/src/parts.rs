//! What a personal account holds, part by part, and how an amount is taken from it. Knows no account of the ledger.

use core::ops::{Add, Sub};
use gongji_domain::Fen;
use serde::{Deserialize, Serialize};

/// Amounts of the parts of a personal account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parts {
    /// 当年账户: credited this year.
    pub current: Fen,
    /// 历年账户: credited in earlier years.
    pub prior: Fen,
    /// 亲属转入: received from relatives.
    pub received: Fen,
}

/// One part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// 当年账户
    Current,
    /// 历年账户
    Prior,
    /// 亲属转入
    Received,
}

impl Part {
    /// Every part.
    pub const ALL: [Self; 3] = [Self::Current, Self::Prior, Self::Received];
}

impl Parts {
    /// All parts.
    pub fn total(&self) -> Fen {
        self.current + self.prior + self.received
    }

    /// What was credited to the holder, so without what relatives gave: the most that may be used for a relative.
    #[must_use]
    pub fn own(self) -> Self {
        Self { received: Fen::ZERO, ..self }
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a part is below zero.
    pub fn has_negative(&self) -> bool {
        Part::ALL.into_iter().any(|part| self.get(part) < Fen::ZERO)
    }

    /// One part.
    pub fn get(&self, part: Part) -> Fen {
        match part {
            Part::Current => self.current,
            Part::Prior => self.prior,
            Part::Received => self.received,
        }
    }

    /// As much of an amount as the parts hold, taken in an order that may leave parts out.
    #[must_use]
    pub fn take(&self, amount: Fen, order: &[Part]) -> Self {
        let mut taken = Self::default();
        for part in order {
            let room = self.get(*part).less(taken.get(*part));
            let some = amount.less(taken.total()).min(room);
            *taken.get_mut(*part) += some;
        }
        taken
    }

    fn get_mut(&mut self, part: Part) -> &mut Fen {
        match part {
            Part::Current => &mut self.current,
            Part::Prior => &mut self.prior,
            Part::Received => &mut self.received,
        }
    }
}

impl Add for Parts {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            current: self.current + other.current,
            prior: self.prior + other.prior,
            received: self.received + other.received,
        }
    }
}

impl Sub for Parts {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self {
            current: self.current - other.current,
            prior: self.prior - other.prior,
            received: self.received - other.received,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts([current, prior, received]: [i64; 3]) -> Parts {
        let [current, prior, received] = [current, prior, received].map(Fen::from_fen);
        Parts { current, prior, received }
    }

    #[test]
    fn an_amount_is_taken_in_order_as_far_as_it_is_there() {
        use Part::{Current, Prior, Received};
        let held = parts([100, 50, 30]);
        for (amount, order, taken) in [
            (0, &Part::ALL[..], [0, 0, 0]),
            (120, &Part::ALL, [100, 20, 0]),
            (120, &[Prior, Current], [70, 50, 0]),
            (500, &[Current, Prior], [100, 50, 0]),
            (500, &[Received, Received, Prior], [0, 50, 30]),
            (500, &[], [0, 0, 0]),
            (-5, &[Current], [0, 0, 0]),
        ] {
            assert_eq!(held.take(Fen::from_fen(amount), order), parts(taken), "{amount} {order:?}");
        }
        assert_eq!((held.own().total(), held.total()), (Fen::from_fen(150), Fen::from_fen(180)));
        assert_eq!(held - held + parts([1, 0, 0]), parts([1, 0, 0]));
        assert!(parts([1, 0, -1]).has_negative() && !held.has_negative() && !held.is_empty());
    }
}
