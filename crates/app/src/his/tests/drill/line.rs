//! The line between terminals and the service: it loses, doubles, delays and reorders. Knows no message.

use gongji_drill::Chance;

use super::tally::Tally;

/// Something under way, until a round.
struct Packet<T> {
    due: u64,
    what: T,
}

/// A line in both directions. `R` are requests, `A` answers.
pub(super) struct Line<R, A> {
    requests: Vec<Packet<R>>,
    answers: Vec<Packet<A>>,
    calm: bool,
}

impl<R: Clone, A> Line<R, A> {
    pub(super) fn new() -> Self {
        Self { requests: Vec::new(), answers: Vec::new(), calm: false }
    }

    /// From now on everything that is sent arrives at once; what is under way arrives when it was to.
    pub(super) fn calm_down(&mut self) {
        self.calm = true;
    }

    pub(super) fn request(&mut self, round: u64, what: R, chance: &mut Chance, tally: &mut Tally) {
        if !self.calm && chance.below(8) == 0 {
            tally.lost_requests += 1;
            return;
        }
        if !self.calm && chance.below(8) == 0 {
            tally.doubled += 1;
            let due = round + self.delay(chance);
            self.requests.push(Packet { due, what: what.clone() });
        }
        let due = round + self.delay(chance);
        self.requests.push(Packet { due, what });
    }

    pub(super) fn answer(&mut self, round: u64, what: A, chance: &mut Chance, tally: &mut Tally) {
        if !self.calm && chance.below(8) == 0 {
            tally.lost_answers += 1;
            return;
        }
        let due = round + self.delay(chance);
        self.answers.push(Packet { due, what });
    }

    /// What arrives at the service now, in any order.
    pub(super) fn at_service(&mut self, round: u64, chance: &mut Chance) -> Vec<R> {
        shuffled(take(&mut self.requests, round), chance)
    }

    /// What arrives at terminals now, in any order.
    pub(super) fn at_terminals(&mut self, round: u64, chance: &mut Chance) -> Vec<A> {
        shuffled(take(&mut self.answers, round), chance)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.requests.is_empty() && self.answers.is_empty()
    }

    /// Mostly little, now and then so much that the sender has long gone on.
    fn delay(&self, chance: &mut Chance) -> u64 {
        match chance.below(20) {
            _ if self.calm => 0,
            0 => 8 + chance.below(15),
            1..=6 => 1 + chance.below(3),
            _ => 0,
        }
    }
}

fn take<T>(under_way: &mut Vec<Packet<T>>, round: u64) -> Vec<T> {
    let (now, later) = std::mem::take(under_way).into_iter().partition(|packet| packet.due <= round);
    *under_way = later;
    now.into_iter().map(|packet| packet.what).collect()
}

fn shuffled<T>(mut list: Vec<T>, chance: &mut Chance) -> Vec<T> {
    for at in (1..list.len()).rev() {
        list.swap(at, chance.below(at as u64 + 1) as usize);
    }
    list
}
