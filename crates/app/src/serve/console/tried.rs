//! The console's interface as tests ask it: a service on nothing, asked without a line.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::{Console, ROOT, routes};
use crate::cli::load;
use crate::his::{Policies, Service};
use crate::policy::shelf::Shelf;
use crate::serve::clock::ChinaTime;
use crate::serve::demo;
use crate::serve::doors::accounts::Accounts;
use crate::serve::doors::{CSRF, Doors};
use gongji_store::Place;

/// Somebody at the console, signed in or not.
pub(super) struct Tried {
    router: Router,
    runtime: tokio::runtime::Runtime,
    cookie: String,
    csrf: String,
}

/// What came back.
pub(super) struct Came {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Bytes,
}

impl Came {
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&self.bytes)))
    }

    /// The body, of an answer that went well.
    pub(super) fn fine(&self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, String::from_utf8_lossy(&self.bytes));
        self.json()
    }
}

impl Tried {
    /// With the packages that ship.
    pub(super) fn start() -> Self {
        let folders = load::Policies::default().folders().unwrap();
        let policies = Arc::new(Policies::load(&folders).unwrap());
        let decider = Arc::clone(&policies);
        let service = Service::open(&Place::Memory, demo::directory().unwrap(), decider, Arc::new(ChinaTime)).unwrap();
        let console = Console {
            service: Arc::new(service),
            doors: Arc::new(Doors::new(Accounts::demo().unwrap(), Arc::new(ChinaTime), true)),
            shelf: Shelf::new(Arc::clone(&policies), folders),
            policies,
            sandbox: false,
            calls: None,
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { router: routes(Arc::new(console)), runtime, cookie: String::new(), csrf: String::new() }
    }

    /// With an account of the demo.
    pub(super) fn signed_in(name: &str) -> Self {
        let mut tried = Self::start();
        let came = tried.post("/session", &json!({ "name": name, "password": "gongji-demo" }));
        tried.csrf = came.fine()["csrf"].as_str().unwrap().to_owned();
        let cookie = came.headers[header::SET_COOKIE].to_str().unwrap();
        cookie.split(';').next().unwrap().clone_into(&mut tried.cookie);
        tried
    }

    pub(super) fn get(&self, path: &str) -> Came {
        self.ask(Method::GET, path, "application/json", Vec::new())
    }

    pub(super) fn post(&self, path: &str, body: &Value) -> Came {
        self.ask(Method::POST, path, "application/json", body.to_string().into_bytes())
    }

    pub(super) fn ask(&self, method: Method, path: &str, kind: &str, body: Vec<u8>) -> Came {
        let request = Request::builder()
            .method(method)
            .uri(format!("{ROOT}{path}"))
            .header(header::HOST, "127.0.0.1:8080")
            .header(header::COOKIE, &self.cookie)
            .header(CSRF, &self.csrf)
            .header(header::CONTENT_TYPE, kind)
            .body(Body::from(body))
            .unwrap();
        self.runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.unwrap();
            let (head, body) = response.into_parts();
            let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
            Came { status: head.status, headers: head.headers, bytes }
        })
    }
}
