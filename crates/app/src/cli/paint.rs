//! Drawing for people: how wide, in which colours, how Chinese text is broken and tables lie.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use anstyle::{AnsiColor, Effects, Style};
use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, Width, presets};
use gongji_policy::{Fault, Severity, SourceFile};
use std::io;
use std::ops::Range;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Titles.
pub(crate) const TITLE: Style = Style::new().effects(Effects::BOLD);
/// What stands behind the text: rule names, articles.
pub(crate) const QUIET: Style = Style::new().effects(Effects::DIMMED);
/// What is wrong or refused.
pub(crate) const WRONG: Style = AnsiColor::Red.on_default().effects(Effects::BOLD);
/// Amounts that matter.
pub(crate) const STRONG: Style = AnsiColor::Cyan.on_default().effects(Effects::BOLD);

/// Text in a style; the output drops the style where nobody sees colours.
pub(crate) fn in_style(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// Columns to draw in: those of the terminal, else `COLUMNS`, else a hundred.
pub(crate) fn width() -> usize {
    let terminal = terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| usize::from(width.0));
    let named = || std::env::var("COLUMNS").ok()?.parse().ok();
    terminal.or_else(named).unwrap_or(100).clamp(48, 140)
}

/// How many columns a text takes.
pub(crate) fn columns(text: &str) -> usize {
    text.width()
}

/// Text filled with blanks up to so many columns.
pub(crate) fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(columns(text))))
}

/// What may not begin a line.
const CLOSING: &str = "，。；：、！？）》〉】〕”’％%,.;:!?)]}";
/// What may not end a line.
const OPENING: &str = "（《〈【〔“‘([{";

/// Breaks a text into lines of at most `width` columns: between Chinese characters or at blanks,
/// never before a closing mark.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for piece in pieces(text) {
        if columns(&line) + columns(piece.trim_end()) > width && !line.is_empty() {
            lines.push(line.trim_end().to_owned());
            line = String::new();
        }
        line.push_str(if line.is_empty() { piece.trim_start() } else { piece });
    }
    lines.push(line.trim_end().to_owned());
    lines
}

/// The parts of a text that stay together, each with the blanks after it.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut before: Option<char> = None;
    for (at, next) in text.char_indices() {
        if let Some(before) = before
            && at > start
            && may_break(before, next)
        {
            pieces.push(&text[start..at]);
            start = at;
        }
        before = Some(next);
    }
    pieces.push(&text[start..]);
    pieces
}

fn may_break(before: char, next: char) -> bool {
    if next.is_whitespace() || CLOSING.contains(next) || OPENING.contains(before) {
        return false;
    }
    let wide = |c: char| c.width() == Some(2);
    before.is_whitespace() || wide(before) || wide(next)
}

/// A table in boxes, as wide as its contents and at most `width`.
pub(crate) fn boxed(heads: &[&str], width: usize) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
    table.set_header(heads);
    table
}

/// Aligns a column of figures to the right.
pub(crate) fn right(table: &mut Table, column: usize) {
    if let Some(column) = table.column_mut(column) {
        column.set_cell_alignment(CellAlignment::Right);
    }
}

/// Keeps a column at least so many characters wide, its margins left out.
pub(crate) fn at_least(table: &mut Table, column: usize, width: usize) {
    if let Some(column) = table.column_mut(column) {
        let width = u16::try_from(width + 2).unwrap_or(u16::MAX);
        column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(width)));
    }
}

/// An amount with its thousands apart: `1234567.80` as `1,234,567.80`.
pub(crate) fn thousands(amount: &str) -> String {
    let (whole, decimals) = amount.split_once('.').unwrap_or((amount, ""));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let mut parts = String::from(sign);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i) % 3 == 0 {
            parts.push(',');
        }
        parts.push(digit);
    }
    if decimals.is_empty() { parts } else { format!("{parts}.{decimals}") }
}

/// Draws faults under their lines.
///
/// # Errors
/// When the output cannot be written.
pub(crate) fn faults<'a>(
    faults: impl IntoIterator<Item = (&'a str, &'a Fault)>,
    files: &[SourceFile],
    output: &mut dyn io::Write,
) -> io::Result<()> {
    // The stream that it goes to drops colours where they are not seen.
    let renderer = Renderer::styled().term_width(width());
    for (folder, fault) in faults {
        writeln!(output, "{}\n", renderer.render(&[group(folder, fault, files)]))?;
    }
    Ok(())
}

fn group<'a>(folder: &'a str, fault: &'a Fault, files: &'a [SourceFile]) -> Group<'a> {
    let level = match fault.severity {
        Severity::Error => Level::ERROR.with_name("错误"),
        Severity::Warning => Level::WARNING.with_name("提示"),
        Severity::Note => Level::NOTE.with_name("说明"),
    };
    let title = level.primary_title(&fault.found).id(fault.code);
    let place = fault.at.and_then(|at| Some((files.get(usize::from(at.file))?, at)));
    let mut group = match place {
        Some((file, at)) => {
            let mark = AnnotationKind::Primary.span(first_line(&file.text, at.start as usize..at.end as usize));
            title.element(Snippet::source(&*file.text).path(&*file.path).annotation(mark))
        }
        None => title.element(Origin::path(folder)),
    };
    if !fault.allowed.is_empty() {
        group = group.element(Level::HELP.with_name("应当").message(&fault.allowed));
    }
    if !fault.article.is_empty() {
        group = group.element(Level::NOTE.with_name("依据").message(&fault.article));
    }
    group
}

/// Of a place of many lines only what lies in its first: a whole table need not be drawn.
fn first_line(text: &str, range: Range<usize>) -> Range<usize> {
    let boundary = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let (start, end) = (boundary(range.start), boundary(range.end));
    let line = text[start..end.max(start)].find('\n').map_or(end, |length| start + length);
    start..line.max(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_breaks_between_characters_but_never_before_a_closing_mark() {
        let lines = wrap("符合政策范围的费用，按比例支付。", 10);
        assert_eq!(lines, ["符合政策范", "围的费用，", "按比例支", "付。"]);
        assert_eq!(
            wrap("个人负担 = 总费用 771.47 − 基金支付 12.88", 20),
            ["个人负担 = 总费用", "771.47 − 基金支付", "12.88"]
        );
        assert_eq!(wrap("", 10), [""]);
        assert!(wrap("（一）职工医保门诊统筹", 8).iter().all(|line| columns(line) <= 8));
    }

    #[test]
    fn amounts_have_their_thousands_apart() {
        for (amount, shown) in
            [("0.00", "0.00"), ("999.99", "999.99"), ("1000.00", "1,000.00"), ("-1234567.80", "-1,234,567.80")]
        {
            assert_eq!(thousands(amount), shown);
        }
    }

    #[test]
    fn a_place_of_many_lines_is_drawn_in_its_first() {
        assert_eq!(first_line("一二\n三", 0..10), 0..6);
        assert_eq!(first_line("abc", 1..9), 1..3);
        assert_eq!(first_line("一", 1..2), 0..0);
    }
}
