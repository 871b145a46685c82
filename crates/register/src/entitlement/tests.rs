//! Entitlement periods: a table of cases, laws on random members, and the same definition worked out slowly, day by day
//! and month by month.

use super::*;
use crate::fact::Fact;
use crate::member::{LumpSum, Paid};
use crate::persons::person;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use gongji_domain::Fen;
use proptest::prelude::*;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn retired(category: &str) -> bool {
    category == "12"
}

/// Enrolled on 2024-01-10 as an employee.
fn member() -> Member {
    person("P1", "张三", "1960-01-01")
}

fn paid(from: &str, months: u16, late: Option<&str>) -> Fact {
    let [base, own, pooled] = [Fen::from_yuan(5_000), Fen::from_yuan(100), Fen::from_yuan(300)];
    Fact::Paid(Paid { from: from.parse().unwrap(), months, base, own, pooled, late: late.map(day) })
}

const PLAIN: Rules = Rules {
    waiting: None,
    gap: None,
    grace: Some(0),
    back_pay: None,
    begins: Some(Begins::ThisMonth),
    exclude_inpatient: false,
};

/// Periods as `2024-01-10 正常享受 按规定缴费`, each with its first day.
fn shown(rules: &Rules, facts: &[Fact]) -> Vec<String> {
    let mut member = member();
    facts.iter().for_each(|fact| member.take(fact).unwrap());
    let periods = periods(&member, rules, &retired, day("2026-12-31"));
    periods.iter().map(|p| format!("{} {} {}", p.from, p.state.name(), p.why.name())).collect()
}

#[test]
fn periods_follow_from_contributions_rules_and_what_was_told() {
    let next = Rules { begins: Some(Begins::NextMonth), ..PLAIN };
    let waits = Rules { waiting: Some(Waiting::Months(3)), gap: Some(1), ..PLAIN };
    let back = |within, else_from| Rules { back_pay: Some(BackPay { within, else_from }), ..PLAIN };
    let told = |from: &str, cover| Fact::Cover(day(from), cover);
    for (what, rules, facts, expected) in [
        ("nothing was contributed yet", PLAIN, vec![], &["2024-01-10 等待期 参保后尚无生效的缴费"][..]),
        (
            "contributed for until March: April is the first month that was not, May the month after",
            PLAIN,
            vec![paid("2024-01", 3, None)],
            &["2024-01-10 正常享受 按规定缴费", "2024-05-01 欠费停保 欠费"],
        ),
        (
            "two months of grace",
            Rules { grace: Some(2), ..PLAIN },
            vec![paid("2024-01", 3, None)],
            &["2024-01-10 正常享受 按规定缴费", "2024-07-01 欠费停保 欠费"],
        ),
        (
            "benefits begin with the month after",
            next,
            vec![paid("2024-01", 3, None)],
            &["2024-01-10 等待期 参保后尚无生效的缴费", "2024-02-01 正常享受 按规定缴费", "2024-05-01 欠费停保 欠费"],
        ),
        (
            "three months of waiting, and none after a gap of one month",
            waits,
            vec![paid("2024-01", 6, None), paid("2024-08", 29, None)],
            &["2024-01-10 等待期 等待期未满", "2024-04-01 正常享受 按规定缴费"],
        ),
        (
            "after a gap of two months the waiting begins anew",
            waits,
            vec![paid("2024-01", 6, None), paid("2024-09", 28, None)],
            &[
                "2024-01-10 等待期 等待期未满",
                "2024-04-01 正常享受 按规定缴费",
                "2024-08-01 欠费停保 欠费",
                "2024-09-01 等待期 等待期未满",
                "2024-12-01 正常享受 按规定缴费",
            ],
        ),
        (
            "waiting by days",
            Rules { waiting: Some(Waiting::Days(30)), ..PLAIN },
            vec![paid("2024-02", 35, None)],
            &[
                "2024-01-10 等待期 参保后尚无生效的缴费",
                "2024-02-01 等待期 等待期未满",
                "2024-03-02 正常享受 按规定缴费",
            ],
        ),
        (
            "back-pay at most three months late restores what was, from March on; February was held by January",
            back(3, ElseFrom::Day),
            vec![paid("2024-01", 1, None), paid("2024-02", 5, Some("2024-06-15")), paid("2024-07", 30, None)],
            &["2024-01-10 正常享受 按规定缴费"],
        ),
        (
            "at most two months late: February and March count from the day of payment, April to June as if paid in time",
            back(2, ElseFrom::Day),
            vec![paid("2024-01", 1, None), paid("2024-02", 5, Some("2024-06-15")), paid("2024-07", 30, None)],
            &["2024-01-10 正常享受 按规定缴费", "2024-03-01 欠费停保 欠费", "2024-04-01 正常享受 按规定缴费"],
        ),
        (
            "without a rule for back-pay nothing before its day is restored",
            PLAIN,
            vec![paid("2024-01", 1, None), paid("2024-02", 5, Some("2024-06-15"))],
            &[
                "2024-01-10 正常享受 按规定缴费",
                "2024-03-01 欠费停保 欠费",
                "2024-06-15 正常享受 按规定缴费",
                "2024-08-01 欠费停保 欠费",
            ],
        ),
        (
            "too late, so from the month after it was received",
            back(0, ElseFrom::NextMonth),
            vec![paid("2024-01", 1, None), paid("2024-02", 4, Some("2024-06-15")), paid("2024-06", 31, None)],
            &["2024-01-10 正常享受 按规定缴费", "2024-03-01 欠费停保 欠费", "2024-06-01 正常享受 按规定缴费"],
        ),
        (
            "who retires owes no contribution from that day on",
            PLAIN,
            vec![paid("2024-01", 3, None), Fact::Category(day("2024-04-15"), "12".into())],
            &["2024-01-10 正常享受 按规定缴费", "2024-04-15 正常享受 按规定不再缴费"],
        ),
        (
            "a lump sum covers until its last day, and nobody waits after it",
            Rules { waiting: Some(Waiting::Months(6)), gap: Some(0), ..PLAIN },
            vec![
                Fact::LumpSum(Some(LumpSum { base: Fen::from_yuan(4_000), until: day("2024-06-30") })),
                paid("2024-08", 29, None),
                paid("2024-07", 1, Some("2024-08-03")),
            ],
            &[
                "2024-01-10 正常享受 趸缴期内",
                "2024-07-01 等待期 参保后尚无生效的缴费",
                "2024-08-01 等待期 等待期未满",
                "2024-08-03 正常享受 按规定缴费",
            ],
        ),
        (
            "what is told from outside stops benefits and lets them go on",
            PLAIN,
            vec![
                paid("2024-01", 36, None),
                told("2024-03-05", Cover::Suspended),
                told("2024-04-01", Cover::InBenefit),
                told("2025-01-01", Cover::Ended),
            ],
            &[
                "2024-01-10 正常享受 按规定缴费",
                "2024-03-05 暂停 按登记的待遇状态",
                "2024-04-01 正常享受 按规定缴费",
                "2025-01-01 终止 按登记的待遇状态",
            ],
        ),
        (
            "told to be in benefit does not pay a contribution",
            PLAIN,
            vec![paid("2024-01", 1, None), told("2024-01-10", Cover::InBenefit)],
            &["2024-01-10 正常享受 按规定缴费", "2024-03-01 欠费停保 欠费"],
        ),
        (
            "where the texts are silent only what is told counts",
            Rules::default(),
            vec![paid("2024-01", 1, None), told("2024-02-01", Cover::InBenefit), told("2024-06-01", Cover::Suspended)],
            &[
                "2024-01-10 暂停 未登记待遇状态",
                "2024-02-01 正常享受 按登记的待遇状态",
                "2024-06-01 暂停 按登记的待遇状态",
            ],
        ),
        (
            "death ends everything the day after",
            PLAIN,
            vec![paid("2024-01", 36, None), Fact::Died(Some(day("2024-05-20")))],
            &["2024-01-10 正常享受 按规定缴费", "2024-05-21 终止 已死亡"],
        ),
    ] {
        assert_eq!(shown(&rules, &facts), expected, "{what}");
    }
}

#[test]
fn back_pay_tells_which_days_it_restored() {
    let rules = Rules { back_pay: Some(BackPay { within: 3, else_from: ElseFrom::Day }), ..PLAIN };
    let until = day("2024-12-31");
    let mut member = member();
    for fact in [paid("2024-01", 1, None), paid("2024-05", 2, None)] {
        member.take(&fact).unwrap();
    }
    let before = periods(&member, &rules, &retired, until);
    member.take(&paid("2024-02", 3, Some("2024-05-20"))).unwrap();
    let after = periods(&member, &rules, &retired, until);
    assert_eq!(restored(&before, &after, until), [(day("2024-03-01"), day("2024-04-30"))]);
    assert_eq!(restored(&after, &before, until), []);
    assert_eq!(restored(&[], &after, day("2024-02-02")), [(day("2024-01-10"), day("2024-02-02"))]);
    assert_eq!(at(&before, day("2024-04-30")).map(|period| period.state), Some(State::Arrears));
    assert_eq!(at(&before, day("2024-01-09")), None);
    assert_eq!(state_on(&member, &rules, &retired, day("2024-01-09")), None);
}

#[test]
fn who_is_in_hospital_has_no_outpatient_benefits_where_the_rules_say_so() {
    let mut member = member();
    member.take(&Fact::Stay(Stay { from: day("2024-03-01"), until: Some(day("2024-03-05")) })).unwrap();
    let excludes = Rules { exclude_inpatient: true, ..PLAIN };
    assert!(excludes.excluding(&member, day("2024-03-04")).is_some());
    assert!(excludes.excluding(&member, day("2024-03-05")).is_none());
    assert!(PLAIN.excluding(&member, day("2024-03-04")).is_none());
}

/// The same definition, slowly: every month by itself, every day anew.
fn slow(member: &Member, rules: &Rules, on: Day) -> (State, Why) {
    if member.died.is_some_and(|died| on > died) {
        return (State::Ended, Why::Died);
    }
    match (member.cover.at(on), rules.begins, rules.grace) {
        (Some(Cover::Ended), ..) => return (State::Ended, Why::Told),
        (Some(Cover::Suspended), ..) => return (State::Suspended, Why::Told),
        (_, Some(_), Some(_)) => {}
        (Some(Cover::InBenefit), ..) => return (State::InBenefit, Why::Told),
        (None, ..) => return (State::Suspended, Why::NotTold),
    }
    if member.category.at(on).is_some_and(|category| retired(category)) {
        return (State::InBenefit, Why::OwesNone);
    }
    if member.lump_sum.is_some_and(|lump_sum| on <= lump_sum.until) {
        return (State::InBenefit, Why::LumpSum);
    }
    let now = Month::of(on).number();
    let (begins, grace) = (rules.begins.unwrap(), i32::from(rules.grace.unwrap()));
    let delay = i32::from(begins == Begins::NextMonth);
    let mut months = BTreeSet::new();
    for paid in &member.paid {
        for n in 0..i32::from(paid.months) {
            let month = paid.from.plus(n);
            let counts = paid.late.is_none_or(|received| {
                let late = Month::of(received).number() - month.number();
                let restored = rules.back_pay.is_some_and(|rule| late <= i32::from(rule.within));
                let next = rules.back_pay.is_some_and(|rule| rule.else_from == ElseFrom::NextMonth);
                restored || if next { now > Month::of(received).number() } else { on >= received }
            });
            if counts {
                months.insert(month.number());
            }
        }
    }
    // A month keeps a spell together if nothing is owed on one of its days.
    let owing = |month: i32| {
        let month = Month::from_number(month).unwrap();
        let days = (month.first_day().number()..=month.last_day().number()).map(Day::from_number);
        let mut days = days.filter(|day| *day >= member.enrolment.rows()[0].0);
        !days.any(|day| {
            member.category.at(day).is_some_and(|category| retired(category))
                || member.lump_sum.is_some_and(|lump_sum| day <= lump_sum.until)
        })
    };
    let together: BTreeSet<i32> = (2020 * 12..=now).filter(|m| months.contains(m) || !owing(*m)).collect();
    let mut outcome = (State::Waiting, Why::NotBegun);
    for month in months.iter().filter(|month| **month + delay <= now) {
        if outcome.0 != State::Waiting || outcome.1 == Why::NotBegun {
            outcome = if outcome.1 == Why::Waiting { outcome } else { (State::Arrears, Why::Unpaid) };
        }
        if now > month + 1 + grace {
            continue;
        }
        let mut start = *month;
        while let Some(before) = together.range(..start).next_back() {
            if rules.gap.is_some_and(|gap| start - before > i32::from(gap) + 1) {
                break;
            }
            start = *before;
        }
        let begin = Month::from_number(start + delay).unwrap();
        let served = match rules.waiting {
            None => true,
            Some(Waiting::Months(n)) => now >= begin.number() + i32::from(n),
            Some(Waiting::Days(n)) => on.number() - begin.first_day().number() >= i32::from(n),
        };
        if served {
            return (State::InBenefit, Why::Contributed);
        }
        outcome = (State::Waiting, Why::Waiting);
    }
    outcome
}

fn rules() -> impl Strategy<Value = Rules> {
    let waiting = prop_oneof![
        Just(None),
        (0..7_u16).prop_map(|n| Some(Waiting::Months(n))),
        (0..100_u16).prop_map(|n| Some(Waiting::Days(n)))
    ];
    let else_from = prop_oneof![Just(ElseFrom::Day), Just(ElseFrom::NextMonth)];
    let back_pay =
        prop::option::of((0..6_u16, else_from).prop_map(|(within, else_from)| BackPay { within, else_from }));
    let begins = prop::option::weighted(0.9, prop_oneof![Just(Begins::ThisMonth), Just(Begins::NextMonth)]);
    let grace = prop::option::weighted(0.9, 0..4_u16);
    (waiting, prop::option::of(0..4_u16), grace, back_pay, begins).prop_map(
        |(waiting, gap, grace, back_pay, begins)| Rules {
            waiting,
            gap,
            grace,
            back_pay,
            begins,
            exclude_inpatient: false,
        },
    )
}

const SPAN: i32 = 1_000;

fn some_day() -> impl Strategy<Value = Day> {
    (0..SPAN).prop_map(|n| Day::from_number(day("2024-01-10").number() + n))
}

/// Facts of which none concerns the day or month of another of its kind.
fn facts() -> impl Strategy<Value = Vec<Fact>> {
    let paid = (0..30_i32, 1..9_u16, prop::option::weighted(0.4, 0..300_i32)).prop_map(|(from, months, late)| {
        let from = Month::of(day("2024-01-10")).plus(from);
        let last = from.plus(i32::from(months) - 1).last_day();
        let late = late.map(|n| Day::from_number(last.number() + 1 + n));
        let amount = Fen::from_yuan(i64::from(months));
        Fact::Paid(Paid { from, months, base: amount, own: amount, pooled: amount, late })
    });
    let category =
        (some_day(), any::<bool>()).prop_map(|(on, old)| Fact::Category(on, if old { "12" } else { "11" }.into()));
    let cover = (some_day(), 0..5_u8).prop_map(|(on, which)| {
        Fact::Cover(on, [Cover::Suspended, Cover::Ended, Cover::InBenefit][usize::from(which).min(2)])
    });
    let lump_sum = some_day().prop_map(|until| Fact::LumpSum(Some(LumpSum { base: Fen::ZERO, until })));
    let died = some_day().prop_map(|on| Fact::Died(Some(on)));
    let paid = prop::collection::vec(paid, 0..8);
    let told = (prop::collection::vec(category, 0..3), prop::collection::vec(cover, 0..3));
    let once = (prop::option::weighted(0.15, lump_sum), prop::option::weighted(0.15, died));
    (paid, told, once).prop_map(|(paid, (category, cover), (lump_sum, died))| {
        let mut known = member();
        let mut days = BTreeSet::new();
        let all = paid.into_iter().chain(category).chain(cover).chain(lump_sum).chain(died);
        let apart = |fact: &Fact| match fact {
            Fact::Category(on, _) => days.insert((0, on.number())),
            Fact::Cover(on, _) => days.insert((1, on.number())),
            _ => true,
        };
        all.filter(apart).filter(|fact| known.take(fact).is_ok()).collect()
    })
}

fn after(facts: &[Fact]) -> Member {
    let mut member = member();
    facts.iter().for_each(|fact| member.take(fact).unwrap());
    member
}

fn until() -> Day {
    Day::from_number(day("2024-01-10").number() + SPAN + 400)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]

    #[test]
    fn the_slow_way_agrees_on_every_day(facts in facts(), rules in rules()) {
        let member = after(&facts);
        let periods = periods(&member, &rules, &retired, until());
        let mut on = day("2024-01-10");
        while on <= until() {
            let fast = at(&periods, on).map(|period| (period.state, period.why));
            prop_assert_eq!(fast, Some(slow(&member, &rules, on)), "{}", on);
            // Every day of the definition, a few of the short way.
            if on.number() % 17 == 0 {
                prop_assert_eq!(state_on(&member, &rules, &retired, on), fast);
            }
            on = on.next();
        }
    }

    #[test]
    fn periods_follow_one_another_and_each_differs_from_the_one_before(facts in facts(), rules in rules()) {
        let periods = periods(&after(&facts), &rules, &retired, until());
        prop_assert_eq!(periods[0].from, day("2024-01-10"));
        prop_assert_eq!(periods.last().unwrap().until, None);
        for pair in periods.windows(2) {
            prop_assert_eq!(pair[0].until, Some(pair[1].from.before()));
            prop_assert!(pair[0].from < pair[1].from);
            prop_assert!((pair[0].state, pair[0].why) != (pair[1].state, pair[1].why));
        }
    }

    #[test]
    fn a_contribution_more_takes_no_day_of_benefit_away(facts in facts(), rules in rules(), at in any::<prop::sample::Index>()) {
        let contributions: Vec<usize> =
            (0..facts.len()).filter(|n| matches!(facts[*n], Fact::Paid(_))).collect();
        if contributions.is_empty() {
            return Ok(());
        }
        let mut less = facts.clone();
        less.remove(contributions[at.index(contributions.len())]);
        let (less, more) = (
            periods(&after(&less), &rules, &retired, until()),
            periods(&after(&facts), &rules, &retired, until()),
        );
        prop_assert_eq!(restored(&more, &less, until()), []);
        let new: BTreeSet<i32> = restored(&less, &more, until()).iter().flat_map(|s| s.0.number()..=s.1.number()).collect();
        let mut on = day("2024-01-10");
        while on <= until() {
            let had = |periods: &[Period]| super::at(periods, on).is_some_and(|p| p.state == State::InBenefit);
            prop_assert_eq!(new.contains(&on.number()), had(&more) && !had(&less), "{}", on);
            on = on.next();
        }
    }

    #[test]
    fn the_order_of_facts_does_not_matter(facts in facts().prop_shuffle(), rules in rules()) {
        let mut sorted = facts.clone();
        sorted.sort_by_key(|fact| format!("{fact:?}"));
        let [one, other] = [&facts, &sorted].map(|facts| periods(&after(facts), &rules, &retired, until()));
        prop_assert_eq!(one, other);
    }
}
