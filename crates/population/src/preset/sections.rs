//! The sections of a preset, as its file has them. Arrays go by age band ([`AGES`]), by level from primary to tertiary,
//! by employment, or by status from active to retired.

use super::figure::Figure;
use super::offences::Offences;
use alloc::string::String;
use alloc::vec::Vec;
use serde::Deserialize;

/// How many bands of age there are.
pub const AGES: usize = 11;

/// A figure for each band of age.
pub type ByAge = Figure<[f64; AGES]>;
/// A figure for each level: primary, secondary, tertiary.
pub type ByLevel = Figure<[f64; 3]>;
/// A figure for the active and one for the retired.
pub type ByStatus = Figure<[f64; 2]>;
/// One number.
pub type One = Figure<f64>;

macro_rules! section {
    ($(#[$about:meta])* $name:ident { $($(#[$what:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$about])*
        #[derive(Clone, Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name { $($(#[$what])* pub $field: $type,)* }

        impl $name {
            /// Each figure's name, value, evidence and reason.
            pub(super) fn list(&self) -> Vec<(&'static str, alloc::string::String, super::Evidence, &str)> {
                alloc::vec![$((stringify!($field), self.$field.shown(), self.$field.from, self.$field.why.as_str()),)*]
            }
        }
    };
}

section! {
    /// Bands of age, and how the active and the retired fall into them.
    Ages {
        /// First year of life of each band.
        lower: Figure<[u8; AGES]>,
        /// Nobody is this old.
        oldest: Figure<u8>,
        /// No retired person is younger.
        retired_from: Figure<u8>,
        /// Shares of the active.
        active: ByAge,
        /// Shares of the retired.
        retired: ByAge,
    }
}

section! {
    /// Who is insured and how.
    People {
        /// Share of the retired.
        retired: One,
        /// Share of men.
        male: ByStatus,
        /// Shares of enterprise, institution, flexible among the active.
        employment_active: Figure<[f64; 3]>,
        /// The same among the retired.
        employment_retired: Figure<[f64; 3]>,
        /// Share without an account, by employment.
        without_account: Figure<[f64; 3]>,
    }
}

section! {
    /// Wages, pensions, and what accounts hold.
    Income {
        /// Average wage of the place, yuan a month.
        average_wage: One,
        /// Mean of wages over the average wage.
        wage_ratio: One,
        /// Their spread.
        wage_sigma: One,
        /// Least base over the average wage.
        floor: One,
        /// Largest base over the average wage.
        ceiling: One,
        /// What the flexible choose from, over the average wage.
        flexible_tiers: Figure<[f64; 3]>,
        /// How many choose each.
        flexible_shares: Figure<[f64; 3]>,
        /// Mean pension, yuan a month.
        pension: One,
        /// Its spread.
        pension_sigma: One,
        /// Mean opening balance of an account, yuan.
        balance: One,
        /// Its spread.
        balance_sigma: One,
    }
}

section! {
    /// Ordinary visits: how many, and where.
    Visits {
        /// A year, by age.
        mean_by_age: ByAge,
        /// Times as many: men, women.
        sex: Figure<[f64; 2]>,
        /// Shape of how persons differ.
        shape_by_age: ByAge,
        /// Shares of levels.
        level: ByLevel,
        /// How much persons keep to a level: small is much.
        preference: One,
        /// Chance to go to one's usual place.
        usual_place: One,
        /// Correlation of a person's (log) intensity from year to year.
        year_to_year: One,
    }
}

section! {
    /// What an ordinary visit costs.
    Cost {
        /// Mean by level, yuan.
        mean: ByLevel,
        /// Spread by level.
        sigma: ByLevel,
        /// The part of the spread that is the person's.
        person_sigma: One,
        /// Least cost, yuan.
        smallest: One,
        /// Largest cost, yuan.
        largest: One,
    }
}

section! {
    /// Chronic and special diseases.
    Diseases {
        /// Share with diagnosed hypertension.
        diagnosed_hypertension: ByAge,
        /// Share with diagnosed diabetes.
        diagnosed_diabetes: ByAge,
        /// Times as many ordinary visits: hypertension, diabetes.
        more_visits: Figure<[f64; 2]>,
        /// Share enrolled for a chronic disease.
        enrolled: ByStatus,
        /// Names of the diseases.
        names: Figure<Vec<String>>,
        /// How many of the enrolled have each.
        mix: Figure<Vec<f64>>,
        /// Times as many visits, by disease.
        visit_factor: Figure<Vec<f64>>,
        /// Times the cost, by disease.
        cost_factor: Figure<Vec<f64>>,
        /// Visits a year of an enrolled person.
        visits: One,
        /// Shape of how persons differ.
        visits_shape: One,
        /// Mean cost of a visit, yuan.
        cost: One,
        /// Its spread.
        cost_sigma: One,
    }
}

section! {
    /// Purchases at pharmacies.
    Pharmacy {
        /// A year.
        purchases: ByStatus,
        /// Shape of how persons differ.
        shape: One,
        /// Mean, yuan.
        cost: One,
        /// Its spread.
        cost_sigma: One,
        /// Shares of account, cash, prescription.
        means: Figure<[f64; 3]>,
        /// Off-list share of what is bought without prescription.
        off_list: One,
        /// First-pay share of it.
        upfront: One,
    }
}

section! {
    /// Admissions.
    Admissions {
        /// A year.
        rate: ByStatus,
        /// Shape of how persons differ.
        shape: One,
        /// Mean cost, yuan.
        cost: ByStatus,
        /// Its spread.
        cost_sigma: One,
        /// Shares of levels.
        level: ByLevel,
        /// Cost by level, of which only the proportions count.
        cost_level: ByLevel,
        /// Largest cost, yuan.
        largest: One,
    }
}

section! {
    /// What accounts are asked to pay for relatives (家庭共济).
    Relatives {
        /// Share of those with an account whose account pays for relatives.
        sharing: ByStatus,
        /// Uses a year of such an account.
        uses: ByStatus,
        /// Shape of how they differ.
        shape: One,
        /// Mean of what is asked for, yuan.
        cost: One,
        /// Its spread.
        cost_sigma: One,
        /// For whom: spouse, parents, children.
        kin: Figure<[[f64; 3]; 2]>,
        /// Share of uses at pharmacies; the others are at institutions, by the level of visits.
        pharmacy: One,
    }
}

section! {
    /// What a catalogue leaves outside.
    Scope {
        /// Mean off-list share of cost.
        off_list: ByLevel,
        /// Mean first-pay share of cost.
        upfront: ByLevel,
        /// How close shares lie to their mean.
        concentration: One,
    }
}

section! {
    /// Care elsewhere.
    Away {
        /// Share of outpatient visits.
        outpatient: One,
        /// Their cost over a local visit's.
        outpatient_cost: One,
        /// Share of admissions.
        admission: One,
        /// Their cost over a local one's.
        admission_cost: One,
        /// Share of other provinces in care elsewhere.
        nation: One,
    }
}

section! {
    /// When in the year, the week and the day.
    Calendar {
        /// Weights from Monday to Sunday.
        weekday: Figure<[f64; 7]>,
        /// The same at pharmacies.
        weekday_pharmacy: Figure<[f64; 7]>,
        /// Weights of months.
        month: Figure<[f64; 12]>,
        /// Further weight of December.
        december: One,
        /// Weight of the seven days from the first of the lunar year.
        festival: One,
        /// First days of lunar years.
        festivals: Figure<Vec<String>>,
        /// Weights of hours.
        hour: Figure<[f64; 24]>,
        /// The same at pharmacies.
        hour_pharmacy: Figure<[f64; 24]>,
    }
}

section! {
    /// How many institutions there are to choose from.
    Institutions {
        /// By level.
        count: Figure<[u32; 3]>,
        /// Pharmacies.
        pharmacies: Figure<u32>,
    }
}

section! {
    /// How people behaved before the reform, as factors on what they do now.
    Before {
        /// On ordinary visits.
        visits: One,
        /// On their cost.
        cost: One,
        /// On the cost of a purchase.
        pharmacy_cost: One,
    }
}

section! {
    /// What a visit's cost consists of.
    Lines {
        /// Names of the categories, medicines first, then examinations, laboratory.
        names: Figure<[String; 8]>,
        /// Shares in hospitals.
        hospital: Figure<[f64; 8]>,
        /// Shares at the primary level.
        primary: Figure<[f64; 8]>,
        /// How close a visit's shares lie to these: the sum of their parameters.
        concentration: One,
    }
}

section! {
    /// Violations that are put into claims on request.
    Violations {
        /// The fund's part of what is wrongly charged, over all that the fund pays.
        fund_share: One,
        /// What the pooled fund is taken to pay of eligible expense: visits, chronic visits, admissions, prescriptions.
        fund_paid: Figure<[f64; 4]>,
        /// Share of institutions with small faults, with intent, in rings.
        institutions: Figure<[f64; 3]>,
        /// How often each of these does it, over one with small faults.
        weights: Figure<[f64; 3]>,
        /// Kinds of violation.
        kinds: Figure<Vec<Offences>>,
    }
}
