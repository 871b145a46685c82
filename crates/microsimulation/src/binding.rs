//! A person and an event on an area's facts (事实): which number stands at which place, worked out once for every kind
//! of person and event, so that binding a visit is a few stores.

use crate::assumptions::Assumptions;
use crate::scenario::ScenarioFault;
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use gongji_adjudication::{MISSING, Rules, Source};
use gongji_domain::Day;
use gongji_policy::{Area, Fact, Owner};
use gongji_population::{Care, Class, Employment, Event, Means, Person, Reach, Status};

/// Places of the facts, and the values to put there.
pub(crate) struct Binding {
    /// A visit of which nothing is known.
    pub(crate) defaults: Vec<i64>,
    status: (usize, [i64; 2]),
    enrolment: (usize, [Enrolled; ENROLMENTS]),
    /// Set only where the rules read them.
    age: Option<usize>,
    birth: Option<usize>,
    month: Option<usize>,
    /// The places that differ between kinds of events, and the values of each kind.
    places: Vec<usize>,
    values: Vec<i64>,
}

/// An enrolment by its name and number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Enrolled {
    pub(crate) name: String,
    raw: i64,
}

/// Kinds of events: 就诊, 慢特病, 药店, 药店凭处方; by level; by reach.
const KINDS: usize = 4;
const REACHES: usize = 3;
/// How many kinds of events are told apart.
pub(crate) const EVENT_KINDS: usize = KINDS * crate::CLASSES * REACHES;
/// How many ways to be insured are told apart.
pub(crate) const ENROLMENTS: usize = 6;
/// How many kinds of persons are told apart.
pub(crate) const PERSON_KINDS: usize = crate::STATUSES * ENROLMENTS;

impl Binding {
    pub(crate) fn of<'r>(
        area: &Area,
        rules: impl Iterator<Item = &'r Rules> + Clone,
        assumptions: &Assumptions,
    ) -> Result<Self, ScenarioFault> {
        let read = |place: usize| rules.clone().any(|rules| reads(rules, place));
        let if_read = |name: &str| fact(area, name).and_then(Fact::place).filter(|place| read(*place));
        let status = place_of(area, "status")?;
        let values = [value(area, "status", "active")?, value(area, "status", "retired")?];
        let mut binding = Self {
            defaults: area.default_facts(),
            status: (status, values),
            enrolment: (place_of(area, "enrolment")?, enrolments(area, assumptions)?),
            age: if_read("age"),
            birth: if_read("birth_date"),
            month: if_read("month"),
            places: Vec::new(),
            values: Vec::new(),
        };
        let names = ["care_type", "class", "issuer_class", "kind", "issuer_kind", "place", "prescription"];
        let told: Vec<(usize, &str)> = names.iter().filter_map(|name| Some((if_read(name)?, *name))).collect();
        binding.places = told.iter().map(|(place, _)| *place).collect();
        for kind in 0..KINDS {
            for class in 0..crate::CLASSES {
                for reach in 0..REACHES {
                    for (place, name) in &told {
                        let text = told_by(name, kind, class, reach, assumptions);
                        let raw = match (text, *name) {
                            (Some("true"), "prescription") => 1,
                            (Some("false"), "prescription") => 0,
                            (Some(text), name) => value(area, name, text)?,
                            (None, _) => binding.defaults[*place],
                        };
                        binding.values.push(raw);
                    }
                }
            }
        }
        for rules in rules {
            binding.all_told(area, rules)?;
        }
        Ok(binding)
    }

    /// Whatever the rules read has a value: from the population, or by default.
    fn all_told(&self, area: &Area, rules: &Rules) -> Result<(), ScenarioFault> {
        let own = [Some(self.status.0), Some(self.enrolment.0), self.age, self.birth, self.month];
        for (source, _) in &rules.facts {
            let (Source::Raw(place) | Source::CountOf(place)) = source else { continue };
            let place = usize::from(*place);
            let told = self.defaults[place] != MISSING || own.contains(&Some(place)) || self.places.contains(&place);
            if !told {
                return Err(unknown(area, |fact| fact.owner != Owner::Charge && fact.place() == Some(place)));
            }
        }
        let defaults = area.default_charge_facts();
        for (source, _) in &rules.charge_facts {
            let Source::Raw(place) = source else { continue };
            let place = usize::from(*place);
            let fact = |fact: &Fact| fact.owner == Owner::Charge && fact.place() == Some(place);
            let amount = area.facts().iter().any(|known| fact(known) && known.name == "charge_amount");
            if defaults[place] == MISSING && !amount {
                return Err(unknown(area, fact));
            }
        }
        Ok(())
    }

    /// The enrolment of a person.
    pub(crate) fn enrolled(&self, person: &Person) -> &Enrolled {
        &self.enrolment.1[enrolment(person.employment, person.account)]
    }

    /// Puts down what is known of a person.
    pub(crate) fn person(&self, facts: &mut [i64], person: &Person) {
        facts[self.status.0] = self.status.1[person.status as usize];
        facts[self.enrolment.0] = self.enrolled(person).raw;
        if let Some(place) = self.birth {
            facts[place] = i64::from(person.birth.number());
        }
    }

    /// Puts down what is known of an event of the person put down before.
    #[inline]
    pub(crate) fn event(&self, facts: &mut [i64], person: &Person, event: &Event) {
        self.kind_of_event(facts, Self::event_kind(event));
        if let Some(place) = self.age {
            facts[place] = i64::from(event.day.age_since(person.birth));
        }
        if let Some(place) = self.month {
            facts[place] = i64::from(month_of(event.day));
        }
    }

    #[inline]
    fn kind_of_event(&self, facts: &mut [i64], kind: usize) {
        let values = &self.values[kind * self.places.len()..];
        for (place, value) in self.places.iter().zip(values) {
            facts[*place] = *value;
        }
    }

    /// Whether the rules read more than the kinds of persons and events: ages, dates, months.
    pub(crate) fn reads_days(&self) -> bool {
        self.age.or(self.birth).or(self.month).is_some()
    }

    /// Puts down the facts of a kind of person and a kind of event.
    pub(crate) fn kinds(&self, facts: &mut [i64], person: usize, event: usize) {
        facts[self.status.0] = self.status.1[person / ENROLMENTS];
        facts[self.enrolment.0] = self.enrolment.1[person % ENROLMENTS].raw;
        self.kind_of_event(facts, event);
    }

    /// Status and enrolment of a kind of person.
    pub(crate) fn of_kind(&self, person: usize) -> (usize, &Enrolled) {
        (person / ENROLMENTS, &self.enrolment.1[person % ENROLMENTS])
    }

    /// The kind of a person: status and enrolment.
    #[inline]
    pub(crate) fn person_kind(person: &Person) -> usize {
        person.status as usize * ENROLMENTS + enrolment(person.employment, person.account)
    }

    /// The kind of an event: care and means, level, reach.
    #[inline]
    pub(crate) fn event_kind(event: &Event) -> usize {
        (kind(event) * crate::CLASSES + event.class as usize) * REACHES + event.reach as usize
    }
}

fn kind(event: &Event) -> usize {
    match (event.care, event.means) {
        (Care::Visit | Care::Admission, _) => 0,
        (Care::Chronic, _) => 1,
        (Care::Pharmacy, Means::Prescription) => 3,
        (Care::Pharmacy, _) => 2,
    }
}

/// The month of a day, from 1.
pub(crate) fn month_of(day: Day) -> i32 {
    day.ymd().1
}

/// What a kind of event says of a fact; nothing where it says nothing.
fn told_by<'a>(name: &str, kind: usize, class: usize, reach: usize, assumptions: &'a Assumptions) -> Option<&'a str> {
    const CARE: [&str; KINDS] = ["ordinary_outpatient", "special_disease", "pharmacy", "pharmacy"];
    let pharmacy = kind >= 2;
    match name {
        "care_type" => Some(CARE[kind]),
        "prescription" => Some(if kind == 3 { "true" } else { "false" }),
        "class" => (!pharmacy).then_some(CLASS_NAMES[class]),
        // Without a prescription whoever dispenses is the issuer.
        "issuer_class" => (kind != 2).then_some(CLASS_NAMES[class]),
        "kind" => pharmacy.then_some("pharmacy"),
        "issuer_kind" => (kind == 2).then_some("pharmacy"),
        "place" => Some(match reach {
            0 => "local",
            away => &assumptions.away[away - 1],
        }),
        _ => None,
    }
}

/// The levels by the names that packages give them.
pub(crate) const CLASS_NAMES: [&str; 3] = ["primary", "secondary", "tertiary"];
const _: () = assert!(Class::Tertiary as usize == 2 && Reach::Nation as usize == 2 && Status::Retired as usize == 1);

fn enrolment(employment: Employment, account: bool) -> usize {
    employment as usize * 2 + usize::from(account)
}

/// The enrolment of each way to be insured, without and with an account.
fn enrolments(area: &Area, assumptions: &Assumptions) -> Result<[Enrolled; ENROLMENTS], ScenarioFault> {
    let known = fact(area, "enrolment").map(|fact| fact.values.as_slice()).unwrap_or_default();
    let none =
        || ScenarioFault::Value { fact: "enrolment".to_owned(), value: String::new(), allowed: known.join("、") };
    let mut enrolled = Vec::new();
    for employment in [Employment::Enterprise, Employment::Institution, Employment::Flexible] {
        let wanted = if employment == Employment::Flexible { &assumptions.flexible } else { &assumptions.employed };
        let with = first(wanted, known).or(known.first()).ok_or_else(none)?;
        let without = first(&assumptions.without_account, known).unwrap_or(with);
        for name in [without, with] {
            enrolled.push(Enrolled { name: name.clone(), raw: value(area, "enrolment", name)? });
        }
    }
    enrolled.try_into().map_err(|_| none())
}

/// The first of the wanted that is known.
fn first<'a>(wanted: &'a [String], known: &[String]) -> Option<&'a String> {
    wanted.iter().find(|name| known.contains(name))
}

fn fact<'a>(area: &'a Area, name: &str) -> Option<&'a Fact> {
    area.facts().iter().find(|fact| fact.name == name)
}

fn place_of(area: &Area, name: &str) -> Result<usize, ScenarioFault> {
    let place = fact(area, name).and_then(Fact::place);
    place.ok_or_else(|| ScenarioFault::Fact { name: name.to_string(), allowed: "由案例给出".to_owned() })
}

fn value(area: &Area, name: &str, text: &str) -> Result<i64, ScenarioFault> {
    let values = fact(area, name).map(|fact| fact.values.as_slice()).unwrap_or_default();
    let place = values.iter().position(|known| known == text).and_then(|place| i64::try_from(place).ok());
    place.ok_or_else(|| ScenarioFault::Value {
        fact: name.to_owned(),
        value: text.to_owned(),
        allowed: values.join("、"),
    })
}

fn unknown(area: &Area, is: impl Fn(&Fact) -> bool) -> ScenarioFault {
    let found = area.facts().iter().find(|known| is(known));
    let name = found.map(|fact| fact.name.clone()).unwrap_or_default();
    let allowed = found.map(|fact| format!("{:?}：{}", fact.kind, fact.values.join("、"))).unwrap_or_default();
    ScenarioFault::Fact { name, allowed }
}

fn reads(rules: &Rules, place: usize) -> bool {
    rules.facts.iter().any(|(source, _)| match source {
        Source::Raw(of) | Source::CountOf(of) => usize::from(*of) == place,
        Source::VisitNumber { .. } => false,
    })
}
