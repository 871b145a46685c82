//! A pooling area's policy package: text in, checked package and rules out; and the quote contract.
#![no_std]
#![warn(missing_docs)]
extern crate alloc;

pub mod account;
mod articles;
mod bounds;
pub mod case;
mod cases;
mod cells;
mod check;
mod citations;
mod compare;
mod compile;
mod counters;
mod cycles;
mod facts;
mod fault;
mod fields;
mod figures;
mod grid;
mod kinks;
mod library;
mod lower;
mod model;
mod node;
mod overlay;
mod prove;
mod reach;
mod read;
mod relations;
pub mod schema;
mod trial;
mod view;
mod words;

pub use articles::{Article, Articles};
pub use cases::{
    ArticleCoverage, Boundary, CaseReport, CaseResult, CellDiffers, Played, Profile, RowCoverage, RowDiffers, Side,
    Stopped, WorkedCase,
};
pub use compare::{Change, Comparison, Effect, Witness, compare};
pub use facts::{Fact, Kind, Owner};
pub use fault::{At, Fault, Severity, SourceFile, line_column, nearest};
pub use kinks::Bend;
pub use library::{Area, AreaStatus, Folder, Library};
pub use view::{
    BenefitView, BoundView, DocumentView, FactView, Held, PackageHead, RelationView, Said, TableRow, TableView,
    ValueView, benefit_words, words_of,
};
