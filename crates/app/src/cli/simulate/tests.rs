//! The run and the quote contract agree to the fen; threads change nothing.

use gongji_domain::Fen;
use gongji_microsimulation::{Changed, Comparison, Reform, Scenario, Walker};
use gongji_policy::Library;
use gongji_policy::case::{Detail, quote};
use gongji_population::{Batch, Behaviour, Generator, Source as _};

use super::cases;
use super::told::answered;
use crate::cli::load;
use crate::population;
use crate::simulate::assumptions::assumptions;
use crate::simulate::report::Cell;
use crate::simulate::runs::{Row, Runner, incomes};
use crate::simulate::work::Work;
use crate::simulate::{html, parquet, results};

const AREAS: [(&str, i16); 4] = [("500000", 2024), ("211200", 2023), ("320700", 2023), ("360100", 2023)];

fn people(code: &str, persons: u64, year: i16) -> Generator {
    Generator::new(&population::preset(code).unwrap(), persons, year, 7, Behaviour::AS_NOW).unwrap()
}

#[test]
fn every_visit_of_a_run_is_quoted_the_same_in_every_field_in_all_areas() {
    let library = Library::load(&load::shipped());
    let assumed = assumptions(None).unwrap().assumptions;
    for (code, year) in AREAS {
        let scenario = Scenario::of(library.area(code).unwrap(), year, &assumed, Reform::After).unwrap();
        let (mut batch, mut walker, mut compared) = (Batch::default(), Walker::default(), 0);
        people(code, 60, year).fill(0, &mut batch).unwrap();
        for (person, events) in batch.each() {
            for (case, expected) in cases::of(&scenario, person, events, &mut walker) {
                let answer = serde_json::to_value(quote(&case.to_string(), &library, Detail::Amounts)).unwrap();
                let expected = expected["settlements"][0].as_object().unwrap();
                for (field, value) in expected {
                    assert_eq!(&answer["settlements"][0][field], value, "{code} {field}\n{case}\n{answer}");
                }
                compared += 1;
            }
        }
        assert!(compared > 300, "{code} {compared}");
    }
}

#[test]
fn one_thread_and_three_write_the_same_bytes_and_sums() {
    let library = Library::load(&load::shipped());
    let mut assumed = assumptions(None).unwrap();
    let source = people("360100", 3 * Batch::PERSONS + 17, 2023);
    assumed.assumptions.bands.incomes = incomes(&source, assumed.income_groups).unwrap();
    let area = library.area("360100").unwrap();
    let [before, after] =
        [Reform::Before, Reform::After].map(|reform| Scenario::of(area, 2023, &assumed.assumptions, reform).unwrap());
    let dir = tempfile::tempdir().unwrap();
    let work = Work::default();
    work.expect(u64::MAX / 2);
    let run = |threads: usize| -> (Comparison, Vec<u8>) {
        let runner = Runner { sources: [&source, &source], threads: Some(threads), work: &work };
        let path = dir.path().join(format!("{threads}.parquet"));
        let mut file = parquet::Persons::create(&path, 2).unwrap();
        let mut write = |rows: &[Row]| file.add(rows);
        let bands = &assumed.assumptions.bands;
        let found = runner.two([&before, &after], bands, Some(&mut write)).unwrap();
        file.finish().unwrap();
        let again = runner.one(&after, bands, None).unwrap();
        assert_eq!(again, found.tallies[1], "alone as beside another");
        (found, std::fs::read(path).unwrap())
    };
    let (one, three) = (run(1), run(3));
    assert!(one.0 == three.0, "sums differ");
    assert!(one.1 == three.1 && one.1.len() > 100_000, "files differ");
    assert_eq!(work.persons().0, 4 * source.persons());
    // Prices fall with the reform, so nobody goes less often.
    let response = answered("-0.2", &one.0, 1).unwrap();
    assert!(response.factors.iter().all(|factor| *factor > gongji_domain::Rate::ONE), "{response:?}");
    assert!(answered("0.2", &one.0, 1).is_err() && answered("-3", &one.0, 1).is_err());
}

#[test]
fn a_report_escapes_names_and_holds_every_table_and_chart() {
    let library = Library::load(&load::shipped());
    let assumed = assumptions(None).unwrap().assumptions;
    let source = people("360100", 500, 2023);
    let area = library.area("360100").unwrap();
    let scenario = Scenario::of(area, 2023, &assumed, Reform::After).unwrap();
    let runner = Runner { sources: [&source, &source], threads: Some(1), work: &Work::default() };
    let tally = runner.one(&scenario, &assumed.bands, None).unwrap();
    let report = crate::simulate::report::Report {
        title: "<b>&\"".to_owned(),
        tables: results::tables(&[("", &tally)], &assumed.bands),
        ..Default::default()
    };
    let page = html::page(&report);
    assert!(page.contains("<h1>&lt;b&gt;&amp;&quot;</h1>") && !page.contains("<b>&\""));
    assert_eq!(page.matches("<svg").count(), report.tables.iter().map(|table| table.charts.len()).sum::<usize>());
    assert!(report.tables.iter().all(|table| !table.rows.is_empty() && page.contains(&table.title)));
    let json = report.json();
    assert_eq!(json["tables"]["key_figures"][0]["all"], 500);
    // What accounts paid for relatives is a line of its own, and the lines of accounts sum up.
    let lines = json["tables"]["accounts"].as_array().unwrap();
    let of = |what: &str| -> Fen {
        let line = lines.iter().find(|line| line["what"] == what).unwrap_or_else(|| panic!("{what}"));
        line["all"].as_str().unwrap().parse().unwrap()
    };
    let credited = of("计入：本人缴费") + of("计入：统筹基金划入");
    assert_eq!(of("上年结转") + credited - of("本人支出") - of("共济支出"), of("年末结余"));
    assert!(of("共济支出") > Fen::ZERO && page.contains("共济支出"));
}

#[test]
fn two_versions_of_a_policy_are_told_apart_visit_by_visit_and_to_the_fen() {
    let library = Library::load(&load::shipped());
    let assumed = assumptions(None).unwrap().assumptions;
    let source = people("211200", 400, 2023);
    let area = library.area("211200").unwrap();
    let [was, is] = ["2022-12-15", "2023-06-01"]
        .map(|day| Scenario::on(area, 2023, &assumed, Reform::After, day.parse().unwrap()).unwrap());
    let runner = Runner { sources: [&source, &source], threads: Some(2), work: &Work::default() };
    let found = runner.two([&was, &is], &assumed.bands, None).unwrap();
    // Every event is one kind of difference or none, and the differences add up to what the funds pay more.
    let funds = |side: usize| {
        let all = found.tallies[side].all();
        all.pool + all.other + all.chronic + all.admission
    };
    let told: Vec<_> = found.changes().collect();
    let events = found.tallies[0].cells(|_, _, _, _| true).events;
    assert_eq!(told.iter().map(|(_, count, ..)| count).sum::<u64>() + found.unchanged, events);
    let more: Fen = told.iter().filter(|(kind, ..)| *kind != Changed::AccountOnly).map(|(_, _, fen, _)| *fen).sum();
    assert_eq!(more, funds(1) - funds(0));
    // The witness is the first of its kind, and its two settlements stand in the table.
    let tables = results::compared(["旧", "新"], &found, &assumed.bands);
    let shown = tables.iter().find(|table| table.key == "witnesses").unwrap();
    let seen: Vec<_> = told.iter().filter_map(|(kind, _, _, witness)| Some((*kind, (*witness)?))).collect();
    assert!(seen.len() >= 4 && shown.rows.len() == 2 * seen.len());
    for (rows, (_, witness)) in shown.rows.chunks(2).zip(&seen) {
        for (row, paid) in rows.iter().zip(&witness.paid) {
            assert_eq!(
                row[3..],
                [
                    Cell::Yuan(paid.total),
                    Cell::Yuan(paid.eligible),
                    Cell::Yuan(paid.deductible),
                    Cell::Yuan(paid.pool + paid.other + paid.assumed),
                    Cell::Yuan(paid.account),
                    Cell::Yuan(paid.cash),
                ]
            );
        }
    }
    let (mut batch, mut walkers, mut first) = (Batch::default(), <[Walker; 2]>::default(), None);
    source.fill(0, &mut batch).unwrap();
    for (person, events) in batch.each() {
        let [a, b] = &mut walkers;
        a.year(&was, person, events);
        b.year(&is, person, events);
        let paid =
            |walker: &Walker, i: usize| walker.paid()[i].pool + walker.paid()[i].other + walker.paid()[i].assumed;
        let fewer = (0..a.paid().len()).find(|i| paid(a, *i) > paid(b, *i) && paid(b, *i) > Fen::ZERO);
        first = first.or(fewer.map(|i| (person.number, a.paid()[i].event, a.paid()[i], b.paid()[i])));
    }
    let less = seen.iter().find(|(kind, _)| *kind == Changed::PaidLess).map(|(_, w)| *w);
    assert_eq!(less.map(|w| (w.person, w.event, w.paid[0], w.paid[1])), first);
}
