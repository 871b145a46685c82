//! The five printed examples of Chongqing, in full.

use gongji_policy::Library;

use super::*;

fn library() -> Library {
    Library::load(&crate::shipped())
}

fn fen(text: &str) -> Fen {
    Fen::parse_signed(text).unwrap()
}

fn texts(side: &Side) -> [String; 5] {
    side.figures().map(|(_, amount)| amount.to_string())
}

#[test]
fn the_five_examples_of_chongqing_come_out_to_the_fen_and_as_printed() {
    let (library, examples) = (library(), examples("500000").unwrap());
    // To the fen: credit, fund, account, cash, balance after the reform; then what changed in whole yuan.
    let expected = [
        (["1260.00", "1890.00", "910.00", "0.00", "350.00"], ["-1265", "1890", "-1615", "-275", "350"]),
        (["2000.00", "1400.00", "1600.00", "0.00", "400.00"], ["-1300", "1400", "-1400", "0", "100"]),
        (["989.00", "5581.20", "768.80", "0.00", "220.20"], ["-741", "853", "-853", "0", "112"]),
        (["1380.00", "38023.20", "1380.00", "596.80", "0.00"], ["-2244", "2815", "-2244", "-571", "0"]),
        (["1068.00", "107804.50", "1068.00", "1527.50", "0.00"], ["-801", "2396", "-801", "-1595", "0"]),
    ];
    assert_eq!(examples.len(), expected.len());
    for (question, (after, change)) in examples.iter().zip(expected) {
        let sheet = sheet(library.area("500000").unwrap(), question)
            .unwrap_or_else(|fault| panic!("{}: {fault}", question.title));
        assert_eq!(texts(&sheet.exact.after), after, "{}", question.title);
        assert_eq!(sheet.exact.before, question.printed.unwrap().before, "{}", question.title);
        assert_eq!(sheet.whole, question.printed.unwrap(), "{}", question.title);
        assert_eq!(sheet.as_printed, Some(true));
        assert_eq!(texts(&sheet.whole_change), change.map(|yuan| format!("{yuan}.00")), "{}", question.title);
        for side in [sheet.exact.before, sheet.exact.after, sheet.whole.before, sheet.whole.after] {
            assert_eq!(side.fund + side.account + side.cash, sheet.total, "{}: nothing is lost", question.title);
            assert_eq!(side.account + side.balance, side.credit);
        }
        assert!(sheet.articles.iter().any(|article| article.contains("xize:9")), "{:?}", sheet.articles);
    }
}

#[test]
fn where_a_package_knows_the_old_credit_it_need_not_be_given() {
    let question = Question {
        title: String::new(),
        year: 2023,
        status: "active".into(),
        enrolment: "employer".into(),
        birth: Some("1990-05-01".parse().unwrap()),
        bases: vec![Base { from: "2023-01".parse().unwrap(), base: fen("4000.00") }],
        pension: None,
        frozen: BTreeMap::new(),
        facts: BTreeMap::new(),
        held: Fen::ZERO,
        visit: Visit {
            care_type: "ordinary_outpatient".into(),
            class: "primary".into(),
            total: fen("1600.00"),
            prior: Vec::new(),
        },
        before: Before::default(),
        printed: None,
    };
    let nanchang = sheet(library().area("360100").unwrap(), &question).unwrap();
    // 4000 x 2.9 % x 12 and 4000 x 2 % x 12; (1600 - 600) x 60 %.
    assert_eq!((nanchang.exact.before.credit, nanchang.exact.after.credit), (fen("1392.00"), fen("960.00")));
    assert_eq!(nanchang.exact.after.fund, fen("600.00"));
    assert_eq!(texts(&nanchang.change), ["-432.00", "600.00", "-432.00", "-168.00", "0.00"]);
    let unknown =
        sheet(library().area("500000").unwrap(), &Question { year: 2024, bases: Vec::new(), ..question }).unwrap_err();
    assert!(unknown.to_string().contains("基数"), "{unknown}");
}
