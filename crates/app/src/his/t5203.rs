//! 5203 结算信息查询: a settlement of this institution as it was answered, also for a terminal that lost the answer.

use gongji_store::Event;

use super::book::Change;
use super::call::{Looking, Plan};
use super::decode::Input;
use super::errors::{Code, Fault};
use super::json::{self, Json};
use super::past::{Past, at};
use super::row::{Row, nodes};
use gongji_register::Member;

/// What a reversal reports with the opposite sign.
const AMOUNTS: &[&str] = &[
    "medfee_sumamt",
    "fulamt_ownpay_amt",
    "overlmt_selfpay",
    "preselfpay_amt",
    "inscp_scp_amt",
    "act_pay_dedc",
    "hifp_pay",
    "cvlserv_pay",
    "hifes_pay",
    "hifmi_pay",
    "hifob_pay",
    "maf_pay",
    "oth_pay",
    "hifdm_pay",
    "fund_pay_sumamt",
    "hosp_part_amt",
    "acct_pay",
    "acct_mulaid_pay",
];

pub(crate) fn prepare(input: &Input<'_>) -> Result<Plan, Fault> {
    let data = input.node("data")?;
    let psn_no = data.required("psn_no", 30)?;
    let setl_id = data.required("setl_id", 30)?;
    let mdtrt_id = data.required("mdtrt_id", 30)?;
    data.finish(input.notes);
    input.finish();

    Ok(Plan::looking(&psn_no.clone(), move |look: &Looking<'_>| {
        let member = look.member(&psn_no, "data.psn_no")?;
        let past = look.visit(&psn_no, &mdtrt_id)?;
        let none =
            || Fault::at(Code::SettlementNotFound, "data.setl_id").given(&setl_id).allowed("2207 返回的 setl_id");
        let (event, refund) = past.settlement(&setl_id).ok_or_else(none)?;
        let output = answered(&past, event, refund)?;
        let info = output.rows("setlinfo").first().unwrap_or(&Json::Null);
        let info = told(look, &past, member, (event, info, &setl_id, refund));
        Ok(nodes(&[("setlinfo", info), ("setldetail", Json::List(output.rows("setldetail").to_vec()))]))
    }))
}

/// What was answered. A reversal (冲正) was answered with nothing: then what it took back, its amounts negative; the
/// balance was not told.
fn answered<'e>(past: &'e Past, event: &'e Event, refund: bool) -> Result<Json<'e>, Fault> {
    let output = output(event)?;
    let original = past.cancelled(event).filter(|_| refund && output.get("setlinfo").is_none());
    let Some(original) = original else { return Ok(output) };
    let mut back = self::output(original)?;
    let personal = ["psn_part_amt", "psn_cash_pay", "fund_payamt", "crt_payb_lmt_amt"];
    AMOUNTS.iter().chain(&personal).for_each(|name| back.each(name, &mut |value| *value = value.negative()));
    back.each("balc", &mut |value| *value = Json::Text("".into()));
    Ok(back)
}

fn output(event: &Event) -> Result<Json<'_>, Fault> {
    Ok(json::read(&event.reply)?.get("output").cloned().unwrap_or(Json::Null))
}

fn told(look: &Looking<'_>, past: &Past, member: &Member, of: (&Event, &Json<'_>, &str, bool)) -> Json<'static> {
    let (event, info, setl_id, refund) = of;
    let day = past.moment().day;
    let asked = json::read_text(&event.input).unwrap_or(Json::Null);
    let asked = asked.rows("data").first().unwrap_or(&Json::Null);
    Row::default()
        .text("setl_id", setl_id)
        .text("mdtrt_id", &past.mdtrt_id)
        .person(member, day)
        .empty(&["flxempe_flag", "nwb_flag"])
        .text("insu_optins", &member.area)
        .text("emp_name", member.employer_on(day))
        // 支付地点: 2 at the institution.
        .text("pay_loc", "2")
        .text("fixmedins_code", &look.institution.code)
        .text("fixmedins_name", &look.institution.name)
        .text("hosp_lv", &look.institution.hosp_lv)
        .text("fixmedins_poolarea", &look.institution.area)
        .text("lmtpric_hosp_lv", &look.institution.hosp_lv)
        .text("dedc_hosp_lv", &look.institution.hosp_lv)
        .text("begndate", day.to_string())
        .text("enddate", day.to_string())
        .text("setl_time", at(event))
        .copied(info, &["mdtrt_cert_type", "med_type", "clr_type", "clr_way", "clr_optins"])
        .copied(info, AMOUNTS)
        .copied(info, &["pool_prop_selfpay", "balc"])
        // Queries spell the personal amounts in their own way; the other spelling is there as well.
        .renamed("psn_pay", info, "psn_part_amt")
        .renamed("cash_payamt", info, "psn_cash_pay")
        .copied(info, &["psn_part_amt", "psn_cash_pay"])
        .text("medins_setl_id", &event.msgid)
        .text("refd_setl_flag", if refund { "1" } else { "0" })
        .text("year", day.ymd().0.to_string())
        .copied(asked, &["dise_codg", "dise_name", "invono"])
        .empty(&["opter_id", "opter_name", "pref_fund_pay"])
        .text("opt_time", at(event))
        .text("exp_content", content(past, setl_id))
        .done()
}

/// What the interface has no field for: that the settlement was cancelled, and by which.
fn content(past: &Past, setl_id: &str) -> String {
    let cancels = past.events.iter().find_map(|(_, change)| match change {
        Change::Cancelled { setl_id: by, cancels, .. } if by == setl_id => Some(("original_setl_id", cancels.as_str())),
        Change::Cancelled { setl_id: by, cancels, .. } if cancels == setl_id => Some(("cancelled_by", by.as_str())),
        _ => None,
    });
    cancels.map_or_else(String::new, |(name, id)| format!("{{\"{name}\":\"{id}\"}}"))
}
