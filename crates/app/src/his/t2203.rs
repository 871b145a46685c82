//! 2203 门诊就诊信息上传: what a visit is for. May be sent again: the last one holds.

use compact_str::CompactString;

use super::book::{Change, Description};
use super::call::{Call, Done, Nothing, Plan};
use super::codes::{self, At};
use super::decode::Input;
use super::errors::{Code, Fault};
use super::written::Output;

/// Most diagnoses of one visit.
const DIAGNOSES: usize = 100;

pub(crate) fn prepare(input: &Input<'_>) -> Result<Plan, Fault> {
    let data = input.node("mdtrtinfo")?;
    let mdtrt_id = data.required("mdtrt_id", 30)?;
    let psn_no = CompactString::from(data.required_word("psn_no", 30)?);
    let med_type = CompactString::from(data.required_word("med_type", 6)?);
    let begntime = data.moment("begntime")?;
    // 处方医药机构编码: sent for a pharmacy by the 2203A of some editions.
    let prescriber = data.word("rxfixmedinsCode", 30)?.map(CompactString::from);
    let mut diagnosed: Vec<CompactString> = data.word("dise_codg", 30)?.into_iter().map(CompactString::from).collect();
    data.known(&["main_cond_dscr", "dise_type_code", "dise_name", "birctrl_type", "birctrl_matn_date"]);
    data.known(&["matn_type", "geso_val", "rxfixmedinsName", "rxIn", "rxfilename", "rxExpContent"]);
    data.known(&["ttp_resp", "expi_gestation_nub_of_m"]);
    data.finish(input.notes);
    let diagnoses = input.rows("diseinfo", DIAGNOSES)?;
    if diagnoses.is_empty() {
        input.notes.say("报文没有诊断信息（diseinfo）");
    }
    for row in diagnoses {
        row.required_word("diag_type", 3)?;
        row.required_word("diag_srt_no", 4)?;
        let code = row.required_word("diag_code", 30)?;
        row.required_word("diag_name", 100)?;
        if row.one_of("vali_flag", codes::FLAG)? == "1" {
            diagnosed.push(code.into());
        }
        for (name, max) in [("diag_dept", 50), ("dise_dor_no", 30), ("dise_dor_name", 50), ("diag_time", 30)] {
            row.note(name, max, input.notes)?;
        }
        row.known(&["maindiag_flag"]);
        row.finish(input.notes);
    }
    input.finish();

    Ok(Plan::of_visit(&psn_no.clone(), &mdtrt_id.clone(), move |call: &Call<'_>| {
        let member = call.member(&psn_no, "mdtrtinfo.psn_no")?;
        let visit = call.open_visit(&mdtrt_id, &psn_no, "mdtrtinfo.mdtrt_id")?;
        check_care_type(call, &med_type, "mdtrtinfo.med_type")?;
        if !visit.lines.is_empty() && visit.moment().day != begntime.day {
            let (given, allowed) = (begntime.day, format!(" {}", visit.moment().day));
            return Err(Fault::at(Code::VisitHasCharges, "mdtrtinfo.begntime").given(given).allowed(allowed));
        }
        if let Some(code) = &prescriber {
            check_prescriber(call, code, begntime.day)?;
        }
        let description = Description {
            med_type: med_type.clone(),
            begntime,
            prescriber: prescriber.clone(),
            diagnoses: diagnosed.clone(),
        };
        let change = Change::Described { mdtrt_id: mdtrt_id.clone(), description };
        Ok(Done::record("described", member, Output::of(&Nothing {}), change, String::new()).in_visit(&mdtrt_id))
    }))
}

/// The care type must be one that is settled, at this kind of institution.
pub(crate) fn check_care_type(call: &Call<'_>, med_type: &str, field: &str) -> Result<codes::CareType, Fault> {
    let unsupported = || Fault::at(Code::CareTypeUnsupported, field).given(med_type).allowed(codes::CARE_TYPES_TEXT);
    let care = codes::care_type(med_type).ok_or_else(unsupported)?;
    let here = match care.at {
        At::Both => true,
        At::Pharmacy => call.institution.is_pharmacy(),
        At::Hospital => !call.institution.is_pharmacy(),
    };
    if here {
        return Ok(care);
    }
    let allowed = if call.institution.is_pharmacy() { " 41、14、18、9901" } else { "药店以外的医疗类别" };
    Err(Fault::at(Code::CareTypeNotHere, field).given(med_type).allowed(allowed))
}

/// Who issued a prescription must be a hospital under agreement on the service date.
pub(crate) fn check_prescriber<'a>(
    call: &Call<'a>,
    code: &str,
    day: gongji_domain::Day,
) -> Result<&'a super::directory::Institution, Fault> {
    let none = || Fault::at(Code::PrescriberUnknown, "mdtrtinfo.rxfixmedinsCode").given(code);
    let hospital =
        |institution: &&super::directory::Institution| !institution.is_pharmacy() && institution.has_agreement(day);
    call.directory.institution(code).filter(hospital).ok_or_else(none)
}
