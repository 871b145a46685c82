//! Which policy packages a command works with: those in the program, then those of `--policies`.

use gongji_domain::Day;
use gongji_policy::{Area, AreaStatus, Fault, Folder, Library, Severity, SourceFile};
use include_dir::{Dir, include_dir};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// The packages that ship, so that the program needs no files.
static SHIPPED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../policies");

/// `--policies`, for every command that decides or shows.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct Policies {
    /// Add the packages (政策包) in DIR: a package folder, or a folder of package folders
    ///
    /// They are loaded after the packages that ship. One for an area that ships replaces it,
    /// unless it says that it `extends` it. A `framework` folder replaces bounds of the same
    /// name. If anything in DIR is in error nothing is decided: the faults go to standard error
    /// and the exit status is 2. May be given several times.
    #[arg(long = "policies", value_name = "DIR")]
    pub(crate) dirs: Vec<PathBuf>,
}

/// Why packages cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoadError {
    /// A file or folder cannot be read.
    #[error("cannot read {} (a package is a folder of UTF-8 text files)", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Nothing in a folder looks like a package.
    #[error("no policy package in {}: give a folder that holds package.toml, or a folder of such folders", .0.display())]
    NoPackage(PathBuf),
    /// Packages with errors.
    #[error(
        "{0} error(s) in the policy packages; nothing was decided. Correct them (`gongji policy check DIR` shows each in its line), or leave out --policies to use the packages that ship"
    )]
    Faulty(usize),
}

/// The folders that ship, by name. What lies deeper, such as `examples/`, is not offered: it is
/// given with `--policies` like any other package.
pub(crate) fn shipped() -> Vec<Folder> {
    let has_rules = |dir: &&Dir<'_>| dir.files().any(|file| file.path().extension().is_some_and(|end| end == "toml"));
    let mut folders: Vec<Folder> = SHIPPED.dirs().filter(has_rules).map(embedded).collect();
    folders.sort_by(|a, b| a.name.cmp(&b.name));
    folders
}

/// A file beside the rules of an area that ships, such as its own estimate (费用测算); no rule reads it.
pub(crate) fn shipped_file(area: &str, path: &str) -> Option<&'static str> {
    let of = |dir: &&Dir<'static>| dir.path().to_str().is_some_and(|name| name.starts_with(&format!("{area}-")));
    let dir = SHIPPED.dirs().find(of)?;
    dir.get_file(dir.path().join(path))?.contents_utf8()
}

fn embedded(dir: &Dir<'_>) -> Folder {
    let mut files = Vec::new();
    for part in [None, Some("source"), Some("cases")] {
        let dir = match part {
            None => Some(dir),
            Some(part) => dir.get_dir(dir.path().join(part)),
        };
        for file in dir.into_iter().flat_map(Dir::files) {
            let path = format!("policies/{}", file.path().display());
            let text = file.contents_utf8().unwrap_or_default();
            files.push(SourceFile { path: path.into(), text: text.into() });
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Folder { name: dir.path().display().to_string(), files }
}

/// The package folders of a directory, or the directory itself if it is one.
///
/// # Errors
/// [`LoadError`] when it cannot be read or has no package.
pub(crate) fn on_disk(dir: &Path) -> Result<Vec<Folder>, LoadError> {
    if let Some(folder) = folder(dir)? {
        return Ok(vec![folder]);
    }
    let mut folders = Vec::new();
    for path in entries(dir)?.into_iter().filter(|path| path.is_dir()) {
        folders.extend(folder(&path)?);
    }
    if folders.is_empty() { Err(LoadError::NoPackage(dir.to_owned())) } else { Ok(folders) }
}

/// A folder that holds `package.toml`, or the TOML files of frameworks.
fn folder(dir: &Path) -> Result<Option<Folder>, LoadError> {
    let name = name_of(dir);
    if name != "framework" && !dir.join("package.toml").is_file() {
        return Ok(None);
    }
    let mut files = Vec::new();
    read(dir, &["toml", "md"], &mut files)?;
    for part in ["source", "cases"] {
        let part = dir.join(part);
        if part.is_dir() {
            read(&part, &["md"], &mut files)?;
        }
    }
    Ok(Some(Folder { name, files }))
}

/// Frameworks are known by their name; a package by its path, so that it is never taken for one
/// that ships.
fn name_of(dir: &Path) -> String {
    let named = dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
    match named.file_name() {
        Some(name) if name == "framework" => "framework".to_owned(),
        _ if dir.components().count() == 1 => format!("./{}", shown(dir)),
        _ => shown(dir),
    }
}

/// A path as packages write paths: with forward slashes on every system.
fn shown(path: &Path) -> String {
    let shown = path.display().to_string();
    if cfg!(windows) { shown.replace('\\', "/") } else { shown }
}

/// Reads the files with these endings.
fn read(dir: &Path, endings: &[&str], files: &mut Vec<SourceFile>) -> Result<(), LoadError> {
    for path in entries(dir)? {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if !endings.contains(&ending) || !path.is_file() {
            continue;
        }
        let text = fs::read_to_string(&path).map_err(|source| LoadError::Unreadable { path: path.clone(), source })?;
        files.push(SourceFile { path: shown(&path).into(), text: text.into() });
    }
    Ok(())
}

fn entries(dir: &Path) -> Result<Vec<PathBuf>, LoadError> {
    let unreadable = |source| LoadError::Unreadable { path: dir.to_owned(), source };
    let entries = fs::read_dir(dir).map_err(unreadable)?;
    let mut paths =
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
    paths.sort();
    Ok(paths)
}

impl Policies {
    /// The folders to load: all that ship but examples, then those given.
    ///
    /// # Errors
    /// [`LoadError`] when a directory cannot be read.
    pub(crate) fn folders(&self) -> Result<Vec<Folder>, LoadError> {
        let mut folders = shipped();
        folders.retain(|folder| !is_example(folder));
        for dir in &self.dirs {
            folders.extend(on_disk(dir)?);
        }
        Ok(folders)
    }

    /// The packages, as known on a day; none at all if one has an error.
    ///
    /// # Errors
    /// [`LoadError`]; the faults have then been written to standard error.
    pub(crate) fn library(&self, known_on: Option<Day>) -> Result<Library, LoadError> {
        let folders = self.folders()?;
        let library = sound(&folders)?;
        Ok(if known_on.is_some() { Library::load_as_known(&folders, known_on) } else { library })
    }

    /// The packages, and for each example (示例) that ships the packages with it: an example may
    /// be for an area that has a package of its own.
    ///
    /// # Errors
    /// As [`Policies::library`].
    pub(crate) fn libraries(&self) -> Result<Vec<(Library, Option<String>)>, LoadError> {
        let folders = self.folders()?;
        let mut libraries = vec![(sound(&folders)?, None)];
        for example in shipped().into_iter().filter(is_example) {
            let name = example.name.clone();
            let with: Vec<Folder> = folders.iter().cloned().chain([example]).collect();
            libraries.push((sound(&with)?, Some(name)));
        }
        Ok(libraries)
    }
}

/// The area with a code, or a name that begins so, and the library that it is in.
///
/// # Errors
/// When no package is for such an area.
pub(crate) fn named<'l>(
    libraries: &'l [(Library, Option<String>)],
    name: &str,
) -> anyhow::Result<(&'l Library, &'l Area)> {
    let named = |area: &&Area| area.code() == name || (!name.is_empty() && area.name().starts_with(name));
    let found = libraries.iter().find_map(|(library, example)| {
        let shown = |area: &&Area| example.as_ref().is_none_or(|folder| area.folder == *folder);
        library.areas().filter(shown).find(named).map(|area| (library, area))
    });
    let known = || -> Vec<String> {
        let areas = libraries.iter().take(1).flat_map(|(library, _)| library.areas());
        areas.map(|area| format!("{} {}", area.code(), area.name())).collect()
    };
    found.ok_or_else(|| {
        let known = known().join(", ");
        anyhow::anyhow!("no policy package for the area {name}; loaded: {known}. Add one with --policies DIR")
    })
}

pub(crate) fn is_example(folder: &Folder) -> bool {
    folder.head().is_some_and(|head| head.status == AreaStatus::Example)
}

/// Packages without an error, or their faults on standard error.
fn sound(folders: &[Folder]) -> Result<Library, LoadError> {
    let library = Library::load(folders);
    let all = library.faults().iter().map(|(folder, fault)| (folder.as_str(), fault));
    let errors: Vec<(&str, &Fault)> = all.filter(|(_, fault)| fault.severity == Severity::Error).collect();
    if errors.is_empty() {
        return Ok(library);
    }
    let count = errors.len();
    // Whether or not they can be shown, there are errors.
    let _ = super::paint::faults(errors, library.files(), &mut anstream::stderr());
    Err(LoadError::Faulty(count))
}
