//! The `gongji` command (共济).

use std::process::ExitCode;

/// A message is a few dozen small texts, taken on one thread and given back on another.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    gongji_app::main()
}
