//! Answers quote cases (one JSON object a line) from standard input with the oracle.
//!
//! Arguments: package folders; every `*.toml` directly in a folder is read.

use std::io::{BufRead, stdin};
use std::path::Path;
use std::{env, fs};

use gongji_oracle::{Package, answer};

fn read_package(folder: &Path) -> Result<Package, String> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(|fault| format!("{}: {fault}", folder.display()))? {
        let path = entry.map_err(|fault| fault.to_string())?.path();
        if path.extension().is_some_and(|ending| ending == "toml") {
            let text = fs::read_to_string(&path).map_err(|fault| fault.to_string())?;
            files.push((path.display().to_string(), text));
        }
    }
    files.sort();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    Package::from_toml(&files)
}

fn main() -> Result<(), String> {
    let packages = env::args().skip(1).map(|folder| read_package(Path::new(&folder))).collect::<Result<Vec<_>, _>>()?;
    for line in stdin().lock().lines() {
        let line = line.map_err(|fault| fault.to_string())?;
        let case = serde_json::from_str(&line).map_err(|fault| fault.to_string())?;
        println!("{}", answer(&packages, &case, None));
    }
    Ok(())
}
