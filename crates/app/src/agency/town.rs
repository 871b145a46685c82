//! An invented town: members by the million, to measure runs with. Everybody is made up, and the same each time.

use gongji_domain::{Day, Fen, Month};
use gongji_register::{Cover, Identity, Member, Paid, Timeline};

use super::enrol::Joining;

/// The n-th inhabitant of an area, who has contributed for a month if that is owed: `own` says how much of a base.
pub(crate) fn inhabitant(n: u32, area: &str, month: Month, own: &impl Fn(Fen) -> Fen) -> Joining {
    let since = month.plus(-60).first_day();
    let retired = n % 5 < 2;
    let birth = Month::of(since).plus(-12 * if retired { 58 + (n % 17) as i32 } else { 25 + (n % 30) as i32 });
    let base = Fen::from_fen(i64::from(400_000 + n % 6_000 * 100));
    let paid = Paid { from: month, months: 1, base, own: own(base), pooled: Fen::ZERO, late: None };
    let member = Member {
        number: format!("{area}{n:08}"),
        identity: Identity {
            name: format!("居民{n}"),
            certificate: format!("{area}{:08}{:04}", 19_000_101 + n / 10_000, n % 10_000),
            card: String::new(),
            token: String::new(),
            gender: (n % 2 + 1).to_string(),
            ethnicity: "01".to_owned(),
            birth: birth.first_day(),
        },
        area: area.to_owned(),
        category: Timeline::since(since, if retired { "12" } else { "11" }.to_owned()),
        enrolment: Timeline::since(since, "employer".to_owned()),
        employer: Timeline::since(since, format!("单位{}", n % 1_000)),
        civil_servant: false,
        base: if retired { Timeline::default() } else { Timeline::since(since, base) },
        cover: Timeline::since(since, Cover::InBenefit),
        lump_sum: None,
        amounts: Vec::new(),
        paid: if retired { Vec::new() } else { vec![paid] },
        stays: Vec::new(),
        died: None,
    };
    let day: Day = since;
    Joining { member, opened: Some((day, [Fen::from_fen(10_000), Fen::from_fen(20_000)])) }
}
