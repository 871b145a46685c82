//! Family mutual aid over the interface (家庭共济): whose account pays, up to how much, and who is never paid for.

use std::sync::{Arc, Barrier};

use gongji_domain::{Day, Fen};
use gongji_register::Fact;
use gongji_register::bond::{By, Limits, Party, Purpose, Relation};
use gongji_register::matter::{Kind, Step};
use gongji_store::Place;
use jiff::civil::{DateTime, date};

use super::fields::check_identities;
use super::{ACTIVE, PHARMACY, Patient, RETIRED, Reply, SECONDARY, Server, TERTIARY, TestClock, message};
use crate::agency::bond::{self, Asked, Told};
use crate::cli::load;
use crate::his::auth::Guard;
use crate::his::book::{Change, Recorded, Told as Said};
use crate::his::desk::{Act, Decided, Desk};
use crate::his::entry::{Entry, What};
use crate::his::errors::Fault;
use crate::his::uses::Kept;
use crate::his::{Moment, Policies};
use crate::serve::demo;

/// 演示丙, active, account 989.00.
pub(super) const C: Patient = Patient { psn_no: "50000000000003", certno: "990000197911301076" };
/// 演示丁, retired, account 1380.00.
pub(super) const D: Patient = Patient { psn_no: "50000000000004", certno: "990000195207081082" };
/// 演示己, first tier, no account.
pub(super) const F: Patient = Patient { psn_no: "50000000000006", certno: "990000199209091127" };

pub(super) const TODAY: &str = "2026-03-01";
const NOW: DateTime = date(2026, 3, 1).at(8, 30, 0, 0);

pub(super) fn policies() -> Server {
    Server::with(Arc::new(Policies::load(&load::shipped()).unwrap()))
}

pub(super) fn desk(server: &Server, at: DateTime) -> Desk<'_> {
    Desk { store: server.service().store(), now: Moment::of(at), by: "张经办" }
}

/// A member of the demo as one of a bond's two persons.
pub(super) fn party(server: &Server, number: &str) -> Party {
    let asked = number.to_owned();
    let known = desk(server, NOW).look(vec![format!("{number}#")], move |view| {
        view.member(&asked).map(|member| (member.identity.name.clone(), member.identity.certificate.clone()))
    });
    let (name, certificate) = known.unwrap().unwrap();
    Party { number: number.to_owned(), name, certificate }
}

pub(super) fn asked(server: &Server, (holder, beneficiary): (&str, &str), relation: Relation, limits: Limits) -> Asked {
    let [holder, beneficiary] = [holder, beneficiary].map(|number| party(server, number));
    let by = By::Person(holder.certificate.clone());
    // Each pledge is signed for one bond.
    let pledge = format!("CN-{}", server.service().store().head().events);
    Asked { holder, beneficiary, relation, pledge, limits, by }
}

/// A bond that is asked for by the holder and confirmed by the beneficiary; its number.
pub(super) fn bind(server: &Server, at: DateTime, pair: (&str, &str), relation: Relation, limits: Limits) -> u64 {
    let (desk, asked) = (desk(server, at), asked(server, pair, relation, limits));
    let Told { bond, .. } = bond::request(&desk, &server.decider, &asked).unwrap().answer;
    let by = By::Person(asked.beneficiary.certificate);
    bond::confirm(&desk, &server.decider, (pair.0, bond), &by).unwrap();
    bond
}

pub(super) fn bound(server: &Server, holder: &Patient, patient: &Patient, relation: Relation, limits: Limits) -> u64 {
    bind(server, NOW, (holder.psn_no, patient.psn_no), relation, limits)
}

fn unbind(server: &Server, holder: &Patient, bond: u64) -> Result<(), Fault> {
    let by = By::Officer("张经办".to_owned());
    bond::unbind(&desk(server, NOW), &server.decider, (holder.psn_no, bond), &by).map(|_| ())
}

/// By a relative, shown by a certificate.
pub(super) fn aided(input: &str, patient: &Patient, shown: &Patient) -> String {
    let [own, other] = [patient, shown].map(|person| format!("\"mdtrt_cert_no\":\"{}\"", person.certno));
    input.replacen(&own, &other, 1).replacen("\"acct_used_flag\":\"1\"", "\"acct_used_flag\":\"2\"", 1)
}

/// A visit of today that a relative is to pay for: its number and what settles it.
pub(super) fn visit(server: &Server, patient: &Patient, shown: &Patient, price: &str) -> (String, String) {
    let visit = patient.visit(server, TERTIARY, "11", TODAY, price);
    let input = aided(&patient.settlement(&visit, "B1", "11", price), patient, shown);
    (visit, input)
}

#[track_caller]
fn info(reply: &Reply, field: &str) -> String {
    reply.at(&format!("output.setlinfo.{field}"))
}

#[track_caller]
pub(super) fn amount(reply: &Reply, field: &str) -> Fen {
    Fen::parse_signed(&info(reply, field)).unwrap()
}

pub(super) fn held(server: &Server, person: &Patient) -> Fen {
    server.balance(&format!("{}/500000/current", person.psn_no)).parse().unwrap()
}

#[track_caller]
fn says(reply: Reply, begins: &str, contains: &str) {
    let message = reply.err();
    assert!(message.starts_with(begins) && message.contains(contains), "{message}");
}

#[test]
fn a_relatives_account_pays_a_visit_and_gets_it_back() {
    let server = policies();
    bound(&server, &D, &F, Relation::Child, Limits::default());
    let before = held(&server, &D);
    let (mdtrt_id, input) = visit(&server, &F, &F, "500.00");
    let trial = server.call(TERTIARY, "2206", &input).ok();
    assert_eq!(held(&server, &D), before, "a trial takes nothing");
    let settled = server.call(TERTIARY, "2207", &input).ok();
    let share = amount(&settled, "psn_part_amt");
    for reply in [&trial, &settled] {
        check_identities(reply);
        for field in ["acct_pay", "acct_mulaid_pay"] {
            assert_eq!(amount(reply, field), share, "{field}");
        }
        assert_eq!([info(reply, "psn_cash_pay"), info(reply, "balc")], ["0.00", "0.00"]);
        assert!(reply.raw.contains("由授权人演**的账户支付 ") && !reply.raw.contains("演示丁"), "{}", reply.raw);
    }
    assert_eq!(held(&server, &D), before - share);
    let setl_id = info(&settled, "setl_id");
    let query = format!(r#"{{"data":{{"psn_no":"{}","setl_id":"{setl_id}","mdtrt_id":"{mdtrt_id}"}}}}"#, F.psn_no);
    let told = server.call(TERTIARY, "5203", &query).ok();
    assert_eq!(amount(&told, "acct_mulaid_pay"), share);

    let server = server.restart();
    let cancelled = server.call(TERTIARY, "2208", &F.cancellation(&mdtrt_id, &setl_id)).ok();
    check_identities(&cancelled);
    assert_eq!([amount(&cancelled, "acct_pay"), amount(&cancelled, "acct_mulaid_pay")], [-share; 2]);
    assert_eq!(info(&cancelled, "balc"), "0.00");
    assert_eq!(held(&server, &D), before);
    let uses = bond::used(&desk(&server, NOW), &Kept::at(&server.place), D.psn_no).unwrap();
    assert_eq!(uses.iter().map(|used| used.amount).collect::<Vec<_>>(), [share, -share]);
    assert!(uses.iter().all(|used| used.patient == F.psn_no && used.purpose == Purpose::Clinic));
    let bonds = bond::list(&desk(&server, NOW), D.psn_no).unwrap();
    assert_eq!(bonds.given[0].used_in_all(), Fen::ZERO);
}

#[test]
fn what_the_relative_does_not_pay_is_cash_and_never_the_patients_own_account() {
    let server = policies();
    let limits = Limits { year: Some(Fen::from_yuan(60)), ..Limits::default() };
    bound(&server, &RETIRED, &ACTIVE, Relation::Child, limits);
    let own = held(&server, &ACTIVE);
    for (aid, cash) in [("60.00", "40.00"), ("0.00", "100.00")] {
        let (_, input) = visit(&server, &ACTIVE, &RETIRED, "100.00");
        let settled = server.call(TERTIARY, "2207", &input).ok();
        assert_eq!(
            ["acct_mulaid_pay", "acct_pay", "psn_cash_pay"].map(|field| info(&settled, field)),
            [aid, aid, cash]
        );
        assert_eq!(info(&settled, "balc"), own.to_string());
        let noted = settled.at("warn_msg").contains("共济账户没有可用金额");
        assert_eq!(noted, aid == "0.00", "{}", settled.at("warn_msg"));
    }
    assert_eq!(held(&server, &ACTIVE), own);
    // The limit of one use is free again when it is taken back, also after the bond was ended.
    let bonds = bond::list(&desk(&server, NOW), RETIRED.psn_no).unwrap();
    assert_eq!(bonds.given[0].used_in(2026), Fen::from_yuan(60));
}

#[test]
fn a_purchase_is_paid_by_a_relative_and_reversed_by_its_message() {
    let server = policies();
    let limits = Limits { purposes: Some([Purpose::PharmacyGoods].into_iter().collect()), ..Limits::default() };
    bound(&server, &D, &F, Relation::Child, limits);
    let before = held(&server, &D);
    let at = format!("{TODAY} 08:00:00");
    let goods = aided(&F.purchase(&at, "80.00", &[("DEMO-YP-0001", "80.00")]), &F, &D);
    assert_eq!(info(&server.call(PHARMACY, "2101", &goods).ok(), "acct_mulaid_pay"), "80.00");
    let bought = server.send(&message("2102", "P1", PHARMACY, &goods)).ok();
    assert_eq!(
        (info(&bought, "acct_mulaid_pay"), held(&server, &D)),
        ("80.00".to_owned(), before - Fen::from_yuan(80))
    );
    let reverse = format!(r#"{{"data":{{"psn_no":"{}","omsgid":"P1","oinfno":"2102"}}}}"#, F.psn_no);
    server.call(PHARMACY, "2601", &reverse).ok();
    assert_eq!(held(&server, &D), before);
    let bought = server.call(PHARMACY, "2102", &goods).ok();
    let back = F.cancellation(&info(&bought, "mdtrt_id"), &info(&bought, "setl_id"));
    assert_eq!(info(&server.call(PHARMACY, "2103", &back).ok(), "acct_mulaid_pay"), "-80.00");
    assert_eq!(held(&server, &D), before);
    let uses = bond::used(&desk(&server, NOW), &Kept::at(&server.place), D.psn_no).unwrap();
    assert_eq!(uses.iter().map(|used| used.amount.fen()).collect::<Vec<_>>(), [8000, -8000, 8000, -8000]);
    // The holder allowed goods of pharmacies alone.
    let (_, input) = visit(&server, &F, &D, "50.00");
    says(server.call(TERTIARY, "2206", &input), "[mutual_aid_refused]", "未授权用于医疗机构就医");
}

#[test]
fn a_bond_ended_between_trial_and_settlement_pays_nothing_and_takes_back_what_is_cancelled() {
    let server = policies();
    let number = bound(&server, &D, &F, Relation::Child, Limits::default());
    let before = held(&server, &D);
    let (paid, input) = visit(&server, &F, &F, "70.00");
    let settled = server.call(TERTIARY, "2207", &input).ok();
    let (_, next) = visit(&server, &F, &D, "90.00");
    server.call(TERTIARY, "2206", &next).ok();
    unbind(&server, &D, number).unwrap();
    says(server.call(TERTIARY, "2207", &next), "[mutual_aid_refused]", "已于 2026-03-01 解除");
    let own = aided(&next, &D, &F);
    says(server.call(TERTIARY, "2207", &own), "[mutual_aid_none]", "acct_used_flag");
    server.call(TERTIARY, "2208", &F.cancellation(&paid, &info(&settled, "setl_id"))).ok();
    assert_eq!(held(&server, &D), before);
    unbind(&server, &D, number).unwrap_or_else(|fault| panic!("again is the same act: {fault}"));
}

#[test]
fn of_several_relatives_the_certificate_names_the_payer_and_strangers_and_third_persons_are_refused() {
    let server = policies();
    bound(&server, &RETIRED, &ACTIVE, Relation::Child, Limits::default());
    bound(&server, &C, &ACTIVE, Relation::Spouse, Limits::default());
    let (_, own) = visit(&server, &ACTIVE, &ACTIVE, "100.00");
    let which = server.call(TERTIARY, "2206", &own).err();
    assert!(
        which.starts_with("[mutual_aid_which]")
            && which.contains("演**（本人为其子女）的凭证、演**（本人为其配偶）的凭证"),
        "{which}"
    );
    for holder in [&RETIRED, &C] {
        let before = held(&server, holder);
        let (_, input) = visit(&server, &ACTIVE, holder, "100.00");
        let settled = server.call(TERTIARY, "2207", &input).ok();
        assert_eq!(held(&server, holder), before - amount(&settled, "acct_mulaid_pay"));
        assert_ne!(info(&settled, "acct_mulaid_pay"), "0.00");
    }
    // A stranger's certificate; the holder is not paid for; the payer's payer is nobody's.
    let (_, stranger) = visit(&server, &ACTIVE, &D, "100.00");
    says(server.call(TERTIARY, "2206", &stranger), "[certificate_mismatch]", "授权人的凭证");
    let (_, back) = visit(&server, &C, &ACTIVE, "100.00");
    says(server.call(TERTIARY, "2206", &back), "[certificate_mismatch]", "授权人的凭证");
    let (_, chain) = visit(&server, &C, &RETIRED, "100.00");
    says(server.call(TERTIARY, "2206", &chain), "[certificate_mismatch]", "授权人的凭证");
    says(server.call(TERTIARY, "2206", &aided(&chain, &RETIRED, &C)), "[mutual_aid_none]", "");
    // Whoever shows a relative's certificate without asking for the relative's account is not who it says.
    let flag = stranger.replace("\"acct_used_flag\":\"2\"", "\"acct_used_flag\":\"1\"");
    says(server.call(TERTIARY, "2206", &flag), "[certificate_mismatch]", "本人的凭证");
}

#[test]
fn a_bond_that_is_only_asked_for_does_not_pay() {
    let server = policies();
    let asked = asked(&server, (D.psn_no, F.psn_no), Relation::Child, Limits::default());
    let desk = desk(&server, NOW);
    let first = bond::request(&desk, &server.decider, &asked).unwrap();
    let again = bond::request(&desk, &server.decider, &asked).unwrap();
    assert_eq!((first.answer.bond, first.again, again.again), (again.answer.bond, false, true));
    let (_, input) = visit(&server, &F, &F, "100.00");
    says(server.call(TERTIARY, "2206", &input), "[mutual_aid_none]", "");
    says(server.call(TERTIARY, "2206", &aided(&input, &F, &D)), "[mutual_aid_refused]", "尚未确认");
    let own = By::Person(D.certno.to_owned());
    let fault = bond::confirm(&desk, &server.decider, (D.psn_no, first.answer.bond), &own).unwrap_err().to_string();
    assert!(fault.starts_with("[bond_refused]") && fault.contains("不能确认共济关系"), "{fault}");
}

/// Each pays for the other at the same moment, and is paid back; the two are locked together in both.
fn spouses_pay_for_each_other(server: &Server) {
    bound(server, &ACTIVE, &C, Relation::Spouse, Limits::default());
    bound(server, &C, &ACTIVE, Relation::Spouse, Limits::default());
    let before = [held(server, &C), held(server, &ACTIVE)];
    let round = |patient: &Patient, holder: &Patient| {
        for _ in 0..4 {
            let (mdtrt_id, input) = visit(server, patient, holder, "100.00");
            let settled = server.call(TERTIARY, "2207", &input).ok();
            assert_eq!(info(&settled, "acct_mulaid_pay"), "100.00", "within the deductible all is the patient's share");
            server.call(TERTIARY, "2208", &patient.cancellation(&mdtrt_id, &info(&settled, "setl_id"))).ok();
        }
        let (_, input) = visit(server, patient, holder, "100.00");
        server.call(TERTIARY, "2207", &input).ok();
    };
    let barrier = Barrier::new(2);
    std::thread::scope(|scope| {
        for (patient, holder) in [(&ACTIVE, &C), (&C, &ACTIVE)] {
            let barrier = &barrier;
            scope.spawn(move || {
                barrier.wait();
                round(patient, holder);
            });
        }
    });
    assert_eq!([held(server, &C), held(server, &ACTIVE)], before.map(|held| held - Fen::from_yuan(100)));
    server.verify();
}

#[test]
fn two_spouses_pay_for_each_other_at_once() {
    spouses_pay_for_each_other(&policies());
}

#[test]
fn two_spouses_pay_for_each_other_at_once_on_postgresql() {
    let database = gongji_cluster::Database::fresh();
    let place = Place::Postgres(database.url().to_owned());
    let decider = Arc::new(Policies::load(&load::shipped()).unwrap());
    let directory = demo::directory().unwrap();
    let server = Server::kept_at(place, directory, decider, Arc::new(TestClock::default()), 0, Guard::open());
    spouses_pay_for_each_other(&server);
}

#[test]
fn the_counter_refuses_what_the_register_or_the_area_refuses_and_keeps_nothing() {
    let server = policies();
    let desk = desk(&server, NOW);
    let ask = |pair, relation| asked(&server, pair, relation, Limits::default());
    let usual = ask((D.psn_no, F.psn_no), Relation::Child);
    let events = server.service().store().head().events;
    let other = |change: fn(&mut Asked)| {
        let mut asked = usual.clone();
        change(&mut asked);
        asked
    };
    for (asked, code, says) in [
        (other(|asked| asked.holder.name = "别人".to_owned()), "bond_refused", "授权人的姓名"),
        (other(|asked| asked.beneficiary.certificate = "X".to_owned()), "bond_refused", "被授权人的证件号码"),
        (other(|asked| asked.pledge = String::new()), "bond_refused", "承诺书"),
        (other(|asked| asked.relation = Relation::Parent), "bond_refused", "关系为父母"),
        (other(|asked| asked.holder.number = "404".to_owned()), "bond_refused", "没有个人账户"),
        (other(|asked| asked.beneficiary.number = "404".to_owned()), "not_a_member", "beneficiary.number"),
        (ask((D.psn_no, D.psn_no), Relation::Spouse), "bond_refused", "同一人"),
        // The first tier has no account that could pay.
        (ask((F.psn_no, D.psn_no), Relation::Parent), "bond_refused", "没有个人账户"),
    ] {
        let fault = bond::request(&desk, &server.decider, &asked).unwrap_err();
        assert_eq!(fault.code(), code, "{fault}");
        assert!(fault.to_string().contains(says), "{fault}");
    }
    let nobody = Desk { by: " ", ..desk };
    assert_eq!(bond::request(&nobody, &server.decider, &usual).unwrap_err().code(), "missing_field");
    assert_eq!(server.service().store().head().events, events);
    // One whom the register knows is found by the certificate, and cannot be bound a second time as somebody else.
    bond::request(&desk, &server.decider, &usual).unwrap();
    let unnamed = other(|asked| {
        asked.beneficiary.number = String::new();
        asked.pledge = "CN-2".to_owned();
    });
    let twice = bond::request(&desk, &server.decider, &unnamed).unwrap_err();
    assert!(twice.to_string().contains("已有与同一人的共济关系"), "{twice}");
    // Tieling's article on binding is named.
    let tieling = ask(("21120000000011", "21120000000011"), Relation::Spouse);
    let fault = bond::request(&desk, &server.decider, &tieling).unwrap_err().to_string();
    assert!(fault.contains("依据 xize:17"), "{fault}");
}

/// A step of a matter, as an officer would do it.
fn step(server: &Server, person: &Patient, make: impl Fn(u64) -> Step + Send + 'static) -> u64 {
    let number = person.psn_no.to_owned();
    let head = server.service().store().head().events;
    let named = format!("test {number} {head}");
    let act = Act { person: number.clone(), also: Vec::new(), named, asked: String::new(), kind: "matter" };
    let done = desk(server, NOW).act(act, move |view, seq| {
        let previous = view.last_entry(&number).map(|event| (number.clone(), event)).into_iter().collect();
        let entry = Entry { previous, told: Said::default(), what: What::Matter(make(seq)) };
        let change = Change::Entered(Box::new(entry));
        let area = view.member(&number).map(|member| member.area.clone()).unwrap_or_default();
        Ok(Decided { area, with: Vec::new(), change, answer: seq })
    });
    done.unwrap().answer
}

fn matter(server: &Server, person: &Patient, kind: &Kind) {
    let on: Day = TODAY.parse().unwrap();
    let kind = kind.clone();
    let filed = move |number| Step::Filed { number, kind: kind.clone(), documents: Vec::new(), by: "甲".into(), on };
    let number = step(server, person, filed);
    step(server, person, move |_| Step::Done { number, on, moved: Vec::new() });
}

#[test]
fn a_frozen_account_and_one_whose_card_is_lost_pay_nothing_for_anybody() {
    let server = policies();
    bound(&server, &ACTIVE, &F, Relation::Child, Limits::default());
    let own = |price: &str| ACTIVE.settlement(&ACTIVE.visit(&server, TERTIARY, "11", TODAY, price), "B1", "11", price);
    let since = gongji_register::matter::Moment { day: TODAY.parse().unwrap(), second: 0 };
    for (kind, end, why) in [
        (Kind::Freeze { reason: "核查".into() }, Kind::Release, "冻结"),
        (Kind::CardLost { from: since }, Kind::CardFound { from: since }, "挂失"),
    ] {
        matter(&server, &ACTIVE, &kind);
        let settled = server.call(TERTIARY, "2207", &own("100.00")).ok();
        assert_eq!([info(&settled, "acct_pay"), info(&settled, "psn_cash_pay")], ["0.00", "100.00"], "{why}");
        let noted = settled.at("warn_msg");
        assert!(noted.contains("本人个人账户不支付") && noted.contains(why), "{noted}");
        let (_, input) = visit(&server, &F, &ACTIVE, "50.00");
        says(server.call(TERTIARY, "2206", &input), "[mutual_aid_refused]", why);
        let by_card = |input: &str| {
            let card = input.replace("\"mdtrt_cert_type\":\"02\"", "\"mdtrt_cert_type\":\"03\"");
            card.replace(ACTIVE.certno, "DEMO000002")
        };
        let carded = server.call(TERTIARY, "2201", &by_card(&ACTIVE.registration("2026-03-01 08:00:00")));
        if why == "挂失" {
            says(carded, "[card_lost]", "mdtrt_cert_no，给出「DEMO000002」");
            says(server.call(TERTIARY, "2206", &by_card(&input)), "[card_lost]", "");
        } else {
            carded.ok();
        }
        matter(&server, &ACTIVE, &end);
        server.call(TERTIARY, "2206", &input).ok();
    }
    let settled = server.call(TERTIARY, "2207", &own("10.00")).ok();
    assert_eq!(info(&settled, "psn_cash_pay"), "0.00");
}

/// Tieling, nineteenth article, sixth: what is paid after the loss was reported is not the member's loss.
#[test]
fn a_lost_card_is_refused_with_the_areas_article() {
    let server = policies();
    let member = Patient { psn_no: "21120000000011", certno: "DEMO000011" };
    let from = gongji_register::matter::Moment { day: TODAY.parse().unwrap(), second: 0 };
    let by_card = |input: String| input.replace("\"mdtrt_cert_type\":\"02\"", "\"mdtrt_cert_type\":\"03\"");
    let register = by_card(member.registration("2026-03-01 07:00:00"));
    server.call("H21120000006", "2201", &register).ok();
    matter(&server, &member, &Kind::CardLost { from });
    says(server.call("H21120000006", "2201", &register), "[card_lost]", "依据 xize:19 铁医保〔2022〕67号");
    let read = r#"{"data":{"mdtrt_cert_type":"03","mdtrt_cert_no":"DEMO000011","psn_cert_type":"01","certno":"","psn_name":""}}"#;
    says(server.call("H21120000006", "1101", read), "[card_lost]", "居民身份证或补办的卡");
}

#[test]
fn the_account_of_the_dead_pays_nothing() {
    let server = policies();
    bound(&server, &D, &F, Relation::Child, Limits::default());
    let (_, input) = visit(&server, &F, &D, "50.00");
    let (_, own) = visit(&server, &D, &D, "50.00");
    let own = own.replace("\"acct_used_flag\":\"2\"", "\"acct_used_flag\":\"1\"");
    let record = format!("{}#", D.psn_no);
    let act = Act {
        person: D.psn_no.to_owned(),
        also: Vec::new(),
        named: "died".to_owned(),
        asked: String::new(),
        kind: "recorded",
    };
    let died: Day = TODAY.parse().unwrap();
    let told = desk(&server, NOW).act(act, move |view, seq| {
        let recorded = Recorded {
            facts: vec![Fact::Died(Some(died))],
            told: Said::default(),
            previous: view.last_entry(D.psn_no),
            opened: None,
            shown_by: Vec::new(),
            no_longer: Vec::new(),
        };
        let change = Change::Recorded(Box::new(recorded));
        Ok(Decided { area: "500000".to_owned(), with: vec![record.clone()], change, answer: seq })
    });
    told.unwrap();
    says(server.call(TERTIARY, "2207", &input), "[mutual_aid_refused]", "已于 2026-03-01 死亡");
    // A visit of the last day is settled late: the fund pays, the account is the heirs'.
    let settled = server.call(TERTIARY, "2207", &own).ok();
    assert_eq!(info(&settled, "acct_pay"), "0.00");
    assert!(settled.at("warn_msg").contains("余额由继承人申请"), "{}", settled.at("warn_msg"));
    let asked = asked(&server, (D.psn_no, ACTIVE.psn_no), Relation::Child, Limits::default());
    let fault = bond::request(&desk(&server, NOW), &server.decider, &asked).unwrap_err().to_string();
    assert!(fault.contains("授权人已于 2026-03-01 死亡"), "{fault}");
}

/// Tieling, fifteenth article: at a pharmacy only what has a code of the country.
#[test]
fn goods_without_a_national_code_are_cash_where_the_area_says_so() {
    let server = policies();
    for (number, at, uncoded) in [(11, "P21120000017", true), (2, PHARMACY, false)] {
        let area = if uncoded { "211200" } else { "500000" };
        let patient =
            Patient { psn_no: format!("{area}{number:08}").leak(), certno: format!("DEMO{number:06}").leak() };
        let buy = |total: &str, lines: &[(&str, &str)]| {
            let input = patient.purchase("2026-02-10 10:00:00", total, lines);
            let input = input.replace("\"mdtrt_cert_type\":\"02\"", "\"mdtrt_cert_type\":\"03\"");
            let input = input.replace(&format!("\"certno\":\"{}\"", patient.certno), "\"certno\":\"\"");
            let settled = server.call(at, "2102", &input).ok();
            check_identities(&settled);
            settled
        };
        let settled = buy("150.00", &[("DEMO-YP-0001", "100.00"), ("Z-0001", "50.00")]);
        let expected = if uncoded { ["100.00", "50.00", "50.00"] } else { ["150.00", "0.00", "50.00"] };
        let told = ["acct_pay", "psn_cash_pay", "fulamt_ownpay_amt"].map(|field| info(&settled, field));
        assert_eq!(told, expected, "{area}");
        let noted = settled.at("warn_msg").contains("1 行没有国家医保编码，个人账户不支付其 50.00（依据 xize:15");
        assert_eq!(noted, uncoded, "{}", settled.at("warn_msg"));
        let settled = buy("50.00", &[("Z-0001", "50.00")]);
        assert_eq!(info(&settled, "acct_pay"), if uncoded { "0.00" } else { "50.00" });
    }
}

#[test]
fn who_authorised_is_told_when_the_certificate_is_read() {
    let server = policies();
    let read = |patient: &Patient| {
        let input = format!(
            r#"{{"data":{{"mdtrt_cert_type":"02","mdtrt_cert_no":"{}","psn_cert_type":"01","certno":"","psn_name":""}}}}"#,
            patient.certno
        );
        server.call(TERTIARY, "1101", &input).ok().at("output.baseinfo.exp_content")
    };
    assert_eq!(read(&F), "");
    let limits = Limits { year: Some(Fen::from_yuan(100)), ..Limits::default() };
    let number = bound(&server, &D, &F, Relation::Child, limits);
    let told = format!(r#"{{"mutual_aid":[{{"bond":{number},"holder":"演**","relation":"子女","usable":100.00}}]}}"#);
    assert_eq!(read(&F), told);
    let (_, input) = visit(&server, &F, &F, "30.00");
    server.call(TERTIARY, "2207", &input).ok();
    assert!(read(&F).contains(r#""usable":70.00"#), "{}", read(&F));
    assert_eq!(read(&D), "", "what one gives is not told");
    unbind(&server, &D, number).unwrap();
    assert_eq!(read(&F), "");
}

/// Numbers in a row that look random and are the same each time.
struct Chance(u64);

impl Chance {
    fn of(&mut self, many: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % many as u64) as usize
    }
}

/// Whatever is bound, limited, ended, settled and taken back, in whatever order: only who was let by a bond that stands is
/// paid for, by that holder alone, and no account goes below zero; stopping the server proves the books.
#[test]
fn binding_never_lets_a_stranger_pay() {
    let people = [&RETIRED, &ACTIVE, &C, &D];
    let mut paid = 0;
    for seed in 0..3 {
        let server = Server::start();
        let mut chance = Chance(seed);
        let mut standing: Vec<(usize, usize, u64)> = Vec::new();
        let mut settled: Vec<(usize, String, String)> = Vec::new();
        for _ in 0..80 {
            let (one, two) = (chance.of(4), chance.of(4));
            match chance.of(8) {
                0 | 1 if one != two && !standing.iter().any(|(holder, other, _)| (*holder, *other) == (one, two)) => {
                    // By their years of birth.
                    let older = [1958, 1986, 1979, 1952];
                    let relation = if older[one] < older[two] { Relation::Child } else { Relation::Parent };
                    let limits = Limits { year: Some(Fen::from_yuan(100 + 50 * seed as i64)), ..Limits::default() };
                    let asked = asked(&server, (people[one].psn_no, people[two].psn_no), relation, limits);
                    let Ok(told) = bond::request(&desk(&server, NOW), &server.decider, &asked) else { continue };
                    let (by, which) =
                        (By::Person(asked.beneficiary.certificate), (people[one].psn_no, told.answer.bond));
                    bond::confirm(&desk(&server, NOW), &server.decider, which, &by).unwrap();
                    standing.push((one, two, told.answer.bond));
                }
                2 if !standing.is_empty() => {
                    let (holder, _, bond) = standing.remove(chance.of(standing.len()));
                    unbind(&server, people[holder], bond).unwrap();
                }
                3 if !settled.is_empty() => {
                    let (patient, mdtrt_id, setl_id) = settled.remove(chance.of(settled.len()));
                    server.call(SECONDARY, "2208", &people[patient].cancellation(&mdtrt_id, &setl_id)).ok();
                }
                _ => {
                    let price = format!("{}.00", 10 + chance.of(300));
                    // Every other visit is by a bond that stands, if there is one.
                    let bond = standing.get(chance.of(2 * standing.len().max(1)));
                    let (two, one) = bond.map_or((two, one), |(holder, patient, _)| (*holder, *patient));
                    let (patient, shown) = (people[one], people[two]);
                    let visit = patient.visit(&server, SECONDARY, "11", TODAY, &price);
                    let input = aided(&patient.settlement(&visit, "B1", "11", &price), patient, shown);
                    let before = people.map(|person| held(&server, person));
                    let reply = server.call(SECONDARY, "2207", &input);
                    let holders: Vec<usize> = standing.iter().filter(|bond| bond.1 == one).map(|bond| bond.0).collect();
                    let may = if one == two {
                        <[usize; 1]>::try_from(holders).ok().map(|[only]| only)
                    } else {
                        holders.contains(&two).then_some(two)
                    };
                    assert_eq!(reply.code().is_none(), may.is_some(), "{}", reply.raw);
                    let after = people.map(|person| held(&server, person));
                    let Some(payer) = may else {
                        assert_eq!(before, after);
                        continue;
                    };
                    let aid = amount(&reply, "acct_mulaid_pay");
                    for at in 0..people.len() {
                        let expected = if at == payer { before[at] - aid } else { before[at] };
                        assert_eq!(after[at], expected, "{} pays for {}", people[payer].psn_no, patient.psn_no);
                        assert!(after[at] >= Fen::ZERO);
                    }
                    paid += usize::from(!aid.is_zero());
                    settled.push((one, visit, info(&reply, "setl_id")));
                }
            }
        }
    }
    assert!(paid > 10, "{paid} visits were paid by relatives");
}
