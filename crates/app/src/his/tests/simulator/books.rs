//! What an institution believes to have settled: rows made from replies alone, as a hospital's system keeps them.

use gongji_domain::{Day, Fen};

use super::super::Reply;
use super::super::fields::money;
use crate::his::reconcile::{Booked, Payment, Sums};

/// Where and as what a settlement is cleared: 经办机构 and 清算类别.
pub(super) type Clearing = (String, String);

/// One row.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub row: Booked,
    /// The day on which the centre booked it, as its reply says.
    pub day: Day,
    pub clearing: Clearing,
    /// The settlement that it takes back.
    pub cancels: Option<String>,
}

impl Entry {
    /// From a reply with `setlinfo`, of a member of an area.
    pub(super) fn of(reply: &Reply, area: &str, cancels: Option<&str>) -> Self {
        let text = |field: &str| reply.at(&format!("output.setlinfo.{field}"));
        let amount = |field: &str| money(reply, &format!("output.setlinfo.{field}"));
        Self {
            row: Booked {
                setl_id: text("setl_id"),
                mdtrt_id: text("mdtrt_id"),
                psn_no: text("psn_no"),
                refund: cancels.is_some(),
                sums: Sums {
                    total: amount("medfee_sumamt"),
                    fund: amount("fund_pay_sumamt"),
                    account: amount("acct_pay"),
                },
            },
            day: text("setl_time")[..10].parse().unwrap(),
            clearing: (area.to_owned(), text("clr_type")),
            cancels: cancels.map(str::to_owned),
        }
    }

    /// What the bank would have taken for it, or paid back.
    pub(super) fn payment(&self) -> Option<Payment> {
        let amount = self.row.sums.cash();
        (!amount.is_zero()).then(|| Payment {
            reference: format!("BANK{}", self.row.setl_id),
            setl_id: self.row.setl_id.clone(),
            amount,
        })
    }
}

/// The rows of a day under a clearing.
pub(super) fn of_day<'e>(entries: &'e [Entry], day: Day, clearing: &Clearing) -> Vec<&'e Entry> {
    entries.iter().filter(|entry| entry.day == day && entry.clearing == *clearing).collect()
}

/// Their sums and count, as 3201 wants them.
pub(super) fn sums(entries: &[&Entry]) -> (Sums, usize) {
    (entries.iter().map(|entry| entry.row.sums).fold(Sums::default(), Sums::plus), entries.len())
}

/// What a reply says of a fee line, by which the header is checked: total, off-list, over the ceiling, first-pay,
/// eligible.
pub(super) type Split = [Fen; 5];
