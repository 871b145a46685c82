//! How values are written: money, rates, dates and the like, each with the pattern of its text.

/// A way of writing a value.
pub(crate) struct Written {
    pub(crate) name: &'static str,
    pub(crate) chinese: &'static str,
    pub(crate) english: &'static str,
    /// What its text looks like, as a regular expression; empty where it is no text.
    pub(crate) pattern: &'static str,
    pub(crate) example: &'static str,
}

const fn text(
    name: &'static str,
    pattern: &'static str,
    chinese: &'static str,
    english: &'static str,
    example: &'static str,
) -> Written {
    Written { name, chinese, english, pattern, example }
}

const fn plain(name: &'static str, chinese: &'static str, english: &'static str, example: &'static str) -> Written {
    Written { name, chinese, english, pattern: "", example }
}

/// The ways, as the reference lists them.
pub(crate) static VALUES: &[Written] = &[
    text(
        "money",
        r"^[0-9]+(\.[0-9]{1,2})?$",
        "金额：写成文字，元，至多两位小数；不用小数点的数",
        "Money is text, in yuan, at most two decimals.",
        r#""200.00""#,
    ),
    text(
        "rate",
        r"^[0-9]+(\.[0-9]{1,4})?%$",
        "比例：写成文字，带百分号，至多四位小数",
        "A rate is text with a percent sign, at most four decimals.",
        r#"is = "62.5%""#,
    ),
    plain("date", "日期：不加引号", "A TOML date, without quotes.", "2024-01-01"),
    plain("whole", "整数：不加引号", "A whole number.", "70"),
    plain("flag", "是或否：true 或 false", "True or false.", "true"),
    text(
        "article",
        "^[^:\\s]+:[^\\s]+$",
        "条款：文件的名称、冒号、条款的锚（source/文件.md 里标题的第一个词）",
        "An article: the document's name, a colon, the anchor of a heading in its source.",
        r#""xize:5""#,
    ),
    plain(
        "word",
        "选项：事实的取值、原因代码、allowed 等",
        "A choice: a value of a fact, a reason code, a use.",
        r#""tertiary""#,
    ),
    plain("none", "没有这项：没有起付、没有限额、不付", "There is no such rule; a rate of nothing.", r#""none""#),
    plain(
        "open",
        "文本没有给出数值：按不设处理；比例不能空着，写进 decided_elsewhere",
        "The text gives no figure: never binds. A rate cannot be open.",
        r#""open""#,
    ),
    plain(
        "formula",
        "算式：指数或参保人金额的几成、同另一张表、账户余额、登记的金额",
        "A formula: see there.",
        r#"{ share = "2%", of = "member.contribution_base" }"#,
    ),
    text(
        "rounding",
        "^(half_up|down|up) (fen|jiao|yuan|ten_yuan|hundred_yuan)$",
        "舍入：half_up（四舍五入）、down（舍去）、up（进位），到 fen（分）、jiao（角）、yuan（元）、ten_yuan（十元）、hundred_yuan（百元）",
        "A direction and a unit.",
        r#""half_up fen""#,
    ),
    text(
        "addition",
        r"^-?[0-9]+(\.[0-9]{1,4})? points$|^-?[0-9]+(\.[0-9]{1,2})?$",
        "加减的数：百分点，或金额；减的写负号",
        "Points, or money; a minus sign takes off.",
        r#""-5 points""#,
    ),
    text("span", "^[0-9]+ (hour|hours|day|days)$", "时长：小时或日", "Hours or days.", r#""24 hours""#),
    text(
        "area",
        "^[0-9]{6}$",
        "统筹区：六位医保区划代码，写成文字",
        "The code of a pooling area, as text.",
        r#""500000""#,
    ),
    text("month_day", "^[0-9]{2}-[0-9]{2}$", "月-日：两位月、两位日", "Month and day.", r#""07-01""#),
];
