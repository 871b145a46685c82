//! 1201 医药机构信息获取: institutions by code or by a part of their name.

use serde::Serialize;

use super::call::{Call, Done, Plan};
use super::decode::Input;
use super::directory::Institution;
use super::errors::{Code, Fault};

/// Most institutions of one answer.
const MOST: usize = 100;

#[derive(Serialize)]
struct Output {
    medinsinfo: Vec<Info>,
}

#[derive(Serialize)]
struct Info {
    fixmedins_code: String,
    fixmedins_name: String,
    uscc: String,
    fixmedins_type: String,
    hosp_lv: String,
    exp_content: &'static str,
}

pub(crate) fn prepare(input: &Input<'_>) -> Result<Plan, Fault> {
    let data = input.node("medinsinfo")?;
    let kind = data.expected("fixmedins_type", 6, input.notes)?;
    let name = data.optional("fixmedins_name", 200)?;
    let code = data.optional("fixmedins_code", 30)?;
    data.finish(input.notes);
    input.finish();
    let field = if code.is_some() { "medinsinfo.fixmedins_code" } else { "medinsinfo.fixmedins_name" };
    let Some(asked) = code.clone().or_else(|| name.clone()) else {
        return Err(data.missing("fixmedins_code", "机构编号或名称，至少一项"));
    };

    Ok(Plan::of_nobody(move |call: &Call<'_>| {
        let fits = |institution: &&Institution| {
            code.as_ref().is_none_or(|code| institution.code == *code)
                && name.as_ref().is_none_or(|part| institution.name.contains(part.as_str()))
                && kind.as_ref().is_none_or(|kind| institution.fixmedins_type == *kind)
        };
        let mut found: Vec<&Institution> = call.directory.institutions().filter(fits).collect();
        if found.is_empty() {
            return Err(Fault::at(Code::InstitutionUnknown, field).given(&asked));
        }
        found.sort_by(|a, b| a.code.cmp(&b.code));
        if found.len() > MOST {
            call.notes.say(format!("共 {} 家，只列前 {MOST} 家，请写全名称", found.len()));
        }
        Ok(Done::answer(&Output { medinsinfo: found.into_iter().take(MOST).map(told).collect() }))
    }))
}

fn told(institution: &Institution) -> Info {
    Info {
        fixmedins_code: institution.code.clone(),
        fixmedins_name: institution.name.clone(),
        uscc: institution.uscc.clone(),
        fixmedins_type: institution.fixmedins_type.clone(),
        hosp_lv: institution.hosp_lv.clone(),
        exp_content: "",
    }
}
