//! Who comes: the demo's members of all areas, and what they buy. Knows no message but theirs.

use gongji_domain::Fen;
use gongji_drill::Chance;

use super::super::Patient;
use super::desk::Charge;
use crate::serve::demo;

/// A member as an institution knows one.
pub(super) struct Member {
    pub patient: Patient,
    /// 参保地, where the settlement is cleared.
    pub area: &'static str,
}

fn in_benefit(member: &crate::his::directory::Member, day: gongji_domain::Day) -> bool {
    member.insured_from <= day && member.paused_from.is_none_or(|paused| day < paused)
}

/// Those that can settle in the days of the simulator.
pub(super) fn all() -> Vec<Member> {
    let directory = demo::directory().unwrap();
    let day = "2026-03-02".parse().unwrap();
    let settles =
        |member: &&crate::his::directory::Member| in_benefit(member, day) && !member.psn_type(day).starts_with("13");
    let member = |member: &crate::his::directory::Member| Member {
        patient: Patient { psn_no: member.psn_no.clone().leak(), certno: member.certno.clone().leak() },
        area: member.area.clone().leak(),
    };
    let mut members: Vec<Member> = directory.members().filter(settles).map(member).collect();
    members.sort_by_key(|member| member.patient.psn_no);
    members
}

/// Every area that insures one of them.
pub(super) const AREAS: [&str; 4] = ["211200", "320700", "360100", "500000"];
/// Every clearing type that the simulator makes.
pub(super) const CLEARINGS: [&str; 3] = ["11", "12", "41"];

const GOODS: [&str; 8] = [
    "DEMO-YP-0001",
    "DEMO-YP-0002",
    "DEMO-YP-0003",
    "DEMO-YP-0004",
    "DEMO-YP-0005",
    "DEMO-YP-0007",
    "DEMO-YP-0008",
    "DEMO-HC-0001",
];
const SERVICES: [&str; 4] = ["DEMO-FW-0001", "DEMO-FW-0003", "DEMO-FW-0004", "DEMO-FW-0006"];

/// A few lines, numbered from `first`.
pub(super) fn basket(chance: &mut Chance, first: u32, services: bool) -> Vec<Charge> {
    let line = |number: u32, chance: &mut Chance| {
        let of: &[&str] = if services && chance.below(3) == 0 { &SERVICES } else { &GOODS };
        let at = usize::try_from(chance.below(of.len() as u64)).unwrap();
        // Now and then something dear, so that deductibles and limits are passed.
        let most = if chance.below(5) == 0 { 200_000 } else { 12_000 };
        let price = Fen::from_fen(i64::try_from(1 + chance.below(most)).unwrap()).to_string();
        Charge { number, item: of[at], price }
    };
    let count = 1 + u32::try_from(chance.below(4)).unwrap();
    (first..first + count).map(|number| line(number, chance)).collect()
}

/// What lines cost in all.
pub(super) fn total(lines: &[Charge]) -> Fen {
    lines.iter().map(|line| line.price.parse::<Fen>().unwrap()).sum()
}
