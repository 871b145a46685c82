//! The short way for the commonest rules: one benefit on lines, a yearly deductible, one rate,
//! yearly limits on the payment. Same amounts as the long way (`decide`), which explanations take;
//! the tests compare the two on every history. Knows no more law than the long way does.

use crate::encounter::Encounter;
use crate::payers::{self, Borne};
use crate::rules::{Amount, Benefit, Counter, CounterId, Cut, Measure, Payer, Rules, Terms};
use crate::settlement::Settlement;
use crate::standing::{Addition, Standing};
use crate::steps::Silent;
use crate::{Instance, Period, decide, lines};
use alloc::boxed::Box;
use gongji_domain::{Fen, Rate};

/// Terms that the short way can decide.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Plain {
    deductible: Option<(Fen, CounterId)>,
    rate: Rate,
    limits: Box<[(Fen, CounterId)]>,
    adds: Box<[(CounterId, Measure)]>,
}

impl Plain {
    /// The short form of these terms, if they have one.
    pub fn of(terms: &Terms, benefit: &Benefit, counters: &[Counter]) -> Option<Self> {
        let yearly = |counter: &CounterId| {
            let counter = &counters[usize::from(*counter)];
            counter.period == Period::Year && !counter.by_institution && counter.continues.is_none()
        };
        let fixed = |cut: &Cut| match cut.amount {
            Amount::Fixed(amount) if cut.lines & 1 == 1 && !cut.carries && cut.beyond.is_none() && yearly(&cut.counter) => {
                Some((amount, cut.counter))
            }
            _ => None,
        };
        let simple = terms.applies
            && terms.reasons.is_empty()
            && terms.claims & 1 == 1
            && benefit.takes_lines
            && benefit.axis.is_none()
            && matches!(benefit.payer, Payer::Fund(_))
            && terms.eligible_limits.is_empty()
            && terms.above_limits.is_empty()
            && terms.payment_deductibles.is_empty();
        let deductible = match &*terms.deductibles {
            [] => None,
            [cut] => Some(fixed(cut)?),
            _ => return None,
        };
        let limits = terms.payment_limits.iter().map(fixed).collect::<Option<Box<[_]>>>()?;
        let counted = terms.adds.iter().map(|add| {
            let known = matches!(add.measure, Measure::Eligible | Measure::Borne | Measure::Above | Measure::Paid);
            // Nothing moves beyond a limit here, so only the benefit's own fund could be left out.
            let whole = add.except.is_none_or(|fund| benefit.payer != Payer::Fund(fund));
            (known && whole && add.lines & 1 == 1 && yearly(&add.counter)).then_some((add.counter, add.measure))
        });
        let adds = counted.collect::<Option<Box<[_]>>>()?;
        simple.then_some(Self { deductible, rate: *terms.rates.first()?, limits, adds })
    }
}

/// Where the only benefit that decides for itself stands in the chain, if the short way may be tried.
pub(crate) fn only_benefit(rules: &Rules) -> Option<u8> {
    let mut own = rules.chain.iter().enumerate().filter(|(_, benefit)| !benefit.decided_elsewhere);
    let (place, benefit) = own.next()?;
    let alone = own.next().is_none() && rules.classes <= 1 && rules.access.is_none() && rules.payers.pays.len() == 6;
    (alone && benefit.keeps.is_none()).then_some(place as u8)
}

/// Decides a visit the short way; false, with nothing written, if its terms need the long one.
#[inline]
pub(crate) fn settle(rules: &Rules, standing: &Standing, encounter: &Encounter<'_>, settlement: &mut Settlement) -> bool {
    let Some(place) = rules.only_benefit else { return false };
    if !encounter.prior.is_empty() {
        return false;
    }
    let benefit = &rules.chain[usize::from(place)];
    let ordinals = decide::plain_ordinals(rules, encounter);
    let terms = &benefit.terms[*benefit.key.get(&ordinals) as usize];
    let (Some(plain), Payer::Fund(fund)) = (&terms.plain, benefit.payer) else { return false };
    let nothing = |_: &Amount| Fen::MAX;
    let [base] = lines::split::<1, Silent>(rules, &ordinals, &encounter.lines, nothing, settlement, &mut Silent);
    if !base.is_zero() {
        let year = Instance::from(rules.years.start(encounter.day).number());
        let left = |(amount, counter): (Fen, CounterId)| amount.less(standing.sum(counter, year, 0));
        let borne = plain.deductible.map_or(Fen::ZERO, |deductible| base.min(left(deductible)));
        let above = base - borne;
        let paid = plain.limits.iter().fold(plain.rate.pay(above), |paid, limit| paid.min(left(*limit)));
        if benefit.ordinary {
            settlement.deductible_borne = borne;
        }
        settlement.pay(place, fund, paid);
        for (counter, measure) in &plain.adds {
            let amount = match measure {
                Measure::Eligible => base,
                Measure::Borne => borne,
                Measure::Above => above,
                _ => paid,
            };
            if !amount.is_zero() {
                settlement.additions.push(Addition { counter: *counter, instance: year, by: 0, amount });
            }
        }
    }
    let account = [standing.account(crate::AccountPart::Current), standing.account(crate::AccountPart::Prior)];
    payers::pay(&rules.payers, encounter.use_account, Borne::default(), &mut { account }, settlement, &mut Silent);
    decide::assert_identities(settlement);
    true
}
