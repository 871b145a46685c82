//! `gongji explain`: cases as settlement sheets that a member can read.

use super::load::Policies;
use super::{otherwise, quote, sheet};
use anyhow::Context;
use gongji_domain::Day;
use gongji_policy::Library;
use gongji_policy::case::{CaseFault, Detail};
use serde::de::IgnoredAny;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// Show cases as Chinese settlement sheets (门诊结算单·说明)
///
/// Takes the cases of `gongji quote`, one a line or written over several lines, and shows for
/// each visit the amounts, who paid, how each was worked out, and the articles it rests on.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Options {
    #[command(flatten)]
    policies: Policies,
    /// Decide by the values known on that day (当时所知), such as 2024-06-01
    #[arg(long, value_name = "DATE")]
    known_on: Option<Day>,
    /// After the sheet: what the funds would have paid if one thing were otherwise (为什么不多付)
    ///
    /// Each fact that the case states is given its other values, one at a time: another class of
    /// institution, a filing, a contract, a referral; the deductible borne before; the limit not
    /// used before. Whatever pays more is listed with the difference and the articles.
    #[arg(long)]
    why_not_more: bool,
    /// The cases; standard input when left out or `-`
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

const EXAMPLE: &str = r#"EXAMPLE
  echo '{"id": "a", "pooling_area": "500000", "member": {"status": "retired"},
         "encounters": [{"id": "e1", "date": "2024-06-01", "care_type": "ordinary_outpatient",
           "institution": {"class": "secondary"}, "charges": [{"amount": "2800.00"}]}]}' |
    gongji explain --why-not-more

EXIT STATUS
  0 every case was answered, 1 some case was in error, 2 the arguments cannot be used"#;

/// Explains everything.
///
/// # Errors
/// When the packages or the input cannot be read, or the sheets not be written.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let input = quote::input(options.file.as_deref())?;
    let library = options.policies.library(options.known_on)?;
    let mut some_in_error = false;
    let mut output = anstream::stdout().lock();
    let mut pending = Pending::default();
    let mut show = |case: &str| -> anyhow::Result<()> {
        let (sheet, fine) = explain(case, &library, options.why_not_more);
        some_in_error |= !fine;
        output.write_all(sheet.as_bytes())?;
        output.flush()?;
        Ok(())
    };
    for line in BufReader::new(input).split(b'\n') {
        let line = line.context("cannot read the cases")?;
        let text = String::from_utf8_lossy(&line);
        for case in pending.take(text.trim_start_matches('\u{feff}')) {
            show(&case)?;
        }
    }
    if let Some(case) = pending.rest() {
        show(&case)?;
    }
    Ok(ExitCode::from(u8::from(some_in_error)))
}

/// The sheet of a case, and whether it could be decided.
fn explain(text: &str, library: &Library, why_not_more: bool) -> (String, bool) {
    let width = super::paint::width();
    let answer = gongji_policy::case::quote(text, library, Detail::Sentences);
    let sheet = || -> Result<String, CaseFault> {
        let (decisions, case) = (answer.result?, library.read_case(text)?);
        let mut sheet = sheet::of_case(&case, &decisions, library, width);
        if why_not_more {
            sheet.push_str(&otherwise::of_case(&library.otherwise(&case)?, width));
        }
        Ok(sheet)
    };
    match sheet() {
        Ok(sheet) => (sheet, true),
        Err(fault) => (sheet::of_fault(answer.id.as_deref(), &fault, width), false),
    }
}

/// Lines put together until they make a case.
#[derive(Default)]
struct Pending(String);

impl Pending {
    /// Takes a line; gives the cases (or what cannot become one) that it completes.
    fn take(&mut self, line: &str) -> Vec<String> {
        if self.0.trim().is_empty() {
            line.clone_into(&mut self.0);
        } else {
            let before = std::mem::take(&mut self.0);
            let both = format!("{before}\n{line}");
            // A new case after one that was cut short: each by itself.
            if line.starts_with('{') && state(&both) == State::Broken {
                line.clone_into(&mut self.0);
                return [before].into_iter().chain(self.complete()).collect();
            }
            self.0 = both;
        }
        self.complete().into_iter().collect()
    }

    fn complete(&mut self) -> Option<String> {
        let done = !self.0.trim().is_empty() && state(&self.0) != State::Unfinished;
        done.then(|| std::mem::take(&mut self.0))
    }

    /// What is left at the end.
    fn rest(self) -> Option<String> {
        (!self.0.trim().is_empty()).then_some(self.0)
    }
}

#[derive(PartialEq, Eq)]
enum State {
    Whole,
    Unfinished,
    Broken,
}

fn state(text: &str) -> State {
    match serde_json::from_str::<IgnoredAny>(text) {
        Ok(_) => State::Whole,
        Err(error) if error.is_eof() => State::Unfinished,
        Err(_) => State::Broken,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cases(text: &str) -> Vec<String> {
        let mut pending = Pending::default();
        let mut cases: Vec<String> = text.lines().flat_map(|line| pending.take(line)).collect();
        cases.extend(pending.rest());
        cases
    }

    #[test]
    fn a_case_may_be_a_line_or_several() {
        assert_eq!(cases("{\"a\": 1}\n\n{\n  \"b\": [\n{}]\n}\n"), ["{\"a\": 1}", "{\n  \"b\": [\n{}]\n}"]);
    }

    #[test]
    fn a_case_cut_short_does_not_take_the_next_with_it() {
        assert_eq!(
            cases("{\"a\": 1,\n{\"b\": 2}\nnonsense\n{\"c\": 3}"),
            ["{\"a\": 1,", "{\"b\": 2}", "nonsense", "{\"c\": 3}"]
        );
    }
}
