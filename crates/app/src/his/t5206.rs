//! 5206 人员累计信息查询: what a member's visits came to in a year or a month, at whatever institution, as sums of the
//! settlements that stand.

use std::collections::BTreeMap;

use gongji_domain::{Day, Fen};

use super::book::{Change, Settled};
use super::call::{Looking, Plan};
use super::decode::{Input, Node};
use super::errors::Fault;
use super::json::Json;
use super::past::Past;
use super::row::{Row, node};

pub(crate) fn prepare(input: &Input<'_>) -> Result<Plan, Fault> {
    let data = input.node("data")?;
    let psn_no = data.required("psn_no", 30)?;
    let month = month(&data)?;
    data.finish(input.notes);
    input.finish();

    Ok(Plan::looking(&psn_no.clone(), move |look: &Looking<'_>| {
        look.member(&psn_no, "data.psn_no")?;
        let asked = month.clone().unwrap_or_else(|| format!("{}", look.now.day.ymd().0));
        let visits = look.kept.now()?.visits(&psn_no, look.last_visit)?;
        let within = |day: Day| compact(day).starts_with(&asked);
        let sums = sums(&visits, within);
        let (year, shown) = (&asked[..4], month.clone().unwrap_or_else(|| format!("{}00", &asked[..4])));
        let row = |(code, cum): (&String, &Cum)| {
            let row = Row::default()
                .text("insutype", "310")
                .text("year", year)
                .text("cum_ym", &shown)
                .text("cum_type_code", code);
            match cum {
                Cum::Money(amount) => row.money("cum", *amount),
                Cum::Count(count) => row.count("cum", *count),
            }
            .done()
        };
        Ok(node("cuminfo", &sums.iter().map(row).collect::<Vec<Json>>()))
    }))
}

/// 累计年月: six digits, or nothing for the year that is under way.
fn month(data: &Node<'_>) -> Result<Option<String>, Fault> {
    let Some(text) = data.optional("cum_ym", 6)? else { return Ok(None) };
    let month = text.get(4..).and_then(|month| month.parse::<u8>().ok());
    if text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit()) && month.is_some_and(|m| (1..=12).contains(&m)) {
        return Ok(Some(text));
    }
    Err(data.invalid("cum_ym", &text, " yyyyMM，或空（本年）"))
}

/// `yyyyMM` of a day.
fn compact(day: Day) -> String {
    day.to_string().replace('-', "")[..6].to_owned()
}

/// One sum.
enum Cum {
    Money(Fen),
    Count(i64),
}

/// The sums by their code: kind, and for each care type (`_BIZ`) as well.
fn sums(visits: &[Past], within: impl Fn(Day) -> bool) -> BTreeMap<String, Cum> {
    let mut sums = BTreeMap::new();
    let mut add = |code: String, amount: Fen| match sums.entry(code).or_insert(Cum::Money(Fen::ZERO)) {
        Cum::Money(sum) => *sum += amount,
        Cum::Count(_) => {}
    };
    let mut visited: Vec<String> = Vec::new();
    for past in visits {
        let standing = past.standing().filter(|settled| within(settled.day));
        for settled in standing {
            let kinds = kinds(settled).into_iter().filter(|(_, amount)| !amount.is_zero());
            for (kind, amount) in kinds {
                add(format!("{kind}_BIZ{}", settled.med_type), amount);
                add(kind, amount);
            }
            visited.push(settled.med_type.to_string());
        }
    }
    for med_type in visited {
        for code in ["C0000".to_owned(), format!("C0000_BIZ{med_type}")] {
            match sums.entry(code).or_insert(Cum::Count(0)) {
                Cum::Count(count) => *count += 1,
                Cum::Money(_) => {}
            }
        }
    }
    sums
}

/// What a settlement adds, by kind: cost, deductible borne, paid by oneself, by each fund.
fn kinds(settled: &Settled) -> Vec<(String, Fen)> {
    let decided = &settled.decided;
    let named = |kind: &str, amount| (kind.to_owned(), amount);
    let mut kinds = vec![
        named("F0000", decided.total),
        named("Q0000", decided.deductible_borne),
        named("S0000", decided.eligible),
        named("Z0000_LAB101", decided.off_list),
        named("Z0000_LAB102", decided.upfront + decided.over_ceiling),
        named("D310201", decided.account_paid),
    ];
    // The grammar ends the main fund of a kind with 1: 310100 is D310101.
    let fund = |code: String| code.strip_suffix('0').map_or_else(|| format!("D{code}"), |kind| format!("D{kind}1"));
    kinds.extend(decided.payments.iter().map(|payment| (fund(payment.fund.to_string()), payment.amount)));
    kinds
}

impl Past {
    /// The settlements that stand.
    pub(super) fn standing(&self) -> impl Iterator<Item = &Settled> {
        self.events.iter().filter_map(|(_, change)| match change {
            Change::Settled { setl_id, settlement } if self.cancelled_by(setl_id).is_none() => Some(&**settlement),
            Change::Purchased { setl_id, purchase } if self.cancelled_by(setl_id).is_none() => {
                Some(&purchase.settlement)
            }
            _ => None,
        })
    }
}
