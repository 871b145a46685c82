//! 3201 医药机构费用结算对总账: an institution's sums over some days, held against those of the centre.

use gongji_domain::{Day, Fen};

use super::call::{Looking, Plan};
use super::codes;
use super::decode::{Input, Node};
use super::envelope::lies_in;
use super::errors::{Code, Fault};
use super::row::{Row, nodes};
use super::statement;
use super::t2201::check_insurance;
use crate::his::reconcile::{Settlement, Sums};

/// Most days of one reconciliation: a quarter, with its ends.
const DAYS: i32 = 93;

/// Which settlements are reconciled.
pub(crate) struct Range {
    pub from: Day,
    pub to: Day,
    /// 结算经办机构
    pub setl_optins: String,
    pub clr_type: Option<String>,
    /// Just cancellations, or none of them; both where it says nothing.
    pub refund: Option<bool>,
}

impl Range {
    /// The fields that 3201 and 3202 share.
    pub(crate) fn read(data: &Node<'_>) -> Result<Self, Fault> {
        let (from, to) = (data.day("stmt_begndate")?, data.day("stmt_enddate")?);
        if to < from || to.number() - from.number() >= DAYS {
            let fault = Fault::at(Code::OutOfRange, data.path("stmt_enddate")).given(to);
            return Err(fault.allowed(format!(" {from} 起 {DAYS} 天之内")));
        }
        let refund =
            if data.is_empty("refd_setl_flag") { None } else { Some(data.one_of("refd_setl_flag", codes::FLAG)?) };
        data.known(&["fixmedins_refd_setl_flag", "cash_payamt", "clr_optins"]);
        Ok(Self {
            from,
            to,
            setl_optins: data.required("setl_optins", 6)?,
            clr_type: data.optional("clr_type", 6)?,
            refund: refund.map(|flag| flag == "1"),
        })
    }

    /// Whether a settlement is one of them.
    pub(crate) fn has(&self, row: &Settlement) -> bool {
        lies_in(&self.setl_optins, &row.area)
            && self.clr_type.as_ref().is_none_or(|asked| *asked == row.clr_type)
            && self.refund.is_none_or(|asked| asked == row.refund)
            && (self.from..=self.to).contains(&row.day)
    }

    /// What the centre booked for the institution that asks.
    pub(crate) fn booked(&self, look: &Looking<'_>) -> Result<Vec<Settlement>, Fault> {
        let rows = statement::booked(look.kept.now()?, &look.institution.code, self.from, self.to)?;
        Ok(rows.into_iter().filter(|row| self.has(row)).collect())
    }
}

pub(crate) fn prepare(input: &Input<'_>) -> Result<Plan, Fault> {
    let data = input.node("data")?;
    let insutype = data.required("insutype", 6)?;
    data.required("clr_type", 6)?;
    let range = Range::read(&data)?;
    let said = Sums {
        total: data.signed_money("medfee_sumamt")?,
        fund: data.signed_money("fund_pay_sumamt")?,
        account: data.signed_money("acct_pay")?,
    };
    let count = data.required_number::<0>("fixmedins_setl_cnt", 9_999_999_999)?.0;
    data.finish(input.notes);
    input.finish();

    Ok(Plan::aside(move |look: &Looking<'_>| {
        check_insurance(&insutype)?;
        let rows = range.booked(look)?;
        let ours = rows.iter().map(|row| row.sums).fold(Sums::default(), Sums::plus);
        let even = ours == said && rows.len() as i64 == count;
        let info = Row::default()
            .text("setl_optins", &range.setl_optins)
            .text("stmt_rslt", if even { "0" } else { "1" })
            .text("stmt_rslt_dscr", told(even, (ours, rows.len() as i64), (said, count)));
        Ok(nodes(&[("stmtinfo", info.done())]))
    }))
}

/// In which sums the two differ, and by how much.
fn told(even: bool, (ours, count): (Sums, i64), (said, said_count): (Sums, i64)) -> String {
    if even {
        return format!("平：{count} 笔，医疗费 {}", ours.total);
    }
    let amounts = [
        ("医疗费总额", ours.total, said.total),
        ("基金支付", ours.fund, said.fund),
        ("个人账户支付", ours.account, said.account),
    ];
    let amount = |(name, ours, said): (&str, Fen, Fen)| {
        (ours != said).then(|| format!("{name} 中心 {ours} 机构 {said} 差 {}", ours - said))
    };
    let count = (count != said_count).then(|| format!("笔数 中心 {count} 机构 {said_count}"));
    let differences: Vec<String> = count.into_iter().chain(amounts.into_iter().filter_map(amount)).collect();
    format!("不平：{}；请用 3202 对明细账", differences.join("；"))
}
