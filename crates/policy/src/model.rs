//! A policy package as written: documents, facts, tables, benefits, accounts, bounds. Every part
//! knows where it stands in its file. Nothing here is resolved or checked against anything else.

use crate::account::Span;
use crate::fault::At;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use gongji_domain::{Day, Fen, Rate, Rounding};

/// A text with its place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) at: At,
    pub(crate) text: String,
}

/// One folder of `policies/`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Package {
    pub(crate) at: At,
    pub(crate) area: Word,
    pub(crate) name: String,
    pub(crate) status: Status,
    pub(crate) framework: Vec<Word>,
    pub(crate) from: Option<Day>,
    pub(crate) until: Option<Day>,
    pub(crate) verified: Option<Day>,
    pub(crate) cite: Vec<Word>,
    pub(crate) extends: Option<Word>,
    pub(crate) documents: Vec<Document>,
    pub(crate) chain: Vec<Word>,
    pub(crate) decided_elsewhere: Vec<(Word, Vec<Word>)>,
    pub(crate) facts: Vec<FactDef>,
    pub(crate) reasons: Vec<(Word, String)>,
    pub(crate) impossible: Vec<(Pattern, At)>,
    pub(crate) years: Years,
    pub(crate) indexes: Vec<Index>,
    pub(crate) institutions: Vec<Institution>,
    pub(crate) relations: Vec<Relation>,
    pub(crate) lines: Lines,
    pub(crate) payer: PayerOrder,
    pub(crate) access: Option<Table>,
    pub(crate) benefits: Vec<Benefit>,
    pub(crate) account: Account,
    /// Tables of what is paid in, by path such as `contribution.own`.
    pub(crate) contribution: Vec<Table>,
    /// How the parts of a contribution become whole fen.
    pub(crate) contribution_rounding: Option<Rounding>,
    /// Tables of from when to when benefits are due, by path such as `entitlement.waiting`.
    pub(crate) entitlement: Vec<Table>,
    pub(crate) bounds: Vec<Bound>,
    /// Bounds of the frameworks that the package names.
    pub(crate) lent_bounds: Vec<Bound>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Status {
    #[default]
    InForce,
    Draft,
    Example,
}

/// A policy document that rules cite.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    pub(crate) key: Word,
    pub(crate) number: String,
    pub(crate) title: Option<String>,
    pub(crate) issuer: Option<String>,
    pub(crate) published: Option<Day>,
    pub(crate) known: Option<Day>,
}

/// A declared fact.
#[derive(Clone, Debug)]
pub(crate) struct FactDef {
    pub(crate) name: Word,
    pub(crate) of: Option<Word>,
    pub(crate) kind: Option<Word>,
    pub(crate) values: Vec<Word>,
    pub(crate) more: Vec<Word>,
    pub(crate) under: Vec<(Word, Word)>,
    pub(crate) min: Option<i64>,
    pub(crate) max: Option<i64>,
    pub(crate) default: Option<Scalar>,
    pub(crate) table: Option<Table>,
    pub(crate) ordinal: Option<Ordinal>,
    pub(crate) count_of: Option<Word>,
    pub(crate) label: Option<String>,
    pub(crate) cite: Vec<Word>,
}

#[derive(Clone, Debug)]
pub(crate) struct Ordinal {
    pub(crate) of: Word,
    pub(crate) per: Word,
    pub(crate) by: Vec<Word>,
    pub(crate) counts: Vec<Word>,
}

/// A constant that a fact is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scalar {
    pub(crate) at: At,
    pub(crate) value: ScalarValue,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ScalarValue {
    Text(String),
    Whole(i64),
    Flag(bool),
    Day(Day),
}

/// Conditions on facts, all of which must hold.
pub(crate) type Pattern = Vec<(Word, Condition)>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    Any(Vec<Scalar>),
    Not(Vec<Scalar>),
    Range(Vec<(Compare, Scalar)>),
}

impl Condition {
    /// The constants that it compares with.
    pub(crate) fn scalars(&self) -> Vec<&Scalar> {
        match self {
            Self::Any(values) | Self::Not(values) => values.iter().collect(),
            Self::Range(range) => range.iter().map(|(_, scalar)| scalar).collect(),
        }
    }
}

/// A comparison with a constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compare {
    Below,
    AtMost,
    AtLeast,
    Above,
}

/// A dated table over facts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    pub(crate) at: At,
    /// Path in the package, such as `benefit.ordinary_outpatient.rate`.
    pub(crate) path: String,
    /// Rows by layer: general rows, exceptions, an overlay's rows and its exceptions.
    pub(crate) layers: [Vec<Row>; 4],
    pub(crate) adjust: Vec<Adjust>,
    pub(crate) at_least: Option<Box<Table>>,
    pub(crate) at_most: Option<Box<Table>>,
    pub(crate) rounding: Option<Rounding>,
    pub(crate) from: Option<Day>,
    pub(crate) until: Option<Day>,
    pub(crate) cite: Vec<Word>,
    pub(crate) per: Option<Word>,
    pub(crate) status_effect: Option<Word>,
    pub(crate) age_on: Option<Word>,
    pub(crate) facts_on: Option<Word>,
    pub(crate) each: Option<Each>,
}

#[derive(Clone, Debug)]
pub(crate) struct Each {
    pub(crate) set: Word,
    pub(crate) name: Word,
    /// Of the largest, the second …; none written: every member counts in full.
    pub(crate) weights: Vec<Rate>,
}

#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) at: At,
    pub(crate) when: Pattern,
    pub(crate) is: ValueAt,
    pub(crate) from: Option<Day>,
    pub(crate) until: Option<Day>,
    pub(crate) published: Option<Day>,
    pub(crate) known: Option<Day>,
    pub(crate) corrects: bool,
    pub(crate) cite: Vec<Word>,
    pub(crate) verified: Option<Day>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ValueAt {
    pub(crate) at: At,
    pub(crate) value: Value,
}

/// What a row says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// A word: a choice, a reason, a code; which words are allowed depends on the table.
    Word(String),
    Flag(bool),
    Money(Fen),
    Rate(Rate),
    /// No such rule.
    None,
    /// The text gives no figure: never binds.
    Open,
    Share {
        share: Rate,
        of: String,
        year: Option<i64>,
        round: Option<Rounding>,
    },
    SameAs {
        path: String,
        share: Option<Rate>,
    },
    Frozen(String),
    Balance(String),
    /// A national fund, with the ledger inside it.
    Fund {
        fund: String,
        ledger: Option<String>,
    },
    /// So many months or days.
    Span(Span),
}

#[derive(Clone, Debug)]
pub(crate) struct Adjust {
    pub(crate) at: At,
    pub(crate) when: Pattern,
    pub(crate) change: Change,
    pub(crate) per: Option<Word>,
    pub(crate) less: i64,
    pub(crate) from: Option<Day>,
    pub(crate) until: Option<Day>,
    pub(crate) cite: Vec<Word>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Points(Rate),
    Money(Fen),
    Times(Rate),
}

#[derive(Clone, Debug)]
pub(crate) struct Benefit {
    pub(crate) at: At,
    pub(crate) name: Word,
    pub(crate) label: Option<String>,
    pub(crate) cite: Vec<Word>,
    pub(crate) applies: Pattern,
    pub(crate) claims: Pattern,
    pub(crate) takes: Vec<Word>,
    pub(crate) fund: Option<Word>,
    pub(crate) ledger: Option<Word>,
    pub(crate) covered: Option<Table>,
    pub(crate) deductibles: Vec<Accumulated>,
    pub(crate) limits: Vec<Accumulated>,
    pub(crate) rate: Option<Table>,
    pub(crate) segments: Option<Segments>,
    pub(crate) from: Option<Day>,
    pub(crate) until: Option<Day>,
}

#[derive(Clone, Debug)]
pub(crate) struct Segments {
    pub(crate) at: At,
    pub(crate) on: Word,
    pub(crate) up_to: Vec<Fen>,
    pub(crate) names: Vec<Word>,
    pub(crate) per: Option<Word>,
    pub(crate) counts: Vec<Word>,
    pub(crate) cite: Vec<Word>,
}

/// A deductible or limit: an amount table, the stage it acts on, and the key of its counter.
#[derive(Clone, Debug, Default)]
pub(crate) struct Accumulated {
    pub(crate) at: At,
    pub(crate) on: Option<Word>,
    pub(crate) per: Option<Word>,
    pub(crate) lasts: Option<Word>,
    pub(crate) by: Vec<Word>,
    pub(crate) carry: Option<Word>,
    pub(crate) counts: Vec<Word>,
    pub(crate) applies: Pattern,
    pub(crate) lines: Pattern,
    pub(crate) beyond: Option<BeyondDef>,
    pub(crate) starts: Option<Word>,
    pub(crate) table: Table,
}

#[derive(Clone, Debug)]
pub(crate) struct BeyondDef {
    pub(crate) fund: Word,
    pub(crate) when: Pattern,
    pub(crate) cite: Vec<Word>,
}

/// Benefit years: the day on which they begin, and days that begin one anew.
#[derive(Clone, Debug, Default)]
pub(crate) struct Years {
    /// `(month, day)` from a day on.
    pub(crate) starts: Vec<(Option<Day>, (i8, i8))>,
    pub(crate) restarts: Vec<Day>,
    pub(crate) cite: Vec<Word>,
}

#[derive(Clone, Debug)]
pub(crate) struct Index {
    pub(crate) name: Word,
    pub(crate) rows: Vec<IndexRow>,
}

#[derive(Clone, Debug)]
pub(crate) struct IndexRow {
    pub(crate) at: At,
    pub(crate) year: i64,
    pub(crate) is: ValueAt,
    pub(crate) estimate: bool,
    pub(crate) known: Option<Day>,
    pub(crate) cite: Vec<Word>,
}

#[derive(Clone, Debug)]
pub(crate) struct Institution {
    pub(crate) id: Word,
    pub(crate) class: Option<Word>,
    pub(crate) kind: Option<Word>,
    pub(crate) from: Option<Day>,
    pub(crate) until: Option<Day>,
    pub(crate) cite: Vec<Word>,
}

/// A relation between a person and an institution, as a package says when it holds.
#[derive(Clone, Debug)]
pub(crate) struct Relation {
    pub(crate) name: Word,
    pub(crate) slots: Vec<Word>,
    pub(crate) lasts: Option<Word>,
    pub(crate) ends: Option<Word>,
    pub(crate) via: Option<Word>,
    pub(crate) change_months: Vec<i64>,
    pub(crate) change_effective: Option<Word>,
    pub(crate) cite: Vec<Word>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Lines {
    pub(crate) cite: Vec<Word>,
    pub(crate) covered: Option<Table>,
    pub(crate) ceiling: Option<Table>,
    pub(crate) upfront: Option<Table>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct PayerOrder {
    pub(crate) after: Option<Vec<Word>>,
    pub(crate) pays: Option<Vec<Word>>,
    pub(crate) cite: Vec<Word>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Account {
    pub(crate) employer_share: Option<Table>,
    pub(crate) credit: Option<Table>,
    /// From where credits come.
    pub(crate) credit_from: Option<Table>,
    /// What was credited before the reform.
    pub(crate) before: Option<Table>,
    pub(crate) uses: Option<Table>,
}

/// A bound of a framework (or of the area itself) on a table of packages.
#[derive(Clone, Debug)]
pub(crate) struct Bound {
    pub(crate) at: At,
    pub(crate) on: Word,
    pub(crate) when: Pattern,
    pub(crate) must: Word,
    pub(crate) is: Option<ValueAt>,
    pub(crate) along: Option<(Word, Vec<Word>)>,
    pub(crate) facts: Vec<Word>,
    pub(crate) tolerance: Option<Rate>,
    pub(crate) warning: bool,
    pub(crate) from: Option<Day>,
    pub(crate) cite: Vec<Word>,
}
