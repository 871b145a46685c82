//! 3201: an institution's sums against the centre's, over the day's settlements, cancellations and reversals.

use super::{ACTIVE, RETIRED, Reply, SECONDARY, Server, TERTIARY, message};

/// Total, fund, account and count of what the centre should have.
fn totals(server: &Server, sums: [&str; 3], count: u32, more: &str) -> Reply {
    let [total, fund, account] = sums;
    let input = format!(
        r#"{{"data":{{"insutype":"310","clr_type":"11","setl_optins":"500000","stmt_begndate":"2026-03-01",
        "stmt_enddate":"2026-03-01","medfee_sumamt":{total},"fund_pay_sumamt":"{fund}","acct_pay":{account},
        "fixmedins_setl_cnt":{count}{more}}}}}"#
    );
    server.call(TERTIARY, "3201", &input)
}

#[test]
fn sums_are_even_or_the_difference_is_told() {
    let server = Server::start();
    assert_eq!(totals(&server, ["0", "0", "0"], 0, "").ok().at("output.stmtinfo.stmt_rslt"), "0");
    let visit = ACTIVE.visit(&server, TERTIARY, "11", "2026-02-10", "500.00");
    let settled = server.call(TERTIARY, "2207", &ACTIVE.settlement(&visit, "B1", "11", "500")).ok();
    let [fund, account] = ["fund_pay_sumamt", "acct_pay"].map(|field| settled.at(&format!("output.setlinfo.{field}")));
    // Elsewhere, and under another type of clearing: neither counts here.
    let other = RETIRED.visit(&server, SECONDARY, "11", "2026-02-10", "80.00");
    server.call(SECONDARY, "2207", &RETIRED.settlement(&other, "B1", "11", "80")).ok();
    let fee = RETIRED.visit(&server, TERTIARY, "13", "2026-02-10", "70.00");
    server.call(TERTIARY, "2207", &RETIRED.settlement(&fee, "B1", "13", "70")).ok();

    let even = totals(&server, ["500", &fund, &account], 1, "").ok();
    assert_eq!(even.at("output.stmtinfo.stmt_rslt"), "0", "{}", even.raw);
    let uneven = totals(&server, ["490.00", &fund, &account], 2, "").ok();
    assert_eq!(uneven.at("output.stmtinfo.stmt_rslt"), "1");
    let told = uneven.at("output.stmtinfo.stmt_rslt_dscr");
    assert!(told.contains("笔数 中心 1 机构 2") && told.contains("差 10.00"), "{told}");
    assert!(told.chars().count() <= 200);
}

#[test]
fn cancellations_and_reversals_are_rows_of_their_own() {
    let server = Server::start();
    let visit = ACTIVE.visit(&server, TERTIARY, "11", "2026-02-10", "500.00");
    let settle = ACTIVE.settlement(&visit, "B1", "11", "500");
    let settled = server.call(TERTIARY, "2207", &settle).ok();
    let cancel = ACTIVE.cancellation(&visit, &settled.at("output.setlinfo.setl_id"));
    server.call(TERTIARY, "2208", &cancel).ok();
    assert_eq!(totals(&server, ["0", "0", "0"], 2, "").ok().at("output.stmtinfo.stmt_rslt"), "0");
    server.send(&message("2207", "LOST", TERTIARY, &settle)).ok();
    let reverse = format!(r#"{{"data":{{"psn_no":"{}","omsgid":"LOST","oinfno":"2207"}}}}"#, ACTIVE.psn_no);
    server.call(TERTIARY, "2601", &reverse).ok();
    assert_eq!(totals(&server, ["0", "0", "0"], 4, "").ok().at("output.stmtinfo.stmt_rslt"), "0");
    let fund = settled.at("output.setlinfo.fund_pay_sumamt");
    let account = settled.at("output.setlinfo.acct_pay");
    let double = |amount: &str| (amount.parse::<gongji_domain::Fen>().unwrap() + amount.parse().unwrap()).to_string();
    let forward = [double("500.00"), double(&fund), double(&account)];
    let forward = [&*forward[0], &*forward[1], &*forward[2]];
    let only = totals(&server, forward, 2, r#","refd_setl_flag":"0""#).ok();
    assert_eq!(only.at("output.stmtinfo.stmt_rslt"), "0", "{}", only.raw);
    let back = forward.map(|amount| format!("-{amount}"));
    let only = totals(&server, [&back[0], &back[1], &back[2]], 2, r#","refd_setl_flag":"1""#).ok();
    assert_eq!(only.at("output.stmtinfo.stmt_rslt"), "0", "{}", only.raw);
}

#[test]
fn a_range_that_is_none_or_too_long_is_refused() {
    let server = Server::start();
    for (from, to) in [("2026-03-02", "2026-03-01"), ("2025-01-01", "2026-03-01")] {
        let input = format!(
            r#"{{"data":{{"insutype":"310","clr_type":"11","setl_optins":"500000","stmt_begndate":"{from}",
            "stmt_enddate":"{to}","medfee_sumamt":0,"fund_pay_sumamt":0,"acct_pay":0,"fixmedins_setl_cnt":0}}}}"#
        );
        let fault = server.call(TERTIARY, "3201", &input).err();
        assert!(fault.starts_with("[out_of_range]") && fault.contains("data.stmt_enddate"), "{fault}");
    }
}
