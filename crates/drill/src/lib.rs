//! A simulated disk under SQLite, for tests only: it forgets, tears, fills up and dies as a seed says.
//! It must never ship, and never know what is kept on it: neither settlements nor tables.
//!
//! A [`Disk`] holds files in memory. [`Disk::register`] puts it under SQLite as a VFS, and every
//! connection opened by the name of that VFS reads and writes there:
//!
//! ```
//! use gongji_drill::Disk;
//! use rusqlite::{Connection, OpenFlags};
//!
//! let disk = Disk::new(7);
//! let vfs = disk.register("lesson");
//! let open = || Connection::open_with_flags_and_vfs("a.db", OpenFlags::default(), vfs.name());
//!
//! let connection = open()?;
//! connection.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE t (n INTEGER)")?;
//! disk.crash_at(disk.steps() + 2);
//! assert!(connection.execute("INSERT INTO t VALUES (1)", []).is_err());
//! drop(connection);
//!
//! disk.restart();
//! let rows: u64 = open()?.query_row("SELECT count(*) FROM t", [], |row| row.get(0))?;
//! assert!(rows <= 1);
//! # Ok::<(), rusqlite::Error>(())
//! ```
//!
//! # What is modelled
//!
//! * **Content.** What was written since a file's last sync is seen by reads and lost, kept or torn by
//!   [`Disk::restart`], each write for itself, so that a later one may outlive an earlier one. A torn
//!   write leaves its first sectors, or any of them; a sector of 512 bytes is old or new, never mixed.
//! * **Names.** A file made or deleted is so for reads at once, for a crash only when names are settled:
//!   by the first sync of any new file, or by a delete that asks for it.
//! * **Steps.** Each write, truncation, sync, deletion and making of a file is a step, counted from one;
//!   so are those that fail. A crash happens at a step, and the step itself may have happened in part.
//! * **Locks and shared memory** among the connections of this process. A connection opened before a
//!   restart never works again, and does no harm.
//!
//! # What is not
//!
//! Writes damage nothing beside their own bytes; what was synced stays, save for [`Disk::flip`]. A sync that
//! fails drops nothing: the next one makes durable what it should have, which some systems do not. There is
//! one folder. A file deleted while it is open is gone for those who have it open. Reads never fail on a
//! disk that lives. Other processes do not exist. The clock stands still but for waiting, and waiting for
//! another connection's lock takes a sixteenth of the time it says.

#![warn(missing_docs)]

mod chance;
mod content;
mod disk;
mod fault;
mod locks;
mod open;
mod shared;
mod vfs;

pub use chance::Chance;
pub use disk::Disk;
pub use vfs::Vfs;
