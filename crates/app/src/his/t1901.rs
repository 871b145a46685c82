//! 1901 字典表查询: the values of a code table on a day.

use gongji_domain::Day;
use serde::Serialize;

use super::call::{Call, Done, Plan};
use super::codes;
use super::decode::Input;
use super::dictionary::{self, Entry};
use super::errors::{Code, Fault};

#[derive(Serialize)]
struct Output {
    list: Vec<Row>,
}

/// Editions differ in how they spell four of the fields; both are there.
#[derive(Serialize)]
struct Row {
    #[serde(rename = "type")]
    table: &'static str,
    label: &'static str,
    value: &'static str,
    #[serde(rename = "parentValue")]
    parent_value: &'static str,
    #[serde(rename = "parent_value")]
    parent_snake: &'static str,
    sort: u32,
    #[serde(rename = "valiFlag")]
    vali_flag: &'static str,
    #[serde(rename = "vali_flag")]
    vali_snake: &'static str,
    #[serde(rename = "createUser")]
    create_user: &'static str,
    #[serde(rename = "create_user")]
    user_snake: &'static str,
    #[serde(rename = "createDate")]
    create_date: &'static str,
    #[serde(rename = "create_date")]
    date_snake: &'static str,
    version: u32,
}

/// Who made the tables.
const MAKER: &str = "gongji";

pub(crate) fn prepare(input: &Input<'_>) -> Result<Plan, Fault> {
    let data = input.node("data")?;
    let table = data.required("type", 30)?;
    let parent = data.optional("parent_value", 10)?;
    data.expected("admdvs", 6, input.notes)?;
    let day = match data.expected("date", 50, input.notes)? {
        Some(_) => Some(data.moment("date")?.day),
        None => None,
    };
    let spelt = if data.optional("Vali_Flag", 3)?.is_some() { "Vali_Flag" } else { "vali_flag" };
    let wanted = match data.optional(spelt, 3)? {
        Some(_) => data.one_of(spelt, codes::FLAG)?,
        None => {
            data.expected("Vali_Flag", 3, input.notes)?;
            "1"
        }
    };
    data.known(&["page_num", "page_size"]);
    data.finish(input.notes);
    input.finish();
    let known = dictionary::table(&table);
    if known.is_empty() {
        let fault = Fault::at(Code::DictionaryUnknown, "data.type").given(&table);
        return Err(fault.allowed(format!(" {}", dictionary::tables().join("、"))));
    }
    Ok(Plan::of_nobody(move |call: &Call<'_>| {
        let day = day.unwrap_or(call.now.day);
        let wanted = |entry: &&Entry| {
            entry.holds(day) == (wanted == "1") && parent.as_ref().is_none_or(|parent| entry.parent == parent)
        };
        Ok(Done::answer(&Output { list: known.iter().filter(wanted).map(|entry| told(entry, day)).collect() }))
    }))
}

fn told(entry: &Entry, day: Day) -> Row {
    let valid = if entry.holds(day) { "1" } else { "0" };
    Row {
        table: entry.table,
        label: entry.label,
        value: entry.value,
        parent_value: entry.parent,
        parent_snake: entry.parent,
        sort: entry.sort,
        vali_flag: valid,
        vali_snake: valid,
        create_user: MAKER,
        user_snake: MAKER,
        create_date: entry.from(),
        date_snake: entry.from(),
        version: 1,
    }
}
