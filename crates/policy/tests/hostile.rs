//! Packages that no officer would write: each is refused by name and none brings the program down.
mod common;

use common::{area, folder_of};
use gongji_policy::case::{Detail, quote};
use gongji_policy::{Library, Severity};

/// The codes of the errors in one area, each once.
fn errors(text: &str) -> Vec<&'static str> {
    let library = Library::load(&[area(text)]);
    for (_, fault) in library.faults() {
        fault.line(library.files());
    }
    let errors = library.faults().iter().filter(|(_, fault)| fault.severity == Severity::Error);
    let mut codes: Vec<&str> = errors.map(|(_, fault)| fault.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// Errors of an area whose one benefit has these further keys.
fn with_benefit(keys: &str, rest: &str) -> Vec<&'static str> {
    let rate = if keys.contains("rate") { "" } else { "rate = { rows = [{ is = \"50%\" }] }\n" };
    let fund = if keys.contains("\nfund") { "" } else { "fund = \"310100\"\n" };
    errors(&format!("{rest}\n[benefit.ordinary_outpatient]\ncite = \"text:1\"\n{fund}{rate}{keys}\n"))
}

#[test]
fn figures_beyond_all_sense_are_refused() {
    for (amount, expected) in [
        ("\"99999999999999.99\"", "out_of_range"),
        ("{ share = \"1000.0001%\", of = \"index.wage\" }", "out_of_range"),
        ("{ share = \"1000%\", of = \"index.wage\", round = \"up hundred_yuan\" }", "out_of_range"),
        ("{ share = \"1%\", of = \"index.wage\", year = 9223372036854775807 }", "out_of_range"),
        ("{ share = \"1%\", of = \"index.wage\", year = -9223372036854775808 }", "out_of_range"),
        ("{ frozen = \"x\" }", "invalid_value"),
        ("{ same_as = \"benefit.ordinary_outpatient.limit\" }", "cycle"),
    ] {
        let index = "[index.wage]\ncite = \"text:1\"\nrows = [{ year = 2024, is = \"99999999999999.99\" }]";
        let limit = format!("limit = [{{ per = \"month\", carry = \"year\", rows = [{{ is = {amount} }}] }}]");
        let found = with_benefit(&limit, index);
        assert!(found.contains(&expected), "{amount} {found:?}");
    }
    let index = "[index.wage]\ncite = \"text:1\"\nrows = [{ year = 9223372036854775807, is = \"1.00\" }]";
    assert_eq!(with_benefit("", index), ["out_of_range"]);
}

#[test]
fn adjustments_beyond_all_sense_are_refused() {
    let fact = "[fact.years]\nof = \"member\"\nkind = \"whole\"\nmin = 0\nmax = 200";
    let ninth = "{ times = \"99.9999%\" }, ".repeat(9);
    for (adjust, expected) in [
        ("{ add = \"1 points\", per = \"years\", less = -9223372036854775808 }", "out_of_range"),
        ("{ times = \"101%\", per = \"years\", less = -9223372036854775807 }", "out_of_range"),
        ("{ times = \"99.9999%\", per = \"years\" }", "out_of_range"),
        (ninth.as_str(), "out_of_range"),
        ("{ add = \"999999 points\" }", "out_of_range"),
    ] {
        let rate = format!("rate = {{ rows = [{{ is = \"50%\" }}], adjust = [{adjust}] }}");
        let found = with_benefit(&rate, fact);
        assert!(found.contains(&expected), "{adjust} {found:?}");
        let adjust = adjust.replace("1 points", "1.00").replace("999999 points", "99999999999999.00");
        let limit = format!(
            "limit = [{{ per = \"year\", rows = [{{ is = \"9.00\" }}], at_most = \"8.00\", adjust = [{adjust}] }}]"
        );
        let found = with_benefit(&limit, fact);
        assert!(found.is_empty() || found.contains(&expected), "{adjust} {found:?}");
    }
}

#[test]
fn facts_beyond_all_sense_are_refused() {
    let many = |count: usize| {
        let facts: Vec<String> = (0..count).map(|i| format!("[fact.f{i}]\nkind = \"flag\"\n")).collect();
        facts.concat()
    };
    let values = |count: usize| {
        let values: Vec<String> = (0..count).map(|i| format!("\"v{i}\"")).collect();
        values.join(", ")
    };
    let cuts: Vec<String> = (1..300).map(|i| format!("{{ when = {{ age_in_days = {i} }}, is = \"5%\" }}")).collect();
    let rate_by = |condition: &str| {
        format!("rate = {{ rows = [{{ is = \"50%\" }}, {{ when = {{ {condition} }}, is = \"60%\" }}] }}")
    };
    for (facts, keys, expected) in [
        (many(300), String::new(), "too_many_facts"),
        (format!("[fact.x]\nvalues = [{}]", values(300)), rate_by("x = \"v299\""), "too_many_values"),
        (format!("[fact.kind]\nmore = [{}]", values(300)), rate_by("kind = \"v299\""), "too_many_values"),
        (format!("[fact.x]\nkind = \"set\"\nvalues = [{}]", values(70)), rate_by("x = \"v69\""), "too_many_values"),
        ("[fact.age_in_days]\nkind = \"whole\"\nmax = 60000".into(), format!("rate = {{ rows = [{{ is = \"50%\" }}, {}] }}", cuts.join(", ")), "too_many_values"),
        ("[fact.x]\nkind = \"whole\"\nmin = -9223372036854775808\nmax = 9223372036854775807".into(), rate_by("x = 9223372036854775807"), "out_of_range"),
        ("[fact.x]\nkind = \"whole\"\nmin = -9223372036854775808\nmax = 9223372036854775807".into(), "rate = { rows = [{ is = \"5%\" }], adjust = [{ add = \"1 points\", per = \"x\" }] }".into(), "out_of_range"),
        ("[fact.x]\nvalues = [\"a\", \"b\"]\nrows = [{ is = \"a\" }, { when = { x = \"a\" }, is = \"b\" }]".into(), rate_by("x = \"a\""), "cycle"),
        ("[fact.x]\nvalues = [\"a\", \"b\"]\nrows = [{ is = \"a\" }, { when = { y = \"a\" }, is = \"b\" }]\n[fact.y]\nvalues = [\"a\", \"b\"]\nrows = [{ is = \"a\" }, { when = { x = \"a\" }, is = \"b\" }]".into(), rate_by("x = \"a\""), "cycle"),
        ("[fact.s]\nkind = \"set\"\nvalues = [\"a\", \"b\"]\nrows = [{ is = \"a\" }]\n[fact.n]\ncount_of = \"s\"".into(), rate_by("n = 2"), "invalid_value"),
        ("[fact.segment]\nkind = \"set\"\nvalues = [\"a\", \"b\", \"c\", \"d\", \"e\", \"f\", \"g\", \"h\", \"i\"]".into(), "segments = { on = \"above\", up_to = [\"5.00\"], names = [\"b\", \"z\"] }".into(), "reserved_name"),
    ] {
        let found = with_benefit(&keys, &facts);
        assert!(found.contains(&expected), "{expected} is not among {found:?}: {facts:.200}");
    }
}

#[test]
fn tables_that_refer_to_each_other_end() {
    let layers: Vec<String> = (0..2_000)
        .map(|i| format!("{{ per = \"year\", counts = [\"*\"], rows = [{{ is = {{ same_as = \"benefit.ordinary_outpatient.limit[{}]\" }} }}] }}", i + 1))
        .collect();
    let last = "{ per = \"year\", rows = [{ is = \"5.00\" }] }";
    let found = with_benefit(&format!("limit = [{}, {last}]", layers.join(", ")), "");
    assert!(found.contains(&"cycle"), "{found:?}");
    let nested = "limit = [{ per = \"year\", rows = [{ is = \"5.00\" }], at_most = { rows = [{ is = { same_as = \"benefit.ordinary_outpatient.limit\" } }] } }]";
    assert_eq!(with_benefit(nested, ""), ["cycle"]);
}

#[test]
fn years_that_never_begin_are_refused() {
    assert_eq!(with_benefit("", "[period.year]\nstarts = [{ from = 2199-12-31, is = \"01-01\" }]"), ["invalid_value"]);
    assert_eq!(with_benefit("", "[period.year]\nstarts = \"一-1\""), ["invalid_value"]);
    assert_eq!(
        with_benefit("", "[period.year]\nstarts = \"07-01\"\nrestart = [{ on = 1900-01-01 }, { on = 2199-12-31 }]"),
        [""; 0]
    );
}

#[test]
fn an_account_pays_no_more_than_it_holds() {
    let limit = |rows: &str| {
        let keys = format!("\nfund = \"account.current\"\nlimit = [{{ per = \"visit\", rows = [{rows}] }}]");
        with_benefit(&keys, "[fact.item]\nof = \"charge\"\nvalues = [\"a\", \"b\"]\ndefault = \"a\"")
    };
    assert_eq!(limit("{ is = { balance = \"account.current\" } }"), [""; 0]);
    assert_eq!(limit("{ is = { balance = \"account.prior\" } }"), ["balance_unlimited"]);
    assert_eq!(limit("{ is = \"5.00\" }"), ["balance_unlimited"]);
    assert_eq!(
        limit("{ is = \"none\" }, { when = { status = \"active\" }, is = { balance = \"account.current\" } }"),
        ["balance_unlimited"]
    );
    assert_eq!(with_benefit("\nfund = \"account.current\"", ""), ["balance_unlimited"]);
}

#[test]
fn a_chain_moves_money_to_four_other_funds_at_most() {
    let funds = ["320100", "370100", "390200", "610100", "350100"];
    let limits: Vec<String> = funds
        .iter()
        .map(|fund| format!("{{ per = \"year\", rows = [{{ is = \"5.00\" }}], beyond = {{ fund = \"{fund}\", cite = \"text:1\" }} }}"))
        .collect();
    assert_eq!(with_benefit(&format!("limit = [{}]", limits.join(", ")), ""), ["too_many"]);
    assert_eq!(with_benefit(&format!("limit = [{}]", limits[1..].join(", ")), ""), [""; 0]);
}

#[test]
fn weights_above_the_whole_are_refused() {
    let keys = "limit = [{ per = \"year\", each = \"s\", as = \"one\", weights = [\"100%\", \"100.0001%\"], rows = [{ is = \"5.00\" }], round = \"down fen\" }]";
    assert_eq!(
        with_benefit(keys, "[fact.s]\nof = \"member\"\nkind = \"set\"\nvalues = [\"a\", \"b\"]"),
        ["out_of_range"]
    );
}

/// Keys as deep as a file is long.
#[test]
fn deep_keys_are_refused() {
    for text in [
        format!("{}b = 1", "a.".repeat(100_000)),
        format!("[{}b]", "a.".repeat(100_000)),
        "[".repeat(100_000),
        format!("x = {}", "{a=".repeat(100_000)),
    ] {
        let library = Library::load(&[folder_of("900001", &text)]);
        assert!(!library.faults().is_empty());
    }
}

/// An overlay does not make good what is wrong below it.
#[test]
fn an_overlay_on_a_faulty_package_is_not_used() {
    let base = "[package]\narea = \"900001\"\nname = \"x\"\ncite = \"text:1\"\n[document.text]\nnumber = \"1\"\n\
                [benefit.ordinary_outpatient]\ncite = \"text:1\"\nfund = \"310100\"\nrate = { rows = [{ is = \"50%\" }] }\n";
    let base = folder_of("base", &format!("chain = [\"ordinary_outpatient\"]\n{base}"));
    let over = folder_of("over", "[package]\narea = \"900001\"\nextends = \"900001\"\n");
    let library = Library::load(&[base, over]);
    assert!(library.area("900001").is_none());
}

/// Many large tables: no more is remembered of what is wrong than is said.
#[test]
fn a_table_with_a_million_gaps_is_refused() {
    let facts: Vec<String> = (0..19).map(|i| format!("[fact.f{i}]\nkind = \"flag\"\n")).collect();
    let when: Vec<String> = (0..19).map(|i| format!("f{i} = true")).collect();
    let keys = format!("rate = {{ rows = [{{ when = {{ {} }}, is = \"50%\" }}] }}", when.join(", "));
    assert_eq!(with_benefit(&keys, &facts.concat()), ["gap"]);
}

const COUNTED: &str = "[benefit.ordinary_outpatient]\ncite = \"text:1\"\nfund = \"310100\"\nrate = { rows = [{ is = \"50%\" }] }\n\
                       limit = [{ per = \"year\", counts = [\"*\"], rows = [{ is = \"100.00\" }] }]\n";

/// A line of some megabytes that adds up to more money than there is.
#[test]
fn a_case_cannot_state_more_money_than_there_is() {
    let decided =
        "chain = [\"special_disease\", \"ordinary_outpatient\"]\n[decided_elsewhere]\nspecial_disease = [\"text:1\"]\n";
    let folder = area(&format!("{decided}{COUNTED}"));
    let text = folder.files[0].text.replacen("chain = [\"ordinary_outpatient\"]\n", "", 1);
    let moved = text.replacen(decided, "", 1);
    let library = Library::load(&[folder_of("900001", &format!("{decided}{moved}"))]);
    assert!(library.area("900001").is_some(), "{:?}", library.faults());
    let line = |member: &str, visit: &str| {
        format!(
            r#"{{"id":"c","pooling_area":"900001","member":{{"status":"active"{member}}},"encounters":[{{"id":"e","date":"2024-05-05",
            "care_type":"ordinary_outpatient","institution":{{"class":"primary"}},"charges":[{{"amount":"1.00"}}]{visit}}}]}}"#
        )
    };
    let used: Vec<String> = (0..100_000).map(|i| format!("\"x{i}\":{{\"fund_paid\":\"999999999999.99\"}}")).collect();
    let same = vec!["\"ordinary_outpatient\":{\"fund_paid\":\"999999999999.99\"}"; 100_000];
    let prior = vec!["{\"benefit\":\"special_disease\",\"fund_paid\":\"999999999999.99\"}"; 100_000];
    for (line, code) in [
        (line(&format!(",\"used\":{{{}}}", used.join(",")), ""), "out_of_range"),
        (line(&format!(",\"used\":{{{}}}", same.join(",")), ""), "out_of_range"),
        (line("", &format!(",\"prior_benefits\":[{}]", prior.join(","))), "out_of_range"),
    ] {
        let answer = quote(&line, &library, Detail::Sentences);
        assert_eq!(answer.result.as_ref().err().map(|fault| fault.code), Some(code), "{:.300}", line);
        serde_json::to_string(&answer).unwrap();
    }
}

/// A name as long as the line is not compared letter by letter with every known one.
#[test]
fn a_very_long_name_is_refused_at_once() {
    let library = common::shipped();
    let long = "长".repeat(3_000_000);
    let begun = std::time::Instant::now();
    let answer = quote(&format!("{{\"{long}\":1}}"), &library, Detail::Amounts);
    assert_eq!(answer.result.unwrap_err().code, "unknown_field");
    assert!(begun.elapsed() < std::time::Duration::from_secs(2), "{:?}", begun.elapsed());
}

/// Found by fuzzing: a date out of range, where something else is expected, is shown in a message.
#[test]
fn a_date_that_cannot_be_is_refused_wherever_it_stands() {
    for date in ["9344-05-17", "0001-01-01", "2024-01-01T00:00:00", "07:30:00"] {
        let found = with_benefit(&format!("covered = {{ rows = [{{ is = {date} }}] }}\nfor = {{ age = {date} }}"), "");
        assert!(found.contains(&"not_a_date"), "{date} {found:?}");
    }
}

/// A row that cannot be read is one fault, not a gap in its table besides.
#[test]
fn what_cannot_be_read_is_not_missing() {
    for (keys, expected) in [
        ("rate = { rows = [{ is = 0.5 }] }", "float_refused"),
        ("deductible = [{ per = \"year\", rows = [{ is = \"-5.00\" }] }]", "invalid_value"),
        ("limit = [{ per = \"year\", rows = [{ is = \"5.001\" }] }]", "invalid_value"),
    ] {
        assert_eq!(with_benefit(keys, ""), [expected], "{keys}");
    }
}

/// What an adjustment, a floor, a ceiling, segments and a change of fund cite is quoted as well.
#[test]
fn every_article_that_is_cited_is_quoted() {
    let rows = "rows = [{ is = \"50%\" }]";
    for keys in [
        format!("rate = {{ {rows}, adjust = [{{ add = \"1 points\", cite = \"text:9\" }}] }}"),
        format!("rate = {{ {rows}, at_most = {{ cite = \"text:9\", rows = [{{ is = \"60%\" }}] }} }}"),
        "limit = [{ per = \"year\", rows = [{ is = \"5.00\" }], at_least = { rows = [{ is = \"4.00\", cite = \"text:9\" }] } }]".into(),
        "limit = [{ per = \"year\", rows = [{ is = \"5.00\" }], beyond = { fund = \"330100\", cite = \"text:9\" } }]".into(),
        "segments = { on = \"above\", up_to = [\"5.00\"], names = [\"low\", \"high\"], cite = \"text:9\" }".into(),
    ] {
        assert_eq!(with_benefit(&keys, ""), ["unknown_article"], "{keys}");
        assert_eq!(with_benefit(&keys.replace("text:9", "text:1"), ""), [""; 0], "{keys}");
    }
}

/// 专账: it stands in the keys of accounts, inside a fund, because an article says so.
#[test]
fn a_ledger_that_is_no_name_or_of_no_fund_or_without_article_is_refused() {
    assert!(with_benefit("ledger = \"outpatient\"", "").is_empty());
    let long = "x".repeat(31);
    for name in ["", "专账", "a/b", "-x", " x", long.as_str()] {
        assert_eq!(with_benefit(&format!("ledger = \"{name}\""), ""), ["invalid_value"], "{name:?}");
    }
    let from_account = with_benefit("\nfund = \"account.current\"\nledger = \"outpatient\"", "");
    assert!(from_account.contains(&"invalid_value"), "{from_account:?}");
    let uncited = "[benefit.ordinary_outpatient]\nfund = \"310100\"\nledger = \"outpatient\"\nrate = { cite = \"text:1\", rows = [{ is = \"50%\" }] }";
    assert_eq!(errors(uncited), ["uncited"]);
}
