//! What is wrong with a file: file, row, column, given, allowed.

use core::fmt;

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Name of the file.
    pub file: String,
    /// Row of data from 1, if one is meant.
    pub row: Option<u64>,
    /// Name of the column, if one is meant.
    pub column: Option<String>,
    /// What was found.
    pub given: String,
    /// What is allowed.
    pub allowed: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}", self.file)?;
        if let Some(row) = self.row {
            write!(to, " 第 {row} 行数据")?;
        }
        if let Some(column) = &self.column {
            write!(to, " {column} 列")?;
        }
        write!(to, "：{}；应为{}", self.given, self.allowed)
    }
}

/// How many faults are told before reading stops.
const MOST: usize = 50;

/// What is wrong with the files of a population.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Faults(pub Vec<Fault>);

impl Faults {
    /// Adds one; says whether to go on.
    pub(super) fn add(&mut self, fault: Fault) -> bool {
        self.0.push(fault);
        self.0.len() < MOST
    }

    /// Whether so many are known that reading stops.
    pub(super) fn full(&self) -> bool {
        self.0.len() >= MOST
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        for fault in &self.0 {
            writeln!(to, "{fault}")?;
        }
        if self.full() { writeln!(to, "（已有 {MOST} 处，未再往下读）") } else { Ok(()) }
    }
}

impl std::error::Error for Faults {}
