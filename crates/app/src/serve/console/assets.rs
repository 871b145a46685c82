//! The pages as they were built from `console/` (npm run build): part of the program, read from disk in development. A program
//! may be built without them; then this says so and everything else is served.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../console/dist"]
#[allow_missing = true]
struct Built;

const INDEX: &str = "index.html";
/// Nothing comes from elsewhere. Charts and components set styles of their own.
const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; frame-ancestors 'none'; \
                      base-uri 'self'; form-action 'self'";
const LEFT_OUT: &str = "本程序构建时没有带上网页控制台：在 console 目录运行 npm ci 和 npm run build，再构建 gongji。\n\
                        接口不受影响：定点机构接口 /fsi/api/rsfComIfsService/callService，经办接口 /agency/v1，网页所用的接口 /api/v1。\n";

/// What lies at an address: a file, or the first page, which finds its way by the address itself. None for what no
/// browser looks at.
pub(crate) fn at(path: &str, headers: &HeaderMap) -> Option<Response> {
    let name = path.trim_start_matches('/');
    if let Some(file) = Built::get(name).filter(|_| name != INDEX) {
        return Some(sent(file, headers, name.starts_with("assets/")));
    }
    let looks = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    let page = looks && !["api/", "agency/v1/", "gongji/v1/", "assets/"].iter().any(|room| name.starts_with(room));
    page.then(|| Built::get(INDEX).map_or_else(left_out, |file| sent(file, headers, false)))
}

fn left_out() -> Response {
    (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], LEFT_OUT).into_response()
}

/// A file. Names with a hash of what they hold never change; the others are asked for again.
fn sent(file: rust_embed::EmbeddedFile, headers: &HeaderMap, forever: bool) -> Response {
    let tag = format!("\"{}\"", base16ct::lower::encode_string(&file.metadata.sha256_hash()[..12]));
    let keeping = if forever { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Response::new(Body::from(file.data.into_owned()))
    };
    let kind = file.metadata.mimetype();
    let kind = if kind.starts_with("text/") { format!("{kind}; charset=utf-8") } else { kind.to_owned() };
    let said: [(HeaderName, &str); 6] = [
        (header::CONTENT_TYPE, &kind),
        (header::ETAG, &tag),
        (header::CACHE_CONTROL, keeping),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
    ];
    for (name, value) in said {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
