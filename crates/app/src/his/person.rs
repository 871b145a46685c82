//! What the store keeps of a person, and how it is packed: a member's visits and account, or what the register says,
//! or whose a certificate is ([`super::member`] tells which name keeps which).

use gongji_adjudication::{AccountPart, Addition, Standing};
use gongji_domain::Fen;
use gongji_register::Parts;
use gongji_store::codec::{Bytes, put_i64, put_u64};

use super::book::Settled;
use super::decider::Decider;
use super::entry::AccountFile;
use super::member::{Record, Records};

/// What is known of a person.
#[derive(Clone, Debug, Default)]
pub(crate) struct Person {
    /// Whether the opening balance is in the books.
    pub opened: bool,
    pub standing: Standing,
    /// The last visit, by the event that began it. Each names the one before, so a member's visits are found
    /// without an index over all events.
    pub last_visit: Option<u64>,
    /// The last event outside of visits that was about the account or the register; it names the one before.
    pub last_entry: Option<u64>,
    /// What is kept of the account beside what it holds; none while nothing is.
    pub file: Option<Box<AccountFile>>,
    /// What the register says, under the name for that.
    pub record: Record,
    /// Whose certificate it is, under the name of one.
    pub owner: String,
}

/// How persons are packed: raised when that changes, so that they are folded anew.
pub(super) const PACKED: u8 = 3;

/// What the first byte says.
const RECORD: u8 = 2;
const OWNER: u8 = 3;

impl Person {
    pub(super) fn settle(&mut self, settled: &Settled, decider: &dyn Decider) -> Result<(), String> {
        let additions = settled.additions(decider)?;
        // Reverting the negative is adding.
        let negative = additions.into_iter().map(|addition| Addition { amount: -addition.amount, ..addition });
        let account = settled.decided.effects.account.map(|amount| -amount);
        self.standing.revert(&negative.collect::<Vec<_>>(), account);
        Ok(())
    }

    /// What is kept of the account, to be changed.
    pub(super) fn file_mut(&mut self) -> &mut AccountFile {
        self.file.get_or_insert_default()
    }

    /// Out of the parts of the account; relatives' money is never in one.
    pub(super) fn take_out(&mut self, parts: Parts) {
        self.standing.credit(AccountPart::Current, -parts.current);
        self.standing.credit(AccountPart::Prior, -parts.prior);
    }

    /// In few bytes.
    pub(super) fn pack(&self) -> Vec<u8> {
        let kept = [(RECORD, self.record.bytes()), (OWNER, self.owner.as_bytes())];
        if let Some((kind, bytes)) = kept.into_iter().find(|(_, bytes)| !bytes.is_empty()) {
            return [&[kind], bytes].concat();
        }
        let mut bytes = Vec::with_capacity(48);
        bytes.push(u8::from(self.opened));
        put_u64(&mut bytes, self.last_visit.unwrap_or_default());
        put_u64(&mut bytes, self.last_entry.unwrap_or_default());
        for part in [AccountPart::Current, AccountPart::Prior] {
            put_i64(&mut bytes, self.standing.account(part).fen());
        }
        let counted = self.standing.counted();
        put_u64(&mut bytes, counted.len() as u64);
        for counted in counted {
            put_u64(&mut bytes, counted.counter.into());
            put_i64(&mut bytes, counted.instance);
            put_u64(&mut bytes, counted.by);
            put_i64(&mut bytes, counted.amount.fen());
        }
        match &self.file {
            Some(file) if **file != AccountFile::default() => {
                postcard::to_extend(file, bytes).expect("what is kept of an account can always be packed")
            }
            _ => bytes,
        }
    }

    /// Of packed bytes; none if they are none.
    pub(super) fn unpack(bytes: &[u8], records: &Records) -> Option<Self> {
        match bytes.split_first()? {
            (&RECORD, record) => Some(Self { record: records.packed(record), ..Self::default() }),
            (&OWNER, owner) => Some(Self { owner: String::from_utf8(owner.to_vec()).ok()?, ..Self::default() }),
            _ => Self::unpack_member(&mut Bytes(bytes)),
        }
    }

    fn unpack_member(bytes: &mut Bytes<'_>) -> Option<Self> {
        let opened = bytes.byte()? == 1;
        let last_visit = Some(bytes.u64()?).filter(|visit| *visit > 0);
        let last_entry = Some(bytes.u64()?).filter(|entry| *entry > 0);
        let [current, prior] = [Fen::from_fen(bytes.i64()?), Fen::from_fen(bytes.i64()?)];
        let mut standing = Standing::with_account(current, prior);
        for _ in 0..bytes.u64()? {
            let (counter, instance) = (bytes.u64()?.try_into().ok()?, bytes.i64()?);
            let (by, amount) = (bytes.u64()?, Fen::from_fen(bytes.i64()?));
            standing.add(Addition { counter, instance, by, amount });
        }
        let file = if bytes.0.is_empty() { None } else { Some(postcard::from_bytes(bytes.0).ok()?) };
        Some(Self { opened, standing, last_visit, last_entry, file, ..Self::default() })
    }
}

/// What an account holds: this year's part and earlier years'.
pub(crate) fn balances(standing: &Standing) -> [Fen; 2] {
    [AccountPart::Current, AccountPart::Prior].map(|part| standing.account(part))
}
