//! Keys of what frames the rules: the package, its documents, the order of benefits.

use super::words::STATUS;
use super::{UNTIL, key};
use crate::schema::{
    ACCOUNT, BENEFIT, BOUND, CONTRIBUTION, DOCUMENT, ENTITLEMENT, FACT, Form, Group, IMPOSSIBLE, INDEX, INSTITUTION,
    Key, LINES, Need, PAYER, PERIODS, REASON, REASONS_TABLE, RELATION,
};

const DOCUMENTS: Key = key(
    "document",
    Form::Named(&DOCUMENT),
    "文件：规则引用的政策文件；名称由自己定，条款写作“名称:条款”",
    "The documents that rules cite, under names of your own.",
    r#"document = { xize = { number = "渝医保发〔2023〕32号", published = 2023-12-11 } }"#,
);
const BOUNDS: Key = key(
    "bound",
    Form::Tables(&BOUND),
    "界限：本区自定的上下限；写作 [[bound]]，可以在几个文件里接着写",
    "Bounds that the area sets itself; a list that several files may continue.",
    r#"bound = [{ on = "benefit.ordinary_outpatient.rate", must = "at_least", is = "60%", cite = "xize:5" }]"#,
);

pub(crate) static ROOT: Group = Group {
    name: "top",
    chinese: "文件顶层",
    english: "The top of a file",
    frame: "…",
    parts: &[ROOT_KEYS],
    needs: &[],
};
const ROOT_KEYS: &[Key] = &[
    key(
        "package",
        Form::Table(&PACKAGE),
        "政策包：哪个统筹区、哪天施行、依据",
        "Which area, since when, by which article.",
        r#"package = { area = "500000", name = "重庆市", from = 2024-01-01, cite = "xize:14" }"#,
    ),
    key(
        "chain",
        Form::Texts,
        "待遇的先后：每项待遇都在内；先列的先支付",
        "Every benefit, in the order in which they take.",
        r#"chain = ["special_disease", "ordinary_outpatient"]"#,
    ),
    key(
        "decided_elsewhere",
        Form::NamedCites,
        "别处决定的待遇：文本没有给出数值，支付额随就诊记录给出；值是让它留空的条款",
        "Benefits whose figures the texts leave open; each with the article that does.",
        r#"decided_elsewhere = { special_disease = "wenda:14" }"#,
    ),
    DOCUMENTS,
    key(
        "fact",
        Form::Named(&FACT),
        "事实：本区自己的事实，以及对共用事实的补充",
        "Facts of the area's own, and what it adds to shared ones.",
        r#"fact = { large_amount = { of = "member", kind = "flag", cite = "xize:8" } }"#,
    ),
    key(
        "benefit",
        Form::Named(&BENEFIT),
        "待遇：每项待遇的对象、起付、比例、限额、基金",
        "Each benefit: whose, deductible, rate, limit, fund.",
        r#"benefit = { ordinary_outpatient = { fund = "310100", rate = { rows = [{ is = "60%" }] } } }"#,
    ),
    key(
        "account",
        Form::Table(&ACCOUNT),
        "个人账户：计入、使用范围、单位缴费划入",
        "Personal accounts: credits, uses, the employer's share.",
        r#"account = { cite = "xize:9", employer_share = { rows = [{ is = "0%" }] } }"#,
    ),
    key(
        "contribution",
        Form::Table(&CONTRIBUTION),
        "缴费：各部分的比例、缴费基数的上下限；没有给出的写 open",
        "Contributions: the rates of their parts, floor and ceiling of the base.",
        r#"contribution = { cite = "xize:9", own = "2%", pooled = "open" }"#,
    ),
    key(
        "entitlement",
        Form::Table(&ENTITLEMENT),
        "待遇享受期：等待期、中断、补缴；没有给出的写 open",
        "From when to when benefits are due: waiting, gaps, arrears.",
        r#"entitlement = { cite = "xize:3", waiting = "open", gap = "open" }"#,
    ),
    key(
        "lines",
        Form::Table(&LINES),
        "费用明细：本区在目录以外另加的规定",
        "What the area adds to the catalogue's split of a charge.",
        r#"lines = { cite = "xize:3", covered = { rows = [{ is = true }] } }"#,
    ),
    key(
        "payer",
        Form::Table(&PAYER),
        "个人负担由谁付：账户的先后和范围；其余是现金",
        "Which accounts pay the personal share, before cash.",
        r#"payer = { after = ["account.current", "account.prior"], cite = "xize:10" }"#,
    ),
    key(
        "access",
        Form::Table(&REASONS_TABLE),
        "拒绝的原因：有一行适用就不予结算",
        "Reasons to refuse a settlement.",
        r#"access = { cite = "xize:3", rows = [{ when = { months_insured = { below = 5 } }, is = "waiting_period" }] }"#,
    ),
    key(
        "reason",
        Form::Named(&REASON),
        "原因：本区自己的原因代码和给人看的话",
        "Reason codes of the area's own.",
        r#"reason = { not_my_clinic = { text = "不是本人签约的诊所" } }"#,
    ),
    key(
        "impossible",
        Form::Tables(&IMPOSSIBLE),
        "不会同时出现：写作 [[impossible]]；各表不必顾及这些组合",
        "Combinations that cannot occur, so that no table need cover them.",
        r#"impossible = [{ when = { status = "active", enrolment = "lump_sum" } }]"#,
    ),
    key(
        "period",
        Form::Table(&PERIODS),
        "待遇年度：不写就是自然年度",
        "The benefit year; the calendar year when left out.",
        r#"period = { year = { starts = "07-01", cite = "xize:4" } }"#,
    ),
    key(
        "index",
        Form::Named(&INDEX),
        "指数：按年公布的数，如平均工资、基本养老金平均水平",
        "Figures published by the year, such as an average wage.",
        r#"index = { average_pension = { cite = "xize:9", rows = [{ year = 2023, is = "3140.00" }] } }"#,
    ),
    key(
        "institution",
        Form::Tables(&INSTITUTION),
        "机构：各机构的级别、类型和起止日期；写作 [[institution]]，可以在几个文件里接着写",
        "A dated map from an institution's id to its class and kind.",
        r#"institution = [{ id = "H50000000001", class = "tertiary", cite = "xize:13" }]"#,
    ),
    key(
        "relation",
        Form::Named(&RELATION),
        "关系：参保人与机构的关系，如签约、选点、转诊",
        "Relations between a member and an institution.",
        r#"relation = { selected = { slots = ["first"], cite = "xize:7" } }"#,
    ),
    BOUNDS,
];

pub(crate) static FRAMEWORK: Group = Group {
    name: "framework",
    chinese: "框架文件顶层",
    english: "The top of a file of `policies/framework/`",
    frame: "…",
    parts: &[&[DOCUMENTS, BOUNDS]],
    needs: &[],
};

pub(crate) static PACKAGE: Group = Group {
    name: "package",
    chinese: "政策包",
    english: "The package itself",
    frame: "[package]\n…",
    parts: &[&[
        key(
            "area",
            Form::Area,
            "统筹区：六位医保区划代码",
            "Division code of the pooling area, six digits.",
            r#"area = "500000""#,
        )
        .required(),
        key("name", Form::Text, "名称：统筹区的中文名", "The area's name in Chinese.", r#"name = "重庆市""#),
        key(
            "status",
            Form::Word(STATUS),
            "状态：不写就是施行；示例只在点名时载入",
            "In force when left out; examples are only loaded when asked for.",
            r#"status = "in_force""#,
        ),
        key(
            "framework",
            Form::Texts,
            "框架：要核对的国家、省级界限，policies/framework 里的文件名",
            "The frameworks that it is held to: file names in `policies/framework`.",
            r#"framework = ["national"]"#,
        ),
        key(
            "from",
            Form::Day,
            "施行日：第一个就诊日；只有覆盖包可以不写",
            "First service day; only an overlay may leave it out.",
            "from = 2024-01-01",
        ),
        UNTIL,
        key(
            "verified",
            Form::Day,
            "核对日：最近一次有人拿文件核对的日期",
            "Last day on which somebody compared it with the texts.",
            "verified = 2026-11-21",
        ),
        key(
            "cite",
            Form::Cites,
            "依据：写明施行日期的条款；没有可用政策而拒绝时引它",
            "The article that sets the dates; refusals for want of a policy cite it.",
            r#"cite = "xize:14""#,
        ),
        key(
            "extends",
            Form::Area,
            "覆盖：本包是覆盖包，各行盖在这个统筹区的包之上",
            "Makes it an overlay: its rows lie above those of this area's package.",
            r#"extends = "500000""#,
        ),
    ]],
    needs: &[Need::Any(&["from", "extends"])],
};
