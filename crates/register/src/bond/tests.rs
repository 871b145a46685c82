//! Family mutual aid: a table of what is refused, the life of a bond, and laws on random orders of changes.

use super::*;
use crate::Member;
use crate::persons::person;
use alloc::format;
use alloc::string::ToString;
use alloc::vec;
use proptest::prelude::*;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

const FEN: fn(i64) -> Fen = Fen::from_fen;

fn members() -> [Member; 3] {
    [person("P1", "张三", "1960-01-01"), person("P2", "李四", "1962-01-01"), person("P3", "张小", "1990-01-01")]
}

fn party(member: &Member) -> Party {
    let (number, identity) = (member.number.clone(), member.identity.clone());
    Party { number, name: identity.name, certificate: identity.certificate }
}

fn by(number: &str) -> By {
    By::Person(alloc::format!("C{number}"))
}

/// P1 lets the spouse P2 be paid for.
fn request(number: u64, limits: Limits) -> Request {
    let [holder, beneficiary, _] = members().map(|member| party(&member));
    let (relation, pledge, on) = (Relation::Spouse, "CN-1".into(), day("2024-03-01"));
    Request { number, holder, beneficiary, relation, pledge, limits, by: by("P1"), on }
}

/// The same, confirmed by P2 the day after.
fn bound(limits: Limits) -> Bonds {
    let mut bonds = Bonds::default();
    for change in [Change::Requested(request(7, limits)), confirmed("P2")] {
        bonds.take_given(&change).unwrap();
    }
    bonds
}

fn confirmed(who: &str) -> Change {
    Change::Confirmed { number: 7, by: by(who), on: day("2024-03-02") }
}

fn used(patient: &str, fen: i64, on: &str) -> Change {
    Change::Used { number: 7, patient: patient.into(), purpose: Purpose::Clinic, amount: FEN(fen), on: day(on) }
}

fn returned(fen: i64, on: &str) -> Change {
    Change::UseReturned { number: 7, amount: FEN(fen), on: day(on) }
}

#[test]
fn a_request_that_cannot_be_is_refused_by_name() {
    let members = members();
    let [one, two, three] = &members;
    let known = Registered { holder: Some(one), has_account: true, beneficiary: Some(two) };
    let ask = request(7, Limits::default());
    let limits = |limits| Request { limits, ..ask.clone() };
    let given = |who, what, given: &str| BondFault::Identity { who, what, given: given.into() };
    let (none, child) = (Registered { has_account: false, ..known }, Registered { beneficiary: Some(three), ..known });
    for (what, request, known, fault) in [
        (
            "oneself",
            Request { beneficiary: ask.holder.clone(), ..ask.clone() },
            Registered { beneficiary: Some(one), ..known },
            BondFault::SamePerson,
        ),
        ("no account", ask.clone(), none, BondFault::NoAccount { holder: "P1".into() }),
        (
            "an unknown holder",
            ask.clone(),
            Registered { holder: None, ..known },
            BondFault::NoAccount { holder: "P1".into() },
        ),
        ("no pledge", Request { pledge: " ".into(), ..ask.clone() }, known, BondFault::PledgeMissing),
        (
            "another name",
            Request { beneficiary: Party { name: "李五".into(), ..party(two) }, ..ask.clone() },
            known,
            given("被授权人", "姓名", "李五"),
        ),
        (
            "another certificate",
            Request { holder: Party { certificate: "X".into(), ..party(one) }, ..ask.clone() },
            known,
            given("授权人", "证件号码", "X"),
        ),
        (
            "a parent who is younger",
            Request { beneficiary: party(three), relation: Relation::Parent, ..ask.clone() },
            child,
            BondFault::Ages { relation: "父母", holder: one.identity.birth, beneficiary: three.identity.birth },
        ),
        (
            "asked by a stranger",
            Request { by: by("P3"), ..ask.clone() },
            known,
            BondFault::WrongPerson {
                given: "证件号码末四位为 CP3 的人".into(),
                what: "申请共济关系",
                allowed: "授权人、被授权人或经办人",
            },
        ),
        (
            "a limit below zero",
            limits(Limits { total: Some(FEN(-1)), ..Limits::default() }),
            known,
            BondFault::NegativeLimit { what: "总限额", limit: FEN(-1) },
        ),
        (
            "ends before it begins",
            limits(Limits { from: Some(day("2024-05-02")), until: Some(day("2024-05-01")), ..Limits::default() }),
            known,
            BondFault::EndsBefore { from: day("2024-05-02"), until: day("2024-05-01") },
        ),
    ] {
        assert_eq!(Bonds::default().check_request(&request, &known), Err(fault), "{what}");
    }
    assert_eq!(Bonds::default().check_request(&ask, &known), Ok(()));
    // A relative whom the register does not know is taken at the holder's word.
    assert_eq!(Bonds::default().check_request(&ask, &Registered { beneficiary: None, ..known }), Ok(()));
}

#[test]
fn only_spouse_parents_and_children_are_relatives_here() {
    for (text, relation) in [("spouse", Relation::Spouse), ("父母", Relation::Parent), ("子女", Relation::Child)] {
        assert_eq!(text.parse(), Ok(relation));
    }
    for text in ["sibling", "岳父", "other", ""] {
        assert_eq!(text.parse::<Relation>(), Err(BondFault::Relation { given: text.into() }));
    }
    let said = "岳父".parse::<Relation>().unwrap_err().to_string();
    assert_eq!(said, "关系“岳父”不能建立家庭共济；只能是 spouse（配偶）、parent（父母）、child（子女）");
}

#[test]
fn the_same_pair_or_a_second_spouse_is_refused_while_the_first_bond_stands() {
    let mut bonds = bound(Limits::default());
    let again = Change::Requested(request(8, Limits::default()));
    assert_eq!(bonds.take_given(&again), Err(BondFault::Twice { number: 7 }));
    let other = Request { beneficiary: party(&members()[2]), ..request(8, Limits::default()) };
    assert_eq!(bonds.take_given(&Change::Requested(other)), Err(BondFault::SecondSpouse { number: 7 }));
    let on = day("2024-04-01");
    bonds.take_given(&Change::Unbound { number: 7, by: by("P2"), on }).unwrap();
    bonds.take_given(&again).unwrap();
    let (asked, clinic) = (day("2024-04-02"), Purpose::Clinic);
    let pending = bonds.authorises("P1", "P2", asked, clinic).map(|_| ());
    assert_eq!(pending, Err(BondFault::NotConfirmed { number: 8, day: asked }), "the new one is asked, not the old");
}

#[test]
fn who_asked_does_not_confirm_and_what_another_asked_is_the_holders_to_confirm() {
    let officer = By::Officer("O1".into());
    for (asked, confirms, allowed) in [
        (by("P1"), by("P2"), None),
        (by("P1"), officer.clone(), None),
        (by("P1"), by("P1"), Some("被授权人或经办人")),
        (by("P1"), by("P3"), Some("被授权人或经办人")),
        (by("P2"), by("P1"), None),
        (by("P2"), by("P2"), Some("授权人")),
        (by("P2"), officer.clone(), Some("授权人")),
        (officer.clone(), by("P1"), None),
        (officer.clone(), officer.clone(), Some("授权人")),
    ] {
        let mut bonds = Bonds::default();
        bonds.take_given(&Change::Requested(Request { by: asked, ..request(7, Limits::default()) })).unwrap();
        let confirmation = Change::Confirmed { number: 7, by: confirms.clone(), on: day("2024-03-02") };
        let given = match confirms {
            By::Officer(officer) => officer,
            By::Person(certificate) => format!("证件号码末四位为 {certificate} 的人"),
        };
        let fault = allowed.map(|allowed| BondFault::WrongPerson { given, what: "确认共济关系", allowed });
        assert_eq!(bonds.take_given(&confirmation).err(), fault);
    }
    let again = bound(Limits::default()).take_given(&confirmed("P2"));
    assert_eq!(again, Err(BondFault::AlreadyConfirmed { number: 7, on: day("2024-03-02") }));
}

#[test]
fn what_may_be_used_is_what_the_holder_set() {
    let allowed: Purposes = [Purpose::Clinic, Purpose::ResidentPremium].into_iter().collect();
    let purposes = Some(allowed);
    let period = Limits { from: Some(day("2024-03-10")), until: Some(day("2024-12-31")), ..Limits::default() };
    let amounts = Limits { year: Some(FEN(500)), total: Some(FEN(700)), ..Limits::default() };
    let outside = |on: &str| BondFault::OutOfPeriod {
        number: 7,
        day: day(on),
        from: day("2024-03-10"),
        until: day("2024-12-31"),
    };
    let drugs = BondFault::PurposeNotAllowed { number: 7, purpose: Purpose::PharmacyGoods, allowed };
    let early = day("2024-03-01");
    for (what, limits, on, purpose, expected) in [
        ("no limit", Limits::default(), "2024-03-02", Purpose::Clinic, Ok(None)),
        (
            "before it was confirmed",
            Limits::default(),
            "2024-03-01",
            Purpose::Clinic,
            Err(BondFault::NotConfirmed { number: 7, day: early }),
        ),
        ("before its first day", period, "2024-03-09", Purpose::Clinic, Err(outside("2024-03-09"))),
        ("on its last day", period, "2024-12-31", Purpose::Clinic, Ok(None)),
        ("after its last day", period, "2025-01-01", Purpose::Clinic, Err(outside("2025-01-01"))),
        (
            "a purpose of the set",
            Limits { purposes, ..Limits::default() },
            "2024-03-02",
            Purpose::ResidentPremium,
            Ok(None),
        ),
        (
            "a purpose outside",
            Limits { purposes, ..Limits::default() },
            "2024-03-02",
            Purpose::PharmacyGoods,
            Err(drugs),
        ),
        ("the year's limit", amounts, "2024-03-02", Purpose::Clinic, Ok(Some(FEN(500)))),
    ] {
        let bonds = bound(limits);
        assert_eq!(bonds.authorises("P1", "P2", day(on), purpose).map(|(_, most)| most), expected, "{what}");
    }
    let mut bonds = bound(amounts);
    bonds.take_given(&used("P2", 400, "2024-12-30")).unwrap();
    let most = |bonds: &Bonds, on: &str| bonds.bond(7).unwrap().most(day(on), Purpose::Clinic);
    assert_eq!([most(&bonds, "2024-12-31"), most(&bonds, "2025-01-01")], [Ok(Some(FEN(100))), Ok(Some(FEN(300)))]);
    let more = bonds.take_given(&used("P2", 301, "2025-01-01"));
    assert_eq!(more, Err(BondFault::BeyondLimit { number: 7, left: FEN(300), asked: FEN(301) }));
    bonds.take_given(&returned(400, "2024-12-30")).unwrap();
    assert_eq!(most(&bonds, "2025-01-01"), Ok(Some(FEN(500))));
    let twice = bonds.take_given(&returned(1, "2024-12-30"));
    assert_eq!(twice, Err(BondFault::NotUsed { year: 2024, used: FEN(0), asked: FEN(1) }));
}

#[test]
fn limits_are_the_holders_and_not_below_what_was_used_this_year() {
    let mut bonds = bound(Limits::default());
    bonds.take_given(&used("P2", 400, "2024-06-01")).unwrap();
    let set = |who: &str, year, total, on: &str| Change::LimitsSet {
        number: 7,
        by: by(who),
        limits: Limits { year, total, ..Limits::default() },
        on: day(on),
    };
    let wrong = BondFault::WrongPerson {
        given: "证件号码末四位为 CP2 的人".into(),
        what: "设置限额",
        allowed: "授权人或经办人",
    };
    assert_eq!(bonds.take_given(&set("P2", None, None, "2024-07-01")), Err(wrong));
    let below = |what, limit| Err(BondFault::BelowUsed { what, limit: FEN(limit), used: FEN(400) });
    assert_eq!(bonds.take_given(&set("P1", Some(FEN(399)), None, "2024-07-01")), below("年度限额", 399));
    assert_eq!(bonds.take_given(&set("P1", None, Some(FEN(399)), "2025-07-01")), below("总限额", 399));
    assert_eq!(bonds.take_given(&set("P1", Some(FEN(100)), None, "2025-07-01")), Ok(()));
}

#[test]
fn an_ended_bond_pays_nothing_from_that_moment_but_takes_back_what_is_cancelled() {
    let mut bonds = bound(Limits::default());
    bonds.take_given(&used("P2", 400, "2024-06-01")).unwrap();
    let on = day("2024-06-01");
    bonds.take_given(&Change::Unbound { number: 7, by: by("P1"), on }).unwrap();
    let ended = Err(BondFault::Unbound { number: 7, on });
    // The same day, and a day before it told later: ended is ended.
    for late in [used("P2", 1, "2024-06-01"), used("P2", 1, "2024-05-31"), confirmed("P2")] {
        assert_eq!(bonds.take_given(&late), ended);
    }
    assert_eq!(bonds.take_given(&returned(400, "2024-06-01")), Ok(()));
    assert_eq!(bonds.given[0].used_in_all(), Fen::ZERO);
}

#[test]
fn strangers_third_persons_and_chains_are_not_paid_for() {
    let bonds = bound(Limits::default());
    let ask = |holder: &str, patient: &str| {
        bonds.authorises(holder, patient, day("2024-05-01"), Purpose::Clinic).map(|(bond, _)| bond.number())
    };
    assert_eq!(ask("P1", "P2"), Ok(7));
    for (holder, patient) in [("P1", "P3"), ("P2", "P1"), ("P2", "P3"), ("P1", ""), ("P1", "P1")] {
        let stranger = BondFault::Stranger { holder: holder.into(), patient: patient.into() };
        assert_eq!(ask(holder, patient), Err(stranger), "{holder} pays for {patient}");
    }
    let third = bonds.clone().take_given(&used("P3", 1, "2024-05-01"));
    assert_eq!(third, Err(BondFault::ThirdPerson { number: 7, patient: "P3".into() }));
}

#[test]
fn both_persons_keep_the_bond_and_two_spouses_may_let_each_other_be_paid_for() {
    let [one, two, _] = members().map(|member| party(&member));
    let (mut his, mut hers) = (Bonds::default(), Bonds::default());
    let mutual = Request { number: 8, holder: two, beneficiary: one, by: by("P2"), ..request(7, Limits::default()) };
    for change in [
        Change::Requested(request(7, Limits::default())),
        confirmed("P2"),
        Change::Unbound { number: 7, by: by("P2"), on: day("2024-09-01") },
    ] {
        his.take_given(&change).unwrap();
        hers.take_received(&change);
        assert_eq!(hers.received[0].state, his.given[0].state());
    }
    assert_eq!((hers.received[0].name.as_str(), hers.received.len()), ("张三", 1));
    for change in [Change::Requested(mutual), Change::Confirmed { number: 8, by: by("P1"), on: day("2024-03-02") }] {
        hers.take_given(&change).unwrap();
        his.take_received(&change);
    }
    assert!(hers.authorises("P2", "P1", day("2024-10-01"), Purpose::Clinic).is_ok());
    assert!(his.authorises("P1", "P2", day("2024-10-01"), Purpose::Clinic).is_err(), "each bond by itself");
}

#[test]
fn bonds_are_kept_small_and_told_in_words() {
    let purposes = Some([Purpose::Clinic].into_iter().collect());
    let mut bonds = bound(Limits { purposes, year: Some(FEN(500)), ..Limits::default() });
    bonds.take_given(&used("P2", 400, "2024-06-01")).unwrap();
    let packed = postcard::to_allocvec(&bonds).unwrap();
    assert!(packed.len() < 90, "{} bytes", packed.len());
    assert_eq!(postcard::from_bytes::<Bonds>(&packed).unwrap(), bonds);
    let text = serde_json::to_string(&bonds.given[0].request.limits).unwrap();
    assert_eq!(text, r#"{"year":"5.00","total":null,"purposes":["clinic"],"from":null,"until":null}"#);
    assert_eq!(serde_json::from_str::<Limits>(&text).unwrap(), bonds.given[0].request.limits);
    let change = serde_json::to_string(&confirmed("P2")).unwrap();
    assert_eq!(change, r#"{"confirmed":{"number":7,"by":{"person":"CP2"},"on":"2024-03-02"}}"#);
    assert!(postcard::from_bytes::<Purposes>(&[0x40]).is_err());
}

/// One change out of small numbers: what, who, how much, when.
fn change((what, who, amount, month, limit): (u8, u8, i64, i64, Option<i64>)) -> Change {
    let on = Day::from_number(day("2023-11-01").number() + month as i32 * 40);
    let patient = ["P2", "P2", "P2", "P3"][usize::from(who) % 4];
    let by = By::Person(["CP1", "CP1", "CP2", "CP3"][usize::from(who) % 4].into());
    let amount = FEN(amount);
    match what {
        0..=4 => Change::Used { number: 7, patient: patient.into(), purpose: Purpose::Clinic, amount, on },
        5..=6 => Change::UseReturned { number: 7, amount, on },
        7..=8 => {
            let limits = Limits { year: limit.map(FEN), total: limit.map(|n| FEN(n * 2)), ..Limits::default() };
            Change::LimitsSet { number: 7, by, limits, on }
        }
        _ => Change::Unbound { number: 7, by, on },
    }
}

proptest! {
    #[test]
    fn used_never_exceeds_the_limits_in_any_order(
        changes in prop::collection::vec((0..10_u8, 0..4_u8, -5..300_i64, 0..30_i64, prop::option::of(0..600_i64)), 0..60),
    ) {
        let mut bonds = bound(Limits { year: Some(FEN(500)), total: Some(FEN(900)), ..Limits::default() });
        let mut set_in = 2024;
        for change in changes.into_iter().map(change) {
            let before = bonds.clone();
            match (bonds.take_given(&change), &change) {
                (Err(_), _) => prop_assert_eq!(&bonds, &before),
                (Ok(()), Change::LimitsSet { on, by, .. }) => {
                    prop_assert_eq!(by, &By::Person("CP1".into()));
                    set_in = on.ymd().0;
                }
                (Ok(()), Change::Used { patient, on, .. }) => {
                    prop_assert_eq!(patient.as_str(), "P2", "a stranger is never paid for");
                    prop_assert!(*on >= day("2024-03-02") && before.given[0].unbound_on.is_none());
                }
                (Ok(()), Change::Unbound { by, .. }) => prop_assert!(*by != By::Person("CP3".into())),
                (Ok(()), _) => {}
            }
            let bond = &bonds.given[0];
            let limits = bond.request.limits;
            prop_assert!(limits.total.is_none_or(|total| bond.used_in_all() <= total));
            for (year, used) in &bond.used {
                prop_assert!(*used > Fen::ZERO);
                prop_assert!(*year < set_in || limits.year.is_none_or(|limit| *used <= limit));
            }
        }
    }
}

#[test]
fn every_change_names_its_bond() {
    for change in [confirmed("P1"), used("P2", 1, "2024-05-01"), returned(1, "2024-05-01")] {
        assert_eq!(change.number(), 7);
        assert_eq!(Bonds::default().take_given(&change), Err(BondFault::NoBond { number: 7 }));
        let mut none = Bonds::default();
        none.take_received(&change);
        assert_eq!((none.received, none.given), (vec![], vec![]));
    }
}

#[test]
fn whoever_may_not_act_is_named_by_the_end_of_the_certificate() {
    let stranger = By::Person("510101199001011234".into());
    let confirmation = Change::Confirmed { number: 7, by: stranger, on: day("2024-03-02") };
    let mut bonds = Bonds::default();
    bonds.take_given(&Change::Requested(request(7, Limits::default()))).unwrap();
    let said = bonds.take_given(&confirmation).unwrap_err().to_string();
    assert!(said.starts_with("证件号码末四位为 1234 的人 不能确认共济关系") && !said.contains("1990"), "{said}");
}
