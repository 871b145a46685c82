//! The key reference and the JSON Schema for editors: both are what the code writes, and every
//! package at hand fits the schema as an editor applies it. Knows nothing of what rules mean.

use gongji_policy::schema;
use jsonschema::Validator;
use serde_json::Value as Json;
use std::fs;
use std::path::{Path, PathBuf};

fn written(name: &str) -> String {
    fs::read_to_string(format!("../../docs/reference/{name}")).unwrap_or_default()
}

/// The schema that is checked in, as an editor applies it.
fn editor() -> Validator {
    let schema: Json = serde_json::from_str(&written("package.schema.json")).unwrap();
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
}

/// A file as editors show it to a schema: dates are texts.
fn shown(text: &str) -> Json {
    json(toml::Value::Table(text.parse().unwrap()))
}

fn json(value: toml::Value) -> Json {
    match value {
        toml::Value::Datetime(day) => day.to_string().into(),
        toml::Value::Array(items) => items.into_iter().map(json).collect(),
        toml::Value::Table(entries) => entries.into_iter().map(|(key, value)| (key, json(value))).collect(),
        plain => serde_json::to_value(plain).unwrap(),
    }
}

/// The files of packages; an area's own estimate lies beside its rules and is none of them.
fn toml_files(below: &Path, found: &mut Vec<PathBuf>) {
    for path in fs::read_dir(below).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() && path.ends_with("estimate") {
            continue;
        } else if path.is_dir() {
            toml_files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "toml") {
            found.push(path);
        }
    }
}

#[test]
fn the_reference_of_keys_is_up_to_date() {
    let same = written("package-keys.md") == schema::markdown();
    assert!(same, "gongji policy keys > docs/reference/package-keys.md");
}

#[test]
fn the_schema_for_editors_is_up_to_date() {
    let same = written("package.schema.json") == schema::json_schema();
    assert!(same, "gongji policy keys --format json-schema > docs/reference/package.schema.json");
}

#[test]
fn every_package_at_hand_fits_the_schema() {
    let editor = editor();
    for (root, least) in
        [("../../policies", 15), ("../../docs/examples", 3), ("tests/areas", 4), ("../app/src/policy/scaffold", 3)]
    {
        let mut files = Vec::new();
        toml_files(Path::new(root), &mut files);
        assert!(files.len() >= least, "{root}: {files:?}");
        for file in files {
            let file_json = shown(&fs::read_to_string(&file).unwrap());
            let faults: Vec<String> =
                editor.iter_errors(&file_json).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
            assert!(faults.is_empty(), "{}\n{}", file.display(), faults.join("\n"));
        }
    }
}

#[test]
fn an_unknown_key_or_a_value_of_another_type_is_refused() {
    let editor = editor();
    let fine = "[benefit.x]\nfund = \"310100\"\nrate = { rows = [{ is = \"60%\" }] }";
    assert!(editor.is_valid(&shown(fine)));
    for wrong in [
        "chian = []",
        "[package]\nname = \"x\"",
        "[benefit.x]\nfundd = \"310100\"",
        "[benefit.x]\nfund = \"1\"",
        "[benefit.x]\nfund = 310100",
        "[benefit.x]\nfrom = \"tomorrow\"",
        "[benefit.x]\nrate = { rows = [{ is = 0.6 }] }",
        "[benefit.x]\nrate = { rows = [{ is = \"60%\", until = true }] }",
        "[[benefit.x.deductible]]\nper = \"fortnight\"\nrows = [{ is = \"1.00\" }]",
    ] {
        assert!(!editor.is_valid(&shown(wrong)), "{wrong}");
    }
}
