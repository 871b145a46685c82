//! 2201 门诊挂号: opens a visit.

use compact_str::CompactString;
use serde::Serialize;

use super::book::{Change, Registration};
use super::call::{Call, Done, Plan};
use super::codes;
use super::decode::Input;
use super::errors::{Code, Fault};
use super::written;

#[derive(Serialize)]
struct Output {
    data: Data,
}

#[derive(Serialize)]
struct Data {
    mdtrt_id: String,
    psn_no: CompactString,
    ipt_otp_no: CompactString,
    exp_content: &'static str,
}

pub(crate) fn prepare(input: &Input<'_>) -> Result<Plan, Fault> {
    let data = input.node("data")?;
    let psn_no = CompactString::from(data.required_word("psn_no", 30)?);
    let insutype = CompactString::from(data.required_word("insutype", 6)?);
    let begntime = data.moment("begntime")?;
    let cert_type = data.one_of("mdtrt_cert_type", codes::CERTIFICATES)?;
    let cert_no = CompactString::from(data.required_word("mdtrt_cert_no", 50)?);
    let ipt_otp_no = CompactString::from(data.required_word("ipt_otp_no", 30)?);
    data.required_word("dept_code", 30)?;
    data.required_word("dept_name", 100)?;
    data.required_word("caty", 10)?;
    // Added by later editions or sent by few clients.
    let others = ["card_sn", "psn_cert_type", "certno", "psn_type", "psn_name", "atddr_no", "dr_name", "med_type"];
    data.known(&others);
    data.finish(input.notes);
    input.finish();

    Ok(Plan::new(&psn_no.clone(), move |call: &Call<'_>| {
        let member = call.member(&psn_no, "data.psn_no")?;
        check_insurance(&insutype)?;
        call.check_certificate(member, cert_type, &cert_no)?;
        call.check_day(member, begntime.day)?;
        if codes::status(member.category_on(begntime.day)).is_none() {
            return Err(Fault::at(Code::PersonTypeUnsupported, "data.psn_no").given(member.category_on(begntime.day)));
        }
        let mdtrt_id = call.number(member);
        let output = Output {
            data: Data {
                mdtrt_id: mdtrt_id.clone(),
                psn_no: psn_no.clone(),
                ipt_otp_no: ipt_otp_no.clone(),
                exp_content: "",
            },
        };
        let institution = call.institution.code.as_str().into();
        let registration =
            Registration { psn_no: psn_no.clone(), institution, ipt_otp_no: ipt_otp_no.clone(), begntime };
        let previous = call.book.last_visit(&psn_no);
        let change = Change::Registered { mdtrt_id, registration, previous };
        Ok(Done::record("registered", member, written::Output::of(&output), change, String::new())
            .begins_visit(call.seq))
    }))
}

/// Only the employees' scheme is settled here.
pub(crate) fn check_insurance(insutype: &str) -> Result<(), Fault> {
    if codes::EMPLOYEES.iter().any(|(code, _)| *code == insutype) {
        return Ok(());
    }
    Err(Fault::at(Code::InsuranceUnsupported, "data.insutype").given(insutype).allowed(" 310 职工基本医疗保险"))
}
