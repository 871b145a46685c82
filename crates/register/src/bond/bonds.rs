//! The bonds of one person: those given, kept in full, and those received, kept in short. A change is first checked and
//! then taken in by both persons of the bond.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use gongji_domain::{Day, Fen};
use serde::{Deserialize, Serialize};

use super::{Bond, BondFault, BondState, By, Change, Limits, Party, Purpose, Registered, Relation, Request};
use crate::member::Member;

/// The bonds of one person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bonds {
    /// Where this person's account pays.
    pub given: Vec<Bond>,
    /// Where another's account pays for this person.
    pub received: Vec<Received>,
}

/// A bond as its beneficiary keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    /// The bond.
    pub number: u64,
    /// 人员编号 of the holder.
    pub holder: String,
    /// 姓名 of the holder.
    pub name: String,
    /// What this person is to the holder.
    pub relation: Relation,
    /// Where it stands.
    pub state: BondState,
}

impl Bonds {
    /// A bond that this person gave.
    ///
    /// # Errors
    /// If there is none of this number.
    pub fn bond(&self, number: u64) -> Result<&Bond, BondFault> {
        self.given.iter().find(|bond| bond.number() == number).ok_or(BondFault::NoBond { number })
    }

    /// Whether this person's account may pay for a patient on a day, by which bond, and how much at most; none for as
    /// much as the account holds. Only the holder's own money: what others gave (亲属转入) is never passed on.
    ///
    /// # Errors
    /// Why not. A patient with no bond at all is a stranger.
    pub fn authorises(
        &self,
        holder: &str,
        patient: &str,
        day: Day,
        purpose: Purpose,
    ) -> Result<(&Bond, Option<Fen>), BondFault> {
        let stranger = || BondFault::Stranger { holder: holder.into(), patient: patient.into() };
        let theirs = |bond: &&Bond| is(&bond.request.holder, holder) && is(&bond.request.beneficiary, patient);
        let mut bonds: Vec<&Bond> = self.given.iter().filter(theirs).collect();
        // One that stands before one that was ended, the latest first.
        bonds.sort_by_key(|bond| (bond.state() == BondState::Unbound, core::cmp::Reverse(bond.number())));
        let bond = bonds.into_iter().next().ok_or_else(stranger)?;
        Ok((bond, bond.most(day, purpose)?))
    }

    /// Whether a request may be made, from what its holder keeps and what the register knows of the two.
    ///
    /// # Errors
    /// Why not.
    pub fn check_request(&self, request: &Request, known: &Registered<'_>) -> Result<(), BondFault> {
        let Request { holder, beneficiary, .. } = request;
        let member = known.holder.ok_or_else(|| BondFault::NoAccount { holder: holder.number.clone() })?;
        identity("授权人", holder, member)?;
        known.beneficiary.map_or(Ok(()), |member| identity("被授权人", beneficiary, member))?;
        if !known.has_account {
            return Err(BondFault::NoAccount { holder: holder.number.clone() });
        }
        let births = (member.identity.birth, known.beneficiary.map(|member| member.identity.birth));
        ages(request.relation, births)?;
        self.requestable(request)
    }

    /// What does not depend on the register.
    fn requestable(&self, request: &Request) -> Result<(), BondFault> {
        let Request { number, holder, beneficiary, relation, .. } = request;
        if same(holder, beneficiary) {
            return Err(BondFault::SamePerson);
        }
        if request.pledge.trim().is_empty() {
            return Err(BondFault::PledgeMissing);
        }
        if let By::Person(certificate) = &request.by
            && ![&holder.certificate, &beneficiary.certificate].contains(&certificate)
        {
            return Err(wrong(&request.by, "申请共济关系", "授权人、被授权人或经办人"));
        }
        let open = || self.given.iter().filter(|bond| bond.unbound_on.is_none());
        if let Some(bond) = open().find(|bond| same(&bond.request.beneficiary, beneficiary)) {
            return Err(BondFault::Twice { number: bond.number() });
        }
        if let Some(bond) = open().find(|bond| *relation == Relation::Spouse && bond.request.relation == *relation) {
            return Err(BondFault::SecondSpouse { number: bond.number() });
        }
        if self.bond(*number).is_ok() {
            return Err(BondFault::NumberTaken { number: *number });
        }
        request.limits.check(&[], request.on.ymd().0)
    }

    /// Takes a change of a bond in that this person gave.
    ///
    /// # Errors
    /// Why it cannot be; nothing changed then.
    pub fn take_given(&mut self, change: &Change) -> Result<(), BondFault> {
        if let Change::Requested(request) = change {
            self.requestable(request)?;
            let request = request.clone();
            self.given.push(Bond { request, confirmed_on: None, used: Vec::new(), unbound_on: None });
            return Ok(());
        }
        let number = change.number();
        let bond = self.given.iter_mut().find(|bond| bond.number() == number).ok_or(BondFault::NoBond { number })?;
        bond.take(change)
    }

    /// Takes a change of a bond in that this person received, after the holder took it in; one of a bond that is not
    /// known here changes nothing.
    pub fn take_received(&mut self, change: &Change) {
        let number = change.number();
        let state = match change {
            Change::Requested(request) => {
                self.received.retain(|known| known.number != number);
                let Party { number: holder, name, .. } = request.holder.clone();
                let (relation, state) = (request.relation, BondState::Requested);
                self.received.push(Received { number, holder, name, relation, state });
                return;
            }
            Change::Confirmed { .. } => BondState::Confirmed,
            Change::Unbound { .. } => BondState::Unbound,
            Change::LimitsSet { .. } | Change::Used { .. } | Change::UseReturned { .. } => return,
        };
        self.received.iter_mut().filter(|known| known.number == number).for_each(|known| known.state = state);
    }
}

impl Bond {
    fn take(&mut self, change: &Change) -> Result<(), BondFault> {
        let number = self.number();
        match change {
            Change::UseReturned { amount, on, .. } => return self.give_back(*amount, on.ymd().0),
            _ => self.unbound_on.map_or(Ok(()), |on| Err(BondFault::Unbound { number, on }))?,
        }
        match change {
            Change::Requested(_) => return Err(BondFault::NumberTaken { number }),
            Change::Confirmed { by, on, .. } => self.confirm(by, *on)?,
            Change::LimitsSet { by, limits, on, .. } => {
                self.holders(by, "设置限额")?;
                limits.check(&self.used, on.ymd().0)?;
                self.request.limits = *limits;
            }
            Change::Unbound { by, on, .. } => {
                self.either(by, "解除共济关系")?;
                self.unbound_on = Some(*on);
            }
            Change::Used { patient, purpose, amount, on, .. } => {
                if !is(&self.request.beneficiary, patient) {
                    return Err(BondFault::ThirdPerson { number, patient: patient.clone() });
                }
                self.spend(*amount, *on, *purpose)?;
            }
            Change::UseReturned { .. } => {}
        }
        Ok(())
    }

    /// The holder always agrees: who asked does not confirm, and what another asked is the holder's to confirm.
    fn confirm(&mut self, by: &By, on: Day) -> Result<(), BondFault> {
        if let Some(on) = self.confirmed_on {
            return Err(BondFault::AlreadyConfirmed { number: self.number(), on });
        }
        let Request { holder, beneficiary, by: asked, .. } = &self.request;
        let by_holder = asked == &By::Person(holder.certificate.clone());
        let (may, allowed) = match by {
            By::Person(certificate) if by_holder => (*certificate == beneficiary.certificate, "被授权人或经办人"),
            By::Officer(_) if by_holder => (true, ""),
            By::Person(certificate) => (*certificate == holder.certificate, "授权人"),
            By::Officer(_) => (false, "授权人"),
        };
        if !may {
            return Err(wrong(by, "确认共济关系", allowed));
        }
        self.confirmed_on = Some(on);
        Ok(())
    }

    fn holders(&self, by: &By, what: &'static str) -> Result<(), BondFault> {
        match by {
            By::Person(certificate) if *certificate != self.request.holder.certificate => {
                Err(wrong(by, what, "授权人或经办人"))
            }
            _ => Ok(()),
        }
    }

    fn either(&self, by: &By, what: &'static str) -> Result<(), BondFault> {
        let Request { holder, beneficiary, .. } = &self.request;
        match by {
            By::Person(certificate) if ![&holder.certificate, &beneficiary.certificate].contains(&certificate) => {
                Err(wrong(by, what, "授权人、被授权人或经办人"))
            }
            _ => Ok(()),
        }
    }

    fn spend(&mut self, amount: Fen, on: Day, purpose: Purpose) -> Result<(), BondFault> {
        let most = self.most(on, purpose)?;
        if amount <= Fen::ZERO {
            return Err(BondFault::NotPositive { amount });
        }
        if let Some(left) = most.filter(|left| amount > *left) {
            return Err(BondFault::BeyondLimit { number: self.number(), left, asked: amount });
        }
        let year = on.ymd().0;
        match self.used.binary_search_by_key(&year, |(of, _)| *of) {
            Ok(at) => self.used[at].1 += amount,
            Err(at) => self.used.insert(at, (year, amount)),
        }
        Ok(())
    }

    fn give_back(&mut self, amount: Fen, year: i32) -> Result<(), BondFault> {
        let used = self.used_in(year);
        if amount <= Fen::ZERO {
            return Err(BondFault::NotPositive { amount });
        }
        if amount > used {
            return Err(BondFault::NotUsed { year, used, asked: amount });
        }
        self.used.iter_mut().filter(|(of, _)| *of == year).for_each(|(_, known)| *known -= amount);
        self.used.retain(|(_, known)| !known.is_zero());
        Ok(())
    }
}

impl Limits {
    /// Whether they can be set in a year where so much was used in each.
    fn check(&self, used: &[(i32, Fen)], year: i32) -> Result<(), BondFault> {
        let all: Fen = used.iter().map(|(_, amount)| *amount).sum();
        let since = used.iter().filter(|(of, _)| *of >= year);
        let most = since.map(|(_, amount)| *amount).max().unwrap_or_default();
        for (what, limit, used) in [("年度限额", self.year, most), ("总限额", self.total, all)] {
            match limit {
                Some(limit) if limit < Fen::ZERO => return Err(BondFault::NegativeLimit { what, limit }),
                Some(limit) if limit < used => return Err(BondFault::BelowUsed { what, limit, used }),
                _ => {}
            }
        }
        match (self.from, self.until) {
            (Some(from), Some(until)) if until < from => Err(BondFault::EndsBefore { from, until }),
            _ => Ok(()),
        }
    }
}

fn identity(who: &'static str, given: &Party, member: &Member) -> Result<(), BondFault> {
    let known = &member.identity;
    for (what, given, known) in [
        ("人员编号", &given.number, &member.number),
        ("证件号码", &given.certificate, &known.certificate),
        ("姓名", &given.name, &known.name),
    ] {
        if given != known {
            return Err(BondFault::Identity { who, what, given: given.clone() });
        }
    }
    Ok(())
}

fn ages(relation: Relation, (holder, beneficiary): (Day, Option<Day>)) -> Result<(), BondFault> {
    let Some(beneficiary) = beneficiary else { return Ok(()) };
    let may = match relation {
        Relation::Spouse => true,
        Relation::Parent => beneficiary < holder,
        Relation::Child => holder < beneficiary,
    };
    if may { Ok(()) } else { Err(BondFault::Ages { relation: relation.name(), holder, beneficiary }) }
}

fn wrong(by: &By, what: &'static str, allowed: &'static str) -> BondFault {
    let given = match by {
        By::Officer(officer) => officer.clone(),
        By::Person(certificate) => ending(certificate),
    };
    BondFault::WrongPerson { given, what, allowed }
}

/// A person by the end of the certificate's number, for whoever may not see the whole of it.
fn ending(certificate: &str) -> String {
    let from = certificate.char_indices().rev().nth(3).map_or(0, |(from, _)| from);
    format!("证件号码末四位为 {} 的人", &certificate[from..])
}

/// Whether a person has this number or certificate; nobody has an empty one.
fn is(party: &Party, who: &str) -> bool {
    !who.is_empty() && (party.number == who || party.certificate == who)
}

fn same(one: &Party, other: &Party) -> bool {
    one.certificate == other.certificate || is(one, &other.number)
}
