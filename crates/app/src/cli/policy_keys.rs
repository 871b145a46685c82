//! `gongji policy keys`: every key of a package, for people and for editors. Prints what the
//! reader's own table says and knows no key itself.

use anstream::stdout;
use gongji_policy::schema;
use std::io::Write;
use std::process::ExitCode;

/// Print every key (键) of a policy package: a reference, or a JSON Schema for editors
///
/// Both are written from the table that the reader itself uses. Editors (Taplo, Even Better TOML)
/// complete, explain and check a package when the first line of its files names the schema:
/// `#:schema package.schema.json`.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Options {
    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Markdown)]
    format: Format,
}

/// A form of the reference.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    /// Tables for people, in Chinese and English (键的参考)
    Markdown,
    /// A JSON Schema for editors (供编辑器补全和检查)
    JsonSchema,
}

const EXAMPLE: &str = "\
EXAMPLE
  gongji policy keys | less
  gongji policy keys --format json-schema > package.schema.json";

/// Prints the keys.
///
/// # Errors
/// When they cannot be written.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let text = match options.format {
        Format::Markdown => schema::markdown(),
        Format::JsonSchema => schema::json_schema(),
    };
    stdout().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
