//! All packages for looking at: those that decide, and the examples (示例) that ship, each with the packages it stands beside.
//! Examples are loaded and cases run when somebody first looks; after that they are at hand.

use std::sync::{Arc, OnceLock};

use gongji_domain::Day;
use gongji_policy::{Area, Change, Folder, Library, compare};

use crate::cli::load;
use crate::his::Policies;

/// More turns than this are only dated: their changes are of figures that follow an index.
const MOST_TURNS: usize = 12;

/// The packages.
pub(crate) struct Shelf {
    policies: Arc<Policies>,
    folders: Vec<Folder>,
    examples: OnceLock<Vec<Example>>,
    /// What takes a while to find out, by the place of the package on the shelf.
    found: OnceLock<Vec<Found>>,
}

/// An example and the packages it was loaded with.
struct Example {
    folder: String,
    code: String,
    library: Library,
}

/// What takes a while to find out of a package.
#[derive(Clone, Debug, Default)]
pub(crate) struct Found {
    pub cases: usize,
    pub passed: usize,
    /// The days on which its rules begin or change, and what changes.
    pub turns: Vec<(Day, Vec<Change>)>,
}

/// A package on the shelf.
#[derive(Clone, Copy)]
pub(crate) struct Package<'s> {
    pub library: &'s Library,
    pub area: &'s Area,
    /// What pages call it: the code of its area, or its folder where another package has the code.
    pub id: &'s str,
}

impl Shelf {
    pub(crate) fn new(policies: Arc<Policies>, folders: Vec<Folder>) -> Self {
        Self { policies, folders, examples: OnceLock::new(), found: OnceLock::new() }
    }

    /// The folders of the packages that decide.
    pub(crate) fn folders(&self) -> &[Folder] {
        &self.folders
    }

    /// All of them: those that decide by code, then the examples.
    pub(crate) fn all(&self) -> Vec<Package<'_>> {
        let library = self.policies.library();
        let deciding = library.areas().map(|area| Package { library, area, id: area.code() });
        let taken = |code: &str| library.area(code).is_some();
        let examples = self.examples().iter().filter_map(|example| {
            let area = example.library.area(&example.code)?;
            let id = if taken(&example.code) { example.folder.as_str() } else { example.code.as_str() };
            Some(Package { library: &example.library, area, id })
        });
        deciding.chain(examples).collect()
    }

    pub(crate) fn find(&self, id: &str) -> Option<Package<'_>> {
        let library = self.policies.library();
        let deciding = library.area(id).map(|area| Package { library, area, id: area.code() });
        deciding.or_else(|| self.all().into_iter().find(|package| package.id == id))
    }

    /// The same with what takes a while to find out.
    pub(crate) fn found(&self) -> Vec<(Package<'_>, &Found)> {
        let all = self.all();
        let found = self.found.get_or_init(|| all.iter().map(find_out).collect());
        all.into_iter().zip(found).collect()
    }

    fn examples(&self) -> &[Example] {
        self.examples.get_or_init(|| {
            let given = |example: &Folder| self.folders.iter().any(|folder| folder.name == example.name);
            let examples = load::shipped().into_iter().filter(|folder| load::is_example(folder) && !given(folder));
            examples.filter_map(|example| self.beside(example)).collect()
        })
    }

    fn beside(&self, example: Folder) -> Option<Example> {
        let (folder, code) = (example.name.clone(), example.head()?.area);
        let with: Vec<Folder> = self.folders.iter().cloned().chain([example]).collect();
        Some(Example { folder, code, library: Library::load(&with) })
    }
}

fn find_out(package: &Package<'_>) -> Found {
    let report = package.library.run_cases(package.area.code());
    let cases = report.map(|report| report.cases).unwrap_or_default();
    Found { cases: cases.len(), passed: cases.iter().filter(|case| case.passed).count(), turns: turns(package.area) }
}

/// The days on which the rules begin or change, each with what changes for a member; a day on which nothing does is none.
fn turns(area: &Area) -> Vec<(Day, Vec<Change>)> {
    let days: Vec<Day> = area.range_starts().filter(|day| area.rules(*day).is_some()).collect();
    let told = days.len() <= MOST_TURNS;
    let mut turns = Vec::new();
    for day in days {
        let before = day.before();
        let first = area.rules(before).is_none();
        let changes = if first || !told { None } else { compare((area, before), (area, day)) };
        let changes = changes.map(|found| found.changes).unwrap_or_default();
        if first || !told || !changes.is_empty() {
            turns.push((day, changes));
        }
    }
    turns
}
