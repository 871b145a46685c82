//! A server of one's own, for tests and benchmarks that kill, restart or tune it. Must never know what is
//! kept in it.

use std::fs::File;
use std::path::Path;
use std::process::Child;

use tempfile::TempDir;

use crate::home::{Home, temporary};
use crate::keeper;
use crate::psql;
use crate::server::Server;

/// A PostgreSQL server that nobody else uses; ended and removed when dropped.
#[derive(Debug)]
pub struct Cluster {
    server: Server,
    settings: Vec<(String, String)>,
    running: Option<Child>,
    /// After the server: it lies in the folder.
    _folder: TempDir,
    _users: File,
}

impl Cluster {
    /// An empty server with small settings, started.
    ///
    /// # Panics
    /// If PostgreSQL is not installed or does not start; with the end of its log.
    pub fn own() -> Self {
        Self::with(&[])
    }

    /// An empty server with settings of one's choice (`("shared_buffers", "1GB")`), started. It always
    /// keeps to `fsync` and to its socket.
    ///
    /// # Panics
    /// As [`Self::own`].
    pub fn with(settings: &[(&str, &str)]) -> Self {
        let mut cluster = Self::empty(settings);
        cluster.server.lay_out(&Home::get().template());
        cluster.restart();
        cluster
    }

    /// A second server with settings of its own, whose data are a base backup (`pg_basebackup`) of this one as
    /// it is now. It is not started: [`Self::restart`] has it recover from the archive that its
    /// `restore_command` reads, up to its `recovery_target_...`; it takes connections before it is there.
    ///
    /// # Panics
    /// If this server does not run, or may not be copied.
    pub fn copy(&self, settings: &[(&str, &str)]) -> Self {
        let copy = Self::empty(settings);
        copy.server.copy(&self.url("postgres"));
        copy
    }

    /// Where it lies: its data are in `data`, and it may write beside them.
    pub fn folder(&self) -> &Path {
        &self.server.folder
    }

    /// A folder that is looked after.
    fn empty(settings: &[(&str, &str)]) -> Self {
        let account = Home::get().account();
        let folder = tempfile::Builder::new().prefix("gongji-pg-own-").tempdir_in(temporary(&account));
        let folder = folder.expect("a folder for the server");
        account.own(folder.path()).expect("a folder of one's own");
        let users = keeper::enter(folder.path()).expect("a folder of one's own");
        keeper::keep(folder.path(), 1);
        let server = Server { folder: folder.path().to_owned(), account };
        let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { server, settings, running: None, _folder: folder, _users: users }
    }

    /// The address of a database in it, for its superuser; `postgres` is there from the start. It stays
    /// the same after a restart.
    pub fn url(&self, database: &str) -> String {
        self.server.url(database)
    }

    /// Makes an empty database and gives its address.
    ///
    /// # Panics
    /// If there is one of this name, or the server does not run.
    pub fn create(&self, database: &str) -> String {
        let statement = format!("CREATE DATABASE \"{database}\"");
        psql(&self.url("postgres"), &statement).unwrap_or_else(|fault| panic!("{fault}"));
        self.url(database)
    }

    /// Ends all its processes in the middle of whatever they do, as a power cut would; what had been
    /// committed must be there after [`Self::restart`].
    pub fn kill(&mut self) {
        if let Some(mut child) = self.running.take() {
            self.server.kill(child.id());
            child.wait().expect("a child can be waited for");
        }
    }

    /// Ends it in good order: connections are broken off, everything is written.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.running.take() {
            self.server.stop(&mut child, true);
        }
    }

    /// Starts it on the data it has, stopping it first if it runs; returns when it takes connections.
    ///
    /// # Panics
    /// If it does not start; with the end of its log.
    pub fn restart(&mut self) {
        self.stop();
        self.running = Some(self.server.start(&self.settings));
    }

    /// The last lines of what it has logged, to be shown when a test fails.
    pub fn log_tail(&self) -> String {
        self.server.log_tail()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(mut child) = self.running.take() {
            self.server.stop(&mut child, false);
        }
    }
}
