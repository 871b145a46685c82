//! One settlement as it was kept: its sheet with the articles, its lines, who paid, and what happened around it.

use std::collections::BTreeMap;

use gongji_domain::Fen;
use gongji_policy::benefit_words;
use serde::Serialize;
use serde_json::Value;

use super::super::{Problem, Sight};
use super::persons::Person;
use super::rows::Row;
use crate::catalogue::Asked as Item;
use crate::his::book::Change;
use crate::his::call::event_number;
use crate::his::listing::{Cancelled, Listed, One};
use crate::his::visited;

/// One settlement.
#[derive(Serialize)]
pub(super) struct Whole {
    row: Row,
    sheet: Value,
    articles: BTreeMap<String, Value>,
    lines: Vec<Line>,
    funds: Vec<Paid>,
    diagnoses: String,
    balance_before: Fen,
    policy: String,
    draft: bool,
    /// Who else's account paid: 人员编号 of the holder and how much.
    aid: Option<(String, Fen)>,
    events: Vec<Event>,
}

#[derive(Serialize)]
struct Line {
    item: String,
    name: String,
    /// 甲, 乙 or 丙; empty for what no catalogue lists.
    level: &'static str,
    amount: Fen,
    covered: bool,
    ceiling: Option<Fen>,
    /// First-pay share in millionths as text with a percent sign.
    upfront: String,
}

#[derive(Serialize)]
struct Paid {
    benefit: String,
    fund: String,
    name: &'static str,
    amount: Fen,
}

#[derive(Serialize)]
struct Event {
    event: u64,
    recorded: String,
    what: &'static str,
    message: String,
}

/// One settlement of a member of the officer's area.
pub(super) fn whole(sight: &Sight<'_>, number: &str) -> Result<Whole, Problem> {
    let none = || Problem::said("not_here", format!("没有结算 {number}")).at("number");
    let kept = sight.service.kept();
    let event = event_number(number).map(|event| kept.now()?.event(event)).transpose()?.flatten().ok_or_else(none)?;
    let past = kept.now()?.visit(&event.psn_no, event.visit.unwrap_or(event.seq))?.ok_or_else(none)?;
    let settled = past.settled(number).ok_or_else(none)?.clone();
    if settled.area != sight.area {
        return Err(super::super::not_yours(&format!("结算 {number} 的参保人"), sight.area));
    }
    let listed = Listed::of(&event, number, &settled)?;
    let cancelled = past.events.iter().find_map(|(event, change)| match change {
        Change::Cancelled { setl_id, cancels, .. } if cancels == number => Some(Cancelled::by(event, setl_id)),
        _ => None,
    });
    let cancelled = cancelled.transpose()?;
    let person = Person::of(&sight.own(&settled.psn_no)?.member, &listed);
    let row = Row::of(sight, One { listed: &listed, cancelled: cancelled.as_ref() }, person);
    let (sheet, articles) = visited::quoted(sight.service.area(sight.area), number, &settled);
    let decided = &settled.decided;
    Ok(Whole {
        articles,
        sheet,
        lines: lines(sight, &past, &settled),
        funds: decided.payments.iter().map(paid).collect(),
        diagnoses: past.diagnoses(),
        balance_before: settled.balance_before,
        policy: decided.policy.clone(),
        draft: decided.draft,
        aid: settled.aid.as_deref().map(|aid| (aid.holder.clone(), aid.amount())),
        events: past.events.iter().filter_map(happened).collect(),
        row,
    })
}

fn paid(payment: &crate::his::decider::Payment) -> Paid {
    Paid {
        benefit: benefit_words(&payment.benefit).to_owned(),
        fund: payment.fund.to_string(),
        name: payment.fund.name(),
        amount: payment.amount,
    }
}

/// The lines that were settled, with what the catalogue said of them on the day.
fn lines(sight: &Sight<'_>, past: &crate::his::past::Past, settled: &crate::his::book::Settled) -> Vec<Line> {
    let all = past.events.iter().flat_map(|(_, change)| match change {
        Change::Charged { lines, .. } => lines.as_slice(),
        Change::Purchased { purchase, .. } => purchase.lines.as_slice(),
        _ => &[],
    });
    let catalogue = sight.service.directory().catalogue();
    let line = |line: &crate::his::book::Line| {
        let area = settled.treated_in.as_deref().unwrap_or(&settled.area);
        let level = sight.service.directory().institution(&settled.institution).map_or("", |at| at.hosp_lv.as_str());
        let listed = catalogue.find(&Item { code: &line.item, area, level, day: settled.day });
        Line {
            item: line.item.to_string(),
            name: listed.as_ref().map_or_else(String::new, |listed| listed.name.to_owned()),
            level: match listed.as_ref().map(|listed| listed.level) {
                Some("01") => "甲",
                Some("02") => "乙",
                Some("03") => "丙",
                _ => "",
            },
            amount: line.amount,
            covered: line.covered,
            ceiling: line.ceiling,
            upfront: line.upfront_rate().to_string(),
        }
    };
    all.filter(|line| line.chrg_bchno == settled.chrg_bchno).map(line).collect()
}

fn happened((event, change): &(gongji_store::Event, Change)) -> Option<Event> {
    let what = match change {
        Change::Registered { .. } => "挂号",
        Change::Described { .. } => "就诊信息",
        Change::Charged { .. } => "费用明细上传",
        Change::Withdrawn { .. } => "费用明细撤销",
        Change::Unregistered { .. } => "挂号撤销",
        Change::Settled { .. } => "结算",
        Change::Purchased { .. } => "药店结算",
        Change::Cancelled { .. } => "结算撤销",
        _ => return None,
    };
    Some(Event { event: event.seq, recorded: crate::his::past::at(event), what, message: event.msgid.clone() })
}
