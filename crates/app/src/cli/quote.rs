//! `gongji quote`: cases as JSON Lines in, answers as JSON Lines out, in the same order.
//!
//! One thread reads whatever is ready and cuts it after a line, every core decides such pieces,
//! and this thread writes the answers in the order of the pieces. A piece is never held back to
//! fill up, so a case that trickles in is answered at once; few pieces wait at any time, so input
//! without end needs little memory.

use super::load::Policies;
use anyhow::Context;
use gongji_domain::Day;
use gongji_policy::Library;
use gongji_policy::case::{Detail, not_text, quote};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::{fs, mem, str, thread};

/// Answer cases (算例) without a store: JSON Lines in, JSON Lines out
///
/// Reads one case a line from FILE or standard input and writes one answer a line, in the same
/// order. Nothing is kept between cases. A refusal is an answer; a case that cannot be read is
/// answered with an `error` and the next case goes on.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Options {
    #[command(flatten)]
    policies: Policies,
    /// Decide by the values known on that day (当时所知), such as 2024-06-01
    #[arg(long, value_name = "DATE")]
    known_on: Option<Day>,
    /// Say of every amount which rule and article made it, with its inputs
    #[arg(long)]
    steps: bool,
    /// The same, with a Chinese sentence for each step (怎么算的)
    #[arg(long)]
    explain: bool,
    /// The cases; standard input when left out or `-`
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

const EXAMPLE: &str = r#"EXAMPLE
  echo '{"id": "a", "pooling_area": "500000", "member": {"status": "active"},
         "encounters": [{"id": "e1", "date": "2024-06-01", "care_type": "ordinary_outpatient",
           "institution": {"class": "tertiary"}, "charges": [{"amount": "3000.00"}]}]}' |
    tr -d '\n' | gongji quote --explain

EXIT STATUS
  0 every case was answered, 1 some case was in error, 2 the arguments cannot be used"#;

/// Bytes read at once: some hundred cases, about a millisecond of one core.
const PIECE: usize = 64 * 1024;

/// Whole lines, and where their answers go.
struct Piece {
    lines: Vec<u8>,
    answers: SyncSender<Answers>,
}

/// The answers to a piece.
#[derive(Default)]
struct Answers {
    lines: Vec<u8>,
    some_in_error: bool,
}

/// Answers everything.
///
/// # Errors
/// When the packages or the input cannot be read, or the answers not be written.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let input = input(options.file.as_deref())?;
    let library = Arc::new(options.policies.library(options.known_on)?);
    let detail = match (options.explain, options.steps) {
        (true, _) => Detail::Sentences,
        (_, true) => Detail::Steps,
        _ => Detail::Amounts,
    };
    let some_in_error = answer_all(input, &library, detail)?;
    Ok(ExitCode::from(u8::from(some_in_error)))
}

/// Standard input, or a file.
pub(crate) fn input(file: Option<&std::path::Path>) -> anyhow::Result<Box<dyn Read + Send>> {
    match file {
        Some(path) if path.as_os_str() != "-" => {
            let file = fs::File::open(path).with_context(|| format!("cannot read the cases in {}", path.display()))?;
            Ok(Box::new(file))
        }
        _ => Ok(Box::new(io::stdin())),
    }
}

fn answer_all(input: Box<dyn Read + Send>, library: &Arc<Library>, detail: Detail) -> anyhow::Result<bool> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let waiting = cores * 4;
    let (work, todo) = sync_channel::<Piece>(waiting);
    let (promise, promised) = sync_channel::<io::Result<Receiver<Answers>>>(waiting);
    let todo = Arc::new(Mutex::new(todo));
    // These threads end with the process: one may sit in a read that nobody waits for any more.
    for _ in 0..cores {
        let (todo, library) = (Arc::clone(&todo), Arc::clone(library));
        thread::spawn(move || decide(&todo, &library, detail));
    }
    thread::spawn(move || {
        if let Err(error) = cut(input, &work, &promise) {
            // Nobody to tell means that the writer has ended.
            let _ = promise.send(Err(error));
        }
    });
    let mut output = io::stdout().lock();
    let mut some_in_error = false;
    for piece in promised {
        let piece = piece.context("cannot read the cases")?;
        let answers = piece.recv().context("a case could not be decided: this is a fault of the program")?;
        some_in_error |= answers.some_in_error;
        match output.write_all(&answers.lines).and_then(|()| output.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => break,
            written => written.context("cannot write the answers")?,
        }
    }
    Ok(some_in_error)
}

/// Cuts what can be read into pieces of whole lines.
fn cut(
    input: Box<dyn Read + Send>,
    work: &SyncSender<Piece>,
    promise: &SyncSender<io::Result<Receiver<Answers>>>,
) -> io::Result<()> {
    let mut input = BufReader::with_capacity(PIECE, input);
    let mut lines: Vec<u8> = Vec::new();
    // False when the other end has gone.
    let send = |lines: Vec<u8>| {
        let (answers, answered) = sync_channel(1);
        promise.send(Ok(answered)).is_ok() && work.send(Piece { lines, answers }).is_ok()
    };
    loop {
        let ready = match input.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            ready => ready?,
        };
        let size = ready.len();
        if size == 0 {
            if !lines.is_empty() {
                send(lines);
            }
            return Ok(());
        }
        match ready.iter().rposition(|byte| *byte == b'\n') {
            Some(end) => {
                lines.extend_from_slice(&ready[..=end]);
                let rest = ready[end + 1..].to_vec();
                if !send(mem::replace(&mut lines, rest)) {
                    return Ok(());
                }
            }
            None => lines.extend_from_slice(ready),
        }
        input.consume(size);
    }
}

/// Decides pieces until there are no more.
fn decide(todo: &Mutex<Receiver<Piece>>, library: &Library, detail: Detail) {
    loop {
        let next = todo.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(piece) = next else { return };
        let answers = answer(&piece.lines, library, detail);
        if piece.answers.send(answers).is_err() {
            return;
        }
    }
}

fn answer(lines: &[u8], library: &Library, detail: Detail) -> Answers {
    let mut answers = Answers { lines: Vec::with_capacity(lines.len() * 2), some_in_error: false };
    match str::from_utf8(lines) {
        Ok(text) => text.split('\n').for_each(|line| one(Ok(line), library, detail, &mut answers)),
        Err(_) => {
            lines.split(|byte| *byte == b'\n').for_each(|line| one(str::from_utf8(line), library, detail, &mut answers))
        }
    }
    answers
}

fn one(line: Result<&str, str::Utf8Error>, library: &Library, detail: Detail, answers: &mut Answers) {
    let answer = match line {
        // Programs on Windows begin a text with a mark.
        Ok(line) if line.trim_start_matches('\u{feff}').trim().is_empty() => return,
        Ok(line) => quote(line.trim_start_matches('\u{feff}'), library, detail),
        Err(error) => not_text(error.valid_up_to()),
    };
    answers.some_in_error |= answer.result.is_err();
    serde_json::to_writer(&mut answers.lines, &answer).expect("an answer is JSON");
    answers.lines.push(b'\n');
}
