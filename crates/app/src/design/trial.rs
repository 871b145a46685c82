//! Trying policies on a population that is kept in memory: people and what the pooled fund may have to do with are
//! generated once; each policy is an overlay, loaded and checked as any package, and run by the engine.

use super::levers::Levers;
use super::overlay::{Choice, Proposal};
use super::shape::{self, Order};
use crate::simulate::runs::incomes;
use crate::simulate::work::Work;
use anyhow::{Context as _, anyhow, bail};
use gongji_domain::{Day, Fen};
use gongji_microsimulation::design::{Outcome, Swift, YearCredit};
use gongji_microsimulation::{Assumptions, Reform, Scenario, Walker};
use gongji_policy::{Area, Folder, Library, Severity};
use gongji_population::{Batch, Behaviour, Care, Generator, Means, Preset, Source};
use rayon::prelude::*;
use std::sync::Arc;

/// Whose policy, on whom.
pub(crate) struct Setup<'a> {
    /// The folders that are loaded.
    pub(crate) folders: &'a [Folder],
    /// Division code of the area.
    pub(crate) area: &'a str,
    /// The benefit whose figures are turned.
    pub(crate) benefit: &'a str,
    /// The year that is simulated, on whose first day a plan begins.
    pub(crate) year: i16,
    /// The people.
    pub(crate) preset: &'a Preset,
    /// How many of them.
    pub(crate) persons: u64,
    /// Their seed.
    pub(crate) seed: u64,
    /// What is assumed.
    pub(crate) assumptions: Assumptions,
    /// Into how many groups incomes are put.
    pub(crate) income_groups: usize,
    /// Told of every batch that is run.
    pub(crate) work: Arc<Work>,
}

/// A population and a package whose figures can be turned.
pub(crate) struct Trial {
    /// What may be turned.
    pub(crate) levers: Levers,
    /// The orders that hold between levers.
    pub(crate) orders: Vec<Order>,
    /// Division code of the area.
    pub(crate) area: String,
    /// Its name.
    pub(crate) name: String,
    /// The first day of a plan.
    pub(crate) from: Day,
    /// What is assumed, in Chinese.
    pub(crate) notes: Vec<String>,
    year: i16,
    under: [Folder; 2],
    assumptions: Assumptions,
    batches: Vec<Batch>,
    /// What the package as it is credits to the persons of each batch.
    credits: Vec<Vec<YearCredit>>,
    work: Arc<Work>,
}

/// The folder of a plan while it is tried.
const PLAN: &str = "plan";

impl Trial {
    /// Generates the people and finds the levers.
    ///
    /// # Errors
    /// When the area has no package that can be turned or people cannot be had.
    pub(crate) fn new(setup: Setup<'_>) -> anyhow::Result<Self> {
        let library = Library::load(setup.folders);
        let area = library.area(setup.area).with_context(|| format!("没有 {} 的政策包", setup.area))?;
        let named = |name: &str| setup.folders.iter().find(|folder| folder.name == name);
        let base = named(&area.folder).with_context(|| format!("没有 {}", area.folder))?;
        if base.head().is_some_and(|head| head.extends.is_some()) {
            bail!("{} 本身是覆盖包；请对它所覆盖的包设计", base.name);
        }
        let frameworks = named("framework").cloned().unwrap_or_default();
        let from = Day::from_ymd(setup.year, 1, 1).with_context(|| format!("没有 {} 年", setup.year))?;
        let levers = Levers::of(base, &frameworks, setup.benefit, from)?;
        let generator = Generator::new(setup.preset, setup.persons, setup.year, setup.seed, Behaviour::AS_NOW)
            .map_err(|fault| anyhow!("{fault}"))?;
        let mut assumptions = setup.assumptions;
        assumptions.bands.incomes = incomes(&generator, setup.income_groups)?;
        let scenario = Scenario::of(area, setup.year, &assumptions, Reform::After)?;
        let notes = scenario.notes().to_vec();
        setup.work.expect(setup.persons);
        let batches = batches(&generator, takes_others(area, setup.benefit, from), &setup.work)?;
        let swift = Swift::of(&scenario);
        let credited = |batch: &Batch| batch.persons().iter().map(|person| swift.credit(person)).collect();
        let credits = batches.par_iter().map(credited).collect();
        Ok(Self {
            orders: shape::orders(&levers),
            levers,
            area: setup.area.to_owned(),
            name: area.name().to_owned(),
            from,
            notes,
            year: setup.year,
            under: [frameworks, rules_of(base)],
            assumptions,
            batches,
            credits,
            work: setup.work,
        })
    }

    /// What the package comes to with some figures chosen; or why it may not be, in Chinese.
    pub(crate) fn outcome(&self, choices: &[Choice]) -> Result<Outcome, String> {
        self.work.goes_on().map_err(|stopped| stopped.to_string())?;
        if let Some(words) = shape::broken(&self.levers, &self.orders, choices) {
            return Err(words);
        }
        let library = self.library(choices)?;
        let area = library.area(&self.area).ok_or_else(|| "政策包不能载入".to_owned())?;
        let scenario = Scenario::of(area, self.year, &self.assumptions, Reform::After).map_err(|f| f.to_string())?;
        let (swift, mut walker) = (Swift::of(&scenario), Walker::default());
        let mut outcome = Outcome::new(&self.assumptions.bands);
        let same = !choices.iter().any(|(at, value)| self.levers.all[*at].turns_credit(*value));
        for (batch, credits) in self.batches.iter().zip(&self.credits) {
            self.work.goes_on().map_err(|stopped| stopped.to_string())?;
            swift.run(batch, same.then_some(credits.as_slice()), &mut walker, &mut outcome);
            self.work.did(batch.persons().len() as u64);
        }
        Ok(outcome)
    }

    /// The same by the way of a whole year, event by event.
    #[cfg(test)]
    pub(crate) fn outcome_event_by_event(&self, choices: &[Choice]) -> Outcome {
        let library = self.library(choices).expect("it loads");
        let area = library.area(&self.area).expect("it is there");
        let scenario = Scenario::of(area, self.year, &self.assumptions, Reform::After).expect("it runs");
        let (mut outcome, mut walker) = (Outcome::new(&self.assumptions.bands), Walker::default());
        for (person, events) in self.batches.iter().flat_map(Batch::each) {
            outcome.add(&walker.year(&scenario, person, events));
        }
        outcome
    }

    /// What the pooled fund pays in each month under the package as it is; on all threads of the pool.
    pub(crate) fn months(&self) -> Result<[Fen; 12], String> {
        let library = self.library(&[])?;
        let area = library.area(&self.area).ok_or_else(|| "政策包不能载入".to_owned())?;
        let scenario = Scenario::of(area, self.year, &self.assumptions, Reform::After).map_err(|f| f.to_string())?;
        self.work.goes_on().map_err(|stopped| stopped.to_string())?;
        self.work.expect(self.persons());
        let one = |batch: &Batch| {
            let (mut walker, mut months) = (Walker::default(), [Fen::ZERO; 12]);
            for (person, events) in batch.each() {
                walker.year(&scenario, person, events);
                walker.paid().iter().for_each(|paid| months[usize::from(paid.month)] += paid.pool);
            }
            self.work.did(batch.persons().len() as u64);
            months
        };
        let sum = |mut a: [Fen; 12], b: [Fen; 12]| {
            a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
            a
        };
        Ok(self.batches.par_iter().map(one).reduce(|| [Fen::ZERO; 12], sum))
    }

    fn persons(&self) -> u64 {
        self.batches.iter().map(|batch| batch.persons().len() as u64).sum()
    }

    /// Several, on all threads of the pool that this is called in; in their order.
    pub(crate) fn outcomes(&self, all: &[Vec<Choice>]) -> Vec<Result<Outcome, String>> {
        self.work.expect(self.persons() * all.len() as u64);
        all.par_iter().map(|choices| self.outcome(choices)).collect()
    }

    /// The plan of some choices as a folder of this name.
    pub(crate) fn plan(&self, choices: &[Choice], name: &str) -> Folder {
        self.proposal(choices).folder(name)
    }

    /// What some choices change, in Chinese.
    pub(crate) fn changes(&self, choices: &[Choice]) -> Vec<String> {
        self.proposal(choices).changes()
    }

    fn proposal<'a>(&'a self, choices: &'a [Choice]) -> Proposal<'a> {
        Proposal { area: &self.area, name: &self.name, levers: &self.levers, from: self.from, choices }
    }

    /// The plan loaded over the package; the first thing that is wrong with it otherwise.
    fn library(&self, choices: &[Choice]) -> Result<Library, String> {
        let [frameworks, base] = &self.under;
        let library = Library::load(&[frameworks.clone(), base.clone(), self.plan(choices, PLAN)]);
        let error = library.faults().iter().find(|(_, fault)| fault.severity == Severity::Error);
        match error.map(|(_, fault)| fault) {
            Some(fault) if fault.article.is_empty() => Err(fault.found.clone()),
            Some(fault) => Err(format!("{}（{}）", fault.found, fault.article)),
            None => Ok(library),
        }
    }

    /// Groups of people in words, by the place that an outcome gives.
    pub(crate) fn group_words(&self, outcome: &Outcome, place: usize) -> String {
        let (status, age, income) = outcome.group(place);
        let bands = &self.assumptions.bands;
        let age = match (age.checked_sub(1).map(|at| bands.ages[at]), bands.ages.get(age)) {
            (None, Some(below)) => format!("不满 {below} 岁"),
            (Some(from), Some(below)) => format!("{from}—{} 岁", below - 1),
            (Some(from), None) => format!("{from} 岁以上"),
            (None, None) => "各年龄".to_owned(),
        };
        format!("{}·{age}·收入第 {} 组", ["在职", "退休"][status], income + 1)
    }
}

/// A package's rules and articles, without the cases that only a check runs.
fn rules_of(base: &Folder) -> Folder {
    let mut rules = base.clone();
    rules.files.retain(|file| !file.path.contains("/cases/") && !file.path.ends_with("CHANGELOG.md"));
    rules
}

/// Whether the benefit goes on with what earlier benefits leave.
fn takes_others(area: &Area, benefit: &str, day: Day) -> bool {
    area.benefits_on(day).iter().any(|known| known.name == benefit && !known.takes.is_empty())
}

/// The people with the events that the pooled fund may pay for; all else is the same under every policy.
fn batches(source: &Generator, chronic: bool, work: &Work) -> anyhow::Result<Vec<Batch>> {
    let kept = |care: Care, means: Means| match care {
        Care::Visit => true,
        Care::Chronic => chronic,
        Care::Pharmacy => means == Means::Prescription,
        Care::Admission => false,
    };
    let one = |number: u64| -> anyhow::Result<Batch> {
        work.goes_on()?;
        let (mut all, mut batch) = (Batch::default(), Batch::default());
        source.fill(number, &mut all).map_err(|fault| anyhow!("{fault}"))?;
        for (person, events) in all.each() {
            let relevant = events.iter().filter(|event| event.is_own() && kept(event.care, event.means)).cloned();
            batch.push(person.clone(), |into| into.extend(relevant));
        }
        work.did(batch.persons().len() as u64);
        Ok(batch)
    };
    (0..source.batches()).into_par_iter().map(one).collect()
}

/// Who the people are; a preset of one's own may not say that it is for demonstration.
pub(crate) fn people_words(preset: &Preset) -> String {
    if preset.name.contains("演示参数") {
        preset.name.clone()
    } else {
        format!("{}（演示参数）", preset.name)
    }
}

/// What a policy costs beside the base: what the fund pays for ordinary care, and what it credits more (or less) to
/// accounts than the base does.
pub(crate) fn spending(outcome: &Outcome, base: &Outcome) -> Fen {
    let (now, before) = (outcome.all(), base.all());
    now.pool + now.credit - before.credit
}
