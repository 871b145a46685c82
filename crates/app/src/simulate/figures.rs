//! What only a run of an area's policy can measure of a population (按政策结算后的指标), in millionths, for the table of
//! public figures: the ordinary benefit alone, so chronic care is taken as paid in full.

use std::collections::BTreeMap;

use gongji_domain::{Fen, Rate, Rounding};
use gongji_microsimulation::{GroupSums, Reform, Scenario};
use gongji_policy::Library;
use gongji_population::{Behaviour, Generator, Preset};

use super::assumptions::assumptions;
use super::runs::Runner;
use super::work::Work;
use crate::cli::load;

/// The measures of a preset whose area has a package with rules in the year; none for any other.
///
/// # Errors
/// When people cannot be had.
pub(crate) fn measured(
    preset: &Preset,
    persons: u64,
    year: i16,
    seed: u64,
    threads: Option<usize>,
) -> anyhow::Result<BTreeMap<String, i64>> {
    let library = Library::load(&load::shipped());
    let Some(area) = library.area(&preset.code) else { return Ok(BTreeMap::new()) };
    let mut assumed = assumptions(None)?.assumptions;
    let chronic = std::mem::replace(&mut assumed.chronic_paid, Rate::ONE);
    let Ok(scenario) = Scenario::of(area, year, &assumed, Reform::After) else { return Ok(BTreeMap::new()) };
    let source = Generator::new(preset, persons, year, seed, Behaviour::AS_NOW);
    let source = source.map_err(|fault| anyhow::anyhow!("{fault}"))?;
    let runner = Runner { sources: [&source, &source], threads, work: &Work::default() };
    let tally = runner.one(&scenario, &assumed.bands, None)?;
    let of = |status: usize| tally.groups(|s, _, _| s == status);
    let (all, active, retired) = (tally.all(), of(0), of(1));
    let paid = |sums: &GroupSums| part(sums.paid_by_pool, sums.persons);
    let capped = |sums: &GroupSums| part(sums.at_limit, sums.persons);
    // Chronic care is taken as paid in full here, so its part of the funds is worked out again.
    let funds = all.pool + all.other + all.admission + chronic.of(all.chronic, Rounding::HALF_UP_FEN);
    let measures = [
        ("fund_per_person", each(funds, all.persons)),
        ("pool_share", share(all.ordinary_pool, all.ordinary)),
        ("paid_active", paid(&active)),
        ("paid_retired", paid(&retired)),
        ("capped_active", capped(&active)),
        ("capped_retired", capped(&retired)),
        ("pool_per_person", each(all.ordinary_pool, all.persons)),
        ("account_income", each(all.credit(), all.with_account)),
        ("mutual_aid_share", share(all.aid, all.account + all.aid)),
        ("mutual_aid_per_use", each(all.aid, all.aid_uses)),
    ];
    Ok(measures.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect())
}

const MILLION: i128 = 1_000_000;

fn part(part: u64, whole: u64) -> Option<i64> {
    i64::try_from((i128::from(part) * MILLION).checked_div(whole.into())?).ok()
}

fn share(part: Fen, whole: Fen) -> Option<i64> {
    i64::try_from((i128::from(part.fen()) * MILLION).checked_div(whole.fen().into())?).ok()
}

/// Yuan for each.
fn each(sum: Fen, count: u64) -> Option<i64> {
    i64::try_from((i128::from(sum.fen()) * (MILLION / 100)).checked_div(count.into())?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::population;

    #[test]
    fn an_area_with_rules_is_measured_the_same_on_one_thread_and_three() {
        let preset = population::preset("360100").unwrap();
        let persons = 2 * gongji_population::Batch::PERSONS + 5;
        let [one, three] = [1, 3].map(|threads| measured(&preset, persons, 2023, 7, Some(threads)).unwrap());
        assert_eq!(one, three);
        let names = [
            "account_income",
            "capped_active",
            "capped_retired",
            "fund_per_person",
            "mutual_aid_per_use",
            "mutual_aid_share",
            "paid_active",
            "paid_retired",
            "pool_per_person",
            "pool_share",
        ];
        assert_eq!(one.keys().map(String::as_str).collect::<Vec<_>>(), names);
        // Parts of a whole lie inside it; the retired are paid more often than those at work.
        for name in ["capped_active", "capped_retired", "mutual_aid_share", "paid_active", "paid_retired", "pool_share"]
        {
            assert!((1..MILLION as i64).contains(&one[name]), "{name} {}", one[name]);
        }
        assert!(one["paid_retired"] > one["paid_active"]);
        assert!(one["capped_retired"] < one["paid_retired"] && one["capped_active"] < one["paid_active"]);
    }

    #[test]
    fn where_there_is_no_policy_or_no_rule_of_the_year_nothing_is_measured() {
        let national = population::preset("national").unwrap();
        assert!(measured(&national, 100, 2025, 1, Some(1)).unwrap().is_empty());
        let area = population::preset("360100").unwrap();
        assert!(measured(&area, 100, 2015, 1, Some(1)).unwrap().is_empty());
    }

    #[test]
    fn parts_and_means_are_cut_and_nothing_comes_of_nobody() {
        assert_eq!((part(1, 3), part(0, 0)), (Some(333_333), None));
        assert_eq!((share(Fen::from_fen(1), Fen::from_fen(4)), share(Fen::ZERO, Fen::ZERO)), (Some(250_000), None));
        assert_eq!((each(Fen::from_fen(25_000), 100), each(Fen::ZERO, 0)), (Some(2_500_000), None));
    }
}
