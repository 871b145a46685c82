//! The address of a database: the driver's settings, and ours beside them. Must never show what stands in it,
//! since that may be a password.

use std::time::Duration;

use tokio_postgres::Config;

use crate::trouble::Trouble;

/// How long a server may take to answer a new connection.
const CONNECT: Duration = Duration::from_secs(2);
/// How long a network may be silent about what was sent.
const SILENCE: Duration = Duration::from_secs(10);
/// How long a node has its stream after its last commit, if the address says nothing.
const LEASE: u64 = 10;

/// Where a database is and how it is used.
#[derive(Clone)]
pub(super) struct Address {
    pub config: Config,
    /// Its tables are divided by person over several servers (`gongji_cluster=1`).
    pub sharded: bool,
    /// Seconds for which a node has its stream after its last commit (`gongji_lease=10`).
    pub lease: i64,
    /// Workers of a node, each with a connection and a stream of its own (`gongji_workers=1`).
    pub workers: usize,
}

impl Address {
    /// Reads an address. `gongji_cluster`, `gongji_lease` and `gongji_workers` after the question mark are ours, everything
    /// else is the driver's.
    pub(super) fn parse(text: &str) -> Result<Self, Trouble> {
        let wrong = |what: &str| Trouble::Address(what.to_owned());
        let (place, settings) = text.split_once('?').unwrap_or((text, ""));
        let (mut theirs, mut sharded, mut lease, mut workers) = (Vec::new(), false, LEASE, 1);
        for setting in settings.split('&').filter(|setting| !setting.is_empty()) {
            match setting.split_once('=') {
                Some(("gongji_cluster", "0" | "1")) => sharded = setting.ends_with('1'),
                Some(("gongji_lease", seconds)) => {
                    let seconds = seconds.parse().ok().filter(|seconds| (1..=3600).contains(seconds));
                    lease = seconds.ok_or_else(|| wrong("gongji_lease 应为 1 至 3600 的秒数"))?;
                }
                Some(("gongji_workers", count)) => {
                    let count = count.parse().ok().filter(|count| (1..=64).contains(count));
                    workers = count.ok_or_else(|| wrong("gongji_workers 应为 1 至 64"))?;
                }
                Some((name, _)) if name.starts_with("gongji_") => return Err(wrong("不认识的 gongji_ 参数或取值")),
                _ => theirs.push(setting),
            }
        }
        let theirs = theirs.join("&");
        let text = if theirs.is_empty() { place.to_owned() } else { format!("{place}?{theirs}") };
        let mut config: Config = text.parse().map_err(|_| wrong("读不懂"))?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(SILENCE);
        }
        if config.get_application_name().is_none() {
            config.application_name("gongji");
        }
        Ok(Self { config, sharded, lease: lease.cast_signed(), workers })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_settings_are_taken_out_and_nothing_written_is_shown() {
        let address =
            Address::parse("postgres://g:s@db/g?gongji_cluster=1&application_name=x&gongji_lease=3&gongji_workers=2")
                .unwrap();
        assert_eq!((address.sharded, address.lease, address.workers), (true, 3, 2));
        assert_eq!(address.config.get_application_name(), Some("x"));
        let address = Address::parse("postgres://g@db/g").unwrap();
        assert_eq!((address.sharded, address.lease, address.workers), (false, 10, 1));
        for wrong in [
            "postgres://g:s3cret@db/g?gongji_lease=0",
            "postgres://g:s3cret@db/g?gongji_workers=0",
            "postgres://g:s3cret@db/g?gongji_cluster=yes",
            "postgres://g:s3cret@db/g?gongji_leese=1",
            "postgres://g:s3cret@db/g?unknown=1",
            "postgres://g:s3cret@db:port/g",
        ] {
            let said = Address::parse(wrong).err().unwrap().to_string();
            assert!(said.contains("写法不对") && !said.contains("s3cret"), "{said}");
        }
    }
}
