//! Whatever is accepted as JSON reads back the same after it was written anew.

use proptest::prelude::*;
use std::borrow::Cow;

use crate::his::json::{Json, read, read_text};
use crate::his::profile;

/// Numbers in every spelling that JSON has.
fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,12})?([eE][+-]?[0-9]{1,3})?",
        "(0|[1-9][0-9]{0,7})\\.[0-9]{2}",
        "-?0(\\.0{1,4})?",
    ]
}

fn value() -> impl Strategy<Value = Json<'static>> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Bool),
        number().prop_map(|digits| Json::Number(digits.into())),
        any::<String>().prop_map(|text| Json::Text(text.into())),
        "[0-9]{1,6}\\.[0-9]{2}|null||演示[甲乙]".prop_map(|text| Json::Text(text.into())),
    ];
    leaf.prop_recursive(4, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Json::List),
            prop::collection::btree_map("[a-z_]{1,8}|[\\x00-\\x7f]{0,4}|[甲乙]", inner, 0..6).prop_map(|pairs| {
                Json::Object(pairs.into_iter().rev().map(|(name, value)| (name.into(), value)).collect())
            }),
        ]
    })
}

/// As a client might write it: keys in their order, blanks, characters escaped.
fn written(value: &Json, blanks: &str) -> String {
    let text = |text: &str| {
        let escaped: String = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
        format!("\"{escaped}\"")
    };
    let joined = |parts: Vec<String>| parts.join(&format!("{blanks},{blanks}"));
    match value {
        Json::Null => "null".to_owned(),
        Json::Bool(value) => value.to_string(),
        Json::Number(digits) => digits.to_string(),
        Json::Text(inner) => text(inner),
        Json::List(values) => {
            format!("[{blanks}{}{blanks}]", joined(values.iter().map(|value| written(value, blanks)).collect()))
        }
        Json::Object(pairs) => {
            let pair =
                |(name, value): &(Cow<'_, str>, Json<'_>)| format!("{}{blanks}:{}", text(name), written(value, blanks));
            format!("{{{blanks}{}}}", joined(pairs.iter().map(pair).collect()))
        }
    }
}

proptest! {
    #[test]
    fn any_accepted_message_reads_back_the_same(value in value(), blanks in "[ \t\r\n]{0,2}") {
        let text = written(&value, &blanks);
        let accepted = read(text.as_bytes()).unwrap();
        prop_assert_eq!(&accepted, &value, "nothing is lost by reading");
        let canonical = accepted.canonical();
        let back = read(canonical.as_bytes()).unwrap();
        prop_assert_eq!(accepted.difference(&back), None);
        prop_assert_eq!(back.canonical(), canonical);
    }

    #[test]
    fn any_bytes_are_refused_by_name_or_read_back_the_same(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        if let Ok(accepted) = read(&bytes) {
            prop_assert_eq!(read_text(&accepted.canonical()).unwrap().canonical(), accepted.canonical());
        }
    }

    #[test]
    fn every_habit_says_the_same_as_the_reply_that_is_kept(value in value()) {
        let output = written(&value, "");
        let kept = format!(
            r#"{{"infcode":0,"inf_refmsgid":"R","refmsg_time":"T","respond_time":"T","err_msg":"","warn_msg":"","output":{output}}}"#
        );
        for (name, profile) in profile::all() {
            let text = profile.spell(kept.clone().into_bytes());
            let spelled = read(&text).unwrap();
            let said = match spelled.get("output").unwrap() {
                Json::Text(text) if name == "text" && !matches!(value, Json::Null) => read_text(text).unwrap(),
                other => other.clone(),
            };
            prop_assert_eq!(plain(&said), plain(&value), "{}", name);
        }
    }
}

/// Numbers as texts, and without the second spelling of a field.
fn plain<'t>(value: &Json<'t>) -> Json<'t> {
    match value {
        Json::Number(digits) => Json::Text(digits.clone()),
        Json::List(values) => Json::List(values.iter().map(plain).collect()),
        Json::Object(pairs) => {
            let kept = pairs.iter().filter(|pair| pair.0 != "psn_part_am");
            Json::Object(kept.map(|(name, value)| (name.clone(), plain(value))).collect())
        }
        other => other.clone(),
    }
}
