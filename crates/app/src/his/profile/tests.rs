//! The shipped habits, and a kept reply in each of them.

use super::*;

const KEPT: &str = r#"{"infcode":0,"inf_refmsgid":"R1","refmsg_time":"T","respond_time":"T","err_msg":"","warn_msg":"","output":{"setlinfo":{"psn_name":"演\"示","age":40,"psn_part_amt":1400.00,"share":0.3000},"setldetail":[{"pay":-0.10}]}}"#;
const ERROR: &str = r#"{"infcode":-1,"inf_refmsgid":"R1","refmsg_time":"T","respond_time":"T","err_msg":"[busy] 忙","warn_msg":"","output":null}"#;

fn spelled(profile: &str, reply: &str) -> String {
    let profile = Profile::read(profile).unwrap();
    String::from_utf8(profile.spell(reply.as_bytes().to_vec())).unwrap()
}

#[test]
fn every_shipped_profile_reads_and_gives_a_reason_for_each_key() {
    assert_eq!(all().count(), 11);
    for file in FILES.files() {
        let (name, text) = (file.path().display(), file.contents_utf8().unwrap());
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with("# "), "{name}: says whose it is");
        // Inside a table that has its reason the rows need none.
        let top = lines.iter().position(|line| line.starts_with('[')).unwrap_or(lines.len());
        for (at, line) in lines.iter().enumerate().take(top + 1).skip(1).filter(|(_, line)| !line.starts_with('#')) {
            assert!(lines[at - 1].starts_with("# ") && at > 1, "{name}: no reason before {line}");
        }
    }
}

#[test]
fn the_default_passes_bytes_and_names_every_key() {
    let plain = FILES.get_file("plain.toml").unwrap().contents_utf8().unwrap();
    let table: toml::Table = plain.parse().unwrap();
    let keys: Vec<&str> = table.keys().map(String::as_str).collect();
    let all = ["infcode", "err_msg", "numbers", "output", "required", "twins", "envelope", "aliases", "paths"];
    assert!(all.iter().all(|key| keys.contains(key)) && keys.len() == all.len(), "{keys:?}");
    // Even what is no reply at all: nothing is read.
    assert_eq!(Profile::plain().spell(b"no reply".to_vec()), b"no reply");
    let same = Profile::read(plain).unwrap();
    assert!(same.spells_plainly() && Profile::read("required = \"strict\"").unwrap().spells_plainly());
}

#[test]
fn a_habit_changes_the_wrapping_and_never_the_digits() {
    for (profile, from, to) in [
        ("infcode = \"text\"", "\"infcode\":0", "\"infcode\":\"0\""),
        ("err_msg = \"success\"", "\"err_msg\":\"\"", "\"err_msg\":\"success\""),
        ("err_msg = \"null\"", "\"err_msg\":\"\"", "\"err_msg\":null"),
        ("envelope = { enc_type = \"\" }", "0.10}]}}", "0.10}]},\"enc_type\":\"\"}"),
        (
            "twins = [[\"psn_part_amt\", \"psn_part_am\"]]",
            "\"psn_part_amt\":1400.00",
            "\"psn_part_amt\":1400.00,\"psn_part_am\":1400.00",
        ),
        ("twins = [[\"psn_part_amt\", \"age\"]]", "", ""),
    ] {
        assert_eq!(spelled(profile, KEPT), KEPT.replacen(from, to, 1), "{profile}");
    }
    let texts = spelled("numbers = \"text\"", KEPT);
    for pair in
        ["\"age\":\"40\"", "\"psn_part_amt\":\"1400.00\"", "\"share\":\"0.3000\"", "\"pay\":\"-0.10\"", "\"infcode\":0"]
    {
        assert!(texts.contains(pair), "{pair}: {texts}");
    }
    let wrapped = spelled("output = \"text\"", KEPT);
    let outer: serde_json::Value = serde_json::from_str(&wrapped).unwrap();
    assert!(KEPT.ends_with(&format!("\"output\":{}}}", outer["output"].as_str().unwrap())), "{wrapped}");
}

#[test]
fn an_error_keeps_its_message_and_its_null() {
    for profile in ["err_msg = \"success\"", "err_msg = \"null\"", "output = \"text\"", "numbers = \"text\""] {
        assert_eq!(spelled(profile, ERROR), ERROR, "{profile}");
    }
    assert_eq!(spelled("infcode = \"text\"", ERROR), ERROR.replacen("-1", "\"-1\"", 1));
}

#[test]
fn a_wrong_profile_is_refused_by_name() {
    for (text, says) in [
        ("infcod = \"text\"", "unknown field `infcod`"),
        ("infcode = \"string\"", "unknown variant `string`"),
        ("envelope = { output = \"\" }", "envelope: output 是应答本身的字段"),
        ("twins = [[\"a\"]]", "只有一种拼写"),
    ] {
        assert!(Profile::read(text).unwrap_err().contains(says), "{text}");
    }
}

#[test]
fn an_institution_names_a_profile_that_exists() {
    #[derive(Debug, serde::Deserialize)]
    struct Named {
        #[serde(deserialize_with = "by_name")]
        profile: &'static Profile,
    }
    let named: Named = toml::from_str("profile = \"hubei\"").unwrap();
    assert_eq!(named.profile.base("2102A"), "2102");
    assert_eq!(named.profile.base("2207"), "2207");
    let fault = toml::from_str::<Named>("profile = \"atlantis\"").unwrap_err().to_string();
    assert!(fault.contains("没有名为 atlantis 的省份习惯，应为 chongqing、guangdong、"), "{fault}");
}

#[test]
fn every_key_every_profile_and_every_address_is_documented() {
    let page = std::fs::read_to_string("../../docs/reference/national-interface.md").unwrap();
    let plain: toml::Table = FILES.get_file("plain.toml").unwrap().contents_utf8().unwrap().parse().unwrap();
    for key in plain.keys() {
        assert!(page.contains(&format!("\n| `{key}` | ")), "{key}");
    }
    for (name, profile) in all() {
        let start = format!("\n| `{name}` | ");
        let row = page.split_once(&start).and_then(|(_, rest)| rest.lines().next()).unwrap_or_else(|| panic!("{name}"));
        let file = FILES.get_file(format!("{name}.toml")).unwrap().contents_utf8().unwrap();
        let table: toml::Table = file.parse().unwrap();
        for key in plain.keys().filter(|_| name != DEFAULT) {
            assert_eq!(row.contains(&format!("`{key}`")), table.contains_key(key), "{name}: {key}");
        }
        for (path, number) in &profile.paths {
            assert!(page.contains(&format!("`{path}`")), "{path}");
            assert!(number == "body" || page.contains(number), "{path} {number}");
        }
    }
}
