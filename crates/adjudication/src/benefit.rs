//! One benefit of the chain: base, limits on expense, deductibles, segments, rates, limits on the
//! payment, and what it adds to the counters. The order and the roundings are the law of this file.

use crate::decide::Visit;
use crate::rules::{AccountPart, Benefit, Cut, Flow, Measure, Payer, Terms};
use crate::settlement::Settlement;
use crate::standing::Addition;
use crate::steps::{Recorder, Step, StepKind};
use crate::{MAX_BEYOND, MAX_SEGMENTS};
use gongji_domain::{Fen, FundCode, Rate, Rounding, Weight, spread};

/// How many benefits of a chain may be taken from.
pub(crate) const MAX_FLOWS: usize = 8;

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

/// One benefit at its turn in one visit.
struct Turn<'a, const K: usize> {
    id: u8,
    terms: &'a Terms,
    /// What came to it.
    base: &'a [Fen; K],
    /// Its fund; absent for an account.
    fund: Option<FundCode>,
}

/// The measures of one benefit in one visit, by line class.
struct Measured<const K: usize> {
    eligible: [Fen; K],
    /// Deductible borne of eligible expense.
    borne: [Fen; K],
    /// Deductible taken off the payment.
    payment_borne: [Fen; K],
    above: [Fen; K],
    paid: Payments<K>,
    share: [Fen; K],
    over: [Fen; K],
    left: [Fen; K],
}

/// What one benefit pays: its own fund (or account) first, then by their codes the funds to which
/// limits moved what they cut.
struct Payments<const K: usize> {
    count: usize,
    by: [(Option<FundCode>, [Fen; K]); 1 + MAX_BEYOND],
}

impl<const K: usize> Payments<K> {
    fn of(fund: Option<FundCode>, own: [Fen; K]) -> Self {
        let mut by = [(None, [Fen::ZERO; K]); 1 + MAX_BEYOND];
        by[0] = (fund, own);
        Self { count: 1, by }
    }

    fn entries(&self) -> &[(Option<FundCode>, [Fen; K])] {
        &self.by[..self.count]
    }

    /// What a limit that leaves out a fund counts, in the lines of its scope.
    fn counted(&self, except: Option<FundCode>, lines: u64) -> Fen {
        let entries = self.entries().iter().filter(|entry| counts_fund(except, entry.0));
        entries.map(|entry| scope_sum(&entry.1, lines)).sum()
    }

    fn total(&self, k: usize) -> Fen {
        self.entries().iter().map(|entry| entry.1[k]).sum()
    }

    /// Lets a fund pay more.
    fn add(&mut self, fund: FundCode, more: &[Fen; K]) {
        let found = self.entries().iter().position(|entry| entry.0 == Some(fund));
        let at = found.unwrap_or_else(|| self.insert(fund));
        for k in 0..K {
            self.by[at].1[k] += more[k];
        }
    }

    fn insert(&mut self, fund: FundCode) -> usize {
        let before = self.entries()[1..].iter().filter(|entry| entry.0 < Some(fund)).count();
        let at = 1 + before;
        self.by.copy_within(at..self.count, at + 1);
        self.by[at] = (Some(fund), [Fen::ZERO; K]);
        self.count += 1;
        at
    }
}

/// Whether a counter that leaves out a fund counts what this one pays; an account is no fund.
fn counts_fund(except: Option<FundCode>, fund: Option<FundCode>) -> bool {
    except.is_none() || fund != except
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

/// Spreads `sum` over the amounts in scope, in proportion.
fn share_out<const K: usize>(sum: Fen, amounts: &[Fen; K], lines: u64, turn: &Turn<'_, K>) -> [Fen; K] {
    if K == 1 {
        return [sum; K];
    }
    let weights: [Weight; K] = core::array::from_fn(|k| {
        let amount = if in_scope(lines, k) { amounts[k] } else { Fen::ZERO };
        turn.weight(amount, k)
    });
    let mut parts = [Fen::ZERO; K];
    spread(sum, &weights, &mut parts);
    parts
}

impl<const K: usize> Turn<'_, K> {
    /// The weight of an amount of a line class: ties go to the larger base, then to the higher rates.
    fn weight(&self, amount: Fen, k: usize) -> Weight {
        let second = self.terms.precedence.get(k).map_or(0, |rank| i64::from(*rank));
        Weight { weight: amount.fen(), first: self.base[k].fen(), second }
    }
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
        if base.iter().any(|amount| !amount.is_zero()) {
            self.settle_base(id, benefit, terms, &base, settlement, recorder);
        }
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
        let fund = match benefit.payer {
            Payer::Fund(fund) => Some(fund),
            Payer::Account(_) => None,
        };
        let turn = Turn { id, terms, base, fund };
        let measured = self.measure(&turn, benefit, settlement, recorder);
        let all_borne = plus(&measured.borne, &measured.payment_borne);
        self.borne.deductible += sum(&all_borne);
        self.borne.share += sum(&measured.share);
        self.borne.over += sum(&measured.over);
        if benefit.ordinary {
            settlement.deductible_borne += sum(&all_borne);
        }
        self.pay(id, benefit, &measured.paid, settlement);
        self.count(terms, &measured, settlement);
        if let Some(slot) = benefit.keeps {
            self.flows.keep(slot, all_borne, measured.share, measured.over);
        }
        recorder.record(|| {
            let of = sum(base);
            let kind = StepKind::Paid { of };
            Step { benefit: Some(id), why: benefit.why, kind, result: of - sum(&measured.left) }
        });
    }

    /// From the base to the payments and to what is left of each line class.
    fn measure<R: Recorder>(
        &self,
        turn: &Turn<'_, K>,
        benefit: &Benefit,
        settlement: &Settlement,
        recorder: &mut R,
    ) -> Measured<K> {
        let terms = turn.terms;
        let mut eligible = *turn.base;
        self.limit_expense(turn, &terms.eligible_limits, &mut eligible, settlement, recorder);
        let borne = self.deduct(turn, &terms.deductibles, &eligible, settlement, recorder, false);
        let mut above = minus(&eligible, &borne);
        self.limit_expense(turn, &terms.above_limits, &mut above, settlement, recorder);
        let gross = self.at_rates(turn, benefit, &borne, &above, settlement, recorder);
        let payment_borne = self.deduct(turn, &terms.payment_deductibles, &gross, settlement, recorder, true);
        let net = minus(&gross, &payment_borne);
        let mut paid = Payments::of(turn.fund, net);
        self.limit_payment(turn, &mut paid, settlement, recorder);

        let (mut share, mut over, mut left) = ([Fen::ZERO; K], [Fen::ZERO; K], [Fen::ZERO; K]);
        for k in 0..K {
            let all = paid.total(k);
            let under_rate = above[k] - payment_borne[k];
            let over_payment = over_of_cut(under_rate, net[k] - all, net[k]);
            over[k] = turn.base[k] - borne[k] - above[k] + over_payment;
            share[k] = under_rate - over_payment - all;
            left[k] = turn.base[k] - all;
            debug_assert!(borne[k] + payment_borne[k] + share[k] + over[k] == left[k] && share[k] >= Fen::ZERO);
        }
        Measured { eligible, borne, payment_borne, above, paid, share, over, left }
    }

    /// Pays from the benefit's fund or account and from the funds beyond a limit.
    fn pay(&mut self, id: u8, benefit: &Benefit, paid: &Payments<K>, settlement: &mut Settlement) {
        for (i, (fund, parts)) in paid.entries().iter().enumerate() {
            match (fund, benefit.payer) {
                (None, Payer::Account(part)) if i == 0 => self.debit(part, sum(parts), settlement),
                (Some(fund), _) => settlement.pay(id, *fund, sum(parts)),
                (None, _) => unreachable!("only the benefit itself is an account"),
            }
        }
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

    /// Limits on expense: what comes is cut to the least remaining of each scope, inner scope first.
    fn limit_expense<R: Recorder>(
        &self,
        turn: &Turn<'_, K>,
        cuts: &[Cut],
        amounts: &mut [Fen; K],
        settlement: &Settlement,
        recorder: &mut R,
    ) {
        for group in cuts.chunk_by(|a, b| a.lines == b.lines) {
            let lines = group[0].lines;
            let of = scope_sum(amounts, lines);
            let mut least = of;
            for cut in group {
                let (limit, used) = self.standard(cut, settlement);
                let may = limit.less(used);
                least = least.min(may);
                let kind = StepKind::ExpenseLimit { limit, used, of };
                recorder.record(|| Step { benefit: Some(turn.id), why: cut.why, kind, result: of.min(may) });
            }
            if least < of {
                let parts = share_out(least, amounts, lines, turn);
                for k in (0..K).filter(|k| in_scope(lines, *k)) {
                    amounts[k] = parts[k];
                }
            }
        }
    }

    /// Deductibles: those of one scope all at once, the least remaining wins.
    fn deduct<R: Recorder>(
        &self,
        turn: &Turn<'_, K>,
        cuts: &[Cut],
        amounts: &[Fen; K],
        settlement: &Settlement,
        recorder: &mut R,
        off_payment: bool,
    ) -> [Fen; K] {
        let mut borne = [Fen::ZERO; K];
        for group in cuts.chunk_by(|a, b| a.lines == b.lines) {
            let lines = group[0].lines;
            let of = scope_sum(amounts, lines);
            let remaining = |cut: &Cut| {
                let (standard, used) = self.standard(cut, settlement);
                standard.less(used)
            };
            let Some(least) = group.iter().min_by_key(|cut| remaining(cut)) else { continue };
            let bears = of.min(remaining(least));
            let parts = share_out(bears, amounts, lines, turn);
            for k in (0..K).filter(|k| in_scope(lines, *k)) {
                borne[k] = parts[k];
            }
            recorder.record(|| {
                let (standard, used) = self.standard(least, settlement);
                let kind = if off_payment {
                    StepKind::PaymentDeductible { standard, used, of }
                } else {
                    StepKind::Deductible { standard, used, of }
                };
                Step { benefit: Some(turn.id), why: least.why, kind, result: bears }
            });
        }
        borne
    }

    /// The payment at the rates. R2: equal rates are summed, multiplied and rounded half up once.
    fn at_rates<R: Recorder>(
        &self,
        turn: &Turn<'_, K>,
        benefit: &Benefit,
        borne: &[Fen; K],
        payable: &[Fen; K],
        settlement: &Settlement,
        recorder: &mut R,
    ) -> [Fen; K] {
        let mut cells = [[Fen::ZERO; K]; MAX_SEGMENTS];
        match &benefit.axis {
            None => cells[0] = *payable,
            Some(axis) => {
                let stands = self.used(axis.counter, &settlement.additions);
                let start = if axis.from_zero { stands + sum(borne) } else { stands };
                divide(&axis.up_to, start, payable, turn, &mut cells);
            }
        }
        let at = AtRates { turn, cells: &cells, segments: benefit.segments, classes: self.rules.classes.max(1) };
        let (mut payments, mut done) = ([Fen::ZERO; K], [0_u64; MAX_SEGMENTS]);
        for s in 0..at.segments {
            for k in 0..K.min(at.classes) {
                if cells[s][k].is_zero() || in_scope(done[s], k) {
                    continue;
                }
                let rate = at.rate(s, k);
                let base = at.sum(rate);
                let paid = rate.pay(base);
                at.give_back(rate, paid, &mut done, &mut payments);
                let segment = if benefit.axis.is_some() { s as u8 + 1 } else { 0 };
                let why = turn.terms.rate_whys[s * at.classes + k];
                let kind = StepKind::Rate { base, rate, segment };
                recorder.record(|| Step { benefit: Some(turn.id), why, kind, result: paid });
            }
        }
        payments
    }

    /// Limits on the payment. A cut is the member's, or moves to another fund.
    fn limit_payment<R: Recorder>(
        &self,
        turn: &Turn<'_, K>,
        paid: &mut Payments<K>,
        settlement: &Settlement,
        recorder: &mut R,
    ) {
        for cut in &turn.terms.payment_limits {
            let (limit, used) = self.standard(cut, settlement);
            let may = limit.less(used);
            let of = paid.counted(cut.except, cut.lines);
            if of > may {
                let removed = cap(may, cut, turn, paid);
                if let Some(fund) = cut.beyond {
                    paid.add(fund, &removed);
                    let kind = StepKind::Beyond { fund };
                    recorder.record(|| Step { benefit: Some(turn.id), why: cut.why, kind, result: of - may });
                }
            }
            let kind = StepKind::PaymentLimit { limit, used, of };
            recorder.record(|| Step { benefit: Some(turn.id), why: cut.why, kind, result: of.min(may) });
        }
    }

    /// Records what the settlement adds to the counters; the next benefit sees it.
    fn count(&self, terms: &Terms, measured: &Measured<K>, settlement: &mut Settlement) {
        for add in &terms.adds {
            let amount = match add.measure {
                Measure::Eligible => scope_sum(&measured.eligible, add.lines),
                Measure::Borne => scope_sum(&measured.borne, add.lines),
                Measure::BorneOfPayment => scope_sum(&measured.payment_borne, add.lines),
                Measure::Above => scope_sum(&measured.above, add.lines),
                Measure::Paid => measured.paid.counted(add.except, add.lines),
                Measure::Over => scope_sum(&measured.over, add.lines),
                Measure::Left => scope_sum(&measured.left, add.lines),
                Measure::Share => scope_sum(&measured.share, add.lines),
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

    /// A payment decided elsewhere counts like any other of its benefit; what it does not pay is the
    /// member's own part.
    pub(crate) fn count_prior(
        &self,
        benefit: &Benefit,
        fund: FundCode,
        base: &[Fen; K],
        parts: &[Fen; K],
        settlement: &mut Settlement,
    ) {
        let nothing = [Fen::ZERO; K];
        let left = minus(base, parts);
        let measured = Measured {
            eligible: *base,
            borne: nothing,
            payment_borne: nothing,
            above: *base,
            paid: Payments::of(Some(fund), *parts),
            share: left,
            over: nothing,
            left,
        };
        self.count(self.terms(benefit), &measured, settlement);
    }

    fn add(&self, counter: crate::CounterId, amount: Fen, settlement: &mut Settlement) {
        if !amount.is_zero() {
            let (instance, by) = self.place(counter);
            settlement.additions.push(Addition { counter, instance, by, amount });
        }
    }
}

fn sum<const K: usize>(amounts: &[Fen; K]) -> Fen {
    amounts.iter().copied().sum()
}

fn plus<const K: usize>(a: &[Fen; K], b: &[Fen; K]) -> [Fen; K] {
    core::array::from_fn(|k| a[k] + b[k])
}

fn minus<const K: usize>(a: &[Fen; K], b: &[Fen; K]) -> [Fen; K] {
    core::array::from_fn(|k| a[k] - b[k])
}

/// R4: the expense that a cut of the payment leaves without payment, half up to the fen.
fn over_of_cut(under_rate: Fen, cut: Fen, payment: Fen) -> Fen {
    if cut.is_zero() {
        return Fen::ZERO;
    }
    Rounding::HALF_UP_FEN.round(i128::from(under_rate.fen()) * i128::from(cut.fen()), i128::from(payment.fen()))
}

/// Cuts the payments that a limit counts to `may` in all, in proportion to them; ties go to the
/// larger base, the higher rates, the benefit's own payment, then by the fund's code.
/// Gives what was cut of each line class.
fn cap<const K: usize>(may: Fen, cut: &Cut, turn: &Turn<'_, K>, paid: &mut Payments<K>) -> [Fen; K] {
    let mut removed = [Fen::ZERO; K];
    if K == 1 && paid.count == 1 {
        removed[0] = paid.by[0].1[0] - may;
        paid.by[0].1[0] = may;
        return removed;
    }
    let mut weights = [[Weight::default(); K]; 1 + MAX_BEYOND];
    for (row, (fund, amounts)) in weights.iter_mut().zip(paid.entries()) {
        for k in (0..K).filter(|k| counts_fund(cut.except, *fund) && in_scope(cut.lines, *k)) {
            row[k] = turn.weight(amounts[k], k);
        }
    }
    let mut parts = [[Fen::ZERO; K]; 1 + MAX_BEYOND];
    spread(may, weights.as_flattened(), parts.as_flattened_mut());
    for (entry, (fund, amounts)) in paid.by.iter_mut().take(paid.count).enumerate() {
        for k in (0..K).filter(|k| counts_fund(cut.except, *fund) && in_scope(cut.lines, *k)) {
            removed[k] += amounts[k] - parts[entry][k];
            amounts[k] = parts[entry][k];
        }
    }
    removed
}

/// Divides the visit over the segments of the axis, from low to high; each segment's length is
/// spread over what is still left of the parcels.
fn divide<const K: usize>(
    up_to: &[Fen],
    start: Fen,
    payable: &[Fen; K],
    turn: &Turn<'_, K>,
    cells: &mut [[Fen; K]; MAX_SEGMENTS],
) {
    let mut left = *payable;
    let (mut at, mut rest) = (start, sum(payable));
    for (s, row) in cells.iter_mut().enumerate().take(up_to.len() + 1) {
        let length = up_to.get(s).map_or(rest, |end| end.less(at).min(rest));
        if length.is_zero() {
            continue;
        }
        *row = share_out(length, &left, u64::MAX, turn);
        for k in 0..K {
            left[k] -= row[k];
        }
        at += length;
        rest -= length;
    }
}

/// What of a visit is paid at which rate: the amounts of each segment and line class.
struct AtRates<'a, const K: usize> {
    turn: &'a Turn<'a, K>,
    cells: &'a [[Fen; K]; MAX_SEGMENTS],
    segments: usize,
    classes: usize,
}

impl<const K: usize> AtRates<'_, K> {
    fn rate(&self, s: usize, k: usize) -> Rate {
        self.turn.terms.rates[s * self.classes + k]
    }

    /// All that is paid at one rate.
    fn sum(&self, rate: Rate) -> Fen {
        let row = |s: usize| (0..self.classes.min(K)).map(move |k| (s, k));
        let cells = (0..self.segments).flat_map(row).filter(|(s, k)| self.rate(*s, *k) == rate);
        cells.map(|(s, k)| self.cells[s][k]).sum()
    }

    /// Spreads the payment of one rate back over the parcels that it was made of.
    fn give_back(&self, rate: Rate, paid: Fen, done: &mut [u64; MAX_SEGMENTS], payments: &mut [Fen; K]) {
        let mut weights = [[Weight::default(); MAX_SEGMENTS]; K];
        for k in 0..self.classes.min(K) {
            for s in (0..self.segments).filter(|s| self.rate(*s, k) == rate) {
                done[s] |= 1 << k;
                weights[k][s] = self.turn.weight(self.cells[s][k], k);
            }
        }
        if K == 1 {
            payments[0] += paid;
            return;
        }
        let mut parts = [[Fen::ZERO; MAX_SEGMENTS]; K];
        spread(paid, weights.as_flattened(), parts.as_flattened_mut());
        for k in 0..K {
            payments[k] += sum(&parts[k]);
        }
    }
}
