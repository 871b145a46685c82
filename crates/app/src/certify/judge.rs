//! Judging one scenario: the best way to lay its steps over the messages of an institution. It is passed when
//! one way fits whole; else the way that gets furthest says at which step it went wrong. Knows no transaction.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::scenario::{Scenario, Step};
use crate::calls::{Bodies, Call};

/// How many ways are tried, so that no log keeps the judge for ever.
const TRIES: usize = 50_000;

/// What a scenario comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "verdict")]
pub(crate) enum Verdict {
    /// 通过, with the messages that fit: step and message.
    Passed { messages: Vec<(String, String)> },
    /// 未通过
    Failed(Failure),
    /// 未做
    NotAttempted,
}

/// Where it went wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Failure {
    /// The step, counted from one, and its name and title.
    pub number: usize,
    pub step: String,
    pub title: String,
    /// What was expected.
    pub expected: String,
    /// What came instead.
    pub came: String,
    /// The message concerned, if there is one.
    pub message: Option<String>,
    /// What it means and what to change.
    pub means: String,
}

struct Seen<'a> {
    call: &'a Call,
    bodies: Bodies,
}

struct Search<'a> {
    steps: &'a [Step],
    seen: &'a [Seen<'a>],
    tries: usize,
    /// The step that must be reached for anything to count, and whether it was.
    reach: Option<&'a str>,
    /// The failure that got furthest; of equals the last.
    worst: Option<Failure>,
}

type Taken = BTreeMap<String, String>;

/// Judges what an institution sent.
pub(crate) fn judge(scenario: &Scenario, calls: &[Call], institution: &str) -> Verdict {
    let own = calls.iter().filter(|call| call.institution == institution);
    let seen: Vec<Seen<'_>> = own.map(|call| Seen { call, bodies: call.bodies() }).collect();
    let shows = |step: &&Step| step.name == scenario.attempt;
    let attempted = |step: &Step| seen.iter().any(|seen| is_of(step, seen) && fits_literals(step, seen));
    if !scenario.steps.iter().find(shows).is_some_and(attempted) {
        return Verdict::NotAttempted;
    }
    let mut search =
        Search { steps: &scenario.steps, seen: &seen, tries: 0, reach: scenario.reached.as_deref(), worst: None };
    let mut messages = Vec::new();
    match search.lay(0, 0, &Taken::new(), &mut messages) {
        true => Verdict::Passed { messages },
        false if search.reach.is_some() => Verdict::NotAttempted,
        false => search.worst.map_or(Verdict::NotAttempted, Verdict::Failed),
    }
}

/// Whether a message is of the step's transactions and had its trouble.
fn is_of(step: &Step, seen: &Seen<'_>) -> bool {
    step.infno.contains(&seen.call.infno) && step.trouble.as_ref().is_none_or(|trouble| *trouble == seen.call.trouble)
}

/// Whether what needs nothing taken before fits, the end included where it is a certain error.
fn fits_literals(step: &Step, seen: &Seen<'_>) -> bool {
    let mut literal = step.which.iter().filter(|(_, value)| !value.starts_with('$'));
    let code = matches!(step.outcome, super::Outcome::Code(_));
    literal.all(|(path, value)| is(&seen.bodies.values(path), value)) && (!code || step.outcome.has(&seen.call.code))
}

/// Whether there are values and all are this one; amounts by what they are worth.
fn is(values: &[String], expected: &str) -> bool {
    !values.is_empty() && values.iter().all(|value| plain(value) == plain(expected))
}

/// A number without what adds nothing to it: `965.00` is `965`.
fn plain(value: &str) -> &str {
    let digits = value.strip_prefix('-').unwrap_or(value);
    let number = digits.contains('.') && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if number { value.trim_end_matches('0').trim_end_matches('.') } else { value }
}

fn value<'t>(said: &'t str, taken: &'t Taken) -> &'t str {
    said.strip_prefix('$').map_or(said, |name| taken.get(name).map_or("", String::as_str))
}

impl Search<'_> {
    /// Lays the steps from `at` over the messages from `from`.
    fn lay(&mut self, at: usize, from: usize, taken: &Taken, messages: &mut Vec<(String, String)>) -> bool {
        self.tries += 1;
        if self.tries > TRIES {
            return false;
        }
        // What must not come before the next step.
        let mut next = at;
        while self.steps.get(next).is_some_and(|step| step.never) {
            next += 1;
        }
        let forbidden = at..next;
        let Some(step) = self.steps.get(next) else { return self.none_of(forbidden, from, self.seen.len(), taken) };
        let (mut near, mut tried) = (None, BTreeSet::new());
        for position in from..self.seen.len() {
            let seen = &self.seen[position];
            let meant = |(path, said): (&String, &String)| is(&seen.bodies.values(path), value(said, taken));
            if !is_of(step, seen) || !step.which.iter().all(meant) {
                continue;
            }
            if self.reach == Some(step.name.as_str()) {
                self.reach = None;
            }
            if let Some(failure) = self.fault(next, position, taken) {
                near = Some(failure);
                continue;
            }
            if !self.none_of(forbidden.clone(), from, position, taken) {
                // Whatever comes later has it before itself too.
                return false;
            }
            let take =
                |(name, path): (&String, &String)| Some((name.clone(), seen.bodies.values(path).into_iter().next()?));
            let own: Taken = step.take.iter().filter_map(take).collect();
            if step.first && !tried.insert(own.clone()) {
                continue;
            }
            let taken: Taken = taken.clone().into_iter().chain(own).collect();
            messages.push((step.name.clone(), seen.call.msgid.clone()));
            if self.lay(next + 1, position + 1, &taken, messages) {
                return true;
            }
            messages.pop();
        }
        if step.optional {
            // Left out, what is forbidden before it is forbidden before the next one: scenarios put it after.
            return self.lay(next + 1, from, taken, messages);
        }
        // Where the step never came, what came instead of it says more.
        if near.is_some() || self.none_of(forbidden, from, self.seen.len(), taken) {
            let failure = near.unwrap_or_else(|| self.missing(next, taken));
            self.note(failure);
        }
        false
    }

    /// What is wrong with a message that is meant by a step.
    fn fault(&self, at: usize, position: usize, taken: &Taken) -> Option<Failure> {
        let (step, seen) = (&self.steps[at], &self.seen[position]);
        let failed = |expected: String, came: String, means: &str| Failure {
            number: at + 1,
            step: step.name.clone(),
            title: step.title.clone(),
            expected,
            came,
            message: Some(seen.call.msgid.clone()),
            means: means.to_owned(),
        };
        if !step.outcome.has(&seen.call.code) {
            let came = if seen.call.is_ok() { "成功".to_owned() } else { seen.call.err_msg.clone() };
            return Some(failed(format!("{} {}", step.infno.join("/"), step.outcome.said()), came, &step.means));
        }
        for (path, check) in &step.check {
            let (values, expected) = (seen.bodies.values(path), value(&check.is, taken));
            let fits = is(&values, expected) || (check.or_empty && values.is_empty());
            if !fits {
                let came = if values.is_empty() { "没有此字段或为空".to_owned() } else { values.join("、") };
                return Some(failed(format!("{path} = {expected}"), came, &check.means));
            }
        }
        let absent = step.take.iter().find(|(_, path)| seen.bodies.values(path).is_empty());
        absent.map(|(_, path)| failed(format!("{path} 有值"), "没有此字段或为空".to_owned(), &step.means))
    }

    /// Whether no forbidden message lies between two positions.
    fn none_of(&mut self, forbidden: std::ops::Range<usize>, from: usize, to: usize, taken: &Taken) -> bool {
        for at in forbidden {
            let step = &self.steps[at];
            let meant = |seen: &&Seen<'_>| {
                let which = |(path, said): (&String, &String)| is(&seen.bodies.values(path), value(said, taken));
                is_of(step, seen) && step.outcome.has(&seen.call.code) && step.which.iter().all(which)
            };
            if let Some(seen) = self.seen[from..to].iter().find(meant) {
                let failure = Failure {
                    number: at + 1,
                    step: step.name.clone(),
                    title: step.title.clone(),
                    expected: format!("此时不发 {}", step.infno.join("/")),
                    came: format!("{} {}（{}）", seen.call.infno, seen.call.msgid, seen.call.code),
                    message: Some(seen.call.msgid.clone()),
                    means: step.means.clone(),
                };
                self.reach = None;
                self.note(failure);
                return false;
            }
        }
        true
    }

    fn missing(&self, at: usize, taken: &Taken) -> Failure {
        let step = &self.steps[at];
        let which: Vec<String> =
            step.which.iter().map(|(path, said)| format!("{path} = {}", value(said, taken))).collect();
        let which = if which.is_empty() { String::new() } else { format!("，{}", which.join("，")) };
        let trouble = step.trouble.as_ref().map_or(String::new(), |trouble| format!("，沙箱 {trouble}"));
        Failure {
            number: at + 1,
            step: step.name.clone(),
            title: step.title.clone(),
            expected: format!("{}{which}{trouble}", step.infno.join("/")),
            came: "没有这样的报文".to_owned(),
            message: None,
            means: step.means.clone(),
        }
    }

    fn note(&mut self, failure: Failure) {
        if self.worst.as_ref().is_none_or(|worst| failure.number >= worst.number) {
            self.worst = Some(failure);
        }
    }
}
