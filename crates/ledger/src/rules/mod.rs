//! The rules of posting (分录规则): which accounts each kind of movement debits and credits. Each rule
//! has its table of cases beside it. They look up no balance; whether an account holds enough, and
//! whether the period is open, is asked when the entry is posted.
//!
//! | movement | debit 借 | credit 贷 |
//! |---|---|---|
//! | settlement 结算 | funds and personal accounts that pay | payable to the institution |
//! | contribution 缴费 | deposit | contributions |
//! | contribution, divided 缴费分配 | deposit | contributions (the member's part), a ledger of a fund (the rest) |
//! | allocation 基金划拨 | contributions, or a ledger of a fund | a ledger of a fund |
//! | credit 计入 | contributions, or the fund that pays it | personal account, current |
//! | credit, part withheld 扣还计入 | contributions, or the fund that pays it | personal account, current; claim |
//! | credit taken back 计入更正 | personal account; claim for what was spent | contributions, or the fund that paid it |
//! | recovery 追回 | personal account, or deposit | claim |
//! | recovery before a payment 先扣还后支付 | personal account | claim; what the payment credits |
//! | mutual aid 家庭共济转账 | the relative's parts | the member's received part |
//! | carry-over 年度结转 | current part | prior part |
//! | opening 期初 | deposit | personal account |
//! | refund 返还 | personal account | deposit |
//! | inheritance 继承 | personal account | deposit |
//! | transfer in, from outside 转入 | deposit | personal account |
//! | transfer out, to outside 转出 | personal account | deposit |
//! | premium 代扣代缴 | personal account | a fund, or contributions |
//! | relocation 转移接续 | the account in the old area | the same parts in the new one |
//! | clearing 机构清算 | payable to the institution | deposit |
//! | clearing between areas 异地清算 | debtor: payable; creditor: deposit | debtor: deposit; creditor: receivable |
//! | receipt 待处理收款 | deposit | suspense |
//! | reversal 冲销 | what was credited | what was debited |
//! | correction 更正 | anything | anything |
//!
//! Wherever one area pays what stands in another's books, the first owes it to the second: a payable
//! there and a receivable here, of the same amount, so each area balances by itself.

#[cfg(test)]
pub(crate) mod cases;
mod claim;
mod member;
mod money;
mod settle;

pub use claim::{RecoveredFrom, after_recovery, credit_taken_back, credit_withheld, recovery};
pub use member::{
    CreditFrom, Parts, carry_over, credit, inheritance, mutual_aid, opening, premium, refund, relocation, transfer_in,
    transfer_out,
};
pub use money::{allocation, area_clearing, clearing, contribution, contribution_split, correction, receipt};
pub use settle::{AccountShare, FundShare, Settling, settlement};

use crate::account::Account;
use crate::name::AreaCode;
use crate::postings::Postings;
use gongji_domain::Fen;

/// `debtor` owes `creditor` an amount more; within one area nothing is owed.
fn owe(postings: &mut Postings, debtor: AreaCode, creditor: AreaCode, amount: Fen) {
    if debtor != creditor {
        postings.credit(Account::Payable { area: debtor, to: creditor }, amount);
        postings.debit(Account::Receivable { area: creditor, from: debtor }, amount);
    }
}
