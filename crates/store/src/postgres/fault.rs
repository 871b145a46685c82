//! What the driver and the server say, as what is to be done about it. Goes by classes of SQLSTATE, never by
//! names of constraints, which a cluster changes.

use tokio_postgres::Error;
use tokio_postgres::error::{DbError, SqlState};

use crate::engine::Fault;
use crate::store::OpenError;
use crate::trouble::Trouble;

/// What to do about an error of the driver.
pub(super) fn of(error: &Error) -> Fault {
    match error.as_db_error() {
        Some(said) => of_server(said),
        // A value of another type than the schema has.
        None if error.is_closed() || !is_conversion(error) => Fault::Lost(chain(error)),
        None => Fault::Refused(Trouble::Damaged(chain(error))),
    }
}

fn of_server(said: &DbError) -> Fault {
    let code = said.code();
    let words = format!("{}：{}", code.code(), said.message());
    match code.code() {
        "40001" | "40P01" | "55P03" | "57014" => Fault::Again(words),
        "XX000" if said.message().contains("could not commit transaction for shard") => Fault::Again(words),
        // Shut down, starting up, idle for too long, no connection left.
        "57P01" | "57P02" | "57P03" | "57P05" | "25P03" | "53300" => Fault::Lost(words),
        class if class.starts_with("08") => Fault::Lost(words),
        "53100" => Fault::Refused(Trouble::Full(words)),
        "25006" => Fault::Refused(Trouble::Standby(words)),
        "42501" => Fault::Refused(Trouble::Denied(words)),
        class if class.starts_with("28") || *code == SqlState::INVALID_CATALOG_NAME => {
            Fault::Refused(Trouble::Denied(words))
        }
        "XX001" | "XX002" => Fault::Refused(Trouble::Damaged(words)),
        _ => Fault::Refused(Trouble::Server(words)),
    }
}

/// The driver tells kinds of errors apart only in words.
fn is_conversion(error: &Error) -> bool {
    let words = error.to_string();
    words.starts_with("error deserializing") || words.starts_with("error serializing")
}

/// An error with what caused it.
fn chain(error: &Error) -> String {
    let mut words = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        let more = inner.to_string();
        if !words.contains(&more) {
            words = format!("{words}: {more}");
        }
        cause = inner.source();
    }
    words
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Again(words) => Self::Occupied(words),
            Fault::Lost(words) => Self::Unreachable(words),
            Fault::Refused(trouble) | Fault::Unsure(trouble) => trouble,
        }
    }
}

impl From<Fault> for OpenError {
    fn from(fault: Fault) -> Self {
        Self::Trouble(fault.into())
    }
}
