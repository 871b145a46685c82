//! Rows of a file against the columns of a catalogue: what is wrong is told by row, column, value
//! and what is allowed; what is right comes out in the national form. Knows no file.

use std::collections::{BTreeMap, HashMap};

use gongji_domain::Day;
use sha2::{Digest as _, Sha256};

use super::kinds::{Column, Form, Kind, NULL, Need};
use super::limits::Limit;
use crate::his::moment::Moment;
use crate::his::number::Decimal;

/// A row, or a cell of it, that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bad {
    /// Of several files the how manieth, from 0.
    pub file: usize,
    /// Line of the file, from 1.
    pub row: usize,
    /// Chinese heading of the column.
    pub column: String,
    pub given: String,
    pub allowed: String,
}

/// What stands in for cells that a file does not have.
#[derive(Clone, Debug, Default)]
pub(crate) struct Defaults {
    /// 开始日期 of rows that say none.
    pub from: Option<Day>,
    /// 医保区划 of rows that say none.
    pub area: Option<String>,
    /// When the import happens: 数据创建时间, 数据更新时间.
    pub moment: String,
    /// The version that is being made.
    pub version: String,
}

/// Where the columns of a catalogue stand in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Heads {
    at: Vec<Option<usize>>,
    /// Headings that the catalogue does not have.
    pub unknown: Vec<String>,
}

impl Heads {
    /// All columns in national order, as in files without a head.
    pub(crate) fn national(kind: &Kind) -> Self {
        Self { at: (0..kind.columns.len()).map(Some).collect(), unknown: Vec::new() }
    }

    /// Reads a row as head: field names or Chinese headings. Nothing if it is none: no column that
    /// makes a row what it is stands in it.
    ///
    /// # Errors
    /// When a column is there twice or one that must be given is not there.
    pub(crate) fn read(kind: &Kind, cells: &[&str], defaults: &Defaults) -> Result<Option<Self>, String> {
        let mut heads = Self { at: vec![None; kind.columns.len()], unknown: Vec::new() };
        for (place, cell) in cells.iter().enumerate() {
            let named =
                |column: &Column| column.name.eq_ignore_ascii_case(cell.trim()) || column.meaning == cell.trim();
            match kind.columns.iter().position(named) {
                Some(at) if heads.at[at].is_some() => return Err(format!("表头「{}」出现两次", cell.trim())),
                Some(at) => heads.at[at] = Some(place),
                None if cell.trim().is_empty() => {}
                None => heads.unknown.push(cell.trim().to_owned()),
            }
        }
        if kind.key.iter().all(|at| heads.at[*at].is_none()) {
            return Ok(None);
        }
        let absent = |(at, column): (usize, &Column)| {
            let missing = heads.at[at].is_none() && column.need == Need::Yes && standing_in(column, defaults).is_none();
            missing.then(|| format!("{}（{}）", column.meaning, column.name))
        };
        let absent: Vec<String> = kind.columns.iter().enumerate().filter_map(absent).collect();
        if absent.is_empty() {
            Ok(Some(heads))
        } else {
            Err(format!("表头缺少必需的列：{}", absent.join("、")))
        }
    }
}

/// What a file leaves open and the command line says.
fn standing_in(column: &Column, defaults: &Defaults) -> Option<String> {
    match column.name {
        "begndate" => defaults.from.map(|day| day.to_string()),
        "insu_admdvs" | "admdvs" => defaults.area.clone(),
        _ => None,
    }
}

/// Rows by what makes them the same, in the national form.
pub(crate) type Lines = BTreeMap<Box<str>, Box<str>>;

/// Which file, and which line of it. What was there before comes from none.
pub(crate) type Place = (usize, usize);
const BEFORE: Place = (0, 0);

/// Takes rows one after the other.
pub(crate) struct Checker<'k> {
    kind: &'k Kind,
    defaults: &'k Defaults,
    /// Key, place in the file and line of the rows that are right.
    rows: BTreeMap<Box<str>, (Place, Box<str>)>,
    bad: Vec<Bad>,
    read: usize,
}

impl<'k> Checker<'k> {
    pub(crate) fn new(kind: &'k Kind, defaults: &'k Defaults) -> Self {
        Self { kind, defaults, rows: BTreeMap::new(), bad: Vec::new(), read: 0 }
    }

    /// Takes a row.
    pub(crate) fn row(&mut self, row: Place, cells: &[&str], heads: &Heads) {
        self.read += 1;
        let before = self.bad.len();
        let national = heads.at.iter().all(Option::is_some) && heads.unknown.is_empty();
        if national && cells.len() != self.kind.columns.len() {
            let allowed = format!("{} 列（{}）", self.kind.columns.len(), self.kind.title);
            return self.say(row, "（整行）", &format!("{} 列", cells.len()), &allowed);
        }
        let mut taken: Vec<String> = Vec::with_capacity(self.kind.columns.len());
        for (column, at) in self.kind.columns.iter().zip(&heads.at) {
            let raw = at.and_then(|at| cells.get(at)).map_or("", |cell| cell.trim());
            let cell = match clean(column, if raw == NULL { "" } else { raw }, self.defaults) {
                Ok(cell) => cell,
                Err(allowed) => {
                    self.say(row, column.meaning, raw, &allowed);
                    String::new()
                }
            };
            taken.push(cell);
        }
        if self.bad.len() == before {
            self.whole(row, taken);
        }
    }

    /// What only a whole row tells; it is kept if nothing is wrong.
    fn whole(&mut self, row: Place, mut cells: Vec<String>) {
        let kind = self.kind;
        let cell = |name: &str| kind.at(name).map_or("", |at| cells[at].as_str());
        let (from, until) = (cell("begndate"), cell("enddate"));
        if !until.is_empty() && until < from {
            return self.say(row, "结束日期", until, &format!("不早于开始日期 {from}"));
        }
        if kind.number == "restrictions"
            && let Err(allowed) = Limit::read(cell("kind"), cell("value"))
        {
            let given = cell("value").to_owned();
            return self.say(row, "限制内容", &given, allowed);
        }
        let key = kind.key_of(&cells.iter().map(String::as_str).collect::<Vec<_>>());
        if let Some(at) = kind.at("rid").filter(|at| cells[*at].is_empty()) {
            let digest = Sha256::digest(key.as_bytes());
            let hex: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
            cells[at] = format!("{}{hex}", kind.number);
        }
        if let Some((first, _)) = self.rows.get(key.as_str()) {
            let first = match first {
                (file, first) if *file == row.0 => format!("第 {first} 行"),
                (file, first) => format!("第 {} 个文件第 {first} 行", file + 1),
            };
            let given = key.trim_end().replace('\t', " ");
            let column = kind.columns[kind.key[0]].meaning;
            return self.say(row, column, &given, &format!("与{first}不同的编码或开始日期"));
        }
        let line = cells.iter().map(|cell| if cell.is_empty() { NULL } else { cell }).collect::<Vec<_>>().join("\t");
        self.rows.insert(key.into(), (row, line.into()));
    }

    fn say(&mut self, (file, row): Place, column: &str, given: &str, allowed: &str) {
        let given = if given.is_empty() { "（空）" } else { given };
        self.bad.push(Bad {
            file,
            row,
            column: column.to_owned(),
            given: given.to_owned(),
            allowed: allowed.to_owned(),
        });
    }

    /// The rows that are right beside those that are there already (`before`), what is wrong, and
    /// how many were read.
    pub(crate) fn finish(mut self, before: &Lines) -> (Lines, Vec<Bad>, usize) {
        if self.kind.from().is_some() {
            for key in self.overlaps(before) {
                self.rows.remove(&key);
            }
        }
        self.bad.sort_by_key(|bad| (bad.file, bad.row));
        (self.rows.into_iter().map(|(key, (_, line))| (key, line)).collect(), self.bad, self.read)
    }

    /// Keys of rows whose period meets that of another row for the same thing. An open end lasts
    /// until the next row begins and meets nothing.
    fn overlaps(&mut self, before: &Lines) -> Vec<Box<str>> {
        let kind = self.kind;
        // Of each thing: first day, last day, line of the file (0: was there before), key.
        let mut periods: HashMap<String, Vec<(String, String, Place, Box<str>)>> = HashMap::new();
        let rows = self.rows.iter().map(|(key, (row, line))| (key, *row, line));
        let kept =
            before.iter().filter(|(key, _)| !self.rows.contains_key(*key)).map(|(key, line)| (key, BEFORE, line));
        for (key, row, line) in rows.chain(kept) {
            let cells = kind.cells(line);
            let at = |name: &str| kind.at(name).map_or("", |at| cells[at]).to_owned();
            if at("vali_flag") != "0" {
                let period = (at("begndate"), at("enddate"), row, key.clone());
                periods.entry(kind.subject_of(&cells)).or_default().push(period);
            }
        }
        let mut met = Vec::new();
        for list in periods.values_mut() {
            list.sort();
            for pair in list.windows(2) {
                let [(from, until, row, key), (next, _, other, other_key)] = pair else { continue };
                if until.is_empty() || until < next {
                    continue;
                }
                // The row of the file is at fault; of two, the one further down.
                let (wrong, key) = if other > row { (*other, other_key) } else { (*row, key) };
                let what = format!("{from} 至 {until} 与 {next} 起");
                met.push((wrong, what, key.clone()));
            }
        }
        for (row, what, _) in &met {
            self.say(*row, "开始日期", what, "同一编码、同一区划的时段不重叠");
        }
        met.into_iter().map(|(_, _, key)| key).collect()
    }
}

/// A cell in the national form.
fn clean(column: &Column, given: &str, defaults: &Defaults) -> Result<String, String> {
    if given.is_empty() {
        return match column.need {
            Need::Yes => standing_in(column, defaults).ok_or_else(|| form_of(column)),
            Need::Auto => Ok(filled(column, defaults)),
            Need::No => Ok(String::new()),
        };
    }
    if given.contains(['\t', '\r', '\n']) {
        return clean(column, &given.replace(['\t', '\r', '\n'], " "), defaults);
    }
    if !column.values.is_empty() && !column.values.contains(&given) {
        return Err(form_of(column));
    }
    let cell = match column.form {
        Form::Text(most) => most.is_none_or(|most| given.chars().count() <= most).then(|| given.to_owned()),
        Form::Number(digits, decimals) => number(given, digits, decimals),
        Form::Share => share(given),
        Form::Day => day(given),
        Form::Moment => moment(given),
    };
    cell.ok_or_else(|| form_of(column))
}

fn filled(column: &Column, defaults: &Defaults) -> String {
    match column.name {
        "vali_flag" => "1".to_owned(),
        "crte_time" | "updt_time" => defaults.moment.clone(),
        "ver" | "ver_name" => defaults.version.clone(),
        _ => String::new(),
    }
}

fn form_of(column: &Column) -> String {
    if !column.values.is_empty() {
        return format!("{} 之一", column.values.join("、"));
    }
    match column.form {
        Form::Text(Some(most)) => format!("至多 {most} 个字符的文字"),
        Form::Text(None) => "文字".to_owned(),
        Form::Number(digits, decimals) => format!("不小于 0、至多 {digits} 位且 {decimals} 位小数的数字"),
        Form::Share => "0 至 1 的比例，或 0% 至 100%".to_owned(),
        Form::Day => "1900 至 2199 年的日期 yyyy-MM-dd".to_owned(),
        Form::Moment => "日期 yyyy-MM-dd 或时间 yyyy-MM-dd HH:mm:ss".to_owned(),
    }
}

/// A number from zero on, exactly, without needless zeros.
fn number(text: &str, digits: u32, decimals: u32) -> Option<String> {
    let value = Decimal::read(text)?;
    let units = value.units(decimals)?;
    let most = 10_i128.checked_pow(digits)?;
    (0..most).contains(&units).then(|| value.to_string())
}

/// A share as a fraction of one with at most four decimals, whether written so or in percent.
fn share(text: &str) -> Option<String> {
    let (number, more) = match text.strip_suffix(['%', '％']) {
        Some(percent) => (percent.trim(), 2),
        None => (text, 0),
    };
    // In ten-thousandths: of one, or of a hundred.
    let units = Decimal::read(number)?.units(4 - more)?;
    if !(0..=10_000).contains(&units) {
        return None;
    }
    Decimal::read(&format!("{units}e-4")).map(|share| share.to_string())
}

/// A day; nothing for one so late that it means without end.
fn day(text: &str) -> Option<String> {
    let date = text.split([' ', 'T']).next()?.replace('/', "-");
    let date = match date.len() {
        8 if date.bytes().all(|b| b.is_ascii_digit()) => format!("{}-{}-{}", &date[..4], &date[4..6], &date[6..]),
        _ => {
            let parts: Vec<&str> = date.split('-').collect();
            let [year, month, day] = parts[..] else { return None };
            format!("{year}-{month:0>2}-{day:0>2}")
        }
    };
    if date.get(..4).is_some_and(|year| year >= "2200") && date.ends_with("-12-31") {
        return Some(String::new());
    }
    date.parse::<Day>().ok().map(|day| day.to_string())
}

fn moment(text: &str) -> Option<String> {
    let whole = text.split('.').next()?.replace('T', " ");
    match whole.parse::<Moment>() {
        Ok(_) => Some(whole),
        Err(()) => day(&whole),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_shares_and_numbers_are_taken_in_their_usual_spellings() {
        for (given, taken) in [
            ("2024-01-31", Some("2024-01-31")),
            ("20240131", Some("2024-01-31")),
            ("2024/1/3", Some("2024-01-03")),
            ("2024-01-31 10:00:00.0", Some("2024-01-31")),
            ("9999-12-31", Some("")),
            ("2024-02-30", None),
            ("1899-12-31", None),
            ("31.1.2024", None),
            ("二〇二四年", None),
        ] {
            assert_eq!(day(given).as_deref(), taken, "{given}");
        }
        for (given, taken) in [
            ("0.1", Some("0.1")),
            ("10%", Some("0.1")),
            ("8.5%", Some("0.085")),
            ("100％", Some("1")),
            ("0", Some("0")),
            ("1.0001", None),
            ("10", None),
            ("-0.1", None),
            ("0.12345", None),
            ("8.555%", None),
            ("abc", None),
        ] {
            assert_eq!(share(given).as_deref(), taken, "{given}");
        }
        for (given, taken) in [
            ("12.50", Some("12.5")),
            ("0.1234567", None),
            ("-1", None),
            ("1e3", Some("1000")),
            ("1,5", None),
            ("99999999999", None),
        ] {
            assert_eq!(number(given, 16, 6).as_deref(), taken, "{given}");
        }
        assert_eq!(moment("2024-01-31 10:00:00").as_deref(), Some("2024-01-31 10:00:00"));
        assert_eq!(moment("2024-01-31 25:00:00").as_deref(), Some("2024-01-31"));
    }
}
