//! `gongji policy coverage`: rows without a case first, for people and for programs.

use super::{Copy, gongji};
use serde_json::Value;

#[test]
fn the_rows_of_a_package_that_ships_are_all_walked() {
    let ran = gongji(&["policy", "coverage", "500000"], "");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert!(ran.out.contains("500000 重庆市") && ran.out.contains("表格 47 行，算例走到 47 行"), "{}", ran.out);
    assert!(!ran.out.contains("没有算例走到的行"), "{}", ran.out);
    assert!(ran.out.contains("xize:11  无算例："), "{}", ran.out);
    let ran = gongji(&["policy", "check", "500000"], "");
    assert!(ran.out.contains("；表格 47 行，算例走到 47 行"), "{}", ran.out);
}

#[test]
fn a_row_that_no_case_walks_comes_first_with_its_place() {
    let copy = Copy::of("500000-chongqing");
    let more = "{ is = \"200.00\" },\n  { when = { status = \"active\", place = \"temporary\", month = 2 }, is = \"199.00\" },";
    let (line, _) =
        copy.change("outpatient.toml", "{ is = \"200.00\" },", more, "{ when = { status = \"active\", place");
    let ran = gongji(&["policy", "coverage", &copy.path()], "");
    let first = ran.out.lines().nth(3).unwrap_or_default();
    assert!(ran.out.contains("没有算例走到的行（1 行）"), "{}{}", ran.out, ran.err);
    assert!(first.contains(&format!("outpatient.toml:{line}  ")) && first.ends_with("→ 199.00 元"), "{}", ran.out);
}

#[test]
fn programs_read_one_object_a_line() {
    let ran = gongji(&["policy", "coverage", "211200", "500000", "--format", "json"], "");
    let areas: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(areas.len(), 2);
    assert!(areas[0]["rows"].as_array().unwrap().iter().all(|row| row["cases"].as_u64().unwrap() > 0));
    let article = areas[1]["articles"].as_array().unwrap().iter().find(|one| one["article"] == "xize:4").unwrap();
    assert!(article["cases"][0].as_str().unwrap().contains('/'), "{article}");
}

#[test]
fn a_package_with_errors_has_no_coverage() {
    let copy = Copy::of("500000-chongqing");
    copy.change("outpatient.toml", "\"200.00\"", "200.00", "200.00");
    let ran = gongji(&["policy", "coverage", &copy.path()], "");
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("policy check"), "{}", ran.err);
}
