//! Statistics of personal accounts (个人账户收支统计): what came in by source, what went out by use and for whom, and totals
//! that tie to what was there before and after. Counted in parts and merged. Knows no account and no period.
//!
//! Money of an account has no colour: which source paid for which use cannot be told, so income and spending are two
//! columns of one table that tie by the balance.

use gongji_domain::Fen;
use serde::{Deserialize, Serialize};

/// Where money of an account comes from (收入来源).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Income {
    /// 本人缴费
    Contribution,
    /// 统筹基金划入
    Pool,
    /// 公务员医疗补助划入
    CivilServant,
    /// 转移接续转入
    TransferIn,
    /// 亲属转入
    FromRelative,
    /// 期初余额
    Opening,
    /// 更正补计
    Correction,
}

/// What money of an account goes to (支出用途).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Use {
    /// 医疗机构
    Institution,
    /// 零售药店
    Pharmacy,
    /// 居民医保缴费
    ResidentPremium,
    /// 长期护理保险缴费
    CarePremium,
    /// 大额补助缴费
    LargeAmountPremium,
    /// 商业健康保险
    CommercialPremium,
    /// 转移接续转出
    Transfer,
    /// 返还
    Refund,
    /// 继承
    Inheritance,
    /// 转给亲属
    ToRelative,
    /// 更正追回
    Correction,
}

/// For whom it was spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum For {
    /// 本人
    Member,
    /// 家属
    Relative,
}

/// How often and how much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// 笔数: movements that were not taken back.
    pub count: i64,
    /// 金额
    pub amount: Fen,
}

/// Income and spending of some accounts in some period.
#[doc(alias = "收支统计")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    income: [Tally; Income::ALL.len()],
    spending: [[Tally; For::ALL.len()]; Use::ALL.len()],
}

/// What does not tie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("收支不平：期初 {before} ＋ 收入 {income} － 支出 {spending} ≠ 期末 {after}")]
pub struct Untied {
    /// What the accounts held before.
    pub before: Fen,
    /// What came in.
    pub income: Fen,
    /// What went out.
    pub spending: Fen,
    /// What they hold after.
    pub after: Fen,
}

impl Income {
    /// Every source, in the order of the table.
    pub const ALL: [Self; 7] = [
        Self::Contribution,
        Self::Pool,
        Self::CivilServant,
        Self::TransferIn,
        Self::FromRelative,
        Self::Opening,
        Self::Correction,
    ];

    /// The source's Chinese name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Contribution => "本人缴费",
            Self::Pool => "统筹基金划入",
            Self::CivilServant => "公务员医疗补助划入",
            Self::TransferIn => "转移接续转入",
            Self::FromRelative => "亲属转入",
            Self::Opening => "期初余额",
            Self::Correction => "更正补计",
        }
    }
}

impl Use {
    /// Every use, in the order of the table.
    pub const ALL: [Self; 11] = [
        Self::Institution,
        Self::Pharmacy,
        Self::ResidentPremium,
        Self::CarePremium,
        Self::LargeAmountPremium,
        Self::CommercialPremium,
        Self::Transfer,
        Self::Refund,
        Self::Inheritance,
        Self::ToRelative,
        Self::Correction,
    ];

    /// The use's Chinese name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Institution => "医疗机构",
            Self::Pharmacy => "零售药店",
            Self::ResidentPremium => "居民医保缴费",
            Self::CarePremium => "长期护理保险缴费",
            Self::LargeAmountPremium => "大额补助缴费",
            Self::CommercialPremium => "商业健康保险",
            Self::Transfer => "转移接续转出",
            Self::Refund => "返还",
            Self::Inheritance => "继承",
            Self::ToRelative => "转给亲属",
            Self::Correction => "更正追回",
        }
    }
}

impl For {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Member, Self::Relative];

    /// Their Chinese name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Member => "本人",
            Self::Relative => "家属",
        }
    }
}

impl Tally {
    fn add(&mut self, amount: Fen) {
        // What is taken back takes its movement back too.
        self.count += amount.fen().signum();
        self.amount += amount;
    }

    fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.amount += other.amount;
    }

    fn sum<'a>(tallies: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut sum = Self::default();
        tallies.into_iter().for_each(|tally| sum.merge(*tally));
        sum
    }
}

impl Table {
    /// So much came in; below zero for what was taken back.
    pub fn add_income(&mut self, source: Income, amount: Fen) {
        self.income[source as usize].add(amount);
    }

    /// So much went out; below zero for what was taken back, as by a cancellation.
    pub fn add_spending(&mut self, to: Use, whom: For, amount: Fen) {
        self.spending[to as usize][whom as usize].add(amount);
    }

    /// What came in from a source.
    pub fn income(&self, source: Income) -> Tally {
        self.income[source as usize]
    }

    /// What went out for a use and a person.
    pub fn spending(&self, to: Use, whom: For) -> Tally {
        self.spending[to as usize][whom as usize]
    }

    /// What went out for a use.
    pub fn spending_on(&self, to: Use) -> Tally {
        Tally::sum(&self.spending[to as usize])
    }

    /// What went out for a person.
    pub fn spending_for(&self, whom: For) -> Tally {
        Tally::sum(self.spending.iter().map(|row| &row[whom as usize]))
    }

    /// All that came in.
    pub fn total_income(&self) -> Tally {
        Tally::sum(&self.income)
    }

    /// All that went out.
    pub fn total_spending(&self) -> Tally {
        Tally::sum(self.spending.iter().flatten())
    }

    /// Adds another table, as of accounts that were counted beside these.
    pub fn merge(&mut self, other: &Self) {
        self.income.iter_mut().zip(other.income).for_each(|(tally, other)| tally.merge(other));
        let rows = self.spending.iter_mut().flatten().zip(other.spending.iter().flatten());
        rows.for_each(|(tally, other)| tally.merge(*other));
    }

    /// Whether it explains the way from what the accounts held before to what they hold after.
    ///
    /// # Errors
    /// The four figures that do not tie.
    pub fn ties(&self, before: Fen, after: Fen) -> Result<(), Untied> {
        let (income, spending) = (self.total_income().amount, self.total_spending().amount);
        if before + income - spending == after { Ok(()) } else { Err(Untied { before, income, spending, after }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use proptest::prelude::*;

    const FEN: fn(i64) -> Fen = Fen::from_fen;

    #[test]
    fn a_year_of_one_account_ties() {
        let mut table = Table::default();
        table.add_income(Income::Opening, FEN(10_000));
        for _ in 0..12 {
            table.add_income(Income::Contribution, FEN(6_000));
        }
        table.add_spending(Use::Institution, For::Member, FEN(2_500));
        table.add_spending(Use::Institution, For::Relative, FEN(1_500));
        table.add_spending(Use::Institution, For::Relative, FEN(-1_500));
        table.add_spending(Use::ResidentPremium, For::Relative, FEN(38_000));
        assert_eq!(table.income(Income::Contribution), Tally { count: 12, amount: FEN(72_000) });
        assert_eq!(table.spending(Use::Institution, For::Relative), Tally::default());
        assert_eq!(table.spending_on(Use::Institution), Tally { count: 1, amount: FEN(2_500) });
        assert_eq!(table.spending_for(For::Relative), Tally { count: 1, amount: FEN(38_000) });
        assert_eq!(table.ties(Fen::ZERO, FEN(41_500)), Ok(()));
        let untied = table.ties(FEN(1), FEN(41_500)).unwrap_err();
        assert_eq!(untied.to_string(), "收支不平：期初 0.01 ＋ 收入 820.00 － 支出 405.00 ≠ 期末 415.00");
    }

    #[test]
    fn every_row_has_its_place() {
        assert!(Income::ALL.iter().enumerate().all(|(at, row)| *row as usize == at));
        assert!(Use::ALL.iter().enumerate().all(|(at, row)| *row as usize == at));
        assert!(For::ALL.iter().enumerate().all(|(at, row)| *row as usize == at));
    }

    proptest! {
        #[test]
        fn counted_in_parts_or_at_once_is_the_same_and_totals_tie_both_ways(
            moves in prop::collection::vec((0..18_usize, 0..2_usize, -500..5_000_i64), 0..60),
            cut in 0..60_usize,
        ) {
            let put = |table: &mut Table, (row, whom, fen): (usize, usize, i64)| match row.checked_sub(Income::ALL.len()) {
                None => table.add_income(Income::ALL[row], FEN(fen)),
                Some(row) => table.add_spending(Use::ALL[row], For::ALL[whom], FEN(fen)),
            };
            let mut parts = [Table::default(), Table::default()];
            let mut whole = Table::default();
            let mut held = 0;
            for (at, one) in moves.into_iter().enumerate() {
                put(&mut whole, one);
                put(&mut parts[usize::from(at >= cut)], one);
                held += if one.0 < Income::ALL.len() { one.2 } else { -one.2 };
            }
            let [mut sum, rest] = parts;
            sum.merge(&rest);
            prop_assert_eq!(&sum, &whole);
            prop_assert_eq!(whole.ties(FEN(7), FEN(7 + held)), Ok(()));
            let by_use = Tally::sum(&Use::ALL.map(|row| whole.spending_on(row)));
            let by_person = Tally::sum(&For::ALL.map(|whom| whole.spending_for(whom)));
            prop_assert_eq!([by_use, by_person], [whole.total_spending(); 2]);
        }
    }
}
