//! The report of a judgement (验收报告): one page of HTML that needs nothing else, to print or to send. Knows no file.

use std::fmt::Write as _;

use super::{Judged, Verdict};
use crate::calls::Call;

const HEAD: &str = "<!doctype html>
<html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>接口验收报告</title><style>
body{font-family:\"Noto Serif CJK SC\",SimSun,serif;max-width:48em;margin:2em auto;color:#111}
table{border-collapse:collapse;width:100%}td,th{border:1px solid #999;padding:.4em;text-align:left;vertical-align:top}
.failed{font-weight:bold}small{color:#555}@media print{body{margin:0}tr{break-inside:avoid}}
</style></head><body>
";

/// The page about an institution, of messages from the first to the last.
pub(crate) fn page(institution: &str, span: Option<(&&Call, &&Call)>, judged: &[Judged<'_>]) -> String {
    let mut page = HEAD.to_owned();
    let _ = writeln!(page, "<h1>接口验收报告</h1><p>机构 {}", escaped(institution));
    if let Some((first, last)) = span {
        let _ = writeln!(page, "<br>报文 {} 至 {}", escaped(&first.at), escaped(&last.at));
    }
    page.push_str("</p><table><tr><th>场景</th><th>结果</th><th>说明</th></tr>\n");
    for one in judged {
        let (class, result, told) = told(&one.verdict);
        let _ = writeln!(
            page,
            "<tr><td>{}<br><small>{}</small></td><td class=\"{class}\">{result}</td><td>{told}</td></tr>",
            escaped(one.title),
            escaped(one.name)
        );
    }
    page.push_str(
        "</table><p><small>由 gongji certify 依据沙箱的报文记录写成；参保人均为虚构。</small></p></body></html>\n",
    );
    page
}

/// Class, result and explanation of a verdict.
fn told(verdict: &Verdict) -> (&'static str, &'static str, String) {
    match verdict {
        Verdict::NotAttempted => ("open", "未做", String::new()),
        Verdict::Passed { messages } => {
            let list: Vec<String> =
                messages.iter().map(|(step, msgid)| format!("{} {}", escaped(step), escaped(msgid))).collect();
            ("passed", "通过", format!("<small>{}</small>", list.join("<br>")))
        }
        Verdict::Failed(failure) => {
            let message =
                failure.message.as_ref().map_or(String::new(), |msgid| format!("（msgid {}）", escaped(msgid)));
            let told = format!(
                "第 {} 步 {}<br>应为：{}<br>实际：{}{message}<br>{}",
                failure.number,
                escaped(&failure.title),
                escaped(&failure.expected),
                escaped(&failure.came),
                escaped(&failure.means)
            );
            ("failed", "未通过", told)
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_sender_wrote_is_text_on_the_page_and_nothing_else() {
        let verdict = Verdict::Passed { messages: vec![("step".to_owned(), "<script>\"&".to_owned())] };
        let page = page("H1", None, &[Judged { name: "n", title: "t", verdict }]);
        assert!(page.contains("&lt;script&gt;&quot;&amp;") && !page.contains("<script>"));
    }
}
