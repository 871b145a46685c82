//! The bare program beside the store: takes what waits, appends it to a file, flushes, answers.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use gongji_store::BATCH;

use crate::answers::Answers;
use crate::world::Run;

/// Appends records of so many bytes; how many a second.
pub fn append(path: &Path, run: &Run, bytes: usize) -> Result<f64> {
    let mut file = File::options().append(true).create(true).open(path)?;
    let (ask, asked) = sync_channel::<Vec<u8>>(4096);
    let answers = Answers::default();
    let told = answers.clone();
    let writer = std::thread::spawn(move || -> Result<()> {
        while let Ok(first) = asked.recv() {
            let batch: Vec<_> = std::iter::once(first).chain(asked.try_iter().take(BATCH - 1)).collect();
            file.write_all(&batch.concat())?;
            file.sync_data()?;
            for _ in batch {
                answers.tell(true);
            }
        }
        Ok(())
    });
    let record = vec![0x5a; bytes];
    let begun = Instant::now();
    let until = begun + Duration::from_secs(run.seconds);
    (0..run.in_flight).try_for_each(|_| ask.send(record.clone()))?;
    let mut done = 0;
    while Instant::now() < until {
        let now = told.after(done)?;
        (done..now).try_for_each(|_| ask.send(record.clone()))?;
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
