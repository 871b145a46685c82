//! Coverage-guided search for bytes that break [`gongji_fuzz::package`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gongji_fuzz::package(bytes));
