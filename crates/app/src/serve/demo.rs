//! The demo's members, institutions and catalogue: fictitious, embedded in the program.

use anyhow::{Context as _, anyhow, bail};
use serde::Deserialize;

use crate::his::directory::{Directory, Institution, Item, Member};
use crate::his::number::{Decimal, Fixed, Price};

const MEMBERS: &str = include_str!("../../demo/members.toml");
const INSTITUTIONS: &str = include_str!("../../demo/institutions.toml");
const CATALOGUE: &str = include_str!("../../demo/catalogue.tsv");

const COLUMNS: [&str; 10] =
    ["code", "from", "ended", "level", "charge_type", "upfront", "ceiling", "restricted", "flags", "name"];

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
    directory_with(Vec::new(), Vec::new())
}

/// The demo's directory with others besides, as the sandbox has.
///
/// # Errors
/// As for [`directory`], and when somebody is there twice.
pub(crate) fn directory_with(also: Vec<Member>, there: Vec<Institution>) -> anyhow::Result<Directory> {
    let mut members: Members = toml::from_str(MEMBERS).context("demo/members.toml")?;
    let mut institutions: Institutions = toml::from_str(INSTITUTIONS).context("demo/institutions.toml")?;
    members.member.extend(also);
    institutions.institution.extend(there);
    let items = catalogue(CATALOGUE).context("demo/catalogue.tsv")?;
    Directory::new(members.member, institutions.institution, items).map_err(|fault| anyhow!("demo data: {fault}"))
}

fn catalogue(text: &str) -> anyhow::Result<Vec<Item>> {
    let mut lines = text.lines().enumerate().filter(|(_, line)| !line.starts_with('#'));
    let (_, head) = lines.next().context("no head")?;
    if head.split('\t').ne(COLUMNS) {
        bail!("the columns must be {COLUMNS:?}");
    }
    lines.map(|(at, line)| item(line).with_context(|| format!("line {}", at + 1))).collect()
}

fn item(line: &str) -> anyhow::Result<Item> {
    let cells: Vec<&str> = line.split('\t').collect();
    let [code, from, ended, level, charge_type, upfront, ceiling, restricted, flags, _name] = cells[..] else {
        bail!("{} cells instead of {}", cells.len(), COLUMNS.len());
    };
    let set = |at: usize| flags.as_bytes().get(at) == Some(&b'1');
    Ok(Item {
        code: code.to_owned(),
        from: from.parse().map_err(|fault| anyhow!("from: {fault}"))?,
        ended: day(ended)?,
        level: level.to_owned(),
        charge_type: charge_type.to_owned(),
        upfront: upfront.parse().map_err(|fault| anyhow!("upfront: {fault}"))?,
        ceiling: price(ceiling)?,
        restricted: restricted == "1",
        flags: [set(0), set(1), set(2), set(3)],
    })
}

fn day(cell: &str) -> anyhow::Result<Option<gongji_domain::Day>> {
    if cell.is_empty() {
        return Ok(None);
    }
    cell.parse().map(Some).map_err(|fault| anyhow!("ended: {fault}"))
}

fn price(cell: &str) -> anyhow::Result<Option<Price>> {
    if cell.is_empty() {
        return Ok(None);
    }
    let units = Decimal::read(cell).and_then(|value| value.units(6)).context("ceiling: not a price")?;
    Ok(Some(Fixed(i64::try_from(units).context("ceiling: too large")?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_data_is_whole() {
        let directory = directory().unwrap();
        let day = "2024-06-01".parse().unwrap();
        assert_eq!(directory.members().count(), 17);
        let listed = directory.item_codes().filter(|code| directory.item(code, day).is_some()).count();
        assert_eq!(listed, 15);
        // Nobody's identity number: no province begins with 99.
        assert!(directory.members().all(|member| member.certno.starts_with("99") && member.certno.len() == 18));
    }

    #[test]
    fn the_catalogue_is_dated() {
        let directory = directory().unwrap();
        let share =
            |code: &str, day: &str| directory.item(code, day.parse().unwrap()).map(|item| item.upfront.to_string());
        assert_eq!(share("DEMO-YP-0002", "2024-12-31").as_deref(), Some("5%"));
        assert_eq!(share("DEMO-YP-0002", "2025-01-01").as_deref(), Some("10%"));
        assert_eq!(share("DEMO-YP-0006", "2024-06-30").as_deref(), Some("0%"));
        assert_eq!(share("DEMO-YP-0006", "2024-07-01"), None);
        assert_eq!(share("DEMO-YP-0001", "2019-12-31"), None);
    }

    #[test]
    fn a_wrong_row_is_named() {
        let head = COLUMNS.join("\t");
        let wrong = format!("# remark\n{head}\nX\t2020-01-01\t\t01\t09\t0\t\t0\t0000\tname\n");
        assert_eq!(
            format!("{:#}", catalogue(&wrong).unwrap_err()),
            "line 3: upfront: 不是比例：写数字加百分号，例如 60% 或 62.5%"
        );
        assert!(catalogue("code\n").is_err());
    }
}
