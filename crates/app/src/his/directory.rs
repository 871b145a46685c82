//! Whom a file lists as insured, with whom there are agreements, what the catalogue lists. Read only while the
//! service runs; where it comes from is the caller's business.

use std::collections::{HashMap, HashSet};

use foldhash::fast::RandomState;
use gongji_domain::{Day, Fen};
use serde::Deserialize;

use super::codes;
use super::errors::{Code, Fault};
use super::profile::{self, Profile};
use crate::catalogue::{Catalogue, Folder};

/// A member (参保人) as a file lists one: what the register is told at the beginning.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Member {
    /// 人员编号
    pub psn_no: String,
    /// 人员姓名
    pub psn_name: String,
    /// 证件号码 (identity card)
    pub certno: String,
    /// 社会保障卡号
    pub card_no: String,
    /// 医保电子凭证令牌
    pub token: String,
    /// 性别
    pub gend: String,
    /// 民族
    #[serde(default = "han")]
    pub naty: String,
    /// 出生日期
    pub brdy: Day,
    /// 统筹区
    pub area: String,
    /// Kind of enrolment, in the words of the area's package.
    pub enrolment: String,
    /// 单位名称
    #[serde(default)]
    pub emp_name: String,
    /// 公务员标志
    #[serde(default = "no")]
    pub cvlserv_flag: String,
    /// First day in benefit.
    pub insured_from: Day,
    /// First day out of benefit again.
    #[serde(default)]
    pub paused_from: Option<Day>,
    /// 人员类别 by day, ascending.
    pub psn_types: Vec<PersonType>,
    /// Opening balance of the account.
    #[serde(default)]
    pub account: Fen,
    /// The part of it from earlier years.
    #[serde(default)]
    pub account_prior_years: Fen,
}

/// 人员类别 from a day on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PersonType {
    pub from: Day,
    pub psn_type: String,
}

/// An institution (定点医药机构).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Institution {
    /// 定点医药机构编号
    pub code: String,
    /// 定点医药机构名称
    pub name: String,
    /// 统一社会信用代码
    pub uscc: String,
    /// 统筹区 it lies in.
    pub area: String,
    /// 定点机构类型: 1 hospital, 2 pharmacy.
    pub fixmedins_type: String,
    /// 医院等级 under the agreement.
    pub hosp_lv: String,
    /// Kind, in the words of the policies.
    pub kind: String,
    /// First day of the agreement.
    pub agreement_from: Day,
    /// First day without agreement again.
    #[serde(default)]
    pub agreement_ended: Option<Day>,
    /// 省份习惯 in which it is answered.
    #[serde(default = "Profile::plain", deserialize_with = "profile::by_name")]
    pub profile: &'static Profile,
}

/// All three.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    members: HashMap<String, Member, RandomState>,
    institutions: HashMap<String, Institution, RandomState>,
    catalogue: Catalogue,
    folder: Folder,
}

fn han() -> String {
    "01".to_owned()
}

fn no() -> String {
    "0".to_owned()
}

/// Whether number and area can stand in the keys of accounts.
fn in_keys(what: &str, number: &str, area: &str) -> Result<(), String> {
    let said = |fault: gongji_ledger::NameError| format!("{what} {number} of {area}: {fault}");
    number.parse::<gongji_ledger::Name>().map_err(said)?;
    area.parse::<gongji_ledger::AreaCode>().map_err(said)?;
    Ok(())
}

impl Member {
    /// 人员类别 on a day; before the first row the first.
    pub(crate) fn psn_type(&self, day: Day) -> &str {
        let row = self.psn_types.iter().rev().find(|row| row.from <= day).or(self.psn_types.first());
        row.map_or("", |row| row.psn_type.as_str())
    }
}

impl Institution {
    /// Whether there is an agreement on a day.
    pub(crate) fn has_agreement(&self, day: Day) -> bool {
        self.agreement_from <= day && self.agreement_ended.is_none_or(|ended| day < ended)
    }

    /// Whether it is a pharmacy (定点零售药店).
    pub(crate) fn is_pharmacy(&self) -> bool {
        self.fixmedins_type == codes::PHARMACY
    }
}

impl Directory {
    /// Collects all three.
    ///
    /// # Errors
    /// Says in words which entry is there twice or cannot be settled with.
    pub(crate) fn new(
        members: Vec<Member>,
        institutions: Vec<Institution>,
        catalogue: Catalogue,
    ) -> Result<Self, String> {
        let mut directory = Self { catalogue, ..Self::default() };
        let mut certificates = HashSet::new();
        for member in members {
            in_keys("member", &member.psn_no, &member.area)?;
            let rows = &member.psn_types;
            if rows.is_empty() || !rows.is_sorted_by(|a, b| a.from < b.from) {
                return Err(format!("member {}: psn_types must be there and ascend", member.psn_no));
            }
            let shown = [("01", &member.token), ("02", &member.certno), ("03", &member.card_no)];
            for (kind, number) in shown {
                if !certificates.insert((kind, number.clone())) {
                    return Err(format!("member {}: certificate {kind} {number} is there twice", member.psn_no));
                }
            }
            if let Some(twice) = directory.members.insert(member.psn_no.clone(), member) {
                return Err(format!("member {} is there twice", twice.psn_no));
            }
        }
        for institution in institutions {
            in_keys("institution", &institution.code, &institution.area)?;
            if codes::class(&institution.hosp_lv).is_none() {
                return Err(format!("institution {}: hosp_lv {} is unknown", institution.code, institution.hosp_lv));
            }
            if let Some(twice) = directory.institutions.insert(institution.code.clone(), institution) {
                return Err(format!("institution {} is there twice", twice.code));
            }
        }
        Ok(directory)
    }

    /// With the versions of the catalogue, for who downloads them.
    pub(crate) fn with_folder(self, folder: Folder) -> Self {
        Self { folder, ..self }
    }

    /// All listed members.
    pub(crate) fn members(&self) -> impl Iterator<Item = &Member> {
        self.members.values()
    }

    /// The listed member with a number.
    pub(crate) fn member(&self, psn_no: &str, field: &str) -> Result<&Member, Fault> {
        self.members.get(psn_no).ok_or_else(|| Fault::at(Code::NotAMember, field).given(psn_no))
    }

    /// The institution with a code, whether its agreement runs or not.
    pub(crate) fn institution(&self, code: &str) -> Option<&Institution> {
        self.institutions.get(code)
    }

    /// The codes of all institutions.
    pub(crate) fn institution_codes(&self) -> impl Iterator<Item = &str> {
        self.institutions.keys().map(String::as_str)
    }

    /// All institutions.
    pub(crate) fn institutions(&self) -> impl Iterator<Item = &Institution> {
        self.institutions.values()
    }

    /// The catalogue (医保目录).
    pub(crate) fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The same where an institution has the habits of a province.
    #[cfg(test)]
    pub(crate) fn in_habit(mut self, code: &str, profile: &'static Profile) -> Self {
        if let Some(institution) = self.institutions.get_mut(code) {
            institution.profile = profile;
        }
        self
    }

    /// The catalogue as it is downloaded.
    pub(crate) fn folder(&self) -> &Folder {
        &self.folder
    }
}
