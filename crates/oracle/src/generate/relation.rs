//! Relations of random packages, and random relations of a member around the days and institutions
//! of a case's visits.

use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Value as Json, json};
use toml::Value;

use super::Random;
use crate::facts::texts;
use crate::package::Package;

/// The institutions that slots are held at: each slot has its own, so that none is held twice.
const SLOTS: [[&str; 2]; 2] = [["A", "H1"], ["B", "H9"]];

/// A selected and a linked relation, as a package writes them.
pub(super) const SELECTED: &str = "relation.selected = { slots = [\"first\", \"second\"], cite = \"d:1\" }
relation.linked = { via = \"selected\", cite = \"d:1\" }";

/// The fact of a contract, mostly with a relation that lapses, is ended by a visit elsewhere, or both.
pub(super) fn contract(random: &mut Random) -> String {
    let of = if random.chance(70) { "relation" } else { "encounter" };
    let fact = format!("fact.contract = {{ of = {of:?}, kind = \"flag\", default = false, cite = \"d:1\" }}");
    if of == "encounter" {
        return fact;
    }
    let lasts = *random.pick(&["", "lasts = \"14 days\", ", "lasts = \"30 days\", "]);
    let ends = *random.pick(&["", "ends = \"visit_elsewhere\", ", "ends = \"visit_elsewhere\", "]);
    format!("{fact}\nrelation.contract = {{ {lasts}{ends}cite = \"d:1\" }}")
}

/// Relations of the kinds that a package has; none if it has none.
pub(super) fn relations(random: &mut Random, package: &Package, encounters: &[Json]) -> Vec<Json> {
    let mut all = Vec::new();
    let text = |encounter: &Json, key: &str| encounter.get(key).and_then(Json::as_str).map(String::from);
    let days: Vec<Date> = encounters.iter().filter_map(|one| text(one, "date")?.parse().ok()).collect();
    let places: Vec<String> = encounters.iter().filter_map(|one| text(one.get("institution")?, "id")).collect();
    for (name, rule) in package.root.get("relation").and_then(Value::as_table).into_iter().flatten() {
        let slots = rule.get("slots").and_then(|slots| texts(slots).ok()).unwrap_or_default();
        for (slot, places) in slots.iter().zip(SLOTS) {
            if random.chance(75) {
                held_in_turn(random, (name, slot), places, &days, &mut all);
            }
        }
        let free = if slots.is_empty() { 1 + random.below(3) } else { 0 };
        for _ in 0..free {
            let place = if places.is_empty() || random.chance(20) { "C" } else { random.pick(&places) };
            let from = near(random, &days, -45, 1);
            let mut one = json!({ "relation": name, "institution": place, "from": from.to_string() });
            if random.chance(30) {
                one["until"] = near(random, &days, 0, 60).max(from).to_string().into();
            }
            all.push(one);
        }
    }
    all
}

/// One institution in a slot, or one after the other.
fn held_in_turn(
    random: &mut Random,
    (name, slot): (&str, &str),
    places: [&str; 2],
    days: &[Date],
    all: &mut Vec<Json>,
) {
    let from = near(random, days, -200, 1);
    let mut one =
        json!({ "relation": name, "slot": slot, "institution": random.pick(&places), "from": from.to_string() });
    if random.chance(60) {
        let until = later(from, random.between(0, 250));
        one["until"] = until.to_string().into();
        if random.chance(60) {
            let next = later(until, random.between(1, 20));
            let place = random.pick(&places);
            all.push(json!({ "relation": name, "slot": slot, "institution": place, "from": next.to_string() }));
        }
    }
    all.push(one);
}

/// A day some days from that of a visit.
fn near(random: &mut Random, days: &[Date], from: i64, to: i64) -> Date {
    let day = if days.is_empty() { Date::constant(2023, 1, 1) } else { *random.pick(days) };
    // Often so that a visit falls on the first or last day, or just beside it.
    if random.chance(60) {
        return later(day, -*random.pick(&[0, 0, 1, 13, 14, 29, 30]));
    }
    later(day, random.between(from, to))
}

fn later(day: Date, days: i64) -> Date {
    day.checked_add(days.days()).unwrap_or(day)
}
