//! An institution's file held against the centre's books, as pages show it: both sides in sums, and each difference with its
//! cause and what mends it. Officers and cashiers see the same.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gongji_domain::Fen;
use serde::{Deserialize, Serialize};

use crate::his::reconcile::gather::{Gathered, Row, Side};
use crate::serve::problem::Problem;

/// A file that was handed in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub name: String,
    base64: String,
}

#[derive(Serialize)]
pub(super) struct Answer {
    sides: Vec<Sums>,
    pub differences: Vec<Difference>,
}

/// One side.
#[derive(Serialize)]
struct Sums {
    /// `institution`, `centre` or `bank`.
    side: &'static str,
    count: usize,
    total: Option<Fen>,
    fund: Option<Fen>,
    account: Option<Fen>,
    cash: Fen,
}

#[derive(Serialize)]
pub(super) struct Difference {
    cause: &'static str,
    pub said: String,
    pub mend: String,
    pub settlement: String,
    pub person: String,
    message: Option<String>,
    /// Total, fund and account at either side; what the bank took.
    pub institution: Option<[Fen; 3]>,
    pub centre: Option<[Fen; 3]>,
    pub bank: Option<Fen>,
}

impl From<Row> for Difference {
    fn from(row: Row) -> Self {
        let Row { cause, said, mend, setl_id, psn_no, msgid, institution, centre, bank } = row;
        Self { cause, said, mend, settlement: setl_id, person: psn_no, message: msgid, institution, centre, bank }
    }
}

impl File {
    /// Its bytes.
    ///
    /// # Errors
    /// When it did not come whole.
    pub(super) fn bytes(&self, field: &str) -> Result<Vec<u8>, Problem> {
        STANDARD.decode(&self.base64).map_err(|_| self.wrong(field, "：没有传完整，请重新选择文件"))
    }

    /// Its rows.
    ///
    /// # Errors
    /// Which row is wrong, and what is allowed.
    pub(super) fn rows<T>(&self, field: &str, of: impl FnOnce(&[u8]) -> Result<T, String>) -> Result<T, Problem> {
        of(&self.bytes(field)?).map_err(|why| self.wrong(field, &why))
    }

    fn wrong(&self, field: &str, why: &str) -> Problem {
        Problem::said("invalid_value", format!("{}{why}", self.name)).at(field)
    }
}

impl Answer {
    /// Of what was held against each other.
    pub(super) fn of(gathered: &Gathered<'_>) -> Self {
        let side = |(side, Side { count, sums }): (&'static str, Side)| Sums {
            side,
            count,
            total: Some(sums.total),
            fund: Some(sums.fund),
            account: Some(sums.account),
            cash: sums.cash(),
        };
        let mut sides: Vec<Sums> = ["institution", "centre"].into_iter().zip(gathered.sides()).map(side).collect();
        let bank = gathered.paid();
        sides.extend(bank.map(|(count, cash)| Sums {
            side: "bank",
            count,
            total: None,
            fund: None,
            account: None,
            cash,
        }));
        Self { sides, differences: gathered.differences().iter().map(|one| Row::of(one).into()).collect() }
    }
}
