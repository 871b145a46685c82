//! Why a question about an account has no answer: a fact that is not stated, a figure that nobody
//! has published. Never a guess instead.

use crate::view::source_words;
use alloc::string::String;
use core::fmt;
use gongji_domain::Day;

/// Why an account's question has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountFault {
    /// The package has no such rules on that day.
    NoRules {
        /// What was asked, such as 个人账户计入.
        what: &'static str,
        /// For which day.
        day: Day,
    },
    /// A fact or an amount of the member is needed and not stated.
    Missing {
        /// Its name in packages, such as `member.contribution_base`.
        fact: String,
    },
    /// A fact has no such value.
    UnknownValue {
        /// The fact.
        fact: String,
        /// What was given.
        value: String,
        /// What it may be.
        allowed: String,
    },
    /// A figure of a year has not been published yet (尚未公布): nothing is credited by it.
    Unpublished {
        /// Which figure.
        what: String,
        /// By which article it is needed.
        article: String,
    },
    /// The texts give no figure (文本没有给出).
    Open {
        /// Which figure.
        what: String,
        /// By which article it is needed.
        article: String,
    },
    /// The package says that these facts cannot meet.
    Impossible {
        /// The facts.
        place: String,
    },
    /// The package does not decide the case, as on a day when its rows were not known.
    Undecided {
        /// What is wrong.
        found: String,
    },
}

impl AccountFault {
    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoRules { .. } => "no_rules",
            Self::Missing { .. } => "missing_fact",
            Self::UnknownValue { .. } => "unknown_value",
            Self::Unpublished { .. } => "not_published",
            Self::Open { .. } => "open",
            Self::Impossible { .. } => "impossible",
            Self::Undecided { .. } => "undecided",
        }
    }

    /// The article that asks for what is missing, if one does.
    pub fn article(&self) -> Option<&str> {
        match self {
            Self::Unpublished { article, .. } | Self::Open { article, .. } => Some(article),
            _ => None,
        }
    }
}

impl fmt::Display for AccountFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRules { what, day } => write!(f, "政策包在 {day} 没有关于{what}的规定"),
            Self::Missing { fact } => match source_words(fact) {
                same if same == fact => write!(f, "缺少 {fact}，须写明"),
                words => write!(f, "缺少{words}（{fact}），须写明"),
            },
            Self::UnknownValue { fact, value, allowed } => write!(f, "{fact} 没有取值 \"{value}\"；可用：{allowed}"),
            Self::Unpublished { what, article } => write!(f, "{what}尚未公布，不能据以计算（依据 {article}）"),
            Self::Open { what, article } => write!(f, "文本没有给出{what}（依据 {article}）"),
            Self::Impossible { place } => write!(f, "政策包写明不会有这种情形：{place}"),
            Self::Undecided { found } => f.write_str(found),
        }
    }
}

impl core::error::Error for AccountFault {}
