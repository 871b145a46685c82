//! The settlement sheet (门诊结算单·说明): who, where and when; the amounts; who paid; how each
//! amount came about; the articles as quoted.

use super::paint::{QUIET, STRONG, TITLE, WRONG, boxed, columns, in_style, padded, right, thousands, wrap};
use crate::policy::words::{cite, life, status_words, titles};
use gongji_domain::{Clock, Fen, NationalField, Weight, spread};
use gongji_policy::case::{
    Case, CaseFault, Decision, Encounter, FactValue, Institution, Member, Refusal, Settled, StepText,
};
use gongji_policy::{Area, Library, benefit_words, words_of};
use std::fmt::Write as _;

/// The sheets of all encounters of a case, then the articles that they rest on, once each.
pub(crate) fn of_case(case: &Case, decisions: &[(String, Decision)], library: &Library, width: usize) -> String {
    let mut sheet = String::new();
    let area = library.area(&case.pooling_area);
    let mut cited: Vec<String> = Vec::new();
    for (i, ((encounter, then), (_, decision))) in case.encounters.iter().zip(decisions).enumerate() {
        title(&mut sheet, &case.id, Some((&encounter.id, i + 1, case.encounters.len())), width);
        let balance = match decision {
            Decision::Settled(settled) => Some(settled.settlement.balance + settled.settlement.account_paid),
            Decision::Refused(_) => None,
        };
        // With the facts that the member's relations gave it.
        let stands: Vec<bool> = decisions[..i].iter().map(|(_, one)| matches!(one, Decision::Settled(_))).collect();
        let related = area.and_then(|area| area.with_relations(case, i, &stands).ok());
        let encounter = related.as_deref().unwrap_or(encounter);
        head(&mut sheet, &Head { case, area, member: &case.member.at(then), encounter, balance }, width);
        match decision {
            Decision::Settled(settled) => {
                amounts(&mut sheet, settled, width);
                payers(&mut sheet, settled, width);
                not_covered(&mut sheet, settled, &mut cited, width);
                steps(&mut sheet, &settled.steps, &mut cited, width);
            }
            Decision::Refused(refusal) => refused(&mut sheet, refusal, &mut cited, width),
        }
    }
    if let Some(area) = area {
        articles(&mut sheet, area, &cited, width);
    }
    sheet
}

/// A case that could not be decided.
pub(crate) fn of_fault(id: Option<&str>, fault: &CaseFault, width: usize) -> String {
    let mut sheet = String::new();
    title(&mut sheet, id.unwrap_or("（没有 id）"), None, width);
    let field = if fault.field.is_empty() { "整行" } else { &fault.field };
    let _ = writeln!(sheet, "{}\n", in_style(WRONG, "这个算例不能判定，没有结算"));
    pair(&mut sheet, "位置", field, width);
    pair(&mut sheet, "原因", &fault.message, width);
    pair(&mut sheet, "代码", fault.code, width);
    if let Some(article) = &fault.article {
        pair(&mut sheet, "依据", article, width);
    }
    sheet.push('\n');
    sheet
}

fn title(sheet: &mut String, case: &str, encounter: Option<(&str, usize, usize)>, width: usize) {
    let rule = "═".repeat(width);
    let visit = match encounter {
        Some((id, _, 1)) => format!(" · 就诊 {id}"),
        Some((id, nth, of)) => format!(" · 就诊 {id}（第 {nth} 次，共 {of} 次）"),
        None => String::new(),
    };
    let _ = writeln!(sheet, "{rule}\n{}   算例 {case}{visit}\n{rule}", in_style(TITLE, "门诊结算单·说明"));
}

struct Head<'a> {
    case: &'a Case,
    area: Option<&'a Area>,
    member: &'a Member,
    encounter: &'a Encounter,
    balance: Option<Fen>,
}

fn head(sheet: &mut String, head: &Head<'_>, width: usize) {
    let Head { case, area, member, encounter, balance } = head;
    let mut fields: Vec<(&str, String)> = Vec::new();
    fields.push((
        "统筹区",
        match area {
            Some(area) => format!("{} {}", area.name(), area.code()),
            None => case.pooling_area.clone(),
        },
    ));
    if let Some(area) = area {
        fields.push(("政策状态", format!("{}，{}", status_words(area.status()), life(area))));
    }
    let enrolment = member.enrolment.as_deref().map(|enrolment| words_of("enrolment", enrolment));
    fields.push((
        "参保人",
        [Some(words_of("status", &member.status)), enrolment].into_iter().flatten().collect::<Vec<_>>().join("，"),
    ));
    if let Some(birth) = member.birth_date {
        fields.push(("年龄", format!("{} 周岁（{birth} 出生）", encounter.date.age_since(birth))));
    }
    fields.push((
        "就诊日期",
        match encounter.time {
            Some(Clock(seconds)) => {
                format!("{} {:02}:{:02}:{:02}", encounter.date, seconds / 3600, seconds / 60 % 60, seconds % 60)
            }
            None => encounter.date.to_string(),
        },
    ));
    fields.push(("医疗类别", words_of("care_type", &encounter.care_type).to_owned()));
    fields.push(("就诊机构", institution(&encounter.institution, encounter.care_type == "pharmacy")));
    if let Some(prescriber) = &encounter.prescriber {
        fields.push(("处方开具", institution(prescriber, false)));
    }
    if let Some(place) = &encounter.place {
        fields.push(("就医地点", words_of("place", place).to_owned()));
    }
    if let Some(balance) = balance {
        fields.push(("账户余额", format!("{} 元（结算前）", money(*balance))));
    }
    let stated = [&member.facts, &encounter.institution.facts, &encounter.facts].into_iter().flatten();
    let facts: Vec<String> =
        stated.map(|(name, value)| format!("{} {}", words_of(name, name), fact_words(name, value))).collect();
    if !facts.is_empty() {
        fields.push(("其他事实", facts.join("，")));
    }
    in_two_columns(sheet, &fields, width);
    sheet.push('\n');
}

/// Pairs side by side where they fit.
fn in_two_columns(sheet: &mut String, fields: &[(&str, String)], width: usize) {
    let half = width / 2;
    let fits = |(_, text): &(&str, String)| columns(text) + 12 <= half;
    let mut rest = fields;
    while let [first, tail @ ..] = rest {
        match tail {
            [second, tail @ ..] if fits(first) && fits(second) => {
                let left = padded(&format!("{}{}", padded(first.0, 10), first.1), half);
                let _ = writeln!(sheet, "{left}{}{}", padded(second.0, 10), second.1);
                rest = tail;
            }
            _ => {
                pair(sheet, first.0, &first.1, width);
                rest = tail;
            }
        }
    }
}

fn pair(sheet: &mut String, name: &str, text: &str, width: usize) {
    for (i, line) in wrap(text, width - 10).iter().enumerate() {
        let _ = writeln!(sheet, "{}{line}", padded(if i == 0 { name } else { "" }, 10));
    }
}

fn institution(institution: &Institution, pharmacy: bool) -> String {
    let class = institution.class.as_deref().map(|class| words_of("class", class));
    let kind = institution.kind.as_deref().map(|kind| words_of("kind", kind));
    let parts: Vec<&str> = [class, kind, institution.id.as_deref()].into_iter().flatten().collect();
    match (parts.is_empty(), pharmacy) {
        (true, true) => "药店".to_owned(),
        (true, false) => "未写明".to_owned(),
        _ => parts.join("，"),
    }
}

fn fact_words(name: &str, value: &FactValue) -> String {
    match value {
        FactValue::Text(text) => words_of(name, text).to_owned(),
        FactValue::Flag(true) => "是".to_owned(),
        FactValue::Flag(false) => "否".to_owned(),
        FactValue::Whole(number) => number.to_string(),
        FactValue::Set(items) => items.join("、"),
    }
}

fn money(amount: Fen) -> String {
    thousands(&amount.to_string())
}

/// The amounts of the settlement with their national names.
fn amounts(sheet: &mut String, settled: &Settled, width: usize) {
    let s = &settled.settlement;
    let mut table = boxed(&["项目", "金额（元）", "国家字段"], width);
    let mut row = |name: &str, amount: Fen, field: &str| {
        table.add_row([name, &money(amount), field]);
    };
    row("医疗费总额", s.total, "medfee_sumamt");
    row("　符合政策范围金额", s.eligible, "inscp_scp_amt");
    row("　先行自付金额", s.upfront, "preselfpay_amt");
    row("　超限价自费费用", s.over_ceiling, "overlmt_selfpay");
    row("　全自费金额", s.off_list, "fulamt_ownpay_amt");
    row("实际支付起付线", s.deductible_borne, "act_pay_dedc");
    row("基金支付总额", s.fund_total, "fund_pay_sumamt");
    for (name, national, field) in FUNDS {
        let amount = settled.national(*national);
        if !amount.is_zero() || *national == NationalField::Hifp {
            row(name, amount, field);
        }
    }
    row("个人负担总金额", s.personal_share, "psn_part_amt");
    row("　个人账户支出", s.account_paid, "acct_pay");
    row("　个人现金支出", s.cash, "psn_cash_pay");
    row("账户余额（结算后）", s.balance, "balc");
    right(&mut table, 1);
    let _ = writeln!(sheet, "{table}\n");
}

const FUNDS: &[(&str, NationalField, &str)] = &[
    ("　统筹基金支出", NationalField::Hifp, "hifp_pay"),
    ("　职工大额医疗费用补助基金支出", NationalField::Hifob, "hifob_pay"),
    ("　公务员医疗补助支出", NationalField::Cvlserv, "cvlserv_pay"),
    ("　企业补充医疗保险支出", NationalField::Hifes, "hifes_pay"),
    ("　居民大病保险支出", NationalField::Hifmi, "hifmi_pay"),
    ("　医疗救助基金支出", NationalField::Maf, "maf_pay"),
    ("　伤残人员医疗保障基金支出", NationalField::Hifdm, "hifdm_pay"),
    ("　其他支出", NationalField::Oth, "oth_pay"),
];

/// Who paid what, and which part of the whole.
fn payers(sheet: &mut String, settled: &Settled, width: usize) {
    let s = &settled.settlement;
    heading(sheet, "谁付的");
    let mut table = boxed(&["付款方", "由来", "金额（元）", "占总额"], width);
    let mut rows: Vec<(String, &str, Fen)> = Vec::new();
    for (benefit, fund, amount) in &settled.payments {
        rows.push((format!("{} {fund}", fund.name()), benefit_words(benefit), *amount));
    }
    rows.push(("本人个人账户".to_owned(), "个人负担", s.account_paid));
    rows.push(("本人现金".to_owned(), "个人负担", s.cash));
    let amounts: Vec<Fen> = rows.iter().map(|(_, _, amount)| *amount).collect();
    for ((payer, what, amount), part) in rows.iter().zip(percentages(&amounts)) {
        table.add_row([payer, *what, &money(*amount), &part]);
    }
    table.add_row(["合计", "医疗费总额", &money(s.total), &percentages(&[s.total]).concat()]);
    right(&mut table, 2);
    right(&mut table, 3);
    let _ = writeln!(sheet, "{table}\n");
}

/// Amounts as percentages of their sum, to two places, that add up to 100.00%.
fn percentages(amounts: &[Fen]) -> Vec<String> {
    if amounts.iter().all(|amount| amount.is_zero()) {
        return amounts.iter().map(|_| "—".to_owned()).collect();
    }
    let weights: Vec<Weight> =
        amounts.iter().map(|amount| Weight { weight: amount.fen(), first: 0, second: 0 }).collect();
    // A yuan is a hundred fen, so a percentage to two places is an amount like another.
    let mut parts = vec![Fen::ZERO; amounts.len()];
    spread(Fen::from_yuan(100), &weights, &mut parts);
    parts.iter().map(|part| format!("{part}%")).collect()
}

fn heading(sheet: &mut String, text: &str) {
    let _ = writeln!(sheet, "{}", in_style(TITLE, text));
}

fn not_covered(sheet: &mut String, settled: &Settled, cited: &mut Vec<String>, width: usize) {
    let Some(reason) = &settled.not_covered else { return };
    cite(&reason.article, cited);
    let _ = writeln!(sheet, "{}", in_style(WRONG, "普通门诊统筹不支付"));
    pair(sheet, "原因", &format!("{}（{}）", reason.message, reason.code), width);
    pair(sheet, "依据", &reason.article, width);
    sheet.push('\n');
}

fn refused(sheet: &mut String, refusal: &Refusal, cited: &mut Vec<String>, width: usize) {
    let _ = writeln!(sheet, "{}", in_style(WRONG, "医保不予结算，待遇累计不变"));
    pair(sheet, "原因", &format!("{}（{}）", refusal.message, refusal.code), width);
    if let Some(article) = &refusal.article {
        cite(article, cited);
        pair(sheet, "依据", article, width);
    }
    sheet.push('\n');
}

/// How each amount came about.
pub(crate) fn steps(sheet: &mut String, steps: &[StepText], cited: &mut Vec<String>, width: usize) {
    heading(sheet, "怎么算的");
    for (i, step) in steps.iter().enumerate() {
        let sentence = step.sentence.as_deref().unwrap_or_default();
        for (j, line) in wrap(sentence, width.saturating_sub(5)).iter().enumerate() {
            let number = if j == 0 { format!("{:>3}. ", i + 1) } else { " ".repeat(5) };
            let line = if j == 0 { emphasised(line, &step.result) } else { line.clone() };
            let _ = writeln!(sheet, "{number}{line}");
        }
        for line in wrap(&format!("依据 {}　{}", titles(&step.article), step.rule), width.saturating_sub(5)) {
            let _ = writeln!(sheet, "     {}", in_style(QUIET, &line));
        }
        cite(&step.article, cited);
    }
    sheet.push('\n');
}

/// The last mention of a step's result stands out.
fn emphasised(line: &str, result: &str) -> String {
    match line.rfind(result) {
        Some(at) => format!("{}{}{}", &line[..at], in_style(STRONG, result), &line[at + result.len()..]),
        None => line.to_owned(),
    }
}

/// The quoted articles, once each.
pub(crate) fn articles(sheet: &mut String, area: &Area, cited: &[String], width: usize) {
    let quoted: Vec<_> = cited.iter().filter_map(|key| area.article(key)).collect();
    if quoted.is_empty() {
        return;
    }
    heading(sheet, "依据的条文");
    for article in quoted {
        let _ = writeln!(sheet, "\n  {}", in_style(TITLE, &format!("{} {}", article.document, article.title)));
        for paragraph in article.text.lines().filter(|line| !line.trim().is_empty()) {
            for line in wrap(paragraph.trim(), width.saturating_sub(4)) {
                let _ = writeln!(sheet, "    {line}");
            }
        }
    }
    sheet.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_add_up_to_the_whole() {
        // 33.335, 33.335 and 33.33 of a hundred: rounding each half up would make 100.01.
        let amounts = [Fen::from_fen(33_335), Fen::from_fen(33_335), Fen::from_fen(33_330)];
        assert_eq!(percentages(&amounts), ["33.34%", "33.33%", "33.33%"]);
        assert_eq!(percentages(&[Fen::ZERO, Fen::from_fen(7)]), ["0.00%", "100.00%"]);
        assert_eq!(percentages(&[Fen::ZERO]), ["—"]);
    }
}
