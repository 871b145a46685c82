//! A policy package (政策包) as the TOML text says it: merged files, declared facts, chain, year.
//!
//! Nothing is compiled: the tables stay TOML and are read anew at every decision.

use std::collections::BTreeMap;

use jiff::civil::Date;
use toml::{Table, Value};

use crate::facts::{Constraint, Declaration, Declarations, Kind, Of, region, shared, texts};
use crate::values::{date, day_number};

/// A package as read.
#[derive(Clone, Debug)]
pub struct Package {
    /// The merged text, overlays pushed in as `overlay` layers of their tables.
    pub root: Table,
    /// The division code of the pooling area (统筹区).
    pub area: String,
    /// `in_force`, `draft` or `example`.
    pub status: String,
    /// The area whose package this one lies over, if it is an overlay.
    pub extends: Option<String>,
    /// The first day.
    pub from: Date,
    /// The last day, inclusive.
    pub until: Option<Date>,
    /// All facts, shared and own.
    pub declarations: Declarations,
    /// The benefits in order.
    pub chain: Vec<String>,
    /// The charge facts that some table reads, with everything that patterns ask of them.
    pub charge_facts: BTreeMap<String, Vec<Constraint>>,
}

impl Package {
    /// Reads a package from its files: name and TOML text each.
    pub fn from_toml(files: &[(&str, &str)]) -> Result<Self, String> {
        let mut root = Table::new();
        for (name, text) in files {
            let table: Table = text.parse().map_err(|fault| format!("{name}: {fault}"))?;
            merge(&mut root, table).map_err(|key| format!("{name}: {key} is written twice"))?;
        }
        Self::from_root(root)
    }

    /// This package with an overlay (叠加包) over it: the overlay's rows beat this one's.
    ///
    /// Doubts: an overlay's deductible or limit lies over the one that says the same (`on`,
    /// `per`, `carry`, `by`, `counts`, `for`, `lines`), else it is a further one; its adjustments
    /// are added, anything that is no table of rows replaces.
    pub fn overlaid(&self, overlay: &Self) -> Result<Self, String> {
        let mut over = overlay.root.clone();
        over.remove("package");
        let documents = over.remove("document");
        let mut dated = Value::Table(over);
        push_dates(&mut dated, overlay, documents.as_ref());
        let mut root = self.root.clone();
        if let Value::Table(over) = dated {
            stack(&mut root, over);
        }
        let mut both = Self::from_root(root)?;
        both.status.clone_from(&overlay.status);
        Ok(both)
    }

    fn from_root(root: Table) -> Result<Self, String> {
        let head = root
            .get("package")
            .and_then(Value::as_table)
            .ok_or("no [package]")?;
        let text = |key: &str| head.get(key).and_then(Value::as_str).map(String::from);
        let from = head
            .get("from")
            .ok_or("no package.from")
            .map_err(String::from)
            .and_then(toml_date)?;
        let until = head.get("until").map(toml_date).transpose()?;
        let area = text("area").ok_or("no package.area")?;
        let status = text("status").unwrap_or_else(|| "in_force".into());
        let extends = text("extends");
        // An overlay alone may speak of facts that only the package below it declares.
        let declarations = if extends.is_some() {
            shared()
        } else {
            declare(&root)?
        };
        let chain = match root.get("chain") {
            Some(chain) => texts(chain)?,
            None if extends.is_some() => Vec::new(),
            None => chain_by_takes(&root)?,
        };
        let mut package = Self {
            area,
            status,
            extends,
            from,
            until,
            declarations,
            chain,
            charge_facts: BTreeMap::new(),
            root,
        };
        if package.extends.is_none() {
            package.charge_facts = package.read_charge_facts()?;
        }
        Ok(package)
    }

    /// Whether the package is in force on a day.
    pub fn holds_on(&self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }

    /// The benefit's table.
    pub fn benefit(&self, name: &str) -> Option<&Table> {
        self.root.get("benefit")?.as_table()?.get(name)?.as_table()
    }

    /// The facts that number visits, with their `ordinal`.
    pub fn ordinals(&self) -> impl Iterator<Item = (&String, &Table)> {
        self.declarations.iter().filter_map(|(name, declaration)| {
            let ordinal = declaration.derived.as_ref()?.get("ordinal")?.as_table()?;
            Some((name, ordinal))
        })
    }

    /// Whether a benefit pays from the person's account.
    pub fn is_account(&self, benefit: &str) -> bool {
        self.benefit(benefit)
            .and_then(|table| table.get("fund"))
            .and_then(Value::as_str)
            .is_some_and(|fund| fund.starts_with("account."))
    }

    /// Whether a benefit's figures come with the case.
    pub fn is_decided_elsewhere(&self, benefit: &str) -> bool {
        self.root
            .get("decided_elsewhere")
            .and_then(Value::as_table)
            .is_some_and(|table| table.contains_key(benefit))
    }

    /// Whether a name stands for a fact of charges (`item` may stand for the charge's item id).
    pub fn is_charge_fact(&self, name: &str) -> bool {
        match self.declarations.get(name) {
            Some(declaration) => declaration.of == Of::Charge,
            None => name == "item",
        }
    }

    /// When what a row of a document says was published: the document's `known` or `published`.
    pub fn document_day(&self, cite: &str) -> Result<Option<Date>, String> {
        let key = cite.split(':').next().unwrap_or(cite);
        let Some(document) = self
            .root
            .get("document")
            .and_then(|documents| documents.get(key))
        else {
            return Ok(None);
        };
        document
            .get("known")
            .or_else(|| document.get("published"))
            .map(toml_date)
            .transpose()
    }

    /// The first day of the benefit year (待遇年度) that a day lies in.
    ///
    /// The year begins on each day whose month and day the `starts` in force on that day names,
    /// and on each `restart` day.
    pub fn year_start(&self, day: Date) -> Result<Date, String> {
        let year = self
            .root
            .get("period")
            .and_then(|period| period.get("year"));
        let starts = year.and_then(|year| year.get("starts"));
        let mut restarts = Vec::new();
        if let Some(Value::Array(rows)) = year.and_then(|year| year.get("restart")) {
            for row in rows {
                restarts.push(toml_date(row.get("on").ok_or("a restart without a day")?)?);
            }
        }
        let mut candidate = day;
        for _ in 0..3 * 366 {
            let (month, day_of_month) = self.start_named_on(starts, candidate)?;
            if (candidate.month(), candidate.day()) == (month, day_of_month)
                || restarts.contains(&candidate)
            {
                return Ok(candidate);
            }
            candidate = candidate
                .yesterday()
                .map_err(|fault| format!("no year begins: {fault}"))?;
        }
        Err("no year begins".into())
    }

    fn start_named_on(&self, starts: Option<&Value>, day: Date) -> Result<(i8, i8), String> {
        let Some(starts) = starts else {
            return Ok((1, 1));
        };
        let rows = match starts {
            Value::String(text) => return month_and_day(text),
            Value::Array(rows) => rows,
            Value::Table(table) => table
                .get("rows")
                .and_then(Value::as_array)
                .ok_or("period.year.starts has no rows")?,
            other => return Err(format!("period.year.starts = {other:?}")),
        };
        let mut latest: Option<(Date, &Value)> = None;
        for row in rows {
            let from = row
                .get("from")
                .map(toml_date)
                .transpose()?
                .unwrap_or(Date::MIN);
            let is = row.get("is").ok_or("a start without a day")?;
            if from <= day && latest.is_none_or(|(known, _)| known <= from) {
                latest = Some((from, is));
            }
        }
        let (_, is) = latest.ok_or_else(|| format!("no year start is in force on {day}"))?;
        month_and_day(is.as_str().ok_or("a start is no text")?)
    }

    /// Walks all tables that decide money and collects what they read of charges.
    ///
    /// "Charges equal in every fact that any table reads form one parcel": any table of benefits,
    /// facts and lines, of any date; values that no pattern of the package tells apart are equal,
    /// like numbers between the same constants.
    fn read_charge_facts(&self) -> Result<BTreeMap<String, Vec<Constraint>>, String> {
        let mut read = BTreeMap::new();
        for subject in ["benefit", "fact", "lines"] {
            if let Some(value) = self.root.get(subject) {
                self.walk_patterns(value, &mut read)?;
            }
        }
        let mut asked = BTreeMap::new();
        for (_, value) in &self.root {
            self.walk_patterns(value, &mut asked)?;
        }
        asked.retain(|name, _| read.contains_key(name));
        Ok(asked)
    }

    fn walk_patterns(
        &self,
        value: &Value,
        found: &mut BTreeMap<String, Vec<Constraint>>,
    ) -> Result<(), String> {
        match value {
            Value::Array(members) => {
                for member in members {
                    self.walk_patterns(member, found)?;
                }
            }
            Value::Table(table) => {
                for (key, part) in table {
                    match (key.as_str(), part) {
                        ("when" | "for" | "claims" | "lines", Value::Table(pattern)) => {
                            for (name, part) in pattern {
                                self.note_read(name, part, found)?;
                            }
                        }
                        ("across", Value::Table(columns)) => {
                            for (name, columns) in columns {
                                for column in columns.as_array().into_iter().flatten() {
                                    self.note_read(name, column, found)?;
                                }
                            }
                        }
                        (_, part) => self.walk_patterns(part, found)?,
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn note_read(
        &self,
        name: &str,
        pattern: &Value,
        found: &mut BTreeMap<String, Vec<Constraint>>,
    ) -> Result<(), String> {
        if self.is_charge_fact(name) {
            let one: Table = [(name.to_string(), pattern.clone())].into_iter().collect();
            let constraints = region(&self.declarations, &one)?;
            found
                .entry(name.to_string())
                .or_default()
                .extend(constraints.into_values());
        }
        Ok(())
    }
}

/// A TOML date.
pub fn toml_date(value: &Value) -> Result<Date, String> {
    match value {
        Value::Datetime(day) => date(&day.to_string()),
        Value::String(text) => date(text),
        other => Err(format!("not a date: {other:?}")),
    }
}

fn month_and_day(text: &str) -> Result<(i8, i8), String> {
    let day = date(&format!("2024-{text}"))?;
    Ok((day.month(), day.day()))
}

/// The days of a span such as `"24 hours"` or `"14 days"`, in seconds.
pub fn lasting_seconds(text: &str) -> Result<i64, String> {
    let fault = || format!("not a span: {text:?}");
    let (number, unit) = text.split_once(' ').ok_or_else(fault)?;
    let number: i64 = number.parse().map_err(|_| fault())?;
    let unit = match unit.trim_end_matches('s') {
        "second" => 1,
        "minute" => 60,
        "hour" => 3_600,
        "day" => 86_400,
        _ => return Err(fault()),
    };
    Ok(number * unit)
}

/// Months begun from one day to another, both counted.
pub fn months_begun(from: Date, to: Date) -> i64 {
    let number = |day: Date| i64::from(day.year()) * 12 + i64::from(day.month());
    number(to) - number(from) + 1
}

/// Full years between birth and a day.
pub fn age_on(birth: Date, day: Date) -> i64 {
    let years = i64::from(day.year()) - i64::from(birth.year());
    if (day.month(), day.day()) < (birth.month(), birth.day()) {
        years - 1
    } else {
        years
    }
}

/// The number of a date and a time of day, in seconds.
pub fn instant(day: Date, seconds: i64) -> i64 {
    day_number(day) * 86_400 + seconds
}

fn merge(into: &mut Table, from: Table) -> Result<(), String> {
    for (key, value) in from {
        match (into.get_mut(&key), value) {
            (Some(Value::Table(known)), Value::Table(more)) => {
                merge(known, more).map_err(|inner| format!("{key}.{inner}"))?;
            }
            (Some(Value::Array(known)), Value::Array(more))
                if matches!(key.as_str(), "institution" | "bound" | "impossible") =>
            {
                known.extend(more);
            }
            (Some(_), _) => return Err(key),
            (None, value) => {
                into.insert(key, value);
            }
        }
    }
    Ok(())
}

fn declare(root: &Table) -> Result<Declarations, String> {
    let mut declarations = shared();
    if let Some(Value::Table(facts)) = root.get("fact") {
        for (name, fact) in facts {
            let table = fact
                .as_table()
                .ok_or_else(|| format!("fact.{name} is no table"))?;
            let declaration = Declaration::read(name, table, declarations.get(name))?;
            declarations.insert(name.clone(), declaration);
        }
    }
    for (issuer, own) in [("issuer_class", "class"), ("issuer_kind", "kind")] {
        let values = declarations[own].values.clone();
        let under = declarations[own].under.clone();
        if let Some(declaration) = declarations.get_mut(issuer) {
            declaration.values = values;
            declaration.under = under;
        }
    }
    let mut segments = Declaration::choice(Of::Encounter, &[]);
    if let Some(Value::Table(benefits)) = root.get("benefit") {
        for benefit in benefits.values() {
            if let Some(names) = benefit.get("segments").and_then(|table| table.get("names")) {
                for name in texts(names)? {
                    if !segments.values.contains(&name) {
                        segments.values.push(name);
                    }
                }
            }
            declare_each(benefit, &mut declarations)?;
        }
    }
    declarations.insert("segment".into(), segments);
    Ok(declarations)
}

/// `each = "set", as = "one"` declares the fact that stands for one member of the set.
fn declare_each(value: &Value, declarations: &mut Declarations) -> Result<(), String> {
    match value {
        Value::Array(members) => members
            .iter()
            .try_for_each(|member| declare_each(member, declarations)),
        Value::Table(table) => {
            if let (Some(set), Some(one)) = (
                table.get("each").and_then(Value::as_str),
                table.get("as").and_then(Value::as_str),
            ) {
                let mut declaration = declarations
                    .get(set)
                    .ok_or_else(|| format!("each over the undeclared {set}"))?
                    .clone();
                declaration.kind = Kind::Choice;
                declaration.of = Of::Encounter;
                declaration.default = None;
                declarations.insert(one.into(), declaration);
            }
            table
                .values()
                .try_for_each(|part| declare_each(part, declarations))
        }
        _ => Ok(()),
    }
}

/// Doubt: a package without `chain`. Chosen: the benefits by name, each after those it takes from.
fn chain_by_takes(root: &Table) -> Result<Vec<String>, String> {
    let Some(Value::Table(benefits)) = root.get("benefit") else {
        return Ok(Vec::new());
    };
    let mut names: Vec<&String> = benefits.keys().collect();
    names.sort();
    let mut chain: Vec<String> = Vec::new();
    while chain.len() < names.len() {
        let mut next = None;
        for name in &names {
            if chain.contains(name) {
                continue;
            }
            let takes = benefits[*name]
                .get("takes")
                .map(texts)
                .transpose()?
                .unwrap_or_default();
            let ready = takes.iter().all(|take| match take.split_once('.') {
                Some((source, _)) => {
                    chain.iter().any(|done| done == source) || !benefits.contains_key(source)
                }
                None => true,
            });
            if ready {
                next = Some((*name).clone());
                break;
            }
        }
        chain.push(next.ok_or("takes goes in a circle")?);
    }
    Ok(chain)
}

/// Writes into every row of an overlay the day from which it holds and is known, so that it keeps
/// them when it lies over another package.
fn push_dates(value: &mut Value, overlay: &Package, documents: Option<&Value>) {
    match value {
        Value::Array(members) => members
            .iter_mut()
            .for_each(|member| push_dates(member, overlay, documents)),
        Value::Table(table) => {
            let from = table.get("from").cloned();
            let known = known_of(table, documents);
            for key in ["rows", "except", "adjust"] {
                for row in table
                    .get_mut(key)
                    .and_then(Value::as_array_mut)
                    .into_iter()
                    .flatten()
                {
                    let Value::Table(row) = row else { continue };
                    let start = from
                        .clone()
                        .unwrap_or_else(|| Value::String(overlay.from.to_string()));
                    row.entry("from").or_insert(start);
                    if let Some(known) = known_of(row, documents).or_else(|| known.clone()) {
                        row.insert("known".into(), known);
                    }
                }
            }
            table
                .iter_mut()
                .for_each(|(_, part)| push_dates(part, overlay, documents));
        }
        _ => {}
    }
}

fn known_of(table: &Table, documents: Option<&Value>) -> Option<Value> {
    table
        .get("known")
        .or_else(|| table.get("published"))
        .cloned()
        .or_else(|| {
            let cite = texts(table.get("cite")?).ok()?.into_iter().next()?;
            let document = documents?.get(cite.split(':').next()?)?;
            document
                .get("known")
                .or_else(|| document.get("published"))
                .cloned()
        })
}

fn is_row_table(table: &Table) -> bool {
    table.contains_key("rows") || table.contains_key("except")
}

fn stack(base: &mut Table, over: Table) {
    if is_row_table(base) && (is_row_table(&over) || over.contains_key("adjust")) {
        let mut layer = over;
        if let Some(Value::Array(more)) = layer.remove("adjust") {
            let adjust = base
                .entry("adjust")
                .or_insert_with(|| Value::Array(Vec::new()));
            if let Value::Array(adjust) = adjust {
                adjust.extend(more);
            }
        }
        for key in ["at_least", "at_most", "round"] {
            if let Some(value) = layer.remove(key) {
                base.insert(key.into(), value);
            }
        }
        let layers = base
            .entry("overlay")
            .or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(layers) = layers {
            layers.push(Value::Table(layer));
        }
        return;
    }
    for (key, value) in over {
        match (base.get_mut(&key), value) {
            (Some(Value::Table(known)), Value::Table(more)) => stack(known, more),
            (Some(Value::Array(known)), Value::Array(more))
                if matches!(key.as_str(), "deductible" | "limit") =>
            {
                for table in more {
                    let twin = known.iter_mut().find(|one| says_the_same(one, &table));
                    match (twin, table) {
                        (Some(Value::Table(twin)), Value::Table(table)) => stack(twin, table),
                        (_, table) => known.push(table),
                    }
                }
            }
            (Some(Value::Array(known)), Value::Array(more)) if key == "institution" => {
                known.extend(more);
            }
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}

fn says_the_same(one: &Value, other: &Value) -> bool {
    ["on", "per", "carry", "by", "counts", "for", "lines"]
        .iter()
        .all(|key| one.get(*key) == other.get(*key))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(body: &str) -> Package {
        let text = format!("package = {{ area = '900001', from = 2022-01-01 }}\n{body}");
        Package::from_toml(&[("package.toml", &text)]).unwrap()
    }

    fn start(package: &Package, day: &str) -> String {
        package.year_start(date(day).unwrap()).unwrap().to_string()
    }

    #[test]
    fn a_year_begins_where_the_package_says() {
        let plain = package("");
        assert_eq!(start(&plain, "2024-12-31"), "2024-01-01");
        let april = package("period.year.starts = '04-01'");
        assert_eq!(start(&april, "2024-03-31"), "2023-04-01");
        assert_eq!(start(&april, "2024-04-01"), "2024-04-01");
        let moved =
            package("period.year.starts = [{ is = '01-01' }, { is = '07-01', from = 2023-07-01 }]");
        assert_eq!(start(&moved, "2023-06-30"), "2023-01-01");
        assert_eq!(start(&moved, "2024-02-01"), "2023-07-01");
        let anew = package("period.year.restart = [{ on = 2023-09-15, cite = 'a:1' }]");
        assert_eq!(start(&anew, "2023-12-31"), "2023-09-15");
        assert_eq!(start(&anew, "2024-01-01"), "2024-01-01");
    }

    #[test]
    fn without_a_chain_a_benefit_follows_what_it_takes_from() {
        let package = package(
            "benefit.a = { takes = ['z.left'], fund = '310300' }\nbenefit.z = { fund = '310100' }",
        );
        assert_eq!(package.chain, ["z", "a"]);
    }

    #[test]
    fn files_may_not_write_one_key_twice() {
        let head = "package = { area = '900001', from = 2022-01-01 }";
        let twice = Package::from_toml(&[("a", head), ("b", "chain = []"), ("c", "chain = []")]);
        assert!(twice.unwrap_err().contains("chain"));
    }

    #[test]
    fn ages_are_full_years() {
        let birth = date("1954-02-28").unwrap();
        assert_eq!(age_on(birth, date("2024-02-27").unwrap()), 69);
        assert_eq!(age_on(birth, date("2024-02-28").unwrap()), 70);
    }
}
