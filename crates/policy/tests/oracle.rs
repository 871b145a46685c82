//! The engine against the oracle: random histories on the packages that ship, and on random
//! packages built from all concepts of the language. Every amount must be equal.
mod common;

use common::compare::{difference, engine, oracle, oracle_package};
use gongji_oracle::generate::{self, GeneratedCase, Options};
use gongji_policy::{Folder, Library, SourceFile};
use serde_json::{Value, json};

/// States what rules may ask for: the engine refuses to guess it, the oracle does not check input.
fn stated(mut generated: GeneratedCase) -> GeneratedCase {
    let fill = |object: &mut Value, key: &str, value: &str| {
        if object.get(key).is_none() {
            object[key] = Value::from(value);
        }
    };
    fill(&mut generated.case["member"], "birth_date", "1961-03-07");
    for encounter in generated.case["encounters"].as_array_mut().unwrap() {
        fill(encounter, "time", "09:30:00");
        if encounter.get("institution").is_none() {
            encounter["institution"] = json!({});
        }
        fill(&mut encounter["institution"], "id", "H9");
    }
    generated
}

/// How many seeds: more when asked for, so that a long hunt needs no change of code.
fn seeds(default: u64) -> std::ops::Range<u64> {
    let first = std::env::var("GONGJI_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(0);
    let count = std::env::var("GONGJI_SEEDS").ok().and_then(|s| s.parse().ok()).unwrap_or(default);
    first..first + count
}

#[test]
fn engine_equals_oracle_on_the_packages_that_ship() {
    let library = common::shipped();
    let mut compared = 0;
    for folder in common::shipped_folders().iter().filter(|folder| folder.name != "framework") {
        let package = oracle_package(folder);
        for seed in seeds(150) {
            let generated = generate::case(&package, seed);
            let engine = engine(&library, &generated);
            let oracle = oracle(&package, &generated);
            if let Some(difference) = difference(&engine, &oracle) {
                panic!("{} seed {seed}: {difference}\n{}", folder.name, generated.case);
            }
            compared += engine["settlements"].as_array().map_or(0, Vec::len);
        }
    }
    assert!(compared > 1_000, "only {compared} settlements were compared");
}

#[test]
fn engine_equals_oracle_on_random_packages() {
    let (mut compared, mut dead, mut differences, mut refused) = (0, 0, Vec::new(), Vec::new());
    let range = seeds(150);
    for seed in range.clone() {
        let written = generate::package(seed, Options { doubtful: false });
        let files = vec![
            SourceFile { path: "package.toml".into(), text: written.toml.clone().into() },
            SourceFile { path: "source/d.md".into(), text: written.source.clone().into() },
        ];
        let folder = Folder { name: format!("random-{seed}"), files };
        let library = Library::load(std::slice::from_ref(&folder));
        if library.area(&written.area).is_none() {
            let errors = library.faults().iter().filter(|(_, fault)| fault.severity == gongji_policy::Severity::Error);
            // The generator may write a general row that narrower ones cover completely.
            if errors.clone().all(|(_, fault)| fault.code == "dead_row") {
                dead += 1;
                continue;
            }
            let faults: Vec<String> = errors.map(|(_, fault)| fault.line(library.files())).collect();
            refused.push(format!("package seed {seed}: {faults:#?}"));
            continue;
        }
        let package = oracle_package(&folder);
        for case_seed in 0..4 {
            let generated = stated(generate::case(&package, seed * 1000 + case_seed));
            let engine = engine(&library, &generated);
            let oracle = oracle(&package, &generated);
            if let Some(difference) = difference(&engine, &oracle) {
                differences.push(format!("package seed {seed} case seed {case_seed}: {difference}"));
                break;
            }
            compared += engine["settlements"].as_array().map_or(0, Vec::len);
        }
    }
    assert!(differences.is_empty(), "{} of {} packages differ\n{}", differences.len(), range.end - range.start, differences.iter().take(5).cloned().collect::<Vec<_>>().join("\n"));
    assert!(refused.is_empty(), "{} packages are refused\n{}", refused.len(), refused.iter().take(3).cloned().collect::<Vec<_>>().join("\n"));
    assert!(dead * 2 < range.end - range.start, "{dead} packages have dead rows");
    assert!(compared > 500, "only {compared} settlements were compared");
}
