//! 5205 人员慢特病用药记录查询: what a member was given for a special disease, at whatever institution, so that the
//! next one does not prescribe it again.

use super::call::{Looking, Plan};
use super::codes;
use super::decode::Input;
use super::errors::Fault;
use super::json::Json;
use super::past::{Charged, Past};
use super::row::{Row, node};

pub(crate) fn prepare(input: &Input<'_>) -> Result<Plan, Fault> {
    let data = input.node("data")?;
    let psn_no = data.required("psn_no", 30)?;
    let from = data.moment("begntime")?;
    let to = if data.is_empty("endtime") { None } else { Some(data.last_moment("endtime")?) };
    data.known(&["endtime"]);
    data.finish(input.notes);
    input.finish();

    Ok(Plan::looking(&psn_no.clone(), move |look: &Looking<'_>| {
        look.member(&psn_no, "data.psn_no")?;
        let visits = look.kept.now()?.visits(&psn_no, look.last_visit)?;
        let asked = |past: &&Past| past.moment() >= from && to.is_none_or(|to| past.moment() <= to) && special(past);
        let mut rows = Vec::new();
        for past in visits.iter().filter(asked) {
            rows.extend(past.charged(None)?.iter().map(|line| row(look, past, line)));
        }
        Ok(node("feedetail", &rows))
    }))
}

/// Whether a visit is for a special disease (门诊慢特病).
fn special(past: &Past) -> bool {
    let told = past.description().and_then(|description| codes::care_type(&description.med_type));
    told.is_some_and(|care| care.name == "special_disease")
}

fn row(look: &Looking<'_>, past: &Past, line: &Charged) -> Json<'static> {
    let (asked, priced) = (&line.asked, &line.priced);
    let institution = &past.registration.institution;
    Row::default()
        .copied(asked, &["feedetl_sn"])
        .renamed("rx_drord_no", asked, "rxno")
        .text("fixmedins_code", institution.as_str())
        .text("fixmedins_name", look.directory.institution(institution).map_or("", |at| &at.name))
        .text("psn_no", past.registration.psn_no.as_str())
        .text("med_type", past.description().map_or("", |description| &description.med_type))
        .copied(asked, &["fee_ocur_time"])
        .copied(priced, &["cnt", "pric", "chrgitm_lv"])
        .item(line)
        .flags(line)
        .done()
}
