//! The facts that every area has, before a package adds its own.

use super::{Fact, FactId, Kind, Owner, Source};
use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

/// Shared facts: name, owner, kind, values (child under parent), default.
pub(super) const SHARED: &[(&str, Owner, Kind, &[(&str, &str)], Option<i64>)] = {
    use Kind::{Choice, Date, Flag, Money, Whole};
    use Owner::{Charge, Encounter, Institution, Member};
    &[
        ("status", Member, Choice, &[("active", ""), ("retired", ""), ("pre_1949_worker", "retired")], None),
        ("enrolment", Member, Choice, &[], None),
        ("age", Member, Whole(0, 150), &[], None),
        ("birth_date", Member, Date, &[], None),
        ("class", Institution, Choice, CLASSES, Some(3)),
        ("kind", Institution, Choice, KINDS, Some(0)),
        ("issuer_class", Institution, Choice, CLASSES, Some(3)),
        ("issuer_kind", Institution, Choice, KINDS, Some(0)),
        ("prescription", Encounter, Flag, &[], Some(0)),
        (
            "place",
            Encounter,
            Choice,
            &[("local", ""), ("filed_long_term", ""), ("referred", ""), ("temporary", "")],
            Some(0),
        ),
        (
            "care_type",
            Encounter,
            Choice,
            &[
                ("ordinary_outpatient", ""),
                ("pharmacy", ""),
                ("emergency", "ordinary_outpatient"),
                ("special_disease", ""),
                ("two_diseases", ""),
                ("negotiated_drug", ""),
            ],
            None,
        ),
        ("month", Encounter, Whole(1, 12), &[], None),
        ("charge_amount", Charge, Money, &[], None),
    ]
};

/// Where one of them stands among the facts of every package: they come first, in this order.
pub(crate) const fn place_of(name: &str) -> FactId {
    let mut place = 0;
    while !same(SHARED[place].0.as_bytes(), name.as_bytes()) {
        place += 1;
    }
    place
}

const fn same(one: &[u8], other: &[u8]) -> bool {
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}

const CLASSES: &[(&str, &str)] = &[("primary", ""), ("secondary", ""), ("tertiary", ""), ("ungraded", "")];

const KINDS: &[(&str, &str)] = &[
    ("general", ""),
    ("psychiatric", ""),
    ("infectious", ""),
    ("community", ""),
    ("township", ""),
    ("internet", ""),
    ("pharmacy", ""),
];

/// The value of a fact that stands for "one of these named values" where a package declares none.
pub(super) const ENROLMENTS: &[&str] =
    &["employer", "individual_tier_1", "individual_tier_2", "lump_sum", "flexible", "pool_only"];

/// What an account may be used for (account.use).
pub(super) const PURPOSES: &[&str] = &[
    "clinic",
    "pharmacy_goods",
    "resident_premium",
    "care_premium",
    "large_amount_premium",
    "commercial_premium",
    "public_health",
    "fitness",
    "wellness",
];

/// For whom an account may be used.
pub(super) const PERSONS: &[&str] = &["self", "spouse", "parent", "child", "other"];

pub(super) fn shared_fact(name: &str, owner: Owner, kind: Kind, values: &[(&str, &str)], default: Option<i64>) -> Fact {
    let names: Vec<String> = values.iter().map(|(value, _)| (*value).to_owned()).collect();
    let parents = values.iter().map(|(_, parent)| names.iter().position(|v| v == parent)).collect();
    Fact {
        name: name.to_owned(),
        owner,
        kind,
        parents,
        values: names,
        default,
        shared: true,
        derived: None,
        source: Source::Raw(0),
        cuts: Vec::new(),
        bands: Vec::new(),
    }
}
