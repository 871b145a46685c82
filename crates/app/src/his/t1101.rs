//! 1101 人员信息获取: who shows this certificate, and how the person is insured.

use serde::Serialize;

use gongji_domain::Day;
use gongji_register::entitlement::{Period, State};

use super::benefit;
use super::call::{Call, Done, Plan};
use super::codes;
use super::decode::Input;
use super::errors::{Code, Fault};
use super::number::Yuan;
use super::paying::{Offered, offered};
use gongji_register::Member;

/// Most relatives that are told; no person has so many.
const MOST: usize = 20;

#[derive(Serialize)]
struct Output {
    baseinfo: BaseInfo,
    insuinfo: [InsuInfo; 1],
    idetinfo: [IdetInfo; 0],
}

#[derive(Serialize)]
struct BaseInfo {
    psn_no: String,
    psn_cert_type: &'static str,
    certno: String,
    psn_name: String,
    gend: String,
    naty: String,
    brdy: String,
    age: i32,
    exp_content: String,
}

#[derive(Serialize)]
struct InsuInfo {
    balc: Yuan,
    insutype: &'static str,
    psn_type: String,
    psn_insu_stas: &'static str,
    psn_insu_date: String,
    paus_insu_date: String,
    cvlserv_flag: &'static str,
    insuplc_admdvs: String,
    emp_name: String,
}

/// 身份信息: none of the members this service knows has a special identity.
#[derive(Serialize)]
struct IdetInfo {}

pub(crate) fn prepare(input: &Input<'_>) -> Result<Plan, Fault> {
    let data = input.node("data")?;
    let kind = data.one_of("mdtrt_cert_type", codes::CERTIFICATES)?;
    let number = data.required("mdtrt_cert_no", 50)?;
    if kind == "03" {
        data.expected("card_sn", 32, input.notes)?;
    }
    data.known(&["card_sn", "begntime", "psn_cert_type"]);
    // The interface requires both and its own real sample leaves them empty.
    let certno = data.optional("certno", 50)?;
    let psn_name = data.optional("psn_name", 50)?;
    data.finish(input.notes);
    input.finish();

    Ok(Plan::of_certificate(kind, &number.clone(), move |call: &Call<'_>| {
        let unknown = || Fault::at(Code::NotAMember, "data.mdtrt_cert_no").given(&number);
        let member = call.shown(kind, &number).ok_or_else(unknown)?;
        call.check_card(member, kind, &number)?;
        for (field, said, is) in
            [("certno", &certno, &member.identity.certificate), ("psn_name", &psn_name, &member.identity.name)]
        {
            if let Some(said) = said.as_ref().filter(|said| *said != is) {
                return Err(Fault::at(Code::CertificateMismatch, format!("data.{field}"))
                    .given(said)
                    .allowed("凭证本人的信息"));
            }
        }
        let today = call.now.day;
        let periods = benefit::periods(call.decider, member, today);
        let state = periods.last().map(|period| period.state);
        Ok(Done::answer(&Output {
            baseinfo: BaseInfo {
                psn_no: member.number.clone(),
                psn_cert_type: "01",
                certno: member.identity.certificate.clone(),
                psn_name: member.identity.name.clone(),
                gend: member.identity.gender.clone(),
                naty: member.identity.ethnicity.clone(),
                brdy: member.identity.birth.to_string(),
                age: today.age_since(member.identity.birth),
                exp_content: authorised(call, member),
            },
            insuinfo: [InsuInfo {
                balc: call.book.balance(&member.number).into(),
                insutype: "310",
                psn_type: member.category_on(today).to_owned(),
                psn_insu_stas: status(state),
                psn_insu_date: periods.first().map(|first| first.from.to_string()).unwrap_or_default(),
                paus_insu_date: paused(&periods).map(|day| day.to_string()).unwrap_or_default(),
                cvlserv_flag: codes::flag(member.civil_servant),
                insuplc_admdvs: member.area.clone(),
                emp_name: member.employer_on(today).to_owned(),
            }],
            idetinfo: [],
        }))
    })
    .with_relatives(true))
}

/// 账户共济授权信息 as JSON text: whose accounts may pay for the person; empty where nobody's may.
fn authorised(call: &Call<'_>, member: &Member) -> String {
    #[derive(Serialize)]
    struct Content {
        mutual_aid: Vec<Offered>,
    }
    let mutual_aid: Vec<Offered> = offered(call, member).into_iter().take(MOST).collect();
    if mutual_aid.is_empty() {
        return String::new();
    }
    serde_json::to_string(&Content { mutual_aid }).expect("texts and numbers can always be written")
}

/// 人员参保状态: 0 not insured, 1 in benefit, 2 paused, 4 ended.
fn status(state: Option<State>) -> &'static str {
    match state {
        None => "0",
        Some(State::InBenefit) => "1",
        Some(State::Waiting | State::Arrears | State::Suspended) => "2",
        Some(State::Ended) => "4",
    }
}

/// 暂停参保日期: since when there have been no benefits, if there are none now.
fn paused(periods: &[Period]) -> Option<Day> {
    let out = periods.iter().rev().take_while(|period| period.state != State::InBenefit);
    out.last().map(|period| period.from)
}
