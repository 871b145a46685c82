//! `gongji policy new`: a package folder for an officer to fill in. Copies the texts of
//! `policy/scaffold/`, which load, are checked without errors and decide a visit; never touches a folder
//! that is there, and knows no rule of any area.

use crate::policy::scaffold::{self, NAMES, SCHEMA};
use anstream::stdout;
use anyhow::{Context, bail};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Begin a policy package (政策包) for an area that has none
///
/// Makes the folder AREA-NAME with everything that a package has, and comments in Chinese that lead
/// through docs/guides/add-an-area.md. What is to be filled in is marked 【填】. What is there loads
/// and decides visits as an example (示例), so `gongji policy check` can be run after every change.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Options {
    /// Division code (医保区划) of the area, six digits
    #[arg(value_name = "AREA", value_parser = scaffold::area)]
    area: String,
    /// A short name for the folder, such as `shili`
    #[arg(value_name = "NAME", value_parser = scaffold::short_name)]
    name: String,
    /// The area's name in Chinese, such as 示例市; NAME when left out
    #[arg(long, value_name = "名称", value_parser = scaffold::label)]
    label: Option<String>,
    /// The folder in which the package's folder is made
    #[arg(long, value_name = "DIR", default_value = "policies")]
    dir: PathBuf,
}

const EXAMPLE: &str = "\
EXAMPLE
  gongji policy new 990000 shili --label 示例市 --dir my-areas

EXIT STATUS
  0 the folder was made, 2 it was not: it is there already, or cannot be written";

/// Makes the folder.
///
/// # Errors
/// When it exists already or cannot be written.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let folder = options.dir.join(format!("{}-{}", options.area, options.name));
    if folder.exists() {
        bail!("{} 已经存在，没有改动；换一个名称，或用 --dir 换一个文件夹", folder.display());
    }
    let schema = schema_from(&options.dir);
    let label = options.label.as_ref().unwrap_or(&options.name);
    for (name, text) in scaffold::files(&options.area, label, &schema) {
        write(&folder.join(name), &text)?;
    }
    stdout().write_all(next_steps(&folder, &options.area).as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// Where a package's folder in `dir` finds the schema: as many levels up as the first folder that has it.
fn schema_from(dir: &Path) -> String {
    let found = std::path::absolute(dir).ok().and_then(|dir| {
        let levels = dir.ancestors().position(|up| up.join(SCHEMA.trim_start_matches("../")).is_file())?;
        Some(format!("{}{}", "../".repeat(levels + 1), SCHEMA.trim_start_matches("../")))
    });
    found.unwrap_or_else(|| SCHEMA.to_owned())
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let parent = path.parent().unwrap_or(path);
    fs::create_dir_all(parent).with_context(|| format!("不能建文件夹 {}", parent.display()))?;
    // Whatever came there in the meantime is not written over.
    let mut file = fs::File::create_new(path).with_context(|| format!("不能写 {}", path.display()))?;
    file.write_all(text.as_bytes()).with_context(|| format!("不能写 {}", path.display()))
}

fn next_steps(folder: &Path, area: &str) -> String {
    let folder = folder.display();
    let files: Vec<String> = NAMES.iter().map(|name| format!("  {folder}/{name}")).collect();
    let case = format!(
        r#"{{"id": "1", "pooling_area": "{area}", "member": {{"status": "active"}}, "encounters": [{{"id": "1", "date": "2024-01-01", "care_type": "ordinary_outpatient", "institution": {{"class": "tertiary"}}, "charges": [{{"amount": "1000.00"}}]}}]}}"#
    );
    format!(
        "已建好：\n{}\n\n接着：\n  1. 把条文摘进 {folder}/source/，一条一个标题\n  2. 照条文填各处【填】：grep -rn 【填】 {folder}\n  \
         3. 每改一处都检查：gongji policy check {folder}\n  4. 试算一次就诊：\n     echo '{case}' |\n       \
         gongji explain --policies {folder}\n\n逐步的说明：docs/guides/add-an-area.md\n",
        files.join("\n")
    )
}
