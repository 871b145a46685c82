//! A report as one HTML page that needs nothing else: for the screen, light and dark, and for paper.

use crate::simulate::report::{Cell, Report, Table};
use std::fmt::Write as _;

const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1d2733;--soft:#5a6470;--paper:#fff;--line:#d9dee4;--band:#f4f6f8;--mark:#267a8a}\
@media(prefers-color-scheme:dark){:root{--ink:#e6eaef;--soft:#9aa5b1;--paper:#14191f;--line:#2c343d;--band:#1b2129;--mark:#5ab3c2}}\
body{margin:0 auto;max-width:1080px;padding:2rem 1.25rem;background:var(--paper);color:var(--ink);\
font:15px/1.6 system-ui,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif}\
h1{font-size:1.5rem;margin:0 0 .75rem}h2{font-size:1.1rem;margin:2rem 0 .4rem;border-left:4px solid var(--mark);padding-left:.6rem}\
.facts{color:var(--soft);display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem}\
.note{color:var(--soft);margin:.2rem 0 .6rem}.wide{overflow-x:auto}\
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}\
th,td{padding:.35rem .6rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}\
th{background:var(--band);font-weight:600;white-space:nowrap}td.n{text-align:right;white-space:nowrap}\
.heroes{display:flex;flex-wrap:wrap;gap:1rem;margin:1rem 0}.heroes div{background:var(--band);padding:.7rem 1rem;border-radius:8px}\
.heroes b{display:block;font-size:1.3rem}svg{max-width:100%;height:auto;margin:.5rem 0}svg text{fill:var(--ink)}\
@media print{body{max-width:none;padding:0;font-size:11px}h2{break-after:avoid}tr{break-inside:avoid}}";

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The page.
pub(crate) fn page(report: &Report) -> String {
    let title = escaped(&report.title);
    let mut page = format!(
        "<!doctype html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><style>{STYLE}</style></head><body>\n<h1>{title}</h1>\n<div class=\"facts\">"
    );
    for (_, words, value) in &report.facts {
        let _ = write!(page, "<span>{}</span><span>{}</span>", escaped(words), escaped(value));
    }
    page.push_str("</div>\n");
    if !report.heroes.is_empty() {
        let heroes = report.heroes.iter().map(|(words, value)| format!("<div>{}<b>{}</b></div>", escaped(words), escaped(value)));
        let _ = writeln!(page, "<div class=\"heroes\">{}</div>", heroes.collect::<String>());
    }
    report.tables.iter().for_each(|part| table(&mut page, part));
    page.push_str("<h2>假设与说明</h2>\n<ul>");
    report.notes.iter().for_each(|note| {
        let _ = write!(page, "<li>{}</li>", escaped(note));
    });
    page.push_str("</ul>\n");
    if !report.bases.is_empty() {
        page.push_str("<div class=\"wide\"><table><tr><th>假设</th><th>取值</th><th>依据</th><th>说明</th></tr>\n");
        for basis in &report.bases {
            let cells: String = basis.iter().map(|text| format!("<td>{}</td>", escaped(text))).collect();
            let _ = writeln!(page, "<tr>{cells}</tr>");
        }
        page.push_str("</table></div>\n");
    }
    page.push_str("</body></html>\n");
    page
}

fn table(page: &mut String, table: &Table) {
    if table.rows.is_empty() && table.charts.is_empty() {
        return;
    }
    let _ = writeln!(page, "<h2>{}</h2>", escaped(&table.title));
    if !table.note.is_empty() {
        let _ = writeln!(page, "<p class=\"note\">{}</p>", escaped(&table.note));
    }
    table.charts.iter().for_each(|chart| page.push_str(chart));
    let heads: String = table.heads.iter().map(|(_, words)| format!("<th>{}</th>", escaped(words))).collect();
    let _ = writeln!(page, "<div class=\"wide\"><table><tr>{heads}</tr>");
    for row in &table.rows {
        let cell = |cell: &Cell| {
            let class = if cell.is_text() { "" } else { " class=\"n\"" };
            format!("<td{class}>{}</td>", escaped(&cell.shown()))
        };
        let _ = writeln!(page, "<tr>{}</tr>", row.iter().map(cell).collect::<String>());
    }
    page.push_str("</table></div>\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_stands_alone_and_takes_no_markup_from_what_it_tells() {
        let mut table = Table::new("t", "一<二", &[("a", "甲")]);
        table.row(vec![Cell::text("<script>")]);
        let report = Report { title: "测".to_owned(), tables: vec![table], ..Report::default() };
        let page = page(&report);
        assert!(page.contains("&lt;script&gt;") && !page.contains("<script"));
        assert!(!page.contains("http"));
    }
}
