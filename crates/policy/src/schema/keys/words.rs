//! The words that keys allow, with their meaning.

use crate::schema::Word;

pub(super) const STATUS: &[Word] = &[("in_force", "施行"), ("draft", "征求意见稿"), ("example", "示例")];
pub(super) const OWNER: &[Word] = &[
    ("encounter", "就诊"),
    ("member", "参保人"),
    ("institution", "机构"),
    ("charge", "费用明细"),
    ("relation", "参保人与机构的关系：由同名的关系得出，或随就诊给出"),
];
pub(super) const KIND: &[Word] = &[
    ("choice", "几个取值里的一个"),
    ("flag", "是或否"),
    ("whole", "整数"),
    ("date", "日期"),
    ("money", "金额"),
    ("set", "几个取值里的若干个"),
];
pub(super) const PLAIN_PERIOD: &[Word] =
    &[("year", "每个待遇年度"), ("month", "每月"), ("day", "每日"), ("visit", "每次就诊"), ("life", "终身")];
pub(super) const PERIOD: &[Word] = &[
    ("year", "每个待遇年度"),
    ("month", "每月"),
    ("day", "每日"),
    ("visit", "每次就诊"),
    ("life", "终身"),
    ("opened", "自首次就诊起一段时间，时长写在 lasts"),
];
pub(super) const DEDUCTIBLE_ON: &[Word] = &[("eligible", "先从费用里扣"), ("payment", "从算出的支付额里扣")];
pub(super) const LIMIT_ON: &[Word] =
    &[("payment", "限基金支付额"), ("eligible", "限政策范围内费用"), ("above", "限起付标准以上的费用")];
pub(super) const SEGMENTS_ON: &[Word] = &[("eligible", "自第一分钱起算"), ("above", "自起付标准以上起算")];
pub(super) const ENDS: &[Word] = &[("visit_elsewhere", "到别的机构就诊即终止")];
pub(super) const EFFECTIVE: &[Word] = &[("next_day", "次日"), ("next_month", "次月"), ("next_year", "次年")];
pub(super) const STATUS_EFFECT: &[Word] = &[("this_month", "当月"), ("next_month", "次月"), ("next_year", "次年")];
pub(super) const DAY_OF: &[Word] = &[
    ("month_end", "当月最后一天：当月满的自当月起"),
    ("month_start", "当月第一天：当月满的自次月起"),
    ("year_start", "当年第一天"),
    ("year_end", "当年最后一天：当年满的自当年起"),
];
pub(super) const CARRY: &[Word] = &[("year", "按月的额度在年内累积")];
pub(super) const BY: &[Word] = &[("institution", "各机构分别计")];
pub(super) const ACCOUNT: &[Word] = &[("account.current", "当年账户"), ("account.prior", "历年账户")];
pub(super) const COMPONENTS: &[Word] = &[
    ("borne", "起付"),
    ("share", "按比例自付"),
    ("over", "超限额"),
    ("upfront", "先行自付"),
    ("over_ceiling", "超限价"),
    ("off_list", "全自费"),
];
pub(super) const MUST: &[Word] = &[
    ("at_least", "不低于"),
    ("at_most", "不高于"),
    ("equal", "等于"),
    ("near", "接近，偏差不超过 tolerance"),
    ("not_lower", "后一取值不低于前一取值"),
    ("cover", "各取值都覆盖"),
    ("be_stated", "要写明"),
];
pub(super) const SEVERITY: &[Word] = &[("error", "错误，包不能用"), ("warning", "提示")];
