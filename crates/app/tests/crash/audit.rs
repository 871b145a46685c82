//! What must be true of the store after any number of kills, by the replies alone.

use std::collections::BTreeMap;

use serde_json::Value;

use super::hospital::{Desks, INSTITUTIONS, MEMBERS, fen, read};

/// Chain, postings, balances, persons and day heads; of a store that nobody serves or that is served.
pub fn verify(desks: &Desks<'_>) {
    let verified = desks.program.store("verify", &[]);
    let said = [verified.stdout, verified.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    assert!(verified.status.success(), "{said:?}");
}

/// Every reply from `first` on is given again byte for byte.
pub fn ask_again(desks: &Desks<'_>, first: usize) {
    let answered = desks.answered.lock().unwrap();
    for one in &answered[first.min(answered.len())..] {
        let again = desks.until_answered(one.infno, &one.message);
        assert_eq!(again, one.reply, "{}", one.message);
    }
}

/// Accounts and institutions have moved by what the replies say, and by nothing else.
pub fn accounts(desks: &Desks<'_>) {
    let movements = desks.movements.lock().unwrap();
    for (number, member) in MEMBERS.iter().enumerate() {
        let spent: i64 =
            movements.iter().filter(|one| one.member == number).map(|one| one.sign * one.account.abs()).sum();
        let question = format!(r#"{{"data":{{"mdtrt_cert_type":"02","mdtrt_cert_no":"{}"}}}}"#, member.certno);
        let reply = desks.until_answered("1101", &desks.message("1101", 0, &question));
        let told = fen(&read(&reply).unwrap()["insuinfo"][0]["balc"]);
        assert_eq!(told, member.account - spent, "the account of {}", member.psn_no);
        assert_eq!(told, booked(desks, &format!("{}/500000/current", member.psn_no)));
    }
    for (number, code) in INSTITUTIONS.iter().enumerate() {
        let of = movements.iter().filter(|one| one.institution == number);
        let owed: i64 = of.map(|one| one.sign * (one.fund.abs() + one.account.abs())).sum();
        assert_eq!(owed, booked(desks, &format!("-/500000/institution/{code}")), "what {code} is owed");
    }
}

/// No visit's batch has been settled more often than cancelled and once.
pub fn settled_once(desks: &Desks<'_>) {
    let mut standing: BTreeMap<&str, i64> = BTreeMap::new();
    let movements = desks.movements.lock().unwrap();
    for one in movements.iter() {
        *standing.entry(one.visit.as_str()).or_default() += one.sign;
    }
    assert!(standing.values().all(|count| [0, 1].contains(count)), "{standing:?}");
}

/// What the books say of an account.
fn booked(desks: &Desks<'_>, account: &str) -> i64 {
    let said = desks.program.store("balances", &["--account", account, "--format", "json"]);
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let statement: Value = serde_json::from_slice(&said.stdout).unwrap();
    fen(&statement["balance"])
}
