//! A small world for random operations: three areas, four persons, two institutions; an operation is a
//! handful of small numbers, so that failures shrink well.

use gongji_domain::{Day, Fen, FundCode};
use gongji_ledger::rules::{self, AccountShare, CreditFrom, FundShare, RecoveredFrom, Settling};
use gongji_ledger::{
    AreaCode, Books, Entry, EventNo, Fault, FundLedger, Head, Holder, Moment, Name, Part, Posting, Refused, Transaction,
};
use proptest::prelude::*;

/// One operation: what it does, with whom, how much, on which day.
#[derive(Clone, Copy, Debug, Default)]
pub struct Op {
    pub what: u8,
    pub who: u8,
    pub with: u8,
    pub part: u8,
    pub amount: u16,
    pub day: u8,
    pub pick: u16,
}

impl Arbitrary for Op {
    type Parameters = ();
    type Strategy = BoxedStrategy<Self>;

    fn arbitrary_with((): ()) -> Self::Strategy {
        let shape = (0..35_u8, 0..4_u8, 0..4_u8, 0..3_u8);
        (shape, 0..8_000_u16, 0..120_u8, any::<u16>())
            .prop_map(|((what, who, with, part), amount, day, pick)| Self { what, who, with, part, amount, day, pick })
            .boxed()
    }
}

/// Everything that happened.
#[derive(Default)]
pub struct World {
    pub books: Books,
    pub history: Vec<Transaction>,
    pub refused: Vec<Refused>,
    /// How many transactions came before, and what was closed.
    pub closings: Vec<(usize, AreaCode, Day)>,
    events: u64,
}

pub fn areas() -> [AreaCode; 3] {
    ["211200", "320700", "500000"].map(|code| code.parse().unwrap())
}

/// Every account that the operations can touch.
pub fn holders() -> Vec<Holder> {
    let persons = (0..4).map(person);
    persons.flat_map(|person| areas().map(|area| Holder { person, area })).collect()
}

pub fn posting(key: &str, amount: &str) -> Posting {
    Posting { account: key.parse().unwrap(), amount: Fen::parse_signed(amount).unwrap() }
}

fn person(number: u8) -> Name {
    format!("P{}", number % 4).parse().unwrap()
}

/// A person in the area that insures the person: two live in the first area.
fn holder(number: u8) -> Holder {
    Holder { person: person(number), area: areas()[usize::from(number % 4).saturating_sub(1)] }
}

fn first_day() -> Day {
    "2024-01-01".parse().unwrap()
}

impl World {
    /// The world after operations, those refused left out.
    pub fn after(ops: &[Op]) -> Self {
        let mut world = Self::default();
        for op in ops {
            world.take(op);
        }
        world
    }

    /// Does an operation if it may be done; tells which period it closed.
    pub fn take(&mut self, op: &Op) -> Option<(AreaCode, Day)> {
        if op.what == 23 {
            let (area, through) = (holder(op.who).area, Day::from_number(first_day().number() + i32::from(op.day) / 2));
            self.books.close(area, through).ok()?;
            self.closings.push((self.history.len(), area, through));
            return Some((area, through));
        }
        let picked = self.history.len().checked_sub(1).map(|last| usize::from(op.pick) % (last + 1));
        let entry = match (op.what, picked) {
            (18..=20, Some(at)) => {
                let of = self.history[at].clone();
                let _ = self.reverse(&of);
                return None;
            }
            _ => entry(op, self.head(op)),
        };
        // Half of what a closed period refuses comes again as a correction.
        let Ok(entry) = entry else { return None };
        if self.post(entry.clone()).is_err() && op.pick.is_multiple_of(2) {
            let _ = self.post(entry.into_correction());
        }
        None
    }

    /// Settles as an operation says, whatever kind it is; the account pays what it can.
    pub fn settle(&mut self, op: &Op) -> Option<Transaction> {
        let entry = settle(op, self.head(op)).ok()?;
        self.post(entry).ok()?;
        self.history.last().cloned()
    }

    /// Takes back a transaction as of its own day.
    pub fn reverse(&mut self, of: &Transaction) -> Result<(), ()> {
        let head = Head { effective: of.entry().head().effective, ..self.head(&Op::default()) };
        let entry = Entry::reversal(head, of).map_err(|_| ())?;
        self.post(entry)
    }

    fn post(&mut self, entry: Entry) -> Result<(), ()> {
        match self.books.post(entry) {
            Ok(transaction) => self.history.push(transaction),
            Err(refused) => {
                self.refused.push(refused);
                return Err(());
            }
        }
        Ok(())
    }

    /// The next event, in effect on the operation's day, recorded after all before.
    fn head(&mut self, op: &Op) -> Head {
        self.events += 1;
        let first = first_day().number();
        let effective = Day::from_number(first + i32::from(op.day));
        let (day, rest) = (self.events / 2, self.events % 2);
        let recorded = Moment::new(Day::from_number(first + day as i32), rest as u32).unwrap();
        Head { event: EventNo(self.events), effective, recorded }
    }
}

fn ledger(op: &Op) -> FundLedger {
    let sub = |name: &str| Some(name.parse().unwrap());
    match op.part {
        0 => FundCode::POOLED.into(),
        1 => FundLedger { fund: FundCode::POOLED, sub: sub("outpatient") },
        _ => FundCode::LARGE_AMOUNT.into(),
    }
}

fn institution(op: &Op) -> Name {
    format!("H{}", op.pick % 2).parse().unwrap()
}

fn settle(op: &Op, head: Head) -> Result<Entry, Fault> {
    let (member, payer) = (holder(op.who), holder(op.with));
    let amount = Fen::from_fen(i64::from(op.amount));
    let part = Part::ALL[usize::from(op.part)];
    let from_account = if op.what < 3 { Fen::from_fen(i64::from(op.amount / 8)) } else { Fen::ZERO };
    let funds = [FundShare { ledger: ledger(op), amount }, FundShare { ledger: FundCode::POOLED.into(), amount }];
    let accounts = [AccountShare { holder: payer, part, amount: from_account }];
    let treated_in = areas()[usize::from(op.pick) % 3];
    let accounts = if op.what == 0 { &[][..] } else { &accounts[..] };
    rules::settlement(
        head,
        &Settling { area: member.area, institution: institution(op), treated_in, funds: &funds, accounts },
    )
}

fn entry(op: &Op, head: Head) -> Result<Entry, Fault> {
    let (one, other) = (holder(op.who), holder(op.with));
    let area = one.area;
    let amount = Fen::from_fen(i64::from(op.amount));
    let [some, little] = [8, 64].map(|part| Fen::from_fen(i64::from(op.amount / part)));
    let parts = [(Part::ALL[usize::from(op.part)], some), (Part::Current, some)];
    match op.what {
        0..=3 => settle(op, head),
        4 | 5 => rules::contribution(head, area, amount),
        6 => rules::allocation(head, area, None, ledger(op), amount),
        7 => rules::allocation(head, area, Some(FundCode::POOLED.into()), ledger(op), amount),
        8 | 9 => rules::credit(head, one, CreditFrom::Contribution, amount),
        10 => rules::credit(head, one, CreditFrom::Fund(ledger(op)), amount),
        11 => rules::mutual_aid(head, one, &parts, other),
        34 => rules::mutual_aid(head, one, &parts[1..], other),
        12 if op.pick.is_multiple_of(3) => {
            rules::after_recovery(&rules::refund(head, one, &parts[..1])?, one, &[(Part::Current, little)])
        }
        12 => rules::refund(head, one, &parts[..1]),
        13 => rules::relocation(head, one.person, area, other.area, &parts[..1]),
        14 => rules::clearing(head, area, institution(op), amount),
        15 => rules::area_clearing(head, area, other.area, amount),
        21 => rules::premium(head, one, &parts, other.area, (!op.pick.is_multiple_of(3)).then(|| ledger(op))),
        16 => rules::carry_over(head, one, some),
        17 => rules::receipt(head, area, amount),
        24 => rules::opening(head, one, &parts[..1]),
        25 => rules::contribution_split(head, area, amount, some, ledger(op)),
        26 => rules::credit_withheld(head, one, CreditFrom::Fund(ledger(op)), amount, some),
        27 => rules::credit_taken_back(head, None, one, CreditFrom::Contribution, &parts[..1], amount),
        28 => rules::recovery(head, one, RecoveredFrom::Account(&[(Part::Current, little)])),
        29 | 32 => rules::recovery(head, one, RecoveredFrom::Paid(little)),
        33 => rules::credit_taken_back(head, None, one, CreditFrom::Contribution, &[], amount),
        30 => rules::inheritance(head, one, &[&parts[..1], &parts[1..]]),
        31 if op.pick.is_multiple_of(2) => rules::transfer_in(head, one, &parts[..1]),
        31 => rules::transfer_out(head, one, &parts[..1]),
        _ => {
            let key = [format!("{}/{area}/current", one.person), format!("-/{area}/deposit")];
            let amount = amount.to_string();
            let taken = [
                posting(&key[usize::from(op.part) % 2], &amount),
                posting(&format!("-/{area}/suspense"), &format!("-{amount}")),
            ];
            rules::correction(head, None, taken)
        }
    }
}
