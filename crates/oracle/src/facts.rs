//! Facts (事实): their declared faces, the values a case gives them, and patterns (条件) over them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use toml::{Table, Value};

use crate::values::{date, day_number, fen_number, money};

/// What a fact belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// The insured person (参保人员).
    Member,
    /// The visit (就诊).
    Encounter,
    /// The institution (定点医药机构).
    Institution,
    /// One charge (费用明细).
    Charge,
    /// Not said, or a relation: looked for at the visit, the institution and the member in turn.
    Unsaid,
}

/// The kind of a fact's face.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One of listed values; a flag is the choice of `false` and `true`.
    Choice,
    /// A yes or no.
    Flag,
    /// A whole number.
    Whole,
    /// A day.
    Date,
    /// An amount.
    Money,
    /// A set of listed values.
    Set,
}

/// A declared fact.
#[derive(Clone, Debug)]
pub struct Declaration {
    /// What it belongs to.
    pub of: Of,
    /// The kind of its face.
    pub kind: Kind,
    /// The values of a choice or set, in declared order.
    pub values: Vec<String>,
    /// Child value → parent value.
    pub under: BTreeMap<String, String>,
    /// The value when the case says nothing.
    pub default: Option<Value>,
    /// The smallest whole number.
    pub min: Option<i64>,
    /// The largest whole number.
    pub max: Option<i64>,
    /// For a derived fact (派生事实) its own table.
    pub derived: Option<Table>,
}

/// A fact's value in one case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fact {
    /// Nothing is known, so no pattern matches.
    Unknown,
    /// A choice, or `"true"` / `"false"`.
    Choice(String),
    /// A whole number, fen, or a day's number.
    Number(i64),
    /// A set.
    Set(BTreeSet<String>),
}

/// All facts of a visit, or of a parcel of a visit.
pub type Facts = BTreeMap<String, Fact>;

/// The values of a fact that a pattern lets through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Constraint {
    /// These choices.
    Among(BTreeSet<String>),
    /// Numbers in these closed ranges, disjoint and ascending.
    Ranges(Vec<(i64, i64)>),
    /// A set with at least one of these members.
    AnyOf(BTreeSet<String>),
    /// A set with none of these members.
    NoneOf(BTreeSet<String>),
}

/// What a pattern lets through, fact by fact; a fact that is not named is free.
pub type Region = BTreeMap<String, Constraint>;

const LOWEST: i64 = i64::MIN;
const HIGHEST: i64 = i64::MAX;

impl Declaration {
    /// A choice with values in order.
    pub fn choice(of: Of, values: &[&str]) -> Self {
        Self {
            of,
            kind: Kind::Choice,
            values: values.iter().map(ToString::to_string).collect(),
            under: BTreeMap::new(),
            default: None,
            min: None,
            max: None,
            derived: None,
        }
    }

    /// A fact of a kind that lists no values.
    pub fn plain(of: Of, kind: Kind) -> Self {
        let values: &[&str] = if kind == Kind::Flag {
            &["false", "true"]
        } else {
            &[]
        };
        Self {
            kind,
            ..Self::choice(of, values)
        }
    }

    fn with_child(mut self, child: &str, parent: &str) -> Self {
        self.under.insert(child.into(), parent.into());
        self
    }

    /// Whether `value` is `ancestor` or stands below it in the tree.
    pub fn is_under(&self, value: &str, ancestor: &str) -> bool {
        let mut current = value;
        for _ in 0..=self.under.len() {
            if current == ancestor {
                return true;
            }
            match self.under.get(current) {
                Some(parent) => current = parent,
                None => return false,
            }
        }
        false
    }

    /// Reads a package's `fact.X` over what is already declared under that name.
    pub fn read(name: &str, table: &Table, known: Option<&Self>) -> Result<Self, String> {
        let text = |key: &str| table.get(key).and_then(Value::as_str);
        let mut declaration = known
            .cloned()
            .unwrap_or_else(|| Self::choice(Of::Unsaid, &[]));
        match text("of") {
            Some("member") => declaration.of = Of::Member,
            Some("encounter") => declaration.of = Of::Encounter,
            Some("institution") => declaration.of = Of::Institution,
            Some("charge") => declaration.of = Of::Charge,
            Some("relation") => declaration.of = Of::Unsaid,
            Some(other) => return Err(format!("fact.{name}.of = {other:?}")),
            None => {}
        }
        match text("kind") {
            Some("flag") => declaration.kind = Kind::Flag,
            Some("whole") => declaration.kind = Kind::Whole,
            Some("date") => declaration.kind = Kind::Date,
            Some("money") => declaration.kind = Kind::Money,
            Some("set") => declaration.kind = Kind::Set,
            Some("choice") | None => {}
            Some(other) => return Err(format!("fact.{name}.kind = {other:?}")),
        }
        if declaration.kind == Kind::Flag {
            declaration.values = vec!["false".into(), "true".into()];
        }
        if let Some(values) = table.get("values") {
            declaration.values = texts(values)?;
            if known.is_some() {
                declaration
                    .under
                    .retain(|child, _| declaration.values.contains(child));
            }
        }
        if let Some(more) = table.get("more") {
            for value in texts(more)? {
                if !declaration.values.contains(&value) {
                    declaration.values.push(value);
                }
            }
        }
        if let Some(Value::Table(under)) = table.get("under") {
            for (child, parent) in under {
                let parent = parent
                    .as_str()
                    .ok_or_else(|| format!("fact.{name}.under.{child} is no text"))?;
                declaration.under.insert(child.clone(), parent.into());
            }
        }
        if let Some(default) = table.get("default") {
            declaration.default = Some(default.clone());
        }
        if let Some(min) = table.get("min").and_then(Value::as_integer) {
            declaration.min = Some(min);
        }
        if let Some(max) = table.get("max").and_then(Value::as_integer) {
            declaration.max = Some(max);
        }
        if table.contains_key("ordinal") || table.contains_key("count_of") {
            declaration.kind = Kind::Whole;
        }
        if ["rows", "except", "ordinal", "count_of"]
            .iter()
            .any(|key| table.contains_key(*key))
        {
            declaration.derived = Some(table.clone());
        }
        Ok(declaration)
    }

    /// The value when the case says nothing.
    ///
    /// Doubt: the language names no default for a fact without `default`. Chosen: a choice takes
    /// its first value, a flag is false, a whole number its `min` (else 0), money nothing, a set
    /// is empty, a date unknown.
    pub fn default_value(&self) -> Result<Fact, String> {
        if let Some(default) = &self.default {
            return self.from_toml(default);
        }
        Ok(match self.kind {
            Kind::Choice => self
                .values
                .first()
                .map_or(Fact::Unknown, |value| Fact::Choice(value.clone())),
            Kind::Flag => Fact::Choice("false".into()),
            Kind::Whole => Fact::Number(self.min.unwrap_or(0)),
            Kind::Money => Fact::Number(0),
            Kind::Date => Fact::Unknown,
            Kind::Set => Fact::Set(BTreeSet::new()),
        })
    }

    /// A value written in a package.
    pub fn from_toml(&self, value: &Value) -> Result<Fact, String> {
        let fault = || format!("not a value of this fact: {value:?}");
        Ok(match (self.kind, value) {
            (Kind::Choice, Value::String(text)) => Fact::Choice(text.clone()),
            (Kind::Choice | Kind::Flag, Value::Boolean(flag)) => Fact::Choice(flag.to_string()),
            (Kind::Whole, Value::Integer(number)) => Fact::Number(*number),
            (Kind::Date | Kind::Money, value) => Fact::Number(constant(self.kind, value)?),
            (Kind::Set, Value::Array(_)) => Fact::Set(texts(value)?.into_iter().collect()),
            _ => return Err(fault()),
        })
    }

    /// A value given by a case.
    pub fn from_json(&self, value: &Json) -> Result<Fact, String> {
        let fault = || format!("not a value of this fact: {value:?}");
        let text = || value.as_str().ok_or_else(fault);
        Ok(match self.kind {
            Kind::Choice => Fact::Choice(text()?.into()),
            Kind::Flag => Fact::Choice(value.as_bool().ok_or_else(fault)?.to_string()),
            Kind::Whole => Fact::Number(value.as_i64().ok_or_else(fault)?),
            Kind::Date => Fact::Number(day_number(date(text()?)?)),
            Kind::Money => Fact::Number(fen_number(&money(text()?)?)?),
            Kind::Set => Fact::Set(
                value
                    .as_array()
                    .ok_or_else(fault)?
                    .iter()
                    .map(|member| member.as_str().map(String::from).ok_or_else(fault))
                    .collect::<Result<_, _>>()?,
            ),
        })
    }

    /// What a pattern over this fact lets through.
    pub fn constraint(&self, pattern: &Value) -> Result<Constraint, String> {
        match self.kind {
            Kind::Choice | Kind::Flag => Ok(Constraint::Among(self.choices(pattern)?)),
            Kind::Set => self.set_constraint(pattern),
            Kind::Whole | Kind::Date | Kind::Money => Ok(Constraint::Ranges(self.ranges(pattern)?)),
        }
    }

    fn choices(&self, pattern: &Value) -> Result<BTreeSet<String>, String> {
        match pattern {
            Value::String(text) => Ok(self.descendants(text)),
            Value::Boolean(flag) => Ok(self.descendants(&flag.to_string())),
            Value::Array(members) => {
                let mut all = BTreeSet::new();
                for member in members {
                    all.extend(self.choices(member)?);
                }
                Ok(all)
            }
            Value::Table(table) if table.len() == 1 && table.contains_key("not") => {
                let out = self.choices(&table["not"])?;
                Ok(self
                    .values
                    .iter()
                    .filter(|value| !out.contains(*value))
                    .cloned()
                    .collect())
            }
            other => Err(format!("not a pattern over a choice: {other:?}")),
        }
    }

    fn descendants(&self, ancestor: &str) -> BTreeSet<String> {
        self.values
            .iter()
            .filter(|value| self.is_under(value, ancestor))
            .cloned()
            .collect()
    }

    fn set_constraint(&self, pattern: &Value) -> Result<Constraint, String> {
        match pattern {
            Value::Table(table) if table.len() == 1 && table.contains_key("not") => {
                Ok(Constraint::NoneOf(self.choices(&table["not"])?))
            }
            other => Ok(Constraint::AnyOf(self.choices(other)?)),
        }
    }

    fn ranges(&self, pattern: &Value) -> Result<Vec<(i64, i64)>, String> {
        let low = self.min.unwrap_or(LOWEST);
        let high = self.max.unwrap_or(HIGHEST);
        let ranges = match pattern {
            Value::Array(members) => {
                let mut all = Vec::new();
                for member in members {
                    all.extend(self.ranges(member)?);
                }
                all
            }
            Value::Table(table) if table.contains_key("not") => {
                return Ok(outside(&self.ranges(&table["not"])?, low, high));
            }
            Value::Table(table) => {
                let (mut from, mut to) = (low, high);
                for (comparison, limit) in table {
                    let limit = constant(self.kind, limit)?;
                    match comparison.as_str() {
                        "below" | "before" => to = to.min(limit - 1),
                        "at_most" => to = to.min(limit),
                        "at_least" | "from" => from = from.max(limit),
                        "above" => from = from.max(limit + 1),
                        other => return Err(format!("not a comparison: {other}")),
                    }
                }
                vec![(from, to)]
            }
            single => {
                let number = constant(self.kind, single)?;
                vec![(number, number)]
            }
        };
        Ok(normal(ranges))
    }

    /// The band that a value lies in when only these patterns look at the fact: the place of the
    /// first value that all of them treat alike, or of the number among their constants.
    pub fn band(&self, fact: &Fact, patterns: &[Constraint]) -> i64 {
        let faces = match fact {
            Fact::Unknown => return LOWEST,
            Fact::Number(number) => {
                let cuts: BTreeSet<i64> = patterns.iter().flat_map(Constraint::cuts).collect();
                return cuts.iter().filter(|cut| *cut <= number).fold(0, |n, _| n + 1);
            }
            Fact::Choice(_) => self.values.iter().cloned().map(Fact::Choice).collect(),
            Fact::Set(_) => self.subsets(),
        };
        let lets = |face: &Fact| -> Vec<bool> {
            patterns.iter().map(|pattern| pattern.lets(face)).collect()
        };
        let own = lets(fact);
        let first = faces.iter().position(|face| lets(face) == own);
        first.map_or(HIGHEST, |first| i64::try_from(first).unwrap_or(HIGHEST))
    }

    /// All sets of the values, in the order of the numbers whose binary digits say what is in.
    fn subsets(&self) -> Vec<Fact> {
        let holds = |number: usize, place: usize| number >> place & 1 == 1;
        (0..1_usize << self.values.len())
            .map(|number| {
                let members = self.values.iter().enumerate();
                Fact::Set(
                    members
                        .filter(|(place, _)| holds(number, *place))
                        .map(|(_, value)| value.clone())
                        .collect(),
                )
            })
            .collect()
    }
}

/// A constant that numbers are compared with.
fn constant(kind: Kind, value: &Value) -> Result<i64, String> {
    match (kind, value) {
        (Kind::Whole, Value::Integer(number)) => Ok(*number),
        (Kind::Money, Value::String(text)) => fen_number(&money(text)?),
        (Kind::Date, Value::Datetime(day)) => Ok(day_number(date(&day.to_string())?)),
        (Kind::Date, Value::String(text)) => Ok(day_number(date(text)?)),
        _ => Err(format!("not a constant of this kind: {value:?}")),
    }
}

/// Closed ranges joined where they overlap or touch.
fn normal(mut ranges: Vec<(i64, i64)>) -> Vec<(i64, i64)> {
    ranges.retain(|(from, to)| from <= to);
    ranges.sort_unstable();
    let mut joined: Vec<(i64, i64)> = Vec::new();
    for (from, to) in ranges {
        match joined.last_mut() {
            Some(last) if from <= last.1.saturating_add(1) => last.1 = last.1.max(to),
            _ => joined.push((from, to)),
        }
    }
    joined
}

fn outside(ranges: &[(i64, i64)], low: i64, high: i64) -> Vec<(i64, i64)> {
    let mut rest = Vec::new();
    let mut next = Some(low);
    for (from, to) in ranges {
        if let Some(start) = next
            && start < *from
        {
            rest.push((start, from - 1));
        }
        next = to.checked_add(1);
    }
    if let Some(start) = next {
        rest.push((start, high));
    }
    normal(rest)
}

impl Constraint {
    /// Whether a value is let through; the unknown never is.
    pub fn lets(&self, fact: &Fact) -> bool {
        match (self, fact) {
            (Self::Among(values), Fact::Choice(value)) => values.contains(value),
            (Self::Ranges(ranges), Fact::Number(number)) => ranges
                .iter()
                .any(|(from, to)| from <= number && number <= to),
            (Self::AnyOf(values), Fact::Set(members)) => !values.is_disjoint(members),
            (Self::NoneOf(values), Fact::Set(members)) => values.is_disjoint(members),
            _ => false,
        }
    }

    /// Whether everything let through here is let through there.
    pub fn inside(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Among(one), Self::Among(two)) => one.is_subset(two),
            (Self::Ranges(one), Self::Ranges(two)) => one
                .iter()
                .all(|(from, to)| two.iter().any(|(start, end)| start <= from && to <= end)),
            (Self::AnyOf(one), Self::AnyOf(two)) => one.is_subset(two),
            (Self::NoneOf(one), Self::NoneOf(two)) => two.is_subset(one),
            _ => false,
        }
    }

    /// What both let through; two patterns over one set fact are not combined.
    pub fn and(&self, other: &Self) -> Result<Self, String> {
        match (self, other) {
            (Self::Among(one), Self::Among(two)) => {
                Ok(Self::Among(one.intersection(two).cloned().collect()))
            }
            (Self::Ranges(one), Self::Ranges(two)) => {
                let mut both = Vec::new();
                for (from, to) in one {
                    for (start, end) in two {
                        both.push((*from.max(start), *to.min(end)));
                    }
                }
                Ok(Self::Ranges(normal(both)))
            }
            (one, two) if one == two => Ok(one.clone()),
            _ => Err("two patterns over one set fact".into()),
        }
    }

    /// Whether nothing is excluded of a fact's face.
    fn free(&self, declaration: &Declaration) -> bool {
        match self {
            Self::Among(values) => declaration
                .values
                .iter()
                .all(|value| values.contains(value)),
            Self::Ranges(ranges) => {
                ranges.as_slice()
                    == [(
                        declaration.min.unwrap_or(LOWEST),
                        declaration.max.unwrap_or(HIGHEST),
                    )]
            }
            Self::AnyOf(_) => false,
            Self::NoneOf(values) => values.is_empty(),
        }
    }

    /// The numbers at which this constraint begins or ends.
    pub fn cuts(&self) -> Vec<i64> {
        match self {
            Self::Ranges(ranges) => ranges
                .iter()
                .flat_map(|(from, to)| [Some(*from), to.checked_add(1)])
                .flatten()
                .filter(|cut| *cut != LOWEST)
                .collect(),
            _ => Vec::new(),
        }
    }
}

/// The declared facts of a package by name.
pub type Declarations = BTreeMap<String, Declaration>;

/// The region of a pattern table (`when`, `for`, `claims`, `lines`).
pub fn region(declarations: &Declarations, pattern: &Table) -> Result<Region, String> {
    let mut region = Region::new();
    for (name, part) in pattern {
        let declaration = declarations
            .get(name)
            .ok_or_else(|| format!("a pattern names the undeclared fact {name}"))?;
        let constraint = declaration
            .constraint(part)
            .map_err(|fault| format!("{name}: {fault}"))?;
        region.insert(name.clone(), constraint);
    }
    Ok(region)
}

/// Whether facts lie in a region.
pub fn lies_in(facts: &Facts, region: &Region) -> bool {
    region
        .iter()
        .all(|(name, constraint)| facts.get(name).is_some_and(|fact| constraint.lets(fact)))
}

/// Whether one region lies inside another.
pub fn region_inside(declarations: &Declarations, one: &Region, other: &Region) -> bool {
    other.iter().all(|(name, outer)| match one.get(name) {
        Some(inner) => inner.inside(outer),
        None => declarations
            .get(name)
            .is_some_and(|declaration| outer.free(declaration)),
    })
}

/// The facts every package has.
///
/// Doubt: `birth_date` is offered as a date fact of its own (cohorts), beside `age`.
pub fn shared() -> Declarations {
    let classes = ["primary", "secondary", "tertiary", "ungraded"];
    let kinds = [
        "general",
        "psychiatric",
        "infectious",
        "community",
        "township",
        "internet",
        "pharmacy",
    ];
    let mut age = Declaration::plain(Of::Member, Kind::Whole);
    age.min = Some(0);
    [
        (
            "status",
            Declaration::choice(Of::Member, &["active", "retired", "pre_1949_worker"])
                .with_child("pre_1949_worker", "retired"),
        ),
        ("age", age),
        ("birth_date", Declaration::plain(Of::Member, Kind::Date)),
        (
            "enrolment",
            Declaration::choice(
                Of::Member,
                &[
                    "employer",
                    "individual_tier_1",
                    "individual_tier_2",
                    "lump_sum",
                    "flexible",
                    "pool_only",
                ],
            ),
        ),
        ("class", Declaration::choice(Of::Institution, &classes)),
        ("kind", Declaration::choice(Of::Institution, &kinds)),
        ("issuer_class", Declaration::choice(Of::Encounter, &classes)),
        ("issuer_kind", Declaration::choice(Of::Encounter, &kinds)),
        (
            "prescription",
            Declaration::plain(Of::Encounter, Kind::Flag),
        ),
        (
            "place",
            Declaration::choice(
                Of::Encounter,
                &["local", "filed_long_term", "referred", "temporary"],
            ),
        ),
        (
            "care_type",
            Declaration::choice(
                Of::Encounter,
                &[
                    "ordinary_outpatient",
                    "pharmacy",
                    "emergency",
                    "special_disease",
                    "two_diseases",
                    "negotiated_drug",
                ],
            )
            .with_child("emergency", "ordinary_outpatient"),
        ),
        ("charge_amount", Declaration::plain(Of::Charge, Kind::Money)),
    ]
    .into_iter()
    .map(|(name, declaration)| (name.to_string(), declaration))
    .collect()
}

/// A list of texts, or one text.
pub fn texts(value: &Value) -> Result<Vec<String>, String> {
    match value {
        Value::String(text) => Ok(vec![text.clone()]),
        Value::Array(members) => members
            .iter()
            .map(|member| {
                member
                    .as_str()
                    .map(String::from)
                    .ok_or_else(|| format!("not a list of texts: {value:?}"))
            })
            .collect(),
        other => Err(format!("not a list of texts: {other:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> Table {
        text.parse().unwrap()
    }

    fn facts(pairs: &[(&str, Fact)]) -> Facts {
        pairs
            .iter()
            .map(|(name, fact)| (name.to_string(), fact.clone()))
            .collect()
    }

    #[test]
    fn a_parent_names_its_children() {
        let shared = shared();
        let retired = region(&shared, &pattern("status = 'retired'")).unwrap();
        let worker = facts(&[("status", Fact::Choice("pre_1949_worker".into()))]);
        assert!(lies_in(&worker, &retired));
        let only = region(&shared, &pattern("status = 'pre_1949_worker'")).unwrap();
        assert!(region_inside(&shared, &only, &retired));
        assert!(!region_inside(&shared, &retired, &only));
        let others = region(&shared, &pattern("status = { not = 'retired' }")).unwrap();
        assert!(!lies_in(&worker, &others));
    }

    #[test]
    fn bands_of_numbers_lie_inside_each_other() {
        let shared = shared();
        let old = region(&shared, &pattern("age = { at_least = 70 }")).unwrap();
        let older = region(&shared, &pattern("age = { above = 79, below = 90 }")).unwrap();
        assert!(region_inside(&shared, &older, &old));
        assert!(lies_in(&facts(&[("age", Fact::Number(70))]), &old));
        assert!(!lies_in(&facts(&[("age", Fact::Number(79))]), &older));
        assert!(!lies_in(&facts(&[("age", Fact::Unknown)]), &old));
        let everyone = region(&shared, &pattern("age = { at_least = 0 }")).unwrap();
        assert!(region_inside(&shared, &Region::new(), &everyone));
    }

    #[test]
    fn sets_are_matched_by_their_members() {
        let mut declarations = shared();
        let declared = pattern("kind = 'set'\nvalues = ['a', 'b', 'c']");
        declarations.insert(
            "diseases".into(),
            Declaration::read("diseases", &declared, None).unwrap(),
        );
        let some = region(&declarations, &pattern("diseases = ['a', 'b']")).unwrap();
        let one = region(&declarations, &pattern("diseases = 'a'")).unwrap();
        let without = region(&declarations, &pattern("diseases = { not = 'a' }")).unwrap();
        let both = facts(&[("diseases", Fact::Set(["a".into(), "c".into()].into()))]);
        assert!(lies_in(&both, &some) && lies_in(&both, &one) && !lies_in(&both, &without));
        assert!(region_inside(&declarations, &one, &some));
    }
}
