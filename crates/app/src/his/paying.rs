//! Whose personal account pays of a settlement (个人账户支付): nobody's, the member's own, or a relative's who authorised it
//! (家庭共济). Of the own account that may not pay, nothing is taken and the reason noted; a relative's that may not is a
//! refusal, since somebody chose it. Knows no rate and no purpose that an area allows: its package says so.

use gongji_adjudication::{AccountPart, Standing};
use gongji_domain::{Day, Fen};
use gongji_policy::account::{AccountFault, Use, Using, Verdict};
use gongji_register::Member;
use gongji_register::bond::{Bond, BondState, Purpose, Received, Relation};

use super::book::Settled;
use super::call::Call;
use super::codes;
use super::decider::{Decided, Decider};
use super::entry::Aid;
use super::errors::{Code, Fault};
use super::member::shows;

/// Where the use of an account is told.
const FLAG: &str = "data.acct_used_flag";

/// Whose account is to pay.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Pays<'a> {
    /// Nobody's: all is cash.
    Nobody,
    /// The member's own.
    Own,
    /// A relative's: the one who shows this, or, where it is the patient's own, the only one there is.
    Relative { kind: &'a str, number: &'a str },
}

impl<'a> Pays<'a> {
    /// By 个人账户使用标志 and the certificate that is shown.
    pub(crate) fn by_flag(flag: &str, kind: &'a str, number: &'a str) -> Self {
        match flag {
            "1" => Self::Own,
            "2" => Self::Relative { kind, number },
            _ => Self::Nobody,
        }
    }
}

/// Whether a flag means a relative's account.
pub(crate) fn by_relative(flag: &str) -> bool {
    flag == "2"
}

/// With what a visit is decided.
pub(crate) struct Paying<'a> {
    /// The patient's counters, and the account that pays.
    pub standing: Standing,
    pub use_account: bool,
    /// The use that the account's area allows; of goods without a code of the country it must be asked.
    pub allowed: Option<Asked<'a>>,
    relative: Option<Relative<'a>>,
}

/// A relative whose account pays.
struct Relative<'a> {
    holder: &'a Member,
    bond: &'a Bond,
    purpose: Purpose,
    usable: Fen,
    article: String,
}

/// Whose certificate is shown: the patient's, or, where a relative pays, the relative's.
pub(crate) fn check_certificate(
    call: &Call<'_>,
    member: &Member,
    pays: Pays<'_>,
    cert: (&str, &str),
) -> Result<(), Fault> {
    let (kind, number) = cert;
    match pays {
        Pays::Relative { .. } if !shows(member, kind, number) => {
            let holder = shown_by(call, member, kind, number).ok_or_else(|| {
                let fault = Fault::at(Code::CertificateMismatch, "data.mdtrt_cert_no").given(number);
                fault.allowed("参保人本人或其家庭共济授权人的凭证")
            })?;
            call.check_card(holder, kind, number)
        }
        _ => call.check_certificate(member, kind, number),
    }
}

/// With what a member's visit on a day is decided.
///
/// # Errors
/// Why the relative's account cannot pay.
pub(crate) fn paying<'a>(call: &Call<'a>, member: &'a Member, pays: Pays<'_>, day: Day) -> Result<Paying<'a>, Fault> {
    let standing = call.book.standing(&member.number);
    match pays {
        Pays::Nobody => Ok(Paying { standing, use_account: false, allowed: None, relative: None }),
        Pays::Own => Ok(own(call, member, standing, day)),
        Pays::Relative { kind, number } => relative(call, member, standing, (kind, number), day),
    }
}

fn own<'a>(call: &Call<'a>, member: &'a Member, standing: Standing, day: Day) -> Paying<'a> {
    let asked = Asked { holder: member, who: "self", day };
    let may = can_pay(call, member).and_then(|()| match asked.allowed(call) {
        Ok(()) => Ok(Some(asked)),
        // The package does not say; its rules of visits let the account pay.
        Err(Refused::Unsaid(_)) => Ok(None),
        Err(Refused::Said { why, article }) => Err(format!("{why}（依据 {article}）")),
    });
    let (use_account, allowed) = match may {
        Ok(allowed) => (true, allowed),
        Err(why) => {
            call.notes.say(format!("本人个人账户不支付：{why}"));
            (false, None)
        }
    };
    Paying { standing, use_account, allowed, relative: None }
}

fn relative<'a>(
    call: &Call<'a>,
    member: &'a Member,
    mut standing: Standing,
    (kind, number): (&str, &str),
    day: Day,
) -> Result<Paying<'a>, Fault> {
    let holder = chosen(call, member, kind, number)?;
    let who = of_relation(call, holder, member);
    let asked = Asked { holder, who, day };
    asked.allowed(call).map_err(|refused| match refused {
        Refused::Unsaid(why) => refusal(&why),
        Refused::Said { why, article } => refusal(&why).article(article),
    })?;
    if let Some(through) = call.book.closed([&holder.area, &call.institution.area], day) {
        let fault = Fault::at(Code::PeriodClosed, FLAG).given(day);
        return Err(fault.allowed(format!("晚于 {through} 的就诊（授权人所在统筹区 {}）", holder.area)));
    }
    let cited = |why: String| refusal(&why).article(asked.article(call, "true"));
    can_pay(call, holder).map_err(cited)?;
    let file = call.book.file(&holder.number).ok_or_else(|| cited("授权人没有个人账户".to_owned()))?;
    let purpose = purpose(call);
    let authorised = file.bonds.authorises(&holder.number, &member.number, day, purpose);
    let (bond, most) = authorised.map_err(|fault| cited(fault.to_string()))?;
    let usable = lend(&mut standing, &call.book.standing(&holder.number), most, &order(call, member, day));
    if usable.is_zero() {
        call.notes.say("共济账户没有可用金额，由就诊人现金支付");
    }
    let relative = Relative { holder, bond, purpose, usable, article: asked.article(call, "true") };
    Ok(Paying { standing, use_account: true, allowed: Some(asked), relative: Some(relative) })
}

/// Puts as much of a relative's account as may be used in place of the patient's own; says how much that is.
fn lend(standing: &mut Standing, holder: &Standing, most: Option<Fen>, order: &[AccountPart]) -> Fen {
    let mut left = most.unwrap_or(Fen::MAX);
    for part in [AccountPart::Current, AccountPart::Prior] {
        standing.credit(part, -standing.account(part));
    }
    for part in order {
        let amount = holder.account(*part).max(Fen::ZERO).min(left);
        left -= amount;
        standing.credit(*part, amount);
    }
    standing.balance()
}

fn order(call: &Call<'_>, member: &Member, day: Day) -> Vec<AccountPart> {
    call.decider.account_order(&member.area, day)
}

/// Whose account pays: of who shows the certificate, or of the only one who authorised.
fn chosen<'a>(call: &Call<'a>, member: &Member, kind: &str, number: &str) -> Result<&'a Member, Fault> {
    if !shows(member, kind, number) {
        let none = || Fault::at(Code::CertificateMismatch, "data.mdtrt_cert_no").given(number);
        return shown_by(call, member, kind, number).ok_or_else(none);
    }
    match &confirmed(call, member)[..] {
        [] => Err(Fault::at(Code::MutualAidNone, FLAG).given("2").allowed(" 0 不使用、1 使用本人个账")),
        [only] => call.book.member(&only.holder).ok_or_else(|| Fault::new(Code::Busy)),
        several => {
            let named = |bond: &&Received| format!("{}（本人为其{}）的凭证", masked(&bond.name), bond.relation.name());
            let named: Vec<String> = several.iter().map(named).collect();
            Err(Fault::at(Code::MutualAidWhich, "data.mdtrt_cert_no").given(number).allowed(named.join("、")))
        }
    }
}

fn confirmed<'a>(call: &Call<'a>, member: &Member) -> Vec<&'a Received> {
    let received = call.book.file(&member.number).map_or(&[][..], |file| &file.bonds.received);
    received.iter().filter(|bond| bond.state == BondState::Confirmed).collect()
}

/// The relative who shows a certificate, among those who ever authorised the patient.
fn shown_by<'a>(call: &Call<'a>, member: &Member, kind: &str, number: &str) -> Option<&'a Member> {
    let holders = call.book.holders(&member.number);
    let mut known = holders.iter().filter_map(|holder| call.book.member(holder));
    known.find(|holder| shows(holder, kind, number))
}

/// What the patient is to the holder, in the words of packages.
fn of_relation(call: &Call<'_>, holder: &Member, member: &Member) -> &'static str {
    let received = call.book.file(&member.number).map_or(&[][..], |file| &file.bonds.received);
    let last = received.iter().rev().find(|bond| bond.holder == holder.number);
    last.map_or("other", |bond| who(bond.relation))
}

/// A relation in the words of packages.
pub(crate) const fn who(relation: Relation) -> &'static str {
    match relation {
        Relation::Spouse => "spouse",
        Relation::Parent => "parent",
        Relation::Child => "child",
    }
}

/// What an account would be used for at the institution that asks.
fn purpose(call: &Call<'_>) -> Purpose {
    if call.institution.is_pharmacy() { Purpose::PharmacyGoods } else { Purpose::Clinic }
}

/// Whether an account can pay for anything as it stands: its holder lives, it is not frozen and went nowhere, and its
/// card is not reported lost.
///
/// # Errors
/// Why not.
fn can_pay(call: &Call<'_>, holder: &Member) -> Result<(), String> {
    if let Some(died) = holder.died {
        return Err(format!("账户持有人已于 {died} 死亡，余额由继承人申请"));
    }
    if let Some(file) = call.book.file(&holder.number) {
        file.affairs.may_pay().map_err(|fault| fault.to_string())?;
    }
    if call.is_card_lost(&holder.number) {
        let article = call.decider.article_with(&holder.area, "挂失").map(|article| format!("（依据 {article}）"));
        return Err(format!("社会保障卡已挂失{}", article.unwrap_or_default()));
    }
    Ok(())
}

/// A use at the institution that asks: of whose account, for whom, and when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    holder: &'a Member,
    who: &'a str,
    day: Day,
}

/// A use that it does not allow, or does not speak of.
enum Refused {
    Said { why: String, article: String },
    Unsaid(String),
}

impl Asked<'_> {
    /// Whether the holder's area lets the account pay.
    fn allowed(&self, call: &Call<'_>) -> Result<(), Refused> {
        if self.verdict(call, "true")? != Verdict::Allowed {
            let told = self.told(call, "true").map_err(Refused::of)?;
            return Err(Refused::Said { why: told.words, article: told.article });
        }
        Ok(())
    }

    /// Whether that is so of goods without a code of the country as well.
    pub(crate) fn uncoded_too(&self, call: &Call<'_>) -> bool {
        matches!(self.verdict(call, "false"), Ok(Verdict::Allowed))
    }

    /// By which article the account may pay, or not, for what has a code of the country or has none.
    pub(crate) fn article(&self, call: &Call<'_>, coded: &str) -> String {
        self.told(call, coded).map(|told| told.article).unwrap_or_default()
    }

    /// The verdict alone: it is asked for at every settlement.
    fn verdict(&self, call: &Call<'_>, coded: &str) -> Result<Verdict, Refused> {
        let (asked, facts) = ((word(purpose(call)), self.who), [("national_code", coded)]);
        let using = using(self.holder, asked, &facts, self.day);
        call.decider.verdict(&self.holder.area, self.day, &using).map_err(Refused::of)
    }

    fn told(&self, call: &Call<'_>, coded: &str) -> Result<Use, AccountFault> {
        let asked = (word(purpose(call)), self.who);
        may_use(call.decider, self.holder, asked, &[("national_code", coded)], self.day)
    }
}

impl Refused {
    /// Why the area does not say.
    fn of(fault: AccountFault) -> Self {
        match fault {
            fault @ AccountFault::NoRules { .. } => Self::Unsaid(fault.to_string()),
            fault => {
                let article = fault.article().unwrap_or_default().to_owned();
                Self::Said { why: fault.to_string(), article }
            }
        }
    }
}

/// Asks the package of a holder's area about a use on a day.
pub(crate) fn may_use(
    decider: &dyn Decider,
    holder: &Member,
    asked: (&str, &str),
    facts: &[(&str, &str)],
    day: Day,
) -> Result<Use, AccountFault> {
    decider.may_use(&holder.area, day, &using(holder, asked, facts, day))
}

fn using<'a>(
    holder: &'a Member,
    (purpose, who): (&'a str, &'a str),
    facts: &'a [(&'a str, &'a str)],
    day: Day,
) -> Using<'a> {
    Using {
        purpose,
        who,
        status: codes::status(holder.category_on(day)).unwrap_or_default(),
        enrolment: holder.enrolment_on(day),
        birth: Some(holder.identity.birth),
        facts,
    }
}

/// A purpose in the words of packages.
pub(crate) const fn word(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Clinic => "clinic",
        Purpose::PharmacyGoods => "pharmacy_goods",
        Purpose::ResidentPremium => "resident_premium",
        Purpose::CarePremium => "care_premium",
        Purpose::LargeAmountPremium => "large_amount_premium",
        Purpose::CommercialPremium => "commercial_premium",
    }
}

fn refusal(why: &str) -> Fault {
    let code = Code::MutualAidRefused;
    Fault::spelled(code.name(), format!("{}：{why}", code.text())).field(FLAG)
}

impl Paying<'_> {
    /// What the relative's account paid, out of what was decided: then nothing is the patient's own.
    pub(crate) fn taken(&self, call: &Call<'_>, decided: &mut Decided) -> Option<Box<Aid>> {
        let Relative { holder, bond, purpose, usable, article } = self.relative.as_ref()?;
        let account = std::mem::take(&mut decided.effects.account);
        if account.into_iter().sum::<Fen>().is_zero() {
            return None;
        }
        let relation = bond.request.relation.name();
        let paid: Fen = account.into_iter().sum();
        decided.account_process = format!(
            "家庭共济：由授权人{}的账户支付 {paid} 元，本次至多可用 {usable} 元；就诊人为其{relation}，共济关系 {}（依据 {article}）",
            masked(&holder.identity.name),
            bond.number(),
        );
        Some(Box::new(Aid {
            holder: holder.number.clone(),
            area: holder.area.clone(),
            bond: bond.number(),
            purpose: *purpose,
            account,
            usable: *usable,
            previous: call.book.last_entry(&holder.number),
        }))
    }
}

/// Who else changes when a settlement is taken back, and the event before of that person.
///
/// # Errors
/// When the relative was not locked: the bond came while the message was on its way.
pub(crate) fn given_back(call: &Call<'_>, settled: &Settled) -> Result<(Vec<String>, Option<u64>), Fault> {
    let Some(aid) = settled.aid.as_deref() else { return Ok(Default::default()) };
    if !call.book.names(&aid.holder) {
        return Err(Fault::new(Code::Busy));
    }
    Ok((vec![aid.holder.clone()], call.book.last_entry(&aid.holder)))
}

/// A bond as an institution may know of it.
#[derive(serde::Serialize)]
pub(crate) struct Offered {
    bond: u64,
    /// 授权人, masked.
    holder: String,
    /// 就诊人与授权人的关系
    relation: &'static str,
    /// What may be used here today; nothing where it may not.
    usable: super::number::Yuan,
}

/// Whose accounts could pay for a member at this institution today.
pub(crate) fn offered(call: &Call<'_>, member: &Member) -> Vec<Offered> {
    let day = call.now.day;
    let usable = |holder: &Member, bond: &Received| -> Option<Fen> {
        Asked { holder, who: who(bond.relation), day }.allowed(call).ok()?;
        can_pay(call, holder).ok()?;
        let bonds = &call.book.file(&holder.number)?.bonds;
        let (_, most) = bonds.authorises(&holder.number, &member.number, day, purpose(call)).ok()?;
        Some(call.book.balance(&holder.number).min(most.unwrap_or(Fen::MAX)).max(Fen::ZERO))
    };
    let told = |bond: &Received| Offered {
        bond: bond.number,
        holder: masked(&bond.name),
        relation: bond.relation.name(),
        usable: call.book.member(&bond.holder).and_then(|holder| usable(holder, bond)).unwrap_or_default().into(),
    };
    confirmed(call, member).into_iter().map(told).collect()
}

/// A name of which only the first character is told (张*).
pub(crate) fn masked(name: &str) -> String {
    let mut characters = name.chars();
    let first: String = characters.next().into_iter().collect();
    first + &"*".repeat(characters.count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_name_only_the_first_character_is_told() {
        for (name, told) in [("张三", "张*"), ("欧阳小三", "欧***"), ("张", "张"), ("", "")] {
            assert_eq!(masked(name), told);
        }
    }

    #[test]
    fn what_a_relative_lends_is_capped_in_the_order_in_which_parts_pay() {
        let fen = Fen::from_fen;
        let holder = Standing::with_account(fen(300), fen(500));
        use AccountPart::{Current, Prior};
        for (most, order, lent) in [
            (None, &[Current, Prior][..], [300, 500]),
            (Some(400), &[Current, Prior][..], [300, 100]),
            (Some(400), &[Prior, Current][..], [0, 400]),
            (Some(0), &[Prior, Current][..], [0, 0]),
            (None, &[Current][..], [300, 0]),
        ] {
            let mut standing = Standing::with_account(fen(7), fen(9));
            let usable = lend(&mut standing, &holder, most.map(fen), order);
            assert_eq!([Current, Prior].map(|part| standing.account(part)), lent.map(fen), "{most:?} {order:?}");
            assert_eq!(usable, fen(lent.iter().sum()), "nothing of the patient's own");
        }
    }
}
