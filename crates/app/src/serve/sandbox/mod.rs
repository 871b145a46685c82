//! The sandbox (沙箱) for makers of hospital and pharmacy software: its members ([`members`]), what they went
//! through before ([`past`]), and answers that get lost on demand ([`trouble`]). A store says of itself that it is a
//! sandbox; no other is ever touched.

pub(crate) mod members;
pub(crate) mod past;
pub(crate) mod trouble;

use anyhow::{Context as _, bail};
use gongji_store::{Key, Place, Reader};

use crate::his::opening::NOBODY;

/// The event that makes a store a sandbox.
pub(crate) fn mark() -> Key {
    Key { institution: NOBODY.to_owned(), msgid: "SANDBOX".to_owned() }
}

/// What a place holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    /// Nothing yet.
    Nothing,
    /// A sandbox.
    Sandbox,
    /// A store that is none.
    Other,
}

/// Looks what a place holds, and changes nothing.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn holds(place: &Place) -> anyhow::Result<Holds> {
    match place {
        Place::Memory => return Ok(Holds::Nothing),
        Place::File { path, .. } if !path.exists() => return Ok(Holds::Nothing),
        _ => {}
    }
    let unusable = || format!("无法使用结算库 {place}");
    let reader = Reader::open(place).with_context(unusable)?;
    if reader.find(&mark()).with_context(unusable)?.is_some() {
        return Ok(Holds::Sandbox);
    }
    let events = reader.head().with_context(unusable)?.events;
    Ok(if events == 0 { Holds::Nothing } else { Holds::Other })
}

/// A place where the sandbox may be.
///
/// # Errors
/// When something else is there.
pub(crate) fn check(place: &Place) -> anyhow::Result<()> {
    if matches!(place, Place::Postgres(_)) {
        bail!("沙箱只用文件或 memory: 的结算库，{place} 是数据库");
    }
    if holds(place)? == Holds::Other {
        bail!("结算库 {place} 不是沙箱，不能用 --sandbox 打开：换一个文件名");
    }
    Ok(())
}
