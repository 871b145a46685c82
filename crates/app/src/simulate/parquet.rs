//! One row a person (逐人结果) as Parquet: whole fen, written in the order of persons, so that the file is the same on
//! any number of threads.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use gongji_microsimulation::PersonYear;
use parquet::basic::Compression;
use parquet::data_type::Int64Type;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use super::runs::Row;

/// Rows of a group.
const GROUP: usize = 131_072;

/// A column of a scenario: its name and where it is found.
type Of = fn(&PersonYear) -> i64;

const OF_YEAR: &[(&str, Of)] = &[
    ("events", |y| y.events.iter().map(|n| i64::from(*n)).sum()),
    ("total_fen", |y| y.total.fen()),
    ("ordinary_fen", |y| y.ordinary.fen()),
    ("eligible_fen", |y| y.eligible.fen()),
    ("pool_fen", |y| y.pool.fen()),
    ("other_funds_fen", |y| y.other.fen()),
    ("chronic_assumed_fen", |y| y.chronic.fen()),
    ("admission_assumed_fen", |y| y.admission.fen()),
    ("account_fen", |y| y.account.fen()),
    ("cash_fen", |y| y.cash.fen()),
    ("mutual_aid_fen", |y| y.aid.fen()),
    ("borne_fen", |y| y.share().fen()),
    ("deductible_fen", |y| y.deductible.fen()),
    ("credit_fen", |y| y.credit().fen()),
    ("opening_fen", |y| y.opening.fen()),
    ("closing_fen", |y| y.closing.fen()),
    ("reached_deductible", |y| i64::from(y.reached)),
    ("at_limit", |y| i64::from(y.at_limit)),
];

/// A file being written.
pub(crate) struct Persons {
    writer: SerializedFileWriter<BufWriter<File>>,
    columns: Vec<Vec<i64>>,
    scenarios: usize,
}

impl Persons {
    /// Begins a file for one scenario or two.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn create(path: &Path, scenarios: usize) -> anyhow::Result<Self> {
        let mut names =
            vec!["person".to_owned(), "retired".to_owned(), "age_group".to_owned(), "income_group".to_owned()];
        for scenario in 0..scenarios {
            let end = if scenarios == 1 { "" } else { ["_a", "_b"][scenario] };
            names.extend(OF_YEAR.iter().map(|(name, _)| format!("{name}{end}")));
        }
        let fields: String = names.iter().map(|name| format!("required int64 {name};")).collect();
        let schema = Arc::new(parse_message_type(&format!("message persons {{ {fields} }}"))?);
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by("gongji".to_owned())
            .build();
        let file = File::create(path).with_context(|| format!("无法写入 {}", path.display()))?;
        let writer = SerializedFileWriter::new(BufWriter::new(file), schema, Arc::new(properties))?;
        Ok(Self { writer, columns: vec![Vec::new(); names.len()], scenarios })
    }

    /// Adds persons.
    ///
    /// # Errors
    /// When they cannot be written.
    pub(crate) fn add(&mut self, rows: &[Row]) -> anyhow::Result<()> {
        for (person, years) in rows {
            let group = years[0].group;
            let own = [person.number as i64, group.status.into(), group.age.into(), group.income.into()];
            let told = years[..self.scenarios].iter().flat_map(|year| OF_YEAR.iter().map(move |(_, of)| of(year)));
            self.columns.iter_mut().zip(own.into_iter().chain(told)).for_each(|(column, value)| column.push(value));
        }
        if self.columns[0].len() >= GROUP { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        let mut group = self.writer.next_row_group()?;
        for values in &mut self.columns {
            if let Some(mut column) = group.next_column()? {
                column.typed::<Int64Type>().write_batch(values, None, None)?;
                column.close()?;
            }
            values.clear();
        }
        group.close()?;
        Ok(())
    }

    /// Ends the file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn finish(mut self) -> anyhow::Result<()> {
        if !self.columns[0].is_empty() {
            self.flush()?;
        }
        self.writer.close()?;
        Ok(())
    }
}
