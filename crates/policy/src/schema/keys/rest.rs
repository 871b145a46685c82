//! Keys of documents, reasons, years, indices, institutions, relations and bounds.

use super::words::{EFFECTIVE, ENDS, MUST, SEVERITY};
use super::{CITE, FROM, UNTIL, WHEN, key};
use crate::schema::{Form, Group};

pub(crate) static DOCUMENT: Group = Group {
    name: "document",
    chinese: "政策文件",
    english: "A document",
    frame: "[document.xize]\n…",
    parts: &[&[
        key(
            "number",
            Form::Text,
            "文号：没有文号的写名称；答复里印在条款前面",
            "Its number, or its name if it has none; answers print it.",
            r#"number = "渝医保发〔2023〕32号""#,
        )
        .required(),
        key("title", Form::Text, "标题：文件全名", "Its full title.", r#"title = "门诊共济保障机制实施细则""#),
        key("issuer", Form::Text, "发文机关：谁发的", "Who issued it.", r#"issuer = "重庆市医疗保障局""#),
        key("published", Form::Day, "发布日：文件公布的日期", "When it was published.", "published = 2023-12-11"),
        key(
            "known",
            Form::Day,
            "知道日：哪天起知道，不同于发布日才写",
            "When it became known, if not when it was published.",
            "known = 2023-12-11",
        ),
    ]],
    needs: &[],
};

pub(crate) static REASON: Group = Group {
    name: "reason",
    chinese: "原因",
    english: "A reason",
    frame: "[reason.not_my_clinic]\n…",
    parts: &[&[key(
        "text",
        Form::Text,
        "说明：给参保人看的一句话",
        "What members are told.",
        r#"text = "不是本人签约的诊所""#,
    )
    .required()]],
    needs: &[],
};

pub(crate) static IMPOSSIBLE: Group = Group {
    name: "impossible",
    chinese: "不会同时出现的情形",
    english: "What cannot occur",
    frame: "[[impossible]]\n…",
    parts: &[&[WHEN]],
    needs: &[],
};

pub(crate) static PERIODS: Group = Group {
    name: "period",
    chinese: "周期",
    english: "Periods",
    frame: "[period]\n…",
    parts: &[&[key(
        "year",
        Form::Table(&YEAR),
        "待遇年度：哪天开始",
        "When benefit years begin.",
        r#"year = { starts = "07-01", cite = "xize:4" }"#,
    )]],
    needs: &[],
};

pub(crate) static YEAR: Group = Group {
    name: "year",
    chinese: "待遇年度",
    english: "The benefit year",
    frame: "[period.year]\n…",
    parts: &[&[
        key(
            "starts",
            Form::Starts(&YEAR_START, &YEAR_STARTS),
            "年初：月-日；改过的写成带日期的行",
            "Month and day on which it begins; dated rows if that changed.",
            r#"starts = [{ is = "07-01" }, { from = 2026-01-01, is = "01-01" }]"#,
        ),
        key(
            "restart",
            Form::Tables(&RESTART),
            "重新起算：在这些日子另起一个年度",
            "Days on which a year begins anew.",
            r#"restart = [{ on = 2024-10-01, cite = "xize:20" }]"#,
        ),
        CITE,
    ]],
    needs: &[],
};

pub(crate) static YEAR_STARTS: Group = Group {
    name: "year_starts",
    chinese: "年初的各行",
    english: "Rows of when years begin",
    frame: "[period.year.starts]\n…",
    parts: &[&[
        key(
            "rows",
            Form::Tables(&YEAR_START),
            "行：改过一次就多一行",
            "One row for each change.",
            r#"rows = [{ is = "07-01" }, { from = 2026-01-01, is = "01-01" }]"#,
        )
        .required(),
        CITE,
    ]],
    needs: &[],
};

pub(crate) static YEAR_START: Group = Group {
    name: "year_start",
    chinese: "年初的一行",
    english: "A row of when years begin",
    frame: "[period.year]\nstarts = [{ … }]",
    parts: &[&[
        key("is", Form::MonthDay, "月-日：年度的第一天", "Month and day.", r#"is = "07-01""#).required(),
        FROM,
        CITE,
    ]],
    needs: &[],
};

pub(crate) static RESTART: Group = Group {
    name: "restart",
    chinese: "重新起算的一天",
    english: "A day on which a year begins anew",
    frame: "[period.year]\nrestart = [{ … }]",
    parts: &[&[
        key("on", Form::Day, "哪天：新年度的第一天", "First day of the new year.", "on = 2024-10-01").required(),
        CITE,
    ]],
    needs: &[],
};

pub(crate) static INDEX: Group = Group {
    name: "index",
    chinese: "指数",
    english: "An index",
    frame: "[index.average_pension]\n…",
    parts: &[&[
        CITE,
        key(
            "rows",
            Form::Tables(&INDEX_ROW),
            "各年的数：一年一行；后公布的另写一行",
            "One row for each year; one more for a later figure.",
            r#"rows = [{ year = 2023, is = "3140.00" }]"#,
        )
        .required(),
    ]],
    needs: &[],
};

pub(crate) static INDEX_ROW: Group = Group {
    name: "index_row",
    chinese: "指数的一行",
    english: "A row of an index",
    frame: "[index.average_pension]\nrows = [{ … }]",
    parts: &[&[
        key("year", Form::WholeIn(1900, 2199), "年份：哪一年的数", "Of which year.", "year = 2023").required(),
        key(
            "is",
            Form::Value,
            "数：金额；没有公布的写 \"open\"",
            "The figure; \"open\" when unpublished.",
            r#"is = "3140.00""#,
        )
        .required(),
        key("estimate", Form::Flag, "预计数：还不是正式数", "It is not final yet.", "estimate = true"),
        key("published", Form::Day, "公布日：公布的日期", "When it was published.", "published = 2024-06-01"),
        key(
            "known",
            Form::Day,
            "知道日：哪天起知道；此前用较早的数",
            "When it became known; earlier figures hold until then.",
            "known = 2024-06-01",
        ),
        CITE,
    ]],
    needs: &[],
};

pub(crate) static INSTITUTION: Group = Group {
    name: "institution",
    chinese: "机构",
    english: "An institution",
    frame: "[[institution]]\n…",
    parts: &[&[
        key("id", Form::Text, "机构编码：就诊只写编码也能找到级别", "Its code.", r#"id = "H50000000001""#).required(),
        key("class", Form::Text, "级别：协议结算等级", "Its class under the agreement.", r#"class = "tertiary""#),
        key("kind", Form::Text, "类型：综合、专科、社区等", "Its kind.", r#"kind = "community""#),
        FROM,
        UNTIL,
        CITE,
    ]],
    needs: &[],
};

pub(crate) static RELATION: Group = Group {
    name: "relation",
    chinese: "关系",
    english: "A relation",
    frame: "[relation.selected]\n…",
    parts: &[&[
        key(
            "slots",
            Form::Texts,
            "名额：可以同时有几个，各叫什么；同名的事实取名额为值",
            "How many there may be, by name; the fact of the same name is the one held.",
            r#"slots = ["first", "second"]"#,
        ),
        key(
            "lasts",
            Form::Span,
            "有效期：自起始之日起多少天",
            "For how many days it holds, the first included.",
            r#"lasts = "30 days""#,
        ),
        key("ends", Form::Word(ENDS), "终止：什么事使它失效", "What ends it.", r#"ends = "visit_elsewhere""#),
        key(
            "via",
            Form::Text,
            "经由：另一个关系也成立时才成立",
            "The relation that must hold too, with any institution.",
            r#"via = "selected""#,
        ),
        key(
            "change",
            Form::Table(&CHANGE),
            "变更：哪几个月可以改，何时生效",
            "When it may be changed, and from when on.",
            r#"change = { months = [12], effective = "next_year" }"#,
        ),
        CITE,
    ]],
    needs: &[],
};

pub(crate) static CHANGE: Group = Group {
    name: "change",
    chinese: "关系的变更",
    english: "Changing a relation",
    frame: "[relation.selected]\nchange = { … }",
    parts: &[&[
        key(
            "months",
            Form::Wholes(1, 12),
            "月份：可以变更的月份",
            "Months in which it may be changed.",
            "months = [1, 7]",
        ),
        key(
            "effective",
            Form::Word(EFFECTIVE),
            "生效：变更自何时起算",
            "From when on the change holds.",
            r#"effective = "next_month""#,
        ),
    ]],
    needs: &[],
};

pub(crate) static BOUND: Group = Group {
    name: "bound",
    chinese: "界限",
    english: "A bound",
    frame: "[[bound]]\n…",
    parts: &[&[
        key(
            "on",
            Form::Text,
            "核对什么：benefit.X 的 rate、deductible、limit、for，或 account.credit、account.use、account.employer_share",
            "What it is held against.",
            r#"on = "benefit.ordinary_outpatient.rate""#,
        )
        .required(),
        key("must", Form::Word(MUST), "要求：怎样才合界限", "What it demands.", r#"must = "at_least""#).required(),
        key(
            "is",
            Form::Value,
            "界限值：同什么比；cover、not_lower、be_stated 不用写",
            "The value that it compares with.",
            r#"is = "50%""#,
        ),
        WHEN,
        key(
            "along",
            Form::Along,
            "沿着：not_lower 比哪个事实的哪两个取值，后者不低于前者",
            "For `not_lower`: a fact and two values; the second is not lower.",
            r#"along = { status = ["active", "retired"] }"#,
        ),
        key(
            "facts",
            Form::Texts,
            "哪些事实：cover 要覆盖它们的每个取值",
            "For `cover`: every value of these is covered.",
            r#"facts = ["status", "enrolment"]"#,
        ),
        key(
            "tolerance",
            Form::Rate,
            "允许的偏差：near 用；是核对的尺度，不是文件里的数",
            "For `near`: how far off is near.",
            r#"tolerance = "20%""#,
        ),
        key("severity", Form::Word(SEVERITY), "轻重：不写就是错误", "An error when left out.", r#"severity = "warning""#),
        FROM,
        CITE,
    ]],
    needs: &[],
};
