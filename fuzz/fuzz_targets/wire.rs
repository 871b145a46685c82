//! Any bytes as a message of the national interface: a reply that is JSON, never a panic.
#![no_main]

use gongji_app::Rehearsal;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static SERVICE: LazyLock<(tempfile::TempDir, Rehearsal)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let service = Rehearsal::open(&folder.path().join("fuzz.db")).expect("the demo service");
    (folder, service)
});

fuzz_target!(|bytes: &[u8]| {
    let reply = SERVICE.1.answer(bytes);
    assert!(serde_json::from_slice::<serde_json::Value>(&reply).is_ok());
});
