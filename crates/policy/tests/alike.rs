//! Visits that are decided alike, with what their facts have in common looked up once, give what each gives alone.
mod common;

use gongji_adjudication::{
    AccountPart, Encounter, Lines, Settlement, Shares, Split, Standing, Tab, Verdict, settle_into,
};
use gongji_domain::{Clock, Day, Fen};
use gongji_policy::{Area, Kind, Library};
use proptest::prelude::*;
use std::sync::LazyLock;

static LIBRARY: LazyLock<Library> = LazyLock::new(common::shipped);

/// A visit of the year: where its facts come from, what was charged.
#[derive(Clone, Debug)]
struct Visit {
    facts: u64,
    eligible: i64,
    other: i64,
    use_account: bool,
}

fn visit() -> impl Strategy<Value = Visit> {
    (0..4_u64, 0..400_000_i64, 0..20_000_i64, any::<bool>()).prop_map(|(facts, eligible, other, use_account)| Visit {
        facts,
        eligible,
        other,
        use_account,
    })
}

/// Facts of a visit, each drawn from its values; the member's own do not change.
fn facts(area: &Area, member: u64, visit: u64) -> Vec<i64> {
    let mut facts = area.default_facts();
    for (i, fact) in area.facts().iter().enumerate() {
        let Some(place) = fact.place().filter(|_| fact.kind == Kind::Choice || fact.kind == Kind::Flag) else {
            continue;
        };
        let drawn = (member.rotate_left(5 * i as u32) ^ visit.wrapping_mul(0x9E37_79B9_7F4A_7C15)) >> 7;
        let values = if fact.kind == Kind::Flag { 2 } else { fact.values.len().max(1) as u64 };
        facts[place] = (drawn % values) as i64;
    }
    facts
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn visits_decided_alike_give_what_each_gives_alone(
        area in 0..4_usize, member: u64, held in 0..200_000_i64, visits in prop::collection::vec(visit(), 1..30)
    ) {
        let area = LIBRARY.area(["500000", "211200", "320700", "360100"][area]).unwrap();
        let day = Day::from_ymd(2024, 6, 3).unwrap();
        let rules = area.rules(day).unwrap();
        let mut standing = Standing::with_account(Fen::from_fen(held), Fen::from_fen(held / 3));
        let (mut tab, mut account) = (Tab::default(), [Fen::from_fen(held), Fen::from_fen(held / 3)]);
        let mut settlement = Settlement::default();
        for visit in &visits {
            let facts = facts(area, member, visit.facts);
            let Some(alike) = rules.alike(&facts) else { continue };
            let (eligible, other) = (Fen::from_fen(visit.eligible), Fen::from_fen(visit.other));
            let split = Split { off_list: other, over_ceiling: Fen::ZERO, upfront: Fen::ZERO, eligible: &[eligible] };
            let encounter = Encounter {
                day, clock: Clock(0), facts: &facts, institution: 7, lines: Lines::Split(split), prior: &[],
                frozen: &[], insured_since: None, use_account: visit.use_account,
            };
            prop_assert!(settle_into(rules, &standing, &encounter, &mut settlement) == Verdict::Settled);
            standing.apply(&settlement);
            let shares = alike.settle(&mut tab, visit.use_account.then_some(&mut account), eligible, other);
            prop_assert_eq!(shares, Shares {
                borne: settlement.deductible_borne,
                paid: settlement.fund_total,
                from_account: settlement.from_account,
                cash: settlement.cash,
            });
            prop_assert!(settlement.payments.iter().all(|payment| payment.fund == alike.fund()));
            prop_assert_eq!(account, [standing.account(AccountPart::Current), standing.account(AccountPart::Prior)]);
        }
    }
}

#[test]
fn ordinary_visits_of_the_areas_that_ship_are_decided_alike() {
    for code in ["500000", "211200", "320700", "360100"] {
        let area = LIBRARY.area(code).unwrap();
        let mut facts = facts(area, 0, 0);
        for (name, value) in [("care_type", "ordinary_outpatient"), ("issuer_class", "tertiary")] {
            let fact = area.facts().iter().find(|fact| fact.name == name).unwrap();
            facts[fact.place().unwrap()] = fact.values.iter().position(|v| v == value).unwrap() as i64;
        }
        let rules = area.rules(Day::from_ymd(2024, 6, 3).unwrap()).unwrap();
        assert!(rules.alike(&facts).is_some(), "{code}");
    }
}
