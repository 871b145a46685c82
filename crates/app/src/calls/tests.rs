//! The call log written and read: what it keeps, what it never keeps, and what a crash leaves.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::body::Bytes;
use jiff::ToSpan as _;
use jiff::civil::{DateTime, date};

use super::read;
use super::write::{Calls, Keeping};
use super::{Call, GATEWAY, LOST, OK};
use crate::serve::clock::Clock;

/// A day later at every look.
struct Days(AtomicI64);

impl Clock for Days {
    fn now(&self) -> DateTime {
        date(2026, 3, 1).at(8, 0, 0, 0) + self.0.fetch_add(1, Ordering::Relaxed).days()
    }
}

/// Always the same moment.
struct Still;

impl Clock for Still {
    fn now(&self) -> DateTime {
        date(2026, 3, 1).at(8, 0, 0, 0)
    }
}

const REQUEST: &str =
    r#"{"infno":"1101","msgid":"M1","fixmedins_code":"H1","input":{"data":{"mdtrt_cert_no":"990000198605011040"}}}"#;
const FAULT: &str = r#"{"infcode":-1,"err_msg":"[not_a_member] 查无此参保人：字段 data.mdtrt_cert_no，给出「990000198605011040」","warn_msg":"未识别的字段，已忽略：data.x；人员 990000198605011040 另有说明","output":null}"#;

fn keep(folder: &Path, bodies: bool, exchanges: &[(&str, &str, u16)]) {
    let keeping = Keeping { folder: folder.to_owned(), bodies, days: 30 };
    let calls = Calls::start(keeping, Arc::new(Still)).unwrap();
    for (request, reply, status) in exchanges {
        let request = Bytes::copy_from_slice(request.as_bytes());
        calls.log(calls.arrived(), request, reply.as_bytes().to_vec(), *status, String::new());
    }
}

fn text(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("calls-2026-03-01.jsonl")).unwrap()
}

#[test]
fn outside_the_sandbox_nothing_of_a_person_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    keep(folder.path(), false, &[(REQUEST, FAULT, 200)]);
    let line = text(folder.path());
    assert!(!line.contains("9900001986"), "{line}");
    let log = read::read(folder.path()).unwrap();
    let expected = Call {
        at: "2026-03-01 08:00:00.000".to_owned(),
        infno: "1101".to_owned(),
        msgid: "M1".to_owned(),
        institution: "H1".to_owned(),
        ms: log.calls[0].ms,
        code: "not_a_member".to_owned(),
        field: "data.mdtrt_cert_no".to_owned(),
        err_msg: "[not_a_member] 查无此参保人：字段 data.mdtrt_cert_no".to_owned(),
        warn_msg: "未识别的字段，已忽略：data.x".to_owned(),
        ..Call::default()
    };
    assert_eq!(log.calls, [expected]);
    assert_eq!(log.calls[0].name(), "人员信息获取");
}

#[test]
fn the_sandbox_keeps_both_bodies_and_every_code_is_explained() {
    let folder = tempfile::tempdir().unwrap();
    let refused = r#"{"infcode":"-1","err_msg":"[some_reason] 不予办理","output":null}"#;
    let exchanges = [
        (REQUEST, FAULT, 200),
        (REQUEST, r#"{"infcode":"0","err_msg":"success","output":{}}"#, 200),
        (REQUEST, refused, 200),
        (REQUEST, "{}", 401),
        (REQUEST, "", 200),
        ("\u{0}no message", FAULT, 200),
    ];
    keep(folder.path(), true, &exchanges);
    let log = read::read(folder.path()).unwrap();
    let codes: Vec<&str> = log.calls.iter().map(|call| call.code.as_str()).collect();
    assert_eq!(codes, ["not_a_member", OK, "some_reason", GATEWAY, LOST, "not_a_member"]);
    for (call, (request, reply, _)) in log.calls.iter().zip(exchanges) {
        assert_eq!((call.request.as_deref(), call.reply.as_deref()), (Some(request), Some(reply)));
        assert_eq!(call.explained().is_none(), call.is_ok());
    }
    assert_eq!(log.calls[0].explained().unwrap().1, crate::his::remedies::remedy(crate::his::errors::Code::NotAMember));
}

#[test]
fn a_line_that_a_crash_cut_spoils_no_other_and_is_told() {
    let folder = tempfile::tempdir().unwrap();
    keep(folder.path(), false, &[(REQUEST, FAULT, 200), (REQUEST, FAULT, 200)]);
    let file = folder.path().join("calls-2026-03-01.jsonl");
    let whole = text(folder.path());
    for cut in 1..whole.len() / 2 {
        std::fs::write(&file, &whole.as_bytes()[..whole.len() - cut]).unwrap();
        let log = read::read(folder.path()).unwrap();
        // Without its line break alone it is whole.
        let lost = usize::from(cut > 1);
        assert_eq!((log.calls.len(), log.remarks.len()), (2 - lost, lost), "{cut}");
    }
    keep(folder.path(), false, &[(REQUEST, FAULT, 200)]);
    let log = read::read(folder.path()).unwrap();
    assert_eq!(log.calls.len() + log.remarks.len(), 3, "what comes next stands on a line of its own");
    assert!(log.remarks.iter().all(|remark| remark.contains("第 2 行")), "{:?}", log.remarks);
}

#[test]
fn what_does_not_fit_into_the_queue_is_dropped_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let keeping = Keeping { folder: folder.path().to_owned(), bodies: false, days: 30 };
    let calls = Calls::start(keeping, Arc::new(Still)).unwrap();
    calls.log(calls.arrived(), Bytes::from(vec![b' '; (64 << 20) + 1]), Vec::new(), 200, String::new());
    calls.log(calls.arrived(), Bytes::from(REQUEST), FAULT.as_bytes().to_vec(), 200, String::new());
    drop(calls);
    let log = read::read(folder.path()).unwrap();
    assert_eq!(log.calls.len(), 1);
    assert!(log.remarks[0].contains("有 1 条"), "{:?}", log.remarks);
}

#[test]
fn each_day_has_its_file_and_older_ones_go() {
    let folder = tempfile::tempdir().unwrap();
    for other in ["calls-2025-12-31.jsonl", "calls-nonsense.jsonl", "notes.txt"] {
        std::fs::write(folder.path().join(other), "").unwrap();
    }
    let keeping = Keeping { folder: folder.path().to_owned(), bodies: false, days: 2 };
    let calls = Calls::start(keeping, Arc::new(Days(AtomicI64::new(0)))).unwrap();
    for _ in 0..5 {
        calls.log(calls.arrived(), Bytes::from(REQUEST), FAULT.as_bytes().to_vec(), 200, String::new());
    }
    drop(calls);
    let mut names: Vec<String> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let kept = ["calls-2026-03-03.jsonl", "calls-2026-03-04.jsonl", "calls-2026-03-05.jsonl"];
    assert_eq!(names, [&kept[..], &["calls-nonsense.jsonl", "notes.txt"]].concat());
}

#[test]
fn a_path_reaches_into_rows_and_into_what_was_sent_as_text() {
    let call = Call {
        request: Some(r#"{"input":"{\"feedetail\":[{\"n\":\" 1 \"},{\"n\":2},{\"n\":\"\"},{}]}"}"#.to_owned()),
        reply: Some("no JSON".to_owned()),
        ..Call::default()
    };
    let bodies = call.bodies();
    assert_eq!(bodies.values("request.input.feedetail.n"), ["1", "2"]);
    for path in ["request.input.feedetail.m", "request.input", "reply.input", "", "request.input.feedetail.n.x"] {
        assert!(bodies.values(path).iter().all(|value| value.starts_with('{')), "{path}");
    }
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let fault = read::read(Path::new("no such folder")).unwrap_err();
    assert!(format!("{fault:#}").contains("no such folder"));
}
