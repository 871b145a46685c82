//! What the machine counts of this process: CPU by thread, bytes written, memory. Linux.

use std::fs;

/// CPU time of the threads with this name so far, in microseconds.
pub fn cpu_of(thread: &str) -> f64 {
    let tasks = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let micros = tasks.filter_map(|task| {
        let name = fs::read_to_string(task.path().join("comm")).ok()?;
        let spent = fs::read_to_string(task.path().join("schedstat")).ok()?;
        (name.trim() == thread).then_some(spent.split(' ').next()?.parse::<f64>().ok()? / 1000.0)
    });
    micros.sum()
}

/// Bytes that this process had written to the disk.
pub fn written() -> f64 {
    field("/proc/self/io", "write_bytes:")
}

/// Resident memory in MiB.
pub fn resident() -> f64 {
    field("/proc/self/status", "VmRSS:") / 1024.0
}

fn field(file: &str, name: &str) -> f64 {
    let text = fs::read_to_string(file).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0.0)
}
