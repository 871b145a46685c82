//! A random history for a package, as a quote case.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Map, Value as Json, json};
use toml::Value;

use super::Random;
use crate::answer::Cancellation;
use crate::facts::{Constraint, Declaration, Kind, Of};
use crate::package::Package;
use crate::values::{day_number, money};

/// A generated case with the settlements that are cancelled on the way.
#[derive(Clone, Debug)]
pub struct GeneratedCase {
    /// The quote case.
    pub case: Json,
    /// Cancellations, in order; a quote knows none, a store does.
    pub cancellations: Vec<Cancellation>,
}

/// What a package's figures suggest for its cases.
struct Hints {
    /// Amounts in fen that some table names.
    amounts: Vec<i64>,
    /// Days that some table names.
    days: Vec<Date>,
    /// Ids of the class map.
    mapped: Vec<String>,
    /// Whether something reads the item id.
    items: bool,
}

/// Writes a case for a package from a seed.
pub fn case(package: &Package, seed: u64) -> GeneratedCase {
    let mut random = Random::new(seed ^ 0x6361_7365_0000_0000);
    let hints = hints(package);
    let count = match random.below(10) {
        0..=2 => 1,
        3..=7 => 2 + random.below(6),
        _ => 6 + random.below(10),
    };
    let mut member = json!({
        "status": pick_value(&mut random, package, "status"),
        "facts": facts(&mut random, package, &hints, |of| of == Of::Member, 70),
    });
    if random.chance(80) {
        member["enrolment"] = pick_value(&mut random, package, "enrolment").into();
    }
    if random.chance(85) {
        let year = random.between(1930, 2004);
        let (month, day) = (random.between(1, 12), random.between(1, 28));
        member["birth_date"] = format!("{year}-{month:02}-{day:02}").into();
    }
    if random.chance(60) {
        let balance = random.between(0, 300_000);
        member["account_balance"] = fen(balance).into();
        if random.chance(40) {
            member["account_prior_years"] = fen(random.between(0, balance)).into();
        }
    }
    if random.chance(12) {
        member["used"] = json!({
            "deductible_borne": fen(random.between(0, 40_000)),
            "fund_paid": fen(random.between(0, 300_000)),
        });
    }

    let mut day = package.from.checked_add(random.between(-20, 500).days()).unwrap_or(package.from);
    let mut encounters = Vec::new();
    for place in 0..count {
        let step = match random.below(10) {
            0..=1 => 0,
            2..=4 => random.between(0, 3),
            5..=7 => random.between(1, 40),
            _ => random.between(20, 250),
        };
        day = day.checked_add(step.days()).unwrap_or(day);
        // Some come late, some fall on a day that the package names or beside it.
        let mut date = day;
        if random.chance(15) {
            date = day.checked_sub(random.between(1, 400).days()).unwrap_or(day);
        } else if random.chance(12) && !hints.days.is_empty() {
            date = random.pick(&hints.days).checked_add(random.between(-1, 1).days()).unwrap_or(day);
        }
        if date < package.from && !random.chance(10) {
            date = package.from;
        }
        encounters.push(encounter(&mut random, package, &hints, place, date));
    }
    let relations = super::relation::relations(&mut random, package, &encounters);
    if !relations.is_empty() {
        member["relations"] = relations.into();
    }
    let mut cancellations: Vec<Cancellation> = Vec::new();
    for before in 1..=count {
        if random.chance(12) {
            let encounter = random.below(before);
            if !cancellations.iter().any(|one| one.encounter == encounter) {
                cancellations.push(Cancellation { before, encounter });
            }
        }
    }
    GeneratedCase {
        case: json!({
            "id": format!("g{seed}"),
            "pooling_area": package.area,
            "member": member,
            "encounters": encounters,
        }),
        cancellations,
    }
}

fn encounter(random: &mut Random, package: &Package, hints: &Hints, place: usize, date: Date) -> Json {
    let care_type = if random.chance(60) {
        "ordinary_outpatient".to_string()
    } else if random.chance(30) {
        "pharmacy".to_string()
    } else {
        pick_value(random, package, "care_type")
    };
    let pharmacy = care_type == "pharmacy";
    let mut institution = Map::new();
    let mapped = !hints.mapped.is_empty() && random.chance(30);
    if mapped {
        institution.insert("id".into(), random.pick(&hints.mapped).clone().into());
    } else {
        // Relations ask for whom a visit was with.
        let named = if package.root.contains_key("relation") { 98 } else { 70 };
        if random.chance(named) {
            institution.insert("id".into(), (*random.pick(&["A", "B", "C"])).into());
        }
        if !pharmacy || random.chance(50) {
            institution.insert("class".into(), pick_value(random, package, "class").into());
        }
        if random.chance(40) {
            institution.insert("kind".into(), pick_value(random, package, "kind").into());
        }
    }
    let own = facts(random, package, hints, |of| of == Of::Institution, 60);
    if own.as_object().is_some_and(|facts| !facts.is_empty()) {
        institution.insert("facts".into(), own);
    }
    let charges = charges(random, package, hints);
    let mut encounter = json!({
        "id": format!("e{}", place + 1),
        "date": date.to_string(),
        "care_type": care_type,
        "institution": institution,
        "charges": charges,
    });
    if random.chance(50) {
        let time = random.pick(&["00:00:00", "08:00:00", "08:00:01", "13:30:00", "23:59:59"]);
        encounter["time"] = (*time).into();
    }
    if random.chance(35) {
        encounter["place"] = pick_value(random, package, "place").into();
    }
    if pharmacy && random.chance(65) {
        encounter["prescriber"] = json!({ "class": pick_value(random, package, "class") });
        if random.chance(30) {
            encounter["prescriber"]["kind"] = pick_value(random, package, "kind").into();
        }
    }
    let mut visit_facts = facts(random, package, hints, |of| of == Of::Encounter, 70);
    // What relations give is stated seldom: mostly it would contradict them.
    let related = if package.root.contains_key("relation") { 4 } else { 70 };
    if let (Json::Object(all), Json::Object(more)) =
        (&mut visit_facts, facts(random, package, hints, |of| of == Of::Unsaid, related))
    {
        all.extend(more);
    }
    if visit_facts.as_object().is_some_and(|facts| !facts.is_empty()) {
        encounter["facts"] = visit_facts;
    }
    if random.chance(15) {
        let mut change = Map::new();
        if random.chance(70) {
            change.insert("status".into(), pick_value(random, package, "status").into());
        }
        if random.chance(30) {
            change.insert("enrolment".into(), pick_value(random, package, "enrolment").into());
        }
        let mine = facts(random, package, hints, |of| of == Of::Member, 30);
        if mine.as_object().is_some_and(|facts| !facts.is_empty()) {
            change.insert("facts".into(), mine);
        }
        if !change.is_empty() {
            encounter["member"] = change.into();
        }
    }
    priors(random, package, &care_type, &mut encounter);
    encounter
}

/// Payments of benefits decided elsewhere: needed for their own kinds of care, possible for all.
fn priors(random: &mut Random, package: &Package, care_type: &str, encounter: &mut Json) {
    let decided: Vec<&String> = package.chain.iter().filter(|benefit| package.is_decided_elsewhere(benefit)).collect();
    if decided.is_empty() {
        return;
    }
    let own = decided.iter().copied().find(|benefit| package.declarations["care_type"].is_under(care_type, benefit));
    let mut named: Vec<&String> = Vec::new();
    if let Some(own) = own
        && !random.chance(1)
    {
        named.push(own);
    }
    if random.chance(if own.is_some() { 10 } else { 12 }) {
        let other = *random.pick(&decided);
        if !named.contains(&other) {
            named.push(other);
        }
    }
    // Well below what stays eligible of covered charges, so that it seldom exceeds it.
    let mut room: i64 = 0;
    for charge in encounter["charges"].as_array().into_iter().flatten() {
        if charge.get("covered") == Some(&Json::Bool(false)) {
            continue;
        }
        let amount =
            |key: &str| -> Option<i64> { money(charge.get(key)?.as_str()?).ok()?.to_integer().try_into().ok() };
        let within = amount("amount").unwrap_or(0).min(amount("ceiling").unwrap_or(i64::MAX));
        room += within / 2;
    }
    let mut all = Vec::new();
    for benefit in named {
        let paid = if random.chance(15) { 0 } else { random.between(0, room / 2) };
        room -= paid;
        let mut prior = json!({ "benefit": benefit, "fund_paid": fen(paid) });
        if random.chance(30) {
            let fund = random.pick(&["310100", "330100", "310300", "320100"]);
            prior["fund"] = (*fund).into();
        }
        all.push(prior);
    }
    if !all.is_empty() {
        encounter["prior_benefits"] = all.into();
    }
}

fn charges(random: &mut Random, package: &Package, hints: &Hints) -> Vec<Json> {
    let count = match random.below(20) {
        0..=9 => 1,
        10..=18 => 2 + random.below(4),
        _ => 8 + random.below(8),
    };
    // Equal amounts make remainders tie.
    let same = random.chance(15).then(|| amount(random, hints));
    (0..count)
        .map(|_| {
            let amount = same.unwrap_or_else(|| amount(random, hints));
            let mut charge = json!({ "amount": fen(amount) });
            if random.chance(8) {
                charge["covered"] = false.into();
            }
            if random.chance(10) {
                let ceiling = random.between(1, amount + amount / 4 + 1);
                charge["ceiling"] = fen(ceiling).into();
            }
            if random.chance(15) {
                let share = random.pick(&["10%", "12.5%", "33.3333%", "0%", "100%", "5.55%"]);
                charge["upfront_rate"] = (*share).into();
            }
            if hints.items && random.chance(50) {
                charge["item"] = (*random.pick(&["i1", "i2", "i3"])).into();
            }
            let own = facts(random, package, hints, |of| of == Of::Charge, 75);
            if own.as_object().is_some_and(|facts| !facts.is_empty()) {
                charge["facts"] = own;
            }
            charge
        })
        .collect()
}

/// From a fen to beyond all limits, often exactly at or beside a figure of the package.
fn amount(random: &mut Random, hints: &Hints) -> i64 {
    let amount = match random.below(20) {
        0 => random.between(1, 5),
        1..=2 => random.between(1, 2_000),
        3..=8 => random.between(500, 30_000),
        9..=10 => random.between(10_000, 300_000),
        11 => random.between(300_000, 30_000_000),
        12..=14 => random.between(1, 300) * 100,
        _ if hints.amounts.is_empty() => random.between(1, 100_000),
        _ => {
            let named = *random.pick(&hints.amounts);
            let more = if random.chance(30) { *random.pick(&hints.amounts) } else { 0 };
            let rate = if random.chance(30) { *random.pick(&[2, 3, 4]) } else { 1 };
            named * rate + more + random.between(-1, 1)
        }
    };
    amount.clamp(1, 9_999_999_999)
}

fn fen(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

fn pick_value(random: &mut Random, package: &Package, fact: &str) -> String {
    random.pick(&package.declarations[fact].values).clone()
}

/// Facts of a kind that the package declares and derives from nothing, some of them left out.
fn facts(random: &mut Random, package: &Package, hints: &Hints, of: impl Fn(Of) -> bool, chance: usize) -> Json {
    let mut given = Map::new();
    let Some(own) = package.root.get("fact").and_then(Value::as_table) else {
        return Json::Object(given);
    };
    for name in own.keys() {
        let declaration = &package.declarations[name];
        let elsewhere = crate::facts::shared().contains_key(name);
        if elsewhere || declaration.derived.is_some() || !of(declaration.of) {
            continue;
        }
        if random.chance(chance) {
            given.insert(name.clone(), value(random, package, hints, name, declaration));
        }
    }
    Json::Object(given)
}

fn value(random: &mut Random, package: &Package, hints: &Hints, name: &str, declaration: &Declaration) -> Json {
    match declaration.kind {
        Kind::Choice => random.pick(&declaration.values).clone().into(),
        Kind::Flag => random.chance(50).into(),
        Kind::Whole => {
            let low = declaration.min.unwrap_or(0);
            let high = declaration.max.unwrap_or(low + 40);
            let cuts = constants_of(package, name);
            if !cuts.is_empty() && random.chance(50) {
                let beside = *random.pick(&cuts) + random.between(-1, 1);
                beside.clamp(low, high).into()
            } else {
                random.between(low, high).into()
            }
        }
        Kind::Money => {
            let cuts = constants_of(package, name);
            let amount = if !cuts.is_empty() && random.chance(50) {
                *random.pick(&cuts) + random.between(-1, 1)
            } else {
                amount(random, hints)
            };
            fen(amount.max(0)).into()
        }
        Kind::Date => {
            let cuts = constants_of(package, name);
            let epoch = Date::constant(1970, 1, 1);
            let number = if !cuts.is_empty() && random.chance(60) {
                *random.pick(&cuts) + random.between(-1, 1)
            } else {
                random.between(day_number(Date::constant(1990, 1, 1)), day_number(Date::constant(2025, 1, 1)))
            };
            epoch.checked_add(number.days()).unwrap_or(epoch).to_string().into()
        }
        Kind::Set => {
            let count = random.below(declaration.values.len() + 1);
            if count == 0 { json!([]) } else { json!(random.some(&declaration.values, count)) }
        }
    }
}

/// The constants that the package's patterns compare a fact with.
fn constants_of(package: &Package, fact: &str) -> Vec<i64> {
    fn walk(value: &Value, fact: &str, declaration: &Declaration, found: &mut BTreeSet<i64>) {
        match value {
            Value::Array(members) => members.iter().for_each(|member| walk(member, fact, declaration, found)),
            Value::Table(table) => {
                for (key, part) in table {
                    if key == fact
                        && let Ok(constraint @ Constraint::Ranges(_)) = declaration.constraint(part)
                    {
                        found.extend(constraint.cuts().into_iter().filter(|cut| cut.abs() < 1 << 50));
                    }
                    walk(part, fact, declaration, found);
                }
            }
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    let declaration = &package.declarations[fact];
    for (_, value) in &package.root {
        walk(value, fact, declaration, &mut found);
    }
    found.into_iter().collect()
}

fn hints(package: &Package) -> Hints {
    fn walk(value: &Value, amounts: &mut BTreeSet<i64>, days: &mut BTreeSet<Date>) {
        match value {
            Value::Array(members) => members.iter().for_each(|member| walk(member, amounts, days)),
            Value::Table(table) => table.iter().for_each(|(_, part)| walk(part, amounts, days)),
            Value::String(text) => {
                if text.contains('.')
                    && let Ok(amount) = money(text)
                    && let Ok(fen) = i64::try_from(amount.to_integer())
                    && fen > 0
                {
                    amounts.insert(fen);
                }
            }
            Value::Datetime(day) => days.extend(day.to_string().parse::<Date>().ok()),
            _ => {}
        }
    }
    let mut amounts = BTreeSet::new();
    let mut days = BTreeSet::new();
    for subject in ["benefit", "lines", "period", "institution"] {
        if let Some(value) = package.root.get(subject) {
            walk(value, &mut amounts, &mut days);
        }
    }
    if let Ok(start) = package.year_start(package.from.checked_add(500.days()).unwrap_or(package.from)) {
        days.insert(start);
    }
    Hints {
        amounts: amounts.into_iter().collect(),
        days: days.into_iter().collect(),
        mapped: package
            .root
            .get("institution")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|row| row.get("id")?.as_str().map(String::from))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect(),
        items: package.charge_facts.contains_key("item") && !package.declarations.contains_key("item"),
    }
}
