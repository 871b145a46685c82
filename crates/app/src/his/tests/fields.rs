//! The outputs have every field of the interface's tables, and the money identities hold.

use gongji_domain::Fen;

use super::super::json::{self, Json};
use super::{ACTIVE, Reply, Server, TERTIARY};

const SETLINFO: &str = "mdtrt_id setl_id psn_no psn_name psn_cert_type certno gend naty brdy age insutype psn_type \
    cvlserv_flag setl_time mdtrt_cert_type med_type medfee_sumamt fulamt_ownpay_amt overlmt_selfpay preselfpay_amt \
    inscp_scp_amt act_pay_dedc hifp_pay pool_prop_selfpay cvlserv_pay hifes_pay hifmi_pay hifob_pay maf_pay oth_pay \
    fund_pay_sumamt psn_part_amt acct_pay psn_cash_pay hosp_part_amt balc acct_mulaid_pay medins_setl_id clr_optins \
    clr_way clr_type hifdm_pay exp_content";
const SETLDETAIL: &str = "fund_pay_type inscp_scp_amt crt_payb_lmt_amt fund_payamt fund_pay_type_name setl_proc_info";
const RESULT: &str = "feedetl_sn det_item_fee_sumamt cnt pric pric_uplmt_amt selfpay_prop fulamt_ownpay_amt \
    overlmt_amt preselfpay_amt inscp_scp_amt chrgitm_lv med_chrgitm_type bas_medn_flag hi_nego_drug_flag \
    chld_medc_flag list_sp_item_flag lmt_used_flag drt_reim_flag memo exp_content";
const BASEINFO: &str = "psn_no psn_cert_type certno psn_name gend naty brdy age exp_content";
const INSUINFO: &str =
    "balc insutype psn_type psn_insu_stas psn_insu_date paus_insu_date cvlserv_flag insuplc_admdvs emp_name";

/// The names of the object at a path, in order.
fn names(reply: &Reply, path: &str) -> String {
    let text = reply.at(path);
    let Json::Object(fields) = json::read_text(&text).unwrap() else { panic!("{path} is no object") };
    let mut names: Vec<String> = fields.into_iter().map(|field| field.0.into()).collect();
    names.sort_unstable();
    names.join(" ")
}

fn sorted(table: &str) -> String {
    let mut names: Vec<&str> = table.split_whitespace().collect();
    names.sort_unstable();
    names.join(" ")
}

#[test]
fn outputs_are_complete() {
    let server = Server::start();
    let looked =
        server.call(TERTIARY, "1101", r#"{"data":{"mdtrt_cert_type":"03","mdtrt_cert_no":"DEMO000002"}}"#).ok();
    assert_eq!(names(&looked, "output.baseinfo"), sorted(BASEINFO));
    assert_eq!(names(&looked, "output.insuinfo.0"), sorted(INSUINFO));
    let mdtrt_id = ACTIVE.visit(&server, TERTIARY, "11", "2026-02-10", "500.00");
    let line = ACTIVE.line(&mdtrt_id, "B2", 2, "DEMO-YP-0002", "10.00");
    let charged = server.call(TERTIARY, "2204", &format!(r#"{{"feedetail":[{line}]}}"#)).ok();
    assert_eq!(names(&charged, "output.result.0"), sorted(RESULT));
    let input = ACTIVE.settlement(&mdtrt_id, "B1", "11", "500");
    let trial = server.call(TERTIARY, "2206", &input).ok();
    assert_eq!(names(&trial, "output.setlinfo"), sorted(&SETLINFO.replace(" setl_id ", " ")));
    let settled = server.call(TERTIARY, "2207", &input).ok();
    assert_eq!(names(&settled, "output.setlinfo"), sorted(SETLINFO));
    assert_eq!(names(&settled, "output.setldetail.0"), sorted(SETLDETAIL));
    let cancel = ACTIVE.cancellation(&mdtrt_id, &settled.at("output.setlinfo.setl_id"));
    let cancelled = server.call(TERTIARY, "2208", &cancel).ok();
    assert_eq!(names(&cancelled, "output.setlinfo"), sorted(&format!("{SETLINFO} pdn_cash_pay")));
    assert_eq!(names(&cancelled, "output.setldetail.0"), sorted(SETLDETAIL));
}

pub(super) fn money(reply: &Reply, path: &str) -> Fen {
    let text = reply.at(path);
    // Two decimals, always.
    assert_eq!(text.split_once('.').map(|(_, decimals)| decimals.len()), Some(2), "{path} is {text}");
    Fen::parse_signed(&text).unwrap()
}

/// I1 to I5, I8, I9 on one reply, and that `raw` numbers are numbers.
#[track_caller]
pub(super) fn check_identities(reply: &Reply) {
    let of = |field: &str| money(reply, &format!("output.setlinfo.{field}"));
    let sum = |fields: &str| fields.split(' ').map(of).sum::<Fen>();
    assert_eq!(of("medfee_sumamt"), sum("fund_pay_sumamt psn_part_amt hosp_part_amt"), "I1");
    assert_eq!(of("psn_part_amt"), sum("acct_pay psn_cash_pay"), "I2");
    assert!(of("acct_mulaid_pay").fen().abs() <= of("acct_pay").fen().abs(), "I3");
    assert_eq!(
        of("fund_pay_sumamt"),
        sum("hifp_pay cvlserv_pay hifes_pay hifmi_pay hifob_pay maf_pay oth_pay hifdm_pay"),
        "I4"
    );
    assert_eq!(of("medfee_sumamt"), sum("fulamt_ownpay_amt overlmt_selfpay preselfpay_amt inscp_scp_amt"), "I5");
    // A cancellation tells both as negative amounts.
    let [borne, eligible] = [of("act_pay_dedc"), of("inscp_scp_amt")].map(|amount| amount.fen().abs());
    assert!(borne <= eligible, "I9");
    let text = reply.at("output.setldetail");
    let Json::List(details) = json::read_text(&text).unwrap() else { panic!() };
    let listed = (0..details.len()).map(|i| money(reply, &format!("output.setldetail.{i}.fund_payamt"))).sum::<Fen>();
    assert_eq!(listed, sum("fund_pay_sumamt acct_pay hosp_part_amt"), "I8");
}

#[test]
fn the_money_identities_hold_forward_and_back() {
    let server = Server::start();
    let registered = server.call(TERTIARY, "2201", &ACTIVE.registration("2026-02-10 09:00:00")).ok();
    let mdtrt_id = registered.at("output.data.mdtrt_id");
    server.call(TERTIARY, "2203", &ACTIVE.description(&mdtrt_id, "11", "2026-02-10 09:00:00")).ok();
    let items = ["DEMO-YP-0001", "DEMO-YP-0002", "DEMO-YP-0003", "DEMO-YP-0004", "DEMO-HC-0001", "DEMO-FW-0004"];
    let rows: Vec<String> = (1..)
        .zip(items.iter().cycle().take(30))
        .map(|(i, item)| {
            ACTIVE.line(&mdtrt_id, &format!("B{}", i % 5), i, item, &format!("{}.{:02}", i * 37 % 400, i * 13 % 100))
        })
        .collect();
    let charged = server.call(TERTIARY, "2204", &format!(r#"{{"feedetail":[{}]}}"#, rows.join(","))).ok();
    let mut header = [Fen::ZERO; 5];
    let line_fields = ["det_item_fee_sumamt", "fulamt_ownpay_amt", "overlmt_amt", "preselfpay_amt", "inscp_scp_amt"];
    let header_fields = ["medfee_sumamt", "fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt"];
    let mut totals = [Fen::ZERO; 5];
    for i in 0..30 {
        let line = line_fields.map(|field| money(&charged, &format!("output.result.{i}.{field}")));
        assert_eq!(line[0], line[1] + line[2] + line[3] + line[4], "I6 of line {i}");
        totals[(i + 1) % 5] += line[0];
        for (sum, amount) in header.iter_mut().zip(line) {
            *sum += amount;
        }
    }
    for (batch, total) in totals.iter().enumerate() {
        let input = ACTIVE.settlement(&mdtrt_id, &format!("B{batch}"), "11", &total.to_string());
        let trial = server.call(TERTIARY, "2206", &input).ok();
        let settled = server.call(TERTIARY, "2207", &input).ok();
        check_identities(&trial);
        check_identities(&settled);
        for (sum, field) in header.iter_mut().zip(header_fields) {
            *sum -= money(&settled, &format!("output.setlinfo.{field}"));
        }
        let cancel = ACTIVE.cancellation(&mdtrt_id, &settled.at("output.setlinfo.setl_id"));
        let cancelled = server.call(TERTIARY, "2208", &cancel).ok();
        check_identities(&cancelled);
        for field in header_fields.iter().chain(&["act_pay_dedc", "hifp_pay", "acct_pay", "psn_cash_pay"]) {
            let at = format!("output.setlinfo.{field}");
            assert_eq!(money(&settled, &at), -money(&cancelled, &at), "I10 {field}");
        }
        server.call(TERTIARY, "2207", &input).ok();
    }
    assert_eq!(header, [Fen::ZERO; 5], "I7: the headers are the sums of the lines");
}
