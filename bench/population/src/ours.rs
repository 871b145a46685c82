//! The two ways of the engine.

use crate::visits::Visits;
use cpu_time::ThreadTime;
use gongji_adjudication::{Encounter, Lines, Settlement, Split, Standing, Tab, Verdict, settle_into};
use gongji_domain::{Clock, Day, Fen};
use gongji_policy::Area;

/// What came out, a row for each visit.
#[derive(Default, PartialEq, Eq)]
pub struct Answer {
    pub borne: Vec<i64>,
    pub paid: Vec<i64>,
    pub account: Vec<i64>,
    pub cash: Vec<i64>,
}

impl Answer {
    fn with_room(visits: &Visits) -> Self {
        let room = || Vec::with_capacity(visits.count());
        Self { borne: room(), paid: room(), account: room(), cash: room() }
    }

    fn clear(&mut self) {
        for column in [&mut self.borne, &mut self.paid, &mut self.account, &mut self.cash] {
            column.clear();
        }
    }

    #[inline]
    fn push(&mut self, borne: Fen, paid: Fen, account: Fen, cash: Fen) {
        self.borne.push(borne.fen());
        self.paid.push(paid.fen());
        self.account.push(account.fen());
        self.cash.push(cash.fen());
    }
}

/// The facts of a visit by status and level.
pub struct Facts([[Vec<i64>; 3]; 2]);

impl Facts {
    pub fn of(area: &Area) -> Self {
        Self(["active", "retired"].map(|status| {
            ["primary", "secondary", "tertiary"].map(|level| {
                let mut facts = area.default_facts();
                for (name, value) in [
                    ("status", status),
                    ("enrolment", "employer"),
                    ("care_type", "ordinary_outpatient"),
                    ("class", level),
                    ("issuer_class", level),
                ] {
                    let Some(fact) = area.facts().iter().find(|fact| fact.name == name) else { continue };
                    let value = fact.values.iter().position(|v| v == value).expect("a value of the fact");
                    facts[fact.place().expect("a stated fact")] = value as i64;
                }
                facts
            })
        }))
    }

    fn at(&self, retired: u8, level: u8) -> &[i64] {
        &self.0[usize::from(retired)][usize::from(level)]
    }
}

fn day() -> Day {
    Day::from_ymd(2023, 7, 3).expect("a day")
}

/// The median of so many rounds, in seconds of CPU, and what the last gave.
fn timed(visits: &Visits, rounds: usize, mut round: impl FnMut(&mut Answer)) -> (f64, Answer) {
    let mut answer = Answer::with_room(visits);
    let mut seconds: Vec<f64> = (0..rounds)
        .map(|_| {
            answer.clear();
            let start = ThreadTime::now();
            round(&mut answer);
            start.elapsed().as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    (seconds[rounds / 2], answer)
}

/// Visit by visit, as the counter decides: facts, standing, settlement.
pub fn engine(area: &Area, facts: &Facts, visits: &Visits, rounds: usize) -> (f64, Answer) {
    let rules = area.rules(day()).expect("rules");
    let mut settlement = Settlement::default();
    timed(visits, rounds, |answer| {
        for (member, range) in visits.members() {
            let mut standing = Standing::with_account(Fen::from_fen(visits.balance[member]), Fen::ZERO);
            for i in range {
                let split = Split {
                    off_list: Fen::from_fen(visits.other[i]),
                    over_ceiling: Fen::ZERO,
                    upfront: Fen::ZERO,
                    eligible: &[Fen::from_fen(visits.eligible[i])],
                };
                let encounter = Encounter {
                    day: day(),
                    clock: Clock(0),
                    facts: facts.at(visits.retired[member], visits.level[i]),
                    institution: 0,
                    lines: Lines::Split(split),
                    prior: &[],
                    frozen: &[],
                    insured_since: None,
                    use_account: true,
                };
                assert!(settle_into(rules, &standing, &encounter, &mut settlement) == Verdict::Settled);
                standing.apply(&settlement);
                let Settlement { deductible_borne, fund_total, account_paid, cash, .. } = settlement;
                answer.push(deductible_borne, fund_total, account_paid, cash);
            }
        }
    })
}

/// Visits alike: their terms looked up once for a status and a level.
pub fn alike(area: &Area, facts: &Facts, visits: &Visits, rounds: usize) -> (f64, Answer) {
    let rules = area.rules(day()).expect("rules");
    let terms = [0, 1].map(|retired| {
        [0, 1, 2].map(|level| rules.alike(facts.at(retired, level)).expect("plain rules are decided alike"))
    });
    timed(visits, rounds, |answer| {
        for (member, range) in visits.members() {
            let terms = &terms[usize::from(visits.retired[member])];
            let (mut tab, mut account) = (Tab::default(), [Fen::from_fen(visits.balance[member]), Fen::ZERO]);
            for i in range {
                let (eligible, other) = (Fen::from_fen(visits.eligible[i]), Fen::from_fen(visits.other[i]));
                let shares = terms[usize::from(visits.level[i])].settle(&mut tab, Some(&mut account), eligible, other);
                answer.push(shares.borne, shares.paid, shares.from_account[0], shares.cash);
            }
        }
    })
}
