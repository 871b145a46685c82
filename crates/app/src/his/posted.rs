//! What a change moves in the books: the entry of each kind of event, by what the event itself says, so
//! that it can be made again from the journal at any time. Knows no row and no rule of posting.

use std::collections::HashMap;

use gongji_adjudication::{AccountPart, Standing};
use gongji_domain::{Day, Fen};
use gongji_ledger::rules::{self, AccountShare, FundShare, Settling};
use gongji_ledger::{
    Account, AreaCode, Books, Entry, EventNo, Fault, FundLedger, Head, Holder, Name, NameError, Part, Transaction,
};
use gongji_store::Event;

use super::book::{Book, Change, Settled};
use super::moment::Moment;

/// The parts of an account, as the journal orders them.
const PARTS: [(Part, AccountPart); 2] = [(Part::Current, AccountPart::Current), (Part::Prior, AccountPart::Prior)];

/// What an event moves; none if nothing, as when all is paid in cash.
///
/// # Errors
/// Says in words what may not be posted.
pub(super) fn moved(book: &Book, event: &Event, change: &Change) -> Result<Option<Transaction>, String> {
    let entry = match change {
        Change::Registered { .. } | Change::Described { .. } | Change::Charged { .. } => return Ok(None),
        Change::Opened { from, account } => opening(event, *from, *account),
        Change::Settled { settlement, .. } => settlement_of(event, settlement),
        Change::Cancelled { cancels, .. } => match book.moved(cancels) {
            Some(of) => reversal(event, of),
            None => return Ok(None),
        },
    };
    let landed = match entry? {
        None => return Ok(None),
        // Accounts were opened after these, so what they hold is not asked.
        Some(entry) if event.version == 1 => book.books().periods().land(entry).map_err(Into::into),
        Some(entry) => book.books().check(entry),
    };
    landed.map(Some).map_err(|refused: gongji_ledger::Refused| refused.to_string())
}

fn opening(event: &Event, from: Day, account: [Fen; 2]) -> Result<Option<Entry>, String> {
    let holder = holder(&event.psn_no, &event.area)?;
    let parts: Vec<(Part, Fen)> = PARTS.iter().zip(account).map(|((part, _), amount)| (*part, amount)).collect();
    made(rules::opening(head(event, from)?, holder, &parts))
}

fn settlement_of(event: &Event, settled: &Settled) -> Result<Option<Entry>, String> {
    let holder = holder(&settled.psn_no, &settled.area)?;
    let decided = &settled.decided;
    let share = |payment: &super::decider::Payment| {
        let sub: Option<Name> = payment.ledger.as_deref().map(str::parse).transpose().map_err(said)?;
        Ok(FundShare { ledger: FundLedger { fund: payment.fund, sub }, amount: payment.amount })
    };
    let funds = decided.payments.iter().map(share).collect::<Result<Vec<_>, String>>()?;
    let from_account = PARTS.iter().zip(decided.effects.account);
    let accounts: Vec<AccountShare> =
        from_account.map(|((part, _), amount)| AccountShare { holder, part: *part, amount }).collect();
    let settling = Settling {
        area: holder.area,
        institution: settled.institution.parse().map_err(said)?,
        treated_in: settled.treated_in.as_deref().map_or(Ok(holder.area), str::parse).map_err(said)?,
        funds: &funds,
        accounts: &accounts,
    };
    made(rules::settlement(head(event, settled.day)?, &settling))
}

/// Takes back as if it had never been. A clock that was set back must not keep anybody from cancelling.
fn reversal(event: &Event, of: &Transaction) -> Result<Option<Entry>, String> {
    let original = of.entry().head();
    let now = head(event, original.effective)?;
    made(Entry::reversal(Head { recorded: now.recorded.max(original.recorded), ..now }, of))
}

fn made(entry: Result<Entry, Fault>) -> Result<Option<Entry>, String> {
    match entry {
        Ok(entry) => Ok(Some(entry)),
        Err(Fault::Empty) => Ok(None),
        Err(fault) => Err(fault.to_string()),
    }
}

fn head(event: &Event, effective: Day) -> Result<Head, String> {
    let recorded: Moment = event.recorded.parse().map_err(|()| format!("{} is no moment", event.recorded))?;
    Ok(Head { event: EventNo(event.seq), effective, recorded: recorded.in_books() })
}

fn holder(psn_no: &str, area: &str) -> Result<Holder, String> {
    let area: AreaCode = area.parse().map_err(said)?;
    Ok(Holder { person: psn_no.parse().map_err(said)?, area })
}

fn said(fault: NameError) -> String {
    fault.to_string()
}

/// Whether the accounts that visits are decided by hold what the books say.
///
/// # Errors
/// Names the member whose account differs.
pub(super) fn agree(books: &Books, standings: &HashMap<String, Standing>) -> Result<(), String> {
    let mut held: HashMap<String, [Fen; 2]> = HashMap::new();
    for (account, balance) in books.balances() {
        let Account::Personal { holder, part } = account else { continue };
        let at = PARTS.iter().position(|(known, _)| *known == part);
        let parts = held.entry(holder.person.to_string()).or_default();
        match at {
            Some(at) => parts[at] += balance,
            None if balance.is_zero() => {}
            None => return Err(format!("{account} 有余额 {balance}，结算时没有用到")),
        }
    }
    for psn_no in held.keys().chain(standings.keys()) {
        let says = PARTS.map(|(_, part)| standings.get(psn_no).map_or(Fen::ZERO, |standing| standing.account(part)));
        let books = held.get(psn_no).copied().unwrap_or_default();
        if says != books {
            return Err(format!("人员 {psn_no} 的账户（当年、历年）结算用 {says:?}，账簿为 {books:?}"));
        }
    }
    Ok(())
}
