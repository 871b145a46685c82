//! The quoted articles of a package: `source/<document>.md`, one heading for each anchor.

use crate::fault::{At, Fault, SourceFile, listed, nearest};
use crate::model::{Document, Word};
use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// One quoted article (条款).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Article {
    /// `document:anchor`.
    pub key: String,
    /// Number of its document, such as 渝医保发〔2023〕32号.
    pub document: String,
    /// Its heading, such as 第四条.
    pub title: String,
    /// The quoted text.
    pub text: String,
    /// Why no case is needed, if somebody wrote it (无算例).
    pub without_case: Option<String>,
    /// Findings of the proofs that the document really says (已核), by code, and where that is written.
    pub acknowledged: Vec<(String, At)>,
    /// Where it is quoted.
    pub at: At,
    /// It belongs to a framework above the area.
    pub lent: bool,
}

/// All quoted articles of a package by `document:anchor`.
#[derive(Clone, Debug, Default)]
pub struct Articles(BTreeMap<String, Article>);

const WITHOUT_CASE: &str = "无算例：";
const ACKNOWLEDGES: &str = "已核 ";

/// The findings that a document may really say.
const ACKNOWLEDGED: &[&str] = &["cliff", "falling_rate", "wrong_way", "dead_parameter"];

/// The code of `cliff：reason`; there must be a reason.
fn acknowledgement(text: &str) -> Option<&str> {
    let (code, reason) = text.split_once('：')?;
    (ACKNOWLEDGED.contains(&code.trim()) && !reason.trim().is_empty()).then_some(code.trim())
}

impl Articles {
    /// Reads `source/<document>.md` files.
    pub(crate) fn read(&mut self, file: u16, source: &SourceFile, documents: &[Document], faults: &mut Vec<Fault>) {
        let name = source.path.rsplit('/').next().unwrap_or_default().trim_end_matches(".md");
        let Some(document) = documents.iter().find(|document| document.key.text == name) else {
            let found = format!("source/{name}.md 没有对应的文件登记");
            faults.push(Fault::error(
                "unknown_document",
                At { file, start: 0, end: 0 },
                found,
                format!("在 package.toml 写 [document.{name}]"),
            ));
            return;
        };
        let mut offset = 0;
        let mut current: Option<Article> = None;
        for line in source.text.split_inclusive('\n') {
            let at = At { file, start: offset as u32, end: (offset + line.trim_end().len()) as u32 };
            offset += line.len();
            let line = line.trim_end();
            if let Some(heading) = line.strip_prefix("## ") {
                self.push(current.take(), faults);
                let (anchor, title) = heading.trim().split_once(' ').unwrap_or((heading.trim(), ""));
                current = Some(Article {
                    key: format!("{name}:{anchor}"),
                    document: document.number.clone(),
                    title: title.trim().to_owned(),
                    text: String::new(),
                    without_case: None,
                    acknowledged: Vec::new(),
                    at,
                    lent: false,
                });
            } else if let Some(article) = &mut current {
                if let Some(reason) = line.strip_prefix(WITHOUT_CASE) {
                    article.without_case = Some(reason.trim().to_owned());
                } else if let Some(acknowledged) = line.strip_prefix(ACKNOWLEDGES) {
                    match acknowledgement(acknowledged) {
                        Some(code) => article.acknowledged.push((code.to_owned(), at)),
                        None => faults.push(Fault::error(
                            "invalid_acknowledgement",
                            at,
                            "已核的写法不认识".to_owned(),
                            format!("写作“已核 代码：原因”，代码是 {} 之一", listed(ACKNOWLEDGED)),
                        )),
                    }
                } else if let Some(quoted) = line.strip_prefix('>') {
                    if !article.text.is_empty() {
                        article.text.push('\n');
                    }
                    article.text.push_str(quoted.trim());
                }
            }
        }
        self.push(current, faults);
    }

    fn push(&mut self, article: Option<Article>, faults: &mut Vec<Fault>) {
        let Some(article) = article else { return };
        if article.text.is_empty() {
            faults.push(Fault::error(
                "empty_article",
                article.at,
                format!("{} 没有引文", article.key),
                "在标题下以 > 开头引用条文",
            ));
        }
        if self.0.contains_key(&article.key) {
            faults.push(Fault::error(
                "duplicate_anchor",
                article.at,
                format!("{} 出现两次", article.key),
                "每个锚只能有一处",
            ));
            return;
        }
        self.0.insert(article.key.clone(), article);
    }

    /// Takes in the articles of a framework.
    pub(crate) fn extend(&mut self, other: &Self) {
        self.0.extend(other.0.iter().map(|(key, article)| (key.clone(), Article { lent: true, ..article.clone() })));
    }

    /// The article of a citation.
    pub fn get(&self, key: &str) -> Option<&Article> {
        self.0.get(key)
    }

    /// All articles, by key.
    pub fn iter(&self) -> impl Iterator<Item = &Article> {
        self.0.values()
    }

    /// How answers print citations: anchor, document number, article.
    pub(crate) fn print(&self, cites: &[Word]) -> String {
        let mut printed = String::new();
        for cite in cites {
            if !printed.is_empty() {
                printed.push('；');
            }
            match self.get(&cite.text) {
                Some(article) => printed.push_str(&article.to_text()),
                None => printed.push_str(&cite.text),
            }
        }
        printed
    }

    /// A fault if a citation has no quoted article.
    pub(crate) fn check(&self, cite: &Word, documents: &[Document]) -> Option<Fault> {
        if self.0.contains_key(&cite.text) {
            return None;
        }
        let hint = nearest(&cite.text, self.0.keys().map(String::as_str)).map(|key| format!("，是否想写 {key}？"));
        let hint = hint.unwrap_or_default();
        let document = cite.text.split(':').next().unwrap_or_default();
        let allowed = if documents.iter().any(|d| d.key.text == document) {
            format!("在 source/{document}.md 为它加一节引文，或改引已有的条款{hint}")
        } else {
            format!("写作 \"文件:条款\"，文件须在 [document] 登记{hint}")
        };
        Some(Fault::error("unknown_article", cite.at, format!("引用 {} 没有对应的条文", cite.text), allowed))
    }
}

impl Article {
    /// Anchor, document number and heading.
    pub fn to_text(&self) -> String {
        let parts = format!("{} {} {}", self.key, self.document, self.title);
        parts.trim_end().to_owned()
    }
}
