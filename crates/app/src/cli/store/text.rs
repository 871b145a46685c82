//! Digests and day heads as text: `DAY SIZE ROOT`, one to a line, as they are published.

use gongji_ledger::merkle::{DayHead, Digest};
use gongji_store::Day;

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The digest that 64 hexadecimal digits are.
pub(super) fn digest(text: &str) -> Option<Digest> {
    let mut digest = Digest::default();
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (at, byte) in digest.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(digest)
}

/// A head as it is published.
pub(super) fn line(day: &Day) -> String {
    format!("{} {} {}", day.day, day.head.size, hex(&day.head.root))
}

/// A published head: its day and what it says.
pub(super) fn head(line: &str) -> Option<(&str, DayHead)> {
    let mut words = line.split_whitespace();
    let (day, size, root) = (words.next()?, words.next()?.parse().ok()?, digest(words.next()?)?);
    words.next().is_none().then_some((day, DayHead { size, root }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_published_head_is_read_back_whole_or_not_at_all() {
        let head_of = Day {
            day: "2026-03-01".to_owned(),
            first: 4,
            head: DayHead { size: 7, root: [0xA5; 32] },
            peaks: Vec::new(),
        };
        let text = line(&head_of);
        assert_eq!(head(&text), Some(("2026-03-01", head_of.head)));
        let cut = &text[..text.len() - 1];
        for wrong in [
            "",
            "2026-03-01",
            "2026-03-01 7",
            "2026-03-01 x 00",
            cut,
            &format!("{text} more"),
            &text.replace("a5", "é"),
        ] {
            assert_eq!(head(wrong), None, "{wrong}");
        }
    }
}
