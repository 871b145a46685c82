//! A visit of one charge that any amount can be put into: an ordinary outpatient visit of a new
//! member, with what the area's rules need besides. Asks and decides; judges nothing.

use crate::case::{CaseFault, Charge, Decision, Detail, Encounter, FactValue, Institution, Member};
use crate::facts::{Fact, Kind};
use crate::library::Area;
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use gongji_adjudication::Standing;
use gongji_domain::{Clock, Day, Fen, Rate};

/// The visit.
#[derive(Clone)]
pub(super) struct Probe {
    member: Member,
    encounter: Encounter,
}

/// How many missing facts are filled in before a profile is given up.
const MOST_MISSING: usize = 64;

/// A visit for each status, enrolment and class that the area knows and that can be together.
pub(super) fn profiles(area: &Area, day: Day) -> Vec<Probe> {
    let values = |name: &str| area.fact(name).map(|fact| fact.values.clone()).unwrap_or_default();
    let mut all = Vec::new();
    for status in values("status") {
        for enrolment in values("enrolment") {
            for class in values("class") {
                all.extend(Probe::new(&status, &enrolment, &class, day).filled(area));
            }
        }
    }
    all
}

impl Probe {
    fn new(status: &str, enrolment: &str, class: &str, day: Day) -> Self {
        let member = Member { status: status.to_owned(), enrolment: Some(enrolment.to_owned()), ..Member::default() };
        let institution = Institution { class: Some(class.to_owned()), ..Institution::default() };
        let charge = Charge {
            amount: Fen::from_yuan(1),
            covered: true,
            ceiling: None,
            upfront_rate: Rate::ZERO,
            facts: Vec::new(),
        };
        let encounter = Encounter {
            id: "1".to_owned(),
            date: day,
            time: None,
            care_type: "ordinary_outpatient".to_owned(),
            place: None,
            institution,
            prescriber: None,
            facts: Vec::new(),
            charges: [charge].into(),
            prior_benefits: Vec::new(),
        };
        Self { member, encounter }
    }

    pub(super) fn day(&self) -> Day {
        self.encounter.date
    }

    /// The decision on a visit of this amount, if such a visit can be.
    pub(super) fn decide(&self, area: &Area, amount: Fen, detail: Detail) -> Option<Decision> {
        self.with(amount).ask(area, detail).ok()
    }

    fn with(&self, amount: Fen) -> Self {
        let mut probe = self.clone();
        for charge in &mut probe.encounter.charges {
            charge.amount = amount;
        }
        probe
    }

    fn ask(&self, area: &Area, detail: Detail) -> Result<Decision, CaseFault> {
        area.decide(&self.member, &Standing::default(), &self.encounter, true, detail)
    }

    /// The same visit with the first value of whatever the rules need and it does not say.
    fn filled(mut self, area: &Area) -> Option<Self> {
        for _ in 0..MOST_MISSING {
            match self.ask(area, Detail::Amounts) {
                Ok(Decision::Settled(_)) => return Some(self),
                Err(fault) if fault.code == "missing_field" => self.fill(area, &fault.field)?,
                Ok(Decision::Refused(_)) | Err(_) => return None,
            }
        }
        None
    }

    fn fill(&mut self, area: &Area, field: &str) -> Option<()> {
        let fact = |name: &str| Some((name.to_owned(), first(area.fact(name)?)));
        match field {
            "institution.id" => self.encounter.institution.id = Some("H00000000001".to_owned()),
            "time" => self.encounter.time = Some(Clock(9 * 3600)),
            "member.birth_date" => self.member.birth_date = Some(born(self.day())?),
            "charges[0].item" => self.encounter.charges[0].facts.push(fact("item")?),
            _ => {
                let (owner, name) = field.rsplit_once("facts.")?;
                let facts = match owner {
                    "member." => &mut self.member.facts,
                    "institution." => &mut self.encounter.institution.facts,
                    "charges[0]." => &mut self.encounter.charges[0].facts,
                    _ => &mut self.encounter.facts,
                };
                facts.push(fact(name)?);
            }
        }
        Some(())
    }

    /// The visit's columns in the case format, but for the amount.
    pub(super) fn inputs(&self) -> Vec<(String, String)> {
        let (member, encounter) = (&self.member, &self.encounter);
        let mut inputs = Vec::new();
        let mut add = |column: &str, cell: Option<String>| {
            inputs.extend(cell.map(|cell| (column.to_owned(), cell)));
        };
        add("date", Some(encounter.date.to_string()));
        add("time", encounter.time.map(clock));
        add("status", Some(member.status.clone()));
        add("enrolment", member.enrolment.clone());
        add("birth_date", member.birth_date.map(|day| day.to_string()));
        add("class", encounter.institution.class.clone());
        add("institution", encounter.institution.id.clone());
        let charge = encounter.charges.iter().flat_map(|charge| &charge.facts);
        let owners =
            [("member", &member.facts), ("institution", &encounter.institution.facts), ("encounter", &encounter.facts)];
        for (owner, facts) in owners {
            for (name, value) in facts {
                add(&format!("{owner}.{name}"), Some(cell(value)));
            }
        }
        for (name, value) in charge {
            let column = if name == "item" { name.clone() } else { format!("charge.{name}") };
            add(&column, Some(cell(value)));
        }
        inputs
    }
}

/// Forty years before: neither a child nor old.
fn born(day: Day) -> Option<Day> {
    let (year, month, _) = day.ymd();
    Day::from_ymd(i16::try_from(year - 40).ok()?, i8::try_from(month).ok()?, 1)
}

fn first(fact: &Fact) -> FactValue {
    match fact.kind {
        Kind::Choice => FactValue::Text(fact.values.first().cloned().unwrap_or_default()),
        Kind::Flag => FactValue::Flag(false),
        Kind::Whole(least, _) => FactValue::Whole(least),
        Kind::Date => FactValue::Text("2000-01-01".to_owned()),
        Kind::Money => FactValue::Text(Fen::ZERO.to_string()),
        Kind::Set => FactValue::Set(Vec::new()),
    }
}

fn cell(value: &FactValue) -> String {
    match value {
        FactValue::Text(text) => text.clone(),
        FactValue::Flag(flag) => flag.to_string(),
        FactValue::Whole(number) => number.to_string(),
        FactValue::Set(items) => format!("[{}]", items.join(", ")),
    }
}

fn clock(clock: Clock) -> String {
    let seconds = clock.0;
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}
