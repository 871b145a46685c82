//! Writes a population into a folder (生成文件): both tables, the dictionary, and what they were made from. Batches are
//! made on all threads and written in their order, so the bytes are the same on any number of threads.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::Path;

use anyhow::Context as _;
use gongji_domain::Fen;
use gongji_population::{Batch, Event, Source, Violations};
use rayon::prelude::*;

use super::columns::{EVENTS, Layout, PERSONS, TRUTH, dictionary_csv, dictionary_markdown};
use super::rows::{self, Block};
use super::{comma, parquet};

/// How tables are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// Parquet, amounts in fen.
    Parquet,
    /// CSV in UTF-8, amounts in yuan.
    Csv,
}

/// Batches in a row group, and made at a time.
const TOGETHER: u64 = 4;

enum Out {
    Parquet(parquet::Writer),
    Csv(BufWriter<File>, Layout),
}

impl Out {
    fn create(folder: &Path, layout: Layout, format: Format) -> anyhow::Result<Self> {
        match format {
            Format::Parquet => {
                let path = folder.join(format!("{}.parquet", layout.name));
                Ok(Self::Parquet(parquet::Writer::create(&path, layout)?))
            }
            Format::Csv => {
                let mut file = BufWriter::new(File::create(folder.join(format!("{}.csv", layout.name)))?);
                file.write_all(&comma::head(&layout))?;
                Ok(Self::Csv(file, layout))
            }
        }
    }

    fn write(&mut self, block: &Block) -> anyhow::Result<()> {
        match self {
            Self::Parquet(writer) if block.rows() > 0 => writer.group(block)?,
            Self::Parquet(_) => {}
            Self::Csv(file, layout) => file.write_all(&comma::lines(layout, block))?,
        }
        Ok(())
    }

    fn close(self) -> anyhow::Result<()> {
        match self {
            Self::Parquet(writer) => writer.close(),
            Self::Csv(mut file, _) => Ok(file.flush()?),
        }
    }
}

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Written {
    /// How many events.
    pub(crate) events: u64,
    /// How many of them are what accounts are asked to pay for relatives (家庭共济).
    pub(crate) relatives: u64,
    /// How many of them, or beside them, are violations.
    pub(crate) violations: u64,
    /// What was wrongly charged.
    pub(crate) amount: Fen,
    /// What of it the fund is taken to have paid.
    pub(crate) of_fund: Fen,
    /// What the fund is taken to have paid of everything.
    pub(crate) fund: Fen,
}

impl Written {
    fn add(&mut self, more: Self) {
        self.events += more.events;
        self.relatives += more.relatives;
        self.violations += more.violations;
        self.amount += more.amount;
        self.of_fund += more.of_fund;
        self.fund += more.fund;
    }
}

/// Writes everything, with violations where they are wanted; `passed` is told how many persons more are written.
///
/// # Errors
/// When the folder holds such files already, or cannot be written.
pub(crate) fn write(
    source: &impl Source,
    violations: Option<&Violations>,
    folder: &Path,
    format: Format,
    manifest: &serde_json::Value,
    passed: impl Fn(u64),
) -> anyhow::Result<Written> {
    fs::create_dir_all(folder).with_context(|| format!("不能建 {}", folder.display()))?;
    for name in
        ["persons", "events", "truth"].iter().flat_map(|name| ["parquet", "csv"].map(|end| [name, end].join(".")))
    {
        anyhow::ensure!(!folder.join(&name).exists(), "{} 中已有 {name}：请换一个文件夹", folder.display());
    }
    let mut persons = Out::create(folder, PERSONS, format)?;
    let mut events = Out::create(folder, EVENTS, format)?;
    let mut truth = violations.map(|_| Out::create(folder, TRUTH, format)).transpose()?;
    let (mut from, mut written) = (0, Written::default());
    while from < source.batches() {
        let until = (from + TOGETHER).min(source.batches());
        let made = together(source, violations, from..until)?;
        let (one, other) = rayon::join(|| persons.write(&made.persons), || events.write(&made.events));
        one.and(other)?;
        if let Some(truth) = &mut truth {
            truth.write(&made.truth)?;
        }
        written.add(made.sums);
        passed(made.persons.rows() as u64);
        from = until;
    }
    persons.close()?;
    events.close()?;
    truth.map(Out::close).transpose()?;
    fs::write(folder.join("dictionary.md"), dictionary_markdown())?;
    fs::write(folder.join("dictionary.csv"), dictionary_csv())?;
    fs::write(folder.join("manifest.json"), format!("{manifest:#}\n"))?;
    Ok(written)
}

/// Some batches as rows.
struct Made {
    persons: Block,
    events: Block,
    truth: Block,
    sums: Written,
}

impl Made {
    fn new() -> Self {
        let [persons, events, truth] = [&PERSONS, &EVENTS, &TRUTH].map(Block::new);
        Self { persons, events, truth, sums: Written::default() }
    }
}

fn together(
    source: &impl Source,
    violations: Option<&Violations>,
    numbers: core::ops::Range<u64>,
) -> anyhow::Result<Made> {
    let made: Vec<_> = numbers.into_par_iter().map(|number| one(source, violations, number)).collect();
    let mut all = Made::new();
    for made in made {
        let mut made = made?;
        all.persons.append(&mut made.persons);
        all.events.append(&mut made.events);
        all.truth.append(&mut made.truth);
        all.sums.add(made.sums);
    }
    Ok(all)
}

fn one(source: &impl Source, violations: Option<&Violations>, number: u64) -> anyhow::Result<Made> {
    let mut batch = Batch::default();
    source.fill(number, &mut batch)?;
    let mut made = Made::new();
    if let Some(violations) = violations {
        made.sums.fund = batch.events().iter().map(|event: &Event| violations.fund(event)).sum();
        let clean = std::mem::take(&mut batch);
        violations.put(&clean, &mut batch, |label| {
            made.sums.violations += 1;
            made.sums.amount += label.amount;
            made.sums.of_fund += label.fund;
            rows::pack_label(&label, &mut made.truth);
        });
    }
    made.sums.events = batch.events().len() as u64;
    made.sums.relatives = batch.events().iter().filter(|event| !event.is_own()).count() as u64;
    for (person, used) in batch.each() {
        rows::pack_person(person, &mut made.persons);
        used.iter().for_each(|event| rows::pack_event(person.number, event, &mut made.events));
    }
    Ok(made)
}
