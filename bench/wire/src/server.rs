//! The service in memory with an echo beside it.

use anyhow::Result;
use axum::Router;
use axum::body::Bytes;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::post;
use gongji_app::Rehearsal;

pub const ECHO: &str = "/echo";

async fn echo(body: Bytes) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json; charset=utf-8")], body)
}

pub fn run() -> Result<()> {
    let rehearsal = Rehearsal::in_memory()?;
    let router = Router::new().route(ECHO, post(echo)).merge(rehearsal.router());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listener.local_addr()?);
        axum::serve(listener, router).await?;
        Ok(())
    })
}
