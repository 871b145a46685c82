//! The pages (console/): what they are built of, where words stand, and that nothing comes from elsewhere.

use std::fs;

use gongji_tidy::{File, files, none, root};
use serde_json::Value;

/// Licences of what is shipped with the pages.
const SHIPPED: [&str; 6] = ["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT"];
/// Besides, of what only builds and tests them: a CSS compiler and the accessibility check.
const TOOLS: [&str; 1] = ["MPL-2.0"];
/// Most lines of a page's file; words and styles are lists.
const MOST_LINES: usize = 600;

fn sources() -> Vec<File> {
    let written = |file: &File| ["ts", "vue"].iter().any(|end| file.path.ends_with(&format!(".{end}")));
    files("console").into_iter().filter(written).collect()
}

#[test]
fn npm_packages_have_licences_that_are_allowed() {
    let text = fs::read_to_string(root().join("console/package-lock.json")).expect("console/package-lock.json");
    let lock: Value = serde_json::from_str(&text).expect("a lock file is JSON");
    let packages = lock["packages"].as_object().expect("its packages");
    let mut faults = Vec::new();
    for (name, package) in packages.iter().filter(|(name, _)| !name.is_empty()) {
        let licence = package["license"].as_str().unwrap_or("none");
        let tool = package["dev"].as_bool().unwrap_or_default() && TOOLS.contains(&licence);
        if !tool && !SHIPPED.contains(&licence) {
            faults.push(format!("{name}: licence {licence}"));
        }
    }
    none(&faults);
    assert!(packages.len() > 50, "{} packages", packages.len());
}

#[test]
fn every_page_file_says_what_it_is_for_and_is_short() {
    let mut faults = Vec::new();
    for file in sources() {
        let list = file.path.ends_with("words.ts") || file.path.ends_with(".test.ts");
        let said = file.text.lines().take(4).any(|line| line.contains("//") || line.contains("/*"));
        if !list && !said {
            faults.push(format!("{}: does not begin with what it is for", file.path));
        }
        let lines = file.text.lines().count();
        if !list && lines > MOST_LINES {
            faults.push(format!("{}: {lines} lines; split it, {MOST_LINES} is the most", file.path));
        }
    }
    none(&faults);
}

#[test]
fn pages_name_no_address_outside() {
    let mut faults = Vec::new();
    for file in sources().iter().filter(|file| file.path.starts_with("console/src/")) {
        for (number, line) in file.text.lines().enumerate() {
            let outside = line.contains("https://") || line.contains("http://");
            let allowed = ["http://www.w3.org/", "http://127.0.0.1", "http://${"];
            if outside && !allowed.iter().any(|address| line.contains(address)) {
                faults.push(format!("{}:{}: {}", file.path, number + 1, line.trim()));
            }
        }
    }
    none(&faults);
}
