//! What is credited by each area's articles, and what is not.

use gongji_domain::Fen;
use gongji_register::matter::Claims;
use gongji_register::{Cover, LumpSum, Member};

use super::due::{Due, Held, Terms};
use super::{Report, Skip};
use crate::agency::tests::{World, day, fen, member, outcome, paid, policies};
use crate::his::entry::AccountFile;

const ACTIVE: &str = "11";
const RETIRED: &str = "12";

/// One member, one month, nothing else.
fn credited(area: &str, month: &str, member: Member) -> (Report, World) {
    let world = World::new();
    world.enrol([member]);
    let report = world.credit(area, month);
    world.verify();
    (report, world)
}

/// A member of an area with something changed.
fn with(area: &str, (category, enrolment, birth): (&str, &str, &str), change: impl FnOnce(&mut Member)) -> Member {
    let mut member = member("P1", area, category, enrolment, birth);
    change(&mut member);
    member
}

fn nothing(_: &mut Member) {}

fn worker(month: &'static str, base: &'static str) -> impl FnOnce(&mut Member) {
    move |member| member.paid.push(paid(month, 1, base))
}

fn lump_sum(member: &mut Member) {
    member.lump_sum = Some(LumpSum { base: fen("3500.00"), until: day("2024-06-15") });
}

#[test]
fn each_area_credits_what_its_articles_say() {
    type Change = Box<dyn FnOnce(&mut Member)>;
    let of_2022 = |member: &mut Member| member.amounts.push(("credit_2022_monthly".to_owned(), fen("98.76")));
    let retires = |member: &mut Member| {
        member.paid.push(paid("2023-05", 2, "5000.00"));
        member.amounts.push(("credit_2022_monthly".to_owned(), fen("98.76")));
        member.category.set(day("2023-06-15"), RETIRED.to_owned());
    };
    let (own, fund) = ("个人缴费", "职工基本医疗保险统筹基金 310100");
    let rows: [(&str, &str, &str, (&str, &str, &str), Change, Result<&str, &str>, &str); 22] = [
        // 重庆 xize:9: 4000.00×2%＝80.00; 105 below 70, 115 from the month in which 70 is reached.
        (
            "在职",
            "500000",
            "2024-05",
            (ACTIVE, "employer", "1980-01-01"),
            Box::new(worker("2024-05", "4000.00")),
            Ok("80.00"),
            own,
        ),
        (
            "二档",
            "500000",
            "2024-05",
            (ACTIVE, "individual_tier_2", "1980-01-01"),
            Box::new(worker("2024-05", "4120.83")),
            Err("contribution_short"),
            own,
        ),
        (
            "在职未到账",
            "500000",
            "2024-05",
            (ACTIVE, "employer", "1980-01-01"),
            Box::new(worker("2024-04", "4000.00")),
            Err("contribution_not_received"),
            own,
        ),
        (
            "一档",
            "500000",
            "2024-05",
            (ACTIVE, "individual_tier_1", "1980-01-01"),
            Box::new(worker("2024-05", "4000.00")),
            Err("no_account"),
            own,
        ),
        ("69 岁", "500000", "2024-02", (RETIRED, "employer", "1954-03-15"), Box::new(nothing), Ok("105.00"), fund),
        (
            "满 70 的当月",
            "500000",
            "2024-03",
            (RETIRED, "employer", "1954-03-15"),
            Box::new(nothing),
            Ok("115.00"),
            fund,
        ),
        (
            "满 70 的次月",
            "500000",
            "2024-04",
            (RETIRED, "employer", "1954-03-15"),
            Box::new(nothing),
            Ok("115.00"),
            fund,
        ),
        ("趸缴期满当月", "500000", "2024-06", (ACTIVE, "lump_sum", "1960-01-01"), Box::new(lump_sum), Ok("70.00"), own),
        ("趸缴期内", "500000", "2024-05", (ACTIVE, "lump_sum", "1960-01-01"), Box::new(lump_sum), Ok("70.00"), own),
        // 铁岭 xize:14.
        ("铁岭退休", "211200", "2024-05", (RETIRED, "employer", "1950-01-01"), Box::new(nothing), Ok("60.00"), fund),
        (
            "铁岭在职",
            "211200",
            "2024-05",
            (ACTIVE, "flexible", "1980-01-01"),
            Box::new(worker("2024-05", "3500.00")),
            Ok("70.00"),
            own,
        ),
        (
            "铁岭单建统筹",
            "211200",
            "2024-05",
            (RETIRED, "pool_only", "1950-01-01"),
            Box::new(nothing),
            Err("no_account"),
            fund,
        ),
        // 连云港 xize:2.4: 2023 by the own amount of 2022, the status of the month before.
        ("连云港 2023", "320700", "2023-12", (RETIRED, "employer", "1950-01-01"), Box::new(of_2022), Ok("98.76"), fund),
        (
            "连云港 2023 未登记",
            "320700",
            "2023-12",
            (RETIRED, "employer", "1950-01-01"),
            Box::new(nothing),
            Err("missing_fact"),
            fund,
        ),
        (
            "连云港 2024 未公布",
            "320700",
            "2024-01",
            (RETIRED, "employer", "1950-01-01"),
            Box::new(of_2022),
            Err("not_published"),
            fund,
        ),
        (
            "连云港退休当月",
            "320700",
            "2023-06",
            (ACTIVE, "employer", "1963-06-01"),
            Box::new(retires),
            Ok("100.00"),
            own,
        ),
        (
            "连云港退休次月",
            "320700",
            "2023-07",
            (ACTIVE, "employer", "1963-06-01"),
            Box::new(retires),
            Ok("98.76"),
            fund,
        ),
        // 南昌 shuoming:4.3: 3140.00×2.5%＝78.50, an estimate.
        ("南昌退休", "360100", "2024-01", (RETIRED, "employer", "1950-01-01"), Box::new(nothing), Ok("78.50"), fund),
        // 死亡当月仍计入, 次月起不再; 终止、尚未参保、离休.
        (
            "死亡当月",
            "211200",
            "2024-05",
            (RETIRED, "employer", "1950-01-01"),
            Box::new(|member| member.died = Some(day("2024-05-01"))),
            Ok("60.00"),
            fund,
        ),
        (
            "死亡次月",
            "211200",
            "2024-05",
            (RETIRED, "employer", "1950-01-01"),
            Box::new(|member| member.died = Some(day("2024-04-30"))),
            Err("died_before"),
            fund,
        ),
        (
            "参保终止",
            "211200",
            "2024-05",
            (RETIRED, "employer", "1950-01-01"),
            Box::new(|member| member.cover.set(day("2024-05-01"), Cover::Ended)),
            Err("insurance_ended"),
            fund,
        ),
        (
            "离休",
            "211200",
            "2024-05",
            ("13", "employer", "1930-01-01"),
            Box::new(nothing),
            Err("status_without_account"),
            fund,
        ),
    ];
    for (what, area, month, kind, change, expected, source) in rows {
        let (report, world) = credited(area, month, with(area, kind, change));
        assert_eq!(outcome(&report), expected.map(str::to_owned), "{what}: {report:?}");
        let amount = expected.unwrap_or("0.00");
        assert_eq!(world.parts("P1"), [amount, "0.00"], "{what}");
        if expected.is_ok() {
            assert_eq!(report.sources.keys().collect::<Vec<_>>(), [source], "{what}");
        }
        let estimates = u64::from(area == "360100");
        assert_eq!(report.provisional.credits, estimates, "{what}");
    }
}

/// 趸缴期满的次月起按退休人员标准: the month after asks no contribution.
#[test]
fn a_lump_sum_that_has_ended_is_credited_as_retired_from_the_next_month() {
    let world = World::new();
    *world.clock.0.lock().unwrap() = jiff::civil::date(2024, 8, 1).at(9, 0, 0, 0);
    world.enrol([with("500000", (ACTIVE, "lump_sum", "1960-01-01"), lump_sum)]);
    assert_eq!(outcome(&world.credit("500000", "2024-07")), Ok("105.00".to_owned()));
    assert_eq!(outcome(&world.credit("500000", "2024-06")), Ok("70.00".to_owned()));
    world.verify();
}

/// 尚未公布: warned and not credited; 预计数: provisional; 公布: trued up; 公布得更低: named, not taken.
#[test]
fn an_index_is_waited_for_estimated_and_trued_up_when_it_is_published() {
    let mut world = World::new();
    world.enrol([with("320700", (RETIRED, "employer", "1950-01-01"), nothing)]);
    let index = |is: &str| policies(|text| text.replace("{ year = 2023, is = \"open\" },", is));
    assert_eq!(outcome(&world.credit("320700", "2024-01")), Err("not_published"));
    // 3000.00×2.5%＝75.00
    world.policies = index("{ year = 2023, is = \"3000.00\", estimate = true },");
    let report = world.credit("320700", "2024-01");
    assert_eq!((outcome(&report), report.provisional.credits), (Ok("75.00".to_owned()), 1));
    // 3100.00×2.5%＝77.50, so 2.50 more.
    world.policies = index("{ year = 2023, is = \"3100.00\" },");
    let report = world.credit("320700", "2024-01");
    assert_eq!((outcome(&report), report.provisional.credits), (Ok("2.50".to_owned()), 0));
    // 2900.00×2.5%＝72.50: 5.00 too much.
    world.policies = index("{ year = 2023, is = \"2900.00\" },");
    let report = world.credit("320700", "2024-01");
    assert_eq!(report.rows, [("P1".to_owned(), Skip::TooMuch(fen("5.00")))]);
    assert_eq!(report.open(), 1);
    // And up again, by a third event of the month: 3200.00×2.5%＝80.00.
    world.policies = index("{ year = 2023, is = \"3200.00\" },");
    assert_eq!(outcome(&world.credit("320700", "2024-01")), Ok("2.50".to_owned()));
    assert_eq!(world.parts("P1"), ["80.00", "0.00"]);
    world.verify();
}

#[test]
fn what_a_member_owes_is_withheld_and_stopped_accounts_get_nothing() {
    let month = "2024-01".parse().unwrap();
    let terms = Terms { from: None, article: "xize:9".to_owned(), provisional: false };
    let due = Due { amount: fen("80.00"), terms: terms.into() };
    let owing = |left: &str| {
        let mut file = AccountFile::default();
        let claims = format!(r#"[{{"number":7,"month":"2023-05","owed":"99.00","left":"{left}"}}]"#);
        file.affairs.claims = serde_json::from_str::<Claims>(&claims).unwrap();
        file
    };
    for (left, withheld) in [("30.00", "30.00"), ("99.00", "80.00")] {
        let credit = Held::of(Some(&owing(left)), month).credit(&due, month).unwrap().unwrap();
        assert_eq!((credit.amount, credit.withheld), (fen("80.00"), fen(withheld)));
    }
    let stopped = |change: fn(&mut AccountFile)| {
        let mut file = AccountFile::default();
        change(&mut file);
        Held::of(Some(&file), month).credit(&due, month).unwrap_err().code()
    };
    assert_eq!(
        stopped(|file| {
            let frozen = r#"{"since":"2024-01-05","reason":"司法冻结"}"#;
            file.affairs.frozen = serde_json::from_str(frozen).unwrap();
        }),
        "frozen"
    );
    assert_eq!(
        stopped(|file| file.affairs.left = serde_json::from_str(r#"{"to":"211200","on":"2024-01-05"}"#).unwrap()),
        "transferred_out"
    );
    assert_eq!(stopped(|file| file.affairs.scheme.set(day("2024-01-31"), "390".to_owned())), "other_scheme");
    assert_eq!(
        stopped(|file| file.credited = gongji_register::credit::Credited::since("2024-02".parse().unwrap())),
        "month_forgotten"
    );
    let whole = Held::with(fen("80.00"));
    assert_eq!(whole.credit(&due, month), Ok(None));
    let more = Held::with(fen("80.01"));
    assert_eq!(more.credit(&due, month), Err(Skip::TooMuch(Fen::from_fen(1))));
}
