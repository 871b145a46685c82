//! `gongji catalogue`: the catalogues (医保目录) that lines are priced by: import, list, show.

mod import;
mod list;
mod show;

use std::path::Path;
use std::process::ExitCode;

use crate::catalogue::{Folder, Kind, kind, kinds};

/// Import and look at the catalogues (医保目录) that fee lines are priced by
#[derive(clap::Subcommand)]
pub(crate) enum CatalogueCommand {
    Import(import::Options),
    List(list::Options),
    Show(show::Options),
}

/// Runs a `catalogue` command.
///
/// # Errors
/// When its arguments or files cannot be used.
pub(crate) fn run(command: &CatalogueCommand) -> anyhow::Result<ExitCode> {
    match command {
        CatalogueCommand::Import(options) => import::run(options),
        CatalogueCommand::List(options) => list::run(options),
        CatalogueCommand::Show(options) => show::run(options),
    }
}

/// Reads the number of a catalogue.
fn kind_named(text: &str) -> Result<&'static Kind, String> {
    kind(text).ok_or_else(|| format!("没有此目录，应为：{}", kinds::numbers()))
}

/// The catalogue in a folder, or the one that ships.
fn folder(named: Option<&Path>) -> anyhow::Result<Folder> {
    if let Some(folder) = named
        && !folder.is_dir()
    {
        anyhow::bail!("没有目录文件夹 {}：先用 gongji catalogue import 导入", folder.display());
    }
    named.map_or_else(Folder::shipped, Folder::open)
}
