//! Throw-away PostgreSQL for tests: an empty database of one's own on a server that all tests share, or
//! a whole server of one's own that may be killed.
//!
//! - [`Database::fresh`] is what most tests want: an empty database, gone when the value is dropped.
//! - [`Cluster::own`] is for tests and benchmarks that kill, restart or tune a server; [`Cluster::copy`] makes
//!   a second one from a base backup of it.
//! - [`psql`] asks either of them something.
//!
//! The servers are made from the programs of an installed PostgreSQL, 15 or newer, and listen on a socket
//! only. They keep to `fsync`, since what is tested is what survives. Every one of them ends by itself
//! soon after the last process that uses it, however that process ended. The data lie below the folder
//! for temporary files (`TMPDIR`). Needs Linux (`/proc`, `flock`).
//!
//! | variable | meaning |
//! |---|---|
//! | `GONGJI_TEST_POSTGRES_URL` | the server that [`Database::fresh`] uses instead of starting one |
//! | `GONGJI_POSTGRES_BIN` | the folder with `initdb`, `postgres` and `psql` |
//!
//! Everything here panics when it cannot do its work: a test without its database has failed, and must
//! never pass by being skipped. This crate must never know what the tests keep in their databases.

mod account;
mod binaries;
mod cluster;
mod database;
mod home;
mod keeper;
mod process;
mod server;
mod url;

pub use cluster::Cluster;
pub use database::Database;

/// Has `psql` execute statements in the database of the address; gives what it prints, unaligned and
/// without headings.
///
/// # Errors
/// What `psql` said when one of the statements failed; the later ones were not tried.
///
/// # Panics
/// If PostgreSQL is not installed.
pub fn psql(url: &str, statements: &str) -> Result<String, String> {
    let mut command = std::process::Command::new(binaries::Binaries::get().program("psql"));
    command.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"]);
    process::run(command.args(["--dbname", url, "--command", statements]))
}
