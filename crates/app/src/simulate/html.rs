//! Results as one page (网页): nothing outside is needed to read it; light, dark and on paper.

use std::fmt::Write as _;

use super::chart::Chart;
use super::charts;
use super::report::{Report, Table};
use crate::design::charts as designs;

const STYLE: &str = include_str!("page.css");

/// The page.
pub(crate) fn page(report: &Report) -> String {
    let mut html = format!(
        "<!doctype html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<header>\n<h1>{}</h1>\n<dl>",
        escaped(&report.title),
        escaped(&report.title)
    );
    for (_, words, value) in &report.facts {
        let _ = write!(html, "<div><dt>{}</dt><dd>{}</dd></div>", escaped(words), escaped(value));
    }
    html.push_str("</dl>\n</header>\n<main>\n");
    if !report.heroes.is_empty() {
        html.push_str("<section class=\"heroes\">");
        for (words, value) in &report.heroes {
            let _ = write!(html, "<div><b>{}</b><span>{}</span></div>", escaped(value), escaped(words));
        }
        html.push_str("</section>\n");
    }
    html.push_str("<nav>");
    for table in report.tables.iter().filter(|table| !table.rows.is_empty()) {
        let _ = write!(html, "<a href=\"#{}\">{}</a>", table.key, escaped(&table.title));
    }
    html.push_str("<a href=\"#notes\">假设与说明</a></nav>\n");
    report.tables.iter().filter(|table| !table.rows.is_empty()).for_each(|table| section(&mut html, table));
    html.push_str("<section id=\"notes\"><h2>假设与说明</h2><ul>");
    for note in &report.notes {
        let _ = write!(html, "<li>{}</li>", escaped(note));
    }
    html.push_str("</ul>");
    if !report.bases.is_empty() {
        html.push_str("<div class=\"wide\"><table><thead><tr><th>假设</th><th>数值</th><th>依据</th><th>理由</th></tr></thead><tbody>");
        for base in &report.bases {
            html.push_str("<tr>");
            base.iter().for_each(|text| {
                let _ = write!(html, "<td>{}</td>", escaped(text));
            });
            html.push_str("</tr>");
        }
        html.push_str("</tbody></table></div><p class=\"note\">依据：S 公开页面，G 官方公报的公开转录，D 由公开数字推算，R 凭记忆、未核对，A 建模假设。D、R、A 都是演示参数。</p>");
    }
    html.push_str("</section>\n</main>\n</body>\n</html>\n");
    html
}

fn section(html: &mut String, table: &Table) {
    let _ = write!(html, "<section id=\"{}\"><h2>{}</h2>", table.key, escaped(&table.title));
    if !table.note.is_empty() {
        let _ = write!(html, "<p class=\"note\">{}</p>", escaped(&table.note));
    }
    for chart in table.charts.iter().map(drawn).filter(|chart| !chart.is_empty()) {
        let _ = write!(html, "<figure>{chart}</figure>");
    }
    html.push_str("<div class=\"wide\"><table><thead><tr>");
    for (column, (_, words)) in table.heads.iter().enumerate() {
        let number = table.rows.iter().any(|row| row.get(column).is_some_and(|cell| !cell.is_text()));
        let class = if number { " class=\"n\"" } else { "" };
        let _ = write!(html, "<th{class}>{}</th>", escaped(words));
    }
    html.push_str("</tr></thead><tbody>");
    for row in &table.rows {
        html.push_str("<tr>");
        for cell in row {
            let class = if cell.is_text() { "" } else { " class=\"n\"" };
            let _ = write!(html, "<td{class}>{}</td>", escaped(&cell.shown()));
        }
        html.push_str("</tr>");
    }
    html.push_str("</tbody></table></div></section>\n");
}

/// A page without a chart is better than none: the numbers stand in the table.
fn drawn(chart: &Chart) -> String {
    match chart {
        Chart::Bars(bars) => charts::bars(bars),
        Chart::Stacked(bars) => charts::stacked(bars),
        Chart::Tornado(bars) => designs::tornado(bars).unwrap_or_default(),
        Chart::Frontier(frontier) => designs::frontier(frontier).unwrap_or_default(),
        Chart::Fan(fan) => designs::fan(fan).unwrap_or_default(),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
