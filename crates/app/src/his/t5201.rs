//! 5201 就诊信息查询: a member's visits at this institution.

use super::call::{Looking, Plan};
use super::decode::Input;
use super::errors::Fault;
use super::json::Json;
use super::past::Past;
use super::row::{Row, node};
use gongji_register::Member;

pub(crate) fn prepare(input: &Input<'_>) -> Result<Plan, Fault> {
    let data = input.node("data")?;
    let psn_no = data.required("psn_no", 30)?;
    let (from, to) = (data.moment("begntime")?, data.last_moment("endtime")?);
    let med_type = data.optional("med_type", 6)?;
    let mdtrt_id = data.optional("mdtrt_id", 30)?;
    data.finish(input.notes);
    input.finish();

    Ok(Plan::looking(&psn_no.clone(), move |look: &Looking<'_>| {
        let member = look.member(&psn_no, "data.psn_no")?;
        let visits = look.kept.now()?.visits(&psn_no, look.last_visit)?;
        let asked = |past: &&Past| {
            let told = past.description().map(|description| description.med_type.as_str());
            past.registration.institution == look.institution.code
                && (from..=to).contains(&past.moment())
                && mdtrt_id.as_ref().is_none_or(|id| *id == past.mdtrt_id)
                && med_type.as_deref().is_none_or(|asked| told == Some(asked))
        };
        let rows: Vec<Json> = visits.iter().filter(asked).map(|past| row(past, member)).collect();
        Ok(node("mdtrtinfo", &rows))
    }))
}

fn row(past: &Past, member: &Member) -> Json<'static> {
    let began = past.moment();
    let description = past.description();
    let told = past.input_of("2203");
    let info = told.as_ref().and_then(|told| told.rows("mdtrtinfo").first()).unwrap_or(&Json::Null);
    let registered = past.input_of("2201");
    let asked = registered.as_ref().and_then(|asked| asked.rows("data").first()).unwrap_or(&Json::Null);
    Row::default()
        .text("mdtrt_id", &past.mdtrt_id)
        .person(member, began.day)
        .text("insu_optins", &member.area)
        .text("emp_name", member.employer_on(began.day))
        .text("begntime", began.to_string())
        .text("endtime", began.to_string())
        .copied(asked, &["mdtrt_cert_type"])
        .text("med_type", description.map_or("", |description| &description.med_type))
        .text("ipt_otp_no", past.registration.ipt_otp_no.as_str())
        .copied(asked, &["atddr_no"])
        .renamed("chfpdr_name", asked, "dr_name")
        .renamed("adm_dept_codg", asked, "dept_code")
        .renamed("adm_dept_name", asked, "dept_name")
        .copied(info, &["main_cond_dscr", "dise_codg", "dise_name", "birctrl_type", "birctrl_matn_date", "matn_type"])
        .copied(info, &["geso_val"])
        .text("otp_diag_info", past.diagnoses())
        .empty(&["coner_name", "tel", "maf_psn_flag", "flxempe_flag", "nwb_flag", "ars_year_ipt_flag", "pre_pay_flag"])
        .empty(&["medrcdno", "adm_bed", "dscg_maindiag_code", "dscg_maindiag_name", "dscg_dept_codg"])
        .empty(&["dscg_dept_name", "dscg_bed", "dscg_way", "oprn_oprt_code", "oprn_oprt_name", "inhosp_stas"])
        .empty(&["die_date", "ipt_days", "fpsc_no", "latechb_flag", "fetts", "fetus_cnt", "pret_flag", "cop_flag"])
        .text("memo", if past.is_withdrawn() { "挂号已撤销" } else { "" })
        .text("opt_time", past.began_at())
        .empty(&["opter_id", "opter_name"])
        .done()
}
