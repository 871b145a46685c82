//! A preset upon another: figures are replaced whole, so that no value keeps a reason that is not its own.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use toml::de::{DeTable, DeValue};
use toml::{Table, Value};

/// What a preset extends, if anything.
pub(super) fn extended(text: &str) -> Result<Option<String>, String> {
    let table: Table = text.parse().map_err(|error: toml::de::Error| format!("不是 TOML：{error}"))?;
    match table.get("extends") {
        None => Ok(None),
        Some(Value::String(name)) => Ok(Some(name.clone())),
        Some(_) => Err("extends：应为预设的名称，写在引号内".into()),
    }
}

/// The base with what the text says otherwise, and the paths that it says otherwise.
pub(super) fn merge(mut base: Table, text: &str) -> Result<(Table, BTreeSet<String>), String> {
    let placed = DeTable::parse(text).map_err(|error| error.to_string())?;
    known(text, &base, placed.get_ref())?;
    let over: Table = text.parse().map_err(|error: toml::de::Error| error.to_string())?;
    let mut paths = BTreeSet::new();
    for (key, value) in over {
        match (base.get_mut(&key), value) {
            (Some(Value::Table(section)), Value::Table(figures)) => {
                for (name, figure) in figures {
                    paths.insert(format!("{key}.{name}"));
                    section.insert(name, figure);
                }
            }
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
    Ok((base, paths))
}

/// Refuses what the base does not have: the base is whole.
fn known(text: &str, base: &Table, over: &DeTable<'_>) -> Result<(), String> {
    for (key, value) in over {
        let name: &str = key.get_ref();
        if name == "extends" {
            continue;
        }
        let Some(section) = base.get(name) else {
            return Err(unknown(text, key.span().start, name, base));
        };
        match (section, value.get_ref()) {
            (Value::Table(section), DeValue::Table(figures)) => {
                for figure in figures.keys() {
                    if !section.contains_key::<str>(figure.get_ref()) {
                        return Err(unknown(
                            text,
                            figure.span().start,
                            &format!("{name}.{}", figure.get_ref()),
                            section,
                        ));
                    }
                }
            }
            (Value::Table(_), _) => {
                return Err(format!("第 {} 行 {name}：应为一节 [{name}]", line(text, key.span().start)));
            }
            _ => {}
        }
    }
    Ok(())
}

fn unknown(text: &str, at: usize, name: &str, allowed: &Table) -> String {
    let allowed: alloc::vec::Vec<&str> = allowed.keys().map(String::as_str).collect();
    format!("第 {} 行 {name}：没有这一项，应为 {}", line(text, at), allowed.join("、"))
}

fn line(text: &str, at: usize) -> usize {
    text.as_bytes()[..at.min(text.len())].iter().filter(|byte| **byte == b'\n').count() + 1
}
