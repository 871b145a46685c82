//! One benefit of the chain: base, limits on expense, deductibles, segments, rates, limits on the
//! payment, and what it adds to the counters. The order and the roundings are the law of this file.

use crate::decide::Visit;
use crate::rules::{AccountPart, Benefit, Cut, Flow, Measure, Payer, Terms};
use crate::settlement::Settlement;
use crate::standing::Addition;
use crate::steps::{Recorder, Step, StepKind};
use crate::{MAX_CLASSES, MAX_SEGMENTS, Period};
use gongji_domain::{Fen, FundCode, Rate, Rounding, Weight, spread};

/// How many benefits of a chain may be taken from.
pub(crate) const MAX_FLOWS: usize = 8;
/// How many different funds the limits of one benefit may move cuts to.
const MAX_BEYOND: usize = 4;

/// What benefits left for later ones: deductible borne, own share, over a limit; by line class.
pub(crate) struct Flows<const K: usize>([[[Fen; K]; 3]; MAX_FLOWS]);

impl<const K: usize> Default for Flows<K> {
    fn default() -> Self {
        Self([[[Fen::ZERO; K]; 3]; MAX_FLOWS])
    }
}

impl<const K: usize> Flows<K> {
    pub(crate) fn keep(&mut self, slot: u8, borne: [Fen; K], share: [Fen; K], over: [Fen; K]) {
        self.0[usize::from(slot)] = [borne, share, over];
    }
}

/// The measures of one benefit in one visit, by line class.
struct Measured<'a, const K: usize> {
    eligible: &'a [Fen; K],
    borne: &'a [Fen; K],
    payment_borne: &'a [Fen; K],
    above: &'a [Fen; K],
    /// Own payment.
    own: &'a [Fen; K],
    /// Payments of other funds beyond a limit.
    beyond: &'a Beyond<K>,
    over: &'a [Fen; K],
    left: &'a [Fen; K],
    /// The benefit's own fund; absent for an account.
    fund: Option<FundCode>,
}

/// What limits moved to other funds.
struct Beyond<const K: usize> {
    count: usize,
    funds: [(FundCode, [Fen; K]); MAX_BEYOND],
}

impl<const K: usize> Beyond<K> {
    fn none() -> Self {
        Self { count: 0, funds: [(FundCode::POOLED, [Fen::ZERO; K]); MAX_BEYOND] }
    }

    fn entries(&self) -> &[(FundCode, [Fen; K])] {
        &self.funds[..self.count]
    }

    fn of(&mut self, fund: FundCode) -> &mut [Fen; K] {
        let found = self.funds[..self.count].iter().position(|entry| entry.0 == fund);
        let i = found.unwrap_or_else(|| {
            self.funds[self.count] = (fund, [Fen::ZERO; K]);
            self.count += 1;
            self.count - 1
        });
        &mut self.funds[i].1
    }
}

fn in_scope(lines: u64, k: usize) -> bool {
    lines >> k & 1 == 1
}

fn scope_sum<const K: usize>(amounts: &[Fen; K], lines: u64) -> Fen {
    if K == 1 {
        return if lines & 1 == 1 { amounts[0] } else { Fen::ZERO };
    }
    (0..K).filter(|k| in_scope(lines, *k)).map(|k| amounts[k]).sum()
}

/// Spreads `sum` over the amounts in scope, in proportion; ties go to the larger base.
fn share_out<const K: usize>(sum: Fen, amounts: &[Fen; K], lines: u64, base: &[Fen; K], rate: &[Rate]) -> [Fen; K] {
    if K == 1 {
        return [sum; K];
    }
    let weights: [Weight; K] = core::array::from_fn(|k| Weight {
        weight: if in_scope(lines, k) { amounts[k].fen() } else { 0 },
        first: base[k].fen(),
        second: rate.get(k).map_or(0, |rate| rate.millionths()),
    });
    let mut parts = [Fen::ZERO; K];
    spread(sum, &weights, &mut parts);
    parts
}

impl<const K: usize> Visit<'_, K> {
    /// Lets one benefit take, decide and pay.
    pub(crate) fn serve<R: Recorder>(
        &mut self,
        index: usize,
        benefit: &Benefit,
        settlement: &mut Settlement,
        recorder: &mut R,
    ) {
        let id = index as u8;
        let terms = self.terms(benefit);
        let account = matches!(benefit.payer, Payer::Account(_));
        if !terms.applies || (account && !self.encounter.use_account) {
            return;
        }
        if let Some((reason, why)) = terms.reasons.first().copied() {
            if benefit.ordinary {
                settlement.not_covered.extend_from_slice(&terms.reasons);
            }
            let kind = StepKind::NotCovered { reason };
            recorder.record(|| Step { benefit: Some(id), why, kind, result: Fen::ZERO });
            return;
        }
        let base = self.take_base(benefit, terms, id, recorder);
        if base.iter().all(|amount| amount.is_zero()) && !counts_visits(terms) {
            return;
        }
        self.settle_base(id, benefit, terms, &base, settlement, recorder);
    }

    /// The base: the lines it claims and what it takes of earlier benefits.
    fn take_base<R: Recorder>(&mut self, benefit: &Benefit, terms: &Terms, id: u8, recorder: &mut R) -> [Fen; K] {
        let mut base = [Fen::ZERO; K];
        if benefit.takes_lines {
            for k in 0..K {
                if in_scope(terms.claims, k) {
                    base[k] = core::mem::take(&mut self.free[k]);
                }
            }
        }
        let lines: Fen = base.iter().copied().sum();
        for (slot, flow) in &benefit.takes {
            self.take_flow(usize::from(*slot), *flow, &mut base);
        }
        let kind_of = |all: Fen| StepKind::Base { lines, residual: all - lines };
        recorder.record(|| {
            let all = base.iter().copied().sum();
            Step { benefit: Some(id), why: benefit.why, kind: kind_of(all), result: all }
        });
        base
    }

    fn take_flow(&mut self, slot: usize, flow: Flow, base: &mut [Fen; K]) {
        let parts: &[usize] = match flow {
            Flow::Borne => &[0],
            Flow::Share => &[1],
            Flow::Over => &[2],
            Flow::Left => &[0, 1, 2],
        };
        for part in parts {
            // Taken once: one yuan is paid once (不重复支付).
            let taken = core::mem::replace(&mut self.flows.0[slot][*part], [Fen::ZERO; K]);
            let sum: Fen = taken.iter().copied().sum();
            let borne = [&mut self.borne.deductible, &mut self.borne.share, &mut self.borne.over];
            *borne.into_iter().nth(*part).expect("there are three parts") -= sum;
            for k in 0..K {
                base[k] += taken[k];
            }
        }
    }

    fn settle_base<R: Recorder>(
        &mut self,
        id: u8,
        benefit: &Benefit,
        terms: &Terms,
        base: &[Fen; K],
        settlement: &mut Settlement,
        recorder: &mut R,
    ) {
        let mut admitted = *base;
        self.limit_expense(id, &terms.eligible_limits, base, &mut admitted, settlement, recorder);
        let borne = self.deduct(id, &terms.deductibles, base, &admitted, settlement, recorder, false);
        let mut payable: [Fen; K] = core::array::from_fn(|k| admitted[k] - borne[k]);
        self.limit_expense(id, &terms.above_limits, base, &mut payable, settlement, recorder);
        let gross = self.at_rates(id, benefit, terms, base, &borne, &payable, settlement, recorder);
        let payment_borne = self.deduct(id, &terms.payment_deductibles, base, &gross, settlement, recorder, true);
        let net: [Fen; K] = core::array::from_fn(|k| gross[k] - payment_borne[k]);
        let mut own = net;
        let mut beyond = Beyond::none();
        self.limit_payment(id, &terms.payment_limits, base, &mut own, &mut beyond, settlement, recorder);

        let mut left = *base;
        let (mut all_borne, mut share, mut over) = ([Fen::ZERO; K], [Fen::ZERO; K], [Fen::ZERO; K]);
        for k in 0..K {
            let paid = own[k] + beyond.entries().iter().map(|entry| entry.1[k]).sum();
            let uncovered = base[k] - admitted[k] + (admitted[k] - borne[k] - payable[k]);
            let cut = net[k] - paid;
            let under_rate = payable[k] - payment_borne[k];
            let over_payment = over_of_cut(under_rate, cut, net[k]);
            all_borne[k] = borne[k] + payment_borne[k];
            over[k] = uncovered + over_payment;
            share[k] = under_rate - over_payment - paid;
            left[k] -= paid;
            debug_assert!(all_borne[k] + share[k] + over[k] == left[k] && share[k] >= Fen::ZERO);
        }
        let sum = |amounts: &[Fen; K]| amounts.iter().copied().sum::<Fen>();
        self.borne.deductible += sum(&all_borne);
        self.borne.share += sum(&share);
        self.borne.over += sum(&over);
        if benefit.ordinary {
            settlement.deductible_borne += sum(&all_borne);
        }
        let fund = self.pay(id, benefit, sum(&own), &beyond, settlement);
        let measured = Measured {
            eligible: &admitted,
            borne: &borne,
            payment_borne: &payment_borne,
            above: &payable,
            own: &own,
            beyond: &beyond,
            over: &over,
            left: &left,
            fund,
        };
        self.count(terms, &measured, settlement);
        if let Some(slot) = benefit.keeps {
            self.flows.keep(slot, all_borne, share, over);
        }
        recorder.record(|| {
            let kind = StepKind::Paid { of: sum(base) };
            Step { benefit: Some(id), why: benefit.why, kind, result: sum(base) - sum(&left) }
        });
    }

    /// Pays from the benefit's fund or account and from the funds beyond a limit.
    fn pay(&mut self, id: u8, benefit: &Benefit, own: Fen, beyond: &Beyond<K>, settlement: &mut Settlement) -> Option<FundCode> {
        let fund = match benefit.payer {
            Payer::Fund(fund) => {
                settlement.pay(id, fund, own);
                Some(fund)
            }
            Payer::Account(part) => {
                self.debit(part, own, settlement);
                None
            }
        };
        for (fund, parts) in beyond.entries() {
            settlement.pay(id, *fund, parts.iter().copied().sum());
        }
        fund
    }

    fn debit(&mut self, part: AccountPart, amount: Fen, settlement: &mut Settlement) {
        let left = &mut self.account_left[part as usize];
        assert!(amount <= *left, "an account benefit needs a limit of its balance");
        *left -= amount;
        settlement.from_account[part as usize] += amount;
    }

    /// The standard or limit of a cut now, and what has been used of it.
    fn standard(&self, cut: &Cut, settlement: &Settlement) -> (Fen, Fen) {
        let amount = self.amount(&cut.amount);
        let used = self.used(cut.counter, &settlement.additions);
        let amount = if cut.carries && amount != Fen::MAX {
            Fen::from_fen(amount.fen() * self.months())
        } else {
            amount
        };
        (amount, used)
    }

    /// Limits on expense: what comes is cut to the least remaining, inner scope first.
    fn limit_expense<R: Recorder>(
        &self,
        id: u8,
        cuts: &[Cut],
        base: &[Fen; K],
        amounts: &mut [Fen; K],
        settlement: &Settlement,
        recorder: &mut R,
    ) {
        for cut in cuts {
            if cut.amount == crate::Amount::None {
                continue;
            }
            let (limit, used) = self.standard(cut, settlement);
            let (of, may) = (scope_sum(amounts, cut.lines), limit.less(used));
            if of > may {
                let parts = share_out(may, amounts, cut.lines, base, &[]);
                for k in 0..K {
                    if in_scope(cut.lines, k) {
                        amounts[k] = parts[k];
                    }
                }
            }
            let kind = StepKind::ExpenseLimit { limit, used, of };
            recorder.record(|| Step { benefit: Some(id), why: cut.why, kind, result: of.min(may) });
        }
    }

    /// Deductibles: those of one scope all at once, the least remaining wins.
    #[allow(clippy::too_many_arguments)]
    fn deduct<R: Recorder>(
        &self,
        id: u8,
        cuts: &[Cut],
        base: &[Fen; K],
        amounts: &[Fen; K],
        settlement: &Settlement,
        recorder: &mut R,
        off_payment: bool,
    ) -> [Fen; K] {
        let mut borne = [Fen::ZERO; K];
        for group in cuts.chunk_by(|a, b| a.lines == b.lines) {
            let of = scope_sum(amounts, group[0].lines);
            let remaining = |cut: &Cut| {
                let (standard, used) = self.standard(cut, settlement);
                standard.less(used)
            };
            let Some(least) = group.iter().filter(|cut| cut.amount != crate::Amount::None).min_by_key(|c| remaining(c))
            else {
                continue;
            };
            let bears = of.min(remaining(least));
            let parts = share_out(bears, amounts, group[0].lines, base, &[]);
            for k in 0..K {
                if in_scope(group[0].lines, k) {
                    borne[k] = parts[k];
                }
            }
            recorder.record(|| {
                let (standard, used) = self.standard(least, settlement);
                let kind = if off_payment {
                    StepKind::PaymentDeductible { standard, used, of }
                } else {
                    StepKind::Deductible { standard, used, of }
                };
                Step { benefit: Some(id), why: least.why, kind, result: bears }
            });
        }
        borne
    }

    /// The payment at the rates. R2: equal rates are summed, multiplied and rounded half up once.
    #[allow(clippy::too_many_arguments)]
    fn at_rates<R: Recorder>(
        &self,
        id: u8,
        benefit: &Benefit,
        terms: &Terms,
        base: &[Fen; K],
        borne: &[Fen; K],
        payable: &[Fen; K],
        settlement: &Settlement,
        recorder: &mut R,
    ) -> [Fen; K] {
        let segments = benefit.segments;
        let mut cells = [[Fen::ZERO; K]; MAX_SEGMENTS];
        match &benefit.axis {
            None => cells[0] = *payable,
            Some(axis) => {
                let stands = self.used(axis.counter, &settlement.additions);
                let start = if axis.from_zero { stands + borne.iter().copied().sum() } else { stands };
                divide(&axis.up_to, start, payable, base, &mut cells);
            }
        }
        let classes = self.rules.classes.max(1);
        let rate_of = |s: usize, k: usize| terms.rates[s * classes + k];
        let mut payments = [Fen::ZERO; K];
        let mut done = [0_u64; MAX_SEGMENTS];
        for s in 0..segments {
            for k in 0..K.min(classes) {
                if cells[s][k].is_zero() || in_scope(done[s], k) {
                    continue;
                }
                let rate = rate_of(s, k);
                let mut sum = Fen::ZERO;
                for (s2, row) in cells.iter().enumerate().take(segments).skip(s) {
                    for (k2, cell) in row.iter().enumerate().take(classes) {
                        if !cell.is_zero() && !in_scope(done[s2], k2) && rate_of(s2, k2) == rate {
                            sum += *cell;
                        }
                    }
                }
                let paid = rate.pay(sum);
                give_back(&cells, &mut done, segments, classes, paid, rate, rate_of, base, &mut payments);
                let segment = if benefit.axis.is_some() { s as u8 + 1 } else { 0 };
                let why = terms.rate_whys[s * classes + k];
                let kind = StepKind::Rate { base: sum, rate, segment };
                recorder.record(|| Step { benefit: Some(id), why, kind, result: paid });
            }
        }
        payments
    }

    /// Limits on the payment. A cut is the member's, or moves to another fund.
    #[allow(clippy::too_many_arguments)]
    fn limit_payment<R: Recorder>(
        &self,
        id: u8,
        cuts: &[Cut],
        base: &[Fen; K],
        own: &mut [Fen; K],
        beyond: &mut Beyond<K>,
        settlement: &Settlement,
        recorder: &mut R,
    ) {
        for cut in cuts {
            if cut.amount == crate::Amount::None {
                continue;
            }
            let (limit, used) = self.standard(cut, settlement);
            let may = limit.less(used);
            // What moved to the fund that this limit itself moves to does not use it up.
            let moved = |fund: &FundCode| cut.beyond != Some(*fund);
            let elsewhere: Fen =
                beyond.entries().iter().filter(|e| moved(&e.0)).map(|e| scope_sum(&e.1, cut.lines)).sum();
            let of = scope_sum(own, cut.lines) + elsewhere;
            if of > may {
                let mut excess = of - may;
                // The money that other funds took over is the last money: a wider limit takes it first.
                for entry in 0..beyond.count {
                    let (fund, parts) = beyond.funds[entry];
                    if moved(&fund) && !excess.is_zero() {
                        let sum = scope_sum(&parts, cut.lines);
                        let cut_here = sum.min(excess);
                        let kept = share_out(sum - cut_here, &parts, cut.lines, base, &[]);
                        let parts = &mut beyond.funds[entry].1;
                        for k in (0..K).filter(|k| in_scope(cut.lines, *k)) {
                            parts[k] = kept[k];
                        }
                        excess -= cut_here;
                    }
                }
                let sum = scope_sum(own, cut.lines);
                let kept = share_out(sum - excess, own, cut.lines, base, &[]);
                for k in (0..K).filter(|k| in_scope(cut.lines, *k)) {
                    let removed = own[k] - kept[k];
                    own[k] = kept[k];
                    if let Some(fund) = cut.beyond {
                        beyond.of(fund)[k] += removed;
                    }
                }
                if let Some(fund) = cut.beyond {
                    let kind = StepKind::Beyond { fund };
                    recorder.record(|| Step { benefit: Some(id), why: cut.why, kind, result: excess });
                }
            }
            let kind = StepKind::PaymentLimit { limit, used, of };
            recorder.record(|| Step { benefit: Some(id), why: cut.why, kind, result: of.min(may) });
        }
    }

    /// Records what the settlement adds to the counters; the next benefit sees it.
    fn count(&self, terms: &Terms, measured: &Measured<'_, K>, settlement: &mut Settlement) {
        for add in &terms.adds {
            let amount = match add.measure {
                Measure::Eligible => scope_sum(measured.eligible, add.lines),
                Measure::Borne => scope_sum(measured.borne, add.lines),
                Measure::BorneOfPayment => scope_sum(measured.payment_borne, add.lines),
                Measure::Above => scope_sum(measured.above, add.lines),
                Measure::Paid => paid(measured, add.lines, add.except),
                Measure::Over => scope_sum(measured.over, add.lines),
                Measure::Left => scope_sum(measured.left, add.lines),
                Measure::Share => {
                    let own: Fen = scope_sum(measured.left, add.lines);
                    own - scope_sum(measured.over, add.lines)
                        - scope_sum(measured.borne, add.lines)
                        - scope_sum(measured.payment_borne, add.lines)
                }
                Measure::Visits => Fen::from_fen(1),
                Measure::VisitNumber { group } => {
                    if self.used(group, &settlement.additions).is_zero() {
                        let number = self.used(add.counter, &settlement.additions) + Fen::from_fen(1);
                        self.add(group, number, settlement);
                        self.add(add.counter, Fen::from_fen(1), settlement);
                    }
                    continue;
                }
            };
            self.add(add.counter, amount, settlement);
        }
    }

    /// A payment decided elsewhere counts like any other of its benefit.
    pub(crate) fn count_prior(
        &self,
        benefit: &Benefit,
        fund: FundCode,
        base: &[Fen; K],
        parts: &[Fen; K],
        settlement: &mut Settlement,
    ) {
        let nothing = [Fen::ZERO; K];
        let left = core::array::from_fn(|k| base[k] - parts[k]);
        let measured = Measured {
            eligible: base,
            borne: &nothing,
            payment_borne: &nothing,
            above: base,
            own: parts,
            beyond: &Beyond::none(),
            over: &left,
            left: &left,
            fund: Some(fund),
        };
        self.count(self.terms(benefit), &measured, settlement);
    }

    fn add(&self, counter: crate::CounterId, amount: Fen, settlement: &mut Settlement) {
        let period = self.rules.counters[usize::from(counter)].period;
        if amount.is_zero() || period == Period::Visit {
            return;
        }
        let (instance, by) = self.place(counter);
        settlement.additions.push(Addition { counter, instance, by, amount });
    }
}

fn counts_visits(terms: &Terms) -> bool {
    terms.adds.iter().any(|add| matches!(add.measure, Measure::Visits | Measure::VisitNumber { .. }))
}

/// Payments of all funds, without those of the fund left out.
fn paid<const K: usize>(measured: &Measured<'_, K>, lines: u64, except: Option<FundCode>) -> Fen {
    let counts = |fund: FundCode| except != Some(fund);
    let own = match measured.fund {
        Some(fund) if !counts(fund) => Fen::ZERO,
        _ => scope_sum(measured.own, lines),
    };
    let beyond = measured.beyond.entries().iter().filter(|entry| counts(entry.0));
    own + beyond.map(|entry| scope_sum(&entry.1, lines)).sum()
}

/// R4: the expense that a cut of the payment leaves without payment, half up to the fen.
fn over_of_cut(under_rate: Fen, cut: Fen, payment: Fen) -> Fen {
    if cut.is_zero() {
        return Fen::ZERO;
    }
    Rounding::HALF_UP_FEN.round(i128::from(under_rate.fen()) * i128::from(cut.fen()), i128::from(payment.fen()))
}

/// Divides the visit over the segments of the axis, from low to high; each segment's length is
/// spread over what is still left of the parcels.
fn divide<const K: usize>(
    up_to: &[Fen],
    start: Fen,
    payable: &[Fen; K],
    base: &[Fen; K],
    cells: &mut [[Fen; K]; MAX_SEGMENTS],
) {
    let mut left = *payable;
    let (mut at, mut rest) = (start, payable.iter().copied().sum::<Fen>());
    for (s, row) in cells.iter_mut().enumerate().take(up_to.len() + 1) {
        let length = up_to.get(s).map_or(rest, |end| end.less(at).min(rest));
        if length.is_zero() {
            continue;
        }
        *row = share_out(length, &left, u64::MAX, base, &[]);
        for k in 0..K {
            left[k] -= row[k];
        }
        at += length;
        rest -= length;
    }
}

/// Spreads the payment of one rate back over the parcels that it was made of.
#[allow(clippy::too_many_arguments)]
fn give_back<const K: usize>(
    cells: &[[Fen; K]; MAX_SEGMENTS],
    done: &mut [u64; MAX_SEGMENTS],
    segments: usize,
    classes: usize,
    paid: Fen,
    rate: Rate,
    rate_of: impl Fn(usize, usize) -> Rate,
    base: &[Fen; K],
    payments: &mut [Fen; K],
) {
    if K == 1 {
        for s in 0..segments {
            if rate_of(s, 0) == rate {
                done[s] = 1;
            }
        }
        payments[0] += paid;
        return;
    }
    let mut weights = [Weight::default(); MAX_CLASSES * MAX_SEGMENTS];
    let mut owners = [0_u8; MAX_CLASSES * MAX_SEGMENTS];
    let mut count = 0;
    for (s, row) in cells.iter().enumerate().take(segments) {
        for (k, cell) in row.iter().enumerate().take(classes) {
            if !cell.is_zero() && !in_scope(done[s], k) && rate_of(s, k) == rate {
                weights[count] = Weight { weight: cell.fen(), first: base[k].fen(), second: rate.millionths() };
                owners[count] = k as u8;
                count += 1;
                done[s] |= 1 << k;
            }
        }
    }
    let mut parts = [Fen::ZERO; MAX_CLASSES * MAX_SEGMENTS];
    spread(paid, &weights[..count], &mut parts[..count]);
    for (owner, part) in owners.iter().zip(&parts[..count]) {
        payments[usize::from(*owner)] += *part;
    }
}
