//! Members as the register keeps them, among the persons of the store: under which names, packed how, and made from
//! what a file lists. A member has three kinds of entries there: what visits and the account left (by 人员编号), what
//! the register says (by [`record_name`]), and whose a certificate is (by [`certificate_name`]). So a settlement
//! writes no word of the register, and whoever shows a certificate is found in one look.

use std::sync::OnceLock;

use gongji_register::{Cover, Fact, Identity, Member, Timeline};

use super::codes;
use super::directory;

/// Under which name the store keeps what the register says of a member. No number of a person ends so.
pub(crate) fn record_name(number: &str) -> String {
    format!("{number}#")
}

/// Under which name the store keeps whose certificate this is: its kind and number.
pub(crate) fn certificate_name(kind: &str, number: &str) -> String {
    format!("{kind}:{number}")
}

/// The kind of certificate that a card is (社会保障卡).
pub(crate) const CARD: &str = "03";

/// What a member can show, each by its name in the store.
pub(crate) fn certificates(identity: &Identity) -> Vec<String> {
    let shown = codes::CERTIFICATES.iter().map(|(kind, _)| *kind);
    let numbers = [&identity.token, &identity.certificate, &identity.card];
    let there = shown.zip(numbers).filter(|(_, number)| !number.is_empty());
    there.map(|(kind, number)| certificate_name(kind, number)).collect()
}

/// Whether a member shows this.
pub(crate) fn shows(member: &Member, kind: &str, number: &str) -> bool {
    certificates(&member.identity).contains(&certificate_name(kind, number))
}

/// What the register says of a member, as bytes; read when it is first asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    bytes: Box<[u8]>,
    read: OnceLock<Option<Member>>,
}

impl Record {
    /// As it was packed.
    pub(crate) fn packed(bytes: &[u8]) -> Self {
        Self { bytes: bytes.into(), read: OnceLock::new() }
    }

    /// Of a member.
    pub(crate) fn of(member: Member) -> Self {
        let bytes = postcard::to_allocvec(&member).expect("a member can always be packed");
        Self { bytes: bytes.into(), read: OnceLock::from(Some(member)) }
    }

    /// The bytes; none where nobody is registered.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The member, if one is registered.
    pub(crate) fn member(&self) -> Option<&Member> {
        let read = || postcard::from_bytes(&self.bytes).ok();
        if self.bytes.is_empty() { None } else { self.read.get_or_init(read).as_ref() }
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
