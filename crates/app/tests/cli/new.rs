//! `gongji policy new`: what it makes can be used at once, and nothing that is there is touched.

use super::gongji;
use std::path::Path;

fn made(dir: &Path, more: &[&str]) -> super::Ran {
    let dir = dir.display().to_string();
    gongji(&[&["policy", "new", "990001", "xinqu", "--dir", &dir], more].concat(), "")
}

#[test]
fn a_new_package_is_sound_and_says_what_remains_to_be_filled_in() {
    let dir = tempfile::tempdir().unwrap();
    let ran = made(dir.path(), &["--label", "新区市"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let folder = dir.path().join("990001-xinqu").display().to_string();
    let check = gongji(&["policy", "check", &folder], "");
    assert_eq!(check.code, 0, "{}", check.out);
    for part in ["990001 新区市", "错误 0，提示 1，", "提示[unverified]", "算例 3 个，相符 3 个", "有算例 2 条"]
    {
        assert!(check.out.contains(part), "{part}\n{}", check.out);
    }
    // The rules of thumb that it begins with are the state's, and are cited as such.
    let shown = gongji(&["policy", "show", "990001", "--policies", &folder], "");
    assert!(shown.out.contains("文本未给出") && shown.out.contains("国办发〔2021〕14号"), "{}", shown.out);
    let filled: Vec<_> = ["package.toml", "outpatient.toml", "account.toml", "source/wenjian.md", "CHANGELOG.md"]
        .map(|name| std::fs::read_to_string(Path::new(&folder).join(name)).unwrap())
        .into();
    assert!(filled.iter().all(|text| text.contains("【填】") && !text.contains("000000")));
}

#[test]
fn the_visit_that_it_proposes_is_settled() {
    let dir = tempfile::tempdir().unwrap();
    let ran = made(dir.path(), &[]);
    let case = ran.out.split('\'').nth(1).unwrap();
    let folder = dir.path().join("990001-xinqu").display().to_string();
    let quoted = gongji(&["quote", "--policies", &folder], case);
    assert_eq!(quoted.code, 0, "{}", quoted.err);
    assert!(quoted.out.contains(r#""hifp_pay":"500.00""#), "{}", quoted.out);
}

#[test]
fn what_is_there_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(made(dir.path(), &[]).code, 0);
    let package = dir.path().join("990001-xinqu/package.toml");
    std::fs::write(&package, "mine").unwrap();
    let again = made(dir.path(), &[]);
    assert_eq!((again.code, again.out.as_str()), (2, ""));
    assert!(again.err.contains("990001-xinqu 已经存在，没有改动"), "{}", again.err);
    assert_eq!(std::fs::read_to_string(&package).unwrap(), "mine");
}

#[test]
fn what_cannot_be_an_area_or_a_folder_is_refused() {
    for (area, name, told) in [("99000", "x", "六位"), ("990001", "../x", "字母"), ("99000a", "x", "六位")] {
        let dir = tempfile::tempdir().unwrap();
        let ran = gongji(&["policy", "new", area, name, "--dir", &dir.path().display().to_string()], "");
        assert_eq!(ran.code, 2);
        assert!(ran.err.contains(told), "{}", ran.err);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}

#[test]
fn the_schema_is_found_from_however_deep_a_folder() {
    let root = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(root.path().join("docs/reference")).unwrap();
    std::fs::write(root.path().join("docs/reference/package.schema.json"), "{}").unwrap();
    for (dir, up) in [("policies", "../../"), ("policies/examples", "../../../")] {
        assert_eq!(made(&root.path().join(dir), &[]).code, 0);
        let package = root.path().join(dir).join("990001-xinqu/package.toml");
        let text = std::fs::read_to_string(package).unwrap();
        assert!(text.starts_with(&format!("#:schema {up}docs/reference/package.schema.json\n")), "{text}");
    }
}
