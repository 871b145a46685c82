//! Reconciliation: what differs is named by its cause, and the differences explain the whole distance.

use gongji_domain::Fen;

use super::*;

const DAY: &str = "2026-03-01";

fn sums(total: i64, fund: i64, account: i64) -> Sums {
    Sums { total: Fen::from_yuan(total), fund: Fen::from_yuan(fund), account: Fen::from_yuan(account) }
}

/// A settlement at the centre: 100 in all, 60 by the fund, 30 by the account, 10 in cash.
fn centre(setl_id: &str) -> Settlement {
    Settlement {
        setl_id: setl_id.to_owned(),
        mdtrt_id: format!("V{setl_id}"),
        psn_no: format!("P{setl_id}"),
        refund: false,
        sums: sums(100, 60, 30),
        msgid: format!("M{setl_id}"),
        infno: "2207".to_owned(),
        day: DAY.parse().unwrap(),
        time: "09:00:00".to_owned(),
        area: "500000".to_owned(),
        cancels: None,
        cancelled_by: None,
        clr_type: "11".to_owned(),
    }
}

/// It and its cancellation.
fn cancelled(setl_id: &str, by: &str) -> [Settlement; 2] {
    let settled = Settlement { cancelled_by: Some(by.to_owned()), ..centre(setl_id) };
    let back = Settlement {
        setl_id: by.to_owned(),
        refund: true,
        sums: Sums::default().minus(settled.sums),
        cancels: Some(setl_id.to_owned()),
        msgid: format!("M{by}"),
        infno: "2208".to_owned(),
        ..settled.clone()
    };
    [settled, Settlement { cancelled_by: None, ..back }]
}

fn booked(row: &Settlement) -> Booked {
    Booked {
        setl_id: row.setl_id.clone(),
        mdtrt_id: row.mdtrt_id.clone(),
        psn_no: row.psn_no.clone(),
        refund: row.refund,
        sums: row.sums,
    }
}

fn paid(setl_id: &str, yuan: i64) -> Payment {
    Payment { reference: format!("B{setl_id}"), setl_id: setl_id.to_owned(), amount: Fen::from_yuan(yuan) }
}

/// The causes in order; the distance between the sums must be that of the differences.
#[track_caller]
fn causes(books: &Books<'_>) -> Vec<(&'static str, String)> {
    let differences = compare(books);
    let of_centre = books.centre.iter().map(|row| row.sums).fold(Sums::default(), Sums::plus);
    let of_institution = books.institution.iter().map(|row| row.sums).fold(Sums::default(), Sums::plus);
    let told = differences.iter().map(Difference::distance).fold(Sums::default(), Sums::plus);
    assert_eq!(of_centre.minus(of_institution), told, "{differences:#?}");
    differences.iter().map(|difference| (difference.cause.word(), difference.mend.said())).collect()
}

#[test]
fn even_books_have_no_difference() {
    let [settled, back] = cancelled("2", "3");
    let centre = [centre("1"), settled, back];
    let institution: Vec<Booked> = centre.iter().map(booked).collect();
    let bank = [paid("1", 10), paid("2", 10), paid("2", -10)];
    let books = Books { institution: &institution, centre: &centre, bank: Some(&bank), ..Books::default() };
    assert_eq!(causes(&books), []);
    // A terminal that never got the number, and one that books a cancellation under the number it cancels.
    let mut institution = institution.clone();
    institution[0].setl_id.clear();
    "2".clone_into(&mut institution[2].setl_id);
    assert_eq!(causes(&Books { institution: &institution, ..books }), []);
}

#[test]
fn each_difference_has_its_cause_and_what_mends_it() {
    let one = centre("1");
    let [settled, back] = cancelled("2", "3");
    let other = Settlement { sums: sums(100, 50, 30), ..one.clone() };
    let late = Settlement { day: "2026-03-02".parse().unwrap(), ..centre("9") };
    let away = Settlement { area: "360100".to_owned(), ..centre("8") };
    let special = Settlement { clr_type: "14".to_owned(), ..centre("6") };
    let doubled = Settlement { setl_id: "4".to_owned(), msgid: "M4".to_owned(), ..one.clone() };
    let table: [(&str, Vec<Booked>, Vec<Settlement>, Vec<Settlement>, &[(&str, &str)]); 11] = [
        ("lost", vec![], vec![one.clone()], vec![], &[("answer_lost", "用 5203 查 1 补记")]),
        ("never", vec![booked(&one)], vec![], vec![], &[("never_settled", "用原报文编号重发")]),
        (
            "doubled",
            vec![booked(&one)],
            vec![one.clone(), doubled],
            vec![],
            &[("doubled", "omsgid=M4，oinfno=2207，psn_no=P1")],
        ),
        ("booked twice", vec![booked(&one), booked(&one)], vec![one.clone()], vec![], &[("booked_twice", "划去")]),
        (
            "cancelled at the centre",
            vec![booked(&settled)],
            vec![settled.clone(), back.clone()],
            vec![],
            &[("cancelled_at_centre_only", "补记撤销 2")],
        ),
        (
            "cancelled at the institution",
            vec![booked(&one), Booked { refund: true, sums: sums(-100, -60, -30), ..booked(&one) }],
            vec![one.clone()],
            vec![],
            &[("cancelled_at_institution_only", "setl_id=1，mdtrt_id=V1")],
        ),
        ("amounts", vec![booked(&other)], vec![one.clone()], vec![], &[("amounts", "按 5203 查得的 1 更正")]),
        ("day", vec![booked(&late)], vec![], vec![late.clone()], &[("day_boundary", "随 2026-03-02 对账")]),
        (
            "area",
            vec![booked(&one), booked(&away)],
            vec![one.clone()],
            vec![away],
            &[("other_area", "与经办机构 360100 对账")],
        ),
        (
            "type",
            vec![booked(&one), booked(&special)],
            vec![one.clone()],
            vec![special],
            &[("other_type", "随清算类别 14")],
        ),
        (
            "cancelled on the next day",
            vec![booked(&one)],
            vec![Settlement { cancelled_by: Some("7".to_owned()), ..one.clone() }],
            vec![],
            &[],
        ),
    ];
    for (name, institution, centre, elsewhere, expected) in table {
        let books = Books {
            institution: &institution,
            centre: &centre,
            elsewhere: &elsewhere,
            area: Some("500000"),
            clr_type: Some("11"),
            bank: None,
        };
        let found = causes(&books);
        assert_eq!(found.len(), expected.len(), "{name}: {found:?}");
        for ((cause, mend), (word, says)) in found.iter().zip(expected) {
            assert_eq!(cause, word, "{name}");
            assert!(mend.contains(says), "{name}: {mend}");
        }
    }
}

#[test]
fn the_bank_is_held_against_what_was_to_pay() {
    let one = centre("1");
    let [settled, back] = cancelled("2", "3");
    let all = [one.clone(), settled.clone(), back.clone()];
    let table: [(&str, &[Settlement], Vec<Payment>, &[(&str, &str)]); 7] = [
        ("not paid", &all[..1], vec![], &[("settled_not_paid", "补收 10.00")]),
        ("paid twice", &all[..1], vec![paid("1", 10), paid("1", 10)], &[("paid_other", "退还患者 10.00")]),
        ("too little", &all[..1], vec![paid("1", 7)], &[("paid_other", "补收 3.00")]),
        ("for nothing", &[], vec![paid("x", 10)], &[("paid_not_settled", "退还患者 10.00")]),
        ("cancelled, not paid back", &all[1..], vec![paid("2", 10)], &[("paid_other", "退还患者 10.00")]),
        ("paid back under its own number", &all[1..], vec![paid("2", 10), paid("3", -10)], &[]),
        ("cancelled today, paid yesterday", &all[2..], vec![paid("3", -10)], &[]),
    ];
    for (name, centre, bank, expected) in table {
        let institution: Vec<Booked> = centre.iter().map(booked).collect();
        let books = Books { institution: &institution, centre, bank: Some(&bank), ..Books::default() };
        let found = causes(&books);
        assert_eq!(found.len(), expected.len(), "{name}: {found:?}");
        for ((cause, mend), (word, says)) in found.iter().zip(expected) {
            assert_eq!(cause, word, "{name}");
            assert!(mend.contains(says), "{name}: {mend}");
        }
    }
}

/// What may go wrong with one row.
#[derive(Clone, Copy, Debug)]
enum Wrong {
    Nothing,
    NotBooked,
    Twice,
    Amount(i64),
    Struck,
    NoNumber,
}

fn wrong() -> impl proptest::strategy::Strategy<Value = Wrong> {
    use proptest::prelude::*;
    prop_oneof![
        4 => Just(Wrong::Nothing),
        1 => Just(Wrong::NotBooked),
        1 => Just(Wrong::Twice),
        1 => (1_i64..50).prop_map(Wrong::Amount),
        1 => Just(Wrong::Struck),
        1 => Just(Wrong::NoNumber),
    ]
}

proptest::proptest! {
    /// Whatever is wrong: the differences explain the whole distance, there are none where nothing is wrong, and
    /// their number is that of the wrongs.
    #[test]
    fn differences_explain_the_distance(wrongs in proptest::collection::vec(wrong(), 0..20)) {
        let (mut books, mut held) = (Vec::new(), Vec::new());
        let mut expected = 0;
        for (at, wrong) in wrongs.iter().enumerate() {
            let row = centre(&format!("S{at}"));
            let right = booked(&row);
            expected += usize::from(!matches!(wrong, Wrong::Nothing | Wrong::NoNumber));
            match wrong {
                Wrong::Nothing => books.push(right),
                Wrong::NotBooked => {}
                Wrong::Twice => books.extend([right.clone(), right]),
                Wrong::Amount(by) => books.push(Booked { sums: sums(100 + by, 60, 30), ..right }),
                Wrong::Struck => books.push(Booked { setl_id: format!("N{at}"), ..right }),
                Wrong::NoNumber => books.push(Booked { setl_id: String::new(), ..right }),
            }
            if !matches!(wrong, Wrong::Struck) {
                held.push(row);
            }
        }
        let found = causes(&Books { institution: &books, centre: &held, ..Books::default() });
        proptest::prop_assert_eq!(found.len(), expected, "{:?}", found);
    }
}

#[test]
fn an_uploaded_file_is_read_whole_or_its_bad_cell_is_named() {
    let good = "\u{feff}setl_id\tmdtrt_id\tpsn_no\tmedfee_sumamt\tfund_pay_sumamt\tacct_pay\trefd_setl_flag\r\n\
                1\tV1\tP1\t100.00\t60\t30.00\t0\r\n\nnull\tV2\tP2\t-5\t0\tnull\t1\n";
    let rows = file::read(good).unwrap();
    assert_eq!(rows[0], booked(&centre("1")));
    assert_eq!((rows[1].setl_id.as_str(), rows[1].refund, rows[1].sums.total), ("", true, Fen::from_yuan(-5)));
    for (text, line, column) in [
        ("1\tV1\tP1\t100.00\t60\t30.00", 1, 6),
        ("1\tV1\tP1\t100.001\t60\t30.00\t0", 1, 4),
        ("1\tV1\tP1\t100\tx\t30.00\t0", 1, 5),
        ("1\tV1\tP1\t1\t1\t1\t0\n1\tV1\tnull\t1\t1\t1\t0", 2, 3),
        ("null\tnull\tP1\t1\t1\t1\t0", 1, 1),
        ("1\tV1\tP1\t1\t1\t1\t2", 1, 7),
    ] {
        let bad = file::read(text).unwrap_err();
        assert_eq!((bad.line, bad.column), (line, column), "{text}");
    }
}

#[test]
fn the_result_has_a_line_for_every_row_of_either_side() {
    let (one, lost) = (centre("1"), centre("5"));
    let institution = [booked(&one), booked(&centre("x"))];
    let held = [one, lost];
    let books = Books { institution: &institution, centre: &held, ..Books::default() };
    let text = file::result(&books, &compare(&books));
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(lines[0], ["P1", "V1", "1", "M1", "0", "0", "null", "100.00", "60.00", "30.00"]);
    assert_eq!(lines[1][..6], ["Px", "Vx", "x", "null", "1", "0"]);
    assert_eq!(lines[2][..6], ["P5", "V5", "5", "M5", "1", "0"]);
    assert!(lines[2][6].starts_with("中心已结算"), "{}", lines[2][6]);
    assert_eq!(lines.len(), 3);
}
