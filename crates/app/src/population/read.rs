//! An agency's own, de-identified members and claims (自有数据), or a population that was written before, as a
//! [`Source`]: looked through once from end to end, then read batch by batch, so that memory stays bounded.

use std::path::Path;

use gongji_domain::Day;
use gongji_population::{Batch, Source, SourceFault};

use super::columns::{EVENTS, Layout, PERSONS, TOTAL};
use super::fault::{Fault, Faults};
use super::rows::{self, Block, EVENT, PERSON};
use super::{comma, parquet};

/// A population in two files.
#[derive(Debug)]
pub(crate) struct Files {
    persons: Table,
    events: Table,
    batches: Vec<Mark>,
    count: u64,
    events_count: u64,
    relatives: u64,
    year: Option<i32>,
}

/// Where a batch begins in both files, and how long it is.
#[derive(Clone, Copy, Debug)]
struct Mark {
    person: At,
    persons: usize,
    event: At,
    events: usize,
}

/// A row, and where it begins if that is known.
#[derive(Clone, Copy, Debug)]
struct At {
    row: u64,
    byte: Option<u64>,
}

#[derive(Debug)]
enum Table {
    Comma(comma::Table),
    Parquet(parquet::Table),
}

enum Cursor<'a> {
    Comma(comma::Cursor<'a>),
    Parquet(parquet::Cursor<'a>),
}

impl Table {
    /// `<name>.parquet` of a folder, or `<name>.csv`.
    fn open(folder: &Path, layout: Layout, faults: &mut Faults) -> anyhow::Result<Self> {
        let path = |ending: &str| folder.join(format!("{}.{ending}", layout.name));
        match [path("parquet"), path("csv")].map(|path| path.is_file()) {
            [true, false] => Ok(Self::Parquet(parquet::Table::open(&path("parquet"), layout, faults)?)),
            [false, true] => Ok(Self::Comma(comma::Table::open(&path("csv"), layout, faults)?)),
            [true, true] => {
                anyhow::bail!("{} 中 {}.parquet 和 {0}.csv 都有：只能有一个", folder.display(), layout.name)
            }
            [false, false] => {
                anyhow::bail!("{} 中没有 {}.parquet 或 {1}.csv（{}）", folder.display(), layout.name, layout.chinese)
            }
        }
    }

    fn file(&self) -> &str {
        match self {
            Self::Comma(table) => &table.file,
            Self::Parquet(table) => &table.file,
        }
    }

    fn from(&self, at: At) -> anyhow::Result<Cursor<'_>> {
        Ok(match self {
            Self::Comma(table) => Cursor::Comma(table.from(at.row, at.byte)?),
            Self::Parquet(table) => Cursor::Parquet(table.from(at.row)?),
        })
    }
}

impl Cursor<'_> {
    fn next(&mut self, most: usize, chunk: &mut Chunk, faults: &mut Faults) -> anyhow::Result<usize> {
        match self {
            Self::Comma(cursor) => cursor.next(most, &mut chunk.block, &mut chunk.bytes, faults),
            Self::Parquet(cursor) => cursor.next(most, &mut chunk.block, faults),
        }
    }

    /// So many rows, fewer only at the end.
    fn fill(&mut self, most: usize, chunk: &mut Chunk, faults: &mut Faults) -> anyhow::Result<()> {
        while chunk.block.rows() < most && self.next(most - chunk.block.rows(), chunk, faults)? > 0 {}
        Ok(())
    }
}

/// Rows in memory.
struct Chunk {
    block: Block,
    /// Where each begins, of files that are read by bytes.
    bytes: Vec<u64>,
}

impl Chunk {
    fn new(layout: &Layout) -> Self {
        Self { block: Block::new(layout), bytes: Vec::new() }
    }

    fn clear(&mut self) {
        self.block.clear();
        self.bytes.clear();
    }

    fn at(&self, place: usize, first: u64) -> At {
        At { row: first + place as u64, byte: self.bytes.get(place).copied() }
    }
}

/// Rows that are looked at together.
const ROWS: usize = 8_192;
const START: At = At { row: 0, byte: None };

impl Files {
    /// Looks through both files of a folder.
    ///
    /// # Errors
    /// When they cannot be read, or with everything that is wrong in them ([`Faults`]).
    pub(crate) fn open(folder: &Path) -> anyhow::Result<Self> {
        let mut faults = Faults::default();
        let persons = Table::open(folder, PERSONS, &mut faults)?;
        let events = Table::open(folder, EVENTS, &mut faults)?;
        if !faults.0.is_empty() {
            return Err(faults.into());
        }
        let mut files =
            Self { persons, events, batches: Vec::new(), count: 0, events_count: 0, relatives: 0, year: None };
        files.look_through(&mut faults)?;
        if faults.0.is_empty() { Ok(files) } else { Err(faults.into()) }
    }

    /// The year of the events; none when there are no events.
    pub(crate) fn year(&self) -> Option<i32> {
        self.year
    }

    /// How many events there are.
    pub(crate) fn events(&self) -> u64 {
        self.events_count
    }

    /// How many of them are what accounts are asked to pay for relatives (家庭共济).
    pub(crate) fn relatives(&self) -> u64 {
        self.relatives
    }

    fn look_through(&mut self, faults: &mut Faults) -> anyhow::Result<()> {
        let mut seen = Seen {
            events: self.events.from(START)?,
            chunk: Chunk::new(&EVENTS),
            place: 0,
            row: 0,
            relatives: 0,
            last: -1,
        };
        let mut persons = self.persons.from(START)?;
        let (mut chunk, mut last) = (Chunk::new(&PERSONS), -1);
        let (mut marks, mut count, mut year) = (Vec::new(), 0_u64, None);
        let most = Batch::PERSONS as usize;
        while !faults.full() {
            chunk.clear();
            persons.fill(most, &mut chunk, faults)?;
            let rows = chunk.block.rows();
            if rows == 0 {
                break;
            }
            ascending(self.persons.file(), &chunk.block, count, &mut last, faults);
            let people = People { numbers: &chunk.block.columns[0], accounts: &chunk.block.columns[ACCOUNT] };
            let (event, events) = seen.until(&people, self.events.file(), &mut year, faults)?;
            marks.push(Mark { person: chunk.at(0, count), persons: rows, event, events });
            count += rows as u64;
        }
        if count == 0 {
            faults.add(fault(self.persons.file(), None, None, "没有一行", "至少一名参保人"));
        }
        if !faults.full() {
            seen.rest(self.events.file(), faults)?;
        }
        (self.events_count, self.relatives) = (seen.row, seen.relatives);
        (self.batches, self.count, self.year) = (marks, count, year);
        Ok(())
    }

    fn read(&self, mark: Mark, batch: &mut Batch) -> anyhow::Result<()> {
        let mut faults = Faults::default();
        let (mut persons, mut events) = (Chunk::new(&PERSONS), Chunk::new(&EVENTS));
        self.persons.from(mark.person)?.fill(mark.persons, &mut persons, &mut faults)?;
        if mark.events > 0 {
            self.events.from(mark.event)?.fill(mark.events, &mut events, &mut faults)?;
        }
        let whole = persons.block.rows() == mark.persons && events.block.rows() == mark.events;
        anyhow::ensure!(
            whole && faults.0.is_empty(),
            "{} 或 {} 在读的时候变了",
            self.persons.file(),
            self.events.file()
        );
        let mut next = 0;
        for place in 0..mark.persons {
            let person = rows::person(&persons.block.row::<PERSON>(place));
            let number = person.number as i64;
            batch.push(person, |to| {
                while next < mark.events && events.block.columns[0][next] == number {
                    to.push(rows::event(&events.block.row::<EVENT>(next)));
                    next += 1;
                }
            });
        }
        Ok(())
    }
}

impl Source for Files {
    fn persons(&self) -> u64 {
        self.count
    }

    fn batches(&self) -> u64 {
        self.batches.len() as u64
    }

    fn fill(&self, number: u64, batch: &mut Batch) -> Result<(), SourceFault> {
        batch.clear();
        let Some(mark) = self.batches.get(number as usize) else {
            return Err(SourceFault(format!("没有第 {number} 批")));
        };
        self.read(*mark, batch).map_err(|error| SourceFault(format!("{error:#}")))
    }
}

fn fault(file: &str, row: Option<u64>, column: Option<&str>, given: &str, allowed: &str) -> Fault {
    let column = column.map(str::to_owned);
    Fault { file: file.to_owned(), row, column, given: given.to_owned(), allowed: allowed.to_owned() }
}

/// Numbers of persons ascend and none comes twice; bits of diseases are sixteen.
fn ascending(file: &str, block: &Block, first: u64, last: &mut i64, faults: &mut Faults) {
    for (place, (number, diseases)) in block.columns[0].iter().zip(&block.columns[PERSON - 1]).enumerate() {
        let row = Some(first + place as u64 + 1);
        if number <= last {
            let given = format!("{number} 在 {last} 之后");
            faults.add(fault(file, row, Some("person"), &given, "升序、不重复的编号；请先按 person 排序"));
        }
        if *diseases > i64::from(u16::MAX) {
            faults.add(fault(file, row, Some("diseases"), &diseases.to_string(), "小于 65536 的数"));
        }
        *last = *number;
    }
}

/// Events as they pass by beside the persons.
struct Seen<'a> {
    events: Cursor<'a>,
    chunk: Chunk,
    place: usize,
    row: u64,
    relatives: u64,
    last: i64,
}

/// Place of `account` among the columns of persons.
const ACCOUNT: usize = 5;

/// Persons whose events pass by: their numbers, and whether they have an account.
struct People<'a> {
    numbers: &'a [i64],
    accounts: &'a [i64],
}

impl Seen<'_> {
    /// Whether there is an event to look at.
    fn more(&mut self, faults: &mut Faults) -> anyhow::Result<bool> {
        if self.place < self.chunk.block.rows() {
            return Ok(true);
        }
        self.chunk.clear();
        self.place = 0;
        Ok(self.events.next(ROWS, &mut self.chunk, faults)? > 0)
    }

    /// Passes the events of these persons; where they begin, and how many there are.
    fn until(
        &mut self,
        persons: &People<'_>,
        file: &str,
        year: &mut Option<i32>,
        faults: &mut Faults,
    ) -> anyhow::Result<(At, usize)> {
        let Some(most) = persons.numbers.last() else { return Ok((START, 0)) };
        let (mut begins, mut events) = (None, 0);
        while self.more(faults)? && self.chunk.block.columns[0][self.place] <= *most && !faults.full() {
            begins = begins.or_else(|| Some(self.chunk.at(self.place, self.row - self.place as u64)));
            self.row += 1;
            let row: [i64; EVENT] = self.chunk.block.row(self.place);
            self.place += 1;
            events += 1;
            self.check(&row, persons, file, year, faults);
        }
        Ok((begins.unwrap_or(START), events))
    }

    fn check(
        &mut self,
        row: &[i64; EVENT],
        persons: &People<'_>,
        file: &str,
        year: &mut Option<i32>,
        faults: &mut Faults,
    ) {
        let known = persons.numbers.binary_search(&row[0]);
        let relative = rows::of_relative(row);
        self.relatives += u64::from(relative);
        let mut wrong = |column: &str, given: &str, allowed: &str| {
            faults.add(fault(file, Some(self.row), Some(column), given, allowed));
        };
        if row[0] < self.last {
            wrong("person", &format!("{} 在 {} 之后", row[0], self.last), "升序的编号；请先按 person 排序");
        } else if known.is_err() {
            wrong("person", &row[0].to_string(), "参保人表中的编号");
        }
        self.last = row[0];
        let of_day = Day::from_number(row[1] as i32).ymd().0;
        let of_all = *year.get_or_insert(of_day);
        if of_day != of_all {
            wrong("day", &Day::from_number(row[1] as i32).to_string(), &format!("与第一行同在 {of_all} 年的日期"));
        }
        if row[7] > i64::from(u32::MAX) {
            wrong("institution", &row[7].to_string(), "小于 4294967296 的数");
        }
        if relative && known.is_ok_and(|place| persons.accounts[place] == 0) {
            wrong("means", &format!("{} 没有个人账户（account 为 false）", row[0]), "有个人账户的人才有家庭共济");
        }
        let sum: i64 = row[8..TOTAL].iter().sum();
        if row[TOTAL] >= 0 && row[TOTAL] != sum {
            let yuan = gongji_domain::Fen::from_fen;
            wrong("total", &yuan(row[TOTAL]).to_string(), &format!("四项之和 {}", yuan(sum)));
        }
    }

    /// What is left belongs to nobody.
    fn rest(&mut self, file: &str, faults: &mut Faults) -> anyhow::Result<()> {
        while self.more(faults)? {
            self.row += 1;
            let given = self.chunk.block.columns[0][self.place].to_string();
            self.place += 1;
            if !faults.add(fault(file, Some(self.row), Some("person"), &given, "参保人表中的编号")) {
                break;
            }
        }
        Ok(())
    }
}
