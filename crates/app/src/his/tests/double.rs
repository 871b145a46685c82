//! A stand-in for the policies: 200 deductible a year, then 60 % up to 3000 a year, for everybody.

use gongji_adjudication::{AccountPart, CounterId, Standing};
use gongji_domain::{Day, Fen, FundCode, Rate, Rounding};
use gongji_policy::account::{AccountFault, Crediting, Use, Using, Verdict};

use crate::his::decider::{Addition, Decided, Decider, Effects, NotCovered, Payment, Visit};
use crate::his::errors::{Code, Fault};

pub(super) struct Double;

const COUNTERS: [&str; 2] = ["borne per year", "paid per year"];

impl Decider for Double {
    fn decide(&self, standing: &Standing, visit: &Visit<'_>) -> Result<Decided, Fault> {
        if visit.care_type == "special_disease" {
            return Err(Fault::new(Code::ParametersOpen).article("wenda:14"));
        }
        let year = i64::from(visit.day.ymd().0);
        if year < 2024 {
            return Err(Fault::new(Code::NoPolicyForDate).given(visit.day).article("xize:14"));
        }
        let mut decided = Decided { policy: "double".to_owned(), ..Decided::default() };
        for charge in &visit.charges {
            decided.total += charge.amount;
            if !charge.covered {
                decided.off_list += charge.amount;
                continue;
            }
            let within = charge.ceiling.map_or(charge.amount, |ceiling| ceiling.min(charge.amount));
            let upfront = charge.upfront_rate.of(within, Rounding::HALF_UP_FEN);
            decided.over_ceiling += charge.amount - within;
            decided.upfront += upfront;
            decided.eligible += within - upfront;
        }
        let no_prescription = visit.care_type == "pharmacy" && visit.prescriber.is_none();
        let mut paid = Fen::ZERO;
        if no_prescription {
            decided.not_covered = Some(NotCovered {
                code: "no_prescription".to_owned(),
                article: "xize:12".to_owned(),
                message: "没有外配处方".to_owned(),
            });
        } else {
            let borne = standing.sum(0, year, 0);
            decided.deductible_borne = decided.eligible.min(Fen::from_yuan(200).less(borne));
            let left = Fen::from_yuan(3000).less(standing.sum(1, year, 0));
            paid = Rate::from_millionths(600_000).pay(decided.eligible - decided.deductible_borne).min(left);
            let payment = Payment {
                benefit: "ordinary_outpatient".to_owned(),
                fund: FundCode::POOLED,
                ledger: None,
                amount: paid,
                limit_left: Some(left),
                process: "60%".to_owned(),
            };
            decided.payments.extend((!paid.is_zero()).then_some(payment));
        }
        decided.fund_total = paid;
        decided.personal_share = decided.total - paid;
        let account = if visit.use_account { standing.account(AccountPart::Current) } else { Fen::ZERO };
        decided.account_paid = decided.personal_share.min(account);
        decided.cash = decided.personal_share - decided.account_paid;
        let amounts = [decided.deductible_borne, paid];
        let added = COUNTERS.iter().zip(amounts).filter(|(_, amount)| !amount.is_zero());
        decided.effects = Effects {
            counters: added
                .map(|(counter, amount)| Addition { counter: (*counter).to_owned(), instance: year, by: 0, amount })
                .collect(),
            account: [decided.account_paid, Fen::ZERO],
        };
        Ok(decided)
    }

    fn edition(&self) -> String {
        "double".to_owned()
    }

    fn counter(&self, _area: &str, name: &str) -> Option<CounterId> {
        COUNTERS.iter().position(|counter| *counter == name).map(|at| at as CounterId)
    }

    fn ended(&self, _area: &str, _name: &str, _day: Day) -> Vec<(&str, CounterId)> {
        Vec::new()
    }

    fn may_use(&self, _area: &str, _day: Day, using: &Using<'_>) -> Result<Use, AccountFault> {
        let care = ["clinic", "pharmacy_goods"].contains(&using.purpose);
        let verdict = if care { Verdict::Allowed } else { Verdict::Forbidden };
        Ok(Use { verdict, article: "xize:10".to_owned(), words: verdict.word().to_owned(), missing: Vec::new() })
    }

    fn account_order(&self, _area: &str, _day: Day) -> Vec<AccountPart> {
        vec![AccountPart::Current]
    }

    fn has_account(&self, _area: &str, _day: Day, _member: &Crediting<'_>) -> bool {
        true
    }

    fn article_with(&self, _area: &str, _word: &str) -> Option<String> {
        None
    }
}
