//! Keys of benefits, line tables and payers.

use super::tables::{FIGURES, TABLE};
use super::words::{
    ACCOUNT as PARTS, BY, CARRY, COMPONENTS, DEDUCTIBLE_ON, LIMIT_ON, PERIOD, PLAIN_PERIOD, SEGMENTS_ON,
};
use super::{CITE, FROM, LABEL, UNTIL, WHEN, key};
use crate::schema::{AMOUNTS_TABLE, CHOICES_TABLE, Form, Group, Key, Need, RATES_TABLE, REASONS_TABLE};

pub(crate) static BENEFIT: Group = Group {
    name: "benefit",
    chinese: "待遇",
    english: "A benefit",
    frame: "[benefit.ordinary_outpatient]\n…",
    parts: &[&[
        LABEL,
        CITE,
        key(
            "for",
            Form::Pattern,
            "对象：什么人、什么就诊；剩余部分流进来的也一样",
            "Whose, and which care; concerns what flows in, too.",
            r#"for = { care_type = ["ordinary_outpatient", "pharmacy"] }"#,
        ),
        key(
            "claims",
            Form::Pattern,
            "认领：哪些费用明细；不写就是全部",
            "Which charges; all when left out.",
            r#"claims = { charge_amount = { at_most = "90.00" } }"#,
        ),
        key(
            "takes",
            Form::Texts,
            "来源：\"lines\" 是费用明细；先前待遇留下的写 X.left、X.borne、X.share、X.over",
            "Where its base comes from: lines, and what earlier benefits left.",
            r#"takes = ["lines", "special_disease.left"]"#,
        ),
        key("fund", Form::Fund { account: true }, "基金：由谁支付", "Who pays.", r#"fund = "310100""#),
        key(
            "ledger",
            Form::Text,
            "专账：基金内单独核算的账，不写就记在基金本账",
            "The ledger kept apart inside the fund; left out means the fund itself.",
            r#"ledger = "outpatient""#,
        ),
        key(
            "covered",
            Form::Table(&REASONS_TABLE),
            "不支付的原因：有一行适用就不支付，也不累计",
            "Reasons for paying (and counting) nothing.",
            r#"covered = { cite = "xize:12", rows = [{ when = { care_type = "pharmacy", prescription = false }, is = "no_prescription" }] }"#,
        ),
        key(
            "deductible",
            Form::Tables(&DEDUCTIBLE),
            "起付标准：写作 [[benefit.X.deductible]]，可以有几个",
            "Deductibles.",
            r#"deductible = [{ per = "year", rows = [{ is = "200.00" }] }]"#,
        ),
        key(
            "limit",
            Form::Tables(&LIMIT),
            "限额：写作 [[benefit.X.limit]]，可以有几个",
            "Limits.",
            r#"limit = [{ per = "year", rows = [{ is = "3000.00" }] }]"#,
        ),
        key(
            "rate",
            Form::Table(&RATES_TABLE),
            "支付比例：起付以上付百分之几",
            "The share paid.",
            r#"rate = { rows = [{ is = "60%" }] }"#,
        ),
        key(
            "segments",
            Form::Table(&SEGMENTS),
            "费用段：按累计费用分段，各段比例不同",
            "Segments of cumulative expense, each with its rate.",
            r#"segments = { on = "eligible", up_to = ["1000.00"], names = ["low", "high"] }"#,
        ),
        FROM,
        UNTIL,
    ]],
    needs: &[],
};

/// The key of a counter: what a deductible or limit adds up, over which time.
const COUNTED: &[Key] = &[
    key(
        "per",
        Form::Word(PERIOD),
        "周期：多久一个标准，累计多久清零",
        "The period over which it adds up.",
        r#"per = "year""#,
    )
    .required(),
    key(
        "lasts",
        Form::Span,
        "时长：per = \"opened\" 时一段多长",
        "For `per = \"opened\"`: how long.",
        r#"lasts = "24 hours""#,
    ),
    key("by", Form::Words(BY), "分别：各机构分别累计", "Each institution for itself.", r#"by = ["institution"]"#),
    key(
        "carry",
        Form::Word(CARRY),
        "累积：按月的额度用不完，在年内接着用",
        "With `per = \"month\"`: the allowance adds up over the year.",
        r#"carry = "year""#,
    ),
    key(
        "counts",
        Form::Texts,
        "累计哪些：哪些待遇共用；不写就是本待遇，\"*\" 是全部",
        "Which benefits share it; this one when left out, `*` for all.",
        r#"counts = ["ordinary_outpatient", "special_disease"]"#,
    ),
    key(
        "for",
        Form::Pattern,
        "哪些就诊：只管、只累计这些就诊",
        "Visits that it binds and counts.",
        r#"for = { place = "local" }"#,
    ),
    key(
        "lines",
        Form::Pattern,
        "哪些明细：只管、只累计这些费用明细",
        "Charges that it binds and counts.",
        r#"lines = { charge_amount = { above = "100.00" } }"#,
    ),
    key(
        "starts",
        Form::Text,
        "起算：换了累计方式时，\"fresh\" 重新累计，\"from 0\" 接着本待遇第 0 项的累计",
        "For a version with another key: `fresh`, or `from 0` to go on from entry 0.",
        r#"starts = "fresh""#,
    ),
];

/// Several diseases.
const EACH: &[Key] = &[
    key(
        "each",
        Form::Text,
        "逐项：对这个多选事实的每一项各查一次表",
        "The table is read once for each member of this set fact.",
        r#"each = "diseases""#,
    ),
    key("as", Form::Text, "称作：行里用这个名字指当前的一项", "What rows call the member.", r#"as = "disease""#),
    key(
        "weights",
        Form::Rates,
        "各项折算：从高到低各算百分之几，最后一个管其余各项；不写就是各项全额相加",
        "Shares of the highest, the second …; the last holds for all that follow. Left out: all in full.",
        r#"weights = ["100%", "60%", "20%"]"#,
    ),
];
const CUT_NEEDS: &[Need] = &[Need::Any(&["rows", "except"]), Need::With("each", "as"), Need::With("as", "each")];

pub(crate) static DEDUCTIBLE: Group = Group {
    name: "deductible",
    chinese: "起付标准",
    english: "A deductible",
    frame: "[[benefit.ordinary_outpatient.deductible]]\n…",
    parts: &[
        &[key(
            "on",
            Form::Word(DEDUCTIBLE_ON),
            "从哪里扣：不写就是费用",
            "What it is taken off; eligible expense when left out.",
            r#"on = "eligible""#,
        )],
        COUNTED,
        TABLE,
        &FIGURES,
        EACH,
    ],
    needs: CUT_NEEDS,
};

pub(crate) static LIMIT: Group = Group {
    name: "limit",
    chinese: "限额",
    english: "A limit",
    frame: "[[benefit.ordinary_outpatient.limit]]\n…",
    parts: &[
        &[
            key(
                "on",
                Form::Word(LIMIT_ON),
                "限什么：不写就是基金支付额",
                "What it limits; the payment when left out.",
                r#"on = "payment""#,
            ),
            key(
                "beyond",
                Form::Table(&BEYOND),
                "超过以后：超过部分由另一基金按同一比例支付",
                "Another fund pays what it cuts, at the same rate.",
                r#"beyond = { fund = "330100", when = { status = "retired" }, cite = "xize:8" }"#,
            ),
        ],
        COUNTED,
        TABLE,
        &FIGURES,
        EACH,
    ],
    needs: CUT_NEEDS,
};

pub(crate) static BEYOND: Group = Group {
    name: "beyond",
    chinese: "超过限额以后",
    english: "Beyond a limit",
    frame: "[[benefit.ordinary_outpatient.limit]]\nper = \"year\"\nrows = [{ is = \"3000.00\" }]\nbeyond = { … }",
    parts: &[&[
        key("fund", Form::Fund { account: false }, "基金：由谁续付", "The fund that goes on.", r#"fund = "330100""#)
            .required(),
        WHEN,
        CITE,
    ]],
    needs: &[],
};

pub(crate) static SEGMENTS: Group = Group {
    name: "segments",
    chinese: "费用段",
    english: "Segments",
    frame: "[benefit.ordinary_outpatient.segments]\n…",
    parts: &[&[
        key("on", Form::Word(SEGMENTS_ON), "轴：从哪里起算", "From where the axis counts.", r#"on = "eligible""#)
            .required(),
        key(
            "up_to",
            Form::Moneys,
            "分界：各段的上端，从低到高；最后一段没有",
            "Upper ends, rising, of all segments but the last.",
            r#"up_to = ["1000.00", "5000.00"]"#,
        )
        .required(),
        key(
            "names",
            Form::Texts,
            "名称：各段的名称，比分界多一个；比例的行用事实 segment 指",
            "One more than the ends; rates read them as the fact `segment`.",
            r#"names = ["low", "middle", "high"]"#,
        )
        .required(),
        key(
            "per",
            Form::Word(PLAIN_PERIOD),
            "周期：累计多久；不写就是年度",
            "The year when left out.",
            r#"per = "year""#,
        ),
        key(
            "counts",
            Form::Texts,
            "累计哪些：不写就是本待遇",
            "This benefit when left out.",
            r#"counts = ["ordinary_outpatient"]"#,
        ),
        CITE,
    ]],
    needs: &[],
};

pub(crate) static LINES: Group = Group {
    name: "lines",
    chinese: "费用明细",
    english: "Charges",
    frame: "[lines]\n…",
    parts: &[&[
        CITE,
        key(
            "covered",
            Form::Table(&CHOICES_TABLE),
            "是否列入：目录已列的，本区是否也列；true 或 false",
            "Whether the area covers what the catalogue lists.",
            "covered = { rows = [{ is = true }] }",
        ),
        key(
            "ceiling",
            Form::Table(&AMOUNTS_TABLE),
            "限价：本区的支付限价，同目录的取低",
            "A price ceiling; the lower of this and the catalogue's holds.",
            r#"ceiling = { rows = [{ is = "none" }] }"#,
        ),
        key(
            "upfront",
            Form::Table(&RATES_TABLE),
            "先行自付：扣了目录的以后，再先付百分之几",
            "A first-pay of what the catalogue's leaves.",
            r#"upfront = { rows = [{ is = "0%" }, { when = { place = "temporary" }, is = "15%" }] }"#,
        ),
    ]],
    needs: &[],
};

pub(crate) static PAYER: Group = Group {
    name: "payer",
    chinese: "个人负担由谁付",
    english: "Who pays the personal share",
    frame: "[payer]\n…",
    parts: &[&[
        key(
            "after",
            Form::Words(PARTS),
            "账户的先后：不写就是先当年后历年",
            "Account parts in order; current then prior when left out.",
            r#"after = ["account.current", "account.prior"]"#,
        ),
        key(
            "pays",
            Form::Words(COMPONENTS),
            "账户付什么：不写就是全部；各写一次",
            "What accounts may pay; everything when left out.",
            r#"pays = ["borne", "share", "over"]"#,
        ),
        CITE,
    ]],
    needs: &[],
};
