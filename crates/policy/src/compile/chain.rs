//! The chain: each benefit with its tables resolved, in the order in which benefits are served.

use super::counting::{CountedMeasure, CounterKey, period};
use super::gather::account_part;
use super::{Compiled, CompiledBenefit, CompiledCut, CompiledSegments, Stage};
use crate::facts::Registry;
use crate::fault::{Fault, listed, nearest};
use crate::grid::{Grid, Inherit};
use crate::model::{Accumulated, Benefit, Table, Value, Word};
use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use gongji_adjudication::{Flow, MAX_BEYOND, Payer, Period};
use gongji_domain::{Day, FundCode};

impl Compiled {
    /// Resolves the benefits in the order of the chain.
    pub(super) fn chain(&mut self, known: &dyn Fn(&[Word]) -> Day, faults: &mut Vec<Fault>) {
        let chain = self.package.chain.clone();
        let elsewhere = self.package.decided_elsewhere.clone();
        for (name, _) in &elsewhere {
            if !chain.iter().any(|word| word.text == name.text) {
                faults.push(Fault::error(
                    "not_in_chain",
                    name.at,
                    format!("{} 不在 chain 里", name.text),
                    "把它写进 chain",
                ));
            }
        }
        for word in &chain {
            if self.benefits.iter().any(|benefit| benefit.name == word.text) {
                faults.push(Fault::error(
                    "duplicate_key",
                    word.at,
                    format!("{} 在 chain 里出现两次", word.text),
                    "每项一次",
                ));
                continue;
            }
            let written = self.package.benefits.iter().position(|benefit| benefit.name.text == word.text);
            let cites = elsewhere.iter().find(|(name, _)| name.text == word.text).map(|(_, cites)| cites.clone());
            match (written, cites) {
                (Some(i), cites) => {
                    let benefit = self.benefit_of(i, cites, known, faults);
                    self.benefits.push(benefit);
                }
                (None, Some(cites)) => self.benefits.push(elsewhere_benefit(word, cites, self.from, self.until)),
                (None, None) => {
                    let names = self.package.benefits.iter().map(|benefit| benefit.name.text.as_str());
                    let hint =
                        nearest(&word.text, names).map(|name| format!("，是否想写 {name}？")).unwrap_or_default();
                    let allowed = format!("在 [benefit] 或 decided_elsewhere 里写明它{hint}");
                    faults.push(Fault::error(
                        "unknown_benefit",
                        word.at,
                        format!("chain 里的 {} 没有规定", word.text),
                        allowed,
                    ));
                }
            }
        }
        for benefit in &self.package.benefits {
            if !chain.iter().any(|word| word.text == benefit.name.text) {
                faults.push(Fault::error(
                    "not_in_chain",
                    benefit.name.at,
                    format!("待遇 {} 不在 chain 里", benefit.name.text),
                    "chain 定先后，每项待遇都要在内",
                ));
            }
        }
        if self.benefits.len() > 250 {
            faults.push(Fault::error("too_many", self.package.at, "chain 超过 250 项", "至多 250 项"));
        }
    }

    fn benefit_of(
        &mut self,
        i: usize,
        elsewhere: Option<Vec<Word>>,
        known: &dyn Fn(&[Word]) -> Day,
        faults: &mut Vec<Fault>,
    ) -> CompiledBenefit {
        let written = self.package.benefits[i].clone();
        let (from, until) = (written.from.unwrap_or(self.from), written.until.unwrap_or(self.until));
        let inherit = Inherit { from, until, known };
        let name = written.name.text.clone();
        let grid = |table: &Table, registry: &Registry| Grid::resolve(table, registry, &inherit);
        let (takes_lines, takes) = self.takes(&written.takes, &name, faults);
        let payer = match &written.fund {
            Some(word) if word.text.starts_with("account.") => {
                account_part(word, faults).map_or(Payer::Fund(FundCode::POOLED), Payer::Account)
            }
            Some(word) => Payer::Fund(fund(word)),
            None => {
                if elsewhere.is_none() {
                    faults.push(Fault::error(
                        "missing_key",
                        written.at,
                        format!("待遇 {name} 没有 fund"),
                        "写基金代码，如 fund = \"310100\"，或 \"account.current\"",
                    ));
                }
                Payer::Fund(FundCode::POOLED)
            }
        };
        if written.rate.is_none() && elsewhere.is_none() {
            faults.push(Fault::error(
                "missing_key",
                written.at,
                format!("待遇 {name} 没有 rate"),
                "写支付比例；由别处给出支付额的写进 decided_elsewhere",
            ));
        }
        let mut benefit = CompiledBenefit {
            at: written.at,
            cite: if written.cite.is_empty() { elsewhere.clone().unwrap_or_default() } else { written.cite.clone() },
            decided_elsewhere: elsewhere.is_some(),
            applies: self.registry.region(&written.applies),
            claims: self.registry.region(&written.claims),
            takes_lines,
            takes,
            payer,
            ledger: ledger(&written, payer, faults),
            covered: written.covered.as_ref().map(|table| grid(table, &self.registry)),
            deductibles: Vec::new(),
            limits: Vec::new(),
            rate: written.rate.as_ref().map(|table| grid(table, &self.registry)),
            segments: None,
            from,
            until,
            name,
        };
        for entry in &written.deductibles {
            let cut = self.cut(entry, &benefit.name, true, &inherit, faults);
            benefit.deductibles.push(cut);
        }
        for entry in &written.limits {
            let cut = self.cut(entry, &benefit.name, false, &inherit, faults);
            benefit.limits.push(cut);
        }
        let funds: BTreeSet<FundCode> = benefit.limits.iter().filter_map(|cut| Some(cut.beyond.as_ref()?.0)).collect();
        if funds.len() > MAX_BEYOND {
            let found = format!("待遇 {} 的限额把超出部分移给 {} 个基金", benefit.name, funds.len());
            faults.push(Fault::error("too_many", written.at, found, format!("至多 {MAX_BEYOND} 个")));
        }
        benefit.segments = written.segments.as_ref().map(|segments| self.segments(segments, &benefit.name, faults));
        self.check_starts(&written, faults);
        check_balance(&written, faults);
        benefit
    }

    fn takes(&self, words: &[Word], own: &str, faults: &mut Vec<Fault>) -> (bool, Vec<(String, Flow)>) {
        if words.is_empty() {
            return (true, Vec::new());
        }
        let (mut lines, mut takes) = (false, Vec::new());
        for word in words {
            if word.text == "lines" {
                lines = true;
                continue;
            }
            let parts = word.text.split_once('.').and_then(|(name, flow)| {
                let flow = match flow {
                    "borne" => Flow::Borne,
                    "share" => Flow::Share,
                    "over" => Flow::Over,
                    "left" => Flow::Left,
                    _ => return None,
                };
                Some((name, flow))
            });
            match parts {
                Some((name, flow)) if self.benefits.iter().any(|earlier| earlier.name == name) => {
                    takes.push((name.to_owned(), flow));
                }
                _ => {
                    let earlier = listed(self.benefits.iter().map(|benefit| &benefit.name));
                    let allowed =
                        format!("\"lines\"，或 chain 中先于 {own} 的待遇（{earlier}）加 .left、.borne、.share、.over");
                    faults.push(Fault::error(
                        "invalid_value",
                        word.at,
                        format!("takes 里的 \"{}\"", word.text),
                        allowed,
                    ));
                }
            }
        }
        (lines, takes)
    }

    fn segments(
        &mut self,
        segments: &crate::model::Segments,
        benefit: &str,
        faults: &mut Vec<Fault>,
    ) -> CompiledSegments {
        let from_zero = match segments.on.text.as_str() {
            "eligible" => true,
            "above" => false,
            other => {
                faults.push(Fault::error(
                    "invalid_value",
                    segments.on.at,
                    format!("segments.on = \"{other}\""),
                    "eligible（自第一分钱起）或 above（起付以上）",
                ));
                true
            }
        };
        let period = match &segments.per {
            Some(per) => period(per, None, faults),
            None => Period::Year,
        };
        let measure = if from_zero { CountedMeasure::Eligible } else { CountedMeasure::Above };
        let counts = self.counted(&segments.counts, benefit, faults);
        let counter = self.counter(CounterKey::plain(counts, measure, period));
        let fact = self.registry.id("segment").expect("segments declare the fact");
        let band = |word: &Word| {
            let values = &self.registry.facts[fact].values;
            let raw = values.iter().position(|value| *value == word.text).unwrap_or(0);
            self.registry.facts[fact].bands[raw]
        };
        let bands = segments.names.iter().map(band).collect();
        if segments.names.len() > gongji_adjudication::MAX_SEGMENTS {
            let allowed = format!("至多 {} 段", gongji_adjudication::MAX_SEGMENTS);
            faults.push(Fault::error("too_many", segments.at, format!("{} 段", segments.names.len()), allowed));
        }
        CompiledSegments { fact, bands, up_to: segments.up_to.clone(), from_zero, counter }
    }

    fn cut(
        &mut self,
        entry: &Accumulated,
        benefit: &str,
        deductible: bool,
        inherit: &Inherit<'_>,
        faults: &mut Vec<Fault>,
    ) -> CompiledCut {
        let on = entry.on.as_ref().map(|word| (word.text.as_str(), word.at));
        let (stage, measure) = match (deductible, on) {
            (true, Some(("eligible", _)) | None) => (Stage::Eligible, CountedMeasure::Borne),
            (true, Some(("payment", _))) => (Stage::Payment, CountedMeasure::BorneOfPayment),
            (false, Some(("eligible", _))) => (Stage::Eligible, CountedMeasure::Eligible),
            (false, Some(("above", _))) => (Stage::Above, CountedMeasure::Above),
            (false, Some(("payment", _)) | None) => (Stage::Payment, CountedMeasure::Paid),
            (_, Some((other, at))) => {
                let allowed = if deductible {
                    "eligible（先扣费用）或 payment（从支付额里扣）"
                } else {
                    "eligible、above（起付以上费用）或 payment（基金支付额）"
                };
                faults.push(Fault::error("invalid_value", at, format!("on = \"{other}\""), allowed));
                (Stage::Payment, CountedMeasure::Paid)
            }
        };
        let per = match &entry.per {
            Some(per) => period(per, entry.lasts.as_ref(), faults),
            // Reported where it was read.
            None => Period::Year,
        };
        let carries = entry.carry.is_some();
        if let Some(carry) = &entry.carry
            && (carry.text != "year" || per != Period::Month)
        {
            faults.push(Fault::error(
                "invalid_value",
                carry.at,
                format!("carry = \"{}\"", carry.text),
                "只能 per = \"month\" 并 carry = \"year\"：按月额度在年内累积",
            ));
        }
        for word in &entry.by {
            if word.text != "institution" {
                faults.push(Fault::error("invalid_value", word.at, format!("by = [\"{}\"]", word.text), "institution"));
            }
        }
        let beyond = entry
            .beyond
            .as_ref()
            .map(|beyond| (fund(&beyond.fund), self.registry.region(&beyond.when), beyond.cite.clone()));
        let key = self.key_of(entry, benefit, measure, faults);
        self.check_levels(entry, faults);
        CompiledCut {
            stage,
            applies: key.applies.clone(),
            lines: key.lines.clone(),
            counter: self.counter(key),
            beyond,
            carries,
            grid: Grid::resolve(&entry.table, &self.registry, inherit),
        }
    }

    /// `for` looks at visits, `lines` at charges.
    fn check_levels(&self, entry: &Accumulated, faults: &mut Vec<Fault>) {
        for (pattern, charge, key) in [(&entry.applies, false, "for"), (&entry.lines, true, "lines")] {
            for (name, _) in pattern {
                let Some(fact) = self.registry.id(&name.text) else { continue };
                if self.is_visit_level(fact) == charge {
                    let allowed = "for 只看就诊层面的事实，lines 只看费用明细的事实";
                    faults.push(Fault::error("wrong_level", name.at, format!("{key} 里的 {}", name.text), allowed));
                }
            }
        }
    }
}

/// An account pays no more than it holds: its benefit says so with a limit of the balance.
fn check_balance(written: &Benefit, faults: &mut Vec<Fault>) {
    let Some(fund) = written.fund.as_ref().filter(|fund| fund.text.starts_with("account.")) else { return };
    let bounded = written.limits.iter().any(|limit| {
        let mut rows = limit.table.layers.iter().flatten().peekable();
        let whole = limit.applies.is_empty()
            && limit.lines.is_empty()
            && limit.table.from.is_none()
            && limit.table.until.is_none();
        let on_payment = limit.on.as_ref().is_none_or(|on| on.text == "payment");
        let own = |value: &Value| matches!(value, Value::Balance(part) if *part == fund.text);
        whole && on_payment && rows.peek().is_some() && rows.all(|row| own(&row.is.value))
    });
    if !bounded {
        let allowed =
            format!("加一项 limit：{{ per = \"visit\", rows = [{{ is = {{ balance = \"{}\" }} }}] }}", fund.text);
        faults.push(Fault::error(
            "balance_unlimited",
            fund.at,
            format!("由 {} 支付而没有以余额为限", fund.text),
            allowed,
        ));
    }
}

fn elsewhere_benefit(word: &Word, cite: Vec<Word>, from: Day, until: Day) -> CompiledBenefit {
    CompiledBenefit {
        name: word.text.clone(),
        at: word.at,
        cite,
        decided_elsewhere: true,
        applies: Box::new([]),
        claims: Box::new([]),
        takes_lines: true,
        takes: Vec::new(),
        payer: Payer::Fund(FundCode::POOLED),
        ledger: None,
        covered: None,
        deductibles: Vec::new(),
        limits: Vec::new(),
        rate: None,
        segments: None,
        from,
        until,
    }
}

/// The ledger inside a fund that a benefit is kept in (专账): a name that fits into the key of an account, of
/// a fund, with the article that wants it.
fn ledger(written: &Benefit, payer: Payer, faults: &mut Vec<Fault>) -> Option<String> {
    let word = written.ledger.as_ref()?;
    let first = word.text.bytes().next();
    let fits = word.text.len() <= 30
        && first.is_some_and(|b| b.is_ascii_alphanumeric())
        && word.text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    if !fits {
        let found = format!("ledger = \"{}\"", word.text);
        let allowed = "1 至 30 个字母、数字、- _ .，以字母或数字开头，如 \"outpatient\"";
        faults.push(Fault::error("invalid_value", word.at, found, allowed));
    } else if !matches!(payer, Payer::Fund(_)) {
        let found = format!("待遇 {} 由个人账户支付，却有 ledger", written.name.text);
        faults.push(Fault::error("invalid_value", word.at, found, "专账在基金之内；账户支付的不写 ledger"));
    } else if written.cite.is_empty() {
        let found = format!("待遇 {} 有 ledger 而没有 cite", written.name.text);
        faults.push(Fault::error("uncited", word.at, found, "写明要求专账管理的条款，如 cite = \"xize:4\""));
    } else {
        return Some(word.text.clone());
    }
    None
}

/// The fund of a code that the reader let through.
pub(super) fn fund(word: &Word) -> FundCode {
    FundCode::from_code(&word.text).unwrap_or(FundCode::POOLED)
}
