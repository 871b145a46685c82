//! One run: rounds of a storm in which everything may break, then calm in which everybody gets an answer, and the
//! audit. Decides by the seed alone what breaks when; knows no rule of the service.

use gongji_drill::Chance;

use super::audit::{Auditor, ensure, yuan};
use super::centre::{Centre, serve};
use super::line::Line;
use super::log::{Log, digest};
use super::messages::{INSTITUTIONS, MEMBERS, Post, What};
use super::tally::Tally;
use super::terminal::{Answer, Sent, Terminal, Turn, Wire};
use std::sync::Arc;

use crate::his::Service;
use crate::his::tests::Reply;

/// Rounds of storm.
const STORM: u64 = 50;
/// Rounds of calm in which everybody must come to rest.
const CALM: u64 = 120;

/// Plays a seed to its end; the first thing that went wrong.
pub(super) fn play(seed: u64, log: &mut Log) -> Result<Tally, String> {
    let mut run = Run::new(seed, log);
    let ended = run.storm().and_then(|()| run.calm());
    ended.map_err(|fault| {
        run.log.say(format!("WRONG: {fault}"));
        format!("round {}: {fault}", run.round)
    })?;
    Ok(run.tally)
}

struct Run<'a> {
    centre: Centre,
    service: Option<Arc<Service>>,
    chance: Chance,
    round: u64,
    calm: bool,
    post: Post,
    wire: Wire,
    terminals: Vec<Terminal>,
    auditor: Auditor,
    tally: Tally,
    /// Until when the disk has no room, or is read-only.
    full_until: u64,
    fixed_until: u64,
    log: &'a mut Log,
}

impl<'a> Run<'a> {
    fn new(seed: u64, log: &'a mut Log) -> Self {
        let mut chance = Chance::new(seed);
        // One terminal in each hospital, and one member who is at two hospitals at least.
        let terminals = (0..5).map(|number| {
            let member = if number < 2 { 0 } else { chance.below(MEMBERS.len() as u64) as usize };
            Terminal::new(number, INSTITUTIONS[number % INSTITUTIONS.len()], member)
        });
        let terminals = terminals.collect();
        Self {
            centre: Centre::new(seed),
            service: None,
            chance,
            round: 0,
            calm: false,
            post: Post::default(),
            wire: Line::new(),
            terminals,
            auditor: Auditor::default(),
            tally: Tally { runs: 1, ..Tally::default() },
            full_until: 0,
            fixed_until: 0,
            log,
        }
    }

    fn say(&mut self, event: &str) {
        self.log.say(format!("{:>3} step {:>5} {event}", self.round, self.centre.disk.steps()));
    }

    fn storm(&mut self) -> Result<(), String> {
        while self.round < STORM {
            self.trouble();
            self.one_round()?;
        }
        Ok(())
    }

    /// Everything works again; whoever waits gets an answer.
    fn calm(&mut self) -> Result<(), String> {
        self.say("calm");
        self.calm = true;
        self.wire.calm_down();
        self.heal_disk();
        while !(self.terminals.iter().all(Terminal::is_at_rest) && self.wire.is_empty()) {
            ensure(self.round < STORM + CALM, || "somebody never gets an answer".to_owned())?;
            self.one_round()?;
        }
        self.close();
        self.open()?;
        self.end()
    }

    /// The disk as it should be.
    fn heal_disk(&mut self) {
        (self.full_until, self.fixed_until) = (0, 0);
        self.centre.disk.unfill();
        self.centre.disk.read_only(false);
        // A crash that was still to come happens now, with nothing under way.
        self.service = None;
        self.centre.disk.restart();
    }

    /// Decides what breaks in this round.
    fn trouble(&mut self) {
        let steps = self.centre.disk.steps();
        match self.chance.below(40) {
            0..=4 => {
                let at = 1 + self.chance.below(80);
                self.say(&format!("a crash is to come in {at} steps"));
                self.centre.disk.crash_at(steps + at);
            }
            5..=7 => {
                let at = 1 + self.chance.below(40);
                self.say(&format!("step {} is to fail", steps + at));
                self.tally.failed += 1;
                self.centre.disk.fail_once(steps + at);
            }
            8 => {
                let room = self.chance.below(60_000);
                self.full_until = self.round + 1 + self.chance.below(6);
                self.say(&format!("{room} bytes are left"));
                self.tally.full += 1;
                self.centre.disk.full_after(self.centre.disk.size() + room);
            }
            9 => {
                self.fixed_until = self.round + 1 + self.chance.below(4);
                self.say("the disk is read-only");
                self.tally.read_only += 1;
                self.centre.disk.read_only(true);
            }
            10 => self.close(),
            _ => {}
        }
        if self.full_until == self.round {
            self.centre.disk.unfill();
        }
        if self.fixed_until == self.round {
            self.centre.disk.read_only(false);
        }
    }

    fn one_round(&mut self) -> Result<(), String> {
        self.round += 1;
        let drawn = self.chance.below(60_000_000).cast_signed();
        let passes = match self.chance.below(40) {
            // Somebody sets the clock right, over midnight now and then.
            0 => -drawn,
            1..=4 => 20_000_000 + drawn,
            _ => 1 + drawn % 3_000,
        };
        self.centre.clock.turn(passes);
        self.open()?;
        for at in 0..self.terminals.len() {
            self.with_terminal(at, |terminal, turn| {
                terminal.act(turn);
                Ok(())
            })?;
        }
        let arrived = self.wire.at_service(self.round, &mut self.chance);
        if self.service.is_some() && !arrived.is_empty() {
            self.deliver(&arrived)?;
        }
        for Answer { terminal, id, bytes } in self.wire.at_terminals(self.round, &mut self.chance) {
            self.with_terminal(terminal, |terminal, turn| terminal.hear(id, &bytes, turn))?;
        }
        Ok(())
    }

    fn with_terminal(
        &mut self,
        at: usize,
        act: impl FnOnce(&mut Terminal, &mut Turn<'_>) -> Result<(), String>,
    ) -> Result<(), String> {
        let mut turn = Turn {
            round: self.round,
            post: &mut self.post,
            wire: &mut self.wire,
            chance: &mut self.chance,
            tally: &mut self.tally,
            calm: self.calm,
        };
        act(&mut self.terminals[at], &mut turn)
    }

    /// Hands what arrived to the service, and its replies to the line unless it died over them.
    fn deliver(&mut self, arrived: &[Sent]) -> Result<(), String> {
        let Some(service) = &self.service else { return Ok(()) };
        self.tally.deliveries += arrived.len() as u64;
        arrived.iter().for_each(|sent| self.auditor.delivered(sent.id));
        self.tally.together += u64::from(self.two_settle_one(arrived));
        let messages: Vec<&[u8]> = arrived.iter().map(|sent| self.post.get(sent.id).bytes.as_slice()).collect();
        let served = serve(service, &messages)?;
        let dead = self.centre.disk.is_dead();
        for (sent, bytes) in arrived.iter().zip(served.replies) {
            let code = Reply::read(&bytes)?.code();
            let message = self.post.get(sent.id);
            let (infno, msgid) = (message.what.infno(), &message.msgid);
            let said = code.clone().unwrap_or_else(|| format!("{:016x}", digest(&bytes)));
            let event = format!("terminal {} {infno} {msgid} {}: {said}", sent.terminal, message.institution);
            self.say(&event);
            // What a dead process would have said, nobody hears. A success was said before it died.
            if dead && code.is_some() {
                continue;
            }
            self.auditor.answered(sent.id, &bytes, &self.post, &mut self.tally)?;
            let answer = Answer { terminal: sent.terminal, id: sent.id, bytes };
            self.wire.answer(self.round, answer, &mut self.chance, &mut self.tally);
        }
        if dead {
            self.say("crash");
            self.tally.crashes += 1;
            self.service = None;
            self.centre.disk.restart();
        } else if !served.usable {
            self.say("the service has ended and is started anew");
            self.service = None;
        }
        Ok(())
    }

    /// Whether two institutions settle for one member at the same time.
    fn two_settle_one(&self, arrived: &[Sent]) -> bool {
        let settles: Vec<_> = arrived
            .iter()
            .map(|sent| self.post.get(sent.id))
            .filter(|message| matches!(message.what, What::Settlement { .. }))
            .map(|message| (message.member, message.institution))
            .collect();
        settles.iter().any(|one| settles.iter().any(|other| one.0 == other.0 && one.1 != other.1))
    }

    /// Stops the service in good order, as far as the disk lets it.
    fn close(&mut self) {
        if self.service.take().is_some() {
            self.say("closed");
            self.tally.closed += 1;
        }
        if self.centre.disk.is_dead() {
            self.say("crash while closing");
            self.tally.crashes_closing += 1;
            self.centre.disk.restart();
        }
    }

    /// Starts the service, if it does not run and the disk lets it, and audits what it found.
    fn open(&mut self) -> Result<(), String> {
        if self.service.is_some() {
            return Ok(());
        }
        match self.centre.open() {
            Ok(service) => self.service = Some(service),
            Err(_) if self.centre.disk.is_dead() => {
                self.say("crash while opening");
                self.tally.crashes_opening += 1;
                self.centre.disk.restart();
                return Ok(());
            }
            Err(fault) => {
                self.say(&format!("not opened: {fault}"));
                // In calm nothing keeps a store from opening, and before it only what was broken on purpose.
                return ensure(!self.calm, || format!("the store does not open: {fault}"));
            }
        }
        self.say("opened");
        self.audit()
    }

    fn audit(&mut self) -> Result<(), String> {
        if self.centre.disk.is_dead() {
            return Ok(());
        }
        self.tally.audits += 1;
        let found = self.auditor.audit(&self.centre, &self.post)?;
        self.say(&format!("audited {} events, {} never acknowledged", found.events, found.unheard));
        let asked = self.auditor.acknowledged();
        let messages: Vec<&[u8]> = asked.iter().map(|(id, _)| self.post.get(*id).bytes.as_slice()).collect();
        let Some(service) = self.service.as_ref().filter(|_| !asked.is_empty()) else { return Ok(()) };
        for some in messages.chunks(200).zip(asked.chunks(200)) {
            let served = serve(service, some.0)?;
            for ((id, first), again) in some.1.iter().zip(served.replies) {
                ensure(*first == again, || {
                    format!("message {id}, asked again, is answered {}", String::from_utf8_lossy(&again))
                })?;
            }
        }
        Ok(())
    }

    /// The last look: accounts as members see them.
    fn end(&mut self) -> Result<(), String> {
        let found = self.auditor.audit(&self.centre, &self.post)?;
        let asked: Vec<_> =
            (0..MEMBERS.len()).map(|member| self.post.write(INSTITUTIONS[0], member, What::Question)).collect();
        let messages: Vec<&[u8]> = asked.iter().map(|id| self.post.get(*id).bytes.as_slice()).collect();
        let service = self.service.as_ref().ok_or("the service does not run in calm")?;
        let served = serve(service, &messages)?;
        for ((member, _), bytes) in MEMBERS.iter().zip(served.replies) {
            let told = Reply::read(&bytes)?.at("output.insuinfo.0.balc");
            let due = found.model.members.get(member.psn_no).map(|member| yuan(member.account));
            ensure(Some(&told) == due.as_ref(), || format!("{} is told {told} instead of {due:?}", member.psn_no))?;
        }
        self.tally.messages = self.post.0.len() as u64;
        self.tally.events = found.events;
        self.tally.unheard = found.unheard;
        self.tally.late = found.late;
        self.tally.dropped = self.centre.disk.dropped();
        self.tally.torn = self.centre.disk.torn();
        self.say(&format!("at rest: {} events", found.events));
        Ok(())
    }
}
