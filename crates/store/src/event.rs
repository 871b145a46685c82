//! One row of the journal and how it is sealed.

use bytes::Bytes;
use compact_str::CompactString;
use sha2::{Digest as _, Sha256};

/// A SHA-256 digest.
pub type Digest = [u8; 32];

/// How events are sealed now: what they move is covered since version 2, whose event it is and in which
/// visit since version 3.
pub const VERSION: u8 = 3;

/// What an event is called that closes an area's books ([`crate::State::closes`]), and no other.
pub const CLOSING: &str = "closed";

/// So many numbers belong to one stream: the n-th event of stream `s` has the number `s` times this plus n.
pub const STREAM: u64 = 100_000_000_000;

/// Most bytes of a name that events are looked up by.
const LONGEST: usize = 500;

/// What the first event names as its predecessor.
pub const GENESIS: Digest = [0; 32];

/// Who sent which message: the idempotency key. `msgid` is opaque.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// Code of the institution (定点医药机构编号).
    pub institution: String,
    /// Its message number (发送方报文ID).
    pub msgid: String,
}

/// What a caller asks, apart from how it is to be decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The idempotency key.
    pub key: Key,
    /// Transaction number (交易编号), as it was sent.
    pub infno: String,
    /// The input in canonical form: equal content, equal text.
    pub input: String,
    /// The caller's time.
    pub recorded: String,
    /// Whose state is asked or changed: the member first, then relatives whose account may pay. Nobody
    /// where the message names no person; then nothing can be recorded.
    pub persons: Vec<String>,
    /// The visit that the message names, by the number of the event that began it.
    pub visit: Option<u64>,
    /// An earlier message that this one is about; then the visit is that of its event.
    pub refers: Option<Key>,
}

impl Request {
    /// Digest of what was asked; equal for the same transaction with the same content.
    #[must_use]
    pub fn digest(&self) -> Digest {
        digest_of(&self.infno, &self.input)
    }

    /// Whether every database can look it up: no index takes a name of any length, and not every one
    /// takes all characters.
    pub(crate) fn is_fit(&self) -> bool {
        are_fit(std::iter::once(&self.key).chain(&self.refers), &self.persons)
    }
}

/// Whether every database can look up what these keys and persons are called.
pub(crate) fn are_fit<'k>(keys: impl Iterator<Item = &'k Key>, persons: &[String]) -> bool {
    let mut names = keys.flat_map(|key| [&key.institution, &key.msgid]).chain(persons);
    names.all(|name| name.len() <= LONGEST && !name.contains('\0'))
}

/// An event as the deciding function hands it over; the store adds the rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What happened, one word: `settled`, `cancelled`, ...
    pub kind: &'static str,
    /// The member's pooling area (统筹区).
    pub area: String,
    /// The member (人员编号): the first of the request's persons.
    pub psn_no: String,
    /// Of the request's other persons those whose state changes, such as a relative whose account pays.
    pub with: Vec<String>,
    /// The visit that it belongs to: the one that the request names, or the event's own number if it begins one.
    pub visit: Option<u64>,
    /// The answer, kept byte for byte.
    pub reply: Bytes,
    /// What the event changes, in the caller's own form.
    pub effects: String,
    /// Version of the rules that decided; empty when none were asked.
    pub policy: String,
}

/// One row of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its number: 1, 2, 3 and so on without a gap, in its stream (see [`STREAM`]).
    pub seq: u64,
    /// How it is sealed; see [`VERSION`].
    pub version: u8,
    /// Which event of the member it is: 1, 2, 3 and so on.
    pub revision: u64,
    /// Further persons whose state it changes, each with which event of theirs it is.
    pub with: Vec<(String, u64)>,
    /// The visit that it belongs to.
    pub visit: Option<u64>,
    /// How far the books of all areas were closed when it was decided: a number that every closing raises.
    pub closed: u64,
    /// What happened.
    pub kind: CompactString,
    /// The member's pooling area.
    pub area: String,
    /// The member.
    pub psn_no: String,
    /// The institution that sent the message.
    pub institution: CompactString,
    /// Its message number.
    pub msgid: String,
    /// Transaction number.
    pub infno: CompactString,
    /// Canonical input.
    pub input: String,
    /// Digest of transaction number and canonical input.
    pub digest: Digest,
    /// The answer that was given.
    pub reply: Bytes,
    /// What the event changed.
    pub effects: String,
    /// Version of the rules that decided.
    pub policy: String,
    /// The caller's time.
    pub recorded: CompactString,
    /// Digest of the transaction that it makes; none where nothing moves, and in version 1.
    pub postings: Option<Digest>,
    /// Hash of the event before.
    pub prev_hash: Digest,
    /// Hash of this event.
    pub hash: Digest,
}

impl Event {
    /// A draft as event number `seq`; to be sealed. `revisions` are those of the member and then of the draft's
    /// further persons.
    pub(crate) fn draft(seq: u64, (request, digest): (&Request, Digest), draft: Draft, revisions: &[u64]) -> Self {
        let mut revisions = revisions.iter().copied();
        Self {
            seq,
            version: VERSION,
            revision: revisions.next().unwrap_or_default(),
            with: draft.with.into_iter().zip(revisions).collect(),
            visit: draft.visit,
            closed: 0,
            kind: CompactString::const_new(draft.kind),
            area: draft.area,
            psn_no: draft.psn_no,
            institution: request.key.institution.as_str().into(),
            msgid: request.key.msgid.clone(),
            infno: request.infno.as_str().into(),
            input: request.input.clone(),
            digest,
            reply: draft.reply,
            effects: draft.effects,
            policy: draft.policy,
            recorded: request.recorded.as_str().into(),
            postings: None,
            prev_hash: GENESIS,
            hash: GENESIS,
        }
    }

    /// Everybody whose state it changes, the member first, each with which event of theirs it is.
    pub fn persons(&self) -> impl Iterator<Item = (&str, u64)> {
        let with = self.with.iter().map(|(person, revision)| (person.as_str(), *revision));
        std::iter::once((self.psn_no.as_str(), self.revision)).chain(with)
    }

    /// The day in which it is counted unless a later one had begun: that of the caller's time.
    pub(crate) fn day(&self) -> &str {
        self.recorded.get(..10).unwrap_or(&self.recorded)
    }

    /// The hash that this event's content must have.
    #[must_use]
    pub fn computed_hash(&self) -> Digest {
        self.sealed(&self.prev_hash, self.postings.as_ref())
    }

    /// The hash of this event's content with what it moves, after the event with hash `before`.
    pub(crate) fn sealed(&self, before: &Digest, postings: Option<&Digest>) -> Digest {
        let mut hasher = Sha256::new();
        hasher.update(before);
        hasher.update(self.seq.to_le_bytes());
        // Every field with its length before it, so that no two rows share a byte string.
        for field in [
            self.kind.as_bytes(),
            self.area.as_bytes(),
            self.psn_no.as_bytes(),
            self.institution.as_bytes(),
            self.msgid.as_bytes(),
            self.infno.as_bytes(),
            self.input.as_bytes(),
            &self.digest,
            &self.reply,
            self.effects.as_bytes(),
            self.policy.as_bytes(),
            self.recorded.as_bytes(),
        ] {
            field_into(&mut hasher, field);
        }
        // Each version is longer than the one before, so no two versions share a byte string either.
        if self.version >= 2 {
            field_into(&mut hasher, &[self.version]);
            field_into(&mut hasher, postings.map_or(&[][..], |digest| &digest[..]));
        }
        if self.version >= 3 {
            hasher.update(self.visit.unwrap_or_default().to_le_bytes());
            hasher.update(self.closed.to_le_bytes());
            for (person, revision) in self.persons() {
                field_into(&mut hasher, person.as_bytes());
                hasher.update(revision.to_le_bytes());
            }
        }
        hasher.finalize().into()
    }

    /// Does the stored digest belong to the stored input?
    #[must_use]
    pub fn digest_holds(&self) -> bool {
        self.digest == digest_of(&self.infno, &self.input)
    }
}

fn field_into(hasher: &mut Sha256, field: &[u8]) {
    hasher.update((field.len() as u64).to_le_bytes());
    hasher.update(field);
}

pub(crate) fn digest_of(infno: &str, input: &str) -> Digest {
    let mut hasher = Sha256::new();
    hasher.update((infno.len() as u64).to_le_bytes());
    hasher.update(infno);
    hasher.update(input);
    hasher.finalize().into()
}
