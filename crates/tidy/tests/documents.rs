//! Policy packages are complete, and documents tell the truth about what exists.

use std::fs;

use gongji_tidy::{File, files, none, root};

fn folders(below: &str) -> Vec<String> {
    let entries = fs::read_dir(root().join(below)).expect("a folder");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("an entry"))
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn every_policy_package_is_complete() {
    let mut faults = Vec::new();
    let examples = folders("policies/examples").into_iter().map(|name| format!("examples/{name}"));
    let shipped = folders("policies").into_iter().filter(|name| !["framework", "examples"].contains(&name.as_str()));
    for name in &shipped.chain(examples).collect::<Vec<String>>() {
        let here = files(&format!("policies/{name}"));
        let has = |part: &str| here.iter().any(|file| file.path.starts_with(&format!("policies/{name}/{part}")));
        for part in ["package.toml", "source/", "cases/", "CHANGELOG.md"] {
            if !has(part) {
                faults.push(format!("policies/{name}: without {part}"));
            }
        }
        let package = here.iter().find(|file| file.path.ends_with("/package.toml"));
        let area = package.and_then(|file| file.text.parse::<toml::Table>().ok()).and_then(|table| {
            let area = table.get("package")?.get("area")?.as_str()?;
            Some(area.to_owned())
        });
        if !area.is_some_and(|area| {
            area.len() == 6 && name.trim_start_matches("examples/").starts_with(&format!("{area}-"))
        }) {
            faults.push(format!("policies/{name}: the folder is not named <area>-<name>"));
        }
    }
    none(&faults);
}

#[test]
fn every_document_of_a_package_has_its_quoted_articles() {
    let mut faults = Vec::new();
    for file in files("policies").iter().filter(|file| file.path.ends_with(".toml")) {
        let Ok(table) = file.text.parse::<toml::Table>() else {
            faults.push(format!("{}: not TOML", file.path));
            continue;
        };
        let documents = table.get("document").and_then(toml::Value::as_table);
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for key in documents.into_iter().flat_map(|documents| documents.keys()) {
            let source = format!("{folder}/source/{key}.md");
            if !root().join(&source).is_file() {
                faults.push(format!("{}: document.{key} without {source}", file.path));
            }
        }
    }
    none(&faults);
}

/// The Markdown files outside the packages.
fn documents() -> Vec<File> {
    let mut found = files(".");
    found.retain(|file| file.path.ends_with(".md") && !file.path.starts_with("policies/"));
    found
}

#[test]
fn links_between_documents_lead_somewhere() {
    let mut faults = Vec::new();
    for file in documents() {
        let folder = root().join(&file.path);
        let folder = folder.parent().expect("a file lies in a folder");
        for (at, _) in file.text.match_indices("](") {
            let target = file.text[at + 2..].split(')').next().unwrap_or_default();
            let target = target.split('#').next().unwrap_or_default();
            if !target.is_empty() && !target.contains("://") && !folder.join(target).exists() {
                faults.push(format!("{}: {target} is not there", file.path));
            }
        }
    }
    none(&faults);
}

/// `crates/x/src/y.rs#name` in a document names a function, mostly a test, that must exist.
#[test]
fn tests_named_in_documents_exist() {
    let mut faults = Vec::new();
    let mut named = 0;
    for file in documents() {
        for name in file.text.split('`').filter(|name| name.starts_with("crates/") && name.contains(".rs#")) {
            let Some((path, function)) = name.split_once('#') else { continue };
            named += 1;
            let text = fs::read_to_string(root().join(path)).unwrap_or_default();
            if !text.contains(&format!("fn {function}(")) {
                faults.push(format!("{}: {name} is not there", file.path));
            }
        }
    }
    none(&faults);
    assert!(named > 0, "ARCHITECTURE.md names the test that holds each invariant");
}

#[test]
fn files_named_in_documents_exist() {
    let mut faults = Vec::new();
    for file in documents() {
        for name in file.text.split('`').filter(|name| name.starts_with("crates/") || name.starts_with("policies/")) {
            let path = name.split('#').next().unwrap_or_default();
            let plain = path.chars().all(|c| c.is_alphanumeric() || "/._-".contains(c));
            if plain && !root().join(path).exists() {
                faults.push(format!("{}: {path} is not there", file.path));
            }
        }
    }
    none(&faults);
}

#[test]
fn both_readmes_have_the_same_shape() {
    let shape = |name: &str| {
        let text = fs::read_to_string(root().join(name)).expect("a README");
        let mut fenced = false;
        let mut shape = Vec::new();
        for line in text.lines() {
            if line.starts_with("```") {
                fenced = !fenced;
            }
            if fenced {
                shape.push(line.to_owned());
            } else if line.starts_with('#') {
                shape.push(line.split(' ').next().unwrap_or_default().to_owned());
            }
        }
        shape
    };
    assert_eq!(shape("README.md"), shape("README.zh-CN.md"), "same headings, same commands and outputs");
}
