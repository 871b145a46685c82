//! Facts and their values in the words that a member or an officer uses.
//! Names that an area adds have no words here; they are shown as the package writes them.

use crate::compile::Compiled;
use crate::facts::{Fact, Kind};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Names of shared values; a name that two facts share means the same in both, but for `pharmacy`.
const VALUES: &[(&str, &str)] = &[
    ("active", "在职"),
    ("retired", "退休"),
    ("pre_1949_worker", "建国前老工人"),
    ("employer", "随单位参保"),
    ("individual_tier_1", "个人参保一档"),
    ("individual_tier_2", "个人参保二档"),
    ("lump_sum", "趸缴"),
    ("flexible", "灵活就业"),
    ("pool_only", "单建统筹"),
    ("with_account", "统账结合"),
    ("primary", "一级"),
    ("secondary", "二级"),
    ("tertiary", "三级"),
    ("ungraded", "未定级"),
    ("up_to_primary", "一级及以下"),
    ("up_to_secondary", "二级及以下"),
    ("general", "综合"),
    ("psychiatric", "精神病专科"),
    ("infectious", "传染病专科"),
    ("community", "社区卫生服务中心"),
    ("township", "乡镇卫生院"),
    ("internet", "互联网医院"),
    ("local", "本地"),
    ("filed_long_term", "异地长期居住备案"),
    ("referred", "异地转诊"),
    ("temporary", "临时外出"),
    ("ordinary_outpatient", "普通门诊"),
    ("pharmacy", "药店购药"),
    ("emergency", "急诊"),
    ("special_disease", "门诊特殊疾病"),
    ("two_diseases", "两病门诊用药"),
    ("negotiated_drug", "国谈药品门诊"),
    ("special_medicine", "特殊用药"),
    ("large_amount", "大额医疗补助"),
    ("clinic", "医疗机构就医"),
    ("pharmacy_goods", "药店购买药品器械"),
    ("resident_premium", "居民医保缴费"),
    ("care_premium", "长期护理保险缴费"),
    ("large_amount_premium", "大额补助缴费"),
    ("commercial_premium", "商业健康保险"),
    ("public_health", "公共卫生"),
    ("fitness", "体育健身"),
    ("wellness", "养生保健"),
    ("self", "本人"),
    ("spouse", "配偶"),
    ("parent", "父母"),
    ("child", "子女"),
    ("allowed", "可以使用"),
    ("forbidden", "不得使用"),
    ("not_yet", "尚不可用"),
    ("contribution", "本人缴费"),
    ("rest", "合计减去个人部分"),
    ("unlimited", "不限"),
    ("retroactive", "补记待遇"),
    ("from_payment", "自补缴之日起恢复"),
    ("never", "不恢复"),
    ("payment_day", "当日起"),
    ("payment_month", "当月起"),
    ("next_month", "次月起"),
];

/// Names of shared facts whose values do not speak for themselves.
const FACTS: &[(&str, &str)] = &[
    ("age", "年龄"),
    ("birth_date", "出生日期"),
    ("issuer_class", "开方机构"),
    ("issuer_kind", "开方机构"),
    ("prescription", "外配处方"),
    ("month", "月份"),
    ("charge_amount", "单笔费用"),
    ("segment", "费用段"),
];

/// Shared facts whose values need no name before them.
const PLAIN: &[&str] = &["status", "enrolment", "class", "kind", "place", "care_type", "purpose", "who"];

impl Compiled {
    /// What the package calls one of its own facts.
    pub(crate) fn label(&self, fact: &str) -> Option<&str> {
        self.package.facts.iter().find(|def| def.name.text == fact)?.label.as_deref()
    }
}

/// A shared value or benefit in words; any other name as it is.
pub(crate) fn name_words(name: &str) -> &str {
    VALUES.iter().find(|(known, _)| *known == name).map_or(name, |(_, words)| words)
}

/// A choice's value in words.
pub(crate) fn value_words<'a>(fact: &str, value: &'a str) -> &'a str {
    match (fact, value) {
        ("kind" | "issuer_kind", "pharmacy") => "药店",
        ("who", "other") => "其他人",
        _ => name_words(value),
    }
}

/// What stands before a fact's value: nothing where the value says it all.
pub(crate) fn fact_words<'a>(fact: &'a str, label: Option<&'a str>) -> &'a str {
    if PLAIN.contains(&fact) {
        return "";
    }
    label.or_else(|| FACTS.iter().find(|(known, _)| *known == fact).map(|(_, words)| *words)).unwrap_or(fact)
}

/// Several values of a choice: a child whose parent is named is not named again.
pub(crate) fn values_words(fact: &Fact, values: &[usize]) -> String {
    let within =
        |value: &usize| fact.parents.get(*value).copied().flatten().is_some_and(|parent| values.contains(&parent));
    let named: Vec<&str> = values
        .iter()
        .filter(|value| !within(value))
        .map(|value| value_words(&fact.name, &fact.values[*value]))
        .collect();
    named.join("、")
}

/// The numbers, days or amounts from `low` to below `high`, where there is an end.
pub(crate) fn range_words(fact: &Fact, low: Option<i64>, high: Option<i64>) -> String {
    let unit = match (fact.name.as_str(), &fact.kind) {
        ("age", _) => " 周岁",
        (_, Kind::Money) => " 元",
        _ => "",
    };
    match (low, high) {
        (None, None) => "任意".to_owned(),
        (Some(low), None) => format!("{}{unit}及以上", fact.show(low)),
        (None, Some(high)) => format!("{}{unit}及以下", fact.show(high - 1)),
        (Some(low), Some(high)) if low + 1 == high => format!("{}{unit}", fact.show(low)),
        (Some(low), Some(high)) => format!("{} 至 {}{unit}", fact.show(low), fact.show(high - 1)),
    }
}

/// A band of a fact in words; of a choice only the values that `wanted` lets through.
pub(crate) fn band_words(fact: &Fact, label: Option<&str>, band: u8, wanted: impl Fn(i64) -> bool) -> String {
    let words = match fact.kind {
        Kind::Flag => if band == fact.band(1) { "是" } else { "否" }.to_string(),
        Kind::Choice | Kind::Set => {
            let inside = fact.values_in(band);
            let chosen: Vec<usize> = inside.iter().copied().filter(|value| wanted(*value as i64)).collect();
            values_words(fact, if chosen.is_empty() { &inside } else { &chosen })
        }
        Kind::Whole(..) | Kind::Date | Kind::Money => {
            let (low, high) = fact.ends(band);
            range_words(fact, low, high)
        }
    };
    let name = fact_words(&fact.name, label);
    if name.is_empty() { words } else { format!("{name} {words}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_names_have_words_and_others_stay() {
        assert_eq!(name_words("tertiary"), "三级");
        assert_eq!(name_words("somewhere"), "somewhere");
        assert_eq!(value_words("kind", "pharmacy"), "药店");
        assert_eq!(value_words("care_type", "pharmacy"), "药店购药");
        assert_eq!((value_words("who", "other"), value_words("item", "other")), ("其他人", "other"));
        assert_eq!(fact_words("status", None), "");
        assert_eq!(fact_words("level", Some("级别")), "级别");
    }
}
