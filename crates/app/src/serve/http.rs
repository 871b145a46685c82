//! HTTP in front of the national interface: POST, any content type, at all addresses that clients use ([`paths`]).

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State};
use axum::handler::Handler as _;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http_body::Frame;
use tokio::net::TcpListener;
use tower::ServiceExt as _;
use tower_http::compression::CompressionLayer;

use gongji_store::Key;

use super::console::{self, Console};
use super::doors::from_here;
use super::line::{Answered, Line, Message, named};
use super::paths;
use crate::his::Service;
use crate::his::errors::{Code, Fault};
use crate::his::zipped::SIGN;
use crate::serve::upload;

/// The address of the interface that most clients use; `/{infno}` may follow.
pub(crate) const PATH: &str = "/fsi/api/rsfComIfsService/callService";

/// What became of a message: `/{institution}/{msgid}` follows. Not of the national interface.
pub(crate) const FATE: &str = "/gongji/v1/messages";

/// The service answers its own machine, and somebody else seems to ask.
const NOT_FROM_HERE: &str =
    "本服务只接受本机程序的请求：地址用 127.0.0.1 或 localhost，请求头不带 Origin（浏览器页面请由本机后台转发）\n";
/// A question that is not signed by the institution that it is about.
const NOT_ADMITTED: &str = "查询报文去向须用该机构的 _api_* 或 x-tif-* 请求头签名\n";

/// Largest body that is read as a message.
const BODY: usize = 4 << 20;
/// How much of a larger one is read away, so that the caller gets to see the answer.
const DRAIN: usize = 64 << 20;
/// How long a body may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Orders trouble in the sandbox: `/{institution}/{infno}/{trouble}` follows.
pub(crate) const TROUBLE: &str = "/gongji/v1/sandbox/next";

/// The service and what stands around it.
pub(crate) struct App {
    pub line: Arc<Line>,
    /// The pages and what they ask for (网页控制台).
    pub console: Option<Arc<Console>>,
}

/// Serves until `stopped` is ready, then finishes what is under way.
pub(crate) async fn serve(
    listener: TcpListener,
    app: App,
    stopped: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let app = Arc::new(app);
    let entrance = Entrance { router: arranged(Arc::clone(&app)), app };
    axum::serve(listener, enter.with_state(entrance).into_make_service()).with_graceful_shutdown(stopped).await
}

/// Where everything comes in.
#[derive(Clone)]
struct Entrance {
    app: Arc<App>,
    router: Router,
}

/// Nearly all that comes are messages at the usual address, which go by no other routes.
async fn enter(State(Entrance { app, router }): State<Entrance>, request: Request) -> Response {
    if request.uri().path().starts_with(PATH) {
        return message(State(app), request).await;
    }
    match router.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// The routes of a service with nothing around it.
pub(crate) fn router(service: Arc<Service>) -> Router {
    arranged(Arc::new(App { line: Arc::new(Line::bare(service)), console: None }))
}

#[cfg(test)]
pub(crate) fn routes(app: App) -> Router {
    arranged(Arc::new(app))
}

fn arranged(app: Arc<App>) -> Router {
    let mut router = Router::new().route(&format!("{FATE}/{{institution}}/{{msgid}}"), get(fate));
    if app.line.troubles.is_some() {
        router = router.route(&format!("{TROUBLE}/{{institution}}/{{infno}}/{{trouble}}"), post(trouble));
    }
    let doors = app.console.as_ref().map(|console| Arc::clone(&console.doors));
    let counter = super::agency::routes(Arc::clone(&app.line.service), doors);
    let pages = app.console.as_ref().map_or_else(Router::new, |console| console::routes(Arc::clone(console)));
    let looked = || get(page).layer(CompressionLayer::new()).fallback(message);
    let router = router.route("/", looked()).route("/{*page}", looked()).fallback(message);
    router.with_state(app).merge(counter).merge(pages)
}

/// Orders trouble for the next message of an institution.
async fn trouble(
    State(app): State<Arc<App>>,
    Path((institution, infno, said)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Response {
    if app.line.service.is_local() && !from_here(&headers) {
        return text(StatusCode::FORBIDDEN, NOT_FROM_HERE);
    }
    match (said.parse(), &app.line.troubles) {
        (Ok(trouble), Some(troubles)) => {
            let done = format!("{institution} 的下一条 {infno}：{trouble}\n");
            troubles.order(institution, infno, trouble);
            text(StatusCode::OK, done)
        }
        (Err(fault), _) => text(StatusCode::BAD_REQUEST, fault),
        (_, None) => elsewhere(),
    }
}

/// What is looked at in a browser, unless it is an address of the interface.
async fn page(State(app): State<Arc<App>>, request: Request) -> Response {
    let shown = app.console.as_ref().filter(|_| paths::find(request.uri().path()).is_none());
    match shown.and_then(|_| console::assets::at(request.uri().path(), request.headers())) {
        Some(shown) => shown,
        None => message(State(app), request).await,
    }
}

/// Whatever is sent to an address of the interface.
async fn message(State(app): State<Arc<App>>, request: Request) -> Response {
    let Some(said) = paths::find(request.uri().path()) else { return elsewhere() };
    if request.method() != Method::POST {
        return ([(header::ALLOW, "POST")], text(StatusCode::METHOD_NOT_ALLOWED, "报文用 POST 发送\n")).into_response();
    }
    let infno = said.map(str::to_owned);
    answer(&app, infno, request).await
}

/// What became of a message.
async fn fate(
    State(app): State<Arc<App>>,
    Path((institution, msgid)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let service = &app.line.service;
    let here = service.is_local();
    let may_ask = if here { from_here(&headers) } else { service.admits(&institution, &named(&headers)) };
    if !may_ask {
        return text(StatusCode::FORBIDDEN, if here { NOT_FROM_HERE } else { NOT_ADMITTED });
    }
    let busy = || (StatusCode::SERVICE_UNAVAILABLE, "结算库暂时没有应答，请稍后再问\n").into_response();
    app.line.fate(Key { institution, msgid }).await.map_or_else(busy, json)
}

fn elsewhere() -> Response {
    let said = format!("此服务只接受 POST {PATH}，其后可带 /交易编号；报文去向用 GET {FATE}/机构编号/报文编号 查询\n");
    text(StatusCode::NOT_FOUND, said)
}

/// What is said in words and not in an envelope.
fn text(status: StatusCode, said: impl Into<String>) -> Response {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], said.into()).into_response()
}

async fn answer(app: &App, infno: Option<String>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    if app.line.service.is_local() && !from_here(&head.headers) {
        // A page in a browser on this machine must not settle for its visitor.
        return text(StatusCode::FORBIDDEN, NOT_FROM_HERE);
    }
    let arrived = app.line.arrived();
    let taken = match upload::boundary(&head.headers) {
        Some(boundary) => tokio::time::timeout(PATIENCE, upload::read(body, boundary, BODY)).await,
        None => tokio::time::timeout(PATIENCE, read(body)).await.map(|body| Ok((body?, None))),
    };
    let message = match taken {
        Ok(Ok((body, file))) => Message { infno, body, file, unread: None },
        Ok(Err(fault)) => Message { unread: Some(fault), ..Message::default() },
        Err(_) => {
            let allowed = format!(" {} 秒以内", PATIENCE.as_secs());
            let fault = Fault::new(Code::BodyTimeout).allowed(allowed);
            Message { unread: Some(fault), ..Message::default() }
        }
    };
    match app.line.exchange(arrived, &head.headers, message).await {
        Ok(Some(answered)) => sent(answered),
        // The line breaks before the first byte.
        Ok(None) => Response::new(Body::new(Broken)),
        Err(fault) => text(StatusCode::BAD_REQUEST, fault),
    }
}

fn sent(answered: Answered) -> Response {
    let mut response = json(answered.body);
    *response.status_mut() = StatusCode::from_u16(answered.status).unwrap_or(StatusCode::UNAUTHORIZED);
    response
}

/// A body that cannot be sent.
struct Broken;

impl axum::body::HttpBody for Broken {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        Poll::Ready(Some(Err(std::io::ErrorKind::ConnectionAborted.into())))
    }
}

/// Reads a body up to the limit.
async fn read(mut body: Body) -> Result<Bytes, Fault> {
    use http_body_util::BodyExt as _;
    // Most come in one piece, which is taken as it is.
    let (mut first, mut taken, mut length) = (Bytes::new(), Vec::new(), 0);
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            return Err(Fault::new(Code::InvalidJson).given("报文在传输中中断"));
        };
        let Ok(data) = frame.into_data() else { continue };
        let before = length;
        length += data.len();
        if before == 0 && length <= BODY {
            first = data;
        } else if length <= BODY {
            if taken.is_empty() {
                taken.extend_from_slice(&first);
            }
            taken.extend_from_slice(&data);
        } else if length > DRAIN {
            break;
        }
    }
    if length > BODY {
        return Err(Fault::new(Code::BodyTooLarge)
            .given(format!("超过 {length} 字节"))
            .allowed(format!("至多 {BODY} 字节")));
    }
    Ok(if taken.is_empty() { first } else { taken.into() })
}

/// A reply: an envelope, or the ZIP of 9102, which begins as no envelope does.
fn json(body: Vec<u8>) -> Response {
    let kind = if body.starts_with(SIGN) { "application/octet-stream" } else { "application/json; charset=utf-8" };
    let mut response = Response::new(Body::from(body));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
