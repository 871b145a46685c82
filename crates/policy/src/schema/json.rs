//! The JSON Schema of package files, for editors.

use super::values::VALUES;
use super::{CONDITION, Form, GROUPS, Group, Key, Need, ROOT, Word};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use gongji_domain::FundCode;
use serde_json::{Map, Value, json};

/// The schema `docs/reference/package.schema.json` (draft 2020-12).
pub fn json_schema() -> String {
    let mut definitions = Map::new();
    for value in VALUES.iter().filter(|value| !value.pattern.is_empty()) {
        let schema =
            json!({"type": "string", "pattern": value.pattern, "description": described(value.chinese, value.english)});
        definitions.insert(value.name.into(), schema);
    }
    for group in GROUPS.iter().filter(|group| group.name != ROOT.name) {
        definitions.insert(group.name.into(), object(group));
    }
    definitions.insert("constant".into(), json!({"type": ["string", "integer", "boolean"]}));
    definitions.insert("value".into(), any([json!({"type": "string"}), json!({"type": "boolean"}), to("formula")]));
    let conditions = any([one_or_more(to("constant")), to(CONDITION.name)]);
    definitions.insert("conditions".into(), json!({"type": "object", "additionalProperties": conditions}));
    let mut schema = object(&ROOT);
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    schema["title"] = "共济政策包 Gongji policy package".into();
    schema["$defs"] = Value::Object(definitions);
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}

fn described(chinese: &str, english: &str) -> String {
    format!("{chinese}\n\n{english}")
}

fn object(group: &Group) -> Value {
    let properties: Map<String, Value> = group.keys().map(|key| (key.name.into(), property(key))).collect();
    let required: Vec<&str> = group.keys().filter(|key| key.required).map(|key| key.name).collect();
    let mut schema = json!({
        "type": "object",
        "description": described(group.chinese, group.english),
        "properties": properties,
        "additionalProperties": false,
    });
    if !required.is_empty() {
        schema["required"] = required.into();
    }
    let needs: Vec<Value> = group.needs.iter().map(need).collect();
    if !needs.is_empty() {
        schema["allOf"] = needs.into();
    }
    schema
}

fn need(need: &Need) -> Value {
    let each = |names: &[&str]| names.iter().map(|name| json!({"required": [name]})).collect::<Vec<_>>();
    match need {
        Need::One(names) => json!({"oneOf": each(names)}),
        Need::Any(names) => json!({"anyOf": each(names)}),
        Need::With(name, other) => json!({"dependentRequired": {*name: [other]}}),
        Need::Alone(name) => json!({"if": {"required": [name]}, "then": {"maxProperties": 1}}),
    }
}

fn property(key: &Key) -> Value {
    let mut schema = form(&key.form);
    schema["description"] = described(key.chinese, key.english).into();
    schema
}

fn to(definition: &str) -> Value {
    json!({"$ref": format!("#/$defs/{definition}")})
}

fn any<const N: usize>(schemas: [Value; N]) -> Value {
    json!({"anyOf": schemas.to_vec()})
}

fn list(item: Value) -> Value {
    json!({"type": "array", "items": item})
}

fn one_or_more(item: Value) -> Value {
    any([item.clone(), list(item)])
}

fn named(item: Value) -> Value {
    json!({"type": "object", "additionalProperties": item})
}

fn words(words: &[Word]) -> Value {
    let described: Vec<Value> =
        words.iter().map(|(word, meaning)| json!({"const": word, "description": meaning})).collect();
    json!({"oneOf": described})
}

fn form(form: &Form) -> Value {
    let text = || json!({"type": "string"});
    match form {
        Form::Text => text(),
        Form::Texts => one_or_more(text()),
        Form::Word(allowed) => words(allowed),
        Form::Words(allowed) => one_or_more(words(allowed)),
        Form::Cites => one_or_more(to("article")),
        Form::Flag => json!({"type": "boolean"}),
        Form::Whole => json!({"type": "integer"}),
        Form::WholeIn(least, most) => json!({"type": "integer", "minimum": least, "maximum": most}),
        Form::Wholes(least, most) => one_or_more(json!({"type": "integer", "minimum": least, "maximum": most})),
        Form::Day => json!({"type": "string", "format": "date"}),
        Form::Moneys => one_or_more(to("money")),
        Form::Rate => to("rate"),
        Form::Rates => one_or_more(to("rate")),
        Form::Rounding => to("rounding"),
        Form::Addition => to("addition"),
        Form::Span => to("span"),
        Form::Area => to("area"),
        Form::MonthDay => to("month_day"),
        Form::Fund { account } => fund(*account),
        Form::Scalar => to("constant"),
        Form::Scalars => one_or_more(to("constant")),
        Form::Pattern => to("conditions"),
        Form::Value => to("value"),
        Form::Values => one_or_more(to("value")),
        Form::ValueOr(group) => any([text(), json!({"type": "boolean"}), to(group.name)]),
        Form::Across => {
            let columns = one_or_more(any([one_or_more(to("constant")), to(CONDITION.name)]));
            json!({"type": "object", "additionalProperties": columns, "minProperties": 1, "maxProperties": 1})
        }
        Form::Along => named(one_or_more(text())),
        Form::Parents => named(text()),
        Form::NamedCites => named(one_or_more(to("article"))),
        Form::Starts(row, rows) => {
            any([to("month_day"), to(row.name), list(any([to("month_day"), to(row.name)])), to(rows.name)])
        }
        Form::Table(group) => to(group.name),
        Form::Tables(group) => one_or_more(to(group.name)),
        Form::Named(group) => named(to(group.name)),
    }
}

fn fund(account: bool) -> Value {
    let described = |fund: FundCode| json!({"const": format!("{fund}"), "description": fund.name()});
    let mut funds: Vec<Value> = FundCode::all().map(described).collect();
    if account {
        funds.push(json!({"const": "account.current", "description": "当年账户"}));
        funds.push(json!({"const": "account.prior", "description": "历年账户"}));
    }
    json!({"oneOf": funds})
}
