//! One connection to a server, used without waiting for anything but it: statements are prepared once, and
//! those of one step go together. Must never know what they say, and not be used within asynchronous code.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::future::Future;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::types::{FromSql, ToSql};
use tokio_postgres::{Client, NoTls, Row, Statement};

use crate::engine::Fault;
use crate::postgres::address::Address;
use crate::postgres::fault;
use crate::trouble::Trouble;

/// How long connecting may take, with everything that belongs to it.
const CONNECT: Duration = Duration::from_secs(4);
/// How long one step of a batch may take before the server counts as gone.
const STEP: Duration = Duration::from_secs(15);

/// Rows are looked up by their keys, a batch of them at a time; whoever counts too few rows in a table that
/// grows fast would read all of it instead.
const BY_KEY: &str = "SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_seqscan = off; SET jit = off";

/// A statement and its values.
pub(super) struct Step<'a> {
    sql: &'static str,
    with: Vec<Box<dyn ToSql + Sync + 'a>>,
}

impl<'a> Step<'a> {
    pub(super) fn new(sql: &'static str) -> Self {
        Self { sql, with: Vec::new() }
    }

    /// Adds the next value.
    pub(super) fn with(mut self, value: impl ToSql + Sync + 'a) -> Self {
        self.with.push(Box::new(value));
        self
    }
}

/// A connection.
pub(super) struct Link {
    runtime: Runtime,
    client: Client,
    statements: RefCell<HashMap<&'static str, Statement>>,
    /// A step had no answer in time: nothing more is asked.
    silent: Cell<bool>,
    /// None: a step may take as long as it takes.
    most: Option<Duration>,
}

impl Link {
    /// A connection for batches: nothing waits for long, and a server that has lost us lets go of what we locked.
    pub(super) fn writing(address: &Address) -> Result<Self, Fault> {
        let link = Self::connect(address, Some(STEP))?;
        link.script("SET lock_timeout = '3s'; SET idle_in_transaction_session_timeout = '20s'")?;
        link.durable()?;
        Ok(link)
    }

    /// A connection for reading, or for writing very much.
    pub(super) fn patient(address: &Address) -> Result<Self, Fault> {
        Self::connect(address, None)
    }

    fn connect(address: &Address, most: Option<Duration>) -> Result<Self, Fault> {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|why| Fault::Refused(Trouble::Server(why.to_string())))?;
        let connecting = async {
            let (client, connection) = address.config.connect(NoTls).await.map_err(|error| fault::of(&error))?;
            // It ends with the runtime; what it says is said to whoever asks, too.
            tokio::spawn(connection);
            Ok(client)
        };
        let client = runtime.block_on(async { tokio::time::timeout(CONNECT, connecting).await });
        let client = client.unwrap_or_else(|_| Err(silent()))?;
        let link = Self { runtime, client, statements: RefCell::default(), silent: Cell::new(false), most };
        link.script(BY_KEY)?;
        Ok(link)
    }

    /// An answer is given once its event is on disk: so must the server mean it.
    fn durable(&self) -> Result<(), Fault> {
        let said = self
            .ask1(Step::new("SELECT current_setting('fsync') = 'on', current_setting('synchronous_commit') = 'off'"))?;
        for row in said {
            if !get::<bool>(&row, 0)? {
                return Err(Fault::Refused(Trouble::NotDurable("fsync")));
            }
            if get::<bool>(&row, 1)? {
                self.script("SET synchronous_commit = on")?;
            }
        }
        Ok(())
    }

    /// Whether the connection is known to be gone.
    pub(super) fn is_closed(&self) -> bool {
        self.silent.get() || self.client.is_closed()
    }

    /// Sends all statements at once and gives the rows of each. The first error is told: those after it only
    /// say that the transaction has failed.
    pub(super) fn ask(&self, steps: &[Step<'_>]) -> Result<Vec<Vec<Row>>, Fault> {
        self.run(async {
            let mut ready = Vec::with_capacity(steps.len());
            for step in steps {
                ready.push(self.statement(step.sql).await?);
            }
            let asked = steps.iter().zip(&ready).map(|(step, statement)| async move {
                let with: Vec<&(dyn ToSql + Sync)> = step.with.iter().map(|value| &**value as _).collect();
                self.client.query(statement, &with).await
            });
            join_all(asked).await.into_iter().collect()
        })
    }

    /// Sends one statement.
    pub(super) fn ask1(&self, step: Step<'_>) -> Result<Vec<Row>, Fault> {
        Ok(self.ask(&[step])?.pop().unwrap_or_default())
    }

    /// Executes statements without values, one after the other.
    pub(super) fn script(&self, sql: &str) -> Result<(), Fault> {
        self.run(self.client.batch_execute(sql))
    }

    async fn statement(&self, sql: &'static str) -> Result<Statement, tokio_postgres::Error> {
        let known = self.statements.borrow().get(sql).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let made = self.client.prepare(sql).await?;
        self.statements.borrow_mut().insert(sql, made.clone());
        Ok(made)
    }

    fn run<T>(&self, asked: impl Future<Output = Result<T, tokio_postgres::Error>>) -> Result<T, Fault> {
        let answer = self.runtime.block_on(async {
            match self.most {
                None => Ok(asked.await),
                Some(most) => tokio::time::timeout(most, asked).await,
            }
        });
        let Ok(answer) = answer else {
            self.silent.set(true);
            return Err(silent());
        };
        answer.map_err(|error| fault::of(&error))
    }
}

fn silent() -> Fault {
    Fault::Lost("没有回音".to_owned())
}

/// A column of a row.
pub(super) fn get<'r, T: FromSql<'r>>(row: &'r Row, at: usize) -> Result<T, Fault> {
    row.try_get(at).map_err(|error| fault::of(&error))
}

/// A column that is never below zero.
pub(super) fn number(row: &Row, at: usize) -> Result<u64, Fault> {
    u64::try_from(get::<i64>(row, at)?).map_err(|_| damaged(row, at))
}

/// A column of 32 bytes.
pub(super) fn digest(row: &Row, at: usize) -> Result<[u8; 32], Fault> {
    get::<&[u8]>(row, at)?.try_into().map_err(|_| damaged(row, at))
}

/// A number as the server has it; none of ours is so large that it would turn negative.
pub(super) fn big(number: u64) -> i64 {
    number.cast_signed()
}

fn damaged(row: &Row, at: usize) -> Fault {
    Fault::Refused(Trouble::Damaged(row.columns()[at].name().to_owned()))
}
