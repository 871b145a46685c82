//! 2001 人员待遇享受检查: whether each fund would pay, by the checks of a settlement and its policy's own answer
//! to a made-up visit. Nothing changes.

use gongji_domain::{Day, Fen, FundCode, Rate};
use serde::Serialize;

use gongji_register::entitlement;

use super::benefit;
use super::call::{Call, Done, Plan};
use super::codes;
use super::decider::{Charge, Decided};
use super::decode::Input;
use super::directory::Institution;
use super::errors::{Code, Fault};
use super::moment::Moment;
use super::paying::Pays;
use super::settling::{Bill, settle};
use super::t2201::check_insurance;
use super::t2203::check_care_type;
use gongji_register::Member;

/// What the made-up visit costs: more than a deductible leaves nothing of.
const TRIAL: Fen = Fen::from_yuan(100_000);
/// Longest 待遇检查结果 (C500).
const RESULT: usize = 500;

#[derive(Serialize)]
struct Output {
    trtinfo: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    psn_no: String,
    /// 01 基金项检查
    trt_chk_type: &'static str,
    fund_pay_type: String,
    trt_enjymnt_flag: &'static str,
    begndate: String,
    enddate: String,
    trt_chk_rslt: String,
    exp_content: &'static str,
}

struct Ask {
    psn_no: String,
    insutype: String,
    institution: Option<String>,
    med_type: String,
    begntime: Moment,
}

pub(crate) fn prepare(input: &Input<'_>) -> Result<Plan, Fault> {
    let data = input.node("data")?;
    let ask = Ask {
        psn_no: data.required("psn_no", 30)?,
        insutype: data.required("insutype", 6)?,
        institution: data.expected("fixmedins_code", 30, input.notes)?,
        med_type: data.required("med_type", 6)?,
        begntime: data.moment("begntime")?,
    };
    data.known(&["endtime", "dise_codg", "dise_name", "oprn_oprt_code", "oprn_oprt_name", "matn_type", "birctrl_type"]);
    data.finish(input.notes);
    input.finish();

    let plan = Plan::new(&ask.psn_no.clone(), move |call: &Call<'_>| {
        let member = call.member(&ask.psn_no, "data.psn_no")?;
        let institution = ask.institution(call)?;
        let told = ask.funds(&Call { institution, ..*call }, member);
        Ok(Done::answer(&Output { trtinfo: ask.rows(call, member, told) }))
    });
    Ok(plan.only_asks())
}

/// A fund and, where it would not pay, why.
type Told = (String, Option<String>);

impl Ask {
    /// The institution that is asked about; the caller, if none is named.
    fn institution<'a>(&self, call: &Call<'a>) -> Result<&'a Institution, Fault> {
        let Some(code) = &self.institution else { return Ok(call.institution) };
        let unknown = || Fault::at(Code::InstitutionUnknown, "data.fixmedins_code").given(code);
        call.directory.institution(code).ok_or_else(unknown)
    }

    fn funds(&self, call: &Call<'_>, member: &Member) -> Vec<Told> {
        let pooled = || FundCode::POOLED.to_string();
        let account = || codes::ACCOUNT_FUND.0.to_owned();
        match self.trial(call, member) {
            Err(fault) => {
                let why = fault.to_string();
                vec![(pooled(), Some(why.clone())), (account(), Some(why))]
            }
            Ok(decided) => {
                let mut told: Vec<Told> = Vec::new();
                for payment in decided.payments.iter().filter(|payment| !payment.amount.is_zero()) {
                    let fund = payment.fund.to_string();
                    if !told.iter().any(|(known, _)| *known == fund) {
                        told.push((fund, None));
                    }
                }
                if told.is_empty() {
                    told.push((pooled(), Some(why_nothing(&decided))));
                }
                let empty =
                    decided.account_paid.is_zero().then(|| "个人账户没有余额，或此类费用不能用个人账户".to_owned());
                told.push((account(), empty));
                told
            }
        }
    }

    /// What the policy says to a large visit of one covered line.
    fn trial(&self, call: &Call<'_>, member: &Member) -> Result<Decided, Fault> {
        check_insurance(&self.insutype)?;
        let care = check_care_type(call, &self.med_type, "data.med_type")?;
        call.check_day(member, self.begntime.day)?;
        let charge = Charge { amount: TRIAL, covered: true, ceiling: None, upfront_rate: Rate::ZERO };
        let bill = Bill {
            mdtrt_id: String::new(),
            chrg_bchno: "".into(),
            moment: self.begntime,
            cert_type: "",
            med_type: &self.med_type,
            care,
            prescriber: None,
            charges: vec![(charge, true)],
            pays: Pays::Own,
        };
        Ok(settle(call, member, bill)?.decided)
    }

    fn rows(&self, call: &Call<'_>, member: &Member, told: Vec<Told>) -> Vec<Row> {
        let periods = benefit::periods(call.decider, member, Day::MAX);
        let period = entitlement::at(&periods, self.begntime.day).or(periods.first());
        let row = |(fund_pay_type, why): Told| Row {
            psn_no: self.psn_no.clone(),
            trt_chk_type: "01",
            fund_pay_type,
            trt_enjymnt_flag: if why.is_none() { "1" } else { "0" },
            begndate: period.map(|period| period.from.to_string()).unwrap_or_default(),
            enddate: period.and_then(|period| period.until).map(|day| day.to_string()).unwrap_or_default(),
            trt_chk_rslt: why.unwrap_or_default().chars().take(RESULT).collect(),
            exp_content: "",
        };
        told.into_iter().map(row).collect()
    }
}

/// Why the pool pays nothing of a large visit.
fn why_nothing(decided: &Decided) -> String {
    match &decided.not_covered {
        Some(reason) => format!("[{}] {}（依据 {}）", reason.code, reason.message, reason.article),
        None => "本年度可支付的限额已用完".to_owned(),
    }
}
