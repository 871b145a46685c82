//! The tax office's feed.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::{World, day, fen, member};
use crate::agency::contribute::{FeedError, Report, Wanted};
use crate::his::member::record_name;

const HEAD: &str = "人员编号,证件号码,费款所属期,缴费基数,个人缴费,单位缴费,到账日期\n";

fn world() -> World {
    let world = World::new();
    world.enrol([
        member("P1", "500000", "11", "employer", "1980-01-01"),
        member("P2", "320700", "11", "flexible", "1985-01-01"),
        member("P3", "320700", "11", "employer", "1985-01-01"),
        member("P4", "500000", "13", "employer", "1930-01-01"),
    ]);
    world
}

fn feed(world: &World, name: &str, bytes: &[u8], dry: bool) -> Result<Report, FeedError> {
    let wanted =
        Wanted { policies: Arc::clone(&world.policies), known_on: world.today(), by: "税务".to_owned(), only: None };
    let store = (!dry).then(|| world.open());
    let go_on = |_, _| ControlFlow::Continue(());
    wanted.run((name, bytes), &world.read(), &world.book(), store.as_ref(), &world.clock, go_on)
}

fn rows(world: &World, rows: &str) -> Report {
    feed(world, "feed.csv", format!("{HEAD}{rows}").as_bytes(), false).unwrap()
}

#[test]
fn what_is_right_is_taken_once_and_credited_from() {
    let world = world();
    // Employed: 2 % of 4000.00. Flexible, by one sum of 8 % of 5000.00: 100.00 to the account, 300.00 pooled.
    let text = "P1,,2024-05,4000.00,80.00,320.00,2024-05-20\n,CP2,202405,5000,400,0,20240610\n";
    let stood = world.heads();
    let dry = feed(&world, "feed.csv", format!("{HEAD}{text}").as_bytes(), true).unwrap();
    assert_eq!(world.heads(), stood);
    let report = rows(&world, text);
    assert_eq!((dry.taken, dry.own, dry.pooled), (report.taken, report.own, report.pooled));
    assert_eq!((report.read, report.taken, report.late, report.divided), (2, 2, 1, 1));
    assert_eq!((report.own, report.pooled), (fen("180.00"), fen("620.00")));
    assert!(report.bad.is_empty(), "{:?}", report.bad);
    let again = rows(&world, text);
    assert_eq!((again.taken, again.already), (0, 2));
    let record = world.person(&record_name("P2")).record;
    let paid = *record.member().unwrap().paid_for("2024-05".parse().unwrap()).unwrap();
    assert_eq!((paid.own, paid.pooled, paid.late), (fen("100.00"), fen("300.00"), Some(day("2024-06-10"))));
    assert_eq!(record.member().unwrap().base.at(day("2024-05-01")), Some(&fen("5000.00")));
    assert_eq!(world.credit("500000", "2024-05").credited.amount, fen("80.00"));
    assert_eq!(world.credit("320700", "2024-05").credited.amount, fen("100.00"));
    world.verify();
}

#[test]
fn each_bad_row_is_named_by_line_column_and_what_is_allowed() {
    let world = world();
    rows(&world, "P1,,2024-04,4000.00,80.00,320.00,2024-04-20\n");
    let text = "\
P1,,2024-05,4000.00,79.99,320.00,2024-05-20
P9,,2024-05,4000.00,80.00,320.00,2024-05-20
,,2024-05,4000.00,80.00,320.00,2024-05-20
P1,,2024-13,4000.00,80.00,320.00,2024-05-20
P1,,2024-05,四千,80.00,320.00,2024-05-20
P1,,2024-05,4000.00,-80.00,320.00,2024-05-20
P1,,2024-05,4000.00,80.00,320.00,五月
P4,,2024-05,4000.00,80.00,320.00,2024-05-20
P1,,2024-04,5000.00,100.00,320.00,2024-05-20
P3,,2024-05,5000.00,100.00,400.00,2024-05-20
P3,,2024-05,5000.00,100.00,400.00,2024-05-20
";
    let report = rows(&world, text);
    let found: Vec<(usize, &str, bool)> =
        report.bad.iter().map(|bad| (bad.row, bad.column, bad.allowed.is_empty())).collect();
    let expected = [
        (2, "个人缴费"),
        (3, "人员编号"),
        (4, "人员编号"),
        (5, "费款所属期"),
        (6, "缴费基数"),
        (7, "个人缴费"),
        (8, "到账日期"),
        (9, "人员编号"),
        (10, "费款所属期"),
        (12, "费款所属期"),
    ];
    assert_eq!(found, expected.map(|(row, column)| (row, column, false)), "{:?}", report.bad);
    assert!(
        report.bad[0].allowed.contains("80.00 元") && report.bad[0].allowed.contains("依据"),
        "{:?}",
        report.bad[0]
    );
    assert!(report.bad[8].allowed.contains("先退缴费"), "{:?}", report.bad[8]);
    assert_eq!((report.read, report.taken), (11, 1));
    world.verify();
}

#[test]
fn a_file_is_read_in_either_encoding_and_english_and_refused_without_its_head() {
    let world = world();
    let (gb, _, _) = encoding_rs::GB18030.encode(
        "证件号码\t费款所属期\t缴费基数\t个人缴费\t单位缴费\t到账日期\nCP1\t2024-03\t4000\t80\t0\t2024-03-15\n",
    );
    assert_eq!(feed(&world, "feed.tsv", &gb, false).unwrap().taken, 1);
    let english = "number,month,base,own,pooled,received\nP1,2024-02,4000,80,0,2024-02-15\n";
    assert_eq!(feed(&world, "feed.csv", english.as_bytes(), false).unwrap().taken, 1);
    // Back-pay for an earlier month leaves the base of the later ones as it is.
    let record = world.person(&record_name("P1")).record;
    assert_eq!(record.member().unwrap().base.rows(), [(day("2024-03-01"), fen("4000.00"))]);
    for (name, text) in [("feed.csv", "人员编号,缴费基数\n"), ("feed.csv", ""), ("feed.doc", HEAD)] {
        assert!(matches!(feed(&world, name, text.as_bytes(), true), Err(FeedError::File(_))), "{text}");
    }
}
