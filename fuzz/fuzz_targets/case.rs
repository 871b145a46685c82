//! Coverage-guided search for bytes that break [`gongji_fuzz::case`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gongji_fuzz::case(bytes));
