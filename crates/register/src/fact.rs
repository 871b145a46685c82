//! What changes the register: one fact at a time, each with the day from which it holds. A correction is the
//! fact as it should have been; what was said before stands in the journal.

use alloc::boxed::Box;
use alloc::string::String;
use gongji_domain::{Day, Fen, Month};
use serde::{Deserialize, Serialize};

use crate::member::{Cover, Identity, LumpSum, Member, Paid, Stay};

/// A fact about a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// 参保登记: all that is known at the beginning.
    Enrolled(Box<Member>),
    /// Who it is, in place of what was known.
    Identity(Identity),
    /// 人员类别 from a day on, as at retirement.
    Category(Day, String),
    /// 参保身份 from a day on.
    Enrolment(Day, String),
    /// 单位 from a day on.
    Employer(Day, String),
    /// 公务员标志
    CivilServant(bool),
    /// 缴费基数 from a day on.
    Base(Day, Fen),
    /// 待遇状态 from a day on.
    Cover(Day, Cover),
    /// 趸缴, or that there is none.
    LumpSum(Option<LumpSum>),
    /// 登记额 by its name.
    Amount(String, Fen),
    /// 缴费 for some months.
    Paid(Paid),
    /// 退缴费: what was contributed for a month was given back.
    Unpaid(Month),
    /// 住院: an episode begins, ends, or its end is another; the episode is known by its first day.
    Stay(Stay),
    /// 死亡, or that it was told by mistake.
    Died(Option<Day>),
    /// The row of a day was wrong: the one before goes on.
    Retracted(Line, Day),
}

/// One of a member's timelines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// 人员类别
    Category,
    /// 参保身份
    Enrolment,
    /// 单位
    Employer,
    /// 缴费基数
    Base,
    /// 待遇状态
    Cover,
}

/// Why a fact cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FactFault {
    /// The member is registered already.
    #[error("已有参保登记，不能再登记一次")]
    Twice,
    /// Something is told of a day before birth.
    #[error("{0} 早于出生日期 {1}")]
    BeforeBirth(Day, Day),
    /// A month was contributed for before.
    #[error("{0} 已有缴费记录；更正须先退缴费")]
    PaidTwice(Month),
    /// Nothing was contributed for a month.
    #[error("{0} 没有缴费记录")]
    NotPaid(Month),
    /// For no month at all, or for more than anybody lives.
    #[error("缴费月数须在 1 至 1200 之间")]
    NoMonths,
    /// An amount is below zero.
    #[error("金额 {0} 不能为负")]
    Negative(Fen),
    /// It ends before it begins.
    #[error("出院日期 {1} 早于入院日期 {0}")]
    EndsBefore(Day, Day),
    /// There is no row of that day.
    #[error("{0} 起没有这一项记录，不能撤销")]
    NoRow(Day),
    /// A timeline would have no row left.
    #[error("这是唯一的一条记录，不能撤销，只能改为正确的")]
    LastRow,
}

/// The most months of one record: nobody contributes for longer than a hundred years.
const MOST_MONTHS: u16 = 1200;

impl Member {
    /// Takes a fact in.
    ///
    /// # Errors
    /// Why it cannot be; nothing changed then.
    pub fn take(&mut self, fact: &Fact) -> Result<(), FactFault> {
        match fact {
            Fact::Enrolled(_) => return Err(FactFault::Twice),
            Fact::Identity(identity) => self.identity = identity.clone(),
            Fact::Category(from, value) => self.category.set(self.alive(*from)?, value.clone()),
            Fact::Enrolment(from, value) => self.enrolment.set(self.alive(*from)?, value.clone()),
            Fact::Employer(from, value) => self.employer.set(self.alive(*from)?, value.clone()),
            Fact::CivilServant(is) => self.civil_servant = *is,
            Fact::Base(from, base) => self.base.set(self.alive(*from)?, positive(*base)?),
            Fact::Cover(from, cover) => self.cover.set(self.alive(*from)?, *cover),
            Fact::LumpSum(lump_sum) => {
                lump_sum.map_or(Ok(Fen::ZERO), |lump_sum| positive(lump_sum.base))?;
                self.lump_sum = *lump_sum;
            }
            Fact::Amount(name, amount) => self.set_amount(name, positive(*amount)?),
            Fact::Paid(paid) => self.pay(*paid)?,
            Fact::Unpaid(month) => self.unpay(*month)?,
            Fact::Stay(stay) => self.stay(*stay)?,
            Fact::Died(on) => {
                on.map_or(Ok(Day::MIN), |on| self.alive(on))?;
                self.died = *on;
            }
            Fact::Retracted(line, from) => self.retract(*line, *from)?,
        }
        Ok(())
    }

    fn alive(&self, day: Day) -> Result<Day, FactFault> {
        let birth = self.identity.birth;
        if day < birth { Err(FactFault::BeforeBirth(day, birth)) } else { Ok(day) }
    }

    fn set_amount(&mut self, name: &str, amount: Fen) {
        match self.amounts.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = amount,
            None => self.amounts.push((name.into(), amount)),
        }
    }

    fn pay(&mut self, paid: Paid) -> Result<(), FactFault> {
        if !(1..=MOST_MONTHS).contains(&paid.months) {
            return Err(FactFault::NoMonths);
        }
        for amount in [paid.base, paid.own, paid.pooled] {
            positive(amount)?;
        }
        let months = (0..i32::from(paid.months)).map(|n| paid.from.plus(n));
        if let Some(twice) = months.into_iter().find(|month| self.paid_for(*month).is_some()) {
            return Err(FactFault::PaidTwice(twice));
        }
        let at = self.paid.partition_point(|known| known.from < paid.from);
        self.paid.insert(at, paid);
        self.join(at);
        if let Some(before) = at.checked_sub(1) {
            self.join(before);
        }
        Ok(())
    }

    /// Months in a row with the same amounts become one record.
    fn join(&mut self, at: usize) {
        let (Some(one), Some(next)) = (self.paid.get(at).copied(), self.paid.get(at + 1).copied()) else { return };
        let alike = Paid { from: next.from, months: next.months, ..one } == next;
        let months = one.months.saturating_add(next.months);
        if alike && next.from == one.from.plus(i32::from(one.months)) && months <= MOST_MONTHS {
            self.paid[at].months = months;
            self.paid.remove(at + 1);
        }
    }

    fn unpay(&mut self, month: Month) -> Result<(), FactFault> {
        let at = self.paid.iter().position(|paid| paid.covers(month)).ok_or(FactFault::NotPaid(month))?;
        let whole = self.paid.remove(at);
        let before = u16::try_from(month.since(whole.from)).unwrap_or_default();
        let after = whole.months - before - 1;
        let rest = [Paid { from: month.next(), months: after, ..whole }, Paid { months: before, ..whole }];
        rest.into_iter().filter(|part| part.months > 0).for_each(|part| self.paid.insert(at, part));
        Ok(())
    }

    fn stay(&mut self, stay: Stay) -> Result<(), FactFault> {
        if let Some(until) = stay.until.filter(|until| *until < stay.from) {
            return Err(FactFault::EndsBefore(stay.from, until));
        }
        self.alive(stay.from)?;
        match self.stays.binary_search_by_key(&stay.from, |known| known.from) {
            Ok(at) => self.stays[at] = stay,
            Err(at) => self.stays.insert(at, stay),
        }
        Ok(())
    }

    fn retract(&mut self, line: Line, from: Day) -> Result<(), FactFault> {
        let rows = match line {
            Line::Category => self.category.rows().len(),
            Line::Enrolment => self.enrolment.rows().len(),
            Line::Employer | Line::Base | Line::Cover => usize::MAX,
        };
        if rows == 1 {
            return Err(FactFault::LastRow);
        }
        let was = match line {
            Line::Category => self.category.remove(from).is_some(),
            Line::Enrolment => self.enrolment.remove(from).is_some(),
            Line::Employer => self.employer.remove(from).is_some(),
            Line::Base => self.base.remove(from).is_some(),
            Line::Cover => self.cover.remove(from).is_some(),
        };
        if was { Ok(()) } else { Err(FactFault::NoRow(from)) }
    }
}

fn positive(amount: Fen) -> Result<Fen, FactFault> {
    if amount < Fen::ZERO { Err(FactFault::Negative(amount)) } else { Ok(amount) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::Timeline;
    use alloc::vec::Vec;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn month(text: &str) -> Month {
        text.parse().unwrap()
    }

    fn member() -> Member {
        let from = day("2020-01-01");
        Member {
            number: "P1".into(),
            identity: Identity {
                name: "张三".into(),
                certificate: "990001196001010011".into(),
                card: String::new(),
                token: String::new(),
                gender: "1".into(),
                ethnicity: "01".into(),
                birth: day("1960-01-01"),
            },
            area: "500000".into(),
            category: Timeline::since(from, "11".into()),
            enrolment: Timeline::since(from, "employer".into()),
            employer: Timeline::default(),
            civil_servant: false,
            base: Timeline::default(),
            cover: Timeline::since(from, Cover::InBenefit),
            lump_sum: None,
            amounts: Vec::new(),
            paid: Vec::new(),
            stays: Vec::new(),
            died: None,
        }
    }

    fn paid(from: &str, months: u16, base: i64) -> Fact {
        let base = Fen::from_fen(base);
        Fact::Paid(Paid { from: month(from), months, base, own: base, pooled: Fen::ZERO, late: None })
    }

    #[test]
    fn months_paid_in_a_row_become_one_record_and_one_can_be_taken_out_again() {
        let mut member = member();
        for fact in [paid("2024-01", 1, 5), paid("2024-03", 1, 5), paid("2024-02", 1, 5), paid("2024-04", 2, 7)] {
            member.take(&fact).unwrap();
        }
        let runs = |member: &Member| -> Vec<(Month, u16)> { member.paid.iter().map(|p| (p.from, p.months)).collect() };
        assert_eq!(runs(&member), [(month("2024-01"), 3), (month("2024-04"), 2)]);
        assert_eq!(member.take(&paid("2023-12", 2, 5)), Err(FactFault::PaidTwice(month("2024-01"))));
        assert_eq!(member.take(&paid("2025-01", 0, 5)), Err(FactFault::NoMonths));
        member.take(&Fact::Unpaid(month("2024-02"))).unwrap();
        assert_eq!(runs(&member), [(month("2024-01"), 1), (month("2024-03"), 1), (month("2024-04"), 2)]);
        assert_eq!(member.take(&Fact::Unpaid(month("2024-02"))), Err(FactFault::NotPaid(month("2024-02"))));
        assert_eq!(member.paid_for(month("2024-05")).map(|p| p.base), Some(Fen::from_fen(7)));
        assert!(member.paid_for(month("2024-06")).is_none());
    }

    #[test]
    fn what_cannot_be_is_refused_and_changes_nothing() {
        let known = member();
        let stay = |from: &str, until: &str| Fact::Stay(Stay { from: day(from), until: Some(day(until)) });
        for (fact, fault) in [
            (Fact::Enrolled(Box::new(known.clone())), FactFault::Twice),
            (Fact::Base(day("1959-12-31"), Fen::ZERO), FactFault::BeforeBirth(day("1959-12-31"), day("1960-01-01"))),
            (Fact::Base(day("2024-01-01"), Fen::from_fen(-1)), FactFault::Negative(Fen::from_fen(-1))),
            (Fact::Amount("x".into(), Fen::from_fen(-1)), FactFault::Negative(Fen::from_fen(-1))),
            (stay("2024-01-02", "2024-01-01"), FactFault::EndsBefore(day("2024-01-02"), day("2024-01-01"))),
            (Fact::Retracted(Line::Category, day("2020-01-01")), FactFault::LastRow),
            (Fact::Retracted(Line::Base, day("2020-01-01")), FactFault::NoRow(day("2020-01-01"))),
        ] {
            let mut member = known.clone();
            assert_eq!(member.take(&fact), Err(fault));
            assert_eq!(member, known);
        }
    }

    #[test]
    fn facts_hold_from_their_day() {
        let mut member = member();
        let stay = Stay { from: day("2024-03-01"), until: None };
        let facts = [
            Fact::Category(day("2024-06-01"), "12".into()),
            Fact::Stay(stay),
            Fact::Amount("credit_2022_monthly".into(), Fen::from_fen(9_000)),
            Fact::LumpSum(Some(LumpSum { base: Fen::from_fen(1), until: day("2024-12-31") })),
        ];
        facts.iter().for_each(|fact| member.take(fact).unwrap());
        assert_eq!(member.category.at(day("2024-05-31")).map(String::as_str), Some("11"));
        assert_eq!(member.category.at(day("2024-06-01")).map(String::as_str), Some("12"));
        assert!(member.stay_on(day("2024-05-01")).is_some());
        member.take(&Fact::Stay(Stay { until: Some(day("2024-03-09")), ..stay })).unwrap();
        assert!(member.stay_on(day("2024-03-08")).is_some() && member.stay_on(day("2024-03-09")).is_none());
        assert_eq!(member.amount("credit_2022_monthly"), Some(Fen::from_fen(9_000)));
        assert_eq!(
            (member.in_lump_sum(day("2024-12-31")), member.in_lump_sum(day("2025-01-01"))),
            (Some(true), Some(false))
        );
        member.take(&Fact::Retracted(Line::Category, day("2024-06-01"))).unwrap();
        assert_eq!(member.category.at(day("2024-06-01")).map(String::as_str), Some("11"));
    }
}
