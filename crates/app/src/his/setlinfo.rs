//! 结算信息: the output of 2206, 2207 and 2208, of 2101, 2102 and 2103, every field of the interface's table.

use std::borrow::Cow;

use compact_str::CompactString;
use gongji_domain::{Fen, FundCode, NationalField};
use serde::Serialize;

use super::book::Settled;
use super::codes;
use super::decider::Decided;
use super::entry::Aid;
use super::moment::{Moment, day_text};
use super::number::{Fixed, Share, Yuan};
use super::t2204::LineResult;
use super::written::{Fields, Output, name};
use gongji_register::Member;

/// What real replies show where no limit binds.
const NO_LIMIT: Fen = Fen::from_yuan(999_999);

/// `output` of these transactions.
#[derive(Debug)]
pub(crate) struct SetlOutput<'a> {
    setlinfo: SetlInfo<'a>,
    setldetail: Vec<SetlDetail<'a>>,
    /// How a pharmacy's lines were split (2101, 2102).
    detlcutinfo: Option<Vec<LineResult>>,
}

#[derive(Debug)]
struct SetlInfo<'a> {
    mdtrt_id: &'a str,
    setl_id: Option<&'a str>,
    psn_no: &'a str,
    psn_name: &'a str,
    psn_cert_type: &'static str,
    certno: &'a str,
    gend: &'a str,
    naty: &'a str,
    brdy: CompactString,
    age: i32,
    insutype: &'static str,
    psn_type: &'a str,
    cvlserv_flag: &'a str,
    setl_time: CompactString,
    mdtrt_cert_type: &'a str,
    med_type: &'a str,
    medfee_sumamt: Yuan,
    fulamt_ownpay_amt: Yuan,
    overlmt_selfpay: Yuan,
    preselfpay_amt: Yuan,
    inscp_scp_amt: Yuan,
    act_pay_dedc: Yuan,
    hifp_pay: Yuan,
    pool_prop_selfpay: Share,
    cvlserv_pay: Yuan,
    hifes_pay: Yuan,
    hifmi_pay: Yuan,
    hifob_pay: Yuan,
    maf_pay: Yuan,
    oth_pay: Yuan,
    fund_pay_sumamt: Yuan,
    psn_part_amt: Yuan,
    acct_pay: Yuan,
    psn_cash_pay: Yuan,
    /// 2208 spells it so in every edition; both spellings are there.
    pdn_cash_pay: Option<Yuan>,
    /// 2103 calls the two personal amounts so in some editions.
    psn_pay: Option<Yuan>,
    cash_payamt: Option<Yuan>,
    hosp_part_amt: Yuan,
    balc: Yuan,
    acct_mulaid_pay: Yuan,
    medins_setl_id: &'a str,
    clr_optins: &'a str,
    clr_way: &'static str,
    clr_type: &'static str,
    hifdm_pay: Yuan,
    exp_content: String,
}

#[derive(Debug)]
struct SetlDetail<'a> {
    fund_pay_type: Cow<'a, str>,
    inscp_scp_amt: Yuan,
    crt_payb_lmt_amt: Yuan,
    fund_payamt: Yuan,
    fund_pay_type_name: &'static str,
    setl_proc_info: Cow<'a, str>,
}

impl SetlOutput<'_> {
    /// As the text that goes into a reply.
    pub(crate) fn written(&self) -> Output {
        Output::object(|put| {
            put.object(name!("setlinfo"), |put| self.setlinfo.put(put));
            put.rows(name!("setldetail"), &self.setldetail, SetlDetail::put);
            if let Some(lines) = &self.detlcutinfo {
                put.rows(name!("detlcutinfo"), lines, LineResult::put);
            }
        })
    }
}

impl SetlInfo<'_> {
    /// Every field in the order of the interface's table; what there is not is left out.
    fn put(&self, put: &mut Fields<'_>) {
        let Self {
            mdtrt_id,
            setl_id,
            psn_no,
            psn_name,
            psn_cert_type,
            certno,
            gend,
            naty,
            brdy,
            age,
            insutype,
            psn_type,
            cvlserv_flag,
            setl_time,
            mdtrt_cert_type,
            med_type,
            medfee_sumamt,
            fulamt_ownpay_amt,
            overlmt_selfpay,
            preselfpay_amt,
            inscp_scp_amt,
            act_pay_dedc,
            hifp_pay,
            pool_prop_selfpay,
            cvlserv_pay,
            hifes_pay,
            hifmi_pay,
            hifob_pay,
            maf_pay,
            oth_pay,
            fund_pay_sumamt,
            psn_part_amt,
            acct_pay,
            psn_cash_pay,
            pdn_cash_pay,
            psn_pay,
            cash_payamt,
            hosp_part_amt,
            balc,
            acct_mulaid_pay,
            medins_setl_id,
            clr_optins,
            clr_way,
            clr_type,
            hifdm_pay,
            exp_content,
        } = self;
        put.text(name!("mdtrt_id"), mdtrt_id);
        if let Some(setl_id) = setl_id {
            put.text(name!("setl_id"), setl_id);
        }
        put.text(name!("psn_no"), psn_no);
        put.text(name!("psn_name"), psn_name);
        put.text(name!("psn_cert_type"), psn_cert_type);
        put.text(name!("certno"), certno);
        put.text(name!("gend"), gend);
        put.text(name!("naty"), naty);
        put.text(name!("brdy"), brdy);
        put.fixed(name!("age"), Fixed::<0>((*age).into()));
        put.text(name!("insutype"), insutype);
        put.text(name!("psn_type"), psn_type);
        put.text(name!("cvlserv_flag"), cvlserv_flag);
        put.text(name!("setl_time"), setl_time);
        put.text(name!("mdtrt_cert_type"), mdtrt_cert_type);
        put.text(name!("med_type"), med_type);
        put.fixed(name!("medfee_sumamt"), *medfee_sumamt);
        put.fixed(name!("fulamt_ownpay_amt"), *fulamt_ownpay_amt);
        put.fixed(name!("overlmt_selfpay"), *overlmt_selfpay);
        put.fixed(name!("preselfpay_amt"), *preselfpay_amt);
        put.fixed(name!("inscp_scp_amt"), *inscp_scp_amt);
        put.fixed(name!("act_pay_dedc"), *act_pay_dedc);
        put.fixed(name!("hifp_pay"), *hifp_pay);
        put.fixed(name!("pool_prop_selfpay"), *pool_prop_selfpay);
        put.fixed(name!("cvlserv_pay"), *cvlserv_pay);
        put.fixed(name!("hifes_pay"), *hifes_pay);
        put.fixed(name!("hifmi_pay"), *hifmi_pay);
        put.fixed(name!("hifob_pay"), *hifob_pay);
        put.fixed(name!("maf_pay"), *maf_pay);
        put.fixed(name!("oth_pay"), *oth_pay);
        put.fixed(name!("fund_pay_sumamt"), *fund_pay_sumamt);
        put.fixed(name!("psn_part_amt"), *psn_part_amt);
        put.fixed(name!("acct_pay"), *acct_pay);
        put.fixed(name!("psn_cash_pay"), *psn_cash_pay);
        if let Some(pdn_cash_pay) = pdn_cash_pay {
            put.fixed(name!("pdn_cash_pay"), *pdn_cash_pay);
        }
        if let Some(psn_pay) = psn_pay {
            put.fixed(name!("psn_pay"), *psn_pay);
        }
        if let Some(cash_payamt) = cash_payamt {
            put.fixed(name!("cash_payamt"), *cash_payamt);
        }
        put.fixed(name!("hosp_part_amt"), *hosp_part_amt);
        put.fixed(name!("balc"), *balc);
        put.fixed(name!("acct_mulaid_pay"), *acct_mulaid_pay);
        put.text(name!("medins_setl_id"), medins_setl_id);
        put.text(name!("clr_optins"), clr_optins);
        put.text(name!("clr_way"), clr_way);
        put.text(name!("clr_type"), clr_type);
        put.fixed(name!("hifdm_pay"), *hifdm_pay);
        put.text(name!("exp_content"), exp_content);
    }
}

impl SetlDetail<'_> {
    fn put(&self, put: &mut Fields<'_>) {
        put.text(name!("fund_pay_type"), &self.fund_pay_type);
        put.fixed(name!("inscp_scp_amt"), self.inscp_scp_amt);
        put.fixed(name!("crt_payb_lmt_amt"), self.crt_payb_lmt_amt);
        put.fixed(name!("fund_payamt"), self.fund_payamt);
        put.text(name!("fund_pay_type_name"), self.fund_pay_type_name);
        put.text(name!("setl_proc_info"), &self.setl_proc_info);
    }
}

/// Which it is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind<'a> {
    /// 2206, 2101: decided, not settled.
    Trial,
    /// 2207, 2102: settled under this number.
    Settlement(&'a str),
    /// 2208, 2103: cancelled under this number what was settled under that.
    Cancellation { setl_id: &'a str, cancels: &'a str },
}

/// What else a reply tells.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame<'a> {
    pub member: &'a Member,
    pub now: Moment,
    pub msgid: &'a str,
    /// The account before; the settlement's own part is taken off here.
    pub balance: Fen,
}

impl<'a> SetlOutput<'a> {
    /// Tells a settlement, or what one would be.
    pub(crate) fn new(kind: Kind<'a>, settled: &'a Settled, frame: Frame<'a>) -> Self {
        settled.decided.assert_identities();
        let (setl_id, cancellation, decided) = match kind {
            Kind::Trial => (None, false, Cow::Borrowed(&settled.decided)),
            Kind::Settlement(setl_id) => (Some(setl_id), false, Cow::Borrowed(&settled.decided)),
            Kind::Cancellation { setl_id, .. } => (Some(setl_id), true, Cow::Owned(settled.decided.negated())),
        };
        let Frame { member, now, msgid, balance } = frame;
        let day = settled.day;
        let field = |field| Yuan::from(decided.paid(field));
        let cash = Yuan::from(decided.cash);
        let aided = settled.aid.as_deref().map_or(Fen::ZERO, Aid::amount);
        let aided = if cancellation { -aided } else { aided };
        let care = codes::care_type(&settled.med_type);
        let setlinfo = SetlInfo {
            mdtrt_id: &settled.mdtrt_id,
            setl_id,
            psn_no: &member.number,
            psn_name: &member.identity.name,
            psn_cert_type: "01",
            certno: &member.identity.certificate,
            gend: &member.identity.gender,
            naty: &member.identity.ethnicity,
            brdy: day_text(member.identity.birth),
            age: day.age_since(member.identity.birth),
            insutype: "310",
            psn_type: member.category_on(day),
            cvlserv_flag: codes::flag(member.civil_servant),
            setl_time: now.to_text(),
            mdtrt_cert_type: &settled.mdtrt_cert_type,
            med_type: &settled.med_type,
            medfee_sumamt: decided.total.into(),
            fulamt_ownpay_amt: decided.off_list.into(),
            overlmt_selfpay: decided.over_ceiling.into(),
            preselfpay_amt: decided.upfront.into(),
            inscp_scp_amt: decided.eligible.into(),
            act_pay_dedc: decided.deductible_borne.into(),
            hifp_pay: field(NationalField::Hifp),
            pool_prop_selfpay: pooled_share(&settled.decided),
            cvlserv_pay: field(NationalField::Cvlserv),
            hifes_pay: field(NationalField::Hifes),
            hifmi_pay: field(NationalField::Hifmi),
            hifob_pay: field(NationalField::Hifob),
            maf_pay: field(NationalField::Maf),
            oth_pay: field(NationalField::Oth),
            fund_pay_sumamt: decided.fund_total.into(),
            psn_part_amt: decided.personal_share.into(),
            acct_pay: decided.account_paid.into(),
            psn_cash_pay: cash,
            pdn_cash_pay: cancellation.then_some(cash),
            psn_pay: None,
            cash_payamt: None,
            hosp_part_amt: Fen::ZERO.into(),
            // A relative's part is not the member's own balance.
            balc: (balance - (decided.account_paid - aided)).into(),
            acct_mulaid_pay: aided.into(),
            medins_setl_id: msgid,
            clr_optins: &settled.area,
            clr_way: "1",
            clr_type: care.map_or("99", |care| care.clr_type),
            hifdm_pay: field(NationalField::Hifdm),
            exp_content: exp_content(kind, &decided),
        };
        let usable = settled.aid.as_deref().map_or(settled.balance_before, |aid| aid.usable);
        let setldetail = details(&settled.decided, usable, cancellation);
        Self { setlinfo, setldetail, detlcutinfo: None }
    }

    /// The same with the lines of a pharmacy.
    pub(crate) fn with_lines(self, lines: Vec<LineResult>) -> Self {
        Self { detlcutinfo: Some(lines), ..self }
    }

    /// The same with the names that 2103 has for the personal amounts.
    pub(crate) fn at_pharmacy(mut self) -> Self {
        self.setlinfo.psn_pay = Some(self.setlinfo.psn_part_amt);
        self.setlinfo.cash_payamt = Some(self.setlinfo.psn_cash_pay);
        self
    }
}

/// 基本医疗保险统筹基金支付比例: the pooled fund's part of the eligible amount above the
/// deductible, half up to four decimals; zero where nothing lies above it.
fn pooled_share(decided: &Decided) -> Share {
    let above = (decided.eligible - decided.deductible_borne).fen();
    if above <= 0 {
        return Share::default();
    }
    let paid = i128::from(decided.paid(NationalField::Hifp).fen());
    let share = (paid * 20_000 + i128::from(above)) / (2 * i128::from(above));
    Fixed(i64::try_from(share).unwrap_or(i64::MAX))
}

/// One line for each fund, negative in a cancellation, in the order in which they paid, then the account: their sum is
/// `fund_pay_sumamt` + `acct_pay` (+ `hosp_part_amt`, always nothing here).
fn details(decided: &Decided, usable: Fen, cancellation: bool) -> Vec<SetlDetail<'_>> {
    let mut funds: Vec<FundCode> = Vec::new();
    for payment in &decided.payments {
        if !funds.contains(&payment.fund) {
            funds.push(payment.fund);
        }
    }
    let signed = |amount: Fen| Yuan::from(if cancellation { -amount } else { amount });
    let mut details = Vec::with_capacity(funds.len() + 1);
    for fund in funds {
        let paid: Vec<_> = decided.payments.iter().filter(|payment| payment.fund == fund).collect();
        details.push(SetlDetail {
            fund_pay_type: fund.to_string().into(),
            inscp_scp_amt: signed(decided.eligible),
            crt_payb_lmt_amt: signed(paid.iter().filter_map(|payment| payment.limit_left).min().unwrap_or(NO_LIMIT)),
            fund_payamt: signed(paid.iter().map(|payment| payment.amount).sum()),
            fund_pay_type_name: fund.name(),
            setl_proc_info: match paid[..] {
                [only] => only.process.as_str().into(),
                _ => paid.iter().map(|payment| payment.process.as_str()).collect::<Vec<_>>().join("；").into(),
            },
        });
    }
    if !decided.account_paid.is_zero() {
        details.push(SetlDetail {
            fund_pay_type: codes::ACCOUNT_FUND.0.into(),
            inscp_scp_amt: signed(decided.eligible),
            crt_payb_lmt_amt: signed(usable),
            fund_payamt: signed(decided.account_paid),
            fund_pay_type_name: codes::ACCOUNT_FUND.1,
            setl_proc_info: decided.account_process.as_str().into(),
        });
    }
    details
}

/// What the interface has no field for, as JSON text: why nothing was covered, what was cancelled.
fn exp_content(kind: Kind<'_>, decided: &Decided) -> String {
    #[derive(Serialize)]
    struct Content<'a> {
        #[serde(skip_serializing_if = "Option::is_none")]
        not_covered: Option<&'a super::decider::NotCovered>,
        #[serde(skip_serializing_if = "Option::is_none")]
        original_setl_id: Option<&'a str>,
    }
    let original_setl_id = match kind {
        Kind::Cancellation { cancels, .. } => Some(cancels),
        Kind::Trial | Kind::Settlement(_) => None,
    };
    let content = Content { not_covered: decided.not_covered.as_ref(), original_setl_id };
    if content.not_covered.is_none() && content.original_setl_id.is_none() {
        return String::new();
    }
    serde_json::to_string(&content).expect("texts can always be written")
}
