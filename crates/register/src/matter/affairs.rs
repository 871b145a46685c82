//! What is kept of a person's matters, and what came of them. A step is first checked against the area's data and against
//! what else is known, and then taken in; taking in asks only what the matters themselves can tell.

use alloc::string::String;
use alloc::vec::Vec;
use gongji_domain::{Day, Fen};
use serde::{Deserialize, Serialize};

use super::{
    Adjustment, Claims, DocumentRef, Heir, Kind, Matter, MatterFault, Moment, Movement, Requirements, Stage, Step,
};
use crate::timeline::Timeline;

/// The most heirs of one account.
const MOST_HEIRS: usize = 50;

/// The matters of one person, and what came of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Affairs {
    /// Every matter, in the order of filing.
    pub matters: Vec<Matter>,
    /// 冻结
    pub frozen: Option<Frozen>,
    /// 挂失: when the card was lost, and when it was good again.
    pub lost: Vec<(Moment, Option<Moment>)>,
    /// 险种 in place of employees' insurance, from a day on.
    pub scheme: Timeline<String>,
    /// 转出
    pub left: Option<Left>,
    /// 应追回
    pub claims: Claims,
}

/// A frozen account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frozen {
    /// Since when.
    pub since: Day,
    /// Why.
    pub reason: String,
}

/// An account that went to another area.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// The area.
    pub to: String,
    /// When.
    pub on: Day,
}

impl Affairs {
    /// A matter by its number.
    ///
    /// # Errors
    /// If there is none.
    pub fn matter(&self, number: u64) -> Result<&Matter, MatterFault> {
        self.matters.iter().find(|matter| matter.number == number).ok_or(MatterFault::NoMatter { number })
    }

    /// Whether the card was reported lost at a moment: then what it paid is not the member's loss.
    pub fn is_card_lost(&self, at: Moment) -> bool {
        self.lost.iter().any(|(from, until)| *from <= at && until.is_none_or(|until| at < until))
    }

    /// Whether the account may pay for anything, as it stands now.
    ///
    /// # Errors
    /// Why not.
    pub fn may_pay(&self) -> Result<(), MatterFault> {
        if let Some(Frozen { since, reason }) = self.frozen.clone() {
            return Err(MatterFault::Frozen { since, reason });
        }
        self.here()
    }

    fn here(&self) -> Result<(), MatterFault> {
        match self.left.clone() {
            Some(Left { to, on }) => Err(MatterFault::Gone { to, on }),
            None => Ok(()),
        }
    }

    /// Whether a step may be done, by the area's data for the matter and by whether the member is dead.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self, step: &Step, requirements: &Requirements, died: Option<Day>) -> Result<(), MatterFault> {
        match step {
            Step::Filed { kind, documents, .. } => {
                if !requirements.allowed {
                    return Err(MatterFault::NotAllowed { kind: kind.name() });
                }
                self.check_person(kind, died)?;
                complete(&requirements.documents, documents)?;
            }
            Step::Approved { number, by, .. } => {
                let matter = self.matter(*number)?;
                self.check_person(&matter.kind, died)?;
                if requirements.two_persons && matter.filed_by == *by {
                    return Err(MatterFault::SameOfficer { by: by.clone() });
                }
            }
            Step::Done { number, .. } => {
                let matter = self.matter(*number)?;
                self.check_person(&matter.kind, died)?;
                if requirements.two_persons && matter.stage == Stage::Filed {
                    return Err(stage(matter, "已复核"));
                }
            }
            Step::Rejected { .. } | Step::Withdrawn { .. } => {}
        }
        self.clone().take(step)
    }

    fn check_person(&self, kind: &Kind, died: Option<Day>) -> Result<(), MatterFault> {
        match (died, kind) {
            (Some(on), kind) if !kind.outlives() => Err(MatterFault::Dead { on, kind: kind.name() }),
            (None, Kind::Inheritance { .. }) => Err(MatterFault::NotDead),
            _ => Ok(()),
        }
    }

    /// Takes a step in.
    ///
    /// # Errors
    /// Why it cannot be; nothing changed then.
    pub fn take(&mut self, step: &Step) -> Result<(), MatterFault> {
        let number = step.number();
        let next = match step {
            Step::Filed { kind, documents, by, on, .. } => {
                return self.file(Matter {
                    number,
                    kind: kind.clone(),
                    documents: documents.clone(),
                    filed_by: by.clone(),
                    filed_on: *on,
                    stage: Stage::Filed,
                });
            }
            Step::Approved { by, on, .. } => self.approved(number, by, *on)?,
            Step::Rejected { by, on, why, .. } => {
                said("不予办理的理由", why)?;
                self.open(number)?;
                Stage::Rejected { by: by.clone(), on: *on, why: why.clone() }
            }
            Step::Withdrawn { on, .. } => {
                self.open(number)?;
                Stage::Withdrawn { on: *on }
            }
            Step::Done { on, moved, .. } => self.done(number, *on, moved)?,
        };
        self.matters.iter_mut().filter(|matter| matter.number == number).for_each(|matter| matter.stage = next.clone());
        Ok(())
    }

    fn file(&mut self, matter: Matter) -> Result<(), MatterFault> {
        let Matter { number, kind, .. } = &matter;
        if self.matter(*number).is_ok() {
            return Err(MatterFault::NumberTaken { number: *number });
        }
        sound(kind)?;
        self.possible(kind)?;
        let mut open = self.matters.iter().filter(|other| other.stage.is_open() && other.kind.pays_out());
        if let Some(other) = open.find(|_| kind.pays_out()) {
            return Err(MatterFault::OpenPayout { number: other.number, kind: other.kind.name() });
        }
        self.matters.push(matter);
        Ok(())
    }

    /// Whether a matter can be as things stand.
    fn possible(&self, kind: &Kind) -> Result<(), MatterFault> {
        let lost = self.lost.last().filter(|(_, until)| until.is_none()).map(|(from, _)| *from);
        match (kind, &self.frozen, lost) {
            (Kind::Freeze { .. }, Some(frozen), _) => Err(MatterFault::AlreadyFrozen { since: frozen.since }),
            (Kind::Release, None, _) => Err(MatterFault::NotFrozen),
            (Kind::CardLost { .. }, _, Some(_)) => Err(MatterFault::AlreadyLost),
            (Kind::CardFound { .. }, _, None) => Err(MatterFault::NotLost),
            (Kind::CardFound { from } | Kind::CardReplaced { from, .. }, _, Some(lost)) if *from < lost => {
                Err(MatterFault::BeforeLost)
            }
            (kind, ..) if kind.pays_out() => self.may_pay(),
            (Kind::SchemeChange { .. }, ..) => self.here(),
            _ => Ok(()),
        }
    }

    fn open(&self, number: u64) -> Result<&Matter, MatterFault> {
        let matter = self.matter(number)?;
        if matter.stage.is_open() { Ok(matter) } else { Err(stage(matter, "已受理或已复核")) }
    }

    fn approved(&self, number: u64, by: &str, on: Day) -> Result<Stage, MatterFault> {
        let matter = self.matter(number)?;
        if matter.stage != Stage::Filed {
            return Err(stage(matter, "已受理"));
        }
        if matter.kind.pays_out() && matter.filed_by == by {
            return Err(MatterFault::SameOfficer { by: by.into() });
        }
        self.possible(&matter.kind)?;
        Ok(Stage::Approved { by: by.into(), on })
    }

    fn done(&mut self, number: u64, on: Day, moved: &[Movement]) -> Result<Stage, MatterFault> {
        let matter = self.open(number)?;
        let kind = matter.kind.clone();
        if kind.pays_out() && matter.stage == Stage::Filed {
            return Err(stage(matter, "已复核"));
        }
        self.possible(&kind)?;
        if !moved.iter().all(|movement| belongs(movement, &kind)) {
            return Err(MatterFault::Movement { number, kind: kind.name() });
        }
        self.moved(number, moved)?;
        match kind {
            Kind::Freeze { reason } => self.frozen = Some(Frozen { since: on, reason }),
            Kind::Release => self.frozen = None,
            Kind::CardLost { from } => self.lost.push((from, None)),
            Kind::CardFound { from } | Kind::CardReplaced { from, .. } => {
                let lost = self.lost.last_mut().filter(|(_, until)| until.is_none());
                lost.into_iter().for_each(|(_, until)| *until = Some(from));
            }
            Kind::SchemeChange { to } => self.scheme.set(on, to),
            Kind::TransferOut { to } => self.left = Some(Left { to, on }),
            Kind::TransferIn { .. } => self.left = None,
            Kind::Refund { .. } | Kind::Inheritance { .. } | Kind::Correction { .. } => {}
        }
        Ok(Stage::Done { on })
    }

    /// What movements do to claims.
    fn moved(&mut self, number: u64, moved: &[Movement]) -> Result<(), MatterFault> {
        let mut claims = self.claims.clone();
        for movement in moved {
            match movement {
                Movement::Recover { parts } => claims.recover(parts.total())?,
                Movement::Credit { withheld, .. } => claims.recover(*withheld)?,
                Movement::TakeBack { month, owed, .. } if *owed > Fen::ZERO => claims.add(number, *month, *owed),
                _ => {}
            }
        }
        self.claims = claims;
        Ok(())
    }
}

/// Whether a movement can come of a matter.
fn belongs(movement: &Movement, kind: &Kind) -> bool {
    match (movement, kind) {
        (Movement::Refund { .. }, Kind::Refund { .. }) | (Movement::Receive { .. }, Kind::TransferIn { .. }) => true,
        (Movement::Relocate { to, .. }, Kind::TransferOut { to: there }) => to == there,
        (Movement::ToHeir { heir, .. }, Kind::Inheritance { heirs }) => usize::from(*heir) < heirs.len(),
        (Movement::Credit { amount, .. }, Kind::Correction { change: Adjustment::Add(due), .. }) => amount == due,
        (Movement::TakeBack { parts, owed, .. }, Kind::Correction { change: Adjustment::TakeBack(due), .. }) => {
            parts.total() + *owed == *due
        }
        (Movement::Recover { .. }, kind) => kind.pays_out(),
        _ => false,
    }
}

/// Whether what is applied for is said in full.
fn sound(kind: &Kind) -> Result<(), MatterFault> {
    match kind {
        Kind::TransferOut { to } => said("转入地", to),
        Kind::TransferIn { from, amounts } => {
            said("转出地", from)?;
            if amounts.has_negative() { Err(not_positive("转入金额", amounts.total())) } else { Ok(()) }
        }
        Kind::SchemeChange { to } => said("变更后的险种", to),
        Kind::Refund { reason } => said("返还事由", reason),
        Kind::Freeze { reason } => said("冻结事由", reason),
        Kind::Inheritance { heirs } => inherit(heirs),
        Kind::Correction { change: Adjustment::TakeBack(amount) | Adjustment::Add(amount), reason, .. } => {
            said("更正事由", reason)?;
            if *amount > Fen::ZERO { Ok(()) } else { Err(not_positive("更正金额", *amount)) }
        }
        Kind::CardLost { from } | Kind::CardFound { from } => moment(*from),
        Kind::CardReplaced { from, card } => {
            said("新卡号", card)?;
            moment(*from)
        }
        Kind::Release => Ok(()),
    }
}

fn inherit(heirs: &[Heir]) -> Result<(), MatterFault> {
    if !(1..=MOST_HEIRS).contains(&heirs.len()) {
        return Err(MatterFault::HowManyHeirs { given: heirs.len(), most: MOST_HEIRS });
    }
    for (at, heir) in heirs.iter().enumerate() {
        said("继承人姓名", &heir.name)?;
        said("继承人证件号码", &heir.certificate)?;
        said("继承人收款账户", &heir.bank_account)?;
        if heir.weight == 0 {
            return Err(MatterFault::NoShare { name: heir.name.clone(), given: heir.weight });
        }
        if heirs[..at].iter().any(|other| other.certificate == heir.certificate) {
            return Err(MatterFault::HeirTwice { certificate: heir.certificate.clone() });
        }
    }
    Ok(())
}

fn complete(required: &[String], given: &[DocumentRef]) -> Result<(), MatterFault> {
    let there = |kind: &&String| !given.iter().any(|one| one.kind == **kind && !one.number.trim().is_empty());
    let missing: Vec<&str> = required.iter().filter(there).map(String::as_str).collect();
    if missing.is_empty() { Ok(()) } else { Err(MatterFault::Missing { missing: missing.join("、") }) }
}

fn said(what: &'static str, text: &str) -> Result<(), MatterFault> {
    if text.trim().is_empty() { Err(MatterFault::Empty { what }) } else { Ok(()) }
}

fn moment(at: Moment) -> Result<(), MatterFault> {
    if at.second < 86_400 { Ok(()) } else { Err(MatterFault::NoMoment { second: at.second }) }
}

fn not_positive(what: &'static str, amount: Fen) -> MatterFault {
    MatterFault::NotPositive { what, amount }
}

fn stage(matter: &Matter, needs: &'static str) -> MatterFault {
    MatterFault::Stage { number: matter.number, is: matter.stage.name(), needs }
}
