//! Vendors' clients, right and wrong, before the judge: conversations with the service, recorded and judged.

use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::catalogues::download;
use super::detail::reconcile;
use super::{ACTIVE, PHARMACY, Patient, Reply, Server, TERTIARY, message};
use crate::calls::{Call, read};
use crate::certify::{Scenario, Verdict, all, judge};
use crate::serve::http;

/// Suspended since 2025-07-01.
const SUSPENDED: Patient = Patient { psn_no: "50000000000008", certno: "990000199501011163" };
const BEGINS: &str = "2026-02-10 09:00:00";

/// A client at a sandbox.
struct Client {
    server: Server,
    folder: tempfile::TempDir,
}

impl Client {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { server: Server::recorded(&folder.path().join("calls")), folder }
    }

    fn call(&self, infno: &str, input: &str) -> Reply {
        self.server.call(TERTIARY, infno, input)
    }

    /// Sends a message whose answer gets lost.
    fn lost(&self, msgid: &str, infno: &str, input: &str) {
        use std::io::{Read as _, Write as _};
        let body = message(infno, msgid, TERTIARY, input);
        let mut stream = std::net::TcpStream::connect(self.server.address).unwrap();
        let head = format!(
            "POST {} HTTP/1.1\r\nHost: localhost\r\nx-gongji-sandbox: drop-reply\r\nContent-Length: {}\r\n\r\n",
            http::PATH,
            body.len()
        );
        stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
        let mut answer = String::new();
        // Either is what a client sees of a line that breaks.
        let _ = stream.read_to_string(&mut answer);
        assert_eq!(answer, "", "nothing comes back");
    }

    fn settlement(&self, mdtrt_id: &str, batch: &str, total: &str) -> String {
        ACTIVE.settlement(mdtrt_id, batch, "11", total)
    }

    fn visit(&self, price: &str) -> String {
        ACTIVE.visit(&self.server, TERTIARY, "11", "2026-02-10", price)
    }

    /// Ends the service; what it recorded.
    fn calls(self) -> Vec<Call> {
        let path: PathBuf = self.folder.path().join("calls");
        drop(self.server);
        recorded(&path)
    }
}

fn recorded(folder: &Path) -> Vec<Call> {
    let log = read::read(folder).unwrap();
    assert_eq!(log.remarks, Vec::<String>::new());
    log.calls
}

fn scenario(name: &str) -> Scenario {
    all().unwrap().into_iter().find(|scenario| scenario.name == name).unwrap()
}

/// `passed`, `not attempted`, or the step that failed.
fn verdict(name: &str, calls: &[Call], institution: &str) -> String {
    match judge(&scenario(name), calls, institution) {
        Verdict::Passed { .. } => "passed".to_owned(),
        Verdict::NotAttempted => "not attempted".to_owned(),
        Verdict::Failed(failure) => {
            assert!(!failure.expected.is_empty() && !failure.came.is_empty() && !failure.means.is_empty());
            failure.step
        }
    }
}

/// Signs in, identifies, registers, describes, charges; the visit.
fn until_charged(client: &Client) -> String {
    client.call("9001", r#"{"signIn":{"opter_no":"D01","mac":"00","ip":"127.0.0.1"}}"#).ok();
    let shown = format!(r#"{{"data":{{"mdtrt_cert_type":"02","mdtrt_cert_no":"{}"}}}}"#, ACTIVE.certno);
    client.call("1101", &shown).ok();
    client.visit("300.00")
}

/// The split that a trial told, as fields of a settlement.
fn split(trial: &Reply) -> String {
    let of = |field: &str| format!(r#""{field}":{},"#, trial.at(&format!("output.setlinfo.{field}")));
    ["fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt"].map(of).concat()
}

fn outpatient(client: &Client) {
    let mdtrt_id = until_charged(client);
    let trial = client.call("2206", &client.settlement(&mdtrt_id, "B1", "300.00")).ok();
    let settle = client.settlement(&mdtrt_id, "B1", "300.00");
    let settle = settle.replace(r#""insutype""#, &format!(r#"{}"insutype""#, split(&trial)));
    client.call("2207", &settle).ok();
}

fn settled(client: &Client, price: &str) -> (String, String) {
    let mdtrt_id = client.visit(price);
    let settled = client.call("2207", &client.settlement(&mdtrt_id, "B1", price)).ok();
    (mdtrt_id, settled.at("output.setlinfo.setl_id"))
}

fn cancelled(client: &Client) -> (String, String) {
    let (mdtrt_id, setl_id) = settled(client, "200.00");
    client.call("2208", &ACTIVE.cancellation(&mdtrt_id, &setl_id)).ok();
    (mdtrt_id, setl_id)
}

fn withdrawn(client: &Client) -> String {
    let (mdtrt_id, _) = cancelled(client);
    let psn_no = ACTIVE.psn_no;
    let all =
        format!(r#"{{"data":{{"feedetl_sn":"0000","mdtrt_id":"{mdtrt_id}","chrg_bchno":"B1","psn_no":"{psn_no}"}}}}"#);
    client.call("2205", &all).ok();
    let kept = ACTIVE.line(&mdtrt_id, "B2", 2, "DEMO-YP-0001", "150.00");
    client.call("2204", &format!(r#"{{"feedetail":[{kept}]}}"#)).ok();
    mdtrt_id
}

/// A settlement whose answer is lost: its input.
fn lost(client: &Client, msgid: &str) -> String {
    let mdtrt_id = client.visit("90.00");
    let settle = client.settlement(&mdtrt_id, "B1", "90.00");
    client.lost(msgid, "2207", &settle);
    settle
}

fn reversal(omsgid: &str) -> String {
    format!(r#"{{"data":{{"psn_no":"{}","omsgid":"{omsgid}","oinfno":"2207"}}}}"#, ACTIVE.psn_no)
}

fn totals(client: &Client, total: &str) -> Reply {
    let input = format!(
        r#"{{"data":{{"insutype":"310","clr_type":"11","setl_optins":"500000","stmt_begndate":"2026-03-01",
        "stmt_enddate":"2026-03-01","medfee_sumamt":{total},"fund_pay_sumamt":0,"acct_pay":{total},
        "fixmedins_setl_cnt":1}}}}"#
    );
    client.call("3201", &input)
}

type Play = fn(&Client);

/// What a client does, the scenario, and the verdict.
const PLAYS: &[(Play, &str, &str)] = &[
    (outpatient, "outpatient", "passed"),
    (
        |client| {
            let mdtrt_id = until_charged(client);
            client.call("2207", &client.settlement(&mdtrt_id, "B1", "300.00")).ok();
        },
        "outpatient",
        "no-early-settlement",
    ),
    (
        |client| {
            // The split is left out.
            let mdtrt_id = until_charged(client);
            client.call("2206", &client.settlement(&mdtrt_id, "B1", "300.00")).ok();
            client.call("2207", &client.settlement(&mdtrt_id, "B1", "300.00")).ok();
        },
        "outpatient",
        "settle",
    ),
    (|client| drop(settled(client, "300.00")), "outpatient", "sign-in"),
    (|client| drop(until_charged(client)), "outpatient", "not attempted"),
    (
        |client| {
            // First wrong, then right: it is the right one that counts.
            settled(client, "300.00");
            outpatient(client);
        },
        "outpatient",
        "passed",
    ),
    (|client| drop(cancelled(client)), "cancel", "passed"),
    (
        |client| {
            let (mdtrt_id, setl_id) = cancelled(client);
            client.call("2208", &ACTIVE.cancellation(&mdtrt_id, &setl_id)).err();
        },
        "cancel",
        "once",
    ),
    (
        |client| {
            let (mdtrt_id, _) = settled(client, "200.00");
            client.call("2208", &ACTIVE.cancellation(&mdtrt_id, "no such")).err();
        },
        "cancel",
        "cancel",
    ),
    (
        |client| {
            let mdtrt_id = withdrawn(client);
            client.call("2207", &client.settlement(&mdtrt_id, "B2", "150.00")).ok();
        },
        "partial-refund",
        "passed",
    ),
    (|client| drop(withdrawn(client)), "partial-refund", "settle-again"),
    (|client| drop(cancelled(client)), "partial-refund", "not attempted"),
    (
        |client| {
            lost(client, "L1");
            client.call("2601", &reversal("L1")).ok();
        },
        "lost-reversed",
        "passed",
    ),
    (
        |client| {
            lost(client, "L1");
            client.call("2601", &reversal("L2")).ok();
        },
        "lost-reversed",
        "reverse",
    ),
    (
        |client| {
            let settle = lost(client, "L1");
            client.call("2207", &settle).err();
            client.call("2601", &reversal("L1")).ok();
        },
        "lost-reversed",
        "no-new-message",
    ),
    (
        |client| {
            let settle = lost(client, "L1");
            client.server.send(&message("2207", "L1", TERTIARY, &settle)).ok();
        },
        "lost-resent",
        "passed",
    ),
    (
        |client| {
            let settle = lost(client, "L1");
            client.call("2207", &settle).err();
        },
        "lost-resent",
        "no-new-message",
    ),
    (
        |client| {
            let settle = lost(client, "L1").replace("90.00", "91.00");
            client.server.send(&message("2207", "L1", TERTIARY, &settle)).err();
        },
        "lost-resent",
        "resend",
    ),
    (
        |client| {
            lost(client, "L1");
            client.call("2601", &reversal("L1")).ok();
        },
        "lost-resent",
        "not attempted",
    ),
    (
        |client| {
            settled(client, "120.00");
            totals(client, "120.00").ok();
        },
        "day-end",
        "passed",
    ),
    (
        |client| {
            settled(client, "120.00");
            totals(client, "121.00").ok();
        },
        "day-end",
        "totals",
    ),
    (|client| drop(settled(client, "120.00")), "day-end", "not attempted"),
    (|client| drop(client.call("2201", &SUSPENDED.registration(BEGINS)).err()), "suspended", "passed"),
    (
        |client| {
            for _ in 0..2 {
                client.call("2201", &SUSPENDED.registration(BEGINS)).err();
            }
        },
        "suspended",
        "no-hammering",
    ),
    (|client| drop(client.call("2201", &ACTIVE.registration(BEGINS)).ok()), "suspended", "not attempted"),
];

#[test]
fn each_conversation_is_judged_and_a_wrong_one_fails_at_its_step() {
    for (number, (play, name, expected)) in PLAYS.iter().enumerate() {
        let client = Client::start();
        play(&client);
        let calls = client.calls();
        assert_eq!(verdict(name, &calls, TERTIARY), *expected, "{number}: {name}");
        assert_eq!(verdict(name, &calls, "H50000000002"), "not attempted", "somebody else sent nothing");
    }
}

#[test]
fn a_pharmacy_is_judged_by_its_own_transactions() {
    for (again, expected) in [("100.00", "passed"), ("60.00", "settle")] {
        let client = Client::start();
        let call = |infno: &str, input: &str| client.server.call(PHARMACY, infno, input);
        let basket = |price: &str| ACTIVE.purchase(BEGINS, price, &[("DEMO-YP-0001", price)]);
        call("2101", &basket("100.00")).ok();
        let settled = call("2102", &basket(again)).ok();
        let at = |field: &str| settled.at(&format!("output.setlinfo.{field}"));
        call("2103", &ACTIVE.cancellation(&at("mdtrt_id"), &at("setl_id"))).ok();
        assert_eq!(verdict("pharmacy", &client.calls(), PHARMACY), expected);
    }
}

#[test]
fn a_file_is_reconciled_only_when_its_result_is_looked_at() {
    for (looked, expected) in [(true, "passed"), (false, "download")] {
        let client = Client::start();
        let row = ["1", "V1", ACTIVE.psn_no, "10.00", "0.00", "0.00", "0"];
        let reply = reconcile(&client.server, TERTIARY, &[row]).ok();
        if looked {
            download(&client.server, TERTIARY, &reply.at("output.fileinfo.file_qury_no"), TERTIARY);
        }
        assert_eq!(verdict("day-end-detail", &client.calls(), TERTIARY), expected);
    }
}

#[test]
fn what_a_lost_answer_said_is_in_the_log() {
    let client = Client::start();
    lost(&client, "L1");
    let calls = client.calls();
    let call = calls.iter().find(|call| call.msgid == "L1").unwrap();
    assert_eq!((call.code.as_str(), call.trouble.as_str()), ("ok", "drop-reply"));
    assert_eq!(call.bodies().values("reply.output.setlinfo.medfee_sumamt"), ["90.00"]);
}

#[test]
fn trouble_is_only_to_be_had_in_the_sandbox() {
    let order = |server: &Server, trouble: &str| {
        let path = format!("{}/{TERTIARY}/1101/{trouble}", http::TROUBLE);
        server.exchange(&format!("POST {path} HTTP/1.1\r\nHost: localhost\r\n"), b"").0
    };
    let ask = |server: &Server, header: &str| {
        let input = format!(r#"{{"data":{{"mdtrt_cert_type":"02","mdtrt_cert_no":"{}"}}}}"#, ACTIVE.certno);
        let body = message("1101", &server.msgid(), TERTIARY, &input);
        let head = format!("POST {} HTTP/1.1\r\nHost: localhost\r\n{header}", http::PATH);
        server.exchange(&head, body.as_bytes())
    };
    let plain = Server::start();
    assert_eq!(order(&plain, "busy"), 404);
    assert!(ask(&plain, "x-gongji-sandbox: busy\r\n").1.contains(r#""infcode":0"#));

    let client = Client::start();
    let sandbox = &client.server;
    assert_eq!(order(sandbox, "nonsense"), 400);
    assert_eq!(ask(sandbox, "x-gongji-sandbox: nonsense\r\n").0, 400);
    assert_eq!(order(sandbox, "away"), 200);
    assert!(ask(sandbox, "").1.contains("[database_away]"), "what was ordered");
    assert!(ask(sandbox, "").1.contains(r#""infcode":0"#), "once");
    assert!(ask(sandbox, "x-gongji-sandbox: busy\r\n").1.contains("[busy]"));
    let before = std::time::Instant::now();
    assert!(ask(sandbox, "x-gongji-sandbox: delay=50\r\n").1.contains(r#""infcode":0"#));
    assert!(before.elapsed().as_millis() >= 50);
    let codes: Vec<(String, String)> = client.calls().into_iter().map(|call| (call.code, call.trouble)).collect();
    let expected = [("ok", "away"), ("ok", ""), ("busy", "busy"), ("ok", "delay=50")];
    assert_eq!(codes, expected.map(|(code, trouble)| (code.to_owned(), trouble.to_owned())));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    /// What others send, in whatever order, changes no verdict.
    #[test]
    fn others_messages_change_no_verdict(others in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..60)) {
        static OWN: std::sync::LazyLock<Vec<Call>> = std::sync::LazyLock::new(|| {
            let client = Client::start();
            outpatient(&client);
            withdrawn(&client);
            lost(&client, "L1");
            client.calls()
        });
        let own = &*OWN;
        let mut mixed = own.clone();
        for (what, place) in others {
            let other = Call { institution: "H50000000002".to_owned(), ..own[what.index(own.len())].clone() };
            mixed.insert(place.index(mixed.len() + 1), other);
        }
        for scenario in all().unwrap() {
            prop_assert_eq!(judge(&scenario, &mixed, TERTIARY), judge(&scenario, own, TERTIARY));
        }
    }
}
