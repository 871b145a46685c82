//! The interface over a real HTTP server on this machine, with the demo's data.

mod base;
mod books;
mod catalogues;
mod certify;
mod conversations;
mod counter;
mod detail;
mod double;
mod drill;
mod faults;
mod fields;
mod flow;
mod habits;
mod journal;
mod matters;
mod mutual_aid;
mod pharmacy;
mod policies;
mod premiums;
mod queries;
mod reversal;
mod roundtrip;
mod simulated;
mod simulator;
mod statements;
mod table;
mod together;
mod totals;
mod transport;
mod undo;
mod worked;

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use gongji_ledger::{Account, AsOf, Scope};
use gongji_store::{Place, Reader, Report};
use jiff::civil::{DateTime, date};

use super::auth::Guard;
use super::directory::Directory;
use super::json::{self, Json};
use super::{Book, Decider, Service};
use crate::calls::write::{Calls, Keeping};
use crate::serve::clock::Clock;
use crate::serve::sandbox::trouble::Troubles;
use crate::serve::{demo, http};

/// 2026-03-01 08:00, a millisecond later at every look.
#[derive(Debug, Default)]
struct TestClock(AtomicU64);

impl Clock for TestClock {
    fn now(&self) -> DateTime {
        let looks = self.0.fetch_add(1, Ordering::Relaxed);
        date(2026, 3, 1).at(8, 0, 0, 0) + jiff::SignedDuration::from_millis(i64::try_from(looks).unwrap())
    }
}

/// A running service.
pub(super) struct Server {
    address: SocketAddr,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
    service: Option<Arc<Service>>,
    messages: AtomicU64,
    place: Place,
    decider: Arc<dyn Decider>,
    _folder: Option<tempfile::TempDir>,
}

impl Server {
    /// With a double instead of the policies.
    pub(super) fn start() -> Self {
        Self::with(Arc::new(double::Double))
    }

    pub(super) fn with(decider: Arc<dyn Decider>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("test.db");
        Self::on(path, decider, Some(folder), 0)
    }

    /// With somebody at the door.
    pub(super) fn guarded(guard: impl FnOnce() -> Guard) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("test.db");
        Self::behind(path, Arc::new(double::Double), Some(folder), 0, guard())
    }

    fn on(path: PathBuf, decider: Arc<dyn Decider>, folder: Option<tempfile::TempDir>, messages: u64) -> Self {
        Self::behind(path, decider, folder, messages, Guard::open())
    }

    fn behind(
        path: PathBuf,
        decider: Arc<dyn Decider>,
        folder: Option<tempfile::TempDir>,
        messages: u64,
        guard: Guard,
    ) -> Self {
        let clock = Arc::new(TestClock::default());
        let mut server = Self::kept_at(Place::file(path), demo::directory().unwrap(), decider, clock, messages, guard);
        server._folder = folder;
        server
    }

    /// On any store, at any time.
    pub(super) fn kept_at(
        place: Place,
        directory: Directory,
        decider: Arc<dyn Decider>,
        clock: Arc<dyn Clock>,
        messages: u64,
        guard: Guard,
    ) -> Self {
        let service = Service::open(&place, directory, Arc::clone(&decider), clock).unwrap().guarded(guard);
        Self::around(place, decider, service, messages, |service| http::App {
            service,
            calls: None,
            troubles: None,
            console: None,
        })
    }

    /// With a call log in `folder` and trouble on demand, as the sandbox has them.
    pub(super) fn recorded(calls: &std::path::Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::file(folder.path().join("test.db"));
        let keeping = Keeping { folder: calls.to_owned(), bodies: true, days: 30 };
        let (decider, clock) = (Arc::new(double::Double), Arc::new(TestClock::default()));
        let service = Service::open(&place, demo::directory().unwrap(), decider.clone(), clock).unwrap();
        let mut server = Self::around(place, decider, service, 0, |service| http::App {
            calls: Some(Calls::start(keeping, service.clock()).unwrap()),
            service,
            troubles: Some(Troubles::default()),
            console: None,
        });
        server._folder = Some(folder);
        server
    }

    fn around(
        place: Place,
        decider: Arc<dyn Decider>,
        service: Service,
        messages: u64,
        app: impl FnOnce(Arc<Service>) -> http::App,
    ) -> Self {
        let service = Arc::new(service);
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let (tell, told) = std::sync::mpsc::channel();
        let app = app(Arc::clone(&service));
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                tell.send(listener.local_addr().unwrap()).unwrap();
                http::serve(listener, app, async { stopped.await.unwrap_or(()) }).await.unwrap();
            });
        });
        Self {
            address: told.recv().unwrap(),
            stop: Some(stop),
            thread: Some(thread),
            service: Some(service),
            messages: AtomicU64::new(messages),
            place,
            decider,
            _folder: None,
        }
    }

    /// Stops and opens the same store again.
    pub(super) fn restart(self) -> Self {
        let decider = Arc::clone(&self.decider);
        self.restart_with(decider)
    }

    /// Stops and opens the same store with other policies.
    pub(super) fn restart_with(mut self, decider: Arc<dyn Decider>) -> Self {
        self.halt();
        let messages = self.messages.load(Ordering::Relaxed);
        Self::on(self.path().to_owned(), decider, self._folder.take(), messages)
    }

    /// Proves chain, postings, balances and day heads, and that the books say what visits were decided by.
    pub(super) fn verify(&self) -> Report {
        let reader = Reader::open(&self.place).unwrap();
        reader.verify(&Book::new(Arc::clone(&self.decider))).unwrap_or_else(|fault| panic!("{fault}"))
    }

    /// The balance of an account by its key.
    pub(super) fn balance(&self, key: &str) -> String {
        let account: Account = key.parse().unwrap();
        let mut history = Vec::new();
        Reader::open(&self.place).unwrap().history(|transaction| history.push(transaction.clone())).unwrap();
        gongji_ledger::balance(&Scope::Account(account), &AsOf::EVERYTHING, &history).unwrap().to_string()
    }

    pub(super) fn path(&self) -> &std::path::Path {
        match &self.place {
            Place::File { path, .. } => path,
            elsewhere => panic!("{elsewhere:?} is no file"),
        }
    }

    fn halt(&mut self) {
        // Whatever a test did, the books are sound afterwards.
        if self.stop.is_some() && !std::thread::panicking() {
            self.verify();
        }
        if let Some(stop) = self.stop.take() {
            stop.send(()).unwrap();
            self.thread.take().unwrap().join().unwrap();
            self.service = None;
        }
    }

    pub(super) fn service(&self) -> &Arc<Service> {
        self.service.as_ref().unwrap()
    }

    /// Sends bytes as they are; status and body of the answer.
    pub(super) fn post(&self, path: &str, body: &[u8]) -> (u16, String) {
        self.exchange(&format!("POST {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: text/plain\r\n", self.address), body)
    }

    pub(super) fn exchange(&self, head: &str, body: &[u8]) -> (u16, String) {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let head = format!("{head}Connection: close\r\nContent-Length: {}\r\n\r\n", body.len());
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head[9..12].parse().unwrap(), body.to_owned())
    }

    /// Sends a message to the interface's address.
    pub(super) fn send(&self, message: &str) -> Reply {
        let (status, body) = self.post(http::PATH, message.as_bytes());
        assert_eq!(status, 200, "{body}");
        Reply::of(body)
    }

    /// A new message number.
    pub(super) fn msgid(&self) -> String {
        format!("M{:012}", self.messages.fetch_add(1, Ordering::Relaxed))
    }

    /// Sends an input under a new number from an institution.
    pub(super) fn call(&self, institution: &str, infno: &str, input: &str) -> Reply {
        self.send(&message(infno, &self.msgid(), institution, input))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.halt();
    }
}

/// A complete message.
pub(super) fn message(infno: &str, msgid: &str, institution: &str, input: &str) -> String {
    format!(
        r#"{{"infno":"{infno}","msgid":"{msgid}","mdtrtarea_admvs":"500000","insuplc_admdvs":"","recer_sys_code":"99",
        "dev_no":"null","dev_safe_info":"null","cainfo":"null","signtype":"null","infver":"1.0.0","opter_type":"1",
        "opter":"D01","opter_name":"演示","inf_time":"2026-03-01 08:00:00","fixmedins_code":"{institution}",
        "fixmedins_name":"演示医院","sign_no":"","input":{input}}}"#
    )
}

/// A reply as sent and as read.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    pub raw: String,
    json: Json<'static>,
}

impl Reply {
    fn of(raw: String) -> Self {
        let json = json::read_text(&raw).unwrap().into_owned();
        Self { raw, json }
    }

    /// Of the bytes as the service gave them.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, String> {
        let raw = String::from_utf8(bytes.to_vec()).map_err(|fault| fault.to_string())?;
        if json::read_text(&raw).is_err() {
            return Err(format!("a reply cannot be read: {raw}"));
        }
        Ok(Self::of(raw))
    }

    /// The code of an error; none of a success.
    pub(super) fn code(&self) -> Option<String> {
        let message = self.at("err_msg");
        let code = message.strip_prefix('[')?.split(']').next()?;
        Some(code.to_owned())
    }

    /// The value at a path such as `output.setldetail.0.fund_payamt`, as it is written.
    pub(super) fn at(&self, path: &str) -> String {
        match self.find(path) {
            Some(Json::Text(text) | Json::Number(text)) => text.to_string(),
            Some(other) => other.canonical(),
            None => panic!("{path} is not in {}", self.raw),
        }
    }

    /// Whether there is a value at a path.
    pub(super) fn has(&self, path: &str) -> bool {
        self.find(path).is_some()
    }

    fn find(&self, path: &str) -> Option<&Json<'_>> {
        path.split('.').try_fold(&self.json, |value, step| match value {
            Json::List(rows) => rows.get(step.parse::<usize>().unwrap()),
            object => object.get(step),
        })
    }

    /// It must be a success.
    #[track_caller]
    pub(super) fn ok(self) -> Self {
        assert_eq!((self.at("infcode").as_str(), self.at("err_msg").as_str()), ("0", ""), "{}", self.raw);
        self
    }

    /// It must be an error; its message.
    #[track_caller]
    pub(super) fn err(self) -> String {
        assert_eq!(self.at("infcode"), "-1", "{}", self.raw);
        assert_eq!(self.at("output"), "null", "{}", self.raw);
        self.at("err_msg")
    }
}

/// Institutions of the demo.
pub(super) const TERTIARY: &str = "H50000000001";
pub(super) const SECONDARY: &str = "H50000000002";
pub(super) const PHARMACY: &str = "P50000000004";

/// A member of the demo by number.
pub(super) struct Patient {
    pub psn_no: &'static str,
    pub certno: &'static str,
}

/// 演示乙, active, account 2000.00.
pub(super) const ACTIVE: Patient = Patient { psn_no: "50000000000002", certno: "990000198605011040" };
/// 演示甲, retired, account 1260.00.
pub(super) const RETIRED: Patient = Patient { psn_no: "50000000000001", certno: "990000195803121036" };

impl Patient {
    /// Fields that show the identity card.
    pub(super) fn shown(&self) -> String {
        format!(r#""psn_no":"{}","mdtrt_cert_type":"02","mdtrt_cert_no":"{}""#, self.psn_no, self.certno)
    }

    /// Input of 2201.
    pub(super) fn registration(&self, begntime: &str) -> String {
        format!(
            r#"{{"data":{{{},"insutype":"310","begntime":"{begntime}","ipt_otp_no":"MZ1","atddr_no":"D1",
            "dr_name":"医","dept_code":"01","dept_name":"内科","caty":"A03"}}}}"#,
            self.shown()
        )
    }

    /// Input of 2203.
    pub(super) fn description(&self, mdtrt_id: &str, med_type: &str, begntime: &str) -> String {
        format!(
            r#"{{"mdtrtinfo":{{"mdtrt_id":"{mdtrt_id}","psn_no":"{}","med_type":"{med_type}","begntime":"{begntime}",
            "dise_codg":"","dise_name":""}},"diseinfo":[{{"diag_type":"1","diag_srt_no":1,"diag_code":"J00",
            "diag_name":"感冒","diag_dept":"01","dise_dor_no":"D1","dise_dor_name":"医",
            "diag_time":"{begntime}","vali_flag":"1"}}]}}"#,
            self.psn_no
        )
    }

    /// One row of 2204: one unit at a price.
    pub(super) fn line(&self, mdtrt_id: &str, batch: &str, number: u32, item: &str, price: &str) -> String {
        format!(
            r#"{{"feedetl_sn":"{number}","mdtrt_id":"{mdtrt_id}","psn_no":"{}","chrg_bchno":"{batch}",
            "rx_circ_flag":"0","fee_ocur_time":"2026-02-10 09:10:00","med_list_codg":"{item}",
            "medins_list_codg":"Y{number}","det_item_fee_sumamt":{price},"cnt":1,"pric":{price},
            "bilg_dept_codg":"01","bilg_dept_name":"内科","bilg_dr_codg":"D1","bilg_dr_name":"医",
            "hosp_appr_flag":"0"}}"#,
            self.psn_no
        )
    }

    /// Input of 2206 and 2207.
    pub(super) fn settlement(&self, mdtrt_id: &str, batch: &str, med_type: &str, total: &str) -> String {
        format!(
            r#"{{"data":{{{},"med_type":"{med_type}","medfee_sumamt":{total},"psn_setlway":"01",
            "mdtrt_id":"{mdtrt_id}","chrg_bchno":"{batch}","insutype":"310","acct_used_flag":"1"}}}}"#,
            self.shown()
        )
    }

    /// Input of 2208.
    pub(super) fn cancellation(&self, mdtrt_id: &str, setl_id: &str) -> String {
        format!(r#"{{"data":{{"setl_id":"{setl_id}","mdtrt_id":"{mdtrt_id}","psn_no":"{}"}}}}"#, self.psn_no)
    }

    /// Registers, describes and charges one covered line; the visit's number.
    pub(super) fn visit(&self, server: &Server, institution: &str, med_type: &str, day: &str, price: &str) -> String {
        let begntime = format!("{day} 09:00:00");
        let registered = server.call(institution, "2201", &self.registration(&begntime)).ok();
        let mdtrt_id = registered.at("output.data.mdtrt_id");
        server.call(institution, "2203", &self.description(&mdtrt_id, med_type, &begntime)).ok();
        let line = self.line(&mdtrt_id, "B1", 1, "DEMO-YP-0001", price);
        server.call(institution, "2204", &format!(r#"{{"feedetail":[{line}]}}"#)).ok();
        mdtrt_id
    }
}
