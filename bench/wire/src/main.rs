//! 2206 (decode, decide, answer) beside an echo of the same bytes: one server process, one client process,
//! kept-alive connections, in turn.
//!
//! `cargo run --release --manifest-path bench/wire/Cargo.toml -- --help`

mod client;
mod message;
mod server;

use anyhow::{Context as _, Result};
use clap::Parser;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Requests a second and CPU a request, of trial settlements and of an echo.
#[derive(Parser)]
struct Options {
    /// Kept-alive connections.
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// How long each turn takes, in seconds.
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// Turns of each.
    #[arg(long, default_value_t = 5)]
    turns: usize,
    /// Fee lines of the visit that is tried.
    #[arg(long, default_value_t = 3)]
    lines: usize,
    /// Only serve: what this program starts as its second process.
    #[arg(long, hide = true)]
    serve: bool,
}

fn main() -> Result<()> {
    let options = Options::parse();
    if options.serve {
        return server::run();
    }
    let mut child = Command::new(std::env::current_exe()?)
        .arg("--serve")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("start the server")?;
    let result = drive(&options, &mut child);
    child.kill().context("stop the server")?;
    child.wait()?;
    result
}

fn drive(options: &Options, child: &mut std::process::Child) -> Result<()> {
    let mut address = String::new();
    BufReader::new(child.stdout.take().context("no output")?).read_line(&mut address)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let address = address.trim();
        let trial = message::prepare(address, options.lines).await?;
        println!("{} bytes a request, {} connections, medians of {} turns", trial.len(), options.connections, options.turns);
        let mut figures: [Vec<client::Figures>; 2] = [Vec::new(), Vec::new()];
        for _ in 0..options.turns {
            for (path, figures) in [message::PATH, server::ECHO].into_iter().zip(&mut figures) {
                figures.push(client::turn(address, path, &trial, options, child.id()).await?);
            }
        }
        let [trial, echo] = figures.map(client::median);
        println!("2206   {:>8.0} a second  {:>6.1} us of server CPU", trial.rate, trial.cpu);
        println!("echo   {:>8.0} a second  {:>6.1} us of server CPU", echo.rate, echo.cpu);
        println!("ratio  {:>8.2}", trial.rate / echo.rate);
        Ok(())
    })
}
