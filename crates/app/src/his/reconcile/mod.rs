//! Three-way reconciliation (三方对账): what the institution booked, what the settlement centre booked and what the
//! bank took, row by row; for each difference its cause and the entry that mends it. Decides nothing about
//! money and changes nothing: whoever reads it does. But for [`gather`] knows no file, store or clock.
//!
//! Every row that is handed in is either even or in exactly one [`Difference`], so the differences explain the
//! whole distance between the sums.

mod bank;
mod cause;
mod compare;
pub(crate) mod file;
pub(crate) mod gather;
#[cfg(test)]
mod tests;

use gongji_domain::{Day, Fen};

pub(crate) use cause::{Cause, Mend};
pub(crate) use compare::compare;

/// What a settlement, or its cancellation, comes to. A cancellation's amounts are negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    /// 医疗费总额
    pub total: Fen,
    /// 基金支付总额
    pub fund: Fen,
    /// 个人账户支出
    pub account: Fen,
}

impl Sums {
    /// What is left to pay in cash (个人现金支出).
    pub(crate) fn cash(self) -> Fen {
        self.total - self.fund - self.account
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self { total: self.total + other.total, fund: self.fund + other.fund, account: self.account + other.account }
    }

    pub(crate) fn minus(self, other: Self) -> Self {
        Self { total: self.total - other.total, fund: self.fund - other.fund, account: self.account - other.account }
    }
}

/// A row of the institution's books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Booked {
    /// 结算ID; empty where the institution never got one.
    pub setl_id: String,
    /// 就诊ID
    pub mdtrt_id: String,
    /// 人员编号
    pub psn_no: String,
    /// 退费结算标志: a cancellation.
    pub refund: bool,
    pub sums: Sums,
}

/// A row of the centre's books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settlement {
    pub setl_id: String,
    pub mdtrt_id: String,
    pub psn_no: String,
    pub refund: bool,
    pub sums: Sums,
    /// 发送方报文ID, by which it can be reversed.
    pub msgid: String,
    /// 交易编号 of that message.
    pub infno: String,
    /// The day on which it was booked, and the time.
    pub day: Day,
    pub time: String,
    /// 经办机构 that answers for it.
    pub area: String,
    /// The settlement that this one cancels.
    pub cancels: Option<String>,
    /// The cancellation of this one.
    pub cancelled_by: Option<String>,
    /// 清算类别
    pub clr_type: String,
}

/// A payment that the bank took, or paid back (negative).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Payment {
    /// The bank's own number (交易流水号).
    pub reference: String,
    /// What it was paid for: a 结算ID.
    pub setl_id: String,
    pub amount: Fen,
}

/// What the bank took for one 结算ID in all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Taken {
    pub setl_id: String,
    pub amount: Fen,
}

/// Everything that is compared.
#[derive(Clone, Copy, Default)]
pub(crate) struct Books<'a> {
    /// The 经办机构 and the 清算类别 that are reconciled, where only these are.
    pub area: Option<&'a str>,
    pub clr_type: Option<&'a str>,
    /// The institution's rows of the days.
    pub institution: &'a [Booked],
    /// The centre's rows of the same days, institution and 经办机构.
    pub centre: &'a [Settlement],
    /// Rows of the centre that the institution names and that are not among those: of other days, or of
    /// another 经办机构.
    pub elsewhere: &'a [Settlement],
    /// The bank's rows; none where there is no bank file.
    pub bank: Option<&'a [Payment]>,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    pub cause: Cause,
    /// What mends it.
    pub mend: Mend,
    /// What the institution has.
    pub institution: Option<Booked>,
    /// What the centre has.
    pub centre: Option<Settlement>,
    /// What the bank took for it in all, and for which 结算ID.
    pub bank: Option<Taken>,
}

impl Difference {
    /// By how much the centre's sums exceed the institution's because of it.
    #[cfg(test)]
    pub(crate) fn distance(&self) -> Sums {
        let centre = self.centre.as_ref().filter(|_| self.cause.is_centres()).map(|row| row.sums).unwrap_or_default();
        let institution = self.institution.as_ref().map(|row| row.sums).unwrap_or_default();
        centre.minus(institution)
    }
}
