//! Facts, conditions and accumulators in words.

use super::table::Kind as TableKind;
use crate::compile::{Compiled, CompiledBenefit, CompiledCut, Stage};
use crate::facts::{Bands, Fact, FactId, Kind, Region};
use crate::grid::Grid;
use crate::model::Relation;
use crate::words::{fact_words, name_words, range_words, values_words};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use gongji_adjudication::{Flow, Period};

/// Names of facts as heads of columns.
const HEADS: &[(&str, &str)] = &[
    ("status", "人员类别"),
    ("enrolment", "参保身份"),
    ("class", "机构等级"),
    ("kind", "机构类型"),
    ("issuer_class", "开方机构等级"),
    ("issuer_kind", "开方机构类型"),
    ("place", "就医地点"),
    ("care_type", "医疗类别"),
    ("purpose", "用途"),
    ("who", "使用人"),
    ("level", "级别"),
];

/// Amounts that the register keeps of a member, and the index that every area needs.
const REGISTERED: &[(&str, &str)] = &[
    ("member.contribution_base", "本人缴费基数"),
    ("member.lump_sum_base", "趸缴基数"),
    ("member.pension", "本人养老金"),
    ("index.average_pension", "基本养老金平均水平"),
];

fn label(compiled: &Compiled, fact: FactId) -> Option<&str> {
    let name = &compiled.registry.facts[fact].name;
    compiled.package.facts.iter().find(|def| def.name.text == *name).and_then(|def| def.label.as_deref())
}

/// A fact as the head of a column.
pub(crate) fn fact_name(compiled: &Compiled, fact: FactId) -> String {
    let name = compiled.registry.facts[fact].name.as_str();
    let head = HEADS.iter().find(|(known, _)| *known == name).map(|(_, head)| *head);
    let words = label(compiled, fact).or(head).unwrap_or_else(|| fact_words(name, None));
    if words == name { name_words(name).to_owned() } else { words.to_owned() }
}

/// Several bands of a fact: the values of a choice, or the ranges of a number, joined where they meet.
pub(super) fn bands_words(fact: &Fact, bands: Bands) -> String {
    let chosen: Vec<u8> = (0..fact.band_count()).map(|band| band as u8).filter(|band| bands.has(*band)).collect();
    match fact.kind {
        Kind::Flag => {
            let words = chosen.iter().map(|band| if *band == fact.band(1) { "是" } else { "否" });
            words.collect::<Vec<_>>().join("或")
        }
        Kind::Choice | Kind::Set => {
            let mut values: Vec<usize> = chosen.iter().flat_map(|band| fact.values_in(*band)).collect();
            values.sort_unstable();
            values_words(fact, &values)
        }
        Kind::Whole(..) | Kind::Date | Kind::Money => {
            let runs = chosen.chunk_by(|a, b| a + 1 == *b);
            let words = runs.map(|run| range_words(fact, fact.ends(run[0]).0, fact.ends(run[run.len() - 1]).1));
            words.collect::<Vec<_>>().join("、")
        }
    }
}

/// A condition in words; empty when there is none.
pub(crate) fn region_words(compiled: &Compiled, region: &Region) -> String {
    let one = |(fact, bands): &(FactId, Bands)| {
        let words = bands_words(&compiled.registry.facts[*fact], *bands);
        let name = fact_words(&compiled.registry.facts[*fact].name, label(compiled, *fact));
        if name.is_empty() { words } else { format!("{} {words}", name_words(name)) }
    };
    region.iter().map(one).collect::<Vec<_>>().join("，")
}

pub(crate) fn source_words(of: &str) -> &str {
    REGISTERED.iter().find(|(name, _)| *name == of).map_or(of, |(_, words)| words)
}

pub(super) fn flow_words(benefit: &str, flow: Flow) -> String {
    let part = match flow {
        Flow::Borne => "的起付",
        Flow::Share => "的按比例自付",
        Flow::Over => "的超限额部分",
        Flow::Left => "支付后的剩余",
    };
    format!("{}{part}", super::benefit_words(benefit))
}

pub(crate) fn period_words(period: Period) -> String {
    match period {
        Period::Visit => "每次就诊".to_owned(),
        Period::Day => "每日".to_owned(),
        Period::Month => "每月".to_owned(),
        Period::Year => "每年".to_owned(),
        Period::Life => "终身".to_owned(),
        Period::Opened(seconds) => format!("自首次就诊起 {} 小时", seconds / 3600),
    }
}

/// A deductible or limit with the period over which it accumulates.
pub(super) fn cut_title(compiled: &Compiled, cut: &CompiledCut, what: &str) -> String {
    let period = if cut.carries {
        "每月，当年内结转".to_owned()
    } else {
        period_words(compiled.counters[usize::from(cut.counter)].period)
    };
    format!("{what}（{period}）")
}

/// What a reader must know of a deductible or limit beside its amounts.
pub(super) fn cut_notes(compiled: &Compiled, cut: &CompiledCut) -> Vec<String> {
    let counter = &compiled.counters[usize::from(cut.counter)];
    let mut notes = Vec::new();
    if cut.stage == Stage::Above {
        notes.push("限的是起付标准以上的费用".to_owned());
    }
    if counter.counts.is_empty() {
        notes.push("各项待遇合并计算".to_owned());
    } else if counter.counts.len() > 1 {
        let names: Vec<&str> = counter.counts.iter().map(|name| super::benefit_words(name)).collect();
        notes.push(format!("合并计算：{}", names.join("、")));
    }
    if counter.by_institution {
        notes.push("各机构分别累计".to_string());
    }
    for region in [&cut.applies, &cut.lines] {
        if !region.is_empty() {
            notes.push(format!("只对：{}", region_words(compiled, region)));
        }
    }
    if let Some((fund, when, _)) = &cut.beyond {
        let when = region_words(compiled, when);
        let when = if when.is_empty() { String::new() } else { format!("（{when}时）") };
        notes.push(format!("超过部分由{} {fund} 按同一比例支付{when}", fund.name()));
    }
    notes
}

/// What the package or, failing that, everybody calls a benefit.
pub(crate) fn benefit_label<'a>(compiled: &'a Compiled, name: &'a str) -> &'a str {
    let written = compiled.package.benefits.iter().find(|written| written.name.text == name);
    written.and_then(|written| written.label.as_deref()).unwrap_or_else(|| super::benefit_words(name))
}

/// Where the segments of a rate lie.
pub(super) fn segment_notes(compiled: &Compiled, benefit: &CompiledBenefit) -> Vec<String> {
    let written = compiled.package.benefits.iter().find(|written| written.name.text == benefit.name);
    let (Some(segments), Some(written)) = (&benefit.segments, written.and_then(|written| written.segments.as_ref()))
    else {
        return Vec::new();
    };
    let axis = if segments.from_zero {
        "自第一分钱起的符合政策范围费用"
    } else {
        "起付标准以上的费用"
    };
    let ends =
        written.names.iter().zip(segments.up_to.iter().map(|fen| format!("至 {fen} 元")).chain([String::from("以上")]));
    let ends: Vec<String> = ends.map(|(name, end)| format!("{} {end}", name_words(&name.text))).collect();
    let article = compiled.articles.print(&segments_cite(written, &benefit.cite));
    alloc::vec![format!("按{axis}分段：{}（依据 {article}）", ends.join("，"))]
}

fn segments_cite(written: &crate::model::Segments, of_benefit: &[crate::model::Word]) -> Vec<crate::model::Word> {
    if written.cite.is_empty() { of_benefit.to_vec() } else { written.cite.clone() }
}

/// When a change of status reaches the account, and on which day age counts.
pub(super) fn account_notes(grid: &Grid) -> Vec<String> {
    let mut notes = Vec::new();
    match grid.status_effect.as_ref().map(|word| word.text.as_str()) {
        Some("next_month") => notes.push("身份变化自次月起".to_owned()),
        Some("next_year") => notes.push("身份变化自次年起".to_owned()),
        _ => {}
    }
    for (head, word) in [("年龄按", &grid.age_on), ("其他事实按", &grid.facts_on)] {
        let day = match word.as_ref().map(|word| word.text.as_str()) {
            Some("month_end") => "当月最后一天",
            Some("month_start") => "当月第一天",
            Some("year_start") => "当年第一天",
            Some("year_end") => "当年最后一天",
            _ => continue,
        };
        notes.push(format!("{head}{day}"));
    }
    notes
}

/// What tables of contributions and entitlement say.
const TERMS: &[(&str, TableKind, &str)] = &[
    ("contribution.total", TableKind::Word, "缴费比例：合计"),
    ("contribution.own", TableKind::Word, "缴费比例：进个人账户的部分"),
    ("contribution.pooled", TableKind::Word, "缴费比例：进统筹基金的部分"),
    ("contribution.floor", TableKind::Amount, "月缴费基数下限"),
    ("contribution.ceiling", TableKind::Amount, "月缴费基数上限"),
    ("entitlement.waiting", TableKind::Word, "待遇等待期"),
    ("entitlement.gap", TableKind::Word, "允许的缴费中断"),
    ("entitlement.grace", TableKind::Word, "断缴后的宽限"),
    ("entitlement.back_pay", TableKind::Word, "补缴的作用"),
    ("entitlement.back_pay_within", TableKind::Word, "补缴的期限"),
    ("entitlement.begins", TableKind::Word, "待遇自何时开始"),
    ("entitlement.inpatient_excludes", TableKind::Word, "住院期间不享受门诊待遇"),
];

/// The kind and the title of such a table.
pub(super) fn terms_title(path: &str) -> (TableKind, &str) {
    let found = TERMS.iter().find(|(known, ..)| *known == path);
    found.map_or((TableKind::Word, path), |(_, kind, title)| (*kind, title))
}

/// What a package says of a relation.
pub(super) fn relation_words(relation: &Relation) -> String {
    let mut parts = Vec::new();
    if !relation.slots.is_empty() {
        parts.push(format!(
            "可选：{}",
            relation.slots.iter().map(|slot| name_words(&slot.text)).collect::<Vec<_>>().join("、")
        ));
    }
    for (head, word) in [
        ("有效期", &relation.lasts),
        ("终止", &relation.ends),
        ("办理", &relation.via),
        ("变更生效", &relation.change_effective),
    ] {
        parts.extend(word.as_ref().map(|word| format!("{head} {}", word.text)));
    }
    if !relation.change_months.is_empty() {
        let months: Vec<String> = relation.change_months.iter().map(ToString::to_string).collect();
        parts.push(format!("可变更月份 {}", months.join("、")));
    }
    parts.join("；")
}
