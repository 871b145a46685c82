//! An area and its citations in words.

use gongji_domain::{Day, Fen};
use gongji_policy::{Area, AreaStatus};

pub(crate) fn status_words(status: AreaStatus) -> &'static str {
    match status {
        AreaStatus::InForce => "施行",
        AreaStatus::Draft => "征求意见稿（未施行）",
        AreaStatus::Example => "示例（不据以结算）",
    }
}

/// The name of a status in answers.
pub(crate) fn status_name(status: AreaStatus) -> &'static str {
    match status {
        AreaStatus::InForce => "in_force",
        AreaStatus::Draft => "draft",
        AreaStatus::Example => "example",
    }
}

pub(crate) fn life(area: &Area) -> String {
    match until(area) {
        None => format!("自 {} 起", area.from()),
        Some(until) => format!("{} 至 {until}", area.from()),
    }
}

/// The last day of an area's rules, where there is one.
pub(crate) fn until(area: &Area) -> Option<Day> {
    Some(area.until()).filter(|until| *until != Day::MAX)
}

/// The articles of a printed citation, without their document's name for rules.
pub(crate) fn titles(printed: &str) -> String {
    let parts = printed.split('；').map(|part| part.split_once(' ').map_or(part, |(_, title)| title));
    parts.collect::<Vec<_>>().join("；")
}

/// Remembers the articles of a printed citation (`xize:4 渝医保发〔2023〕32号 第四条；…`).
pub(crate) fn cite(printed: &str, cited: &mut Vec<String>) {
    for part in printed.split('；') {
        let key = part.split(' ').next().unwrap_or_default().to_owned();
        if !key.is_empty() && !cited.contains(&key) {
            cited.push(key);
        }
    }
}

/// An amount that may not be there, because insurance refuses the visit.
pub(crate) fn paid_words(paid: Option<Fen>) -> String {
    paid.map_or_else(|| "不予结算".to_owned(), |fen| fen.to_string())
}
