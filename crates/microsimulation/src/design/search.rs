//! A search over whole numbers: a seeded grid over all of the space first, then smaller and smaller steps around the best.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// A figure to be chosen: from `low` to `high` in steps, beginning at `start`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Knob {
    /// The least.
    pub low: i64,
    /// The most.
    pub high: i64,
    /// From one value to the next.
    pub step: i64,
    /// What it is now.
    pub start: i64,
}

/// What is known of a policy that was tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged<R> {
    /// What is to be low, if it may be chosen at all.
    pub goal: i64,
    /// What it costs: between equal goals the cheaper one is taken.
    pub cost: i64,
    /// Why it may not be chosen.
    pub refused: Option<R>,
}

/// A policy that was tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried<R> {
    /// Its figures, in the order of the knobs.
    pub values: Vec<i64>,
    /// What came out.
    pub judged: Judged<R>,
}

/// A finished search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search<R> {
    /// All that were tried, in order.
    pub tried: Vec<Tried<R>>,
    /// The place of the best that may be chosen.
    pub best: Option<usize>,
}

/// A small generator (splitmix64), so that a seed gives the same grid everywhere.
struct Draws(u64);

impl Draws {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % end.max(1)
    }
}

impl Knob {
    fn steps(&self) -> u64 {
        u64::try_from((self.high - self.low) / self.step.max(1)).unwrap_or(0) + 1
    }

    /// The value moved by so many steps, inside the bounds.
    fn moved(&self, value: i64, steps: i64) -> i64 {
        value.saturating_add(steps.saturating_mul(self.step.max(1))).clamp(self.low, self.high)
    }
}

/// So many points over the space: the present figures, then for each knob its range cut into as many parts as there are
/// points, each part used once, in an order of its own (a Latin square).
#[must_use]
pub fn grid(knobs: &[Knob], points: usize, seed: u64) -> Vec<Vec<i64>> {
    let start: Vec<i64> = knobs.iter().map(|knob| knob.start).collect();
    let mut draws = Draws(seed);
    let rest = points.saturating_sub(1);
    let mut columns: Vec<Vec<i64>> = Vec::new();
    for knob in knobs {
        let parts = |part: u64| (part * (knob.steps() - 1) + rest.max(2) as u64 / 2) / (rest.max(2) as u64 - 1);
        let mut column: Vec<i64> =
            (0..rest as u64).map(|part| knob.moved(knob.low, i64::try_from(parts(part)).unwrap_or(0))).collect();
        for at in (1..column.len()).rev() {
            column.swap(at, draws.below(at as u64 + 1) as usize);
        }
        columns.push(column);
    }
    let points = (0..rest).map(|point| columns.iter().map(|column| column[point]).collect());
    let mut all: Vec<Vec<i64>> = core::iter::once(start).chain(points).collect();
    let mut seen = alloc::collections::BTreeSet::new();
    all.retain(|point| seen.insert(point.clone()));
    all
}

/// Searches: `judge` is given policies to try together and answers for each in order. At most `most` are tried.
pub fn search<R>(
    knobs: &[Knob],
    first: Vec<Vec<i64>>,
    most: usize,
    mut judge: impl FnMut(&[Vec<i64>]) -> Vec<Judged<R>>,
) -> Search<R> {
    let mut found = Search { tried: Vec::new(), best: None };
    let mut seen: BTreeMap<Vec<i64>, ()> = BTreeMap::new();
    let mut reach = knobs.iter().map(|knob| (knob.steps() / 8).max(1) as i64).max().unwrap_or(1);
    let mut next = first;
    loop {
        next.retain(|values| seen.insert(values.clone(), ()).is_none());
        next.truncate(most.saturating_sub(found.tried.len()));
        let before = found.best;
        let judged = if next.is_empty() { Vec::new() } else { judge(&next) };
        for (values, judged) in next.drain(..).zip(judged) {
            found.tried.push(Tried { values, judged });
            let newest = found.tried.len() - 1;
            if better(&found.tried, newest, found.best) {
                found.best = Some(newest);
            }
        }
        if found.tried.len() >= most {
            return found;
        }
        let Some(best) = found.best else { return found };
        if found.best == before {
            if reach == 1 {
                return found;
            }
            reach = (reach / 2).max(1);
        }
        next = around(knobs, &found.tried[best].values, reach);
        if next.iter().all(|values| seen.contains_key(values)) && reach == 1 {
            return found;
        }
    }
}

/// Each knob a little up and down; at the smallest reach also each pair.
fn around(knobs: &[Knob], at: &[i64], reach: i64) -> Vec<Vec<i64>> {
    let step = |knob: usize| reach.min((knobs[knob].steps() / 2).max(1) as i64);
    let with = |changes: &[(usize, i64)]| {
        let mut values = at.to_vec();
        for (knob, sign) in changes {
            values[*knob] = knobs[*knob].moved(values[*knob], sign * step(*knob));
        }
        values
    };
    let mut all = Vec::new();
    for knob in 0..knobs.len() {
        all.extend([with(&[(knob, 1)]), with(&[(knob, -1)])]);
        // Pairs only at the end: along a budget one figure must give what another takes, seldom step for step.
        let partners = if reach == 1 { knob + 1..knobs.len() } else { 0..0 };
        for other in partners {
            let even = [(1, 1), (1, -1), (-1, 1), (-1, -1)];
            let uneven = [(1, 2), (2, 1), (1, -2), (2, -1)].into_iter().flat_map(|(a, b)| [(a, b), (-a, -b)]);
            all.extend(even.into_iter().chain(uneven).map(|(a, b)| with(&[(knob, a), (other, b)])));
        }
    }
    all
}

fn better<R>(tried: &[Tried<R>], new: usize, best: Option<usize>) -> bool {
    let key = |at: usize| (tried[at].judged.goal, tried[at].judged.cost, &tried[at].values);
    tried[new].judged.refused.is_none() && best.is_none_or(|best| key(new) < key(best))
}

/// Which points no other beats: none is as cheap with less of what is to be low.
#[must_use]
pub fn efficient(points: &[(i64, i64)]) -> Vec<bool> {
    let beats = |a: &(i64, i64), b: &(i64, i64)| a.0 <= b.0 && a.1 <= b.1 && a != b;
    points.iter().map(|point| !points.iter().any(|other| beats(other, point))).collect()
}

/// By how many millionths of itself an outcome changes for each millionth by which a figure changes, in millionths:
/// (Δoutcome ÷ outcome) ÷ (Δfigure ÷ figure). None where there is nothing to divide by.
#[must_use]
pub fn elasticity(figure: (i64, i64), outcome: (i64, i64)) -> Option<i64> {
    let (moved, changed) = (i128::from(figure.1) - i128::from(figure.0), i128::from(outcome.1) - i128::from(outcome.0));
    let below = moved * i128::from(outcome.0);
    if below == 0 {
        return None;
    }
    let above = changed * i128::from(figure.0) * 1_000_000;
    i64::try_from(above / below).ok()
}
