//! Keys of tables: rows, values, adjustments.

use super::{CITE, FROM, UNTIL, WHEN, key};
use crate::schema::{Form, Group, Key, Need};

const ROWS: Key = key(
    "rows",
    Form::Tables(&ROW),
    "行：各行；最窄的一行算数，先后不论",
    "The rows; the narrowest that applies holds, whatever the order.",
    r#"rows = [{ is = "60%" }, { when = { status = "retired" }, is = "70%" }]"#,
);
const EXCEPT: Key = key(
    "except",
    Form::Tables(&ROW),
    "除外：压过 rows 的例外行",
    "Rows that beat `rows`.",
    r#"except = [{ when = { kind = "psychiatric" }, is = "65%" }]"#,
);
const ACROSS: Key = key(
    "across",
    Form::Across,
    "横栏：照印的表，一个事实的各取值横排；各行用 are 写",
    "Columns as printed: the values of one fact; rows then say `are`.",
    r#"across = { status = ["active", "retired"] }"#,
);
const ADJUST: Key = key(
    "adjust",
    Form::Tables(&ADJUSTMENT),
    "加减：在行的值上加减或相乘；先加后乘",
    "What is added to a row's value, or multiplies it; first all additions.",
    r#"adjust = [{ when = { status = "retired" }, add = "10 points" }]"#,
);
const ROUND: Key = key(
    "round",
    Form::Rounding,
    "舍入：算出来不是整分时怎么办",
    "How an amount that is not whole fen becomes so.",
    r#"round = "half_up fen""#,
);

/// Keys of any table.
pub(super) const TABLE: &[Key] = &[CITE, ACROSS, ROWS, EXCEPT, FROM, UNTIL];
const ANY_ROW: &[Need] = &[Need::Any(&["rows", "except"])];

const fn least(group: &'static Group, example: &'static str) -> Key {
    key("at_least", Form::ValueOr(group), "保底：加减以后不低于", "Floor after adjusting: a value or a table.", example)
}

const fn most(group: &'static Group, example: &'static str) -> Key {
    key(
        "at_most",
        Form::ValueOr(group),
        "封顶：加减以后不高于",
        "Ceiling after adjusting: a value or a table.",
        example,
    )
}

pub(crate) static CHOICES_TABLE: Group = Group {
    name: "choices",
    chinese: "取值的表（明细是否列入、账户用途）",
    english: "A table of choices",
    frame: "[account.use]\n…",
    parts: &[TABLE],
    needs: ANY_ROW,
};

pub(crate) static REASONS_TABLE: Group = Group {
    name: "reasons",
    chinese: "原因的表（不支付、拒绝）",
    english: "A table of reasons; all rows that apply count",
    frame: "[access]\n…",
    parts: &[TABLE],
    needs: ANY_ROW,
};

pub(crate) static RATES_TABLE: Group = Group {
    name: "rates",
    chinese: "比例的表",
    english: "A table of rates",
    frame: "[benefit.ordinary_outpatient.rate]\n…",
    parts: &[TABLE, &[ADJUST, least(&RATES_TABLE, r#"at_least = "40%""#), most(&RATES_TABLE, r#"at_most = "95%""#)]],
    needs: ANY_ROW,
};

pub(crate) static AMOUNTS_TABLE: Group = Group {
    name: "amounts",
    chinese: "金额的表",
    english: "A table of amounts",
    frame: "[lines.ceiling]\n…",
    parts: &[TABLE, &FIGURES],
    needs: ANY_ROW,
};

/// Further keys of tables of amounts.
pub(super) static FIGURES: [Key; 4] =
    [ADJUST, least(&AMOUNTS_TABLE, r#"at_least = "0.00""#), most(&AMOUNTS_TABLE, r#"at_most = "5000.00""#), ROUND];

pub(crate) static ROW: Group = Group {
    name: "row",
    chinese: "表的一行",
    english: "A row of a table",
    frame: "[benefit.ordinary_outpatient.rate]\nacross = { status = [\"active\", \"retired\"] }\nrows = [{ … }]",
    parts: &[&[
        WHEN,
        key("is", Form::Value, "值：这一行说的", "What the row says.", r#"is = "60%""#),
        key(
            "are",
            Form::Values,
            "各栏的值：对着 across 的各栏，一栏一个",
            "One value for each column of `across`.",
            r#"are = ["60%", "70%"]"#,
        ),
        FROM,
        UNTIL,
        key(
            "published",
            Form::Day,
            "发布日：不同于文件的才写",
            "When it was published, if not with its document.",
            "published = 2024-12-20",
        ),
        key(
            "known",
            Form::Day,
            "知道日：哪天起知道，不同于文件的才写",
            "When it became known, if not with its document.",
            "known = 2024-12-20",
        ),
        key(
            "corrects",
            Form::Flag,
            "更正：同一情形、同一期间的前一行错了，知道以后以这一行为准",
            "It replaces a row of the same region once it is known.",
            "corrects = true",
        ),
        CITE,
        key(
            "verified",
            Form::Day,
            "核对日：这一行最近核对的日期",
            "When this row was last checked.",
            "verified = 2026-11-21",
        ),
    ]],
    needs: &[Need::One(&["is", "are"])],
};

pub(crate) static FORMULA: Group = Group {
    name: "formula",
    chinese: "算式（写在值的地方）",
    english: "A formula, where a value stands",
    frame: "[[benefit.ordinary_outpatient.limit]]\nper = \"year\"\nrows = [{ is = { … } }]",
    parts: &[&[
        key(
            "share",
            Form::Rate,
            "几成：of 或 same_as 的百分之几",
            "The share of `of` or of `same_as`.",
            r#"share = "2.5%""#,
        ),
        key(
            "of",
            Form::Text,
            "什么的：index.X（指数）或 member.X（参保人登记的金额）",
            "Of an index, or of an amount of the member.",
            r#"of = "index.average_pension""#,
        ),
        key(
            "year",
            Form::WholeIn(-100, 2199),
            "年份：哪一年的指数；0 或负数是相对就诊年",
            "The index of which year; zero or negative is relative to the service year.",
            "year = -2",
        ),
        key("round", Form::Rounding, "舍入：怎样成为整分", "How it becomes whole fen.", r#"round = "down yuan""#),
        key(
            "same_as",
            Form::Text,
            "同：另一张表在同样情形下说的",
            "What another table says in the same case.",
            r#"same_as = "benefit.inpatient.rate""#,
        ),
        key(
            "frozen",
            Form::Text,
            "登记的金额：本人登记在册的数；只用于账户计入",
            "The person's registered amount; for account credits only.",
            r#"frozen = "credit_2022_monthly""#,
        ),
        key(
            "balance",
            Form::Text,
            "余额：账户里现有的",
            "What the account part holds.",
            r#"balance = "account.current""#,
        ),
        key(
            "fund",
            Form::Fund { account: false },
            "基金：由哪个基金；只用于 account.credit_from",
            "A fund; only in `account.credit_from`.",
            r#"fund = "310100""#,
        ),
        key(
            "ledger",
            Form::Text,
            "专账：基金里单独核算的那一本",
            "The ledger inside the fund.",
            r#"ledger = "outpatient""#,
        ),
    ]],
    needs: &[
        Need::One(&["fund", "of", "same_as", "frozen", "balance"]),
        Need::With("of", "share"),
        Need::With("ledger", "fund"),
    ],
};

pub(crate) static ADJUSTMENT: Group = Group {
    name: "adjust",
    chinese: "加减的一行",
    english: "An adjustment",
    frame: "[benefit.ordinary_outpatient.rate]\nrows = [{ is = \"60%\" }]\nadjust = [{ … }]",
    parts: &[&[
        WHEN,
        key(
            "add",
            Form::Addition,
            "加：比例加百分点，金额加金额",
            "Points for rates, money for amounts.",
            r#"add = "10 points""#,
        ),
        key("times", Form::Rate, "乘：乘以百分之几", "Multiplies by this share.", r#"times = "120%""#),
        key(
            "per",
            Form::Text,
            "每：按这个整数事实的数，加（乘）几次",
            "As many times as this whole-number fact says.",
            r#"per = "years_short""#,
        ),
        key("less", Form::WholeIn(-10_000, 10_000), "减去：per 的数先减去几", "So many fewer times.", "less = 2"),
        FROM,
        UNTIL,
        CITE,
    ]],
    needs: &[Need::One(&["add", "times"]), Need::With("less", "per")],
};
