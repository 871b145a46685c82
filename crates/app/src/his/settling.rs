//! What settling shares: the request of 2206 and 2207, the checks of the day, the decision of a bill.

use gongji_domain::Fen;

use super::book::{Line, Settled, Visit};
use super::call::{Call, Done, Plan};
use super::codes::{self, CareType};
use super::decider::{self, Charge};
use super::decode::{Input, Node};
use super::directory::Institution;
use super::errors::{Code, Fault};
use super::moment::Moment;
use super::setlinfo::Frame;
use super::t2201::check_insurance;
use super::t2203::{check_care_type, check_prescriber};
use gongji_register::Member;

/// A request to settle a batch, or to say what that would be.
pub(crate) struct Ask {
    psn_no: String,
    insutype: String,
    mdtrt_id: String,
    chrg_bchno: String,
    med_type: String,
    cert_type: String,
    cert_no: String,
    setlway: String,
    account: String,
    total: Fen,
    /// The four split amounts, as 2206 returned them; none when the caller sends none.
    split: Split,
}

impl Ask {
    /// Reads `data`.
    pub(crate) fn read(input: &Input<'_>) -> Result<Self, Fault> {
        let data = input.node("data")?;
        let ask = Self {
            psn_no: data.required("psn_no", 30)?,
            insutype: data.required("insutype", 6)?,
            mdtrt_id: data.required("mdtrt_id", 30)?,
            chrg_bchno: data.required("chrg_bchno", 30)?,
            med_type: data.required("med_type", 6)?,
            cert_type: data.one_of("mdtrt_cert_type", codes::CERTIFICATES)?,
            cert_no: data.required("mdtrt_cert_no", 50)?,
            setlway: data.one_of("psn_setlway", codes::SETTLEMENT_WAYS)?,
            account: data.one_of("acct_used_flag", codes::ACCOUNT_USES)?,
            total: data.money("medfee_sumamt")?.ok_or_else(|| data.missing("medfee_sumamt", "至多 2 位小数的数字"))?,
            split: Split::read(&data)?,
        };
        unused(&data);
        data.finish(input.notes);
        input.finish();
        Ok(ask)
    }

    /// What is done with it: for its person and visit.
    pub(crate) fn plan(self, decide: impl Fn(&Self, &Call<'_>) -> Result<Done, Fault> + Send + 'static) -> Plan {
        let (psn_no, mdtrt_id) = (self.psn_no.clone(), self.mdtrt_id.clone());
        Plan::of_visit(&psn_no, &mdtrt_id, move |call| decide(&self, call))
    }

    /// Decides the batch. Nothing changes.
    pub(crate) fn decide<'a>(&self, call: &Call<'a>) -> Result<(&'a Member, Settled), Fault> {
        let member = call.member(&self.psn_no, "data.psn_no")?;
        check_insurance(&self.insutype)?;
        let visit = call.open_visit(&self.mdtrt_id, &self.psn_no, "data.mdtrt_id")?;
        call.check_certificate(member, &self.cert_type, &self.cert_no)?;
        let care = self.check_care(call, visit)?;
        self.check_ways()?;
        check_open(call, member, visit.moment(), "data.mdtrt_id")?;
        let charges = self.check_batch(visit)?;
        let prescriber = visit.description.as_ref().and_then(|description| description.prescriber.as_deref());
        let settled = settle(
            call,
            member,
            Bill {
                mdtrt_id: self.mdtrt_id.clone(),
                chrg_bchno: self.chrg_bchno.clone(),
                moment: visit.moment(),
                cert_type: &self.cert_type,
                med_type: &self.med_type,
                care,
                prescriber,
                charges,
                use_account: self.account == "1",
            },
        )?;
        self.split.check(&settled)?;
        Ok((member, settled))
    }

    /// One visit has one care type; only the registration fee may go before it is told.
    fn check_care(&self, call: &Call<'_>, visit: &Visit) -> Result<CareType, Fault> {
        let care = check_care_type(call, &self.med_type, "data.med_type")?;
        match &visit.description {
            _ if self.med_type == codes::REGISTRATION => Ok(care),
            None => Err(Fault::at(Code::VisitNotDescribed, "data.mdtrt_id").given(&self.mdtrt_id)),
            Some(told) if told.med_type != self.med_type => {
                let fault = Fault::at(Code::CareTypeMismatch, "data.med_type").given(&self.med_type);
                Err(fault.allowed(format!(" {}", told.med_type)))
            }
            Some(_) => Ok(care),
        }
    }

    fn check_ways(&self) -> Result<(), Fault> {
        if self.setlway != "01" {
            let fault = Fault::at(Code::SettlementWayUnsupported, "data.psn_setlway").given(&self.setlway);
            return Err(fault.allowed(" 01 按项目结算"));
        }
        check_account(&self.account)
    }

    /// The lines of the batch, if it is there, open, and costs what the caller says.
    fn check_batch(&self, visit: &Visit) -> Result<Vec<Charge>, Fault> {
        let batch = |code| Fault::at(code, "data.chrg_bchno").given(&self.chrg_bchno);
        match visit.batches.get(&self.chrg_bchno) {
            None => return Err(batch(Code::BatchNotFound).allowed("2204 已上传的批次号")),
            Some(Some(setl_id)) => {
                return Err(batch(Code::BatchSettled).allowed(format!("未结算的批次（已由 {setl_id} 结算）")));
            }
            Some(None) => {}
        }
        let lines = || visit.lines.iter().filter(|line| line.chrg_bchno == self.chrg_bchno);
        let total: Fen = lines().map(|line| line.amount).sum();
        if total != self.total {
            let fault = Fault::at(Code::TotalMismatch, "data.medfee_sumamt").given(self.total);
            return Err(fault.allowed(format!(" {total}")));
        }
        if total.is_zero() {
            return Err(batch(Code::NothingToSettle));
        }
        Ok(charges(lines()))
    }
}

/// The four split amounts as a caller echoes them.
pub(crate) struct Split([(&'static str, Option<Fen>); 4]);

impl Split {
    /// Reads them from the request's own node.
    pub(crate) fn read(data: &Node<'_>) -> Result<Self, Fault> {
        let amount = |name: &'static str| Ok::<_, Fault>((name, data.money(name)?));
        let split = [
            amount("fulamt_ownpay_amt")?,
            amount("overlmt_selfpay")?,
            amount("preselfpay_amt")?,
            amount("inscp_scp_amt")?,
        ];
        // An empty number may be sent as 0, so four of them are nothing said.
        let said = split.iter().any(|(_, amount)| amount.is_some_and(|amount| !amount.is_zero()));
        Ok(Self(if said { split } else { split.map(|(name, _)| (name, None)) }))
    }

    /// What was said must be what is decided.
    pub(crate) fn check(&self, settled: &Settled) -> Result<(), Fault> {
        let decided = &settled.decided;
        let split = [decided.off_list, decided.over_ceiling, decided.upfront, decided.eligible];
        for ((name, said), is) in self.0.iter().zip(split) {
            if let Some(said) = said.filter(|said| *said != is) {
                let fault = Fault::at(Code::SplitMismatch, format!("data.{name}")).given(said);
                return Err(fault.allowed(format!(" {is}")));
            }
        }
        Ok(())
    }
}

/// What one settlement is about.
pub(crate) struct Bill<'a> {
    pub mdtrt_id: String,
    pub chrg_bchno: String,
    pub moment: Moment,
    pub cert_type: &'a str,
    pub med_type: &'a str,
    pub care: CareType,
    /// Who issued the prescription, at a pharmacy.
    pub prescriber: Option<&'a str>,
    pub charges: Vec<Charge>,
    pub use_account: bool,
}

/// The account may pay or not; a relative's cannot yet.
pub(crate) fn check_account(used: &str) -> Result<(), Fault> {
    if used == "2" {
        let fault = Fault::at(Code::MutualAidNotYet, "data.acct_used_flag").given("2");
        return Err(fault.allowed(" 0 不使用、1 使用本人个账"));
    }
    Ok(())
}

/// The day has come, member and institution may settle on it, and its books are open. `field` is what says
/// the day.
pub(crate) fn check_open(call: &Call<'_>, member: &Member, moment: Moment, field: &str) -> Result<(), Fault> {
    let day = moment.day;
    if day > call.now.day {
        let allowed = format!("不晚于 {}", call.now.day);
        return Err(Fault::at(Code::ServiceDateInFuture, field).given(day).allowed(allowed));
    }
    call.check_day(member, day)?;
    if let Some(through) = call.book.closed([&member.area, &call.institution.area], day) {
        let allowed = format!("晚于 {through} 的就诊");
        return Err(Fault::at(Code::PeriodClosed, field).given(day).allowed(allowed));
    }
    Ok(())
}

/// What of lines decides: a free item costs nothing and decides nothing.
pub(crate) fn charges<'l>(lines: impl Iterator<Item = &'l Line>) -> Vec<Charge> {
    let charge = |line: &Line| Charge {
        amount: line.amount,
        covered: line.covered,
        ceiling: line.ceiling,
        upfront_rate: line.upfront_rate(),
    };
    lines.filter(|line| !line.amount.is_zero()).map(charge).collect()
}

/// Decides a bill by the member's standing. Nothing changes.
pub(crate) fn settle(call: &Call<'_>, member: &Member, mut bill: Bill<'_>) -> Result<Settled, Fault> {
    let charges = std::mem::take(&mut bill.charges);
    let case = visit_of(call, member, &bill, charges)?;
    let standing = call.book.standing(&member.number);
    let decided = call.decider.decide(&standing, &case).map_err(|fault| match fault.code() {
        code if code == Code::ParametersOpen.name() => fault.field("data.med_type").given(bill.med_type),
        _ => fault,
    })?;
    decided.assert_identities();
    if decided.draft {
        call.notes.say(format!("统筹区 {} 的政策是征求意见稿，结算只供演示", member.area));
    }
    if let Some(reason) = &decided.not_covered {
        call.notes.say(format!("统筹基金不予支付：{}（依据 {}）", reason.message, reason.article));
    }
    Ok(Settled {
        mdtrt_id: bill.mdtrt_id,
        chrg_bchno: bill.chrg_bchno,
        psn_no: member.number.clone(),
        institution: call.institution.code.clone(),
        area: member.area.clone(),
        treated_in: Some(call.institution.area.clone()),
        day: bill.moment.day,
        mdtrt_cert_type: bill.cert_type.to_owned(),
        med_type: bill.med_type.to_owned(),
        balance_before: standing.balance(),
        decided,
        aid: None,
        cancelled_by: None,
    })
}

/// A bill in the words of the policies.
fn visit_of<'b>(
    call: &Call<'b>,
    member: &'b Member,
    bill: &Bill<'_>,
    charges: Vec<Charge>,
) -> Result<decider::Visit<'b>, Fault> {
    let moment = bill.moment;
    let psn_type = member.category_on(moment.day);
    let unsupported = || Fault::at(Code::PersonTypeUnsupported, "data.psn_no").given(psn_type);
    let prescriber = bill.prescriber.map(|code| check_prescriber(call, code, moment.day)).transpose()?;
    Ok(decider::Visit {
        area: &member.area,
        status: codes::status(psn_type).ok_or_else(unsupported)?,
        enrolment: member.enrolment_on(moment.day),
        birth: member.identity.birth,
        day: moment.day,
        time: moment.clock(),
        care_type: bill.care.name,
        // Filings come with their own transactions; without one, elsewhere is temporary.
        place: if call.institution.area == member.area { "local" } else { "temporary" },
        institution: in_words(call.institution),
        prescriber: prescriber.map(in_words),
        charges,
        use_account: bill.use_account,
    })
}

fn in_words(institution: &Institution) -> decider::At<'_> {
    let class = codes::class(&institution.hosp_lv).expect("the directory takes known levels only");
    decider::At { id: &institution.code, class, kind: &institution.kind }
}

fn unused(data: &Node<'_>) {
    data.known(&["card_sn", "psn_cert_type", "certno", "psn_type", "psn_name", "invono", "pub_hosp_rfom_flag"]);
    data.known(&["mdtrt_mode", "mid_setl_flag", "order_no", "minpacunt_drug_trac_cnt", "mcs_trac_cnt"]);
    data.known(&["hcard_basinfo", "hcard_chkinfo"]);
}

/// The rest of a reply about a settlement of this member.
pub(crate) fn frame<'a>(call: &'a Call<'a>, member: &'a Member) -> Frame<'a> {
    let balance = call.book.standing(&member.number).balance();
    Frame { member, now: call.now, msgid: &call.envelope.msgid, balance }
}
