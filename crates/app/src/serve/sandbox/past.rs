//! What the sandbox's members went through before (前史): real settlements, sent to the service as an institution would
//! send them. Message numbers and days depend on the year alone, so a restart plays nothing twice, and a new year has
//! its own.

use std::sync::mpsc::sync_channel;

use anyhow::{anyhow, bail};
use serde_json::{Value, json as value};

use super::members::{Person, Visit};
use crate::his::Service;
use crate::his::json::{self, Json};

/// A covered item without ceiling and first-pay share.
const ITEM: &str = "DEMO-YP-0001";

/// Has everybody's visits of the year settled; `progress` is told how many are done of how many.
///
/// # Errors
/// The first message that was refused.
pub(crate) fn play(service: &Service, people: &[Person], mut progress: impl FnMut(usize, usize)) -> anyhow::Result<()> {
    let year = service.clock().now().year();
    let visits: Vec<(&Person, usize, &Visit)> = people
        .iter()
        .flat_map(|person| person.play.iter().enumerate().map(move |(at, visit)| (person, at, visit)))
        .collect();
    for (done, (person, at, visit)) in visits.iter().enumerate() {
        settle(service, year, person, *at, visit)?;
        progress(done + 1, visits.len());
    }
    Ok(())
}

fn settle(service: &Service, year: i16, person: &Person, at: usize, visit: &Visit) -> anyhow::Result<()> {
    let member = &person.member;
    let begins = format!("{year}-01-01 09:00:00");
    let send = |infno: &str, input: Value| {
        let msgid = format!("SBX-{year}-{}-{at}-{infno}", member.psn_no);
        exchange(service, &visit.at, infno, &msgid, &input)
    };
    let shown = |mut fields: Value| {
        fields["psn_no"] = value!(member.psn_no);
        fields["mdtrt_cert_type"] = value!("02");
        fields["mdtrt_cert_no"] = value!(member.certno);
        fields["insutype"] = value!("310");
        value!({ "data": fields })
    };
    let registered = send("2201", shown(value!({
        "begntime": begins, "ipt_otp_no": "SBX", "atddr_no": "D1", "dr_name": "沙箱", "dept_code": "01",
        "dept_name": "内科", "caty": "A03",
    })))?;
    let mdtrt_id = word(&registered, &["output", "data", "mdtrt_id"]);
    send("2203", value!({ "mdtrtinfo": {
        "mdtrt_id": mdtrt_id, "psn_no": member.psn_no, "med_type": "11", "begntime": begins,
    } }))?;
    let total = visit.total.to_string();
    send("2204", value!({ "feedetail": [{
        "feedetl_sn": "1", "mdtrt_id": mdtrt_id, "psn_no": member.psn_no, "chrg_bchno": "1",
        "fee_ocur_time": begins, "med_list_codg": ITEM, "det_item_fee_sumamt": total, "cnt": 1, "pric": total,
        "hosp_appr_flag": "0",
    }] }))?;
    let settled = send("2207", shown(value!({
        "med_type": "11", "medfee_sumamt": total, "psn_setlway": "01", "mdtrt_id": mdtrt_id, "chrg_bchno": "1",
        "acct_used_flag": if visit.account { "1" } else { "0" },
    })))?;
    let said = |field: &str| word(&settled, &["output", "setlinfo", field]);
    for (field, expected) in [("act_pay_dedc", visit.borne), ("hifp_pay", visit.fund)] {
        if said(field) != expected.to_string() {
            // Packages of one's own may pay otherwise; the state is then what they make it.
            tracing::warn!(psn_no = member.psn_no, field, came = said(field), %expected, "another state than described");
        }
    }
    Ok(())
}

/// Sends one message and waits for its answer, which must be a success.
fn exchange(service: &Service, institution: &str, infno: &str, msgid: &str, input: &Value) -> anyhow::Result<Json> {
    let message = value!({
        "infno": infno, "msgid": msgid, "mdtrtarea_admvs": "", "insuplc_admdvs": "", "recer_sys_code": "SBX",
        "infver": "V1.0", "opter_type": "1", "opter": "SBX", "opter_name": "沙箱", "inf_time": "",
        "fixmedins_code": institution, "fixmedins_name": "沙箱", "sign_no": "", "input": input,
    });
    let (sender, receiver) = sync_channel(1);
    service.answer(message.to_string().as_bytes(), None, move |reply| {
        // The receiver waits below.
        let _ = sender.send(reply);
    });
    let reply = json::read(&receiver.recv()?).map_err(|fault| anyhow!("{fault}"))?;
    if word(&reply, &["infcode"]) != "0" {
        bail!("沙箱的前史没有办成：{infno} {msgid}：{}", word(&reply, &["err_msg"]));
    }
    Ok(reply)
}

/// What a reply says at a place, as it is written.
fn word(reply: &Json, place: &[&str]) -> String {
    match place.iter().try_fold(reply, |value, step| value.get(step)) {
        Some(Json::Text(text) | Json::Number(text)) => text.to_string(),
        _ => String::new(),
    }
}
