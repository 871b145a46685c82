//! Writing the call log, on a thread of its own behind a bounded queue. A full queue drops lines and counts
//! them. Must never be waited for by a settlement.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Instant;

use axum::body::Bytes;
use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime};
use serde::Serialize;

use super::{Call, GATEWAY, LOST, OK, WORD, told, without_values};
use crate::his::envelope::Outline;
use crate::his::json::{self, Json};
use crate::his::zipped::SIGN;
use crate::serve::clock::Clock;

/// Lines that may wait.
const WAITING: usize = 8192;
/// Bytes of bodies that may wait.
const BYTES: usize = 64 << 20;

/// What is kept where and for how long.
#[derive(Clone, Debug)]
pub(crate) struct Keeping {
    pub folder: PathBuf,
    /// Whether bodies are kept, as only the sandbox may.
    pub bodies: bool,
    /// Days after which a file is removed.
    pub days: u32,
}

/// The call log of a service.
pub(crate) struct Calls {
    sender: Option<SyncSender<Exchange>>,
    thread: Option<JoinHandle<()>>,
    waiting: Arc<AtomicUsize>,
    dropped: Arc<AtomicU64>,
    count: AtomicU64,
    clock: Arc<dyn Clock>,
}

/// When a message came.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arrived {
    at: DateTime,
    no: u64,
    since: Instant,
}

/// A message and its answer on the way to the log.
pub(crate) struct Exchange {
    pub arrived: Arrived,
    pub request: Bytes,
    pub reply: Vec<u8>,
    /// HTTP status of the answer.
    pub status: u16,
    pub trouble: String,
    /// Milliseconds until it was answered.
    ms: u64,
}

/// A line that says that others are missing.
#[derive(Serialize)]
struct Gap {
    dropped: u64,
}

impl Calls {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the folder or the thread cannot be made.
    pub(crate) fn start(keeping: Keeping, clock: Arc<dyn Clock>) -> std::io::Result<Self> {
        std::fs::create_dir_all(&keeping.folder)?;
        let (sender, receiver) = sync_channel(WAITING);
        let (waiting, dropped) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicU64::new(0)));
        let writer = Writer { keeping, open: None, waiting: Arc::clone(&waiting), dropped: Arc::clone(&dropped) };
        let run = move || writer.run(&receiver);
        let thread = std::thread::Builder::new().name("gongji-calls".to_owned()).spawn(run)?;
        Ok(Self { sender: Some(sender), thread: Some(thread), waiting, dropped, count: AtomicU64::new(0), clock })
    }

    /// Notes when a message comes.
    pub(crate) fn arrived(&self) -> Arrived {
        Arrived { at: self.clock.now(), no: self.count.fetch_add(1, Ordering::Relaxed), since: Instant::now() }
    }

    /// Hands a message and its answer to the log, or counts it as dropped.
    pub(crate) fn log(&self, arrived: Arrived, request: Bytes, reply: Vec<u8>, status: u16, trouble: String) {
        let ms = u64::try_from(arrived.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        let exchange = Exchange { arrived, request, reply, status, trouble, ms };
        let size = exchange.request.len() + exchange.reply.len();
        let fits = self.waiting.fetch_add(size, Ordering::Relaxed) + size <= BYTES;
        let sent = fits && self.sender.as_ref().is_some_and(|sender| sender.try_send(exchange).is_ok());
        if !sent {
            self.waiting.fetch_sub(size, Ordering::Relaxed);
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// What was taken in is written before the log ends.
impl Drop for Calls {
    fn drop(&mut self) {
        self.sender = None;
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has said so.
            let _ = thread.join();
        }
    }
}

struct Writer {
    keeping: Keeping,
    open: Option<(Date, BufWriter<File>)>,
    waiting: Arc<AtomicUsize>,
    dropped: Arc<AtomicU64>,
}

impl Writer {
    fn run(mut self, receiver: &Receiver<Exchange>) {
        while let Ok(first) = receiver.recv() {
            let mut next = Some(first);
            while let Some(exchange) = next {
                self.waiting.fetch_sub(exchange.request.len() + exchange.reply.len(), Ordering::Relaxed);
                if let Err(error) = self.write(&exchange) {
                    self.dropped.fetch_add(1, Ordering::Relaxed);
                    self.open = None;
                    tracing::error!(%error, "a line of the call log could not be written");
                }
                next = receiver.try_recv().ok();
            }
            if let Some((_, file)) = &mut self.open
                && let Err(error) = file.flush()
            {
                tracing::error!(%error, "the call log could not be written");
                self.open = None;
            }
        }
    }

    fn write(&mut self, exchange: &Exchange) -> std::io::Result<()> {
        let day = exchange.arrived.at.date();
        if self.open.as_ref().is_none_or(|(open, _)| *open != day) {
            self.open = None;
            let file = appended(&self.keeping.folder.join(name(day)))?;
            self.open = Some((day, BufWriter::new(file)));
            remove_older(&self.keeping, day);
        }
        let Some((_, file)) = &mut self.open else { return Ok(()) };
        let dropped = self.dropped.swap(0, Ordering::Relaxed);
        if dropped > 0 {
            line(file, &Gap { dropped })?;
        }
        line(file, &call(exchange, self.keeping.bodies))
    }
}

fn line(file: &mut BufWriter<File>, value: &impl Serialize) -> std::io::Result<()> {
    serde_json::to_writer(&mut *file, value)?;
    file.write_all(b"\n")
}

/// The file of a day.
fn name(day: Date) -> String {
    format!("calls-{day}.jsonl")
}

/// A file to append to. A line that a crash left unfinished is ended, so that it spoils no other.
fn appended(path: &Path) -> std::io::Result<File> {
    let mut file = OpenOptions::new().create(true).append(true).read(true).open(path)?;
    if file.metadata()?.len() > 0 {
        let mut last = [0];
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
        if last != *b"\n" {
            file.write_all(b"\n")?;
        }
    }
    Ok(file)
}

/// Removes the files of days that need not be kept any more. One that cannot be removed is left.
fn remove_older(keeping: &Keeping, today: Date) {
    let Ok(oldest) = today.checked_sub(i64::from(keeping.days).days()) else { return };
    let Ok(entries) = std::fs::read_dir(&keeping.folder) else { return };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        let day = path.file_name().and_then(|name| name.to_str()).and_then(super::read::day_of);
        if day.is_some_and(|day| day < oldest)
            && let Err(error) = std::fs::remove_file(&path)
        {
            tracing::warn!(%error, "an old file of the call log could not be removed");
        }
    }
}

/// The line of an exchange. Outside the sandbox nothing of it that a sender wrote but number, message and code.
fn call(exchange: &Exchange, bodies: bool) -> Call {
    let message = json::read(&exchange.request).unwrap_or(Json::Null);
    let outline = Outline::of(&message);
    let reply = json::read(&exchange.reply).unwrap_or(Json::Null);
    let word = |name: &str| match reply.get(name) {
        Some(Json::Text(text) | Json::Number(text)) => text.to_string(),
        _ => String::new(),
    };
    let plain = |text: &str| text.chars().filter(|c| !c.is_control()).take(WORD).collect();
    let zip = exchange.reply.starts_with(SIGN);
    let text = |bytes: &[u8]| match bytes.starts_with(SIGN) {
        true => format!("（文件，{} 字节）", bytes.len()),
        false => String::from_utf8_lossy(bytes).into_owned(),
    };
    let (err_msg, warn_msg) = (word("err_msg"), word("warn_msg"));
    let (code, field, err_msg) = match (exchange.status, word("infcode").as_str()) {
        (200, _) if zip => (OK.to_owned(), String::new(), String::new()),
        (200, "0") => (OK.to_owned(), String::new(), String::new()),
        (200, "") => (LOST.to_owned(), String::new(), String::new()),
        (200, _) => {
            let (code, field) = told(&err_msg);
            let said = if bodies { err_msg.clone() } else { without_values(code, field) };
            (code.to_owned(), field.to_owned(), said)
        }
        (status, _) => (GATEWAY.to_owned(), String::new(), format!("HTTP {status}")),
    };
    Call {
        at: exchange.arrived.at.strftime("%Y-%m-%d %H:%M:%S%.3f").to_string(),
        no: exchange.arrived.no,
        infno: plain(&outline.infno),
        msgid: plain(&outline.msgid),
        institution: plain(&outline.institution),
        ms: exchange.ms,
        code,
        field,
        err_msg,
        warn_msg: if bodies { warn_msg } else { super::about_fields(&warn_msg) },
        trouble: exchange.trouble.clone(),
        request: bodies.then(|| text(&exchange.request)),
        reply: bodies.then(|| text(&exchange.reply)),
    }
}
