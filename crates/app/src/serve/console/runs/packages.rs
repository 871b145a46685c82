//! Packages that analysts bring or that a search has found (上传的和求解得到的政策包): kept in memory, so that runs can use them.

use std::collections::VecDeque;
use std::io::{Cursor, Read as _, Write as _};

use gongji_policy::{Folder, Library, Severity, SourceFile};
use serde::{Deserialize, Serialize};

use crate::serve::problem::Problem;

/// The most text of a package.
const MOST_BYTES: usize = 2 << 20;
/// The most files of a package.
const MOST_FILES: usize = 200;
/// How many packages are kept; the oldest leave.
const KEPT: usize = 30;
/// How many faults are told of a package that cannot be used.
const TOLD: usize = 8;

/// A file of a package: where it lies in its folder, and what it says.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub(super) struct TextFile {
    pub path: String,
    pub text: String,
}

/// A package that runs may use.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Package {
    pub id: u64,
    /// Its folder, as commands name it.
    pub name: String,
    pub area: String,
    pub area_name: String,
    /// The run that has found it.
    pub run: Option<u64>,
    pub by: String,
    #[serde(skip)]
    pub(super) files: Vec<TextFile>,
}

/// All that are kept.
#[derive(Default)]
pub(super) struct Packages {
    last: u64,
    kept: VecDeque<Package>,
}

impl Packages {
    pub(super) fn all(&self) -> impl Iterator<Item = &Package> {
        self.kept.iter().rev()
    }

    pub(super) fn find(&self, id: u64) -> Option<&Package> {
        self.kept.iter().find(|package| package.id == id)
    }

    /// Keeps a package under a number of its own.
    pub(super) fn keep(&mut self, package: Package) -> Package {
        self.last += 1;
        let package = Package { id: self.last, ..package };
        self.kept.push_back(package.clone());
        if self.kept.len() > KEPT {
            self.kept.pop_front();
        }
        package
    }
}

/// What somebody brings: its name and files.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Brought {
    pub name: String,
    pub files: Vec<TextFile>,
}

impl Brought {
    /// From an archive, whose one folder at the top is the package's.
    ///
    /// # Errors
    /// When it is no archive, or too large.
    pub(super) fn unpacked(bytes: &[u8], name: &str) -> Result<Self, Problem> {
        let broken = |_| wrong("不是 zip 压缩包，或已损坏");
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
        let (mut files, mut left) = (Vec::new(), MOST_BYTES);
        for number in 0..archive.len().min(MOST_FILES * 2) {
            let file = archive.by_index(number).map_err(broken)?;
            let path = file.name().map_err(broken)?.into_owned();
            if file.is_dir() || path.starts_with("__MACOSX/") || path.ends_with(".DS_Store") {
                continue;
            }
            let mut text = String::new();
            let limit = u64::try_from(left).unwrap_or(0) + 1;
            let read = file.take(limit).read_to_string(&mut text);
            let read = read.map_err(|_| wrong(format!("{path} 不是 UTF-8 文本")))?;
            left = left.checked_sub(read).ok_or_else(too_large)?;
            files.push(TextFile { path, text });
        }
        Ok(Self { name: name.to_owned(), files })
    }

    /// Checks it as a package among those that are loaded.
    ///
    /// # Errors
    /// What is wrong with it, each fault with its file and line.
    pub(super) fn checked(self, around: &[Folder], by: &str) -> Result<Package, Problem> {
        let name = folder_name(&self.name)?;
        let files = inside(self.files)?;
        let folder = Folder {
            name: format!("./{name}"),
            files: files
                .iter()
                .map(|file| SourceFile {
                    path: format!("{name}/{}", file.path).into(),
                    text: file.text.as_str().into(),
                })
                .collect(),
        };
        let own = folder.name.clone();
        let folders: Vec<Folder> = around.iter().cloned().chain([folder]).collect();
        let library = Library::load(&folders);
        let errors: Vec<String> = library
            .faults()
            .iter()
            .filter(|(_, fault)| fault.severity == Severity::Error)
            .map(|(_, fault)| fault.line(library.files()))
            .collect();
        if !errors.is_empty() {
            let more = if errors.len() > TOLD { format!("\n……共 {} 处", errors.len()) } else { String::new() };
            let told = errors[..errors.len().min(TOLD)].join("\n");
            return Err(wrong(format!("政策包有 {} 处错误，不能模拟：\n{told}{more}", errors.len())));
        }
        let mine: Vec<_> = library.areas().filter(|area| area.folder == own).collect();
        let [area] = mine.as_slice() else {
            return Err(wrong("里面没有一个统筹区的政策包（package.toml）"));
        };
        let (area, area_name) = (area.code().to_owned(), area.name().to_owned());
        Ok(Package { id: 0, name, area, area_name, run: None, by: by.to_owned(), files })
    }
}

impl Package {
    /// The package that a search has found.
    pub(super) fn found(plan: &Folder, run: u64, by: &str, area: (String, String)) -> Self {
        let file = |file: &SourceFile| {
            let path = file.path.split_once('/').map_or(&*file.path, |(_, path)| path);
            TextFile { path: path.to_owned(), text: file.text.to_string() }
        };
        Self {
            id: 0,
            name: format!("{}-plan-{run}", area.0),
            area: area.0,
            area_name: area.1,
            run: Some(run),
            by: by.to_owned(),
            files: plan.files.iter().map(file).collect(),
        }
    }

    /// As files below its folder.
    pub(super) fn placed(&self) -> impl Iterator<Item = TextFile> + '_ {
        let placed =
            |file: &TextFile| TextFile { path: format!("{}/{}", self.name, file.path), text: file.text.clone() };
        self.files.iter().map(placed)
    }
}

/// Files as an archive, the same bytes on every day.
///
/// # Errors
/// When it cannot be made.
pub(super) fn packed(files: &[TextFile]) -> anyhow::Result<Vec<u8>> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for file in files {
        archive.start_file(&*file.path, zip::write::SimpleFileOptions::default())?;
        archive.write_all(file.text.as_bytes())?;
    }
    Ok(archive.finish()?.into_inner())
}

fn wrong(words: impl Into<String>) -> Problem {
    Problem::said("package_refused", words).at("package")
}

fn too_large() -> Problem {
    wrong("政策包太大：文本至多 2 MiB")
}

/// A name that is a folder everywhere.
fn folder_name(given: &str) -> Result<String, Problem> {
    let name = given.trim().trim_end_matches(".zip").trim_end_matches('/');
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let good =
        !name.is_empty() && name.chars().count() <= 60 && name.chars().all(fits) && !name.starts_with(['.', '-']);
    // One of these names replaces the bounds of documents above, which is not for a run to do.
    if good && name != "framework" {
        return Ok(name.to_owned());
    }
    Err(wrong(format!("名称「{name}」不能用：至多 60 个字母、汉字、数字、- 或 _，如 360100-plan")).at("name"))
}

/// The package's own files, without the folder that holds them all.
fn inside(mut files: Vec<TextFile>) -> Result<Vec<TextFile>, Problem> {
    if files.len() > MOST_FILES {
        return Err(wrong(format!("有 {} 个文件，至多 {MOST_FILES} 个", files.len())));
    }
    if files.iter().map(|file| file.text.len()).sum::<usize>() > MOST_BYTES {
        return Err(too_large());
    }
    let of_package = files.iter().find(|file| file.path.rsplit('/').next() == Some("package.toml"));
    let top = of_package.ok_or_else(|| wrong("没有 package.toml：请选政策包文件夹里的全部文件，或它的 zip"))?;
    let top = top.path.trim_end_matches("package.toml").to_owned();
    files.retain_mut(|file| {
        file.path = file.path.strip_prefix(&top).unwrap_or_default().to_owned();
        let room = file.path.split_once('/').map(|(room, _)| room);
        let kept = matches!(room, None | Some("source" | "cases")) && file.path.matches('/').count() <= 1;
        kept && (file.path.ends_with(".md") || file.path.ends_with(".toml"))
    });
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    match files.iter().find(|file| file.path.contains("..") || !file.path.chars().all(plain)) {
        Some(file) => Err(wrong(format!("文件名「{}」不能用", file.path))),
        None => Ok(files),
    }
}
