//! Which catalogues (医保目录) there are and which columns each has: the two checked-in tables
//! `catalogue/kinds.tsv` and `catalogue/columns.tsv`, read once. Knows no file of a user.

use std::sync::LazyLock;

use crate::table::lines;

const KINDS: &str = include_str!("../../catalogue/kinds.tsv");
const COLUMNS: &str = include_str!("../../catalogue/columns.tsv");

/// What a cell may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Text of at most so many characters, if there is a bound.
    Text(Option<usize>),
    /// A number from zero on: digits in all, decimals among them.
    Number(u32, u32),
    /// A share from zero to one (比例).
    Share,
    /// A day.
    Day,
    /// A day, maybe with its time.
    Moment,
}

/// Whether a cell must be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    Yes,
    /// Filled in when absent.
    Auto,
    No,
}

/// One column.
#[derive(Debug)]
pub(crate) struct Column {
    /// National field name; the Chinese heading where none is known.
    pub name: &'static str,
    /// Chinese heading.
    pub meaning: &'static str,
    pub form: Form,
    pub need: Need,
    /// What is allowed; anything when empty.
    pub values: Vec<&'static str>,
}

/// How institutions get a catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// As a file through 9102.
    File,
    /// Page by page.
    Page,
    /// Not at all: this project's own.
    Own,
}

/// One catalogue.
#[derive(Debug)]
pub(crate) struct Kind {
    /// 交易编号 that it is asked for with, or a word of this project's own.
    pub number: &'static str,
    pub title: &'static str,
    pub how: How,
    pub columns: Vec<Column>,
    /// Columns that make two rows the same.
    pub key: Vec<usize>,
}

impl Kind {
    /// Where a column stands.
    pub(crate) fn at(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// Where the first day stands, if rows have periods: it is part of what makes two rows the same.
    pub(crate) fn from(&self) -> Option<usize> {
        self.at("begndate").filter(|at| self.key.contains(at))
    }

    /// The columns that say what has periods: the key without the first day.
    pub(crate) fn subject(&self) -> impl Iterator<Item = usize> {
        let from = self.from();
        self.key.iter().copied().filter(move |at| Some(*at) != from)
    }

    /// The cells of a line.
    pub(crate) fn cells<'l>(&self, line: &'l str) -> Vec<&'l str> {
        let mut cells: Vec<&str> = line.split('\t').map(|cell| if cell == NULL { "" } else { cell }).collect();
        cells.resize(self.columns.len(), "");
        cells
    }

    /// What makes a row the same as another, as one text.
    pub(crate) fn key_of(&self, cells: &[&str]) -> String {
        joined(self.key.iter().map(|at| cells[*at]))
    }

    /// What a row's period is of, as one text.
    pub(crate) fn subject_of(&self, cells: &[&str]) -> String {
        joined(self.subject().map(|at| cells[at]))
    }
}

fn joined<'c>(cells: impl Iterator<Item = &'c str>) -> String {
    let mut all = String::new();
    for cell in cells {
        all.push_str(cell);
        all.push('\t');
    }
    all
}

/// What stands in a file where there is nothing.
pub(crate) const NULL: &str = "null";

/// All catalogues, by number.
pub(crate) fn kinds() -> &'static [Kind] {
    static ALL: LazyLock<Vec<Kind>> = LazyLock::new(|| rows(KINDS).map(read_kind).collect());
    &ALL
}

/// The catalogue with a number.
pub(crate) fn kind(number: &str) -> Option<&'static Kind> {
    kinds().iter().find(|kind| kind.number == number)
}

/// All numbers with their titles, for messages.
pub(crate) fn numbers() -> String {
    kinds().iter().map(|kind| format!("{} {}", kind.number, kind.title)).collect::<Vec<_>>().join("、")
}

/// The rows of one of our own tables.
fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    lines(table).map(|line| line.split('\t').collect())
}

fn read_kind(cells: Vec<&'static str>) -> Kind {
    let [number, title, how, key] = cells[..] else { panic!("kinds.tsv: {cells:?}") };
    let columns: Vec<Column> =
        rows(COLUMNS).filter(|cells| cells[0] == number).map(|cells| read_column(&cells)).collect();
    let at = |name: &str| columns.iter().position(|column| column.name == name || column.meaning == name);
    Kind {
        number,
        title,
        how: match how {
            "file" => How::File,
            "page" => How::Page,
            _ => How::Own,
        },
        key: key.split(',').map(|name| at(name).expect("kinds.tsv names columns of columns.tsv")).collect(),
        columns,
    }
}

fn read_column(cells: &[&'static str]) -> Column {
    let [_, name, meaning, form, need, values] = cells[..] else { panic!("columns.tsv: {cells:?}") };
    Column {
        name: if name == "-" { meaning } else { name },
        meaning,
        form: read_form(form),
        need: match need {
            "yes" => Need::Yes,
            "auto" => Need::Auto,
            _ => Need::No,
        },
        values: values.split(',').filter(|value| !value.is_empty()).collect(),
    }
}

fn read_form(form: &str) -> Form {
    let digits = |text: &str| text.parse().expect("a count of digits in columns.tsv");
    match form.split_at(1) {
        ("D", "") => Form::Day,
        ("D", "T") => Form::Moment,
        ("R", "") => Form::Share,
        ("C", "") => Form::Text(None),
        ("C", most) => Form::Text(Some(most.parse().expect("a length in columns.tsv"))),
        ("N", said) => {
            let (all, decimals) = said.split_once(',').unwrap_or((said, "0"));
            Form::Number(digits(all), digits(decimals))
        }
        _ => panic!("columns.tsv: the type {form}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_whole() {
        assert_eq!(kinds().len(), 21);
        for kind in kinds() {
            assert!(!kind.columns.is_empty() && !kind.key.is_empty(), "{}", kind.number);
            let mut names: Vec<&str> = kind.columns.iter().map(|column| column.name).collect();
            names.sort_unstable();
            assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{}: {names:?}", kind.number);
            let periods = kind.from().is_some();
            assert_eq!(periods, kind.at("begndate").is_some() && kind.at("enddate").is_some(), "{}", kind.number);
        }
        assert_eq!(kind("1301").unwrap().columns.len(), 92);
        assert_eq!(kind("1318").unwrap().columns[6].form, Form::Number(16, 6));
    }

    #[test]
    fn null_is_nothing_and_a_short_line_has_empty_cells() {
        let kind = kind("1320").unwrap();
        assert_eq!(kind.cells("1\tnull"), ["1", "", ""]);
    }
}
