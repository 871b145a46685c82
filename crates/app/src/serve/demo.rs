//! The demo's members and institutions: fictitious, embedded in the program, with the catalogue
//! that ships unless another is given.

use std::path::Path;

use anyhow::{Context as _, anyhow};
use serde::Deserialize;

use crate::catalogue::Folder;
use crate::his::directory::{Directory, Institution, Member};

const MEMBERS: &str = include_str!("../../demo/members.toml");
const INSTITUTIONS: &str = include_str!("../../demo/institutions.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Members {
    member: Vec<Member>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Institutions {
    institution: Vec<Institution>,
}

/// The demo's directory.
///
/// # Errors
/// When a data file is wrong; a test reads them all.
pub(crate) fn directory() -> anyhow::Result<Directory> {
    with_catalogue(None)
}

/// The demo's directory, with the catalogue in a folder if one is named.
///
/// # Errors
/// When a data file or the catalogue is wrong.
pub(crate) fn with_catalogue(folder: Option<&Path>) -> anyhow::Result<Directory> {
    with_others(folder, Vec::new(), Vec::new())
}

/// The same with others besides, as the sandbox has.
///
/// # Errors
/// As for [`with_catalogue`], and when somebody is there twice.
pub(crate) fn with_others(
    folder: Option<&Path>,
    also: Vec<Member>,
    there: Vec<Institution>,
) -> anyhow::Result<Directory> {
    let mut members: Members = toml::from_str(MEMBERS).context("demo/members.toml")?;
    let mut institutions: Institutions = toml::from_str(INSTITUTIONS).context("demo/institutions.toml")?;
    members.member.extend(also);
    institutions.institution.extend(there);
    let folder = folder.map_or_else(Folder::shipped, Folder::open)?;
    let catalogue = folder.catalogue()?;
    let directory = Directory::new(members.member, institutions.institution, catalogue);
    Ok(directory.map_err(|fault| anyhow!("demo data: {fault}"))?.with_folder(folder))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{Asked, Listed};

    fn find<'d>(directory: &'d Directory, code: &'d str, day: &str) -> Option<Listed<'d>> {
        let asked = Asked { code, area: "500000", level: "3", day: day.parse().unwrap() };
        directory.catalogue().find(&asked)
    }

    #[test]
    fn the_demo_data_is_whole() {
        let directory = directory().unwrap();
        assert_eq!(directory.members().count(), 17);
        let catalogue = directory.catalogue();
        let listed = catalogue.codes().filter(|code| find(&directory, code, "2024-06-01").is_some()).count();
        assert_eq!(listed, 29);
        // Nobody's identity number: no province begins with 99.
        assert!(directory.members().all(|member| member.certno.starts_with("99") && member.certno.len() == 18));
    }

    #[test]
    fn the_catalogue_is_dated() {
        let directory = directory().unwrap();
        let share = |code: &'static str, day: &str| {
            find(&directory, code, day).map(|item| item.share.map(|share| share.to_string()).unwrap_or_default())
        };
        assert_eq!(share("DEMO-YP-0002", "2024-12-31").as_deref(), Some("5%"));
        assert_eq!(share("DEMO-YP-0002", "2025-01-01").as_deref(), Some("10%"));
        assert_eq!(share("DEMO-YP-0006", "2024-06-30").as_deref(), Some(""));
        assert_eq!(share("DEMO-YP-0006", "2024-07-01"), None);
        assert_eq!(share("DEMO-YP-0001", "2019-12-31"), None);
        assert_eq!(share("DEMO-YP-0109", "2024-01-01").as_deref(), Some("5%"));
    }
}
