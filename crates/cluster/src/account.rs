//! As whom a server runs: PostgreSQL refuses root, so root lends it another account. Must never know what
//! is run.

use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// The accounts that root may lend a server to: the first that exists. The first is Debian's.
const LENT: [&str; 2] = ["postgres", "nobody"];

/// User and group of servers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Account {
    /// Whoever runs the tests.
    pub(crate) me: u32,
    lent: Option<(u32, u32)>,
}

impl Account {
    pub(crate) fn of_servers() -> Self {
        let file = tempfile::tempfile().expect("a temporary file");
        let me = file.metadata().expect("the owner of a file of one's own").uid();
        Self { me, lent: (me == 0).then(lent) }
    }

    /// The user a server runs as.
    pub(crate) fn uid(&self) -> u32 {
        self.lent.map_or(self.me, |(uid, _)| uid)
    }

    /// Whether servers run as somebody else than the tests.
    pub(crate) fn is_lent(&self) -> bool {
        self.lent.is_some()
    }

    /// A program to be run as this account, in a folder that it may enter, without what the environment
    /// says of other servers.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(folder).env("TZ", "UTC").env("LC_ALL", "C");
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PG")) {
            command.env_remove(name);
        }
        if let Some((uid, gid)) = self.lent {
            command.uid(uid).gid(gid);
        }
        command
    }

    /// Gives a folder to this account and closes it to others. The folder is the lock of the server:
    /// whoever gets to the socket in it is trusted.
    pub(crate) fn own(&self, folder: &Path) -> io::Result<()> {
        fs::set_permissions(folder, Permissions::from_mode(0o700))?;
        self.lent.map_or(Ok(()), |(uid, gid)| chown(folder, Some(uid), Some(gid)))
    }
}

fn lent() -> (u32, u32) {
    let accounts = fs::read_to_string("/etc/passwd").expect("the list of accounts, /etc/passwd");
    let found = LENT.iter().find_map(|name| ids(&accounts, name));
    found.unwrap_or_else(|| panic!("PostgreSQL does not run as root, and there is no account {LENT:?} to run it as"))
}

fn ids(accounts: &str, name: &str) -> Option<(u32, u32)> {
    let line = accounts.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut numbers = line.split(':').skip(2).map(|number| number.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_found_by_its_whole_name() {
        let accounts = "root:x:0:0::/:/bin/sh\npostgresql:x:7:8::/:\npostgres:x:101:104:,,,:/var/lib:/bin/bash\n";
        assert_eq!(ids(accounts, "postgres"), Some((101, 104)));
        assert_eq!(ids(accounts, "nobody"), None);
    }
}
