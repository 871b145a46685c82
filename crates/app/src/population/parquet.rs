//! Tables of a population as Parquet: written in row groups, read from any row on.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, Int32Type, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

use super::columns::{Column, Kind, Layout};
use super::fault::{Fault, Faults};
use super::rows::Block;

/// A table that is being written.
pub(super) struct Writer {
    layout: Layout,
    writer: SerializedFileWriter<File>,
}

impl Writer {
    pub(super) fn create(path: &Path, layout: Layout) -> anyhow::Result<Self> {
        let fields = layout.columns.iter().map(field).collect::<Result<Vec<_>, _>>()?;
        let schema = Type::group_type_builder(layout.name).with_fields(fields).build()?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(format!("gongji {}", env!("CARGO_PKG_VERSION")))
            .build();
        let writer = SerializedFileWriter::new(File::create(path)?, Arc::new(schema), Arc::new(properties))?;
        Ok(Self { layout, writer })
    }

    /// Writes a block as one row group.
    pub(super) fn group(&mut self, block: &Block) -> anyhow::Result<()> {
        let mut group = self.writer.next_row_group()?;
        for (column, values) in self.layout.columns.iter().zip(&block.columns) {
            let Some(mut to) = group.next_column()? else { anyhow::bail!("parquet: 少了一列") };
            match column.kind {
                Kind::Number | Kind::Money => drop(to.typed::<Int64Type>().write_batch(values, None, None)?),
                Kind::Date => {
                    let days: Vec<i32> = values.iter().map(|day| *day as i32).collect();
                    to.typed::<Int32Type>().write_batch(&days, None, None)?;
                }
                Kind::Time => {
                    let millis: Vec<i32> = values.iter().map(|second| *second as i32 * 1000).collect();
                    to.typed::<Int32Type>().write_batch(&millis, None, None)?;
                }
                Kind::Flag => {
                    let flags: Vec<bool> = values.iter().map(|flag| *flag != 0).collect();
                    to.typed::<BoolType>().write_batch(&flags, None, None)?;
                }
                Kind::Words(words) => {
                    let known: Vec<ByteArray> = words.iter().map(|word| ByteArray::from(word.0)).collect();
                    let texts: Vec<ByteArray> = values.iter().map(|word| known[*word as usize].clone()).collect();
                    to.typed::<ByteArrayType>().write_batch(&texts, None, None)?;
                }
            }
            to.close()?;
        }
        group.close()?;
        Ok(())
    }

    pub(super) fn close(self) -> anyhow::Result<()> {
        self.writer.close()?;
        Ok(())
    }
}

fn field(column: &Column) -> parquet::errors::Result<Arc<Type>> {
    let (physical, logical) = match column.kind {
        Kind::Number | Kind::Money => (Physical::INT64, None),
        Kind::Date => (Physical::INT32, Some(LogicalType::Date)),
        Kind::Time => (Physical::INT32, Some(LogicalType::time(false, TimeUnit::MILLIS))),
        Kind::Flag => (Physical::BOOLEAN, None),
        Kind::Words(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
    };
    let builder = Type::primitive_type_builder(column.name, physical).with_logical_type(logical);
    Ok(Arc::new(builder.with_repetition(Repetition::REQUIRED).build()?))
}

/// A table to be read.
#[derive(Debug)]
pub(super) struct Table {
    path: PathBuf,
    pub(super) file: String,
    layout: Layout,
    /// Where each column of the layout is in the file.
    places: Vec<Option<usize>>,
}

impl Table {
    /// Looks at its columns.
    pub(super) fn open(path: &Path, layout: Layout, faults: &mut Faults) -> anyhow::Result<Self> {
        let file = super::file_name(path);
        let reader = reader(path)?;
        let columns = reader.metadata().file_metadata().schema_descr().columns().to_vec();
        let names: Vec<String> = columns.iter().map(|column| column.path().string()).collect();
        let places = super::places(&file, &names, &layout, faults);
        for (column, place) in layout.columns.iter().zip(&places) {
            let Some(found) = place.map(|place| &columns[place]) else { continue };
            let flat = found.max_rep_level() == 0 && found.max_def_level() <= 1;
            let fits = flat && fits(column.kind, found.physical_type(), found.logical_type_ref());
            if !fits {
                faults.add(Fault {
                    file: file.clone(),
                    row: None,
                    column: Some(column.name.into()),
                    given: format!("类型为 {} {:?}", found.physical_type(), found.logical_type_ref()),
                    allowed: column.kind.allowed(),
                });
            }
        }
        Ok(Self { path: path.to_owned(), file, layout, places })
    }

    /// Reads on from a row, blocks of rows at a time.
    pub(super) fn from(&self, row: u64) -> anyhow::Result<Cursor<'_>> {
        let reader = reader(&self.path)?;
        let mut cursor = Cursor { table: self, reader, group: 0, left: 0, row, columns: Vec::new() };
        let mut skipped = 0;
        while cursor.group < cursor.reader.num_row_groups() {
            let rows = cursor.rows_of(cursor.group);
            if row < skipped + rows {
                cursor.enter((row - skipped) as usize)?;
                break;
            }
            skipped += rows;
            cursor.group += 1;
        }
        Ok(cursor)
    }
}

fn reader(path: &Path) -> anyhow::Result<SerializedFileReader<File>> {
    use anyhow::Context as _;
    let file = File::open(path).with_context(|| format!("不能读 {}", path.display()))?;
    SerializedFileReader::new(file).with_context(|| format!("{} 不是 Parquet 文件", path.display()))
}

fn fits(kind: Kind, physical: Physical, logical: Option<&LogicalType>) -> bool {
    let integer = matches!(physical, Physical::INT32 | Physical::INT64)
        && !matches!(
            logical,
            Some(
                LogicalType::Decimal { .. }
                    | LogicalType::Date
                    | LogicalType::Time { .. }
                    | LogicalType::Timestamp { .. }
            )
        );
    match kind {
        Kind::Number => integer,
        Kind::Money => integer,
        Kind::Date => physical == Physical::BYTE_ARRAY || logical == Some(&LogicalType::Date),
        Kind::Time => {
            physical == Physical::BYTE_ARRAY
                || matches!(logical, Some(LogicalType::Time(time)) if time.unit != TimeUnit::NANOS)
        }
        Kind::Flag => matches!(physical, Physical::BOOLEAN | Physical::BYTE_ARRAY),
        Kind::Words(_) => physical == Physical::BYTE_ARRAY,
    }
}

/// Where reading stands.
pub(super) struct Cursor<'a> {
    table: &'a Table,
    reader: SerializedFileReader<File>,
    /// The row group that is read, or the next.
    group: usize,
    /// Rows of it that are left.
    left: usize,
    row: u64,
    columns: Vec<Option<(ColumnReader, bool)>>,
}

impl Cursor<'_> {
    fn rows_of(&self, group: usize) -> u64 {
        self.reader.metadata().row_group(group).num_rows() as u64
    }

    /// Opens the columns of the group and leaves rows out.
    fn enter(&mut self, skip: usize) -> anyhow::Result<()> {
        let group = self.reader.get_row_group(self.group)?;
        self.left = self.rows_of(self.group) as usize - skip;
        self.columns.clear();
        for place in &self.table.places {
            let Some(place) = *place else {
                self.columns.push(None);
                continue;
            };
            let nullable = group.metadata().column(place).column_descr().max_def_level() > 0;
            let mut column = group.get_column_reader(place)?;
            match &mut column {
                ColumnReader::BoolColumnReader(column) => column.skip_records(skip)?,
                ColumnReader::Int32ColumnReader(column) => column.skip_records(skip)?,
                ColumnReader::Int64ColumnReader(column) => column.skip_records(skip)?,
                ColumnReader::ByteArrayColumnReader(column) => column.skip_records(skip)?,
                _ => 0,
            };
            self.columns.push(Some((column, nullable)));
        }
        self.group += 1;
        Ok(())
    }

    /// Adds up to so many rows; none at the end.
    pub(super) fn next(&mut self, most: usize, block: &mut Block, faults: &mut Faults) -> anyhow::Result<usize> {
        while self.left == 0 {
            if self.group >= self.reader.num_row_groups() {
                return Ok(0);
            }
            self.enter(0)?;
        }
        let rows = most.min(self.left);
        let layout = self.table.layout.columns;
        for ((column, reader), to) in layout.iter().zip(&mut self.columns).zip(&mut block.columns) {
            let mut put = |place: usize, value: Result<i64, String>| {
                let value = value.and_then(|value| match column.kind.holds(value) {
                    true => Ok(value),
                    false => Err(value.to_string()),
                });
                to.push(value.unwrap_or_else(|given| {
                    faults.add(Fault {
                        file: self.table.file.clone(),
                        row: Some(self.row + place as u64 + 1),
                        column: Some(column.name.into()),
                        given: format!("“{given}”"),
                        allowed: column.kind.allowed(),
                    });
                    0
                }));
            };
            match reader {
                None => to.resize(to.len() + rows, column.default.unwrap_or_default()),
                Some((reader, nullable)) => values(reader, rows, *nullable, column, &mut |place, value| match value {
                    Some(value) => put(place, value),
                    None => match column.default {
                        // What stands for a missing total is not a value of its kind.
                        Some(default) if column.kind.holds(default) => put(place, Ok(default)),
                        Some(_) | None => put(place, Err("空".into())),
                    },
                })?,
            }
        }
        self.row += rows as u64;
        self.left -= rows;
        Ok(rows)
    }
}

/// Gives each of so many values of a column as a whole number.
fn values(
    reader: &mut ColumnReader,
    rows: usize,
    nullable: bool,
    column: &Column,
    put: &mut dyn FnMut(usize, Option<Result<i64, String>>),
) -> anyhow::Result<()> {
    match reader {
        ColumnReader::BoolColumnReader(reader) => each(reader, rows, nullable, |value| Ok(i64::from(*value)), put),
        ColumnReader::Int32ColumnReader(reader) => {
            let millis = column.kind == Kind::Time;
            each(reader, rows, nullable, |value| seconds(i64::from(*value), if millis { 1000 } else { 1 }), put)
        }
        ColumnReader::Int64ColumnReader(reader) => {
            let micros = column.kind == Kind::Time;
            each(reader, rows, nullable, |value| seconds(*value, if micros { 1_000_000 } else { 1 }), put)
        }
        ColumnReader::ByteArrayColumnReader(reader) => {
            let text = |value: &ByteArray| {
                let text = value.as_utf8().map_err(|_| "不是 UTF-8".to_owned())?;
                column.kind.parse(text).ok_or_else(|| text.to_owned())
            };
            each(reader, rows, nullable, text, put)
        }
        _ => anyhow::bail!("{} 列的 Parquet 类型不能读", column.name),
    }
}

fn seconds(value: i64, parts: i64) -> Result<i64, String> {
    if value % parts == 0 { Ok(value / parts) } else { Err(value.to_string()) }
}

fn each<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    rows: usize,
    nullable: bool,
    read: impl Fn(&T::T) -> Result<i64, String>,
    put: &mut dyn FnMut(usize, Option<Result<i64, String>>),
) -> anyhow::Result<()> {
    let mut values = Vec::with_capacity(rows);
    let mut levels: Vec<i16> = Vec::new();
    let (got, ..) = reader.read_records(rows, nullable.then_some(&mut levels), None, &mut values)?;
    anyhow::ensure!(got == rows, "parquet：列比行数短");
    let mut values = values.iter();
    for place in 0..rows {
        let there = levels.get(place).is_none_or(|level| *level > 0);
        put(place, if there { values.next().map(&read) } else { None });
    }
    Ok(())
}
