//! An import (目录导入) in order: files to rows, rows checked against the catalogue and against what
//! is kept, then written as one version or not at all.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};

use super::check::{Bad, Checker, Defaults, Heads};
use super::folder::{self, Folder};
use super::kinds::Kind;
use super::sheet::Sheet;

/// What is to be imported.
pub(crate) struct Wanted<'a> {
    pub kind: &'static Kind,
    pub into: &'a Path,
    pub files: &'a [PathBuf],
    /// `version` is filled in here.
    pub defaults: Defaults,
    /// Take the rows that are right although others are not.
    pub skip_bad: bool,
    pub dry_run: bool,
}

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// Each file with its encoding and the headings in it that the catalogue does not have.
    pub files: Vec<(String, &'static str, Vec<String>)>,
    /// Rows read.
    pub read: usize,
    /// Rows that are new or differ from what is kept.
    pub changed: usize,
    /// Rows that are right and kept so already.
    pub same: usize,
    pub bad: Vec<Bad>,
    /// The version that was written.
    pub written: Option<u32>,
    /// Whether nothing was written because rows are bad.
    pub refused: bool,
}

/// Imports. `progress` hears how many rows of how many are read.
///
/// # Errors
/// When a file cannot be read or has a wrong head, or the version cannot be written.
pub(crate) fn import(mut wanted: Wanted<'_>, mut progress: impl FnMut(usize, usize)) -> anyhow::Result<Report> {
    let kind = wanted.kind;
    let kept = Folder::open(wanted.into)?;
    let newest = kept.newest(kind);
    let before = kept.rows(kind, 0, newest)?;
    wanted.defaults.version = folder::name(newest + 1);
    let mut report = Report::default();
    let mut checker = Checker::new(kind, &wanted.defaults);
    let mut sources = Vec::new();
    for (at, path) in wanted.files.iter().enumerate() {
        let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let bytes = std::fs::read(path).with_context(|| format!("无法读取 {}", path.display()))?;
        let sheet = Sheet::read(&name, &bytes).map_err(|fault| anyhow!(fault))?;
        drop(bytes);
        let unknown = take((at, &sheet), kind, &wanted.defaults, &mut checker, &mut progress)
            .map_err(|fault| anyhow!("{name}：{fault}"))?;
        report.files.push((name.clone(), sheet.encoding, unknown));
        sources.push(name);
    }
    let (mut lines, bad, read) = checker.finish(&before);
    if read == 0 {
        bail!("文件里没有数据行");
    }
    (report.bad, report.read) = (bad, read);
    let right = lines.len();
    lines.retain(|key, line| !before.get(key).is_some_and(|kept| same(kind, kept, line)));
    (report.changed, report.same) = (lines.len(), right - lines.len());
    report.refused = !report.bad.is_empty() && !wanted.skip_bad;
    if !report.refused && !wanted.dry_run && !lines.is_empty() {
        let made = (wanted.defaults.moment.as_str(), sources.as_slice());
        folder::append(wanted.into, kind, newest + 1, &lines, made, || Ok(()))?;
        report.written = Some(newest + 1);
    }
    Ok(report)
}

/// Whether two rows say the same but for what an import fills in.
fn same(kind: &Kind, one: &str, other: &str) -> bool {
    let filled = ["crte_time", "updt_time", "ver", "ver_name"].map(|name| kind.at(name));
    let (one, other) = (kind.cells(one), kind.cells(other));
    (0..kind.columns.len()).all(|at| filled.contains(&Some(at)) || one[at] == other[at])
}

/// Gives the rows of a sheet to the checker; the headings that the catalogue does not have.
fn take(
    (file, sheet): (usize, &Sheet),
    kind: &Kind,
    defaults: &Defaults,
    checker: &mut Checker<'_>,
    progress: &mut impl FnMut(usize, usize),
) -> Result<Vec<String>, String> {
    let all = sheet.len();
    let mut heads: Option<Heads> = None;
    sheet.each(|row, cells| {
        if row % 1024 == 0 {
            progress(row, all);
        }
        if let Some(heads) = &heads {
            checker.row((file, row), cells, heads);
            return Ok(());
        }
        match Heads::read(kind, cells, defaults)? {
            Some(read) => heads = Some(read),
            None if sheet.may_lack_head() => {
                let national = Heads::national(kind);
                checker.row((file, row), cells, &national);
                heads = Some(national);
            }
            None => {
                let some: Vec<&str> = kind.key.iter().map(|at| kind.columns[*at].meaning).collect();
                return Err(format!("第 {row} 行不是表头：须有{}等列名（中文或字段名）", some.join("、")));
            }
        }
        Ok(())
    })?;
    progress(all, all);
    Ok(heads.map(|heads| heads.unknown).unwrap_or_default())
}
