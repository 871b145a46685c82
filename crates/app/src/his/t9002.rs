//! 9002 签退: always succeeds, since signing in binds nothing.

use serde::Serialize;

use super::call::{Call, Done, Plan};
use super::decode::Input;
use super::errors::Fault;

/// Editions name the node differently; both are there.
#[derive(Serialize)]
struct Output {
    sign_time: Signed,
    signoutoutb: Signed,
}

#[derive(Clone, Serialize)]
struct Signed {
    sign_time: String,
}

pub(crate) fn prepare(input: &Input<'_>) -> Result<Plan, Fault> {
    let data = input.node("signOut")?;
    data.expected("sign_no", 30, input.notes)?;
    data.required("opter_no", 30)?;
    data.finish(input.notes);
    input.finish();

    Ok(Plan::of_nobody(|call: &Call<'_>| {
        let signed = Signed { sign_time: call.now.to_string() };
        Ok(Done::answer(&Output { sign_time: signed.clone(), signoutoutb: signed }))
    }))
}
