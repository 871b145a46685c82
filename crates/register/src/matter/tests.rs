//! Life events: tables of what is refused, the way of each matter, what it does to money, and laws on random ways.

use super::*;
use crate::parts::Part;
use alloc::format;
use alloc::string::ToString;
use alloc::vec;
use proptest::prelude::*;

const FEN: fn(i64) -> Fen = Fen::from_fen;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn parts([current, prior, received]: [i64; 3]) -> Parts {
    Parts { current: FEN(current), prior: FEN(prior), received: FEN(received) }
}

fn at(text: &str, second: u32) -> Moment {
    Moment { day: day(text), second }
}

fn heir(name: &str, weight: u32) -> Heir {
    let certificate = format!("C{name}");
    Heir { name: name.into(), certificate, relation: "子女".into(), weight, bank_account: format!("B{name}") }
}

fn refund() -> Kind {
    Kind::Refund { reason: "filed_away_no_card".into() }
}

fn correction(change: Adjustment) -> Kind {
    Kind::Correction { month: "2024-02".parse().unwrap(), source: Source::Fund, change, reason: "重复计入".into() }
}

fn filed(number: u64, kind: Kind) -> Step {
    Step::Filed { number, kind, documents: Vec::new(), by: "O1".into(), on: day("2024-05-01") }
}

fn approved(number: u64, by: &str) -> Step {
    Step::Approved { number, by: by.into(), on: day("2024-05-02") }
}

fn done(number: u64, moved: Vec<Movement>) -> Step {
    Step::Done { number, on: day("2024-05-03"), moved }
}

fn after(steps: impl IntoIterator<Item = Step>) -> Affairs {
    let mut affairs = Affairs::default();
    steps.into_iter().for_each(|step| affairs.take(&step).unwrap());
    affairs
}

/// Everything is allowed and two persons are asked for.
fn strict() -> Requirements {
    Requirements { allowed: true, documents: Vec::new(), two_persons: true }
}

#[test]
fn what_is_applied_for_is_said_in_full() {
    let empty = |what| MatterFault::Empty { what };
    let (lost, heirs) = (at("2024-05-01", 0), |heirs| Kind::Inheritance { heirs });
    for (kind, fault) in [
        (Kind::TransferOut { to: String::new() }, empty("转入地")),
        (Kind::TransferIn { from: " ".into(), amounts: Parts::default() }, empty("转出地")),
        (
            Kind::TransferIn { from: "500000".into(), amounts: parts([5, -1, 0]) },
            MatterFault::NotPositive { what: "转入金额", amount: FEN(4) },
        ),
        (Kind::SchemeChange { to: String::new() }, empty("变更后的险种")),
        (Kind::Refund { reason: String::new() }, empty("返还事由")),
        (Kind::Freeze { reason: String::new() }, empty("冻结事由")),
        (correction(Adjustment::Add(FEN(0))), MatterFault::NotPositive { what: "更正金额", amount: FEN(0) }),
        (correction(Adjustment::TakeBack(FEN(-1))), MatterFault::NotPositive { what: "更正金额", amount: FEN(-1) }),
        (heirs(vec![]), MatterFault::HowManyHeirs { given: 0, most: 50 }),
        (heirs(vec![heir("甲", 0)]), MatterFault::NoShare { name: "甲".into(), given: 0 }),
        (heirs(vec![heir("甲", 1), heir("甲", 1)]), MatterFault::HeirTwice { certificate: "C甲".into() }),
        (heirs(vec![Heir { bank_account: String::new(), ..heir("甲", 1) }]), empty("继承人收款账户")),
        (Kind::CardLost { from: at("2024-05-01", 86_400) }, MatterFault::NoMoment { second: 86_400 }),
        (Kind::CardReplaced { from: lost, card: String::new() }, empty("新卡号")),
        (Kind::CardFound { from: lost }, MatterFault::NotLost),
        (Kind::Release, MatterFault::NotFrozen),
    ] {
        let mut affairs = Affairs::default();
        assert_eq!(affairs.take(&filed(1, kind)), Err(fault));
        assert_eq!(affairs, Affairs::default());
    }
}

#[test]
fn the_areas_data_says_which_matters_there_are_and_which_documents_they_need() {
    let needs = Requirements { documents: vec!["申请表".into(), "异地居住证明".into()], ..strict() };
    let document = |kind: &str, number: &str| DocumentRef { kind: kind.into(), number: number.into() };
    let file = |documents| Step::Filed { number: 1, kind: refund(), documents, by: "O1".into(), on: day("2024-05-01") };
    let missing = |missing: &str| Err(MatterFault::Missing { missing: missing.into() });
    let none = Affairs::default();
    for (documents, expected) in [
        (vec![], missing("申请表、异地居住证明")),
        (vec![document("申请表", "1"), document("异地居住证明", " ")], missing("异地居住证明")),
        (vec![document("异地居住证明", "2"), document("申请表", "1")], Ok(())),
    ] {
        assert_eq!(none.check(&file(documents), &needs, None), expected);
    }
    let refused = none.check(&filed(1, refund()), &Requirements::default(), None);
    assert_eq!(refused, Err(MatterFault::NotAllowed { kind: "个人账户返还" }));
}

#[test]
fn no_money_leaves_on_one_officers_word_whatever_the_data_say() {
    let lax = Requirements { two_persons: false, ..strict() };
    let affairs = after([filed(1, refund())]);
    let same = Err(MatterFault::SameOfficer { by: "O1".into() });
    assert_eq!(affairs.check(&approved(1, "O1"), &lax, None), same);
    let early = Err(MatterFault::Stage { number: 1, is: "已受理", needs: "已复核" });
    assert_eq!(affairs.check(&done(1, vec![]), &lax, None), early);
    assert_eq!(affairs.check(&approved(1, "O2"), &lax, None), Ok(()));
    // A freeze moves no money: one officer does it, unless the area asks for two.
    let freeze = after([filed(1, Kind::Freeze { reason: "涉嫌冒用".into() })]);
    assert_eq!(freeze.check(&done(1, vec![]), &lax, None), Ok(()));
    assert_eq!(freeze.check(&done(1, vec![]), &strict(), None), early);
    assert_eq!(freeze.check(&approved(1, "O1"), &strict(), None), same);
}

#[test]
fn no_step_is_done_twice_and_none_after_the_end() {
    let way = [filed(1, refund()), approved(1, "O2"), done(1, vec![])];
    let affairs = after(way.clone());
    let at_end = |is, needs| Err(MatterFault::Stage { number: 1, is, needs });
    let reject = |why: &str| Step::Rejected { number: 1, by: "O2".into(), on: day("2024-05-09"), why: why.into() };
    let withdraw = Step::Withdrawn { number: 1, on: day("2024-05-09") };
    for (step, expected) in [
        (way[0].clone(), Err(MatterFault::NumberTaken { number: 1 })),
        (way[1].clone(), at_end("已办结", "已受理")),
        (way[2].clone(), at_end("已办结", "已受理或已复核")),
        (reject("材料不符"), at_end("已办结", "已受理或已复核")),
        (withdraw.clone(), at_end("已办结", "已受理或已复核")),
        (approved(9, "O2"), Err(MatterFault::NoMatter { number: 9 })),
    ] {
        assert_eq!(affairs.clone().take(&step), expected);
    }
    let approved_only = after([filed(1, refund()), approved(1, "O2")]);
    assert_eq!(approved_only.clone().take(&way[1]), at_end("已复核", "已受理"));
    assert_eq!(approved_only.clone().take(&reject("")), Err(MatterFault::Empty { what: "不予办理的理由" }));
    for end in [reject("材料不符"), withdraw] {
        let ended = after([filed(1, refund()), end, filed(2, refund())]);
        assert!(!ended.matters[0].stage.is_open() && ended.matters[1].stage.is_open());
    }
}

#[test]
fn only_one_matter_that_pays_out_is_open_and_a_frozen_or_departed_account_pays_nothing() {
    let out = Kind::TransferOut { to: "500000".into() };
    let mut affairs = after([filed(1, refund())]);
    let second = affairs.take(&filed(2, out.clone()));
    assert_eq!(second, Err(MatterFault::OpenPayout { number: 1, kind: "个人账户返还" }));
    affairs.take(&filed(3, correction(Adjustment::Add(FEN(1))))).unwrap();
    // Frozen while the refund waits: it stops there until the release.
    let freeze = [filed(4, Kind::Freeze { reason: "核查".into() }), done(4, vec![])];
    freeze.iter().for_each(|step| affairs.take(step).unwrap());
    let frozen = Err(MatterFault::Frozen { since: day("2024-05-03"), reason: "核查".into() });
    assert_eq!(affairs.take(&approved(1, "O2")), frozen);
    assert_eq!(affairs.may_pay(), frozen);
    let again = affairs.take(&filed(5, Kind::Freeze { reason: "核查".into() }));
    assert_eq!(again, Err(MatterFault::AlreadyFrozen { since: day("2024-05-03") }));
    let release = [filed(6, Kind::Release), done(6, vec![]), approved(1, "O2"), done(1, vec![])];
    release.iter().for_each(|step| affairs.take(step).unwrap());
    let leave = [filed(7, out), approved(7, "O2"), done(7, vec![])];
    leave.iter().for_each(|step| affairs.take(step).unwrap());
    let gone = Err(MatterFault::Gone { to: "500000".into(), on: day("2024-05-03") });
    assert_eq!((affairs.may_pay(), affairs.clone().take(&filed(8, refund()))), (gone.clone(), gone));
    let back = Kind::TransferIn { from: "500000".into(), amounts: parts([0, 5, 0]) };
    [filed(9, back), done(9, vec![])].iter().for_each(|step| affairs.take(step).unwrap());
    assert_eq!(affairs.may_pay(), Ok(()));
}

#[test]
fn the_account_of_the_dead_is_for_the_heirs_and_of_the_living_is_not() {
    let none = Affairs::default();
    let died = Some(day("2024-04-01"));
    let inherit = filed(1, Kind::Inheritance { heirs: vec![heir("甲", 1)] });
    assert_eq!(none.check(&inherit, &strict(), died), Ok(()));
    assert_eq!(none.check(&inherit, &strict(), None), Err(MatterFault::NotDead));
    for kind in [refund(), Kind::TransferOut { to: "500000".into() }, Kind::SchemeChange { to: "390".into() }] {
        let dead = MatterFault::Dead { on: day("2024-04-01"), kind: kind.name() };
        assert_eq!(none.check(&filed(1, kind), &strict(), died), Err(dead));
    }
    // Death that becomes known on the way stops what was filed for the living.
    let waiting = after([filed(1, refund()), approved(1, "O2")]);
    assert!(matches!(waiting.check(&done(1, vec![]), &strict(), died), Err(MatterFault::Dead { .. })));
}

#[test]
fn a_lost_card_is_lost_from_its_moment_until_it_is_found_or_replaced() {
    let (lost, found) = (at("2024-05-01", 36_000), at("2024-05-03", 100));
    let mut affairs = after([filed(1, Kind::CardLost { from: lost }), done(1, vec![])]);
    assert_eq!(affairs.clone().take(&filed(2, Kind::CardLost { from: lost })), Err(MatterFault::AlreadyLost));
    let early = Kind::CardFound { from: at("2024-05-01", 35_999) };
    assert_eq!(affairs.clone().take(&filed(2, early)), Err(MatterFault::BeforeLost));
    let replaced = Kind::CardReplaced { from: found, card: "K2".into() };
    [filed(3, replaced), done(3, vec![])].iter().for_each(|step| affairs.take(step).unwrap());
    for (moment, expected) in [
        (at("2024-05-01", 35_999), false),
        (lost, true),
        (at("2024-05-03", 99), true),
        (found, false),
        (at("2024-06-01", 0), false),
    ] {
        assert_eq!(affairs.is_card_lost(moment), expected, "{moment:?}");
    }
    assert!(affairs.take(&filed(4, Kind::CardLost { from: at("2024-07-01", 0) })).is_ok());
}

#[test]
fn who_changes_to_residents_insurance_keeps_the_account() {
    let affairs = after([filed(1, Kind::SchemeChange { to: "390".into() }), done(1, vec![])]);
    assert_eq!(affairs.scheme.at(day("2024-05-03")).map(String::as_str), Some("390"));
    assert_eq!((affairs.scheme.at(day("2024-05-02")), affairs.may_pay()), (None, Ok(())));
}

#[test]
fn each_matter_moves_what_it_should() {
    let held = parts([100, 50, 30]);
    let on = day("2024-05-03");
    let heirs = Kind::Inheritance { heirs: vec![heir("甲", 1), heir("乙", 1), heir("丙", 2)] };
    let to_heir = |heir, of| Movement::ToHeir { heir, parts: parts(of) };
    let (month, source) = ("2024-02".parse().unwrap(), Source::Fund);
    let take_back = |of, owed| Movement::TakeBack { month, source, parts: parts(of), owed: FEN(owed) };
    let credit = |amount, withheld| Movement::Credit { month, source, amount: FEN(amount), withheld: FEN(withheld) };
    let recover = |of| Movement::Recover { parts: parts(of) };
    let to = || String::from("500000");
    let amounts = parts([0, 70, 0]);
    for (what, kind, held, claims, expected) in [
        ("a refund", refund(), held, 0, vec![Movement::Refund { parts: held }]),
        (
            "a refund, less what is owed",
            refund(),
            held,
            120,
            vec![recover([100, 20, 0]), Movement::Refund { parts: parts([0, 30, 30]) }],
        ),
        ("a refund of less than is owed", refund(), held, 500, vec![recover([100, 50, 30])]),
        ("a refund of nothing", refund(), Parts::default(), 500, vec![]),
        (
            "to another area",
            Kind::TransferOut { to: to() },
            held,
            0,
            vec![Movement::Relocate { to: to(), parts: held }],
        ),
        (
            "from another area",
            Kind::TransferIn { from: to(), amounts },
            held,
            9,
            vec![Movement::Receive { from: to(), parts: amounts }],
        ),
        (
            "1.80 to three heirs by one, one and two",
            heirs.clone(),
            held,
            0,
            vec![to_heir(0, [45, 0, 0]), to_heir(1, [45, 0, 0]), to_heir(2, [10, 50, 30])],
        ),
        ("one fen to three heirs: the largest share takes it", heirs, parts([0, 0, 1]), 0, vec![to_heir(2, [0, 0, 1])]),
        (
            "too much, all of it there",
            correction(Adjustment::TakeBack(FEN(120))),
            held,
            0,
            vec![take_back([100, 20, 0], 0)],
        ),
        (
            "too much, partly spent; what a relative gave is not touched",
            correction(Adjustment::TakeBack(FEN(200))),
            held,
            0,
            vec![take_back([100, 50, 0], 50)],
        ),
        ("too little", correction(Adjustment::Add(FEN(80))), held, 0, vec![credit(80, 0)]),
        ("too little, and something is owed", correction(Adjustment::Add(FEN(80))), held, 30, vec![credit(80, 30)]),
        ("a release", Kind::Release, held, 30, vec![]),
    ] {
        assert_eq!(plan(&kind, &held, FEN(claims), on), expected, "{what}");
    }
    // The next year the credit of February stands in the prior part.
    let later = plan(&correction(Adjustment::TakeBack(FEN(60))), &held, Fen::ZERO, day("2025-01-03"));
    assert_eq!(later, [take_back([10, 50, 0], 0)]);
}

#[test]
fn what_was_spent_of_a_wrong_credit_is_withheld_from_later_ones_oldest_first() {
    let mut affairs = Affairs::default();
    for (number, wrong) in [(1, 200), (2, 100)] {
        let kind = correction(Adjustment::TakeBack(FEN(wrong)));
        let moved = plan(&kind, &parts([50, 0, 0]), affairs.claims.left(), day("2024-05-03"));
        [filed(number, kind), done(number, moved)].iter().for_each(|step| affairs.take(step).unwrap());
    }
    let left = |affairs: &Affairs| -> Vec<(u64, Fen)> {
        affairs.claims.rows().iter().map(|claim| (claim.number, claim.left)).collect()
    };
    assert_eq!(left(&affairs), [(1, FEN(150)), (2, FEN(50))]);
    let (net, taken) = withheld(FEN(170), affairs.claims.left());
    assert_eq!((net, taken), (Fen::ZERO, FEN(170)));
    affairs.claims.recover(taken).unwrap();
    assert_eq!(left(&affairs), [(2, FEN(30))]);
    assert_eq!(withheld(FEN(170), affairs.claims.left()), (FEN(140), FEN(30)));
    for asked in [31, -1] {
        assert_eq!(affairs.claims.recover(FEN(asked)), Err(MatterFault::NotOwed { owed: FEN(30), asked: FEN(asked) }));
    }
}

#[test]
fn what_was_moved_belongs_to_its_matter() {
    let refunded = |fen| vec![Movement::Refund { parts: parts([fen, 0, 0]) }];
    let add = correction(Adjustment::Add(FEN(80)));
    let (month, source) = ("2024-02".parse().unwrap(), Source::Fund);
    let more = vec![Movement::Credit { month, source, amount: FEN(81), withheld: FEN(0) }];
    for (kind, moved) in
        [(add, more), (Kind::Release, refunded(1)), (Kind::TransferOut { to: "500000".into() }, refunded(1))]
    {
        let mut affairs = Affairs::default();
        if kind == Kind::Release {
            [filed(8, Kind::Freeze { reason: "x".into() }), done(8, vec![])]
                .iter()
                .for_each(|s| affairs.take(s).unwrap());
        }
        let name = kind.name();
        [filed(1, kind), approved(1, "O2")].iter().for_each(|step| affairs.take(step).unwrap());
        let before = affairs.clone();
        assert_eq!(affairs.take(&done(1, moved)), Err(MatterFault::Movement { number: 1, kind: name }));
        assert_eq!(affairs, before);
    }
    let owes_nothing = after([filed(1, refund()), approved(1, "O2")])
        .take(&done(1, vec![Movement::Recover { parts: parts([1, 0, 0]) }]));
    assert_eq!(owes_nothing, Err(MatterFault::NotOwed { owed: Fen::ZERO, asked: FEN(1) }));
}

#[test]
fn matters_are_kept_and_told() {
    let affairs = after([filed(1, refund()), approved(1, "O2"), done(1, vec![])]);
    let packed = postcard::to_allocvec(&affairs).unwrap();
    assert!(packed.len() < 50, "{} bytes", packed.len());
    assert_eq!(postcard::from_bytes::<Affairs>(&packed).unwrap(), affairs);
    let step = filed(7, correction(Adjustment::TakeBack(FEN(105))));
    let text = serde_json::to_string(&step).unwrap();
    assert_eq!(
        text,
        concat!(
            r#"{"filed":{"number":7,"kind":{"correction":{"month":"2024-02","source":"fund","#,
            r#""change":{"take_back":"1.05"},"reason":"重复计入"}},"documents":[],"by":"O1","on":"2024-05-01"}}"#
        )
    );
    assert_eq!(serde_json::from_str::<Step>(&text).unwrap(), step);
    let said = MatterFault::Dead { on: day("2024-04-01"), kind: refund().name() }.to_string();
    assert_eq!(said, "参保人已于 2024-04-01 死亡，不能办理个人账户返还；其个人账户只能由继承人申请继承");
}

fn kind() -> impl Strategy<Value = Kind> {
    let heirs = prop::collection::vec(1..1_000_u32, 1..8).prop_map(|weights| {
        let heirs = weights.into_iter().enumerate().map(|(at, weight)| heir(&at.to_string(), weight));
        Kind::Inheritance { heirs: heirs.collect() }
    });
    prop_oneof![
        heirs,
        Just(refund()),
        Just(Kind::TransferOut { to: "500000".into() }),
        (1..900_i64).prop_map(|fen| correction(Adjustment::TakeBack(FEN(fen)))),
        (1..900_i64).prop_map(|fen| correction(Adjustment::Add(FEN(fen)))),
        Just(Kind::Freeze { reason: "核查".into() }),
        Just(Kind::Release),
    ]
}

/// Tries of small numbers: what, which matter, which officer, what for.
fn tries() -> impl Strategy<Value = Vec<(u8, u64, u8, Kind)>> {
    prop::collection::vec((0..5_u8, 0..9_u64, 0..3_u8, kind()), 0..150)
}

/// The step of a try, as things stand.
fn step(affairs: &Affairs, held: &Parts, (what, number, officer, kind): (u8, u64, u8, Kind)) -> Step {
    let (by, on) = (format!("O{officer}"), day("2024-05-03"));
    match what {
        0 | 1 => Step::Filed { number, kind, documents: Vec::new(), by, on },
        2 => Step::Approved { number, by, on },
        3 => {
            let matter = affairs.matter(number).ok();
            let moved = matter.map(|matter| plan(&matter.kind, held, affairs.claims.left(), on));
            Step::Done { number, on, moved: moved.unwrap_or_default() }
        }
        _ => Step::Withdrawn { number, on },
    }
}

#[test]
fn random_ways_reach_every_end() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut ends, mut frozen) = ([0; 4], 0);
    for _ in 0..200 {
        let mut affairs = Affairs::default();
        for one in tries().new_tree(&mut runner).unwrap().current() {
            let step = step(&affairs, &parts([400, 300, 200]), one);
            if matches!(affairs.take(&step), Err(MatterFault::Frozen { .. })) {
                frozen += 1;
            }
        }
        for matter in &affairs.matters {
            let done = matches!(matter.stage, Stage::Done { .. });
            ends[usize::from(done) * 2 + usize::from(matter.kind.pays_out())] += 1;
        }
    }
    assert!(ends.iter().all(|times| *times >= 20) && frozen >= 20, "{ends:?}, frozen {frozen}");
}

/// What movements take from the account, and what they add to what is owed.
fn effect(moved: &[Movement]) -> (Parts, Fen) {
    let mut taken = Parts::default();
    let mut owed = Fen::ZERO;
    for movement in moved {
        match movement {
            Movement::Recover { parts } => {
                taken = taken + *parts;
                owed -= parts.total();
            }
            Movement::Refund { parts } | Movement::ToHeir { parts, .. } | Movement::Relocate { parts, .. } => {
                taken = taken + *parts;
            }
            Movement::Receive { parts, .. } => taken = taken - *parts,
            Movement::Credit { amount, withheld, .. } => {
                taken = taken - Parts { current: *amount - *withheld, ..Parts::default() };
                owed -= *withheld;
            }
            Movement::TakeBack { parts, owed: spent, .. } => {
                taken = taken + *parts;
                owed += *spent;
            }
        }
    }
    (taken, owed)
}

proptest! {
    #[test]
    fn nothing_is_lost_and_nothing_goes_below_zero(kind in kind(), held in prop::array::uniform3(0..500_i64), claims in 0..700_i64) {
        let held = parts(held);
        let moved = plan(&kind, &held, FEN(claims), day("2024-05-03"));
        let (taken, owed) = effect(&moved);
        let left = held - taken;
        prop_assert!(!left.has_negative() && FEN(claims) + owed >= Fen::ZERO);
        if kind.pays_out() {
            prop_assert!(left.is_empty(), "all is paid out");
            prop_assert_eq!(-owed, FEN(claims).min(held.total()), "what is owed comes first");
        }
        if let Kind::Inheritance { heirs } = &kind {
            let all: i64 = heirs.iter().map(|heir| i64::from(heir.weight)).sum();
            let sum = held.total() + owed;
            for movement in &moved {
                let Movement::ToHeir { heir, parts } = movement else { continue };
                let exact = sum.fen() * i64::from(heirs[usize::from(*heir)].weight);
                prop_assert!((parts.total().fen() * all - exact).abs() < all, "within a fen of the share");
            }
        }
        if let Kind::Correction { change: Adjustment::TakeBack(due), .. } = kind {
            prop_assert_eq!(taken.total() + owed, due);
            prop_assert_eq!(taken.get(Part::Received), Fen::ZERO);
        }
    }

    #[test]
    fn whatever_is_tried_money_leaves_once_by_two_officers_and_never_while_frozen(
        tries in tries(),
    ) {
        let mut affairs = Affairs::default();
        let mut held = parts([400, 300, 200]);
        for one in tries {
            let step = step(&affairs, &held, one);
            let before = affairs.clone();
            if affairs.take(&step).is_err() {
                prop_assert_eq!(&affairs, &before);
                continue;
            }
            let open = affairs.matters.iter().filter(|m| m.stage.is_open() && m.kind.pays_out()).count();
            prop_assert!(open <= 1);
            let Step::Done { number, moved, .. } = &step else { continue };
            let matter = before.matter(*number).unwrap();
            let (taken, owed) = effect(moved);
            held = held - taken;
            prop_assert!(!held.has_negative());
            prop_assert_eq!(affairs.claims.left(), before.claims.left() + owed);
            if matter.kind.pays_out() {
                prop_assert_eq!(&before.frozen, &None);
                let Stage::Approved { by, .. } = &matter.stage else { panic!("{matter:?} was not approved") };
                prop_assert_ne!(by, &matter.filed_by);
            }
        }
    }
}
