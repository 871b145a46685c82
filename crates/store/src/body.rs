//! An event as a row: the fields that are looked up stand alone, everything else is packed into a body,
//! and bodies are written against a dictionary, so that what all events of a kind have in common takes no
//! room. Knows no SQL and no meaning.

use std::collections::HashMap;

use gongji_ledger::Transaction;
use lz4_flex::block::{compress_into_with_dict, decompress_with_dict, get_maximum_output_size};
use sha2::{Digest as _, Sha256};

use crate::codec::{Bytes, put_bytes, put_text, put_u64};
use crate::event::{Digest, Event, digest_of};
use crate::posting;

/// A stored event, still packed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub number: u64,
    pub person: String,
    pub revision: u64,
    /// Zero where there is none.
    pub visit: u64,
    pub hash: Digest,
    /// Which dictionary the body is written against; zero for none.
    pub dictionary: i64,
    pub body: Vec<u8>,
    /// The states of its persons after it, in their order: derived, so not sealed.
    pub after: Vec<u8>,
}

/// An event with what it moves.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub event: Event,
    pub moved: Option<Transaction>,
}

/// A text that bodies of a kind are written against: the body of an earlier event. Its number is made from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dictionary {
    pub id: i64,
    pub bytes: Vec<u8>,
}

impl Dictionary {
    /// Whether its bytes are those that its number was made from.
    pub(crate) fn holds(&self) -> bool {
        self.id == number_of(&self.bytes)
    }
}

fn number_of(bytes: &[u8]) -> i64 {
    let digest: Digest = Sha256::digest(bytes).into();
    let [a, b, c, d, e, f, g, h, ..] = digest;
    // Never the number that stands for none.
    i64::from_le_bytes([a, b, c, d, e, f, g, h]) | 1
}

/// Packs and unpacks bodies.
#[derive(Default)]
pub(crate) struct Packer {
    known: HashMap<i64, Vec<u8>>,
    /// By kind of event: the one that bodies are written against now, and how often it was chosen anew.
    current: HashMap<String, (i64, u8)>,
    /// Not kept yet.
    fresh: Vec<Dictionary>,
    /// A body before and after it is packed: room that is used again.
    raw: Vec<u8>,
    packed: Vec<u8>,
}

/// A dictionary is chosen anew for a kind at most so often.
const RENEWALS: u8 = 4;
/// No dictionary is longer: each body pays for reading it.
const LONGEST: usize = 4096;

impl Packer {
    /// Takes in a dictionary that is kept; the last of a kind is the one to go on with.
    pub(crate) fn learn(&mut self, dictionary: Dictionary) {
        if let Some(kind) = Bytes(&dictionary.bytes).string() {
            let renewed = self.current.get(&kind).map_or(0, |(_, renewed)| renewed + 1);
            self.current.insert(kind, (dictionary.id, renewed));
        }
        self.known.insert(dictionary.id, dictionary.bytes);
    }

    /// The dictionaries that are kept nowhere yet, to be kept with the rows that need them.
    pub(crate) fn fresh(&self) -> &[Dictionary] {
        &self.fresh
    }

    /// All of them are kept now.
    pub(crate) fn kept(&mut self) {
        self.fresh.clear();
    }

    /// The row of an event that was sealed with a hash.
    pub(crate) fn pack(&mut self, event: &Event, hash: Digest, moved: Option<&Transaction>, after: Vec<u8>) -> Row {
        let mut raw = std::mem::take(&mut self.raw);
        put_raw(&mut raw, event, moved);
        let mut current = self.current.get(event.kind.as_str()).copied();
        let mut length = current.map_or(usize::MAX, |(id, _)| self.compress(&raw, id));
        let poor = length.saturating_mul(3) > raw.len() * 2;
        if poor && current.is_none_or(|(_, renewed)| renewed < RENEWALS) {
            let id = self.choose(&raw);
            length = self.compress(&raw, id);
            current = Some((id, 0));
        }
        let mut body = Vec::with_capacity(length + 4);
        put_u64(&mut body, raw.len() as u64);
        body.extend_from_slice(&self.packed[..length]);
        self.raw = raw;
        Row {
            number: event.seq,
            person: event.psn_no.clone(),
            revision: event.revision,
            visit: event.visit.unwrap_or_default(),
            hash,
            dictionary: current.map_or(0, |(id, _)| id),
            body,
            after,
        }
    }

    /// Packs a body against a dictionary; how long it is then.
    fn compress(&mut self, raw: &[u8], dictionary: i64) -> usize {
        self.packed.resize(get_maximum_output_size(raw.len()), 0);
        compress_into_with_dict(raw, &mut self.packed, &self.known[&dictionary]).expect("there is room for the longest")
    }

    /// Forgets what dictionaries say, so that packing panics.
    #[cfg(test)]
    pub(crate) fn forget(&mut self) {
        self.known.clear();
    }

    fn choose(&mut self, raw: &[u8]) -> i64 {
        let bytes = raw[..raw.len().min(LONGEST)].to_vec();
        let dictionary = Dictionary { id: number_of(&bytes), bytes };
        let id = dictionary.id;
        self.fresh.push(dictionary.clone());
        self.learn(dictionary);
        id
    }

    /// The event of a row that follows the event with hash `prev_hash`. Says in words what is wrong with
    /// a row that is none.
    pub(crate) fn unpack(&self, row: Row, prev_hash: Digest) -> Result<Stored, String> {
        let cut = || "字段 body：内容不完整".to_owned();
        let mut body = Bytes(&row.body);
        let length = body.u64().and_then(|length| usize::try_from(length).ok()).ok_or_else(cut)?;
        // No message is larger by far; a length that was changed must not ask for all memory.
        if length > row.body.len().saturating_mul(256).saturating_add(LONGEST) {
            return Err(cut());
        }
        let dictionary = self.known.get(&row.dictionary).ok_or("字段 dictionary：没有这部字典")?;
        let raw = decompress_with_dict(body.0, length, dictionary).map_err(|_| cut())?;
        unraw(&row, prev_hash, &mut Bytes(&raw)).ok_or_else(cut)?
    }
}

/// Every field that is not a column of its own. The kind comes first: dictionaries are told apart by it.
fn put_raw(raw: &mut Vec<u8>, event: &Event, moved: Option<&Transaction>) {
    let Event { infno, policy, area, institution, recorded, msgid, .. } = event;
    let texts: [&str; 6] = [infno, policy, area, institution, recorded, msgid];
    raw.clear();
    put_text(raw, &event.kind);
    raw.push(event.version);
    texts.iter().for_each(|text| put_text(raw, text));
    put_text(raw, &event.input);
    put_bytes(raw, &event.reply);
    put_text(raw, &event.effects);
    put_u64(raw, event.closed);
    put_u64(raw, event.with.len() as u64);
    for (person, revision) in &event.with {
        put_text(raw, person);
        put_u64(raw, *revision);
    }
    posting::put(raw, moved);
}

fn unraw(row: &Row, prev_hash: Digest, raw: &mut Bytes<'_>) -> Option<Result<Stored, String>> {
    let kind = raw.text()?.into();
    let version = raw.byte()?;
    let [infno, policy, area, institution, recorded, msgid] = [(); 6].map(|()| raw.text());
    let (infno, input, reply, effects) = (infno?, raw.string()?, raw.bytes()?.to_vec().into(), raw.string()?);
    let closed = raw.u64()?;
    let with = (0..raw.u64()?).map(|_| Some((raw.string()?, raw.u64()?))).collect::<Option<Vec<_>>>()?;
    let moved = match posting::take(raw, row.number)? {
        Ok(moved) => moved,
        Err(reason) => return Some(Err(reason)),
    };
    let event = Event {
        seq: row.number,
        version,
        revision: row.revision,
        with,
        visit: (row.visit > 0).then_some(row.visit),
        closed,
        kind,
        area: area?.to_owned(),
        psn_no: row.person.clone(),
        institution: institution?.into(),
        msgid: msgid?.to_owned(),
        digest: digest_of(infno, &input),
        infno: infno.into(),
        input,
        reply,
        effects,
        policy: policy?.to_owned(),
        recorded: recorded?.into(),
        postings: moved.as_ref().filter(|_| version >= 2).map(posting::digest),
        prev_hash,
        hash: row.hash,
    };
    Some(Ok(Stored { event, moved }))
}
