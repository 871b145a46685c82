//! An area's own estimate (费用测算) worked out again: figures as its document prints them, and lines that recompute
//! them exactly. Says which agree and which contradict each other; decides nothing and rounds only what it shows.

mod read;

use crate::exact::Exact;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Serialize;

pub use read::{Compared, Conclusion, Estimate, EstimateFault, Figure, Line, Operation, Unit};

/// What a line comes to beside what is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Rounded as printed, it is what is printed (一致).
    Agrees,
    /// It is not (不一致).
    Contradicts,
    /// The order that is claimed holds (成立).
    Holds,
    /// It does not (不成立).
    Fails,
    /// Nothing is printed to compare with (推算).
    Derived,
}

impl Verdict {
    /// In Chinese.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Agrees => "一致",
            Self::Contradicts => "不一致",
            Self::Holds => "成立",
            Self::Fails => "不成立",
            Self::Derived => "推算",
        }
    }
}

/// A line worked out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Worked {
    /// Its name among the lines.
    pub id: String,
    /// What it is, in Chinese.
    pub words: String,
    /// The sum that was done, such as `150315.69 万元 ÷ 1001159 人`.
    pub sum: String,
    /// What the document prints.
    pub printed: Option<String>,
    /// What comes out.
    pub recomputed: String,
    /// Recomputed less printed, with its sign.
    pub difference: Option<String>,
    /// The unit of all three, in Chinese.
    pub unit: String,
    /// Whether they agree.
    pub verdict: Verdict,
    /// The articles of the figures that it was worked out from.
    pub articles: Vec<String>,
}

/// What a name stands for while lines are worked out.
#[derive(Clone)]
struct Known {
    exact: Exact,
    shown: String,
    articles: Vec<String>,
}

impl Estimate {
    /// Every line, in order.
    ///
    /// # Errors
    /// When a line names what is not there before it, or divides by nothing.
    pub fn work(&self) -> Result<Vec<Worked>, EstimateFault> {
        let mut known: BTreeMap<&str, Known> = BTreeMap::new();
        for (name, figure) in &self.figures {
            let shown = format!("{}{}", figure.is, figure.unit.suffix());
            known.insert(name, Known { exact: figure.exact, shown, articles: alloc::vec![figure.cite.clone()] });
        }
        let mut worked = Vec::new();
        for line in &self.lines {
            let (done, exact) = self.line(line, &known)?;
            if let Some(exact) = exact {
                let shown = format!("{}{}", done.recomputed, line.unit.suffix());
                known.insert(&line.id, Known { exact, shown, articles: done.articles.clone() });
            }
            worked.push(done);
        }
        Ok(worked)
    }

    fn line(&self, line: &Line, known: &BTreeMap<&str, Known>) -> Result<(Worked, Option<Exact>), EstimateFault> {
        let mut operands = Vec::new();
        let mut articles: Vec<String> = Vec::new();
        for name in &line.operands {
            let operand = match (known.get(name.as_str()), Exact::parse(name)) {
                (Some(known), _) => known.clone(),
                (None, Some(exact)) => Known { exact, shown: name.clone(), articles: Vec::new() },
                (None, None) => return Err(EstimateFault::unknown(&line.id, name, known.keys())),
            };
            articles.extend(
                operand.articles.iter().filter(|article| !articles.contains(article)).cloned().collect::<Vec<_>>(),
            );
            operands.push(operand);
        }
        let shown: Vec<&str> = operands.iter().map(|operand| operand.shown.as_str()).collect();
        let mut done = Worked {
            id: line.id.clone(),
            words: line.words.clone(),
            sum: line.operation.sum(&shown),
            printed: None,
            recomputed: String::new(),
            difference: None,
            unit: line.unit.words().to_string(),
            verdict: Verdict::Derived,
            articles,
        };
        let values: Vec<Exact> = operands.iter().map(|operand| operand.exact).collect();
        let impossible = || EstimateFault::Impossible { line: line.id.clone(), sum: line.operation.sum(&shown) };
        if line.operation == Operation::Rising {
            let rises = values.windows(2).all(|pair| pair[0] < pair[1]);
            done.verdict = if rises { Verdict::Holds } else { Verdict::Fails };
            return Ok((done, None));
        }
        let exact = line.operation.apply(&values).ok_or_else(impossible)?;
        done.recomputed = line.unit.show(exact, line.digits).ok_or_else(impossible)?;
        if let Some(name) = &line.printed {
            let figure =
                self.figure(name).ok_or_else(|| EstimateFault::unknown(&line.id, name, self.figures.keys()))?;
            let difference = exact.minus(figure.exact).ok_or_else(impossible)?;
            let same = figure.unit.show(exact, figure.digits()).as_deref() == Some(figure.is.as_str());
            let sign = if difference.is_negative() { "" } else { "+" };
            let shown = line.unit.show(difference, line.digits).ok_or_else(impossible)?;
            done.difference = Some(format!("{sign}{shown}"));
            done.printed = Some(figure.is.clone());
            done.verdict = if same { Verdict::Agrees } else { Verdict::Contradicts };
        }
        Ok((done, Some(exact)))
    }
}

impl Operation {
    fn apply(self, values: &[Exact]) -> Option<Exact> {
        let (first, rest) = values.split_first()?;
        let step = match self {
            Self::Add => Exact::plus,
            Self::Subtract => Exact::minus,
            Self::Multiply => Exact::times,
            Self::Divide => Exact::over,
            Self::Whole => return Some(Exact::whole(first.rounded())),
            Self::Rising => return None,
        };
        rest.iter().try_fold(*first, |so_far, value| step(so_far, *value))
    }

    fn sum(self, shown: &[&str]) -> String {
        let between = match self {
            Self::Add => " ＋ ",
            Self::Subtract => " － ",
            Self::Multiply => " × ",
            Self::Divide => " ÷ ",
            Self::Rising => " ＜ ",
            Self::Whole => return format!("{} 取整", shown.join("")),
        };
        shown.join(between)
    }
}
