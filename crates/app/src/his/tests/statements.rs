//! Statements and statistics over the service: whatever happens to an account, its lines come to its balance, and the year's
//! table to what the books hold.

use gongji_domain::{Day, Fen};
use gongji_register::Parts;
use gongji_register::credit::Source;
use gongji_register::matter::{Adjustment, Heir, Kind};
use gongji_register::report::{For, Income, Use};
use proptest::prelude::*;

use super::matters::{credit, desk, died, through};
use super::{ACTIVE, PHARMACY, Patient, RETIRED, Server, TERTIARY};
use crate::agency::before_after::Side;
use crate::agency::statement::{Statement, statement};
use crate::agency::{before_after_of, report};

const FEN: fn(i64) -> Fen = Fen::from_fen;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn of(server: &Server, person: &str, from: &str, to: &str) -> Statement {
    statement(&desk(server, "甲"), || server.service().kept(), person, day(from), day(to)).unwrap()
}

/// The year's table ties, and by the books the accounts hold what it says.
fn report_ties(server: &Server, area: &str) -> report::Year {
    let year = report::year(&server.service().kept(), area, 2026).unwrap();
    assert_eq!(year.untied, None);
    assert_eq!(year.table.ties(year.opening, year.closing), Ok(()));
    year
}

/// Settles a visit, or cancels it again.
fn visit(server: &Server, patient: &Patient, price: &str, cancel: bool) {
    let mdtrt_id = patient.visit(server, TERTIARY, "11", "2026-02-10", price);
    let settled = server.call(TERTIARY, "2207", &patient.settlement(&mdtrt_id, "B1", "11", price)).ok();
    if cancel {
        let setl_id = settled.at("output.setlinfo.setl_id");
        server.call(TERTIARY, "2208", &patient.cancellation(&mdtrt_id, &setl_id)).ok();
    }
}

fn correction(change: Adjustment) -> Kind {
    Kind::Correction { month: "2026-02".parse().unwrap(), source: Source::Fund, change, reason: "重复计入".into() }
}

#[test]
fn a_statement_says_every_line_with_the_balance_after_it() {
    let server = Server::start();
    credit(&server, ACTIVE.psn_no, "2026-02", 30_000);
    visit(&server, &ACTIVE, "500", false);
    visit(&server, &ACTIVE, "100", true);
    through(&server, ACTIVE.psn_no, correction(Adjustment::TakeBack(FEN(10_000))));
    let all = of(&server, ACTIVE.psn_no, "2026-03-01", "2026-03-31");
    let lines: Vec<String> = all
        .lines
        .iter()
        .map(|row| {
            format!("{} {} {} +{} -{} ={}", row.day, row.sort, row.with, row.income, row.spending, row.balance.total)
        })
        .collect();
    assert_eq!(
        lines,
        [
            "2010-01-01 期初余额  +2000.00 -0.00 =2000.00",
            "2026-03-01 统筹基金划入  +300.00 -0.00 =2300.00",
            "2026-02-10 医疗机构（本人） H50000000001 +0.00 -320.00 =1980.00",
            "2026-02-10 医疗机构（本人） H50000000001 +0.00 -40.00 =1940.00",
            "2026-02-10 医疗机构（本人） H50000000001 +0.00 --40.00 =1980.00",
            "2026-03-01 更正追回（本人）  +0.00 -100.00 =1880.00",
        ]
    );
    assert_eq!((all.opening.total, all.closing.total), (Fen::ZERO, FEN(188_000)));
    assert_eq!((all.income, all.spending), (FEN(230_000), FEN(42_000)));
    assert_eq!(all.closing.current.to_string(), server.balance("50000000000002/500000/current"));
    let later = of(&server, ACTIVE.psn_no, "2026-03-02", "2026-03-31");
    assert_eq!((later.opening, later.closing, later.lines.len()), (all.closing, all.closing, 0));
    let earlier = of(&server, ACTIVE.psn_no, "2026-01-01", "2026-02-28");
    assert_eq!((earlier.opening.total, earlier.closing.total), (Fen::ZERO, Fen::ZERO));
    assert_eq!(all.table().rows.len(), 6);

    let desk = desk(&server, "甲");
    let kept = || server.service().kept();
    let backwards = statement(&desk, kept, ACTIVE.psn_no, day("2026-03-02"), day("2026-03-01")).unwrap_err();
    assert_eq!(backwards.field_name(), Some("to"));
    let nobody = statement(&desk, kept, "1", day("2026-03-01"), day("2026-03-01")).unwrap_err();
    assert_eq!(nobody.code(), "not_a_member");
}

#[test]
fn the_statistics_of_a_year_tie_to_the_books() {
    let server = Server::start();
    let heir = |name: &str| Heir {
        name: name.into(),
        certificate: name.into(),
        relation: "子女".into(),
        weight: 1,
        bank_account: "1".into(),
    };
    credit(&server, ACTIVE.psn_no, "2026-02", 30_000);
    visit(&server, &ACTIVE, "500", false);
    visit(&server, &ACTIVE, "300", true);
    died(&server, RETIRED.psn_no, "2026-02-20");
    through(&server, RETIRED.psn_no, Kind::Inheritance { heirs: vec![heir("甲"), heir("乙"), heir("丙")] });
    let amounts = Parts { prior: FEN(5_000), ..Parts::default() };
    through(&server, ACTIVE.psn_no, Kind::TransferIn { from: "211200".into(), amounts });
    let year = report_ties(&server, "500000");
    assert_eq!(year.table.income(Income::Pool).amount, FEN(30_000));
    assert_eq!(year.table.income(Income::TransferIn).amount, FEN(5_000));
    let clinic = year.table.spending(Use::Institution, For::Member);
    assert_eq!((clinic.count, clinic.amount), (1, FEN(32_000)), "what was cancelled counts nowhere");
    assert_eq!(year.table.spending_on(Use::Inheritance).amount, FEN(126_000));
    assert_eq!(year.opening, Fen::ZERO);
    let next = report::year(&server.service().kept(), "500000", 2027).unwrap();
    assert_eq!((next.opening, next.closing, next.untied), (year.closing, year.closing, None));
    assert_eq!(report_ties(&server, "211200").total_spending.count, 0);
    assert!(report::year(&server.service().kept(), "nowhere", 2026).is_err());
    assert_eq!(year.sheet().rows.len(), 7 + 1 + 22 + 2 + 1);
}

#[test]
fn what_a_pharmacy_was_paid_counts_as_a_pharmacys() {
    let server = Server::start();
    let input = RETIRED.purchase("2026-02-10 10:00:00", "50.00", &[("DEMO-YP-0001", "50.00")]);
    server.call(PHARMACY, "2102", &input).ok();
    let all = of(&server, RETIRED.psn_no, "2026-03-01", "2026-03-31");
    assert_eq!(all.lines.last().unwrap().sort, "零售药店（本人）");
    assert_eq!(report_ties(&server, "500000").table.spending_on(Use::Pharmacy).amount, all.spending);
}

#[test]
fn a_members_own_sheet_says_what_was_credited_and_paid() {
    let policies = crate::his::Policies::load(&crate::shipped()).unwrap();
    let server = Server::with(std::sync::Arc::new(policies));
    credit(&server, ACTIVE.psn_no, "2026-02", 10_000);
    visit(&server, &ACTIVE, "3000", false);
    let package = server.service().area("500000").unwrap();
    let of = |year, given| {
        let kept = || server.service().kept();
        before_after_of::sheet(&desk(&server, "甲"), kept, package, ACTIVE.psn_no, year, given)
    };
    // (3000 - 200) x 50 % from the fund; before, the account had paid all of it as far as it goes.
    let sheet = of(2026, Some(FEN(30_000))).unwrap();
    let side = |side: Side| [side.credit, side.fund, side.account, side.cash, side.balance].map(|fen| fen.to_string());
    assert_eq!(side(sheet.exact.after), ["100.00", "1400.00", "1600.00", "0.00", "500.00"]);
    assert_eq!(side(sheet.exact.before), ["300.00", "0.00", "2300.00", "700.00", "0.00"]);
    assert!(of(2026, None).is_err(), "no package of Chongqing works the old credit out");
    assert_eq!(side(of(2027, Some(FEN(0))).unwrap().exact.after), ["0.00", "0.00", "0.00", "0.00", "500.00"]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_lines_sum_to_the_balance_and_the_report_ties(
        acts in prop::collection::vec((0..6_u8, 1..900_i64), 1..10),
    ) {
        let server = Server::start();
        let person = ACTIVE.psn_no;
        for (at, (act, amount)) in acts.into_iter().enumerate() {
            let month = format!("2025-{:02}", 1 + at);
            match act {
                0 => visit(&server, &ACTIVE, &amount.to_string(), false),
                1 => visit(&server, &ACTIVE, &amount.to_string(), true),
                2 => credit(&server, person, &month, amount * 10),
                3 => {
                    credit(&server, person, "2026-02", 0);
                    through(&server, person, correction(Adjustment::Add(FEN(amount))));
                }
                4 => {
                    let amounts = Parts { current: FEN(amount), prior: FEN(7), ..Parts::default() };
                    through(&server, person, Kind::TransferIn { from: "211200".into(), amounts });
                }
                _ => {
                    through(&server, person, Kind::Refund { reason: "special".into() });
                }
            }
        }
        let all = of(&server, person, "2026-01-01", "2026-12-31");
        prop_assert_eq!(all.opening.total + all.income - all.spending, all.closing.total);
        prop_assert_eq!(all.closing.current.to_string(), server.balance("50000000000002/500000/current"));
        prop_assert_eq!(all.closing.prior.to_string(), server.balance("50000000000002/500000/prior"));
        report_ties(&server, "500000");
    }
}
