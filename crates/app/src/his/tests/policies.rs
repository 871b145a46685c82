//! The interface with the policies that ship: published figures, articles, and the same answers
//! as the policies give when asked directly.

use std::sync::Arc;

use gongji_domain::{Day, Fen, Rate};
use gongji_policy::case::{self, Decision, Detail};
use gongji_policy::{Library, case::Case};

use super::fields::check_identities;
use super::{PHARMACY, Patient, SECONDARY, Server, TERTIARY};
use crate::cli::load;
use crate::his::Policies;

fn server() -> Server {
    Server::with(Arc::new(Policies::load(&load::shipped()).unwrap()))
}

/// A member of the demo who shows the social security card.
fn demo(number: u32, area: &str) -> Patient {
    Patient { psn_no: format!("{area}{number:08}").leak(), certno: format!("DEMO{number:06}").leak() }
}

/// Settles one visit of one covered line; the reply.
pub(super) fn settle(
    server: &Server,
    patient: &Patient,
    at: &str,
    med_type: &str,
    day: &str,
    price: &str,
) -> super::Reply {
    let mdtrt_id = visit(server, patient, at, med_type, day, price);
    server.call(at, "2207", &by_card(&patient.settlement(&mdtrt_id, "B1", med_type, price)))
}

fn visit(server: &Server, patient: &Patient, at: &str, med_type: &str, day: &str, price: &str) -> String {
    let begntime = format!("{day} 09:00:00");
    let registered = server.call(at, "2201", &by_card(&patient.registration(&begntime))).ok();
    let mdtrt_id = registered.at("output.data.mdtrt_id");
    server.call(at, "2203", &patient.description(&mdtrt_id, med_type, &begntime)).ok();
    let line = patient.line(&mdtrt_id, "B1", 1, "DEMO-YP-0001", price);
    server.call(at, "2204", &format!(r#"{{"feedetail":[{line}]}}"#)).ok();
    mdtrt_id
}

fn by_card(input: &str) -> String {
    input.replace("\"mdtrt_cert_type\":\"02\"", "\"mdtrt_cert_type\":\"03\"")
}

fn amounts(reply: &super::Reply, fields: &[&str]) -> Vec<String> {
    fields.iter().map(|field| reply.at(&format!("output.setlinfo.{field}"))).collect()
}

/// Question 19 of Chongqing's published answers, the two examples without an earlier benefit.
#[test]
fn the_published_chongqing_examples_come_out() {
    let server = server();
    for (number, at, price, expected) in [
        (1, SECONDARY, "2800.00", ["1890.00", "910.00", "0.00", "350.00"]),
        (2, TERTIARY, "3000.00", ["1400.00", "1600.00", "0.00", "400.00"]),
    ] {
        let patient = demo(number, "500000");
        let reply = settle(&server, &patient, at, "11", "2024-06-01", price).ok();
        assert_eq!(amounts(&reply, &["fund_pay_sumamt", "acct_pay", "psn_cash_pay", "balc"]), expected);
        assert_eq!(reply.at("warn_msg"), "");
        check_identities(&reply);
        let process = reply.at("output.setldetail.0.setl_proc_info");
        assert!(process.contains("起付标准") && process.contains("渝医保发〔2023〕32号 第五条"), "{process}");
        assert!(reply.at("output.setldetail.1.setl_proc_info").contains("个人账户余额"));
    }
}

#[test]
fn what_the_texts_leave_open_is_refused_with_its_article() {
    let server = server();
    let patient = demo(2, "500000");
    for med_type in ["14", "9901", "18"] {
        let message = settle(&server, &patient, TERTIARY, med_type, "2024-06-01", "100.00").err();
        let says = format!(
            "[parameters_open] 此待遇的标准未在政策文本中给出，暂不能结算：字段 data.med_type，给出「{med_type}」（依据 wenda:14 "
        );
        assert!(message.starts_with(&says), "{message}");
    }
    let message = settle(&server, &patient, TERTIARY, "11", "2023-12-31", "100.00").err();
    assert!(
        message.starts_with(
            "[no_policy_for_date] 就诊日没有生效的政策：给出「2023-12-31」，应为 2024-01-01 起的日期（依据 xize:"
        ),
        "{message}"
    );
}

#[test]
fn what_is_not_covered_is_settled_with_nothing_from_the_pool() {
    let server = server();
    // A pharmacy without a prescription.
    let buyer = demo(3, "500000");
    let reply = settle(&server, &buyer, PHARMACY, "41", "2024-06-01", "300.00").ok();
    assert_eq!(
        amounts(&reply, &["fund_pay_sumamt", "act_pay_dedc", "acct_pay", "balc"]),
        ["0.00", "0.00", "300.00", "689.00"]
    );
    assert!(reply.at("output.setlinfo.exp_content").contains("\"code\":\"no_prescription\""));
    assert!(reply.at("warn_msg").starts_with("统筹基金不予支付："), "{}", reply.at("warn_msg"));
    check_identities(&reply);
    // A member of Tieling elsewhere, without a filing.
    let traveller = demo(11, "211200");
    let reply = settle(&server, &traveller, TERTIARY, "11", "2024-06-01", "500.00").ok();
    assert!(reply.at("output.setlinfo.exp_content").contains("\"code\":\"place_not_covered\""));
    assert_eq!(amounts(&reply, &["fund_pay_sumamt"]), ["0.00"]);
    // At home the pool pays, and nothing was counted before.
    let reply = settle(&server, &traveller, "H21120000006", "11", "2024-06-02", "500.00").ok();
    assert_ne!(amounts(&reply, &["fund_pay_sumamt"]), ["0.00"]);
    assert_eq!(reply.at("output.setlinfo.exp_content"), "");
}

#[test]
fn a_draft_is_named_as_one() {
    let server = server();
    let patient = demo(16, "360100");
    let reply = settle(&server, &patient, "H36010000014", "11", "2024-06-01", "1000.00").ok();
    assert!(reply.at("warn_msg").contains("征求意见稿"), "{}", reply.at("warn_msg"));
}

/// A year of visits over the interface, some cancelled, against the policies asked directly with
/// what remains; after a restart the account is the same.
#[test]
fn the_interface_and_the_policies_agree_to_the_fen() {
    let library = Library::load(&load::shipped());
    let mut server = server();
    for (number, area, status, enrolment, institutions) in [
        (
            2,
            "500000",
            "active",
            "employer",
            &[(TERTIARY, "tertiary"), (SECONDARY, "secondary"), ("H50000000003", "ungraded")][..],
        ),
        (6, "500000", "active", "individual_tier_1", &[(SECONDARY, "secondary")]),
        (12, "211200", "retired", "employer", &[("H21120000006", "tertiary"), ("H21120000007", "secondary")]),
        (13, "211200", "active", "pool_only", &[("H21120000007", "secondary")]),
        (14, "320700", "active", "employer", &[("H32070000010", "tertiary"), ("H32070000011", "secondary")]),
        (17, "360100", "retired", "flexible", &[("H36010000014", "tertiary"), ("H36010000016", "primary")]),
    ] {
        let patient = demo(number, area);
        let mut seed = u64::from(number);
        let mut random = |below: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % below
        };
        let looked = server
            .call(
                TERTIARY,
                "1101",
                &format!(r#"{{"data":{{"mdtrt_cert_type":"03","mdtrt_cert_no":"{}"}}}}"#, patient.certno),
            )
            .ok();
        let opening: Fen = looked.at("output.insuinfo.0.balc").parse().unwrap();
        let birth: Day = looked.at("output.baseinfo.brdy").parse().unwrap();
        let prior = if number == 14 { Fen::from_yuan(400) } else { Fen::ZERO };
        // What stands so far, as the policies see it.
        let mut standing: Vec<case::Encounter> = Vec::new();
        for month in 1..=11 {
            let (at, class) = institutions[usize::try_from(random(institutions.len() as u64)).unwrap()];
            let price = Fen::from_fen(i64::try_from(random(90_000) + 500).unwrap());
            let day = format!("2025-{month:02}-{:02}", random(28) + 1);
            let reply = settle(&server, &patient, at, "11", &day, &price.to_string()).ok();
            check_identities(&reply);
            standing.push(encounter(&day, at, class, price));
            let case = Case {
                id: String::new(),
                pooling_area: area.to_owned(),
                member: case::Member {
                    status: status.to_owned(),
                    enrolment: Some(enrolment.to_owned()),
                    birth_date: Some(birth),
                    facts: Vec::new(),
                },
                account_balance: opening,
                account_prior_years: prior,
                used: Vec::new(),
                relations: Vec::new(),
                encounters: standing.iter().map(|encounter| (encounter.clone(), case::MemberThen::default())).collect(),
            };
            let decisions = library.decide_case(&case, Detail::Amounts).unwrap();
            let Some((_, Decision::Settled(expected))) = decisions.last() else { panic!("{area} {day}") };
            let s = &expected.settlement;
            let told = [s.total, s.eligible, s.deductible_borne, s.fund_total, s.account_paid, s.cash, s.balance];
            let fields = [
                "medfee_sumamt",
                "inscp_scp_amt",
                "act_pay_dedc",
                "fund_pay_sumamt",
                "acct_pay",
                "psn_cash_pay",
                "balc",
            ];
            assert_eq!(amounts(&reply, &fields), told.map(|fen| fen.to_string()), "{area} {day}");
            if random(3) == 0 {
                // The last one is taken back, as if it had never been.
                let [mdtrt_id, setl_id] =
                    ["mdtrt_id", "setl_id"].map(|field| reply.at(&format!("output.setlinfo.{field}")));
                let cancelled = server.call(at, "2208", &patient.cancellation(&mdtrt_id, &setl_id)).ok();
                check_identities(&cancelled);
                assert_eq!(cancelled.at("output.setlinfo.balc"), (s.balance + s.account_paid).to_string());
                standing.pop();
            }
        }
        server = server.restart();
    }
}

fn encounter(day: &str, at: &str, class: &str, price: Fen) -> case::Encounter {
    let kind = if at.ends_with('3') { "community" } else { "general" };
    case::Encounter {
        id: String::new(),
        date: day.parse().unwrap(),
        time: Some(gongji_domain::Clock(9 * 3600)),
        care_type: "ordinary_outpatient".to_owned(),
        place: None,
        institution: case::Institution {
            id: Some(at.to_owned()),
            class: Some(class.to_owned()),
            kind: Some(kind.to_owned()),
            facts: Vec::new(),
        },
        prescriber: None,
        facts: Vec::new(),
        charges: vec![case::Charge {
            amount: price,
            covered: true,
            ceiling: None,
            upfront_rate: Rate::ZERO,
            facts: Vec::new(),
        }],
        prior_benefits: Vec::new(),
    }
}

/// Chongqing with a deductible of 300 from July 2024 on that goes on from what was borne before.
fn with_a_new_deductible() -> Policies {
    let mut folders = load::shipped();
    let file = folders.iter_mut().flat_map(|folder| &mut folder.files);
    let file = file.into_iter().find(|file| file.path.ends_with("500000-chongqing/outpatient.toml")).unwrap();
    let first = "[[benefit.ordinary_outpatient.deductible]]\nper = \"year\"\n";
    assert!(file.text.contains(first));
    let next = "\n[[benefit.ordinary_outpatient.deductible]]\nper = \"year\"\nfrom = 2024-07-01\nstarts = \"from 0\"\n\
                cite = \"xize:4\"\nrows = [{ is = \"300.00\" }]\n";
    file.text = format!("{}{next}", file.text.replace(first, &format!("{first}until = 2024-06-30\n"))).into();
    Policies::load(&folders).unwrap()
}

/// 150 of the first 200 are borne in June, before anybody knew of the new edition. In August 300 are
/// to be borne, 150 of them are: (500 - 150) x 50% = 175. Taking June back leaves 150 more to bear.
#[test]
fn a_new_edition_goes_on_from_what_an_older_one_settled() {
    let server = server();
    let june = settle(&server, &demo(2, "500000"), TERTIARY, "11", "2024-06-01", "150.00").ok();
    assert_eq!(amounts(&june, &["fund_pay_sumamt", "act_pay_dedc"]), ["0.00", "150.00"]);
    let server = server.restart_with(Arc::new(with_a_new_deductible()));
    let patient = demo(2, "500000");
    let august = settle(&server, &patient, TERTIARY, "11", "2024-08-01", "500.00").ok();
    assert_eq!(amounts(&august, &["fund_pay_sumamt", "act_pay_dedc"]), ["175.00", "150.00"]);
    // The year's 300 are borne; a second restart reads both editions' settlements.
    let server = server.restart();
    let later = settle(&server, &patient, TERTIARY, "11", "2024-09-01", "100.00").ok();
    assert_eq!(amounts(&later, &["fund_pay_sumamt", "act_pay_dedc"]), ["50.00", "0.00"]);
}
