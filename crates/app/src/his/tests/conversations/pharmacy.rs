//! Conversations of a pharmacy: a purchase from the account, a purchase by prescription from the pool.

use super::super::{ACTIVE, PHARMACY, SECONDARY, TERTIARY};
use super::centre::Scribe;
use super::hospital::{AT, fault, upload};
use super::{Named, script};

pub(super) const SCRIPTS: &[Named] = &[
    (
        "pharmacy",
        script(
            "药店购药：预结算、结算、撤销，没有处方由账户付",
            "A purchase without prescription: tried, settled from the account, taken back",
            purchase,
        ),
    ),
    (
        "pharmacy-prescription",
        script(
            "药店凭外配处方：2201、2203A、2204、2206、2207，统筹按开方医院付",
            "A purchase by prescription, which the pool pays as at the hospital that prescribed",
            prescription,
        ),
    ),
];

fn purchase(scribe: &mut Scribe) {
    let basket =
        ACTIVE.purchase("2026-02-10 08:00:00", "200.00", &[("DEMO-YP-0001", "150.00"), ("DEMO-YP-0002", "50.00")]);
    for infno in ["2101", "2101A"] {
        scribe.say("预结算：账户付 200", PHARMACY, infno, &basket).ok();
    }
    fault(&scribe.say("医院不能办", TERTIARY, "2101", &basket), "pharmacy_only");
    let wrong = basket.replacen("\"medfee_sumamt\":200.00", "\"medfee_sumamt\":199.99", 1);
    fault(&scribe.say("总额与明细不符", PHARMACY, "2102", &wrong), "total_mismatch");
    let wrong = basket.replacen("\"psn_name\":\"演示乙\"", "\"psn_name\":\"别人\"", 1);
    fault(&scribe.say("姓名是别人的", PHARMACY, "2102", &wrong), "certificate_mismatch");
    for infno in ["2102", "2102A", "2102B"] {
        let settled = scribe.say("结算：账户付 200", PHARMACY, infno, &basket).ok();
        let [visit, setl_id] = ["mdtrt_id", "setl_id"].map(|field| settled.at(&format!("output.setlinfo.{field}")));
        let cancel = ACTIVE.cancellation(&visit, &setl_id);
        fault(&scribe.say("药店的结算不用 2208 撤", PHARMACY, "2208", &cancel), "other_cancellation");
        scribe.say("撤销：退回账户", PHARMACY, "2103", &cancel).ok();
        fault(&scribe.say("再次撤销", PHARMACY, "2103", &cancel), "already_cancelled");
    }
}

fn prescription(scribe: &mut Scribe) {
    let registered = scribe.say("挂号", PHARMACY, "2201", &ACTIVE.registration(AT)).ok();
    let visit = registered.at("output.data.mdtrt_id");
    let said = |by: &str| {
        let by = format!("\"rxfixmedinsCode\":\"{by}\",\"dise_codg\"");
        ACTIVE.description(&visit, "41", AT).replacen("\"dise_codg\"", &by, 1)
    };
    fault(&scribe.say("开方机构不是定点医院", PHARMACY, "2203A", &said("X")), "prescriber_unknown");
    scribe.say("处方由二级医院开", PHARMACY, "2203A", &said(SECONDARY)).ok();
    let line = ACTIVE.line(&visit, "B1", 1, "DEMO-YP-0001", "700.00");
    scribe.say("明细", PHARMACY, "2204", &upload(&[line])).ok();
    let input = ACTIVE.settlement(&visit, "B1", "41", "700");
    scribe.say("预结算：(700−200)×60%＝300", PHARMACY, "2206", &input).ok();
    let settled = scribe.say("结算", PHARMACY, "2207", &input).ok();
    assert_eq!(settled.at("output.setlinfo.fund_pay_sumamt"), "300.00");
}
