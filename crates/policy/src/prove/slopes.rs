//! More expense lowers neither the fund's payment nor the member's share: the payment as a
//! function of the visit's amount rises, and by no more than the amount does.

use super::grid::Grid;
use crate::fault::{At, Fault};
use crate::trial::{Member, Trial, Used};
use crate::words::name_words;
use alloc::borrow::ToOwned;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use gongji_adjudication::{LineTerms, Terms};
use gongji_domain::Fen;

/// What the rounding of shares among several benefits may take or give: less than this falls
/// from no rule.
const ROUNDING: i64 = 100;
/// How many places of one kind are told.
const MOST_FAULTS: usize = 3;

/// A stretch of amounts on which somebody gets less for more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Fall {
    from: Fen,
    to: Fen,
    paid: (Fen, Fen),
}

/// What falls, where: one fault for each stretch, however many cases show it.
#[derive(Default)]
pub(super) struct Falls {
    told: Vec<Told>,
    /// Terms of benefits (by place in the chain) and of lines that were scanned, on whatever day.
    seen: BTreeSet<(usize, Terms, Option<LineTerms>, Vec<i64>)>,
}

struct Told {
    code: &'static str,
    at: At,
    /// The benefit's name.
    benefit: String,
    /// The ends of the stretch; none where later visits are paid less.
    ends: Option<(Fen, Fen)>,
    what: String,
    article: String,
    /// The first case that shows it, and how many do.
    case: String,
    count: usize,
}

impl Told {
    fn is(&self, code: &str, at: At, ends: Option<(Fen, Fen)>) -> bool {
        self.code == code && self.at == at && self.ends == ends
    }
}

impl Falls {
    /// Scans the payment of a visit for all distinct terms of each benefit, after everything that
    /// may have been used; says whether that was all of them.
    pub(super) fn scan(&mut self, grid: &Grid<'_>) -> bool {
        let mut whole = true;
        for benefit in 0..grid.trials.rules.chain.len() {
            whole &= !grid.is_sampled(&grid.of_benefit(benefit));
            let mut kinds = BTreeSet::new();
            for trial in grid.visits(&grid.of_benefit(benefit), 0) {
                let ordinals = grid.trials.ordinals(&trial);
                let rules = grid.trials.rules;
                let key = *rules.chain[benefit].key.get(&ordinals);
                let terms = &rules.chain[benefit].terms[key as usize];
                if !terms.applies || (rules.lines.is_none() && !kinds.insert((key, trial.charge.clone()))) {
                    continue;
                }
                let lines = grid.trials.line_terms(&ordinals).map(|lines| LineTerms { why: 0, ..lines.clone() });
                if grid.trials.work.is_done() {
                    return false;
                }
                if self.seen.insert((benefit, bare(terms), lines, trial.charge.clone())) {
                    grid.with_prior(trial).iter().for_each(|trial| self.scan_one(grid, trial));
                }
            }
        }
        whole
    }

    fn scan_one(&mut self, grid: &Grid<'_>, trial: &Trial) {
        let amounts = grid.trials.amounts(trial);
        for used in grid.trials.used(trial, false) {
            if let Some(fall) = first_fall(grid, trial, &used, &amounts) {
                self.take(grid, trial, &used, fall);
            }
        }
        self.later(grid, trial, &amounts);
    }

    fn take(&mut self, grid: &Grid<'_>, trial: &Trial, used: &Used, fall: Fall) {
        let Fall { from, to, paid: (before, after) } = fall;
        let (at, benefit, still_pays) = benefit_of(grid, trial, used, fall);
        // Something ends or begins at once; or a lower rate holds for all of a larger amount.
        let falling = after < before && still_pays;
        let (code, name) = if falling { ("falling_rate", "整笔按更低的比例") } else { ("cliff", "断崖") };
        if let Some(told) = self.told.iter_mut().find(|told| told.is(code, at, Some((from, to)))) {
            told.count += 1;
            return;
        }
        let (own_before, own_after) = (from - before, to - after);
        let (who, more) =
            if after < before { ("多", own_after - own_before) } else { ("少", own_before - own_after) };
        let what = format!(
            "费用由 {from} 元增加到 {to} 元，基金支付由 {before} 元变为 {after} 元，个人负担由 {own_before} 元变为 {own_after} 元（{name}，个人{who}负担 {more} 元）"
        );
        let article = articles(grid, trial, used, fall);
        let case = cases(&[grid.trials.day_words(), grid.words(trial), grid.trials.used_words(used)]);
        self.told.push(Told { code, at, benefit, ends: Some((from, to)), what, article, case, count: 1 });
    }

    /// A later visit that is paid less than an earlier one of the same amount.
    fn later(&mut self, grid: &Grid<'_>, trial: &Trial, amounts: &[Fen]) {
        for next in grid.later(trial) {
            let mut now = grid.trials.member(trial, &Used::default());
            let mut then = grid.trials.member(&next, &Used::default());
            let both = amounts.iter().filter_map(|amount| Some((amount, now.paid(*amount)?, then.paid(*amount)?)));
            let less = both.into_iter().find(|(_, before, after)| after.fen() + ROUNDING < before.fen());
            let Some((amount, before, after)) = less else { continue };
            let benefits = grid.trials.compiled.benefits.iter().find(|benefit| !benefit.decided_elsewhere);
            let at = benefits.map_or(grid.trials.compiled.package.at, |benefit| benefit.at);
            let what = format!("同样 {amount} 元的就诊，次数多了，基金支付由 {before} 元变为 {after} 元（断崖）");
            let cite = benefits.map(|benefit| benefit.cite.as_slice()).unwrap_or_default();
            let article = grid.trials.compiled.articles.print(cite);
            let case = cases(&[grid.trials.day_words(), grid.words(&next)]);
            match self.told.iter_mut().find(|told| told.is("cliff", at, None)) {
                Some(told) => told.count += 1,
                None => {
                    let benefit = String::new();
                    self.told.push(Told { code: "cliff", at, benefit, ends: None, what, article, case, count: 1 });
                }
            }
        }
    }

    /// The faults, a few for each kind.
    pub(super) fn report(self, faults: &mut Vec<Fault>) {
        for kind in ["cliff", "falling_rate"] {
            let of_kind: Vec<&Told> = self.told.iter().filter(|told| told.code == kind).collect();
            let left: usize = of_kind.iter().skip(MOST_FAULTS).map(|told| told.count).sum();
            for (i, told) in of_kind.iter().enumerate().take(MOST_FAULTS) {
                let count = told.count + if i + 1 == MOST_FAULTS { left } else { 0 };
                let more = if count > 1 { format!("等 {count} 种情形") } else { String::new() };
                let code = told.code;
                let allowed = format!(
                    "费用增加，基金支付和个人负担都不应减少；检查费用、次数的分界，文件确实如此的，在引文下写“已核 {code}：原因”"
                );
                let found = format!("{}（{}）{more}：{}", told.benefit, told.case, told.what);
                faults.push(Fault::warning(told.code, told.at, found, allowed).by(told.article.clone()));
            }
        }
    }
}

/// What is said of a case, without what says nothing.
fn cases(parts: &[String]) -> String {
    parts.iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join("，")
}

/// The articles by which the two ends of a fall are decided otherwise.
fn articles(grid: &Grid<'_>, trial: &Trial, used: &Used, fall: Fall) -> String {
    let mut member = grid.trials.member(trial, used);
    let mut steps = |amount: Fen| member.explain(amount).map(|settlement| settlement.steps).unwrap_or_default();
    let (one, other) = (steps(fall.from), steps(fall.to));
    let differ = one.iter().filter(|step| !other.contains(step)).chain(other.iter().filter(|step| !one.contains(step)));
    let whys = differ.filter(|step| step.benefit.is_some()).map(|step| &grid.trials.rules.whys[step.why as usize]);
    let mut named: Vec<&str> = Vec::new();
    for article in whys.flat_map(|why| why.article.split('；')).filter(|article| !article.is_empty()) {
        if !named.contains(&article) {
            named.push(article);
        }
    }
    named.join("；")
}

/// Terms without what explains them.
fn bare(terms: &Terms) -> Terms {
    let mut bare = terms.clone();
    bare.rate_whys.fill(0);
    bare.reasons.iter_mut().for_each(|(_, why)| *why = 0);
    let Terms { eligible_limits, deductibles, above_limits, payment_deductibles, payment_limits, .. } = &mut bare;
    for cuts in [eligible_limits, deductibles, above_limits, payment_deductibles, payment_limits] {
        cuts.iter_mut().for_each(|cut| cut.why = 0);
    }
    bare
}

/// The smallest stretch of amounts on which the payment falls, or outruns the amount.
fn first_fall(grid: &Grid<'_>, trial: &Trial, used: &Used, amounts: &[Fen]) -> Option<Fall> {
    let mut member = grid.trials.member(trial, used);
    let mut from = (Fen::ZERO, member.paid(Fen::ZERO)?);
    for amount in amounts {
        let to = (*amount, member.paid(*amount)?);
        if falls(from, to) {
            let (from, to) = narrowed(from, to, &mut member);
            return Some(Fall { from: from.0, to: to.0, paid: (from.1, to.1) });
        }
        from = to;
    }
    None
}

/// Whether the fund pays less for more, or so much more that the member's share falls.
fn falls((from, before): (Fen, Fen), (to, after): (Fen, Fen)) -> bool {
    let (rise, length) = ((after - before).fen(), (to - from).fen());
    rise < -ROUNDING || rise > length + ROUNDING
}

/// Halves a stretch as long as one half of it shows the fall.
fn narrowed(mut from: (Fen, Fen), mut to: (Fen, Fen), member: &mut Member<'_, '_>) -> ((Fen, Fen), (Fen, Fen)) {
    while to.0.fen() - from.0.fen() > 1 {
        let middle = Fen::from_fen((from.0.fen() + to.0.fen()) / 2);
        let Some(there) = member.paid(middle) else { break };
        if falls(from, (middle, there)) {
            to = (middle, there);
        } else if falls((middle, there), to) {
            from = (middle, there);
        } else {
            break;
        }
    }
    (from, to)
}

/// The benefit whose payment changes most between the two ends, and whether it pays at the upper one.
fn benefit_of(grid: &Grid<'_>, trial: &Trial, used: &Used, fall: Fall) -> (At, String, bool) {
    let compiled = grid.trials.compiled;
    let mut member = grid.trials.member(trial, used);
    let mut payments = |amount: Fen| member.settle(amount).map(|s| s.payments.clone()).unwrap_or_default();
    let (before, after) = (payments(fall.from), payments(fall.to));
    let of = |payments: &[gongji_adjudication::Payment], i: usize| {
        payments.iter().filter(|payment| usize::from(payment.benefit) == i).map(|payment| payment.amount).sum::<Fen>()
    };
    let change = |i: &usize| (of(&after, *i) - of(&before, *i)).fen().abs();
    let most = (0..compiled.benefits.len()).max_by_key(|i| (change(i), usize::MAX - i)).unwrap_or(0);
    match compiled.benefits.get(most) {
        Some(benefit) => (benefit.at, name_words(&benefit.name).to_owned(), !of(&after, most).is_zero()),
        None => (compiled.package.at, String::new(), false),
    }
}
