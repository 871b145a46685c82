//! What may stand under a key.

use super::{Group, Word};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// What stands under a key.
#[derive(Clone, Copy)]
pub(crate) enum Form {
    /// Any text.
    Text,
    /// One text or several.
    Texts,
    /// One of these words.
    Word(&'static [Word]),
    /// One or several of these words.
    Words(&'static [Word]),
    /// Articles: `document:anchor`, one or several.
    Cites,
    Flag,
    Whole,
    /// A whole number from the first to the second.
    WholeIn(i64, i64),
    /// Whole numbers from the first to the second, one or several.
    Wholes(i64, i64),
    Day,
    Moneys,
    Rate,
    Rates,
    /// A direction and a unit.
    Rounding,
    /// What an adjustment adds: points or money.
    Addition,
    /// Hours or days.
    Span,
    /// The code of a pooling area.
    Area,
    MonthDay,
    /// A national fund, or one of the account parts where that is allowed.
    Fund {
        account: bool,
    },
    /// A constant that a fact is compared with.
    Scalar,
    /// One or several of them.
    Scalars,
    /// Conditions on facts.
    Pattern,
    /// What a row says.
    Value,
    Values,
    /// A value, or a table of values.
    ValueOr(&'static Group),
    /// One fact and its columns.
    Across,
    /// A fact and two of its values.
    Along,
    /// A child and its parent.
    Parents,
    /// Names and the articles of each.
    NamedCites,
    /// The day on which years begin, a row that says so, or a table of such rows.
    Starts(&'static Group, &'static Group),
    Table(&'static Group),
    /// A list of tables, or one table.
    Tables(&'static Group),
    /// Tables under names of one's own.
    Named(&'static Group),
}

impl Form {
    /// The table that stands under the key, if one does.
    pub(crate) fn group(&self) -> Option<&'static Group> {
        match self {
            Self::ValueOr(group)
            | Self::Starts(_, group)
            | Self::Table(group)
            | Self::Tables(group)
            | Self::Named(group) => Some(group),
            Self::Pattern | Self::Across => Some(&super::CONDITION),
            Self::Value | Self::Values => Some(&super::FORMULA),
            _ => None,
        }
    }

    /// The words that are allowed, if only some are.
    pub(crate) fn words(&self) -> &'static [Word] {
        match self {
            Self::Word(words) | Self::Words(words) => words,
            _ => &[],
        }
    }

    /// Its name in Chinese, for the reference and for messages.
    pub(crate) fn chinese(&self) -> String {
        match self {
            Self::Text => "文字".to_string(),
            Self::Texts => "文字，或文字的列表".to_string(),
            Self::Word(words) => explained(words),
            Self::Words(words) => format!("{}；一个或几个", explained(words)),
            Self::Cites => "条款 \"文件:条款\"，或条款的列表".to_string(),
            Self::Flag => "true 或 false".to_string(),
            Self::Whole => "整数".to_string(),
            Self::WholeIn(least, most) => format!("{least} 至 {most} 的整数"),
            Self::Wholes(least, most) => format!("{least} 至 {most} 的整数，一个或几个"),
            Self::Day => "日期（不加引号）".to_string(),
            Self::Moneys => "金额的列表".to_string(),
            Self::Rate => "比例".to_string(),
            Self::Rates => "比例的列表".to_string(),
            Self::Rounding => "舍入：\"half_up\"（四舍五入）、\"down\"（舍去）或 \"up\"（进位），空格，fen、jiao、yuan、ten_yuan 或 hundred_yuan".to_string(),
            Self::Addition => "百分点 \"10 points\"，或金额；可以为负".to_string(),
            Self::Span => "时长，\"24 hours\" 或 \"30 days\"".to_string(),
            Self::Area => "六位医保区划代码，写成文字，如 \"500000\"".to_string(),
            Self::MonthDay => "\"月-日\"".to_string(),
            Self::Fund { account: false } => "国家基金代码".to_string(),
            Self::Fund { account: true } => "国家基金代码，或 \"account.current\"（当年账户）、\"account.prior\"（历年账户）".to_string(),
            Self::Scalar => "文字、整数、true/false 或日期".to_string(),
            Self::Scalars => "文字、整数、true/false 或日期，一个或几个".to_string(),
            Self::Pattern => "条件 { 事实 = 取值, … }".to_string(),
            Self::Value => "值".to_string(),
            Self::Values => "值的列表".to_string(),
            Self::ValueOr(_) => "值，或一张表".to_string(),
            Self::Across => "{ 事实 = [取值, …] }，恰好一个事实".to_string(),
            Self::Along => "{ 事实 = [取值, 取值] }".to_string(),
            Self::Parents => "{ 取值 = 上级取值, … }".to_string(),
            Self::NamedCites => "{ 待遇 = 条款, … }".to_string(),
            Self::Starts(..) => "\"月-日\"，或带日期的行".to_string(),
            Self::Table(_) => "表".to_string(),
            Self::Tables(_) => "表的列表".to_string(),
            Self::Named(_) => "表，键是自定的名称".to_string(),
        }
    }

    /// Its name in English.
    pub(crate) fn english(&self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Texts => "one or more texts",
            Self::Word(_) => "one word",
            Self::Words(_) => "one or more words",
            Self::Cites => "one or more articles",
            Self::Flag => "true or false",
            Self::Whole | Self::WholeIn(..) => "whole number",
            Self::Wholes(..) => "whole numbers",
            Self::Day => "date, no quotes",
            Self::Moneys => "list of money",
            Self::Rate => "rate",
            Self::Rates => "list of rates",
            Self::Rounding => "rounding",
            Self::Addition => "points or money",
            Self::Span => "hours or days",
            Self::Area => "six digits, as text",
            Self::MonthDay => "month and day",
            Self::Fund { .. } => "fund code",
            Self::Scalar => "constant",
            Self::Scalars => "one or more constants",
            Self::Pattern => "conditions",
            Self::Value => "value",
            Self::Values => "list of values",
            Self::ValueOr(_) => "value or table",
            Self::Across => "one fact and its columns",
            Self::Along => "one fact and two values",
            Self::Parents => "children and parents",
            Self::NamedCites => "names and articles",
            Self::Starts(..) => "month and day, or dated rows",
            Self::Table(_) => "table",
            Self::Tables(_) => "list of tables",
            Self::Named(_) => "named tables",
        }
    }
}

/// `"year"（每年）、"month"（每月）`.
pub(crate) fn explained(words: &[Word]) -> String {
    words.iter().map(|(word, meaning)| format!("\"{word}\"（{meaning}）")).collect::<Vec<_>>().join("、")
}
