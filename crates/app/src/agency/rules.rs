//! Which life events an area handles (业务办理规则): the documents, whether two officers are needed, the reasons of a refund,
//! and the article. Read from the project's table `agency/matters.toml`; knows no member.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use gongji_domain::FundCode;
use gongji_register::matter::{Kind, Requirements};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::his::entry::From;
use crate::his::errors::{Code, Fault};

const TABLE: &str = include_str!("../../agency/matters.toml");

/// What is applied for, by the words of the table.
pub(crate) const WORDS: [&str; 11] = [
    "transfer_out",
    "transfer_in",
    "scheme_change",
    "refund",
    "inheritance",
    "correction",
    "card_lost",
    "card_found",
    "card_replaced",
    "freeze",
    "release",
];

/// What an area asks of one matter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    pub allowed: bool,
    pub documents: Vec<String>,
    pub two_persons: bool,
    /// Empty where no text of the area says it.
    pub article: String,
    /// The cases in which it is done, where only some are.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub reasons: BTreeMap<String, Reason>,
}

/// A case in which a matter is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reason {
    pub name: String,
    /// Documents besides those of the matter.
    pub documents: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    matter: BTreeMap<String, Rule>,
    area: BTreeMap<String, Area>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Area {
    /// The fund that credits come from which no contribution pays.
    credit_fund: Option<Fund>,
    #[serde(default)]
    matter: BTreeMap<String, Change>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fund {
    fund: FundCode,
    ledger: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    allowed: Option<bool>,
    documents: Option<Vec<String>>,
    two_persons: Option<bool>,
    article: Option<String>,
    #[serde(default)]
    reasons: BTreeMap<String, Reason>,
}

/// The rules of all areas.
pub(crate) struct Rules(Table);

static RULES: LazyLock<Result<Rules, String>> = LazyLock::new(|| Rules::read(TABLE));

/// The rules that ship.
///
/// # Errors
/// When the table is wrong; a test reads it.
pub(crate) fn rules() -> Result<&'static Rules, Fault> {
    RULES.as_ref().map_err(|fault| {
        tracing::error!(fault, "agency/matters.toml cannot be used");
        Fault::new(Code::InternalError)
    })
}

/// The word of the table for what is applied for.
pub(crate) fn word(kind: &Kind) -> &'static str {
    match kind {
        Kind::TransferOut { .. } => "transfer_out",
        Kind::TransferIn { .. } => "transfer_in",
        Kind::SchemeChange { .. } => "scheme_change",
        Kind::Refund { .. } => "refund",
        Kind::Inheritance { .. } => "inheritance",
        Kind::Correction { .. } => "correction",
        Kind::CardLost { .. } => "card_lost",
        Kind::CardFound { .. } => "card_found",
        Kind::CardReplaced { .. } => "card_replaced",
        Kind::Freeze { .. } => "freeze",
        Kind::Release => "release",
    }
}

impl Rules {
    fn read(text: &str) -> Result<Self, String> {
        let table: Table = toml::from_str(text).map_err(|fault| fault.to_string())?;
        let named = table.area.values().flat_map(|area| area.matter.keys()).chain(table.matter.keys());
        if let Some(unknown) = named.into_iter().find(|name| !WORDS.contains(&name.as_str())) {
            return Err(format!("没有业务 {unknown}；有 {}", WORDS.join("、")));
        }
        match WORDS.into_iter().find(|word| !table.matter.contains_key(*word)) {
            Some(missing) => Err(format!("缺少 [matter.{missing}]")),
            None => Ok(Self(table)),
        }
    }

    /// What an area asks of a matter by its word; nothing where there is no such word.
    pub(crate) fn of(&self, area: &str, word: &str) -> Option<Rule> {
        let mut rule = self.0.matter.get(word)?.clone();
        if let Some(change) = self.0.area.get(area).and_then(|area| area.matter.get(word)) {
            change.allowed.iter().for_each(|allowed| rule.allowed = *allowed);
            change.documents.iter().for_each(|documents| rule.documents.clone_from(documents));
            change.two_persons.iter().for_each(|two| rule.two_persons = *two);
            change.article.iter().for_each(|article| rule.article.clone_from(article));
            rule.reasons.extend(change.reasons.clone());
        }
        Some(rule)
    }

    /// What an area asks of what is applied for, its reason included.
    ///
    /// # Errors
    /// When the area does not know the reason.
    pub(crate) fn for_kind(&self, area: &str, kind: &Kind) -> Result<Rule, Fault> {
        let mut rule = self.of(area, word(kind)).ok_or_else(|| Fault::new(Code::InternalError))?;
        let Kind::Refund { reason } = kind else { return Ok(rule) };
        if rule.allowed {
            let unknown = || {
                let reasons: Vec<String> =
                    rule.reasons.iter().map(|(word, reason)| format!("{word}（{}）", reason.name)).collect();
                let fault = Fault::at(Code::MatterNotOffered, "kind.refund.reason").given(reason);
                fault.allowed(reasons.join("、")).article(&rule.article)
            };
            let documents = rule.reasons.get(reason).ok_or_else(unknown)?.documents.clone();
            rule.documents.extend(documents);
        }
        Ok(rule)
    }

    /// The fund that an area's credits come from which no contribution pays.
    pub(crate) fn credit_fund(&self, area: &str) -> Option<From> {
        let fund = self.0.area.get(area)?.credit_fund.as_ref()?;
        Some(From { fund: fund.fund, ledger: fund.ledger.clone() })
    }
}

impl Rule {
    pub(crate) fn requirements(&self) -> Requirements {
        Requirements { allowed: self.allowed, documents: self.documents.clone(), two_persons: self.two_persons }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_that_ships_is_whole() {
        let rules = rules().unwrap();
        for (area, word, allowed, article) in [
            ("500000", "refund", true, "xize:10"),
            ("211200", "refund", true, "xize:19"),
            ("320700", "refund", false, ""),
            ("360100", "refund", false, ""),
            ("211200", "card_lost", true, "xize:19"),
            ("999999", "inheritance", true, ""),
        ] {
            let rule = rules.of(area, word).unwrap();
            assert_eq!((rule.allowed, rule.article.as_str()), (allowed, article), "{area} {word}");
        }
        for area in ["500000", "211200", "320700", "360100"] {
            assert!(rules.credit_fund(area).is_some(), "{area}");
        }
    }

    #[test]
    fn articles_are_there_in_the_packages() {
        let library = gongji_policy::Library::load(&crate::shipped());
        for (code, area) in &rules().unwrap().0.area {
            let package = library.area(code).unwrap_or_else(|| panic!("no package of {code}"));
            let articles = area.matter.values().filter_map(|change| change.article.as_deref());
            for article in articles {
                assert!(package.article(article).is_some(), "{code} has no {article}");
            }
        }
    }

    #[test]
    fn keys_that_are_not_known_are_errors() {
        for (more, said) in [
            ("[matter.gift]\nallowed = true\ndocuments = []\ntwo_persons = false\narticle = ''", "没有业务 gift"),
            ("[area.500000.matter.gift]\nallowed = true", "没有业务 gift"),
            ("[area.500000.matter.freeze]\nalowed = true", "alowed"),
            ("[area.500000]\npool = 1", "pool"),
        ] {
            let base = TABLE.split("# 重庆").next().unwrap();
            let fault =
                Rules::read(&format!("{base}\n[area]\n{more}")).err().unwrap_or_else(|| panic!("{more} is taken"));
            assert!(fault.contains(said), "{fault}");
        }
        let fault = Rules::read("matter = {}\narea = {}").err().unwrap();
        assert!(fault.contains("transfer_out"), "{fault}");
    }
}
