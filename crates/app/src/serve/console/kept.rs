//! A settlement that was kept as the sheet that people read (门诊结算单): the fields of a quote's answer, and each amount's
//! sentences with their articles as they were written down when it was decided. Decides nothing anew.

use std::collections::BTreeMap;

use gongji_domain::{Fen, NationalField};
use gongji_policy::Area;
use serde::Serialize;
use serde_json::{Value, json};

use crate::his::book::Settled;

/// What an article says.
#[derive(Serialize)]
pub(super) struct ArticleText {
    title: String,
    text: String,
    source: String,
}

/// A sentence with its article.
struct Said<'a> {
    sentence: &'a str,
    article: Option<&'a str>,
}

/// The fields of a quote's answer, with steps.
pub(super) fn sheet(number: &str, settled: &Settled) -> Value {
    let decided = &settled.decided;
    let field = |field: NationalField| decided.paid(field);
    let payments: Vec<Value> = decided
        .payments
        .iter()
        .map(
            |payment| json!({ "benefit": payment.benefit, "fund": payment.fund.to_string(), "amount": payment.amount }),
        )
        .collect();
    let taken: Fen = decided.effects.account.into_iter().sum();
    json!({
        "id": number,
        "outcome": "settled",
        "medfee_sumamt": decided.total,
        "fulamt_ownpay_amt": decided.off_list,
        "overlmt_selfpay": decided.over_ceiling,
        "preselfpay_amt": decided.upfront,
        "inscp_scp_amt": decided.eligible,
        "act_pay_dedc": decided.deductible_borne,
        "hifp_pay": field(NationalField::Hifp),
        "hifob_pay": field(NationalField::Hifob),
        "cvlserv_pay": field(NationalField::Cvlserv),
        "hifes_pay": field(NationalField::Hifes),
        "hifmi_pay": field(NationalField::Hifmi),
        "maf_pay": field(NationalField::Maf),
        "hifdm_pay": field(NationalField::Hifdm),
        "oth_pay": field(NationalField::Oth),
        "fund_pay_sumamt": decided.fund_total,
        "psn_part_amt": decided.personal_share,
        "acct_pay": decided.account_paid,
        "psn_cash_pay": decided.cash,
        "balc": settled.balance_before - taken,
        "payments": payments,
        "not_covered": decided.not_covered,
        "steps": steps(settled),
    })
}

/// Each amount's sentences.
fn steps(settled: &Settled) -> Vec<Value> {
    let decided = &settled.decided;
    let funds =
        decided.payments.iter().map(|payment| (payment.benefit.as_str(), payment.amount, payment.process.as_str()));
    let account = (!decided.account_process.is_empty()).then_some((
        "account",
        decided.account_paid,
        decided.account_process.as_str(),
    ));
    let mut steps = Vec::new();
    for (rule, amount, process) in funds.chain(account) {
        let said = sentences(process);
        let last = said.len();
        for (at, Said { sentence, article }) in said.into_iter().enumerate() {
            // The amount stands with the last sentence, which came to it.
            let result = if at + 1 == last { amount.to_string() } else { String::new() };
            let empty = BTreeMap::<String, String>::new();
            steps.push(json!({
                "rule": rule, "article": article, "inputs": empty, "result": result, "sentence": sentence,
            }));
        }
    }
    steps
}

/// A process as it was written: sentences with their articles in brackets, with semicolons between.
fn sentences(process: &str) -> Vec<Said<'_>> {
    let split = |text| match text {
        "" => None,
        text => {
            let bracket = |text: &'_ str| text.strip_suffix('）').and_then(|text| text.rfind('（'));
            let cited =
                bracket(text).map(|at| (&text[..at], &text[at + '（'.len_utf8()..text.len() - '）'.len_utf8()]));
            Some(match cited.filter(|(_, cited)| cited.contains(':')) {
                Some((sentence, article)) => Said { sentence, article: Some(article) },
                None => Said { sentence: text, article: None },
            })
        }
    };
    process.split('；').filter_map(split).collect()
}

/// The articles that a sheet cites, in their own words.
pub(super) fn articles(area: Option<&Area>, sheet: &Value) -> BTreeMap<String, ArticleText> {
    let Some(area) = area else { return BTreeMap::new() };
    let steps = sheet["steps"].as_array().map(Vec::as_slice).unwrap_or_default();
    let cited = steps.iter().chain([&sheet["not_covered"]]).filter_map(|one| one["article"].as_str());
    let keys = cited.flat_map(|cited| cited.split(['、', ' ', '；'])).filter(|key| key.contains(':'));
    let text = |key: &str| {
        let article = area.article(key)?;
        let (title, text) = (article.title.clone(), article.text.clone());
        Some((key.to_owned(), ArticleText { title, text, source: article.document.clone() }))
    };
    keys.filter_map(text).collect()
}
