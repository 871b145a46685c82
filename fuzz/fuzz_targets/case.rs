//! Any bytes as a line of `gongji quote` against the packages that ship: an answer, never a panic.
#![no_main]

use gongji_policy::Library;
use gongji_policy::case::{Detail, quote};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::load(&gongji_app::shipped()));

fuzz_target!(|bytes: &[u8]| {
    let Ok(line) = std::str::from_utf8(bytes) else { return };
    let answer = quote(line, &LIBRARY, Detail::Sentences);
    assert!(serde_json::to_string(&answer).is_ok());
});
