//! What accounts may pay for relatives in a year (家庭共济使用范围), as the package's own table says: for whom and what,
//! by kind of holder, asked once for the days on which it says the same.

use crate::binding::Binding;
use crate::credits::{MONTHS, STATUS_NAMES};
use crate::scenario::Reform;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use gongji_domain::Day;
use gongji_policy::Area;
use gongji_policy::account::{AccountFault, Using, Verdict};
use gongji_population::{Care, Kin};

/// For each kind of person, a bit for each relative and purpose.
type Allowed = [u8; crate::binding::PERSON_KINDS];

const KIN: [&str; 3] = ["spouse", "parent", "child"];
const _: () = assert!(Kin::Child as usize + 1 == KIN.len() && KIN.len() * PURPOSES.len() <= 8);
/// At institutions, and at pharmacies.
const PURPOSES: [&str; 2] = ["clinic", "pharmacy_goods"];
/// What is taken of goods bought at a pharmacy for a relative: that they bear a national code.
const GOODS: [(&str, &str); 1] = [("national_code", "true")];

/// What accounts may pay for relatives, from which day on.
pub(crate) struct Relatives {
    spans: Vec<(Day, Allowed)>,
    faults: BTreeSet<String>,
}

impl Relatives {
    /// Of a package in a year, or by the rules of one day; before the reform accounts paid for nobody else.
    pub(crate) fn of(
        area: &Area,
        binding: &Binding,
        starts: &[Day; MONTHS + 1],
        reform: Reform,
        on: Option<Day>,
    ) -> Self {
        let mut relatives = Self { spans: Vec::new(), faults: BTreeSet::new() };
        match (reform, on) {
            (Reform::Before, _) => relatives.since(starts[0], Allowed::default()),
            (Reform::After, Some(day)) => {
                let allowed = relatives.on(area, binding, day);
                relatives.since(starts[0], allowed);
            }
            (Reform::After, None) => starts.windows(2).for_each(|ends| relatives.month(area, binding, ends)),
        }
        relatives
    }

    /// A month in whose first and last day the table says the same says it all the month.
    fn month(&mut self, area: &Area, binding: &Binding, ends: &[Day]) {
        let (first, last) = (ends[0], ends[1].before());
        let allowed = self.on(area, binding, first);
        self.since(first, allowed);
        if self.on(area, binding, last) != allowed {
            for day in first.number() + 1..=last.number() {
                let day = Day::from_number(day);
                let allowed = self.on(area, binding, day);
                self.since(day, allowed);
            }
        }
    }

    fn since(&mut self, day: Day, allowed: Allowed) {
        if self.spans.last().is_none_or(|(_, known)| *known != allowed) {
            self.spans.push((day, allowed));
        }
    }

    fn on(&mut self, area: &Area, binding: &Binding, day: Day) -> Allowed {
        let mut allowed = Allowed::default();
        for (kind, bits) in allowed.iter_mut().enumerate() {
            let (status, enrolled) = binding.of_kind(kind);
            for (place, who) in KIN.iter().enumerate() {
                for (use_of, purpose) in PURPOSES.iter().enumerate() {
                    let using = Using {
                        purpose,
                        who,
                        status: STATUS_NAMES[status],
                        enrolment: &enrolled.name,
                        birth: None,
                        facts: &GOODS,
                    };
                    match area.verdict(day, &using) {
                        Ok(verdict) => *bits |= u8::from(verdict == Verdict::Allowed) << bit(place, use_of),
                        Err(fault) => self.cannot(&fault),
                    }
                }
            }
        }
        allowed
    }

    fn cannot(&mut self, fault: &AccountFault) {
        let words = match fault {
            AccountFault::NoRules { .. } => "政策包没有写个人账户使用范围".into(),
            fault => format!("{fault}"),
        };
        self.faults.insert(words);
    }

    /// Whether the account of this kind of person may pay for this care of a relative.
    #[inline]
    pub(crate) fn allows(&self, day: Day, person: usize, kin: Kin, care: Care) -> bool {
        let use_of = usize::from(care == Care::Pharmacy);
        let held = self.spans.iter().rev().find(|(from, _)| *from <= day);
        held.is_some_and(|(_, allowed)| allowed[person] >> bit(kin as usize, use_of) & 1 == 1)
    }

    /// What is to be said of it.
    pub(crate) fn note(&self, reform: Reform) -> String {
        if reform == Reform::Before {
            return "改革前：账户只供本人使用，没有家庭共济".into();
        }
        let none = self.spans.iter().all(|(_, allowed)| *allowed == Allowed::default());
        if none || !self.faults.is_empty() {
            let why: Vec<&str> = self.faults.iter().map(String::as_str).collect();
            let why = if why.is_empty() { "政策包不准许".into() } else { why.join("；") };
            return format!("家庭共济：{}不由账户支付（{why}）", if none { "" } else { "有的" });
        }
        "家庭共济：账户按政策包准许的用途替配偶、父母、子女支付，够多少付多少；亲属在药店所购按有国家医保编码的算。\
         不计入本人的就医、费用和负担"
            .into()
    }
}

const fn bit(kin: usize, use_of: usize) -> usize {
    kin * PURPOSES.len() + use_of
}
