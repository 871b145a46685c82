//! What is credited to a personal account (个人账户计入) for one month or year, and from where.
//!
//! [`CreditRules`] are worked out once for a month: every combination of the facts that the tables
//! read has its outcome at hand, so that a member is a few look-ups and allocates nothing.

mod outcome;

use super::binding::{Facts, missing, stated_facts};
use super::{AccountFault, alive, held};
use crate::cells::{Cell, MOST_CELLS};
use crate::compile::Compiled;
use crate::facts::{FactId, Owner};
use crate::fault::Fault;
use crate::grid::Grid;
use crate::library::Area;
use crate::model::Word;
use crate::view::source_words;
use alloc::borrow::ToOwned;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use gongji_domain::{Day, Fen, FundCode};
use outcome::{Outcome, Says, outcome};

/// A member to whom something is credited.
#[derive(Clone, Copy, Debug, Default)]
pub struct Crediting<'a> {
    /// 在职、退休等, on [`CreditRules::status_day`].
    pub status: &'a str,
    /// 参保身份.
    pub enrolment: &'a str,
    /// Date of birth, where the package tells ages apart.
    pub birth: Option<Day>,
    /// Contribution base of the month (本人缴费基数).
    pub base: Option<Fen>,
    /// Monthly base of a lump-sum payer (趸缴基数).
    pub lump_sum_base: Option<Fen>,
    /// The member's own pension (本人养老金).
    pub pension: Option<Fen>,
    /// Registered amounts by name, such as `credit_2022_monthly`.
    pub frozen: &'a [(&'a str, Fen)],
    /// Further facts of the member by name, such as `("lump_sum_period", "true")`.
    pub facts: &'a [(&'a str, &'a str)],
}

/// How often something is credited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreditPer {
    /// Every month.
    Month,
    /// Once every benefit year.
    Year,
}

/// Whose money a credit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreditSource<'r> {
    /// The member's own contribution (个人缴费).
    Contribution,
    /// A fund (统筹基金), with the ledger inside it where the package names one.
    Fund {
        /// The fund.
        fund: FundCode,
        /// 专账.
        ledger: Option<&'r str>,
    },
}

/// What is credited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credit<'r> {
    /// An amount, possibly of nothing because the base is.
    Amount {
        /// How much.
        amount: Fen,
        /// From where; none where the package does not say.
        source: Option<CreditSource<'r>>,
        /// By which articles, as answers print them.
        article: &'r str,
        /// An estimate of an index was used (预计数): to be trued up when the final one is out.
        provisional: bool,
    },
    /// Nothing: such members have no credit.
    Nothing {
        /// By which articles.
        article: &'r str,
    },
}

/// A credit in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained<'r> {
    /// The credit.
    pub credit: Credit<'r>,
    /// How it came about, in Chinese.
    pub words: String,
}

/// The credits of one period, worked out for every kind of member.
pub struct CreditRules<'a> {
    compiled: &'a Compiled,
    first: Day,
    last: Day,
    per: CreditPer,
    age_day: Day,
    facts_day: Day,
    status_day: Day,
    axes: Vec<Axis>,
    cells: Vec<u16>,
    outcomes: Vec<Outcome<'a>>,
}

/// A fact that tells outcomes apart, and how far apart they lie.
struct Axis {
    fact: FactId,
    stride: usize,
}

impl Area {
    /// The credits of the month in which a day lies (of its benefit year, where credits are yearly), by
    /// what was known on `known_on`.
    ///
    /// # Errors
    /// When the package credits nothing then.
    pub fn credits_for(&self, day: Day, known_on: Day) -> Result<CreditRules<'_>, AccountFault> {
        credit(&self.compiled, day, known_on)
    }

    /// The credits of such a month had the reform not come (改革前), for comparison only.
    ///
    /// # Errors
    /// When the package does not say what held before.
    pub fn credits_before(&self, day: Day, known_on: Day) -> Result<CreditRules<'_>, AccountFault> {
        before(&self.compiled, day, known_on)
    }

    /// What is credited to one member for the month in which a day lies, in words.
    ///
    /// # Errors
    /// [`AccountFault`] when a fact is missing or a figure is open.
    pub fn credit(&self, day: Day, known_on: Day, person: &Crediting<'_>) -> Result<CreditNote, AccountFault> {
        let rules = self.credits_for(day, known_on)?;
        let Explained { credit, words } = rules.explain(person)?;
        Ok(CreditNote::of(credit, words))
    }

    /// The same as it was before the reform.
    ///
    /// # Errors
    /// As for [`Area::credit`].
    pub fn credit_before(&self, day: Day, known_on: Day, person: &Crediting<'_>) -> Result<CreditNote, AccountFault> {
        let rules = self.credits_before(day, known_on)?;
        let Explained { credit, words } = rules.explain(person)?;
        Ok(CreditNote::of(credit, words))
    }
}

/// A credit that borrows nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditNote {
    /// How much; none where such members have no credit.
    pub amount: Option<Fen>,
    /// The member's own contribution pays it.
    pub own_contribution: bool,
    /// The fund that pays it, and the ledger inside it.
    pub fund: Option<(FundCode, Option<String>)>,
    /// By which articles.
    pub article: String,
    /// An estimate of an index was used.
    pub provisional: bool,
    /// How it came about, in Chinese.
    pub words: String,
}

impl CreditNote {
    fn of(credit: Credit<'_>, words: String) -> Self {
        let nothing = |article: &str| Self {
            amount: None,
            own_contribution: false,
            fund: None,
            article: article.to_owned(),
            provisional: false,
            words: words.clone(),
        };
        match credit {
            Credit::Nothing { article } => nothing(article),
            Credit::Amount { amount, source, article, provisional } => Self {
                amount: Some(amount),
                own_contribution: source == Some(CreditSource::Contribution),
                fund: match source {
                    Some(CreditSource::Fund { fund, ledger }) => Some((fund, ledger.map(ToOwned::to_owned))),
                    _ => None,
                },
                provisional,
                ..nothing(article)
            },
        }
    }
}

/// The credits of a month of a package.
fn credit(compiled: &Compiled, day: Day, known_on: Day) -> Result<CreditRules<'_>, AccountFault> {
    CreditRules::of(compiled, (compiled.credit.as_ref(), "个人账户计入"), compiled.credit_from.as_ref(), day, known_on)
}

/// The credits of a month before the reform.
fn before(compiled: &Compiled, day: Day, known_on: Day) -> Result<CreditRules<'_>, AccountFault> {
    CreditRules::of(compiled, (compiled.before.as_ref(), "改革前的个人账户计入"), None, day, known_on)
}

impl<'a> CreditRules<'a> {
    fn of(
        compiled: &'a Compiled,
        (grid, what): (Option<&'a Grid>, &'static str),
        from: Option<&'a Grid>,
        day: Day,
        known_on: Day,
    ) -> Result<Self, AccountFault> {
        let no_rules = || AccountFault::NoRules { what, day };
        let grid = grid.ok_or_else(no_rules)?;
        let (first, last, per) = period(compiled, grid, day);
        // Of a table that held before the reform the package's first day is as good as any.
        let replaced = grid.path == "account.before";
        let asked = if replaced { compiled.from } else { first.max(compiled.from) };
        if !replaced && (asked > last || asked > compiled.until || !alive(grid, asked)) {
            return Err(no_rules());
        }
        let reads = stated_facts(compiled, core::iter::once(grid).chain(from));
        if compiled.combinations(&reads) > MOST_CELLS {
            return Err(AccountFault::Undecided { found: format!("{what}的情形太多") });
        }
        let mut rules = Self {
            compiled,
            first,
            last,
            per,
            age_day: day_of(grid.age_on.as_ref(), (first, last), last),
            facts_day: day_of(grid.facts_on.as_ref(), (first, last), first),
            status_day: status_day(grid, (first, last)),
            axes: axes(compiled, &reads),
            cells: Vec::new(),
            outcomes: Vec::new(),
        };
        compiled.for_each_cell(&reads, asked, known_on, |cell| {
            let outcome = outcome(compiled, grid, from, cell);
            let place = rules.outcomes.iter().position(|known| *known == outcome).unwrap_or_else(|| {
                rules.outcomes.push(outcome);
                rules.outcomes.len() - 1
            });
            rules.cells.push(place as u16);
        });
        Ok(rules)
    }

    /// The first and the last day of the period that is credited.
    pub fn days(&self) -> (Day, Day) {
        (self.first, self.last)
    }

    /// How often such credits are made.
    pub fn per(&self) -> CreditPer {
        self.per
    }

    /// The day whose status (在职、退休) and enrolment count: `status_effect` of the package.
    pub fn status_day(&self) -> Day {
        self.status_day
    }

    /// The day on which age counts: `age_on` of the package.
    pub fn age_day(&self) -> Day {
        self.age_day
    }

    /// The day on which further facts of the member count, such as being within a lump-sum period:
    /// `facts_on` of the package.
    pub fn facts_day(&self) -> Day {
        self.facts_day
    }

    /// Whether outcomes are told apart by a fact of this name, so that a member's may change with it.
    #[must_use]
    pub fn reads(&self, fact: &str) -> bool {
        self.axes.iter().any(|axis| self.compiled.registry.facts[axis.fact].name == fact)
    }

    /// Whether whoever is alike on both periods' days is credited alike: nothing but the days differs.
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        let axes = |rules: &Self| rules.axes.iter().map(|axis| (axis.fact, axis.stride)).collect::<Vec<_>>();
        self.per == other.per
            && axes(self) == axes(other)
            && self.cells == other.cells
            && self.outcomes == other.outcomes
    }

    /// What is credited to a member.
    ///
    /// # Errors
    /// [`AccountFault`] when a fact is missing or a figure is open: nothing is credited then.
    pub fn credit(&self, person: &Crediting<'_>) -> Result<Credit<'_>, AccountFault> {
        let outcome = self.outcome(person)?;
        let article = &*outcome.article;
        let (amount, provisional) = match &outcome.says {
            Says::Nothing => return Ok(Credit::Nothing { article }),
            Says::Fixed { amount, provisional, .. } => (*amount, *provisional),
            Says::Share { of, rate, rounding } => (rate.of(person.amount(of)?, *rounding), false),
            Says::Frozen(name) => (person.registered(name)?, false),
            Says::Trouble(fault) => return Err(fault.clone()),
        };
        let source = outcome.source.as_ref().map(|(source, _)| *source);
        Ok(Credit::Amount { amount, source, article, provisional })
    }

    /// What is credited to a member, with how it came about.
    ///
    /// # Errors
    /// As for [`CreditRules::credit`].
    pub fn explain(&self, person: &Crediting<'_>) -> Result<Explained<'_>, AccountFault> {
        let (credit, outcome) = (self.credit(person)?, self.outcome(person)?);
        let Credit::Amount { amount, .. } = credit else {
            return Ok(Explained { credit, words: String::from("没有个人账户计入") });
        };
        let per = match self.per {
            CreditPer::Month => "每月",
            CreditPer::Year => "每年",
        };
        let made = match &outcome.says {
            Says::Fixed { words, .. } if !words.is_empty() => format!("{words}＝{per} {amount} 元"),
            Says::Share { of, rate, .. } => {
                format!("{} {} 元×{rate}＝{per} {amount} 元", source_words(of), person.amount(of)?)
            }
            Says::Frozen(name) => format!("本人登记的 {name} {per} {amount} 元"),
            _ => format!("定额{per} {amount} 元"),
        };
        let from = match &outcome.source {
            Some((CreditSource::Contribution, article)) => format!("；由本人缴费计入（依据 {article}）"),
            Some((CreditSource::Fund { fund, ledger }, article)) => {
                let ledger = ledger.map(|ledger| format!(" {ledger} 专账")).unwrap_or_default();
                format!("；由{} {fund}{ledger} 划入（依据 {article}）", fund.name())
            }
            None => String::new(),
        };
        Ok(Explained { credit, words: format!("{made}{from}") })
    }

    fn outcome(&self, person: &Crediting<'_>) -> Result<&Outcome<'a>, AccountFault> {
        let facts = self.facts(person);
        let mut place = 0;
        for axis in &self.axes {
            let fact = &self.compiled.registry.facts[axis.fact];
            let raw = facts.raw(self.compiled, fact)?.ok_or_else(|| missing(fact))?;
            place += axis.stride * usize::from(fact.band(raw));
        }
        let unknown = || AccountFault::Undecided { found: String::from("事实的取值超出政策包") };
        self.cells.get(place).and_then(|outcome| self.outcomes.get(usize::from(*outcome))).ok_or_else(unknown)
    }

    fn facts<'p>(&self, person: &Crediting<'p>) -> Facts<'p> {
        Facts {
            status: person.status,
            enrolment: person.enrolment,
            birth: person.birth,
            age_on: self.age_day,
            asked: [("", ""); 2],
            facts: person.facts,
        }
    }

    /// The cell that a member falls into, to tell which rows held.
    fn cell(&self, person: &Crediting<'_>) -> Result<Cell<'a>, AccountFault> {
        let facts: BTreeSet<FactId> = self.axes.iter().map(|axis| axis.fact).collect();
        let bands = self.facts(person).bands(self.compiled, &facts)?;
        Ok(Cell { compiled: self.compiled, day: self.first.max(self.compiled.from), known_on: Day::MAX, bands })
    }
}

impl Crediting<'_> {
    /// An amount of the member that a formula names.
    fn amount(&self, of: &str) -> Result<Fen, AccountFault> {
        let stated = match of {
            "member.contribution_base" => self.base,
            "member.lump_sum_base" => self.lump_sum_base,
            "member.pension" => self.pension,
            other => {
                let name = other.strip_prefix("member.").unwrap_or(other);
                self.facts.iter().find(|(known, _)| *known == name).and_then(|(_, value)| value.parse().ok())
            }
        };
        stated.ok_or_else(|| AccountFault::Missing { fact: of.to_owned() })
    }

    fn registered(&self, name: &str) -> Result<Fen, AccountFault> {
        let found = self.frozen.iter().find(|(known, _)| *known == name).map(|(_, amount)| *amount);
        found.ok_or_else(|| AccountFault::Missing { fact: name.to_owned() })
    }
}

fn axes(compiled: &Compiled, reads: &BTreeSet<FactId>) -> Vec<Axis> {
    let mut stride = 1;
    let mut axes = Vec::new();
    // The last fact turns fastest.
    for fact in reads.iter().rev() {
        axes.push(Axis { fact: *fact, stride });
        stride *= compiled.registry.facts[*fact].band_count();
    }
    axes
}

/// First and last day of the period in which a day lies.
fn period(compiled: &Compiled, grid: &Grid, day: Day) -> (Day, Day, CreditPer) {
    if grid.per.as_ref().is_some_and(|per| per.text == "year") {
        let starts = crate::lower::year_starts(&compiled.package.years);
        let after = starts.partition_point(|start| *start <= day);
        let first = after.checked_sub(1).map_or(Day::MIN, |place| starts[place]);
        return (first, starts.get(after).map_or(Day::MAX, |next| next.before()), CreditPer::Year);
    }
    let (first, last) = month(day);
    (first, last, CreditPer::Month)
}

/// First and last day of the month in which a day lies.
fn month(day: Day) -> (Day, Day) {
    let (year, month, _) = day.ymd();
    let first = |year: i32, month: i32| {
        let year = i16::try_from(year).ok()?;
        Day::from_ymd(year, i8::try_from(month).ok()?, 1)
    };
    let next = if month == 12 { first(year + 1, 1) } else { first(year, month + 1) };
    (first(year, month).unwrap_or(day), next.map_or(Day::MAX, Day::before))
}

/// First and last day of the calendar year in which a day lies.
fn year(day: Day) -> (Day, Day) {
    let year = i16::try_from(day.ymd().0).unwrap_or(i16::MAX);
    (Day::from_ymd(year, 1, 1).unwrap_or(day), Day::from_ymd(year, 12, 31).unwrap_or(Day::MAX))
}

/// The day that a package names within the period.
fn day_of(named: Option<&Word>, (first, last): (Day, Day), otherwise: Day) -> Day {
    match named.map(|word| word.text.as_str()) {
        Some("month_start") => month(first).0,
        Some("month_end") => month(last).1,
        Some("year_start") => year(first).0,
        Some("year_end") => year(first).1,
        _ => otherwise,
    }
}

/// The day whose status counts. Where a change counts from the next month on, a month is credited by
/// the status held as the month before ended.
fn status_day(grid: &Grid, (first, last): (Day, Day)) -> Day {
    match grid.status_effect.as_ref().map(|word| word.text.as_str()) {
        Some("next_month") => first.before(),
        Some("next_year") => year(first).0.before(),
        _ => last,
    }
}

/// Proves the tables of credits: they read only what is known of a member, ages have their day, every
/// combination has an outcome.
pub(crate) fn check(compiled: &Compiled, faults: &mut Vec<Fault>) {
    let account = [&compiled.credit, &compiled.credit_from, &compiled.before].into_iter().flatten();
    for grid in account.chain(&compiled.contribution).chain(&compiled.entitlement) {
        reads_of_members(compiled, grid, faults);
    }
    if let (Some(credit), None) = (&compiled.credit, &compiled.credit_from) {
        let found = "account.credit 没有写明由谁计入";
        let allowed = "写 account.credit_from：\"contribution\"（本人缴费）或 { fund = \"310100\" }";
        faults.push(Fault::warning("credit_without_source", credit.at, found, allowed));
    }
    for grid in [&compiled.credit, &compiled.before].into_iter().flatten() {
        for day in compiled.ranges() {
            let asked = if grid.path == "account.before" {
                before(compiled, day, Day::MAX)
            } else {
                credit(compiled, day, Day::MAX)
            };
            let Ok(rules) = asked else { continue };
            let found = rules.outcomes.iter().find_map(|outcome| match &outcome.says {
                Says::Trouble(AccountFault::Undecided { found }) => Some(found),
                _ => None,
            });
            if let Some(found) = found {
                faults.push(Fault::error("credit_undecided", grid.at, found.as_str(), "每种情形须有一个能算出来的数"));
                break;
            }
        }
    }
}

fn reads_of_members(compiled: &Compiled, grid: &Grid, faults: &mut Vec<Fault>) {
    let reads = stated_facts(compiled, core::iter::once(grid));
    for fact in reads.iter().map(|fact| &compiled.registry.facts[*fact]) {
        if fact.owner != Owner::Member {
            let found = format!("{} 看 {}，这里没有就诊", grid.path, fact.name);
            faults.push(Fault::error("not_of_member", grid.at, found, "只能看参保人的事实（of = \"member\"）"));
        }
        let credits = ["account.credit", "account.before"].contains(&grid.path.as_str());
        if credits && fact.name == "age" && grid.age_on.is_none() {
            let found = format!("{} 按年龄分档，没有写 age_on（哪一天的年龄）", grid.path);
            let allowed =
                "age_on = \"month_end\"（当月满的当月起）、\"month_start\"（次月起）、\"year_start\" 或 \"year_end\"";
            faults.push(Fault::error("missing_key", grid.at, found, allowed));
        }
    }
}

/// The rows of the tables of credits that held for a member: their tables' paths and their places.
pub(crate) fn credit_rows(
    compiled: &Compiled,
    rules: &CreditRules<'_>,
    person: &Crediting<'_>,
    replaced: bool,
) -> Vec<(String, usize)> {
    let Ok(cell) = rules.cell(person) else { return Vec::new() };
    let grids = if replaced { [&compiled.before, &None] } else { [&compiled.credit, &compiled.credit_from] };
    grids.into_iter().flatten().filter_map(|grid| held(grid, &cell)).collect()
}
