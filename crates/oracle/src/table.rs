//! Tables (表): dated rows over facts, the row that holds, value forms and adjustments.

mod amounts;

use std::collections::BTreeMap;

use jiff::civil::Date;
use toml::{Table, Value};

use crate::facts::{Fact, Facts, Region, lies_in, region, region_inside, texts};
use crate::package::{Package, toml_date};
use crate::values::Exact;

/// Why a table has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// No row holds (缺口).
    Gap(String),
    /// No row is least (冲突), or the text can't be read.
    Broken(String),
}

impl Fault {
    /// The fault in words.
    pub fn words(&self) -> &str {
        match self {
            Self::Gap(words) | Self::Broken(words) => words,
        }
    }
}

impl From<String> for Fault {
    fn from(words: String) -> Self {
        Self::Broken(words)
    }
}

impl From<&str> for Fault {
    fn from(words: &str) -> Self {
        Self::Broken(words.into())
    }
}

/// The number a table gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Amount {
    /// A figure: fen, or a rate.
    Figure(Exact),
    /// `"none"`: there is no such rule.
    None,
    /// `"open"`: the text gives no figure.
    Open,
}

impl Amount {
    /// The figure, if there is one.
    pub fn figure(self) -> Option<Exact> {
        match self {
            Self::Figure(figure) => Some(figure),
            Self::None | Self::Open => None,
        }
    }
}

/// The account parts (个人账户): this year's and earlier years' money, in fen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balances {
    /// `account.current`.
    pub current: Exact,
    /// `account.prior`.
    pub prior: Exact,
}

impl Balances {
    /// The balance of an account part by its name.
    pub fn of(&mut self, name: &str) -> Result<&mut Exact, String> {
        match name {
            "account.current" => Ok(&mut self.current),
            "account.prior" => Ok(&mut self.prior),
            other => Err(format!("not an account part: {other}")),
        }
    }
}

/// What a table is read against.
#[derive(Clone)]
pub struct Reading<'a> {
    /// The package.
    pub package: &'a Package,
    /// The service day.
    pub day: Date,
    /// The day of knowledge, if an earlier one is asked for.
    pub known_on: Option<Date>,
    /// The facts of the visit or parcel.
    pub facts: &'a Facts,
    /// The account now.
    pub balances: &'a Balances,
    /// `from`, `cite` of what the table stands in (the benefit).
    pub owner: Option<&'a Table>,
}

struct Row {
    region: Region,
    from: Date,
    until: Option<Date>,
    known: Date,
    corrects: bool,
    is: Value,
}

impl<'a> Reading<'a> {
    /// The same reading of other facts.
    pub fn with<'b>(&'b self, facts: &'b Facts) -> Reading<'b> {
        Reading { facts, ..self.clone() }
    }

    /// The day from which something said in `own` (innermost first) holds.
    fn start_of(&self, own: &[&Table]) -> Result<Date, String> {
        own.iter()
            .copied()
            .chain(self.owner)
            .find_map(|table| table.get("from"))
            .map(toml_date)
            .transpose()
            .map(|from| from.unwrap_or(self.package.from))
    }

    /// The last day on which a row holds: no row outlives its table.
    fn end_of(&self, row: &Table, table: &Table) -> Result<Option<Date>, String> {
        let ends = [row, table].into_iter().filter_map(|table| table.get("until"));
        let ends: Vec<Date> = ends.map(toml_date).collect::<Result<_, _>>()?;
        Ok(ends.into_iter().min())
    }

    /// The day on which something said in `own` became known.
    ///
    /// Doubts: the chain is `known`, `published`, the first cited document, each from the row
    /// outwards; a document without a day is taken as known from the day the row begins.
    fn known_of(&self, own: &[&Table]) -> Result<Date, String> {
        for table in own.iter().copied().chain(self.owner) {
            if let Some(day) = table.get("known").or_else(|| table.get("published")) {
                return toml_date(day);
            }
            if let Some(cite) = table.get("cite")
                && let Some(first) = texts(cite)?.first()
                && let Some(day) = self.package.document_day(first)?
            {
                return Ok(day);
            }
        }
        self.start_of(own)
    }

    fn applies(&self, region: &Region, own: &[&Table]) -> Result<bool, String> {
        let from = self.start_of(own)?;
        let until = own[0].get("until").map(toml_date).transpose()?;
        Ok(from <= self.day
            && until.is_none_or(|until| self.day <= until)
            && (match self.known_on {
                Some(known_on) => self.known_of(own)? <= known_on,
                None => true,
            })
            && lies_in(self.facts, region))
    }

    /// The applicable rows of one layer.
    fn rows_of(&self, table: &Table, key: &str) -> Result<Vec<Row>, String> {
        let Some(rows) = table.get(key) else {
            return Ok(Vec::new());
        };
        let rows = rows.as_array().ok_or("rows is no list")?;
        let columns = across(table)?;
        let mut applicable = Vec::new();
        for row in rows {
            let row = row.as_table().ok_or("a row is no table")?;
            let when = match row.get("when") {
                Some(Value::Table(when)) => region(&self.package.declarations, when)?,
                Some(other) => return Err(format!("when = {other:?}")),
                None => Region::new(),
            };
            let mut cells: Vec<(Region, &Value)> = Vec::new();
            if let Some(are) = row.get("are") {
                let are = are.as_array().ok_or("are is no list")?;
                let (fact, patterns) = columns.ok_or("are without across")?;
                if are.len() != patterns.len() {
                    return Err("are and across have different lengths".into());
                }
                let declaration = self
                    .package
                    .declarations
                    .get(fact)
                    .ok_or_else(|| format!("across names the undeclared fact {fact}"))?;
                for (pattern, is) in patterns.iter().zip(are) {
                    let column = declaration.constraint(pattern)?;
                    let mut cell = when.clone();
                    let both = match cell.get(fact) {
                        Some(known) => known.and(&column)?,
                        None => column,
                    };
                    cell.insert(fact.clone(), both);
                    cells.push((cell, is));
                }
            } else {
                cells.push((when, row.get("is").ok_or("a row without is")?));
            }
            for (cell, is) in cells {
                if self.applies(&cell, &[row, table])? {
                    applicable.push(Row {
                        region: cell,
                        from: self.start_of(&[row, table])?,
                        until: self.end_of(row, table)?,
                        known: self.known_of(&[row, table])?,
                        corrects: row.get("corrects") == Some(&Value::Boolean(true)),
                        is: is.clone(),
                    });
                }
            }
        }
        Ok(applicable)
    }

    /// The layers of a table, highest first: overlays' except and rows, then its own.
    fn layers(&self, table: &Table) -> Result<Vec<Vec<Row>>, String> {
        let mut layers = vec![self.rows_of(table, "rows")?, self.rows_of(table, "except")?];
        for overlay in table.get("overlay").and_then(Value::as_array).into_iter().flatten() {
            // An overlay's columns are its own, or those of the table below it.
            let mut overlay = overlay.as_table().ok_or("an overlay is no table")?.clone();
            if let Some(columns) = table.get("across") {
                overlay.entry("across").or_insert(columns.clone());
            }
            layers.push(self.rows_of(&overlay, "rows")?);
            layers.push(self.rows_of(&overlay, "except")?);
        }
        layers.reverse();
        Ok(layers)
    }

    /// Whether a row's region, in facts and in time, lies inside another's.
    fn inside(&self, one: &Row, other: &Row) -> bool {
        let ends_inside = match (one.until, other.until) {
            (_, None) => true,
            (Some(one), Some(other)) => one <= other,
            (None, Some(_)) => false,
        };
        one.from >= other.from && ends_inside && region_inside(&self.package.declarations, &one.region, &other.region)
    }

    /// The row that holds: the least region of the highest layer that has an applicable row.
    pub fn value(&self, table: &Table) -> Result<Value, Fault> {
        for layer in self.layers(table)? {
            if layer.is_empty() {
                continue;
            }
            let least: Vec<&Row> =
                layer.iter().filter(|row| layer.iter().all(|other| self.inside(row, other))).collect();
            return match least.as_slice() {
                [] => Err(Fault::Broken(format!("rows conflict on {}: {table:?}", self.day))),
                [one] => Ok(one.is.clone()),
                several => {
                    let correction = several
                        .iter()
                        .filter(|row| row.corrects)
                        .max_by_key(|row| row.known)
                        .ok_or_else(|| Fault::Broken(format!("rows say it twice: {table:?}")))?;
                    Ok(correction.is.clone())
                }
            };
        }
        Err(Fault::Gap(format!("no row on {} in {table:?}", self.day)))
    }

    /// All reasons of a table that collects (`covered`, `access`), in the shared register's order.
    ///
    /// Doubt: what a row `is = "none"` does among rows that collect. Chosen: a narrower one lifts
    /// the reasons of the rows around it; a higher layer speaks instead of the lower ones.
    pub fn reasons(&self, table: &Table) -> Result<Vec<String>, Fault> {
        for layer in self.layers(table)? {
            if layer.is_empty() {
                continue;
            }
            let is_none = |row: &Row| row.is.as_str() == Some("none");
            let mut reasons = Vec::new();
            for row in layer.iter().filter(|row| !is_none(row)) {
                let lifted =
                    layer.iter().any(|other| is_none(other) && self.inside(other, row) && !self.inside(row, other));
                let reason = row.is.as_str().ok_or("a reason is no text")?.to_string();
                if !lifted && !reasons.contains(&reason) {
                    reasons.push(reason);
                }
            }
            reasons.sort_by_key(|reason| self.register_place(reason));
            return Ok(reasons);
        }
        Ok(Vec::new())
    }

    /// A reason's place in the shared register, then the package's own.
    ///
    /// Doubt: "the package's own `[reason.<code>]` in order": the TOML reader sorts them by name,
    /// so that is the order here; an undeclared reason comes last.
    fn register_place(&self, reason: &str) -> (usize, String) {
        let shared = [
            "not_a_member",
            "benefit_suspended",
            "waiting_period",
            "contribution_gap",
            "inpatient_open",
            "institution_without_agreement",
            "place_not_covered",
            "pharmacy_not_covered",
            "no_prescription",
            "not_selected",
            "no_referral",
        ];
        let own = self
            .package
            .root
            .get("reason")
            .and_then(Value::as_table)
            .is_some_and(|reasons| reasons.contains_key(reason));
        let place = match shared.iter().position(|code| *code == reason) {
            Some(place) => place,
            None if own => shared.len(),
            None => shared.len() + 1,
        };
        (place, reason.to_string())
    }
}

fn across(table: &Table) -> Result<Option<(&String, &Vec<Value>)>, String> {
    let Some(across) = table.get("across") else {
        return Ok(None);
    };
    let across = across.as_table().ok_or("across is no table")?;
    let mut columns = across.iter();
    match (columns.next(), columns.next()) {
        (Some((fact, Value::Array(patterns))), None) => Ok(Some((fact, patterns))),
        _ => Err("across names one fact and its columns".into()),
    }
}

/// The facts with the derived ones (派生事实) worked out, each from raw and earlier derived ones.
///
/// `ordinals` are the visit numbers counted from the history. A derived fact without a row is
/// unknown here: it matters only to a table that then finds no row.
pub fn with_derived(reading: &Reading, raw: &Facts, ordinals: &BTreeMap<String, i64>) -> Result<Facts, String> {
    let mut facts = raw.clone();
    for (name, number) in ordinals {
        facts.insert(name.clone(), Fact::Number(*number));
    }
    let mut waiting: Vec<&String> = reading
        .package
        .declarations
        .iter()
        .filter(|(name, declaration)| declaration.derived.is_some() && !ordinals.contains_key(*name))
        .map(|(name, _)| name)
        .collect();
    while !waiting.is_empty() {
        let before = waiting.len();
        let mut later = Vec::new();
        for name in waiting {
            let declaration = &reading.package.declarations[name];
            let Some(table) = &declaration.derived else {
                continue;
            };
            let needs = facts_read(table)?;
            if needs.iter().any(|need| {
                need != name
                    && !facts.contains_key(need)
                    && reading.package.declarations.get(need).is_some_and(|declaration| declaration.derived.is_some())
            }) {
                later.push(name);
                continue;
            }
            let fact = if let Some(set) = table.get("count_of") {
                let set =
                    set.as_str().or_else(|| set.get("of").and_then(Value::as_str)).ok_or("count_of names no set")?;
                match facts.get(set) {
                    Some(Fact::Set(members)) => Fact::Number(i64::try_from(members.len()).unwrap_or(i64::MAX)),
                    _ => Fact::Unknown,
                }
            } else {
                match reading.with(&facts).value(table) {
                    Ok(is) => declaration.from_toml(&is)?,
                    Err(Fault::Gap(_)) => match &declaration.default {
                        Some(default) => declaration.from_toml(default)?,
                        None => Fact::Unknown,
                    },
                    Err(fault) => return Err(format!("fact.{name}: {}", fault.words())),
                }
            };
            facts.insert(name.clone(), fact);
        }
        if later.len() == before {
            return Err(format!("derived facts go in a circle: {later:?}"));
        }
        waiting = later;
    }
    Ok(facts)
}

/// The facts that a derived fact's rows name.
fn facts_read(table: &Table) -> Result<Vec<String>, String> {
    let mut names = Vec::new();
    let mut tables = vec![table];
    for overlay in table.get("overlay").and_then(Value::as_array).into_iter().flatten() {
        tables.extend(overlay.as_table());
    }
    for table in tables {
        for key in ["rows", "except"] {
            for row in table.get(key).and_then(Value::as_array).into_iter().flatten() {
                if let Some(when) = row.get("when").and_then(Value::as_table) {
                    names.extend(when.keys().cloned());
                }
            }
        }
        if let Some((fact, _)) = across(table)? {
            names.push(fact.clone());
        }
        if let Some(set) = table.get("count_of").and_then(Value::as_str) {
            names.push(set.into());
        }
    }
    Ok(names)
}

/// The region of an optional pattern key of a table.
pub fn pattern_region(package: &Package, table: &Table, key: &str) -> Result<Option<Region>, String> {
    match table.get(key) {
        None => Ok(None),
        Some(Value::Table(pattern)) => region(&package.declarations, pattern).map(Some),
        Some(other) => Err(format!("{key} is no pattern: {other:?}")),
    }
}
