//! One row of the journal and how it is sealed.

use sha2::{Digest as _, Sha256};

/// A SHA-256 digest.
pub type Digest = [u8; 32];

/// How events are sealed now: the postings of what they move are covered.
pub const VERSION: u8 = 2;

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
}

impl Request {
    /// Digest of what was asked; equal for the same transaction with the same content.
    #[must_use]
    pub fn digest(&self) -> Digest {
        digest_of(&self.infno, &self.input)
    }
}

/// An event as the deciding function hands it over; the store adds the rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What happened, one word: `settled`, `cancelled`, ...
    pub kind: &'static str,
    /// The member's pooling area (统筹区).
    pub area: String,
    /// The member (人员编号).
    pub psn_no: String,
    /// The answer, kept byte for byte.
    pub reply: Vec<u8>,
    /// What the event changes, in the caller's own form.
    pub effects: String,
    /// Version of the rules that decided; empty when none were asked.
    pub policy: String,
}

/// One row of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Position: 1, 2, 3 and so on without a gap.
    pub seq: u64,
    /// How it is sealed: 1 before there were accounts, [`VERSION`] since.
    pub version: u8,
    /// What happened.
    pub kind: String,
    /// The member's pooling area.
    pub area: String,
    /// The member.
    pub psn_no: String,
    /// The institution that sent the message.
    pub institution: String,
    /// Its message number.
    pub msgid: String,
    /// Transaction number.
    pub infno: String,
    /// Canonical input.
    pub input: String,
    /// Digest of transaction number and canonical input.
    pub digest: Digest,
    /// The answer that was given.
    pub reply: Vec<u8>,
    /// What the event changed.
    pub effects: String,
    /// Version of the rules that decided.
    pub policy: String,
    /// The caller's time.
    pub recorded: String,
    /// Digest of the transaction that it makes; none where nothing moves, and in version 1.
    pub postings: Option<Digest>,
    /// Hash of the event before.
    pub prev_hash: Digest,
    /// Hash of this event.
    pub hash: Digest,
}

impl Event {
    /// A draft as event number `seq` after the event with hash `prev_hash`; to be sealed.
    pub(crate) fn draft(seq: u64, prev_hash: Digest, request: Request, draft: Draft) -> Self {
        let digest = request.digest();
        Self {
            seq,
            version: VERSION,
            kind: draft.kind.to_owned(),
            area: draft.area,
            psn_no: draft.psn_no,
            institution: request.key.institution,
            msgid: request.key.msgid,
            infno: request.infno,
            input: request.input,
            digest,
            reply: draft.reply,
            effects: draft.effects,
            policy: draft.policy,
            recorded: request.recorded,
            postings: None,
            prev_hash,
            hash: GENESIS,
        }
    }

    /// Seals it with what it moves.
    pub(crate) fn seal(&mut self, postings: Option<Digest>) {
        self.postings = postings;
        self.hash = self.computed_hash();
    }

    /// The day in which it is counted unless a later one had begun: that of the caller's time.
    pub(crate) fn day(&self) -> &str {
        self.recorded.get(..10).unwrap_or(&self.recorded)
    }

    /// The hash that this event's content must have.
    #[must_use]
    pub fn computed_hash(&self) -> Digest {
        let mut hasher = Sha256::new();
        hasher.update(self.prev_hash);
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
        // Longer than anything of version 1, so no two versions share a byte string either.
        if self.version != 1 {
            field_into(&mut hasher, &[self.version]);
            field_into(&mut hasher, self.postings.as_ref().map_or(&[][..], |digest| &digest[..]));
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

fn digest_of(infno: &str, input: &str) -> Digest {
    let mut hasher = Sha256::new();
    hasher.update((infno.len() as u64).to_le_bytes());
    hasher.update(infno);
    hasher.update(input);
    hasher.finalize().into()
}
