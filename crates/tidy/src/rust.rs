//! Rust text as the rules see it: comments blanked, the tests at the end of a file cut off.

/// The text without comments and without its `#[cfg(test)] mod`; line numbers stay.
///
/// ```
/// use gongji_tidy::rust::code;
/// let text = "let url = \"http://x\"; // 60%\n#[cfg(test)]\nmod tests {}\n";
/// assert_eq!(code(text), "let url = \"http://x\"; \n");
/// ```
pub fn code(text: &str) -> String {
    let text = without_comments(text);
    let mut kept = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let tests_follow = lines.peek().is_some_and(|next| next.trim_start().starts_with("mod "));
        if line.trim() == "#[cfg(test)]" && tests_follow {
            if lines.peek().is_some_and(|next| next.trim_end().ends_with(';')) {
                continue;
            }
            break;
        }
        kept.push_str(line);
        kept.push('\n');
    }
    kept
}

/// The string literals of the code, each with its line counted from one.
pub fn strings(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    scan(code, |piece, text, line| {
        if piece == Piece::Text {
            found.push((line, text.to_owned()));
        }
    });
    found
}

fn without_comments(text: &str) -> String {
    let mut kept = String::new();
    scan(text, |piece, text, _| match piece {
        Piece::Comment => kept.extend(text.chars().filter(|c| *c == '\n')),
        Piece::Code | Piece::Text => kept.push_str(text),
    });
    kept
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Piece {
    Code,
    Text,
    Comment,
}

/// Cuts the text into code, string literals (with their quotes) and comments.
fn scan(text: &str, mut take: impl FnMut(Piece, &str, usize)) {
    let (mut at, mut plain, mut line) = (0, 0, 1);
    while at < text.len() {
        let rest = &text[at..];
        let found = literal(rest).map(|n| (Piece::Text, n)).or_else(|| comment(rest).map(|n| (Piece::Comment, n)));
        let Some((piece, length)) = found else {
            at += character(rest);
            continue;
        };
        let before = &text[plain..at];
        take(Piece::Code, before, line);
        line += before.matches('\n').count();
        take(piece, &rest[..length], line);
        line += rest[..length].matches('\n').count();
        at += length;
        plain = at;
    }
    take(Piece::Code, &text[plain..], line);
}

/// The length of the string literal that begins here.
fn literal(rest: &str) -> Option<usize> {
    if let Some(inside) = rest.strip_prefix('"') {
        let mut escaped = false;
        for (i, c) in inside.char_indices() {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => return Some(i + 2),
                _ => {}
            }
        }
        return Some(rest.len());
    }
    let hashes = rest.strip_prefix('r')?.bytes().take_while(|b| *b == b'#').count();
    let start = hashes + 2;
    if rest.as_bytes().get(hashes + 1) != Some(&b'"') {
        return None;
    }
    let end = format!("\"{}", "#".repeat(hashes));
    Some(rest[start..].find(&end).map_or(rest.len(), |i| start + i + end.len()))
}

/// The length of the comment that begins here.
fn comment(rest: &str) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    rest.starts_with("/*").then(|| rest.find("*/").map_or(rest.len(), |i| i + 2))
}

/// The length of the next character of code; a character literal counts as one, so that `'"'` opens nothing.
fn character(rest: &str) -> usize {
    let mut chars = rest.chars();
    let first = chars.next().map_or(1, char::len_utf8);
    if !rest.starts_with('\'') {
        return first;
    }
    let (second, third) = (chars.next(), chars.next());
    match (second, third) {
        (Some('\\'), Some(escaped)) => {
            let from = 2 + escaped.len_utf8();
            rest[from..].find('\'').map_or(first, |i| from + i + 1)
        }
        (Some(c), Some('\'')) => c.len_utf8() + 2,
        _ => first,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_go_and_strings_stay() {
        for (text, expected) in [
            ("a // b\nc", "a \nc\n"),
            ("a /* b\n */ c", "a \n c\n"),
            ("\"// no\" // yes", "\"// no\" \n"),
            ("r#\"a\"//b\"# // c", "r#\"a\"//b\"# \n"),
            ("'\"' // c\n'\\'' // d", "'\"' \n'\\'' \n"),
            ("fn f<'a>(x: &'a str) {} // e", "fn f<'a>(x: &'a str) {} \n"),
        ] {
            assert_eq!(code(text), expected, "{text}");
        }
    }

    #[test]
    fn strings_know_their_lines() {
        let found = strings("a(\"x\");\nb(r\"y\");\n\n\"z\"");
        let found: Vec<(usize, &str)> = found.iter().map(|(line, text)| (*line, text.as_str())).collect();
        assert_eq!(found, [(1, "\"x\""), (2, "r\"y\""), (4, "\"z\"")]);
    }
}
