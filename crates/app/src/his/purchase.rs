//! What 2101 and 2102 share: reading a purchase at a pharmacy, pricing its lines, deciding it. There is no
//! visit before it; purchases that the pool pays by prescription go 2201, 2203A, 2204, 2206, 2207 instead.

use std::collections::HashSet;

use gongji_domain::Fen;

use super::book::{Description, Line, Purchase, Registration, Settled};
use super::call::{Call, Done, Plan};
use super::codes;
use super::decode::{Input, Node, Notes};
use super::errors::{Code, Fault};
use super::moment::Moment;
use super::paying::{self, Pays, by_relative};
use super::pricing::Setting;
use super::settling::{Bill, Split, charges, check_open, settle};
use super::t2201::check_insurance;
use super::t2203::check_care_type;
use super::t2204::{Fee, LINES, LineResult};
use gongji_register::Member;

/// The node of the purchase itself.
const NODE: &str = "druginfo";
/// The one batch of a purchase, which has no number of its own.
const BATCH: &str = "0";
/// Most trace codes of one line.
const TRACES: usize = 10_000;

/// A purchase, or the question what it would be.
pub(crate) struct Ask {
    psn_no: String,
    insutype: String,
    cert_type: &'static str,
    cert_no: String,
    /// 证件号码 and 人员姓名, which must be the member's if they are sent.
    certno: Option<String>,
    psn_name: Option<String>,
    begntime: Moment,
    med_type: String,
    account: &'static str,
    total: Fen,
    split: Split,
    fees: Vec<Fee>,
    /// Some line has an external prescription (外购处方).
    prescribed: bool,
}

/// A purchase as decided: what is settled, the lines that are kept and those that are told.
pub(crate) struct Decided<'a> {
    pub member: &'a Member,
    pub settled: Settled,
    pub lines: Vec<Line>,
    pub told: Vec<LineResult>,
}

impl Ask {
    /// Reads `druginfo` and `drugdetail`.
    pub(crate) fn read(input: &Input<'_>) -> Result<Self, Fault> {
        let notes = input.notes;
        let data = input.node(NODE)?;
        let rows = input.rows("drugdetail", LINES)?;
        let prescribed = rows.iter().map(has_prescription).collect::<Result<Vec<_>, _>>()?.contains(&true);
        let ask = Self {
            psn_no: data.required("psn_no", 30)?,
            insutype: data.required("insutype", 6)?,
            cert_type: data.one_of("mdtrt_cert_type", codes::CERTIFICATES)?,
            cert_no: data.required("mdtrt_cert_no", 50)?,
            certno: data.expected("certno", 50, notes)?,
            psn_name: data.expected("psn_name", 50, notes)?,
            begntime: data.moment("begntime")?,
            med_type: data.required("med_type", 6)?,
            account: data.one_of("acct_used_flag", codes::ACCOUNT_USES)?,
            total: data.money("medfee_sumamt")?.ok_or_else(|| data.missing("medfee_sumamt", "至多 2 位小数的数字"))?,
            split: Split::read(&data)?,
            fees: rows.iter().map(|row| read_line(row, notes)).collect::<Result<_, _>>()?,
            prescribed,
        };
        if ask.fees.is_empty() {
            return Err(Fault::at(Code::MissingField, "drugdetail").given("（空）").allowed("至少一行费用明细"));
        }
        for (name, max) in [("psn_cert_type", 6), ("psn_type", 6)] {
            data.expected(name, max, notes)?;
        }
        data.known(&["card_sn", "dise_codg", "dise_name", "invono", "hcard_basinfo", "hcard_chkinfo"]);
        data.known(&["minpacunt_drug_trac_cnt", "mcs_trac_cnt"]);
        data.finish(notes);
        input.finish();
        Ok(ask)
    }

    /// What is done with it, for its person.
    pub(crate) fn plan(self, decide: impl Fn(&Self, &Call<'_>) -> Result<Done, Fault> + Send + 'static) -> Plan {
        let psn_no = self.psn_no.clone();
        let relatives = by_relative(self.account);
        let decide = move |call: &Call<'_>| decide(&self, call).map_err(|fault| fault.in_node(NODE));
        Plan::new(&psn_no, decide).with_relatives(relatives)
    }

    /// 人员编号
    pub(crate) fn psn_no(&self) -> &str {
        &self.psn_no
    }

    /// Decides it as the visit of this number; nothing changes.
    pub(crate) fn decide<'a>(&self, call: &Call<'a>, mdtrt_id: &str) -> Result<Decided<'a>, Fault> {
        let member = call.member(&self.psn_no, "data.psn_no")?;
        check_insurance(&self.insutype)?;
        let pays = Pays::by_flag(self.account, self.cert_type, &self.cert_no);
        paying::check_certificate(call, member, pays, (self.cert_type, &self.cert_no))?;
        self.check_person(member)?;
        check_pharmacy(call)?;
        let care = check_care_type(call, &self.med_type, "data.med_type")?;
        check_open(call, member, self.begntime, "data.begntime")?;
        self.check_lines()?;
        let setting = Setting::of(call, member, self.begntime.day, &[]);
        let split = self.fees.iter().map(|fee| fee.split(&setting, BATCH));
        let (lines, told): (Vec<Line>, Vec<LineResult>) = split.unzip();
        let bill = Bill {
            mdtrt_id: mdtrt_id.to_owned(),
            chrg_bchno: BATCH.into(),
            moment: self.begntime,
            cert_type: self.cert_type,
            med_type: &self.med_type,
            care,
            prescriber: None,
            charges: charges(lines.iter()),
            pays,
        };
        let settled = settle(call, member, bill)?;
        self.split.check(&settled)?;
        if self.prescribed {
            call.notes.say("外配处方由统筹支付的，依次经 2201、2203A、2204、2206、2207 办理");
        }
        Ok(Decided { member, settled, lines, told })
    }

    /// What is kept of it.
    pub(crate) fn kept(&self, settlement: Settled, lines: Vec<Line>, previous: Option<u64>) -> Purchase {
        let registration = Registration {
            psn_no: self.psn_no.as_str().into(),
            institution: settlement.institution.clone(),
            ipt_otp_no: "".into(),
            begntime: self.begntime,
        };
        let description = Description {
            med_type: self.med_type.as_str().into(),
            begntime: self.begntime,
            prescriber: None,
            diagnoses: Vec::new(),
        };
        Purchase { registration, description, lines, settlement, previous }
    }

    fn check_person(&self, member: &Member) -> Result<(), Fault> {
        let fields = [
            ("certno", &self.certno, &member.identity.certificate),
            ("psn_name", &self.psn_name, &member.identity.name),
        ];
        for (field, said, is) in fields {
            if let Some(said) = said.as_ref().filter(|said| *said != is) {
                let fault = Fault::at(Code::CertificateMismatch, format!("data.{field}")).given(said);
                return Err(fault.allowed("参保人本人的信息"));
            }
        }
        Ok(())
    }

    /// Every line once, and their sum is the total.
    fn check_lines(&self) -> Result<(), Fault> {
        let mut numbers = HashSet::new();
        for (at, fee) in self.fees.iter().enumerate() {
            if !numbers.insert(fee.feedetl_sn.as_str()) {
                let fault = Fault::at(Code::LineExists, format!("drugdetail[{at}].feedetl_sn")).given(&fee.feedetl_sn);
                return Err(fault.allowed("单次购药内唯一的流水号"));
            }
        }
        let total: Fen = self.fees.iter().map(|fee| fee.amount).sum();
        if total != self.total {
            let fault = Fault::at(Code::TotalMismatch, "data.medfee_sumamt").given(self.total);
            return Err(fault.allowed(format!(" {total}")));
        }
        if total.is_zero() {
            return Err(Fault::at(Code::NothingToSettle, "data.medfee_sumamt").given(total));
        }
        Ok(())
    }
}

/// Only a pharmacy sells without a visit.
pub(crate) fn check_pharmacy(call: &Call<'_>) -> Result<(), Fault> {
    if call.institution.is_pharmacy() {
        return Ok(());
    }
    let fault = Fault::at(Code::PharmacyOnly, "fixmedins_code").given(&call.institution.code);
    Err(fault.allowed("定点零售药店；医疗机构用 2201 至 2207"))
}

fn has_prescription(row: &Node<'_>) -> Result<bool, Fault> {
    Ok(row.optional("rx_circ_flag", 3)?.as_deref() == Some("1"))
}

fn read_line(node: &Node<'_>, notes: &Notes) -> Result<Fee, Fault> {
    // Approval is the hospital's business; who sends it all the same is believed.
    let approval = |node: &Node<'_>| match node.optional("hosp_appr_flag", 3)? {
        None => Ok("0"),
        Some(_) => node.one_of("hosp_appr_flag", codes::APPROVALS),
    };
    let feedetl_sn = node.required_word("feedetl_sn", 30)?.into();
    let fee = Fee::read(node, feedetl_sn, approval, notes)?;
    // 药品追溯码: three spellings are in use.
    for name in ["durg_trac_info", "drug_trac_info", "drugtracinfo"] {
        for trace in node.rows(name, TRACES)? {
            trace.expected("drug_trac_codg", 100, notes)?;
            trace.expected("trdn_flag", 3, notes)?;
            trace.expected("feedetl_sn", 30, notes)?;
            trace.known(&["min_prcunt_type"]);
            trace.finish(notes);
        }
    }
    node.finish(notes);
    fee.check(node)?;
    Ok(fee)
}
