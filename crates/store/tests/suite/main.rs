//! What the store promises, proved on every engine: each promise is one function that gets a [`world::World`]
//! and runs once on SQLite and once on PostgreSQL. What only a file can suffer stands in `files`, `upgrade`,
//! `damage` and `restore`, what only a server can in `recovery`.

#[macro_use]
mod world;

mod accounts;
mod changed;
mod damage;
mod faults;
mod files;
mod glances;
mod messages;
mod persons;
mod purses;
mod recovery;
mod restore;
mod sums;
mod upgrade;
