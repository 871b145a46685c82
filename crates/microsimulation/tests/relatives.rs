//! Accounts that pay for relatives (家庭共济): worked out by hand, by what the package allows and on which day, and no
//! part of the holder's own care.

mod world;

use gongji_domain::{Day, Fen, Rate};
use gongji_microsimulation::{PersonYear, Reform, Response, Tally, Walker, run};
use gongji_population::{Batch, Care, Class, Event, Kin, Means, Person, Source, Status};
use world::{Made, assumptions, event, library, library_with, person, scenario, yuan};

/// What the account is asked to pay for a relative: 15 more than `eligible`.
fn asked(month: i8, kin: Kin, care: Care, eligible: i64) -> Event {
    Event { means: Means::Relative(kin), ..event(2023, month, care, Class::Primary, yuan(eligible)) }
}

fn holder() -> Person {
    person(7, Status::Active)
}

#[test]
fn an_account_pays_for_relatives_as_far_as_it_reaches() {
    let library = library(false);
    let scenario = scenario(library.area("360100").unwrap(), 2023, Reform::After);
    let mut walker = Walker::default();
    let events = [
        asked(2, Kin::Parent, Care::Visit, 185),
        event(2023, 3, Care::Visit, Class::Primary, yuan(1_000)),
        asked(4, Kin::Child, Care::Pharmacy, 85),
        asked(4, Kin::Spouse, Care::Visit, 35),
    ];
    let year = walker.year(&scenario, &holder(), &events);
    // 100 and 80 a month: of 260 in February 200 go to a parent; 140 in March pay of the 775 that are borne, and of 80 in
    // April, asked for 100 and then for 50, a child's purchase gets all.
    assert_eq!((year.aid, year.aid_uses, year.aid_short), (yuan(280), 2, yuan(70)));
    assert_eq!((year.account, year.cash, year.pool), (yuan(140), yuan(635), yuan(240)));
    assert_eq!((year.total, year.share(), year.events), (yuan(1_015), yuan(775), [1, 0, 0, 0]));
    assert_eq!(year.closing, yuan(100 + 960 - 280 - 140));
    let [paid] = walker.paid() else { panic!("{:?}", walker.paid()) };
    assert_eq!((paid.event, paid.balance), (1, Fen::ZERO));
    assert!(scenario.notes().iter().any(|note| note.starts_with("家庭共济：账户按政策包准许的用途")));
}

#[test]
fn before_the_reform_an_account_pays_for_its_holder_alone() {
    let library = library(false);
    let scenario = scenario(library.area("360100").unwrap(), 2023, Reform::Before);
    let year = Walker::default().year(&scenario, &holder(), &[asked(2, Kin::Parent, Care::Visit, 185)]);
    assert_eq!((year.aid, year.aid_uses, year.aid_short), (Fen::ZERO, 0, yuan(200)));
    assert!(scenario.notes().iter().any(|note| note.contains("没有家庭共济")));
}

/// Nanchang's row for care and goods, which ends as it is given.
fn with_row(row: &str) -> gongji_policy::Library {
    const ROW: &str = r#"{ when = { purpose = ["clinic", "pharmacy_goods"], who = ["self", "spouse", "parent", "child"] }, is = "allowed" },
  # 商业"#;
    library_with(false, |text| text.replace(ROW, &format!("{row}\n  # 商业")))
}

#[test]
fn what_the_package_does_not_allow_is_not_paid() {
    let library = with_row(
        r#"{ when = { purpose = "clinic", who = ["self", "spouse", "parent"] }, is = "allowed" },
  { when = { purpose = "pharmacy_goods", who = ["self", "spouse"] }, is = "allowed" },"#,
    );
    let scenario = scenario(library.area("360100").unwrap(), 2023, Reform::After);
    let paid = |kin, care| Walker::default().year(&scenario, &holder(), &[asked(2, kin, care, 35)]).aid;
    let (visit, bought) = (Care::Visit, Care::Pharmacy);
    assert_eq!([Kin::Spouse, Kin::Parent, Kin::Child].map(|kin| paid(kin, visit)), [yuan(50), yuan(50), Fen::ZERO]);
    assert_eq!([Kin::Spouse, Kin::Parent].map(|kin| paid(kin, bought)), [yuan(50), Fen::ZERO]);
}

#[test]
fn a_use_that_is_allowed_from_a_day_is_paid_from_that_day() {
    let library = with_row(
        r#"{ when = { purpose = ["clinic", "pharmacy_goods"], who = "self" }, is = "allowed" },
  { when = { purpose = ["clinic", "pharmacy_goods"], who = ["spouse", "parent", "child"] }, from = 2023-05-11, is = "allowed" },"#,
    );
    let scenario = scenario(library.area("360100").unwrap(), 2023, Reform::After);
    let on = |day: &str| {
        let event = Event { day: day.parse::<Day>().unwrap(), ..asked(1, Kin::Child, Care::Visit, 35) };
        Walker::default().year(&scenario, &holder(), &[event]).aid
    };
    assert_eq!(["2023-05-10", "2023-05-11", "2023-12-31"].map(on), [Fen::ZERO, yuan(50), yuan(50)]);
}

#[test]
fn a_package_without_such_a_table_lets_no_account_pay_and_says_so() {
    let library = library_with(false, |text| match text.split_once("[account.use]") {
        Some((before, _)) if text.contains("南昌市（征求意见稿）：个人账户") => before.to_owned(),
        _ => text,
    });
    let scenario = scenario(library.area("360100").unwrap(), 2023, Reform::After);
    let year = Walker::default().year(&scenario, &holder(), &[asked(2, Kin::Child, Care::Visit, 35)]);
    assert_eq!((year.aid, year.aid_short), (Fen::ZERO, yuan(50)));
    assert!(scenario.notes().iter().any(|note| note.contains("政策包没有写个人账户使用范围")));
}

/// Without what the account holds, which relatives lessen.
fn care(year: &PersonYear) -> (Fen, Fen, Fen, [u32; 4], bool) {
    (year.total, year.pool, year.share(), year.events, year.at_limit)
}

#[test]
fn relatives_change_nothing_of_the_holders_care_whether_people_answer_to_prices_or_not() {
    let library = library(false);
    let area = library.area("360100").unwrap();
    let answer = Response { factors: [Rate::from_millionths(700_000), Rate::from_millionths(1_300_000)], seed: 3 };
    let scenarios = [scenario(area, 2023, Reform::After), scenario(area, 2023, Reform::After).with_response(answer)];
    let (mut batch, mut walker) = (Batch::default(), Walker::default());
    Made(600, 2023).fill(0, &mut batch).unwrap();
    for (person, events) in batch.each() {
        let own: Vec<Event> = events.iter().filter(|event| event.is_own()).cloned().collect();
        for scenario in &scenarios {
            let (with, without) = (walker.year(scenario, person, events), walker.year(scenario, person, &own));
            assert_eq!(care(&with), care(&without), "{}", person.number);
            assert!(without.aid.is_zero() && with.account <= without.account);
        }
    }
}

#[test]
fn sums_tell_what_accounts_paid_for_relatives_apart() {
    let library = library(false);
    let scenario = scenario(library.area("360100").unwrap(), 2023, Reform::After);
    let mut batch = Batch::default();
    batch.push(holder(), |events| {
        events.push(asked(2, Kin::Parent, Care::Visit, 135));
        events.push(event(2023, 3, Care::Pharmacy, Class::Primary, yuan(25)));
    });
    let mut tally = Tally::new(&assumptions().bands);
    run(&scenario, &batch, &mut Walker::default(), &mut tally);
    let (all, cells) = (tally.all(), tally.cells(|_, _, _, _| true));
    assert_eq!((all.aid, all.aid_uses, all.account, all.share()), (yuan(150), 1, yuan(40), yuan(40)));
    assert_eq!((cells.events, cells.account, all.without_events), (1, yuan(40), 0));
    assert_eq!(tally.months().iter().map(|month| month.events).sum::<u64>(), 1);
}
