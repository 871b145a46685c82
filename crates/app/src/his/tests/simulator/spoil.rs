//! Books spoiled on purpose: in each way the cause must be named, and doing what is proposed makes 3201 even.

use gongji_domain::{Day, Fen};

use super::books::{Clearing, Entry};
use super::day_end::{by_file, differences, even, payments, totals};
use super::desk::Desk;
use super::members::Member;
use super::visits::purchase_of;
use crate::his::reconcile::{Difference, Mend};

/// A day and clearing of an institution.
pub(super) struct Page {
    pub day: Day,
    pub clearing: Clearing,
}

impl Page {
    fn has(&self, entry: &Entry) -> bool {
        entry.day == self.day && entry.clearing == self.clearing
    }
}

/// Where the first row is that `fits`.
fn find(desk: &Desk<'_>, fits: impl Fn(&Entry) -> bool) -> Option<usize> {
    desk.entries.iter().position(fits)
}

/// Whether a settlement stands and no other looks like it.
fn is_alone(desk: &Desk<'_>, entry: &Entry) -> bool {
    let row = &entry.row;
    let cancelled = |other: &Entry| other.cancels.as_deref() == Some(&*row.setl_id);
    let alike =
        |other: &&Entry| !other.row.refund && other.row.psn_no == row.psn_no && other.row.sums.total == row.sums.total;
    !row.refund && !desk.entries.iter().any(cancelled) && desk.entries.iter().filter(alike).count() == 1
}

/// The way of spoiling, the word of its cause, and what spoils; it says whether there was something to spoil.
type Way = (&'static str, &'static str, fn(&mut Desk<'_>, &Page) -> bool);

pub(super) const WAYS: [Way; 9] = [
    ("a row is lost", "answer_lost", |desk, page| {
        let at = find(desk, |entry| page.has(entry) && is_alone(desk, entry));
        at.map(|at| desk.entries.remove(at)).is_some()
    }),
    ("a row is there twice", "booked_twice", |desk, page| {
        let at = find(desk, |entry| page.has(entry) && !entry.row.refund);
        at.map(|at| desk.entries.push(desk.entries[at].clone())).is_some()
    }),
    ("an amount is another", "amounts", |desk, page| {
        let at = find(desk, |entry| page.has(entry) && !entry.row.refund);
        at.map(|at| desk.entries[at].row.sums.fund += Fen::from_fen(1)).is_some()
    }),
    ("a row of the day before", "day_boundary", |desk, page| {
        let at = find(desk, |entry| entry.day < page.day && entry.clearing == page.clearing);
        at.map(|at| desk.entries[at].day = page.day).is_some()
    }),
    ("a cancellation is forgotten", "cancelled_at_centre_only", |desk, page| {
        let at = find(desk, |entry| page.has(entry) && entry.row.refund);
        at.map(|at| desk.entries.remove(at)).is_some()
    }),
    ("a cancellation that never was", "cancelled_at_institution_only", |desk, page| {
        let Some(at) = find(desk, |entry| page.has(entry) && is_alone(desk, entry)) else { return false };
        let mut back = desk.entries[at].clone();
        let sums = back.row.sums;
        back.cancels = Some(back.row.setl_id.clone());
        (back.row.refund, back.row.sums) = (true, crate::his::reconcile::Sums::default().minus(sums));
        desk.entries.push(back);
        true
    }),
    ("a settlement that never was", "never_settled", |desk, page| {
        let Some(at) = find(desk, |entry| page.has(entry) && !entry.row.refund) else { return false };
        let mut made_up = desk.entries[at].clone();
        made_up.row.setl_id = String::new();
        made_up.row.sums.total += Fen::from_fen(7);
        desk.entries.push(made_up);
        true
    }),
    ("a row of another area", "other_area", |desk, page| {
        let other = |entry: &Entry| {
            entry.day == page.day && entry.clearing.0 != page.clearing.0 && entry.clearing.1 == page.clearing.1
        };
        let at = find(desk, other);
        at.map(|at| desk.entries[at].clearing.0.clone_from(&page.clearing.0)).is_some()
    }),
    ("a row of another type", "other_type", |desk, page| {
        let other = |entry: &Entry| {
            entry.day == page.day && entry.clearing.0 == page.clearing.0 && entry.clearing.1 != page.clearing.1
        };
        let at = find(desk, other);
        at.map(|at| desk.entries[at].clearing.1.clone_from(&page.clearing.1)).is_some()
    }),
];

/// Spoils a page in every way that it can be; how often each cause was named and mended.
pub(super) fn every_way(desk: &mut Desk<'_>, page: &Page) {
    for (how, word, spoil) in WAYS {
        if !spoil(desk, page) {
            continue;
        }
        let (result, _) = totals(desk, [page.day, page.day], &page.clearing, None);
        assert_eq!(result, "1", "{how}");
        let found = differences(desk, page.day, &page.clearing, None);
        let words: Vec<&str> = found.iter().map(|difference| difference.cause.word()).collect();
        assert_eq!(words, [word], "{} {how}: {found:#?}", desk.code);
        told_by_file(desk, page, &found[0]);
        mend(desk, page);
        even(desk, page.day, &page.clearing);
        desk.count(word);
    }
}

/// The file of 3202 says the same: one line that is uneven, with the cause and what mends it.
fn told_by_file(desk: &mut Desk<'_>, page: &Page, found: &Difference) {
    let lines = by_file(desk, page.day, &page.clearing);
    let uneven: Vec<&Vec<String>> = lines.iter().filter(|line| line[4] == "1").collect();
    assert_eq!(uneven.len(), 1, "{lines:?}");
    assert_eq!(uneven[0][6], format!("{}。{}", found.cause.said(), found.mend.said()));
}

/// The same purchase under two numbers, of which only one is booked: the other is reversed.
pub(super) fn doubled(desk: &mut Desk<'_>, member: &Member, page: &Page) {
    let lines = [super::desk::Charge { number: 1, item: "DEMO-YP-0001", price: "41.41".to_owned() }];
    let input = purchase_of(desk, member, &lines);
    let first = desk.call("2102", &input).ok();
    desk.call("2102", &input).ok();
    desk.book(member, first, None);
    let found = differences(desk, page.day, &page.clearing, None);
    let words: Vec<&str> = found.iter().map(|difference| difference.cause.word()).collect();
    assert_eq!(words, ["doubled"], "{found:#?}");
    mend(desk, page);
    even(desk, page.day, &page.clearing);
    desk.count("doubled");
}

/// What the bank's file may have wrong.
pub(super) fn bank(desk: &mut Desk<'_>, page: &Page) {
    let right = payments(desk, page.day, &page.clearing);
    let Some(first) = right.iter().position(|payment| payment.amount > Fen::ZERO) else { return };
    let refunded = desk.entries.iter().any(|entry| entry.cancels.as_deref() == Some(&*right[first].setl_id));
    let mut missing = right.clone();
    missing.remove(first);
    let mut other = right.clone();
    other[first].amount += Fen::from_fen(1);
    let mut stray = right.clone();
    stray.push(crate::his::reconcile::Payment { setl_id: "nobody's".to_owned(), ..right[first].clone() });
    let cases = [(missing, if refunded { "paid_other" } else { "settled_not_paid" }), (other, "paid_other")];
    for (file, word) in cases.into_iter().chain([(stray, "paid_not_settled")]) {
        let found = differences(desk, page.day, &page.clearing, Some(&file));
        let words: Vec<&str> = found.iter().map(|difference| difference.cause.word()).collect();
        assert_eq!(words, [word], "{found:#?}");
        desk.count(word);
    }
}

/// Does what is proposed until nothing differs.
fn mend(desk: &mut Desk<'_>, page: &Page) {
    for _ in 0..3 {
        let found = differences(desk, page.day, &page.clearing, None);
        if found.is_empty() {
            return;
        }
        for difference in &found {
            apply(desk, difference);
        }
    }
    let left = differences(desk, page.day, &page.clearing, None);
    assert!(left.is_empty(), "what is proposed does not mend it: {left:#?}");
}

/// Where the institution's row of a difference is; the last one, where it is there twice.
fn own(desk: &Desk<'_>, difference: &Difference) -> usize {
    let row = difference.institution.as_ref().unwrap();
    desk.entries.iter().rposition(|entry| entry.row == *row).unwrap()
}

/// What an officer does who reads the proposal.
fn apply(desk: &mut Desk<'_>, difference: &Difference) {
    let told = difference.centre.clone();
    let look_up = |desk: &mut Desk<'_>| {
        let row = told.clone().unwrap();
        desk.look_up(&row.psn_no, &row.area, &row.mdtrt_id, &row.setl_id).1
    };
    match &difference.mend {
        Mend::BookAtInstitution { setl_id } => {
            let entry = look_up(desk);
            assert_eq!(entry.row.setl_id, *setl_id);
            desk.entries.push(entry);
        }
        Mend::BookCancellation { setl_id } => {
            let entry = look_up(desk);
            assert_eq!(entry.cancels.as_ref(), Some(setl_id));
            desk.entries.push(entry);
        }
        Mend::ReverseIfDoubled { msgid, infno, psn_no, .. } => {
            desk.reverse(psn_no, msgid, infno);
        }
        Mend::CancelAtCentre { setl_id, mdtrt_id } => {
            let at = own(desk, difference);
            let psn_no = desk.entries[at].row.psn_no.clone();
            let input = format!(r#"{{"data":{{"setl_id":"{setl_id}","mdtrt_id":"{mdtrt_id}","psn_no":"{psn_no}"}}}}"#);
            let infno = if told.unwrap().infno.starts_with("2102") { "2103" } else { "2208" };
            let reply = desk.call(infno, &input).ok();
            desk.entries[at].row.setl_id = reply.at("output.setlinfo.setl_id");
        }
        Mend::SendAgainOrStrike | Mend::StrikeSecond => {
            let at = own(desk, difference);
            desk.entries.remove(at);
        }
        Mend::Correct { .. } => {
            let at = own(desk, difference);
            desk.entries[at] = look_up(desk);
        }
        Mend::ReconcileWithDay { day } => {
            let at = own(desk, difference);
            desk.entries[at].day = *day;
        }
        Mend::ReconcileWithArea { area } => {
            let at = own(desk, difference);
            desk.entries[at].clearing.0.clone_from(area);
        }
        Mend::ReconcileWithType { clr_type } => {
            let at = own(desk, difference);
            desk.entries[at].clearing.1.clone_from(clr_type);
        }
        Mend::PayBack { .. } | Mend::Collect { .. } => panic!("no bank is compared here"),
    }
}
