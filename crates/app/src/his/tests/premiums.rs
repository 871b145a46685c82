//! Contributions paid out of an account (代扣代缴), and what no account may be used for.

use std::sync::Arc;

use gongji_domain::Fen;
use gongji_register::bond::{Limits, Party, Relation};
use jiff::civil::{DateTime, date};

use super::mutual_aid::{C, bind, desk, party};
use super::{ACTIVE, RETIRED, Server};
use crate::agency::bond;
use crate::agency::premium::{self, Asked};
use crate::cli::load;
use crate::his::Policies;
use crate::his::uses::Kept;

const NOW: DateTime = date(2026, 3, 1).at(8, 30, 0, 0);

fn policies() -> Server {
    Server::with(Arc::new(Policies::load(&load::shipped()).unwrap()))
}

fn asked(holder: &str, purpose: &str, amount: &str) -> Asked {
    Asked {
        holder: holder.to_owned(),
        purpose: purpose.to_owned(),
        insured: None,
        amount: amount.parse().unwrap(),
        bill: "B1".to_owned(),
        area: None,
        fund: None,
        product: None,
    }
}

/// A child whom no register knows.
fn child() -> Party {
    Party { number: String::new(), name: "演示小".to_owned(), certificate: "990000201501011111".to_owned() }
}

#[test]
fn contributions_are_paid_by_purpose_person_and_area_or_refused_with_the_article() {
    let server = policies();
    let desk = desk(&server, NOW);
    let pay = |asked: &Asked| premium::pay(&desk, &server.decider, asked);
    let product = |asked: Asked| Asked { product: Some("P-01".to_owned()), ..asked };
    let [retired, active] = [RETIRED.psn_no, ACTIVE.psn_no];
    let (tieling, lianyungang, nanchang) = ("21120000000011", "32070000000014", "36010000000016");
    let events = server.service().store().head().events;
    for (asked, code, says) in [
        (asked(active, "large_amount_premium", "96.00"), "account_use_forbidden", "依据 xize:10"),
        (asked(active, "resident_premium", "380.00"), "already_insured", "没有参加职工医保的亲属"),
        (asked(active, "care_premium", "5000.00"), "account_short", "至多 2000.00"),
        (asked(active, "care_premium", "0.00"), "out_of_range", "大于 0"),
        (asked(active, "clinic", "10.00"), "invalid_value", "resident_premium"),
        (asked(active, "lottery", "10.00"), "invalid_value", "purpose"),
        (asked(active, "fitness", "10.00"), "account_use_forbidden", "guoban14:5"),
        (asked("404", "care_premium", "10.00"), "not_a_member", "holder"),
        (
            Asked { insured: Some(child()), ..asked(active, "resident_premium", "380.00") },
            "account_use_forbidden",
            "guoban14:5",
        ),
        (Asked { bill: " ".to_owned(), ..asked(active, "care_premium", "10.00") }, "invalid_value", "bill"),
        (Asked { area: Some("重庆".to_owned()), ..asked(active, "care_premium", "10.00") }, "invalid_value", "area"),
        (asked(tieling, "care_premium", "10.00"), "account_use_forbidden", "尚不可用"),
        (asked(lianyungang, "resident_premium", "10.00"), "account_use_forbidden", "xize:2.5"),
        (asked(nanchang, "commercial_premium", "10.00"), "account_use_forbidden", "shuoming:4.3"),
        (product(asked(active, "commercial_premium", "10.00")), "account_use_forbidden", "xize:10"),
    ] {
        let fault = pay(&asked).unwrap_err();
        assert_eq!(fault.code(), code, "{fault}");
        assert!(fault.to_string().contains(says), "{fault}");
    }
    assert_eq!(server.service().store().head().events, events, "a refusal keeps nothing");
    for (asked, paid_from, into) in [
        (asked(retired, "large_amount_premium", "96.00"), "50000000000001/500000", "-/500000/contributions"),
        (asked(lianyungang, "care_premium", "30.00"), "32070000000014/320700", "-/320700/contributions"),
        (product(asked(nanchang, "commercial_premium", "59.00")), "36010000000016/360100", "-/360100/contributions"),
    ] {
        let of = |key: String| server.balance(&key).parse::<Fen>().unwrap();
        let held = || ["current", "prior"].map(|part| of(format!("{paid_from}/{part}"))).into_iter().sum::<Fen>();
        let before = [held(), of(into.to_owned())];
        let done = pay(&asked).unwrap();
        assert!(!done.again && !done.answer.article.is_empty());
        assert_eq!([before[0] - held(), of(into.to_owned()) - before[1]], [asked.amount; 2]);
        assert_eq!(done.answer.balance, held());
        assert!(pay(&asked).unwrap().again, "one bill is paid once");
        assert_eq!(held(), done.answer.balance);
    }
}

#[test]
fn a_relatives_contribution_needs_a_bond_and_counts_for_its_limits() {
    let server = policies();
    let desk = desk(&server, NOW);
    let limits = Limits { year: Some(Fen::from_yuan(500)), ..Limits::default() };
    let by = gongji_register::bond::By::Person(ACTIVE.certno.to_owned());
    let holder = party(&server, ACTIVE.psn_no);
    let request =
        bond::Asked { holder, beneficiary: child(), relation: Relation::Child, pledge: "CN-1".to_owned(), limits, by };
    let number = bond::request(&desk, &server.decider, &request).unwrap().answer.bond;
    let bill = |bill: &str, amount: &str| Asked {
        insured: Some(child()),
        bill: bill.to_owned(),
        ..asked(ACTIVE.psn_no, "resident_premium", amount)
    };
    let fault = premium::pay(&desk, &server.decider, &bill("B1", "400.00")).unwrap_err();
    assert!(fault.to_string().contains("尚未确认"), "{fault}");
    let officer = gongji_register::bond::By::Officer("张经办".to_owned());
    bond::confirm(&desk, &server.decider, (ACTIVE.psn_no, number), &officer).unwrap();
    premium::pay(&desk, &server.decider, &bill("B1", "400.00")).unwrap();
    let fault = premium::pay(&desk, &server.decider, &bill("B2", "100.01")).unwrap_err();
    assert!(fault.to_string().starts_with("[account_short]") && fault.to_string().contains("至多 100.00"), "{fault}");
    premium::pay(&desk, &server.decider, &bill("B2", "100.00")).unwrap();
    let uses = bond::used(&desk, &Kept::at(&server.place), ACTIVE.psn_no).unwrap();
    let told: Vec<(i64, &str, Option<u64>)> =
        uses.iter().map(|used| (used.amount.fen(), used.document.as_str(), used.bond)).collect();
    assert_eq!(told, [(40_000, "B1", Some(number)), (10_000, "B2", Some(number))]);
    // A relative who is insured as an employee is not insured as a resident as well.
    bind(&server, NOW, (ACTIVE.psn_no, C.psn_no), Relation::Spouse, Limits::default());
    let spouse = Some(Party { number: C.psn_no.to_owned(), name: String::new(), certificate: String::new() });
    let twice = Asked { insured: spouse.clone(), ..bill("B3", "10.00") };
    assert_eq!(premium::pay(&desk, &server.decider, &twice).unwrap_err().code(), "already_insured");
    let care = Asked { insured: spouse, bill: "B4".to_owned(), ..asked(ACTIVE.psn_no, "care_premium", "10.00") };
    premium::pay(&desk, &server.decider, &care).unwrap();
}

/// 公共卫生、体育健身、养生保健: forbidden by the nation, so by every area, for everybody.
#[test]
fn what_no_area_can_allow_is_refused_in_every_area_with_the_nations_article() {
    let server = policies();
    let desk = desk(&server, NOW);
    for (area, number) in [("211200", 11), ("320700", 14), ("360100", 16), ("500000", 2)] {
        let holder = format!("{area}{number:08}");
        let person = party(&server, &holder);
        let family = [None, Some(Relation::Spouse), Some(Relation::Parent), Some(Relation::Child)];
        for purpose in ["public_health", "fitness", "wellness"] {
            for relation in family {
                let bonds = relation.map(|relation| bonds_with(&person, relation)).unwrap_or_default();
                let asked = Asked { insured: relation.map(|_| child()), ..asked(&holder, purpose, "1.00") };
                let told = verdict(&desk, &server, &holder, (bonds, asked.clone()));
                assert!(told.starts_with("[account_use_forbidden]"), "{told}");
                assert!(told.contains("guoban14:5"), "{area} {purpose} {relation:?}: {told}");
            }
            let stranger = Asked { insured: Some(child()), ..asked(&holder, purpose, "1.00") };
            let fault = premium::pay(&desk, &server.decider, &stranger).unwrap_err().to_string();
            assert!(fault.contains("guoban14:5"), "{fault}");
        }
    }
}

fn bonds_with(holder: &Party, relation: Relation) -> gongji_register::bond::Bonds {
    use gongji_register::bond::{Bonds, By, Change, Request};
    let by = By::Person(holder.certificate.clone());
    let (on, pledge) = ("2026-01-01".parse().unwrap(), "CN".to_owned());
    let (holder, beneficiary) = (holder.clone(), child());
    let request = Request { number: 1, holder, beneficiary, relation, pledge, limits: Limits::default(), by, on };
    let mut bonds = Bonds::default();
    bonds.take_given(&Change::Requested(request)).unwrap();
    bonds
}

/// What is said to a use of a member's account.
fn verdict(
    desk: &crate::his::desk::Desk<'_>,
    server: &Server,
    holder: &str,
    (bonds, asked): (gongji_register::bond::Bonds, Asked),
) -> String {
    let (decider, number) = (Arc::clone(&server.decider), holder.to_owned());
    let on = desk.now.day;
    let told = desk.look(vec![format!("{holder}#")], move |view| {
        let member = view.member(&number).unwrap();
        premium::verdict(&*decider, member, &bonds, &asked, on)
            .map(|told| told.words)
            .map_err(|fault| fault.to_string())
    });
    told.unwrap().unwrap_err()
}
