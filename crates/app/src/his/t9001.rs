//! 9001 签到. Nothing asks for the number that it gives out, so nothing is kept of it.

use serde::Serialize;

use super::call::{Call, Done, Plan};
use super::decode::Input;
use super::errors::Fault;

/// Most clients read the first node, some the second.
#[derive(Serialize)]
struct Output {
    signinoutb: Session,
    result: Session,
}

#[derive(Clone, Serialize)]
struct Session {
    sign_time: String,
    sign_no: String,
}

pub(crate) fn prepare(input: &Input<'_>) -> Result<Plan, Fault> {
    let data = input.node("signIn")?;
    data.required("opter_no", 30)?;
    data.expected("mac", 50, input.notes)?;
    data.expected("ip", 50, input.notes)?;
    data.known(&["userid", "password", "currenttime"]);
    data.finish(input.notes);
    input.finish();

    Ok(Plan::of_nobody(|call: &Call<'_>| {
        let time = call.now.time().replace(':', "");
        let institution: String = call.institution.code.chars().take(12).collect();
        let session = Session {
            sign_time: call.now.to_string(),
            sign_no: format!("{institution}{}{time}", call.now.compact_day()),
        };
        Ok(Done::answer(&Output { signinoutb: session.clone(), result: session }))
    }))
}
