//! Large amounts as officers write them: `80945.49万元`, `3.2亿`, `500000.00`.

use gongji_domain::{Fen, Rounding};
use gongji_microsimulation::Exact;

/// The largest that is taken: a hundred thousand times a hundred million yuan.
const MOST: i128 = 1_000_000_000_000_000;

/// Reads an amount; for command lines.
///
/// # Errors
/// What may be written instead.
pub(crate) fn amount(text: &str) -> Result<Fen, String> {
    let plain = text.trim().trim_end_matches('元');
    let (number, yuan) = match (plain.strip_suffix('万'), plain.strip_suffix('亿')) {
        (Some(number), _) => (number, 10_000),
        (None, Some(number)) => (number, 100_000_000),
        (None, None) => (plain, 1),
    };
    let exact = Exact::parse(&number.replace(',', "")).and_then(|exact| exact.times(Exact::whole(yuan * 100)));
    let fen = exact.filter(|exact| *exact == Exact::whole(exact.rounded())).map(Exact::rounded);
    match fen.filter(|fen| fen.abs() <= MOST).and_then(|fen| i64::try_from(fen).ok()) {
        Some(fen) if !number.ends_with('%') => Ok(Fen::from_fen(fen)),
        _ => Err(format!("{text} 不是金额：写 80945.49万元、3.2亿元 或 500000.00，至多到分")),
    }
}

/// An amount of a sample as one of all members, half up to the fen.
pub(crate) fn scaled(fen: Fen, members: u64, persons: u64) -> Fen {
    Rounding::HALF_UP_FEN.round(i128::from(fen.fen()) * i128::from(members), i128::from(persons.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_officers_write_them_and_never_rounded() {
        assert_eq!(amount("80945.49万元"), Ok(Fen::from_fen(80_945_490_000)));
        assert_eq!(amount("1.5亿"), Ok(Fen::from_fen(15_000_000_000)));
        assert_eq!(amount("500"), Ok(Fen::from_fen(50_000)));
        assert!(amount("0.001").is_err() && amount("五百").is_err() && amount("5%").is_err());
    }

    #[test]
    fn a_sample_stands_for_all_members() {
        assert_eq!(scaled(Fen::from_fen(100), 1_424_050, 100_000), Fen::from_fen(1_424));
    }
}
