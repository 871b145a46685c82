//! Which transaction numbers the national interface has, as data: so that one that is not offered is told from
//! one that does not exist.

use crate::table::lines;

const TABLE: &str = include_str!("../../transactions.tsv");

/// 交易编号 and name of every transaction of the interface.
fn rows() -> impl Iterator<Item = (&'static str, &'static str)> {
    lines(TABLE).filter_map(|line| line.split_once('\t'))
}

/// The name of a number that the interface has.
pub(crate) fn name(infno: &str) -> Option<&'static str> {
    rows().find(|(number, _)| *number == infno).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_there_once_and_has_a_name() {
        let mut numbers: Vec<&str> = rows().map(|(number, _)| number).collect();
        let all = numbers.len();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), all);
        assert!(all > 200);
        assert!(rows().all(|(number, name)| !number.is_empty() && !name.is_empty() && !name.contains('\t')));
        assert_eq!(lines(TABLE).count(), all);
        assert_eq!(name("2301"), Some("住院费用明细上传"));
        assert_eq!(name("9999"), None);
    }

    #[test]
    fn everything_that_is_offered_is_in_the_table() {
        for transaction in crate::his::offered::TRANSACTIONS {
            for number in transaction.numbers {
                assert!(name(number).is_some(), "{number}");
            }
        }
    }
}
