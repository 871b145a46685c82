//! The bare program beside the store: takes what waits, appends it to a file, flushes, answers. It is asked in one
//! of two ways: with a record that is there already, so that the log is all that is measured, or with the very
//! settlements that the store is asked with, made one by one on the driver's thread, so that the load is the same.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use gongji_store::BATCH;

use crate::answers::Answers;
use crate::world::{Run, Said};

/// Appends one record of so many bytes again and again; how many a second.
pub fn append(path: &Path, run: &Run, bytes: usize) -> Result<f64> {
    let record = vec![0x5a; bytes];
    write(path, run, || record.clone(), |record| record)
}

/// Appends so many bytes of each of the store's settlements; how many a second.
pub fn append_said(path: &Path, run: &Run, bytes: usize, seed: u64) -> Result<f64> {
    let mut said = Said::new(run, seed);
    let next = || {
        let settlement = said.next();
        // Whoever sends works this out, for the store as well.
        (settlement.request.digest(), settlement)
    };
    write(path, run, next, move |(_, said)| {
        let mut record = said.reply.to_vec();
        record.extend_from_slice(said.effects.as_bytes());
        record.truncate(bytes);
        record
    })
}

fn write<T: Send + Sync + 'static>(
    path: &Path,
    run: &Run,
    mut next: impl FnMut() -> T,
    record: impl Fn(T) -> Vec<u8> + Send + 'static,
) -> Result<f64> {
    let mut file = File::options().append(true).create(true).open(path)?;
    let (ask, asked) = sync_channel::<T>(4096);
    let answers = Answers::default();
    let told = answers.clone();
    let writer = std::thread::spawn(move || -> Result<()> {
        while let Ok(first) = asked.recv() {
            let batch: Vec<_> = std::iter::once(first).chain(asked.try_iter().take(BATCH - 1)).collect();
            let records: Vec<Vec<u8>> = batch.into_iter().map(&record).collect();
            file.write_all(&records.concat())?;
            file.sync_data()?;
            for _ in records {
                answers.tell(true);
            }
        }
        Ok(())
    });
    let begun = Instant::now();
    let until = begun + Duration::from_secs(run.seconds);
    (0..run.in_flight).try_for_each(|_| ask.send(next()))?;
    let mut done = 0;
    while Instant::now() < until {
        let now = told.after(done)?;
        (done..now).try_for_each(|_| ask.send(next()))?;
        done = now;
    }
    let rate = done as f64 / begun.elapsed().as_secs_f64();
    drop(ask);
    if writer.join().is_err() {
        bail!("the log's writer ended");
    }
    std::fs::remove_file(path)?;
    Ok(rate)
}
