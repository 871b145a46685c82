//! Restrictions (限制使用规则) as data: whom, where and how much of an item is paid for. One row is
//! one kind with one value; a line that one of them does not allow is off-list (自费).

use std::fmt;

use crate::his::number::{Decimal, Fixed, Quantity};

/// What is restricted, in the words of the table of restrictions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Limit {
    /// `approval`: only with the hospital's approval (医院审批).
    Approval,
    /// `diagnosis`: only with a diagnosis that begins with one of these codes.
    Diagnosis(Vec<String>),
    /// `age`: only from one age to another, both included.
    Age(i32, i32),
    /// `sex`: only for one (1 男, 2 女).
    Sex(String),
    /// `institution`: only at institutions of these levels (3 三级, 2 二级, 1 一级及以下).
    Institution(Vec<String>),
    /// `quantity`: at most so many units a line.
    Quantity(Quantity),
    /// `days`: at most so many days a line.
    Days(Days),
}

/// Days of a prescription (周期天数), N4,2.
pub(crate) type Days = Fixed<2>;

/// What the restrictions ask of a line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Circumstances<'a> {
    /// Whether the hospital approved (hosp_appr_flag 1).
    pub approved: bool,
    /// Diagnoses and 病种 of the visit and the line.
    pub diagnoses: &'a [&'a str],
    /// Age in whole years on the service date.
    pub age: i32,
    /// 性别
    pub sex: &'a str,
    /// Level for ceilings and restrictions: 3, 2 or 1.
    pub level: &'a str,
    pub quantity: Quantity,
    pub days: Option<Days>,
}

impl Limit {
    /// Reads kind and value.
    ///
    /// # Errors
    /// What is allowed.
    pub(crate) fn read(kind: &str, value: &str) -> Result<Self, &'static str> {
        let list = || {
            let all: Vec<String> = value.split([',', '，', '、']).map(|one| one.trim().to_owned()).collect();
            (!all.iter().any(String::is_empty)).then_some(all)
        };
        match kind {
            "approval" if value.is_empty() => Ok(Self::Approval),
            "approval" => Err("approval 不带限制内容"),
            "diagnosis" => list().map(Self::Diagnosis).ok_or("诊断编码的开头，逗号分开，例如 E10,E11"),
            "age" => ages(value).ok_or("年龄范围，例如 0-14、18-"),
            "sex" if ["1", "2"].contains(&value) => Ok(Self::Sex(value.to_owned())),
            "sex" => Err("1 男、2 女"),
            "institution" => list()
                .filter(|levels| levels.iter().all(|level| ["1", "2", "3"].contains(&level.as_str())))
                .map(Self::Institution)
                .ok_or("机构级别 3 三级、2 二级、1 一级及以下，逗号分开，例如 3,2"),
            "quantity" => {
                positive(value, 4).map(|most| Self::Quantity(Fixed(most))).ok_or("大于 0、至多 4 位小数的数量")
            }
            "days" => positive(value, 2).map(|most| Self::Days(Fixed(most))).ok_or("大于 0、至多 2 位小数的天数"),
            _ => Err("approval、diagnosis、age、sex、institution、quantity、days 之一"),
        }
    }

    /// Why a line is not paid for; nothing if it is.
    pub(crate) fn refuses(&self, line: &Circumstances<'_>) -> Option<String> {
        if self.approval_lifts() && line.approved {
            return None;
        }
        let (allowed, given) = match self {
            Self::Approval => (false, String::new()),
            Self::Diagnosis(codes) => {
                let named = |said: &&str| codes.iter().any(|code| said.starts_with(code.as_str()));
                (line.diagnoses.iter().any(named), String::new())
            }
            Self::Age(from, to) => ((*from..=*to).contains(&line.age), format!("，参保人 {} 岁", line.age)),
            Self::Sex(sex) => (sex == line.sex, String::new()),
            Self::Institution(levels) => (levels.iter().any(|level| level == line.level), String::new()),
            Self::Quantity(most) => (line.quantity <= *most, String::new()),
            Self::Days(most) => match line.days {
                Some(days) => (days <= *most, format!("，报 {days} 天")),
                None => (false, "，未报周期天数".to_owned()),
            },
        };
        (!allowed).then(|| format!("{self}{given}"))
    }

    /// Whether an approved line is free of it: what is a judgement of medicine is, what is a fact
    /// about person or place is not.
    fn approval_lifts(&self) -> bool {
        matches!(self, Self::Approval | Self::Diagnosis(_) | Self::Quantity(_) | Self::Days(_))
    }
}

/// What the restriction asks, in words.
impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Approval => f.write_str("须经审批通过"),
            Self::Diagnosis(codes) => write!(f, "限诊断 {}", codes.join("、")),
            Self::Age(from, i32::MAX) => write!(f, "限 {from} 岁及以上"),
            Self::Age(from, to) => write!(f, "限 {from} 至 {to} 岁"),
            Self::Sex(sex) => write!(f, "限{}", if sex == "1" { "男性" } else { "女性" }),
            Self::Institution(levels) => {
                let name = |level: &String| match level.as_str() {
                    "3" => "三级",
                    "2" => "二级",
                    _ => "一级及以下",
                };
                write!(f, "限{}机构", levels.iter().map(name).collect::<Vec<_>>().join("、"))
            }
            Self::Quantity(most) => write!(f, "每行至多 {most}"),
            Self::Days(most) => write!(f, "至多 {most} 天"),
        }
    }
}

/// A restriction with its ground.
#[derive(Clone, Debug)]
pub(crate) struct Restriction {
    pub limit: Limit,
    /// The article or source that says so.
    pub article: String,
}

fn ages(text: &str) -> Option<Limit> {
    let (from, to) = text.split_once('-')?;
    let age = |part: &str, open: i32| match part.trim() {
        "" => Some(open),
        digits if digits.len() <= 3 && digits.bytes().all(|b| b.is_ascii_digit()) => digits.parse().ok(),
        _ => None,
    };
    let (from, to) = (age(from, 0)?, age(to, i32::MAX)?);
    (from <= to && (from, to) != (0, i32::MAX)).then_some(Limit::Age(from, to))
}

fn positive(text: &str, decimals: u32) -> Option<i64> {
    i64::try_from(Decimal::read(text)?.units(decimals)?).ok().filter(|units| *units > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_values_are_read_or_told_what_is_allowed() {
        for (kind, value, good) in [
            ("approval", "", true),
            ("approval", "1", false),
            ("diagnosis", "E10,E11", true),
            ("diagnosis", "", false),
            ("diagnosis", "E10,,E11", false),
            ("age", "0-14", true),
            ("age", "18-", true),
            ("age", "-", false),
            ("age", "14-3", false),
            ("age", "x", false),
            ("sex", "2", true),
            ("sex", "女", false),
            ("institution", "3,2", true),
            ("institution", "4", false),
            ("quantity", "2.5", true),
            ("quantity", "0", false),
            ("days", "7", true),
            ("days", "7.125", false),
            ("weather", "rain", false),
        ] {
            assert_eq!(Limit::read(kind, value).is_ok(), good, "{kind} {value}");
        }
    }

    #[test]
    fn a_line_is_refused_for_what_it_lacks_and_approval_lifts_only_judgements() {
        let codes = ["E11.900"];
        let line = Circumstances {
            approved: false,
            diagnoses: &codes,
            age: 39,
            sex: "2",
            level: "2",
            quantity: Fixed(30_000),
            days: Some(Fixed(700)),
        };
        let approved = Circumstances { approved: true, ..line.clone() };
        // (kind, value, why not, why not when approved)
        for (kind, value, plain, with_approval) in [
            ("approval", "", Some("须经审批通过"), None),
            ("diagnosis", "E11", None, None),
            ("diagnosis", "C50", Some("限诊断 C50"), None),
            ("age", "18-", None, None),
            ("age", "40-", Some("限 40 岁及以上，参保人 39 岁"), Some("限 40 岁及以上，参保人 39 岁")),
            ("age", "0-14", Some("限 0 至 14 岁，参保人 39 岁"), Some("限 0 至 14 岁，参保人 39 岁")),
            ("sex", "2", None, None),
            ("sex", "1", Some("限男性"), Some("限男性")),
            ("institution", "3,2", None, None),
            ("institution", "3", Some("限三级机构"), Some("限三级机构")),
            ("quantity", "3", None, None),
            ("quantity", "2", Some("每行至多 2.0000"), None),
            ("days", "7", None, None),
            ("days", "6.5", Some("至多 6.50 天，报 7.00 天"), None),
        ] {
            let limit = Limit::read(kind, value).unwrap();
            assert_eq!(limit.refuses(&line).as_deref(), plain, "{kind} {value}");
            assert_eq!(limit.refuses(&approved).as_deref(), with_approval, "{kind} {value} approved");
        }
        let unsaid = Circumstances { days: None, ..line };
        let days = Limit::read("days", "7").unwrap();
        assert_eq!(days.refuses(&unsaid).as_deref(), Some("至多 7.00 天，未报周期天数"));
    }
}
