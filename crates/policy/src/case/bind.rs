//! Binding a member and an encounter to an area's facts: from names to places and numbers.

use super::{CaseFault, Charge, Encounter, FactValue, Institution, Member};
use crate::compile::Compiled;
use crate::facts::{Fact, FactId, Kind, Owner, Source, place_of};
use crate::fault::{listed, nearest};
use crate::library::Area;
use crate::model::ScalarValue;
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use gongji_adjudication::{MISSING, Period, Prior, Rules, Source as EngineSource};
use gongji_domain::{Clock, Day, Fen, Rate};

/// An encounter bound to an area: everything the engine reads.
pub(super) struct Bound {
    pub(super) day: Day,
    pub(super) clock: Clock,
    pub(super) facts: Vec<i64>,
    pub(super) institution: u64,
    pub(super) charges: Vec<BoundCharge>,
    /// Facts of all charges, one after the other.
    pub(super) charge_facts: Vec<i64>,
    pub(super) prior: Vec<Prior>,
}

#[derive(Clone, Copy)]
pub(super) struct BoundCharge {
    pub(super) amount: Fen,
    pub(super) covered: bool,
    pub(super) ceiling: Option<Fen>,
    pub(super) upfront: Rate,
}

impl BoundCharge {
    /// The charge as the engine reads it.
    pub(super) fn with(self, facts: &[i64]) -> gongji_adjudication::Charge<'_> {
        let Self { amount, covered, ceiling, upfront } = self;
        gongji_adjudication::Charge { amount, covered, ceiling, upfront, facts }
    }
}

impl Bound {
    /// The same encounter for a second look.
    pub(super) fn clone_parts(&self) -> Self {
        Self {
            facts: self.facts.clone(),
            charges: self.charges.clone(),
            charge_facts: self.charge_facts.clone(),
            prior: Vec::new(),
            ..*self
        }
    }
}

/// The number that stands for a stated value, if the fact has it.
pub(super) fn raw_value(fact: &Fact, value: &FactValue) -> Option<i64> {
    let scalar = match value {
        FactValue::Text(text) if fact.kind == Kind::Date => ScalarValue::Day(text.parse().ok()?),
        FactValue::Text(text) if fact.kind != Kind::Set => return fact.raw_text(text),
        FactValue::Flag(flag) => ScalarValue::Flag(*flag),
        FactValue::Whole(number) => ScalarValue::Whole(*number),
        FactValue::Set(items) if fact.kind == Kind::Set => {
            return items.iter().try_fold(0, |set, item| Some(set | fact.raw_text(item)?));
        }
        FactValue::Text(_) | FactValue::Set(_) => return None,
    };
    fact.raw(&scalar)
}

/// The class must be stated, except where it does not matter or the package knows it.
pub(super) fn classes(encounter: &Encounter, area: Option<&Area>) -> Result<(), CaseFault> {
    let pharmacy = encounter.care_type == "pharmacy";
    let needed = |institution: &Institution| {
        let id = institution.id.as_deref();
        institution.class.is_none()
            && id.is_none_or(|id| area.and_then(|area| area.compiled.class_of(id, encounter.date)).is_none())
    };
    if pharmacy {
        if encounter.prescriber.as_ref().is_some_and(needed) {
            return Err(CaseFault::new(
                "missing_field",
                "prescriber.class",
                "有外配处方时须写明处方开具机构的级别 prescriber.class",
            ));
        }
    } else if needed(&encounter.institution) {
        return Err(CaseFault::new("missing_field", "institution.class", "缺少机构级别 institution.class，此项必填"));
    }
    Ok(())
}

impl Compiled {
    /// Class (and kind) that the package's dated map gives an institution.
    pub(crate) fn class_of(&self, id: &str, day: Day) -> Option<(&str, Option<&str>)> {
        let rows = self.package.institutions.iter().filter(|row| row.id.text == id);
        let alive =
            |from: Option<Day>, until: Option<Day>| from.is_none_or(|f| f <= day) && until.is_none_or(|u| day <= u);
        let row = rows.filter(|row| alive(row.from, row.until)).max_by_key(|row| row.from)?;
        Some((row.class.as_ref()?.text.as_str(), row.kind.as_ref().map(|kind| kind.text.as_str())))
    }
}

/// Binds an encounter; every fault names its field.
pub(super) fn bind(area: &Area, rules: &Rules, member: &Member, encounter: &Encounter) -> Result<Bound, CaseFault> {
    classes(encounter, Some(area))?;
    let mut binder = Binder { area, facts: area.default_facts() };
    binder.member(member, encounter.date)?;
    binder.encounter(encounter)?;
    let (charges, charge_facts) = charges(area, &encounter.charges)?;
    let prior = prior(area, encounter)?;
    let facts = binder.facts;
    needed(area, rules, &facts, encounter)?;
    impossible(area, &facts)?;
    let institution = encounter.institution.id.as_deref().map_or(0, number_of);
    Ok(Bound {
        day: encounter.date,
        clock: encounter.time.unwrap_or_default(),
        facts,
        institution,
        charges,
        charge_facts,
        prior,
    })
}

/// A number for an institution's code (FNV-1a): only compared for equality.
pub(super) fn number_of(id: &str) -> u64 {
    id.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
        .max(1)
}

/// Class and kind of where the visit is, and of who issued a prescription.
const INSTITUTION: [FactId; 2] = [place_of("class"), place_of("kind")];
const ISSUER: [FactId; 2] = [place_of("issuer_class"), place_of("issuer_kind")];

struct Binder<'a> {
    area: &'a Area,
    facts: Vec<i64>,
}

impl Binder<'_> {
    /// Sets a shared fact from its text.
    fn choose(&mut self, fact: FactId, field: &str, value: &str) -> Result<(), CaseFault> {
        let fact = &self.area.compiled.registry.facts[fact];
        let Some(raw) = fact.raw_text(value) else {
            let code = if fact.name == "enrolment" { "unknown_enrolment" } else { "invalid_value" };
            let hint = nearest(value, fact.values.iter().map(String::as_str))
                .map(|v| format!("，是否想写 {v}？"))
                .unwrap_or_default();
            return Err(CaseFault::new(
                code,
                field,
                format!("\"{value}\" 不是可用的取值；可用：{}{hint}", fact.allowed()),
            ));
        };
        if let Source::Raw(place) = fact.source {
            self.facts[usize::from(place)] = raw;
        }
        Ok(())
    }

    fn put(&mut self, fact: FactId, raw: i64) {
        if let Source::Raw(place) = self.area.compiled.registry.facts[fact].source {
            self.facts[usize::from(place)] = raw;
        }
    }

    fn declared(&mut self, facts: &[(String, FactValue)], owner: Owner, outer: &str) -> Result<(), CaseFault> {
        for (name, value) in facts {
            let field = format!("{outer}.{name}");
            let fact =
                self.area.declared_fact(name, owner).map_err(|fault| CaseFault { field: field.clone(), ..fault })?;
            let raw = raw_value(fact, value);
            let raw = raw.ok_or_else(|| {
                CaseFault::new("invalid_value", field, format!("不是事实 {name} 的取值；可用：{}", fact.allowed()))
            })?;
            if let Source::Raw(place) = fact.source {
                self.facts[usize::from(place)] = raw;
            }
        }
        Ok(())
    }

    fn member(&mut self, member: &Member, day: Day) -> Result<(), CaseFault> {
        self.choose(const { place_of("status") }, "member.status", &member.status)?;
        if let Some(enrolment) = &member.enrolment {
            self.choose(const { place_of("enrolment") }, "member.enrolment", enrolment)?;
        }
        if let Some(birth) = member.birth_date {
            let age = day.age_since(birth);
            if !(0..=150).contains(&age) {
                let message = format!("出生日期 {birth} 与就诊日期 {day} 算出 {age} 岁；应在 0 至 150 之间");
                return Err(CaseFault::new("out_of_range", "member.birth_date", message));
            }
            self.put(const { place_of("age") }, i64::from(age));
            self.put(const { place_of("birth_date") }, i64::from(birth.number()));
        }
        self.declared(&member.facts, Owner::Member, "member.facts")
    }

    fn encounter(&mut self, encounter: &Encounter) -> Result<(), CaseFault> {
        self.choose(const { place_of("care_type") }, "care_type", &encounter.care_type)?;
        if let Some(place) = &encounter.place {
            self.choose(const { place_of("place") }, "place", place)?;
        }
        self.put(const { place_of("month") }, i64::from(encounter.date.ymd().1));
        self.put(const { place_of("prescription") }, i64::from(encounter.prescriber.is_some()));
        self.institution(
            &encounter.institution,
            encounter.date,
            ["institution.class", "institution.kind"],
            INSTITUTION,
        )?;
        let issuer = match &encounter.prescriber {
            Some(prescriber) if encounter.care_type == "pharmacy" => {
                (prescriber, ["prescriber.class", "prescriber.kind"])
            }
            _ => (&encounter.institution, ["institution.class", "institution.kind"]),
        };
        self.institution(issuer.0, encounter.date, issuer.1, ISSUER)?;
        self.declared(&encounter.institution.facts, Owner::Institution, "institution.facts")?;
        self.declared(&encounter.facts, Owner::Encounter, "facts")
    }

    fn institution(
        &mut self,
        institution: &Institution,
        day: Day,
        fields: [&str; 2],
        facts: [FactId; 2],
    ) -> Result<(), CaseFault> {
        let area = self.area;
        let mapped = institution.id.as_deref().and_then(|id| area.compiled.class_of(id, day));
        let class = institution.class.as_deref().or(mapped.map(|(class, _)| class));
        let kind = institution.kind.as_deref().or(mapped.and_then(|(_, kind)| kind));
        if let Some(class) = class {
            self.choose(facts[0], fields[0], class)?;
        }
        if let Some(kind) = kind {
            self.choose(facts[1], fields[1], kind)?;
        }
        Ok(())
    }
}

fn charges(area: &Area, charges: &[Charge]) -> Result<(Vec<BoundCharge>, Vec<i64>), CaseFault> {
    let registry = &area.compiled.registry;
    let unstated = &registry.of_charges;
    let mut bound = Vec::with_capacity(charges.len());
    let mut facts = Vec::with_capacity(unstated.len() * charges.len());
    for (i, charge) in charges.iter().enumerate() {
        let from = facts.len();
        facts.extend_from_slice(unstated);
        let own = &mut facts[from..];
        if let Source::Raw(place) = registry.facts[const { place_of("charge_amount") }].source {
            own[usize::from(place)] = charge.amount.fen();
        }
        for (name, value) in &charge.facts {
            let field = format!("charges[{i}].facts.{name}");
            let fact =
                area.declared_fact(name, Owner::Charge).map_err(|fault| CaseFault { field: field.clone(), ..fault })?;
            let raw = raw_value(fact, value);
            let raw = raw.ok_or_else(|| {
                CaseFault::new("invalid_value", field, format!("不是事实 {name} 的取值；可用：{}", fact.allowed()))
            })?;
            if let Source::Raw(place) = fact.source {
                own[usize::from(place)] = raw;
            }
        }
        bound.push(BoundCharge {
            amount: charge.amount,
            covered: charge.covered,
            ceiling: charge.ceiling,
            upfront: charge.upfront_rate,
        });
    }
    Ok((bound, facts))
}

/// Payments of benefits decided elsewhere, in the order of the chain.
fn prior(area: &Area, encounter: &Encounter) -> Result<Vec<Prior>, CaseFault> {
    let benefits = &area.compiled.benefits;
    let place = |name: &str| benefits.iter().position(|benefit| benefit.name == name && benefit.decided_elsewhere);
    let mut prior = Vec::new();
    for (i, payment) in encounter.prior_benefits.iter().enumerate() {
        let Some(benefit) = place(&payment.benefit) else {
            let known = listed(area.decided_elsewhere());
            let message = format!("\"{}\" 不是由别处决定的待遇；可用：{known}", payment.benefit);
            return Err(CaseFault::new("invalid_value", format!("prior_benefits[{i}].benefit"), message));
        };
        prior.push(Prior { benefit: benefit as u8, fund: payment.fund, paid: payment.fund_paid });
    }
    prior.sort_by_key(|payment| payment.benefit);
    Ok(prior)
}

/// What is missing when the care is of a benefit that is decided elsewhere and its payment is not stated.
pub(super) fn parameters_open(area: &Area, encounter: &Encounter, prior: &[Prior]) -> Option<CaseFault> {
    let care = area.fact("care_type")?;
    let missing = area.compiled.benefits.iter().enumerate().find(|(i, benefit)| {
        benefit.decided_elsewhere
            && care.is_under(&encounter.care_type, &benefit.name)
            && !prior.iter().any(|payment| usize::from(payment.benefit) == *i)
    });
    let (_, benefit) = missing?;
    let article = area.compiled.articles.print(&benefit.cite);
    let message = format!(
        "{} 的起付、比例和限额文本没有给出：须在 prior_benefits 写明它已支付多少（可以是 \"0.00\"）",
        benefit.name
    );
    Some(CaseFault { article: Some(article), ..CaseFault::new("parameters_open", "prior_benefits", message) })
}

/// Whatever the rules read must be stated.
fn needed(area: &Area, rules: &Rules, facts: &[i64], encounter: &Encounter) -> Result<(), CaseFault> {
    for (source, _) in &rules.facts {
        let (EngineSource::Raw(place) | EngineSource::CountOf(place)) = source else { continue };
        if facts[usize::from(*place)] != MISSING {
            continue;
        }
        let fact = area.facts().iter().find(|fact| fact.owner != Owner::Charge && fact.source == Source::Raw(*place));
        let Some(fact) = fact else { continue };
        let field = match (fact.name.as_str(), fact.owner) {
            ("age" | "birth_date", _) => "member.birth_date".to_owned(),
            (name, Owner::Member) if fact.shared => format!("member.{name}"),
            (name, Owner::Member) => format!("member.facts.{name}"),
            (name, Owner::Institution) => format!("institution.facts.{name}"),
            (name, _) => format!("facts.{name}"),
        };
        let message = format!("本统筹区的规则要用到 {field}；取值：{}", fact.allowed());
        return Err(CaseFault::new("missing_field", field, message));
    }
    for (source, _) in &rules.charge_facts {
        let EngineSource::Raw(place) = source else { continue };
        if area.compiled.registry.of_charges[usize::from(*place)] != MISSING {
            continue;
        }
        let fact = area.facts().iter().find(|fact| fact.owner == Owner::Charge && fact.source == Source::Raw(*place));
        let Some(fact) = fact.filter(|fact| fact.name != "charge_amount") else { continue };
        for (i, charge) in encounter.charges.iter().enumerate() {
            if !charge.facts.iter().any(|(name, _)| *name == fact.name) {
                let own = if fact.name == "item" { "item".to_owned() } else { format!("facts.{}", fact.name) };
                let message = format!("本统筹区的规则要用到每笔费用的 {}；取值：{}", fact.name, fact.allowed());
                return Err(CaseFault::new("missing_field", format!("charges[{i}].{own}"), message));
            }
        }
    }
    let by_institution = rules.counters.iter().any(|counter| counter.by_institution);
    if by_institution && encounter.institution.id.is_none() {
        let message = "本统筹区按机构累计，须写明机构编码 institution.id";
        return Err(CaseFault::new("missing_field", "institution.id", message));
    }
    let opens = rules.counters.iter().any(|counter| matches!(counter.period, Period::Opened(_)));
    if opens && encounter.time.is_none() {
        return Err(CaseFault::new("missing_field", "time", "本统筹区按小时累计，须写明就诊时刻 time（HH:MM:SS）"));
    }
    Ok(())
}

/// Facts that the package says cannot meet.
fn impossible(area: &Area, facts: &[i64]) -> Result<(), CaseFault> {
    let registry = &area.compiled.registry;
    let band = |fact: usize| match registry.facts[fact].source {
        Source::Raw(place) if registry.facts[fact].owner != Owner::Charge && facts[usize::from(place)] != MISSING => {
            Some(registry.facts[fact].band(facts[usize::from(place)]))
        }
        _ => None,
    };
    for region in &area.compiled.impossible {
        if region.iter().all(|(fact, bands)| band(*fact).is_some_and(|band| bands.has(band))) {
            let names = listed(region.iter().map(|(fact, _)| registry.facts[*fact].name.to_string()));
            let message = format!("{names} 的取值按本统筹区的规定不会同时出现");
            return Err(CaseFault::new("invalid_value", "", message));
        }
    }
    Ok(())
}

impl Area {
    pub(crate) fn fact(&self, name: &str) -> Option<&Fact> {
        self.compiled.registry.get(name)
    }

    /// A fact that the area declares for this owner; cases state it under `facts`.
    pub(crate) fn declared_fact(&self, name: &str, owner: Owner) -> Result<&Fact, CaseFault> {
        let stated = |fact: &&Fact| !fact.shared && matches!(fact.source, Source::Raw(_));
        let found = self.fact(name).filter(stated).filter(|fact| fact.owner == owner);
        found.ok_or_else(|| {
            let known: Vec<&str> =
                self.facts().iter().filter(|f| stated(f) && f.owner == owner).map(|f| f.name.as_str()).collect();
            let hint =
                nearest(name, known.iter().copied()).map(|name| format!("，是否想写 {name}？")).unwrap_or_default();
            let allowed = if known.is_empty() {
                "本统筹区在这里没有声明事实".to_owned()
            } else {
                format!("可用：{}{hint}", listed(known))
            };
            CaseFault::new("unknown_fact", name, format!("没有名为 {name} 的事实；{allowed}"))
        })
    }

    /// Benefits whose payment a case states, because the texts leave their figures open.
    pub fn decided_elsewhere(&self) -> impl Iterator<Item = &str> {
        self.compiled.benefits.iter().filter(|benefit| benefit.decided_elsewhere).map(|benefit| benefit.name.as_str())
    }
}
