//! Persons for tests.

use crate::member::{Identity, Member};
use crate::timeline::Timeline;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// An employee enrolled on 2024-01-10, of whom nothing else is known.
pub(crate) fn person(number: &str, name: &str, birth: &str) -> Member {
    let from = "2024-01-10".parse().unwrap();
    Member {
        number: number.into(),
        identity: Identity {
            name: name.into(),
            certificate: format!("C{number}"),
            card: String::new(),
            token: String::new(),
            gender: "1".into(),
            ethnicity: "01".into(),
            birth: birth.parse().unwrap(),
        },
        area: "211200".into(),
        category: Timeline::since(from, "11".into()),
        enrolment: Timeline::since(from, "employer".into()),
        employer: Timeline::default(),
        civil_servant: false,
        base: Timeline::default(),
        cover: Timeline::default(),
        lump_sum: None,
        amounts: Vec::new(),
        paid: Vec::new(),
        stays: Vec::new(),
        died: None,
    }
}
