//! Folders that are used by several processes and removed, with the server in them, after the last one:
//! the locks, and the small script that waits for them. Must never know what else lies in the folder.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::process::run;

const SCRIPT: &str = include_str!("keeper.sh");

/// Opens a file that is only there to be locked.
pub(crate) fn lock_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).append(true).create(true).open(path)
}

/// Says that this process uses a folder, until the file is closed.
///
/// # Errors
/// `NotFound` if the folder was removed meanwhile.
pub(crate) fn enter(folder: &Path) -> io::Result<File> {
    let path = folder.join("users");
    let users = lock_file(&path)?;
    users.lock_shared()?;
    let (mine, there) = (users.metadata()?, path.metadata()?);
    if (mine.dev(), mine.ino()) != (there.dev(), there.ino()) {
        return Err(io::ErrorKind::NotFound.into());
    }
    Ok(users)
}

/// Sees to it that a keeper looks after a folder that is in use.
pub(crate) fn keep(folder: &Path, patience: u32) {
    let free = lock_file(&folder.join("keeper")).expect("a file in a folder of one's own").try_lock().is_ok();
    if free {
        start(folder, patience);
    }
}

/// In a process group of its own, since signals for the tests are not for the keeper; and behind a shell
/// that ends at once, so that it is nobody's child to be waited for.
fn start(folder: &Path, patience: u32) {
    run(Command::new("flock").arg("--version"))
        .unwrap_or_else(|fault| panic!("flock is missing; it is in Debian's package util-linux\n{fault}"));
    let mut command = Command::new("sh");
    command.args(["-c", "sh -c \"$0\" gongji-keeper \"$@\" &", SCRIPT]).arg(folder).arg(patience.to_string());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).current_dir("/").process_group(0);
    assert!(command.status().is_ok_and(|status| status.success()), "sh looks after the server");
}
