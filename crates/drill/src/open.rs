//! An open file: every call asks first whether its life still lasts. Knows nothing of SQLite's C side.

use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::disk::{Disk, State};
use crate::fault::Fault;
use crate::locks::{Level, Who};
use crate::shared::{Mode, Region};

/// An open file of a disk. Dropping it gives its locks back.
#[derive(Debug)]
pub(crate) struct Open {
    disk: Disk,
    name: String,
    who: Who,
    life: u64,
    /// Shared memory that was handed out stays where it is until its user says that it is done, even if the
    /// disk has restarted.
    regions: Mutex<Vec<Region>>,
}

impl Open {
    /// Opens a file by name. Without a name it is one that goes with the handle.
    pub(crate) fn new(disk: &Disk, name: Option<&str>, make: bool, fleeting: bool) -> Result<Self, Fault> {
        let mut state = disk.state();
        let fleeting = fleeting || name.is_none();
        let name = name.map_or_else(|| state.fleeting_name(), str::to_owned);
        let who = state.open(&name, make, fleeting)?;
        let life = state.life;
        drop(state);
        Ok(Self { disk: disk.clone(), name, who, life, regions: Mutex::default() })
    }

    pub(crate) fn read(&self, at: usize, into: &mut [u8]) -> Result<usize, Fault> {
        Ok(self.state()?.node(&self.name)?.content.read(at, into))
    }

    pub(crate) fn write(&self, at: usize, bytes: &[u8]) -> Result<(), Fault> {
        self.state()?.write(&self.name, at, bytes)
    }

    pub(crate) fn truncate(&self, length: usize) -> Result<(), Fault> {
        self.state()?.truncate(&self.name, length)
    }

    pub(crate) fn sync(&self) -> Result<(), Fault> {
        self.state()?.sync(&self.name)
    }

    pub(crate) fn size(&self) -> Result<usize, Fault> {
        Ok(self.state()?.node(&self.name)?.content.seen().len())
    }

    pub(crate) fn lock(&self, level: Level) -> Result<(), Fault> {
        let granted = self.state()?.node(&self.name)?.locks.raise(self.who, level);
        if granted { Ok(()) } else { Err(Fault::Busy) }
    }

    pub(crate) fn unlock(&self, level: Level) -> Result<(), Fault> {
        self.state()?.node(&self.name)?.locks.lower(self.who, level);
        Ok(())
    }

    pub(crate) fn is_reserved(&self) -> Result<bool, Fault> {
        Ok(self.state()?.node(&self.name)?.locks.reserved())
    }

    /// A region of the shared memory, which is made if need be and wanted. Stays valid until [`Open::unmap`].
    pub(crate) fn map(&self, number: usize, bytes: usize, make: bool) -> Result<Option<Region>, Fault> {
        let region = self.state()?.node(&self.name)?.shared.map(self.who, number, bytes, make);
        self.regions().extend(region.clone());
        Ok(region)
    }

    pub(crate) fn lock_shared(&self, slots: Range<usize>, mode: Mode) -> Result<(), Fault> {
        let granted = self.state()?.node(&self.name)?.shared.lock(self.who, slots, mode);
        if granted { Ok(()) } else { Err(Fault::Busy) }
    }

    pub(crate) fn unlock_shared(&self, slots: Range<usize>) -> Result<(), Fault> {
        self.state()?.node(&self.name)?.shared.unlock(self.who, slots);
        Ok(())
    }

    /// The caller holds no pointer into the shared memory any more.
    pub(crate) fn unmap(&self) {
        self.regions().clear();
        if let Ok(mut state) = self.state()
            && let Ok(node) = state.node(&self.name)
        {
            node.shared.leave(self.who);
        }
    }

    /// The disk, if the life in which this file was opened still lasts.
    fn state(&self) -> Result<MutexGuard<'_, State>, Fault> {
        let state = self.disk.state();
        if state.life == self.life { Ok(state) } else { Err(Fault::Dead) }
    }

    fn regions(&self) -> MutexGuard<'_, Vec<Region>> {
        self.regions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if let Ok(mut state) = self.state() {
            state.close(&self.name, self.who);
        }
    }
}
