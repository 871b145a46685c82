//! The tables of a package as they are written, so that one can be copied with other figures: where rows stand, which
//! of them hold on a day, and what they say. Reads no rule; whether a copy means what it should is the library's to say.

use anyhow::Context as _;
use gongji_domain::Day;
use gongji_policy::Folder;
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, Value};

/// A table of a package: its path, and which one where there are several of a path.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    /// Path such as `benefit.ordinary_outpatient.deductible`.
    pub(crate) path: String,
    /// Whether the path holds several (`[[…]]`).
    pub(crate) several: bool,
    /// Its keys but its figures: what makes it the table that it is.
    pub(crate) frame: Table,
    /// The articles that it cites, its benefit's where it cites none.
    pub(crate) cite: Vec<String>,
    /// General rows that hold on the day.
    pub(crate) rows: Vec<InlineTable>,
    /// Exceptions that hold on the day.
    pub(crate) except: Vec<InlineTable>,
    /// Adjustments that hold on the day.
    pub(crate) adjust: Vec<InlineTable>,
}

/// What a copy does not take over: figures, dates and articles are its own.
const FIGURES: [&str; 8] = ["rows", "except", "adjust", "at_least", "at_most", "cite", "from", "until"];

/// The tables that a designer may turn, as they stand on a day.
///
/// # Errors
/// When a file is no TOML.
pub(crate) fn written(base: &Folder, benefit: &str, day: Day) -> anyhow::Result<Vec<Written>> {
    let mut found = Vec::new();
    for file in base.files.iter().filter(|file| file.path.ends_with(".toml")) {
        let document: DocumentMut = file.text.parse().with_context(|| format!("{} 不是 TOML", file.path))?;
        let of = |first: &str, then: &str| document.get(first).and_then(|item| item.get(then));
        if let Some(table) = of("benefit", benefit).and_then(Item::as_table_like) {
            let above = cited(table);
            for part in ["deductible", "rate", "limit"] {
                let path = format!("benefit.{benefit}.{part}");
                found.extend(table.get(part).into_iter().flat_map(|item| tables(item, &path, &above, day)));
            }
        }
        if let Some(item) = of("account", "credit") {
            let above = document.get("account").and_then(Item::as_table_like).map(cited).unwrap_or_default();
            found.extend(tables(item, "account.credit", &above, day));
        }
    }
    Ok(found)
}

fn tables(item: &Item, path: &str, above: &[String], day: Day) -> Vec<Written> {
    match (item.as_array_of_tables(), item.as_table_like()) {
        (Some(several), _) => several.iter().map(|table| one(table, path, true, above, day)).collect(),
        (None, Some(table)) => vec![one(table, path, false, above, day)],
        (None, None) => Vec::new(),
    }
}

fn one(table: &dyn TableLike, path: &str, several: bool, above: &[String], day: Day) -> Written {
    let mut frame = Table::new();
    for (key, item) in table.iter().filter(|(key, _)| !FIGURES.contains(key)) {
        frame.insert(key, item.clone());
    }
    let rows = |key: &str| holding(table.get(key).and_then(Item::as_array), day);
    let own = cited(table);
    let cite = if own.is_empty() { above.to_vec() } else { own };
    let (path, frame) = (path.to_owned(), frame);
    Written { path, several, frame, cite, rows: rows("rows"), except: rows("except"), adjust: rows("adjust") }
}

/// What a table or a row cites.
pub(crate) fn cited(table: &dyn TableLike) -> Vec<String> {
    match table.get("cite").and_then(Item::as_value) {
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect(),
        Some(one) => one.as_str().map(ToOwned::to_owned).into_iter().collect(),
        None => Vec::new(),
    }
}

/// The rows that hold on a day: of rows with the same conditions the newest.
fn holding(rows: Option<&Array>, day: Day) -> Vec<InlineTable> {
    let date = |row: &InlineTable, key: &str| row.get(key).and_then(day_of);
    let mut kept: Vec<InlineTable> = Vec::new();
    for row in rows.into_iter().flatten().filter_map(Value::as_inline_table) {
        if date(row, "from").is_some_and(|from| from > day) || date(row, "until").is_some_and(|until| until < day) {
            continue;
        }
        let same = |known: &InlineTable| conditions(known) == conditions(row);
        match kept.iter_mut().find(|known| same(known)) {
            Some(known) if date(row, "from") >= date(known, "from") => *known = row.clone(),
            Some(_) => {}
            None => kept.push(row.clone()),
        }
    }
    kept
}

/// A row's conditions as written, without blanks.
fn conditions(row: &InlineTable) -> String {
    row.get("when").map(|when| when.to_string().split_whitespace().collect()).unwrap_or_default()
}

fn day_of(value: &Value) -> Option<Day> {
    value.as_datetime()?.to_string().parse().ok()
}
