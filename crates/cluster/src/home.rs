//! The folder that all test processes of one copy of the repository share: the template of every server,
//! and the server of [`crate::Database::fresh`]. Whoever comes first makes what is missing, under a lock.
//! Must never know what a database is used for.

use std::env;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::account::Account;
use crate::binaries::Binaries;
use crate::keeper;
use crate::server::{Server, make_template};

/// For how many seconds nobody must have used the server before it ends: longer than the pauses between
/// the test binaries of one run.
const PATIENCE: u32 = 20;

/// The longest folder in which a socket's path, limited to 107 bytes, surely finds room.
const LONGEST: usize = 50;

/// The folder, while this process uses it.
#[derive(Debug)]
pub(crate) struct Home {
    server: Server,
    /// Held until the process ends.
    _users: File,
}

impl Home {
    /// That of this process, from its first use to its end.
    pub(crate) fn get() -> &'static Self {
        static HOME: OnceLock<Home> = OnceLock::new();
        HOME.get_or_init(|| {
            let account = Account::of_servers();
            let folder = temporary(&account).join(name(&account));
            let users = enter(&folder, &account);
            keeper::keep(&folder, PATIENCE);
            Self { server: Server { folder, account }, _users: users }
        })
    }

    /// As whom servers run.
    pub(crate) fn account(&self) -> Account {
        self.server.account
    }

    /// The data of an empty server, to be copied.
    pub(crate) fn template(&self) -> PathBuf {
        let _alone = self.alone();
        self.template_alone()
    }

    fn template_alone(&self) -> PathBuf {
        let template = self.server.folder.join("template");
        make_template(&template, &self.server.account);
        template
    }

    /// The server of all, started if it does not run. Asked under the lock, since one that is just
    /// starting lets connect but not yet in.
    pub(crate) fn server(&self) -> &Server {
        let _alone = self.alone();
        if !self.server.answers() {
            self.server.clear_away();
            self.server.lay_out(&self.template_alone());
            // It goes on after this process; the keeper ends it.
            drop(self.server.start(&[]));
        }
        &self.server
    }

    fn alone(&self) -> File {
        let start = keeper::lock_file(&self.server.folder.join("start")).expect("a file in a folder of one's own");
        start.lock().expect("a file of one's own can be locked");
        start
    }
}

/// Makes the folder if need be and takes part in it. It may be removed under one's hands, when nobody has
/// used it for long; then it is made again.
fn enter(folder: &Path, account: &Account) -> File {
    loop {
        match made(folder, account).and_then(|()| keeper::enter(folder)) {
            Ok(users) => return users,
            Err(fault) if fault.kind() == io::ErrorKind::NotFound => {}
            Err(fault) => panic!("{}: {fault}", folder.display()),
        }
    }
}

fn made(folder: &Path, account: &Account) -> io::Result<()> {
    match fs::create_dir(folder) {
        Err(fault) if fault.kind() != io::ErrorKind::AlreadyExists => return Err(fault),
        _ => {}
    }
    // Others can make a folder of this name, or a link, in a place that everybody may write to.
    let found = fs::symlink_metadata(folder)?;
    if !found.is_dir() || ![account.me, account.uid()].contains(&found.uid()) {
        return Err(io::Error::other("is not ours; remove it"));
    }
    account.own(folder)
}

/// Different for each copy of the repository, account and PostgreSQL; the same for all their processes.
fn name(account: &Account) -> String {
    let mut hasher = DefaultHasher::new();
    (env!("CARGO_MANIFEST_DIR"), account.me, Binaries::get().folder()).hash(&mut hasher);
    format!("gongji-pg-{:016x}", hasher.finish())
}

/// The folder for temporary files, if a socket's path in it is short enough and the server may enter it.
pub(crate) fn temporary(account: &Account) -> PathBuf {
    let usual = env::temp_dir();
    let open = |folder: &Path| fs::metadata(folder).is_ok_and(|found| found.permissions().mode() & 0o001 != 0);
    let fits = usual.as_os_str().len() <= LONGEST && (!account.is_lent() || usual.ancestors().all(open));
    if fits { usual } else { PathBuf::from("/tmp") }
}
