//! Lines (费用明细): off-list, over the ceiling, first-pay (R1), and parcels (费用类).

use std::collections::BTreeMap;

use num_traits::Zero;
use toml::Value;

use crate::case::{Charge, Encounter};
use crate::facts::{Fact, Facts, Of};
use crate::table::{Amount, Fault, Reading, with_derived};
use crate::values::{Exact, fen_number, half_up, smaller, zero};

/// Charges that no table tells apart, added up.
#[derive(Clone, Debug)]
pub struct Parcel {
    /// The facts of the visit and of these charges, derived ones included.
    pub facts: Facts,
    /// The eligible amount, in fen.
    pub eligible: Exact,
}

/// The line split of a visit.
#[derive(Clone, Debug, Default)]
pub struct Split {
    /// All charges (医疗费总额).
    pub total: Exact,
    /// Off-list (全自费).
    pub off_list: Exact,
    /// Above the ceilings (超限价).
    pub over_ceiling: Exact,
    /// First-pay (先行自付).
    pub upfront: Exact,
    /// Eligible (符合政策范围).
    pub eligible: Exact,
    /// The parcels with something eligible, in their canonical order.
    pub parcels: Vec<Parcel>,
}

/// Splits the charges of a visit.
///
/// Doubts: `[lines].covered` gives true or false (a text other than "covered" is off-list too);
/// the lower of the catalogue's and the package's ceiling holds. The canonical order of parcels is
/// by the facts read, in the order of their names, each by its band.
pub fn split(
    reading: &Reading,
    encounter: &Encounter,
    raw: &Facts,
    ordinals: &BTreeMap<String, i64>,
) -> Result<Split, Fault> {
    let mut split = Split::default();
    let mut parcels: BTreeMap<Vec<i64>, Parcel> = BTreeMap::new();
    for charge in &encounter.charges {
        let facts = charge_facts(reading, charge, raw, ordinals)?;
        let reading = reading.with(&facts);
        split.total += &charge.amount;
        if !(charge.covered && is_listed(&reading)?) {
            split.off_list += &charge.amount;
            continue;
        }
        let mut within = charge.amount.clone();
        if let Some(ceiling) = &charge.ceiling {
            within = smaller(&within, ceiling);
        }
        if let Some(ceiling) = line_amount(&reading, "ceiling")? {
            within = smaller(&within, &ceiling);
        }
        split.over_ceiling += &charge.amount - &within;
        let mut upfront = half_up(&(&within * &charge.upfront_rate));
        if let Some(share) = line_amount(&reading, "upfront")? {
            upfront += half_up(&((&within - &upfront) * share));
        }
        split.upfront += &upfront;
        let eligible = within - upfront;
        if eligible.is_zero() {
            continue;
        }
        split.eligible += &eligible;
        let mut key = Vec::new();
        let mut told_apart = raw.clone();
        for (name, patterns) in &reading.package.charge_facts {
            let fact = facts.get(name).cloned().unwrap_or(Fact::Unknown);
            key.push(reading.package.declarations[name].band(&fact, patterns));
            told_apart.insert(name.clone(), fact);
        }
        match parcels.get_mut(&key) {
            Some(parcel) => parcel.eligible += eligible,
            None => {
                let facts = with_derived(&reading, &told_apart, ordinals)?;
                parcels.insert(key, Parcel { facts, eligible });
            }
        }
    }
    split.parcels = parcels.into_values().collect();
    Ok(split)
}

fn charge_facts(
    reading: &Reading,
    charge: &Charge,
    raw: &Facts,
    ordinals: &BTreeMap<String, i64>,
) -> Result<Facts, Fault> {
    let mut facts = raw.clone();
    let item = charge.item.clone().map(Fact::Choice);
    for (name, declaration) in &reading.package.declarations {
        if declaration.of != Of::Charge || declaration.derived.is_some() {
            continue;
        }
        let fact = match charge.facts.get(name) {
            Some(value) => declaration
                .from_json(value)
                .map_err(|fault| format!("{name}: {fault}"))?,
            None => match (name.as_str(), &item) {
                ("item", Some(item)) => item.clone(),
                _ => declaration.default_value()?,
            },
        };
        facts.insert(name.clone(), fact);
    }
    facts.insert(
        "charge_amount".into(),
        Fact::Number(fen_number(&charge.amount)?),
    );
    if !reading.package.declarations.contains_key("item") {
        facts.insert("item".into(), item.unwrap_or(Fact::Unknown));
    }
    Ok(with_derived(reading, &facts, ordinals)?)
}

fn is_listed(reading: &Reading) -> Result<bool, Fault> {
    let Some(table) = line_table(reading, "covered") else {
        return Ok(true);
    };
    match reading.value(table) {
        Ok(Value::Boolean(listed)) => Ok(listed),
        Ok(Value::String(text)) => Ok(text == "covered"),
        Ok(other) => Err(Fault::Broken(format!("lines.covered gives {other:?}"))),
        Err(Fault::Gap(_)) => Ok(true),
        Err(fault) => Err(fault),
    }
}

fn line_table<'a>(reading: &Reading<'a>, name: &str) -> Option<&'a toml::Table> {
    reading
        .package
        .root
        .get("lines")
        .and_then(|lines| lines.get(name))
        .and_then(Value::as_table)
}

fn line_amount(reading: &Reading, name: &str) -> Result<Option<Exact>, Fault> {
    match line_table(reading, name).map(|table| reading.amount(table)) {
        Some(Ok(Amount::Figure(figure))) => Ok(Some(figure)),
        Some(Err(Fault::Broken(words))) => Err(Fault::Broken(words)),
        Some(Ok(_) | Err(Fault::Gap(_))) | None => Ok(None),
    }
}

impl Split {
    /// The parcels' eligible amounts.
    pub fn amounts(&self) -> Vec<Exact> {
        self.parcels
            .iter()
            .map(|parcel| parcel.eligible.clone())
            .collect()
    }

    /// Nothing of every parcel.
    pub fn nothing(&self) -> Vec<Exact> {
        vec![zero(); self.parcels.len()]
    }
}
