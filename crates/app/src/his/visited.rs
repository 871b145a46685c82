//! A member's settlements (结算记录) as they were kept: what each came to, what cancelled it, how its amounts came about. Decides
//! nothing again: what is shown is what was decided then.

use std::collections::BTreeMap;

use gongji_domain::Fen;
use gongji_policy::{Area, words_of};
use gongji_store::Event;
use serde::Serialize;
use serde_json::{Value, json};

use super::archive::Moment;
use super::book::{Change, Settled};
use super::codes;
use super::decider::{Decided, Payment};
use super::errors::{Code, Fault};
use super::past::{Charged, Past, at};

/// A settlement, or what took one back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Row {
    pub settlement: String,
    pub visit: String,
    /// The day of the visit.
    pub day: String,
    pub recorded: String,
    pub institution: String,
    pub care_type: String,
    pub care_name: String,
    /// The settlement that this one takes back.
    pub cancels: Option<String>,
    /// What took this one back.
    pub cancelled_by: Option<String>,
    /// 医疗费总额、基金支付、个人账户支付、其中亲属账户、现金
    pub total: Fen,
    pub fund: Fen,
    pub account: Fen,
    pub aid: Fen,
    pub cash: Fen,
}

/// How an amount came about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Step {
    pub rule: String,
    pub article: String,
    pub inputs: BTreeMap<String, String>,
    pub result: String,
    pub sentence: String,
}

/// A fee line as it was priced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Line {
    pub code: String,
    pub quantity: String,
    pub price: String,
    pub amount: String,
    pub level: String,
    pub eligible: String,
    pub remark: String,
}

/// A settlement with everything that was kept of it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Whole {
    pub row: Row,
    /// As `gongji quote` words a settlement.
    pub sheet: Value,
    pub lines: Vec<Line>,
    /// Which version of which package decided.
    pub policy: String,
    pub draft: bool,
    /// Of every article that is cited: its document, its title, its words.
    pub articles: BTreeMap<String, Value>,
}

/// A member's settlements, the last first.
///
/// # Errors
/// When the store cannot be read.
pub(crate) fn rows(kept: &Moment, person: &str, last_visit: Option<u64>) -> Result<Vec<Row>, Fault> {
    let mut rows: Vec<(u64, Row)> = Vec::new();
    for past in kept.visits(person, last_visit)? {
        for (event, change) in &past.events {
            if let Some((_, row)) = row_of(&past, event, change) {
                rows.push((event.seq, row));
            }
        }
    }
    rows.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

/// One of a member's settlements whole.
///
/// # Errors
/// When there is no such settlement of this member, or the store cannot be read.
pub(crate) fn whole(
    kept: &Moment,
    area: Option<&Area>,
    (person, last_visit): (&str, Option<u64>),
    settlement: &str,
) -> Result<Whole, Fault> {
    for past in kept.visits(person, last_visit)? {
        for (event, change) in &past.events {
            let found = row_of(&past, event, change).filter(|(_, row)| row.settlement == settlement);
            if let Some((settled, row)) = found {
                let original = row.cancels.as_deref().unwrap_or(settlement);
                let lines = past.charged(Some(original))?;
                return Ok(made(area, settled, row, &lines));
            }
        }
    }
    Err(Fault::at(Code::SettlementNotFound, "id").given(settlement).allowed("本人的结算"))
}

fn row_of<'p>(past: &'p Past, event: &Event, change: &'p Change) -> Option<(&'p Settled, Row)> {
    let (settled, id, cancels) = match change {
        Change::Settled { setl_id, settlement } => (&**settlement, setl_id, None),
        Change::Purchased { setl_id, purchase } => (&purchase.settlement, setl_id, None),
        Change::Cancelled { setl_id, cancels, .. } => (past.settled(cancels)?, setl_id, Some(cancels)),
        _ => return None,
    };
    let decided = &settled.decided;
    let aid = settled.aid.as_deref().map_or(Fen::ZERO, |aid| aid.amount());
    let sign = |amount: Fen| if cancels.is_some() { -amount } else { amount };
    let care_type = codes::care_type(&settled.med_type).map_or("", |care| care.name);
    let row = Row {
        settlement: id.clone(),
        visit: past.mdtrt_id.clone(),
        day: settled.day.to_string(),
        recorded: at(event),
        institution: settled.institution.to_string(),
        care_type: care_type.to_owned(),
        care_name: words_of("care_type", care_type).to_owned(),
        cancels: cancels.cloned(),
        cancelled_by: past.cancelled_by(id).map(str::to_owned),
        total: sign(decided.total),
        fund: sign(decided.fund_total),
        account: sign(decided.account_paid),
        aid: sign(aid),
        cash: sign(decided.cash),
    };
    Some((settled, row))
}

fn made(area: Option<&Area>, settled: &Settled, row: Row, lines: &[Charged]) -> Whole {
    let back = row.cancels.is_some();
    let decided = if back { settled.decided.negated() } else { settled.decided.clone() };
    let own: Fen = settled.decided.effects.account.into_iter().sum();
    let balance = if back { settled.balance_before } else { settled.balance_before - own };
    let steps = steps(&settled.decided);
    Whole {
        sheet: sheet(&row.settlement, &decided, balance, &steps),
        articles: articles(area, &settled.decided, &steps),
        lines: lines.iter().map(line).collect(),
        policy: decided.policy.clone(),
        draft: decided.draft,
        row,
    }
}

/// A settlement that stands as `gongji quote` words one, and the words of every article that it cites.
pub(crate) fn quoted(area: Option<&Area>, id: &str, settled: &Settled) -> (Value, BTreeMap<String, Value>) {
    let decided = &settled.decided;
    let taken: Fen = decided.effects.account.into_iter().sum();
    let steps = steps(decided);
    (sheet(id, decided, settled.balance_before - taken, &steps), articles(area, decided, &steps))
}

fn articles(area: Option<&Area>, decided: &Decided, steps: &[Step]) -> BTreeMap<String, Value> {
    let cited = steps.iter().map(|step| step.article.as_str());
    let reason = decided.not_covered.as_ref().map(|reason| reason.article.as_str());
    let keys = cited.chain(reason).flat_map(|cited| cited.split('；').map(key));
    keys.filter_map(|key| Some((key.to_owned(), article(area?, key)?))).collect()
}

/// The words of an article, with its document.
pub(crate) fn article(area: &Area, key: &str) -> Option<Value> {
    let article = area.article(key)?;
    Some(json!({ "title": article.title, "text": article.text, "source": article.document }))
}

fn sheet(id: &str, decided: &Decided, balance: Fen, steps: &[Step]) -> Value {
    use gongji_domain::NationalField as Field;
    let payment = |payment: &Payment| {
        let Payment { benefit, fund, amount, .. } = payment;
        json!({ "benefit": benefit, "fund": fund, "amount": amount })
    };
    let reason = decided
        .not_covered
        .as_ref()
        .map(|reason| json!({ "code": reason.code, "article": reason.article, "message": reason.message }));
    let mut sheet = json!({
        "id": id, "outcome": "settled",
        "medfee_sumamt": decided.total, "fulamt_ownpay_amt": decided.off_list, "overlmt_selfpay": decided.over_ceiling,
        "preselfpay_amt": decided.upfront, "inscp_scp_amt": decided.eligible, "act_pay_dedc": decided.deductible_borne,
        "hifp_pay": decided.paid(Field::Hifp), "hifob_pay": decided.paid(Field::Hifob),
        "cvlserv_pay": decided.paid(Field::Cvlserv), "hifes_pay": decided.paid(Field::Hifes),
        "hifmi_pay": decided.paid(Field::Hifmi), "maf_pay": decided.paid(Field::Maf),
        "hifdm_pay": decided.paid(Field::Hifdm), "oth_pay": decided.paid(Field::Oth),
        "fund_pay_sumamt": decided.fund_total, "psn_part_amt": decided.personal_share,
        "acct_pay": decided.account_paid, "psn_cash_pay": decided.cash, "balc": balance,
        "payments": decided.payments.iter().map(payment).collect::<Vec<_>>(),
        "steps": steps,
    });
    if let (Some(reason), Some(sheet)) = (reason, sheet.as_object_mut()) {
        sheet.insert("not_covered".to_owned(), reason);
    }
    sheet
}

/// The steps as they were written down when it was decided: each a sentence with its article in brackets.
fn steps(decided: &Decided) -> Vec<Step> {
    let paid = decided.payments.iter().map(|paid| (paid.benefit.as_str(), paid.process.as_str(), paid.amount));
    let account = ("account", decided.account_process.as_str(), decided.account_paid);
    paid.chain([account]).flat_map(|(rule, process, amount)| told(rule, process, amount)).collect()
}

/// The amount stands with the last sentence, which came to it.
fn told(rule: &str, process: &str, amount: Fen) -> Vec<Step> {
    let sentences = sentences(process);
    let step = |(at, text): (usize, &String)| {
        let (sentence, article) = cited(text);
        Step {
            rule: rule.to_owned(),
            article: article.to_owned(),
            inputs: BTreeMap::new(),
            result: if at + 1 == sentences.len() { amount.to_string() } else { String::new() },
            sentence: sentence.to_owned(),
        }
    };
    sentences.iter().enumerate().map(step).collect()
}

/// What belongs together: a sentence may have a semicolon of its own, and ends where its article stands.
fn sentences(process: &str) -> Vec<String> {
    let (mut whole, mut open) = (Vec::new(), String::new());
    for part in process.split('；').filter(|part| !part.is_empty()) {
        if !open.is_empty() {
            open.push('；');
        }
        open.push_str(part);
        if !cited(&open).1.is_empty() {
            whole.push(std::mem::take(&mut open));
        }
    }
    whole.extend(Some(open).filter(|rest| !rest.is_empty()));
    whole
}

/// A sentence and the article behind it, such as `xize:4 渝医保发〔2023〕32号 第四条`.
fn cited(text: &str) -> (&str, &str) {
    let Some(inside) = text.strip_suffix('）') else { return (text, "") };
    let is_key = |key: &str| key.contains(':') && key.is_ascii();
    let opened = inside.rmatch_indices('（').map(|(at, bracket)| (&inside[..at], &inside[at + bracket.len()..]));
    opened.into_iter().find(|(_, article)| is_key(key(article))).unwrap_or((text, ""))
}

/// The key of a citation: what stands before its words.
pub(crate) fn key(citation: &str) -> &str {
    citation.split(' ').next().unwrap_or(citation)
}

fn line(charged: &Charged) -> Line {
    let word = |name: &str| charged.asked.word(name).to_owned();
    let priced = |name: &str| charged.priced.word(name).to_owned();
    Line {
        code: word("med_list_codg"),
        quantity: word("cnt"),
        price: word("pric"),
        amount: word("det_item_fee_sumamt"),
        level: match charged.priced.word("chrgitm_lv") {
            "01" => "甲",
            "02" => "乙",
            "03" => "丙",
            _ => "",
        }
        .to_owned(),
        eligible: priced("inscp_scp_amt"),
        remark: priced("memo"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_process_is_read_back_as_sentences_with_their_articles() {
        let steps = told(
            "x",
            "起付标准 200；由个人负担（xize:4 某文 第四条）；按 60%（在职） 支付（xize:5 某文（试行） 第五条；xize:6）；个人账户支付 3.00",
            Fen::from_yuan(3),
        );
        let results: Vec<_> = steps.iter().map(|step| step.result.as_str()).collect();
        assert_eq!(results, ["", "", "3.00"]);
        let told: Vec<_> = steps.iter().map(|step| (step.sentence.as_str(), step.article.as_str())).collect();
        assert_eq!(
            told,
            [
                ("起付标准 200；由个人负担", "xize:4 某文 第四条"),
                ("按 60%（在职） 支付", "xize:5 某文（试行） 第五条；xize:6"),
                ("个人账户支付 3.00", "")
            ]
        );
    }
}
