//! An empty database for one test: on the server that all tests share, or on the one that somebody names.
//! Must never know what is kept in it.

use std::env;
use std::hash::{BuildHasher, Hasher, RandomState};

use crate::home::Home;
use crate::psql;
use crate::url;

/// A database that nobody else knows; gone when dropped, with whatever connections it then has.
#[derive(Debug)]
pub struct Database {
    url: String,
    /// Where to say that it is to go, and how.
    server: String,
    removal: String,
}

impl Database {
    /// A new, empty database: UTF-8, ordered by code points.
    ///
    /// On the server named by `GONGJI_TEST_POSTGRES_URL` it is a schema, if databases may not be made there.
    ///
    /// # Panics
    /// If PostgreSQL is not installed or does not start, or the server named refuses both.
    pub fn fresh() -> Self {
        let name = format!("gongji_test_{:016x}", RandomState::new().build_hasher().finish());
        let Some(named) = env::var("GONGJI_TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty()) else {
            let server = Home::get().server();
            return Self::as_database(server.url("postgres"), &name).unwrap_or_else(|fault| panic!("{fault}"));
        };
        Self::as_database(named.clone(), &name).unwrap_or_else(|no_database| {
            Self::as_schema(named, &name).unwrap_or_else(|fault| panic!("{no_database}\n{fault}"))
        })
    }

    /// Its address, for any client.
    pub fn url(&self) -> &str {
        &self.url
    }

    fn as_database(server: String, name: &str) -> Result<Self, String> {
        psql(&server, &format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'"))?;
        let removal = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        Ok(Self { url: url::of_database(&server, name), server, removal })
    }

    fn as_schema(server: String, name: &str) -> Result<Self, String> {
        psql(&server, &format!("CREATE SCHEMA {name}"))?;
        let removal = format!("DROP SCHEMA IF EXISTS {name} CASCADE");
        Ok(Self { url: url::of_schema(&server, name), server, removal })
    }
}

impl Drop for Database {
    /// Says when it could not: a panic here would hide why the test fails.
    fn drop(&mut self) {
        if let Err(fault) = psql(&self.server, &self.removal) {
            eprintln!("a test's database is left: {fault}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Cluster;

    #[test]
    fn where_no_database_may_be_made_a_schema_does() {
        let cluster = Cluster::own();
        let all = cluster.create("all");
        psql(&all, "CREATE ROLE guest LOGIN; GRANT CREATE ON DATABASE \"all\" TO guest").expect("a guest");
        let guest = all.replace("user=gongji", "user=guest");
        let refusal = Database::as_database(guest.clone(), "gongji_test_1").expect_err("guests make no databases");
        assert!(refusal.contains("permission denied to create database"), "{refusal}");

        let here = Database::as_schema(guest.clone(), "gongji_test_1").expect("guests make schemas");
        let there = Database::as_schema(guest, "gongji_test_2").expect("guests make schemas");
        psql(here.url(), "CREATE TABLE visit (amount int); INSERT INTO visit VALUES (300)").expect("a row");
        let missing = psql(there.url(), "SELECT amount FROM visit").expect_err("nothing of the other schema");
        assert!(missing.contains("does not exist"), "{missing}");
        drop((here, there));
        let left = "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'gongji_test%'";
        assert_eq!(psql(&all, left).as_deref(), Ok("0"));
    }
}
