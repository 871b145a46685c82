//! The officers' pages over the service's own routes: what an officer sees and may do, and that it ends at the area's border.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use calamine::{DataType as _, Reader as _};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::serve::console::testing::console;
use crate::serve::doors::{COOKIE, Doors};
use crate::serve::{clock, http};

const OWN: &str = "50000000000002";
const ELSEWHERE: &str = "21120000000012";

struct World {
    router: Router,
    doors: Arc<Doors>,
    _folder: tempfile::TempDir,
}

/// Status and body of an answer.
type Answer = (StatusCode, Value);

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = gongji_store::Place::file(folder.path().join("test.db"));
        let console = console(&place, Arc::new(clock::ChinaTime), None);
        let doors = Arc::clone(&console.doors);
        let app = http::App { line: Arc::clone(&console.line), console: Some(console) };
        Self { router: http::routes(app), doors, _folder: folder }
    }

    /// Somebody who is signed in: cookie and the word of the session.
    fn session(&self, account: &str) -> (String, String) {
        let (token, session) = self.doors.sessions.begin(account).unwrap();
        (format!("{COOKIE}={token}"), session.csrf)
    }

    fn bytes(&self, account: &str, method: &str, path: &str, body: Vec<u8>) -> (StatusCode, Vec<u8>) {
        let (cookie, csrf) = self.session(account);
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "127.0.0.1")
            .header(header::COOKIE, cookie)
            .header("x-csrf-token", csrf)
            .body(Body::from(body))
            .unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.unwrap();
            let status = response.status();
            (status, response.into_body().collect().await.unwrap().to_bytes().to_vec())
        })
    }

    fn ask(&self, account: &str, method: &str, path: &str, body: &Value) -> Answer {
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        let (status, bytes) = self.bytes(account, method, path, body);
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    fn get(&self, path: &str) -> Answer {
        self.ask("officer", "GET", &format!("/api/v1/agency{path}"), &Value::Null)
    }

    fn post(&self, account: &str, path: &str, body: &Value) -> Answer {
        self.ask(account, "POST", path, body)
    }
}

fn code(answer: &Answer) -> (u16, &str) {
    (answer.0.as_u16(), answer.1["code"].as_str().unwrap_or_default())
}

#[test]
fn an_officers_world_ends_at_the_area() {
    let world = World::new();
    for path in [format!("/members/{ELSEWHERE}"), format!("/members/{ELSEWHERE}/history")] {
        assert_eq!(code(&world.get(&path)), (403, "not_your_area"), "{path}");
    }
    // At the counter itself, whatever the way.
    let counter = |method: &str, path: &str| world.ask("officer", method, &format!("/agency/v1{path}"), &json!({}));
    for (method, path) in [
        ("GET", format!("/members/{ELSEWHERE}")),
        ("GET", format!("/members/%32{}", &ELSEWHERE[1..])),
        ("GET", format!("/members/{ELSEWHERE}/matters")),
        ("GET", format!("/members/{ELSEWHERE}/bonds")),
        ("GET", format!("/members/{ELSEWHERE}/statement?from=2026-01-01&to=2026-12-31")),
        ("POST", format!("/members/{ELSEWHERE}/facts")),
        ("POST", format!("/members/{ELSEWHERE}/matters")),
        ("POST", format!("/members/{ELSEWHERE}/premiums")),
        ("GET", "/areas/211200/report?year=2026".to_owned()),
        ("POST", "/areas/211200/credits/2026-01".to_owned()),
    ] {
        assert_eq!(code(&counter(method, &path)), (403, "not_your_area"), "{path}");
    }
    assert_eq!(code(&counter("GET", "/members/nobody")), (404, "not_a_member"));
    assert_eq!(counter("GET", &format!("/members/{OWN}")).0, StatusCode::OK);
    let (_, list) = world.get("/members?size=200");
    let rows = list["rows"].as_array().unwrap();
    assert!(!rows.is_empty() && rows.iter().all(|row| row["number"].as_str().unwrap().starts_with("500000")), "{list}");
    let key = world.get("/ledger/account?account=-/211200/fund/310100");
    assert_eq!(code(&key), (403, "not_your_area"));
}

#[test]
fn files_tell_nothing_of_another_areas_members() {
    let world = World::new();
    let send = |name: &str, text: String| {
        let path = format!("/agency/v1/{name}");
        let (status, bytes) = world.bytes("officer", "POST", &path, text.into_bytes());
        (status, serde_json::from_slice::<Value>(&bytes).unwrap())
    };
    let list = |area: &str| format!("人员编号,统筹区,单位\n{ELSEWHERE},{area},别处公司\n");
    for area in ["211200", "500000", ""] {
        let (status, report) = send("members?name=a.csv&from=2026-01-01", list(area));
        assert_eq!(
            (status.as_u16(), &report["changed"], &report["refused"]),
            (200, &json!(0), &json!(true)),
            "{report}"
        );
        assert_eq!(report["bad"][0]["column"], "统筹区", "{report}");
    }
    let (_, own) = send("members?name=a.csv&from=2026-01-01&dry_run=true", format!("人员编号,单位\n{OWN},新公司\n"));
    assert_eq!((&own["changed"], &own["bad"]), (&json!(1), &json!([])), "{own}");
    // Nobody says from outside which area a request may concern.
    let (cookie, csrf) = world.session("officer");
    let request = Request::builder()
        .method("POST")
        .uri("/agency/v1/members?name=a.csv&from=2026-01-01&dry_run=true")
        .header(header::HOST, "127.0.0.1")
        .header(header::COOKIE, cookie)
        .header("x-csrf-token", csrf)
        .header("x-officer-area", "211200")
        .body(Body::from(list("211200")))
        .unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let body = runtime.block_on(async {
        let response = world.router.clone().oneshot(request).await.unwrap();
        response.into_body().collect().await.unwrap().to_bytes()
    });
    let report: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!((&report["changed"], &report["bad"][0]["column"]), (&json!(0), &json!("统筹区")), "{report}");
}

#[test]
fn other_roles_see_nothing_of_it() {
    let world = World::new();
    for account in ["member", "cashier", "vendor", "analyst"] {
        let answer = world.ask(account, "GET", "/api/v1/agency/members", &Value::Null);
        assert_eq!(code(&answer), (403, "not_your_role"), "{account}");
        let answer = world.ask(account, "GET", &format!("/agency/v1/members/{OWN}"), &Value::Null);
        assert_eq!(code(&answer), (403, "not_your_role"), "{account}");
    }
}

#[test]
fn members_are_found_with_numbers_hidden_until_one_is_asked_for() {
    let world = World::new();
    let (_, one) = world.get(&format!("/members?text={OWN}"));
    assert_eq!((&one["total"], &one["rows"][0]["number"]), (&json!(1), &json!(OWN)), "{one}");
    let hidden = one["rows"][0]["certificate"].as_str().unwrap().to_owned();
    assert!(hidden.contains("********"), "{hidden}");
    let (_, named) = world.get("/members?text=%E4%B9%99&size=1&page=1");
    assert_eq!(named["rows"].as_array().unwrap().len(), 1, "{named}");
    let (status, whole) = world.get(&format!("/members/{OWN}"));
    assert!(status.is_success() && whole["register"].as_array().unwrap().iter().any(|row| row["says"] == *hidden));
    let (status, shown) = world.post(
        "officer",
        &format!("/api/v1/agency/members/{OWN}/reveal"),
        &json!({ "why": "核对证件", "request": "1" }),
    );
    let shown = shown["certificate"].as_str().unwrap();
    assert!(status.is_success() && shown.starts_with(&hidden[..6]) && !shown.contains('*'), "{shown}");
    assert!(!whole.to_string().contains(shown), "{whole}");
}

#[test]
fn a_correction_is_seen_before_it_is_told_and_nothing_is_kept_of_looking() {
    let world = World::new();
    let telling = json!({ "facts": [{ "employer": ["2026-01-01", "预览公司"] }], "why": "更正" });
    let path = format!("/api/v1/agency/members/{OWN}/preview");
    let (status, seen) = world.post("officer", &path, &telling);
    assert_eq!((status.as_u16(), &seen["new"][0]["says"]), (200, &json!("预览公司")), "{seen}");
    let (_, after) = world.get(&format!("/members/{OWN}"));
    assert!(!after.to_string().contains("预览公司"));
    let bad = json!({ "facts": [{ "retracted": ["base", "2000-01-01"] }] });
    assert_eq!(code(&world.post("officer", &path, &bad)).1, "fact_refused");
}

#[test]
fn who_filed_is_told_that_another_must_approve_before_trying() {
    let world = World::new();
    let freeze = json!({ "kind": { "freeze": { "reason": "核查" } } });
    let counter = format!("/agency/v1/members/{OWN}/matters");
    let (_, frozen) = world.post("officer", &counter, &freeze);
    let carried = world.post("officer", &format!("{counter}/{}/carry-out", frozen["number"]), &json!({}));
    assert_eq!(carried.0, StatusCode::OK, "{}", carried.1);
    let documents = json!([{ "kind": "解除冻结审批件", "number": "1" }]);
    let (_, filed) = world.post("officer", &counter, &json!({ "kind": "release", "documents": documents }));
    let queue = |account: &str, which: &str| {
        world.ask(account, "GET", &format!("/api/v1/agency/matters?queue={which}"), &Value::Null).1
    };
    let mine = queue("officer", "mine");
    let row = mine["rows"].as_array().unwrap().iter().find(|row| row["number"] == filed["number"]).unwrap();
    assert!(row["own"] == true && row["may"]["approve"].as_str().unwrap().contains("另一"), "{row}");
    assert_eq!(queue("officer", "to_approve")["total"], 0);
    let others = queue("reviewer", "to_approve");
    assert_eq!((&others["total"], &others["rows"][0]["may"]["approve"]), (&json!(1), &Value::Null), "{others}");
    let step = |account: &str, verb: &str| {
        world.post(account, &format!("{counter}/{}/{verb}", filed["number"]), &json!({})).0.as_u16()
    };
    assert_eq!(
        [step("officer", "approve"), step("reviewer", "approve"), step("officer", "carry-out")],
        [422, 200, 200]
    );
    let (_, whole) = world.get(&format!("/matters/{OWN}/{}", filed["number"]));
    assert_eq!((&whole["row"]["stage"], &whole["row"]["decided_by"]), (&json!("done"), &Value::Null), "{whole}");
}

#[test]
fn a_month_is_worked_out_first_and_who_is_left_out_is_named() {
    let world = World::new();
    let month = clock::today().to_string()[..7].to_owned();
    let (status, begun) = world.post("officer", "/api/v1/agency/credits", &json!({ "month": month, "preview": true }));
    assert_eq!(status, StatusCode::OK, "{begun}");
    let path = format!("/runs/{}", begun["number"]);
    let told = (0..600).find_map(|_| {
        let (_, told) = world.get(&path);
        std::thread::sleep(std::time::Duration::from_millis(20));
        (told["state"] != "running").then_some(told)
    });
    let told = told.unwrap();
    assert_eq!((&told["state"], &told["report"]["preview"]), (&json!("done"), &json!(true)), "{told}");
    let left: u64 =
        told["report"]["skipped"].as_object().unwrap().values().map(|one| one["members"].as_u64().unwrap()).sum();
    let (_, out) = world.get(&format!("{path}/left-out"));
    assert_eq!(out["total"], left, "{out}");
    assert_eq!(code(&world.get("/runs/999")), (404, "not_here"));
}

#[test]
fn settlements_need_days_and_say_why_they_do() {
    let world = World::new();
    for (query, refused) in [
        ("", "missing_field"),
        ("?from=2026-01-01", "missing_field"),
        ("?from=2026-02-01&to=2026-01-01", "invalid_value"),
        ("?from=2025-01-01&to=2026-12-31", "range_too_long"),
        ("?from=2026-01-01&to=2026-01-31&amount=1.005", "invalid_value"),
        ("?from=2026-01-01&to=2026-01-31&amount=1&field=x", "invalid_value"),
    ] {
        assert_eq!(code(&world.get(&format!("/settlements{query}"))).1, refused, "{query}");
    }
    let (status, none) = world.get("/settlements?from=2026-01-01&to=2026-12-31");
    assert_eq!((status.as_u16(), &none["total"], &none["sums"]["total"]), (200, &json!(0), &json!("0.00")));
    assert_eq!(code(&world.get("/settlements/1")), (404, "not_here"));
}

#[test]
fn books_are_closed_only_by_who_names_the_day() {
    let world = World::new();
    let close = |through: &str, confirm: &str| {
        world.post("officer", "/api/v1/agency/ledger/close", &json!({ "through": through, "confirm": confirm }))
    };
    assert_eq!(close("2026-01-31", "").1["field"], "confirm");
    assert_eq!(close("2026-01-31", "2026-01-30").1["field"], "confirm");
    let today = clock::today().to_string();
    assert_eq!(close(&today, &today).1["field"], "through");
    assert_eq!(close("2026-01-31", "2026-01-31").1["closed"], true);
    assert_eq!(close("2026-01-31", "2026-01-31").1["closed"], false);
    let (_, books) = world.get("/ledger/trial");
    assert_eq!((&books["closed_through"], &books["trial"]["balanced"]), (&json!("2026-01-31"), &json!(true)));
}

#[test]
fn a_list_leaves_as_a_workbook_with_the_same_rows() {
    let world = World::new();
    let (_, list) = world.get("/members?size=200");
    let (status, bytes) = world.bytes("officer", "GET", "/api/v1/agency/members.xlsx", Vec::new());
    assert_eq!(status, StatusCode::OK);
    let mut book = calamine::Xlsx::new(std::io::Cursor::new(bytes)).unwrap();
    let sheet = book.worksheet_range("参保人名单").unwrap();
    // Title, two lines above and the head come before.
    assert_eq!(sheet.height(), 4 + list["rows"].as_array().unwrap().len());
    let (_, trial) = world.bytes("officer", "GET", "/api/v1/agency/ledger/trial.xlsx", Vec::new());
    let mut book = calamine::Xlsx::new(std::io::Cursor::new(trial)).unwrap();
    let sheet = book.worksheet_range("试算平衡表").unwrap();
    assert!(sheet.rows().skip(4).all(|row| row[1].is_float()), "amounts are numbers");
}

#[test]
fn whole_numbers_are_shown_for_a_reason_that_is_kept_and_to_no_browser_otherwise() {
    let world = World::new();
    let reveal = |body: &Value| world.post("officer", &format!("/api/v1/agency/members/{OWN}/reveal"), body);
    for (body, refused) in [(json!({}), "invalid_value"), (json!({ "why": " " }), "missing_field")] {
        assert_eq!(code(&reveal(&body)).1, refused, "{body}");
    }
    let asked = json!({ "why": "核对证件", "request": "7" });
    let (status, shown) = reveal(&asked);
    assert_eq!((status, &shown["certificate"]), (StatusCode::OK, &json!("990000198605011040")), "{shown}");
    assert_eq!(reveal(&asked).1, shown);
    let (_, history) = world.get(&format!("/members/{OWN}/history"));
    let kept: Vec<&Value> =
        history["rows"].as_array().unwrap().iter().filter(|row| row["what"] == json!(["查看完整证件号码"])).collect();
    assert_eq!((kept.len(), &kept[0]["why"]), (1, &json!("核对证件")), "{history}");
    assert!(!kept[0]["by"].as_str().unwrap().is_empty(), "{history}");
    // At the counter itself a browser sees what the pages show.
    let bond = json!({ "name": "演示甲", "certificate": "990000195803121036", "relation": "parent", "pledge": "CN-1", "who": "holder" });
    assert_eq!(world.post("officer", &format!("/api/v1/agency/members/{OWN}/bonds"), &bond).0, StatusCode::OK);
    for (path, hidden) in [("", "990000********1040"), ("/bonds", "990000********1036")] {
        let (_, told) = world.ask("officer", "GET", &format!("/agency/v1/members/{OWN}{path}"), &Value::Null);
        let told = told.to_string();
        assert!(told.contains(hidden), "{told}");
        assert!(!told.contains("990000198605011040") && !told.contains("990000195803121036"), "{told}");
    }
}

#[test]
fn bad_cells_and_a_members_comparison_leave_as_workbooks() {
    let world = World::new();
    let sheet = |bytes: Vec<u8>, name: &str| {
        let mut book = calamine::Xlsx::new(std::io::Cursor::new(bytes)).unwrap();
        book.worksheet_range(name).unwrap()
    };
    let list = format!("人员编号,单位,出生日期\n{OWN},某单位,不是日期\n");
    let path = "/agency/v1/members?name=a.csv&from=2026-01-01&format=xlsx";
    let (status, bytes) = world.bytes("officer", "POST", path, list.into_bytes());
    assert_eq!(status, StatusCode::OK);
    let cells = sheet(bytes, "名单有错的单元格");
    assert!(cells.rows().any(|row| row[2] == "不是日期"), "{cells:?}");
    let (_, one) = world.get(&format!("/members?text={OWN}"));
    assert_ne!(one["rows"][0]["employer"], "某单位", "a file is only checked");
    let path = format!("/agency/v1/members/{OWN}/before-after?year=2026&credit_before=3300&format=xlsx");
    let (status, bytes) = world.bytes("officer", "GET", &path, Vec::new());
    assert_eq!(status, StatusCode::OK, "{}", String::from_utf8_lossy(&bytes));
    assert!(sheet(bytes, "改革前后对比").rows().any(|row| row[0].to_string().contains("个人账户")));
}
