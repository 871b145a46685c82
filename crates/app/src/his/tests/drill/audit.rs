//! The auditor: remembers every reply that the service gave, and holds the whole store against it after each
//! restart. What a settlement must come to it works out by itself ([`Model`]).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use gongji_ledger::{Account, AsOf, Scope, Transaction, TrialBalance, balance};
use gongji_store::Event;

use super::centre::Centre;
use super::messages::{INSTITUTIONS, Id, MEMBERS, Post, What};
use super::model::{Amounts, Model};
use super::tally::Tally;
use super::terminal::{is_passing, is_unsure};
use crate::his::tests::Reply;

/// What is known of a message from outside the store.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fate {
    /// A success was answered: these bytes, for ever.
    Acknowledged(Vec<u8>),
    /// The last answer said that nothing happened, and it was not delivered since.
    Nothing,
    /// It may be there or not, but wholly.
    Open,
}

#[derive(Default)]
pub(super) struct Auditor {
    fates: HashMap<Id, Fate>,
    /// Messages that were refused for good at some time.
    refused: Vec<Id>,
    /// Settlements of which it was answered that they have no effect from now on.
    reversed: BTreeSet<Id>,
}

impl Auditor {
    /// A message arrives at the service.
    pub(super) fn delivered(&mut self, id: Id) {
        let fate = self.fates.entry(id).or_insert(Fate::Open);
        if *fate == Fate::Nothing {
            *fate = Fate::Open;
        }
    }

    /// The service answered a message.
    pub(super) fn answered(&mut self, id: Id, bytes: &[u8], post: &Post, tally: &mut Tally) -> Result<(), String> {
        let what = &post.get(id).what;
        let reply = Reply::read(bytes)?;
        let code = reply.code();
        if let What::Forgery(of) = what {
            let allowed = code.as_deref().is_some_and(|code| code == "message_reused" || is_passing(code));
            return ensure(allowed, || format!("the number of message {of} was used again: {}", reply.raw));
        }
        if let (What::Reversal { of, .. }, None) = (what, &code) {
            self.reversed.insert(*of);
        }
        if !what.is_kept() {
            return Ok(());
        }
        let before = self.fates.insert(id, Fate::Open).unwrap_or(Fate::Open);
        let after = match (before, code) {
            (Fate::Acknowledged(first), None) => {
                ensure(first == bytes, || format!("message {id} was answered differently: {}", reply.raw))?;
                Fate::Acknowledged(first)
            }
            // Whoever has an answer may be told later that there is none just now, but never that it was refused.
            (Fate::Acknowledged(first), Some(code)) if is_unsure(&code) => Fate::Acknowledged(first),
            (Fate::Acknowledged(_), Some(_)) => {
                return Err(format!("message {id} had been acknowledged: {}", reply.raw));
            }
            (_, None) => {
                match what {
                    What::Settlement { .. } => tally.settled += 1,
                    What::Purchase { .. } => tally.purchased += 1,
                    What::Cancellation { .. } | What::Return { .. } => tally.cancelled += 1,
                    What::Withdrawal { .. } | What::Unregistration { .. } => tally.withdrawn += 1,
                    _ => {}
                }
                Fate::Acknowledged(bytes.to_vec())
            }
            (_, Some(code)) if is_unsure(&code) => Fate::Open,
            (_, Some(code)) => {
                if !is_passing(&code) {
                    self.refused.push(id);
                }
                Fate::Nothing
            }
        };
        self.fates.insert(id, after);
        Ok(())
    }

    /// Every message with an answer that must be given again.
    pub(super) fn acknowledged(&self) -> Vec<(Id, &[u8])> {
        let mut all: Vec<(Id, &[u8])> = self
            .fates
            .iter()
            .filter_map(|(id, fate)| match fate {
                Fate::Acknowledged(bytes) => Some((*id, bytes.as_slice())),
                _ => None,
            })
            .collect();
        all.sort_unstable();
        all
    }

    /// Holds the whole store against what was answered.
    pub(super) fn audit(&self, centre: &Centre, post: &Post) -> Result<Found, String> {
        let reader = centre.reader().map_err(|fault| format!("the store cannot be read: {fault}"))?;
        reader.verify(&centre.book()).map_err(|fault| format!("the store is not sound: {fault}"))?;
        let (mut events, mut history) = (Vec::new(), Vec::new());
        let walked = reader.events(|event, moved| {
            events.push(event.clone());
            history.extend(moved.cloned());
        });
        walked.map_err(|fault| format!("the journal cannot be read: {fault}"))?;
        let mut found = Found::default();
        for event in &events {
            self.take(event, post, &mut found).map_err(|fault| format!("event {}: {fault}", event.seq))?;
        }
        for (id, fate) in &self.fates {
            let there = found.made.contains_key(id);
            match fate {
                Fate::Acknowledged(_) => ensure(there, || format!("message {id} was acknowledged and is lost"))?,
                Fate::Nothing => ensure(!there, || {
                    format!(
                        "message {id} ({:?}) is recorded, though nothing was said to have happened",
                        post.get(*id).what
                    )
                })?,
                Fate::Open => {}
            }
        }
        for (id, setl_id) in &found.made {
            let stands = self.reversed.contains(id) && found.model.stands(setl_id);
            ensure(!stands, || format!("message {id} was reversed and settles nevertheless"))?;
        }
        balances(&found.model, &history)?;
        Ok(found)
    }

    /// One event of the journal: it must be a message that was sent, with the reply that was given, and come to
    /// what it must.
    fn take(&self, event: &Event, post: &Post, found: &mut Found) -> Result<(), String> {
        if event.kind == "enrolled" {
            let opened = MEMBERS.iter().find(|(member, _)| member.psn_no == event.psn_no);
            let (member, account) = opened.ok_or("an account that nobody has")?;
            ensure(!found.model.members.contains_key(member.psn_no), || "an account is opened twice".to_owned())?;
            found.model.open(member.psn_no, *account);
            return Ok(());
        }
        let id = post.find(&event.institution, &event.msgid).ok_or("nobody sent it")?;
        let message = post.get(id);
        ensure(event.infno == message.what.infno(), || format!("{} instead of {:?}", event.infno, message.what))?;
        ensure(!found.made.contains_key(&id), || format!("message {id} is recorded twice"))?;
        match self.fates.get(&id) {
            _ if !message.what.is_kept() => {}
            Some(Fate::Acknowledged(bytes)) => {
                ensure(*bytes == event.reply, || format!("message {id} was answered with other bytes"))?;
            }
            _ => {
                found.unheard += 1;
                found.late += u64::from(self.refused.contains(&id));
            }
        }
        found.made.insert(id, String::new());
        found.events += 1;
        let reply = Reply::read(&event.reply)?;
        let member = MEMBERS[message.member].0.psn_no;
        let amounts = match &message.what {
            What::Settlement { visit, batch, yuan } => {
                let setl_id = reply.at("output.setlinfo.setl_id");
                let total = yuan.cast_signed() * 100;
                found.made.insert(id, setl_id.clone());
                found.model.settle((visit, batch), (member, message.institution), &setl_id, total)?
            }
            What::Purchase { yuan } => {
                let setl_id = reply.at("output.setlinfo.setl_id");
                found.made.insert(id, setl_id.clone());
                found.model.buy((member, message.institution), &setl_id, yuan.cast_signed() * 100)?
            }
            What::Cancellation { setl_id, .. } | What::Return { setl_id, .. } => found.model.cancel(setl_id)?,
            What::Reversal { of, .. } if event.kind == "reversed" => {
                let setl_id = found.made.get(of).ok_or("it reverses what was never recorded")?;
                found.model.cancel(setl_id)?;
                return Ok(());
            }
            _ => return Ok(()),
        };
        let back = matches!(message.what, What::Cancellation { .. } | What::Return { .. });
        let sign = if back { -1 } else { 1 };
        let told = told(&reply);
        let account = found.model.members.get(member).map_or(0, |member| member.account);
        let Amounts { fund, account: from_account, cash, .. } = amounts;
        let due = [fund, from_account, cash].map(|amount| sign * amount);
        ensure(told == [yuan(due[0]), yuan(due[1]), yuan(due[2]), yuan(account)], || {
            format!("{told:?} instead of {due:?} and {account}")
        })
    }
}

/// What the store holds, by the auditor's own accounts.
#[derive(Default)]
pub(super) struct Found {
    pub model: Model,
    /// The messages that are recorded, with the settlement that each made.
    made: BTreeMap<Id, String>,
    pub events: u64,
    pub unheard: u64,
    pub late: u64,
}

/// Fund, account, cash and balance of a reply about a settlement.
fn told(reply: &Reply) -> [String; 4] {
    ["fund_pay_sumamt", "acct_pay", "psn_cash_pay", "balc"].map(|field| reply.at(&format!("output.setlinfo.{field}")))
}

/// The books against the auditor's own accounts, to the fen; and every area balances.
fn balances(model: &Model, history: &[Transaction]) -> Result<(), String> {
    let members = model.members.iter().map(|(psn_no, member)| (format!("{psn_no}/500000/current"), member.account));
    let owed = INSTITUTIONS.map(|code| (format!("-/500000/institution/{code}"), model.owed(code)));
    let fund = ("-/500000/fund/310100".to_owned(), -model.fund());
    for (key, due) in members.chain(owed).chain([fund]) {
        let account: Account = key.parse().map_err(|fault| format!("{key}: {fault}"))?;
        let is = balance(&Scope::Account(account), &AsOf::EVERYTHING, history).map_err(|fault| fault.to_string())?;
        ensure(is.to_string() == yuan(due), || format!("{key} holds {is} instead of {}", yuan(due)))?;
    }
    let trial = TrialBalance::of(&AsOf::EVERYTHING, history).map_err(|fault| fault.to_string())?;
    for area in trial.areas() {
        let turnover = trial.total(area).map_err(|fault| fault.to_string())?;
        ensure(turnover.debit == turnover.credit, || format!("area {area} does not balance: {turnover:?}"))?;
    }
    Ok(())
}

/// Fen as the interface writes them.
pub(super) fn yuan(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", fen.abs() / 100, fen.abs() % 100)
}

pub(super) fn ensure(holds: bool, fault: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(fault()) }
}
