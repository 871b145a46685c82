//! What a change moves in the books: the entry of each kind of event, by what the event itself says, so
//! that it can be made again from the journal at any time. Knows no row and no rule of posting.

use gongji_adjudication::AccountPart;
use gongji_domain::{Day, Fen};
use gongji_ledger::rules::{self, AccountShare, CreditFrom, FundShare, RecoveredFrom, Settling};
use gongji_ledger::{
    Account, AreaCode, Entry, EventNo, Fault, FundLedger, Head, Holder, Name, NameError, Part, Transaction, covered,
};
use gongji_register::Parts;
use gongji_register::credit::Source;
use gongji_register::matter::{Movement, Step};
use gongji_store::{Event, Known};

use super::book::{Book, Change, Settled};
use super::entry::{Credit, Entry as AccountEntry, From, Premium, What};
use super::moment::Moment;
use super::person::Person;

/// The parts of an account, as the journal orders them.
const PARTS: [(Part, AccountPart); 2] = [(Part::Current, AccountPart::Current), (Part::Prior, AccountPart::Prior)];

/// What an event moves; none if nothing, as when all is paid in cash.
///
/// # Errors
/// Says in words what may not be posted.
pub(super) fn moved(known: &Known<'_, Book>, event: &Event, change: &Change) -> Result<Option<Transaction>, String> {
    let entry = match change {
        Change::Registered { .. }
        | Change::Described { .. }
        | Change::Charged { .. }
        | Change::Withdrawn { .. }
        | Change::Unregistered { .. }
        | Change::Barred { .. }
        | Change::Closed { .. } => return Ok(None),
        Change::Opened { from, account } => opening(event, *from, *account),
        Change::Recorded(recorded) => recorded.opened.map_or(Ok(None), |(from, account)| opening(event, from, account)),
        Change::Entered(entry) => entered(event, entry),
        Change::Settled { settlement, .. } => settlement_of(event, settlement),
        Change::Purchased { purchase, .. } => settlement_of(event, &purchase.settlement),
        Change::Cancelled { cancels, .. } => reversal_of(known, event, cancels),
    };
    let Some(entry) = entry? else { return Ok(None) };
    // Accounts were opened after the events of version 1, so what they hold is not asked.
    if event.version >= 2 {
        covered(&entry, |account| held(known, account)).map_err(|refused| refused.to_string())?;
    }
    known.periods().land(entry).map(Some).map_err(|refused| refused.to_string())
}

/// What a personal account holds, as far as visits are decided by it.
fn held(known: &Known<'_, Book>, account: &Account) -> Fen {
    let (holder, part) = match account {
        Account::Personal { holder, part } => (holder, part),
        Account::Claim { holder } => {
            let file = known.person(holder.person.as_str()).and_then(|person| person.file.as_deref());
            return file.map_or(Fen::ZERO, |file| file.affairs.claims.left());
        }
        _ => return Fen::ZERO,
    };
    let part = PARTS.iter().find(|(known, _)| known == part);
    let person = known.person(holder.person.as_str());
    person.zip(part).map_or(Fen::ZERO, |(person, (_, part))| person.standing.account(*part))
}

/// What moves by what happened to an account.
fn entered(event: &Event, entry: &AccountEntry) -> Result<Option<Entry>, String> {
    let holder = holder(&event.psn_no, &event.area)?;
    let day: Moment = event.recorded.parse().map_err(|()| format!("{} is no moment", event.recorded))?;
    let head = head(event, day.day)?;
    match &entry.what {
        What::Contributed { paid, to, .. } => {
            let months = i64::from(paid.months);
            let [own, pooled] =
                [paid.own, paid.pooled].map(|amount| Fen::from_fen(amount.fen().saturating_mul(months)));
            made(rules::contribution_split(head, holder.area, own, pooled, ledger(to)?))
        }
        What::Credited(credit) => credited(head, holder, credit),
        What::CarriedOver { amount, .. } => made(rules::carry_over(head, holder, *amount)),
        What::Bond(_) => Ok(None),
        What::Matter(step) => matter(head, holder, step, None),
        What::Concluded(concluded) => matter(head, holder, &concluded.step, concluded.from.as_ref()),
        What::Premium(premium) => paid_premium(head, holder, premium),
    }
}

/// What a matter moved when it was carried out: one transaction. What the member owed comes first, if there is anything
/// to be paid out after it.
fn matter(head: Head, holder: Holder, step: &Step, from: Option<&From>) -> Result<Option<Entry>, String> {
    let Step::Done { moved, .. } = step else { return Ok(None) };
    let mut owed = Vec::new();
    let mut heirs = Vec::new();
    let mut other = None;
    for movement in moved {
        match movement {
            Movement::Recover { parts } => owed = of_parts(*parts)?,
            Movement::ToHeir { parts, .. } => heirs.push(of_parts(*parts)?),
            movement if other.is_some() => return Err(format!("{movement:?} comes with another movement")),
            movement => other = made(moved_once(head, holder, movement, from)?)?,
        }
    }
    if !heirs.is_empty() {
        let heirs: Vec<_> = heirs.iter().map(Vec::as_slice).collect();
        other = made(rules::inheritance(head, holder, &heirs))?;
    }
    match (other, owed.is_empty()) {
        (paid, true) => Ok(paid),
        (Some(paid), false) => made(rules::after_recovery(&paid, holder, &owed)),
        (None, false) => made(rules::recovery(head, holder, RecoveredFrom::Account(&owed))),
    }
}

/// The entry of a movement that stands alone.
fn moved_once(
    head: Head,
    holder: Holder,
    movement: &Movement,
    from: Option<&From>,
) -> Result<Result<Entry, Fault>, String> {
    let source = |source: &Source| match (source, from) {
        (Source::Contribution, _) => Ok(CreditFrom::Contribution),
        (Source::Fund, Some(from)) => Ok(CreditFrom::Fund(ledger(from)?)),
        (Source::Fund, None) => Err("the fund of a corrected credit is not named".to_owned()),
    };
    Ok(match movement {
        Movement::Refund { parts } => rules::refund(head, holder, &of_parts(*parts)?),
        // Each area keeps and closes its own books: what comes and goes passes through its deposit.
        Movement::Relocate { parts, .. } => rules::transfer_out(head, holder, &of_parts(*parts)?),
        Movement::Receive { parts, .. } => rules::transfer_in(head, holder, &of_parts(*parts)?),
        Movement::Credit { source: of, amount, withheld, .. } => {
            rules::credit_withheld(head, holder, source(of)?, *amount, *withheld)
        }
        Movement::TakeBack { source: of, parts, owed, .. } => {
            rules::credit_taken_back(head, None, holder, source(of)?, &of_parts(*parts)?, *owed)
        }
        Movement::Recover { .. } | Movement::ToHeir { .. } => return Err(format!("{movement:?} stands alone")),
    })
}

/// The parts of the ledger that hold something.
fn of_parts(parts: Parts) -> Result<Vec<(Part, Fen)>, String> {
    if !parts.received.is_zero() {
        return Err("no account holds what relatives gave".to_owned());
    }
    let parts = [(Part::Current, parts.current), (Part::Prior, parts.prior)];
    Ok(parts.into_iter().filter(|(_, amount)| !amount.is_zero()).collect())
}

/// A credit, or the difference to an earlier one of the same month.
fn credited(head: Head, holder: Holder, credit: &Credit) -> Result<Option<Entry>, String> {
    let from = match &credit.from {
        Some(from) => CreditFrom::Fund(ledger(from)?),
        None => CreditFrom::Contribution,
    };
    made(rules::credit_withheld(head, holder, from, credit.amount, credit.withheld))
}

/// A contribution that the account paid.
fn paid_premium(head: Head, holder: Holder, premium: &Premium) -> Result<Option<Entry>, String> {
    let parts: Vec<(Part, Fen)> =
        PARTS.iter().zip(premium.account).map(|((part, _), amount)| (*part, amount)).collect();
    let area: AreaCode = premium.area.parse().map_err(said)?;
    let to = premium.to.as_ref().map(ledger).transpose()?;
    made(rules::premium(head, holder, &parts, area, to))
}

fn ledger(from: &From) -> Result<FundLedger, String> {
    let sub: Option<Name> = from.ledger.as_deref().map(str::parse).transpose().map_err(said)?;
    Ok(FundLedger { fund: from.fund, sub })
}

/// Takes back what a settlement of the visit moved, once.
fn reversal_of(known: &Known<'_, Book>, event: &Event, cancels: &str) -> Result<Option<Entry>, String> {
    let visit = event.visit.and_then(|visit| known.visit(visit)).ok_or_else(|| format!("no visit of {cancels}"))?;
    let settled = visit.settlement(cancels).ok_or_else(|| format!("no settlement {cancels}"))?;
    if let Some(before) = &settled.cancelled_by {
        return Err(format!("settlement {cancels} was cancelled by {before}"));
    }
    visit.moved(cancels).map_or(Ok(None), |of| reversal(event, of))
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
    let mut accounts: Vec<AccountShare> =
        from_account.map(|((part, _), amount)| AccountShare { holder, part: *part, amount }).collect();
    if let Some(aid) = settled.aid.as_deref() {
        let holder = self::holder(&aid.holder, &aid.area)?;
        let shares = PARTS.iter().zip(aid.account);
        accounts.extend(shares.map(|((part, _), amount)| AccountShare { holder, part: *part, amount }));
    }
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
/// Names what differs.
pub(super) fn agree(psn_no: &str, person: &Person, accounts: &[(Account, Fen)]) -> Result<(), String> {
    let mut held = [Fen::ZERO; 2];
    let mut owed = Fen::ZERO;
    for (account, balance) in accounts {
        if let Account::Claim { .. } = account {
            owed += *balance;
        }
        let Account::Personal { part, .. } = account else { continue };
        match PARTS.iter().position(|(known, _)| known == part) {
            Some(at) => held[at] += *balance,
            None if balance.is_zero() => {}
            None => return Err(format!("{account} 有余额 {balance}，结算时没有用到")),
        }
    }
    let claims = person.file.as_deref().map_or(Fen::ZERO, |file| file.affairs.claims.left());
    if claims != owed {
        return Err(format!("人员 {psn_no} 的应追回留存为 {claims}，账簿为 {owed}"));
    }
    let says = PARTS.map(|(_, part)| person.standing.account(part));
    if says != held {
        return Err(format!("人员 {psn_no} 的账户（当年、历年）结算用 {says:?}，账簿为 {held:?}"));
    }
    Ok(())
}
