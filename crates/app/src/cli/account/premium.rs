//! `gongji account premium`: a contribution paid out of a personal account (代扣代缴).

use std::process::ExitCode;

use gongji_domain::{Fen, FundCode};
use gongji_register::bond::Party;

use super::counter::{Counter, said};
use crate::agency::premium::{self, Asked, Told};

/// Pay a contribution out of an account (代扣代缴), for its holder or an authorised relative
///
/// Residents' insurance, long-term care, the large-amount fund, a filed commercial product: whether the area allows it,
/// its package says, and a refusal names the article.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Options {
    #[command(flatten)]
    counter: Counter,
    /// 账户持有人, by 人员编号
    #[arg(long, value_name = "NUMBER")]
    holder: String,
    /// 用途: resident_premium, care_premium, large_amount_premium, commercial_premium
    #[arg(long, value_name = "PURPOSE")]
    purpose: String,
    #[arg(long, value_name = "AMOUNT")]
    amount: Fen,
    /// 缴费单号: the same bill is paid once
    #[arg(long, value_name = "NUMBER")]
    bill: String,
    /// 被缴费人, by 人员编号; for a relative insured elsewhere only the certificate
    #[arg(long, value_name = "NUMBER", default_value = "")]
    insured: String,
    /// 被缴费人证件号码
    #[arg(long, value_name = "CERTIFICATE", default_value = "")]
    insured_certificate: String,
    /// 收款地, if it is not the holder's area
    #[arg(long, value_name = "AREA")]
    area: Option<String>,
    /// The fund that receives it (基金支付类型), if it is one of those kept here
    #[arg(long, value_name = "FUND", value_parser = fund)]
    fund: Option<FundCode>,
    /// 备案的商业保险产品
    #[arg(long, value_name = "PRODUCT")]
    product: Option<String>,
    /// 经办人
    #[arg(long, value_name = "OFFICER")]
    by: String,
}

const EXAMPLE: &str = "\
EXAMPLE
  gongji account premium --store gongji-demo.db --by 张经办 --holder 50000000000001 \\
    --purpose large_amount_premium --amount 96.00 --bill DE-2026-0001";

fn fund(text: &str) -> Result<FundCode, String> {
    FundCode::from_code(text).ok_or_else(|| format!("{text} 不是国家基金支付类型"))
}

/// Pays it.
///
/// # Errors
/// When the store cannot be used.
pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let Options { insured: number, insured_certificate: certificate, .. } = options;
    let relative = Party { number: number.clone(), name: String::new(), certificate: certificate.clone() };
    let asked = Asked {
        holder: options.holder.clone(),
        purpose: options.purpose.clone(),
        insured: (!number.is_empty() || !certificate.is_empty()).then_some(relative),
        amount: options.amount,
        bill: options.bill.clone(),
        area: options.area.clone(),
        fund: options.fund,
        product: options.product.clone(),
    };
    let open = options.counter.open()?;
    let done = premium::pay(&open.desk(&options.by), &open.decider, &asked);
    said(done.map(|done| {
        let Told { amount, balance, article, .. } = &done.answer;
        let again = if done.again { "（此前已缴）" } else { "" };
        format!("已缴 {amount}{again}，账户余额 {balance}（依据 {article}）")
    }))
}
