//! The presets (预设) that are part of the program, and those that a user gives.

use std::path::Path;

use anyhow::Context as _;
use gongji_population::Preset;
use include_dir::{Dir, include_dir};

static SHIPPED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../populations");

/// What is no preset in that folder.
const TARGETS: &str = "targets.toml";

/// The targets, as text.
pub(super) const TARGETS_TEXT: &str = include_str!("../../../../populations/targets.toml");

/// Names of the presets that ship: the nation, then areas by their codes.
pub(crate) fn presets() -> Vec<&'static str> {
    let mut names: Vec<&str> = SHIPPED
        .files()
        .filter(|file| file.path() != Path::new(TARGETS))
        .filter_map(|file| file.path().file_stem()?.to_str())
        .collect();
    names.sort_by_key(|name| (name.starts_with(|first: char| first.is_ascii_digit()), *name));
    names
}

fn shipped(name: &str) -> Option<&'static str> {
    SHIPPED.get_file(format!("{name}.toml"))?.contents_utf8().filter(|_| presets().contains(&name))
}

/// A preset that ships, by the code of its area, or `national`.
///
/// # Errors
/// When there is none of this name.
pub(crate) fn preset(name: &str) -> anyhow::Result<Preset> {
    let text = shipped(name).with_context(|| format!("没有 {name} 的人群预设，应为：{}", presets().join("、")))?;
    Ok(Preset::read(&format!("populations/{name}.toml"), text, owned)?)
}

/// A preset of the user's own.
///
/// # Errors
/// When the file cannot be read or is no preset.
pub(crate) fn preset_file(path: &Path) -> anyhow::Result<Preset> {
    let text = std::fs::read_to_string(path).with_context(|| format!("不能读 {}", path.display()))?;
    Ok(Preset::read(&path.display().to_string(), &text, owned)?)
}

fn owned(name: &str) -> Option<String> {
    shipped(name).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_that_ships_can_be_read() {
        assert_eq!(presets(), ["national", "211200", "320700", "360100", "500000"]);
        for name in presets() {
            let preset = preset(name).unwrap_or_else(|fault| panic!("{fault:#}"));
            assert_eq!(preset.code, name);
        }
    }
}
