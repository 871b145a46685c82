//! A population in files: the same bytes on any number of threads, the same people when read back, and what is wrong
//! named by file, row and column.

use std::fs;
use std::path::Path;

use gongji_population::{Batch, Behaviour, Generator, Kin, Source, Violations};
use serde_json::json;

use super::fault::Faults;
use super::{Files, Format, preset, write};

const FILES: [&str; 2] = ["persons", "events"];

fn generator(persons: u64) -> Generator {
    Generator::new(&preset("360100").unwrap(), persons, 2023, 7, Behaviour::AS_NOW).unwrap()
}

fn written(folder: &Path, persons: u64, format: Format, threads: usize) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| write(&generator(persons), None, folder, format, &json!({}), |_| ())).unwrap();
}

fn batches(source: &impl Source) -> Vec<Batch> {
    let one = |number| {
        let mut batch = Batch::default();
        source.fill(number, &mut batch).unwrap();
        batch
    };
    (0..source.batches()).map(one).collect()
}

#[test]
fn files_are_the_same_bytes_on_any_number_of_threads_and_again() {
    for (format, ending) in [(Format::Parquet, "parquet"), (Format::Csv, "csv")] {
        let folders = [1, 2, 2].map(|threads| {
            let folder = tempfile::tempdir().unwrap();
            written(folder.path(), 20_000, format, threads);
            folder
        });
        for name in FILES {
            let bytes =
                folders.each_ref().map(|folder| fs::read(folder.path().join(format!("{name}.{ending}"))).unwrap());
            assert!(bytes[0] == bytes[1] && bytes[1] == bytes[2], "{name}.{ending}");
            assert!(!bytes[0].is_empty());
        }
    }
}

#[test]
fn what_was_written_is_read_back_batch_by_batch_in_any_order() {
    // More than one row group, and a last batch that is not full.
    let persons = 18_000;
    let invented = batches(&generator(persons));
    for format in [Format::Parquet, Format::Csv] {
        let folder = tempfile::tempdir().unwrap();
        written(folder.path(), persons, format, 2);
        let files = Files::open(folder.path()).unwrap();
        assert_eq!((files.persons(), files.year()), (persons, Some(2023)));
        assert_eq!(files.events(), invented.iter().map(|batch| batch.events().len() as u64).sum::<u64>());
        let relatives = invented.iter().flat_map(Batch::events).filter(|event| !event.is_own()).count() as u64;
        assert!(files.relatives() == relatives && relatives > 1_000, "{relatives}");
        assert!(batches(&files) == invented, "{format:?}");
        let mut batch = Batch::default();
        for number in [3, 0, 4, 1] {
            files.fill(number, &mut batch).unwrap();
            assert!(batch == invented[number as usize], "{format:?} {number}");
        }
        assert!(files.fill(99, &mut batch).is_err());
    }
}

#[test]
fn violations_have_their_labels_in_a_file_of_their_own() {
    let persons = 20_000;
    let source = generator(persons);
    let violations = Violations::new(&preset("360100").unwrap(), &source, 2023, 7).unwrap();
    let folders = [1, 2].map(|threads| {
        let folder = tempfile::tempdir().unwrap();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let to = folder.path();
        let work = || write(&source, Some(&violations), to, Format::Csv, &json!({}), |_| ());
        let written = pool.install(work).unwrap();
        (folder, written)
    });
    assert_eq!(folders[0].1, folders[1].1);
    let read = |place: usize, name: &str| fs::read_to_string(folders[place].0.path().join(name)).unwrap();
    for name in ["persons.csv", "events.csv", "truth.csv"] {
        assert!(read(0, name) == read(1, name), "{name}");
    }
    let truth = read(0, "truth.csv");
    assert_eq!(truth.lines().count() as u64, folders[0].1.violations + 1);
    assert!(folders[0].1.violations > 100);
    for word in ["violation", "overcharge", "tier"] {
        assert!(truth.contains(word) && !read(0, "events.csv").contains(word), "{word}");
    }
    let claims = Files::open(folders[0].0.path()).unwrap();
    assert_eq!((claims.persons(), claims.events()), (persons, folders[0].1.events));
}

#[test]
fn a_folder_that_holds_a_population_is_not_written_over() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), 10, Format::Csv, 1);
    let again = write(&generator(10), None, folder.path(), Format::Parquet, &json!({}), |_| ());
    assert!(again.unwrap_err().to_string().contains("persons.csv"));
}

const PERSONS: &str = "person,status,birth\n3,active,1980-05-06\n7,retired,1950-01-31\n9,active,1999-12-31\n";
const EVENTS: &str =
    "person,day,class,eligible\n3,2023-01-02,tertiary,100.00\n3,2023-01-01,primary,20\n9,2023-12-31,secondary,0.01\n";

fn opened(persons: &str, events: &str) -> anyhow::Result<Files> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("persons.csv"), persons).unwrap();
    fs::write(folder.path().join("events.csv"), events).unwrap();
    let files = Files::open(folder.path())?;
    // Read before the folder goes.
    assert_eq!(batches(&files).len(), 1);
    Ok(files)
}

#[test]
fn columns_that_are_not_there_take_what_the_dictionary_says() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("persons.csv"), PERSONS).unwrap();
    fs::write(folder.path().join("events.csv"), EVENTS).unwrap();
    let files = Files::open(folder.path()).unwrap();
    let read = batches(&files);
    let persons = read[0].persons();
    assert_eq!(persons.iter().map(|person| person.number).collect::<Vec<_>>(), [3, 7, 9]);
    assert!(persons.iter().all(|person| person.account && person.balance.is_zero() && person.diseases == 0));
    let events: Vec<_> = read[0].each().map(|(_, events)| events.len()).collect();
    assert_eq!(events, [2, 0, 1]);
    let first = &read[0].events()[0];
    assert_eq!((first.day.to_string().as_str(), first.clock.0, first.total().fen()), ("2023-01-01", 32_400, 2_000));
    assert!(opened(&format!("\u{feff}{PERSONS}"), EVENTS).is_ok(), "a mark of byte order is no fault");
}

#[test]
fn what_is_wrong_is_named_by_file_row_and_column() {
    let events = |line: &str| format!("person,day,class,eligible,total\n3,2023-01-02,tertiary,100.00,\n{line}\n");
    let persons = |line: &str| format!("person,status,birth\n3,active,1980-05-06\n{line}\n");
    let cases: Vec<(String, String, &[&str])> = vec![
        (persons("3,active,1980-05-06"), EVENTS.into(), &["persons.csv 第 2 行数据 person 列", "3 在 3 之后", "升序"]),
        (
            persons("4,asleep,1980-05-06"),
            EVENTS.into(),
            &["persons.csv 第 2 行数据 status 列", "asleep", "retired（退休）"],
        ),
        (persons("4,active,1980-02-30"), EVENTS.into(), &["birth 列", "1980-02-30", "YYYY-MM-DD"]),
        (persons("4,active"), EVENTS.into(), &["第 2 行数据", "有 2 格", "3 格"]),
        (
            PERSONS.into(),
            events("3,2023-01-02,tertiary,1.234,"),
            &["events.csv 第 2 行数据 eligible 列", "1.234", "两位小数"],
        ),
        (PERSONS.into(), events("3,2023-01-02,tertiary,-1,"), &["eligible 列", "-1"]),
        (PERSONS.into(), events("3,2023-01-02,,1,"), &["class 列", "空", "tertiary（三级）"]),
        (PERSONS.into(), events("2,2023-01-02,tertiary,1,"), &["person 列", "2 在 3 之后", "排序"]),
        (PERSONS.into(), events("8,2023-01-02,tertiary,1,"), &["person 列", "8", "参保人表中的编号"]),
        (PERSONS.into(), events("99,2023-01-02,tertiary,1,"), &["第 2 行数据 person 列", "99", "参保人表中的编号"]),
        (PERSONS.into(), events("3,2024-01-02,tertiary,1,"), &["day 列", "2024-01-02", "2023 年"]),
        (PERSONS.into(), events("3,2023-01-02,tertiary,1,2"), &["total 列", "2.00", "1.00"]),
        (
            PERSONS.into(),
            "person,day,class,eligible,name\n".into(),
            &["events.csv name 列", "没有这一列", "institution"],
        ),
        (PERSONS.into(), "person,day,class\n".into(), &["events.csv eligible 列", "缺少"]),
        (PERSONS.into(), "person,day,class,day,eligible\n".into(), &["day 列", "两次"]),
        ("person,status,birth\n".into(), EVENTS.into(), &["persons.csv", "没有一行"]),
        (
            PERSONS.into(),
            "person,day,class,eligible,means\n3,2023-01-02,primary,1,sister\n".into(),
            &[
                "events.csv 第 1 行数据 means 列",
                "sister",
                "spouse（共济给配偶）、parent（共济给父母）、child（共济给子女）",
            ],
        ),
        (
            "person,status,birth,account\n3,active,1980-05-06,true\n7,retired,1950-01-31,false\n".into(),
            "person,day,class,eligible,means\n3,2023-01-02,primary,1,child\n7,2023-01-02,primary,1,child\n".into(),
            &["events.csv 第 2 行数据 means 列", "7 没有个人账户", "有个人账户的人"],
        ),
    ];
    for (persons, events, expected) in cases {
        let fault = opened(&persons, &events).expect_err(&events);
        assert!(fault.is::<Faults>(), "{fault:#}");
        let fault = fault.to_string();
        for part in expected {
            assert!(fault.contains(part), "{persons}{events}: {fault}");
        }
    }
    opened(PERSONS, EVENTS).unwrap();
}

#[test]
fn what_an_account_pays_for_relatives_is_read_as_such_and_counted_apart() {
    let events = "person,day,class,eligible,care,means\n\
                  3,2023-01-02,tertiary,100.00,visit,spouse\n3,2023-01-03,primary,20,pharmacy,parent\n\
                  3,2023-01-04,primary,20,pharmacy,cash\n9,2023-12-31,secondary,0.01,admission,child\n";
    let files = opened(PERSONS, events).unwrap();
    assert_eq!((files.events(), files.relatives()), (4, 3));
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("persons.csv"), PERSONS).unwrap();
    fs::write(folder.path().join("events.csv"), events).unwrap();
    let files = Files::open(folder.path()).unwrap();
    let read = batches(&files);
    let relatives: Vec<_> = read[0].events().iter().map(gongji_population::Event::relative).collect();
    assert_eq!(relatives, [Some(Kin::Spouse), Some(Kin::Parent), None, Some(Kin::Child)]);
    // Written and read again they are the same, in both forms.
    for format in [Format::Parquet, Format::Csv] {
        let again = tempfile::tempdir().unwrap();
        let sums = write(&files, None, again.path(), format, &json!({}), |_| ()).unwrap();
        assert_eq!((sums.events, sums.relatives), (4, 3));
        assert!(batches(&Files::open(again.path()).unwrap()) == read, "{format:?}");
    }
}

#[test]
fn reading_stops_when_there_are_very_many_faults() {
    let rows = "3,2023-01-02,tertiary,x\n".repeat(500);
    let fault = opened(PERSONS, &format!("person,day,class,eligible\n{rows}")).unwrap_err();
    let lines = fault.to_string().lines().count();
    assert!((50..600).contains(&lines), "{lines}");
}

#[test]
fn a_folder_says_which_file_is_missing_or_twice() {
    let folder = tempfile::tempdir().unwrap();
    assert!(Files::open(folder.path()).unwrap_err().to_string().contains("persons.parquet"));
    fs::write(folder.path().join("persons.csv"), PERSONS).unwrap();
    assert!(Files::open(folder.path()).unwrap_err().to_string().contains("events.csv"));
    fs::write(folder.path().join("persons.parquet"), "x").unwrap();
    assert!(Files::open(folder.path()).unwrap_err().to_string().contains("只能有一个"));
}

#[test]
fn what_is_no_parquet_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("persons.parquet"), PERSONS).unwrap();
    fs::write(folder.path().join("events.csv"), EVENTS).unwrap();
    let fault = format!("{:#}", Files::open(folder.path()).unwrap_err());
    assert!(fault.contains("persons.parquet 不是 Parquet 文件"), "{fault}");
}

#[test]
fn the_dictionary_names_every_column_once() {
    let page = super::dictionary_markdown();
    for column in [super::columns::PERSONS, super::columns::EVENTS, super::columns::TRUTH]
        .iter()
        .flat_map(|layout| layout.columns)
    {
        assert!(page.contains(&format!("| {} | {} |", column.name, column.chinese)), "{}", column.name);
    }
    assert_eq!(super::dictionary_csv().lines().count(), 1 + 11 + 13 + 12);
}
