//! One fee line against the catalogue: how its amount is split, to the fen.
//!
//! * Off-list (全自费): level 丙, not in the catalogue on the service date, or not approved.
//! * Above the ceiling (超限价): what exceeds ceiling × quantity, half up to the fen.
//! * First-pay (先行自付): the share of what lies within the ceiling, half up to the fen.
//! * Eligible (符合政策范围): the rest.

use gongji_domain::{Fen, Rate, Rounding};

use super::directory::Item;
use super::number::{Fixed, PER_FEN, Price, Quantity, Share, product};

/// What real replies show where there is no ceiling.
const NO_CEILING: Price = Fixed(999_999_000_000);

/// A priced line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Priced {
    /// Whether the catalogue covers it.
    pub covered: bool,
    /// The ceiling for the whole line.
    pub ceiling: Option<Fen>,
    /// First-pay rate.
    pub upfront_rate: Rate,
    /// 定价上限金额 of one unit, as the reply tells it.
    pub unit_ceiling: Price,
    /// 自付比例, as the reply tells it: 1 when off-list.
    pub share: Share,
    /// 全自费金额
    pub off_list: Fen,
    /// 超限价金额
    pub over_ceiling: Fen,
    /// 先行自付金额
    pub upfront: Fen,
    /// 符合政策范围金额
    pub eligible: Fen,
    /// Why the line is off-list, in words; empty when it is not.
    pub memo: &'static str,
}

/// Whether an amount is `price` × `quantity`: it may differ by less than one fen, so that half
/// up, up and down to the fen are all taken.
pub(crate) fn agrees(amount: Fen, price: Price, quantity: Quantity) -> bool {
    (i128::from(amount.fen()) * PER_FEN - product(price, quantity)).abs() < PER_FEN
}

/// `price` × `quantity`, half up to the fen.
pub(crate) fn times(price: Price, quantity: Quantity) -> Fen {
    Rounding::HALF_UP_FEN.round(product(price, quantity), PER_FEN)
}

/// Splits a line of `amount` for `quantity` units. `approval` is 医院审批标志: a restricted item
/// is covered only when approved (1), any other unless refused (2).
pub(crate) fn price(amount: Fen, quantity: Quantity, item: Option<&Item>, approval: &str) -> Priced {
    let memo = match item {
        None => "医保目录内无此编码，全自费",
        Some(item) if item.level == "03" => "丙类，全自费",
        Some(item) if item.restricted && approval != "1" => "限制使用项目未经审批通过，全自费",
        Some(_) if approval == "2" => "审批不通过，全自费",
        Some(_) => "",
    };
    let Some(item) = item.filter(|_| memo.is_empty()) else {
        return Priced {
            covered: false,
            ceiling: None,
            upfront_rate: Rate::ZERO,
            unit_ceiling: NO_CEILING,
            share: Fixed(10_000),
            off_list: amount,
            over_ceiling: Fen::ZERO,
            upfront: Fen::ZERO,
            eligible: Fen::ZERO,
            memo,
        };
    };
    let ceiling = item.ceiling.map(|ceiling| times(ceiling, quantity));
    let within = ceiling.map_or(amount, |ceiling| amount.min(ceiling));
    let upfront = item.upfront.of(within, Rounding::HALF_UP_FEN);
    Priced {
        covered: true,
        ceiling,
        upfront_rate: item.upfront,
        unit_ceiling: item.ceiling.unwrap_or(NO_CEILING),
        share: Fixed(item.upfront.millionths() / 100),
        off_list: Fen::ZERO,
        over_ceiling: amount - within,
        upfront,
        eligible: within - upfront,
        memo,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(level: &str, upfront: &str, ceiling: Option<i64>, restricted: bool) -> Item {
        Item {
            code: "X".to_owned(),
            from: "2020-01-01".parse().unwrap(),
            ended: None,
            level: level.to_owned(),
            charge_type: "09".to_owned(),
            upfront: upfront.parse().unwrap(),
            ceiling: ceiling.map(Fixed),
            restricted,
            flags: [false; 4],
        }
    }

    #[test]
    fn a_line_is_split_by_level_ceiling_share_and_approval() {
        let plain = item("01", "0%", None, false);
        let shared = item("02", "5%", None, false);
        let capped = item("02", "10%", Some(12_500_000), false);
        let restricted = item("01", "0%", None, true);
        let off = item("03", "0%", None, false);
        // (amount, quantity, item, approval) -> off-list, over ceiling, first-pay, eligible
        for (amount, quantity, item, approval, expected) in [
            (10_000, 1, Some(&plain), "0", [0, 0, 0, 10_000]),
            (10_000, 1, Some(&plain), "1", [0, 0, 0, 10_000]),
            (10_000, 1, Some(&plain), "2", [10_000, 0, 0, 0]),
            // 4.52 × 5 % = 0.226
            (452, 1, Some(&shared), "0", [0, 0, 23, 429]),
            // 2 × 12.50 = 25.00 within, 5.00 over; 10 % of 25.00
            (3_000, 2, Some(&capped), "0", [0, 500, 250, 2_250]),
            (2_000, 2, Some(&capped), "0", [0, 0, 200, 1_800]),
            (10_000, 1, Some(&restricted), "0", [10_000, 0, 0, 0]),
            (10_000, 1, Some(&restricted), "1", [0, 0, 0, 10_000]),
            (10_000, 1, Some(&restricted), "2", [10_000, 0, 0, 0]),
            (10_000, 1, Some(&off), "1", [10_000, 0, 0, 0]),
            (10_000, 1, None, "1", [10_000, 0, 0, 0]),
        ] {
            let priced = price(Fen::from_fen(amount), Fixed(quantity * 10_000), item, approval);
            let split = [priced.off_list, priced.over_ceiling, priced.upfront, priced.eligible].map(Fen::fen);
            assert_eq!(split, expected, "{amount} {approval} {item:?}");
            assert_eq!(split.iter().sum::<i64>(), amount);
            assert_eq!(priced.covered, priced.memo.is_empty());
        }
    }

    #[test]
    fn an_amount_may_be_rounded_to_the_fen_in_any_way_and_no_further() {
        // 3 × 3.333333 = 9.999999
        let (price, quantity) = (Fixed(3_333_333), Fixed(30_000));
        for (fen, agreed) in [(998, false), (999, true), (1_000, true), (1_001, false)] {
            assert_eq!(agrees(Fen::from_fen(fen), price, quantity), agreed, "{fen}");
        }
        let exact = (Fixed(5_000_000), Fixed(20_000));
        assert!(agrees(Fen::from_fen(1_000), exact.0, exact.1));
        assert!(!agrees(Fen::from_fen(1_001), exact.0, exact.1));
        assert_eq!(times(price, quantity), Fen::from_fen(1_000));
    }
}
