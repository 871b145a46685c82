//! Reading an estimate's figures and lines from its file. Unknown keys, units and names are refused with what is allowed.

use crate::exact::Exact;
use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Display;
use serde::Deserialize;

/// Why an estimate cannot be read or worked out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EstimateFault {
    /// The file is not what it should be.
    #[error("测算文件不能读：{0}")]
    Unreadable(String),
    /// A figure is no decimal.
    #[error("figure.{name} 的 is = \"{found}\" 不是一个数；写作 \"150315.69\"")]
    NotANumber {
        /// Which figure.
        name: String,
        /// What is written.
        found: String,
    },
    /// A line has no operation, or several.
    #[error("line {line} 写了 {found} 种运算；只写一种：add、subtract、multiply、divide、whole、rising")]
    Operations {
        /// Which line.
        line: String,
        /// How many.
        found: usize,
    },
    /// A line names what is not known there.
    #[error("{line} 里的 {name} 既不是 figure、也不是前面的 line；可用：{allowed}")]
    Unknown {
        /// Which line.
        line: String,
        /// What it names.
        name: String,
        /// What may be named.
        allowed: String,
    },
    /// It cannot be worked out.
    #[error("line {line} 算不出：{sum}")]
    Impossible {
        /// Which line.
        line: String,
        /// The sum.
        sum: String,
    },
}

impl EstimateFault {
    pub(super) fn unknown(line: &str, name: &str, known: impl Iterator<Item = impl Display>) -> Self {
        let allowed: Vec<String> = known.map(|name| name.to_string()).collect();
        Self::Unknown { line: line.to_owned(), name: name.to_owned(), allowed: allowed.join("、") }
    }
}

/// In what a figure is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Unit {
    /// A number without a unit.
    #[default]
    #[serde(rename = "")]
    None,
    /// 人
    #[serde(rename = "人")]
    Persons,
    /// 元
    #[serde(rename = "元")]
    Yuan,
    /// 万元
    #[serde(rename = "万元")]
    TenThousandYuan,
    /// %
    #[serde(rename = "%")]
    Percent,
    /// 倍
    #[serde(rename = "倍")]
    Times,
}

impl Unit {
    /// In Chinese.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Persons => "人",
            Self::Yuan => "元",
            Self::TenThousandYuan => "万元",
            Self::Percent => "%",
            Self::Times => "倍",
        }
    }

    pub(super) const fn suffix(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Persons => " 人",
            Self::Yuan => " 元",
            Self::TenThousandYuan => " 万元",
            Self::Percent => "%",
            Self::Times => " 倍",
        }
    }

    /// How many base units (persons, yuan, a whole) one of it is.
    fn size(self) -> Option<Exact> {
        match self {
            Self::TenThousandYuan => Some(Exact::whole(10_000)),
            Self::Percent => Exact::ratio(1, 100),
            _ => Some(Exact::whole(1)),
        }
    }

    /// A value in this unit, with so many decimals.
    pub(super) fn show(self, exact: Exact, digits: u32) -> Option<String> {
        Some(exact.over(self.size()?)?.shown(digits))
    }
}

/// A figure as the document prints it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// The digits as printed.
    pub is: String,
    /// Its unit.
    pub unit: Unit,
    /// What it is, in Chinese.
    pub words: String,
    /// The article that prints it.
    pub cite: String,
    /// Its value in persons, yuan, or parts of a whole.
    pub exact: Exact,
}

impl Figure {
    /// How many decimals are printed.
    #[must_use]
    pub fn digits(&self) -> u32 {
        self.is.split_once('.').map_or(0, |(_, decimals)| decimals.len() as u32)
    }
}

/// What a line does with its operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// ＋
    Add,
    /// －
    Subtract,
    /// ×
    Multiply,
    /// ÷
    Divide,
    /// To a whole number.
    Whole,
    /// Each above the one before it.
    Rising,
}

/// One step of the recomputation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its name.
    pub id: String,
    /// What it is, in Chinese.
    pub words: String,
    /// What it does.
    pub operation: Operation,
    /// Figures, earlier lines, or decimals.
    pub operands: Vec<String>,
    /// The figure to compare with.
    pub printed: Option<String>,
    /// The unit in which it is shown.
    pub unit: Unit,
    /// With how many decimals.
    pub digits: u32,
}

/// What can be said of it, and the lines that show it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct Conclusion {
    /// In Chinese.
    pub words: String,
    /// The lines that show it.
    pub lines: Vec<String>,
}

/// Which figures a simulation is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// What the pooled fund gains.
    pub pool_gain: String,
    /// The members.
    pub members: String,
    /// Credit a head before the reform: active, retired.
    pub before: [String; 2],
    /// And after it.
    pub after: [String; 2],
}

/// An area's estimate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// What it is, in Chinese.
    pub title: String,
    /// Division code of its area.
    pub area: String,
    /// The year that it is for.
    pub year: i32,
    /// Figures by name.
    pub figures: BTreeMap<String, Figure>,
    /// Lines in order.
    pub lines: Vec<Line>,
    /// What can be said.
    pub conclusions: Vec<Conclusion>,
    /// Which figures a simulation is compared with.
    pub compared: Compared,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: String,
    area: String,
    year: i32,
    pool_gain: String,
    members: String,
    before_active: String,
    before_retired: String,
    after_active: String,
    after_retired: String,
    figure: BTreeMap<String, FigureFile>,
    line: Vec<LineFile>,
    #[serde(default)]
    conclusion: Vec<Conclusion>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FigureFile {
    is: String,
    #[serde(default)]
    unit: Unit,
    words: String,
    cite: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LineFile {
    id: String,
    words: String,
    add: Option<Vec<String>>,
    subtract: Option<Vec<String>>,
    multiply: Option<Vec<String>>,
    divide: Option<Vec<String>>,
    whole: Option<Vec<String>>,
    rising: Option<Vec<String>>,
    printed: Option<String>,
    #[serde(default)]
    unit: Unit,
    #[serde(default)]
    digits: u32,
}

impl Estimate {
    /// Reads a file of figures and lines.
    ///
    /// # Errors
    /// [`EstimateFault`] naming the figure, line or key.
    pub fn read(text: &str) -> Result<Self, EstimateFault> {
        let file: File = toml::from_str(text).map_err(|fault| EstimateFault::Unreadable(fault.to_string()))?;
        let mut figures = BTreeMap::new();
        for (name, FigureFile { is, unit, words, cite }) in file.figure {
            let exact = Exact::parse(&is).and_then(|exact| exact.times(unit.size()?));
            let Some(exact) = exact else { return Err(EstimateFault::NotANumber { name, found: is }) };
            figures.insert(name, Figure { is, unit, words, cite, exact });
        }
        let lines = file.line.into_iter().map(line).collect::<Result<Vec<Line>, EstimateFault>>()?;
        let compared = Compared {
            pool_gain: file.pool_gain,
            members: file.members,
            before: [file.before_active, file.before_retired],
            after: [file.after_active, file.after_retired],
        };
        for name in [&compared.pool_gain, &compared.members].into_iter().chain(&compared.before).chain(&compared.after)
        {
            if !figures.contains_key(name) {
                return Err(EstimateFault::unknown("文件开头", name, figures.keys()));
            }
        }
        for conclusion in &file.conclusion {
            for name in &conclusion.lines {
                if !lines.iter().any(|line| line.id == *name) {
                    return Err(EstimateFault::unknown("conclusion", name, lines.iter().map(|line| &line.id)));
                }
            }
        }
        let (title, area, year, conclusions) = (file.title, file.area, file.year, file.conclusion);
        Ok(Self { title, area, year, figures, lines, conclusions, compared })
    }

    /// A figure by name.
    #[must_use]
    pub fn figure(&self, name: &str) -> Option<&Figure> {
        self.figures.get(name)
    }
}

fn line(file: LineFile) -> Result<Line, EstimateFault> {
    let LineFile { id, words, add, subtract, multiply, divide, whole, rising, printed, unit, digits } = file;
    let written = [
        (Operation::Add, add),
        (Operation::Subtract, subtract),
        (Operation::Multiply, multiply),
        (Operation::Divide, divide),
        (Operation::Whole, whole),
        (Operation::Rising, rising),
    ];
    let mut found: Vec<(Operation, Vec<String>)> =
        written.into_iter().filter_map(|(operation, operands)| Some((operation, operands?))).collect();
    match (found.len(), found.pop()) {
        (1, Some((operation, operands))) => Ok(Line { id, words, operation, operands, printed, unit, digits }),
        (found, _) => Err(EstimateFault::Operations { line: id, found }),
    }
}
