//! What the packages do not say and a simulation has to assume (假设), so that each is shown beside the result.
//! Knows no figure of its own: figures are brought as data.

use alloc::string::String;
use alloc::vec::Vec;
use gongji_domain::{Fen, Rate};
use gongji_population::{Person, Status};

/// What is assumed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assumptions {
    /// What share of eligible expense is paid for chronic visits (门诊慢特病), whose figures the packages leave open.
    pub chronic_paid: Rate,
    /// What share of eligible expense is paid for admissions (住院).
    pub admission_paid: Rate,
    /// Whether the account pays for what is borne of an admission.
    pub admission_from_account: bool,
    /// The `place` of care elsewhere in the province, and of care in another province.
    pub away: [String; 2],
    /// The `enrolment` of those insured through an employer: the first that the area has.
    pub employed: Vec<String>,
    /// The `enrolment` of the flexibly employed (灵活就业): the first that the area has.
    pub flexible: Vec<String>,
    /// The `enrolment` of those without an account (单建统筹): the first that the area has, or as the others.
    pub without_account: Vec<String>,
    /// What is credited where the package's own figure cannot be had.
    pub stand_ins: Vec<StandIn>,
    /// How people are told apart in tables.
    pub bands: Bands,
}

/// A credit in the place of one whose amount the population cannot know, such as a registered amount.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StandIn {
    /// What cannot be had: the name of a registered amount or fact, or `unpublished` for a figure nobody has published.
    pub of: String,
    /// A month's share of the contribution base for those at work.
    pub active: Option<Rate>,
    /// A month's share of the pension for the retired.
    pub retired: Option<Rate>,
}

/// Ends of the groups in tables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bands {
    /// The ages at which a new group begins.
    pub ages: Vec<i32>,
    /// The highest monthly income of each group but the last: of wages, then of pensions.
    pub incomes: [Vec<Fen>; 2],
}

impl Bands {
    /// How many groups of ages there are.
    #[must_use]
    pub fn age_groups(&self) -> usize {
        self.ages.len() + 1
    }

    /// How many groups of incomes there are.
    #[must_use]
    pub fn income_groups(&self) -> usize {
        self.incomes[0].len().max(self.incomes[1].len()) + 1
    }

    /// The group of an age.
    #[must_use]
    pub fn age(&self, age: i32) -> usize {
        self.ages.iter().filter(|from| **from <= age).count()
    }

    /// The group of a person's income: of the wage (the base where none is known), or of the pension.
    #[must_use]
    pub fn income(&self, person: &Person) -> usize {
        let income = Self::income_of(person);
        self.incomes[person.status as usize].iter().filter(|end| **end < income).count()
    }

    /// The income by which a person is put into a group.
    #[must_use]
    pub fn income_of(person: &Person) -> Fen {
        match person.status {
            Status::Active if person.wage.is_zero() => person.base,
            Status::Active => person.wage,
            Status::Retired => person.pension,
        }
    }
}
