//! Load for a running `gongji serve`: visits of the demo's members, each registered, described,
//! charged, tried or settled, some cancelled; latencies as a histogram, and at the end an audit that
//! every account holds exactly what the acknowledged settlements left.
//!
//! `cargo run --release --manifest-path bench/load/Cargo.toml -- --help`

mod audit;
mod hospital;
mod line;
mod random;

use anyhow::{Context as _, Result, bail};
use audit::Audit;
use clap::Parser;
use hdrhistogram::Histogram;
use hospital::Hospital;
use line::Line;
use random::Random;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, Semaphore};

/// Drives a settlement service as hospitals do, and counts what comes back.
#[derive(Parser)]
struct Options {
    /// Address of the service.
    #[arg(long, default_value = "127.0.0.1:8080")]
    to: String,
    /// Visits under way at once (closed loop), or the most under way (open loop).
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// How long, in seconds.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Visits begun a second, whether earlier ones are answered or not (open loop); closed loop if left out.
    #[arg(long)]
    rate: Option<u64>,
    /// Percent of visits that are only tried (2206), and percent that are cancelled (2208) after the settlement.
    #[arg(long, value_names = ["TRIED", "CANCELLED"], num_args = 2, default_values_t = [20, 10])]
    mix: Vec<u64>,
    /// Which visits are made.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// The longest latency that is told apart, in microseconds.
const LONGEST: u64 = 60_000_000;

/// What all visits write into.
struct Run {
    line: Line,
    hospitals: Vec<Hospital>,
    /// Of each transaction in microseconds; of `late`, how late visits of an open loop began.
    latencies: Mutex<BTreeMap<&'static str, Histogram<u64>>>,
    refused: Mutex<BTreeMap<String, u64>>,
    audit: Audit,
    visits: AtomicU64,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<()> {
    let options = Options::parse();
    let [tried, cancelled] = options.mix[..] else { bail!("--mix takes two numbers") };
    if tried + cancelled > 100 || options.connections == 0 {
        bail!("--mix adds up to at most 100 percent, and there is at least one connection");
    }
    let hospitals = hospital::demo()?;
    let line = Line::to(&options.to);
    let audit = Audit::begin(&line, &hospitals).await.context("ask for the opening balances (1101)")?;
    let run = Arc::new(Run {
        line,
        hospitals,
        latencies: Mutex::default(),
        refused: Mutex::default(),
        audit,
        visits: AtomicU64::new(0),
    });
    let begun = Instant::now();
    let until = begun + Duration::from_secs(options.seconds);
    match options.rate {
        None => closed(&run, &options, until).await,
        Some(rate) => open(&run, &options, rate, until).await,
    }
    report(&run, begun.elapsed()).await;
    run.audit.end(&run.line, &run.hospitals).await
}

/// As many visits at once as there are connections, the next one as soon as one is over.
async fn closed(run: &Arc<Run>, options: &Options, until: Instant) {
    let (tried, cancelled) = (options.mix[0], options.mix[1]);
    let loops = (0..options.connections).map(|lane| {
        let (run, mut random) = (Arc::clone(run), Random::new(options.seed, lane as u64));
        tokio::spawn(async move {
            while Instant::now() < until {
                visit(&run, &mut random, (tried, cancelled)).await;
            }
        })
    });
    for lane in loops.collect::<Vec<_>>() {
        if let Err(defect) = lane.await {
            eprintln!("a visit broke off: {defect}");
        }
    }
}

/// So many visits a second, begun on time as long as fewer than the most are under way.
async fn open(run: &Arc<Run>, options: &Options, rate: u64, until: Instant) {
    let (mix, places) = ((options.mix[0], options.mix[1]), Arc::new(Semaphore::new(options.connections)));
    let begun = Instant::now();
    for number in 0.. {
        let due = begun + Duration::from_nanos(1_000_000_000 / rate.max(1)) * number;
        if due >= until {
            break;
        }
        tokio::time::sleep_until(due.into()).await;
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { break };
        record(run, "late", due).await;
        let (run, mut random) = (Arc::clone(run), Random::new(options.seed, u64::from(number)));
        tokio::spawn(async move {
            visit(&run, &mut random, mix).await;
            drop(place);
        });
    }
    let most = u32::try_from(options.connections).unwrap_or(u32::MAX);
    let _all_over = places.acquire_many(most).await;
}

/// One visit from the window to the settlement.
async fn visit(run: &Arc<Run>, random: &mut Random, (tried, cancelled): (u64, u64)) {
    let hospital = &run.hospitals[random.below(run.hospitals.len() as u64) as usize];
    let number = run.visits.fetch_add(1, Ordering::Relaxed);
    let yuan = 5 + random.below(600);
    let Some(opened) = send(run, "2201", hospital, hospital.registration(number)).await else { return };
    let Some(mdtrt_id) = opened["output"]["data"]["mdtrt_id"].as_str() else { return };
    if send(run, "2203", hospital, hospital.description(mdtrt_id)).await.is_none()
        || send(run, "2204", hospital, hospital.charges(mdtrt_id, yuan)).await.is_none()
    {
        return;
    }
    let bill = hospital.bill(mdtrt_id, yuan);
    let lot = random.below(100);
    if lot < tried {
        send(run, "2206", hospital, bill).await;
        return;
    }
    let Some(settled) = send(run, "2207", hospital, bill).await else { return };
    let info = &settled["output"]["setlinfo"];
    run.audit.paid(&hospital.psn_no, info).await;
    if lot >= 100 - cancelled
        && let Some(setl_id) = info["setl_id"].as_str()
        && let Some(back) = send(run, "2208", hospital, hospital.cancellation(mdtrt_id, setl_id)).await
    {
        run.audit.paid(&hospital.psn_no, &back["output"]["setlinfo"]).await;
    }
}

/// Sends one message; the reply if it was accepted.
async fn send(run: &Arc<Run>, infno: &'static str, hospital: &Hospital, input: String) -> Option<serde_json::Value> {
    let begun = Instant::now();
    let reply = run.line.send(infno, hospital, &input).await;
    record(run, infno, begun).await;
    match reply {
        Ok(reply) if reply["infcode"].to_string().trim_matches('"') == "0" => Some(reply),
        Ok(reply) => {
            let said = reply["err_msg"].as_str().unwrap_or("?").chars().take(60).collect();
            *run.refused.lock().await.entry(format!("{infno} {}", code_of(said))).or_default() += 1;
            None
        }
        Err(broken) => {
            *run.refused.lock().await.entry(format!("{infno} {broken}")).or_default() += 1;
            None
        }
    }
}

/// The code in brackets that an error message begins with, or the message.
fn code_of(said: String) -> String {
    match (said.find('['), said.find(']')) {
        (Some(from), Some(to)) if from < to => said[from..=to].to_owned(),
        _ => said,
    }
}

async fn record(run: &Arc<Run>, what: &'static str, since: Instant) {
    let micros = u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX);
    let mut latencies = run.latencies.lock().await;
    let histogram = latencies
        .entry(what)
        .or_insert_with(|| Histogram::new_with_bounds(1, LONGEST, 3).expect("the bounds are in order"));
    histogram.saturating_record(micros);
}

async fn report(run: &Arc<Run>, took: Duration) {
    println!(
        "{:<8} {:>9} {:>9} {:>10} {:>10} {:>10} {:>10}",
        "", "count", "a second", "p50 ms", "p90 ms", "p99 ms", "max ms"
    );
    for (what, histogram) in run.latencies.lock().await.iter() {
        let at = |part: f64| histogram.value_at_quantile(part) as f64 / 1_000.0;
        let a_second = histogram.len() as f64 / took.as_secs_f64();
        println!(
            "{what:<8} {:>9} {a_second:>9.0} {:>10.2} {:>10.2} {:>10.2} {:>10.2}",
            histogram.len(),
            at(0.5),
            at(0.9),
            at(0.99),
            histogram.max() as f64 / 1_000.0
        );
    }
    for (what, count) in run.refused.lock().await.iter() {
        println!("refused {count:>8}  {what}");
    }
}
