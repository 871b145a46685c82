//! Coverage-guided search for bytes that break [`gongji_fuzz::wire`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gongji_fuzz::wire(bytes));
