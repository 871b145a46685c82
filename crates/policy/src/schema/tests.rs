//! The table of keys against the reader and against the schema that is written from it.
extern crate std;

use super::*;
use crate::fault::Fault;
use crate::node::{Value, parse};
use crate::read;
use alloc::collections::BTreeSet;
use alloc::string::ToString;
use jsonschema::Validator;
use serde_json::Value as Json;

/// The schema as an editor applies it.
fn editor() -> Validator {
    let schema: Json = serde_json::from_str(&json_schema()).unwrap();
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
}

/// A TOML file as editors show it to a schema: dates are texts.
fn shown(text: &str) -> Json {
    json(&parse(0, text, &mut Vec::new()).value)
}

fn json(value: &Value) -> Json {
    match value {
        Value::Text(text) => text.as_str().into(),
        Value::Whole(number) => (*number).into(),
        Value::Flag(flag) => (*flag).into(),
        Value::Day(day) => day.to_string().into(),
        Value::Float(number) => serde_json::from_str(number).unwrap(),
        Value::List(items) => items.iter().map(|item| json(&item.value)).collect(),
        Value::Table(entries) => entries.iter().map(|(key, node)| (key.name.clone(), json(&node.value))).collect(),
    }
}

/// A text that is of no form.
const NONSENSE: &str = "不是 这个";

/// A file with this line in the table's frame, and whatever else the table asks for.
fn sample(group: &'static Group, key: &'static Key, line: &str) -> String {
    let mut lines: Vec<(&str, &str)> = alloc::vec![(key.name, line)];
    let add = |name: &'static str, lines: &mut Vec<(&str, &str)>| {
        if !lines.iter().any(|(known, _)| *known == name) {
            lines.push((name, group.key(name).unwrap().example));
        }
    };
    for required in group.keys().filter(|key| key.required) {
        add(required.name, &mut lines);
    }
    for need in group.needs {
        match need {
            Need::One(names) | Need::Any(names) if !names.contains(&key.name) => add(names[0], &mut lines),
            Need::With(name, other) if lines.iter().any(|(known, _)| known == name) => add(other, &mut lines),
            _ => {}
        }
    }
    let lines: Vec<&str> = lines.into_iter().map(|(_, line)| line).collect();
    let between = if group.frame.contains("{ … }") { ", " } else { "\n" };
    group.frame.replace('…', &lines.join(between))
}

fn read_faults(group: &Group, text: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    if group.name == FRAMEWORK.name {
        read::framework((0, text), &mut faults);
    } else {
        read::package(&[(0, text)], &mut faults);
    }
    faults
}

fn every_key() -> impl Iterator<Item = (&'static Group, &'static Key)> {
    GROUPS.iter().flat_map(|group| group.keys().map(|key| (*group, key)))
}

#[test]
fn every_table_is_listed_once_and_every_key_explained() {
    let listed: BTreeSet<&str> = GROUPS.iter().map(|group| group.name).collect();
    assert_eq!(listed.len(), GROUPS.len());
    for (group, key) in every_key() {
        let place = format!("{}.{}", group.name, key.name);
        assert_eq!(group.keys().filter(|other| other.name == key.name).count(), 1, "{place} stands twice");
        assert!(key.form.group().is_none_or(|inner| listed.contains(inner.name)), "{place}: its table is not listed");
        assert!(key.chinese.contains('：') && key.meaning().chars().count() <= 8, "{place}: {}", key.meaning());
        assert!(!key.english.is_empty() && key.example.starts_with(key.name), "{place}");
    }
}

#[test]
fn the_reader_reads_every_key_as_its_example_has_it() {
    for (group, key) in every_key() {
        let text = sample(group, key, key.example);
        let faults = read_faults(group, &text);
        assert!(faults.is_empty(), "{}.{}\n{text}\n{faults:#?}", group.name, key.name);
    }
}

#[test]
fn a_key_that_is_not_in_the_table_is_refused_with_those_that_are() {
    for group in GROUPS {
        let key = group.keys().next().unwrap();
        let text = sample(group, key, key.example);
        let unknown = if group.frame.contains("{ … }") { "citte = 1, " } else { "citte = 1\n" };
        let text = text.replacen(key.example, &format!("{unknown}{}", key.example), 1);
        let faults = read_faults(group, &text);
        assert_eq!(faults.len(), 1, "{text}\n{faults:#?}");
        assert_eq!(faults[0].code, "unknown_key");
        assert!(faults[0].allowed.contains(&format!("{}（{}）", key.name, key.meaning())), "{}", faults[0]);
    }
}

#[test]
fn the_schema_lets_the_examples_through() {
    let editor = editor();
    for (group, key) in every_key() {
        let text = sample(group, key, key.example);
        assert!(editor.is_valid(&shown(&text)), "{}.{}\n{text}", group.name, key.name);
    }
}

/// What the reader refuses by its kind, the schema refuses, and the other way round.
#[test]
fn reader_and_schema_agree_on_the_kind_of_every_value() {
    let editor = editor();
    let mut differ = Vec::new();
    for (group, key) in every_key() {
        for value in [&format!("\"{NONSENSE}\""), "7", "true", "1.5", "[[]]", "{ zzz = 1 }"] {
            // That an article exists, or a name, is looked at when all files are read.
            if value.starts_with('"') && matches!(key.form, Form::Cites) {
                continue;
            }
            let text = sample(group, key, &format!("{} = {value}", key.name));
            let mut faults = read_faults(group, &text);
            // How many there are is no matter of kind.
            faults.retain(|fault| !fault.code.ends_with("_shape"));
            if editor.is_valid(&shown(&text)) != faults.is_empty() {
                differ.push(format!("{text}\n{faults:#?}"));
            }
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n\n"));
}

#[test]
fn every_word_is_understood_where_it_is_used() {
    for (group, key) in every_key() {
        for (word, _) in key.form.words() {
            let text = sample(group, key, &format!("{} = \"{word}\"", key.name));
            assert_eq!(read_faults(group, &text), [], "{text}");
            let package = read::package(&[(0, &text)], &mut Vec::new());
            let mut faults = Vec::new();
            crate::compile::compile(package, crate::Articles::default(), &mut faults);
            let found: Vec<&Fault> =
                faults.iter().filter(|fault| fault.found.contains(&format!("\"{word}\""))).collect();
            // A month that carries and a period that opens ask for another key beside them.
            let alone = matches!(*word, "opened") || key.name == "carry";
            assert!(found.is_empty() || alone, "{text}\n{found:#?}");
        }
    }
}

#[test]
fn a_word_that_is_not_allowed_is_refused_with_those_that_are() {
    let text = "[benefit.ordinary_outpatient]\ndeductible = [{ per = \"years\", rows = [{ is = \"200.00\" }] }]";
    let faults = read_faults(&ROOT, text);
    assert_eq!(faults.len(), 1);
    assert_eq!(
        faults[0].to_string(),
        "错误[invalid_value] per = \"years\"；是否想写 year？可用：\"year\"（每个待遇年度）、\"month\"（每月）、\"day\"（每日）、\
         \"visit\"（每次就诊）、\"life\"（终身）、\"opened\"（自首次就诊起一段时间，时长写在 lasts）"
    );
}

#[test]
fn a_key_that_means_nothing_where_it_stands_is_refused() {
    let text = "[fact.level]\nvalues = [\"a\", \"b\"]\ncite = \"d:1\"\nuntil = 2024-01-01";
    let codes: Vec<&str> = read_faults(&ROOT, text).iter().map(|fault| fault.code).collect();
    assert_eq!(codes, ["unused_key", "missing_key"]);
    let text = "[benefit.x]\nrate = { rows = [{ is = \"60%\" }], per = \"year\" }";
    let codes: Vec<&str> = read_faults(&ROOT, text).iter().map(|fault| fault.code).collect();
    assert_eq!(codes, ["unknown_key"]);
}
