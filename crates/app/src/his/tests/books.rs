//! The books over HTTP: every settlement that was acknowledged stands in accounts that balance, to the
//! fen and in the ledger that the package keeps apart; what is cancelled is taken back exactly.

use std::sync::Arc;

use gongji_store::{Place, Reader};

use super::{ACTIVE, Patient, RETIRED, SECONDARY, Server, TERTIARY};
use crate::cli::load;
use crate::his::moment::Moment;
use crate::his::{Policies, closing};

const INSTITUTION: &str = "-/500000/institution/H50000000001";
const POOLED: &str = "-/500000/fund/310100";
const ACCOUNT: &str = "50000000000002/500000/current";

fn balances(server: &Server, keys: &[&str]) -> Vec<String> {
    keys.iter().map(|key| server.balance(key)).collect()
}

#[test]
fn settling_cancelling_and_settling_again_moves_every_fen_once() {
    let server = Server::start();
    let keys = [ACCOUNT, POOLED, INSTITUTION, "-/500000/deposit"];
    let opened = balances(&server, &keys);
    assert_eq!(opened[..3], ["2000.00", "0.00", "0.00"]);
    let mdtrt_id = ACTIVE.visit(&server, TERTIARY, "11", "2026-02-10", "500.00");
    let settle = || server.call(TERTIARY, "2207", &ACTIVE.settlement(&mdtrt_id, "B1", "11", "500")).ok();

    let settled = settle();
    assert_eq!(balances(&server, &keys[..3]), ["1680.00", "-180.00", "500.00"]);
    assert_eq!(settled.at("output.setlinfo.balc"), server.balance(ACCOUNT));
    let setl_id = settled.at("output.setlinfo.setl_id");
    let cancelled = server.call(TERTIARY, "2208", &ACTIVE.cancellation(&mdtrt_id, &setl_id)).ok();
    assert_eq!(balances(&server, &keys), opened);
    assert_eq!(cancelled.at("output.setlinfo.balc"), server.balance(ACCOUNT));
    let again = settle();
    assert_eq!(balances(&server, &keys[..3]), ["1680.00", "-180.00", "500.00"]);
    assert_eq!(again.at("output.setlinfo.balc"), server.balance(ACCOUNT));

    let before = server.verify();
    let server = server.restart();
    assert_eq!(server.verify(), before, "nothing is opened twice");
}

#[test]
fn what_is_paid_all_in_cash_has_no_entry_and_can_be_cancelled() {
    let server = Server::start();
    let mdtrt_id = ACTIVE.visit(&server, TERTIARY, "11", "2026-02-10", "100.00");
    let before = server.verify();
    let cash =
        ACTIVE.settlement(&mdtrt_id, "B1", "11", "100").replace("\"acct_used_flag\":\"1\"", "\"acct_used_flag\":0");
    let settled = server.call(TERTIARY, "2207", &cash).ok();
    assert_eq!(settled.at("output.setlinfo.psn_cash_pay"), "100.00");
    let setl_id = settled.at("output.setlinfo.setl_id");
    server.call(TERTIARY, "2208", &ACTIVE.cancellation(&mdtrt_id, &setl_id)).ok();
    let after = server.verify();
    assert_eq!((after.transactions, after.postings), (before.transactions, before.postings));
    assert_eq!(after.journal.events, before.journal.events + 2);
}

#[test]
fn many_visits_at_two_institutions_at_once_leave_books_that_balance() {
    let server = Server::start();
    let one = |patient: &Patient, institution: &str| {
        for _ in 0..8 {
            let mdtrt_id = patient.visit(&server, institution, "11", "2026-02-10", "90.00");
            let input = patient.settlement(&mdtrt_id, "B1", "11", "90");
            let settled = server.call(institution, "2207", &input).ok();
            let setl_id = settled.at("output.setlinfo.setl_id");
            server.call(institution, "2208", &patient.cancellation(&mdtrt_id, &setl_id)).ok();
            server.call(institution, "2207", &input).ok();
        }
    };
    std::thread::scope(|scope| {
        let one = &one;
        for (patient, institution) in [(&ACTIVE, TERTIARY), (&ACTIVE, SECONDARY), (&RETIRED, SECONDARY)] {
            scope.spawn(move || one(patient, institution));
        }
    });
    server.verify();
    let owed = balances(&server, &[INSTITUTION, "-/500000/institution/H50000000002"]);
    assert_eq!(owed, ["720.00", "1440.00"], "the accounts pay what the fund does not");
}

/// Tieling's fourth article: out of the pooled fund, in a ledger kept apart (专账管理，单独核算).
#[test]
fn tielings_outpatient_pool_is_a_ledger_of_its_own_and_elsewhere_is_owed_between_areas() {
    let server = Server::with(Arc::new(Policies::load(&load::shipped()).unwrap()));
    let member = Patient { psn_no: "21120000000011", certno: "DEMO000011" };
    let by_card = |input: String| input.replace("\"mdtrt_cert_type\":\"02\"", "\"mdtrt_cert_type\":\"03\"");
    let settle = |at: &str| {
        let begntime = "2024-06-01 09:00:00";
        let registered = server.call(at, "2201", &by_card(member.registration(begntime))).ok();
        let mdtrt_id = registered.at("output.data.mdtrt_id");
        server.call(at, "2203", &member.description(&mdtrt_id, "11", begntime)).ok();
        let line = member.line(&mdtrt_id, "B1", 1, "DEMO-YP-0001", "500.00");
        server.call(at, "2204", &format!(r#"{{"feedetail":[{line}]}}"#)).ok();
        server.call(at, "2207", &by_card(member.settlement(&mdtrt_id, "B1", "11", "500"))).ok()
    };
    let home = settle("H21120000006");
    let paid = home.at("output.setlinfo.fund_pay_sumamt");
    assert_ne!(paid, "0.00");
    let keys = ["-/211200/fund/310100/outpatient", "-/211200/fund/310100"];
    assert_eq!(balances(&server, &keys), [format!("-{paid}"), "0.00".to_owned()]);

    let owed = server.balance("-/211200/institution/H21120000006");
    let away = settle(TERTIARY);
    let from_account = away.at("output.setlinfo.acct_pay");
    assert_ne!(from_account, "0.00");
    for key in ["-/211200/payable/500000", "-/500000/receivable/211200", INSTITUTION] {
        assert_eq!(server.balance(key), from_account, "{key}");
    }
    assert_eq!(server.balance("-/211200/institution/H21120000006"), owed);
    let held = server.balance("21120000000011/211200/current");
    assert_eq!(held, away.at("output.setlinfo.balc"));
}

#[test]
fn after_a_month_is_closed_its_visits_are_refused_and_its_cancellations_land_in_the_open_one() {
    let server = Server::start();
    let before = server.balance(&format!("{}/500000/current", ACTIVE.psn_no));
    let settled = ACTIVE.visit(&server, TERTIARY, "11", "2026-02-10", "500.00");
    let reply = server.call(TERTIARY, "2207", &ACTIVE.settlement(&settled, "B1", "11", "500")).ok();
    let late = ACTIVE.visit(&server, TERTIARY, "11", "2026-02-11", "80.00");
    let close = |through: &str| {
        let now = Moment::of(jiff::civil::date(2026, 3, 1).at(9, 0, 0, 0));
        closing::close(server.service().store(), "500000".parse().unwrap(), through.parse().unwrap(), now).unwrap()
    };
    assert!(close("2026-02-28"));
    assert!(!close("2026-02-28") && !close("2026-01-31"), "books close forward only");
    let refused = server.call(TERTIARY, "2207", &ACTIVE.settlement(&late, "B1", "11", "80")).err();
    assert!(refused.starts_with("[period_closed]") && refused.contains("2026-02-28"), "{refused}");

    let server = server.restart();
    let setl_id = reply.at("output.setlinfo.setl_id");
    let psn_no = ACTIVE.psn_no;
    let cancel = format!(r#"{{"data":{{"setl_id":"{setl_id}","mdtrt_id":"{settled}","psn_no":"{psn_no}"}}}}"#);
    server.call(TERTIARY, "2208", &cancel).ok();
    assert_eq!(server.balance(&format!("{psn_no}/500000/current")), before);
    let mut landed = Vec::new();
    Reader::open(&Place::file(server.path()))
        .unwrap()
        .history(|moved| landed.push((moved.entry().head().effective.to_string(), moved.accounting().to_string())))
        .unwrap();
    let last = landed.last().unwrap();
    assert_eq!(
        (last.0.as_str(), last.1.as_str()),
        ("2026-02-10", "2026-03-01"),
        "its day is named, its books are March's"
    );
    // The open month goes on as ever.
    let open = ACTIVE.visit(&server, TERTIARY, "11", "2026-03-01", "80.00");
    server.call(TERTIARY, "2207", &ACTIVE.settlement(&open, "B1", "11", "80")).ok();
}
