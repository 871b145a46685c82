//! Who may use the counter over REST: programs on this machine, and officers (经办) who are signed in, in their own area.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::{OFFICER, ONLY, ROOT};
use crate::agency::member;
use crate::his::desk::Desk;
use crate::his::errors::{Code, Fault};
use crate::his::{Moment, Service};
use crate::serve::doors::{Doors, Who, from_here, who};
use crate::serve::problem::Problem;

/// What the gate looks at.
pub(super) struct Gate {
    pub service: Arc<Service>,
    pub doors: Option<Arc<Doors>>,
}

/// Lets a request pass, under the name of the officer who is signed in and for the members of the officer's area only.
pub(super) async fn pass(State(gate): State<Arc<Gate>>, mut request: Request, next: Next) -> Response {
    // Nobody says from outside what only this gate says.
    request.headers_mut().remove(ONLY);
    let signed = gate.doors.as_ref().filter(|_| who::token(request.headers()).is_some());
    let Some(doors) = signed else {
        let here = gate.service.is_local() && from_here(request.headers());
        let refused = || Problem::of(&Fault::new(Code::CounterLocal)).into_response();
        return if here { next.run(request).await } else { refused() };
    };
    let officer = match Officer::of(doors, &request) {
        Ok(officer) => officer,
        Err(problem) => return problem.into_response(),
    };
    let path = request.uri().path().to_owned();
    tracing::info!(account = officer.account, method = %request.method(), path, "an officer at the counter");
    let person = below(&path, "/members/").map(|person| percent_decode_str(person).decode_utf8_lossy().into_owned());
    if let Some(person) = person.filter(|person| !person.is_empty()) {
        let (service, area) = (Arc::clone(&gate.service), officer.area.clone());
        let looked = tokio::task::spawn_blocking(move || is_of(&service, &person, &area)).await;
        match looked.unwrap_or_else(|_| Err(Problem::of(&Fault::new(Code::InternalError)))) {
            Ok(()) => {}
            Err(problem) => return problem.into_response(),
        }
    }
    request.headers_mut().insert(OFFICER, officer.name);
    request.headers_mut().insert(ONLY, officer.only);
    next.run(request).await
}

/// The first word of an address below a room of the counter.
fn below<'a>(path: &'a str, room: &str) -> Option<&'a str> {
    path.strip_prefix(ROOT)?.strip_prefix(room)?.split('/').next()
}

/// Whether a member is of an area. Of nobody at all the counter itself says that there is none.
fn is_of(service: &Service, person: &str, area: &str) -> Result<(), Problem> {
    let desk = Desk { store: service.store(), now: Moment::of(service.clock().now()), by: "" };
    match member::show(&desk, person) {
        Ok(shown) if shown.member.area != area => Err(Problem::said(
            "not_your_area",
            format!("参保人 {person} 不在统筹区 {area}，请转由其参保地经办机构办理"),
        )),
        Ok(_) => Ok(()),
        Err(fault) if fault.code() == Code::NotAMember.name() => Ok(()),
        Err(fault) => Err(Problem::of(&fault)),
    }
}

/// The officer behind a request.
struct Officer {
    account: String,
    area: String,
    /// As headers that the counter reads.
    name: HeaderValue,
    only: HeaderValue,
}

impl Officer {
    fn of(doors: &Doors, request: &Request) -> Result<Self, Problem> {
        let who = Who::acts(doors, request.method(), request.headers())?;
        let area = who.officer()?;
        if let Some(other) = below(request.uri().path(), "/areas/").filter(|asked| *asked != area) {
            return Err(Problem::said(
                "not_your_area",
                format!("账号 {} 只办理统筹区 {area}，不能办理 {other}", who.account.name),
            ));
        }
        let name = utf8_percent_encode(&who.account.shown, NON_ALPHANUMERIC).to_string();
        let unusable = |_| Problem::said("not_your_role", "账号的姓名或统筹区不能用");
        Ok(Self {
            name: HeaderValue::from_str(&name).map_err(unusable)?,
            only: HeaderValue::from_str(area).map_err(unusable)?,
            area: area.to_owned(),
            account: who.account.name.clone(),
        })
    }
}
