//! The project's own tables (TAB-separated files in the program): lines with remarks that begin with `#`, and a head.
//! Knows nothing of what they hold.

/// The lines of a table, without remarks and without its head.
pub(crate) fn lines(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().filter(|line| !line.starts_with('#')).skip(1)
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn remarks_and_the_head_are_left_out_wherever_remarks_stand() {
        let table = "# a remark\nhead\tof\n1\t2\n# another\n3\t4\n";
        assert_eq!(lines(table).collect::<Vec<_>>(), ["1\t2", "3\t4"]);
        assert_eq!(lines("# only\nhead\n").count(), 0);
    }
}
