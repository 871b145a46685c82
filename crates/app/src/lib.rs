//! The `gongji` command (共济): quotes, explanations, policy tools and the settlement service.
//!
//! The program is [`main`]. The rest is public for what is outside the program and must reach in:
//! fuzzing and benches.

mod agency;
mod calls;
mod catalogue;
mod certify;
mod cli;
mod design;
mod his;
mod policy;
mod population;
mod serve;
mod sheet;
mod simulate;
mod table;

use std::process::ExitCode;

use gongji_policy::Folder;

use cli::Command;
pub use serve::rehearsal::{Rehearsal, written_twice};

/// Runs the command that the process was started with.
#[must_use]
pub fn main() -> ExitCode {
    cli::ended(match cli::command() {
        Command::Quote(options) => cli::quote::run(&options),
        Command::Explain(options) => cli::explain::run(&options),
        Command::Policy(command) => cli::policy(&command),
        Command::Member(command) => cli::member::run(&command),
        Command::Account(command) => cli::account::run(&command),
        Command::Catalogue(command) => cli::catalogue::run(&command),
        Command::Store(command) => cli::store::run(&command),
        Command::Simulate(options) => cli::simulate::run(&options),
        Command::Reconcile(options) => cli::reconcile::run(&options),
        Command::Serve(options) => serve::run(&options).map(|()| ExitCode::SUCCESS),
        Command::User(command) => cli::user::run(&command),
        Command::Errors(options) => cli::errors::run(&options),
        Command::Sandbox(command) => cli::sandbox::run(&command),
        Command::Calls(options) => cli::calls::run(&options),
        Command::Certify(options) => cli::certify::run(&options),
        Command::Population(command) => cli::population::run(&command),
        Command::Openapi(options) => cli::openapi::run(&options),
        Command::Estimate(options) => cli::estimate::run(&options),
        Command::Design(command) => cli::design::run(&command),
        Command::Budget(command) => cli::budget::run(&command),
    })
}

/// The policy packages (政策包) that ship, as folders to load.
#[must_use]
pub fn shipped() -> Vec<Folder> {
    cli::load::shipped()
}
