//! Looking at a package without deciding anything: what commands and consoles show of it.

use crate::library::{AreaStatus, Folder};
use crate::model::Status;
use crate::read;
use alloc::vec::Vec;

impl From<Status> for AreaStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::InForce => Self::InForce,
            Status::Draft => Self::Draft,
            Status::Example => Self::Example,
        }
    }
}

impl Folder {
    /// What the folder's package says of itself; absent when it says nothing readable.
    pub fn status(&self) -> Option<AreaStatus> {
        let toml = self.files.iter().filter(|file| file.path.ends_with(".toml"));
        let toml: Vec<(u16, &str)> = toml.map(|file| (0, &*file.text)).collect();
        if self.name == "framework" || !toml.iter().any(|(_, text)| text.contains("[package]")) {
            return None;
        }
        // What is wrong with it is reported when it is loaded.
        Some(read::package(&toml, &mut Vec::new()).status.into())
    }
}
