//! What the service knows of a member (standing and account) and of a visit (what was uploaded for it and its
//! settlements), and how each event changes both. Folded from the journal's events alone.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use compact_str::CompactString;
use foldhash::fast::RandomState;
use gongji_adjudication::{AccountPart, Standing};
use gongji_domain::{Day, Fen, Rate};
use gongji_ledger::{Account, AreaCode, Transaction};
use gongji_register::{Fact, Member};
use gongji_store::{Draft, Event, InVisit, Known, State};
use serde::{Deserialize, Serialize};

use super::call::event_number;
use super::decider::{Decided, Decider};
use super::entry::{AccountFile, Aid, Entry};
use super::member::{Records, record_name};
use super::moment::Moment;
use super::person::{PACKED, Person};
use super::posted;

/// What an event changes. Its JSON is what the journal keeps: add variants and fields with
/// defaults, never change what is there.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Change {
    /// 门诊挂号
    Registered {
        mdtrt_id: String,
        registration: Registration,
        /// The member's visit before this one, by the event that began it; none where there was none, and in
        /// events from before visits were counted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        previous: Option<u64>,
    },
    /// 就诊信息
    Described { mdtrt_id: String, description: Description },
    /// 费用明细
    Charged { mdtrt_id: String, lines: Vec<Line> },
    /// 费用明细撤销: the lines by 费用明细流水号.
    Withdrawn { mdtrt_id: String, lines: Vec<String> },
    /// 挂号撤销
    Unregistered { mdtrt_id: String },
    /// 药店结算: a visit that begins, is charged and is settled at once.
    Purchased { setl_id: String, purchase: Box<Purchase> },
    /// 结算
    Settled { setl_id: String, settlement: Box<Settled> },
    /// 结算撤销
    Cancelled {
        setl_id: String,
        cancels: String,
        /// Of the relative whose account gets its part back, the event outside of visits before this one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        previous: Option<u64>,
    },
    /// 期初余额: what a member's account held when the books began, this year's part and earlier
    /// years', and since when.
    Opened { from: Day, account: [Fen; 2] },
    /// 参保登记及变更: facts about a member, who told them and why, and what the account held when its holder
    /// came into the books.
    Recorded(Box<Recorded>),
    /// 个人账户业务: something that happened to an account outside of visits.
    Entered(Box<Entry>),
    /// 冲正 of a message that never came: it is refused if it comes.
    Barred { omsgid: String },
    /// 关账: an area's books are closed up to and with a day.
    Closed { area: String, through: Day },
}

impl Change {
    /// The event of something that happens outside of visits: its kind, to whom of which area, which further persons
    /// it changes, and by which version of which package.
    pub(crate) fn outside(
        &self,
        kind: &'static str,
        (number, area): (&str, &str),
        with: Vec<String>,
        policy: &str,
    ) -> Draft {
        Draft {
            kind,
            area: area.to_owned(),
            psn_no: number.to_owned(),
            with,
            visit: None,
            reply: Default::default(),
            effects: serde_json::to_string(self).expect("a change can always be written"),
            policy: policy.to_owned(),
        }
    }
}

/// What the register was told of a member.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Recorded {
    pub facts: Vec<Fact>,
    pub told: Told,
    /// The member's event outside of visits before this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<u64>,
    /// What the account held, this year's part and earlier years', and since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened: Option<(Day, [Fen; 2])>,
    /// Certificates that show the member since, and those that no longer do, by their names in the store.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shown_by: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub no_longer: Vec<String>,
}

/// Who told something, why, and by which document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Told {
    /// 经办人
    pub by: String,
    /// 事由
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// 材料
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub document: String,
}

/// A registration (2201).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Registration {
    pub psn_no: CompactString,
    pub institution: CompactString,
    pub ipt_otp_no: CompactString,
    pub begntime: Moment,
}

/// What a visit is for (2203).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Description {
    pub med_type: CompactString,
    pub begntime: Moment,
    /// Who issued the prescription, at a pharmacy.
    pub prescriber: Option<CompactString>,
    /// Codes of diagnoses (诊断) and of the disease that the visit is for (病种).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub diagnoses: Vec<CompactString>,
}

/// A priced fee line (2204).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Line {
    pub feedetl_sn: CompactString,
    pub chrg_bchno: CompactString,
    pub item: CompactString,
    pub amount: Fen,
    pub covered: bool,
    pub ceiling: Option<Fen>,
    /// First-pay rate in millionths.
    pub upfront: i64,
    /// The catalogue has no such code, so that it is none of the country's (没有国家医保编码).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub uncoded: bool,
}

impl Line {
    pub(crate) fn upfront_rate(&self) -> Rate {
        Rate::from_millionths(self.upfront)
    }
}

/// A purchase at a pharmacy (2102): its one batch, settled.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Purchase {
    pub registration: Registration,
    pub description: Description,
    pub lines: Vec<Line>,
    pub settlement: Settled,
    /// The member's visit before this one, as a registration names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<u64>,
}

/// A settlement (2207, 2102).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Settled {
    pub mdtrt_id: String,
    pub chrg_bchno: CompactString,
    pub psn_no: CompactString,
    pub institution: CompactString,
    pub area: CompactString,
    /// Where the institution lies (就医地); events from before there were books do not say, and stand
    /// in them as settled in the member's own area.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub treated_in: Option<CompactString>,
    /// Service date.
    pub day: Day,
    pub mdtrt_cert_type: CompactString,
    pub med_type: CompactString,
    /// What the account held before.
    pub balance_before: Fen,
    pub decided: Decided,
    /// What of the account's part a relative's account paid; then `effects` takes nothing from the member's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aid: Option<Box<Aid>>,
    /// The settlement that cancelled it.
    #[serde(default)]
    pub cancelled_by: Option<String>,
}

impl Settled {
    /// Whose visit it is.
    pub(crate) fn patient(&self) -> &str {
        &self.psn_no
    }

    /// What it added to the member's counters, by the engine's numbers.
    pub(super) fn additions(&self, decider: &dyn Decider) -> Result<Vec<gongji_adjudication::Addition>, String> {
        self.decided.effects.additions(decider, &self.area, self.day)
    }
}

/// A visit with all that was uploaded for it.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    pub mdtrt_id: String,
    pub registration: Registration,
    pub description: Option<Description>,
    pub lines: Vec<Line>,
    /// The settlement that stands for a batch, by 收费批次号.
    pub batches: HashMap<CompactString, Option<String>, RandomState>,
    /// The registration was taken back: nothing can be added.
    pub cancelled: bool,
    /// One purchase at a pharmacy: nothing can be added.
    pub purchase: bool,
    /// By 结算ID, the cancelled ones as well.
    settlements: HashMap<String, Made, RandomState>,
}

/// A settlement and what it moved; nothing where all was paid in cash.
#[derive(Clone, Debug)]
struct Made {
    settled: Settled,
    moved: Option<Transaction>,
}

impl Visit {
    fn new(mdtrt_id: String, registration: Registration) -> Self {
        Self {
            mdtrt_id,
            registration,
            description: None,
            lines: Vec::new(),
            batches: HashMap::default(),
            cancelled: false,
            purchase: false,
            settlements: HashMap::default(),
        }
    }

    /// When the visit is; its day is the service date of everything in it.
    pub(crate) fn moment(&self) -> Moment {
        self.description.as_ref().map_or(self.registration.begntime, |description| description.begntime)
    }

    /// A settlement of this visit by its 结算ID.
    pub(crate) fn settlement(&self, setl_id: &str) -> Option<&Settled> {
        self.settlements.get(setl_id).map(|made| &made.settled)
    }

    /// What a settlement of this visit moved.
    pub(crate) fn moved(&self, setl_id: &str) -> Option<&Transaction> {
        self.settlements.get(setl_id)?.moved.as_ref()
    }

    /// The settlement of this visit that stands, if one does.
    pub(crate) fn standing(&self) -> Option<&str> {
        self.batches.values().flatten().map(String::as_str).min()
    }

    fn take(&mut self, change: Change, moved: Option<&Transaction>) -> Result<(), String> {
        match change {
            Change::Registered { mdtrt_id, .. } => return Err(format!("visit {mdtrt_id} is registered twice")),
            Change::Purchased { setl_id, .. } => return Err(format!("purchase {setl_id} begins a visit")),
            Change::Described { description, .. } => self.description = Some(description),
            Change::Charged { lines, .. } => self.charge(lines),
            Change::Withdrawn { lines, .. } => self.withdraw(&lines)?,
            Change::Unregistered { mdtrt_id } => {
                if std::mem::replace(&mut self.cancelled, true) {
                    return Err(format!("visit {mdtrt_id} is taken back twice"));
                }
            }
            Change::Settled { setl_id, settlement } => self.settle(setl_id, *settlement, moved)?,
            Change::Cancelled { setl_id, cancels, .. } => {
                let made = self.settlements.get_mut(&cancels).ok_or_else(|| format!("no settlement {cancels}"))?;
                if let Some(before) = made.settled.cancelled_by.replace(setl_id) {
                    return Err(format!("settlement {cancels} was cancelled by {before}"));
                }
                let batch = made.settled.chrg_bchno.clone();
                self.batches.insert(batch, None);
            }
            Change::Opened { .. }
            | Change::Recorded(_)
            | Change::Entered(_)
            | Change::Barred { .. }
            | Change::Closed { .. } => {
                return Err("this happens in no visit".to_owned());
            }
        }
        Ok(())
    }

    fn charge(&mut self, lines: Vec<Line>) {
        for line in &lines {
            self.batches.entry(line.chrg_bchno.clone()).or_default();
        }
        self.lines.extend(lines);
    }

    /// Takes unsettled lines out, and the batches that nothing is left of: their numbers are free again.
    fn withdraw(&mut self, numbers: &[String]) -> Result<(), String> {
        let numbers: HashSet<&str> = numbers.iter().map(String::as_str).collect();
        let before = self.lines.len();
        self.lines.retain(|line| !numbers.contains(line.feedetl_sn.as_str()));
        if before - self.lines.len() != numbers.len() {
            return Err(format!("visit {} has not all of the lines that are withdrawn", self.mdtrt_id));
        }
        let left: HashSet<&str> = self.lines.iter().map(|line| line.chrg_bchno.as_str()).collect();
        self.batches.retain(|batch, settled| settled.is_some() || left.contains(batch.as_str()));
        Ok(())
    }

    fn settle(&mut self, setl_id: String, settled: Settled, moved: Option<&Transaction>) -> Result<(), String> {
        if let Some(standing) = self.batch_mut(&settled)?.replace(setl_id.clone()) {
            return Err(format!("settlement {setl_id} settles what {standing} settled"));
        }
        self.settlements.insert(setl_id, Made { settled, moved: moved.cloned() });
        Ok(())
    }

    /// A purchase is a visit of its own.
    fn of_purchase(setl_id: String, purchase: Purchase, moved: Option<&Transaction>) -> Result<Self, String> {
        let Purchase { registration, description, lines, settlement, previous: _ } = purchase;
        let mut visit = Self::new(settlement.mdtrt_id.clone(), registration);
        visit.description = Some(description);
        visit.purchase = true;
        visit.charge(lines);
        visit.settle(setl_id, settlement, moved)?;
        Ok(visit)
    }

    fn batch_mut(&mut self, settled: &Settled) -> Result<&mut Option<String>, String> {
        let Settled { mdtrt_id, chrg_bchno, .. } = settled;
        self.batches.get_mut(chrg_bchno).ok_or_else(|| format!("visit {mdtrt_id} has no batch {chrg_bchno}"))
    }
}

/// How events change members and visits, by the rules of the areas.
pub(crate) struct Book {
    decider: Arc<dyn Decider>,
    records: Records,
}

impl Book {
    pub(crate) fn new(decider: Arc<dyn Decider>) -> Self {
        Self { decider, records: Records::default() }
    }
}

/// What one message may see.
#[derive(Clone, Copy)]
pub(crate) struct View<'a>(pub &'a Known<'a, Book>);

impl<'a> View<'a> {
    /// A member's standing; empty for one of whom nothing was ever kept.
    pub(crate) fn standing(self, psn_no: &str) -> Standing {
        self.0.person(psn_no).map(|person| person.standing.clone()).unwrap_or_default()
    }

    /// What a member's account holds.
    pub(crate) fn balance(self, psn_no: &str) -> Fen {
        self.0.person(psn_no).map_or(Fen::ZERO, |person| person.standing.balance())
    }

    /// The member with a number, if one is registered.
    pub(crate) fn member(self, psn_no: &str) -> Option<&'a Member> {
        self.0.person(&record_name(psn_no))?.record.member()
    }

    /// What the register says of a member, packed; empty where nobody is registered.
    pub(crate) fn record(self, psn_no: &str) -> &'a [u8] {
        self.0.person(&record_name(psn_no)).map_or(&[], |person| person.record.bytes())
    }

    /// What is kept of a member's account beside what it holds; nothing where nothing is.
    pub(crate) fn file(self, psn_no: &str) -> Option<&'a AccountFile> {
        self.0.person(psn_no)?.file.as_deref()
    }

    /// Whether a message has locked this person, of whom there may be nothing kept.
    pub(crate) fn names(self, psn_no: &str) -> bool {
        self.0.person(psn_no).is_some()
    }

    /// Whose accounts pay or paid for a member (授权人): the holders of every bond received, also of those that ended.
    pub(crate) fn holders(self, psn_no: &str) -> Vec<String> {
        let received = self.file(psn_no).map_or(&[][..], |file| &file.bonds.received);
        let mut holders: Vec<String> = received.iter().map(|bond| bond.holder.clone()).collect();
        holders.sort_unstable();
        holders.dedup();
        holders.retain(|holder| !holder.is_empty() && holder != psn_no);
        holders
    }

    /// The last event outside of visits about a member.
    pub(crate) fn last_entry(self, psn_no: &str) -> Option<u64> {
        self.0.person(psn_no).and_then(|person| person.last_entry)
    }

    /// Whose certificate it is, by its name in the store.
    pub(crate) fn owner(self, certificate: &str) -> Option<&'a str> {
        self.0.person(certificate).map(|person| person.owner.as_str()).filter(|owner| !owner.is_empty())
    }

    /// Whether a member's opening balance is in the books.
    pub(crate) fn is_opened(self, psn_no: &str) -> bool {
        self.0.person(psn_no).is_some_and(|person| person.opened)
    }

    /// A member's last visit, by the event that began it.
    pub(crate) fn last_visit(self, psn_no: &str) -> Option<u64> {
        self.0.person(psn_no).and_then(|person| person.last_visit)
    }

    /// A visit of the member by its 就诊ID.
    pub(crate) fn visit(self, mdtrt_id: &str) -> Option<&'a Visit> {
        self.0.named_visit().filter(|visit| visit.mdtrt_id == mdtrt_id)
    }

    /// The day up to which the books of one of these areas are closed, if that day or a later one is.
    pub(crate) fn closed(self, areas: [&str; 2], day: Day) -> Option<Day> {
        let through = |area: &str| self.0.periods().closed_through(area.parse().ok()?);
        areas.into_iter().filter_map(through).max().filter(|through| day <= *through)
    }

    /// The event of the message that this one refers to.
    pub(crate) fn original(self) -> Option<&'a Event> {
        self.0.original()
    }

    /// The settlement that an event made, with its visit.
    pub(crate) fn settled_by(self, event: &Event) -> Option<(&'a Visit, String)> {
        let visit = self.0.visit(event.visit?)?;
        let made = visit.settlements.keys().find(|setl_id| event_number(setl_id) == Some(event.seq))?;
        Some((visit, made.clone()))
    }
}

impl State for Book {
    type Person = Person;
    type Visit = Visit;
    type Change = Change;

    fn edition(&self) -> String {
        format!("{PACKED} {}", self.decider.edition())
    }

    fn read(&self, event: &Event) -> Result<Change, String> {
        serde_json::from_str(&event.effects).map_err(|error| error.to_string())
    }

    fn moves(&self, event: &Event, change: &Change, known: &Known<'_, Self>) -> Result<Option<Transaction>, String> {
        posted::moved(known, event, change)
    }

    fn fold_person(
        &self,
        name: &str,
        person: &mut Person,
        visit: Option<&Visit>,
        event: &Event,
        change: &Change,
    ) -> Result<(), String> {
        match change {
            Change::Registered { .. } => person.last_visit = event.visit,
            Change::Described { .. }
            | Change::Charged { .. }
            | Change::Withdrawn { .. }
            | Change::Unregistered { .. }
            | Change::Barred { .. }
            | Change::Closed { .. } => {}
            Change::Settled { settlement, .. } if name != event.psn_no => aid(person, event, settlement, false)?,
            Change::Purchased { purchase, .. } if name != event.psn_no => {
                aid(person, event, &purchase.settlement, false)?;
            }
            Change::Settled { settlement, .. } => person.settle(settlement, &*self.decider)?,
            Change::Purchased { purchase, .. } => {
                person.last_visit = event.visit;
                person.settle(&purchase.settlement, &*self.decider)?;
            }
            Change::Cancelled { cancels, .. } => {
                let settled = visit.and_then(|visit| visit.settlement(cancels));
                let settled = settled.ok_or_else(|| format!("no settlement {cancels}"))?;
                if name != event.psn_no {
                    return aid(person, event, settled, true);
                }
                person.standing.revert(&settled.additions(&*self.decider)?, settled.decided.effects.account);
            }
            Change::Opened { account: [current, prior], .. } => {
                open(name, person, [*current, *prior])?;
            }
            Change::Recorded(recorded) => record(name, person, event, recorded)?,
            Change::Entered(entry) => enter(name, person, event, entry)?,
        }
        Ok(())
    }

    fn fold_visit(
        &self,
        visit: &mut Option<Visit>,
        _: &Event,
        change: Change,
        moved: Option<&Transaction>,
    ) -> Result<(), String> {
        match (visit, change) {
            (none @ None, Change::Registered { mdtrt_id, registration, .. }) => {
                *none = Some(Visit::new(mdtrt_id, registration));
                Ok(())
            }
            (none @ None, Change::Purchased { setl_id, purchase }) => {
                *none = Some(Visit::of_purchase(setl_id, *purchase, moved)?);
                Ok(())
            }
            (Some(visit), change) => visit.take(change, moved),
            (None, _) => Err("no such visit was registered".to_owned()),
        }
    }

    fn closes(&self, change: &Change) -> Option<(AreaCode, Day)> {
        match change {
            Change::Closed { area, through } => Some((area.parse().ok()?, *through)),
            _ => None,
        }
    }

    fn bars(&self, change: &Change) -> Option<String> {
        match change {
            Change::Barred { omsgid } => Some(omsgid.clone()),
            _ => None,
        }
    }

    fn pack(&self, person: &Person) -> Vec<u8> {
        person.pack()
    }

    fn unpack(&self, bytes: &[u8]) -> Result<Person, String> {
        Person::unpack(bytes, &self.records).ok_or_else(|| "参保人的留存状态读不出".to_owned())
    }

    fn agrees(&self, name: &str, person: &Person, accounts: &[(Account, Fen)]) -> Result<(), String> {
        posted::agree(name, person, accounts)
    }

    fn place(&self, event: &Event) -> Result<InVisit, String> {
        let number = |id: &str| event_number(id).ok_or_else(|| format!("{id} is no number of ours"));
        Ok(match self.read(event)? {
            Change::Registered { .. } | Change::Purchased { .. } => InVisit::Begins,
            Change::Described { mdtrt_id, .. }
            | Change::Charged { mdtrt_id, .. }
            | Change::Withdrawn { mdtrt_id, .. }
            | Change::Unregistered { mdtrt_id } => InVisit::Visit(number(&mdtrt_id)?),
            Change::Settled { settlement, .. } => InVisit::Visit(number(&settlement.mdtrt_id)?),
            Change::Cancelled { cancels, .. } => InVisit::With(number(&cancels)?),
            Change::Opened { .. }
            | Change::Recorded(_)
            | Change::Entered(_)
            | Change::Barred { .. }
            | Change::Closed { .. } => InVisit::Nowhere,
        })
    }
}

/// The account's opening balance, once.
fn open(name: &str, person: &mut Person, [current, prior]: [Fen; 2]) -> Result<(), String> {
    if std::mem::replace(&mut person.opened, true) {
        return Err(format!("the account of {name} is opened twice"));
    }
    person.standing.credit(AccountPart::Current, current);
    person.standing.credit(AccountPart::Prior, prior);
    Ok(())
}

/// What the register was told, into the member, the record or a certificate.
fn record(name: &str, person: &mut Person, event: &Event, recorded: &Recorded) -> Result<(), String> {
    if name == event.psn_no {
        person.last_entry = Some(event.seq);
        return recorded.opened.map_or(Ok(()), |(_, account)| open(name, person, account));
    }
    if recorded.no_longer.iter().any(|known| known == name) {
        person.owner.clear();
    } else if recorded.shown_by.iter().any(|known| known == name) {
        person.owner.clone_from(&event.psn_no);
    } else {
        recorded.facts.iter().try_for_each(|fact| person.record.take(fact))?;
    }
    Ok(())
}

/// What a relative's account paid, out of it or, when the settlement is cancelled, back.
fn aid(person: &mut Person, event: &Event, settled: &Settled, back: bool) -> Result<(), String> {
    let aid = settled.aid.as_deref().ok_or("a relative's account is named, and paid nothing")?;
    person.last_entry = Some(event.seq);
    if back { aid.fold_return(person, settled.day) } else { aid.fold_use(person, &settled.psn_no, settled.day) }
}

/// What happened to an account, into its holder, a relative or the register.
fn enter(name: &str, person: &mut Person, event: &Event, entry: &Entry) -> Result<(), String> {
    if name == record_name(&event.psn_no) {
        return entry.facts().iter().try_for_each(|fact| person.record.take(fact));
    }
    if let Some(shows) = entry.shows(name) {
        person.owner = if shows { event.psn_no.clone() } else { String::new() };
        return Ok(());
    }
    person.last_entry = Some(event.seq);
    if name == event.psn_no {
        return entry.fold_holder(person);
    }
    entry.fold_relative(person);
    Ok(())
}
