//! The `gongji` command (共济): quotes, explanations, policy tools and the settlement service.

mod cli;
mod his;
mod serve;

use cli::Command;
use std::process::ExitCode;

fn main() -> ExitCode {
    cli::ended(match cli::command() {
        Command::Quote(options) => cli::quote::run(&options),
        Command::Explain(options) => cli::explain::run(&options),
        Command::Policy(command) => cli::policy(&command),
        Command::Serve(options) => serve::run(&options).map(|()| ExitCode::SUCCESS),
    })
}
