//! 2205 门诊费用明细信息撤销: takes unsettled lines of a visit back, those of one batch, one line, or all.
//! Their numbers may be used again, so what remains of a cancelled settlement can be uploaded anew.

use super::book::{Change, Line, Visit};
use super::call::{Call, Done, Nothing, Plan};
use super::decode::Input;
use super::errors::{Code, Fault};
use super::written::Output;

/// Instead of a batch: everything that is not settled.
const ALL: &str = "0000";

struct Ask {
    psn_no: String,
    mdtrt_id: String,
    batch: String,
    /// 费用明细流水号, which some editions have: that line of the batch only.
    line: Option<String>,
}

pub(crate) fn prepare(input: &Input<'_>) -> Result<Plan, Fault> {
    let data = input.node("data")?;
    let ask = Ask {
        mdtrt_id: data.required("mdtrt_id", 30)?,
        batch: data.required("chrg_bchno", 30)?,
        psn_no: data.required("psn_no", 30)?,
        line: data.optional("feedetl_sn", 30)?.filter(|number| number != ALL),
    };
    data.finish(input.notes);
    input.finish();

    Ok(Plan::of_visit(&ask.psn_no.clone(), &ask.mdtrt_id.clone(), move |call: &Call<'_>| {
        let member = call.member(&ask.psn_no, "data.psn_no")?;
        let visit = call.open_visit(&ask.mdtrt_id, &ask.psn_no, "data.mdtrt_id")?;
        let lines = ask.lines(visit)?;
        if lines.is_empty() {
            // Clients clear a visit before each upload; nothing to clear is no error.
            call.notes.say("本次就诊没有未结算的费用明细");
            return Ok(Done::answer(&Nothing {}));
        }
        let change = Change::Withdrawn { mdtrt_id: ask.mdtrt_id.clone(), lines };
        Ok(Done::record("withdrawn", member, Output::of(&Nothing {}), change, String::new()).in_visit(&ask.mdtrt_id))
    }))
}

impl Ask {
    /// The numbers of the lines that are meant.
    fn lines(&self, visit: &Visit) -> Result<Vec<String>, Fault> {
        let is_open = |line: &&Line| visit.batches.get(&line.chrg_bchno).is_some_and(Option::is_none);
        let number = |line: &Line| line.feedetl_sn.to_string();
        if let Some(wanted) = &self.line {
            let at_line = |code| Fault::at(code, "data.feedetl_sn").given(wanted);
            let mine = |line: &&Line| line.feedetl_sn == *wanted && [ALL, &line.chrg_bchno].contains(&&*self.batch);
            let line = visit.lines.iter().find(mine).ok_or_else(|| at_line(Code::LineNotFound))?;
            return if is_open(&line) { Ok(vec![number(line)]) } else { Err(at_line(Code::LineSettled)) };
        }
        if self.batch == ALL {
            return Ok(visit.lines.iter().filter(is_open).map(number).collect());
        }
        let at_batch = |code| Fault::at(code, "data.chrg_bchno").given(&self.batch);
        match visit.batches.get(self.batch.as_str()) {
            None => Err(at_batch(Code::BatchNotFound).allowed("2204 已上传的批次号，或 0000 全部")),
            Some(Some(setl_id)) => {
                Err(at_batch(Code::BatchSettled)
                    .allowed(format!("未结算的批次（已由 {setl_id} 结算，先以 2208 撤销）")))
            }
            Some(None) => Ok(visit.lines.iter().filter(|line| line.chrg_bchno == self.batch).map(number).collect()),
        }
    }
}
