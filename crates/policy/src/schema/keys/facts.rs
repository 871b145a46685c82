//! Keys of facts.

use super::tables::TABLE;
use super::words::{BY, KIND, OWNER, PLAIN_PERIOD};
use super::{LABEL, key};
use crate::schema::{Form, Group, Need};

pub(crate) static FACT: Group = Group {
    name: "fact",
    chinese: "事实",
    english: "A fact",
    frame: "[fact.level]\n…",
    parts: &[
        &[
            LABEL,
            key(
                "of",
                Form::Word(OWNER),
                "谁的：不写就是就诊的",
                "Whose property it is; the encounter's when left out.",
                r#"of = "member""#,
            ),
            key(
                "kind",
                Form::Word(KIND),
                "种类：不写就是几个取值里的一个",
                "What values it has; a choice when left out.",
                r#"kind = "flag""#,
            ),
            key(
                "values",
                Form::Texts,
                "取值：有哪些；共用事实里只有 enrolment 由本区写",
                "Its values. Of shared facts only `enrolment` takes them.",
                r#"values = ["up_to_secondary", "tertiary"]"#,
            ),
            key(
                "more",
                Form::Texts,
                "另加取值：给共用事实增加的取值",
                "Further values of a shared fact.",
                r#"more = ["community_station"]"#,
            ),
            key(
                "under",
                Form::Parents,
                "归在：取值归在哪个取值之下，写到上级的条件也管下级",
                "Parents of values: a condition that names a parent matches its children.",
                r#"under = { lump_sum = "individual_tier_2" }"#,
            ),
            key("min", Form::Whole, "最小：整数的下限", "Least value of a whole number.", "min = 0"),
            key("max", Form::Whole, "最大：整数的上限", "Greatest value of a whole number.", "max = 30"),
            key(
                "default",
                Form::Scalar,
                "缺省：就诊没有写时的取值；flag 本来就缺省为 false",
                "Its value when a case does not state it; flags are false anyway.",
                "default = false",
            ),
            key(
                "ordinal",
                Form::Table(&ORDINAL),
                "第几次：本周期里的第几次就诊",
                "Which visit of the period this is.",
                r#"ordinal = { of = "day", by = ["institution"], per = "year" }"#,
            ),
            key(
                "count_of",
                Form::Text,
                "个数：数一个多选事实里有几个",
                "How many members a set fact has.",
                r#"count_of = "diseases""#,
            ),
        ],
        TABLE,
    ],
    needs: &[
        Need::With("across", "rows"),
        Need::With("except", "rows"),
        Need::With("from", "rows"),
        Need::With("until", "rows"),
    ],
};

pub(crate) static ORDINAL: Group = Group {
    name: "ordinal",
    chinese: "第几次就诊",
    english: "Which visit this is",
    frame: "[fact.visit_no]\nordinal = { … }",
    parts: &[&[
        key(
            "of",
            Form::Word(PLAIN_PERIOD),
            "一次：什么算同一次，如同一天",
            "What counts as the same visit, such as one day.",
            r#"of = "day""#,
        )
        .required(),
        key(
            "per",
            Form::Word(PLAIN_PERIOD),
            "周期：从头数起的周期",
            "The period in which they are numbered.",
            r#"per = "year""#,
        )
        .required(),
        key(
            "by",
            Form::Words(BY),
            "分别：各机构分别算一次",
            "Each institution is a visit of its own.",
            r#"by = ["institution"]"#,
        ),
        key(
            "counts",
            Form::Texts,
            "数哪些：哪些待遇的就诊；不写就是全部",
            "Visits of which benefits; all when left out.",
            r#"counts = ["ordinary_outpatient"]"#,
        ),
    ]],
    needs: &[],
};

pub(crate) static CONDITION: Group = Group {
    name: "condition",
    chinese: "条件里的比较",
    english: "Comparing in a condition",
    frame: "[benefit.ordinary_outpatient]\nfor = { age = { … } }",
    parts: &[&[
        key("not", Form::Scalars, "不是：不是这些取值", "None of these.", r#"not = ["tertiary", "secondary"]"#),
        key("below", Form::Scalar, "小于：不含这个数", "Less than.", "below = 70"),
        key("at_most", Form::Scalar, "不大于：含这个数", "At most.", r#"at_most = "90.00""#),
        key("at_least", Form::Scalar, "不小于：含这个数", "At least.", "at_least = 70"),
        key("above", Form::Scalar, "大于：不含这个数", "More than.", "above = 1"),
        key("before", Form::Scalar, "早于：日期，不含这一天", "Before this day.", "before = 1954-01-01"),
        key("from", Form::Scalar, "不早于：日期，含这一天", "On this day or later.", "from = 1954-01-01"),
    ]],
    needs: &[Need::Any(&["not", "below", "at_most", "at_least", "above", "before", "from"]), Need::Alone("not")],
};
