//! Keys of personal accounts, contributions and entitlement.

use super::tables::{FIGURES, TABLE};
use super::words::{DAY_OF, PLAIN_PERIOD, STATUS_EFFECT};
use super::{CITE, key};
use crate::schema::{AMOUNTS_TABLE, CHOICES_TABLE, Form, Group, Need, RATES_TABLE};

const ANY_ROW: &[Need] = &[Need::Any(&["rows", "except"])];

pub(crate) static ACCOUNT: Group = Group {
    name: "account",
    chinese: "个人账户",
    english: "Personal accounts",
    frame: "[account]\n…",
    parts: &[&[
        CITE,
        key(
            "employer_share",
            Form::Table(&RATES_TABLE),
            "单位缴费划入：单位缴费的百分之几进个人账户",
            "The share of the employer's contribution that is credited.",
            r#"employer_share = { cite = "xize:9", rows = [{ is = "0%" }] }"#,
        ),
        key(
            "credit",
            Form::Table(&CREDITS_TABLE),
            "计入：每期计入多少",
            "What is credited.",
            r#"credit = { per = "month", cite = "xize:9", rows = [{ is = "105.00" }] }"#,
        ),
        key(
            "credit_from",
            Form::Table(&SOURCES_TABLE),
            "计入的来源：本人缴费 \"contribution\"，或基金 { fund = \"310100\" }",
            "Whose money a credit is: the member's own contribution, or a fund's.",
            r#"credit_from = { cite = "xize:9", rows = [{ is = "contribution" }, { when = { status = "retired" }, is = { fund = "310100" } }] }"#,
        ),
        key(
            "before",
            Form::Table(&CREDITS_TABLE),
            "改革前的计入：只作比较；文本没有给出的写登记的金额",
            "What was credited before the reform, for comparison only.",
            r#"before = { per = "month", cite = "xize:9", rows = [{ is = { frozen = "credit_before_monthly" } }] }"#,
        ),
        key(
            "use",
            Form::Table(&CHOICES_TABLE),
            "使用：用途 purpose × 使用人 who，值是 allowed、forbidden 或 not_yet",
            "What it may be used for, over purpose and person.",
            r#"use = { cite = "xize:10", rows = [{ is = "forbidden" }, { when = { purpose = "clinic", who = "self" }, is = "allowed" }] }"#,
        ),
    ]],
    needs: &[],
};

pub(crate) static CREDITS_TABLE: Group = Group {
    name: "credit",
    chinese: "个人账户计入",
    english: "Credits to a personal account",
    frame: "[account.credit]\n…",
    parts: &[
        &[
            key("per", Form::Word(PLAIN_PERIOD), "周期：多久计入一次", "How often.", r#"per = "month""#),
            key(
                "status_effect",
                Form::Word(STATUS_EFFECT),
                "身份变化：在职转退休自何时改；不写就是当月",
                "From when on a change of status counts; the same month when left out.",
                r#"status_effect = "next_month""#,
            ),
            key(
                "age_on",
                Form::Word(DAY_OF),
                "年龄计算日：按哪一天的年龄分档；看年龄的表必须写",
                "The day on which age counts; a table that reads age must say it.",
                r#"age_on = "month_end""#,
            ),
            key(
                "facts_on",
                Form::Word(DAY_OF),
                "事实计算日：按哪一天的其他事实（如趸缴期）；不写就是当期第一天",
                "The day on which further facts of the member count; the first of the period when left out.",
                r#"facts_on = "month_start""#,
            ),
        ],
        TABLE,
        &FIGURES,
    ],
    needs: ANY_ROW,
};

pub(crate) static SOURCES_TABLE: Group = Group {
    name: "sources",
    chinese: "计入来源的表",
    english: "A table of whose money a credit is",
    frame: "[account.credit_from]\n…",
    parts: &[TABLE],
    needs: ANY_ROW,
};

pub(crate) static CONTRIBUTION: Group = Group {
    name: "contribution",
    chinese: "缴费",
    english: "Contributions, as rates of the contribution base",
    frame: "[contribution]\n…",
    parts: &[&[
        CITE,
        key(
            "total",
            Form::ValueOr(&SHARES_TABLE),
            "合计：缴费基数的百分之几",
            "What is paid in all.",
            r#"total = { rows = [{ is = "open" }, { when = { enrolment = "flexible" }, is = "8%" }] }"#,
        ),
        key(
            "own",
            Form::ValueOr(&SHARES_TABLE),
            "个人部分：进本人个人账户的那部分",
            "The part that goes into the member's account.",
            r#"own = { rows = [{ is = "2%" }, { when = { status = "retired" }, is = "none" }] }"#,
        ),
        key(
            "pooled",
            Form::ValueOr(&SHARES_TABLE),
            "统筹部分：进统筹基金的；\"rest\" 是合计减个人部分",
            "The part that goes into the pooled fund; `rest` is what is left of the total.",
            r#"pooled = "rest""#,
        ),
        key(
            "floor",
            Form::ValueOr(&AMOUNTS_TABLE),
            "基数下限：月缴费基数不低于",
            "The lowest monthly base.",
            r#"floor = "open""#,
        ),
        key(
            "ceiling",
            Form::ValueOr(&AMOUNTS_TABLE),
            "基数上限：月缴费基数不高于",
            "The highest monthly base.",
            r#"ceiling = { rows = [{ is = { share = "300%", of = "index.average_wage", year = -1, round = "half_up yuan" } }] }"#,
        ),
        key(
            "round",
            Form::Rounding,
            "舍入：每一部分怎样成为整分；不写就是四舍五入到分",
            "How each part becomes whole fen; half up when left out.",
            r#"round = "half_up fen""#,
        ),
    ]],
    needs: &[],
};

pub(crate) static SHARES_TABLE: Group = Group {
    name: "shares",
    chinese: "缴费比例的表",
    english: "A table of rates of contribution, or `open`",
    frame: "[contribution]\nown = { … }",
    parts: &[TABLE],
    needs: ANY_ROW,
};

pub(crate) static ENTITLEMENT: Group = Group {
    name: "entitlement",
    chinese: "待遇享受期",
    english: "From when to when benefits are due",
    frame: "[entitlement]\n…",
    parts: &[&[
        CITE,
        key(
            "waiting",
            Form::ValueOr(&TERMS_TABLE),
            "等待期：首次参保多久以后享受待遇；\"none\" 没有等待期",
            "How long a first enrolment waits.",
            r#"waiting = { rows = [{ is = "none" }, { when = { enrolment = "flexible" }, is = "6 months" }] }"#,
        ),
        key(
            "gap",
            Form::ValueOr(&TERMS_TABLE),
            "允许的中断：至多中断多久不用重新等待；\"unlimited\" 再久也不用",
            "How long a gap may be before waiting begins anew.",
            r#"gap = "3 months""#,
        ),
        key(
            "grace",
            Form::ValueOr(&TERMS_TABLE),
            "宽限：断缴以后待遇还保留多久；\"none\" 自断缴当月停止",
            "How long benefits go on when a contribution is missing.",
            r#"grace = "1 months""#,
        ),
        key(
            "back_pay",
            Form::ValueOr(&TERMS_TABLE),
            "补缴的作用：retroactive 补记待遇、from_payment 自补缴日、next_month 自次月、never 不恢复",
            "Whether paying arrears restores benefits for the time that they were missing.",
            r#"back_pay = "retroactive""#,
        ),
        key(
            "back_pay_within",
            Form::ValueOr(&TERMS_TABLE),
            "补缴的期限：多久以内补缴才有上项作用，再晚的按重新参保",
            "Within how long arrears must be paid for that.",
            r#"back_pay_within = "3 months""#,
        ),
        key(
            "begins",
            Form::ValueOr(&TERMS_TABLE),
            "开始：首次缴费（或等待期满）以后自何时享受：payment_day 缴费当日、payment_month 当月、next_month 次月",
            "From when on benefits begin after the first payment.",
            r#"begins = "next_month""#,
        ),
        key(
            "inpatient_excludes",
            Form::ValueOr(&TERMS_TABLE),
            "住院排除：住院期间是否不享受门诊待遇",
            "Whether an open inpatient stay excludes outpatient benefits.",
            "inpatient_excludes = true",
        ),
    ]],
    needs: &[],
};

pub(crate) static TERMS_TABLE: Group = Group {
    name: "terms",
    chinese: "期限的表",
    english: "A table of terms, or `open`",
    frame: "[entitlement]\nwaiting = { … }",
    parts: &[TABLE],
    needs: ANY_ROW,
};
