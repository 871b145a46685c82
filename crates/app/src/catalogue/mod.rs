//! The catalogues (医保目录): what they look like, how files of them are read, checked and kept, and
//! what they say of a code on a day.
//!
//! Pure: [`kinds`] (which catalogues, which columns), [`check`] (rows against them), [`limits`]
//! (restrictions), [`index`] (what is listed on a day). Files: [`sheet`] (bytes to cells),
//! [`folder`] (versions on disk), [`import`] (all of it in order). Not here: what a line costs
//! (`his/pricing.rs`), and how catalogues go over the wire (`his/t13xx.rs`).

pub(crate) mod check;
pub(crate) mod folder;
pub(crate) mod import;
pub(crate) mod index;
pub(crate) mod kinds;
pub(crate) mod limits;
pub(crate) mod sheet;

#[cfg(test)]
mod tests;

pub(crate) use folder::Folder;
pub(crate) use index::{Asked, Catalogue, Listed};
pub(crate) use kinds::{Kind, kind};
