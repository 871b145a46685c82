//! The code tables (字典) that this service knows, as data, each value with the days on which it holds. What
//! decides anything is in [`super::codes`]; tests hold the two together.

use gongji_domain::Day;

use crate::table::lines;

const TABLE: &str = include_str!("../../dictionary.tsv");

/// One value of a table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    /// 字典类型
    pub table: &'static str,
    pub value: &'static str,
    pub label: &'static str,
    /// 父字典键值; empty for a value on top.
    pub parent: &'static str,
    from: &'static str,
    until: &'static str,
    /// Its place in the table, from 1.
    pub sort: u32,
}

impl Entry {
    /// First day.
    pub(crate) fn from(&self) -> &'static str {
        self.from
    }

    /// Whether it holds on a day.
    pub(crate) fn holds(&self, day: Day) -> bool {
        let day_of = |text: &str| text.parse::<Day>().ok();
        day_of(self.from).is_some_and(|from| from <= day) && day_of(self.until).is_none_or(|until| day <= until)
    }
}

fn rows() -> impl Iterator<Item = Entry> {
    lines(TABLE).scan(("", 0), |(before, sort), line| {
        let mut cells = line.split('\t');
        let mut cell = || cells.next().unwrap_or_default();
        let mut entry =
            Entry { table: cell(), value: cell(), label: cell(), parent: cell(), from: cell(), until: cell(), sort: 1 };
        *sort = if *before == entry.table { *sort + 1 } else { 1 };
        *before = entry.table;
        entry.sort = *sort;
        Some(entry)
    })
}

/// The values of a table, in its order; nothing if it is not known.
pub(crate) fn table(name: &str) -> Vec<Entry> {
    rows().filter(|entry| entry.table == name).collect()
}

/// The names of all tables.
pub(crate) fn tables() -> Vec<&'static str> {
    rows().filter(|entry| entry.sort == 1).map(|entry| entry.table).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::his::codes;
    use gongji_domain::FundCode;
    use std::collections::HashSet;

    #[test]
    fn every_row_is_whole_and_every_parent_is_there() {
        let mut seen = HashSet::new();
        for entry in rows() {
            assert!(seen.insert((entry.table, entry.value)), "{entry:?} is there twice");
            assert!(!entry.value.is_empty() && !entry.label.is_empty(), "{entry:?}");
            assert!(entry.from.parse::<Day>().is_ok(), "{entry:?}");
            assert!(entry.until.is_empty() || entry.until.parse::<Day>().is_ok(), "{entry:?}");
            let of_parent = |parent: &str| table(entry.table).iter().any(|other| other.value == parent);
            assert!(entry.parent.is_empty() || of_parent(entry.parent), "{entry:?}");
        }
        let tables = tables();
        assert_eq!(tables.iter().collect::<HashSet<_>>().len(), tables.len(), "a table lies in two places");
        assert!(lines(TABLE).all(|line| line.split('\t').count() == 6));
    }

    #[test]
    fn what_decides_something_is_in_the_dictionary_under_the_same_words() {
        for (name, used) in [
            ("insutype", codes::EMPLOYEES),
            ("mdtrt_cert_type", codes::CERTIFICATES),
            ("hosp_appr_flag", codes::APPROVALS),
            ("psn_setlway", codes::SETTLEMENT_WAYS),
            ("acct_used_flag", codes::ACCOUNT_USES),
            ("fund_pay_type", &[codes::ACCOUNT_FUND]),
            ("rx_circ_flag", codes::FLAG),
        ] {
            let known = table(name);
            for (value, label) in used {
                let same = known.iter().any(|entry| entry.value == *value && entry.label == *label);
                assert!(same, "{name} {value} {label}");
            }
        }
        let pooled = FundCode::POOLED;
        assert!(table("fund_pay_type").iter().any(|entry| entry.value == pooled.to_string()));
        for entry in table("hosp_lv") {
            assert!(codes::class(entry.value).is_some(), "{entry:?}");
        }
    }
}
