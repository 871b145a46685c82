//! Sums of amounts that say when they leave the range, since amounts come from outside.

use gongji_domain::Fen;

/// A sum beyond what an amount can hold (92 quadrillion yuan).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("金额合计超出可记范围")]
pub struct TooLarge;

/// The sum, kept inside the range in which every amount has its opposite.
pub(crate) fn add(a: Fen, b: Fen) -> Result<Fen, TooLarge> {
    let sum = a.fen().checked_add(b.fen()).ok_or(TooLarge)?;
    if sum == i64::MIN { Err(TooLarge) } else { Ok(Fen::from_fen(sum)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_outside_the_range_is_refused() {
        let fen = Fen::from_fen;
        for (a, b, expected) in [
            (i64::MAX, 0, Ok(Fen::MAX)),
            (i64::MAX, 1, Err(TooLarge)),
            (-i64::MAX, 0, Ok(-Fen::MAX)),
            (-i64::MAX, -1, Err(TooLarge)),
            (i64::MIN, 0, Err(TooLarge)),
            (i64::MIN, -1, Err(TooLarge)),
        ] {
            assert_eq!(add(fen(a), fen(b)), expected, "{a} {b}");
        }
    }
}
