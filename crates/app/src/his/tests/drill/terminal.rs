//! A terminal of a hospital or pharmacy: plays visits and purchases of one member, sends each message again until it is answered, now and
//! then loses patience, clicks twice, or uses a number again. Knows nothing of the service but its replies.

use gongji_drill::Chance;

use super::line::Line;
use super::messages::{Id, Message, Post, What};
use super::tally::Tally;
use crate::his::tests::Reply;

/// A reply on its way to a terminal.
pub(super) struct Answer {
    pub terminal: usize,
    pub id: Id,
    pub bytes: Vec<u8>,
}

/// A message on its way to the service.
#[derive(Clone, Copy)]
pub(super) struct Sent {
    pub terminal: usize,
    pub id: Id,
}

pub(super) type Wire = Line<Sent, Answer>;

/// What a terminal and the drill have in hand while it is the terminal's turn.
pub(super) struct Turn<'a> {
    pub round: u64,
    pub post: &'a mut Post,
    pub wire: &'a mut Wire,
    pub chance: &'a mut Chance,
    pub tally: &'a mut Tally,
    /// No new visits, and patience without end.
    pub calm: bool,
}

/// A message that waits for its answer.
struct Open {
    id: Id,
    again_at: u64,
    tries: u64,
    patience: u64,
}

/// How far the visit is.
#[derive(Clone)]
enum Stage {
    None,
    Registered,
    Described,
    Charged { batch: u64, yuan: u64 },
    Tried { batch: u64, yuan: u64 },
    Settled { batch: u64, yuan: u64, setl_id: String },
    Cancelled { batch: u64, yuan: u64 },
    Withdrawn { batch: u64 },
    Bought { setl_id: String },
}

pub(super) struct Terminal {
    number: usize,
    institution: &'static str,
    member: usize,
    stage: Stage,
    visit: String,
    ipt_otp_no: String,
    open: Vec<Open>,
    /// The last message that was answered and kept.
    kept: Option<Id>,
}

impl Terminal {
    pub(super) fn new(number: usize, institution: &'static str, member: usize) -> Self {
        let (visit, ipt_otp_no) = (String::new(), String::new());
        Self { number, institution, member, stage: Stage::None, visit, ipt_otp_no, open: Vec::new(), kept: None }
    }

    pub(super) fn is_at_rest(&self) -> bool {
        self.open.is_empty() && matches!(self.stage, Stage::None)
    }

    /// Sends what is to be sent in this round.
    pub(super) fn act(&mut self, turn: &mut Turn<'_>) {
        if self.open.is_empty() {
            self.go_on(turn);
        }
        let due: Vec<usize> = (0..self.open.len()).filter(|at| self.open[*at].again_at <= turn.round).collect();
        for at in due {
            self.send(at, turn);
        }
        let (round, calm) = (turn.round, turn.calm);
        let out = |open: &Open| !calm && open.tries > open.patience && open.again_at <= round + 1;
        let given_up = self.open.iter().filter(|open| out(open)).count();
        if given_up > 0 {
            // Whoever gives up does not go on with the visit.
            turn.tally.given_up += self.open.len() as u64;
            let given_up = std::mem::take(&mut self.open);
            self.stage = Stage::None;
            if turn.chance.below(3) > 0 {
                self.reverse(&given_up, turn);
            }
        }
    }

    fn send(&mut self, at: usize, turn: &mut Turn<'_>) {
        let wait = if turn.calm { 2 } else { 3 + turn.chance.below(3) };
        let open = &mut self.open[at];
        turn.tally.resends += u64::from(open.tries > 0);
        open.tries += 1;
        open.again_at = turn.round + wait;
        let sent = Sent { terminal: self.number, id: open.id };
        turn.wire.request(turn.round, sent, turn.chance, turn.tally);
    }

    /// Begins the next message of the visit.
    fn go_on(&mut self, turn: &mut Turn<'_>) {
        if let Some(of) = self.kept.filter(|_| !turn.calm && turn.chance.below(15) == 0) {
            turn.tally.forged += 1;
            let id = turn.post.forge(of);
            return self.ask(id, turn);
        }
        let visit = self.visit.clone();
        let of = |number: u64| format!("B{number}");
        let what = match self.stage.clone() {
            Stage::None if turn.calm || turn.chance.below(3) == 0 => return,
            Stage::None if turn.chance.below(4) == 0 => What::Question,
            Stage::None if self.institution.starts_with('P') => What::Purchase { yuan: 20 + turn.chance.below(200) },
            Stage::None => What::Registration,
            Stage::Registered if turn.chance.below(8) == 0 => {
                What::Unregistration { visit, ipt_otp_no: self.ipt_otp_no.clone() }
            }
            Stage::Registered => What::Description { visit },
            Stage::Described => What::Charges { visit, batch: of(1), yuan: 20 + turn.chance.below(600) },
            Stage::Cancelled { batch, .. } if turn.chance.coin() => What::Withdrawal { visit, batch: of(batch) },
            Stage::Withdrawn { batch } => What::Charges { visit, batch: of(batch), yuan: 20 + turn.chance.below(600) },
            Stage::Bought { setl_id } if turn.chance.below(3) == 0 => What::Return { visit, setl_id },
            Stage::Charged { batch, yuan } if turn.chance.coin() => What::Trial { visit, batch: of(batch), yuan },
            Stage::Charged { batch, yuan } | Stage::Tried { batch, yuan } | Stage::Cancelled { batch, yuan } => {
                What::Settlement { visit, batch: of(batch), yuan }
            }
            Stage::Settled { setl_id, .. } if turn.chance.below(3) == 0 => What::Cancellation { visit, setl_id },
            Stage::Settled { batch, .. } if turn.chance.below(4) == 0 => {
                What::Charges { visit, batch: of(batch + 1), yuan: 20 + turn.chance.below(600) }
            }
            Stage::Settled { .. } | Stage::Bought { .. } => {
                self.stage = Stage::None;
                return;
            }
        };
        // An impatient hand: the same once more, as if it were something new.
        // A purchase is left out: two of them are two.
        let twin = matches!(what, What::Settlement { .. } | What::Cancellation { .. } | What::Return { .. });
        let twice = twin && turn.chance.below(6) == 0;
        for _ in 0..=u8::from(twice) {
            let id = turn.post.write(self.institution, self.member, what.clone());
            self.ask(id, turn);
        }
    }

    /// Takes back what may have been settled; nobody gives that up.
    fn reverse(&mut self, given_up: &[Open], turn: &mut Turn<'_>) {
        for open in given_up {
            let Message { what, msgid, .. } = turn.post.get(open.id);
            if !matches!(what, What::Settlement { .. } | What::Purchase { .. }) {
                continue;
            }
            let what = What::Reversal { of: open.id, msgid: msgid.clone(), infno: what.infno() };
            let id = turn.post.write(self.institution, self.member, what);
            turn.tally.reversals += 1;
            self.open.push(Open { id, again_at: turn.round + 1, tries: 0, patience: u64::MAX });
        }
    }

    fn ask(&mut self, id: Id, turn: &mut Turn<'_>) {
        let patience = 1 + turn.chance.below(6);
        self.open.push(Open { id, again_at: turn.round, tries: 0, patience });
    }

    /// Takes an answer; says what is wrong with it, if anything is.
    pub(super) fn hear(&mut self, id: Id, bytes: &[u8], turn: &mut Turn<'_>) -> Result<(), String> {
        // Answers to what was answered before, or given up, are thrown away.
        let Some(at) = self.open.iter().position(|open| open.id == id) else { return Ok(()) };
        let reply = Reply::read(bytes)?;
        let what = turn.post.get(id).what.clone();
        let code = match reply.code() {
            None => {
                self.open.remove(at);
                return self.succeed(id, what, &reply);
            }
            Some(code) => code,
        };
        if is_passing(&code) {
            turn.tally.refusals += 1;
            return Ok(());
        }
        let expected = match what {
            // A twin of the settlement may arrive late, after the first was cancelled.
            What::Settlement { .. } | What::Trial { .. } | What::Withdrawal { .. } => "batch_settled",
            What::Cancellation { .. } | What::Return { .. } => "already_cancelled",
            What::Forgery(_) => "message_reused",
            _ => "",
        };
        if code != expected {
            return Err(format!("terminal {}: {what:?} was refused: {}", self.number, reply.raw));
        }
        self.open.remove(at);
        // Somebody did it already: under the other number of a double click, or by an order that came late.
        if self.open.is_empty() && !matches!(what, What::Forgery(_)) && self.waits_for(&what) {
            self.stage = Stage::None;
        }
        Ok(())
    }

    /// Whether the visit would stand still without this message's success.
    fn waits_for(&self, what: &What) -> bool {
        match what {
            What::Settlement { .. } => !matches!(self.stage, Stage::Settled { .. }),
            What::Cancellation { .. } => !matches!(self.stage, Stage::Cancelled { .. }),
            What::Trial { .. } | What::Return { .. } | What::Withdrawal { .. } => true,
            _ => false,
        }
    }

    fn succeed(&mut self, id: Id, what: What, reply: &Reply) -> Result<(), String> {
        if what.is_kept() {
            self.kept = Some(id);
        }
        let number = |batch: &str| batch.trim_start_matches('B').parse::<u64>().map_err(|fault| fault.to_string());
        self.stage = match what {
            What::Question | What::Reversal { .. } => return Ok(()),
            What::Forgery(_) => return Err(format!("a number was used again and that succeeded: {}", reply.raw)),
            What::Registration => {
                self.visit = reply.at("output.data.mdtrt_id");
                self.ipt_otp_no = reply.at("output.data.ipt_otp_no");
                Stage::Registered
            }
            What::Purchase { .. } => {
                self.visit = reply.at("output.setlinfo.mdtrt_id");
                Stage::Bought { setl_id: reply.at("output.setlinfo.setl_id") }
            }
            What::Unregistration { .. } | What::Return { .. } => Stage::None,
            What::Withdrawal { batch, .. } => Stage::Withdrawn { batch: number(&batch)? },
            What::Description { .. } => Stage::Described,
            What::Charges { batch, yuan, .. } => Stage::Charged { batch: number(&batch)?, yuan },
            What::Trial { batch, yuan, .. } => Stage::Tried { batch: number(&batch)?, yuan },
            What::Settlement { batch, yuan, .. } => {
                Stage::Settled { batch: number(&batch)?, yuan, setl_id: reply.at("output.setlinfo.setl_id") }
            }
            What::Cancellation { .. } => match self.stage.clone() {
                Stage::Settled { batch, yuan, .. } => Stage::Cancelled { batch, yuan },
                other => other,
            },
        };
        Ok(())
    }
}

/// Whether a refusal means: the same again, later.
pub(super) fn is_passing(code: &str) -> bool {
    ["not_recorded", "busy"].contains(&code) || is_unsure(code)
}

/// Whether a refusal leaves open what happened.
pub(super) fn is_unsure(code: &str) -> bool {
    ["not_confirmed", "database_away"].contains(&code)
}
