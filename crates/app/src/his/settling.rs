//! What settling shares: the request of 2206 and 2207, the checks of the day, the decision of a bill.

use compact_str::CompactString;
use gongji_domain::Fen;

use super::book::{Line, Settled, Visit};
use super::call::{Call, Done, Plan, event_number};
use super::codes::{self, CareType};
use super::decider::{self, Charge, Decided};
use super::decode::{Input, Node};
use super::directory::Institution;
use super::errors::{Code, Fault};
use super::moment::Moment;
use super::paying::{self, Paying, Pays, by_relative, paying};
use super::setlinfo::Frame;
use super::t2201::check_insurance;
use super::t2203::{check_care_type, check_prescriber};
use gongji_register::Member;

/// A request to settle a batch, or to say what that would be.
pub(crate) struct Ask {
    psn_no: CompactString,
    insutype: CompactString,
    mdtrt_id: CompactString,
    chrg_bchno: CompactString,
    med_type: CompactString,
    cert_type: &'static str,
    cert_no: CompactString,
    setlway: &'static str,
    account: &'static str,
    total: Fen,
    /// The four split amounts, as 2206 returned them; none when the caller sends none.
    split: Split,
}

impl Ask {
    /// Reads `data`.
    pub(crate) fn read(input: &Input<'_>) -> Result<Self, Fault> {
        let data = input.node("data")?;
        let ask = Self {
            psn_no: data.required_word("psn_no", 30)?.into(),
            insutype: data.required_word("insutype", 6)?.into(),
            mdtrt_id: data.required_word("mdtrt_id", 30)?.into(),
            chrg_bchno: data.required_word("chrg_bchno", 30)?.into(),
            med_type: data.required_word("med_type", 6)?.into(),
            cert_type: data.one_of("mdtrt_cert_type", codes::CERTIFICATES)?,
            cert_no: data.required_word("mdtrt_cert_no", 50)?.into(),
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
        let (psn_no, visit, relatives) = (self.psn_no.clone(), event_number(&self.mdtrt_id), by_relative(self.account));
        Plan { visit, ..Plan::new(&psn_no, move |call| decide(&self, call)) }.with_relatives(relatives)
    }

    /// Decides the batch. Nothing changes.
    pub(crate) fn decide<'a>(&self, call: &Call<'a>) -> Result<(&'a Member, Settled), Fault> {
        let member = call.member(&self.psn_no, "data.psn_no")?;
        check_insurance(&self.insutype)?;
        let visit = call.open_visit(&self.mdtrt_id, &self.psn_no, "data.mdtrt_id")?;
        let pays = Pays::by_flag(self.account, self.cert_type, &self.cert_no);
        paying::check_certificate(call, member, pays, (self.cert_type, &self.cert_no))?;
        let care = self.check_care(call, visit)?;
        self.check_ways()?;
        check_open(call, member, visit.moment(), "data.mdtrt_id")?;
        let charges = self.check_batch(visit)?;
        let prescriber = visit.description.as_ref().and_then(|description| description.prescriber.as_deref());
        let settled = settle(
            call,
            member,
            Bill {
                mdtrt_id: self.mdtrt_id.to_string(),
                chrg_bchno: self.chrg_bchno.clone(),
                moment: visit.moment(),
                cert_type: self.cert_type,
                med_type: &self.med_type,
                care,
                prescriber,
                charges,
                pays,
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
            let fault = Fault::at(Code::SettlementWayUnsupported, "data.psn_setlway").given(self.setlway);
            return Err(fault.allowed(" 01 按项目结算"));
        }
        Ok(())
    }

    /// The lines of the batch, if it is there, open, and costs what the caller says.
    fn check_batch(&self, visit: &Visit) -> Result<Charges, Fault> {
        let batch = |code| Fault::at(code, "data.chrg_bchno").given(&self.chrg_bchno);
        match visit.batches.get(self.chrg_bchno.as_str()) {
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
    pub chrg_bchno: CompactString,
    pub moment: Moment,
    pub cert_type: &'a str,
    pub med_type: &'a str,
    pub care: CareType,
    /// Who issued the prescription, at a pharmacy.
    pub prescriber: Option<&'a str>,
    pub charges: Charges,
    pub pays: Pays<'a>,
}

/// What is charged, each with whether it has a code of the country (国家医保编码).
pub(crate) type Charges = Vec<(Charge, bool)>;

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
pub(crate) fn charges<'l>(lines: impl Iterator<Item = &'l Line>) -> Charges {
    let charge = |line: &Line| {
        let (amount, covered, ceiling) = (line.amount, line.covered, line.ceiling);
        (Charge { amount, covered, ceiling, upfront_rate: line.upfront_rate() }, !line.uncoded)
    };
    lines.filter(|line| !line.amount.is_zero()).map(charge).collect()
}

/// Decides a bill by the member's standing. Nothing changes.
pub(crate) fn settle(call: &Call<'_>, member: &Member, mut bill: Bill<'_>) -> Result<Settled, Fault> {
    let mut paying = paying(call, member, bill.pays, bill.moment.day)?;
    let (charges, apart) = apart(call, &mut paying, std::mem::take(&mut bill.charges));
    let mut case = visit_of(call, member, &bill, charges)?;
    case.use_account = paying.use_account;
    let mut decided = call.decider.decide(&paying.standing, &case).map_err(|fault| match fault.code() {
        code if code == Code::ParametersOpen.name() => fault.field("data.med_type").given(bill.med_type),
        _ => fault,
    })?;
    in_cash(&mut decided, apart);
    decided.assert_identities();
    let aid = paying.taken(call, &mut decided);
    if decided.draft {
        call.notes.say(format!("统筹区 {} 的政策是征求意见稿，结算只供演示", member.area));
    }
    if let Some(reason) = &decided.not_covered {
        call.notes.say(format!("统筹基金不予支付：{}（依据 {}）", reason.message, reason.article));
    }
    Ok(Settled {
        mdtrt_id: bill.mdtrt_id,
        chrg_bchno: bill.chrg_bchno,
        psn_no: member.number.as_str().into(),
        institution: call.institution.code.as_str().into(),
        area: member.area.as_str().into(),
        treated_in: Some(call.institution.area.as_str().into()),
        day: bill.moment.day,
        mdtrt_cert_type: bill.cert_type.into(),
        med_type: bill.med_type.into(),
        balance_before: call.book.balance(&member.number),
        decided,
        aid,
        cancelled_by: None,
    })
}

/// Goods that an account may not pay for since they have no code of the country are left out of what is decided, with
/// their sum: no fund pays them either, so they are the member's in cash whatever else is bought.
fn apart(call: &Call<'_>, paying: &mut Paying<'_>, charges: Charges) -> (Vec<Charge>, Fen) {
    let uncoded = || charges.iter().filter(|(_, coded)| !coded).map(|(charge, _)| charge.amount);
    let sum: Fen = uncoded().sum();
    let all = |charges: Charges| charges.into_iter().map(|(charge, _)| charge).collect();
    let Some(asked) = paying.allowed.filter(|asked| !sum.is_zero() && !asked.uncoded_too(call)) else {
        return (all(charges), Fen::ZERO);
    };
    let article = asked.article(call, "false");
    let rows = uncoded().count();
    call.notes.say(format!("{rows} 行没有国家医保编码，个人账户不支付其 {sum}（依据 {article}）"));
    if rows == charges.len() {
        paying.use_account = false;
        return (all(charges), Fen::ZERO);
    }
    (all(charges.into_iter().filter(|(_, coded)| *coded).collect()), sum)
}

/// Adds what is off the list and paid in cash to what was decided.
fn in_cash(decided: &mut Decided, amount: Fen) {
    for of in [&mut decided.total, &mut decided.off_list, &mut decided.personal_share, &mut decided.cash] {
        *of += amount;
    }
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
        use_account: false,
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
    let balance = call.book.balance(&member.number);
    Frame { member, now: call.now, msgid: &call.envelope.msgid, balance }
}
