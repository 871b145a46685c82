//! Taking back before settling: lines (2205), registrations (2202), and refunding a part of a settlement.

use super::{ACTIVE, PHARMACY, RETIRED, Reply, SECONDARY, Server, TERTIARY};

/// Sends 2205.
fn withdraw(server: &Server, at: &str, mdtrt_id: &str, batch: &str, more: &str) -> Reply {
    let psn_no = ACTIVE.psn_no;
    let input = format!(r#"{{"data":{{"mdtrt_id":"{mdtrt_id}","chrg_bchno":"{batch}","psn_no":"{psn_no}"{more}}}}}"#);
    server.call(at, "2205", &input)
}

/// Sends 2202.
fn unregister(server: &Server, at: &str, mdtrt_id: &str, ipt_otp_no: &str) -> Reply {
    let psn_no = ACTIVE.psn_no;
    let input = format!(r#"{{"data":{{"psn_no":"{psn_no}","mdtrt_id":"{mdtrt_id}","ipt_otp_no":"{ipt_otp_no}"}}}}"#);
    server.call(at, "2202", &input)
}

fn charge(server: &Server, mdtrt_id: &str, lines: &[(&str, u32, &str)]) -> Reply {
    let line =
        |(batch, number, price): &(&str, u32, &str)| ACTIVE.line(mdtrt_id, batch, *number, "DEMO-YP-0001", price);
    let rows: Vec<String> = lines.iter().map(line).collect();
    server.call(TERTIARY, "2204", &format!(r#"{{"feedetail":[{}]}}"#, rows.join(",")))
}

#[track_caller]
fn says(reply: Reply, begins: &str, contains: &str) {
    let message = reply.err();
    assert!(message.starts_with(begins) && message.contains(contains), "{message}");
}

#[test]
fn a_part_is_refunded_by_cancelling_withdrawing_uploading_the_rest_and_settling_again() {
    let server = Server::start();
    let mdtrt_id = ACTIVE.visit(&server, TERTIARY, "11", "2026-02-10", "500.00");
    charge(&server, &mdtrt_id, &[("B2", 2, "300.00"), ("B2", 3, "100.00")]).ok();
    // 500: 200 borne, 180 paid; then 400: 240 paid.
    server.call(TERTIARY, "2207", &ACTIVE.settlement(&mdtrt_id, "B1", "11", "500")).ok();
    let second = server.call(TERTIARY, "2207", &ACTIVE.settlement(&mdtrt_id, "B2", "11", "400")).ok();
    assert_eq!(second.at("output.setlinfo.hifp_pay"), "240.00");
    says(withdraw(&server, TERTIARY, &mdtrt_id, "B2", ""), "[batch_settled]", "先以 2208 撤销");
    let setl_id = second.at("output.setlinfo.setl_id");
    server.call(TERTIARY, "2208", &ACTIVE.cancellation(&mdtrt_id, &setl_id)).ok();

    assert_eq!(withdraw(&server, TERTIARY, &mdtrt_id, "B2", "").ok().at("output"), "{}");
    // Batch and line numbers are free again; what stayed settled is not.
    says(charge(&server, &mdtrt_id, &[("B1", 4, "1.00")]), "[batch_exists]", "");
    charge(&server, &mdtrt_id, &[("B2", 2, "300.00")]).ok();
    let server = server.restart();
    says(
        server.call(TERTIARY, "2207", &ACTIVE.settlement(&mdtrt_id, "B2", "11", "400")),
        "[total_mismatch]",
        "应为 300.00",
    );
    let rest = server.call(TERTIARY, "2207", &ACTIVE.settlement(&mdtrt_id, "B2", "11", "300")).ok();
    assert_eq!(rest.at("output.setlinfo.hifp_pay"), "180.00");
    // 2000 - 320 - 120: as if only 800 had ever been charged.
    assert_eq!(rest.at("output.setlinfo.balc"), "1560.00");
    assert_eq!(server.balance(&format!("{}/500000/current", ACTIVE.psn_no)), "1560.00");
    // The cancelled settlement stays cancelled.
    says(server.call(TERTIARY, "2208", &ACTIVE.cancellation(&mdtrt_id, &setl_id)), "[already_cancelled]", "");
}

#[test]
fn lines_are_withdrawn_by_batch_by_number_or_all_that_are_not_settled() {
    let server = Server::start();
    let mdtrt_id = ACTIVE.visit(&server, TERTIARY, "11", "2026-02-10", "500.00");
    charge(&server, &mdtrt_id, &[("B2", 2, "30.00"), ("B2", 3, "40.00"), ("B3", 4, "50.00")]).ok();
    server.call(TERTIARY, "2207", &ACTIVE.settlement(&mdtrt_id, "B1", "11", "500")).ok();

    withdraw(&server, TERTIARY, &mdtrt_id, "B2", r#","feedetl_sn":"3""#).ok();
    server.call(TERTIARY, "2206", &ACTIVE.settlement(&mdtrt_id, "B2", "11", "30")).ok();
    for (batch, line, code) in [
        ("B2", "3", "[line_not_found]"),
        ("B2", "4", "[line_not_found]"),
        ("B1", "1", "[line_settled]"),
        ("0000", "1", "[line_settled]"),
        ("B9", "", "[batch_not_found]"),
        ("B1", "", "[batch_settled]"),
        ("", "", "[missing_field]"),
    ] {
        says(withdraw(&server, TERTIARY, &mdtrt_id, batch, &format!(r#","feedetl_sn":"{line}""#)), code, "");
    }
    let events = server.verify().journal.events;
    assert_eq!(withdraw(&server, TERTIARY, &mdtrt_id, "0000", "").ok().at("warn_msg"), "");
    for batch in ["B2", "B3"] {
        says(withdraw(&server, TERTIARY, &mdtrt_id, batch, ""), "[batch_not_found]", "");
    }
    // Nothing is left; asking again is no error and no event.
    let again = withdraw(&server, TERTIARY, &mdtrt_id, "0000", "").ok();
    assert_eq!(again.at("warn_msg"), "本次就诊没有未结算的费用明细");
    assert_eq!(server.verify().journal.events, events + 1);
    // Somebody else's visit.
    says(withdraw(&server, SECONDARY, &mdtrt_id, "0000", ""), "[visit_not_found]", "");
    says(withdraw(&server, TERTIARY, "404", "0000", ""), "[visit_not_found]", "");
    let other = RETIRED.psn_no;
    let input = format!(r#"{{"data":{{"mdtrt_id":"{mdtrt_id}","chrg_bchno":"0000","psn_no":"{other}"}}}}"#);
    says(server.call(TERTIARY, "2205", &input), "[visit_not_found]", "");
}

#[test]
fn a_registration_is_taken_back_when_nothing_is_left_of_its_visit_and_for_good() {
    let server = Server::start();
    let mdtrt_id = ACTIVE.visit(&server, TERTIARY, "11", "2026-02-10", "500.00");
    let input = ACTIVE.settlement(&mdtrt_id, "B1", "11", "500");
    let settled = server.call(TERTIARY, "2207", &input).ok();
    says(unregister(&server, SECONDARY, &mdtrt_id, "MZ1"), "[visit_not_found]", "");
    says(
        unregister(&server, TERTIARY, &mdtrt_id, "MZ2"),
        "[original_differs]",
        "data.ipt_otp_no，给出「MZ2」，应为 MZ1",
    );
    says(unregister(&server, TERTIARY, &mdtrt_id, ""), "[missing_field]", "data.ipt_otp_no");
    says(unregister(&server, TERTIARY, &mdtrt_id, "MZ1"), "[visit_settled]", "2208");
    let cancel = ACTIVE.cancellation(&mdtrt_id, &settled.at("output.setlinfo.setl_id"));
    server.call(TERTIARY, "2208", &cancel).ok();
    says(unregister(&server, TERTIARY, &mdtrt_id, "MZ1"), "[charges_remain]", "2205");
    withdraw(&server, TERTIARY, &mdtrt_id, "0000", "").ok();
    assert_eq!(unregister(&server, TERTIARY, &mdtrt_id, "MZ1").ok().at("output"), "{}");

    let server = server.restart();
    says(
        unregister(&server, TERTIARY, &mdtrt_id, "MZ1"),
        "[visit_cancelled] 此就诊的挂号已撤销：字段 data.mdtrt_id",
        "",
    );
    let describe = ACTIVE.description(&mdtrt_id, "11", "2026-02-10 09:00:00");
    says(server.call(TERTIARY, "2203", &describe), "[visit_cancelled]", "mdtrtinfo.mdtrt_id");
    says(charge(&server, &mdtrt_id, &[("B5", 5, "1.00")]), "[visit_cancelled]", "feedetail[0].mdtrt_id");
    says(withdraw(&server, TERTIARY, &mdtrt_id, "0000", ""), "[visit_cancelled]", "");
    for infno in ["2206", "2207"] {
        says(server.call(TERTIARY, infno, &input), "[visit_cancelled]", "");
    }
    says(server.call(TERTIARY, "2208", &cancel), "[already_cancelled]", "");
}

#[test]
fn a_pharmacy_takes_back_its_registration_as_a_hospital_does() {
    let server = Server::start();
    let registered = server.call(PHARMACY, "2201", &ACTIVE.registration("2026-02-10 09:00:00")).ok();
    let mdtrt_id = registered.at("output.data.mdtrt_id");
    unregister(&server, PHARMACY, &mdtrt_id, "MZ1").ok();
    says(unregister(&server, PHARMACY, &mdtrt_id, "MZ1"), "[visit_cancelled]", "");
}
