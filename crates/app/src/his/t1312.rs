//! 1304, 1312, 1316, 1317, 1318, 1319 目录查询: rows of a catalogue, page by page. All six ask the
//! same way; a condition counts where the catalogue has the column.

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::call::{Done, Looking, Plan};
use super::decode::{Input, Node};
use super::errors::{Code, Fault};
use super::moment::Moment;
use super::number::Fixed;
use crate::catalogue::index::covers;
use crate::catalogue::kinds::Form;
use crate::catalogue::{Kind, kind};

/// Conditions on a column of the same name, with their greatest length.
const SAME: &[(&str, usize)] = &[
    ("hilist_code", 30),
    ("insu_admdvs", 6),
    ("wubi", 30),
    ("pinyin", 30),
    ("med_chrgitm_type", 6),
    ("chrgitm_lv", 3),
    ("lmt_used_flag", 3),
    ("list_type", 30),
    ("med_use_flag", 3),
    ("matn_used_flag", 3),
    ("hilist_use_type", 3),
    ("lmt_cpnd_type", 3),
    ("vali_flag", 3),
    ("hilist_lmtpric_type", 6),
    ("overlmt_dspo_way", 6),
    ("rid", 40),
    ("tabname", 100),
    ("poolarea_no", 6),
    ("selfpay_prop_psn_type", 6),
    ("selfpay_prop_type", 6),
    ("med_list_codg", 50),
    ("genname_codg", 100),
    ("ver", 20),
    ("medins_list_codg", 150),
    ("fixmedins_code", 30),
    ("tcmherb_name", 30),
    ("cpnd_flag", 255),
];
/// Conditions that a part of the column fulfils.
const PART: &[(&str, usize)] =
    &[("hilist_name", 200), ("medins_list_name", 200), ("drug_genname", 500), ("drug_prodname", 500)];
/// Conditions on a day: field, column, whether the column may not be earlier (or not be later).
const DAYS: &[(&str, &str, bool)] = &[
    ("updt_time", "updt_time", true),
    ("begndate", "begndate", true),
    ("enddate", "enddate", false),
    ("opt_begn_time", "opt_time", true),
    ("opt_end_time", "opt_time", false),
];

/// What is asked.
struct Query {
    same: Vec<(&'static str, String)>,
    part: Vec<(&'static str, String)>,
    days: Vec<(&'static str, &'static str, bool, String)>,
    /// 查询时间点: rows in force on this day.
    on: Option<String>,
    page: usize,
    size: usize,
}

pub(crate) fn prepare(input: &Input<'_>) -> Result<Plan, Fault> {
    let data = input.node("data")?;
    let query = read(&data)?;
    if !query.days.iter().any(|(field, ..)| *field == "updt_time") {
        data.expected("updt_time", 30, input.notes)?;
    }
    data.finish(input.notes);
    input.finish();
    Ok(Plan::aside(move |look: &Looking<'_>| {
        let kind = kind(&look.envelope.infno).ok_or_else(|| Fault::new(Code::InternalError))?;
        Ok(Done::answer(&query.page_of(kind, look)))
    }))
}

fn read(data: &Node<'_>) -> Result<Query, Fault> {
    let text = |list: &[(&'static str, usize)]| {
        let mut all = Vec::new();
        for (name, most) in list {
            all.extend(data.optional(name, *most)?.map(|value| (*name, value)));
        }
        Ok::<_, Fault>(all)
    };
    let day = |name: &str| {
        let said = data.optional(name, 30)?;
        let read = |text: String| {
            let moment: Moment = text.parse().map_err(|()| data.invalid(name, &text, " yyyy-MM-dd"))?;
            Ok::<_, Fault>(moment.day.to_string())
        };
        said.map(read).transpose()
    };
    let mut days = Vec::new();
    for (field, column, from) in DAYS {
        days.extend(day(field)?.map(|said| (*field, *column, *from, said)));
    }
    let count = |name: &str| {
        let Fixed(count) = data.required_number::<0>(name, 9_999)?;
        let count = usize::try_from(count).unwrap_or(0);
        let zero = || Fault::at(Code::OutOfRange, data.path(name)).given(0).allowed(" 1 至 9999");
        if count == 0 { Err(zero()) } else { Ok(count) }
    };
    let (page, size) = (count("page_num")?, count("page_size")?);
    Ok(Query { same: text(SAME)?, part: text(PART)?, days, on: day("query_date")?, page, size })
}

/// One page. Around the rows stands what real replies have there.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page<'a> {
    data: Vec<Row<'a>>,
    page_num: usize,
    page_size: usize,
    pages: usize,
    record_counts: usize,
    start_row: usize,
    end_row: usize,
    first_page: bool,
    last_page: bool,
}

/// A row with its field names.
struct Row<'a>(&'static Kind, Vec<&'a str>);

impl Query {
    fn page_of<'a>(&self, kind: &'static Kind, look: &Looking<'a>) -> Page<'a> {
        self.note_unused(kind, look);
        let own = kind.number == "1317" && !self.same.iter().any(|(name, _)| *name == "fixmedins_code");
        let catalogue = look.directory.catalogue();
        let rows = catalogue.rows(kind.number).map(|line| kind.cells(line)).filter(|cells| {
            self.takes(kind, cells) && (!own || cell(kind, cells, "fixmedins_code") == look.institution.code)
        });
        let skipped = (self.page - 1).saturating_mul(self.size);
        let (mut all, mut data) = (0, Vec::new());
        for cells in rows {
            if (skipped..skipped.saturating_add(self.size)).contains(&all) {
                data.push(Row(kind, cells));
            }
            all += 1;
        }
        let pages = all.div_ceil(self.size);
        Page {
            page_num: self.page,
            page_size: self.size,
            pages,
            record_counts: all,
            start_row: if data.is_empty() { 0 } else { skipped + 1 },
            end_row: if data.is_empty() { 0 } else { skipped + data.len() },
            first_page: self.page == 1,
            last_page: self.page >= pages,
            data,
        }
    }

    fn takes(&self, kind: &Kind, cells: &[&str]) -> bool {
        let same = self.same.iter().filter(|(name, _)| kind.at(name).is_some()).all(|(name, said)| match *name {
            // A row of a wider division holds in the one that is asked for.
            "insu_admdvs" => covers(cell(kind, cells, name), said),
            name => cell(kind, cells, name) == said,
        });
        let part = |(name, said): &(&str, String)| kind.at(name).is_none_or(|at| cells[at].contains(said.as_str()));
        let days = |(_, column, from, said): &(&str, &str, bool, String)| {
            kind.at(column).is_none_or(|at| match cells[at].get(..10) {
                Some(day) => {
                    if *from {
                        day >= said.as_str()
                    } else {
                        day <= said.as_str()
                    }
                }
                None => false,
            })
        };
        let on = |day: &String| {
            let (from, until) = (cell(kind, cells, "begndate"), cell(kind, cells, "enddate"));
            from <= day.as_str() && (until.is_empty() || day.as_str() <= until)
        };
        same && self.part.iter().all(part) && self.days.iter().all(days) && self.on.as_ref().is_none_or(on)
    }

    fn note_unused(&self, kind: &Kind, look: &Looking<'_>) {
        let conditions = self.same.iter().chain(&self.part).map(|(name, _)| *name);
        let columns = self.days.iter().map(|(_, column, ..)| *column);
        let unused: Vec<&str> = conditions.chain(columns).filter(|name| kind.at(name).is_none()).collect();
        if !unused.is_empty() {
            look.notes.say(format!("本目录没有这些列，条件未使用：{}", unused.join("、")));
        }
    }
}

fn cell<'c>(kind: &Kind, cells: &[&'c str], name: &str) -> &'c str {
    kind.at(name).map_or("", |at| cells[at])
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(kind, cells) = self;
        let mut map = serializer.serialize_map(Some(cells.len()))?;
        for (column, cell) in kind.columns.iter().zip(cells) {
            match column.form {
                Form::Number(..) | Form::Share => {
                    let number = if cell.is_empty() { "0" } else { cell };
                    let raw = RawValue::from_string(number.to_owned()).map_err(serde::ser::Error::custom)?;
                    map.serialize_entry(column.name, &raw)?;
                }
                _ => map.serialize_entry(column.name, cell)?,
            }
        }
        map.end()
    }
}
