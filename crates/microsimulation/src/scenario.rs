//! A package prepared once for a year of a population (情景): its rules by day, credits by month, and the facts bound
//! by name. Says what it assumes; fails by name where the population cannot tell what the rules read.

use crate::assumptions::Assumptions;
use crate::binding::Binding;
use crate::credits::Credits;
use crate::relatives::Relatives;
use crate::response::Response;
use alloc::borrow::ToOwned;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use gongji_adjudication::{AccountPart, Dense, Payer, Rules, Terms};
use gongji_domain::{Day, FundCode};
use gongji_policy::words_of;
use gongji_policy::{Area, AreaStatus, Owner};

/// Whether the year is lived with the package, or as it was before the reform (改革前).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reform {
    /// The package as it is.
    #[default]
    After,
    /// Accounts credited as before, and no benefit of the package pays.
    Before,
}

/// Why a package cannot be run on a population.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScenarioFault {
    /// The rules read a fact of which the population says nothing, and which has no default.
    #[error("规则要用到事实 {name}，参保人群里没有，也没有默认值；取值：{allowed}")]
    Fact {
        /// Which.
        name: String,
        /// What it may be.
        allowed: String,
    },
    /// The area's fact has no such value.
    #[error("事实 {fact} 没有取值「{value}」；可用：{allowed}")]
    Value {
        /// Which fact.
        fact: String,
        /// What was meant.
        value: String,
        /// What it may be.
        allowed: String,
    },
    /// There is no such year.
    #[error("没有 {year} 年")]
    Year {
        /// Which.
        year: i16,
    },
    /// The rules do not hold all the year.
    #[error("{area}在 {day} 没有可执行的规则：政策自 {from} 施行；请换一个年份或日期")]
    NoRules {
        /// Whose.
        area: String,
        /// The first day without.
        day: Day,
        /// Since when the package holds.
        from: Day,
    },
    /// The package does not say what held before.
    #[error("{area} 的政策包没有写改革前的个人账户计入（account.before），不能与改革前比较：{why}")]
    NoBefore {
        /// Whose.
        area: String,
        /// Why.
        why: String,
    },
    /// The tables of credits cannot be worked out.
    #[error("个人账户计入不能计算：{why}")]
    Credits {
        /// Why.
        why: String,
    },
}

/// A package prepared for a year.
pub struct Scenario<'a> {
    area: &'a Area,
    year: i16,
    reform: Reform,
    on: Option<Day>,
    pub(crate) ranges: Vec<Range>,
    pub(crate) binding: Binding,
    pub(crate) credits: Option<Credits<'a>>,
    pub(crate) relatives: Relatives,
    /// First days of the months, and of the next year.
    pub(crate) starts: [Day; 13],
    /// Where opening balances lie.
    pub(crate) opening: AccountPart,
    /// The facts of a charge of which nothing is known, with the place of its amount.
    pub(crate) charge: (Vec<i64>, Option<usize>),
    pub(crate) assumptions: Assumptions,
    pub(crate) response: Option<Response>,
    notes: Vec<String>,
}

/// The rules of some days of the year.
pub(crate) struct Range {
    pub(crate) from: Day,
    pub(crate) rules: Arc<Rules>,
    /// The benefit for chronic diseases, decided elsewhere, by its place in the chain.
    pub(crate) chronic: Option<u8>,
    /// The ordinary benefit, and the fund that pays it.
    pub(crate) ordinary: Option<usize>,
    pub(crate) pool: FundCode,
    /// Charges need not be told apart.
    pub(crate) split: bool,
}

impl<'a> Scenario<'a> {
    /// The package of an area in a year.
    ///
    /// # Errors
    /// [`ScenarioFault`], with the name of what cannot be had.
    pub fn of(area: &'a Area, year: i16, assumptions: &Assumptions, reform: Reform) -> Result<Self, ScenarioFault> {
        Self::made(area, year, assumptions, reform, None)
    }

    /// The rules and credits of one day of the area, held to for all the year.
    ///
    /// # Errors
    /// As [`Scenario::of`].
    pub fn on(
        area: &'a Area,
        year: i16,
        assumptions: &Assumptions,
        reform: Reform,
        day: Day,
    ) -> Result<Self, ScenarioFault> {
        Self::made(area, year, assumptions, reform, Some(day))
    }

    fn made(
        area: &'a Area,
        year: i16,
        assumptions: &Assumptions,
        reform: Reform,
        on: Option<Day>,
    ) -> Result<Self, ScenarioFault> {
        let starts = starts(year)?;
        let ranges = ranges(area, &starts, reform, on)?;
        let binding = Binding::of(area, ranges.iter().map(|range| &*range.rules), assumptions)?;
        let asked = core::array::from_fn(|month| on.unwrap_or(starts[month]));
        let credits = Credits::of(area, &asked, reform, assumptions)?;
        let relatives = Relatives::of(area, &binding, &starts, reform, on);
        let prior = ranges.iter().any(|range| tells_parts_apart(&range.rules));
        let amount = area.facts().iter().find(|fact| fact.owner == Owner::Charge && fact.name == "charge_amount");
        let mut scenario = Self {
            area,
            year,
            reform,
            opening: if prior { AccountPart::Prior } else { AccountPart::Current },
            charge: (area.default_charge_facts(), amount.and_then(|fact| fact.place())),
            assumptions: assumptions.clone(),
            response: None,
            notes: Vec::new(),
            on,
            starts,
            ranges,
            binding,
            credits,
            relatives,
        };
        scenario.notes = scenario.said();
        Ok(scenario)
    }

    /// The same with people who answer to prices.
    #[must_use]
    pub fn with_response(mut self, response: Response) -> Self {
        let [active, retired] = response.factors;
        self.notes.push(format!("假设：普通门诊次数按价格反应调整，在职 ×{active}、退休 ×{retired}"));
        self.response = Some(response);
        self
    }

    /// Whose package.
    #[must_use]
    pub fn area(&self) -> &'a Area {
        self.area
    }

    /// The year.
    #[must_use]
    pub fn year(&self) -> i16 {
        self.year
    }

    /// With the package, or as before.
    #[must_use]
    pub fn reform(&self) -> Reform {
        self.reform
    }

    /// The day whose rules hold all the year, where one was chosen.
    #[must_use]
    pub fn on_day(&self) -> Option<Day> {
        self.on
    }

    /// What is assumed, what is estimated and what is left out, in Chinese.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// What is assumed.
    #[must_use]
    pub fn assumptions(&self) -> &Assumptions {
        &self.assumptions
    }

    /// The enrolment that a person has in this area, by its name.
    #[must_use]
    pub fn enrolment(&self, person: &gongji_population::Person) -> &str {
        &self.binding.enrolled(person).name
    }

    fn said(&self) -> Vec<String> {
        let assumed = &self.assumptions;
        let mut notes = BTreeSet::new();
        if self.area.status() == AreaStatus::Draft {
            notes.insert(format!("{}的政策包是征求意见稿，不是施行的政策", self.area.name()));
        }
        if self.reform == Reform::Before {
            notes.insert("改革前：普通门诊统筹基金不支付，账户按改革前的办法计入；就医与改革后相同（静态）".to_owned());
        }
        notes.insert(format!(
            "假设：门诊慢特病支付政策范围内的 {}，住院支付 {}（政策包没有写标准），住院个人负担{}账户支付",
            assumed.chronic_paid,
            assumed.admission_paid,
            if assumed.admission_from_account { "由" } else { "不由" }
        ));
        if let Some(day) = self.on {
            notes.insert(format!("假设：全年都按 {day} 的规定"));
        }
        let [province, nation] = &assumed.away;
        let (province, nation) = (words_of("place", province), words_of("place", nation));
        notes.insert(format!("假设：省内异地就医按「{province}」结算，跨省按「{nation}」结算"));
        let enrolled = |employment, account| {
            let mut person = person_of(employment);
            person.account = account;
            words_of("enrolment", &self.binding.enrolled(&person).name)
        };
        use gongji_population::Employment::{Enterprise, Flexible};
        notes.insert(format!(
            "假设：参保身份——单位职工按「{}」，灵活就业人员按「{}」，没有个人账户的按「{}」",
            enrolled(Enterprise, true),
            enrolled(Flexible, true),
            enrolled(Enterprise, false)
        ));
        notes.insert(self.relatives.note(self.reform));
        match &self.credits {
            Some(credits) => notes.extend(credits.notes(&self.binding)),
            None => {
                notes.insert("政策包没有写个人账户计入，账户只有上年结转".to_owned());
            }
        }
        notes.into_iter().collect()
    }
}

fn person_of(employment: gongji_population::Employment) -> gongji_population::Person {
    gongji_population::Person {
        number: 0,
        status: Default::default(),
        sex: Default::default(),
        employment,
        birth: Day::FIRST,
        account: true,
        wage: Default::default(),
        base: Default::default(),
        pension: Default::default(),
        balance: Default::default(),
        diseases: 0,
    }
}

fn starts(year: i16) -> Result<[Day; 13], ScenarioFault> {
    let mut starts = [Day::MIN; 13];
    for (month, start) in starts.iter_mut().enumerate() {
        let (of, month) = if month == 12 { (year + 1, 1) } else { (year, month as i8 + 1) };
        *start = Day::from_ymd(of, month, 1).ok_or(ScenarioFault::Year { year })?;
    }
    Ok(starts)
}

fn ranges(area: &Area, starts: &[Day; 13], reform: Reform, on: Option<Day>) -> Result<Vec<Range>, ScenarioFault> {
    let (first, next) = (starts[0], starts[12]);
    let mut days = vec![first];
    days.extend(area.range_starts().filter(|day| first < *day && *day < next));
    // Where the package ends inside the year, the day after has no rules.
    days.extend(Some(area.until()).filter(|last| first <= *last && *last < next.before()).map(Day::next));
    days.sort_unstable();
    days.dedup();
    // One day's rules all the year.
    let days = if let Some(day) = on { vec![day] } else { days };
    let mut ranges = Vec::new();
    for day in days {
        let Some(rules) = area.rules(day) else {
            return Err(ScenarioFault::NoRules { area: area.name().to_owned(), day, from: area.from() });
        };
        let rules = if reform == Reform::Before { Arc::new(without_benefits(rules)) } else { Arc::clone(rules) };
        ranges.push(range(if on.is_some() { first } else { day }, rules));
    }
    Ok(ranges)
}

fn range(from: Day, rules: Arc<Rules>) -> Range {
    let chronic = rules.chain.iter().position(|b| b.decided_elsewhere && &*b.name == "special_disease");
    let ordinary = rules.chain.iter().position(|b| b.ordinary);
    let pool = ordinary.and_then(|place| match rules.chain[place].payer {
        Payer::Fund(fund) => Some(fund),
        Payer::Account(_) => None,
    });
    Range {
        from,
        chronic: chronic.and_then(|place| u8::try_from(place).ok()),
        ordinary,
        pool: pool.unwrap_or(FundCode::POOLED),
        split: rules.classes <= 1 && rules.lines.is_none() && rules.charge_facts.is_empty(),
        rules,
    }
}

/// The same rules with every benefit that they decide paying nothing.
fn without_benefits(rules: &Rules) -> Rules {
    let mut rules = rules.clone();
    rules.short = None;
    for benefit in rules.chain.iter_mut().filter(|benefit| !benefit.decided_elsewhere) {
        benefit.key = Dense::constant(0);
        benefit.terms = [Terms::nothing()].into();
    }
    rules.prepared()
}

fn tells_parts_apart(rules: &Rules) -> bool {
    let chain = rules.chain.iter().any(|benefit| benefit.payer == Payer::Account(AccountPart::Prior));
    chain || rules.payers.accounts.contains(&AccountPart::Prior)
}
