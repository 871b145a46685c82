//! What the funds would have paid otherwise (`gongji explain --why-not-more`), as tables under the
//! sheet. Draws what the policy crate found and works out nothing.

use super::paint::{QUIET, TITLE, boxed, in_style, right, thousands, wrap};
use crate::policy::words::titles;
use gongji_domain::Fen;
use gongji_policy::case::{Otherwise, WhatIf};
use std::fmt::Write as _;

/// One table for each encounter, with what is left of its limits.
pub(crate) fn of_case(all: &[WhatIf], width: usize) -> String {
    let mut text = String::new();
    for one in all {
        let title = format!("为什么不多付　就诊 {}，基金支付 {} 元", one.encounter, money(one.fund));
        let _ = writeln!(text, "{}", in_style(TITLE, &title));
        if one.otherwise.is_empty() {
            let _ = writeln!(text, "  换其中任何一项，基金都不会多付");
        } else {
            table(&mut text, &one.otherwise, width);
        }
        for left in &one.left {
            let (limit, rest) = (money(left.limit), money(left.left));
            let line = format!("本次以后限额 {limit} 元还剩 {rest} 元　依据 {}", titles(&left.article));
            paragraph(&mut text, &line, width);
        }
        paragraph(&mut text, "每行只改这一项，其余照旧；金额是重新判定得出的", width);
        text.push('\n');
    }
    text
}

fn table(text: &mut String, otherwise: &[Otherwise], width: usize) {
    let mut table = boxed(&["假如", "基金支付", "多付", "依据"], width);
    // What the figures take is not there for the words.
    let wide = width.saturating_sub(34) / 2;
    for one in otherwise {
        let articles: Vec<String> =
            one.articles.iter().flat_map(|article| wrap(&titles(article), wide.max(12))).collect();
        let what = wrap(&one.what, wide.max(12)).join("\n");
        table.add_row([what, money(one.fund), format!("＋{}", money(one.more)), articles.join("\n")]);
    }
    right(&mut table, 1);
    right(&mut table, 2);
    let _ = writeln!(text, "{table}");
}

fn paragraph(text: &mut String, line: &str, width: usize) {
    for line in wrap(line, width.saturating_sub(2)) {
        let _ = writeln!(text, "  {}", in_style(QUIET, &line));
    }
}

fn money(amount: Fen) -> String {
    thousands(&amount.to_string())
}
