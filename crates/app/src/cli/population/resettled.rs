//! Settles visits of a run once more (重新结算): each as a case of the quote contract, by the packages that ship. A
//! visit whose answer is not the run's, in any amount, is a difference.

use gongji_microsimulation::{Reform, Scenario, Walker};
use gongji_policy::Library;
use gongji_policy::case::{Detail, quote};
use gongji_population::{Batch, Behaviour, Generator, Preset, Source as _};

use crate::cli::load;
use crate::cli::simulate::cases;
use crate::simulate::assumptions::assumptions;

/// How many persons are settled again.
const SAMPLE: u64 = 50;

/// How many visits of the first persons differ; nothing where the area has no rules in the year.
///
/// # Errors
/// When people cannot be had.
pub(super) fn differences(preset: &Preset, year: i16, seed: u64) -> anyhow::Result<Option<i64>> {
    let library = Library::load(&load::shipped());
    let Some(area) = library.area(&preset.code) else { return Ok(None) };
    let assumed = assumptions(None)?.assumptions;
    let Ok(scenario) = Scenario::of(area, year, &assumed, Reform::After) else { return Ok(None) };
    let (mut batch, mut walker, mut differences) = (Batch::default(), Walker::default(), 0);
    Generator::new(preset, SAMPLE, year, seed, Behaviour::AS_NOW)?.fill(0, &mut batch)?;
    for (person, events) in batch.each() {
        for (case, expected) in cases::of(&scenario, person, events, &mut walker) {
            let answer = serde_json::to_value(quote(&case.to_string(), &library, Detail::Amounts))?;
            let settled = &answer["settlements"][0];
            let expected = expected["settlements"][0].as_object();
            let same = expected.is_some_and(|expected| expected.iter().all(|(field, value)| settled[field] == *value));
            differences += i64::from(!same);
        }
    }
    Ok(Some(differences))
}
