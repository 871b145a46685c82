//! The line to the service: envelopes of the national interface over HTTP with kept-alive connections.

use crate::hospital::Hospital;
use anyhow::{Context as _, Result};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

pub struct Line {
    client: Client<HttpConnector, Full<Bytes>>,
    address: String,
    /// Message numbers are new in every run.
    run: u64,
    messages: AtomicU64,
}

impl Line {
    pub fn to(address: &str) -> Self {
        let address = format!("http://{address}/fsi/api/rsfComIfsService/callService");
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64);
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Self { client, address, run: since, messages: AtomicU64::new(0) }
    }

    /// Sends one transaction; the reply, accepted or not.
    pub async fn send(&self, infno: &str, hospital: &Hospital, input: &str) -> Result<serde_json::Value> {
        let (run, number) = (self.run, self.messages.fetch_add(1, Ordering::Relaxed));
        let Hospital { institution, area, .. } = hospital;
        let body = format!(
            r#"{{"infno":"{infno}","msgid":"L{run}{number:09}","mdtrtarea_admvs":"{area}","insuplc_admdvs":"{area}",
            "recer_sys_code":"99","infver":"1.0.0","opter_type":"1","opter":"D01","opter_name":"收费员",
            "inf_time":"2026-02-10 09:00:00","fixmedins_code":"{institution}","input":{input}}}"#
        );
        let request = hyper::Request::post(&self.address).body(Full::from(body)).context("make the request")?;
        let reply = self.client.request(request).await.context("no answer")?;
        let bytes = reply.into_body().collect().await.context("half an answer")?.to_bytes();
        serde_json::from_slice(&bytes).context("an answer that is not JSON")
    }
}
