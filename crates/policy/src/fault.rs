//! What is wrong with a package: where, what was found, what is allowed, by which article.
//! Knows nothing of terminals; the app draws the source line under a fault.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

/// Which file of a package, and which bytes of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct At {
    /// Index of the file among those read.
    pub file: u16,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// How bad a fault is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The package is not used.
    Error,
    /// Used, but somebody should look (提示).
    Warning,
    /// Worth knowing.
    Note,
}

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// How bad.
    pub severity: Severity,
    /// A stable code, such as `unknown_key`.
    pub code: &'static str,
    /// Where; absent when it concerns a folder as a whole.
    pub at: Option<At>,
    /// What was found, in Chinese.
    pub found: String,
    /// What is allowed or what to do, in Chinese; may be empty.
    pub allowed: String,
    /// The article that demands it, as answers print articles; may be empty.
    pub article: String,
}

/// A text file of a package, as read by whoever loads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Path shown to people.
    pub path: Box<str>,
    /// Contents.
    pub text: Box<str>,
}

impl SourceFile {
    /// Whether it is a Markdown file directly in a folder of this name, wherever the package lies.
    pub(crate) fn is_in(&self, folder: &str) -> bool {
        let mut parts = self.path.rsplit('/');
        parts.next().is_some_and(|name| name.ends_with(".md")) && parts.next() == Some(folder)
    }
}

impl Fault {
    /// An error.
    pub fn error(
        code: &'static str,
        at: impl Into<Option<At>>,
        found: impl Into<String>,
        allowed: impl Into<String>,
    ) -> Self {
        let (found, allowed) = (found.into(), allowed.into());
        Self { severity: Severity::Error, code, at: at.into(), found, allowed, article: String::new() }
    }

    /// A warning.
    pub fn warning(
        code: &'static str,
        at: impl Into<Option<At>>,
        found: impl Into<String>,
        allowed: impl Into<String>,
    ) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, at, found, allowed) }
    }

    /// A note.
    pub fn note(
        code: &'static str,
        at: impl Into<Option<At>>,
        found: impl Into<String>,
        allowed: impl Into<String>,
    ) -> Self {
        Self { severity: Severity::Note, ..Self::error(code, at, found, allowed) }
    }

    /// The same fault with the article that demands it.
    #[must_use]
    pub fn by(self, article: impl Into<String>) -> Self {
        Self { article: article.into(), ..self }
    }

    /// One line: `path:line:column: message`.
    pub fn line(&self, files: &[SourceFile]) -> String {
        let place = self.at.and_then(|at| {
            let file = files.get(usize::from(at.file))?;
            let (line, column) = line_column(&file.text, at.start as usize);
            Some(format!("{}:{line}:{column}: ", file.path))
        });
        format!("{}{self}", place.unwrap_or_default())
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "错误",
            Self::Warning => "提示",
            Self::Note => "说明",
        })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}] {}", self.severity, self.code, self.found)?;
        if !self.allowed.is_empty() {
            write!(f, "；{}", self.allowed)?;
        }
        if !self.article.is_empty() {
            write!(f, "（依据 {}）", self.article)?;
        }
        Ok(())
    }
}

/// Line and column (in characters), both from one, of a byte offset.
pub fn line_column(text: &str, offset: usize) -> (usize, usize) {
    let mut end = offset.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let before = &text[..end];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

/// The known name nearest to a mistyped one, if any is near.
pub fn nearest<'a>(found: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let near = known.into_iter().map(|name| (distance(found, name), name)).min()?;
    (near.0 <= 1 + found.chars().count() / 4).then_some(near.1)
}

/// Edits between two words (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[b.len()]
}

/// `a、b、c`, for messages about what is allowed.
pub(crate) fn listed<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join("、")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_not_bytes() {
        let text = "名 = 1\n职 = \"二\" # 级\n";
        assert_eq!(line_column(text, text.find('1').unwrap()), (1, 5));
        assert_eq!(line_column(text, text.find('#').unwrap()), (2, 9));
        assert_eq!(line_column(text, 10_000), (3, 1));
    }

    #[test]
    fn a_near_name_is_offered_a_far_one_is_not() {
        assert_eq!(nearest("cites", ["cite", "rows", "when"]), Some("cite"));
        assert_eq!(nearest("zzz", ["cite", "rows", "when"]), None);
    }
}
