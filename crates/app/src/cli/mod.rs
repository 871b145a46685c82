//! The command line: JSON Lines where a program reads, tables where a person does.

pub(crate) mod account;
pub(crate) mod boundaries;
pub(crate) mod budget;
pub(crate) mod calls;
pub(crate) mod catalogue;
pub(crate) mod certify;
pub(crate) mod design;
pub(crate) mod errors;
pub(crate) mod estimate;
mod excel;
pub(crate) mod explain;
pub(crate) mod load;
pub(crate) mod member;
pub(crate) mod openapi;
mod otherwise;
pub(crate) mod paint;
mod policy_bless;
mod policy_check;
mod policy_coverage;
mod policy_diff;
mod policy_keys;
mod policy_list;
mod policy_new;
mod policy_show;
pub(crate) mod population;
pub(crate) mod quote;
pub(crate) mod reconcile;
pub(crate) mod sandbox;
mod sheet;
pub(crate) mod simulate;
pub(crate) mod store;
pub(crate) mod user;

use clap::{CommandFactory as _, Parser, Subcommand};
use std::process::ExitCode;
use std::sync::Arc;

use crate::simulate::work::{Finished, Work};

/// Settlement for outpatient mutual aid (职工医保门诊共济).
///
/// Decides visits by the policy packages (政策包) of pooling areas (统筹区), to the fen, each
/// amount with its article. The packages that ship are in the program: no file is needed.
#[derive(Parser)]
#[command(name = "gongji", version, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
EXAMPLES
  gongji policy list
  gongji quote < cases.jsonl > answers.jsonl
  gongji explain case.json
  gongji policy check my-area/
  gongji catalogue show DEMO-YP-0002
  gongji store balances gongji-demo.db

EXIT STATUS
  0 done, 1 something given is in error, 2 the arguments cannot be used";

/// What to do.
#[derive(Subcommand)]
pub(crate) enum Command {
    Quote(quote::Options),
    Explain(explain::Options),
    #[command(subcommand)]
    Policy(PolicyCommand),
    #[command(subcommand)]
    Member(member::MemberCommand),
    #[command(subcommand)]
    Account(account::AccountCommand),
    #[command(subcommand)]
    Catalogue(catalogue::CatalogueCommand),
    #[command(subcommand)]
    Store(store::StoreCommand),
    Simulate(simulate::Options),
    Reconcile(reconcile::Options),
    Serve(crate::serve::Options),
    #[command(subcommand)]
    User(user::UserCommand),
    Errors(errors::Options),
    #[command(subcommand)]
    Sandbox(sandbox::SandboxCommand),
    Calls(calls::Options),
    Certify(certify::Options),
    Openapi(openapi::Options),
    Estimate(estimate::Options),
    #[command(subcommand)]
    Design(design::DesignCommand),
    #[command(subcommand)]
    Budget(budget::BudgetCommand),
    #[command(subcommand)]
    Population(population::PopulationCommand),
}

/// Look at, check and compare policy packages (政策包).
#[derive(Subcommand)]
pub(crate) enum PolicyCommand {
    List(policy_list::Options),
    Show(policy_show::Options),
    Check(policy_check::Options),
    Coverage(policy_coverage::Options),
    Diff(policy_diff::Options),
    Keys(policy_keys::Options),
    New(policy_new::Options),
    Bless(policy_bless::Options),
}

/// The command given; usage errors and `--help` end the program here.
pub(crate) fn command() -> Command {
    Arguments::parse().command
}

/// What a command that simulates would print, without printing it: for pages, which ask for just what a command line can.
///
/// # Errors
/// When the arguments cannot be used, or the work was told to stop.
pub(crate) fn finished(arguments: &[String], work: &Arc<Work>) -> anyhow::Result<Finished> {
    let given = Arguments::try_parse_from(["gongji"].into_iter().chain(arguments.iter().map(String::as_str)))?;
    match &given.command {
        Command::Simulate(options) => simulate::report(options, work).map(Finished::from),
        Command::Design(command) => design::finished(command, work),
        Command::Budget(command) => budget::finished(command, work),
        Command::Estimate(options) => estimate::report(options, work).map(Finished::from),
        _ => anyhow::bail!("{} 不是模拟的命令", arguments.join(" ")),
    }
}

/// The default of an option of a command, as its help says.
pub(crate) fn default_of(command: &[&str], option: &str) -> Option<String> {
    let mut at = &Arguments::command();
    for name in command {
        at = at.find_subcommand(name)?;
    }
    let option = at.get_arguments().find(|known| known.get_long() == Some(option))?;
    Some(option.get_default_values().first()?.to_str()?.to_owned())
}

/// Runs a `policy` command.
///
/// # Errors
/// When its arguments cannot be used.
pub(crate) fn policy(command: &PolicyCommand) -> anyhow::Result<ExitCode> {
    match command {
        PolicyCommand::List(options) => policy_list::run(options),
        PolicyCommand::Show(options) => policy_show::run(options),
        PolicyCommand::Check(options) => policy_check::run(options),
        PolicyCommand::Coverage(options) => policy_coverage::run(options),
        PolicyCommand::Diff(options) => policy_diff::run(options),
        PolicyCommand::Keys(options) => policy_keys::run(options),
        PolicyCommand::New(options) => policy_new::run(options),
        PolicyCommand::Bless(options) => policy_bless::run(options),
    }
}

/// The exit status of a command: what it says, or 2 when it could not do its work.
pub(crate) fn ended(result: anyhow::Result<ExitCode>) -> ExitCode {
    result.unwrap_or_else(|error| {
        // A reader that has gone (`gongji … | head`) wants no more: that is no error.
        if error.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe) {
            return ExitCode::SUCCESS;
        }
        eprintln!("gongji: {error:#}");
        ExitCode::from(2)
    })
}
