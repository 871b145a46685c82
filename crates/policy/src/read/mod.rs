//! From TOML to the package model. Reports every fault it meets and reads on.
//! Checks shapes only: whether a name exists or a table is total is checked when it is resolved.

mod account;
mod benefit;
mod facts;
mod frame;
mod table;

use crate::fault::{At, Fault};
use crate::fields::Fields;
use crate::model::{Package, Word};
use crate::node::{Key, Node, Value, parse};
use crate::schema::{FRAMEWORK, Group, ROOT};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Reads the files of one package, each with its number, into one model.
pub(crate) fn package(files: &[(u16, &str)], faults: &mut Vec<Fault>) -> Package {
    top(files, &ROOT, faults)
}

/// Reads a file of `framework/`: documents and bounds.
pub(crate) fn framework(file: (u16, &str), faults: &mut Vec<Fault>) -> Package {
    top(&[file], &FRAMEWORK, faults)
}

fn top(files: &[(u16, &str)], group: &'static Group, faults: &mut Vec<Fault>) -> Package {
    let mut entries: Vec<(Key, Node)> = Vec::new();
    for (file, text) in files {
        if let Value::Table(top) = parse(*file, text, faults).value {
            for (key, node) in top {
                merge(&mut entries, key, node, faults);
            }
        }
    }
    let at = files.first().map(|(file, _)| At { file: *file, start: 0, end: 0 }).unwrap_or_default();
    let root = Node { at, value: Value::Table(entries) };
    let mut package = Package { at, ..Package::default() };
    if let Some(fields) = Fields::of(&root, group, faults) {
        frame::read_shared(&fields, &mut package, faults);
        if fields.offers("package") {
            frame::read(&fields, &mut package, faults);
            facts::read(&fields, &mut package, faults);
            benefit::read(&fields, &mut package, faults);
            account::read(&fields, &mut package, faults);
        }
        fields.finish(faults);
    }
    package
}

/// Tables of the same name in different files are one table; anything else may be written once.
fn merge(entries: &mut Vec<(Key, Node)>, key: Key, node: Node, faults: &mut Vec<Fault>) {
    let Some((earlier_key, earlier)) = entries.iter_mut().find(|(earlier, _)| earlier.name == key.name) else {
        entries.push((key, node));
        return;
    };
    match (&mut earlier.value, node.value) {
        (Value::Table(into), Value::Table(from)) => {
            for (key, node) in from {
                merge(into, key, node, faults);
            }
        }
        (Value::List(into), Value::List(from)) if earlier_key.name == "bound" || earlier_key.name == "institution" => {
            into.extend(from);
        }
        _ => {
            let found = format!("{} 在另一个文件里已经写过", key.name);
            faults.push(Fault::error("duplicate_key", key.at, found, "同一项只能写一次"));
        }
    }
}

/// The citations of a part: one anchor or several.
fn cites(fields: &Fields<'_>, faults: &mut Vec<Fault>) -> Vec<Word> {
    words(fields, "cite", faults)
}

fn words(fields: &Fields<'_>, name: &'static str, faults: &mut Vec<Fault>) -> Vec<Word> {
    fields.texts(name, faults).into_iter().map(|(at, text)| Word { at, text }).collect()
}

fn word(fields: &Fields<'_>, name: &'static str, faults: &mut Vec<Fault>) -> Option<Word> {
    fields.text(name, faults).map(|(at, text)| Word { at, text })
}

fn text(fields: &Fields<'_>, name: &'static str, faults: &mut Vec<Fault>) -> Option<String> {
    fields.text(name, faults).map(|(_, text)| text)
}

fn word_of(node: &Node, faults: &mut Vec<Fault>) -> Option<Word> {
    match &node.value {
        Value::Text(text) => Some(Word { at: node.at, text: text.clone() }),
        _ => {
            faults.push(node.unexpected("文字"));
            None
        }
    }
}

fn key_word(key: &Key) -> Word {
    Word { at: key.at, text: key.name.clone() }
}

fn items<'a>(fields: &Fields<'a>, name: &'static str) -> &'a [Node] {
    fields.get(name).map(Node::one_or_many).unwrap_or_default()
}
