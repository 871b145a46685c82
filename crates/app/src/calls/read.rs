//! Reading a call log while it is written or afterwards. A line that a crash left unfinished is passed over and
//! told.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use jiff::civil::Date;
use serde::Deserialize;

use super::Call;

/// What a folder holds.
#[derive(Debug, Default)]
pub(crate) struct Log {
    /// In the order in which they came.
    pub calls: Vec<Call>,
    /// What could not be read or is missing, in words.
    pub remarks: Vec<String>,
}

/// Any line of a file.
#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Gap { dropped: u64 },
    Call(Box<Call>),
}

/// The day of a file of the log, by its name.
pub(super) fn day_of(name: &str) -> Option<Date> {
    name.strip_prefix("calls-")?.strip_suffix(".jsonl")?.parse().ok()
}

/// Reads all files of a folder.
///
/// # Errors
/// When the folder or a file of it cannot be read.
pub(crate) fn read(folder: &Path) -> anyhow::Result<Log> {
    let unusable = || format!("无法读取报文记录 {}", folder.display());
    let mut files: Vec<(Date, PathBuf)> = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(unusable)? {
        let path = entry.with_context(unusable)?.path();
        if let Some(day) = path.file_name().and_then(|name| name.to_str()).and_then(day_of) {
            files.push((day, path));
        }
    }
    files.sort();
    let mut log = Log::default();
    for (_, path) in files {
        let bytes = std::fs::read(&path).with_context(unusable)?;
        log.take(&path, &String::from_utf8_lossy(&bytes));
    }
    // A message that took long was written after one that came later.
    log.calls.sort_by(|a, b| (&a.at, a.no).cmp(&(&b.at, b.no)));
    Ok(log)
}

impl Log {
    fn take(&mut self, path: &Path, text: &str) {
        for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.is_empty()) {
            let place = || format!("{} 第 {} 行", path.display(), at + 1);
            match serde_json::from_str(line) {
                Ok(Line::Call(call)) => self.calls.push(*call),
                Ok(Line::Gap { dropped }) => {
                    self.remarks.push(format!("{}：此前有 {dropped} 条因队列已满没有记下", place()));
                }
                Err(_) => self.remarks.push(format!("{}：不完整（服务可能在写入时中断），已跳过", place())),
            }
        }
    }
}
