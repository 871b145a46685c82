//! The `gongji` command.

mod his;
mod serve;

use clap::{Parser, Subcommand};

/// 共济：职工医保门诊共济保障的结算系统。
#[derive(Parser)]
#[command(name = "gongji", version)]
struct Command {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    Serve(serve::Options),
}

fn main() -> anyhow::Result<()> {
    match Command::parse().what {
        What::Serve(options) => serve::run(&options),
    }
}
