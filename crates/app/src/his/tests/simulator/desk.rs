//! One institution's system at work: sends a visit's messages, survives what the line does to them, and books what it
//! knows. What it knows comes from replies alone.

use std::collections::BTreeMap;

use gongji_domain::Day;
use gongji_drill::Chance;

use super::super::{Patient, Reply, message};
use super::books::{Entry, Split};
use super::identities::{check_cancellation, check_lines, check_settlement};
use super::line::Line;
use super::members::Member;

/// What happened in a run, by name.
pub(super) type Tally = BTreeMap<&'static str, u64>;

/// An institution, its own books, and the line.
pub(super) struct Desk<'l> {
    pub line: &'l Line,
    pub code: &'static str,
    /// Who writes prescriptions for it, if it is a pharmacy.
    pub prescriber: Option<&'static str>,
    pub entries: Vec<Entry>,
    pub tally: Tally,
    /// The day of the run.
    pub day: i64,
    messages: u64,
    sign_no: String,
}

/// A settlement that stands, with what is needed to take it back.
pub(super) struct Standing {
    pub reply: Reply,
    pub mdtrt_id: String,
    pub setl_id: String,
}

impl<'l> Desk<'l> {
    pub(super) fn new(line: &'l Line, code: &'static str, prescriber: Option<&'static str>) -> Self {
        let (entries, tally, sign_no) = (Vec::new(), Tally::new(), String::new());
        Self { line, code, prescriber, entries, tally, day: 0, messages: 0, sign_no }
    }

    pub(super) fn count(&mut self, what: &'static str) {
        *self.tally.entry(what).or_default() += 1;
    }

    /// Which day it is.
    pub(super) fn today(&self) -> Day {
        self.line.now()[..10].parse().unwrap()
    }

    /// A message under a new number, and that number.
    pub(super) fn write(&mut self, infno: &str, input: &str) -> (String, String) {
        self.messages += 1;
        let msgid = format!("{}{:08}", self.code, self.messages);
        let body = message(infno, &msgid, self.code, input);
        (body.replacen("\"sign_no\":\"\"", &format!("\"sign_no\":\"{}\"", self.sign_no), 1), msgid)
    }

    /// Sends an input under a new number.
    pub(super) fn call(&mut self, infno: &str, input: &str) -> Reply {
        let (body, _) = self.write(infno, input);
        self.line.send(&body)
    }

    /// 9001
    pub(super) fn sign_in(&mut self) {
        let reply = self.call("9001", r#"{"signIn":{"opter_no":"D01","mac":"00-00","ip":"127.0.0.1"}}"#).ok();
        self.sign_no = reply.at("output.signinoutb.sign_no");
    }

    /// 9002
    pub(super) fn sign_out(&mut self) {
        let input = format!(r#"{{"signOut":{{"opter_no":"D01","sign_no":"{}"}}}}"#, self.sign_no);
        self.call("9002", &input).ok();
    }

    /// Opens a visit: 2201, and 2203 or 2203A unless only the registration fee is meant.
    pub(super) fn open(&mut self, member: &Member, med_type: &str, number: u64) -> String {
        let now = self.line.now();
        let registration = member.patient.registration(&now).replace("MZ1", &format!("MZ{number}"));
        let mdtrt_id = self.call("2201", &registration).ok().at("output.data.mdtrt_id");
        if med_type != "12" {
            let said = member.patient.description(&mdtrt_id, med_type, &now);
            match self.prescriber {
                None => self.call("2203", &said).ok(),
                Some(by) => {
                    let by = format!("\"rxfixmedinsCode\":\"{by}\",\"dise_codg\"");
                    self.call("2203A", &said.replacen("\"dise_codg\"", &by, 1)).ok()
                }
            };
        }
        mdtrt_id
    }

    /// Uploads lines as a batch (2204); what they come to.
    pub(super) fn charge(&mut self, patient: &Patient, mdtrt_id: &str, batch: &str, lines: &[Charge]) -> Split {
        let line = |charge: &Charge| patient.line(mdtrt_id, batch, charge.number, charge.item, &charge.price);
        let rows: Vec<String> = lines.iter().map(line).collect();
        let reply = self.call("2204", &format!(r#"{{"feedetail":[{}]}}"#, rows.join(","))).ok();
        check_lines(&reply, "result")
    }

    /// Takes lines back (2205).
    pub(super) fn withdraw(&mut self, patient: &Patient, mdtrt_id: &str, batch: &str) {
        let psn_no = patient.psn_no;
        let input = format!(r#"{{"data":{{"mdtrt_id":"{mdtrt_id}","chrg_bchno":"{batch}","psn_no":"{psn_no}"}}}}"#);
        self.call("2205", &input).ok();
    }

    /// Looks a settlement up (5203) and makes a row of it.
    pub(super) fn look_up(&mut self, psn_no: &str, area: &str, mdtrt_id: &str, setl_id: &str) -> (Reply, Entry) {
        let input = format!(r#"{{"data":{{"psn_no":"{psn_no}","setl_id":"{setl_id}","mdtrt_id":"{mdtrt_id}"}}}}"#);
        let reply = self.call("5203", &input).ok();
        check_settlement(&reply, None);
        let back = reply.at("output.setlinfo.refd_setl_flag") == "1";
        let content = reply.at("output.setlinfo.exp_content");
        let cancels = content.split_once("\"original_setl_id\":\"").and_then(|(_, rest)| rest.split('"').next());
        assert_eq!(back, cancels.is_some(), "{}", reply.raw);
        let entry = Entry::of(&reply, area, cancels);
        (reply, entry)
    }

    /// 2601 of a message.
    pub(super) fn reverse(&mut self, psn_no: &str, msgid: &str, infno: &str) -> Reply {
        let input = format!(r#"{{"data":{{"psn_no":"{psn_no}","omsgid":"{msgid}","oinfno":"{infno}"}}}}"#);
        self.call("2601", &input).ok()
    }

    /// Books a settlement, checked.
    pub(super) fn book(&mut self, member: &Member, reply: Reply, lines: Option<&Split>) -> Standing {
        check_settlement(&reply, lines);
        let entry = Entry::of(&reply, member.area, None);
        let (mdtrt_id, setl_id) = (entry.row.mdtrt_id.clone(), entry.row.setl_id.clone());
        self.entries.push(entry);
        Standing { reply, mdtrt_id, setl_id }
    }

    /// Takes a settlement back (2208, 2103), whatever the line does; books the cancellation.
    pub(super) fn cancel(&mut self, member: &Member, standing: &Standing, infno: &str, chance: &mut Chance) {
        let input = member.patient.cancellation(&standing.mdtrt_id, &standing.setl_id);
        let (body, _) = self.write(infno, &input);
        let reply = match chance.below(4) {
            0 => {
                self.count("a cancellation doubled");
                let [first, second] = self.line.send_twice(&body);
                assert_eq!(first.raw, second.raw);
                first
            }
            1 => {
                self.count("a cancellation sent again");
                let lost = self.line.send(&body);
                let again = self.line.send(&body);
                assert_eq!(lost.raw, again.raw);
                again
            }
            _ => self.line.send(&body),
        }
        .ok();
        check_cancellation(&standing.reply, &reply);
        self.entries.push(Entry::of(&reply, member.area, Some(&standing.setl_id)));
        if chance.coin() {
            self.count("a cancellation under another number refused");
            let refused = self.call(infno, &input).err();
            assert!(refused.starts_with("[already_cancelled]"), "{refused}");
        }
    }
}

/// A fee line to upload.
#[derive(Clone)]
pub(super) struct Charge {
    pub number: u32,
    pub item: &'static str,
    pub price: String,
}
