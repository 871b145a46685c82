//! The pages' interface for tests: a service with the demo's people and packages, asked by whoever is signed in.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use gongji_store::Place;
use jiff::civil::{DateTime, date};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::{Console, Setting, routes};
use crate::calls::write::{Calls, Keeping};
use crate::cli::load;
use crate::his::{Policies, Service};
use crate::serve::clock::Clock;
use crate::serve::demo;
use crate::serve::doors::accounts::Accounts;
use crate::serve::doors::{CSRF, Doors};
use crate::serve::line::Line;

/// 2026-03-01 at eight, always.
struct Still;

impl Clock for Still {
    fn now(&self) -> DateTime {
        date(2026, 3, 1).at(8, 0, 0, 0)
    }
}

/// The pages of a service with the demo's data, and a call log if a folder for it is named.
pub(super) fn console(place: &Place, clock: Arc<dyn Clock>, calls: Option<PathBuf>) -> Arc<Console> {
    let folders = crate::shipped();
    let policies = Arc::new(Policies::load(&folders).unwrap());
    let decider = Arc::<Policies>::clone(&policies);
    let service = Arc::new(Service::open(place, demo::directory().unwrap(), decider, clock).unwrap());
    let keeping = |folder| Keeping { folder, bodies: true, days: 30 };
    let log = calls.clone().map(|folder| Calls::start(keeping(folder), service.clock()).unwrap());
    Arc::new(Console::new(Setting {
        doors: Doors::new(Accounts::demo().unwrap(), service.clock(), true),
        line: Arc::new(Line { service, calls: log, troubles: None }),
        policies,
        packages: load::Policies::default(),
        folders,
        sandbox: false,
        calls,
        font: None,
    }))
}

/// A service with its pages.
pub(crate) struct Pages {
    pub(crate) service: Arc<Service>,
    router: Router,
    doors: Arc<Doors>,
    runtime: tokio::runtime::Runtime,
    _folder: tempfile::TempDir,
}

impl Pages {
    /// Without a call log.
    pub(crate) fn start() -> Self {
        Self::with(Arc::new(Still), false)
    }

    /// With a call log that keeps bodies, as a sandbox's does.
    pub(crate) fn recorded() -> Self {
        Self::with(Arc::new(Still), true)
    }

    /// With another time.
    pub(crate) fn at(clock: Arc<dyn Clock>) -> Self {
        Self::with(clock, false)
    }

    fn with(clock: Arc<dyn Clock>, recorded: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let calls = recorded.then(|| folder.path().join("calls"));
        let console = console(&Place::file(folder.path().join("test.db")), clock, calls);
        let service = Arc::clone(&console.service);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let doors = Arc::clone(&console.doors);
        Self { service, router: routes(console), doors, runtime, _folder: folder }
    }

    /// What an account gets; status and body.
    pub(crate) fn get(&self, account: &str, path: &str) -> (u16, Value) {
        self.ask(account, "GET", path, Body::empty())
    }

    /// What comes of an account's act.
    pub(crate) fn post(&self, account: &str, path: &str, body: &Value) -> (u16, Value) {
        self.ask(account, "POST", path, Body::from(body.to_string()))
    }

    /// What comes of an account's taking something away; the status.
    pub(crate) fn delete(&self, account: &str, path: &str) -> u16 {
        self.ask(account, "DELETE", path, Body::empty()).0
    }

    /// Asks again until it is so: what is written beside a request is there a moment later.
    pub(crate) fn until(&self, account: &str, path: &str, is: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..1000 {
            let (_, answer) = self.get(account, path);
            if is(&answer) {
                return answer;
            }
            std::thread::yield_now();
        }
        panic!("{path} does not come to what is awaited")
    }

    fn ask(&self, account: &str, method: &str, path: &str, body: Body) -> (u16, Value) {
        let (token, session) = self.doors.sessions.begin(account).unwrap();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "127.0.0.1:8080")
            .header(header::COOKIE, format!("gongji_session={token}"))
            .header(CSRF, session.csrf)
            .body(body)
            .unwrap();
        self.runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.unwrap();
            let status = response.status().as_u16();
            let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
            (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
        })
    }
}

/// Has the cashier send a message that must succeed; its output.
fn said(pages: &Pages, infno: &str, msgid: &str, input: &Value) -> Value {
    let said = json!({ "infno": infno, "msgid": msgid, "insured_in": "500000", "input": input });
    let (status, sent) = pages.post("cashier", "/api/v1/cashier/messages", &said);
    assert_eq!((status, &sent["infcode"]), (200, &json!("0")), "{sent}");
    serde_json::from_str::<Value>(sent["reply"].as_str().unwrap()).unwrap()["output"].take()
}

/// The demo's member is settled for one covered line at the cashier's hospital; the settlement's number.
pub(crate) fn settle(pages: &Pages, total: &str) -> String {
    settle_as(pages, "S", total)
}

/// As [`settle`], by messages that begin with these letters.
pub(crate) fn settle_as(pages: &Pages, letters: &str, total: &str) -> String {
    let msgid = |number: u8| format!("{letters}{number}");
    let (person, shown) = ("50000000000002", ("02", "990000198605011040"));
    let registered = said(
        pages,
        "2201",
        &msgid(1),
        &json!({ "data": { "psn_no": person, "mdtrt_cert_type": shown.0,
        "mdtrt_cert_no": shown.1, "insutype": "310", "begntime": "2026-02-10 09:00:00", "ipt_otp_no": "MZ1",
        "atddr_no": "D1", "dr_name": "医", "dept_code": "01", "dept_name": "内科", "caty": "A03" } }),
    );
    let visit = &registered["data"]["mdtrt_id"];
    said(
        pages,
        "2203",
        &msgid(2),
        &json!({ "mdtrtinfo": { "mdtrt_id": visit, "psn_no": person, "med_type": "11",
        "begntime": "2026-02-10 09:00:00" }, "diseinfo": [{ "diag_type": "1", "diag_srt_no": 1, "diag_code": "J00",
        "diag_name": "感冒", "diag_dept": "01", "dise_dor_no": "D1", "dise_dor_name": "医",
        "diag_time": "2026-02-10 09:00:00", "vali_flag": "1" }] }),
    );
    said(
        pages,
        "2204",
        &msgid(3),
        &json!({ "feedetail": [{ "feedetl_sn": "1", "mdtrt_id": visit, "psn_no": person,
        "chrg_bchno": "B1", "rx_circ_flag": "0", "fee_ocur_time": "2026-02-10 09:10:00",
        "med_list_codg": "DEMO-YP-0001", "medins_list_codg": "Y1", "det_item_fee_sumamt": total, "cnt": 1,
        "pric": total, "bilg_dept_codg": "01", "bilg_dept_name": "内科", "bilg_dr_codg": "D1", "bilg_dr_name": "医",
        "hosp_appr_flag": "0" }] }),
    );
    let settled = said(
        pages,
        "2207",
        &msgid(4),
        &json!({ "data": { "psn_no": person, "mdtrt_cert_type": shown.0,
        "mdtrt_cert_no": shown.1, "med_type": "11", "medfee_sumamt": total, "psn_setlway": "01", "mdtrt_id": visit,
        "chrg_bchno": "B1", "insutype": "310", "acct_used_flag": "1" } }),
    );
    settled["setlinfo"]["setl_id"].as_str().unwrap().to_owned()
}

/// The settlement that [`settle`] made is cancelled.
pub(crate) fn take_back(pages: &Pages, settlement: &str) {
    let (_, whole) = pages.get("member", &format!("/api/v1/me/settlements/{settlement}"));
    let data = json!({ "setl_id": settlement, "mdtrt_id": whole["row"]["visit"], "psn_no": "50000000000002" });
    said(pages, "2208", &format!("C{settlement}"), &json!({ "data": data }));
}
