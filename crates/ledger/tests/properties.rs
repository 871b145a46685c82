//! Laws of the ledger on random sequences of operations in three areas: every area balances, what one
//! area owes another is what the other is owed, nobody's account goes below zero, books of closed
//! periods stand still, and what was posted can be replayed in any order.

mod world;

use gongji_domain::{Day, Fen};
use gongji_ledger::{
    Account, AsOf, Books, By, Entry, EventNo, Head, Kind, Moment, Part, Refused, Scope, Statement, Transaction,
    TrialBalance, balance,
};
use proptest::prelude::*;
use std::collections::BTreeMap;
use world::{Op, World, areas, holders};

/// Balances that are not nothing.
fn standing(books: &Books) -> BTreeMap<Account, Fen> {
    books.balances().filter(|(_, balance)| !balance.is_zero()).collect()
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    prop::collection::vec(any::<Op>(), 1..80)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn every_area_balances_and_mirrors_what_the_others_owe(ops in ops()) {
        let world = World::after(&ops);
        let trial = TrialBalance::of(&AsOf::EVERYTHING, &world.history).unwrap();
        for area in areas() {
            let total = trial.total(area).unwrap();
            prop_assert_eq!(total.debit, total.credit);
            let headings = world.books.headings(area).unwrap();
            for (heading, _) in trial.rows(area) {
                prop_assert_eq!(headings.get(&heading).copied().unwrap_or_default(), trial.balance(area, heading));
            }
            for other in areas() {
                let owed = world.books.balance(&Account::Receivable { area, from: other });
                prop_assert_eq!(owed, world.books.balance(&Account::Payable { area: other, to: area }));
            }
        }
    }

    #[test]
    fn areas_with_books_of_their_own_hold_together_what_one_ledger_holds(ops in ops()) {
        let world = World::after(&ops);
        let mut apart = BTreeMap::new();
        for area in areas() {
            let mut books = Books::default();
            for transaction in &world.history {
                let entry = transaction.entry();
                let Some(share) = entry.share_of(area) else { continue };
                prop_assert!(entry.areas().any(|touched| touched == area));
                let (kind, day) = (share.kind(), transaction.accounting());
                let postings = share.postings().to_vec();
                books.replay(&Transaction::restore(share.head(), kind, share.concerns(), day, postings).unwrap()).unwrap();
            }
            apart.extend(standing(&books));
        }
        prop_assert_eq!(apart, standing(&world.books));
    }

    #[test]
    fn no_personal_account_is_ever_below_zero(ops in ops()) {
        let mut world = World::default();
        for op in &ops {
            world.take(op);
            for holder in holders() {
                prop_assert!(world.books.personal(&holder).iter().all(|part| *part >= Fen::ZERO));
            }
        }
    }

    #[test]
    fn nobody_pays_back_more_than_was_owed(ops in ops()) {
        let mut world = World::default();
        for op in &ops {
            world.take(op);
            for holder in holders() {
                let claim = Account::Claim { holder };
                prop_assert!(world.books.balance(&claim) >= Fen::ZERO);
            }
        }
    }

    #[test]
    fn replaying_in_any_order_gives_the_same_balances(ops in ops(), seed: u64) {
        let world = World::after(&ops);
        let mut order: Vec<&Transaction> = world.history.iter().collect();
        order.sort_by_key(|t| (t.entry().head().event.0 ^ seed).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut again = Books::default();
        for transaction in order {
            again.replay(transaction).unwrap();
        }
        prop_assert_eq!(standing(&again), standing(&world.books));
        for transaction in &world.history {
            let event = transaction.entry().head().event;
            prop_assert_eq!(again.is_reversed(event), world.books.is_reversed(event));
        }
    }

    #[test]
    fn settling_and_cancelling_leaves_every_balance_as_before(ops in ops(), op: Op) {
        let mut world = World::after(&ops);
        let before = standing(&world.books);
        let Some(settled) = world.settle(&op) else { return Ok(()) };
        world.reverse(&settled).unwrap();
        prop_assert_eq!(standing(&world.books), before);
        prop_assert!(world.history.last().unwrap().takes_back(&settled));
    }

    #[test]
    fn nothing_is_reversed_twice_and_no_reversal_is_reversed(ops in ops()) {
        let mut world = World::after(&ops);
        for transaction in world.history.clone() {
            let entry = transaction.entry();
            match (entry.kind(), world.reverse(&transaction)) {
                (Kind::Reversal, outcome) => prop_assert!(outcome.is_err()),
                (_, Ok(())) => prop_assert!(world.reverse(&transaction).is_err()),
                (_, Err(_)) => {}
            }
        }
    }

    #[test]
    fn the_books_of_a_closed_period_stand_still(ops in ops()) {
        let mut world = World::default();
        let mut closings = Vec::new();
        for op in &ops {
            if let Some((area, through)) = world.take(op) {
                let seen = TrialBalance::of(&AsOf::accounting(through), &world.history).unwrap();
                closings.push((area, through, seen.rows(area).collect::<Vec<_>>()));
            }
        }
        for (area, through, rows) in closings {
            let seen = TrialBalance::of(&AsOf::accounting(through), &world.history).unwrap();
            prop_assert_eq!(seen.rows(area).collect::<Vec<_>>(), rows);
        }
        for transaction in &world.history {
            let head = transaction.entry().head();
            prop_assert!(transaction.accounting() >= head.effective);
            prop_assert!(transaction.accounting() == head.effective || transaction.entry().kind().adjusts());
        }
    }

    #[test]
    fn history_statement_and_books_agree(ops in ops()) {
        let world = World::after(&ops);
        for (account, held) in world.books.balances() {
            let scope = Scope::Account(account);
            prop_assert_eq!(balance(&scope, &AsOf::EVERYTHING, &world.history), Ok(held));
            for by in [By::Effective, By::Accounting] {
                let days = "2024-02-01".parse().unwrap()..=Day::MAX;
                let statement = Statement::of(&scope, by, days, Moment::MAX, &world.history).unwrap();
                prop_assert_eq!(statement.closing, held);
                let moved: Fen = statement.lines.iter().map(|line| line.amount).sum();
                prop_assert_eq!(statement.opening + moved, held);
            }
        }
    }

    #[test]
    fn books_put_aside_and_reopened_go_on_as_before(ops in ops(), more in ops()) {
        let mut world = World::after(&ops);
        let kept: Vec<(Account, Fen)> = world.books.balances().collect();
        let (reversed, periods) = (world.books.reversed(), world.books.periods().clone());
        let mut again = Books::reopen(kept, reversed, periods).unwrap();
        for op in &more {
            let before = world.history.len();
            if let Some((area, through)) = world.take(op) {
                prop_assert_eq!(again.close(area, through), Ok(()));
            }
            for transaction in &world.history[before..] {
                prop_assert_eq!(&again.post(transaction.entry().clone()).unwrap(), transaction);
            }
        }
        prop_assert_eq!(standing(&again), standing(&world.books));
    }

    #[test]
    fn a_sound_history_passes_the_audit(ops in ops()) {
        let world = World::after(&ops);
        let mut again = Books::default();
        let mut closings = world.closings.iter().peekable();
        for (at, transaction) in world.history.iter().enumerate() {
            while let Some((_, area, through)) = closings.next_if(|(before, _, _)| *before <= at) {
                again.close(*area, *through).unwrap();
            }
            let of = transaction.entry().reverses();
            let original = world.history.iter().find(|other| Some(other.entry().head().event) == of);
            prop_assert_eq!(again.audit(transaction, original), Ok(()));
        }
        prop_assert_eq!(standing(&again), standing(&world.books));
    }

    #[test]
    fn what_was_known_at_a_moment_does_not_change_by_what_comes_later(ops in ops(), cut in 0..80_usize) {
        let world = World::after(&ops);
        let known = &world.history[..cut.min(world.history.len())];
        let Some(last) = known.last() else { return Ok(()) };
        let as_of = AsOf::EVERYTHING.known_at(last.entry().head().recorded);
        for (account, _) in world.books.balances() {
            let scope = Scope::Account(account);
            let then = balance(&scope, &AsOf::EVERYTHING, known);
            prop_assert_eq!(balance(&scope, &as_of, &world.history), then);
        }
    }

    #[test]
    fn a_transaction_is_read_back_from_its_rows(ops in ops()) {
        for transaction in World::after(&ops).history {
            let entry = transaction.entry();
            let mut rows: Vec<(String, String)> =
                entry.postings().iter().map(|p| (p.account.to_string(), p.amount.to_string())).collect();
            rows.reverse();
            let postings = rows.iter().map(|(key, amount)| world::posting(key, amount)).collect();
            let kind = Kind::from_word(entry.kind().word()).unwrap();
            let day = transaction.accounting();
            let read = Transaction::restore(entry.head(), kind, entry.concerns(), day, postings);
            prop_assert_eq!(read, Ok(transaction));
        }
    }
}

#[test]
fn random_sequences_reach_every_kind_and_every_refusal() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut kinds, mut refusals) = (BTreeMap::new(), BTreeMap::new());
    for _ in 0..200 {
        let ops = ops().new_tree(&mut runner).unwrap().current();
        let world = World::after(&ops);
        world.history.iter().for_each(|t| *kinds.entry(t.entry().kind()).or_insert(0) += 1);
        for refused in &world.refused {
            let name = match refused {
                Refused::Period(_) => "period",
                Refused::AlreadyReversed { .. } => "reversed",
                Refused::Overdrawn { .. } => "overdrawn",
                Refused::NotOwed { .. } => "not owed",
                Refused::TooLarge { .. } => "too large",
            };
            *refusals.entry(name).or_insert(0) += 1;
        }
    }
    assert_eq!(kinds.len(), Kind::ALL.len(), "{kinds:?}");
    assert!(kinds.values().all(|times| *times >= 20), "{kinds:?}");
    assert!(["period", "reversed", "overdrawn", "not owed"].iter().all(|name| refusals[name] >= 20), "{refusals:?}");
}

#[test]
fn a_cancellation_of_a_closed_month_names_its_day_and_lands_in_the_open_one() {
    let mut world = World::default();
    let area = areas()[0];
    let op = Op { what: 0, amount: 5_000, day: 10, ..Op::default() };
    let settled = world.settle(&op).unwrap();
    world.books.close(area, "2024-03-31".parse().unwrap()).unwrap();
    let recorded = Moment::new("2024-04-20".parse().unwrap(), 0).unwrap();
    let head = Head { event: EventNo(900), effective: settled.entry().head().effective, recorded };
    let back = world.books.post(Entry::reversal(head, &settled).unwrap()).unwrap();
    assert_eq!(back.entry().head().effective, settled.accounting());
    assert_eq!(back.accounting().to_string(), "2024-04-20");
    assert!(holders().iter().all(|holder| world.books.personal(holder)[Part::Current as usize].is_zero()));
}
