//! What a chart shows (图), as data: whoever tells of a run draws it in its own way, on a page as SVG, in a browser, or not at all.

use gongji_domain::Fen;

/// A chart beside a table.
#[derive(Clone, Debug)]
pub(crate) enum Chart {
    /// Bars beside each other.
    Bars(Bars),
    /// Bars one on the other.
    Stacked(Bars),
    /// How far spending moves when a figure is turned down and up; none where it may not be.
    Tornado(Vec<(String, Option<Fen>, Option<Fen>)>),
    /// What is spent and what is borne, a point for each policy.
    Frontier(Frontier),
    /// What may come, from one end to the other.
    Fan(Fan),
}

/// Groups of bars. Heights are shown and never reckoned with.
#[derive(Clone, Debug)]
pub(crate) struct Bars {
    pub(crate) title: &'static str,
    /// One for each group of bars.
    pub(crate) labels: Vec<String>,
    /// Each with a value for each label.
    pub(crate) series: Vec<(String, Vec<f64>)>,
    /// Which colour each series has; in their order when nothing is said.
    pub(crate) colours: &'static [usize],
}

/// Policies by what they cost and what those who bear most bear.
#[derive(Clone, Debug)]
pub(crate) struct Frontier {
    pub(crate) points: Vec<Point>,
    /// The package as it is.
    pub(crate) base: (Fen, Fen),
    /// What may be spent.
    pub(crate) budget: Option<Fen>,
}

/// Lines over time, from the lowest to the highest; the middle one is what is expected.
#[derive(Clone, Debug)]
pub(crate) struct Fan {
    pub(crate) title: &'static str,
    pub(crate) labels: Vec<String>,
    pub(crate) lines: Vec<(String, Vec<Fen>)>,
}

/// A policy.
#[derive(Clone, Debug)]
pub(crate) struct Point {
    pub(crate) spent: Fen,
    pub(crate) borne: Fen,
    /// No other is as cheap with less burden.
    pub(crate) efficient: bool,
    /// In what it differs from the package as it is.
    pub(crate) changes: String,
}
