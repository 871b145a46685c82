//! What the catalogues say of a code on a day at a place: listed or not, which class, ceiling,
//! first-pay share, restrictions. Made from rows; knows no file.
//!
//! A code of the medical catalogue (医疗目录编码) is matched to one of the insurance catalogue
//! (医保目录编码) by 1316, or is the same code. 1312 lists it, 1318 gives ceilings, 1319 first-pay
//! shares. Rows of a narrower division hold before rows of a wider one, later ones before earlier.

use std::collections::BTreeMap;

use foldhash::fast::RandomState;
use gongji_domain::{Day, Rate};

#[cfg(test)]
use super::kinds::kind;
use super::kinds::{How, Kind};
use super::limits::{Limit, Restriction};
use crate::his::number::{Decimal, Fixed, Price};

/// The division that means the whole country (全国).
const COUNTRY: &str = "100000";
/// 自付比例人员类别: employees, then everybody else.
const PERSONS: [&str; 2] = ["310", "99"];
/// 自付比例类别: the share that is paid first. The other types are no such share.
const FIRST_PAY: &str = "10";

/// Where and when a code is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    pub code: &'a str,
    /// The pooling area whose catalogue holds.
    pub area: &'a str,
    /// 限价医院等级: 3, 2 or 1.
    pub level: &'a str,
    pub day: Day,
}

/// What a listed code gets.
#[derive(Clone, Debug)]
pub(crate) struct Listed<'c> {
    /// 医保目录编码
    pub code: &'c str,
    pub name: &'c str,
    /// 收费项目等级: 01 甲, 02 乙, 03 丙.
    pub level: &'c str,
    /// 医疗收费项目类别
    pub charge_type: &'c str,
    /// 限制使用标志
    pub restricted: bool,
    /// First-pay share (先自付比例), if 1319 gives one.
    pub share: Option<Rate>,
    /// Price ceiling for one unit (定价上限).
    pub ceiling: Option<Price>,
    pub limits: Vec<&'c Restriction>,
    /// 基本药物、谈判药品、儿童用药、目录特项
    pub flags: [bool; 4],
    /// The division whose catalogue lists it.
    pub division: &'c str,
    pub from: Day,
    pub until: Day,
}

/// What is listed, by code.
type HashMap<K, V> = std::collections::HashMap<K, V, RandomState>;

/// Something that a division says for a period.
#[derive(Clone, Debug)]
struct Dated<T> {
    division: Box<str>,
    from: Day,
    until: Day,
    said: T,
}

#[derive(Clone, Debug)]
struct Item {
    name: Box<str>,
    level: Box<str>,
    charge_type: Box<str>,
    restricted: bool,
}

/// All catalogues, as they are after every version.
#[derive(Clone, Debug, Default)]
pub(crate) struct Catalogue {
    items: HashMap<Box<str>, Vec<Dated<Item>>>,
    matches: HashMap<Box<str>, Vec<Dated<Box<str>>>>,
    ceilings: HashMap<Box<str>, Vec<Dated<(Box<str>, Price)>>>,
    shares: HashMap<Box<str>, Vec<Dated<(Box<str>, Rate)>>>,
    limits: HashMap<Box<str>, Vec<Dated<Restriction>>>,
    flags: HashMap<Box<str>, [bool; 4]>,
    /// Rows of the catalogues that are asked for page by page, by their keys.
    pages: BTreeMap<&'static str, BTreeMap<Box<str>, Box<str>>>,
}

impl Catalogue {
    /// Takes the rows of one catalogue, folded: no key twice. Rows without 有效标志 1 are kept for
    /// pages only.
    ///
    /// # Errors
    /// Says which row cannot be used.
    pub(crate) fn take(&mut self, kind: &'static Kind, lines: BTreeMap<Box<str>, Box<str>>) -> Result<(), String> {
        for line in lines.values() {
            self.take_row(kind, line).map_err(|fault| format!("{}：{fault}：{line}", kind.number))?;
        }
        self.sort();
        if kind.how == How::Page {
            self.pages.insert(kind.number, lines);
        }
        Ok(())
    }

    fn take_row(&mut self, kind: &Kind, line: &str) -> Result<(), String> {
        let cells = kind.cells(line);
        let at = |name: &str| kind.at(name).map_or("", |at| cells[at]);
        if at("vali_flag") == "0" {
            return Ok(());
        }
        match kind.number {
            "1312" => {
                let said = Item {
                    name: at("hilist_name").into(),
                    level: at("chrgitm_lv").into(),
                    charge_type: at("med_chrgitm_type").into(),
                    restricted: at("lmt_used_flag") == "1",
                };
                put(&mut self.items, at("hilist_code"), dated(&at, said)?);
            }
            "1316" => put(&mut self.matches, at("med_list_codg"), dated(&at, at("hilist_code").into())?),
            "1318" => {
                let price = price(at("hilist_pric_uplmt_amt")).ok_or("限价不是数字")?;
                let said = (at("hilist_lmtpric_type").into(), price);
                put(&mut self.ceilings, at("hilist_code"), dated(&at, said)?);
            }
            "1319" if at("selfpay_prop_type") == FIRST_PAY => {
                let share = share(at("selfpay_prop")).ok_or("比例不在 0 与 1 之间")?;
                let said = (at("selfpay_prop_psn_type").into(), share);
                put(&mut self.shares, at("hilist_code"), dated(&at, said)?);
            }
            "restrictions" => {
                let limit = Limit::read(at("kind"), at("value"))?;
                let said = Restriction { limit, article: at("article").to_owned() };
                put(&mut self.limits, at("hilist_code"), dated(&at, said)?);
            }
            "1301" => {
                let set = |name: &str| at(name) == "1";
                let flags =
                    [set("bas_medn_flag"), set("hi_nego_drug_flag"), set("chld_medc_flag"), set("sp_drug_flag")];
                if flags != [false; 4] {
                    self.flags.insert(at("med_list_codg").into(), flags);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn sort(&mut self) {
        self.items.values_mut().for_each(|rows| rows.sort_by_key(|row| row.from));
        self.matches.values_mut().for_each(|rows| rows.sort_by_key(|row| row.from));
        self.ceilings.values_mut().for_each(|rows| rows.sort_by_key(|row| row.from));
        self.shares.values_mut().for_each(|rows| rows.sort_by_key(|row| row.from));
        self.limits.values_mut().for_each(|rows| rows.sort_by_key(|row| row.from));
    }

    /// What a code of the medical catalogue gets; nothing if it is not listed there and then.
    pub(crate) fn find<'c>(&'c self, asked: &Asked<'c>) -> Option<Listed<'c>> {
        let matched = pick(self.matches.get(asked.code), asked, |_| true);
        let code: &str = matched.map_or(asked.code, |row| &row.said);
        let row = pick(self.items.get(code), asked, |_| true)?;
        let ceiling = pick(self.ceilings.get(code), asked, |(level, _)| **level == *asked.level);
        let share = PERSONS
            .iter()
            .find_map(|person| pick(self.shares.get(code), asked, |(said, _)| **said == **person))
            .map(|row| row.said.1);
        let in_force = |row: &&Dated<Restriction>| {
            covers(&row.division, asked.area) && row.from <= asked.day && asked.day <= row.until
        };
        Some(Listed {
            code,
            name: &row.said.name,
            level: &row.said.level,
            charge_type: &row.said.charge_type,
            restricted: row.said.restricted,
            share,
            ceiling: ceiling.map(|row| row.said.1),
            limits: self.limits.get(code).into_iter().flatten().filter(in_force).map(|row| &row.said).collect(),
            flags: self.flags.get(asked.code).copied().unwrap_or_default(),
            division: &row.division,
            from: row.from,
            until: row.until,
        })
    }

    /// The codes of the medical catalogue whose name has these words, or that begin with them, in the order of codes: at
    /// most so many. For people who look for something; a message names its code.
    pub(crate) fn search<'c>(&'c self, words: &str, of: &Asked<'c>, most: usize) -> Vec<(&'c str, Listed<'c>)> {
        let words: Vec<String> = words.split_whitespace().map(str::to_uppercase).collect();
        let mut codes: Vec<&str> = self.matches.keys().chain(self.items.keys()).map(|code| &**code).collect();
        codes.sort_unstable();
        codes.dedup();
        let listed = codes.into_iter().filter_map(|code| Some((code, self.find(&Asked { code, ..*of })?)));
        let meant = |(code, listed): &(&str, Listed<'_>)| {
            words
                .iter()
                .all(|word| code.starts_with(word.as_str()) || listed.name.to_uppercase().contains(word.as_str()))
        };
        listed.filter(meant).take(most).collect()
    }

    /// The rows of a catalogue that is asked for page by page, in the order of their keys.
    pub(crate) fn rows(&self, number: &str) -> impl Iterator<Item = &str> {
        self.pages.get(number).into_iter().flat_map(BTreeMap::values).map(|line| &**line)
    }

    /// Codes that the insurance catalogue lists.
    #[cfg(test)]
    pub(crate) fn codes(&self) -> impl Iterator<Item = &str> {
        self.items.keys().map(|code| &**code)
    }
}

fn put<T>(map: &mut HashMap<Box<str>, Vec<Dated<T>>>, code: &str, row: Dated<T>) {
    map.entry(code.into()).or_default().push(row);
}

fn dated<'a, T>(at: &impl Fn(&str) -> &'a str, said: T) -> Result<Dated<T>, String> {
    let (from, until) = period(at)?;
    Ok(Dated { division: at("insu_admdvs").into(), from, until, said })
}

fn period<'a>(at: &impl Fn(&str) -> &'a str) -> Result<(Day, Day), String> {
    let day = |text: &str| text.parse::<Day>().map_err(|fault| fault.to_string());
    let until = at("enddate");
    Ok((day(at("begndate"))?, if until.is_empty() { Day::MAX } else { day(until)? }))
}

/// A unit price with at most six decimals.
pub(crate) fn price(text: &str) -> Option<Price> {
    Decimal::read(text)?.units(6).and_then(|units| i64::try_from(units).ok()).map(Fixed)
}

/// A share from zero to one with at most six decimals.
pub(crate) fn share(text: &str) -> Option<Rate> {
    let millionths = i64::try_from(Decimal::read(text)?.units(6)?).ok()?;
    (0..=1_000_000).contains(&millionths).then(|| Rate::from_millionths(millionths))
}

/// The row that holds: of each division the latest that has begun, if it has not ended; of those
/// the one of the narrowest division.
fn pick<'c, T>(
    rows: Option<&'c Vec<Dated<T>>>,
    asked: &Asked<'_>,
    wanted: impl Fn(&T) -> bool,
) -> Option<&'c Dated<T>> {
    let mut best: Option<&Dated<T>> = None;
    let rows = rows?;
    let begun = |row: &Dated<T>| row.from <= asked.day && wanted(&row.said);
    for (at, row) in rows.iter().enumerate().rev() {
        if !begun(row) || !covers(&row.division, asked.area) {
            continue;
        }
        if rows[at + 1..].iter().any(|later| later.division == row.division && begun(later)) {
            continue;
        }
        let narrower = best.is_none_or(|best| stem(&best.division).len() < stem(&row.division).len());
        if asked.day <= row.until && narrower {
            best = Some(row);
        }
    }
    best
}

/// A division without the zeros that stand for everything in it; nothing for the whole country.
fn stem(division: &str) -> &str {
    if division == COUNTRY {
        return "";
    }
    let mut stem = division;
    while let Some(shorter) = stem.strip_suffix("00") {
        stem = shorter;
    }
    stem
}

/// Whether what a division says holds in an area: 500000 in 500103, 100000 everywhere.
pub(crate) fn covers(division: &str, area: &str) -> bool {
    division == COUNTRY || (!stem(division).is_empty() && area.starts_with(stem(division)))
}

/// A row of a catalogue from some of its cells, for tests and for what is listed by hand.
#[cfg(test)]
pub(crate) fn line(number: &str, cells: &[(&str, &str)]) -> (Box<str>, Box<str>) {
    let kind = kind(number).unwrap();
    let mut row = vec![""; kind.columns.len()];
    for (name, value) in cells {
        row[kind.at(name).unwrap_or_else(|| panic!("{name}"))] = value;
    }
    (kind.key_of(&row).into(), row.join("\t").into())
}

/// A catalogue of some rows.
#[cfg(test)]
pub(crate) fn of(rows: &[(&str, &[(&str, &str)])]) -> Catalogue {
    let mut catalogue = Catalogue::default();
    let mut all: BTreeMap<&str, BTreeMap<Box<str>, Box<str>>> = BTreeMap::new();
    for (number, cells) in rows {
        let (key, line) = line(number, cells);
        assert!(all.entry(number).or_default().insert(key, line).is_none(), "{cells:?} is there twice");
    }
    for (number, lines) in all {
        catalogue.take(kind(number).unwrap(), lines).unwrap();
    }
    catalogue
}

#[cfg(test)]
mod tests {
    use super::*;

    const X: (&str, &str) = ("hilist_code", "X");

    fn item<'a>(area: &'a str, from: &'a str, until: &'a str, level: &'a str) -> [(&'a str, &'a str); 5] {
        [X, ("insu_admdvs", area), ("begndate", from), ("enddate", until), ("chrgitm_lv", level)]
    }

    #[test]
    fn the_narrowest_division_holds_and_in_it_the_latest_row() {
        let rows = [
            item("100000", "2020-01-01", "", "02"),
            item("100000", "2025-01-01", "", "01"),
            item("500000", "2024-01-01", "2024-12-31", "03"),
        ];
        let catalogue = of(&rows.each_ref().map(|row| ("1312", row.as_slice())));
        for (area, day, level) in [
            ("500103", "2019-12-31", None),
            ("500103", "2020-01-01", Some("02")),
            ("500103", "2024-01-01", Some("03")),
            ("500103", "2024-12-31", Some("03")),
            // The province's row has ended: the country's holds again.
            ("500103", "2025-01-01", Some("01")),
            ("211200", "2024-06-01", Some("02")),
        ] {
            let asked = Asked { code: "X", area, level: "3", day: day.parse().unwrap() };
            assert_eq!(catalogue.find(&asked).map(|listed| listed.level), level, "{area} {day}");
        }
    }

    #[test]
    fn ceiling_and_share_are_those_of_level_person_area_and_day() {
        let ceiling = |kind, price, from| {
            [
                X,
                ("hilist_lmtpric_type", kind),
                ("insu_admdvs", "100000"),
                ("begndate", from),
                ("hilist_pric_uplmt_amt", price),
            ]
        };
        let share = |person, kind, prop, area| {
            [
                X,
                ("selfpay_prop_psn_type", person),
                ("selfpay_prop_type", kind),
                ("insu_admdvs", area),
                ("begndate", "2020-01-01"),
                ("selfpay_prop", prop),
            ]
        };
        let listed = item("100000", "2020-01-01", "", "02");
        let catalogue = of(&[
            ("1312", listed.as_slice()),
            ("1318", &ceiling("3", "12.5", "2020-01-01")),
            ("1318", &ceiling("3", "10", "2026-01-01")),
            ("1318", &ceiling("2", "11", "2020-01-01")),
            ("1319", &share("99", "10", "0.2", "100000")),
            ("1319", &share("310", "20", "0.9", "100000")),
            ("1319", &share("310", "10", "0.05", "500000")),
        ]);
        for (area, level, day, ceiling, share) in [
            ("500000", "3", "2025-12-31", Some(12_500_000), "5%"),
            ("500000", "3", "2026-01-01", Some(10_000_000), "5%"),
            ("500000", "2", "2026-01-01", Some(11_000_000), "5%"),
            ("500000", "1", "2026-01-01", None, "5%"),
            ("211200", "1", "2026-01-01", None, "20%"),
        ] {
            let asked = Asked { code: "X", area, level, day: day.parse().unwrap() };
            let found = catalogue.find(&asked).unwrap();
            assert_eq!(found.ceiling.map(|price| price.0), ceiling, "{area} {level} {day}");
            assert_eq!(found.share.unwrap().to_string(), share, "{area} {level} {day}");
        }
    }

    #[test]
    fn a_matched_code_is_what_it_is_matched_to_while_the_match_lasts() {
        let listed = item("100000", "2020-01-01", "", "01");
        let matched = [
            ("med_list_codg", "M"),
            X,
            ("insu_admdvs", "100000"),
            ("begndate", "2020-01-01"),
            ("enddate", "2024-12-31"),
        ];
        let catalogue = of(&[("1312", listed.as_slice()), ("1316", &matched)]);
        let find =
            |code, day: &str| catalogue.find(&Asked { code, area: "500000", level: "3", day: day.parse().unwrap() });
        assert_eq!(find("M", "2024-12-31").unwrap().code, "X");
        assert!(find("M", "2025-01-01").is_none());
        assert_eq!(find("X", "2025-01-01").unwrap().code, "X");
    }

    #[test]
    fn what_is_no_longer_valid_is_not_listed() {
        let mut row = item("100000", "2020-01-01", "", "01").to_vec();
        row.push(("vali_flag", "0"));
        let catalogue = of(&[("1312", &row)]);
        let asked = Asked { code: "X", area: "500000", level: "3", day: "2024-01-01".parse().unwrap() };
        assert!(catalogue.find(&asked).is_none());
        assert_eq!(catalogue.rows("1312").count(), 1);
    }
}
