//! What the service knows: visits, their fee lines, settlements, standings, and the books. Folded from
//! the journal's events alone.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use gongji_adjudication::{AccountPart, Standing};
use gongji_domain::{Day, Fen, Rate};
use gongji_ledger::{Books, Transaction};
use gongji_store::{Event, State};
use serde::{Deserialize, Serialize};

use super::decider::{Decided, Decider};
use super::moment::Moment;
use super::posted;

/// What an event changes. Its JSON is what the journal keeps: add variants and fields with
/// defaults, never change what is there.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Change {
    /// 门诊挂号
    Registered { mdtrt_id: String, registration: Registration },
    /// 就诊信息
    Described { mdtrt_id: String, description: Description },
    /// 费用明细
    Charged { mdtrt_id: String, lines: Vec<Line> },
    /// 结算
    Settled { setl_id: String, settlement: Box<Settled> },
    /// 结算撤销
    Cancelled { setl_id: String, cancels: String },
    /// 期初余额: what a member's account held when the books began, this year's part and earlier
    /// years', and since when.
    Opened { from: Day, account: [Fen; 2] },
}

/// A registration (2201).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Registration {
    pub psn_no: String,
    pub institution: String,
    pub ipt_otp_no: String,
    pub begntime: Moment,
}

/// What a visit is for (2203).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Description {
    pub med_type: String,
    pub begntime: Moment,
    /// Who issued the prescription, at a pharmacy.
    pub prescriber: Option<String>,
}

/// A priced fee line (2204).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Line {
    pub feedetl_sn: String,
    pub chrg_bchno: String,
    pub item: String,
    pub amount: Fen,
    pub covered: bool,
    pub ceiling: Option<Fen>,
    /// First-pay rate in millionths.
    pub upfront: i64,
}

impl Line {
    pub(crate) fn upfront_rate(&self) -> Rate {
        Rate::from_millionths(self.upfront)
    }
}

/// A settlement (2207).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Settled {
    pub mdtrt_id: String,
    pub chrg_bchno: String,
    pub psn_no: String,
    pub institution: String,
    pub area: String,
    /// Where the institution lies (就医地); events from before there were books do not say, and stand
    /// in them as settled in the member's own area.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub treated_in: Option<String>,
    /// Service date.
    pub day: Day,
    pub mdtrt_cert_type: String,
    pub med_type: String,
    /// What the account held before.
    pub balance_before: Fen,
    pub decided: Decided,
    /// The settlement that cancelled it.
    #[serde(default)]
    pub cancelled_by: Option<String>,
}

impl Settled {
    /// What it added to the member's counters, by the engine's numbers.
    fn additions(&self, decider: &dyn Decider) -> Result<Vec<gongji_adjudication::Addition>, String> {
        self.decided.effects.additions(decider, &self.area, self.day)
    }
}

/// A visit with all that was uploaded for it.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    pub registration: Registration,
    pub description: Option<Description>,
    pub lines: Vec<Line>,
    /// The settlement that stands for a batch, by 收费批次号.
    pub batches: HashMap<String, Option<String>>,
}

impl Visit {
    /// When the visit is; its day is the service date of everything in it.
    pub(crate) fn moment(&self) -> Moment {
        self.description.as_ref().map_or(self.registration.begntime, |description| description.begntime)
    }
}

/// The state of the store.
pub(crate) struct Book {
    decider: Arc<dyn Decider>,
    standings: HashMap<String, Standing>,
    visits: HashMap<String, Visit>,
    settlements: HashMap<String, Settled>,
    /// What each settlement moved; none for those paid all in cash.
    moved: HashMap<String, Transaction>,
    books: Books,
    /// Members whose account was opened.
    opened: HashSet<String>,
}

impl Book {
    /// Before the first event.
    pub(crate) fn new(decider: Arc<dyn Decider>) -> Self {
        Self {
            decider,
            standings: HashMap::new(),
            visits: HashMap::new(),
            settlements: HashMap::new(),
            moved: HashMap::new(),
            books: Books::default(),
            opened: HashSet::new(),
        }
    }

    /// The books as they stand.
    pub(crate) fn books(&self) -> &Books {
        &self.books
    }

    /// What a settlement moved.
    pub(crate) fn moved(&self, setl_id: &str) -> Option<&Transaction> {
        self.moved.get(setl_id)
    }

    /// Whether a member's opening balance is in the books.
    pub(crate) fn is_opened(&self, psn_no: &str) -> bool {
        self.opened.contains(psn_no)
    }

    /// A member's standing; empty for one that the directory does not have.
    pub(crate) fn standing(&self, psn_no: &str) -> Standing {
        self.standings.get(psn_no).cloned().unwrap_or_default()
    }

    /// A visit by its 就诊ID.
    pub(crate) fn visit(&self, mdtrt_id: &str) -> Option<&Visit> {
        self.visits.get(mdtrt_id)
    }

    /// A settlement by its 结算ID.
    pub(crate) fn settlement(&self, setl_id: &str) -> Option<&Settled> {
        self.settlements.get(setl_id)
    }

    fn take(&mut self, event: &Event, change: Change, moved: Option<Transaction>) -> Result<(), String> {
        match change {
            Change::Registered { mdtrt_id, registration } => {
                let visit = Visit { registration, description: None, lines: Vec::new(), batches: HashMap::new() };
                if self.visits.insert(mdtrt_id.clone(), visit).is_some() {
                    return Err(format!("visit {mdtrt_id} is registered twice"));
                }
            }
            Change::Described { mdtrt_id, description } => {
                self.visit_mut(&mdtrt_id)?.description = Some(description);
            }
            Change::Charged { mdtrt_id, lines } => {
                let visit = self.visit_mut(&mdtrt_id)?;
                for line in &lines {
                    visit.batches.entry(line.chrg_bchno.clone()).or_default();
                }
                visit.lines.extend(lines);
            }
            Change::Settled { setl_id, settlement } => {
                let additions = settlement.additions(&*self.decider)?;
                let batch = self.batch_mut(&settlement)?;
                if let Some(standing) = batch.replace(setl_id.clone()) {
                    return Err(format!("settlement {setl_id} settles what {standing} settled"));
                }
                let standing = self.standings.entry(settlement.psn_no.clone()).or_default();
                // Reverting the negative is adding.
                let negative = additions
                    .into_iter()
                    .map(|addition| gongji_adjudication::Addition { amount: -addition.amount, ..addition });
                let account = settlement.decided.effects.account.map(|amount| -amount);
                standing.revert(&negative.collect::<Vec<_>>(), account);
                self.moved.extend(moved.map(|moved| (setl_id.clone(), moved)));
                self.settlements.insert(setl_id, *settlement);
            }
            Change::Cancelled { setl_id, cancels } => {
                let settled = self.settlements.get_mut(&cancels).ok_or_else(|| format!("no settlement {cancels}"))?;
                if let Some(before) = settled.cancelled_by.replace(setl_id) {
                    return Err(format!("settlement {cancels} was cancelled by {before}"));
                }
                let settled = settled.clone();
                let additions = settled.additions(&*self.decider)?;
                *self.batch_mut(&settled)? = None;
                let standing = self.standings.entry(settled.psn_no.clone()).or_default();
                standing.revert(&additions, settled.decided.effects.account);
            }
            Change::Opened { account: [current, prior], .. } => {
                if !self.opened.insert(event.psn_no.clone()) {
                    return Err(format!("the account of {} is opened twice", event.psn_no));
                }
                let standing = self.standings.entry(event.psn_no.clone()).or_default();
                standing.credit(AccountPart::Current, current);
                standing.credit(AccountPart::Prior, prior);
            }
        }
        Ok(())
    }

    fn visit_mut(&mut self, mdtrt_id: &str) -> Result<&mut Visit, String> {
        self.visits.get_mut(mdtrt_id).ok_or_else(|| format!("no visit {mdtrt_id}"))
    }

    fn batch_mut(&mut self, settled: &Settled) -> Result<&mut Option<String>, String> {
        let Settled { mdtrt_id, chrg_bchno, .. } = settled;
        let batch = self.visit_mut(mdtrt_id)?.batches.get_mut(chrg_bchno);
        batch.ok_or_else(|| format!("visit {mdtrt_id} has no batch {chrg_bchno}"))
    }
}

impl State for Book {
    type Meaning = Change;

    fn read(&self, event: &Event) -> Result<(Change, Option<Transaction>), String> {
        let change = serde_json::from_str(&event.effects).map_err(|error| error.to_string())?;
        let moved = posted::moved(self, event, &change)?;
        Ok((change, moved))
    }

    fn apply(&mut self, event: &Event, change: Change, moved: Option<Transaction>) -> Result<(), String> {
        if let Some(moved) = &moved {
            self.books.replay(moved).map_err(|fault| fault.to_string())?;
        }
        self.take(event, change, moved)
    }

    fn agrees(&self, books: &Books) -> Result<(), String> {
        posted::agree(books, &self.standings)
    }
}
