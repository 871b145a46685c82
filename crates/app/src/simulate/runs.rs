//! Batches on threads: each thread has its own sums, which merge in any order to the same; what is written about
//! persons is handed on in the order of the batches.

use std::sync::Mutex;

use anyhow::{Context as _, anyhow};
use gongji_microsimulation::{Bands, Comparison, PersonYear, Scenario, Tally, Walker, run_each};
use gongji_population::{Batch, Person, Source};
use rayon::prelude::*;

use super::work::Work;

/// How many batches each thread takes before what is written is written.
const AHEAD: u64 = 16;

/// What a batch hands on of each person: nothing, or a row.
pub(crate) type Row = (Person, [PersonYear; 2]);

/// Where rows go, in the order of persons.
pub(crate) type Rows<'a> = &'a mut dyn FnMut(&[Row]) -> anyhow::Result<()>;

/// Who lives the year, and how.
pub(crate) struct Runner<'a> {
    /// The people, and where they do something else in the second scenario, those.
    pub(crate) sources: [&'a dyn Source; 2],
    /// How many threads; all there are when nothing is given.
    pub(crate) threads: Option<usize>,
    /// Told how many persons were done; asked between batches whether to go on.
    pub(crate) work: &'a Work,
}

/// What one thread works with.
struct Desk<T> {
    batches: [Batch; 2],
    walkers: [Walker; 2],
    sums: T,
}

impl<T> Desk<T> {
    fn new(sums: T) -> Mutex<Self> {
        Mutex::new(Self { batches: Default::default(), walkers: Default::default(), sums })
    }
}

impl Runner<'_> {
    /// One scenario.
    ///
    /// # Errors
    /// When people cannot be had or rows cannot be written.
    pub(crate) fn one(&self, scenario: &Scenario<'_>, bands: &Bands, rows: Option<Rows<'_>>) -> anyhow::Result<Tally> {
        let work = |desk: &mut Desk<Tally>, kept: Option<&mut Vec<Row>>| {
            let Desk { batches: [batch, _], walkers: [walker, _], sums } = desk;
            match kept {
                Some(kept) => {
                    run_each(scenario, batch, walker, sums, |person, year| kept.push((person.clone(), [*year; 2])));
                }
                None => run_each(scenario, batch, walker, sums, |_, _| ()),
            }
        };
        let desks = self.all(|| Tally::new(bands), work, rows)?;
        let mut all = Tally::new(bands);
        desks.iter().for_each(|sums| all.merge(sums));
        Ok(all)
    }

    /// Two scenarios on the same persons.
    ///
    /// # Errors
    /// As [`Runner::one`].
    pub(crate) fn two(
        &self,
        scenarios: [&Scenario<'_>; 2],
        bands: &Bands,
        rows: Option<Rows<'_>>,
    ) -> anyhow::Result<Comparison> {
        let twins = !std::ptr::addr_eq(self.sources[0], self.sources[1]);
        let work = |desk: &mut Desk<Comparison>, kept: Option<&mut Vec<Row>>| {
            let Desk { batches: [batch, twin], walkers, sums } = desk;
            let batches = if twins { [&*batch, &*twin] } else { [&*batch, &*batch] };
            match kept {
                Some(kept) => {
                    sums.run(scenarios, batches, walkers, |person, years| kept.push((person.clone(), *years)));
                }
                None => sums.run(scenarios, batches, walkers, |_, _| ()),
            }
        };
        let desks = self.all(|| Comparison::new(bands), work, rows)?;
        let mut all = Comparison::new(bands);
        desks.iter().for_each(|sums| all.merge(sums));
        Ok(all)
    }

    fn all<T: Send>(
        &self,
        sums: impl Fn() -> T,
        work: impl Fn(&mut Desk<T>, Option<&mut Vec<Row>>) + Sync,
        mut rows: Option<Rows<'_>>,
    ) -> anyhow::Result<Vec<T>> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(self.threads.unwrap_or(0)).build()?;
        let desks: Vec<Mutex<Desk<T>>> = (0..pool.current_num_threads()).map(|_| Desk::new(sums())).collect();
        let twins = !std::ptr::addr_eq(self.sources[0], self.sources[1]);
        let keeps = rows.is_some();
        let one = |number: u64| -> anyhow::Result<Vec<Row>> {
            self.work.goes_on()?;
            let place = rayon::current_thread_index().unwrap_or(0);
            let mut desk = desks[place].lock().map_err(|_| anyhow!("一个线程中断了"))?;
            let before = desk.batches[0].persons().len();
            self.sources[0].fill(number, &mut desk.batches[0]).map_err(|fault| anyhow!("{fault}"))?;
            if twins {
                self.sources[1].fill(number, &mut desk.batches[1]).map_err(|fault| anyhow!("{fault}"))?;
            }
            let mut kept = Vec::with_capacity(if keeps { before } else { 0 });
            work(&mut desk, keeps.then_some(&mut kept));
            self.work.did(desk.batches[0].persons().len() as u64);
            Ok(kept)
        };
        let batches = self.sources[0].batches();
        let ahead = if keeps { AHEAD * desks.len() as u64 } else { batches.max(1) };
        for from in (0..batches).step_by(usize::try_from(ahead).context("人数太多")?) {
            let numbers = from..batches.min(from + ahead);
            let done: Vec<Vec<Row>> = pool.install(|| numbers.into_par_iter().map(one).collect::<Result<_, _>>())?;
            if let Some(rows) = rows.as_mut() {
                done.iter().try_for_each(|done| rows(done))?;
            }
        }
        desks
            .into_iter()
            .map(|desk| desk.into_inner().map(|desk| desk.sums).map_err(|_| anyhow!("一个线程中断了")))
            .collect()
    }
}

/// The bounds of groups of equal size by income, from people of some batches spread over all.
///
/// # Errors
/// When people cannot be had.
pub(crate) fn incomes(source: &dyn Source, groups: usize) -> anyhow::Result<[Vec<gongji_domain::Fen>; 2]> {
    const SAMPLED: u64 = 8;
    let batches = source.batches();
    let mut incomes: [Vec<gongji_domain::Fen>; 2] = Default::default();
    let mut batch = Batch::default();
    let step = batches.div_ceil(SAMPLED).max(1);
    for number in (0..batches).step_by(usize::try_from(step).context("人数太多")?) {
        source.fill(number, &mut batch).map_err(|fault| anyhow!("{fault}"))?;
        for person in batch.persons() {
            incomes[person.status as usize].push(Bands::income_of(person));
        }
    }
    Ok(incomes.map(|mut of| {
        of.sort_unstable();
        let end = |i: usize| of.get(of.len() * i / groups).copied().unwrap_or_default();
        (1..groups).map(end).collect()
    }))
}
