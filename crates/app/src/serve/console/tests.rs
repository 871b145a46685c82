//! The console's interface as browsers use it: a service on a store of its own, pages that sign in and ask. Tests of each page
//! stand beside the page and use [`Browser`].

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use gongji_store::Place;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::Console;
use crate::his::{Policies, Service};
use crate::serve::clock::ChinaTime;
use crate::serve::demo;
use crate::serve::doors::Doors;
use crate::serve::doors::accounts::Accounts;
use crate::serve::http;

const HERE: &str = "127.0.0.1:8080";

/// A browser in front of a service with the demo's data. Keeps its cookie and the word of its session.
pub(crate) struct Browser {
    router: Router,
    cookie: Option<String>,
    csrf: Option<String>,
    runtime: Arc<tokio::runtime::Runtime>,
    folder: Arc<tempfile::TempDir>,
}

/// What came back.
pub(crate) struct Answered {
    pub status: StatusCode,
    pub headers: axum::http::HeaderMap,
    pub body: Vec<u8>,
}

impl Answered {
    /// As JSON; null if it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// Its code, of an error.
    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

impl Browser {
    /// Nobody is signed in.
    pub(crate) fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::file(folder.path().join("console.db"));
        let policies = Arc::new(Policies::load(&crate::shipped()).unwrap());
        let directory = demo::directory().unwrap();
        let service = Service::open(&place, directory, Arc::clone(&policies) as _, Arc::new(ChinaTime)).unwrap();
        let service = Arc::new(service);
        let console = Console {
            doors: Arc::new(Doors::new(Accounts::demo().unwrap(), service.clock(), true)),
            service: Arc::clone(&service),
            policies,
            sandbox: false,
            calls: None,
            font: std::sync::OnceLock::new(),
            font_file: None,
            acts: Arc::default(),
        };
        let app = http::App { service, calls: None, troubles: None, console: Some(Arc::new(console)) };
        let runtime =
            Arc::new(tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap());
        Self { router: http::routes(app), cookie: None, csrf: None, runtime, folder: Arc::new(folder) }
    }

    /// Another browser in front of the same service.
    pub(crate) fn another(&self) -> Self {
        let (router, runtime) = (self.router.clone(), Arc::clone(&self.runtime));
        Self { router, cookie: None, csrf: None, runtime, folder: Arc::clone(&self.folder) }
    }

    /// Signs in with an account of the demo.
    pub(crate) fn signed_in(mut self, name: &str) -> Self {
        let answered = self.ask("POST", "/api/v1/session", &json!({"name": name, "password": "gongji-demo"}));
        assert_eq!(answered.status, StatusCode::OK, "{}", answered.json());
        let cookie = answered.headers[header::SET_COOKIE].to_str().unwrap();
        self.cookie = Some(cookie.split(';').next().unwrap().to_owned());
        self.csrf = answered.json()["csrf"].as_str().map(str::to_owned);
        self
    }

    pub(crate) fn get(&self, path: &str) -> Answered {
        self.send(self.request("GET", path).body(Body::empty()).unwrap())
    }

    /// Sends JSON with the word of the session.
    pub(crate) fn ask(&self, method: &str, path: &str, body: &Value) -> Answered {
        self.send(self.request(method, path).body(Body::from(body.to_string())).unwrap())
    }

    /// A request as this browser makes it.
    pub(crate) fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, HERE);
        request = request.header(header::ORIGIN, format!("http://{HERE}"));
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        if let Some(csrf) = &self.csrf {
            request = request.header("x-csrf-token", csrf);
        }
        request
    }

    pub(crate) fn send(&self, request: Request<Body>) -> Answered {
        let router = self.router.clone();
        self.runtime.block_on(async move {
            let response = router.oneshot(request).await.unwrap();
            let (head, body) = response.into_parts();
            let body = body.collect().await.unwrap().to_bytes().to_vec();
            Answered { status: head.status, headers: head.headers, body }
        })
    }
}

#[test]
fn who_signs_in_is_told_who_they_are_and_signing_out_ends_it() {
    let nobody = Browser::open();
    let seen = nobody.get("/api/v1/session").json();
    assert!(seen["account"].is_null() && seen["csrf"].is_null());
    assert_eq!(seen["demo"][0]["password"], "gongji-demo");
    let member = nobody.another().signed_in("member");
    let seen = member.get("/api/v1/session").json();
    assert_eq!((&seen["account"]["name"], &seen["account"]["person"]), (&json!("member"), &json!("50000000000002")));
    assert!(nobody.get("/api/v1/session").json()["account"].is_null(), "others are not signed in by it");
    let out = member.ask("DELETE", "/api/v1/session", &Value::Null);
    assert!(out.headers[header::SET_COOKIE].to_str().unwrap().contains("Max-Age=0"));
    assert!(member.get("/api/v1/session").json()["account"].is_null());
}

#[test]
fn wrong_passwords_are_refused_and_a_name_rests_after_some() {
    let browser = Browser::open();
    let tries = |name: &str, password: &str| {
        browser.ask("POST", "/api/v1/session", &json!({"name": name, "password": password})).code()
    };
    for _ in 0..5 {
        assert_eq!(tries("member", "wrong"), "wrong_password");
    }
    assert_eq!(tries("member", "gongji-demo"), "too_many_tries");
    assert_eq!(tries("officer", "gongji-demo"), "", "others may still sign in");
    let unknown = browser.ask("POST", "/api/v1/session", &json!({"name": "a", "password": "b", "colour": 1}));
    assert_eq!((unknown.status, unknown.code().as_str()), (StatusCode::BAD_REQUEST, "invalid_value"));
}

#[test]
fn a_session_alone_changes_nothing_without_its_word_and_from_another_page() {
    let officer = Browser::open().signed_in("officer");
    let path = "/agency/v1/members/50000000000002/facts";
    let body = || Body::from("{}");
    let no_word = officer.request("POST", path).header("x-csrf-token", "guessed").body(body()).unwrap();
    let (mut wrong, word) = (no_word, officer.csrf.clone().unwrap());
    wrong.headers_mut().insert("x-csrf-token", "guessed".parse().unwrap());
    assert_eq!(officer.send(wrong).code(), "wrong_csrf");
    let mut elsewhere = officer.request("POST", path).body(body()).unwrap();
    elsewhere.headers_mut().insert(header::ORIGIN, "http://evil.example".parse().unwrap());
    assert_eq!(officer.send(elsewhere).code(), "not_same_origin");
    let mut renamed = officer.request("GET", path).body(Body::empty()).unwrap();
    renamed.headers_mut().insert(header::HOST, "evil.example".parse().unwrap());
    renamed.headers_mut().insert("x-csrf-token", word.parse().unwrap());
    assert_eq!(officer.send(renamed).code(), "not_same_origin");
}

#[test]
fn officers_act_under_their_own_name_in_their_own_area_and_others_not_at_all() {
    let officer = Browser::open().signed_in("officer");
    assert_eq!(officer.get("/agency/v1/members/50000000000002").status, StatusCode::OK);
    assert_eq!(officer.get("/agency/v1/areas/500000/matters").status, StatusCode::OK);
    assert_eq!(officer.get("/agency/v1/areas/211200/matters").code(), "not_your_area");
    let member = officer.another().signed_in("member");
    assert_eq!(member.get("/agency/v1/members/50000000000002").code(), "not_your_role");
    // A page in the browser of somebody who is not signed in.
    assert_eq!(officer.another().get("/agency/v1/members/50000000000002").code(), "counter_local");
}

#[test]
fn a_page_is_shown_to_browsers_and_interfaces_answer_as_before() {
    let browser = Browser::open();
    let looks = |path: &str| {
        browser.send(browser.request("GET", path).header(header::ACCEPT, "text/html").body(Body::empty()).unwrap())
    };
    // With or without built pages: HTML, or the word that they were left out.
    for path in ["/", "/policies/500000", "/login"] {
        let kind = looks(path).headers[header::CONTENT_TYPE].to_str().unwrap().to_owned();
        assert!(kind.starts_with("text/"), "{path} {kind}");
    }
    assert_eq!(looks("/fsi/api/rsfComIfsService/callService").status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(looks("/assets/none.js").status, StatusCode::NOT_FOUND);
    assert_eq!(looks("/api/v1/none").status, StatusCode::NOT_FOUND);
    assert_eq!(browser.get("/api/v1/session").headers[header::CACHE_CONTROL], "no-store");
}

#[test]
fn a_sheet_is_for_whom_it_concerns() {
    let nobody = Browser::open();
    assert_eq!(nobody.get("/api/v1/settlements/1/sheet.pdf").code(), "not_signed_in");
    let member = nobody.another().signed_in("member");
    assert_eq!(member.get("/api/v1/settlements/1/sheet.pdf").code(), "settlement_not_found");
}
