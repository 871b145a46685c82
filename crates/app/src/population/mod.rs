//! Populations (参保人群) as the program finds and keeps them: presets that ship or a file, files of persons and
//! events in and out, and the check against public figures. Must never know a rule of law.

mod check;
mod columns;
mod comma;
mod fault;
mod parquet;
mod presets;
mod read;
mod rows;
#[cfg(test)]
mod tests;
mod write;

pub(crate) use check::{measured, measured_own, targets, violated};
pub(crate) use columns::{dictionary_csv, dictionary_markdown};
pub(crate) use fault::Faults;
pub(crate) use presets::{preset, preset_file, presets};
pub(crate) use read::Files;
pub(crate) use write::{Format, Written, write};

use std::path::Path;

use columns::Layout;
use fault::Fault;

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// Where each column of a layout stands among the names of a file.
fn places(file: &str, names: &[String], layout: &Layout, faults: &mut Faults) -> Vec<Option<usize>> {
    let known = || layout.columns.iter().map(|column| column.name).collect::<Vec<_>>().join("、");
    let fault = |column: &str, given: &str, allowed: String| Fault {
        file: file.to_owned(),
        row: None,
        column: Some(column.to_owned()),
        given: given.to_owned(),
        allowed,
    };
    for (place, name) in names.iter().enumerate() {
        if !layout.columns.iter().any(|column| column.name == name) {
            faults.add(fault(name, "没有这一列", known()));
        } else if names[..place].contains(name) {
            faults.add(fault(name, "出现了两次", "只出现一次".into()));
        }
    }
    let place = |column: &columns::Column| {
        let place = names.iter().position(|name| name == column.name);
        if place.is_none() && column.default.is_none() {
            faults.add(fault(column.name, "缺少", format!("有这一列：{}", column.chinese)));
        }
        place
    };
    layout.columns.iter().map(place).collect()
}
