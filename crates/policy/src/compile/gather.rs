//! What the tables of a package need before they are resolved: every condition, the reasons, the
//! parts of the account and the components of the personal share. Decides nothing.

use super::Compiled;
use crate::facts::Registry;
use crate::fault::{Fault, listed};
use crate::model::{Package, Pattern, Table, Value, Word};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use gongji_adjudication::{AccountPart, Component};

/// Reasons that every area shares, in their order of precedence, with what they say.
const SHARED_REASONS: &[(&str, &str)] = &[
    ("not_a_member", "不是本统筹区职工医保参保人"),
    ("benefit_suspended", "待遇暂停"),
    ("waiting_period", "在待遇等待期内"),
    ("contribution_gap", "缴费中断，待遇停止"),
    ("inpatient_open", "住院期间不同时享受门诊待遇"),
    ("institution_without_agreement", "就诊机构没有有效的医保服务协议"),
    ("place_not_covered", "就医地点或备案情况不在统筹基金支付范围"),
    ("pharmacy_not_covered", "统筹基金不支付药店购药"),
    ("no_prescription", "药店购药没有定点医疗机构的外配处方"),
    ("not_selected", "不是本人选定的定点机构"),
    ("no_referral", "没有有效的转诊"),
];

/// Gives the stage its default word: deductibles act on eligible expense, limits on the payment.
pub(super) fn label_stages(package: &mut Package) {
    for benefit in &mut package.benefits {
        for (entries, default) in [(&mut benefit.deductibles, "eligible"), (&mut benefit.limits, "payment")] {
            for entry in entries {
                let at = entry.at;
                entry.on.get_or_insert_with(|| Word { at, text: default.to_owned() });
            }
        }
    }
}

fn table_patterns<'a>(table: &'a Table, into: &mut Vec<&'a Pattern>, pers: &mut Vec<&'a Word>) {
    into.extend(table.layers.iter().flatten().map(|row| &row.when));
    for adjust in &table.adjust {
        into.push(&adjust.when);
        pers.extend(adjust.per.as_ref());
    }
    for nested in [&table.at_least, &table.at_most].into_iter().flatten() {
        table_patterns(nested, into, pers);
    }
}

/// Every condition of the package, so that facts are cut before any condition is resolved.
pub(super) fn cut_facts(package: &Package, registry: &mut Registry, faults: &mut Vec<Fault>) {
    let (mut patterns, mut pers) = (Vec::new(), Vec::new());
    for fact in &package.facts {
        if let Some(table) = &fact.table {
            table_patterns(table, &mut patterns, &mut pers);
        }
    }
    for benefit in &package.benefits {
        patterns.extend([&benefit.applies, &benefit.claims]);
        for table in benefit.covered.iter().chain(&benefit.rate) {
            table_patterns(table, &mut patterns, &mut pers);
        }
        for entry in benefit.deductibles.iter().chain(&benefit.limits) {
            patterns.extend([&entry.applies, &entry.lines]);
            patterns.extend(entry.beyond.iter().map(|beyond| &beyond.when));
            table_patterns(&entry.table, &mut patterns, &mut pers);
        }
    }
    let lines = [&package.lines.covered, &package.lines.ceiling, &package.lines.upfront, &package.access];
    let account = &package.account;
    let account = [&account.employer_share, &account.credit, &account.credit_from, &account.before, &account.uses];
    let tables = lines.into_iter().chain(account).flatten();
    for table in tables.chain(&package.contribution).chain(&package.entitlement) {
        table_patterns(table, &mut patterns, &mut pers);
    }
    patterns.extend(package.impossible.iter().map(|(pattern, _)| pattern));
    patterns.extend(package.bounds.iter().map(|bound| &bound.when));
    for pattern in &patterns {
        registry.cut(pattern, faults);
    }
    for per in pers {
        registry.cut_everywhere(per, faults);
    }
    registry.check_bands(package.at, faults);
    registry.merge_bands(&patterns);
}

pub(super) fn reasons(package: &Package) -> Vec<(String, String)> {
    let mut reasons: Vec<(String, String)> =
        SHARED_REASONS.iter().map(|(code, text)| ((*code).to_owned(), (*text).to_owned())).collect();
    for (code, text) in &package.reasons {
        match reasons.iter_mut().find(|(known, _)| *known == code.text) {
            Some(known) => known.1.clone_from(text),
            None => reasons.push((code.text.clone(), text.clone())),
        }
    }
    reasons
}

pub(super) fn account_parts(package: &Package, faults: &mut Vec<Fault>) -> Vec<AccountPart> {
    let Some(words) = &package.payer.after else { return alloc::vec![AccountPart::Current, AccountPart::Prior] };
    words.iter().filter_map(|word| account_part(word, faults)).collect()
}

pub(super) fn account_part(word: &Word, faults: &mut Vec<Fault>) -> Option<AccountPart> {
    match word.text.as_str() {
        "account.current" => Some(AccountPart::Current),
        "account.prior" => Some(AccountPart::Prior),
        other => {
            faults.push(Fault::error(
                "invalid_value",
                word.at,
                format!("\"{other}\""),
                "account.current（当年）或 account.prior（历年）",
            ));
            None
        }
    }
}

const COMPONENTS: &[(&str, Component)] = &[
    ("borne", Component::Borne),
    ("share", Component::Share),
    ("over", Component::Over),
    ("upfront", Component::Upfront),
    ("over_ceiling", Component::OverCeiling),
    ("off_list", Component::OffList),
];

pub(super) fn components(package: &Package, faults: &mut Vec<Fault>) -> Vec<Component> {
    let all = COMPONENTS.iter().map(|(_, component)| *component);
    let Some(words) = &package.payer.pays else { return all.collect() };
    let mut components = Vec::new();
    for word in words {
        match COMPONENTS.iter().find(|(name, _)| *name == word.text) {
            Some((_, component)) if !components.contains(component) => components.push(*component),
            _ => {
                let allowed = format!("各写一次：{}", listed(COMPONENTS.iter().map(|(name, _)| name)));
                faults.push(Fault::error("invalid_value", word.at, format!("\"{}\"", word.text), allowed));
            }
        }
    }
    components
}

impl Compiled {
    pub(super) fn frozen_amounts(&mut self) {
        let mut names: Vec<String> = Vec::new();
        for grid in self.grids() {
            for row in grid.rows() {
                if let Value::Frozen(name) = &row.is.value
                    && !names.contains(name)
                {
                    names.push(name.clone());
                }
            }
        }
        self.frozen = names;
    }
}
