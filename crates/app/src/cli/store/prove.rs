//! `gongji store prove`: the proof that one event is in the head of its day, as JSON.

use std::io::Write;
use std::process::ExitCode;

use anyhow::bail;
use gongji_ledger::merkle::{DayHead, InclusionProof};
use gongji_store::{Day, Event, Key, Proof};
use serde::{Deserialize, Serialize};

use super::{Db, text};

/// Print the proof (存在证明) that an event is in the head of its day
///
/// The proof holds the event itself, whole, and what leads from it to the day's head. It is for the
/// institution and the member concerned: it tells what was asked and answered.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Options {
    #[command(flatten)]
    db: Db,
    /// Number of the event, or code of the institution that sent the message
    #[arg(value_name = "SEQ|INSTITUTION")]
    which: String,
    /// The institution's message number (msgid)
    #[arg(value_name = "MSGID")]
    msgid: Option<String>,
}

const EXAMPLE: &str = "\
EXAMPLE
  gongji store prove gongji-demo.db 42 > proof.json
  gongji store prove gongji-demo.db H50000000001 K4 > proof.json";

/// Prints it.
///
/// # Errors
/// When there is no such event, or the store cannot be read.
pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let reader = options.db.open()?;
    let seq = match (&options.msgid, options.which.parse::<u64>()) {
        (Some(msgid), _) => reader.find(&Key { institution: options.which.clone(), msgid: msgid.clone() })?,
        (None, Ok(seq)) => Some(seq),
        (None, Err(_)) => bail!("「{}」不是事件序号；按报文查找时写 机构编号 报文号（msgid）", options.which),
    };
    let Some(proof) = seq.map(|seq| reader.prove(seq)).transpose()?.flatten() else {
        let message = options.msgid.as_deref().unwrap_or_default();
        bail!("结算库中没有这一件：{} {message}", options.which);
    };
    writeln!(anstream::stdout(), "{}", serde_json::to_string_pretty(&Written::of(&proof))?)?;
    Ok(ExitCode::SUCCESS)
}

/// A proof as it is written. Digests are hexadecimal.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    day: String,
    first: u64,
    size: u64,
    root: String,
    index: u64,
    path: Vec<String>,
    event: WrittenEvent,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenEvent {
    seq: u64,
    version: u8,
    #[serde(default)]
    revision: u64,
    #[serde(default)]
    with: Vec<(String, u64)>,
    #[serde(default)]
    visit: Option<u64>,
    #[serde(default)]
    closed: u64,
    kind: String,
    area: String,
    psn_no: String,
    institution: String,
    msgid: String,
    infno: String,
    input: String,
    digest: String,
    reply: String,
    effects: String,
    policy: String,
    recorded: String,
    postings: Option<String>,
    prev_hash: String,
    hash: String,
}

impl Written {
    fn of(proof: &Proof) -> Self {
        let Proof { event, day, inclusion } = proof;
        let event = WrittenEvent {
            seq: event.seq,
            version: event.version,
            revision: event.revision,
            with: event.with.clone(),
            visit: event.visit,
            closed: event.closed,
            kind: event.kind.to_string(),
            area: event.area.clone(),
            psn_no: event.psn_no.clone(),
            institution: event.institution.to_string(),
            msgid: event.msgid.clone(),
            infno: event.infno.to_string(),
            input: event.input.clone(),
            digest: text::hex(&event.digest),
            // Replies are texts; one that is none would not verify, and that is right.
            reply: String::from_utf8_lossy(&event.reply).into_owned(),
            effects: event.effects.clone(),
            policy: event.policy.clone(),
            recorded: event.recorded.to_string(),
            postings: event.postings.map(|digest| text::hex(&digest)),
            prev_hash: text::hex(&event.prev_hash),
            hash: text::hex(&event.hash),
        };
        Self {
            day: day.day.clone(),
            first: day.first,
            size: day.head.size,
            root: text::hex(&day.head.root),
            index: inclusion.index,
            path: inclusion.path.iter().map(|digest| text::hex(digest)).collect(),
            event,
        }
    }

    /// The proof that is written here; none if a digest is no digest.
    pub(super) fn read(self) -> Option<Proof> {
        let head = DayHead { size: self.size, root: text::digest(&self.root)? };
        let path = self.path.iter().map(|digest| text::digest(digest)).collect::<Option<_>>()?;
        Some(Proof {
            event: self.event.read()?,
            day: Day { day: self.day, first: self.first, head, peaks: Vec::new() },
            inclusion: InclusionProof { index: self.index, path },
        })
    }
}

impl WrittenEvent {
    fn read(self) -> Option<Event> {
        let postings = match &self.postings {
            Some(digest) => Some(text::digest(digest)?),
            None => None,
        };
        Some(Event {
            seq: self.seq,
            version: self.version,
            revision: self.revision,
            with: self.with,
            visit: self.visit,
            closed: self.closed,
            kind: self.kind.into(),
            area: self.area,
            psn_no: self.psn_no,
            institution: self.institution.into(),
            msgid: self.msgid,
            infno: self.infno.into(),
            input: self.input,
            digest: text::digest(&self.digest)?,
            reply: self.reply.into(),
            effects: self.effects,
            policy: self.policy,
            recorded: self.recorded.into(),
            postings,
            prev_hash: text::digest(&self.prev_hash)?,
            hash: text::digest(&self.hash)?,
        })
    }
}
