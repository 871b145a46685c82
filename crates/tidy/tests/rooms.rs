//! What stays in its room: SQL, national names, numbers of law, the clock; and how files look.

use gongji_tidy::{File, files, has_word, none, rust, rust_files};

/// National field names. They change with the national interface, not with the law.
const NATIONAL: [&str; 40] = [
    "acct_mulaid_pay",
    "acct_pay",
    "acct_used_flag",
    "act_pay_dedc",
    "balc",
    "chrg_bchno",
    "clr_optins",
    "clr_type",
    "clr_way",
    "cvlserv_pay",
    "det_item_fee_sumamt",
    "feedetl_sn",
    "fixmedins_code",
    "fulamt_ownpay_amt",
    "fund_pay_sumamt",
    "fund_pay_type",
    "hifdm_pay",
    "hifes_pay",
    "hifmi_pay",
    "hifob_pay",
    "hifp_pay",
    "hosp_part_amt",
    "inf_refmsgid",
    "infno",
    "inscp_scp_amt",
    "insuplc_admdvs",
    "insutype",
    "ipt_otp_no",
    "maf_pay",
    "mdtrt_cert_type",
    "mdtrt_id",
    "med_type",
    "medfee_sumamt",
    "msgid",
    "oth_pay",
    "overlmt_selfpay",
    "preselfpay_amt",
    "psn_cash_pay",
    "psn_no",
    "setl_id",
];

/// The rooms of national names: the interface, the log of what was sent over it and its judge, the command line and
/// the quote answer whose contracts name them, and tests that read any.
fn may_name_national(file: &File) -> bool {
    file.is_test()
        || ["oracle", "tidy"].contains(&file.room())
        || file.path.starts_with("crates/app/src/his/")
        || file.path.starts_with("crates/app/src/serve/")
        || file.path.starts_with("crates/app/src/calls/")
        || file.path.starts_with("crates/app/src/certify/")
        || file.path.starts_with("crates/app/src/cli/")
        || file.path == "crates/policy/src/case/answer.rs"
}

/// The three that key the journal.
const JOURNAL: [&str; 3] = ["psn_no", "msgid", "infno"];

/// How long a file may be.
const MOST_LINES: usize = 700;

#[test]
fn national_field_names_stay_at_the_edge() {
    let mut faults = Vec::new();
    for file in rust_files().iter().filter(|file| !may_name_national(file)) {
        for (number, line) in rust::code(&file.text).lines().enumerate() {
            if line.trim_start().starts_with("#[doc(alias") {
                continue;
            }
            for name in NATIONAL.iter().filter(|name| has_word(line, name)) {
                if file.room() != "store" || !JOURNAL.contains(name) {
                    faults.push(format!("{}:{}: {name}", file.path, number + 1));
                }
            }
        }
    }
    none(&faults);
}

#[test]
fn sql_stays_in_the_store() {
    let verbs = ["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM ", "CREATE TABLE ", "PRAGMA "];
    let mut faults = Vec::new();
    // The cluster's own tests ask a server of it whether it is one; the simulated disk is SQLite's, and its
    // tests need a table of some kind.
    let rooms = ["store", "drill", "tidy"];
    let knows = |file: &File| rooms.contains(&file.room()) || file.path == "crates/cluster/tests/postgres.rs";
    for file in rust_files().iter().filter(|file| !knows(file)) {
        let code = rust::code(&file.text);
        for (line, text) in rust::strings(&code) {
            if verbs.iter().any(|verb| text.contains(verb)) {
                faults.push(format!("{}:{line}: SQL", file.path));
            }
        }
        if has_word(&code, "rusqlite") {
            faults.push(format!("{}: names rusqlite", file.path));
        }
    }
    for file in files("crates").iter().filter(|file| file.path.ends_with(".sql") && file.room() != "store") {
        faults.push(format!("{}: SQL outside the store", file.path));
    }
    none(&faults);
}

#[test]
fn no_rate_of_law_stands_in_rust() {
    let is_rate = |text: &str| {
        let number = text.trim_matches(['"', 'r', '#']).strip_suffix('%');
        number.is_some_and(|n| n.parse::<u32>().is_ok_and(|n| n > 0) || (n.contains('.') && n.parse::<f64>().is_ok()))
    };
    let mut faults = Vec::new();
    for file in rust_files().iter().filter(|file| !file.is_test() && !["oracle", "tidy"].contains(&file.room())) {
        for (line, text) in rust::strings(&rust::code(&file.text)) {
            if is_rate(&text) {
                faults.push(format!("{}:{line}: the rate {text} belongs into a policy package", file.path));
            }
        }
    }
    none(&faults);
}

#[test]
fn the_clock_is_read_in_one_place() {
    let mut faults = Vec::new();
    for file in rust_files().iter().filter(|file| !file.is_test() && file.room() != "tidy") {
        let code = rust::code(&file.text);
        let reads = ["SystemTime::now", "Timestamp::now", "Zoned::now", "Utc::now", "Local::now"];
        if reads.iter().any(|read| code.contains(read)) && file.path != "crates/app/src/serve/clock.rs" {
            faults.push(format!("{}: reads the clock", file.path));
        }
    }
    none(&faults);
}

#[test]
fn every_file_says_what_it_is_for_and_is_short() {
    let mut faults = Vec::new();
    for file in rust_files() {
        if !file.text.starts_with("//!") {
            faults.push(format!("{}: does not begin with `//!`", file.path));
        }
        let lines = file.text.lines().count();
        if lines > MOST_LINES {
            faults.push(format!("{}: {lines} lines; split it, {MOST_LINES} is the most", file.path));
        }
    }
    none(&faults);
}

#[test]
fn nothing_is_left_for_later() {
    let marks = [["TO", "DO"].concat(), ["FIX", "ME"].concat(), ["XX", "X:"].concat(), ["#[ig", "nore"].concat()];
    let mut faults = Vec::new();
    for file in files(".") {
        for (number, line) in file.text.lines().enumerate() {
            if marks.iter().any(|mark| line.contains(mark.as_str())) && file.path != "Cargo.lock" {
                faults.push(format!("{}:{}: {}", file.path, number + 1, line.trim()));
            }
        }
    }
    none(&faults);
}

#[test]
fn no_file_names_a_place_on_somebodys_machine() {
    let places = ["work", "root", "home", "Users", "mnt"].map(|place| format!("/{place}/"));
    let mut faults = Vec::new();
    for file in files(".") {
        for (number, line) in file.text.lines().enumerate() {
            for (at, _) in places.iter().flat_map(|place| line.match_indices(place.as_str())) {
                let before = line[..at].chars().next_back();
                if before.is_none_or(|c| !c.is_alphanumeric() && !".}_-*~".contains(c)) {
                    faults.push(format!("{}:{}: {}", file.path, number + 1, line.trim()));
                }
            }
        }
    }
    none(&faults);
}
