//! The assumptions of a simulation (假设) as a file: those that ship, or a user's own. Strict: unknown keys are refused.

use std::path::Path;

use anyhow::Context as _;
use gongji_domain::Rate;
use gongji_microsimulation::{Assumptions, Bands, StandIn};
use gongji_policy::words_of;
use serde::Deserialize;

const SHIPPED: &str = include_str!("../../../../simulations/assumptions.toml");

/// A figure with what it rests on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Figure<T> {
    pub(crate) value: T,
    from: String,
    pub(crate) why: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    chronic: Chronic,
    admission: Admission,
    away: Away,
    enrolment: Enrolment,
    bands: Groups,
    #[serde(default)]
    stand_in: Vec<Instead>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Chronic {
    paid: Figure<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Admission {
    paid: Figure<String>,
    from_account: Figure<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Away {
    province: Figure<String>,
    nation: Figure<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Enrolment {
    employed: Figure<Vec<String>>,
    flexible: Figure<Vec<String>>,
    without_account: Figure<Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Groups {
    ages: Figure<Vec<i32>>,
    income_groups: Figure<usize>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Instead {
    of: String,
    active: Option<String>,
    retired: Option<String>,
    from: String,
    why: String,
}

/// What is assumed, how many groups of income there are, and what each figure rests on.
pub(crate) struct Assumed {
    pub(crate) assumptions: Assumptions,
    pub(crate) income_groups: usize,
    /// What, how much, evidence, why.
    pub(crate) bases: Vec<[String; 4]>,
}

/// The assumptions of a file, or those that ship.
///
/// # Errors
/// When the file cannot be read, or a figure in it cannot be used.
pub(crate) fn assumptions(path: Option<&Path>) -> anyhow::Result<Assumed> {
    let Some(path) = path else { return read(SHIPPED).context("simulations/assumptions.toml") };
    let text = std::fs::read_to_string(path).with_context(|| format!("不能读 {}", path.display()))?;
    read(&text).with_context(|| path.display().to_string())
}

fn read(text: &str) -> anyhow::Result<Assumed> {
    let file: File = toml::from_str(text)?;
    let mut bases = Vec::new();
    let mut says = |what: &str, value: String, from: &str, why: &str| {
        bases.push([what.to_owned(), value, from.to_owned(), why.to_owned()]);
    };
    let File { chronic, admission, away, enrolment, bands, stand_in } = file;
    says("门诊慢特病支付比例", chronic.paid.value.clone(), &chronic.paid.from, &chronic.paid.why);
    says("住院支付比例", admission.paid.value.clone(), &admission.paid.from, &admission.paid.why);
    let yes = if admission.from_account.value { "是" } else { "否" };
    says("住院个人负担由账户支付", yes.to_owned(), &admission.from_account.from, &admission.from_account.why);
    for (what, figure) in [("省内异地的就医地点", &away.province), ("跨省异地的就医地点", &away.nation)]
    {
        says(what, words_of("place", &figure.value).to_owned(), &figure.from, &figure.why);
    }
    for (what, figure) in [
        ("单位职工的参保身份", &enrolment.employed),
        ("灵活就业的参保身份", &enrolment.flexible),
        ("没有个人账户的参保身份", &enrolment.without_account),
    ] {
        let values: Vec<&str> = figure.value.iter().map(|value| words_of("enrolment", value)).collect();
        says(what, values.join("、"), &figure.from, &figure.why);
    }
    let mut ends = bands.ages.value.clone();
    ends.sort_unstable();
    if ends != bands.ages.value || ends.len() > 20 {
        anyhow::bail!("bands.ages：应为从小到大的至多 20 个年龄");
    }
    if !(1..=20).contains(&bands.income_groups.value) {
        anyhow::bail!("bands.income_groups：给出 {}，应在 1 至 20 之间", bands.income_groups.value);
    }
    let rate = |field: &str, text: &str| -> anyhow::Result<Rate> {
        let rate: Rate = text.parse().with_context(|| format!("{field}：给出「{text}」，应为百分比，如 75%"))?;
        anyhow::ensure!(rate <= Rate::ONE, "{field}：给出「{text}」，不能大于全部");
        Ok(rate)
    };
    let mut stand_ins = Vec::new();
    for known in &stand_in {
        let share = |side: &Option<String>| side.as_deref().map(|text| rate("stand_in", text)).transpose();
        let words: Vec<String> = [("在职缴费基数", &known.active), ("退休养老金", &known.retired)]
            .iter()
            .filter_map(|(who, share)| share.as_ref().map(|share| format!("{who}的 {share}")))
            .collect();
        says(&format!("代入 {}", known.of), words.join("，"), &known.from, &known.why);
        let (active, retired) = (share(&known.active)?, share(&known.retired)?);
        stand_ins.push(StandIn { of: known.of.clone(), active, retired });
    }
    let assumptions = Assumptions {
        chronic_paid: rate("chronic.paid", &chronic.paid.value)?,
        admission_paid: rate("admission.paid", &admission.paid.value)?,
        admission_from_account: admission.from_account.value,
        away: [away.province.value, away.nation.value],
        employed: enrolment.employed.value,
        flexible: enrolment.flexible.value,
        without_account: enrolment.without_account.value,
        stand_ins,
        bands: Bands { ages: ends, incomes: Default::default() },
    };
    Ok(Assumed { assumptions, income_groups: bands.income_groups.value, bases })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_assumptions_that_ship_can_be_read_and_each_says_what_it_rests_on() {
        let assumed = assumptions(None).unwrap();
        assert!(assumed.bases.len() >= 12);
        assert!(assumed.bases.iter().flatten().all(|text| !text.is_empty()));
    }

    #[test]
    fn what_cannot_be_used_is_refused_by_name() {
        for (from, to, says) in [
            ("\"75%\"", "\"175%\"", "chronic.paid"),
            ("\"75%\"", "\"much\"", "chronic.paid"),
            ("[35, 45", "[45, 35", "bands.ages"),
            ("[chronic]", "[chronicle]", "chronicle"),
        ] {
            let fault = read(&SHIPPED.replacen(from, to, 1)).err().unwrap();
            assert!(format!("{fault:#}").contains(says), "{fault:#}");
        }
    }
}
