//! Violations (违规) put into claims on request, each with a label that says what was done: material on which rules that
//! look for violations can be tried, never a statement about anybody.
//!
//! Whoever asks for none gets the same claims as ever: violations have their own stream. Labels never stand in the
//! claims themselves.

use crate::batch::{Batch, Source, SourceFault};
use crate::draw::{Purpose, Streams};
use crate::event::{Care, Event, Means};
use crate::person::Person;
use crate::preset::{Act, Offence, Offences, Preset, Tier, Used};
use alloc::vec::Vec;
use gongji_domain::{Clock, Fen, Rate, Rounding};
use rand::Rng as _;

/// What is true of a claim and stands beside it (真值标签).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The person whose claim it is.
    pub person: u64,
    /// Place of the event among the person's events, from 0.
    pub place: u32,
    /// The event as it is claimed.
    pub event: Event,
    /// What kind of violation.
    pub offence: Offence,
    /// What was done to the claim.
    pub act: Act,
    /// What kind of institution did it.
    pub tier: Tier,
    /// What was wrongly charged.
    pub amount: Fen,
    /// What of it the pooled fund is taken to have paid.
    pub fund: Fen,
}

/// Puts violations into claims.
#[derive(Clone, Debug)]
pub struct Violations {
    streams: Streams,
    year: u16,
    salt: u64,
    paid: [Rate; 4],
    tiers: [u64; 3],
    weights: [f64; 4],
    offences: Vec<Offences>,
    /// How likely each is for an event that fits, at an institution of weight one.
    chances: Vec<f64>,
}

/// Batches that are looked at to find how often each kind has to happen.
const SAMPLED: u64 = 8;
/// Minutes by which a claim that is made twice follows the first.
const LATER: u32 = 7 * 60;
const LAST_SECOND: u32 = 86_399;

impl Violations {
    /// Finds out how often each kind has to happen for the preset's share of what the fund pays.
    ///
    /// # Errors
    /// When people cannot be had.
    pub fn new(preset: &Preset, source: &impl Source, year: i16, seed: u64) -> Result<Self, SourceFault> {
        let figures = &preset.violations;
        let mut left = 1.0;
        // From the worst down, what is left over is without fault.
        let [minor, deliberate, ring] = figures.institutions.value;
        let tiers = [ring, deliberate, minor].map(|share| {
            left -= share;
            (left.max(0.0) * u64::MAX as f64) as u64
        });
        let [minor, deliberate, ring] = figures.weights.value;
        let mut violations = Self {
            streams: Streams::new(seed),
            year: year as u16,
            salt: spread(seed),
            paid: figures.fund_paid.value.map(|share| Rate::from_millionths(libm::rint(share * 1e6) as i64)),
            tiers,
            weights: [0.0, minor, deliberate, ring],
            offences: figures.kinds.value.clone(),
            chances: Vec::new(),
        };
        violations.chances = violations.calibrated(source, figures.fund_share.value)?;
        Ok(violations)
    }

    /// Chances such that kinds happen in their proportions and the fund's part of all is the share that is wanted.
    fn calibrated(&self, source: &impl Source, wanted: f64) -> Result<Vec<f64>, SourceFault> {
        let mut batch = Batch::default();
        let (mut paid, mut sums) = (0.0, alloc::vec![(0.0, 0.0); self.offences.len()]);
        let step = source.batches().div_ceil(SAMPLED).max(1) as usize;
        for number in (0..source.batches()).step_by(step) {
            source.fill(number, &mut batch)?;
            for event in batch.events() {
                paid += self.fund(event).fen() as f64;
                let tier = self.tier(event);
                for (kind, (weight, fund)) in self.offences.iter().zip(&mut sums) {
                    if let Some((_, _, of_fund)) = self.done(kind, tier, event) {
                        *weight += self.weights[tier as usize];
                        *fund += self.weights[tier as usize] * of_fund.fen() as f64;
                    }
                }
            }
        }
        let each = |(kind, (weight, fund)): (&Offences, &(f64, f64))| {
            if *weight > 0.0 { (kind.share / weight, kind.share * fund / weight) } else { (0.0, 0.0) }
        };
        let each: Vec<(f64, f64)> = self.offences.iter().zip(&sums).map(each).collect();
        let fund: f64 = each.iter().map(|each| each.1).sum();
        let times = if fund > 0.0 { wanted * paid / fund } else { 0.0 };
        Ok(each.into_iter().map(|(chance, _)| chance * times).collect())
    }

    /// Copies a batch with violations in it, and tells each by its label.
    pub fn put(&self, clean: &Batch, into: &mut Batch, mut tell: impl FnMut(Label)) {
        into.clear();
        let mut labels = Vec::new();
        for (person, events) in clean.each() {
            let from = into.events().len();
            into.push(person.clone(), |list| self.person(person, events, list, &mut labels));
            let claimed = &into.events()[from..];
            for mut label in labels.drain(..) {
                label.place = claimed.iter().rposition(|event| *event == label.event).unwrap_or_default() as u32;
                tell(label);
            }
        }
    }

    fn person(&self, person: &Person, events: &[Event], list: &mut Vec<Event>, labels: &mut Vec<Label>) {
        let mut stream = self.streams.of(person.number, self.year, Purpose::Violations);
        for event in events {
            // What an account pays for a relative is no claim of this person's, and draws nothing.
            if !event.is_own() {
                list.push(event.clone());
                continue;
            }
            let drawn = (stream.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
            let tier = self.tier(event);
            let Some((kind, (claimed, amount, fund))) = self.drawn(drawn, tier, event) else {
                list.push(event.clone());
                continue;
            };
            if kind.act == Act::Repeat {
                list.push(event.clone());
            }
            list.push(claimed.clone());
            let (offence, act) = (kind.kind, kind.act);
            labels.push(Label { person: person.number, place: 0, event: claimed, offence, act, tier, amount, fund });
        }
    }

    /// The violation that a draw between 0 and 1 stands for.
    fn drawn(&self, drawn: f64, tier: Tier, event: &Event) -> Option<(&Offences, (Event, Fen, Fen))> {
        let weight = self.weights[tier as usize];
        let mut upto = 0.0;
        for (kind, chance) in self.offences.iter().zip(&self.chances) {
            if !self.fits(kind, tier, event) {
                continue;
            }
            upto += chance * weight;
            if drawn < upto {
                return self.done(kind, tier, event).map(|done| (kind, done));
            }
        }
        None
    }

    fn fits(&self, kind: &Offences, tier: Tier, event: &Event) -> bool {
        tier >= kind.by
            && used(event).is_some_and(|used| kind.used.contains(&used))
            && (kind.act != Act::Move || !event.off_list.is_zero())
    }

    /// The claim with a violation, what was wrongly charged and what the fund is taken to have paid of it.
    fn done(&self, kind: &Offences, tier: Tier, event: &Event) -> Option<(Event, Fen, Fen)> {
        if !self.fits(kind, tier, event) {
            return None;
        }
        let mut claimed = event.clone();
        let share = Rate::from_millionths(libm::rint(kind.extent * 1e6) as i64);
        let (amount, eligible) = match kind.act {
            Act::Add => {
                let more = share.of(event.eligible, Rounding::HALF_UP_FEN);
                claimed.eligible += more;
                (more, more)
            }
            Act::Move => {
                let moved = share.of(event.off_list, Rounding::HALF_UP_FEN);
                claimed.off_list -= moved;
                claimed.eligible += moved;
                (moved, moved)
            }
            Act::Repeat => {
                claimed.clock = Clock((event.clock.0 + LATER).min(LAST_SECOND));
                (event.total(), event.eligible)
            }
            Act::Whole => (event.total(), event.eligible),
        };
        (!amount.is_zero()).then(|| (claimed, amount, self.of_fund(event, eligible)))
    }

    /// What the pooled fund is taken to pay of an event.
    pub fn fund(&self, event: &Event) -> Fen {
        self.of_fund(event, event.eligible)
    }

    fn of_fund(&self, event: &Event, eligible: Fen) -> Fen {
        let place = match used(event) {
            Some(Used::Visit) => 0,
            Some(Used::Chronic) => 1,
            Some(Used::Admission) => 2,
            Some(Used::Prescription) => 3,
            Some(Used::Account | Used::Cash) | None => return Fen::ZERO,
        };
        self.paid[place].of(eligible, Rounding::HALF_UP_FEN)
    }

    /// What kind of institution an event is at: the same for all its events.
    fn tier(&self, event: &Event) -> Tier {
        let kind = if event.care == Care::Pharmacy { 3 } else { event.class as u64 };
        let place = spread(self.salt ^ (kind << 32 | u64::from(event.institution)));
        let [ring, deliberate, minor] = self.tiers;
        match place {
            place if place > ring => Tier::Ring,
            place if place > deliberate => Tier::Deliberate,
            place if place > minor => Tier::Minor,
            _ => Tier::None,
        }
    }
}

/// What care an event is; none where it is a relative's.
fn used(event: &Event) -> Option<Used> {
    Some(match (event.care, event.means) {
        (_, Means::Relative(_)) => return None,
        (Care::Visit, _) => Used::Visit,
        (Care::Chronic, _) => Used::Chronic,
        (Care::Admission, _) => Used::Admission,
        (Care::Pharmacy, Means::Account) => Used::Account,
        (Care::Pharmacy, Means::Cash) => Used::Cash,
        (Care::Pharmacy, Means::Prescription) => Used::Prescription,
    })
}

/// Spreads numbers that follow each other over all numbers.
fn spread(number: u64) -> u64 {
    let mut number = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}
