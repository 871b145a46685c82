//! What a relative's account may be used for, and sets of it. Which purposes an area allows is data of its package.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What money of a personal account is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// 定点医疗机构就医
    Clinic,
    /// 定点零售药店药品、医疗器械、医用耗材
    PharmacyGoods,
    /// 城乡居民基本医疗保险个人缴费
    ResidentPremium,
    /// 长期护理保险个人缴费
    CarePremium,
    /// 大额医疗费用补助个人缴费
    LargeAmountPremium,
    /// 商业健康保险
    CommercialPremium,
}

/// A set of purposes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Purposes(u8);

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 6] = [
        Self::Clinic,
        Self::PharmacyGoods,
        Self::ResidentPremium,
        Self::CarePremium,
        Self::LargeAmountPremium,
        Self::CommercialPremium,
    ];

    /// The purpose's Chinese name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Clinic => "医疗机构就医",
            Self::PharmacyGoods => "药店购药购械",
            Self::ResidentPremium => "居民医保缴费",
            Self::CarePremium => "长期护理保险缴费",
            Self::LargeAmountPremium => "大额补助缴费",
            Self::CommercialPremium => "商业健康保险",
        }
    }
}

impl Purposes {
    /// Whether a purpose is in it.
    pub fn has(self, purpose: Purpose) -> bool {
        self.0 & (1 << purpose as u8) != 0
    }

    /// The purposes in it, in their order.
    pub fn iter(self) -> impl Iterator<Item = Purpose> {
        Purpose::ALL.into_iter().filter(move |purpose| self.has(*purpose))
    }
}

impl FromIterator<Purpose> for Purposes {
    fn from_iter<I: IntoIterator<Item = Purpose>>(purposes: I) -> Self {
        Self(purposes.into_iter().fold(0, |set, purpose| set | 1 << purpose as u8))
    }
}

impl fmt::Display for Purposes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.iter().map(Purpose::name).collect();
        f.write_str(&if names.is_empty() { String::from("无") } else { names.join("、") })
    }
}

impl Serialize for Purposes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_seq(self.iter())
        } else {
            serializer.serialize_u8(self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Purposes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return Ok(Vec::<Purpose>::deserialize(deserializer)?.into_iter().collect());
        }
        let bits = u8::deserialize(deserializer)?;
        let known = Purpose::ALL.into_iter().collect::<Self>().0;
        if bits & !known == 0 { Ok(Self(bits)) } else { Err(serde::de::Error::custom("unknown purpose")) }
    }
}
