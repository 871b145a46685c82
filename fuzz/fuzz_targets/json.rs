//! Coverage-guided search for bytes that break [`gongji_fuzz::json`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gongji_fuzz::json(bytes));
