//! The facts (事实) of a package: the shared ones, what the area adds, and how values are written.
//!
//! A fact's face is finite: choices form a tree, numbers and days are only ever compared with
//! constants and so fall into bands. [`Registry`] holds every fact with the bands that the
//! package's conditions cut, and turns a written condition into a set of bands.

use crate::fault::{At, Fault, listed, nearest};
use crate::model::{Compare, Condition, FactDef, Package, Pattern, Scalar, ScalarValue, Table, Word};
use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use gongji_domain::{Day, Fen};

/// Index of a fact in the registry.
pub(crate) type FactId = usize;

/// Whose property a fact is: where a case states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// The member (参保人).
    Member,
    /// The institution (机构).
    Institution,
    /// The encounter (就诊).
    Encounter,
    /// One charge (费用明细).
    Charge,
}

/// What values a fact has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One of named values.
    Choice,
    /// True or false.
    Flag,
    /// A whole number between two bounds.
    Whole(i64, i64),
    /// A day.
    Date,
    /// An amount.
    Money,
    /// Any of named values together.
    Set,
}

/// One fact.
#[derive(Clone, Debug)]
pub struct Fact {
    /// Its name in packages and cases.
    pub name: String,
    /// Whose it is.
    pub owner: Owner,
    /// What values it has.
    pub kind: Kind,
    /// Named values, for choices and sets.
    pub values: Vec<String>,
    /// For each value the value it stands under.
    pub(crate) parents: Vec<Option<usize>>,
    /// Value when the case does not state it.
    pub default: Option<i64>,
    /// It is one of the shared facts that have a field of their own in a case.
    pub shared: bool,
    pub(crate) derived: Option<Table>,
    pub(crate) source: Source,
    /// Cuts between bands, ascending: for numbers, days and amounts.
    pub(crate) cuts: Vec<i64>,
    /// Band of each value, for choices and flags.
    pub(crate) bands: Vec<u8>,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// Stated by the case, at this place among the facts of visits or of charges.
    Raw(u8),
    /// A table over other facts.
    Derived,
    /// Members of a set.
    CountOf(FactId),
    /// Ordinal of the visit; index among the package's facts as declared.
    Ordinal(usize),
    /// The segment being paid, or the member of a set being weighed: bound while a table is read.
    Bound,
}

/// A set of bands, as bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Bands([u64; 4]);

impl Bands {
    pub(crate) const NONE: Self = Self([0; 4]);

    pub(crate) fn insert(&mut self, band: u8) {
        self.0[usize::from(band / 64)] |= 1 << (band % 64);
    }

    pub(crate) fn has(self, band: u8) -> bool {
        self.0[usize::from(band / 64)] >> (band % 64) & 1 == 1
    }

    pub(crate) fn within(self, other: Self) -> bool {
        self.0.iter().zip(other.0).all(|(a, b)| a & !b == 0)
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self(core::array::from_fn(|i| self.0[i] & other.0[i]))
    }
}

/// All facts of a package.
#[derive(Clone, Debug, Default)]
pub(crate) struct Registry {
    pub(crate) facts: Vec<Fact>,
    by_name: BTreeMap<String, FactId>,
    /// How many facts of visits a case states.
    pub(crate) visit_places: u8,
    /// How many facts of charges a case states.
    pub(crate) charge_places: u8,
}

/// Shared facts: name, owner, kind, values (child under parent), default.
const SHARED: &[(&str, Owner, Kind, &[(&str, &str)], Option<i64>)] = {
    use Kind::{Choice, Date, Flag, Money, Whole};
    use Owner::{Charge, Encounter, Institution, Member};
    &[
        ("status", Member, Choice, &[("active", ""), ("retired", ""), ("pre_1949_worker", "retired")], None),
        ("enrolment", Member, Choice, &[], None),
        ("age", Member, Whole(0, 150), &[], None),
        ("birth_date", Member, Date, &[], None),
        ("class", Institution, Choice, CLASSES, Some(3)),
        ("kind", Institution, Choice, KINDS, Some(0)),
        ("issuer_class", Institution, Choice, CLASSES, Some(3)),
        ("issuer_kind", Institution, Choice, KINDS, Some(0)),
        ("prescription", Encounter, Flag, &[], Some(0)),
        (
            "place",
            Encounter,
            Choice,
            &[("local", ""), ("filed_long_term", ""), ("referred", ""), ("temporary", "")],
            Some(0),
        ),
        (
            "care_type",
            Encounter,
            Choice,
            &[
                ("ordinary_outpatient", ""),
                ("pharmacy", ""),
                ("emergency", "ordinary_outpatient"),
                ("special_disease", ""),
                ("two_diseases", ""),
                ("negotiated_drug", ""),
            ],
            None,
        ),
        ("month", Encounter, Whole(1, 12), &[], None),
        ("charge_amount", Charge, Money, &[], None),
    ]
};
const CLASSES: &[(&str, &str)] = &[("primary", ""), ("secondary", ""), ("tertiary", ""), ("ungraded", "")];
const KINDS: &[(&str, &str)] = &[
    ("general", ""),
    ("psychiatric", ""),
    ("infectious", ""),
    ("community", ""),
    ("township", ""),
    ("internet", ""),
    ("pharmacy", ""),
];

/// The value of a fact that stands for "one of these named values" where a package declares none.
const ENROLMENTS: &[&str] = &["employer", "individual_tier_1", "individual_tier_2", "lump_sum", "flexible", "pool_only"];

/// The most values of a set that conditions may look into.
const MOST_SET_VALUES: usize = 8;

/// What an account may be used for (account.use).
const PURPOSES: &[&str] = &[
    "clinic",
    "pharmacy_goods",
    "resident_premium",
    "care_premium",
    "large_amount_premium",
    "commercial_premium",
    "public_health",
    "fitness",
    "wellness",
];
/// For whom an account may be used.
const PERSONS: &[&str] = &["self", "spouse", "parent", "child", "other"];

impl Registry {
    /// The facts that a package can read.
    pub(crate) fn of(package: &Package, faults: &mut Vec<Fault>) -> Self {
        let mut registry = Self::default();
        for (name, owner, kind, values, default) in SHARED {
            registry.push(shared_fact(name, *owner, kind.clone(), values, *default));
        }
        for (position, def) in package.facts.iter().enumerate() {
            registry.declare(position, def, faults);
        }
        for (name, values) in [("purpose", PURPOSES), ("who", PERSONS)] {
            let words: Vec<Word> = values.iter().map(|v| Word { at: At::default(), text: (*v).to_owned() }).collect();
            registry.bind(name, &words);
        }
        for benefit in &package.benefits {
            if let Some(segments) = &benefit.segments {
                registry.bind("segment", &segments.names);
            }
            for entry in benefit.deductibles.iter().chain(&benefit.limits) {
                registry.bind_each(&entry.table, faults);
            }
        }
        if registry.get("enrolment").is_some_and(|f| f.values.is_empty()) {
            let id = registry.by_name["enrolment"];
            registry.facts[id].set_values(ENROLMENTS.iter().map(|value| (*value).to_owned()).collect());
        }
        let class = registry.by_name["class"];
        let kind = registry.by_name["kind"];
        for (of, issuer) in [(class, "issuer_class"), (kind, "issuer_kind")] {
            // The prescriber is an institution like any other: what extends one domain extends both.
            let (values, parents) = (registry.facts[of].values.clone(), registry.facts[of].parents.clone());
            let issuer = registry.by_name[issuer];
            registry.facts[issuer].values = values;
            registry.facts[issuer].parents = parents;
        }
        registry.place();
        registry
    }

    pub(crate) fn id(&self, name: &str) -> Option<FactId> {
        self.by_name.get(name).copied()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Fact> {
        self.id(name).map(|id| &self.facts[id])
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.facts.iter().map(|fact| fact.name.as_str())
    }

    fn push(&mut self, fact: Fact) -> FactId {
        let id = self.facts.len();
        self.by_name.insert(fact.name.clone(), id);
        self.facts.push(fact);
        id
    }

    fn declare(&mut self, position: usize, def: &FactDef, faults: &mut Vec<Fault>) {
        if let Some(id) = self.id(&def.name.text) {
            return self.extend(id, def, faults);
        }
        let kind = kind_of(def, faults);
        let owner = match def.of.as_ref().map(|word| (word.text.as_str(), word.at)) {
            Some(("member", _)) => Owner::Member,
            Some(("institution", _)) => Owner::Institution,
            Some(("charge", _)) => Owner::Charge,
            Some(("encounter" | "relation", _)) | None => Owner::Encounter,
            Some((other, at)) => {
                faults.push(Fault::error("invalid_value", at, format!("of = \"{other}\""), "member、institution、encounter、charge 或 relation"));
                Owner::Encounter
            }
        };
        let mut fact = Fact {
            name: def.name.text.clone(),
            owner,
            kind,
            values: Vec::new(),
            parents: Vec::new(),
            default: None,
            shared: false,
            derived: def.table.clone(),
            source: if def.table.is_some() { Source::Derived } else { Source::Raw(0) },
            cuts: Vec::new(),
            bands: Vec::new(),
        };
        fact.set_values(def.values.iter().map(|word| word.text.clone()).collect());
        apply_tree(&mut fact, def, faults);
        fact.default = default_of(&fact, def, faults);
        if def.ordinal.is_some() {
            fact.source = Source::Ordinal(position);
        }
        if let Some(set) = &def.count_of {
            match self.id(&set.text).filter(|id| self.facts[*id].kind == Kind::Set) {
                Some(id) => {
                    fact.kind = Kind::Whole(0, self.facts[id].values.len() as i64);
                    fact.source = Source::CountOf(id);
                }
                None => faults.push(self.unknown(set)),
            }
        }
        self.push(fact);
    }

    /// A package says more about a shared fact: its values, further values, a default.
    fn extend(&mut self, id: FactId, def: &FactDef, faults: &mut Vec<Fault>) {
        let fact = &mut self.facts[id];
        if fact.name == "enrolment" && !def.values.is_empty() {
            fact.set_values(def.values.iter().map(|word| word.text.clone()).collect());
            fact.default = fact.values.iter().position(|v| v == "employer").or(Some(0)).map(|v| v as i64);
        } else if !def.values.is_empty() || def.kind.is_some() || def.table.is_some() {
            let allowed = "共用事实只能用 more 增加取值、用 under 归类；enrolment 的 values 由本区写明";
            faults.push(Fault::error("shared_fact", def.name.at, format!("{} 是共用事实", def.name.text), allowed));
            return;
        }
        for word in &def.more {
            fact.values.push(word.text.clone());
            fact.parents.push(None);
        }
        apply_tree(fact, def, faults);
        if def.default.is_some() {
            fact.default = default_of(fact, def, faults);
        }
    }

    /// A pseudo-fact with the values that are being walked over.
    fn bind(&mut self, name: &str, values: &[Word]) {
        let id = self.id(name).unwrap_or_else(|| {
            let mut fact = shared_fact(name, Owner::Charge, Kind::Choice, &[], None);
            fact.source = Source::Bound;
            self.push(fact)
        });
        for value in values {
            if !self.facts[id].values.contains(&value.text) {
                self.facts[id].values.push(value.text.clone());
                self.facts[id].parents.push(None);
            }
        }
    }

    fn bind_each(&mut self, table: &Table, faults: &mut Vec<Fault>) {
        let Some(each) = &table.each else { return };
        match self.get(&each.set.text).filter(|fact| fact.kind == Kind::Set) {
            Some(set) => {
                let values: Vec<Word> = set.values.iter().map(|v| Word { at: each.name.at, text: v.clone() }).collect();
                self.bind(&each.name.text, &values);
            }
            None => faults.push(Fault::error("unknown_fact", each.set.at, format!("{} 不是集合事实", each.set.text), "each 要一个 kind = \"set\" 的事实")),
        }
    }

    /// Gives every stated fact its place.
    fn place(&mut self) {
        for fact in &mut self.facts {
            if fact.bands.is_empty() {
                // A set of few values is a choice of one of its subsets.
                let faces = match fact.kind {
                    Kind::Set if fact.values.len() <= MOST_SET_VALUES => 1 << fact.values.len(),
                    Kind::Set => 1,
                    _ => fact.values.len().max(2),
                };
                fact.bands = (0..faces).map(|face| face as u8).collect();
            }
            if let Source::Raw(place) = &mut fact.source {
                let next = if fact.owner == Owner::Charge { &mut self.charge_places } else { &mut self.visit_places };
                *place = *next;
                *next += 1;
            }
        }
    }

    /// An unknown fact name, with the nearest known one.
    pub(crate) fn unknown(&self, word: &Word) -> Fault {
        let hint = nearest(&word.text, self.names()).map(|name| format!("，是否想写 {name}？"));
        let allowed = format!("可用的事实：{}{}", listed(self.names()), hint.unwrap_or_default());
        Fault::error("unknown_fact", word.at, format!("没有名为 {} 的事实", word.text), allowed)
    }

    /// Cuts every fact where a condition cuts it; call for every pattern before any is resolved.
    pub(crate) fn cut(&mut self, pattern: &Pattern, faults: &mut Vec<Fault>) {
        for (name, condition) in pattern {
            let Some(id) = self.id(&name.text) else {
                faults.push(self.unknown(name));
                continue;
            };
            if let Some(cuts) = self.facts[id].cuts_of(name, condition, faults) {
                for cut in cuts {
                    self.facts[id].cut_at(cut);
                }
            }
        }
    }

    /// Gives a number fact a band for each of its values (it multiplies an adjustment).
    pub(crate) fn cut_everywhere(&mut self, word: &Word, faults: &mut Vec<Fault>) {
        let Some(id) = self.id(&word.text) else {
            faults.push(self.unknown(word));
            return;
        };
        match self.facts[id].kind {
            Kind::Whole(min, max) if max - min < 250 => {
                for value in min + 1..=max {
                    self.facts[id].cut_at(value);
                }
            }
            _ => faults.push(Fault::error("invalid_value", word.at, format!("per = \"{}\"", word.text), "要一个取值不超过 250 个的整数事实（写明 min 与 max）")),
        }
    }

    /// The bands that a condition lets through.
    pub(crate) fn bands(&self, id: FactId, condition: &Condition) -> Bands {
        self.facts[id].bands_of(condition)
    }
}

fn shared_fact(name: &str, owner: Owner, kind: Kind, values: &[(&str, &str)], default: Option<i64>) -> Fact {
    let names: Vec<String> = values.iter().map(|(value, _)| (*value).to_owned()).collect();
    let parents = values.iter().map(|(_, parent)| names.iter().position(|v| v == parent)).collect();
    Fact {
        name: name.to_owned(),
        owner,
        kind,
        parents,
        values: names,
        default,
        shared: true,
        derived: None,
        source: Source::Raw(0),
        cuts: Vec::new(),
        bands: Vec::new(),
    }
}

fn kind_of(def: &FactDef, faults: &mut Vec<Fault>) -> Kind {
    let whole = |def: &FactDef| Kind::Whole(def.min.unwrap_or(0), def.max.unwrap_or(1_000_000));
    let kind = match def.kind.as_ref().map(|word| (word.text.as_str(), word.at)) {
        None if def.ordinal.is_some() || def.count_of.is_some() => whole(def),
        None | Some(("choice", _)) => Kind::Choice,
        Some(("flag", _)) => Kind::Flag,
        Some(("whole", _)) => whole(def),
        Some(("date", _)) => Kind::Date,
        Some(("money", _)) => Kind::Money,
        Some(("set", _)) => Kind::Set,
        Some((other, at)) => {
            faults.push(Fault::error("invalid_value", at, format!("kind = \"{other}\""), "choice、flag、whole、date、money 或 set"));
            Kind::Choice
        }
    };
    if matches!(kind, Kind::Choice | Kind::Set) && def.values.is_empty() {
        faults.push(Fault::error("missing_key", def.name.at, format!("事实 {} 没有取值", def.name.text), "写 values = [...] 或 kind"));
    }
    if def.values.len() > 60 {
        faults.push(Fault::error("too_many_values", def.name.at, format!("{} 个取值", def.values.len()), "至多 60 个"));
    }
    if let Kind::Whole(min, max) = kind
        && min > max
    {
        faults.push(Fault::error("out_of_range", def.name.at, format!("min {min} 大于 max {max}"), "min 不大于 max"));
    }
    kind
}

fn apply_tree(fact: &mut Fact, def: &FactDef, faults: &mut Vec<Fault>) {
    for (child, parent) in &def.under {
        let of = |word: &Word| fact.values.iter().position(|value| *value == word.text);
        match (of(child), of(parent)) {
            (Some(child), Some(parent)) if child != parent => fact.parents[child] = Some(parent),
            _ => {
                let found = format!("under 中的 {} = {}", child.text, parent.text);
                faults.push(Fault::error("invalid_value", child.at, found, format!("两者都须是取值：{}", listed(&fact.values))));
            }
        }
    }
    for start in 0..fact.parents.len() {
        let (mut at, mut steps) = (start, 0);
        while let Some(parent) = fact.parents[at] {
            (at, steps) = (parent, steps + 1);
            if steps > fact.parents.len() {
                faults.push(Fault::error("cycle", def.name.at, format!("事实 {} 的归类成环", fact.name), "under 不能绕回自己"));
                fact.parents.iter_mut().for_each(|parent| *parent = None);
                return;
            }
        }
    }
}

fn default_of(fact: &Fact, def: &FactDef, faults: &mut Vec<Fault>) -> Option<i64> {
    match &def.default {
        None if fact.kind == Kind::Flag || fact.kind == Kind::Set => Some(0),
        None => None,
        Some(scalar) => {
            let value = fact.raw(&scalar.value);
            if value.is_none() {
                faults.push(fact.not_a_value(scalar));
            }
            value
        }
    }
}

impl Fact {
    fn set_values(&mut self, values: Vec<String>) {
        self.parents = vec![None; values.len()];
        self.values = values;
    }

    /// Whether one named value is another or stands under it.
    pub(crate) fn is_under(&self, value: &str, ancestor: &str) -> bool {
        let place = |name: &str| self.values.iter().position(|value| value == name);
        place(value).zip(place(ancestor)).is_some_and(|(value, ancestor)| self.under(value, ancestor))
    }

    /// Whether `value` is `ancestor` or stands under it.
    fn under(&self, value: usize, ancestor: usize) -> bool {
        value == ancestor || self.parents[value].is_some_and(|parent| self.under(parent, ancestor))
    }

    /// The number that stands for a written value, if the fact has it.
    pub(crate) fn raw(&self, value: &ScalarValue) -> Option<i64> {
        match (&self.kind, value) {
            (Kind::Choice, ScalarValue::Text(text)) => self.values.iter().position(|v| v == text).map(|v| v as i64),
            (Kind::Set, ScalarValue::Text(text)) => self.values.iter().position(|v| v == text).map(|v| 1 << v),
            (Kind::Flag, ScalarValue::Flag(flag)) => Some(i64::from(*flag)),
            (Kind::Whole(min, max), ScalarValue::Whole(number)) => (min..=max).contains(&number).then_some(*number),
            (Kind::Date, ScalarValue::Day(day)) => Some(i64::from(day.number())),
            (Kind::Money, ScalarValue::Text(text)) => text.parse::<Fen>().ok().map(Fen::fen),
            _ => None,
        }
    }

    /// What values the fact has, for messages.
    pub fn allowed(&self) -> String {
        match self.kind {
            Kind::Choice | Kind::Set => listed(&self.values),
            Kind::Flag => "true 或 false".to_owned(),
            Kind::Whole(min, max) => format!("整数 {min} 至 {max}"),
            Kind::Date => "日期 YYYY-MM-DD".to_owned(),
            Kind::Money => "金额文字，如 \"90.00\"".to_owned(),
        }
    }

    fn not_a_value(&self, scalar: &Scalar) -> Fault {
        let found = match &scalar.value {
            ScalarValue::Text(text) => format!("\"{text}\""),
            ScalarValue::Whole(number) => number.to_string(),
            ScalarValue::Flag(flag) => flag.to_string(),
            ScalarValue::Day(day) => day.to_string(),
        };
        let hint = match &scalar.value {
            ScalarValue::Text(text) => nearest(text, self.values.iter().map(String::as_str)),
            _ => None,
        };
        let hint = hint.map(|name| format!("，是否想写 {name}？")).unwrap_or_default();
        Fault::error("unknown_value", scalar.at, format!("{found} 不是事实 {} 的取值", self.name), format!("可用：{}{hint}", self.allowed()))
    }

    /// The cuts that a condition on a number makes; reports values that the fact does not have.
    fn cuts_of(&self, name: &Word, condition: &Condition, faults: &mut Vec<Fault>) -> Option<Vec<i64>> {
        let scalars: Vec<(Option<Compare>, &Scalar)> = match condition {
            Condition::Any(values) | Condition::Not(values) => values.iter().map(|value| (None, value)).collect(),
            Condition::Range(range) => range.iter().map(|(compare, value)| (Some(*compare), value)).collect(),
        };
        if matches!(condition, Condition::Range(_)) && matches!(self.kind, Kind::Choice | Kind::Flag | Kind::Set) {
            let allowed = format!("{} 只能比较是否等于：{}", self.name, self.allowed());
            faults.push(Fault::error("invalid_value", name.at, "大小比较用在没有大小的事实上".to_owned(), allowed));
            return None;
        }
        if self.kind == Kind::Set && self.values.len() > MOST_SET_VALUES {
            let allowed = format!("超过 {MOST_SET_VALUES} 个取值的集合不能直接作条件：用 each 逐项取值，或用 count_of 数个数");
            faults.push(Fault::error("invalid_value", name.at, format!("{} 是集合", self.name), allowed));
            return None;
        }
        let mut cuts = Vec::new();
        for (compare, scalar) in scalars {
            let Some(raw) = self.raw(&scalar.value) else {
                faults.push(self.not_a_value(scalar));
                continue;
            };
            if self.banded() {
                match compare {
                    None => cuts.extend([raw, raw + 1]),
                    Some(Compare::Below | Compare::AtLeast) => cuts.push(raw),
                    Some(Compare::AtMost | Compare::Above) => cuts.push(raw + 1),
                }
            }
        }
        Some(cuts)
    }

    fn banded(&self) -> bool {
        matches!(self.kind, Kind::Whole(..) | Kind::Date | Kind::Money)
    }

    fn cut_at(&mut self, cut: i64) {
        if let Kind::Whole(min, max) = self.kind
            && (cut <= min || cut > max)
        {
            return;
        }
        if let Err(i) = self.cuts.binary_search(&cut) {
            self.cuts.insert(i, cut);
        }
    }

    /// How many bands there are.
    pub(crate) fn band_count(&self) -> usize {
        if self.banded() {
            self.cuts.len() + 1
        } else {
            usize::from(self.bands.iter().copied().max().unwrap_or(0)) + 1
        }
    }

    /// The band of a value.
    pub(crate) fn band(&self, raw: i64) -> u8 {
        if self.banded() { self.cuts.partition_point(|cut| *cut <= raw) as u8 } else { self.bands[raw as usize] }
    }

    /// A value inside a band, for messages and boundary cases.
    pub(crate) fn sample(&self, band: u8) -> i64 {
        if self.banded() {
            match (band, &self.kind) {
                (0, Kind::Whole(min, _)) => *min,
                (0, _) => self.cuts.first().map_or(0, |cut| cut - 1),
                (band, _) => self.cuts[usize::from(band) - 1],
            }
        } else {
            self.bands.iter().position(|b| *b == band).unwrap_or(0) as i64
        }
    }

    /// A value in words.
    pub(crate) fn show(&self, raw: i64) -> String {
        match self.kind {
            Kind::Choice => self.values.get(raw as usize).cloned().unwrap_or_default(),
            Kind::Flag => (raw != 0).to_string(),
            Kind::Whole(..) => raw.to_string(),
            Kind::Date => Day::from_number(raw as i32).to_string(),
            Kind::Money => Fen::from_fen(raw).to_string(),
            Kind::Set => listed(self.values.iter().enumerate().filter(|(i, _)| raw >> i & 1 == 1).map(|(_, v)| v)),
        }
    }

    /// The values that a choice condition lets through.
    fn matches(&self, scalars: &[Scalar], value: usize) -> bool {
        scalars.iter().any(|scalar| match (&self.kind, self.raw(&scalar.value)) {
            (Kind::Choice, Some(ancestor)) => self.under(value, ancestor as usize),
            (Kind::Set, Some(member)) => value as i64 & member != 0,
            (_, Some(raw)) => raw == value as i64,
            (_, None) => false,
        })
    }

    fn bands_of(&self, condition: &Condition) -> Bands {
        let mut bands = Bands::NONE;
        for band in 0..self.band_count() {
            if self.holds(self.sample(band as u8), condition) {
                bands.insert(band as u8);
            }
        }
        bands
    }

    /// Whether a condition lets a value through.
    pub(crate) fn holds(&self, raw: i64, condition: &Condition) -> bool {
        if !self.banded() {
            return match condition {
                Condition::Any(values) => self.matches(values, raw as usize),
                Condition::Not(values) => !self.matches(values, raw as usize),
                Condition::Range(_) => false,
            };
        }
        let equals = |values: &[Scalar]| values.iter().any(|value| self.raw(&value.value) == Some(raw));
        match condition {
            Condition::Any(values) => equals(values),
            Condition::Not(values) => !equals(values),
            Condition::Range(range) => range.iter().all(|(compare, scalar)| {
                let Some(limit) = self.raw(&scalar.value) else { return false };
                match compare {
                    Compare::Below => raw < limit,
                    Compare::AtMost => raw <= limit,
                    Compare::AtLeast => raw >= limit,
                    Compare::Above => raw > limit,
                }
            }),
        }
    }

    /// Whether a condition that did not cut this fact lets some value of the band through.
    pub(crate) fn meets(&self, band: u8, condition: &Condition) -> bool {
        if !self.banded() {
            return self.raws_in(band).into_iter().any(|raw| self.holds(raw, condition));
        }
        let (low, high) = self.ends(band);
        let possible = |raw: i64| !matches!(self.kind, Kind::Whole(min, max) if raw < min || max < raw);
        let inside = |raw: &i64| possible(*raw) && low.is_none_or(|low| low <= *raw) && high.is_none_or(|high| *raw < high);
        let scalars = condition.scalars();
        let near = scalars.iter().filter_map(|scalar| self.raw(&scalar.value)).flat_map(|raw| [raw - 1, raw, raw + 1]);
        let ends = [Some(self.sample(band)), low, high.map(|high| high - 1)];
        near.chain(ends.into_iter().flatten()).filter(inside).any(|raw| self.holds(raw, condition))
    }

    /// First value of a band and the first after it; none at the ends of what a number can be.
    pub(crate) fn ends(&self, band: u8) -> (Option<i64>, Option<i64>) {
        let band = usize::from(band);
        (band.checked_sub(1).map(|before| self.cuts[before]), self.cuts.get(band).copied())
    }

    /// The values of a choice (or members of a set) in a band.
    pub(crate) fn values_in(&self, band: u8) -> Vec<usize> {
        (0..self.values.len()).filter(|value| self.bands[*value] == band).collect()
    }

    /// The raw values of a choice or flag in a band.
    pub(crate) fn raws_in(&self, band: u8) -> Vec<i64> {
        (0..self.bands.len()).filter(|value| self.bands[*value] == band).map(|value| value as i64).collect()
    }
}

/// A pattern with its facts known and its conditions as sets of bands.
pub(crate) type Region = Box<[(FactId, Bands)]>;

impl Registry {
    /// Resolves a pattern; unknown facts were reported when it was cut and are left out here.
    pub(crate) fn region(&self, pattern: &Pattern) -> Region {
        let mut region: Vec<(FactId, Bands)> = Vec::new();
        for (name, condition) in pattern {
            let Some(id) = self.id(&name.text) else { continue };
            let bands = self.bands(id, condition);
            match region.iter_mut().find(|(fact, _)| *fact == id) {
                Some((_, both)) => *both = both.and(bands),
                None => region.push((id, bands)),
            }
        }
        region.sort_by_key(|(fact, _)| *fact);
        region.into()
    }

    /// Merges values of choices that no region tells apart, so that tables stay small.
    /// `regions` are all regions of the package; they are rewritten to the merged bands.
    pub(crate) fn merge_bands(&mut self, patterns: &[&Pattern], keep: &[FactId]) {
        for id in 0..self.facts.len() {
            if self.facts[id].banded() || keep.contains(&id) || self.facts[id].bands.is_empty() {
                continue;
            }
            let conditions: Vec<Bands> = patterns
                .iter()
                .flat_map(|pattern| pattern.iter())
                .filter(|(name, _)| self.id(&name.text) == Some(id))
                .map(|(_, condition)| self.bands(id, condition))
                .collect();
            let mut signatures: Vec<Vec<bool>> = Vec::new();
            let mut bands = Vec::new();
            for band in 0..self.facts[id].bands.len() {
                let signature: Vec<bool> = conditions.iter().map(|set| set.has(band as u8)).collect();
                let known = signatures.iter().position(|s| *s == signature).unwrap_or_else(|| {
                    signatures.push(signature);
                    signatures.len() - 1
                });
                bands.push(known as u8);
            }
            self.facts[id].bands = bands;
        }
    }
}
