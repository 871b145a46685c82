//! The program itself: started, killed, started again.

#[path = "common/program.rs"]
mod program;
#[path = "common/visit.rs"]
mod visit;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use program::PATH;
use visit::{charged, message, value};

struct Program {
    child: Child,
    address: String,
}

impl Program {
    fn start(store: &Path) -> Self {
        let (child, address) = program::start(store.to_str().unwrap());
        Self { child, address }
    }

    /// Kills without a word, as a power cut would.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn send(&self, infno: &str, msgid: &str, input: &str) -> String {
        let body = message(infno, msgid, input);
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head = format!("POST {PATH}/{infno} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
        stream.write_all(format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.split_once("\r\n\r\n").unwrap().1.to_owned()
    }
}

/// Question 19, second example: active, account 2000, tertiary, 3000 -> fund 1400, account 1600.
#[test]
fn a_settlement_survives_a_kill_and_is_answered_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("crash.db");
    let program = Program::start(&store);
    let (_, settle) = charged(|infno, msgid, input| program.send(infno, msgid, input));
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

/// Starts it where others can reach it, with keys or without; what it says on both lines of output.
fn reachable(folder: &Path, keys: Option<&str>) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gongji"));
    command.args(["serve", "--listen", "0.0.0.0:0", "--store"]).arg(folder.join("never.db"));
    if let Some(keys) = keys {
        let file = folder.join("keys.toml");
        std::fs::write(&file, keys).unwrap();
        command.arg("--keys").arg(file);
    }
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    child.kill().unwrap();
    let said = child.wait_with_output().unwrap();
    (!line.is_empty(), line + &String::from_utf8_lossy(&said.stderr))
}

#[test]
fn an_address_that_others_can_reach_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let example = include_str!("../demo/keys.toml");
    let (own, _) = example.split_once("# 信封签名").unwrap();
    let own = own.replace("DEMO-", "OWN1-");
    let wrong = example.replace("[[tif]]", "[[tiff]]");
    for (keys, says) in [
        (None, "只能监听 127.0.0.1"),
        (Some(example), "gateway（access_key demo-gateway）：示例中的密钥人人可见，对外监听须换成自己的"),
        (Some(own.as_str()), "对外监听时每个机构都须有签名方式，14 个机构没有"),
        (Some(wrong.as_str()), "keys.toml：第 13 行：unknown field `tiff`"),
    ] {
        let (started, said) = reachable(folder.path(), keys);
        assert!(!started && said.contains(says), "{said}");
        assert!(!folder.path().join("never.db").exists(), "nothing was made");
    }
}

#[test]
fn an_address_that_others_can_reach_is_taken_when_every_institution_signs() {
    let folder = tempfile::tempdir().unwrap();
    let institutions: Vec<&str> =
        include_str!("../demo/institutions.toml").lines().filter_map(|line| line.strip_prefix("code = ")).collect();
    let keys = format!(
        "[[gateway]]\naccess_key = \"all\"\nsecret_key = \"a secret of this test\"\ninstitutions = [{}]\n",
        institutions.join(",")
    );
    let (started, said) = reachable(folder.path(), Some(&keys));
    assert!(started && said.contains("http://0.0.0.0:"), "{said}");
}
