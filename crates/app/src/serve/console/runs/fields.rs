//! What may be asked of each kind of run (运行的种类和参数): the fields of a request, the options of the command that they are, and
//! what may be given. Defaults are the commands' own.

use crate::cli::default_of;

/// A kind of run.
pub(super) struct Kind {
    pub name: &'static str,
    /// In Chinese, for lists and titles.
    pub words: &'static str,
    pub command: &'static [&'static str],
    /// Whether the command takes packages from folders.
    pub takes_folders: bool,
    pub fields: &'static [Field],
}

/// A field of a request.
pub(super) struct Field {
    pub name: &'static str,
    pub words: &'static str,
    /// The command's option; an argument without one when empty.
    pub option: &'static str,
    pub shape: Shape,
    pub needed: bool,
}

/// What may be given.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    /// The code of an area that is loaded.
    Area,
    /// A whole number.
    Whole(i64, i64),
    /// Yes or nothing.
    Yes,
    /// An amount as officers write it.
    Amount,
    /// A number of two decimals that is not above zero.
    Elasticity,
    /// Up to so many packages.
    Policies(usize),
    /// Figures with their ranges.
    Levers,
    /// One of these.
    OneOf(&'static [&'static str]),
    /// Three rates.
    Levels,
    /// Amounts from January on.
    Months,
    /// Whole years of months, as CSV.
    History,
}

impl Field {
    /// What the command takes when nothing is given.
    pub(super) fn default(&self, kind: &Kind) -> Option<String> {
        default_of(kind.command, self.option.trim_start_matches("--"))
    }
}

const fn field(name: &'static str, words: &'static str, option: &'static str, shape: Shape) -> Field {
    Field { name, words, option, shape, needed: false }
}

const fn needed(name: &'static str, words: &'static str, option: &'static str, shape: Shape) -> Field {
    Field { name, words, option, shape, needed: true }
}

/// Most people of a run that takes them batch by batch.
const MANY: i64 = 20_000_000;
/// Most people of a run that keeps all of them in memory.
const KEPT: i64 = 500_000;
const YEARS: Shape = Shape::Whole(1998, 2100);
const SEED: Shape = Shape::Whole(0, 1_000_000_000);

const AREA: Field = needed("area", "统筹区", "--area", Shape::Area);
const OF_AREA: Field = needed("area", "统筹区", "", Shape::Area);
const YEAR: Field = field("year", "年度", "--year", YEARS);
const SEEDED: Field = field("seed", "种子", "--seed", SEED);
const HELD: Field = field("persons", "模拟人数", "--persons", Shape::Whole(10, KEPT));
const MEMBERS: Field = field("members", "代表的参保人数", "--members", Shape::Whole(10, 2_000_000_000));
const LEVERS: Field = field("levers", "参数和范围", "--levers", Shape::Levers);

/// All kinds, in the order of a page.
pub(super) const KINDS: [Kind; 7] = [
    Kind {
        name: "simulate",
        words: "政策模拟",
        command: &["simulate"],
        takes_folders: true,
        fields: &[
            AREA,
            field("policies", "政策", "--policy", Shape::Policies(2)),
            YEAR,
            field("persons", "模拟人数", "--persons", Shape::Whole(10, MANY)),
            SEEDED,
            field("before_after", "改革前后比较", "--before-after", Shape::Yes),
            field("behaviour_twin", "改革前按当时的就医", "--behaviour-twin", Shape::Yes),
            field("elasticity", "就医次数对个人负担的弹性", "--elasticity", Shape::Elasticity),
        ],
    },
    Kind {
        name: "sensitivity",
        words: "敏感性",
        command: &["design", "sensitivity"],
        takes_folders: true,
        fields: &[
            AREA,
            YEAR,
            HELD,
            SEEDED,
            MEMBERS,
            LEVERS,
            field("step", "金额步长（%）", "--step", Shape::Whole(1, 90)),
            field("points", "比例步长（百分点）", "--points", Shape::Whole(1, 50)),
        ],
    },
    Kind {
        name: "frontier",
        words: "有效前沿",
        command: &["design", "frontier"],
        takes_folders: true,
        fields: &[
            AREA,
            YEAR,
            HELD,
            SEEDED,
            MEMBERS,
            LEVERS,
            field("points", "方案个数", "--points", Shape::Whole(2, 1_000)),
            field("budget", "预算", "--budget", Shape::Amount),
        ],
    },
    Kind {
        name: "solve",
        words: "预算内求解",
        command: &["design", "solve"],
        takes_folders: true,
        fields: &[
            AREA,
            YEAR,
            HELD,
            SEEDED,
            MEMBERS,
            needed("budget", "预算", "--budget", Shape::Amount),
            field("goal", "目标", "--goal", Shape::OneOf(&["top-decile", "mean", "retired", "at-limit"])),
            field("no_group_worse_than", "各组人均多负担至多", "--no-group-worse-than", Shape::Amount),
            LEVERS,
            field("tries", "最多试多少个方案", "--tries", Shape::Whole(2, 2_000)),
            field("seeds", "用几个人群复核", "--seeds", Shape::Whole(1, 50)),
        ],
    },
    Kind {
        name: "project",
        words: "多年收支预测",
        command: &["budget", "project"],
        takes_folders: false,
        fields: &[
            OF_AREA,
            field("opening", "期初滚存结余", "--opening", Shape::Amount),
            field("years", "预测年数", "--years", Shape::Whole(1, 50)),
            field("fan", "支出增长的上下幅度（百分点）", "--fan", Shape::Whole(1, 20)),
            HELD,
            SEEDED,
        ],
    },
    Kind {
        name: "watch",
        words: "年度预算预警",
        command: &["budget", "watch"],
        takes_folders: false,
        fields: &[
            OF_AREA,
            needed("budget", "全年预算", "--budget", Shape::Amount),
            field("spent", "已过各月的支出", "--spent", Shape::Months),
            field("history", "可比的往年", "--history", Shape::History),
            HELD,
            field("years", "模拟的可比年份", "--years", Shape::Whole(1, 200)),
            YEAR,
            SEEDED,
            field("levels", "关注、预警、告警的可能性", "--levels", Shape::Levels),
        ],
    },
    Kind {
        name: "estimate",
        words: "费用测算复算",
        command: &["estimate"],
        takes_folders: true,
        fields: &[
            OF_AREA,
            field("persons", "模拟人数", "--persons", Shape::Whole(10, MANY)),
            field("calibrate", "按文件的工资、养老金再算一次", "--calibrate", Shape::Yes),
            SEEDED,
        ],
    },
];

/// A kind by its name.
pub(super) fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}
