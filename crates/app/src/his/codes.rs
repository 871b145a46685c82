//! The national code tables that decide something, as data. A longer code belongs to the longest
//! known prefix, since provinces extend every table that way.

/// Row of the longest prefix of `code`.
fn by_prefix<'t, T>(table: &'t [(&str, T)], code: &str) -> Option<&'t T> {
    let matching = table.iter().filter(|(prefix, _)| code.starts_with(prefix));
    matching.max_by_key(|(prefix, _)| prefix.len()).map(|(_, row)| row)
}

/// Insurance (险种 insutype) that this service settles.
pub(crate) const EMPLOYEES: &[(&str, &str)] = &[("310", "职工基本医疗保险")];

/// Certificate shown (就诊凭证类型 mdtrt_cert_type).
pub(crate) const CERTIFICATES: &[(&str, &str)] = &[("01", "医保电子凭证"), ("02", "居民身份证"), ("03", "社会保障卡")];

/// A card (社会保障卡), which can be lost.
pub(crate) const CARD: &str = "03";

/// Yes and no.
pub(crate) const FLAG: &[(&str, &str)] = &[("0", "否"), ("1", "是")];

/// Yes or no as the interface writes it.
pub(crate) fn flag(is: bool) -> &'static str {
    if is { "1" } else { "0" }
}

/// Approval by the hospital (医院审批标志 hosp_appr_flag).
pub(crate) const APPROVALS: &[(&str, &str)] = &[("0", "无须审批"), ("1", "审批通过"), ("2", "审批不通过")];

/// Use of the personal account (个人账户使用标志 acct_used_flag).
pub(crate) const ACCOUNT_USES: &[(&str, &str)] = &[("0", "不使用"), ("1", "使用本人个账"), ("2", "使用共济人个账")];

/// Way of settling (个人结算方式 psn_setlway).
pub(crate) const SETTLEMENT_WAYS: &[(&str, &str)] = &[("01", "按项目结算"), ("02", "按定额结算")];

/// Status of a member (人员类别 psn_type); none = this service does not settle for such a person.
const PERSON_TYPES: &[(&str, Option<&str>)] = &[
    ("11", Some("active")),
    ("1112", Some("retired")),
    ("12", Some("retired")),
    ("34", Some("pre_1949_worker")),
    ("13", None),
];

/// The member's status, if this service settles for such a person.
pub(crate) fn status(psn_type: &str) -> Option<&'static str> {
    by_prefix(PERSON_TYPES, psn_type).copied().flatten()
}

/// Whether a code is a category of persons (人员类别) that the register knows, settled here or not.
pub(crate) fn is_category(code: &str) -> bool {
    by_prefix(PERSON_TYPES, code).is_some() && code.len() <= 6 && code.bytes().all(|b| b.is_ascii_digit())
}

/// Where a care type can be settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum At {
    /// At a hospital only.
    Hospital,
    /// At a pharmacy only.
    Pharmacy,
    /// At both.
    Both,
}

/// One settled care type (医疗类别 med_type).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CareType {
    /// The policy's name.
    pub name: &'static str,
    /// Clearing type (清算类别 clr_type).
    pub clr_type: &'static str,
    /// Where.
    pub at: At,
}

const fn care(name: &'static str, clr_type: &'static str, at: At) -> Option<CareType> {
    Some(CareType { name, clr_type, at })
}

/// Care types; none = known and not settled here (their meaning differs between provinces, or
/// they are not clinic visits).
const CARE_TYPES: &[(&str, Option<CareType>)] = &[
    ("11", care("ordinary_outpatient", "11", At::Hospital)),
    ("1103", None),                                          // 癌症筛查
    ("12", care("ordinary_outpatient", "12", At::Hospital)), // 门诊挂号
    ("13", care("emergency", "13", At::Hospital)),
    ("14", care("special_disease", "14", At::Both)),
    ("18", care("negotiated_drug", "18", At::Both)),
    ("41", care("pharmacy", "41", At::Pharmacy)),
    ("9901", care("two_diseases", "15", At::Both)),
    ("990101", None), // 门诊单病种
    ("990103", None), // 核酸检测
];

/// The care type of a `med_type`.
pub(crate) fn care_type(med_type: &str) -> Option<CareType> {
    by_prefix(CARE_TYPES, med_type).copied().flatten()
}

/// The care types in words, for messages.
pub(crate) const CARE_TYPES_TEXT: &str =
    " 11 普通门诊、12 门诊挂号、13 急诊、14 门诊慢特病、18 特药购药、41 定点药店购药、9901 门诊两病";

/// Only the registration fee (门诊挂号), which may be settled without 2203.
pub(crate) const REGISTRATION: &str = "12";

/// Class under the agreement by 医院等级 hosp_lv; exact codes, since 1 is not the parent of 10.
const CLASSES: &[(&str, &str)] = &[
    ("1", "tertiary"),
    ("2", "tertiary"),
    ("3", "tertiary"),
    ("4", "tertiary"),
    ("12", "tertiary"),
    ("5", "secondary"),
    ("6", "secondary"),
    ("7", "secondary"),
    ("13", "secondary"),
    ("8", "primary"),
    ("9", "primary"),
    ("10", "primary"),
    ("14", "primary"),
    ("11", "ungraded"),
];

/// The institution's class.
pub(crate) fn class(hosp_lv: &str) -> Option<&'static str> {
    CLASSES.iter().find(|(code, _)| *code == hosp_lv).map(|(_, class)| *class)
}

/// Types of institutions (定点机构类型 fixmedins_type) that this service settles with.
pub(crate) const PHARMACY: &str = "2";

/// Account line of `setldetail` (个人账户基金).
pub(crate) const ACCOUNT_FUND: (&str, &str) = ("310200", "城镇职工基本医疗保险个人账户基金");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_code_belongs_to_the_longest_known_prefix() {
        for (code, expected) in [
            ("11", Some("active")),
            ("1101", Some("active")),
            ("116003", Some("active")),
            ("1112", Some("retired")),
            ("126015", Some("retired")),
            ("34", Some("pre_1949_worker")),
            ("1300", None),
            ("15", None),
            ("1", None),
            ("", None),
        ] {
            assert_eq!(status(code), expected, "{code}");
        }
        for (code, expected) in [
            ("11", Some("ordinary_outpatient")),
            ("12", Some("ordinary_outpatient")),
            ("1301", Some("emergency")),
            ("140104", Some("special_disease")),
            ("9901", Some("two_diseases")),
            ("990101", None),
            ("1103", None),
            ("9903", None),
            ("21", None),
            ("41", Some("pharmacy")),
        ] {
            assert_eq!(care_type(code).map(|care| care.name), expected, "{code}");
        }
    }

    #[test]
    fn hospital_levels_are_exact_codes() {
        for (code, expected) in [
            ("1", Some("tertiary")),
            ("10", Some("primary")),
            ("6", Some("secondary")),
            ("11", Some("ungraded")),
            ("15", None),
        ] {
            assert_eq!(class(code), expected, "{code}");
        }
    }
}
