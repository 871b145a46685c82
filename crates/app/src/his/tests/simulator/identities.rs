//! The money identities I1 to I10 of the interface on whatever reply has amounts.

use gongji_domain::Fen;

use super::super::fields::{check_identities, money};
use super::super::{Json, Reply};
use super::books::Split;

const LINE: [&str; 5] = ["det_item_fee_sumamt", "fulamt_ownpay_amt", "overlmt_amt", "preselfpay_amt", "inscp_scp_amt"];
const HEADER: [&str; 5] = ["medfee_sumamt", "fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt"];

/// I6 on each fee line of a node of the reply; the sums of the lines.
#[track_caller]
pub(super) fn check_lines(reply: &Reply, node: &str) -> Split {
    let Some(Json::List(rows)) = reply.find(&format!("output.{node}")) else { panic!("no {node}: {}", reply.raw) };
    let mut sums = Split::default();
    for at in 0..rows.len() {
        let amounts = LINE.map(|field| money(reply, &format!("output.{node}.{at}.{field}")));
        let [total, off_list, over, upfront, eligible] = amounts;
        assert_eq!(total, off_list + over + upfront + eligible, "I6 of line {at}: {}", reply.raw);
        let millionths = millionths(&reply.at(&format!("output.{node}.{at}.selfpay_prop")));
        let base = if off_list.is_zero() { total - over } else { Fen::ZERO };
        let half_up = (base.fen() * millionths + 500_000).div_euclid(1_000_000);
        assert_eq!(upfront.fen(), half_up, "I6, first-pay share of line {at}: {}", reply.raw);
        sums.iter_mut().zip(amounts).for_each(|(sum, amount)| *sum += amount);
    }
    sums
}

/// A share as it is written, `0.085`, in millionths.
fn millionths(share: &str) -> i64 {
    let (whole, decimals) = share.split_once('.').unwrap_or((share, ""));
    format!("{whole}{decimals:0<6}").parse().unwrap()
}

/// I1 to I5, I8 and I9 on `setlinfo`, and I7 against the lines.
#[track_caller]
pub(super) fn check_settlement(reply: &Reply, lines: Option<&Split>) {
    check_identities(reply);
    let header = HEADER.map(|field| money(reply, &format!("output.setlinfo.{field}")));
    if let Some(lines) = lines {
        assert_eq!(&header, lines, "I7: {}", reply.raw);
    }
}

/// I10: every amount of a cancellation is the original's with the other sign.
#[track_caller]
pub(super) fn check_cancellation(original: &Reply, cancellation: &Reply) {
    check_identities(cancellation);
    let amounts = [
        "act_pay_dedc",
        "hifp_pay",
        "cvlserv_pay",
        "hifes_pay",
        "hifmi_pay",
        "hifob_pay",
        "maf_pay",
        "oth_pay",
        "hifdm_pay",
        "fund_pay_sumamt",
        "psn_part_amt",
        "acct_pay",
        "psn_cash_pay",
        "hosp_part_amt",
        "acct_mulaid_pay",
    ];
    for field in HEADER.iter().chain(&amounts) {
        let [there, back] = [original, cancellation].map(|reply| money(reply, &format!("output.setlinfo.{field}")));
        assert_eq!(there, -back, "I10 {field}: {}", cancellation.raw);
    }
}
