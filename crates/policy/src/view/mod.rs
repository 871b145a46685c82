//! Looking at a package without deciding anything: what commands and consoles show of it.
//! Everything comes out in words; nothing of the package's inside is given away.

mod bounds;
mod describe;
mod form;
mod table;

pub use bounds::{BoundView, Held};
pub(crate) use describe::{benefit_label, fact_name, period_words, region_words, source_words};
pub use form::{FactView, ValueView};
pub use table::{Said, TableRow, TableView};

use crate::compile::{Compiled, CompiledBenefit, CompiledCut, Stage};
use crate::fault::SourceFile;
use crate::library::{Area, AreaStatus, Folder, Library};
use crate::model::Status;
use crate::read;
use crate::words::{name_words, value_words};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use gongji_adjudication::Payer;
use gongji_domain::Day;
use table::{Kind, collecting, said, table};

/// A policy document that a package cites.
#[derive(Clone, Copy, Debug)]
pub struct DocumentView<'a> {
    /// The name by which rules cite it.
    pub key: &'a str,
    /// Its number (文号).
    pub number: &'a str,
    /// Its title, where the package gives one.
    pub title: Option<&'a str>,
    /// Who issued it.
    pub issuer: Option<&'a str>,
    /// When it was published.
    pub published: Option<Day>,
    /// It belongs to a framework above the area.
    pub lent: bool,
}

/// One benefit of the chain as it stands on a day.
#[derive(Clone, Debug)]
pub struct BenefitView {
    /// Its name in the package.
    pub name: String,
    /// Its name in Chinese.
    pub words: String,
    /// Who pays.
    pub payer: String,
    /// What it is for; empty when for everything.
    pub applies: String,
    /// What it takes of earlier benefits; empty when only lines.
    pub takes: Vec<String>,
    /// Its payment comes with each case: the texts leave its figures open.
    pub decided_elsewhere: bool,
    /// Its articles.
    pub article: String,
    /// Reasons, deductibles, rates and limits, in the order in which they act.
    pub tables: Vec<TableView>,
}

/// A relation that a register keeps.
#[derive(Clone, Debug)]
pub struct RelationView {
    /// Its name in the package.
    pub name: String,
    /// What the package says of it.
    pub words: String,
    /// Its articles.
    pub article: String,
}

/// What a package says of itself before anything is resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageHead {
    /// Division code of its area.
    pub area: String,
    /// Whether it binds anybody.
    pub status: AreaStatus,
    /// The area whose package it extends.
    pub extends: Option<String>,
}

impl From<Status> for AreaStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::InForce => Self::InForce,
            Status::Draft => Self::Draft,
            Status::Example => Self::Example,
        }
    }
}

/// A value of a shared fact in Chinese, such as 三级 for `tertiary`; any other name as it is.
pub fn words_of<'a>(fact: &str, value: &'a str) -> &'a str {
    value_words(fact, value)
}

impl Folder {
    /// What the folder's package says of itself; absent when it says nothing readable.
    pub fn head(&self) -> Option<PackageHead> {
        let toml = self.files.iter().filter(|file| file.path.ends_with(".toml"));
        let toml: Vec<(u16, &str)> = toml.map(|file| (0, &*file.text)).collect();
        if self.name == "framework" || !toml.iter().any(|(_, text)| text.contains("[package]")) {
            return None;
        }
        // What is wrong with it is reported when it is loaded.
        let package = read::package(&toml, &mut Vec::new());
        let extends = package.extends.map(|area| area.text);
        Some(PackageHead { area: package.area.text, status: package.status.into(), extends })
    }
}

impl Library {
    /// The files that an area's package was read from, those of the package it extends included.
    pub fn files_of<'a>(&'a self, area: &'a Area) -> impl Iterator<Item = &'a SourceFile> {
        area.files.iter().map(|number| &self.files()[*number])
    }
}

impl Area {
    /// The documents that its rules cite, its frameworks' included.
    pub fn documents(&self) -> impl Iterator<Item = DocumentView<'_>> {
        let lent = |key: &str| {
            let mut quoted = self.articles().filter(|article| article.key.split(':').next() == Some(key)).peekable();
            quoted.peek().is_some() && quoted.all(|article| article.lent)
        };
        self.compiled.package.documents.iter().map(move |document| DocumentView {
            key: &document.key.text,
            number: &document.number,
            title: document.title.as_deref(),
            issuer: document.issuer.as_deref(),
            published: document.published,
            lent: lent(&document.key.text),
        })
    }

    /// The last day on which somebody checked it against its documents.
    pub fn verified(&self) -> Option<Day> {
        self.compiled.package.verified
    }

    /// The benefits of the chain, in order, as they stand on a day.
    pub fn benefits_on(&self, day: Day) -> Vec<BenefitView> {
        let in_force = |benefit: &&CompiledBenefit| benefit.from <= day && day <= benefit.until;
        self.compiled
            .benefits
            .iter()
            .filter(in_force)
            .map(|benefit| benefit_view(&self.compiled, benefit, day))
            .collect()
    }

    /// What decides beside the benefits: derived facts, access, lines and the account.
    pub fn tables_on(&self, day: Day) -> Vec<TableView> {
        let compiled = &self.compiled;
        let mut tables = Vec::new();
        for (fact, grid) in &compiled.fact_grids {
            let name = fact_name(compiled, *fact);
            tables.extend(table(compiled, grid, Kind::Word, format!("{name}（由其他事实得出）"), day));
        }
        tables.extend(compiled.access.as_ref().and_then(|grid| collecting(compiled, grid, "不予结算的情形", day)));
        let per = |grid: &crate::grid::Grid| match grid.per.as_ref().map(|per| per.text.as_str()) {
            Some("month") => "（每月）",
            Some("year") => "（每年）",
            _ => "",
        };
        let rest = [
            (&compiled.lines_covered, Kind::Word, "费用是否在目录内"),
            (&compiled.lines_ceiling, Kind::Amount, "费用的支付限价"),
            (&compiled.lines_upfront, Kind::Rate, "费用的先行自付比例"),
            (&compiled.employer_share, Kind::Rate, "单位缴费计入个人账户的比例"),
            (&compiled.credit, Kind::Amount, "个人账户计入"),
            (&compiled.credit_from, Kind::Word, "个人账户计入的来源"),
            (&compiled.before, Kind::Amount, "改革前的个人账户计入（只作比较）"),
            (&compiled.uses, Kind::Word, "个人账户使用范围"),
        ];
        for (grid, kind, title) in rest {
            let Some(grid) = grid else { continue };
            let shown = table(compiled, grid, kind, format!("{title}{}", per(grid)), day);
            tables.extend(shown.map(|shown| TableView { notes: describe::account_notes(grid), ..shown }));
        }
        for grid in compiled.contribution.iter().chain(&compiled.entitlement) {
            let (kind, title) = describe::terms_title(&grid.path);
            tables.extend(table(compiled, grid, kind, title.to_owned(), day));
        }
        tables
    }

    /// Relations between a person and an institution that registers keep (签约、定点), in words.
    pub fn relations(&self) -> Vec<RelationView> {
        let relation = |relation: &crate::model::Relation| RelationView {
            name: relation.name.text.clone(),
            words: describe::relation_words(relation),
            article: self.compiled.articles.print(&relation.cite),
        };
        self.compiled.package.relations.iter().map(relation).collect()
    }
}

/// What a table of the account says in a spot, in words, and its articles.
pub(crate) fn account_words(
    compiled: &Compiled,
    grid: &crate::grid::Grid,
    day: Day,
    spot: Vec<(crate::facts::FactId, u8)>,
) -> Option<(String, String)> {
    let kind = if grid.path == "account.use" { Kind::Word } else { Kind::Amount };
    let mut cell = crate::cells::Cell { compiled, day, known_on: Day::MAX, bands: spot };
    said(compiled, grid, kind, &mut cell).map(|said| (said.words, said.article))
}

fn benefit_view(compiled: &Compiled, benefit: &CompiledBenefit, day: Day) -> BenefitView {
    let payer = match benefit.payer {
        Payer::Fund(fund) => format!("{} {fund}", fund.name()),
        Payer::Account(gongji_adjudication::AccountPart::Current) => "个人账户（当年）".to_owned(),
        Payer::Account(gongji_adjudication::AccountPart::Prior) => "个人账户（历年）".to_owned(),
    };
    let mut tables = Vec::new();
    tables.extend(benefit.covered.as_ref().and_then(|grid| collecting(compiled, grid, "不支付的情形", day)));
    let cuts = |cuts: &[CompiledCut], what: &str, on: Stage, into: &mut Vec<TableView>| {
        for cut in cuts.iter().filter(|cut| cut.stage == on) {
            let shown = table(compiled, &cut.grid, Kind::Amount, describe::cut_title(compiled, cut, what), day);
            into.extend(shown.map(|shown| TableView { notes: describe::cut_notes(compiled, cut), ..shown }));
        }
    };
    cuts(&benefit.limits, "费用限额", Stage::Eligible, &mut tables);
    cuts(&benefit.deductibles, "起付标准", Stage::Eligible, &mut tables);
    cuts(&benefit.limits, "费用限额", Stage::Above, &mut tables);
    let rate = benefit.rate.as_ref().and_then(|grid| table(compiled, grid, Kind::Rate, "支付比例".to_owned(), day));
    tables.extend(rate.map(|rate| TableView { notes: describe::segment_notes(compiled, benefit), ..rate }));
    cuts(&benefit.deductibles, "起付标准", Stage::Payment, &mut tables);
    cuts(&benefit.limits, "支付限额", Stage::Payment, &mut tables);
    let takes = benefit.takes.iter().map(|(name, flow)| describe::flow_words(name, *flow)).collect();
    BenefitView {
        name: benefit.name.clone(),
        words: benefit_label(compiled, &benefit.name).to_owned(),
        payer,
        applies: region_words(compiled, &benefit.applies),
        takes,
        decided_elsewhere: benefit.decided_elsewhere,
        article: compiled.articles.print(&benefit.cite),
        tables,
    }
}

/// What people call a benefit.
pub fn benefit_words(name: &str) -> &str {
    match crate::case::benefit_name(name) {
        same if same == name => name_words(name),
        words => words,
    }
}
