//! The policy library's answers: what the commands show of the same packages.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::policy::scaffold;
use crate::policy::upload::LARGEST;
use crate::serve::console::tried::{Came, Tried};

#[test]
fn all_packages_are_listed_with_their_documents_cases_bounds_and_turns() {
    let listed = Tried::start().get("/policies").fine();
    let rows = listed["rows"].as_array().unwrap();
    assert_eq!(rows.iter().filter(|row| row["status"] == "example").count(), rows.len() - 4);
    for row in rows {
        assert_eq!(row["cases"], row["passed"], "{}", row["name"]);
        assert!(row["bounds"]["kept"].as_u64() > Some(0), "{}", row["name"]);
        assert!(row["articles"].as_u64() > Some(0) && !row["turns"].as_array().unwrap().is_empty());
    }
    let tieling = rows.iter().find(|row| row["id"] == "211200").unwrap();
    let turns = tieling["turns"].as_array().unwrap();
    assert_eq!(turns[0]["from"], tieling["from"]);
    assert!(turns[1]["changes"].as_array().unwrap().iter().any(|change| change["what"].is_string()));
}

#[test]
fn an_areas_page_has_its_rules_bounds_articles_and_files() {
    let tried = Tried::start();
    let shown = tried.get("/policies/500000?on=2024-06-01").fine();
    assert_eq!((&shown["on"], &shown["name"]), (&json!("2024-06-01"), &json!("重庆市")));
    let benefits = shown["benefits"].as_array().unwrap();
    let ordinary = benefits.iter().find(|one| one["name"] == "ordinary_outpatient").unwrap();
    let rate = ordinary["tables"].as_array().unwrap().iter().find(|one| one["title"] == "支付比例").unwrap();
    assert_eq!(rate["path"], "benefit.ordinary_outpatient.rate");
    let bound = &shown["held"][0];
    assert_eq!((&bound["words"], &bound["held"]), (&json!("普通门诊统筹的支付比例不低于 50%"), &json!("kept")));
    let key = bound["article"].as_str().unwrap().split(' ').next().unwrap();
    assert!(shown["articles"][key]["lent"].as_bool().unwrap());
    let path =
        shown["files"].as_array().unwrap().iter().find(|path| path.as_str().unwrap().ends_with("outpatient.toml"));
    let path = path.unwrap().as_str().unwrap();
    let file = tried.get(&format!("/policies/500000/files?path={path}")).fine();
    assert!(file["text"].as_str().unwrap().contains("[benefit.ordinary_outpatient"));
}

#[test]
fn what_is_not_there_is_said() {
    let tried = Tried::start();
    for (path, status, code) in [
        ("/policies/999999", StatusCode::NOT_FOUND, "no_policy_for_area"),
        ("/policies/500000?on=2020-01-01", StatusCode::UNPROCESSABLE_ENTITY, "no_policy_for_date"),
        ("/policies/500000?on=yesterday", StatusCode::BAD_REQUEST, "invalid_value"),
        ("/policies/500000/files?path=/etc/passwd", StatusCode::NOT_FOUND, "not_here"),
        ("/policies/diff?a=500000&b=320700&on_b=1999-01-01", StatusCode::UNPROCESSABLE_ENTITY, "no_policy_for_date"),
        ("/policies/new?area=12&name=x", StatusCode::BAD_REQUEST, "invalid_value"),
    ] {
        let came = tried.get(path);
        assert_eq!((came.status, &came.json()["code"]), (status, &json!(code)), "{path}");
    }
}

#[test]
fn two_days_differ_as_the_command_says() {
    let told = Tried::start().get("/policies/diff?a=211200&on_a=2022-12-15&on_b=2023-01-01").fine();
    let changes = told["changes"].as_array().unwrap();
    assert!(!changes.is_empty());
    let told_words = |change: &Value| change["from"] != change["to"] && change["subject"].is_string();
    assert!(changes.iter().all(told_words));
    assert!(changes.iter().any(|change| change["sentence"].as_str().is_some_and(|said| said.contains("最小可见差别"))));
    let key = changes[0]["article_to"].as_str().unwrap().split(' ').next().unwrap();
    assert!(told["articles_b"][key]["text"].is_string());
}

/// Uploads files as a browser does.
fn upload(tried: &Tried, files: &[(&str, &[u8])]) -> Came {
    let mut body = Vec::new();
    for (name, bytes) in files {
        body.extend(
            format!("--lines\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\r\n").bytes(),
        );
        body.extend(*bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--lines--\r\n");
    tried.ask(Method::POST, "/policies/check", "multipart/form-data; boundary=lines", body)
}

#[test]
fn a_draft_is_checked_as_the_command_checks_it_and_only_for_analysts() {
    let zip = scaffold::zipped("990000", "shili", "示例市").unwrap();
    assert_eq!(upload(&Tried::start(), &[("a.zip", &zip)]).status, StatusCode::UNAUTHORIZED);
    assert_eq!(upload(&Tried::signed_in("member"), &[("a.zip", &zip)]).status, StatusCode::FORBIDDEN);
    let tried = Tried::signed_in("analyst");
    let fine = upload(&tried, &[("a.zip", &zip)]).fine();
    assert_eq!((&fine["sound"], &fine["area"]), (&json!(true), &json!("990000")));
    let files: Vec<(&str, String)> = scaffold::files("990000", "示例市", scaffold::SCHEMA).collect();
    let spoiled: Vec<(&str, String)> =
        files.into_iter().map(|(name, text)| (name, text.replace("area = ", "aera = "))).collect();
    let spoiled: Vec<(&str, &[u8])> = spoiled.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    let found = upload(&tried, &spoiled).fine();
    assert_eq!(found["sound"], false);
    let first = &found["rows"][0];
    assert_eq!((&first["severity"], &first["file"]), (&json!("error"), &json!("package.toml")));
    assert!(first["line"].as_u64() > Some(0) && !first["excerpt"].as_str().unwrap().is_empty());
    // Nothing of it is kept.
    assert_eq!(tried.get("/policies/990000").status, StatusCode::NOT_FOUND);
}

#[test]
fn what_is_no_package_or_too_large_is_said() {
    let tried = Tried::signed_in("analyst");
    let large = vec![b'#'; LARGEST + 1];
    for (files, said) in [
        (&[("notes.txt", &b"hello"[..])][..], "没有 package.toml"),
        (&[("package.toml", &large[..])][..], "至多 2048 KiB"),
    ] {
        let came = upload(&tried, files);
        assert!(came.status.is_client_error());
        assert!(came.json()["message"].as_str().unwrap().contains(said), "{}", came.json());
    }
}

#[test]
fn a_new_package_comes_as_a_zip() {
    let came = Tried::start().get("/policies/new?area=990000&name=shili&label=%E7%A4%BA%E4%BE%8B%E5%B8%82");
    assert_eq!(came.status, StatusCode::OK);
    assert_eq!(came.bytes, scaffold::zipped("990000", "shili", "示例市").unwrap());
}
