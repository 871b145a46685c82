//! Catalogues kept: versions that are only added, each a folder `<number>/v0001/` with its rows in
//! the national form and a manifest. A version is written beside its place and renamed into it, so
//! it is there wholly or not at all. The small fictitious catalogue that ships is kept the same
//! way, inside the program.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use include_dir::{Dir, include_dir};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::check::Lines;
use super::index::Catalogue;
use super::kinds::{Kind, kinds};

const ROWS: &str = "rows.txt";
const MANIFEST: &str = "manifest.json";
static SHIPPED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/catalogue/demo");

/// What is known of a version besides its rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    /// When it was imported.
    pub imported: String,
    /// Names of the files that it was made from.
    pub sources: Vec<String>,
    pub rows: usize,
    pub sha256: String,
}

/// One version of one catalogue.
#[derive(Clone, Debug)]
pub(crate) struct Version {
    pub number: u32,
    pub manifest: Manifest,
    place: Place,
}

#[derive(Clone, Debug)]
enum Place {
    Inside(&'static [u8]),
    File(PathBuf),
}

/// All versions of all catalogues.
#[derive(Clone, Debug, Default)]
pub(crate) struct Folder {
    kinds: BTreeMap<&'static str, Vec<Version>>,
}

/// The name of a version: `v0001`. `v0000` is before the first.
pub(crate) fn name(number: u32) -> String {
    format!("v{number:04}")
}

/// The number of a version by its name.
pub(crate) fn number(name: &str) -> Option<u32> {
    let digits = name.strip_prefix(['v', 'V'])?;
    (digits.len() >= 4 && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().ok())?
}

impl Folder {
    /// The one that ships.
    ///
    /// # Errors
    /// When it is not whole; a test reads it.
    pub(crate) fn shipped() -> anyhow::Result<Self> {
        let mut folder = Self::default();
        for kind in kinds() {
            for at in 1.. {
                let file = |part: &str| SHIPPED.get_file(format!("{}/{}/{part}", kind.number, name(at)));
                let (Some(rows), Some(manifest)) = (file(ROWS), file(MANIFEST)) else { break };
                let manifest = serde_json::from_slice(manifest.contents())?;
                let version = Version { number: at, manifest, place: Place::Inside(rows.contents()) };
                folder.kinds.entry(kind.number).or_default().push(version);
            }
        }
        Ok(folder)
    }

    /// Those in a folder. One that is not there is empty.
    ///
    /// # Errors
    /// When a version is missing or not whole.
    pub(crate) fn open(folder: &Path) -> anyhow::Result<Self> {
        let mut all = Self::default();
        if !folder.exists() {
            return Ok(all);
        }
        for kind in kinds() {
            let here = folder.join(kind.number);
            let mut numbers: Vec<u32> = Vec::new();
            let entries = if here.is_dir() { Some(fs::read_dir(&here)?) } else { None };
            for entry in entries.into_iter().flatten() {
                numbers.extend(number(&entry?.file_name().to_string_lossy()));
            }
            numbers.sort_unstable();
            let mut versions = Vec::new();
            for (at, number) in (1..).zip(numbers) {
                if at != number {
                    bail!("{}：缺少版本 {}", here.display(), name(at));
                }
                versions.push(open_version(&here.join(name(number)), number)?);
            }
            if !versions.is_empty() {
                all.kinds.insert(kind.number, versions);
            }
        }
        Ok(all)
    }

    /// The versions of a catalogue, ascending.
    pub(crate) fn versions(&self, kind: &Kind) -> &[Version] {
        self.kinds.get(kind.number).map_or(&[], Vec::as_slice)
    }

    /// The newest version of a catalogue; 0 where there is none.
    pub(crate) fn newest(&self, kind: &Kind) -> u32 {
        self.versions(kind).last().map_or(0, |version| version.number)
    }

    /// The rows that versions after one have added or changed, as the newest up to `to` left them.
    ///
    /// # Errors
    /// When a version cannot be read or is not what its manifest says.
    pub(crate) fn rows(&self, kind: &Kind, after: u32, to: u32) -> anyhow::Result<Lines> {
        let mut lines = Lines::new();
        for version in self.versions(kind).iter().filter(|version| (after + 1..=to).contains(&version.number)) {
            let bytes = match &version.place {
                Place::Inside(bytes) => bytes.to_vec(),
                Place::File(path) => fs::read(path).with_context(|| format!("无法读取 {}", path.display()))?,
            };
            let said = || format!("目录 {} 版本 {}", kind.number, name(version.number));
            if hex(&bytes) != version.manifest.sha256 {
                bail!("{}：内容与清单的 sha256 不符，文件已被改动或损坏", said());
            }
            let text = std::str::from_utf8(&bytes).with_context(said)?;
            for line in text.lines() {
                lines.insert(kind.key_of(&kind.cells(line)).into(), line.into());
            }
        }
        Ok(lines)
    }

    /// Everything, ready to be asked.
    ///
    /// # Errors
    /// When a version cannot be read or a row cannot be used.
    pub(crate) fn catalogue(&self) -> anyhow::Result<Catalogue> {
        let mut catalogue = Catalogue::default();
        for kind in kinds() {
            let lines = self.rows(kind, 0, self.newest(kind))?;
            catalogue.take(kind, lines).map_err(|fault| anyhow!("目录 {fault}"))?;
        }
        Ok(catalogue)
    }
}

fn open_version(place: &Path, number: u32) -> anyhow::Result<Version> {
    let manifest = place.join(MANIFEST);
    let text = fs::read(&manifest).with_context(|| format!("无法读取 {}", manifest.display()))?;
    let manifest = serde_json::from_slice(&text).with_context(|| format!("{}", manifest.display()))?;
    Ok(Version { number, manifest, place: Place::File(place.join(ROWS)) })
}

/// Adds a version and gives its number. `before_rename` is for tests that break there.
///
/// # Errors
/// When it cannot be written, or another import was faster.
pub(crate) fn append(
    folder: &Path,
    kind: &Kind,
    number: u32,
    lines: &Lines,
    made: (&str, &[String]),
    before_rename: impl FnOnce() -> std::io::Result<()>,
) -> anyhow::Result<()> {
    let here = folder.join(kind.number);
    let place = here.join(name(number));
    fs::create_dir_all(&here).with_context(|| format!("无法建立 {}", here.display()))?;
    let mut text = String::new();
    for line in lines.values() {
        text.push_str(line);
        text.push('\n');
    }
    let (imported, sources) = made;
    let manifest = Manifest {
        imported: imported.to_owned(),
        sources: sources.to_vec(),
        rows: lines.len(),
        sha256: hex(text.as_bytes()),
    };
    let beside = here.join(format!(".new-{}-{}", name(number), std::process::id()));
    let written = || -> std::io::Result<()> {
        // What an import that was killed left under this name is nobody's.
        let _ = fs::remove_dir_all(&beside);
        fs::create_dir(&beside)?;
        whole(&beside.join(ROWS), text.as_bytes())?;
        whole(&beside.join(MANIFEST), &serde_json::to_vec_pretty(&manifest)?)?;
        fs::File::open(&beside)?.sync_all()?;
        before_rename()?;
        // A folder is never renamed onto one that holds something.
        fs::rename(&beside, &place)?;
        fs::File::open(&here)?.sync_all()
    };
    written().with_context(|| format!("没有写入 {}", place.display()))
}

fn whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = fs::File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// SHA-256 in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
