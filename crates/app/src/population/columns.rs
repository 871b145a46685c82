//! The columns of persons and events in files (数据字典): one table for writing, reading and the page that explains them.
//!
//! Every value is a whole number here: an amount in fen, a day by its number, a word by its place in the list.

use gongji_domain::{Clock, Day, Fen};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A number that names or counts, not below nothing.
    Number,
    /// 金额
    Money,
    /// 日期
    Date,
    /// 时刻
    Time,
    /// 是否
    Flag,
    /// One of some words.
    Words(&'static [(&'static str, &'static str)]),
}

/// One column.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    pub name: &'static str,
    pub chinese: &'static str,
    pub kind: Kind,
    /// What holds where the column or the cell is not there; `None`: it must be there.
    pub default: Option<i64>,
    pub about: &'static str,
}

/// A table of a population.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    /// Name of its file without ending.
    pub name: &'static str,
    pub chinese: &'static str,
    pub columns: &'static [Column],
}

const STATUS: Kind = Kind::Words(&[("active", "在职"), ("retired", "退休")]);
const SEX: Kind = Kind::Words(&[("male", "男"), ("female", "女")]);
const EMPLOYMENT: Kind =
    Kind::Words(&[("enterprise", "企业"), ("institution", "机关事业单位"), ("flexible", "灵活就业")]);
const CARE: Kind =
    Kind::Words(&[("visit", "普通门急诊"), ("chronic", "门诊慢特病"), ("pharmacy", "药店购药"), ("admission", "住院")]);
const CLASS: Kind = Kind::Words(&[("primary", "一级及以下"), ("secondary", "二级"), ("tertiary", "三级")]);
const REACH: Kind = Kind::Words(&[("local", "本统筹区"), ("province", "省内异地"), ("nation", "跨省异地")]);
const MEANS: Kind = Kind::Words(&[
    ("account", "个人账户"),
    ("cash", "现金"),
    ("prescription", "统筹处方"),
    ("spouse", "共济给配偶"),
    ("parent", "共济给父母"),
    ("child", "共济给子女"),
]);

const fn must(name: &'static str, chinese: &'static str, kind: Kind, about: &'static str) -> Column {
    Column { name, chinese, kind, default: None, about }
}

const fn may(name: &'static str, chinese: &'static str, kind: Kind, default: i64, about: &'static str) -> Column {
    Column { name, chinese, kind, default: Some(default), about }
}

/// Persons, in ascending order of their numbers.
pub(super) const PERSONS: Layout = Layout {
    name: "persons",
    chinese: "参保人",
    columns: &[
        must("person", "人员编号", Kind::Number, "去标识的编号；文件按它升序，不重复"),
        must("status", "医保待遇状态", STATUS, "年初的状态"),
        may("sex", "性别", SEX, 0, ""),
        may("employment", "参保方式", EMPLOYMENT, 0, ""),
        must("birth", "出生日期", Kind::Date, ""),
        may("account", "有个人账户", Kind::Flag, 1, "统账结合为是，单建统筹为否"),
        may("wage", "月工资", Kind::Money, 0, "未按上下限调整；退休为 0"),
        may("base", "月缴费基数", Kind::Money, 0, "在上下限之间；退休为 0"),
        may("pension", "月养老金", Kind::Money, 0, "在职为 0"),
        may("balance", "年初账户余额", Kind::Money, 0, "上年结转"),
        may(
            "diseases",
            "门诊慢特病登记",
            Kind::Number,
            0,
            "按位：预设 diseases.names 的第 1 种为 1，第 2 种为 2，第 3 种为 4，依此类推相加；小于 65536",
        ),
    ],
};

/// Place of `total` among the columns of events.
pub(super) const TOTAL: usize = 12;

/// Events, in ascending order of their persons.
pub(super) const EVENTS: Layout = Layout {
    name: "events",
    chinese: "就医购药",
    columns: &[
        must("person", "人员编号", Kind::Number, "须在参保人表中；文件按它升序"),
        must("day", "就诊日期", Kind::Date, "同一年度之内"),
        may("time", "时刻", Kind::Time, 9 * 3600, ""),
        may("care", "类别", CARE, 0, ""),
        must("class", "医院等级", CLASS, "药店凭处方购药时为处方机构的等级"),
        may("reach", "就医地", REACH, 0, ""),
        may(
            "means",
            "支付方式",
            MEANS,
            0,
            "cash、prescription 只用于药店购药。spouse、parent、child：本人的账户替亲属付（家庭共济），四项之和为请账户支付的金额；\
             不是本人的就医，不计入本人的次数、费用和负担；该人须有个人账户",
        ),
        may("institution", "机构编号", Kind::Number, 0, "同类别、同等级之内的编号；小于 4294967296"),
        may("off_list", "全自费", Kind::Money, 0, "目录外"),
        may("over_ceiling", "超限价", Kind::Money, 0, ""),
        may("upfront", "先行自付", Kind::Money, 0, ""),
        must("eligible", "符合政策范围", Kind::Money, ""),
        may("total", "医疗费总额", Kind::Money, -1, "前四项之和；给出时须与其和相等"),
    ],
};

const OFFENCE: Kind = Kind::Words(&[
    ("overcharge", "重复收费、超标准收费、分解"),
    ("overuse", "过度诊疗、过度检查"),
    ("swap", "串换"),
    ("restricted", "超限定支付"),
    ("overprescription", "超量、重复开药"),
    ("account", "账户超范围使用"),
    ("false", "虚假、冒名"),
    ("resale", "倒卖、回流药"),
    ("other", "其他"),
]);
const ACT: Kind = Kind::Words(&[
    ("add", "多记符合政策范围费用"),
    ("repeat", "同一笔再报一次"),
    ("move", "目录外改记目录内"),
    ("whole", "整笔不应支付"),
]);
const TIER: Kind =
    Kind::Words(&[("none", "没有问题"), ("minor", "有轻微问题"), ("deliberate", "故意违规"), ("ring", "团伙")]);

/// Labels of violations, in the order of persons; written only on request and never read back as claims.
pub(super) const TRUTH: Layout = Layout {
    name: "truth",
    chinese: "违规真值标签（只在 --violations 时有）",
    columns: &[
        must("person", "人员编号", Kind::Number, "文件按它升序"),
        must("event", "第几次", Kind::Number, "该人在就医购药表中的第几行，从 1 起"),
        must("day", "就诊日期", Kind::Date, "同就医购药表"),
        must("time", "时刻", Kind::Time, "同就医购药表"),
        must("care", "类别", CARE, "同就医购药表"),
        must("class", "医院等级", CLASS, "同就医购药表"),
        must("institution", "机构编号", Kind::Number, "同就医购药表"),
        must("violation", "违规类型", OFFENCE, ""),
        must("act", "改动", ACT, "注入时对这一笔做了什么"),
        must("tier", "机构性质", TIER, "注入时假定的"),
        must("amount", "违规金额", Kind::Money, "多记、重报或不应支付的费用"),
        must("fund", "其中统筹基金", Kind::Money, "按预设 violations.fund_paid 推定，不含个人账户"),
    ],
};

/// No amount in a file is larger: ten billion yuan.
const MOST_MONEY: i64 = 1_000_000_000_000;

impl Kind {
    /// The value as text in a file.
    pub(super) fn text(self, value: i64) -> String {
        match self {
            Self::Number => value.to_string(),
            Self::Money => Fen::from_fen(value).to_string(),
            Self::Date => Day::from_number(value as i32).to_string(),
            Self::Time => format!("{:02}:{:02}:{:02}", value / 3600, value / 60 % 60, value % 60),
            Self::Flag => (value != 0).to_string(),
            Self::Words(words) => words.get(value as usize).map_or_else(String::new, |word| word.0.to_owned()),
        }
    }

    /// The value of a text.
    pub(super) fn parse(self, text: &str) -> Option<i64> {
        let value = match self {
            Self::Number => text.parse().ok()?,
            Self::Money => text.parse::<Fen>().ok()?.fen(),
            Self::Date => i64::from(text.parse::<Day>().ok()?.number()),
            Self::Time => i64::from(text.parse::<Clock>().ok()?.0),
            Self::Flag => match text {
                "true" | "True" | "1" => 1,
                "false" | "False" | "0" => 0,
                _ => return None,
            },
            Self::Words(words) => words.iter().position(|word| word.0 == text)? as i64,
        };
        self.holds(value).then_some(value)
    }

    /// Whether a number can be a value of this kind.
    pub(super) fn holds(self, value: i64) -> bool {
        match self {
            Self::Number => value >= 0,
            Self::Money => (0..=MOST_MONEY).contains(&value),
            Self::Date => (i64::from(Day::FIRST.number())..=84_005).contains(&value),
            Self::Time => (0..86_400).contains(&value),
            Self::Flag => value == 0 || value == 1,
            Self::Words(words) => (0..words.len() as i64).contains(&value),
        }
    }

    /// What is allowed, in Chinese.
    pub(super) fn allowed(self) -> String {
        match self {
            Self::Number => "不小于 0 的整数".into(),
            Self::Money => "不小于 0 的金额：CSV 以元计、至多两位小数，Parquet 以分计的整数".into(),
            Self::Date => "日期，写作 YYYY-MM-DD，1900-01-01 至 2199-12-31".into(),
            Self::Time => "时刻，写作 HH:MM:SS".into(),
            Self::Flag => "true 或 false".into(),
            Self::Words(words) => {
                words.iter().map(|(word, chinese)| format!("{word}（{chinese}）")).collect::<Vec<_>>().join("、")
            }
        }
    }

    fn unit(self) -> (&'static str, &'static str) {
        match self {
            Self::Number => ("整数", "INT64"),
            Self::Money => ("CSV 元；Parquet 分", "INT64"),
            Self::Date => ("日", "DATE"),
            Self::Time => ("秒", "TIME(MILLIS)"),
            Self::Flag => ("是否", "BOOLEAN"),
            Self::Words(_) => ("代码", "UTF8"),
        }
    }
}

/// Each column in words: table, name, Chinese, type, unit, allowed, default, about.
fn rows() -> impl Iterator<Item = [String; 8]> {
    [PERSONS, EVENTS, TRUTH].into_iter().flat_map(|layout| {
        layout.columns.iter().map(move |column| {
            let (unit, stored) = column.kind.unit();
            let default = match column.default {
                None => "必填".to_owned(),
                Some(value) if !column.kind.holds(value) => "四项之和".to_owned(),
                Some(value) => column.kind.text(value),
            };
            let (allowed, about) = (column.kind.allowed(), column.about.to_owned());
            let names = [layout.name, column.name, column.chinese, stored, unit].map(str::to_owned);
            let [table, name, chinese, stored, unit] = names;
            [table, name, chinese, stored, unit, allowed, default, about]
        })
    })
}

const HEADS: [&str; 8] = ["表", "列", "含义", "Parquet 类型", "单位", "取值", "缺省", "说明"];

/// The dictionary as a page.
pub(crate) fn dictionary_markdown() -> String {
    let mut page = String::from("# 数据字典\n\n");
    for layout in [PERSONS, EVENTS, TRUTH] {
        page += &format!("- `{0}.parquet` / `{0}.csv`：{1}\n", layout.name, layout.chinese);
    }
    page +=
        "\n各文件都按人员编号（person）升序。缺省一栏不是“必填”的列可以没有，空单元格同缺省；不认识的列不接受。\n\n";
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    page += &line(&HEADS.map(str::to_owned));
    page += &line(&HEADS.map(|_| "---".to_owned()));
    rows().for_each(|row| page += &line(&row));
    page
}

/// The dictionary as a table for programs.
pub(crate) fn dictionary_csv() -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing into memory does not fail.
    let _ = writer.write_record(HEADS);
    rows().for_each(|row| drop(writer.write_record(row)));
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}
