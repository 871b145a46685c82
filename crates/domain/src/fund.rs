//! Funds by their national code (基金支付类型) and the national field that reports each.

use alloc::string::{String, ToString};
use core::fmt;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A fund by its national code `fund_pay_type` (基金支付类型), such as 310100.
#[doc(alias = "fund_pay_type")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FundCode(u32);

/// The field of the national settlement that a fund's payment is reported in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NationalField {
    /// `hifp_pay` 基本医疗保险统筹基金支出
    Hifp,
    /// `cvlserv_pay` 公务员医疗补助资金支出
    Cvlserv,
    /// `hifes_pay` 企业补充医疗保险基金支出
    Hifes,
    /// `hifmi_pay` 居民大病保险资金支出
    Hifmi,
    /// `hifob_pay` 职工大额医疗费用补助基金支出
    Hifob,
    /// `maf_pay` 医疗救助基金支出
    Maf,
    /// `hifdm_pay` 伤残人员医疗保障基金支出
    Hifdm,
    /// `oth_pay` 其他支出
    Oth,
}

/// The national codes, each with its Chinese name and the field that reports it.
const FUNDS: &[(u32, &str, NationalField)] = &[
    (310_100, "职工基本医疗保险统筹基金", NationalField::Hifp),
    (310_101, "职工基本医疗保险统筹基金（预付金）", NationalField::Hifp),
    (310_102, "职工门诊统筹基金", NationalField::Hifp),
    (310_300, "职工大病补助基金", NationalField::Hifob),
    (320_100, "公务员医疗补助基金", NationalField::Cvlserv),
    (320_200, "厅级干部补助基金", NationalField::Cvlserv),
    (330_100, "大额医疗费用补助基金", NationalField::Hifob),
    (330_200, "职工意外伤害基金", NationalField::Hifob),
    (340_100, "离休人员医疗保障基金", NationalField::Oth),
    (350_100, "一至六级残疾军人医疗补助基金", NationalField::Hifdm),
    (370_100, "企业补充医疗保险基金", NationalField::Hifes),
    (370_200, "公益补充保险基金", NationalField::Oth),
    (390_100, "城乡居民基本医疗保险基金", NationalField::Oth),
    (390_200, "城乡居民大病医疗保险基金", NationalField::Hifmi),
    (410_100, "工伤保险基金", NationalField::Oth),
    (510_100, "生育基金", NationalField::Oth),
    (610_100, "医疗救助基金", NationalField::Maf),
    (610_200, "优抚对象医疗补助基金", NationalField::Oth),
    (630_100, "医院减免金", NationalField::Oth),
    (999_997, "其他基金", NationalField::Oth),
];

impl FundCode {
    /// The pooled fund (统筹基金), 310100.
    pub const POOLED: Self = Self(310_100);
    /// The large-amount fund (大额医疗费用补助基金), 330100.
    pub const LARGE_AMOUNT: Self = Self(330_100);

    /// The fund of a national code, if the code table has it.
    pub fn from_code(code: &str) -> Option<Self> {
        let number: u32 = code.parse().ok()?;
        FUNDS.iter().any(|fund| fund.0 == number && code.len() == 6).then_some(Self(number))
    }

    /// The code as a number.
    pub const fn number(self) -> u32 {
        self.0
    }

    /// The codes that the table knows, for messages about what is allowed.
    pub fn all() -> impl Iterator<Item = Self> {
        FUNDS.iter().map(|fund| Self(fund.0))
    }

    /// The fund's Chinese name.
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// The national field that reports this fund's payments.
    pub fn field(self) -> NationalField {
        self.row().2
    }

    fn row(self) -> &'static (u32, &'static str, NationalField) {
        FUNDS.iter().find(|fund| fund.0 == self.0).expect("a fund code is made from the table")
    }
}

impl fmt::Display for FundCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl Serialize for FundCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FundCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::from_code(&code)
            .ok_or_else(|| serde::de::Error::custom(code.to_string() + " is not a national fund code"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fund_has_a_name_and_a_field_and_reads_back() {
        for fund in FundCode::all() {
            assert_eq!(FundCode::from_code(&fund.to_string()), Some(fund));
            assert!(!fund.name().is_empty());
        }
        assert_eq!(FundCode::POOLED.field(), NationalField::Hifp);
        assert_eq!(FundCode::LARGE_AMOUNT.field(), NationalField::Hifob);
    }

    #[test]
    fn the_account_is_not_a_fund_and_codes_are_six_digits() {
        for code in ["310200", "0310100", "31010", "", "abc"] {
            assert_eq!(FundCode::from_code(code), None, "{code}");
        }
    }
}
