//! From a number with a point to whole fen: the one place where an amount leaves the floats, half to even.

use gongji_domain::Fen;

/// Least and largest amount, in fen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    least: f64,
    most: f64,
}

impl Bounds {
    /// Between amounts in yuan.
    pub(crate) fn yuan(least: f64, most: f64) -> Self {
        Self { least: least * 100.0, most: most * 100.0 }
    }
}

/// The amount in fen, half to even, within its bounds.
#[inline]
pub(crate) fn fen(yuan: f64, bounds: Bounds) -> Fen {
    let clipped = (yuan * 100.0).clamp(bounds.least, bounds.most);
    Fen::from_fen(libm::rint(clipped) as i64)
}

/// A share, in 65536ths, of an amount: whole fen, down.
#[inline]
pub(crate) fn part(amount: Fen, share: u16) -> Fen {
    Fen::from_fen((amount.fen() * i64::from(share)) >> 16)
}
