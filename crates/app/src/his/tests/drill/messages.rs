//! The messages that terminals send: what each is about, and its bytes.

use crate::his::tests::{Patient, message};

/// Members of the demo's first area with what their accounts hold at the beginning, in fen.
pub(super) const MEMBERS: [(Patient, i64); 3] = [
    (Patient { psn_no: "50000000000001", certno: "990000195803121036" }, 126_000),
    (Patient { psn_no: "50000000000002", certno: "990000198605011040" }, 200_000),
    (Patient { psn_no: "50000000000003", certno: "990000197911301076" }, 98_900),
];

/// Hospitals of that area, and a pharmacy.
pub(super) const INSTITUTIONS: [&str; 4] = ["H50000000001", "H50000000002", "H50000000003", "P50000000004"];

const BEGUN: &str = "2026-02-10 09:00:00";

/// A message by its place in [`Post`].
pub(super) type Id = usize;

/// What a message asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum What {
    Question,
    Registration,
    Description {
        visit: String,
    },
    Charges {
        visit: String,
        batch: String,
        yuan: u64,
    },
    Trial {
        visit: String,
        batch: String,
        yuan: u64,
    },
    Settlement {
        visit: String,
        batch: String,
        yuan: u64,
    },
    Cancellation {
        visit: String,
        setl_id: String,
    },
    /// Takes back a registration that nothing followed.
    Unregistration {
        visit: String,
        ipt_otp_no: String,
    },
    /// Takes back the lines of a batch that is not settled any more.
    Withdrawal {
        visit: String,
        batch: String,
    },
    /// A purchase at a pharmacy.
    Purchase {
        yuan: u64,
    },
    /// Takes a purchase back.
    Return {
        visit: String,
        setl_id: String,
    },
    /// Takes back a settlement or purchase whose answer never came.
    Reversal {
        of: Id,
        msgid: String,
        infno: &'static str,
    },
    /// Something else under a number that was used before.
    Forgery(Id),
}

/// A message as it was made once; it may be sent many times.
pub(super) struct Message {
    pub institution: &'static str,
    pub member: usize,
    pub msgid: String,
    pub what: What,
    pub bytes: Vec<u8>,
}

/// Every message that was made.
#[derive(Default)]
pub(super) struct Post(pub Vec<Message>);

impl Post {
    /// Makes a message under a new number.
    pub(super) fn write(&mut self, institution: &'static str, member: usize, what: What) -> Id {
        let msgid = format!("M{:06}", self.0.len());
        self.add(institution, member, msgid, what)
    }

    /// Makes a registration under the number of a message that was something else or another visit.
    pub(super) fn forge(&mut self, of: Id) -> Id {
        let Message { institution, member, msgid, .. } = &self.0[of];
        self.add(institution, *member, msgid.clone(), What::Forgery(of))
    }

    fn add(&mut self, institution: &'static str, member: usize, msgid: String, what: What) -> Id {
        let who = &MEMBERS[member].0;
        let input = what.input(who, self.0.len());
        let bytes = message(what.infno(), &msgid, institution, &input).into_bytes();
        self.0.push(Message { institution, member, msgid, what, bytes });
        self.0.len() - 1
    }

    pub(super) fn get(&self, id: Id) -> &Message {
        &self.0[id]
    }

    /// The message that an event of the journal must be.
    pub(super) fn find(&self, institution: &str, msgid: &str) -> Option<Id> {
        let is = |message: &Message| {
            message.msgid == msgid && message.institution == institution && !matches!(message.what, What::Forgery(_))
        };
        self.0.iter().position(is)
    }
}

impl What {
    pub(super) const fn infno(&self) -> &'static str {
        match self {
            Self::Question => "1101",
            Self::Registration | Self::Forgery(_) => "2201",
            Self::Unregistration { .. } => "2202",
            Self::Withdrawal { .. } => "2205",
            Self::Purchase { .. } => "2102",
            Self::Return { .. } => "2103",
            Self::Description { .. } => "2203",
            Self::Charges { .. } => "2204",
            Self::Trial { .. } => "2206",
            Self::Settlement { .. } => "2207",
            Self::Cancellation { .. } => "2208",
            Self::Reversal { .. } => "2601",
        }
    }

    /// Whether a success is always kept in the journal. A reversal is kept if it changes anything.
    pub(super) const fn is_kept(&self) -> bool {
        !matches!(self, Self::Question | Self::Trial { .. } | Self::Reversal { .. } | Self::Forgery(_))
    }

    fn input(&self, who: &Patient, number: usize) -> String {
        match self {
            Self::Question => {
                format!(r#"{{"data":{{"mdtrt_cert_type":"02","mdtrt_cert_no":"{}"}}}}"#, who.certno)
            }
            Self::Registration | Self::Forgery(_) => who.registration(BEGUN).replace("MZ1", &format!("MZ{number}")),
            Self::Description { visit } => who.description(visit, "11", BEGUN),
            Self::Charges { visit, batch, yuan } => {
                let serial = batch.trim_start_matches('B').parse().expect("a batch is B and a number");
                format!(
                    r#"{{"feedetail":[{}]}}"#,
                    who.line(visit, batch, serial, "DEMO-YP-0001", &format!("{yuan}.00"))
                )
            }
            Self::Trial { visit, batch, yuan } | Self::Settlement { visit, batch, yuan } => {
                who.settlement(visit, batch, "11", &yuan.to_string())
            }
            Self::Cancellation { visit, setl_id } | Self::Return { visit, setl_id } => who.cancellation(visit, setl_id),
            Self::Purchase { yuan } => {
                let price = format!("{yuan}.00");
                who.purchase(BEGUN, &price, &[("DEMO-YP-0001", &price)])
            }
            Self::Unregistration { visit, ipt_otp_no } => {
                let psn_no = who.psn_no;
                format!(r#"{{"data":{{"psn_no":"{psn_no}","mdtrt_id":"{visit}","ipt_otp_no":"{ipt_otp_no}"}}}}"#)
            }
            Self::Withdrawal { visit, batch } => {
                let psn_no = who.psn_no;
                format!(r#"{{"data":{{"mdtrt_id":"{visit}","chrg_bchno":"{batch}","psn_no":"{psn_no}"}}}}"#)
            }
            Self::Reversal { msgid, infno, .. } => {
                format!(r#"{{"data":{{"psn_no":"{}","omsgid":"{msgid}","oinfno":"{infno}"}}}}"#, who.psn_no)
            }
        }
    }
}
