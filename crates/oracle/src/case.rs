//! A case (算例) as given: member, encounters, charges; and the raw facts it states.
//!
//! The oracle trusts its input: what is not asked for here is not validated.

use jiff::civil::Date;
use serde_json::{Map, Value as Json};

use crate::facts::{Fact, Facts, Of};
use crate::package::{Package, age_on, instant, toml_date};
use crate::values::{Exact, date, day_number, fen_number, money, rate, seconds_of_day, zero};

/// One charge (费用明细).
#[derive(Clone, Debug)]
pub struct Charge {
    /// The amount, in fen.
    pub amount: Exact,
    /// Whether the catalogue lists it; if not it is off-list (全自费).
    pub covered: bool,
    /// The price ceiling (限价).
    pub ceiling: Option<Exact>,
    /// The first-pay share (先行自付比例).
    pub upfront_rate: Exact,
    /// The item id.
    pub item: Option<String>,
    /// Its declared facts.
    pub facts: Map<String, Json>,
}

/// What an earlier benefit, decided elsewhere, paid for this encounter.
#[derive(Clone, Debug)]
pub struct Prior {
    /// The benefit.
    pub benefit: String,
    /// The fund that paid.
    pub fund: String,
    /// How much, in fen.
    pub paid: Exact,
}

/// One encounter (就诊) with the member as of its date.
#[derive(Clone, Debug)]
pub struct Encounter {
    /// Its id.
    pub id: String,
    /// The service date.
    pub date: Date,
    /// The time of day, in seconds.
    pub time: i64,
    /// The kind of care (医疗类别).
    pub care_type: String,
    /// Where, with which filing.
    pub place: Option<String>,
    /// The institution's id.
    pub institution: Option<String>,
    /// Its class, when the case says it.
    pub class: Option<String>,
    /// Its kind, when the case says it.
    pub kind: Option<String>,
    /// The prescriber's class and kind, when there is a prescription.
    pub prescriber: Option<ClassAndKind>,
    /// The charges.
    pub charges: Vec<Charge>,
    /// Payments decided elsewhere.
    pub priors: Vec<Prior>,
    /// The member's status.
    pub status: Option<String>,
    /// The enrolment.
    pub enrolment: Option<String>,
    /// The birth date.
    pub birth: Option<Date>,
    /// Declared facts of the member, the encounter and the institution.
    pub member_facts: Map<String, Json>,
    /// See `member_facts`.
    pub encounter_facts: Map<String, Json>,
    /// See `member_facts`.
    pub institution_facts: Map<String, Json>,
}

/// An institution's class and kind, as far as they are said.
pub type ClassAndKind = (Option<String>, Option<String>);

fn text(value: &Json, key: &str) -> Option<String> {
    value.get(key).and_then(Json::as_str).map(String::from)
}

fn object(value: &Json, key: &str) -> Map<String, Json> {
    value.get(key).and_then(Json::as_object).cloned().unwrap_or_default()
}

fn list<'a>(value: &'a Json, key: &str) -> &'a [Json] {
    value.get(key).and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

impl Encounter {
    /// Reads one encounter of a case, its own `member` merged over the case's.
    pub fn read(encounter: &Json, member: &Json) -> Result<Self, String> {
        let empty = Json::Null;
        let institution = encounter.get("institution").unwrap_or(&empty);
        let own = encounter.get("member").unwrap_or(&empty);
        let mut member_facts = object(member, "facts");
        member_facts.extend(object(own, "facts"));
        let charges = list(encounter, "charges")
            .iter()
            .map(|charge| {
                Ok(Charge {
                    amount: money(&text(charge, "amount").ok_or("a charge without amount")?)?,
                    covered: charge.get("covered") != Some(&Json::Bool(false)),
                    ceiling: text(charge, "ceiling").map(|ceiling| money(&ceiling)).transpose()?,
                    upfront_rate: text(charge, "upfront_rate").map_or(Ok(zero()), |share| rate(&share))?,
                    item: text(charge, "item"),
                    facts: object(charge, "facts"),
                })
            })
            .collect::<Result<_, String>>()?;
        let priors = list(encounter, "prior_benefits")
            .iter()
            .map(|prior| {
                Ok(Prior {
                    benefit: text(prior, "benefit").ok_or("a prior benefit without name")?,
                    fund: text(prior, "fund").unwrap_or_else(|| "310100".into()),
                    paid: money(&text(prior, "fund_paid").unwrap_or_else(|| "0.00".into()))?,
                })
            })
            .collect::<Result<_, String>>()?;
        Ok(Self {
            id: text(encounter, "id").unwrap_or_default(),
            date: date(&text(encounter, "date").ok_or("an encounter without date")?)?,
            time: text(encounter, "time").map_or(Ok(0), |time| seconds_of_day(&time))?,
            care_type: text(encounter, "care_type").unwrap_or_else(|| "ordinary_outpatient".into()),
            place: text(encounter, "place"),
            institution: text(institution, "id"),
            class: text(institution, "class"),
            kind: text(institution, "kind"),
            prescriber: encounter
                .get("prescriber")
                .filter(|prescriber| prescriber.is_object())
                .map(|prescriber| (text(prescriber, "class"), text(prescriber, "kind"))),
            charges,
            priors,
            status: text(own, "status").or_else(|| text(member, "status")),
            enrolment: text(own, "enrolment").or_else(|| text(member, "enrolment")),
            birth: text(own, "birth_date")
                .or_else(|| text(member, "birth_date"))
                .map(|birth| date(&birth))
                .transpose()?,
            member_facts,
            encounter_facts: object(encounter, "facts"),
            institution_facts: object(institution, "facts"),
        })
    }

    /// The service date and time as one number of seconds.
    pub fn instant(&self) -> i64 {
        instant(self.date, self.time)
    }

    /// The facts that the visit states, before any is derived.
    ///
    /// Doubts: a fact without `of` (and a relation) is looked for at the encounter, then the
    /// institution, then the member. A class written in the case beats the package's class map.
    /// Without a birth date the age is unknown and no band of it matches.
    pub fn facts(&self, package: &Package) -> Result<Facts, String> {
        let mut facts = Facts::new();
        for (name, declaration) in &package.declarations {
            if declaration.of == Of::Charge || declaration.derived.is_some() {
                continue;
            }
            let places: &[&Map<String, Json>] = match declaration.of {
                Of::Member => &[&self.member_facts],
                Of::Encounter => &[&self.encounter_facts],
                Of::Institution => &[&self.institution_facts],
                Of::Unsaid | Of::Charge => &[&self.encounter_facts, &self.institution_facts, &self.member_facts],
            };
            let given = places.iter().find_map(|place| place.get(name));
            let fact = match given {
                Some(value) => declaration.from_json(value).map_err(|fault| format!("{name}: {fault}"))?,
                None => declaration.default_value()?,
            };
            facts.insert(name.clone(), fact);
        }
        // A registered amount may be given without being declared.
        for (name, value) in &self.member_facts {
            if !package.declarations.contains_key(name)
                && let Some(Ok(amount)) = value.as_str().map(money)
            {
                facts.insert(name.clone(), Fact::Number(fen_number(&amount)?));
            }
        }
        let mut say = |name: &str, value: Option<&String>| {
            if let Some(value) = value {
                facts.insert(name.into(), Fact::Choice(value.clone()));
            }
        };
        let mapped = self.in_class_map(package)?;
        let (mapped_class, mapped_kind) = mapped.unwrap_or_default();
        let pharmacy = self.care_type == "pharmacy";
        let ungraded = "ungraded".to_string();
        let class = self.class.clone().or(mapped_class).or_else(|| pharmacy.then_some(ungraded));
        let kind = self.kind.clone().or(mapped_kind);
        let first = |name: &str| package.declarations[name].values.first().cloned();
        let (issuer_class, issuer_kind) = match &self.prescriber {
            Some((class, kind)) if pharmacy => (class.clone(), kind.clone().or_else(|| first("issuer_kind"))),
            _ => (class.clone(), kind.clone()),
        };
        say("status", self.status.as_ref());
        say("enrolment", self.enrolment.as_ref());
        say("care_type", Some(&self.care_type));
        say("place", self.place.as_ref());
        say("class", class.as_ref());
        say("kind", kind.as_ref());
        say("issuer_class", issuer_class.as_ref());
        say("issuer_kind", issuer_kind.as_ref());
        say("prescription", Some(&self.prescriber.is_some().to_string()));
        if let Some(birth) = self.birth {
            facts.insert("age".into(), Fact::Number(age_on(birth, self.date)));
            facts.insert("birth_date".into(), Fact::Number(day_number(birth)));
        } else {
            facts.insert("age".into(), Fact::Unknown);
        }
        Ok(facts)
    }

    /// Class and kind of the institution in the package's dated map.
    fn in_class_map(&self, package: &Package) -> Result<Option<ClassAndKind>, String> {
        let Some(id) = &self.institution else {
            return Ok(None);
        };
        let mut found: Option<(Date, ClassAndKind)> = None;
        for row in package.root.get("institution").and_then(toml::Value::as_array).into_iter().flatten() {
            let text = |key: &str| row.get(key).and_then(toml::Value::as_str).map(String::from);
            if text("id").as_ref() != Some(id) {
                continue;
            }
            let from = row.get("from").map(toml_date).transpose()?.unwrap_or(package.from);
            let until = row.get("until").map(toml_date).transpose()?;
            let holds = from <= self.date && until.is_none_or(|until| self.date <= until);
            if holds && found.as_ref().is_none_or(|(latest, _)| *latest <= from) {
                found = Some((from, (text("class"), text("kind"))));
            }
        }
        Ok(found.map(|(_, said)| said))
    }
}
