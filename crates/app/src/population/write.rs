//! Writes a population into a folder (生成文件): both tables, the dictionary, and what they were made from. Batches are
//! made on all threads and written in their order, so the bytes are the same on any number of threads.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::Path;

use anyhow::Context as _;
use gongji_population::{Batch, Source};
use rayon::prelude::*;

use super::columns::{EVENTS, Layout, PERSONS, dictionary_csv, dictionary_markdown};
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

/// Writes everything; `passed` is told how many persons more are written.
///
/// # Errors
/// When the folder holds such files already, or cannot be written.
pub(crate) fn write(
    source: &impl Source,
    folder: &Path,
    format: Format,
    manifest: &serde_json::Value,
    passed: impl Fn(u64),
) -> anyhow::Result<u64> {
    fs::create_dir_all(folder).with_context(|| format!("不能建 {}", folder.display()))?;
    for name in ["persons.parquet", "persons.csv", "events.parquet", "events.csv"] {
        anyhow::ensure!(!folder.join(name).exists(), "{} 中已有 {name}：请换一个文件夹", folder.display());
    }
    let mut persons = Out::create(folder, PERSONS, format)?;
    let mut events = Out::create(folder, EVENTS, format)?;
    let (mut from, mut count) = (0, 0);
    while from < source.batches() {
        let until = (from + TOGETHER).min(source.batches());
        let (of_persons, of_events) = together(source, from..until)?;
        let (one, other) = rayon::join(|| persons.write(&of_persons), || events.write(&of_events));
        one.and(other)?;
        count += of_events.rows() as u64;
        passed(of_persons.rows() as u64);
        from = until;
    }
    persons.close()?;
    events.close()?;
    fs::write(folder.join("dictionary.md"), dictionary_markdown())?;
    fs::write(folder.join("dictionary.csv"), dictionary_csv())?;
    fs::write(folder.join("manifest.json"), format!("{manifest:#}\n"))?;
    Ok(count)
}

/// Some batches as blocks.
fn together(source: &impl Source, numbers: core::ops::Range<u64>) -> anyhow::Result<(Block, Block)> {
    let made: Vec<_> = numbers.into_par_iter().map(|number| one(source, number)).collect();
    let (mut persons, mut events) = (Block::new(&PERSONS), Block::new(&EVENTS));
    for blocks in made {
        let (mut of_persons, mut of_events) = blocks?;
        persons.append(&mut of_persons);
        events.append(&mut of_events);
    }
    Ok((persons, events))
}

fn one(source: &impl Source, number: u64) -> anyhow::Result<(Block, Block)> {
    let mut batch = Batch::default();
    source.fill(number, &mut batch)?;
    let (mut persons, mut events) = (Block::new(&PERSONS), Block::new(&EVENTS));
    for (person, used) in batch.each() {
        rows::pack_person(person, &mut persons);
        used.iter().for_each(|event| rows::pack_event(person.number, event, &mut events));
    }
    Ok((persons, events))
}
