//! `gongji population`: invented or own insured people: generate, check, dictionary.

mod check;
mod dictionary;
mod generate;
mod resettled;

use std::path::PathBuf;
use std::process::ExitCode;

use gongji_population::Preset;

use crate::population;

/// Invent insured people and a year of care (参保人群与就医), check them against public figures
#[derive(clap::Subcommand)]
pub(crate) enum PopulationCommand {
    Generate(generate::Options),
    Check(check::Options),
    Dictionary(dictionary::Options),
}

/// Runs a `population` command.
///
/// # Errors
/// When its arguments or files cannot be used.
pub(crate) fn run(command: &PopulationCommand) -> anyhow::Result<ExitCode> {
    match command {
        PopulationCommand::Generate(options) => generate::run(options),
        PopulationCommand::Check(options) => check::run(options),
        PopulationCommand::Dictionary(options) => dictionary::run(options),
    }
}

/// Which preset (预设).
#[derive(clap::Args)]
pub(crate) struct Which {
    /// Preset of an area by its code, or `national`
    #[arg(long, value_name = "CODE", default_value = "national")]
    area: String,
    /// Preset of your own, a TOML file
    #[arg(long, value_name = "FILE", conflicts_with = "area")]
    preset: Option<PathBuf>,
}

impl Which {
    fn preset(&self) -> anyhow::Result<Preset> {
        self.preset.as_deref().map_or_else(|| population::preset(&self.area), population::preset_file)
    }
}

/// Runs on so many threads; on all when none is said.
fn on<T: Send>(threads: Option<usize>, work: impl FnOnce() -> T + Send) -> anyhow::Result<T> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.unwrap_or(0)).build()?;
    Ok(pool.install(work))
}
