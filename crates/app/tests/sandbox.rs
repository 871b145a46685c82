//! The sandbox as a vendor has it: the program itself, its members, its call log, its judge.

#[path = "common/visit.rs"]
mod visit;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use visit::{charged, message, value};

const HOSPITAL: &str = "H50000000001";

struct Sandbox {
    child: Child,
    /// What it said as it started.
    said: String,
    address: String,
}

fn gongji(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gongji"));
    command.current_dir(folder).args(arguments).stdin(Stdio::null()).stderr(Stdio::piped()).stdout(Stdio::piped());
    command
}

/// Runs it to its end: exit status and both outputs.
fn ran(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let Output { status, stdout, stderr } = gongji(folder, arguments).output().unwrap();
    (status.code().unwrap(), String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap())
}

impl Sandbox {
    fn start(folder: &Path) -> Self {
        let arguments = ["serve", "--sandbox", "--listen", "127.0.0.1:0"];
        let mut child = gongji(folder, &arguments).stderr(Stdio::null()).spawn().unwrap();
        let mut said = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut said).unwrap();
        let (_, rest) = said.split_once("http://").unwrap_or_else(|| panic!("it does not start: {said}"));
        let address = rest.split('/').next().unwrap().to_owned();
        Self { child, said, address }
    }

    /// Asks it to end, and waits until the log is written.
    fn stop(mut self) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").arg(id).status().unwrap().success());
        self.child.wait().unwrap();
    }

    fn post(&self, path: &str, header: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head = format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{header}");
        stream.write_all(format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes()).unwrap();
        let mut answer = String::new();
        // A line that breaks may be reset.
        let _ = stream.read_to_string(&mut answer);
        answer.split_once("\r\n\r\n").map_or(String::new(), |(_, body)| body.to_owned())
    }

    fn send(&self, infno: &str, msgid: &str, input: &str) -> String {
        self.post("/fsi/api/rsfComIfsService/callService", "", &message(infno, msgid, input))
    }
}

#[test]
fn a_vendor_plays_loses_an_answer_and_is_judged() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let sandbox = Sandbox::start(here);
    let (_, settle) = charged(|infno, msgid, input| sandbox.send(infno, msgid, input));
    let order = format!("/gongji/v1/sandbox/next/{HOSPITAL}/2207/drop-reply");
    assert_eq!(sandbox.post(&order, "", ""), format!("{HOSPITAL} 的下一条 2207：drop-reply\n"));
    assert_eq!(sandbox.send("2207", "K4", &settle), "", "the answer is lost");
    assert_eq!(value(&sandbox.send("2207", "K4", &settle), "infcode"), "0", "and there when asked again");
    assert!(sandbox.send("2207", "K5", &settle).contains("[batch_settled]"));
    // A store in use is left alone.
    let (code, said) = ran(here, &["sandbox", "reset"]);
    assert!(code == 2 && said.contains("另一个进程正在使用它"), "{said}");
    sandbox.stop();

    let (_, listed) = ran(here, &["calls", "--infno", "2207"]);
    assert_eq!(listed.lines().filter(|line| line.contains(" 2207 门诊结算 ")).count(), 3, "{listed}");
    assert!(listed.contains("沙箱 drop-reply") && listed.contains("    怎么改：此批次已结算过。"), "{listed}");
    let (_, faults) = ran(here, &["calls", "--faults", "--format", "json"]);
    assert_eq!(faults.lines().count(), 1, "{faults}");
    assert!(faults.contains(r#""code":"batch_settled""#) && faults.contains(r#""remedy":""#), "{faults}");
    let (_, whole) = ran(here, &["calls", "--msgid", "K4"]);
    for msgid in ["K1", "K2", "K3", "K4", "K5"] {
        assert!(whole.contains(&format!("  {msgid}  ")), "{msgid} is of the conversation: {whole}");
    }
    assert_eq!(ran(here, &["calls", "--institution", "H50000000002"]).1, "共 0 条，报错 0 条\n");
    assert_eq!(ran(here, &["calls", "--since", "2999-01-01"]).1, "共 0 条，报错 0 条\n");

    let (code, judged) = ran(here, &["certify", "--institution", HOSPITAL, "--report", "report.html"]);
    assert!(code == 1 && judged.contains("通过　lost-resent"), "{judged}");
    assert!(judged.contains("未通过　outpatient") && judged.contains("第 1 步 签到（sign-in）"), "{judged}");
    let page = std::fs::read_to_string(here.join("report.html")).unwrap();
    assert!(page.contains("接口验收报告") && page.ends_with("</html>\n") && !page.contains("http"), "{page}");
    let of = |name: &str| ran(here, &["certify", "--institution", HOSPITAL, "--scenario", name, "--format", "json"]);
    let (code, json) = of("lost-resent");
    assert!(code == 0 && json.contains(r#""verdict": "passed""#), "{json}");
    assert_eq!(of("pharmacy").0, 1, "a scenario that is named must be passed");
    assert_eq!(of("nonsense").0, 2);
}

#[test]
fn a_restart_plays_nothing_twice_and_a_reset_begins_anew() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let events = |sandbox: &Sandbox| sandbox.said.split_once("已有 ").unwrap().1.to_owned();
    let first = Sandbox::start(here);
    let at_first = events(&first);
    charged(|infno, msgid, input| first.send(infno, msgid, input));
    first.stop();
    let second = Sandbox::start(here);
    assert_ne!(events(&second), at_first, "what was sent is kept");
    second.stop();
    let (code, said) = ran(here, &["sandbox", "reset", "--store", "gongji-sandbox.db"]);
    assert!(code == 0 && said.contains("已重置"), "{said}");
    assert!(std::fs::read_dir(here.join("gongji-sandbox.db.calls")).unwrap().next().is_none());
    let third = Sandbox::start(here);
    assert_eq!(events(&third), at_first);
    third.stop();
    let (code, said) = ran(here, &["store", "verify", "gongji-sandbox.db"]);
    assert_eq!(code, 0, "{said}");
}

#[test]
fn a_store_that_is_no_sandbox_is_neither_used_nor_removed() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let mut plain = gongji(here, &["serve", "--listen", "127.0.0.1:0", "--store", "real.db"]).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(plain.stdout.take().unwrap()).read_line(&mut line).unwrap();
    plain.kill().unwrap();
    plain.wait().unwrap();
    let (code, said) = ran(here, &["sandbox", "reset", "--store", "real.db"]);
    assert!(code == 2 && said.contains("不是沙箱，不能重置"), "{said}");
    let (code, said) = ran(here, &["serve", "--sandbox", "--listen", "127.0.0.1:0", "--store", "real.db"]);
    assert!(code == 2 && said.contains("不是沙箱，不能用 --sandbox 打开"), "{said}");
    assert!(here.join("real.db").exists() && !here.join("real.db.calls").exists());
    let (code, said) = ran(here, &["sandbox", "reset", "--store", "nothing.db"]);
    assert!(code == 2 && said.contains("没有沙箱"), "{said}");
}

#[test]
fn outside_the_sandbox_the_log_has_no_bodies_and_nobody_is_judged_by_it() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let arguments = ["serve", "--listen", "127.0.0.1:0", "--store", "real.db", "--calls", "log"];
    let mut child = gongji(here, &arguments).stderr(Stdio::null()).spawn().unwrap();
    let mut said = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut said).unwrap();
    let address = said.split_once("http://").unwrap().1.split('/').next().unwrap().to_owned();
    let plain = Sandbox { child, said, address };
    let body = message("1101", "K1", r#"{"data":{"mdtrt_cert_type":"02","mdtrt_cert_no":"990000198605011041"}}"#);
    let asked = plain.post("/fsi/api/rsfComIfsService/callService", "x-gongji-sandbox: drop-reply\r\n", &body);
    assert!(asked.contains("990000198605011041"), "a header of the sandbox does nothing here: {asked}");
    plain.stop();
    let (_, listed) = ran(here, &["calls", "--from", "log", "--format", "json"]);
    assert!(listed.contains("not_a_member") && !listed.contains("9900001986"), "{listed}");
    let (code, said) = ran(here, &["certify", "--calls", "log", "--institution", HOSPITAL]);
    assert!(code == 2 && said.contains("没有留存报文内容"), "{said}");
}

#[test]
fn the_lists_can_be_read_by_people_and_programs() {
    let folder = tempfile::tempdir().unwrap();
    let (_, table) = ran(folder.path(), &["sandbox", "members"]);
    assert!(table.contains("起付线用去一半") && table.contains("990000"), "{table}");
    let (_, json) = ran(folder.path(), &["sandbox", "members", "--format", "json"]);
    assert!(json.lines().count() > 50 && json.lines().all(|line| line.starts_with(r#"{"psn_no":""#)), "{json}");
    let (code, scenarios) = ran(folder.path(), &["certify", "list"]);
    assert!(code == 0 && scenarios.contains("8. [必须] 2207/2207A 门诊结算，成功"), "{scenarios}");
    let (code, _) = ran(folder.path(), &["certify"]);
    assert_eq!(code, 2, "an institution must be named");
}

/// The script of the guide for vendors, run by a shell as a vendor would.
#[test]
fn the_first_visit_of_the_guide_works_as_it_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let guide = include_str!("../../../docs/guides/vendor-sandbox.md");
    let (_, script) = guide.split_once("```sh\n# visit.sh\n").unwrap();
    std::fs::write(here.join("visit.sh"), script.split("```").next().unwrap()).unwrap();
    let sandbox = Sandbox::start(here);
    let mut visit = Command::new("bash");
    visit.current_dir(here).arg("visit.sh").env("SERVER", format!("http://{}", sandbox.address));
    let said = String::from_utf8(visit.output().unwrap().stdout).unwrap();
    sandbox.stop();
    let last = said.lines().next_back().unwrap();
    assert!(last.contains(r#""act_pay_dedc":100.00,"hifp_pay":200.00"#), "{said}");
    for name in ["outpatient", "lost-resent"] {
        let (code, judged) = ran(here, &["certify", "--institution", HOSPITAL, "--scenario", name]);
        assert_eq!(code, 0, "{judged}");
    }
}
