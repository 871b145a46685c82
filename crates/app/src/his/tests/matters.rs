//! Life events of accounts over the service: every kind of matter with its postings, two officers, documents, heirs,
//! wrong credits and cards. Whatever a test did, the store proves its books at the end.

use gongji_domain::Fen;
use gongji_register::credit::Source;
use gongji_register::matter::Moment as At;
use gongji_register::matter::{Adjustment, DocumentRef, Heir, Kind};
use gongji_register::{Fact, Parts};

use super::{ACTIVE, SECONDARY, Server, TERTIARY};
use crate::agency::matter::{self, Answer, Filing, Verdict};
use crate::agency::member::{self, Telling};
use crate::agency::rules;
use crate::his::book::{Change, Told, View};
use crate::his::desk::{Act, Decided, Desk};
use crate::his::entry::{Credit, Entry, From, What};
use crate::his::errors::Fault;
use crate::his::moment::Moment;

const TIELING: &str = "21120000000012";
const LIANYUNGANG: &str = "32070000000014";
const RETIRED: &str = "50000000000004";
const FEN: fn(i64) -> Fen = Fen::from_fen;

/// A counter at which somebody sits.
pub(super) fn desk<'a>(server: &'a Server, by: &'a str) -> Desk<'a> {
    let service = server.service();
    Desk { store: service.store(), now: Moment::of(service.clock().now()), by }
}

fn area(person: &str) -> &str {
    &person[..6]
}

/// With all documents that the area wants.
pub(super) fn filing(person: &str, kind: Kind) -> Filing {
    let rule = rules::rules().unwrap().for_kind(area(person), &kind).unwrap();
    let document = |kind: &String| DocumentRef { kind: kind.clone(), number: "1".into() };
    Filing { documents: rule.documents.iter().map(document).collect(), kind, why: String::new(), request: None }
}

/// Filed by one officer, approved by another, carried out.
pub(super) fn through(server: &Server, person: &str, kind: Kind) -> Answer {
    let filed = matter::file(&desk(server, "甲"), person, filing(person, kind)).unwrap().answer;
    matter::decide(&desk(server, "乙"), person, filed.number, Verdict::Approve).unwrap();
    matter::decide(&desk(server, "甲"), person, filed.number, Verdict::CarryOut).unwrap().answer
}

fn file(server: &Server, person: &str, kind: Kind) -> Result<u64, Fault> {
    matter::file(&desk(server, "甲"), person, filing(person, kind)).map(|done| done.answer.number)
}

fn decide(server: &Server, by: &str, person: &str, number: u64, verdict: Verdict) -> Result<Answer, Fault> {
    matter::decide(&desk(server, by), person, number, verdict).map(|done| done.answer)
}

pub(super) fn died(server: &Server, person: &str, day: &str) {
    let facts = vec![Fact::Died(Some(day.parse().unwrap()))];
    let telling = Telling { facts, why: "死亡登记".into(), document: String::new(), request: None };
    member::tell(&desk(server, "甲"), person, telling).unwrap();
}

/// Credits a month, as the monthly run does.
pub(super) fn credit(server: &Server, person: &str, month: &str, amount: i64) {
    let (name, month) = (person.to_owned(), month.parse().unwrap());
    let act = Act {
        person: name.clone(),
        also: Vec::new(),
        named: format!("credit-{month}-{name}"),
        asked: String::new(),
        kind: "credited",
    };
    let decide = move |view: View<'_>, _: u64| {
        let claims = view.file(&name).map_or(Fen::ZERO, |file| file.affairs.claims.left());
        let (_, withheld) = gongji_register::matter::withheld(FEN(amount), claims);
        let from = Some(From { fund: gongji_domain::FundCode::POOLED, ledger: None });
        let article = "xize:9".to_owned();
        let credit = Credit { month, amount: FEN(amount), from, withheld, provisional: false, article };
        let previous = view.last_entry(&name).map(|last| (name.clone(), last)).into_iter().collect();
        let entry = Entry { previous, told: Told::default(), what: What::Credited(credit) };
        let change = Change::Entered(Box::new(entry));
        Ok(Decided { area: area(&name).to_owned(), with: Vec::new(), change, answer: 1 })
    };
    desk(server, "甲").act(act, decide).unwrap();
}

fn heir(name: &str, weight: u32) -> Heir {
    Heir {
        name: name.into(),
        certificate: format!("99000019700101{weight:04}{name}"),
        relation: "子女".into(),
        weight,
        bank_account: "6200".into(),
    }
}

fn at(day: &str, second: u32) -> At {
    At { day: day.parse().unwrap(), second }
}

fn books(server: &Server, keys: &[&str]) -> Vec<String> {
    keys.iter().map(|key| server.balance(key)).collect()
}

#[test]
fn every_kind_of_matter_goes_its_way_and_the_books_say_so() {
    let refund = |reason: &str| Kind::Refund { reason: reason.into() };
    let correction = |change| Kind::Correction {
        month: "2026-02".parse().unwrap(),
        source: Source::Fund,
        change,
        reason: "重复计入".into(),
    };
    let amounts = Parts { current: FEN(100), prior: FEN(5_000), received: Fen::ZERO };
    let t =
        ["21120000000012/211200/current", "21120000000012/211200/prior", "-/211200/deposit", "-/211200/fund/310100"];
    let l =
        ["32070000000014/320700/current", "32070000000014/320700/prior", "-/320700/deposit", "-/320700/fund/310100"];
    // What the account holds and what lies in the area's deposit and fund, each time from the opening balances.
    for (person, kind, keys, expected) in [
        (TIELING, refund("cross_scheme"), t, ["-600.00", "0.00", "-600.00", "0.00"]),
        (TIELING, refund("long_term_away"), t, ["-600.00", "0.00", "-600.00", "0.00"]),
        (TIELING, Kind::TransferOut { to: "500000".into() }, t, ["-600.00", "0.00", "-600.00", "0.00"]),
        (LIANYUNGANG, Kind::TransferOut { to: "211200".into() }, l, ["-1100.00", "-400.00", "-1500.00", "0.00"]),
        (LIANYUNGANG, Kind::TransferIn { from: "500000".into(), amounts }, l, ["1.00", "50.00", "51.00", "0.00"]),
        (LIANYUNGANG, correction(Adjustment::Add(FEN(9_900))), l, ["99.00", "0.00", "0.00", "-99.00"]),
        (TIELING, Kind::SchemeChange { to: "390".into() }, t, ["0.00"; 4]),
        (TIELING, Kind::Freeze { reason: "核查".into() }, t, ["0.00"; 4]),
        (TIELING, Kind::CardLost { from: at("2026-02-28", 3_600) }, t, ["0.00"; 4]),
    ] {
        let server = Server::start();
        let before = books(&server, &keys);
        let name = kind.name();
        let done = through(&server, person, kind);
        assert_eq!(done.stage, "已办结", "{name}");
        for ((key, before), expected) in keys.iter().zip(before).zip(expected) {
            let moved = Fen::parse_signed(&server.balance(key)).unwrap() - Fen::parse_signed(&before).unwrap();
            assert_eq!(moved.to_string(), expected, "{name}: {key}");
        }
        let server = server.restart();
        let listed = matter::list(&desk(&server, "甲"), person).unwrap();
        assert_eq!(listed.affairs.matters.len(), 1, "{name}");
    }
}

#[test]
fn money_leaves_only_by_two_officers_and_only_once() {
    let server = Server::start();
    let refund = Kind::Refund { reason: "cross_scheme".into() };
    let number = file(&server, TIELING, refund.clone()).unwrap();
    let again = matter::file(&desk(&server, "甲"), TIELING, filing(TIELING, refund)).unwrap();
    assert_eq!((again.answer.number, again.again), (number, true), "the same application is one");
    let code = |by: &str, verdict| decide(&server, by, TIELING, number, verdict).unwrap_err().to_string();
    assert!(code("甲", Verdict::CarryOut).starts_with("[matter_stage]"));
    let own = code("甲", Verdict::Approve);
    assert!(own.starts_with("[second_officer_needed]") && own.ends_with("（依据 xize:19）"), "{own}");
    decide(&server, "乙", TIELING, number, Verdict::Approve).unwrap();
    assert!(code("丙", Verdict::Approve).starts_with("[matter_stage]"));
    let first = matter::decide(&desk(&server, "甲"), TIELING, number, Verdict::CarryOut).unwrap();
    let second = matter::decide(&desk(&server, "丙"), TIELING, number, Verdict::CarryOut).unwrap();
    assert_eq!((first.again, second.again, first.answer), (false, true, second.answer));
    assert_eq!(server.balance("21120000000012/211200/current"), "0.00");
    assert!(code("乙", Verdict::Withdraw { why: String::new() }).starts_with("[matter_stage]"));
    let unnamed = matter::file(&desk(&server, " "), TIELING, filing(TIELING, Kind::Release)).unwrap_err();
    assert_eq!(unnamed.field_name(), Some("by"));
}

#[test]
fn what_an_area_does_not_do_is_refused_with_its_article() {
    let server = Server::start();
    let refund = |reason: &str| Kind::Refund { reason: reason.into() };
    let bare = |kind| Filing { kind, documents: Vec::new(), why: String::new(), request: None };
    for (person, kind, said) in [
        (
            RETIRED,
            refund("cross_scheme"),
            "[matter_not_offered] 本统筹区不办理此业务：字段 kind.refund.reason，给出「cross_scheme」，应为identity_cancelled（注销身份信息）、special（其他特殊原因）（依据 xize:10）",
        ),
        (LIANYUNGANG, refund("cross_scheme"), "[matter_not_offered] 本统筹区不办理个人账户返还"),
        (
            TIELING,
            refund("long_term_away"),
            "[documents_missing] 缺少材料：返还申请、参保人身份证件、收款账户、异地居住长期备案、居住地不能划卡说明（依据 xize:19）",
        ),
        (TIELING, Kind::TransferOut { to: "211200".into() }, "[matter_invalid]"),
        (
            TIELING,
            Kind::Inheritance { heirs: vec![heir("甲", 1)] },
            "[member_dead] 参保人没有死亡登记，不能办理继承（依据 xize:19）",
        ),
        (TIELING, Kind::Release, "[matter_invalid]"),
        ("99999900000000", Kind::Release, "[not_a_member]"),
    ] {
        let mut filing = bare(kind);
        if !said.contains("documents") {
            filing.documents =
                rules::rules().unwrap().for_kind(area(person), &filing.kind).map_or(Vec::new(), |rule| {
                    rule.documents.into_iter().map(|kind| DocumentRef { kind, number: "1".into() }).collect()
                });
        }
        let fault = matter::file(&desk(&server, "甲"), person, filing).unwrap_err().to_string();
        assert!(fault.starts_with(said), "{fault}");
    }
}

#[test]
fn a_frozen_account_pays_nothing_out_until_it_is_released() {
    let server = Server::start();
    let refund = Kind::Refund { reason: "cross_scheme".into() };
    let number = file(&server, TIELING, refund.clone()).unwrap();
    through(&server, TIELING, Kind::Freeze { reason: "核查".into() });
    let approve = || decide(&server, "乙", TIELING, number, Verdict::Approve);
    let fault = approve().unwrap_err().to_string();
    assert!(fault.starts_with("[account_frozen] 个人账户自 2026-03-01 起冻结（核查）"), "{fault}");
    assert_eq!(server.balance("21120000000012/211200/current"), "600.00");
    through(&server, TIELING, Kind::Release);
    approve().unwrap();
    decide(&server, "甲", TIELING, number, Verdict::CarryOut).unwrap();
    assert_eq!(server.balance("21120000000012/211200/current"), "0.00");
}

#[test]
fn three_heirs_share_to_the_fen_and_only_when_the_member_is_dead() {
    let server = Server::start();
    through(
        &server,
        RETIRED,
        Kind::TransferIn { from: "211200".into(), amounts: Parts { prior: FEN(1), ..Parts::default() } },
    );
    died(&server, RETIRED, "2026-02-20");
    let heirs = Kind::Inheritance { heirs: vec![heir("甲", 1), heir("乙", 1), heir("丙", 1)] };
    let refund = Kind::Refund { reason: "special".into() };
    assert!(file(&server, RETIRED, refund).unwrap_err().to_string().starts_with("[member_dead]"));
    let done = through(&server, RETIRED, heirs);
    let shares: Vec<Fen> = done
        .moved
        .iter()
        .map(|one| match one {
            gongji_register::matter::Movement::ToHeir { parts, .. } => parts.total(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(shares, [FEN(46_001), FEN(46_000), FEN(46_000)]);
    assert_eq!(server.balance("50000000000004/500000/current"), "0.00");
    assert_eq!(server.balance("50000000000004/500000/prior"), "0.00");
}

#[test]
fn of_a_wrong_credit_what_was_spent_is_owed_and_withheld_from_the_next() {
    let server = Server::start();
    let keys = ["50000000000002/500000/current", "50000000000002/500000/claim", "-/500000/fund/310100"];
    credit(&server, ACTIVE.psn_no, "2026-02", 30_000);
    // 2300 are there, 2090 are spent.
    let mdtrt_id = ACTIVE.visit(&server, TERTIARY, "11", "2026-02-10", "4925.00");
    server.call(TERTIARY, "2207", &ACTIVE.settlement(&mdtrt_id, "B1", "11", "4925")).ok();
    assert_eq!(books(&server, &keys[..2]), ["210.00", "0.00"]);
    let wrong = |fen| Kind::Correction {
        month: "2026-02".parse().unwrap(),
        source: Source::Fund,
        change: Adjustment::TakeBack(FEN(fen)),
        reason: "重复计入".into(),
    };
    let too_much = file(&server, ACTIVE.psn_no, wrong(30_001)).unwrap_err().to_string();
    assert!(too_much.starts_with("[correction_too_much]"), "{too_much}");
    through(&server, ACTIVE.psn_no, wrong(30_000));
    assert_eq!(books(&server, &keys[..2]), ["0.00", "90.00"]);
    credit(&server, ACTIVE.psn_no, "2026-03", 10_000);
    assert_eq!(books(&server, &keys[..2]), ["10.00", "0.00"]);
    let file = matter::list(&desk(&server, "甲"), ACTIVE.psn_no).unwrap();
    assert!(file.affairs.claims.rows().is_empty() && file.owed.is_zero());
}

#[test]
fn what_is_owed_is_kept_back_before_an_account_is_paid_out() {
    let server = Server::start();
    credit(&server, ACTIVE.psn_no, "2026-02", 30_000);
    let mdtrt_id = ACTIVE.visit(&server, TERTIARY, "11", "2026-02-10", "4925.00");
    let settled = server.call(TERTIARY, "2207", &ACTIVE.settlement(&mdtrt_id, "B1", "11", "4925")).ok();
    let wrong = Kind::Correction {
        month: "2026-02".parse().unwrap(),
        source: Source::Fund,
        change: Adjustment::TakeBack(FEN(30_000)),
        reason: "重复计入".into(),
    };
    through(&server, ACTIVE.psn_no, wrong);
    let setl_id = settled.at("output.setlinfo.setl_id");
    server.call(TERTIARY, "2208", &ACTIVE.cancellation(&mdtrt_id, &setl_id)).ok();
    let keys = ["50000000000002/500000/current", "50000000000002/500000/claim", "-/500000/deposit"];
    let before = books(&server, &keys);
    assert_eq!(before[..2], ["2090.00", "90.00"]);
    through(&server, ACTIVE.psn_no, Kind::Refund { reason: "identity_cancelled".into() });
    assert_eq!(books(&server, &keys[..2]), ["0.00", "0.00"]);
    let paid = Fen::parse_signed(&before[2]).unwrap() - Fen::parse_signed(&server.balance(keys[2])).unwrap();
    assert_eq!(paid.to_string(), "2000.00");
}

#[test]
fn a_new_card_shows_the_member_and_the_old_one_nobody() {
    let server = Server::start();
    let shown = |card: &str| {
        let input = format!(
            r#"{{"data":{{"mdtrt_cert_type":"03","mdtrt_cert_no":"{card}","psn_cert_type":"01","certno":"","psn_name":"","card_sn":"1"}}}}"#
        );
        server.call(SECONDARY, "1101", &input)
    };
    shown("DEMO000002").ok();
    through(&server, ACTIVE.psn_no, Kind::CardLost { from: at("2026-02-28", 0) });
    let taken = Kind::CardReplaced { from: at("2026-03-01", 0), card: "DEMO000001".into() };
    let fault = file(&server, ACTIVE.psn_no, taken).unwrap_err().to_string();
    assert!(fault.starts_with("[certificate_taken]"), "{fault}");
    through(&server, ACTIVE.psn_no, Kind::CardReplaced { from: at("2026-03-01", 0), card: "NEW0000002".into() });
    assert_eq!(shown("NEW0000002").ok().at("output.baseinfo.psn_no"), ACTIVE.psn_no);
    shown("DEMO000002").err();
    let server = server.restart();
    let known = member::show(&desk(&server, "甲"), ACTIVE.psn_no).unwrap();
    assert_eq!(known.member.identity.card, "NEW0000002");
    assert_eq!(known.balance, FEN(200_000));
}
