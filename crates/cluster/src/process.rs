//! Runs, signals and looks at processes through `sh` and `/proc`, since unsafe code is forbidden. Must
//! never know which processes they are.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// Runs a program to its end; gives what it printed, or everything it said when it failed.
pub(crate) fn run(command: &mut Command) -> Result<String, String> {
    let output = command.stdin(Stdio::null()).output().map_err(|fault| format!("{command:?}: {fault}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
    if output.status.success() {
        return Ok(text(&output.stdout));
    }
    Err(format!("{command:?}: {}\n{}\n{}", output.status, text(&output.stdout), text(&output.stderr)))
}

/// Sends a signal. That one of the processes is gone already is no fault.
pub(crate) fn signal(name: &str, to: &[u32]) {
    let mut command = Command::new("sh");
    command.args(["-c", "kill -s \"$0\" \"$@\" 2>/dev/null || :", name]).args(to.iter().map(u32::to_string));
    run(&mut command).expect("sh sends signals");
}

/// The processes that a process has started and that still run.
pub(crate) fn children(of: u32) -> Vec<u32> {
    running().filter(|pid| state(*pid).is_some_and(|(_, parent)| parent == of)).collect()
}

/// Whether a process has ended; nobody may have asked yet how.
pub(crate) fn is_gone(pid: u32) -> bool {
    state(pid).is_none_or(|(state, _)| state == 'Z')
}

/// The processes that run in a folder, whatever they call themselves.
pub(crate) fn all_in(folder: &Path) -> Vec<u32> {
    running().filter(|pid| fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd == folder)).collect()
}

fn running() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").expect("processes are in /proc").flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).filter(|pid| !is_gone(*pid))
}

/// State and parent. They come after the name, which may hold anything, also brackets.
fn state(pid: u32) -> Option<(char, u32)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    Some((fields.next()?.chars().next()?, fields.next()?.parse().ok()?))
}
