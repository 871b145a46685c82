//! `gongji catalogue list`: which versions of which catalogues there are.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::catalogue::folder;
use crate::catalogue::kinds::kinds;
use crate::cli::paint;

/// List the catalogues (医保目录): versions, dates, rows
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Options {
    /// The folder of the catalogues; without it the fictitious ones that ship
    #[arg(long, value_name = "DIR")]
    catalogue: Option<PathBuf>,
}

const EXAMPLE: &str = "\
EXAMPLES
  gongji catalogue list
  gongji catalogue list --catalogue catalogue";

/// Lists them.
///
/// # Errors
/// When the folder cannot be read.
pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let kept = super::folder(options.catalogue.as_deref())?;
    let mut table = paint::boxed(&["目录", "名称", "版本", "导入时间", "行数", "来源"], paint::width());
    for kind in kinds() {
        for version in kept.versions(kind) {
            let manifest = &version.manifest;
            table.add_row([
                kind.number,
                kind.title,
                &folder::name(version.number),
                &manifest.imported,
                &paint::thousands(&manifest.rows.to_string()),
                &manifest.sources.join("、"),
            ]);
        }
    }
    paint::right(&mut table, 4);
    writeln!(anstream::stdout(), "{table}")?;
    Ok(ExitCode::SUCCESS)
}
