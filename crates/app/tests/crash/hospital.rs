//! Hospital desks, each a thread: they play visits of one member and send each message until it is answered with
//! something other than "later". Knows of the program only what it replies.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::Sender;

use serde_json::Value;

use super::program::Program;

/// A member of the demo with what the account holds at the beginning, in fen.
pub struct Member {
    pub psn_no: &'static str,
    pub certno: &'static str,
    pub account: i64,
}

pub const MEMBERS: [Member; 2] = [
    Member { psn_no: "50000000000001", certno: "990000195803121036", account: 126_000 },
    Member { psn_no: "50000000000002", certno: "990000198605011040", account: 200_000 },
];

pub const INSTITUTIONS: [&str; 2] = ["H50000000001", "H50000000002"];

/// A message that succeeded.
pub struct Answered {
    pub infno: &'static str,
    pub message: String,
    pub reply: String,
}

/// A settlement or, with the opposite sign, a cancellation, in fen.
pub struct Movement {
    pub member: usize,
    pub institution: usize,
    pub visit: String,
    pub sign: i64,
    pub fund: i64,
    pub account: i64,
}

/// All desks together.
pub struct Desks<'a> {
    pub program: &'a Program,
    pub stop: AtomicBool,
    pub answered: Mutex<Vec<Answered>>,
    pub movements: Mutex<Vec<Movement>>,
    pub numbers: AtomicU64,
    pub resent: AtomicU64,
    /// Replies that asked to send again later, by code.
    pub later: Mutex<Vec<String>>,
}

impl<'a> Desks<'a> {
    pub fn of(program: &'a Program) -> Self {
        Self {
            program,
            stop: AtomicBool::new(false),
            answered: Mutex::default(),
            movements: Mutex::default(),
            numbers: AtomicU64::new(0),
            resent: AtomicU64::new(0),
            later: Mutex::default(),
        }
    }

    /// Plays visits of a member at an institution until it is told to stop; tells of each answer.
    pub fn work(&self, member: usize, institution: usize, told: &Sender<()>) {
        for visit in 0.. {
            if self.stop.load(Ordering::Relaxed) {
                return;
            }
            self.visit(member, institution, visit, told);
        }
    }

    fn visit(&self, member: usize, institution: usize, number: u64, told: &Sender<()>) {
        let Member { psn_no, certno, .. } = MEMBERS[member];
        let shown = format!(r#""psn_no":"{psn_no}","mdtrt_cert_type":"02","mdtrt_cert_no":"{certno}""#);
        let ask = |infno, input: String| {
            let reply = self.ask(infno, institution, &input);
            // Only whoever kills listens, and not to the end.
            let _ = told.send(());
            reply
        };
        let begun = "2026-02-10 09:00:00";
        let registered = ask(
            "2201",
            format!(
                r#"{{"data":{{{shown},"insutype":"310","begntime":"{begun}","ipt_otp_no":"L{number}",
                "dept_code":"01","dept_name":"内科","caty":"A03"}}}}"#
            ),
        );
        let visit = registered["data"]["mdtrt_id"].as_str().unwrap().to_owned();
        ask(
            "2203",
            format!(
                r#"{{"mdtrtinfo":{{"mdtrt_id":"{visit}","psn_no":"{psn_no}","med_type":"11","begntime":"{begun}"}}}}"#
            ),
        );
        let price = 11 + number % 7;
        ask(
            "2204",
            format!(
                r#"{{"feedetail":[{{"feedetl_sn":"1","mdtrt_id":"{visit}","psn_no":"{psn_no}","chrg_bchno":"1",
                "fee_ocur_time":"2026-02-10 09:10:00","med_list_codg":"DEMO-YP-0001","cnt":1,"pric":{price},
                "det_item_fee_sumamt":{price},"hosp_appr_flag":"0"}}]}}"#
            ),
        );
        let bill = format!(
            r#"{{"data":{{{shown},"med_type":"11","medfee_sumamt":{price},"psn_setlway":"01","mdtrt_id":"{visit}",
            "chrg_bchno":"1","insutype":"310","acct_used_flag":"1"}}}}"#
        );
        let settled = ask("2207", bill.clone());
        self.note(member, institution, &visit, 1, &settled);
        if !number.is_multiple_of(3) {
            return;
        }
        let setl_id = settled["setlinfo"]["setl_id"].as_str().unwrap();
        let cancelled =
            ask("2208", format!(r#"{{"data":{{"setl_id":"{setl_id}","mdtrt_id":"{visit}","psn_no":"{psn_no}"}}}}"#));
        self.note(member, institution, &visit, -1, &cancelled);
        if number.is_multiple_of(2) {
            let again = ask("2207", bill);
            self.note(member, institution, &visit, 1, &again);
        }
    }

    fn note(&self, member: usize, institution: usize, visit: &str, sign: i64, output: &Value) {
        let amount = |field: &str| fen(&output["setlinfo"][field]);
        let (fund, account) = (amount("fund_pay_sumamt"), amount("acct_pay"));
        let movement = Movement { member, institution, visit: visit.to_owned(), sign, fund, account };
        self.movements.lock().unwrap().push(movement);
    }

    /// Sends a message under a number of its own until it succeeds; its output.
    fn ask(&self, infno: &'static str, institution: usize, input: &str) -> Value {
        let message = self.message(infno, institution, input);
        let reply = self.until_answered(infno, &message);
        let output = read(&reply).unwrap_or_else(|code| panic!("{code}: {reply}\n{message}"));
        self.answered.lock().unwrap().push(Answered { infno, message, reply });
        output
    }

    /// A message under a new number.
    pub fn message(&self, infno: &str, institution: usize, input: &str) -> String {
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        format!(
            r#"{{"infno":"{infno}","msgid":"C{number:08}","mdtrtarea_admvs":"500000","insuplc_admdvs":"500000",
            "recer_sys_code":"99","infver":"1.0.0","opter_type":"1","opter":"D01","opter_name":"演示",
            "inf_time":"2026-03-01 08:00:00","fixmedins_code":"{}","input":{input}}}"#,
            INSTITUTIONS[institution]
        )
    }

    /// The first reply that does not say "later".
    pub fn until_answered(&self, infno: &str, message: &str) -> String {
        loop {
            let (reply, tries) = self.program.send(infno, message);
            self.resent.fetch_add(tries - 1, Ordering::Relaxed);
            match read(&reply) {
                Err(code) if ["database_away", "not_recorded", "not_confirmed", "busy"].contains(&code.as_str()) => {
                    self.later.lock().unwrap().push(code);
                    self.resent.fetch_add(1, Ordering::Relaxed);
                }
                _ => return reply,
            }
        }
    }
}

/// The output of a reply, or the code of its error.
pub fn read(reply: &str) -> Result<Value, String> {
    let mut reply: Value = serde_json::from_str(reply).unwrap_or_else(|fault| panic!("{fault}: {reply}"));
    match reply["err_msg"].as_str().unwrap().strip_prefix('[') {
        None => Ok(reply["output"].take()),
        Some(error) => Err(error.split(']').next().unwrap().to_owned()),
    }
}

/// An amount of the interface in fen; what is missing is nothing.
pub fn fen(value: &Value) -> i64 {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let (sign, text) = text.strip_prefix('-').map_or((1, text.as_str()), |text| (-1, text));
    let (yuan, rest) = text.split_once('.').unwrap_or((text, "00"));
    let fen: i64 = format!("{rest:0<2}").parse().unwrap();
    sign * (yuan.parse::<i64>().unwrap() * 100 + fen)
}
