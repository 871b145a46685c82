//! A worked case in the words of the wire, with the directory that it needs; or why the wire has no
//! words for it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use gongji_domain::{Clock, Day, Fen, Rate};
use gongji_policy::case::{self, Case, Encounter};
use gongji_policy::{Area, WorkedCase};

use super::super::Patient;
use crate::catalogue::{Catalogue, index, kind};
use crate::his::directory::{Directory, Institution, Member, PersonType};
use crate::his::number::Decimal;
use crate::his::profile::Profile;

/// A case that the wire can say.
pub(super) struct Said {
    pub patient: Patient,
    pub visits: Vec<Visit>,
}

/// One of its encounters.
pub(super) struct Visit {
    pub institution: String,
    pub med_type: &'static str,
    pub begntime: String,
    pub prescriber: Option<String>,
    /// Catalogue code and price of each line.
    pub lines: Vec<(String, Fen)>,
    pub total: Fen,
    /// Which earlier visit is cancelled just before.
    pub cancels: Option<usize>,
}

impl Visit {
    /// Whether it is bought at a pharmacy without a prescription, which needs no visit.
    pub(super) fn is_purchase(&self) -> bool {
        self.med_type == "41" && self.prescriber.is_none()
    }
}

/// What is said only once for all cases: who is insured, with whom, what the catalogue lists.
#[derive(Default)]
pub(super) struct Register {
    members: Vec<Member>,
    institutions: BTreeMap<String, Institution>,
    items: HashMap<(bool, Option<Fen>, Rate), String>,
}

/// Says why not, in a few words that are the same for all cases of one kind.
type Say<T> = Result<T, &'static str>;

impl Register {
    /// Says a case, and enters what it needs.
    pub(super) fn say(&mut self, area: &Area, worked: &WorkedCase) -> Say<Said> {
        let case = worked.case.as_ref().map_err(|_| "the case is in error")?;
        if !case.used.is_empty() {
            return Err("something was used before");
        }
        let member = self.member(area, case)?;
        let mut visits = Vec::new();
        let mut needed = BTreeMap::new();
        for (i, (encounter, _)) in case.encounters.iter().enumerate() {
            let cancels = worked.cancellations[i];
            visits.push(Visit { cancels, ..self.visit(area, encounter, &mut needed)? });
        }
        for (code, institution) in &needed {
            if self.institutions.get(code).is_some_and(|known| !same(known, institution)) {
                return Err("an institution differs from itself");
            }
        }
        self.institutions.extend(needed);
        let patient = Patient { psn_no: member.psn_no.clone().leak(), certno: member.certno.clone().leak() };
        self.members.push(member);
        Ok(Said { patient, visits })
    }

    /// The directory of everything said.
    pub(super) fn directory(self) -> Directory {
        let mut lines: BTreeMap<&str, BTreeMap<Box<str>, Box<str>>> = BTreeMap::new();
        for ((covered, ceiling, upfront), code) in self.items {
            let level = if covered { "02" } else { "03" };
            let share = Decimal::read(&format!("{}e-6", upfront.millionths())).unwrap().to_string();
            let here = [("hilist_code", code.as_str()), ("insu_admdvs", "100000"), ("begndate", "1900-01-01")];
            let mut put = |number: &'static str, cells: &[(&str, &str)]| {
                let (key, line) = index::line(number, &[&here, cells].concat());
                lines.entry(number).or_default().insert(key, line);
            };
            put("1312", &[("chrgitm_lv", level), ("med_chrgitm_type", "09")]);
            put("1319", &[("selfpay_prop_psn_type", "310"), ("selfpay_prop_type", "10"), ("selfpay_prop", &share)]);
            for kind in ["1", "2", "3"].into_iter().filter(|_| ceiling.is_some()) {
                let price = ceiling.unwrap_or_default().to_string();
                put("1318", &[("hilist_lmtpric_type", kind), ("hilist_pric_uplmt_amt", &price)]);
            }
        }
        let mut catalogue = Catalogue::default();
        for (number, lines) in lines {
            catalogue.take(kind(number).unwrap(), lines).unwrap();
        }
        Directory::new(self.members, self.institutions.into_values().collect(), catalogue).unwrap()
    }

    fn member(&self, area: &Area, case: &Case) -> Say<Member> {
        let mut statuses: BTreeMap<Day, &'static str> = BTreeMap::new();
        let mut enrolments = BTreeSet::new();
        for (encounter, then) in &case.encounters {
            let member = case.member.at(then);
            if !member.facts.is_empty() {
                return Err("declared facts");
            }
            let psn_type = match member.status.as_str() {
                "active" => "11",
                "retired" => "12",
                "pre_1949_worker" => "34",
                _ => return Err("status"),
            };
            if statuses.insert(encounter.date, psn_type).is_some_and(|known| known != psn_type) {
                return Err("two statuses on one day");
            }
            enrolments.insert(member.enrolment.unwrap_or_else(|| first_enrolment(area)));
        }
        let (Some(enrolment), None) = (enrolments.pop_first(), enrolments.pop_first()) else {
            return Err("the enrolment changes");
        };
        let mut psn_types: Vec<PersonType> = Vec::new();
        for (from, psn_type) in statuses {
            psn_types.push(PersonType { from, psn_type: psn_type.to_owned() });
        }
        let number = self.members.len();
        Ok(Member {
            psn_no: format!("{}{number:08}", area.code()),
            psn_name: "演示".to_owned(),
            certno: format!("99{number:016}"),
            card_no: format!("C{number:08}"),
            token: format!("T{number:08}"),
            gend: "1".to_owned(),
            naty: "01".to_owned(),
            // A rule that asks for the age refuses a case that states none.
            brdy: case.member.birth_date.unwrap_or_else(|| "1970-01-01".parse().unwrap()),
            area: area.code().to_owned(),
            enrolment,
            emp_name: String::new(),
            cvlserv_flag: "0".to_owned(),
            insured_from: Day::FIRST,
            paused_from: None,
            psn_types,
            account: case.account_balance,
            account_prior_years: case.account_prior_years,
        })
    }

    fn visit(&mut self, area: &Area, encounter: &Encounter, needed: &mut BTreeMap<String, Institution>) -> Say<Visit> {
        if !encounter.prior_benefits.is_empty() {
            return Err("prior benefits");
        }
        if !encounter.facts.is_empty() {
            return Err("declared facts");
        }
        let med_type = match encounter.care_type.as_str() {
            "ordinary_outpatient" => "11",
            "emergency" => "13",
            "special_disease" => "14",
            "negotiated_drug" => "18",
            "pharmacy" => "41",
            "two_diseases" => "9901",
            _ => return Err("care type"),
        };
        let lies_in = match encounter.place.as_deref() {
            None | Some("local") => area.code(),
            Some("temporary") => "990000",
            Some(_) => return Err("a filed or referred visit elsewhere"),
        };
        let pharmacy = med_type == "41";
        let mut issue = |at: &case::Institution, lies_in, pharmacy| -> Say<String> {
            let institution = institution(at, lies_in, pharmacy)?;
            let code = institution.code.clone();
            match needed.insert(code.clone(), institution.clone()) {
                Some(known) if !same(&known, &institution) => Err("an institution differs from itself"),
                _ => Ok(code),
            }
        };
        let at = issue(&encounter.institution, lies_in, pharmacy)?;
        let prescriber = encounter.prescriber.as_ref().map(|at| issue(at, area.code(), false)).transpose()?;
        let mut lines = Vec::new();
        for charge in &encounter.charges {
            if !charge.facts.is_empty() {
                return Err("declared facts");
            }
            let next = format!("I{}", self.items.len());
            let key = (charge.covered, charge.ceiling, charge.upfront_rate);
            lines.push((self.items.entry(key).or_insert(next).clone(), charge.amount));
        }
        let Clock(second) = encounter.time.unwrap_or_default();
        let time = format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
        Ok(Visit {
            institution: at,
            med_type,
            begntime: format!("{} {time}", encounter.date),
            prescriber,
            total: lines.iter().map(|(_, amount)| *amount).sum(),
            lines,
            cancels: None,
        })
    }
}

/// An institution by its number if the case says one, else by what it is.
fn institution(at: &case::Institution, lies_in: &str, pharmacy: bool) -> Say<Institution> {
    if !at.facts.is_empty() {
        return Err("declared facts");
    }
    let hosp_lv = match at.class.as_deref() {
        Some("tertiary") => "1",
        Some("secondary") => "5",
        Some("primary") => "8",
        Some("ungraded") => "11",
        None if pharmacy => "11",
        _ => return Err("class"),
    };
    let kind = at.kind.clone().unwrap_or_else(|| "general".to_owned());
    let fixmedins_type = if pharmacy { "2" } else { "1" };
    let code = at.id.clone().unwrap_or_else(|| format!("{lies_in}-{fixmedins_type}-{hosp_lv}-{kind}"));
    if code.is_empty() || code.len() > 30 {
        return Err("the number of an institution");
    }
    Ok(Institution {
        name: code.clone(),
        uscc: String::new(),
        code,
        area: lies_in.to_owned(),
        fixmedins_type: fixmedins_type.to_owned(),
        hosp_lv: hosp_lv.to_owned(),
        kind,
        agreement_from: Day::MIN,
        agreement_ended: None,
        profile: Profile::plain(),
    })
}

fn same(a: &Institution, b: &Institution) -> bool {
    let key = |i: &Institution| (i.area.clone(), i.fixmedins_type.clone(), i.hosp_lv.clone(), i.kind.clone());
    key(a) == key(b)
}

/// The enrolment of a member whose case states none.
fn first_enrolment(area: &Area) -> String {
    let fact = area.facts().iter().find(|fact| fact.name == "enrolment").unwrap();
    let first = usize::try_from(fact.default.unwrap_or(0)).unwrap();
    fact.values[first].clone()
}
