//! What the sandbox's members went through before (前史): real settlements, sent to the service as an institution would
//! send them. Message numbers and days depend on the year alone, so a restart plays nothing twice, and a new year has
//! its own.

use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use anyhow::{anyhow, bail};
use gongji_domain::Fen;
use serde_json::{Value, json as value};

use super::members::{Person, Visit};
use crate::his::Service;
use crate::his::json::{self, Json};

/// A covered item without ceiling and first-pay share.
const ITEM: &str = "DEMO-YP-0001";

/// Has everybody's visits of the year settled; `progress` is told how many are done of how many. Gives what came out
/// otherwise than it is described, in words: packages of one's own may pay otherwise.
///
/// # Errors
/// The first message that was refused.
pub(crate) fn play(
    service: &Arc<Service>,
    people: &[Person],
    mut progress: impl FnMut(usize, usize),
) -> anyhow::Result<Vec<String>> {
    let year = service.clock().now().year();
    let visits: Vec<(&Person, usize, &Visit)> = people
        .iter()
        .flat_map(|person| person.play.iter().enumerate().map(move |(at, visit)| (person, at, visit)))
        .collect();
    let mut otherwise = Vec::new();
    for (done, (person, at, visit)) in visits.iter().enumerate() {
        otherwise.extend(settle(service, year, person, *at, visit)?);
        progress(done + 1, visits.len());
    }
    Ok(otherwise)
}

fn settle(service: &Arc<Service>, year: i16, person: &Person, at: usize, visit: &Visit) -> anyhow::Result<Vec<String>> {
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
    let registered = send(
        "2201",
        shown(value!({
            "begntime": begins, "ipt_otp_no": "SBX", "atddr_no": "D1", "dr_name": "沙箱", "dept_code": "01",
            "dept_name": "内科", "caty": "A03",
        })),
    )?;
    let mdtrt_id = word(&registered, &["output", "data", "mdtrt_id"]);
    send(
        "2203",
        value!({ "mdtrtinfo": {
        "mdtrt_id": mdtrt_id, "psn_no": member.psn_no, "med_type": "11", "begntime": begins,
    } }),
    )?;
    let total = visit.total.to_string();
    send(
        "2204",
        value!({ "feedetail": [{
        "feedetl_sn": "1", "mdtrt_id": mdtrt_id, "psn_no": member.psn_no, "chrg_bchno": "1",
        "fee_ocur_time": begins, "med_list_codg": ITEM, "det_item_fee_sumamt": total, "cnt": 1, "pric": total,
        "hosp_appr_flag": "0",
    }] }),
    )?;
    let settled = send(
        "2207",
        shown(value!({
            "med_type": "11", "medfee_sumamt": total, "psn_setlway": "01", "mdtrt_id": mdtrt_id, "chrg_bchno": "1",
            "acct_used_flag": if visit.account { "1" } else { "0" },
        })),
    )?;
    let said = |field: &str| word(&settled, &["output", "setlinfo", field]);
    let differs = |(field, expected): (&str, Fen)| {
        let (came, expected) = (said(field), expected.to_string());
        (came != expected).then(|| format!("{} {field}：{came}，应为 {expected}", member.psn_no))
    };
    Ok([("act_pay_dedc", visit.borne), ("hifp_pay", visit.fund)].into_iter().filter_map(differs).collect())
}

/// Sends one message and waits for its answer, which must be a success.
fn exchange(
    service: &Arc<Service>,
    institution: &str,
    infno: &str,
    msgid: &str,
    input: &Value,
) -> anyhow::Result<Json<'static>> {
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
    let reply = receiver.recv()?;
    let reply = json::read(&reply).map_err(|fault| anyhow!("{fault}"))?;
    if word(&reply, &["infcode"]) != "0" {
        bail!("沙箱的前史没有办成：{infno} {msgid}：{}", word(&reply, &["err_msg"]));
    }
    Ok(reply.into_owned())
}

/// What a reply says at a place, as it is written.
fn word(reply: &Json, place: &[&str]) -> String {
    match place.iter().try_fold(reply, |value, step| value.get(step)) {
        Some(Json::Text(text) | Json::Number(text)) => text.to_string(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use gongji_store::Place;
    use jiff::civil::{DateTime, date};

    use super::super::{Holds, check, holds, mark, members};
    use super::*;
    use crate::cli::load;
    use crate::his::Policies;
    use crate::serve::clock::Clock;

    struct At(i16);

    impl Clock for At {
        fn now(&self) -> DateTime {
            // The first day of a year is the hardest: nothing may lie ahead of it.
            date(self.0, 1, 1).at(9, 30, 0, 0)
        }
    }

    fn open(place: &Place, year: i16) -> Arc<Service> {
        let policies = Arc::new(Policies::load(&load::shipped()).unwrap());
        let directory = members::directory(None).unwrap();
        Arc::new(Service::open_marked(place, directory, policies, Arc::new(At(year)), &mark()).unwrap())
    }

    #[test]
    fn the_members_went_through_what_the_table_says_once_a_year() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::file(folder.path().join("sandbox.db"));
        let people = members::people().unwrap();
        assert_eq!(holds(&place).unwrap(), Holds::Nothing);
        let mut kept = Vec::new();
        for year in [2026, 2026, 2027] {
            let service = open(&place, year);
            let mut told = Vec::new();
            assert_eq!(play(&service, &people, |done, of| told.push((done, of))).unwrap(), Vec::<String>::new());
            assert_eq!(told.last(), Some(&(16, 16)));
            kept.push(service.store().head().events);
            drop(service);
            assert_eq!(holds(&place).unwrap(), Holds::Sandbox);
        }
        assert_eq!(kept[0], kept[1], "a restart plays nothing twice");
        assert_eq!(kept[2] - kept[1], 16 * 4, "a new year has its own");
    }

    #[test]
    fn a_store_that_is_no_sandbox_is_never_taken_for_one() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::file(folder.path().join("real.db"));
        let policies = Arc::new(Policies::load(&load::shipped()).unwrap());
        drop(Service::open(&place, crate::serve::demo::directory().unwrap(), policies, Arc::new(At(2026))).unwrap());
        assert_eq!(holds(&place).unwrap(), Holds::Other);
        assert!(check(&place).unwrap_err().to_string().contains("不是沙箱"));
        assert!(check(&Place::from("postgres://localhost/gongji")).is_err());
    }

    #[test]
    fn every_member_of_the_sandbox_is_fictitious_and_has_a_state() {
        let shown = members::shown().unwrap();
        let directory = members::directory(None).unwrap();
        assert_eq!(directory.members().count(), shown.len(), "each once, none without a state");
        assert!(directory.members().all(|member| member.certno.starts_with("99") && member.certno.len() == 18));
        for area in ["211200", "320700", "360100", "500000"] {
            let states: Vec<&str> =
                shown.iter().filter(|one| one.member.area == area).map(|one| one.state.as_str()).collect();
            for state in [
                "在职，待遇正常",
                "退休，待遇正常",
                "停保",
                "尚未参保生效",
                "起付线用去一半",
                "年度支付限额已用完",
                "个人账户为空",
                "门诊慢特病",
                "建国前老工人",
                "异地就医用",
            ] {
                assert!(states.contains(&state), "{area} {state}");
            }
        }
    }
}
