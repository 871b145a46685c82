//! The program itself: started, killed, started again.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

const PATH: &str = "/fsi/api/rsfComIfsService/callService";

struct Program {
    child: Child,
    address: String,
}

impl Program {
    fn start(store: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_gongji"))
            .args(["serve", "--listen", "127.0.0.1:0", "--store"])
            .arg(store)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let (_, rest) = line.split_once("http://").unwrap_or_else(|| panic!("{line}"));
        let address = rest.split('/').next().unwrap().to_owned();
        Self { child, address }
    }

    /// Kills without a word, as a power cut would.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn send(&self, infno: &str, msgid: &str, input: &str) -> String {
        let body = format!(
            r#"{{"infno":"{infno}","msgid":"{msgid}","mdtrtarea_admvs":"500000","insuplc_admdvs":"500000",
            "recer_sys_code":"99","infver":"1.0.0","opter_type":"1","opter":"D01","opter_name":"演示",
            "inf_time":"2026-03-01 08:00:00","fixmedins_code":"H50000000001","input":{input}}}"#
        );
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head = format!("POST {PATH}/{infno} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
        stream.write_all(format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.split_once("\r\n\r\n").unwrap().1.to_owned()
    }
}

fn value<'a>(reply: &'a str, field: &str) -> &'a str {
    let (_, rest) = reply.split_once(&format!("\"{field}\":")).unwrap_or_else(|| panic!("{field} is not in {reply}"));
    rest.split([',', '}']).next().unwrap().trim_matches('"')
}

/// Question 19, second example: active, account 2000, tertiary, 3000 -> fund 1400, account 1600.
#[test]
fn a_settlement_survives_a_kill_and_is_answered_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("crash.db");
    let who = r#""psn_no":"50000000000002","mdtrt_cert_type":"02","mdtrt_cert_no":"990000198605011040""#;

    let program = Program::start(&store);
    let registered = program.send(
        "2201",
        "K1",
        &format!(
            r#"{{"data":{{{who},"insutype":"310","begntime":"2024-06-01 09:00:00","ipt_otp_no":"1",
            "dept_code":"01","dept_name":"内科","caty":"A03"}}}}"#
        ),
    );
    let mdtrt_id = value(&registered, "mdtrt_id").to_owned();
    program.send(
        "2203",
        "K2",
        &format!(
            r#"{{"mdtrtinfo":{{"mdtrt_id":"{mdtrt_id}","psn_no":"50000000000002","med_type":"11",
            "begntime":"2024-06-01 09:00:00"}}}}"#
        ),
    );
    program.send(
        "2204",
        "K3",
        &format!(
            r#"{{"feedetail":[{{"feedetl_sn":"1","mdtrt_id":"{mdtrt_id}","psn_no":"50000000000002",
            "chrg_bchno":"1","fee_ocur_time":"2024-06-01 09:10:00","med_list_codg":"DEMO-YP-0001",
            "det_item_fee_sumamt":3000,"cnt":30,"pric":100,"hosp_appr_flag":"0"}}]}}"#
        ),
    );
    let settle = format!(
        r#"{{"data":{{{who},"med_type":"11","medfee_sumamt":3000,"psn_setlway":"01","mdtrt_id":"{mdtrt_id}",
        "chrg_bchno":"1","insutype":"310","acct_used_flag":"1"}}}}"#
    );
    let settled = program.send("2207", "K4", &settle);
    for (field, expected) in [
        ("infcode", "0"),
        ("hifp_pay", "1400.00"),
        ("acct_pay", "1600.00"),
        ("psn_cash_pay", "0.00"),
        ("balc", "400.00"),
    ] {
        assert_eq!(value(&settled, field), expected, "{field} of {settled}");
    }
    program.kill();
    let verified = Command::new(env!("CARGO_BIN_EXE_gongji")).args(["store", "verify"]).arg(&store).output().unwrap();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));

    let program = Program::start(&store);
    assert_eq!(program.send("2207", "K4", &settle), settled);
    let looked =
        program.send("1101", "K5", r#"{"data":{"mdtrt_cert_type":"02","mdtrt_cert_no":"990000198605011040"}}"#);
    assert_eq!(value(&looked, "balc"), "400.00");
    let refused = program.send("2207", "K6", &settle);
    assert!(refused.contains("[batch_settled]"), "{refused}");

    // A second program on the same store is told why it cannot.
    let second = Command::new(env!("CARGO_BIN_EXE_gongji"))
        .args(["serve", "--listen", "127.0.0.1:0", "--store"])
        .arg(&store)
        .output()
        .unwrap();
    assert!(!second.status.success());
    assert!(String::from_utf8_lossy(&second.stderr).contains("另一个进程正在使用它"));
    program.kill();
}

#[test]
fn an_address_that_others_can_reach_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_gongji"))
        .args(["serve", "--listen", "0.0.0.0:0", "--store"])
        .arg(folder.path().join("never.db"))
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("只能监听 127.0.0.1"));
    assert!(!folder.path().join("never.db").exists(), "nothing was made");
}
