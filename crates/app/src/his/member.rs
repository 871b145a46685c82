//! Members as the register keeps them, among the persons of the store: under which names, packed how, and made from
//! what a file lists. A member has three kinds of entries there: what visits and the account left (by 人员编号), what
//! the register says (by [`record_name`]), and whose a certificate is (by [`certificate_name`]). So a settlement
//! writes no word of the register, and whoever shows a certificate is found in one look.

use std::hash::BuildHasher as _;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use foldhash::fast::FixedState;
use gongji_register::{Cover, Fact, Identity, Member, Timeline};

use super::codes;
use super::directory;

/// Under which name the store keeps what the register says of a member. No number of a person ends so.
pub(crate) fn record_name(number: &str) -> String {
    [number, "#"].concat()
}

/// Under which name the store keeps whose certificate this is: its kind and number.
pub(crate) fn certificate_name(kind: &str, number: &str) -> String {
    [kind, ":", number].concat()
}

/// The kind of certificate that a card is (社会保障卡).
pub(crate) const CARD: &str = "03";

/// Characters of a certificate's number that stay at its beginning and at its end.
const KEPT: [usize; 2] = [6, 4];

/// A number of a certificate with its middle hidden (6…4); of a short one nothing but its last two characters.
pub(crate) fn masked(number: &str) -> String {
    let all = number.chars().count();
    let [first, last] = if all > KEPT[0] + KEPT[1] { KEPT } else { [0, 2.min(all / 2)] };
    number.chars().enumerate().map(|(at, one)| if at < first || at + last >= all { one } else { '*' }).collect()
}

/// What a member can show, each by its name in the store.
pub(crate) fn certificates(identity: &Identity) -> Vec<String> {
    held(identity).map(|(kind, number)| certificate_name(kind, number)).collect()
}

/// Kind and number of each.
fn held(identity: &Identity) -> impl Iterator<Item = (&'static str, &str)> {
    let shown = codes::CERTIFICATES.iter().map(|(kind, _)| *kind);
    let numbers = [&identity.token, &identity.certificate, &identity.card];
    shown.zip(numbers.map(String::as_str)).filter(|(_, number)| !number.is_empty())
}

/// Whether a member shows this.
pub(crate) fn shows(member: &Member, kind: &str, number: &str) -> bool {
    held(&member.identity).any(|held| held == (kind, number))
}

/// What the register says of a member, as bytes; read when it is first asked for. Nothing where nobody is registered.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record(Option<Arc<Packed>>);

#[derive(Debug)]
struct Packed {
    bytes: Box<[u8]>,
    read: OnceLock<Option<Member>>,
}

impl Record {
    /// As it was packed.
    pub(crate) fn packed(bytes: &[u8]) -> Self {
        Self::new(bytes, OnceLock::new())
    }

    /// Of a member.
    pub(crate) fn of(member: Member) -> Self {
        let bytes = postcard::to_allocvec(&member).expect("a member can always be packed");
        Self::new(&bytes, OnceLock::from(Some(member)))
    }

    fn new(bytes: &[u8], read: OnceLock<Option<Member>>) -> Self {
        Self((!bytes.is_empty()).then(|| Arc::new(Packed { bytes: bytes.into(), read })))
    }

    /// The bytes; none where nobody is registered.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.as_ref().map_or(&[], |packed| &packed.bytes)
    }

    /// The member, if one is registered.
    pub(crate) fn member(&self) -> Option<&Member> {
        let packed = self.0.as_ref()?;
        packed.read.get_or_init(|| postcard::from_bytes(&packed.bytes).ok()).as_ref()
    }

    /// Takes a fact in.
    ///
    /// # Errors
    /// Why it cannot be.
    pub(crate) fn take(&mut self, fact: &Fact) -> Result<(), String> {
        let member = match (self.member(), fact) {
            (None, Fact::Enrolled(member)) => (**member).clone(),
            (None, _) => return Err("没有参保登记".to_owned()),
            (Some(member), fact) => {
                let mut member = member.clone();
                member.take(fact).map_err(|fault| fault.to_string())?;
                member
            }
        };
        *self = Self::of(member);
        Ok(())
    }
}

/// Records of the last while, found by their bytes, so that who comes often is read once. Equal bytes are the same
/// member, so nothing here is ever out of date.
#[derive(Debug)]
pub(crate) struct Records {
    places: Box<[Mutex<Record>]>,
    hasher: FixedState,
}

/// How many records are remembered at most, each of about a kilobyte.
const REMEMBERED: u64 = 4096;

impl Default for Records {
    fn default() -> Self {
        Self { places: (0..REMEMBERED).map(|_| Mutex::default()).collect(), hasher: FixedState::default() }
    }
}

impl Records {
    /// The record of packed bytes, read already if it is remembered.
    pub(crate) fn packed(&self, bytes: &[u8]) -> Record {
        let place = self.hasher.hash_one(bytes) % REMEMBERED;
        let mut remembered = self.places[place as usize].lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.bytes() != bytes {
            *remembered = Record::packed(bytes);
        }
        remembered.clone()
    }
}

/// The member that a file lists.
pub(crate) fn listed(member: &directory::Member) -> Member {
    let mut cover = Timeline::since(member.insured_from, Cover::InBenefit);
    if let Some(paused) = member.paused_from {
        cover.set(paused, Cover::Suspended);
    }
    let mut category = Timeline::default();
    member.psn_types.iter().for_each(|row| category.set(row.from, row.psn_type.clone()));
    Member {
        number: member.psn_no.clone(),
        identity: Identity {
            name: member.psn_name.clone(),
            certificate: member.certno.clone(),
            card: member.card_no.clone(),
            token: member.token.clone(),
            gender: member.gend.clone(),
            ethnicity: member.naty.clone(),
            birth: member.brdy,
        },
        area: member.area.clone(),
        category,
        enrolment: Timeline::since(member.insured_from, member.enrolment.clone()),
        employer: Timeline::since(member.insured_from, member.emp_name.clone()),
        civil_servant: member.cvlserv_flag == "1",
        base: Timeline::default(),
        cover,
        lump_sum: None,
        amounts: Vec::new(),
        paid: Vec::new(),
        stays: Vec::new(),
        died: None,
    }
}
