//! Which packages a simulation runs on: an area's code or name, a package folder, or one of these at a day
//! (`211200@2022-12-15`), whose rules are then held to for all the year.

use std::path::Path;

use anyhow::{Context as _, bail};
use gongji_domain::Day;
use gongji_policy::{Area, Library};

use crate::cli::load::{self, Policies};

/// One package to run.
pub(crate) struct Chosen {
    library: Library,
    code: String,
    /// The day whose rules hold all the year.
    pub(crate) on: Option<Day>,
    /// As it was given.
    pub(crate) given: String,
}

impl Chosen {
    /// Finds what was named.
    ///
    /// # Errors
    /// When there is no such package, or it has errors.
    pub(crate) fn find(policies: &Policies, given: &str) -> anyhow::Result<Self> {
        let (name, on) = match given.rsplit_once('@') {
            Some((name, day)) => {
                let day = day.parse().map_err(|fault| anyhow::anyhow!("--policy {given}：{fault}"));
                (name, Some(day?))
            }
            None => (given, None),
        };
        let made = |library, code| Self { library, code, on, given: given.to_owned() };
        let path = Path::new(name);
        if path.is_dir() {
            let mut with = policies.clone();
            with.dirs.push(path.to_owned());
            let library = with.library(None)?;
            let given = load::on_disk(path)?;
            let mine: Vec<String> = library
                .areas()
                .filter(|area| given.iter().any(|folder| folder.name == area.folder))
                .map(|area| area.code().to_owned())
                .collect();
            return match <[String; 1]>::try_from(mine) {
                Ok([code]) => Ok(made(library, code)),
                Err(codes) => bail!("{name} 里有 {} 个政策包；请给出一个政策包的文件夹", codes.len()),
            };
        }
        for (library, example) in policies.libraries()? {
            let meant = |area: &&Area| {
                let shown = example.as_ref().is_none_or(|folder| area.folder == *folder);
                shown && (area.code() == name || (!name.is_empty() && area.name().starts_with(name)))
            };
            let code = library.areas().find(meant).map(|area| area.code().to_owned());
            if let Some(code) = code {
                return Ok(made(library, code));
            }
        }
        let library = policies.library(None)?;
        let known: Vec<String> = library.areas().map(|area| format!("{} {}", area.code(), area.name())).collect();
        bail!(
            "没有 {name} 的政策包，应为统筹区代码、名称或政策包文件夹；已载入：{}；别的政策包用 --policies DIR 载入，或直接给出它的文件夹",
            known.join("、")
        )
    }

    /// The area.
    ///
    /// # Errors
    /// Never, once it was found.
    pub(crate) fn area(&self) -> anyhow::Result<&Area> {
        self.library.area(&self.code).with_context(|| format!("没有 {} 的政策包", self.code))
    }
}
