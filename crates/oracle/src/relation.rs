//! Relations between the member and institutions (关系): which hold on a service day, and the facts
//! that follow. Reads the package's text and the case's text anew for each visit.

use jiff::civil::Date;
use jiff::{Span, Unit};
use serde_json::Value as Json;
use toml::{Table, Value};

use crate::case::Encounter;
use crate::facts::texts;
use crate::package::Package;
use crate::values::date;

/// Why the facts of a visit do not follow from the relations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubtful {
    /// The visit says one thing and a relation another; the fact.
    Contradicts(String),
    /// Nobody knows with whom the visit was.
    Nowhere,
    /// The package or the case cannot be read.
    Unreadable(String),
}

impl From<String> for Doubtful {
    fn from(words: String) -> Self {
        Self::Unreadable(words)
    }
}

/// One relation that the case states.
struct Stated<'a> {
    name: &'a str,
    institution: &'a str,
    slot: Option<&'a str>,
    from: Date,
    until: Option<Date>,
}

/// Everything that is asked when one looks whether a relation holds.
struct Look<'a> {
    rules: &'a Table,
    stated: Vec<Stated<'a>>,
    /// Earlier visits that are settled and not cancelled.
    standing: &'a [&'a Encounter],
    day: Date,
}

/// Writes into the visit the facts that relations give it and that it does not state itself.
///
/// Doubt: relations that give one fact several values. Chosen: the relation of the fact's own name,
/// then the one whose name stands first among the fact's values.
pub fn fill(package: &Package, member: &Json, standing: &[&Encounter], visit: &mut Encounter) -> Result<(), Doubtful> {
    let nothing = Table::new();
    let rules = package.root.get("relation").and_then(Value::as_table).unwrap_or(&nothing);
    let look = Look { rules, stated: read(member)?, standing, day: visit.date };
    let declared = package.root.get("fact").and_then(Value::as_table).unwrap_or(&nothing);
    let relational = |fact: &Value| fact.get("of").and_then(Value::as_str) == Some("relation");
    for (fact, declaration) in declared.iter().filter(|(_, declaration)| relational(declaration)) {
        let mut sources = vec![fact.clone()];
        if let Some(values) = declaration.get("values") {
            let is_own = |name: &String| declared.get(name).is_some_and(relational);
            sources.extend(texts(values)?.into_iter().filter(|value| !is_own(value)));
        }
        sources.retain(|source| rules.contains_key(source));
        let said = visit.encounter_facts.get(fact).cloned();
        let Some(here) = visit.institution.clone() else {
            let open = |one: &Stated| sources.iter().any(|name| name == one.name) && look.in_its_days(one);
            if said.is_none() && look.stated.iter().any(open) {
                return Err(Doubtful::Nowhere);
            }
            continue;
        };
        let flag = declaration.get("kind").and_then(Value::as_str) == Some("flag");
        let given = sources.iter().find_map(|source| {
            let with_it = |one: &&Stated| one.name == source && one.institution == here && look.holds(one);
            let one = look.stated.iter().find(with_it)?;
            Some(match (flag, source == fact) {
                (true, _) => Json::Bool(true),
                (false, true) => one.slot.into(),
                (false, false) => source.as_str().into(),
            })
        });
        match (said, given) {
            (None, Some(given)) => {
                visit.encounter_facts.insert(fact.clone(), given);
            }
            (Some(said), Some(given)) if said != given => return Err(Doubtful::Contradicts(fact.clone())),
            _ => {}
        }
    }
    Ok(())
}

fn read(member: &Json) -> Result<Vec<Stated<'_>>, String> {
    let all = member.get("relations").and_then(Json::as_array).into_iter().flatten();
    all.map(|one| {
        let text = |key: &str| one.get(key).and_then(Json::as_str);
        let needed = |key: &str| text(key).ok_or_else(|| format!("a relation without {key}"));
        Ok(Stated {
            name: needed("relation")?,
            institution: needed("institution")?,
            slot: text("slot"),
            from: date(needed("from")?)?,
            until: text("until").map(date).transpose()?,
        })
    })
    .collect()
}

impl Look<'_> {
    fn rule(&self, one: &Stated, key: &str) -> Option<&str> {
        self.rules.get(one.name)?.get(key)?.as_str()
    }

    /// Between its first day and its last, both included.
    fn in_its_days(&self, one: &Stated) -> bool {
        let begun = one.from <= self.day;
        let stopped = one.until.is_some_and(|until| self.day > until);
        let length: Option<i64> = self.rule(one, "lasts").and_then(|lasts| lasts.split(' ').next()?.parse().ok());
        let days_since = |from: Date| from.until((Unit::Day, self.day)).map_or(0, |span| i64::from(span.get_days()));
        let lapsed = length.is_some_and(|length| begun && days_since(one.from) >= length);
        begun && !stopped && !lapsed
    }

    /// Doubt: a visit on the day on which the relation begins. Chosen: it is the one that began it,
    /// so it ends nothing. Nor does a pharmacy, which treats nobody, nor a visit of a later day that
    /// happens to be settled already.
    fn ended(&self, one: &Stated) -> bool {
        if self.rule(one, "ends") != Some("visit_elsewhere") {
            return false;
        }
        let tomorrow = one.from.checked_add(Span::new().days(1)).unwrap_or(one.from);
        let treated = self.standing.iter().filter(|visit| visit.care_type != "pharmacy");
        let meanwhile = treated.filter(|visit| tomorrow <= visit.date && visit.date <= self.day);
        meanwhile.filter_map(|visit| visit.institution.as_deref()).any(|elsewhere| elsewhere != one.institution)
    }

    fn holds(&self, one: &Stated) -> bool {
        let along = match self.rule(one, "via") {
            Some(other) => self.stated.iter().any(|two| two.name == other && self.holds(two)),
            None => true,
        };
        along && self.in_its_days(one) && !self.ended(one)
    }
}
