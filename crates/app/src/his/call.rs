//! One message on its way through: what a transaction sees, and what it gives back.

use gongji_domain::Day;
use serde::Serialize;

use gongji_register::entitlement::State;

use super::archive::Kept;
use super::benefit;
use super::book::{Change, View, Visit};
use super::codes;
use super::decider::Decider;
use super::decode::Notes;
use super::directory::{Directory, Institution};
use super::envelope::{Envelope, lies_in};
use super::errors::{Code, Fault};
use super::files::Files;
use super::member::{self, certificate_name, shows};
use super::moment::Moment;
use super::past::Past;
use super::written::{Output, put_digits};
use gongji_register::Member;

/// Everything a transaction may read while it is being decided.
pub(crate) struct Call<'a> {
    pub directory: &'a Directory,
    pub decider: &'a dyn Decider,
    /// What is known as every earlier message left it.
    pub book: View<'a>,
    pub envelope: &'a Envelope,
    pub institution: &'a Institution,
    pub now: Moment,
    /// The number of the event that this message would become.
    pub seq: u64,
    pub notes: &'a Notes,
}

/// What a transaction gives.
#[derive(Debug)]
pub(crate) enum Done {
    /// Nothing happened.
    Answer(Output),
    /// Something happened and is to be kept.
    Record(Box<Record>),
    /// Nothing happened, and the reply is no envelope but these bytes (9102).
    File(Vec<u8>),
}

/// What is to be kept.
#[derive(Debug)]
pub(crate) struct Record {
    /// One word for the journal.
    pub kind: &'static str,
    pub area: String,
    pub psn_no: String,
    /// Others whose state it changes.
    pub with: Vec<String>,
    /// The visit that it belongs to, by the event that began it.
    pub visit: Option<u64>,
    pub output: Output,
    pub change: Change,
    pub policy: String,
}

/// A transaction whose input has been read. It is decided after the journal was asked for an
/// earlier answer: so whatever depends on the day, the directory or the state is asked here
/// and not while reading, or a message sent again could be refused.
pub(crate) struct Plan {
    /// Whose state is asked or changed.
    pub about: About,
    /// The visit that the message names.
    pub visit: Option<u64>,
    /// The message of the same institution that it refers to.
    pub refers: Option<String>,
    /// Whether relatives whose accounts pay or paid for the person are asked or changed as well (家庭共济).
    pub relatives: bool,
    pub work: Work,
}

/// What is done with a message.
pub(crate) enum Work {
    /// Decided by the worker on what is known; may be kept.
    Decide(Decide),
    /// Decided on what is known, and never kept: at once where what is committed is at hand, else by the worker.
    Ask(Decide),
    /// Answered beside the worker from what was kept, from catalogues and files; changes nothing of the store.
    Look(Look),
}

/// The person that a message is about.
pub(crate) enum About {
    /// By 人员编号.
    Person(String),
    /// By what is shown: kind and number.
    Certificate(String, String),
    /// Nobody: tables, institutions, sessions, sums over many.
    Nobody,
}

pub(crate) type Decide = Box<dyn Fn(&Call<'_>) -> Result<Done, Fault> + Send>;
pub(crate) type Look = Box<dyn FnOnce(&Looking<'_>) -> Result<Done, Fault> + Send>;

/// Everything a query may read.
pub(crate) struct Looking<'a> {
    pub directory: &'a Directory,
    pub envelope: &'a Envelope,
    pub institution: &'a Institution,
    pub now: Moment,
    pub notes: &'a Notes,
    /// Files that institutions uploaded.
    pub files: &'a dyn Files,
    /// What came beside the message (9101).
    pub upload: Option<&'a [u8]>,
    /// Where what was kept lies; looked at only if need be.
    pub kept: &'a Kept,
    /// The person's last visit, by the event that began it.
    pub last_visit: Option<u64>,
    /// What the register says of the person.
    pub record: &'a member::Record,
}

impl<'a> Looking<'a> {
    /// As [`Call::member`].
    pub(crate) fn member(&self, psn_no: &str, field: &str) -> Result<&'a Member, Fault> {
        member_of(self.record.member(), self.envelope, psn_no, field)
    }

    /// A member's visit at this institution.
    pub(crate) fn visit(&self, psn_no: &str, mdtrt_id: &str) -> Result<Past, Fault> {
        let past = self.kept.now()?.visit_by_id(psn_no, mdtrt_id)?;
        let none = || Fault::at(Code::VisitNotFound, "data.mdtrt_id").given(mdtrt_id).allowed("2201 返回的 mdtrt_id");
        past.filter(|past| past.registration.institution == self.institution.code).ok_or_else(none)
    }
}

impl Plan {
    pub(crate) fn new(psn_no: &str, decide: impl Fn(&Call<'_>) -> Result<Done, Fault> + Send + 'static) -> Self {
        Self {
            about: About::Person(psn_no.to_owned()),
            visit: None,
            refers: None,
            relatives: false,
            work: Work::Decide(Box::new(decide)),
        }
    }

    /// The same, if it never keeps anything and refers to no other message.
    pub(crate) fn only_asks(self) -> Self {
        let work = match self.work {
            Work::Decide(decide) => Work::Ask(decide),
            other => other,
        };
        Self { work, ..self }
    }

    /// The same, together with the relatives whose accounts pay or paid for the person.
    pub(crate) fn with_relatives(self, relatives: bool) -> Self {
        Self { relatives, ..self }
    }

    /// Of a visit of the person, by its 就诊ID.
    pub(crate) fn of_visit(
        psn_no: &str,
        mdtrt_id: &str,
        decide: impl Fn(&Call<'_>) -> Result<Done, Fault> + Send + 'static,
    ) -> Self {
        Self { visit: event_number(mdtrt_id), ..Self::new(psn_no, decide) }
    }

    /// About an earlier message of the person.
    pub(crate) fn referring(
        psn_no: &str,
        msgid: &str,
        decide: impl Fn(&Call<'_>) -> Result<Done, Fault> + Send + 'static,
    ) -> Self {
        Self { refers: Some(msgid.to_owned()), ..Self::new(psn_no, decide) }
    }

    /// Asks about whoever shows a certificate.
    pub(crate) fn of_certificate(
        kind: &str,
        number: &str,
        decide: impl Fn(&Call<'_>) -> Result<Done, Fault> + Send + 'static,
    ) -> Self {
        let about = About::Certificate(kind.to_owned(), number.to_owned());
        Self { about, visit: None, refers: None, relatives: false, work: Work::Ask(Box::new(decide)) }
    }

    /// About no person, so that nothing of it can be kept.
    pub(crate) fn of_nobody(decide: impl Fn(&Call<'_>) -> Result<Done, Fault> + Send + 'static) -> Self {
        let about = About::Nobody;
        Self { about, visit: None, refers: None, relatives: false, work: Work::Ask(Box::new(decide)) }
    }

    /// A query about a person.
    pub(crate) fn looking(
        psn_no: &str,
        look: impl FnOnce(&Looking<'_>) -> Result<Done, Fault> + Send + 'static,
    ) -> Self {
        let about = About::Person(psn_no.to_owned());
        Self { about, visit: None, refers: None, relatives: false, work: Work::Look(Box::new(look)) }
    }

    /// About nobody: from what was kept, from catalogues and files.
    pub(crate) fn aside(look: impl FnOnce(&Looking<'_>) -> Result<Done, Fault> + Send + 'static) -> Self {
        Self { about: About::Nobody, ..Self::looking("", look) }
    }
}

impl Done {
    pub(crate) fn answer(output: &impl Serialize) -> Self {
        Self::Answer(Output::of(output))
    }

    pub(crate) fn record(
        kind: &'static str,
        member: &Member,
        output: Output,
        change: Change,
        policy: String,
    ) -> Record {
        let (area, psn_no) = (member.area.clone(), member.number.clone());
        Record { kind, area, psn_no, with: Vec::new(), visit: None, output, change, policy }
    }
}

impl Record {
    /// In the visit with this 就诊ID.
    pub(crate) fn in_visit(self, mdtrt_id: &str) -> Done {
        Done::Record(Box::new(Self { visit: event_number(mdtrt_id), ..self }))
    }

    /// With others whose state it changes.
    pub(crate) fn together(self, with: Vec<String>) -> Self {
        Self { with, ..self }
    }

    /// In no visit.
    pub(crate) fn in_no_visit(self) -> Done {
        Done::Record(Box::new(self))
    }

    /// Begins a visit with the event of this number.
    pub(crate) fn begins_visit(self, number: u64) -> Done {
        Done::Record(Box::new(Self { visit: Some(number), ..self }))
    }
}

/// `output` of transactions that return nothing.
#[derive(Serialize)]
pub(crate) struct Nothing {}

impl<'a> Call<'a> {
    /// The member a field names, insured where the envelope says.
    pub(crate) fn member(&self, psn_no: &str, field: &str) -> Result<&'a Member, Fault> {
        member_of(self.book.member(psn_no), self.envelope, psn_no, field)
    }

    /// The member who shows a certificate.
    pub(crate) fn shown(&self, kind: &str, number: &str) -> Option<&'a Member> {
        let certificate = certificate_name(kind, number);
        self.book.owner(&certificate).and_then(|owner| self.book.member(owner))
    }

    /// The visit a field names, if this institution registered it for this member.
    pub(crate) fn visit(&self, mdtrt_id: &str, psn_no: &str, field: &str) -> Result<&'a Visit, Fault> {
        let ours = |visit: &&Visit| {
            visit.registration.institution == self.institution.code && visit.registration.psn_no == psn_no
        };
        let none = || Fault::at(Code::VisitNotFound, field).given(mdtrt_id).allowed("2201 返回的 mdtrt_id");
        self.book.visit(mdtrt_id).filter(ours).ok_or_else(none)
    }

    /// The same, if something may still be added to it or taken from it.
    pub(crate) fn open_visit(&self, mdtrt_id: &str, psn_no: &str, field: &str) -> Result<&'a Visit, Fault> {
        let visit = self.visit(mdtrt_id, psn_no, field)?;
        let closed = |code| Err(Fault::at(code, field).given(mdtrt_id));
        match visit {
            Visit { cancelled: true, .. } => closed(Code::VisitCancelled),
            Visit { purchase: true, .. } => closed(Code::PurchaseComplete),
            _ => Ok(visit),
        }
    }

    /// The certificate must be the member's own.
    pub(crate) fn check_certificate(&self, member: &Member, kind: &str, number: &str) -> Result<(), Fault> {
        if shows(member, kind, number) {
            return self.check_card(member, kind, number);
        }
        Err(Fault::at(Code::CertificateMismatch, "data.mdtrt_cert_no").given(number).allowed("参保人本人的凭证"))
    }

    /// A card that was reported lost (挂失) shows nobody.
    pub(crate) fn check_card(&self, member: &Member, kind: &str, number: &str) -> Result<(), Fault> {
        if kind != codes::CARD || !self.is_card_lost(&member.number) {
            return Ok(());
        }
        let fault = Fault::at(Code::CardLost, "data.mdtrt_cert_no").given(number);
        let fault = fault.allowed("医保电子凭证、居民身份证或补办的卡");
        Err(self.decider.article_with(&member.area, "挂失").into_iter().fold(fault, Fault::article))
    }

    /// Whether a member's card is reported lost as of now.
    pub(crate) fn is_card_lost(&self, psn_no: &str) -> bool {
        let Moment { day, second } = self.now;
        let at = gongji_register::matter::Moment { day, second };
        self.book.file(psn_no).is_some_and(|file| file.affairs.is_card_lost(at))
    }

    /// Member in benefit, institution under agreement on the service date, in this order.
    pub(crate) fn check_day(&self, member: &Member, day: Day) -> Result<(), Fault> {
        let given =
            |code, why: &str| Err(Fault::at(code, "data.psn_no").given(format!("{} 于 {day}（{why}）", member.number)));
        match benefit::on(self.decider, member, day) {
            Some((State::InBenefit, _)) => {}
            Some((state, why)) => {
                return given(Code::BenefitSuspended, &format!("{}：{}", state.name(), why.name()));
            }
            None => return given(Code::BenefitSuspended, "早于参保"),
        }
        if let Some(stay) = benefit::inpatient(self.decider, member, day) {
            return given(Code::InpatientOpen, &format!("{} 入院", stay.from));
        }
        if !self.institution.has_agreement(day) {
            let given = format!("{} 于 {day}", self.institution.code);
            return Err(Fault::at(Code::InstitutionWithoutAgreement, "fixmedins_code").given(given));
        }
        Ok(())
    }

    /// A number for what this message makes: area, day, position in the journal, check digit.
    pub(crate) fn number(&self, member: &Member) -> String {
        let mut number = String::with_capacity(32);
        number.push_str(&member.area);
        put_digits(&mut number, self.now.digits() / 1_000_000, 8);
        put_digits(&mut number, self.seq, 10.max(self.seq.checked_ilog10().unwrap_or_default() + 1));
        let check = check_digit(&number);
        put_digits(&mut number, check.into(), 1);
        number
    }
}

fn member_of<'a>(
    known: Option<&'a Member>,
    envelope: &Envelope,
    psn_no: &str,
    field: &str,
) -> Result<&'a Member, Fault> {
    let member = known.filter(|known| known.number == psn_no);
    let member = member.ok_or_else(|| Fault::at(Code::NotAMember, field).given(psn_no))?;
    match &envelope.insured_in {
        Some(said) if !lies_in(said, &member.area) => {
            Err(Fault::at(Code::AreaMismatch, "insuplc_admdvs").given(said).allowed(format!(" {}", member.area)))
        }
        _ => Ok(member),
    }
}

/// The number of the event that made an identifier of ours (就诊ID, 结算ID); none if it is not one.
pub(crate) fn event_number(id: &str) -> Option<u64> {
    // Six digits of the area, eight of the day, ten or more of the event, one to check.
    let (digits, check) = id.split_at_checked(id.len().checked_sub(1)?)?;
    let right = digits.bytes().all(|b| b.is_ascii_digit()) && check.parse() == Ok(check_digit(digits));
    digits.get(14..).filter(|number| right && number.len() >= 10)?.parse().ok()
}

/// Luhn's check digit: any one wrong digit and most swapped neighbours are noticed.
fn check_digit(digits: &str) -> u32 {
    let weighted = digits.bytes().rev().enumerate().map(|(i, digit)| {
        let value = u32::from(digit.wrapping_sub(b'0')) * if i % 2 == 0 { 2 } else { 1 };
        value / 10 + value % 10
    });
    (10 - weighted.sum::<u32>() % 10) % 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digit_is_luhns() {
        assert_eq!(check_digit("7992739871"), 3);
        assert_ne!(check_digit("7992739817"), 3);
    }

    #[test]
    fn an_identifier_names_its_event_or_is_not_ours() {
        for (digits, number) in [
            ("500000202611220000002256", Some(2256)),
            ("50000020261122100000000007", Some(100_000_000_007)),
            ("50000020261122000000225", None),
        ] {
            let id = format!("{digits}{}", check_digit(digits));
            assert_eq!(event_number(&id), number, "{id}");
            let wrong = format!("{digits}{}", (check_digit(digits) + 1) % 10);
            assert_eq!(event_number(&wrong), None, "{wrong}");
        }
        for id in ["", "7", "门诊", "5000002026112200000022565x", "+000002026112200000022560"] {
            assert_eq!(event_number(id), None, "{id}");
        }
    }
}
