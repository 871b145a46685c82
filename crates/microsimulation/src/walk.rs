//! One person through a year (逐人逐次): credits on the first day of the month, then events in their order, by the
//! engine that the counter uses. Memory is used again and again: nothing is allocated for an event.

use crate::binding::Binding;
use crate::credits::{Credited, MONTHS};
use crate::scenario::{Range, Scenario};
use crate::year::{Group, Paid, PersonYear};
use alloc::vec::Vec;
use gongji_adjudication::{
    AccountPart, Amount, Charge, Cut, Encounter, Lines, Prior, Settlement, Split, Standing, Verdict, ordinals,
    settle_into,
};
use gongji_domain::{Fen, FundCode, Rate, Rounding};
use gongji_population::{Care, Event, Kin, Means, Person};

/// Takes persons through a year, one after the other.
#[derive(Default)]
pub struct Walker {
    standing: Standing,
    settlement: Settlement,
    facts: Vec<i64>,
    charge_facts: Vec<i64>,
    paid: Vec<Paid>,
}

impl Walker {
    /// A person's year; who paid for each event is kept until the next.
    pub fn year(&mut self, scenario: &Scenario<'_>, person: &Person, events: &[Event]) -> PersonYear {
        let mut year = opened(scenario, person);
        let (current, prior) = match scenario.opening {
            AccountPart::Current => (person.balance, Fen::ZERO),
            AccountPart::Prior => (Fen::ZERO, person.balance),
        };
        self.standing.begin(current, prior);
        self.paid.clear();
        self.facts.clear();
        self.facts.extend_from_slice(&scenario.binding.defaults);
        scenario.binding.person(&mut self.facts, person);
        let credited = scenario.credits.as_ref().map(|credits| credits.credited(&scenario.binding, person));
        let credited = credited.unwrap_or_default();
        year.credit_missing = credited.missing;
        let (mut month, mut range) = (0, 0);
        // Which of the person's own events: what relatives use moves no draw.
        let mut own = 0;
        let mut last = None;
        for (place, event) in events.iter().enumerate() {
            if event.day < scenario.starts[0] || event.day >= scenario.starts[MONTHS] {
                year.outside += 1;
                continue;
            }
            while month < MONTHS && scenario.starts[month] <= event.day {
                self.credit(&credited, month);
                month += 1;
            }
            while range + 1 < scenario.ranges.len() && scenario.ranges[range + 1].from <= event.day {
                range += 1;
            }
            if let Some(kin) = event.relative() {
                self.relative(scenario, &scenario.ranges[range], person, event, kin, &mut year);
                continue;
            }
            let times = scenario.response.map_or(1, |response| response.times(person, own, event));
            own += 1;
            for _ in 0..times {
                let mut paid = self.event(scenario, &scenario.ranges[range], person, event);
                (paid.event, paid.month) = (place as u32, month as u8 - 1);
                if matches!(event.care, Care::Visit) || !paid.pool.is_zero() {
                    last = Some((range, place));
                }
                year.add(event, &paid);
                self.paid.push(paid);
            }
        }
        for month in month..MONTHS {
            self.credit(&credited, month);
        }
        year.own_credit = credited.own.iter().copied().sum();
        year.fund_credit = credited.fund.iter().copied().sum();
        year.closing = self.standing.balance();
        if let Some((range, place)) = last {
            (year.reached, year.at_limit) = self.used_up(scenario, &scenario.ranges[range], person, &events[place]);
        }
        year
    }

    /// Who paid for each event of the person last taken through the year.
    #[must_use]
    pub fn paid(&self) -> &[Paid] {
        &self.paid
    }

    /// What the person last taken through the year has used.
    #[must_use]
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    fn credit(&mut self, credited: &Credited, month: usize) {
        self.standing.credit(AccountPart::Current, credited.own[month] + credited.fund[month]);
    }

    fn event(&mut self, scenario: &Scenario<'_>, range: &Range, person: &Person, event: &Event) -> Paid {
        let assumed = &scenario.assumptions;
        match event.care {
            Care::Admission => self.outside(range, event, assumed.admission_paid, assumed.admission_from_account),
            Care::Chronic if range.chronic.is_none() => self.outside(range, event, assumed.chronic_paid, true),
            _ => self.settled(scenario, range, person, event),
        }
    }

    /// What no rule of the package is for: paid by what is assumed.
    fn outside(&mut self, range: &Range, event: &Event, rate: Rate, from_account: bool) -> Paid {
        let assumed = rate.of(event.eligible, Rounding::HALF_UP_FEN);
        let borne = event.total() - assumed;
        let account = if from_account { self.spend(range, borne) } else { Fen::ZERO };
        let open = borne - account;
        Paid {
            total: event.total(),
            eligible: event.eligible,
            assumed,
            account,
            cash: open,
            balance: self.standing.balance(),
            dry: from_account && !open.is_zero(),
            ..Paid::default()
        }
    }

    /// What the account pays of an amount, as far as it reaches.
    fn spend(&mut self, range: &Range, amount: Fen) -> Fen {
        let mut open = amount;
        for part in &range.rules.payers.accounts {
            let paid = open.min(self.standing.account(*part));
            self.standing.credit(*part, -paid);
            open -= paid;
        }
        amount - open
    }

    /// What the account pays for a relative (家庭共济), where the package allows it: no care of the person's own.
    fn relative(
        &mut self,
        scenario: &Scenario<'_>,
        range: &Range,
        person: &Person,
        event: &Event,
        kin: Kin,
        year: &mut PersonYear,
    ) {
        let asked = event.total();
        let allowed = scenario.relatives.allows(event.day, Binding::person_kind(person), kin, event.care);
        let paid = if allowed { self.spend(range, asked) } else { Fen::ZERO };
        year.aid += paid;
        year.aid_uses += u32::from(!paid.is_zero());
        year.aid_short += asked - paid;
    }

    /// What the package's rules decide.
    fn settled(&mut self, scenario: &Scenario<'_>, range: &Range, person: &Person, event: &Event) -> Paid {
        scenario.binding.event(&mut self.facts, person, event);
        let prior = match (event.care, range.chronic) {
            (Care::Chronic, Some(benefit)) => {
                let paid = scenario.assumptions.chronic_paid.of(event.eligible, Rounding::HALF_UP_FEN);
                Some(Prior { benefit, fund: FundCode::POOLED, paid })
            }
            _ => None,
        };
        let Self { standing, settlement, facts, charge_facts, .. } = self;
        let eligible = [event.eligible];
        let charges;
        let lines = if range.split {
            let Event { off_list, over_ceiling, upfront, .. } = *event;
            Lines::Split(Split { off_list, over_ceiling, upfront, eligible: &eligible })
        } else {
            charges = as_charges(scenario, event, charge_facts);
            Lines::Charges(&charges.0[..charges.1])
        };
        let encounter = Encounter {
            day: event.day,
            clock: event.clock,
            facts,
            institution: institution(event),
            lines,
            prior: prior.as_slice(),
            frozen: &[],
            insured_since: None,
            use_account: event.means != Means::Cash,
        };
        if settle_into(&range.rules, standing, &encounter, settlement) != Verdict::Settled {
            let (total, balance) = (event.total(), standing.balance());
            return Paid { total, cash: total, balance, refused: true, ..Paid::default() };
        }
        let uses_account = encounter.use_account;
        standing.apply(settlement);
        let mut paid = Paid {
            total: settlement.total,
            eligible: settlement.eligible,
            deductible: settlement.deductible_borne,
            account: settlement.account_paid,
            cash: settlement.cash,
            balance: settlement.balance,
            dry: uses_account && settlement.balance.is_zero() && !settlement.cash.is_zero(),
            ..Paid::default()
        };
        for payment in &settlement.payments {
            let side = if range.rules.chain[usize::from(payment.benefit)].decided_elsewhere {
                &mut paid.assumed
            } else if payment.fund == range.pool {
                &mut paid.pool
            } else {
                &mut paid.other
            };
            *side += payment.amount;
        }
        paid
    }

    /// Whether the deductibles and a limit of the ordinary benefit are used up after an event.
    fn used_up(&mut self, scenario: &Scenario<'_>, range: &Range, person: &Person, event: &Event) -> (bool, bool) {
        let Some(ordinary) = range.ordinary else { return (false, false) };
        scenario.binding.event(&mut self.facts, person, event);
        let encounter = Encounter {
            day: event.day,
            clock: event.clock,
            facts: &self.facts,
            institution: institution(event),
            lines: Lines::Charges(&[]),
            prior: &[],
            frozen: &[],
            insured_since: None,
            use_account: true,
        };
        let rules = &*range.rules;
        let benefit = &rules.chain[ordinary];
        let terms = &benefit.terms[*benefit.key.get(&ordinals(rules, &self.standing, &encounter)) as usize];
        if !terms.applies {
            return (false, false);
        }
        let full = |cut: &Cut| {
            let counter = &rules.counters[usize::from(cut.counter)];
            let by = if counter.by_institution { encounter.institution } else { 0 };
            let instance = counter.period.instance(&rules.years, event.day, event.clock);
            match cut.amount {
                Amount::Fixed(amount) => Some(self.standing.sum(cut.counter, instance, by) >= amount),
                _ => None,
            }
        };
        let reached = terms.deductibles.iter().filter_map(full).all(|full| full);
        let limits = terms.payment_limits.iter().chain(&terms.above_limits).chain(&terms.eligible_limits);
        (reached, limits.filter_map(full).any(|full| full))
    }
}

pub(crate) fn opened(scenario: &Scenario<'_>, person: &Person) -> PersonYear {
    let bands = &scenario.assumptions.bands;
    let group = Group {
        status: person.status as u8,
        age: bands.age(scenario.starts[0].age_since(person.birth)) as u8,
        income: bands.income(person) as u8,
    };
    PersonYear {
        number: person.number,
        group,
        opening: person.balance,
        has_account: person.account,
        ..PersonYear::default()
    }
}

/// A number for the institution of an event: only compared for equality.
fn institution(event: &Event) -> u64 {
    ((u64::from(event.institution) + 1) << 4) | (event.care as u64) << 2 | event.class as u64
}

/// An event as charges of which nothing further is known, where rules tell charges apart.
fn as_charges<'f>(scenario: &Scenario<'_>, event: &Event, facts: &'f mut Vec<i64>) -> ([Charge<'f>; 4], usize) {
    let (defaults, amount) = &scenario.charge;
    let parts = [
        (event.off_list, false, None, Rate::ZERO),
        (event.over_ceiling, true, Some(Fen::ZERO), Rate::ZERO),
        (event.upfront, true, None, Rate::ONE),
        (event.eligible, true, None, Rate::ZERO),
    ];
    facts.clear();
    for (charged, ..) in &parts {
        let from = facts.len();
        facts.extend_from_slice(defaults);
        if let Some(place) = amount {
            facts[from + place] = charged.fen();
        }
    }
    let facts: &'f [i64] = facts;
    let width = defaults.len();
    let mut count = 0;
    let mut charges = [Charge { amount: Fen::ZERO, covered: true, ceiling: None, upfront: Rate::ZERO, facts: &[] }; 4];
    for (i, (amount, covered, ceiling, upfront)) in parts.into_iter().enumerate() {
        if !amount.is_zero() {
            charges[count] = Charge { amount, covered, ceiling, upfront, facts: &facts[i * width..(i + 1) * width] };
            count += 1;
        }
    }
    (charges, count)
}
