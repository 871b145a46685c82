//! A package with other figures (测算方案): an overlay on the area's own package that copies the tables concerned from a
//! day on, with the figures that were chosen. Every figure cites the plan's own document, which says what was changed.

use super::levers::{Lever, Levers, Spot, Unit};
use super::tables::Written;
use gongji_domain::{Day, Fen, Rate};
use gongji_policy::{Folder, SourceFile};
use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, Value};

/// The key of the plan's own document.
const DOCUMENT: &str = "fangan";
/// Its one article.
pub(crate) const ARTICLE: &str = "fangan:1";

/// What is chosen for a lever, by its place among the levers.
pub(crate) type Choice = (usize, i64);

/// A plan to make a package of.
pub(crate) struct Proposal<'a> {
    /// Division code of the area.
    pub(crate) area: &'a str,
    /// Its name.
    pub(crate) name: &'a str,
    /// The levers that are turned.
    pub(crate) levers: &'a Levers,
    /// From which day.
    pub(crate) from: Day,
    /// Levers and their values; a lever at its own value changes nothing.
    pub(crate) choices: &'a [Choice],
}

impl Proposal<'_> {
    /// The package, under a folder of this name. It has no cases yet.
    pub(crate) fn folder(&self, name: &str) -> Folder {
        let file = |path: &str, text: String| SourceFile { path: format!("{name}/{path}").into(), text: text.into() };
        let files = vec![
            file("CHANGELOG.md", self.changelog()),
            file("package.toml", self.package()),
            file("plan.toml", self.tables()),
            file(&format!("source/{DOCUMENT}.md"), self.document()),
        ];
        Folder { name: name.to_owned(), files }
    }

    /// What is changed, in Chinese; empty when nothing is.
    pub(crate) fn changes(&self) -> Vec<String> {
        let changed = |(at, value): &Choice| {
            let lever = &self.levers.all[*at];
            let (old, new) = (lever.unit.show(lever.value), lever.unit.show(*value));
            (lever.value != *value).then(|| format!("{}由 {old} 改为 {new}", lever.words))
        };
        self.choices.iter().filter_map(changed).collect()
    }

    fn said(&self) -> String {
        let changes = self.changes();
        if changes.is_empty() { "各项待遇参数不变".to_owned() } else { changes.join("；") }
    }

    fn package(&self) -> String {
        let Self { area, name, from, .. } = self;
        format!(
            "# {name}：测算方案，不是政策文件。由 gongji design 生成。\n\n[package]\narea = \"{area}\"\nextends = \"{area}\"\n\
             name = \"{name}·测算方案\"\nstatus = \"draft\"\nverified = {from}\ncite = \"{ARTICLE}\"\n\n\
             [document.{DOCUMENT}]\nnumber = \"{name}测算方案\"\n"
        )
    }

    fn document(&self) -> String {
        let Self { name, from, .. } = self;
        format!(
            "# {name}测算方案\n\n本文由 gongji design 生成，供测算用，不是政策文件。\n\n## 1 调整的内容\n\n> 自 {from} 起，{}。其余按原规定执行。\n",
            self.said()
        )
    }

    fn changelog(&self) -> String {
        let lines: Vec<String> = self.changes().iter().map(|change| format!("- {change}\n")).collect();
        let lines = if lines.is_empty() { "- 各项待遇参数不变\n".to_owned() } else { lines.concat() };
        format!("# {}测算方案变更\n\n## {} 起（测算方案，`status = \"draft\"`）\n\n{lines}", self.name, self.from)
    }

    /// The tables that have a figure chosen, copied with it.
    fn tables(&self) -> String {
        let mut document = DocumentMut::new();
        for (number, table) in self.levers.tables.iter().enumerate() {
            let chosen: Vec<(&Lever, i64)> = self
                .choices
                .iter()
                .map(|(at, value)| (&self.levers.all[*at], *value))
                .filter(|(lever, _)| lever.at.0 == number)
                .collect();
            if !chosen.is_empty() {
                put(document.as_table_mut(), table, copy(table, &chosen, self.from));
            }
        }
        document.to_string()
    }
}

/// A copy of a table with the figures chosen.
fn copy(table: &Written, chosen: &[(&Lever, i64)], from: Day) -> Table {
    let mut copy = table.frame.clone();
    copy.decor_mut().clear();
    copy.set_position(None);
    copy.insert("cite", toml_edit::value(ARTICLE));
    let (mut rows, mut except) = (table.rows.clone(), table.except.clone());
    let mut adjust = Array::new();
    for (lever, value) in chosen {
        match lever.at.1 {
            Spot::Row(row, column) => set(&mut rows[row], column, lever.unit, *value),
            Spot::Except(row, column) => set(&mut except[row], column, lever.unit, *value),
            // The base's adjustment stays: what is added beside it is the difference.
            Spot::Adjust(at) if *value != lever.value => {
                let points = Rate::from_millionths(value - lever.value).to_string();
                let mut more = InlineTable::new();
                more.extend(table.adjust[at].get("when").map(|when| ("when", when.clone())));
                more.insert("add", format!("{} points", points.trim_end_matches('%')).into());
                more.extend(date(from).map(|from| ("from", from)));
                adjust.push(more);
            }
            Spot::Adjust(_) => {}
        }
    }
    for (key, rows) in [("rows", rows), ("except", except)] {
        let rows: Array = rows.into_iter().map(|row| dated(row, from)).collect();
        if !rows.is_empty() {
            copy.insert(key, Item::Value(lines(rows)));
        }
    }
    if !adjust.is_empty() {
        copy.insert("adjust", Item::Value(lines(adjust)));
    }
    copy
}

/// A row from a day on, by the plan's own article.
fn dated(mut row: InlineTable, from: Day) -> Value {
    for key in ["cite", "verified", "known", "published", "corrects", "from"] {
        row.remove(key);
    }
    row.extend(date(from).map(|from| ("from", from)));
    row.fmt();
    Value::InlineTable(row)
}

fn date(day: Day) -> Option<Value> {
    day.to_string().parse::<toml_edit::Datetime>().ok().map(Value::from)
}

/// Each row on a line of its own.
fn lines(mut rows: Array) -> Value {
    for row in rows.iter_mut() {
        row.decor_mut().set_prefix("\n  ");
    }
    rows.set_trailing("\n");
    rows.set_trailing_comma(true);
    Value::Array(rows)
}

/// Puts a figure into a row, where the old one stood.
fn set(row: &mut InlineTable, column: Option<usize>, unit: Unit, value: i64) {
    let spot = match column {
        None => row.get_mut("is"),
        Some(column) => row.get_mut("are").and_then(Value::as_array_mut).and_then(|are| are.get_mut(column)),
    };
    let text = match unit {
        Unit::Money => Fen::from_fen(value).to_string(),
        Unit::Rate | Unit::Points => Rate::from_millionths(value).to_string(),
    };
    match spot {
        Some(Value::InlineTable(share)) => {
            share.insert("share", text.into());
        }
        Some(spot) => *spot = text.into(),
        None => {}
    }
}

/// Puts a table at its path; one of several after those before it.
fn put(mut into: &mut Table, table: &Written, copy: Table) {
    let mut parts: Vec<&str> = table.path.split('.').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        let next = into.entry(part).or_insert_with(|| {
            let mut between = Table::new();
            between.set_implicit(true);
            Item::Table(between)
        });
        let Some(next) = next.as_table_mut() else { return };
        into = next;
    }
    if table.several {
        let several = into.entry(last).or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
        if let Some(several) = several.as_array_of_tables_mut() {
            several.push(copy);
        }
    } else {
        into.insert(last, Item::Table(copy));
    }
}

#[cfg(test)]
mod tests;
