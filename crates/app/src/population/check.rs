//! Measures a population on all threads. Sums are whole numbers, so their order does not matter.

use gongji_domain::{Day, Fen};
use gongji_population::check::{Measures, Tally, Targets, millionths};
use gongji_population::{Batch, Behaviour, Generator, Preset, Source, SourceFault, Violations};
use rayon::prelude::*;

/// The targets (指标) that ship.
///
/// # Errors
/// When they cannot be read.
pub(crate) fn targets() -> anyhow::Result<Targets> {
    Ok(Targets::read("populations/targets.toml", super::presets::TARGETS_TEXT)?)
}

/// What an invented population and its twin from before the reform (改革前) measure. Whoever settles them adds
/// measures of their own.
///
/// # Errors
/// When the population cannot be drawn.
pub(crate) fn measured(preset: &Preset, persons: u64, year: i16, seed: u64) -> Result<Measures, SourceFault> {
    let now = Generator::new(preset, persons, year, seed, Behaviour::AS_NOW)?;
    let before = Generator::new(preset, persons, year, seed, Behaviour::before(preset))?;
    let with_lines = |batch: &Batch, tally: &mut Tally| {
        for (person, events) in batch.each() {
            now.categories(person.number, events, |event, parts| tally.lines(event, parts));
        }
    };
    let mut measures = tally(&now, preset, year, with_lines)?.measures();
    measures.extend(tally(&before, preset, year, |_, _| ())?.measures_before());
    Ok(measures)
}

/// What a population of one's own measures; what is invented beside it (the twin, fee lines) is not measured.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn measured_own(source: &impl Source, preset: &Preset, year: i16) -> Result<Measures, SourceFault> {
    Ok(tally(source, preset, year, |_, _| ())?.measures())
}

/// What the violations of an invented population take from the fund, and what the fund is taken to pay: yuan a
/// person, in millionths.
///
/// # Errors
/// When the population cannot be drawn.
pub(crate) fn violated(preset: &Preset, persons: u64, year: i16, seed: u64) -> Result<[i64; 2], SourceFault> {
    let source = Generator::new(preset, persons, year, seed, Behaviour::AS_NOW)?;
    let violations = Violations::new(preset, &source, year, seed)?;
    let one = |(mut batch, mut into, sums): (Batch, Batch, [Fen; 2]), number: u64| {
        source.fill(number, &mut batch)?;
        let mut of_fund = Fen::ZERO;
        violations.put(&batch, &mut into, |label| of_fund += label.fund);
        let fund: Fen = batch.events().iter().map(|event| violations.fund(event)).sum();
        Ok::<_, SourceFault>((batch, into, [sums[0] + of_fund, sums[1] + fund]))
    };
    let empty = || (Batch::default(), Batch::default(), [Fen::ZERO; 2]);
    let parts = (0..source.batches()).into_par_iter().try_fold(empty, one).map(|part| part.map(|part| part.2));
    let sums = parts.try_reduce(|| [Fen::ZERO; 2], |one, other| Ok([one[0] + other[0], one[1] + other[1]]))?;
    Ok(sums.map(|sum| millionths(sum.fen().into(), i128::from(persons) * 100)))
}

fn tally(
    source: &impl Source,
    preset: &Preset,
    year: i16,
    also: impl Fn(&Batch, &mut Tally) + Sync,
) -> Result<Tally, SourceFault> {
    let first = |year| Day::from_ymd(year, 1, 1).unwrap_or(Day::FIRST).number();
    let days = (first(year + 1) - first(year)) as u32;
    let empty = || (Batch::default(), Tally::new(preset, days));
    let one = |(mut batch, mut tally): (Batch, Tally), number: u64| {
        source.fill(number, &mut batch)?;
        tally.add(&batch);
        also(&batch, &mut tally);
        Ok((batch, tally))
    };
    let parts = (0..source.batches()).into_par_iter().try_fold(empty, one).map(|part| part.map(|part| part.1));
    parts.try_reduce(
        || Tally::new(preset, days),
        |mut all, part| {
            all.merge(&part);
            Ok(all)
        },
    )
}
