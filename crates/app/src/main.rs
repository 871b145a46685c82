//! The `gongji` command (共济).

use std::process::ExitCode;

fn main() -> ExitCode {
    gongji_app::main()
}
