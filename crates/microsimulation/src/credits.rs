//! What is credited to a person's account in each month of the year (个人账户计入), by the package's own tables.
//! Months in which they say the same are asked once.

use crate::assumptions::Assumptions;
use crate::binding::{Binding, CLASS_NAMES};
use crate::scenario::{Reform, ScenarioFault};
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use gongji_domain::{Day, Fen, Rate, Rounding};
use gongji_policy::Area;
use gongji_policy::account::{AccountFault, Credit, CreditPer, CreditRules, CreditSource, Crediting};
use gongji_population::{Employment, Person, Status};

/// Months of a year.
pub(crate) const MONTHS: usize = 12;

/// The credits of a year.
pub(crate) struct Credits<'a> {
    /// Each month's rules; a single one where credits are yearly.
    months: Vec<CreditRules<'a>>,
    /// The first month of those that say the same.
    alike: Vec<usize>,
    reads_age: bool,
    stand_ins: Vec<crate::StandIn>,
}

/// What a person's account gets on the first day of each month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Credited {
    pub(crate) own: [Fen; MONTHS],
    pub(crate) fund: [Fen; MONTHS],
    /// Something could not be had and nothing stands in for it.
    pub(crate) missing: bool,
}

impl<'a> Credits<'a> {
    pub(crate) fn of(
        area: &'a Area,
        days: &[Day; MONTHS],
        reform: Reform,
        assumptions: &Assumptions,
    ) -> Result<Option<Self>, ScenarioFault> {
        let mut months: Vec<CreditRules<'a>> = Vec::new();
        for day in days.iter().copied() {
            let rules = match reform {
                Reform::After => area.credits_for(day, Day::MAX),
                Reform::Before => area.credits_before(day, Day::MAX),
            };
            match rules {
                Ok(rules) => {
                    let yearly = rules.per() == CreditPer::Year;
                    months.push(rules);
                    if yearly {
                        break;
                    }
                }
                Err(fault) if reform == Reform::Before => {
                    return Err(ScenarioFault::NoBefore { area: area.name().into(), why: format!("{fault}") });
                }
                // A package that says nothing of accounts: what people have is what they had.
                Err(AccountFault::NoRules { .. }) if months.is_empty() => return Ok(None),
                Err(fault) => return Err(ScenarioFault::Credits { why: format!("{fault}") }),
            }
        }
        let mut alike: Vec<usize> = Vec::new();
        for (month, rules) in months.iter().enumerate() {
            let same = alike.last().copied().filter(|first: &usize| rules.same_as(&months[*first]));
            alike.push(same.unwrap_or(month));
        }
        let reads_age = months.iter().any(|rules| rules.reads("age"));
        Ok(Some(Self { months, alike, reads_age, stand_ins: assumptions.stand_ins.clone() }))
    }

    /// What a person gets in the year.
    pub(crate) fn credited(&self, binding: &Binding, person: &Person) -> Credited {
        let mut credited = Credited::default();
        if !person.account {
            return credited;
        }
        let asked = asked(binding, person);
        let last = self.months.len() - 1;
        // Ages only rise: where the first and the last month say the same, so do those between.
        let by_month = self.reads_age && self.one(0, person, &asked) != self.one(last, person, &asked);
        let mut known = (usize::MAX, One::default());
        for month in 0..self.months.len() {
            if by_month || known.0 != self.alike[month] {
                known = (self.alike[month], self.one(month, person, &asked));
            }
            let One { amount, from_fund, missing } = known.1;
            let side = if from_fund { &mut credited.fund } else { &mut credited.own };
            side[month] = amount;
            credited.missing |= missing;
        }
        credited
    }

    fn one(&self, month: usize, person: &Person, asked: &Crediting<'_>) -> One {
        match self.months[month].credit(asked) {
            Ok(Credit::Amount { amount, source, .. }) => {
                One { amount, from_fund: matches!(source, Some(CreditSource::Fund { .. })), missing: false }
            }
            Ok(Credit::Nothing { .. }) => One::default(),
            Err(fault) => {
                let months = if self.months[month].per() == CreditPer::Year { MONTHS as i64 } else { 1 };
                let found = self.stand_in(&fault, person.status).map(|(rate, _)| {
                    let of = if person.status == Status::Active { person.base } else { person.pension };
                    Fen::from_fen(rate.of(of, Rounding::HALF_UP_FEN).fen() * months)
                });
                One {
                    amount: found.unwrap_or_default(),
                    from_fund: person.status == Status::Retired,
                    missing: found.is_none(),
                }
            }
        }
    }

    /// What stands in for what cannot be had.
    fn stand_in(&self, fault: &AccountFault, status: Status) -> Option<(Rate, &str)> {
        let of = match fault {
            AccountFault::Missing { fact } => fact.as_str(),
            AccountFault::Unpublished { .. } | AccountFault::Open { .. } => "unpublished",
            _ => return None,
        };
        let known = self.stand_ins.iter().find(|known| known.of == of)?;
        let rate = if status == Status::Active { known.active } else { known.retired };
        rate.map(|rate| (rate, known.of.as_str()))
    }

    /// What is to be said of the credits: estimates, what stands in, what is left out.
    pub(crate) fn notes(&self, binding: &Binding) -> BTreeSet<String> {
        let mut notes = BTreeSet::new();
        for (status, words) in [(Status::Active, "在职"), (Status::Retired, "退休")] {
            for employment in [Employment::Enterprise, Employment::Flexible] {
                let person = typical(status, employment);
                for rules in &self.months {
                    match rules.credit(&asked(binding, &person)) {
                        Ok(Credit::Amount { provisional: true, article, .. }) => {
                            notes.insert(format!(
                                "{words}人员个人账户计入按预计数计算，公布后以公布数更正（依据 {article}）"
                            ));
                        }
                        Ok(_) => {}
                        Err(fault) => {
                            notes.insert(self.said(&fault, status, words));
                        }
                    }
                }
            }
        }
        notes
    }

    fn said(&self, fault: &AccountFault, status: Status, words: &str) -> String {
        match self.stand_in(fault, status) {
            Some((rate, _)) => {
                let of = if status == Status::Active { "本人缴费基数" } else { "本人养老金" };
                format!("假设：{words}人员个人账户每月计入无法由参保人群得知（{fault}），以{of}的 {rate} 代入")
            }
            None => format!("未计入：{words}人员个人账户每月计入无法得知（{fault}），按 0 计算，账户的数字因此偏低"),
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct One {
    amount: Fen,
    from_fund: bool,
    missing: bool,
}

fn asked<'a>(binding: &'a Binding, person: &Person) -> Crediting<'a> {
    Crediting {
        status: STATUS_NAMES[person.status as usize],
        enrolment: &binding.enrolled(person).name,
        birth: Some(person.birth),
        base: (person.status == Status::Active).then_some(person.base),
        lump_sum_base: None,
        pension: (person.status == Status::Retired).then_some(person.pension),
        frozen: &[],
        facts: &[],
    }
}

/// Statuses by the names that packages give them.
pub(crate) const STATUS_NAMES: [&str; 2] = ["active", "retired"];
const _: () = assert!(STATUS_NAMES.len() == crate::STATUSES && CLASS_NAMES.len() == crate::CLASSES);

fn typical(status: Status, employment: Employment) -> Person {
    let income = Fen::from_yuan(1);
    let (base, pension) = if status == Status::Active { (income, Fen::ZERO) } else { (Fen::ZERO, income) };
    Person {
        number: 0,
        status,
        sex: Default::default(),
        employment,
        birth: Day::FIRST,
        account: true,
        wage: base,
        base,
        pension,
        balance: Fen::ZERO,
        diseases: 0,
    }
}
