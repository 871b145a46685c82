//! What is due to a member's account for a month (应计入), by the area's rules and what the register says; and what of it
//! is still to be credited, by what is kept of the account. Pure: the store is not asked here.

use std::cell::RefCell;
use std::sync::Arc;

use gongji_domain::{Day, Fen, Month};
use gongji_policy::Area;
use gongji_policy::account::{AccountFault, Credit as Ruled, CreditPer, CreditRules, CreditSource, Crediting};
use gongji_register::{Cover, Member, matter};

use super::skip::Skip;
use crate::his::codes;
use crate::his::entry::{AccountFile, Credit, From};

/// The employees' insurance (职工基本医疗保险), to whose accounts something is credited.
const EMPLOYEES: &str = "310";

/// From whom an amount comes and by which article: the same for very many members.
#[derive(Debug, PartialEq)]
pub(crate) struct Terms {
    pub from: Option<From>,
    pub article: String,
    pub provisional: bool,
}

/// What is due to a member.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Due {
    pub amount: Fen,
    pub terms: Arc<Terms>,
}

/// What an area's rules say for one month, worked out once for all members.
pub(crate) struct Rules<'a> {
    rules: CreditRules<'a>,
    month: Month,
    known: RefCell<Vec<Arc<Terms>>>,
}

/// Why a month cannot be credited in an area at all.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoRules {
    /// The package says nothing.
    #[error("{0}")]
    Fault(AccountFault),
    /// It is credited once a year.
    #[error("按年计入：只办周期的第一个月 {0}")]
    Yearly(Month),
}

impl<'a> Rules<'a> {
    /// The rules of an area for a month, by what was known on a day.
    ///
    /// # Errors
    /// If the area credits nothing then.
    pub(crate) fn of(area: &'a Area, month: Month, known_on: Day) -> Result<Self, NoRules> {
        let rules = area.credits_for(month.first_day(), known_on).map_err(NoRules::Fault)?;
        let begins = Month::of(rules.days().0);
        if rules.per() == CreditPer::Year && begins != month {
            return Err(NoRules::Yearly(begins));
        }
        Ok(Self { rules, month, known: RefCell::default() })
    }

    /// What is due to a member.
    ///
    /// # Errors
    /// Why nothing is.
    pub(crate) fn due(&self, member: &Member) -> Result<Due, Skip> {
        insured(member, self.month)?;
        let (status_day, facts_day) = (self.rules.status_day(), self.rules.facts_day());
        let category = member.category_on(status_day);
        let status = codes::status(category).ok_or_else(|| Skip::Status(category.to_owned()))?;
        let paid = member.paid_for(self.month);
        let in_lump_sum = member.in_lump_sum(facts_day);
        let frozen: Vec<(&str, Fen)> = member.amounts.iter().map(|(name, amount)| (name.as_str(), *amount)).collect();
        let period = in_lump_sum.map(|is| ("lump_sum_period", if is { "true" } else { "false" }));
        let person = Crediting {
            status,
            enrolment: member.enrolment_on(status_day),
            birth: Some(member.identity.birth),
            // What was really paid goes before what was reported at the beginning of the year.
            base: paid.map(|paid| paid.base).or_else(|| member.base.at(self.month.last_day()).copied()),
            lump_sum_base: member.lump_sum.map(|lump_sum| lump_sum.base),
            pension: member.amount("pension"),
            frozen: &frozen,
            facts: period.as_slice(),
        };
        let credit = match self.rules.credit(&person) {
            Err(AccountFault::Missing { fact }) if paid.is_none() && fact == "member.contribution_base" => {
                return Err(Skip::Unpaid);
            }
            other => other.map_err(Skip::Rules)?,
        };
        let (amount, source, article, provisional) = match credit {
            Ruled::Nothing { article } => return Err(Skip::NoAccount { article: article.to_owned() }),
            Ruled::Amount { amount, source, article, provisional } => (amount, source, article, provisional),
        };
        let own = source.ok_or(Skip::NoSource)? == CreditSource::Contribution;
        // Whoever paid in one sum owes nothing by the month.
        if own && in_lump_sum != Some(true) {
            let own = paid.ok_or(Skip::Unpaid)?.own;
            if own < amount {
                return Err(Skip::Short { paid: own, due: amount });
            }
        }
        Ok(Due { amount, terms: self.terms(source, article, provisional) })
    }

    /// The terms, made once.
    fn terms(&self, source: Option<CreditSource<'_>>, article: &str, provisional: bool) -> Arc<Terms> {
        let mut known = self.known.borrow_mut();
        let from = match source {
            Some(CreditSource::Fund { fund, ledger }) => Some((fund, ledger)),
            _ => None,
        };
        let same = |terms: &&Arc<Terms>| {
            let named = terms.from.as_ref().map(|from| (from.fund, from.ledger.as_deref()));
            named == from && terms.article == article && terms.provisional == provisional
        };
        if let Some(terms) = known.iter().find(same) {
            return Arc::clone(terms);
        }
        let from = from.map(|(fund, ledger)| From { fund, ledger: ledger.map(str::to_owned) });
        let terms = Arc::new(Terms { from, article: article.to_owned(), provisional });
        known.push(Arc::clone(&terms));
        terms
    }
}

/// Whether the member is insured in a month and alive. Benefits are not asked: retirees owe no contribution, and
/// employees' contributions show it.
fn insured(member: &Member, month: Month) -> Result<(), Skip> {
    let (first, last) = (month.first_day(), month.last_day());
    if let Some(died) = member.died.filter(|died| *died < first) {
        return Err(Skip::Died(died));
    }
    let begins = [member.cover.rows().first().map(|row| row.0), member.enrolment.rows().first().map(|row| row.0)];
    if let Some(from) = begins.into_iter().flatten().min().filter(|from| *from > last) {
        return Err(Skip::NotYet(from));
    }
    if member.cover.at(first) == Some(&Cover::Ended) && member.cover.at(last) == Some(&Cover::Ended) {
        let ended = member.cover.rows().iter().rev().find(|(from, _)| *from <= first).map_or(first, |row| row.0);
        return Err(Skip::Ended(ended));
    }
    Ok(())
}

/// What is kept of an account, as far as a month's credit asks it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Held {
    /// What was credited for the month; none if that is not remembered.
    credited: Option<Fen>,
    /// 应追回
    claims: Fen,
    /// Why nothing may be credited.
    stopped: Option<Skip>,
}

impl Held {
    /// Of an account, for a month.
    pub(crate) fn of(file: Option<&AccountFile>, month: Month) -> Self {
        let Some(AccountFile { credited, affairs, .. }) = file else {
            return Self { credited: Some(Fen::ZERO), ..Self::default() };
        };
        let scheme = affairs.scheme.at(month.last_day()).filter(|scheme| !scheme.starts_with(EMPLOYEES));
        let frozen = affairs.frozen.as_ref().map(|frozen| Skip::Frozen(frozen.since));
        let left = affairs.left.as_ref().map(|left| Skip::Left(left.on));
        Self {
            credited: credited.amount(month),
            claims: affairs.claims.left(),
            stopped: left.or(frozen).or_else(|| scheme.cloned().map(Skip::Scheme)),
        }
    }

    /// The credit that is still to be made of what is due; nothing if all of it was.
    ///
    /// # Errors
    /// Why none is made.
    pub(crate) fn credit(&self, due: &Due, month: Month) -> Result<Option<Credit>, Skip> {
        let credited = self.credited.ok_or(Skip::Forgotten)?;
        if credited == due.amount {
            return Ok(None);
        }
        if credited > due.amount {
            return Err(Skip::TooMuch(credited - due.amount));
        }
        if let Some(stopped) = &self.stopped {
            return Err(stopped.clone());
        }
        let amount = due.amount - credited;
        let (_, withheld) = matter::withheld(amount, self.claims);
        let Terms { from, article, provisional } = &*due.terms;
        Ok(Some(Credit {
            month,
            amount,
            from: from.clone(),
            withheld,
            provisional: *provisional,
            article: article.clone(),
        }))
    }

    /// An account to which so much was credited for the month.
    #[cfg(test)]
    pub(super) fn with(credited: Fen) -> Self {
        Self { credited: Some(credited), ..Self::default() }
    }
}
