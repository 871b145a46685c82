//! The rules of one range of days as the engine executes them: no package text, no dates, no
//! rows left; built once, shared, read only. The policy crate builds them; names and articles
//! are kept aside ([`Why`]) and read only when an explanation is asked for.

use crate::facts::{Dense, Encode, Source};
use crate::period::{Period, Years};
use crate::plain::Short;
use alloc::boxed::Box;
use gongji_domain::{FundCode, Rate, Rounding};

/// Index of a counter in [`Rules::counters`]; the same for all day ranges of an area.
pub type CounterId = u16;
/// Index of a reason code in [`Rules::reasons`].
pub type ReasonId = u16;
/// Index into [`Rules::whys`].
pub type WhyId = u32;

/// Everything that decides a visit on the days of one range.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Visit-level facts that some table reads: ordinal slot = position.
    pub facts: Box<[(Source, Encode)]>,
    /// Facts that are tables over earlier ordinals; their slots follow those of `facts`.
    pub derived: Box<[Dense<u8>]>,
    /// Charge-level facts that some table reads.
    pub charge_facts: Box<[(Source, Encode)]>,
    /// The line class (charges that no table tells apart) over the charge-level ordinals.
    pub line_class: Dense<u8>,
    /// How many line classes there are.
    pub classes: usize,
    /// What the area adds to the catalogue's split of a line; absent when it adds nothing.
    pub lines: Option<Dense<LineTerms>>,
    /// Reasons to refuse, by visit facts.
    pub access: Option<Dense<Box<[ReasonId]>>>,
    /// The benefits in the order in which they take.
    pub chain: Box<[Benefit]>,
    /// Every counter of the area.
    pub counters: Box<[Counter]>,
    /// The benefit years.
    pub years: Years,
    /// From which day on monthly allowances that carry may be counted.
    pub carry_from: gongji_domain::Day,
    /// Who pays the personal share.
    pub payers: Payers,
    /// Reason codes, in their order of precedence.
    pub reasons: Box<[Box<str>]>,
    /// Rule and article of everything that has a [`WhyId`].
    pub whys: Box<[Why]>,
    /// Why a line is split as it is (the catalogue's article).
    pub lines_why: WhyId,
    /// The short way, where there is one; found by [`Rules::prepared`].
    pub short: Option<Short>,
}

impl Rules {
    /// Finds what may be decided the short way; call once, when everything else is in place.
    #[must_use]
    pub fn prepared(mut self) -> Self {
        self.short = Short::of(&self);
        self
    }
}

/// Where a number comes from: the rule's path in the package and its articles.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Why {
    /// Path of the rule in the package, such as `benefit.ordinary_outpatient.rate`.
    pub rule: Box<str>,
    /// The article, as answers print it.
    pub article: Box<str>,
}

/// What the area's own line tables say of each line class.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineTerms {
    /// Line classes that are not covered although the catalogue lists them.
    pub not_covered: u64,
    /// Price ceiling per class; the lower of this and the catalogue's holds.
    pub ceiling: Box<[Amount]>,
    /// First-pay rate per class, of what the catalogue's first-pay leaves.
    pub upfront: Box<[Rate]>,
    /// Why.
    pub why: WhyId,
}

/// One benefit (待遇) of the chain.
#[derive(Clone, Debug)]
pub struct Benefit {
    /// Its name in the package.
    pub name: Box<str>,
    /// Who pays.
    pub payer: Payer,
    /// Its payment comes with the case; the texts leave its figures open.
    pub decided_elsewhere: bool,
    /// It is the ordinary outpatient benefit: its deductible and reasons are the settlement's.
    pub ordinary: bool,
    /// Whether it takes lines that no earlier benefit claimed.
    pub takes_lines: bool,
    /// What it takes of earlier benefits, by the place where they keep it.
    pub takes: Box<[(u8, Flow)]>,
    /// Where it keeps what it leaves, if a later benefit takes of it.
    pub keeps: Option<u8>,
    /// Which terms hold, by visit facts.
    pub key: Dense<u32>,
    /// The distinct terms.
    pub terms: Box<[Terms]>,
    /// The axis on which segments lie.
    pub axis: Option<Axis>,
    /// How many segments, at least one.
    pub segments: usize,
    /// Why the benefit exists.
    pub why: WhyId,
}

/// Who pays a benefit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payer {
    /// A fund.
    Fund(FundCode),
    /// A part of the personal account, before the funds that come later.
    Account(AccountPart),
}

/// The parts of a personal account (个人账户).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AccountPart {
    /// Credited this year (当年账户), and the whole account where the area tells nothing apart.
    Current = 0,
    /// Left from earlier years (历年账户).
    Prior = 1,
}

/// What an earlier benefit leaves that a later one may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Deductible borne.
    Borne = 0,
    /// The member's own part of the rate.
    Share = 1,
    /// Expense that no limit let through.
    Over = 2,
    /// All three.
    Left = 3,
}

/// The axis of a cumulative measure that segments (分段) divide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axis {
    /// The axis counts from the first fen of eligible expense; otherwise from above the deductible.
    pub from_zero: bool,
    /// Where the member stands on it.
    pub counter: CounterId,
    /// The upper ends of all segments but the last, ascending.
    pub up_to: Box<[gongji_domain::Fen]>,
}

/// The numbers of one benefit for one combination of visit facts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Terms {
    /// Whether the benefit is for this case at all.
    pub applies: bool,
    /// Why it pays nothing, if so; in order of precedence.
    pub reasons: Box<[(ReasonId, WhyId)]>,
    /// The line classes it claims.
    pub claims: u64,
    /// Limits on eligible expense, inner first.
    pub eligible_limits: Box<[Cut]>,
    /// Deductibles on eligible expense.
    pub deductibles: Box<[Cut]>,
    /// Limits on expense above the deductible, inner first.
    pub above_limits: Box<[Cut]>,
    /// Rates, by segment then line class.
    pub rates: Box<[Rate]>,
    /// Why each rate.
    pub rate_whys: Box<[WhyId]>,
    /// The rank of each line class by its rates, compared segment by segment: higher rates, higher rank.
    pub precedence: Box<[u8]>,
    /// Deductibles taken off the payment.
    pub payment_deductibles: Box<[Cut]>,
    /// Limits on the payment, inner first.
    pub payment_limits: Box<[Cut]>,
    /// What a settlement adds to which counter.
    pub adds: Box<[Add]>,
}

impl Terms {
    /// Terms of a benefit that is not for the case.
    pub fn nothing() -> Self {
        Self {
            applies: false,
            reasons: Box::new([]),
            claims: 0,
            eligible_limits: Box::new([]),
            deductibles: Box::new([]),
            above_limits: Box::new([]),
            rates: Box::new([]),
            rate_whys: Box::new([]),
            precedence: Box::new([]),
            payment_deductibles: Box::new([]),
            payment_limits: Box::new([]),
            adds: Box::new([]),
        }
    }
}

/// One deductible or limit: an amount against a counter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cut {
    /// The standard or limit.
    pub amount: Amount,
    /// What has been used of it.
    pub counter: CounterId,
    /// The line classes it concerns.
    pub lines: u64,
    /// The monthly amount adds up over the months of the benefit year begun so far.
    pub carries: bool,
    /// What this fund pays does not count: the limit moves to it what it cuts (for some visits at least).
    pub except: Option<FundCode>,
    /// The fund that pays what this limit cuts of this visit.
    pub beyond: Option<FundCode>,
    /// Why.
    pub why: WhyId,
}

/// An amount of a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Amount {
    /// No such rule, or the texts leave it open: never binds.
    None,
    /// So much.
    Fixed(gongji_domain::Fen),
    /// What the account part holds at this moment.
    Balance(AccountPart),
    /// The member's registered amount with this index.
    Frozen(u8),
    /// A share of an amount among the visit facts.
    Share {
        /// Place of the amount among the encounter's facts.
        of: u8,
        /// The share.
        rate: Rate,
        /// How it becomes whole fen.
        rounding: Rounding,
    },
    /// Several diseases, added, weighted or the highest.
    Each(Box<Each>),
}

/// An amount for each member of a set, sorted falling, weighted, summed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Each {
    /// Place of the set among the encounter's facts.
    pub set: u8,
    /// The amount of each value of the set.
    pub amounts: Box<[gongji_domain::Fen]>,
    /// The weight of the largest, the second …; members beyond them weigh nothing.
    pub weights: Box<[Rate]>,
    /// How the weighted sum becomes whole fen.
    pub rounding: Rounding,
}

/// One addition to a counter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Add {
    /// The counter.
    pub counter: CounterId,
    /// The measure it counts.
    pub measure: Measure,
    /// The line classes it counts.
    pub lines: u64,
    /// Payments of this fund are left out (what the counter's own limit moved beyond itself).
    pub except: Option<FundCode>,
}

/// What a counter counts of one benefit in one settlement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measure {
    /// Eligible expense admitted.
    Eligible,
    /// Deductible borne of eligible expense.
    Borne,
    /// Deductible taken off the payment.
    BorneOfPayment,
    /// Expense above the deductible under the rate.
    Above,
    /// Payment of all funds.
    Paid,
    /// The member's own part of the rate.
    Share,
    /// Expense that no limit let through.
    Over,
    /// All that the benefit left.
    Left,
    /// Settlements in which the benefit had something to decide.
    Visits,
    /// A distinct visit: counts once in the total, and gives the group its number.
    VisitNumber {
        /// The counter that holds the number of the group.
        group: CounterId,
    },
}

/// A sum that a member carries from visit to visit (待遇累计).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counter {
    /// Its key in words, such as `ordinary_outpatient.paid per year`.
    pub name: Box<str>,
    /// Its period.
    pub period: Period,
    /// Whether each institution counts on its own.
    pub by_institution: bool,
    /// A counter of an earlier version that this one continues.
    pub continues: Option<CounterId>,
    /// For [`Period::Opened`], the counter of the visits that open its periods and lie in them.
    pub opener: CounterId,
}

/// Who pays the personal share, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payers {
    /// Account parts in the order in which they pay; the rest is cash.
    pub accounts: Box<[AccountPart]>,
    /// The components of the personal share that an account may pay.
    pub pays: Box<[Component]>,
    /// Why.
    pub why: WhyId,
}

/// A component of what the member bears (个人负担).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Component {
    /// Deductible borne (起付线).
    Borne,
    /// The member's own part of the rate (按比例自付).
    Share,
    /// Above a limit (超限额), and eligible expense that no benefit took.
    Over,
    /// First-pay (先行自付).
    Upfront,
    /// Above the price ceiling (超限价).
    OverCeiling,
    /// Off-list (全自费).
    OffList,
}
