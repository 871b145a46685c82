//! The columns of a list of members (参保人清单): their headings, and how a cell is read. Knows no member and no store.

use gongji_domain::{Day, Fen};
use jiff::civil::Date;

/// One column.
pub(crate) struct Column {
    pub field: Field,
    /// The heading in Chinese, as reports name it.
    pub name: &'static str,
    /// Other headings that mean the same.
    also: &'static [&'static str],
}

/// What a column says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Field {
    Number,
    Name,
    Certificate,
    Card,
    Token,
    Gender,
    Ethnicity,
    Birth,
    Area,
    Category,
    Enrolment,
    Employer,
    CivilServant,
    Base,
    Since,
    From,
    Cover,
    LumpSumBase,
    LumpSumUntil,
    Died,
    Current,
    Prior,
}

macro_rules! columns {
    ($($field:ident $name:literal $also:expr;)*) => {
        /// Every column that has a name of its own.
        pub(crate) const COLUMNS: &[Column] = &[$(Column { field: Field::$field, name: $name, also: &$also },)*];
    };
}

columns! {
    Number "人员编号" ["number", "个人编号"];
    Name "姓名" ["name", "人员姓名"];
    Certificate "证件号码" ["certificate", "身份证号", "身份证号码", "公民身份号码"];
    Card "社会保障卡号" ["card", "社保卡号"];
    Token "电子凭证" ["token", "医保电子凭证"];
    Gender "性别" ["gender"];
    Ethnicity "民族" ["ethnicity"];
    Birth "出生日期" ["birth", "出生年月日"];
    Area "统筹区" ["area", "参保地", "医保区划"];
    Category "人员类别" ["category"];
    Enrolment "参保身份" ["enrolment", "参保方式"];
    Employer "单位名称" ["employer", "单位"];
    CivilServant "公务员标志" ["civil_servant", "公务员"];
    Base "缴费基数" ["base", "月缴费基数"];
    Since "参保日期" ["since", "首次参保日期"];
    From "生效日期" ["from"];
    Cover "待遇状态" ["cover"];
    LumpSumBase "趸缴基数" ["lump_sum_base"];
    LumpSumUntil "趸缴截止日期" ["lump_sum_until"];
    Died "死亡日期" ["died"];
    Current "当年账户余额" ["current", "账户余额", "个人账户余额"];
    Prior "历年账户余额" ["prior"];
}

/// Before the name of a registered amount (登记额) in a heading.
const AMOUNT: [&str; 4] = ["登记额:", "登记额：", "amount:", "amount："];

/// What a heading means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Head {
    Field(Field),
    /// A registered amount by its name in the package.
    Amount(String),
    Unknown(String),
}

impl Head {
    pub(crate) fn read(text: &str) -> Self {
        let text = text.trim().trim_start_matches('\u{feff}');
        if let Some(name) = AMOUNT.iter().find_map(|before| text.strip_prefix(before)) {
            return Self::Amount(name.trim().to_owned());
        }
        let named = |column: &&Column| column.name == text || column.also.contains(&text);
        COLUMNS.iter().find(named).map_or_else(|| Self::Unknown(text.to_owned()), |column| Self::Field(column.field))
    }
}

impl Field {
    /// Its heading.
    pub(crate) fn name(self) -> &'static str {
        COLUMNS.iter().find(|column| column.field == self).map_or("", |column| column.name)
    }
}

/// A day as people and workbooks write it.
pub(crate) fn day(text: &str) -> Option<Day> {
    let text = text.split([' ', 'T']).next().unwrap_or_default();
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse::<i16>().ok()).flatten();
    let parts: Vec<&str> = match text.len() {
        8 if text.bytes().all(|b| b.is_ascii_digit()) => vec![&text[..4], &text[4..6], &text[6..]],
        _ => text.split(['-', '/', '.', '年', '月', '日']).filter(|part| !part.is_empty()).collect(),
    };
    let [year, month, of_month] = parts.as_slice() else { return None };
    let (year, month, of_month) = (digits(year)?, digits(month)?, digits(of_month)?);
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(of_month).ok()?).ok()?;
    (1900..2200).contains(&year).then(|| Day::from_date(date))
}

/// An amount from zero up.
pub(crate) fn amount(text: &str) -> Option<Fen> {
    text.replace([',', '，'], "").parse::<Fen>().ok().filter(|amount| *amount >= Fen::ZERO)
}

/// Yes or no.
pub(crate) fn flag(text: &str) -> Option<bool> {
    match text {
        "1" | "是" | "true" => Some(true),
        "0" | "否" | "false" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_people_write_them() {
        for (text, read) in [
            ("2024-02-29", Some("2024-02-29")),
            ("2024/2/9", Some("2024-02-09")),
            ("20240229", Some("2024-02-29")),
            ("2024年2月9日", Some("2024-02-09")),
            ("2024-02-29 00:00:00", Some("2024-02-29")),
            ("2023-02-29", None),
            ("24-02-01", None),
            ("2024-02", None),
            ("明天", None),
            ("", None),
        ] {
            assert_eq!(day(text).map(|day| day.to_string()).as_deref(), read, "{text}");
        }
        assert_eq!(amount("1,234.50"), Some(Fen::from_fen(123_450)));
        assert_eq!([amount("-1"), amount("1.234"), amount("多")], [None; 3]);
    }

    #[test]
    fn headings_are_known_in_both_languages_and_amounts_by_their_name() {
        assert_eq!(Head::read(" 身份证号 "), Head::Field(Field::Certificate));
        assert_eq!(Head::read("certificate"), Head::Field(Field::Certificate));
        assert_eq!(Head::read("登记额：credit_2022_monthly"), Head::Amount("credit_2022_monthly".into()));
        assert_eq!(Head::read("备注"), Head::Unknown("备注".into()));
        for (at, column) in COLUMNS.iter().enumerate() {
            assert_eq!(Head::read(column.name), Head::Field(column.field));
            assert!(COLUMNS[..at].iter().all(|other| other.name != column.name));
        }
    }
}
