//! 3101 事前, 3102 事中 and 3103 反馈 of 明细审核. There is no supervision yet: every check finds nothing and
//! says so, feedback is taken. What is inside is not read.

use serde::Serialize;

use super::call::{Call, Done, Nothing, Plan};
use super::decode::Input;
use super::errors::Fault;

/// Most patients of one message, most findings of one feedback.
const ROWS: usize = 1000;

#[derive(Serialize)]
struct Output {
    result: [Finding; 0],
}

/// A finding (违规).
#[derive(Serialize)]
struct Finding {}

/// 3101, 3102.
pub(crate) fn prepare(input: &Input<'_>) -> Result<Plan, Fault> {
    let data = input.node("data")?;
    data.rows("patient_dtos", ROWS)?;
    if data.raw("patient_dtos").is_none() {
        return Err(data.missing("patient_dtos", "参保人信息的数组"));
    }
    Ok(Plan::of_nobody(|call: &Call<'_>| {
        call.notes.say("智能审核尚未提供：未作检查，无疑点");
        Ok(Done::answer(&Output { result: [] }))
    }))
}

/// 3103.
pub(crate) fn feedback(input: &Input<'_>) -> Result<Plan, Fault> {
    let data = input.node("data")?;
    data.one_of("warn_type", &[("1", "事前"), ("2", "事中")])?;
    if data.rows("warns", ROWS)?.is_empty() {
        return Err(data.missing("warns", "处理数据的数组"));
    }
    data.finish(input.notes);
    input.finish();
    Ok(Plan::of_nobody(|call: &Call<'_>| {
        call.notes.say("智能审核尚未提供：反馈不保存");
        Ok(Done::answer(&Nothing {}))
    }))
}
