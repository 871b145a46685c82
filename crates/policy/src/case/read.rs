//! Reading a case from a JSON line: keys in the order in which they stand, values checked as they
//! come, the first fault reported.

use super::json::Json;
use super::{Case, CaseFault, Charge, Encounter, FactValue, Institution, Member, MemberThen, PriorBenefit, Used};
use crate::facts::{Fact, Kind, Owner};
use crate::fault::{listed, nearest};
use crate::library::{Area, Library};
use alloc::borrow::{Cow, ToOwned};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use gongji_domain::{Clock, Day, DayError, Fen, FundCode, MoneyError, Rate};

pub(super) type Read<T> = Result<T, CaseFault>;
type Entries<'a> = [(Cow<'a, str>, Json<'a>)];

/// The most charges of one encounter.
const MOST_CHARGES: usize = 10_000;
/// The largest charge.
const LARGEST_CHARGE: Fen = Fen::from_fen(9_999_999_999);
/// The largest balance or sum used before.
const LARGEST_SUM: Fen = Fen::from_fen(99_999_999_999_999);

/// The most entries of a list that is added up: with the largest sum, far below what an amount holds.
const MOST_ENTRIES: usize = 100;

/// Refuses a list whose sum could be larger than any amount.
pub(super) fn few(count: usize, field: &str) -> Read<()> {
    if count <= MOST_ENTRIES {
        return Ok(());
    }
    Err(CaseFault::new("out_of_range", field, format!("{count} 项；至多 {MOST_ENTRIES} 项")))
}

/// The id of a line that is JSON, for the answer to a case in error.
pub(super) fn id_of(json: &Json<'_>) -> Option<String> {
    match json {
        Json::Object(entries) => entries.iter().find_map(|(key, value)| match (key.as_ref(), value) {
            ("id", Json::Text(id)) => Some(id.to_string()),
            _ => None,
        }),
        _ => None,
    }
}

/// Reads a case; `library` tells which values the case's area knows.
pub(crate) fn case(json: &Json<'_>, library: &Library) -> Read<Case> {
    let entries = object(json, "")?;
    // The area decides which values are allowed, wherever in the line it stands.
    let area = entries.iter().find_map(|(key, value)| match (key.as_ref(), value) {
        ("pooling_area", Json::Text(code)) => library.area(code),
        _ => None,
    });
    let mut case = Case::default();
    let (mut id, mut pooling, mut member, mut encounters) = (None, None, None, None);
    each_key(entries, "", &["id", "pooling_area", "member", "encounters"], |key, value| {
        match key {
            "id" => id = Some(text(value, "id")?.to_owned()),
            "pooling_area" => pooling = Some(pooling_area(value)?),
            "member" => member = Some(read_member(value, area, &mut case)?),
            _ => encounters = Some(read_encounters(value, area)?),
        }
        Ok(())
    })?;
    case.id = id.ok_or_else(|| missing("id"))?;
    case.pooling_area = pooling.ok_or_else(|| missing("pooling_area"))?;
    case.member = member.ok_or_else(|| missing("member"))?;
    case.encounters = encounters.ok_or_else(|| missing("encounters"))?;
    Ok(case)
}

fn pooling_area(value: &Json<'_>) -> Read<String> {
    let code = text(value, "pooling_area")?;
    if code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(code.to_owned());
    }
    Err(CaseFault::new(
        "invalid_value",
        "pooling_area",
        format!("{} 不是医保区划代码；应为六位数字，如 \"500000\"", value.describe()),
    ))
}

pub(super) fn missing(field: impl Into<String>) -> CaseFault {
    let field = field.into();
    let message = format!("缺少 {field}，此项必填");
    CaseFault::new("missing_field", field, message)
}

fn wrong(value: &Json<'_>, field: &str, allowed: &str) -> CaseFault {
    CaseFault::new("invalid_value", field, format!("这里是{}；应为{allowed}", value.describe()))
}

pub(super) fn object<'j, 'a>(json: &'j Json<'a>, field: &str) -> Read<&'j Entries<'a>> {
    match json {
        Json::Object(entries) => Ok(entries),
        other => Err(wrong(other, field, "一个对象 {…}")),
    }
}

pub(super) fn list<'j, 'a>(json: &'j Json<'a>, field: &str) -> Read<&'j [Json<'a>]> {
    match json {
        Json::List(items) => Ok(items),
        other => Err(wrong(other, field, "一个列表 […]")),
    }
}

pub(super) fn text<'j>(json: &'j Json<'_>, field: &str) -> Read<&'j str> {
    match json {
        Json::Text(text) => Ok(text),
        other => Err(wrong(other, field, "文字")),
    }
}

/// Calls `read` with each key in the order in which it stands; unknown and doubled keys are faults.
pub(super) fn each_key<'j, 'a>(
    entries: &'j Entries<'a>,
    outer: &str,
    known: &[&'static str],
    mut read: impl FnMut(&'static str, &'j Json<'a>) -> Read<()>,
) -> Read<()> {
    for (i, (key, value)) in entries.iter().enumerate() {
        let Some(name) = known.iter().find(|name| **name == key.as_ref()) else {
            let hint =
                nearest(key, known.iter().copied()).map(|name| format!("，是否想写 {name}？")).unwrap_or_default();
            let message = format!("不认识的项 {key}；可用：{}{hint}", listed(known));
            return Err(CaseFault::new("unknown_field", path(outer, key), message));
        };
        if entries[..i].iter().any(|(earlier, _)| earlier == key) {
            return Err(CaseFault::new("invalid_value", path(outer, key), format!("{key} 写了两次")));
        }
        read(name, value).map_err(|fault| fault.within(outer))?;
    }
    Ok(())
}

fn path(outer: &str, key: &str) -> String {
    if outer.is_empty() { key.to_owned() } else { format!("{outer}.{key}") }
}

fn money(json: &Json<'_>, field: &str, least: Fen, most: Fen) -> Read<Fen> {
    let text = match json {
        Json::Text(text) => text,
        other => return Err(wrong(other, field, "金额，写成文字，如 \"100.00\"")),
    };
    let out_of_range =
        || CaseFault::new("out_of_range", field, format!("\"{text}\" 超出范围；应在 {least} 至 {most} 之间"));
    match text.parse::<Fen>() {
        Ok(amount) if least <= amount && amount <= most => Ok(amount),
        Ok(_) | Err(MoneyError::TooLarge) => Err(out_of_range()),
        Err(MoneyError::Negative) if Fen::parse_signed(text).is_ok() => Err(out_of_range()),
        Err(fault) => Err(CaseFault::new("invalid_value", field, format!("\"{text}\"：{fault}"))),
    }
}

pub(super) fn day(json: &Json<'_>, field: &str) -> Read<Day> {
    let text = text(json, field)?;
    text.parse().map_err(|fault: DayError| {
        let code = if fault == DayError::OutOfRange { "out_of_range" } else { "invalid_value" };
        CaseFault::new(code, field, format!("\"{text}\"：{fault}"))
    })
}

/// A value of a shared fact, checked against the area's own values.
fn choice(json: &Json<'_>, field: &str, fact: &str, area: Option<&Area>) -> Read<String> {
    let text = text(json, field)?;
    match area.and_then(|area| area.fact(fact)) {
        Some(fact) if !fact.values.iter().any(|value| value == text) => {
            let code = if fact.name == "enrolment" { "unknown_enrolment" } else { "invalid_value" };
            let hint = nearest(text, fact.values.iter().map(String::as_str))
                .map(|v| format!("，是否想写 {v}？"))
                .unwrap_or_default();
            Err(CaseFault::new(code, field, format!("\"{text}\" 不是可用的取值；可用：{}{hint}", fact.allowed())))
        }
        _ => Ok(text.to_owned()),
    }
}

fn read_member(json: &Json<'_>, area: Option<&Area>, case: &mut Case) -> Read<Member> {
    let entries = object(json, "member")?;
    let mut member = Member::default();
    let mut status = None;
    let keys =
        &["status", "enrolment", "birth_date", "account_balance", "account_prior_years", "facts", "relations", "used"];
    each_key(entries, "member", keys, |key, value| {
        match key {
            "status" => status = Some(choice(value, key, "status", area)?),
            "enrolment" => member.enrolment = Some(choice(value, key, "enrolment", area)?),
            "birth_date" => member.birth_date = Some(day(value, key)?),
            "account_balance" => case.account_balance = money(value, key, Fen::ZERO, LARGEST_SUM)?,
            "account_prior_years" => case.account_prior_years = money(value, key, Fen::ZERO, LARGEST_SUM)?,
            "facts" => member.facts = facts(value, Owner::Member, area)?,
            "relations" => case.relations = super::relations::read(value, area)?,
            _ => case.used = used(value)?,
        }
        Ok(())
    })?;
    member.status = status.ok_or_else(|| missing("member.status"))?;
    if case.account_prior_years > case.account_balance {
        let message = format!("历年部分 {} 大于账户余额 {}", case.account_prior_years, case.account_balance);
        return Err(CaseFault::new("out_of_range", "member.account_prior_years", message));
    }
    Ok(member)
}

/// `{"fund_paid": ".."}` of the ordinary benefit, or `{"benefit": {"measure": ".."}}`.
fn used(json: &Json<'_>) -> Read<Vec<Used>> {
    let mut used = Vec::new();
    few(object(json, "used")?.len(), "used")?;
    for (key, value) in object(json, "used")? {
        let field = format!("used.{key}");
        let amount = |value: &Json<'_>, field: &str| money(value, field, Fen::ZERO, LARGEST_SUM);
        match value {
            Json::Object(measures) => {
                few(measures.len(), &field)?;
                for (measure, value) in measures {
                    let amount = amount(value, &format!("{field}.{measure}"))?;
                    used.push(Used { benefit: key.to_string(), measure: measure.to_string(), amount });
                }
            }
            _ => {
                let (benefit, measure) = key.split_once('.').unwrap_or(("ordinary_outpatient", key));
                let amount = amount(value, &field)?;
                used.push(Used { benefit: benefit.to_owned(), measure: measure.to_owned(), amount });
            }
        }
    }
    Ok(used)
}

/// Declared facts of one owner.
fn facts(json: &Json<'_>, owner: Owner, area: Option<&Area>) -> Read<Vec<(String, FactValue)>> {
    let mut facts = Vec::new();
    for (key, value) in object(json, "facts")? {
        let field = format!("facts.{key}");
        let value = fact_value(value, &field)?;
        if let Some(area) = area {
            let fact = area.declared_fact(key, owner).map_err(|fault| CaseFault { field: field.clone(), ..fault })?;
            if super::bind::raw_value(fact, &value).is_none() {
                let message = format!("不是事实 {key} 的取值；可用：{}", allowed(fact));
                return Err(CaseFault::new("invalid_value", field, message));
            }
        }
        facts.push((key.to_string(), value));
    }
    Ok(facts)
}

fn allowed(fact: &Fact) -> String {
    if fact.kind == Kind::Set { format!("列表，其中各项：{}", fact.allowed()) } else { fact.allowed() }
}

fn fact_value(json: &Json<'_>, field: &str) -> Read<FactValue> {
    match json {
        Json::Text(text) => Ok(FactValue::Text(text.to_string())),
        Json::Flag(flag) => Ok(FactValue::Flag(*flag)),
        Json::Whole(number) => Ok(FactValue::Whole(*number)),
        Json::List(items) => {
            let texts = items.iter().map(|item| text(item, field).map(ToOwned::to_owned));
            texts.collect::<Read<Vec<_>>>().map(FactValue::Set)
        }
        other => Err(wrong(other, field, "文字、true/false、整数；小数写成文字")),
    }
}

fn read_encounters(json: &Json<'_>, area: Option<&Area>) -> Read<Vec<(Encounter, MemberThen)>> {
    let items = list(json, "encounters")?;
    let read = |(i, item)| encounter(item, area).map_err(|fault: CaseFault| fault.within(&format!("encounters[{i}]")));
    items.iter().enumerate().map(read).collect()
}

fn encounter(json: &Json<'_>, area: Option<&Area>) -> Read<(Encounter, MemberThen)> {
    let entries = object(json, "")?;
    let (mut id, mut date, mut care_type, mut charges) = (None, None, None, None);
    let (mut institution, mut then) = (Institution::default(), MemberThen::default());
    let (mut time, mut place, mut prescriber) = (None, None, None);
    let (mut own_facts, mut prior_benefits) = (Vec::new(), Vec::new());
    let keys = &[
        "id",
        "date",
        "time",
        "care_type",
        "place",
        "institution",
        "prescriber",
        "member",
        "facts",
        "charges",
        "prior_benefits",
    ];
    each_key(entries, "", keys, |key, value| {
        match key {
            "id" => id = Some(text(value, key)?.to_owned()),
            "date" => date = Some(day(value, key)?),
            "time" => time = Some(clock(value)?),
            "care_type" => care_type = Some(choice(value, key, "care_type", area)?),
            "place" => place = Some(choice(value, key, "place", area)?),
            "institution" => institution = read_institution(value, key, area)?,
            "prescriber" => prescriber = Some(read_institution(value, key, area)?),
            "member" => then = member_then(value, area)?,
            "facts" => own_facts = facts(value, Owner::Encounter, area)?,
            "charges" => charges = Some(read_charges(value, area)?),
            _ => prior_benefits = read_prior(value, area)?,
        }
        Ok(())
    })?;
    let encounter = Encounter {
        id: id.ok_or_else(|| missing("id"))?,
        date: date.ok_or_else(|| missing("date"))?,
        time,
        care_type: care_type.ok_or_else(|| missing("care_type"))?,
        place,
        institution,
        prescriber,
        facts: own_facts,
        charges: charges.ok_or_else(|| missing("charges"))?,
        prior_benefits,
    };
    super::bind::classes(&encounter, area)?;
    Ok((encounter, then))
}

fn clock(json: &Json<'_>) -> Read<Clock> {
    text(json, "time")?.parse().map_err(|_| wrong(json, "time", "时刻 HH:MM:SS，如 \"08:30:00\""))
}

fn member_then(json: &Json<'_>, area: Option<&Area>) -> Read<MemberThen> {
    let mut then = MemberThen::default();
    each_key(object(json, "member")?, "member", &["status", "enrolment", "facts"], |key, value| {
        match key {
            "status" => then.status = Some(choice(value, key, "status", area)?),
            "enrolment" => then.enrolment = Some(choice(value, key, "enrolment", area)?),
            _ => then.facts = facts(value, Owner::Member, area)?,
        }
        Ok(())
    })?;
    Ok(then)
}

fn read_institution(json: &Json<'_>, name: &str, area: Option<&Area>) -> Read<Institution> {
    let mut institution = Institution::default();
    each_key(object(json, name)?, name, &["class", "kind", "id", "facts"], |key, value| {
        match key {
            "class" => institution.class = Some(choice(value, key, "class", area)?),
            "kind" => institution.kind = Some(choice(value, key, "kind", area)?),
            "id" => institution.id = Some(text(value, key)?.to_owned()),
            _ => institution.facts = facts(value, Owner::Institution, area)?,
        }
        Ok(())
    })?;
    Ok(institution)
}

fn read_charges(json: &Json<'_>, area: Option<&Area>) -> Read<Vec<Charge>> {
    let items = list(json, "charges")?;
    if items.is_empty() {
        return Err(CaseFault::new("missing_field", "charges", "至少要有一笔费用"));
    }
    if items.len() > MOST_CHARGES {
        let message = format!("{} 笔费用；一次就诊至多 {MOST_CHARGES} 笔", items.len());
        return Err(CaseFault::new("too_many_charges", "charges", message));
    }
    let read = |(i, item)| charge(item, area).map_err(|fault: CaseFault| fault.within(&format!("charges[{i}]")));
    items.iter().enumerate().map(read).collect()
}

fn charge(json: &Json<'_>, area: Option<&Area>) -> Read<Charge> {
    let mut amount = None;
    let mut charge =
        Charge { amount: Fen::ZERO, covered: true, ceiling: None, upfront_rate: Rate::ZERO, facts: Vec::new() };
    let mut item = None;
    each_key(
        object(json, "")?,
        "",
        &["amount", "covered", "ceiling", "upfront_rate", "item", "facts"],
        |key, value| {
            match key {
                "amount" => amount = Some(money(value, key, Fen::from_fen(1), LARGEST_CHARGE)?),
                "covered" => match value {
                    Json::Flag(flag) => charge.covered = *flag,
                    other => return Err(wrong(other, key, "true 或 false")),
                },
                "ceiling" => charge.ceiling = Some(money(value, key, Fen::ZERO, LARGEST_CHARGE)?),
                "upfront_rate" => charge.upfront_rate = upfront(value)?,
                "item" => {
                    let value = text(value, key)?.to_owned();
                    if let Some(fact) = area.and_then(|area| area.fact("item"))
                        && !fact.values.contains(&value)
                    {
                        return Err(CaseFault::new(
                            "invalid_value",
                            key,
                            format!("\"{value}\" 不是可用的取值；可用：{}", fact.allowed()),
                        ));
                    }
                    item = area.and_then(|area| area.fact("item")).map(|_| ("item".to_owned(), FactValue::Text(value)));
                }
                _ => charge.facts = facts(value, Owner::Charge, area)?,
            }
            Ok(())
        },
    )?;
    charge.facts.extend(item);
    charge.amount = amount.ok_or_else(|| missing("amount"))?;
    Ok(charge)
}

fn upfront(json: &Json<'_>) -> Read<Rate> {
    let text = text(json, "upfront_rate")?;
    match text.parse::<Rate>() {
        Ok(rate) if rate <= Rate::ONE => Ok(rate),
        Ok(_) => {
            Err(CaseFault::new("out_of_range", "upfront_rate", format!("\"{text}\" 超出范围；应在 0% 至 100% 之间")))
        }
        Err(fault) => Err(CaseFault::new("invalid_value", "upfront_rate", format!("\"{text}\"：{fault}"))),
    }
}

fn read_prior(json: &Json<'_>, area: Option<&Area>) -> Read<Vec<PriorBenefit>> {
    let items = list(json, "prior_benefits")?;
    few(items.len(), "prior_benefits")?;
    let read = |(i, item)| prior(item, area).map_err(|fault: CaseFault| fault.within(&format!("prior_benefits[{i}]")));
    items.iter().enumerate().map(read).collect()
}

fn prior(json: &Json<'_>, area: Option<&Area>) -> Read<PriorBenefit> {
    let (mut benefit, mut fund_paid, mut fund) = (None, None, FundCode::POOLED);
    each_key(object(json, "")?, "", &["benefit", "fund_paid", "fund"], |key, value| {
        match key {
            "benefit" => {
                let name = text(value, key)?;
                if let Some(area) = area {
                    let known: Vec<&str> = area.decided_elsewhere().collect();
                    if !known.contains(&name) {
                        let message = format!("\"{name}\" 不是由别处决定的待遇；可用：{}", listed(known));
                        return Err(CaseFault::new("invalid_value", key, message));
                    }
                }
                benefit = Some(name.to_owned());
            }
            "fund_paid" => fund_paid = Some(money(value, key, Fen::ZERO, LARGEST_SUM)?),
            _ => {
                let code = text(value, key)?;
                let unknown = || {
                    let message = format!("\"{code}\" 不是国家基金代码；可用：{}", listed(FundCode::all()));
                    CaseFault::new("invalid_value", key, message)
                };
                fund = FundCode::from_code(code).ok_or_else(unknown)?;
            }
        }
        Ok(())
    })?;
    let benefit = benefit.ok_or_else(|| missing("benefit"))?;
    let fund_paid = fund_paid.ok_or_else(|| missing("fund_paid"))?;
    Ok(PriorBenefit { benefit, fund_paid, fund })
}
