//! Facts, entries and states in Chinese, for tables and sheets. Decides nothing.

use gongji_policy::words_of;
use gongji_register::bond;
use gongji_register::matter::{Movement, Step};
use gongji_register::{Cover, Fact, Line};

use crate::his::book::{Change, Settled};
use crate::his::codes;
use crate::his::entry::What;

/// A fact as one line.
pub(crate) fn fact(fact: &Fact) -> String {
    match fact {
        Fact::Enrolled(member) => {
            let (number, name) = (&member.number, &member.identity.name);
            format!("参保登记：{name}（{number}），统筹区 {}", member.area)
        }
        Fact::Identity(identity) => format!("身份信息：{} {}", identity.name, identity.certificate),
        Fact::Category(from, code) => format!("{from} 起人员类别 {}", category(code)),
        Fact::Enrolment(from, value) => format!("{from} 起参保身份 {}", words_of("enrolment", value)),
        Fact::Employer(from, name) => format!("{from} 起单位 {name}"),
        Fact::CivilServant(is) => format!("公务员标志 {}", if *is { "是" } else { "否" }),
        Fact::Base(from, base) => format!("{from} 起缴费基数 {base}"),
        Fact::Cover(from, is) => format!("{from} 起待遇状态 {}", cover(*is)),
        Fact::LumpSum(Some(lump_sum)) => format!("趸缴基数 {}，至 {}", lump_sum.base, lump_sum.until),
        Fact::LumpSum(None) => "没有趸缴".to_owned(),
        Fact::Amount(name, amount) => format!("登记额 {name} {amount}"),
        Fact::Paid(paid) => format!(
            "{} 起 {} 个月缴费：基数 {}，个人 {}，单位 {}{}",
            paid.from,
            paid.months,
            paid.base,
            paid.own,
            paid.pooled,
            paid.late.map(|day| format!("，{day} 补缴")).unwrap_or_default()
        ),
        Fact::Unpaid(month) => format!("{month} 缴费退回"),
        Fact::Stay(stay) => match stay.until {
            Some(until) => format!("住院 {} 至 {until}", stay.from),
            None => format!("{} 入院", stay.from),
        },
        Fact::Died(Some(on)) => format!("{on} 死亡"),
        Fact::Died(None) => "死亡登记有误，撤销".to_owned(),
        Fact::Retracted(of, from) => format!("撤销 {from} 起的{}", line(*of)),
    }
}

/// What happened, as lines.
pub(crate) fn happened(change: &Change) -> Vec<String> {
    match change {
        // Nothing was told: somebody looked.
        Change::Recorded(recorded) if recorded.facts.is_empty() && recorded.opened.is_none() => {
            vec!["查看完整证件号码".to_owned()]
        }
        Change::Recorded(recorded) => {
            let opened = recorded.opened.map(|(_, [current, prior])| format!("期初余额：当年 {current}，历年 {prior}"));
            recorded.facts.iter().map(fact).chain(opened).collect()
        }
        Change::Entered(entry) => vec![what(&entry.what)],
        Change::Settled { settlement, .. } => aid(settlement),
        Change::Purchased { purchase, .. } => aid(&purchase.settlement),
        Change::Cancelled { cancels, .. } => vec![format!("结算 {cancels} 撤销，家庭共济支付退回")],
        Change::Opened { account: [current, prior], .. } => vec![format!("期初余额：当年 {current}，历年 {prior}")],
        _ => Vec::new(),
    }
}

fn aid(settled: &Settled) -> Vec<String> {
    let paid = settled.aid.as_deref().map(|aid| format!("家庭共济：为 {} 支付 {}", settled.patient(), aid.amount()));
    paid.into_iter().collect()
}

/// What happened to an account, as one line.
pub(crate) fn what(what: &What) -> String {
    match what {
        What::Contributed { paid, .. } => fact(&Fact::Paid(*paid)),
        What::Credited(credit) => {
            let provisional = if credit.provisional { "（预计数，待清算）" } else { "" };
            format!("{} 计入 {}{provisional}（依据 {}）", credit.month, credit.amount, credit.article)
        }
        What::CarriedOver { year, amount } => format!("{year} 年末结转 {amount}"),
        What::Bond(change) => bonded(change),
        What::Matter(step) => stepped(step),
        What::Concluded(concluded) => stepped(&concluded.step),
        What::Premium(premium) => {
            let whom = premium.relative.as_ref().map_or("本人", |(party, _)| party.name.as_str());
            format!("代扣代缴{}：{whom} {}（依据 {}）", premium.purpose.name(), premium.amount(), premium.article)
        }
    }
}

fn bonded(change: &bond::Change) -> String {
    let number = change.number();
    match change {
        bond::Change::Requested(request) => {
            let (relation, other) = (request.relation.name(), &request.beneficiary.name);
            format!("共济关系 {number}：申请，被授权人 {relation} {other}")
        }
        bond::Change::Confirmed { .. } => format!("共济关系 {number}：确认生效"),
        bond::Change::LimitsSet { .. } => format!("共济关系 {number}：设置限额"),
        bond::Change::Unbound { .. } => format!("共济关系 {number}：解除"),
        bond::Change::Used { amount, patient, .. } => format!("共济关系 {number}：为 {patient} 使用 {amount}"),
        bond::Change::UseReturned { amount, .. } => format!("共济关系 {number}：退回 {amount}"),
    }
}

fn stepped(step: &Step) -> String {
    let number = step.number();
    match step {
        Step::Filed { kind, .. } => format!("业务 {number}：受理{}", kind.name()),
        Step::Approved { .. } => format!("业务 {number}：复核通过"),
        Step::Rejected { why, .. } => format!("业务 {number}：不予办理（{why}）"),
        Step::Withdrawn { .. } => format!("业务 {number}：撤回"),
        Step::Done { .. } => format!("业务 {number}：办结"),
    }
}

/// What a matter moves, as one line.
pub(crate) fn moved(movement: &Movement) -> String {
    let parts =
        |parts: &gongji_register::Parts| format!("{}（当年 {}，历年 {}）", parts.total(), parts.current, parts.prior);
    match movement {
        Movement::Refund { parts: out } => format!("返还 {}", parts(out)),
        Movement::ToHeir { heir, parts: out } => format!("付给第 {} 名继承人 {}", heir + 1, parts(out)),
        Movement::Relocate { to, parts: out } => format!("转往 {to} {}", parts(out)),
        Movement::Receive { from, parts: into } => format!("自 {from} 转入 {}", parts(into)),
        Movement::Credit { month, amount, withheld, .. } => format!("补计 {month} {amount}，其中扣还 {withheld}"),
        Movement::TakeBack { month, parts: out, owed, .. } => {
            format!("追回 {month} {}，余下 {owed} 记为应追回", parts(out))
        }
        Movement::Recover { parts: out } => format!("先扣还应追回 {}", parts(out)),
    }
}

/// 人员类别 with its meaning.
pub(crate) fn category(code: &str) -> String {
    match codes::status(code) {
        Some(status) => format!("{code} {}", words_of("status", status)),
        None => code.to_owned(),
    }
}

/// 待遇状态
pub(crate) fn cover(cover: Cover) -> &'static str {
    match cover {
        Cover::InBenefit => "正常享受",
        Cover::Suspended => "暂停",
        Cover::Ended => "终止",
    }
}

fn line(line: Line) -> &'static str {
    match line {
        Line::Category => "人员类别",
        Line::Enrolment => "参保身份",
        Line::Employer => "单位",
        Line::Base => "缴费基数",
        Line::Cover => "待遇状态",
    }
}
