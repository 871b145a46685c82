//! The engine's steps in words: rule, article, named inputs, result, and a Chinese sentence.

use super::decide::StepText;
use crate::library::Area;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use gongji_adjudication::{Rules, Step, StepKind};
use gongji_domain::{Fen, Rate};

/// Names the steps.
pub(super) fn steps(area: &Area, rules: &Rules, steps: &[Step], with_sentence: bool) -> Vec<StepText> {
    steps
        .iter()
        .map(|step| {
            let why = &rules.whys[step.why as usize];
            let (part, inputs) = inputs(rules, &step.kind);
            let rule = if part.is_empty() { why.rule.to_string() } else { format!("{}#{part}", why.rule) };
            StepText {
                rule,
                article: why.article.to_string(),
                inputs,
                result: step.result.to_string(),
                sentence: with_sentence.then(|| sentence(area, rules, step)),
            }
        })
        .collect()
}

/// What a step is called after its rule, and its inputs.
fn inputs(rules: &Rules, kind: &StepKind) -> (&'static str, Vec<(&'static str, String)>) {
    let s = |fen: &Fen| fen.to_string();
    match kind {
        StepKind::OffList => ("off_list", vec![]),
        StepKind::OverCeiling => ("over_ceiling", vec![]),
        StepKind::Upfront => ("upfront", vec![]),
        StepKind::Eligible { total } => ("eligible", vec![("total", s(total))]),
        StepKind::Prior { fund } => ("prior", vec![("fund", fund.to_string())]),
        StepKind::Base { lines, residual } => ("base", vec![("lines", s(lines)), ("residual", s(residual))]),
        StepKind::NotCovered { reason } => {
            ("not_covered", vec![("reason", rules.reasons[usize::from(*reason)].to_string())])
        }
        StepKind::ExpenseLimit { limit, used, of } | StepKind::PaymentLimit { limit, used, of } => {
            ("", vec![("limit", s(limit)), ("used", s(used)), ("of", s(of))])
        }
        StepKind::Deductible { standard, used, of } | StepKind::PaymentDeductible { standard, used, of } => {
            ("", vec![("standard", s(standard)), ("borne_before", s(used)), ("of", s(of))])
        }
        StepKind::Rate { base, rate, segment } => {
            let mut inputs = vec![("base", s(base)), ("rate", rate.to_string())];
            if *segment > 0 {
                inputs.push(("segment", segment.to_string()));
            }
            ("", inputs)
        }
        StepKind::Beyond { fund } => ("beyond", vec![("fund", fund.to_string())]),
        StepKind::Paid { of } => ("paid", vec![("of", s(of))]),
        StepKind::PersonalShare { total, funds } => ("personal_share", vec![("total", s(total)), ("funds", s(funds))]),
        StepKind::Account { of, balance } => ("account", vec![("of", s(of)), ("balance", s(balance))]),
        StepKind::Cash { share, account } => ("cash", vec![("share", s(share)), ("account", s(account))]),
    }
}

/// What a step did, in Chinese.
fn sentence(area: &Area, rules: &Rules, step: &Step) -> String {
    let mut text = String::new();
    say(area, rules, step, &mut text);
    text
}

/// Something that a sentence is made of. Every settlement says a dozen sentences, so none goes through a formatter.
trait Part {
    fn put(&self, text: &mut String);
}

impl Part for str {
    fn put(&self, text: &mut String) {
        text.push_str(self);
    }
}

impl Part for Fen {
    fn put(&self, text: &mut String) {
        Self::put(*self, text);
    }
}

impl Part for Rate {
    fn put(&self, text: &mut String) {
        text.push_str(&self.to_string());
    }
}

/// Writes parts at the end of a text, one after the other.
macro_rules! put {
    ($text:expr, $($part:expr),+) => {{ $(Part::put($part, $text);)+ }};
}

/// The same at the end of a text.
pub(super) fn say(area: &Area, rules: &Rules, step: &Step, text: &mut String) {
    let result = &step.result;
    match &step.kind {
        StepKind::OffList => put!(text, "目录外全自费 ", result, " 元，由个人负担"),
        StepKind::OverCeiling => put!(text, "超过支付限价 ", result, " 元，由个人负担"),
        StepKind::Upfront => put!(text, "先行自付 ", result, " 元，由个人负担"),
        StepKind::Eligible { total } => put!(text, "总费用 ", total, " 元中，符合政策范围 ", result, " 元"),
        StepKind::Prior { fund } => {
            let benefit = step.benefit.map(|benefit| benefit_name(&rules.chain[usize::from(benefit)].name));
            put!(text, benefit.unwrap_or_default(), "已由", fund.name(), "支付 ", result, " 元");
        }
        StepKind::Base { lines, residual } if residual.is_zero() => put!(text, "本项待遇的费用 ", lines, " 元"),
        StepKind::Base { lines, residual } => {
            put!(text, "本项待遇的费用 ", result, " 元：本次 ", lines, " 元，先前待遇支付后剩余 ", residual, " 元");
        }
        StepKind::NotCovered { reason } => {
            put!(text, "统筹基金不支付：", area.reason_text(&rules.reasons[usize::from(*reason)]));
        }
        StepKind::ExpenseLimit { limit, used, of } => {
            put!(text, "费用限额 ", limit, " 元，此前已计 ", used, " 元，本次 ", of, " 元中计入 ", result, " 元");
        }
        StepKind::Deductible { standard, used, of } => {
            put!(text, "起付标准 ", standard, " 元，此前已负担 ", used, " 元；");
            put!(text, "本次 ", of, " 元中由个人负担起付 ", result, " 元");
        }
        StepKind::Rate { base, rate, segment } => {
            if *segment > 0 {
                put!(text, "第 ", segment.to_string().as_str(), " 段 ");
            }
            put!(text, base, " 元 × ", rate, " = ", result, " 元（四舍五入到分）");
        }
        StepKind::PaymentDeductible { standard, used, of } => {
            put!(text, "从支付额里扣起付：标准 ", standard, " 元，此前已扣 ", used, " 元；");
            put!(text, "本次 ", of, " 元中扣 ", result, " 元");
        }
        StepKind::PaymentLimit { limit, used, of } => {
            put!(text, "支付限额 ", limit, " 元，此前已付 ", used, " 元；本次");
            if result < of {
                put!(text, "应付 ", of, " 元，只能付 ", result, " 元");
            } else {
                put!(text, " ", of, " 元没有超过");
            }
        }
        StepKind::Beyond { fund } => put!(text, "超过限额的 ", result, " 元由", fund.name(), "按同一比例支付"),
        StepKind::Paid { of } => put!(text, "本项待遇对 ", of, " 元共支付 ", result, " 元"),
        StepKind::PersonalShare { total, funds } => {
            put!(text, "个人负担 = 总费用 ", total, " − 基金支付 ", funds, " = ", result, " 元");
        }
        StepKind::Account { of, balance } => {
            put!(text, "个人账户余额 ", balance, " 元，支付个人负担 ", of, " 元中的 ", result, " 元");
        }
        StepKind::Cash { share, account } => {
            put!(text, "现金 = 个人负担 ", share, " − 个人账户 ", account, " = ", result, " 元");
        }
    }
}

/// What people call the shared benefits.
pub(crate) fn benefit_name(name: &str) -> &str {
    match name {
        "ordinary_outpatient" => "普通门诊统筹",
        "special_disease" => "门诊特殊疾病",
        "two_diseases" => "两病门诊用药",
        "negotiated_drug" => "国谈药品门诊",
        other => other,
    }
}
