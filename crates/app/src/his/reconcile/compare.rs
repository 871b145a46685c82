//! Institution against centre: rows are paired by 结算ID, and by visit and amounts where the institution never got one.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::bank;
use super::cause::{Cause, Mend};
use super::{Booked, Books, Difference, Settlement};

/// All differences: those of the centre's rows in their order, those of the institution's in theirs, the bank's last.
pub(crate) fn compare(books: &Books<'_>) -> Vec<Difference> {
    let pairs = Pairs::new(books);
    let mut differences: Vec<Difference> = Vec::new();
    for (at, row) in books.centre.iter().enumerate() {
        match pairs.institution.get(&at) {
            Some(booked) => differences.extend(amounts(&books.institution[*booked], row)),
            None => differences.push(pairs.unbooked(books, row)),
        }
    }
    for (at, row) in books.institution.iter().enumerate() {
        if !pairs.booked.contains(&at) {
            differences.push(unsettled(books, &pairs, row));
        }
    }
    if let Some(payments) = books.bank {
        differences.extend(bank::compare(books.centre, payments));
    }
    differences
}

/// Which row of the institution goes with which of the centre.
struct Pairs {
    /// By the centre's row.
    institution: BTreeMap<usize, usize>,
    /// The institution's rows that have one.
    booked: HashSet<usize>,
}

impl Pairs {
    fn new(books: &Books<'_>) -> Self {
        let mut pairs = Self { institution: BTreeMap::new(), booked: HashSet::new() };
        let by_id: HashMap<&str, usize> =
            books.centre.iter().enumerate().map(|(at, row)| (&*row.setl_id, at)).collect();
        for (at, row) in books.institution.iter().enumerate() {
            if let Some(centre) = by_id.get(row.setl_id.as_str()) {
                pairs.pair(*centre, at);
            }
        }
        // Some books keep the cancellation under the number of what it cancels.
        for (at, row) in books.institution.iter().enumerate().filter(|(_, row)| row.refund) {
            let cancellation = |centre: &Settlement| centre.cancels.as_deref() == Some(row.setl_id.as_str());
            pairs.first(books, at, cancellation);
        }
        for (at, row) in books.institution.iter().enumerate().filter(|(_, row)| row.setl_id.is_empty()) {
            let same = |centre: &Settlement| {
                (centre.refund, &centre.mdtrt_id, centre.sums) == (row.refund, &row.mdtrt_id, row.sums)
            };
            pairs.first(books, at, same);
        }
        pairs
    }

    fn pair(&mut self, centre: usize, institution: usize) {
        if !self.institution.contains_key(&centre) && self.booked.insert(institution) {
            self.institution.insert(centre, institution);
        }
    }

    fn first(&mut self, books: &Books<'_>, institution: usize, fits: impl Fn(&Settlement) -> bool) {
        let free = |(at, _): &(usize, &Settlement)| !self.institution.contains_key(at);
        let found = books.centre.iter().enumerate().filter(free).find(|(_, row)| fits(row)).map(|(at, _)| at);
        if let Some(centre) = found.filter(|_| !self.booked.contains(&institution)) {
            self.pair(centre, institution);
        }
    }

    /// A row of the centre that the institution has not.
    fn unbooked(&self, books: &Books<'_>, row: &Settlement) -> Difference {
        let reverse = || Mend::ReverseIfDoubled {
            msgid: row.msgid.clone(),
            infno: row.infno.clone(),
            psn_no: row.psn_no.clone(),
            setl_id: row.setl_id.clone(),
        };
        let (cause, mend) = if row.refund {
            let setl_id = row.cancels.clone().unwrap_or_else(|| row.setl_id.clone());
            (Cause::CancelledAtCentreOnly, Mend::BookCancellation { setl_id })
        } else if let Some(other) = self.twin(books, row) {
            (Cause::Doubled { other: other.setl_id.clone() }, reverse())
        } else {
            (Cause::AnswerLost, Mend::BookAtInstitution { setl_id: row.setl_id.clone() })
        };
        Difference { cause, mend, institution: None, centre: Some(row.clone()), bank: None }
    }

    /// The settlement of the same visit with the same cost that the institution does have.
    fn twin<'b>(&self, books: &Books<'b>, row: &Settlement) -> Option<&'b Settlement> {
        let same = |other: &Settlement| {
            other.setl_id != row.setl_id
                && !other.refund
                && other.cancelled_by.is_none()
                && other.psn_no == row.psn_no
                && other.day == row.day
                && other.sums.total == row.sums.total
        };
        let booked = self.institution.keys().map(|at| &books.centre[*at]);
        // A settlement that is cancelled already was doubled by nobody.
        booked.into_iter().find(|other| row.cancelled_by.is_none() && same(other))
    }
}

fn amounts(booked: &Booked, row: &Settlement) -> Option<Difference> {
    let fields = [
        ("medfee_sumamt", booked.sums.total == row.sums.total),
        ("fund_pay_sumamt", booked.sums.fund == row.sums.fund),
        ("acct_pay", booked.sums.account == row.sums.account),
    ];
    let fields: Vec<&'static str> = fields.into_iter().filter(|(_, same)| !same).map(|(name, _)| name).collect();
    (!fields.is_empty()).then(|| Difference {
        cause: Cause::Amounts { fields },
        mend: Mend::Correct { setl_id: row.setl_id.clone() },
        institution: Some(booked.clone()),
        centre: Some(row.clone()),
        bank: None,
    })
}

/// A row of the institution that the centre has not, or not here.
fn unsettled(books: &Books<'_>, pairs: &Pairs, row: &Booked) -> Difference {
    let difference = |cause, mend, centre: Option<&Settlement>| Difference {
        cause,
        mend,
        institution: Some(row.clone()),
        centre: centre.cloned(),
        bank: None,
    };
    let twice = pairs.booked.iter().any(|at| {
        let other = &books.institution[*at];
        !row.setl_id.is_empty() && (&other.setl_id, other.refund) == (&row.setl_id, row.refund)
    });
    if twice {
        return difference(Cause::BookedTwice, Mend::StrikeSecond, None);
    }
    let named = |centre: &&Settlement| {
        !row.setl_id.is_empty()
            && (centre.setl_id == row.setl_id || (row.refund && centre.cancels.as_deref() == Some(&*row.setl_id)))
            && centre.refund == row.refund
    };
    if let Some(found) = books.elsewhere.iter().find(named) {
        let (cause, mend) = elsewhere(books, found);
        return difference(cause, mend, Some(found));
    }
    if row.refund {
        let standing = |other: &&Settlement| other.setl_id == row.setl_id && other.cancelled_by.is_none();
        if let Some(standing) = books.centre.iter().chain(books.elsewhere).find(standing) {
            let mend = Mend::CancelAtCentre { setl_id: standing.setl_id.clone(), mdtrt_id: standing.mdtrt_id.clone() };
            return difference(Cause::CancelledAtInstitutionOnly, mend, Some(standing));
        }
    }
    difference(Cause::NeverSettled, Mend::SendAgainOrStrike, None)
}

/// Why a settlement that the centre has is not among those that are reconciled.
fn elsewhere(books: &Books<'_>, found: &Settlement) -> (Cause, Mend) {
    let Settlement { area, clr_type, day, .. } = found.clone();
    if books.area.is_some_and(|asked| asked != area) {
        return (Cause::OtherArea { area: area.clone() }, Mend::ReconcileWithArea { area });
    }
    if books.clr_type.is_some_and(|asked| asked != clr_type) {
        return (Cause::OtherType { clr_type: clr_type.clone() }, Mend::ReconcileWithType { clr_type });
    }
    (Cause::DayBoundary { day }, Mend::ReconcileWithDay { day })
}
