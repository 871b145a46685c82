//! Who may use the counter over REST: programs on this machine, and officers (经办) who are signed in, in their own area.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{OFFICER, ROOT};
use crate::his::Service;
use crate::his::errors::{Code, Fault};
use crate::serve::doors::{Doors, Who, from_here, who};
use crate::serve::problem::Problem;

/// What the gate looks at.
pub(super) struct Gate {
    pub service: Arc<Service>,
    pub doors: Option<Arc<Doors>>,
}

/// Lets a request pass, under the name of the officer who is signed in.
pub(super) async fn pass(State(gate): State<Arc<Gate>>, mut request: Request, next: Next) -> Response {
    let signed = gate.doors.as_ref().filter(|_| who::token(request.headers()).is_some());
    let Some(doors) = signed else {
        let here = gate.service.is_local() && from_here(request.headers());
        let refused = || Problem::of(&Fault::new(Code::CounterLocal)).into_response();
        return if here { next.run(request).await } else { refused() };
    };
    match gate.officer(doors, &request) {
        Ok(name) => {
            request.headers_mut().insert(OFFICER, name);
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    }
}

impl Gate {
    /// The officer's name as the header that the counter reads.
    fn officer(&self, doors: &Doors, request: &Request) -> Result<HeaderValue, Problem> {
        let who = Who::acts(doors, request.method(), request.headers())?;
        let area = who.officer()?;
        let path = request.uri().path();
        let below = |room: &str| path.strip_prefix(ROOT)?.strip_prefix(room)?.split('/').next();
        let other = below("/areas/").filter(|asked| *asked != area);
        if let Some(other) = other {
            return Err(Problem::said(
                "not_your_area",
                format!("账号 {} 只办理统筹区 {area}，不能办理 {other}", who.account.name),
            ));
        }
        let name = utf8_percent_encode(&who.account.shown, NON_ALPHANUMERIC).to_string();
        HeaderValue::from_str(&name).map_err(|_| Problem::said("not_your_role", "账号的姓名不能用"))
    }
}
