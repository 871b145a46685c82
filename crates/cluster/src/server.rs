//! One server in one folder: its data, socket and log, made from a template, started, stopped, killed.
//! Must never know who uses it.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::account::Account;
use crate::binaries::Binaries;
use crate::process::{all_in, children, is_gone, run, signal};
use crate::url;

/// The superuser of every server that is made here.
const SUPERUSER: &str = "gongji";

/// Names the socket; nothing listens on the network.
const PORT: &str = "5432";

/// How long a start may take on a slow, busy machine, recovery included.
const PATIENCE: Duration = Duration::from_secs(120);

/// What a small machine with many tests wants; may be chosen otherwise. Memory shared by parallel workers
/// is in files below the data, so that nothing of a killed server is left elsewhere.
const USUAL: [(&str, &str); 3] =
    [("shared_buffers", "16MB"), ("max_connections", "200"), ("dynamic_shared_memory_type", "mmap")];

/// The folder of a server and as whom it runs.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) folder: PathBuf,
    pub(crate) account: Account,
}

impl Server {
    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn socket(&self) -> PathBuf {
        self.folder.join(format!(".s.PGSQL.{PORT}"))
    }

    /// The address of one of its databases.
    pub(crate) fn url(&self, database: &str) -> String {
        let (host, database) = (url::encoded(&self.folder.to_string_lossy()), url::encoded(database));
        format!("postgres:///{database}?host={host}&port={PORT}&user={SUPERUSER}")
    }

    /// Whether it takes connections.
    pub(crate) fn answers(&self) -> bool {
        UnixStream::connect(self.socket()).is_ok()
    }

    /// Lays out its data as they are in the template, whatever was there.
    pub(crate) fn lay_out(&self, template: &Path) {
        remove(&self.data());
        run(Command::new("cp").arg("-a").arg(template).arg(self.data())).unwrap_or_else(|fault| panic!("{fault}"));
    }

    /// Has its data be those of a running server, to be recovered from an archive at the next start.
    pub(crate) fn copy(&self, url: &str) {
        let mut command = self.account.command(Binaries::get().program("pg_basebackup"), &self.folder);
        command.args(["--checkpoint=fast", "--no-sync", "--dbname", url, "--pgdata"]).arg(self.data());
        run(&mut command).unwrap_or_else(|fault| panic!("{fault}"));
        File::create(self.data().join("recovery.signal")).expect("a file in the server's data");
    }

    /// Starts it and waits until it takes connections; later settings prevail over earlier ones.
    pub(crate) fn start(&self, settings: &[(String, String)]) -> Child {
        let log = File::options().create(true).append(true).open(self.log()).expect("a log in the server's folder");
        let mut command = self.account.command(Binaries::get().program("postgres"), &self.folder);
        command.arg("-D").arg(self.data()).args(self.options(settings));
        command.stdin(Stdio::null()).stdout(log.try_clone().expect("a second handle of the log")).stderr(log);
        let mut child = command.process_group(0).spawn().unwrap_or_else(|fault| panic!("{command:?}: {fault}"));
        let begun = Instant::now();
        while !self.is_ready(child.id()) {
            if let Some(status) = child.try_wait().expect("a child can be asked") {
                panic!("PostgreSQL did not start ({status}): {command:?}\n{}", self.log_tail());
            }
            if begun.elapsed() > PATIENCE {
                self.kill(child.id());
                panic!("PostgreSQL was not ready after {PATIENCE:?}: {command:?}\n{}", self.log_tail());
            }
            sleep(Duration::from_millis(10));
        }
        child
    }

    fn options(&self, settings: &[(String, String)]) -> Vec<String> {
        let folder = self.folder.to_string_lossy();
        let fixed = [("fsync", "on"), ("listen_addresses", ""), ("unix_socket_directories", &folder), ("port", PORT)];
        let chosen = settings.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let all = USUAL.into_iter().chain(chosen).chain(fixed);
        all.flat_map(|(name, value)| ["-c".to_owned(), format!("{name}={value}")]).collect()
    }

    /// The server writes into its lock file, after its number, how far it is.
    fn is_ready(&self, pid: u32) -> bool {
        let lock = fs::read_to_string(self.data().join("postmaster.pid")).unwrap_or_default();
        let lines: Vec<&str> = lock.lines().map(str::trim).collect();
        lines.first() == Some(&pid.to_string().as_str()) && lines.get(7) == Some(&"ready")
    }

    /// Ends every process of it at once, as a power cut does: first the postmaster is held, so that it
    /// starts no further ones meanwhile.
    pub(crate) fn kill(&self, postmaster: u32) {
        signal("STOP", &[postmaster]);
        let mut all = children(postmaster);
        all.push(postmaster);
        signal("KILL", &all);
        while !all.iter().all(|pid| is_gone(*pid)) {
            sleep(Duration::from_millis(5));
        }
        self.forget_memory();
    }

    /// Shared memory outlives the processes, but no power cut. Its number stands in the lock file.
    fn forget_memory(&self) {
        let lock = fs::read_to_string(self.data().join("postmaster.pid")).unwrap_or_default();
        let number = lock.lines().nth(6).and_then(|line| line.split_whitespace().nth(1));
        if let Some(number) = number
            && let Err(fault) = run(Command::new("ipcrm").args(["--shmem-id", number]))
        {
            eprintln!("a test server's shared memory is left: {fault}");
        }
    }

    /// Has it end in good order; connections are broken off, and everything is written if `written`.
    pub(crate) fn stop(&self, child: &mut Child, written: bool) {
        signal(if written { "INT" } else { "QUIT" }, &[child.id()]);
        child.wait().expect("a child can be waited for");
    }

    /// Ends what an earlier, killed run may have left running in this folder, with its socket: the number
    /// in the socket's lock may be one that still counts as taken, so no server would start.
    pub(crate) fn clear_away(&self) {
        let left = || all_in(&self.data());
        signal("QUIT", &left());
        let begun = Instant::now();
        while !left().is_empty() {
            if begun.elapsed() > Duration::from_secs(5) {
                signal("KILL", &left());
            }
            sleep(Duration::from_millis(20));
        }
        for name in [self.socket(), self.socket().with_extension(format!("{PORT}.lock"))] {
            match fs::remove_file(&name) {
                Err(fault) if fault.kind() != ErrorKind::NotFound => panic!("{}: {fault}", name.display()),
                _ => {}
            }
        }
    }

    fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    /// The end of what it has logged.
    pub(crate) fn log_tail(&self) -> String {
        let log = fs::read(self.log()).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }
}

/// Makes the data of an empty server, once; a copy of them is made in a fraction of the time.
pub(crate) fn make_template(template: &Path, account: &Account) {
    if template.is_dir() {
        return;
    }
    let folder = template.parent().expect("a template lies in a folder");
    let unfinished = folder.join("template.new");
    remove(&unfinished);
    let mut command = account.command(Binaries::get().program("initdb"), folder);
    command.args(["--no-sync", "--no-instructions", "--auth=trust", "--encoding=UTF8", "--locale=C"]);
    run(command.args(["--username", SUPERUSER, "--pgdata"]).arg(&unfinished)).unwrap_or_else(|fault| panic!("{fault}"));
    fs::rename(&unfinished, template).expect("a folder gets its name");
}

fn remove(folder: &Path) {
    if folder.exists() {
        fs::remove_dir_all(folder).unwrap_or_else(|fault| panic!("{}: {fault}", folder.display()));
    }
}
