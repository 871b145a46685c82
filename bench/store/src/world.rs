//! Members whose visits are settled: each settlement is a visit of its own with an input, a reply and effects
//! as long and as alike as those of the service, four postings, and a member's counters and account.

use std::cell::Cell;
use std::fmt;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use gongji_domain::{Day, Fen, FundCode};
use gongji_ledger::rules::{self, AccountShare, FundShare, Settling};
use gongji_ledger::{EventNo, Head, Holder, Moment, Part, Transaction};
use gongji_store::codec::{Bytes, put_i64};
use gongji_store::{Draft, Event, Key, Known, Outcome, Request, State, Store};

use crate::answers::Answers;
use crate::machine;

/// What one measurement does.
pub struct Run {
    pub in_flight: usize,
    pub seconds: u64,
    pub members: u64,
    /// The members whose number leaves this rest by that divisor.
    pub lane: (u64, u64),
}

/// What it came to.
pub struct Kept {
    pub rate: f64,
    /// Of everything behind the store's door, and of the thread that decides and writes.
    pub both_micros: f64,
    pub worker_micros: f64,
    pub written: f64,
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rate, both_micros, worker_micros, written } = self;
        write!(f, "{rate:.0}/s, {both_micros:.1} us (worker {worker_micros:.1}), {written:.0} bytes written")
    }
}

pub struct World;

/// Account and three counters.
#[derive(Clone, Default)]
pub struct Member {
    account: i64,
    counters: [i64; 3],
}

impl State for World {
    type Person = Member;
    type Visit = ();
    type Change = i64;

    fn read(&self, event: &Event) -> Result<i64, String> {
        let (_, fen) = event.effects.rsplit_once(' ').ok_or("no amount")?;
        fen.parse().map_err(|_| "no amount".to_owned())
    }

    fn moves(&self, event: &Event, fen: &i64, _: &Known<'_, Self>) -> Result<Option<Transaction>, String> {
        let holder = Holder { person: name(&event.psn_no)?, area: area()? };
        let day: Day = "2026-03-02".parse().map_err(|_| "no day".to_owned())?;
        let recorded = Moment::new(day, 1).ok_or("no moment")?;
        let head = Head { event: EventNo(event.seq), effective: day, recorded };
        let entry = if event.kind == "opened" {
            rules::opening(head, holder, &[(Part::Current, Fen::from_fen(*fen))])
        } else {
            let funds = [FundCode::POOLED, FundCode::LARGE_AMOUNT];
            let funds = funds.map(|fund| FundShare { ledger: fund.into(), amount: Fen::from_fen(fen * 2) });
            let accounts = [AccountShare { holder, part: Part::Current, amount: Fen::from_fen(*fen) }];
            let institution = name(&event.institution)?;
            let settling = Settling {
                area: holder.area,
                institution,
                treated_in: holder.area,
                funds: &funds,
                accounts: &accounts,
            };
            rules::settlement(head, &settling)
        };
        let entry = entry.map_err(|fault| fault.to_string())?;
        gongji_ledger::Periods::default().land(entry).map(Some).map_err(|fault| fault.to_string())
    }

    fn fold_person(
        &self,
        _: &str,
        member: &mut Member,
        _: Option<&()>,
        event: &Event,
        fen: &i64,
    ) -> Result<(), String> {
        if event.kind == "opened" {
            member.account += fen;
        } else {
            member.account -= fen;
            member.counters.iter_mut().for_each(|counter| *counter += fen);
        }
        Ok(())
    }

    fn fold_visit(&self, visit: &mut Option<()>, _: &Event, _: i64, _: Option<&Transaction>) -> Result<(), String> {
        *visit = Some(());
        Ok(())
    }

    fn pack(&self, member: &Member) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(40);
        put_i64(&mut bytes, member.account);
        for (at, counter) in (0..).zip(member.counters) {
            // As a standing is packed: counter, instance, institution, sum.
            bytes.push(at);
            put_i64(&mut bytes, 2026);
            bytes.push(0);
            put_i64(&mut bytes, counter);
        }
        bytes
    }

    fn unpack(&self, bytes: &[u8]) -> Result<Member, String> {
        let mut bytes = Bytes(bytes);
        let mut read = || {
            let account = bytes.i64()?;
            let mut counters = [0; 3];
            for counter in &mut counters {
                (bytes.byte()?, bytes.i64()?, bytes.byte()?);
                *counter = bytes.i64()?;
            }
            Some(Member { account, counters })
        };
        read().ok_or_else(|| "no member".to_owned())
    }
}

fn name(text: &str) -> Result<gongji_ledger::Name, String> {
    text.parse().map_err(|_| format!("{text} is no name"))
}

fn area() -> Result<gongji_ledger::AreaCode, String> {
    "500000".parse().map_err(|_| "no area".to_owned())
}

pub fn person(number: u64) -> String {
    format!("5000002026{number:012}")
}

/// The next of a sequence of numbers at random.
pub fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ mixed >> 31
}

/// Opens the accounts of members who have none.
pub fn open_accounts(store: &Store<World>, members: u64) -> Result<()> {
    let (tell, told) = channel();
    let mut under_way = 0;
    for number in 0..members {
        let psn_no = person(number);
        let request = request("-", &psn_no, &psn_no, String::new());
        let decide = move |known: &Known<'_, World>, _: u64| {
            if known.person(&psn_no).is_some_and(|member| member.account > 0) {
                return Outcome::Answer(Vec::new());
            }
            Outcome::Record(draft("opened", &psn_no, None, bytes::Bytes::new(), "opened 1000000000".to_owned()), None)
        };
        let tell = tell.clone();
        // The receiver waits below.
        store.submit(request, decide, move |answer| tell.send(answer.is_ok()).unwrap_or_default());
        under_way += 1;
        if under_way > 2000 {
            under_way -= 1;
            if !told.recv()? {
                bail!("an account was not opened");
            }
        }
    }
    drop(tell);
    while let Ok(opened) = told.recv() {
        if !opened {
            bail!("an account was not opened");
        }
    }
    Ok(())
}

/// Settles as many as it can with so many under way.
pub fn settle(store: &Store<World>, run: &Run, seed: u64) -> Result<Kept> {
    let answers = Answers::default();
    let mut said = Said::new(run, seed);
    let mut next = || {
        let Settlement { request, reply, effects, number, fen } = said.next();
        let (psn_no, said) = (request.persons[0].clone(), Cell::new(Some(effects)));
        let decide = move |_: &Known<'_, World>, seq: u64| {
            // Asked again, it must say the same again.
            let effects = said.take().unwrap_or_else(|| self::effects(&psn_no, number, fen));
            Outcome::Record(draft("settled", &psn_no, Some(seq), reply.clone(), effects), None)
        };
        let answers = answers.clone();
        store.submit(request, decide, move |answer| answers.tell(answer.is_ok()));
    };
    let spent = || [machine::cpu_of("gongji-worker"), machine::cpu_of("gongji-sealer")];
    let (before, written) = (spent(), machine::written());
    let begun = Instant::now();
    let until = begun + Duration::from_secs(run.seconds);
    (0..run.in_flight).for_each(|_| next());
    let mut done = 0;
    while Instant::now() < until {
        let now = answers.after(done)?;
        (done..now).for_each(|_| next());
        done = now;
    }
    let took = begun.elapsed().as_secs_f64();
    let all = done + run.in_flight as u64;
    while answers.after(done)? < all {}
    let [worker, sealer] = [0, 1].map(|thread| (spent()[thread] - before[thread]) / all as f64);
    Ok(Kept {
        rate: done as f64 / took,
        both_micros: worker + sealer,
        worker_micros: worker,
        written: (machine::written() - written) / all as f64,
    })
}

/// One settlement as it is said to the store.
pub struct Settlement {
    pub request: Request,
    pub reply: bytes::Bytes,
    pub effects: String,
    number: u64,
    fen: i64,
}

/// Settlements one after the other, the same for the same seed. Everything that is said is made here, on the
/// driver's thread: what is measured is the keeping.
pub struct Said {
    state: u64,
    seed: u64,
    number: u64,
    members: u64,
    lane: (u64, u64),
}

impl Said {
    pub fn new(run: &Run, seed: u64) -> Self {
        Self { state: seed << 32 | run.lane.0, seed, number: 0, members: run.members, lane: run.lane }
    }

    pub fn next(&mut self) -> Settlement {
        self.number += 1;
        let (number, (rest, divisor)) = (self.number, self.lane);
        let psn_no = person(random(&mut self.state) % (self.members / divisor).max(1) * divisor + rest);
        let random = random(&mut self.state);
        let institution = format!("H5000000{:04}", random % 2000);
        // As the interface has it: institution, second, number.
        let second = 20_260_301_080_000_u64 + self.seed * 10_000 + number / 9_000;
        let msgid = format!("{institution}{second:014}{:04}", number % 9_000 + rest * 500);
        let fen = i64::try_from(random % 50_000).unwrap_or(0) + 1;
        Settlement {
            request: request(&institution, &msgid, &psn_no, input(&psn_no, number, fen)),
            reply: reply(&psn_no, number, fen).into(),
            effects: effects(&psn_no, number, fen),
            number,
            fen,
        }
    }
}

fn request(institution: &str, msgid: &str, psn_no: &str, input: String) -> Request {
    Request {
        key: Key { institution: institution.to_owned(), msgid: msgid.to_owned() },
        infno: "2207".to_owned(),
        input,
        recorded: "2026-03-02 08:00:00".to_owned(),
        persons: vec![psn_no.to_owned()],
        visit: None,
        refers: None,
    }
}

fn draft(kind: &'static str, psn_no: &str, visit: Option<u64>, reply: bytes::Bytes, effects: String) -> Draft {
    Draft {
        kind,
        area: "500000".to_owned(),
        psn_no: psn_no.to_owned(),
        with: Vec::new(),
        visit,
        reply,
        effects,
        policy: "500000-chongqing@2db9d6e2f751".to_owned(),
    }
}

fn input(psn_no: &str, number: u64, fen: i64) -> String {
    format!(
        r#"{{"data":{{"acct_used_flag":"1","chrg_bchno":"1","insutype":"310","mdtrt_cert_no":"{psn_no}","mdtrt_cert_type":"02","mdtrt_id":"50000020261122{number:011}","med_type":"11","medfee_sumamt":{fen},"psn_no":"{psn_no}","psn_setlway":"01"}}}}"#
    )
}

fn reply(psn_no: &str, seq: u64, fen: i64) -> String {
    format!(
        r#"{{"infcode":0,"inf_refmsgid":"5000002026112216{seq:014}","refmsg_time":"202611221601{:05}","respond_time":"202611221601{:05}","err_msg":"","warn_msg":"","output":{{"setlinfo":{{"mdtrt_id":"50000020261122{seq:011}","setl_id":"50000020261122{seq:011}","psn_no":"{psn_no}","psn_name":"演示甲","psn_cert_type":"01","certno":"{psn_no}","gend":"1","naty":"01","brdy":"1958-03-12","age":67,"insutype":"310","psn_type":"12","cvlserv_flag":"0","setl_time":"2026-11-22 16:01:31","mdtrt_cert_type":"02","med_type":"11","medfee_sumamt":{fen}.00,"fulamt_ownpay_amt":0.00,"overlmt_selfpay":0.00,"preselfpay_amt":0.10,"inscp_scp_amt":{fen}.90,"act_pay_dedc":0.00,"hifp_pay":{fen}.00,"pool_prop_selfpay":0.6000,"cvlserv_pay":0.00,"hifes_pay":0.00,"hifmi_pay":0.00,"hifob_pay":0.00,"maf_pay":0.00,"oth_pay":0.00,"fund_pay_sumamt":{fen}.00,"psn_part_amt":{fen}.00,"acct_pay":{fen}.00,"psn_cash_pay":0.00,"hosp_part_amt":0.00,"balc":{seq}.00,"acct_mulaid_pay":0.00,"medins_setl_id":"L1795334491606{seq:09}","clr_optins":"500000","clr_way":"1","clr_type":"11","hifdm_pay":0.00,"exp_content":""}},"setldetail":[{{"fund_pay_type":"310100","inscp_scp_amt":{fen}.90,"crt_payb_lmt_amt":3000.00,"fund_payamt":{fen}.00,"fund_pay_type_name":"职工基本医疗保险统筹基金","setl_proc_info":"起付线 200.00 已用完；按 60% 支付（cq-xize:8）"}}]}}}}"#,
        seq % 100_000,
        seq % 100_000
    )
}

fn effects(psn_no: &str, seq: u64, fen: i64) -> String {
    format!(
        r#"{{"Settled":{{"setl_id":"50000020261122{seq:011}","settlement":{{"mdtrt_id":"50000020261122{seq:011}","chrg_bchno":"1","psn_no":"{psn_no}","institution":"H50000000001","area":"500000","treated_in":"500000","day":"2026-02-10","mdtrt_cert_type":"02","med_type":"11","balance_before":"0.00","decided":{{"total":"{fen}.00","off_list":"0.00","over_ceiling":"0.00","upfront":"0.10","eligible":"{fen}.90","deductible_borne":"0.00","payments":[{{"benefit":"ordinary","fund":"310100","amount":"{fen}.00","limit_left":"3000.00","process":"起付线 200.00 已用完；按 60% 支付（cq-xize:8）"}}],"fund_total":"{fen}.00","personal_share":"{fen}.00","account_paid":"{fen}.00","account_process":"","cash":"0.00","not_covered":null,"effects":{{"counters":[{{"counter":"ordinary limit","instance":2026,"by":0,"amount":"{fen}.00"}}],"account":["{fen}.00","0.00"]}},"policy":"500000-chongqing@2db9d6e2f751","draft":false}},"cancelled_by":null}}}}}} {fen}"#
    )
}
