//! Conversations in which a relative's account pays (家庭共济): at a hospital and a pharmacy, settled and taken back, and who
//! may not be paid for.

use gongji_domain::Fen;
use gongji_register::bond::Relation;

use super::super::mutual_aid::{C, D, F};
use super::super::{ACTIVE, PHARMACY, Patient, RETIRED, Reply, TERTIARY};
use super::centre::Scribe;
use super::hospital::{AT, fault, upload};
use super::record::Bound;
use super::{Named, script};

pub(super) const NAME: &str = "mutual-aid";

pub(super) const SCRIPTS: &[Named] = &[(
    NAME,
    script(
        "家庭共济：凭本人凭证（一位授权人）或授权人的凭证，由亲属账户付，限额之外付现金；撤销退回亲属账户；几位授权人、外人、不授权的都拒绝",
        "A relative's account pays at a hospital and a pharmacy, up to its limit, and gets it back; who authorised nobody is \
         refused, and of several relatives one must be named",
        mutual_aid,
    ),
)];

/// 丁 pays for her child 己, 300 a year; 甲 for his child 乙, 丙 for his wife 乙.
pub(super) fn bonds() -> Vec<Bound> {
    let bound = |holder: &Patient, beneficiary: &Patient, relation, year: Option<i64>| Bound {
        holder: holder.psn_no.to_owned(),
        beneficiary: beneficiary.psn_no.to_owned(),
        relation,
        year: year.map(Fen::from_yuan),
    };
    vec![
        bound(&D, &F, Relation::Child, Some(300)),
        bound(&RETIRED, &ACTIVE, Relation::Child, None),
        bound(&C, &ACTIVE, Relation::Spouse, None),
    ]
}

/// By a relative, shown by a certificate.
fn aided(input: &str, patient: &Patient, shown: &Patient) -> String {
    let [own, other] = [patient, shown].map(|person| format!("\"mdtrt_cert_no\":\"{}\"", person.certno));
    input.replacen(&own, &other, 1).replacen("\"acct_used_flag\":\"1\"", "\"acct_used_flag\":\"2\"", 1)
}

#[track_caller]
fn amounts(reply: &Reply, expected: [&str; 4]) {
    let fields = ["acct_pay", "acct_mulaid_pay", "psn_cash_pay", "balc"];
    assert_eq!(fields.map(|field| reply.at(&format!("output.setlinfo.{field}"))), expected, "{}", reply.raw);
}

fn visit(scribe: &mut Scribe, patient: &Patient, price: &str) -> String {
    let registered = scribe.say("挂号", TERTIARY, "2201", &patient.registration(AT)).ok();
    let visit = registered.at("output.data.mdtrt_id");
    scribe.say("就诊信息", TERTIARY, "2203", &patient.description(&visit, "11", AT)).ok();
    let line = patient.line(&visit, "B1", 1, "DEMO-YP-0001", price);
    scribe.say("明细", TERTIARY, "2204", &upload(&[line])).ok();
    visit
}

fn mutual_aid(scribe: &mut Scribe) {
    let card = format!(
        r#"{{"data":{{"mdtrt_cert_type":"02","mdtrt_cert_no":"{}","psn_cert_type":"01","certno":"","psn_name":""}}}}"#,
        F.certno
    );
    let known = scribe.say("读卡：谁授权、可用多少", TERTIARY, "1101", &card).ok();
    assert!(known.at("output.baseinfo.exp_content").contains("演**"), "{}", known.raw);
    let at = visit(scribe, &F, "250.00");
    let input = F.settlement(&at, "B1", "11", "250");
    fault(&scribe.say("外人的凭证", TERTIARY, "2206", &aided(&input, &F, &RETIRED)), "certificate_mismatch");
    let input = aided(&input, &F, &F);
    scribe.say("预结算：授权人的账户付，余下的现金", TERTIARY, "2206", &input).ok();
    let settled = scribe.say("结算", TERTIARY, "2207", &input).ok();
    let paid = settled.at("output.setlinfo.acct_mulaid_pay");
    assert_eq!(settled.at("output.setlinfo.balc"), "0.00", "本人没有账户余额");
    let setl_id = settled.at("output.setlinfo.setl_id");
    let query = format!(r#"{{"data":{{"psn_no":"{}","setl_id":"{setl_id}","mdtrt_id":"{at}"}}}}"#, F.psn_no);
    let told = scribe.say("查询结算信息", TERTIARY, "5203", &query).ok();
    assert_eq!(told.at("output.setlinfo.acct_mulaid_pay"), paid);
    let goods = F.purchase(AT, "120.00", &[("DEMO-YP-0001", "120.00")]);
    let goods = aided(&goods, &F, &D);
    scribe.say("药店预结算，凭授权人的凭证：年度限额余下多少付多少", PHARMACY, "2101", &goods).ok();
    let bought = scribe.say("药店结算", PHARMACY, "2102", &goods).ok();
    let limit: Fen =
        ["acct_mulaid_pay"].map(|field| bought.at(&format!("output.setlinfo.{field}")).parse().unwrap())[0];
    assert_eq!(limit + paid.parse::<Fen>().unwrap(), Fen::from_yuan(300), "年度限额");
    let [mdtrt_id, setl] = ["mdtrt_id", "setl_id"].map(|field| bought.at(&format!("output.setlinfo.{field}")));
    scribe.say("药店撤销：退回授权人的账户", PHARMACY, "2103", &F.cancellation(&mdtrt_id, &setl)).ok();
    let back = scribe.say("撤销：退回授权人的账户", TERTIARY, "2208", &F.cancellation(&at, &setl_id)).ok();
    assert_eq!(back.at("output.setlinfo.acct_mulaid_pay"), format!("-{paid}"));

    let at = visit(scribe, &ACTIVE, "100.00");
    let input = ACTIVE.settlement(&at, "B1", "11", "100");
    let own = aided(&input, &ACTIVE, &ACTIVE);
    fault(&scribe.say("两位授权人，本人凭证分不出由谁付", TERTIARY, "2206", &own), "mutual_aid_which");
    let settled =
        scribe.say("凭配偶的凭证：100 在起付以内，配偶的账户付", TERTIARY, "2207", &aided(&input, &ACTIVE, &C)).ok();
    amounts(&settled, ["100.00", "100.00", "0.00", "2000.00"]);
    let msgid = settled.at("output.setlinfo.medins_setl_id");
    let reverse = format!(r#"{{"data":{{"psn_no":"{}","omsgid":"{msgid}","oinfno":"2207"}}}}"#, ACTIVE.psn_no);
    scribe.say("冲正：退回配偶的账户", TERTIARY, "2601", &reverse).ok();
    let at = visit(scribe, &C, "100.00");
    let input = C.settlement(&at, "B1", "11", "100");
    fault(&scribe.say("授权人自己没有人授权", TERTIARY, "2206", &aided(&input, &C, &C)), "mutual_aid_none");
    fault(
        &scribe.say("被授权人的亲属不是他的", TERTIARY, "2206", &aided(&input, &C, &RETIRED)),
        "certificate_mismatch",
    );
}
