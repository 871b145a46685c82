//! The end of a day at one institution: 3201 for each area and clearing type, and its books held row against row with
//! the centre's and the bank's, directly and as files (9101, 3202, 9102).

use std::sync::mpsc::channel;

use gongji_domain::Day;

use super::super::catalogues::{download, unzipped, upload};
use super::books::{Clearing, Entry, of_day, sums};
use super::desk::Desk;
use super::line::plain;
use super::members::{AREAS, CLEARINGS};
use crate::his::reconcile::{Booked, Books, Difference, Payment, Settlement, compare};
use crate::his::statement;
use crate::his::zipped::zipped;

/// Every clearing of the simulator.
pub(super) fn clearings() -> impl Iterator<Item = Clearing> {
    AREAS.iter().flat_map(|area| CLEARINGS.iter().map(move |clr_type| ((*area).to_owned(), (*clr_type).to_owned())))
}

/// 3201 of a day under a clearing: 0 or 1, with what the centre says.
pub(super) fn totals(
    desk: &mut Desk<'_>,
    days: [Day; 2],
    clearing: &Clearing,
    refund: Option<bool>,
) -> (String, String) {
    let entries: Vec<&Entry> = desk
        .entries
        .iter()
        .filter(|entry| (days[0]..=days[1]).contains(&entry.day) && entry.clearing == *clearing)
        .filter(|entry| refund.is_none_or(|asked| entry.row.refund == asked))
        .collect();
    let (sums, count) = sums(&entries);
    let (area, clr_type) = clearing;
    let flag = refund.map_or(String::new(), |asked| u8::from(asked).to_string());
    let input = format!(
        r#"{{"data":{{"insutype":"310","clr_type":"{clr_type}","setl_optins":"{area}","stmt_begndate":"{}",
        "stmt_enddate":"{}","medfee_sumamt":{},"fund_pay_sumamt":{},"acct_pay":{},"fixmedins_setl_cnt":{count},
        "refd_setl_flag":"{flag}"}}}}"#,
        days[0], days[1], sums.total, sums.fund, sums.account
    );
    let reply = desk.call("3201", &input).ok();
    (reply.at("output.stmtinfo.stmt_rslt"), reply.at("output.stmtinfo.stmt_rslt_dscr"))
}

/// 3201 must come out even.
#[track_caller]
pub(super) fn even(desk: &mut Desk<'_>, day: Day, clearing: &Clearing) {
    let (result, said) = totals(desk, [day, day], clearing, None);
    assert_eq!(result, "0", "{} {day} {clearing:?}: {said}", desk.code);
}

/// What the centre booked for the institution on a day, and those rows that the institution names besides.
fn centre(desk: &Desk<'_>, day: Day, named: &[Booked]) -> (Vec<Settlement>, Vec<Settlement>) {
    let (code, named) = (desk.code, named.to_vec());
    let (sender, receiver) = channel();
    desk.line.server.service().archive.ask(move |kept| {
        let kept = kept.unwrap();
        let kept = kept.now().unwrap();
        let rows = statement::booked(kept, code, day, day).unwrap();
        let find = |row: &Booked| statement::find(kept, code, &row.setl_id).unwrap();
        sender.send((rows, named.iter().filter_map(find).collect::<Vec<_>>())).unwrap();
    });
    receiver.recv().unwrap()
}

/// The differences of a day under a clearing.
pub(super) fn differences(desk: &Desk<'_>, day: Day, clearing: &Clearing, bank: Option<&[Payment]>) -> Vec<Difference> {
    let rows: Vec<Booked> = of_day(&desk.entries, day, clearing).into_iter().map(|entry| entry.row.clone()).collect();
    let (booked, found) = centre(desk, day, &rows);
    let here = |row: &Settlement| (&row.area, &row.clr_type) == (&clearing.0, &clearing.1);
    let centre: Vec<Settlement> = booked.into_iter().filter(here).collect();
    let elsewhere: Vec<Settlement> =
        found.into_iter().filter(|row| !centre.iter().any(|known| known.setl_id == row.setl_id)).collect();
    let (area, clr_type) = (Some(&*clearing.0), Some(&*clearing.1));
    compare(&Books { area, clr_type, institution: &rows, centre: &centre, elsewhere: &elsewhere, bank })
}

/// What the bank took on a day under a clearing, if all went well there.
pub(super) fn payments(desk: &Desk<'_>, day: Day, clearing: &Clearing) -> Vec<Payment> {
    of_day(&desk.entries, day, clearing).into_iter().filter_map(Entry::payment).collect()
}

/// Everything of a day must come out even; how many rows were compared.
pub(super) fn reconcile(desk: &mut Desk<'_>, day: Day) -> usize {
    let mut rows = 0;
    for clearing in clearings() {
        even(desk, day, &clearing);
        for refund in [false, true] {
            let (result, said) = totals(desk, [day, day], &clearing, Some(refund));
            assert_eq!(result, "0", "{} {day} {clearing:?} {refund}: {said}", desk.code);
        }
        let bank = payments(desk, day, &clearing);
        let differ = differences(desk, day, &clearing, Some(&bank));
        assert!(differ.is_empty(), "{} {day} {clearing:?}: {differ:#?}", desk.code);
        file_is_even(desk, day, &clearing);
        rows += of_day(&desk.entries, day, &clearing).len();
    }
    rows
}

/// The institution's rows as a file, reconciled (9101, 3202) and downloaded (9102): the columns of each line.
pub(super) fn by_file(desk: &mut Desk<'_>, day: Day, clearing: &Clearing) -> Vec<Vec<String>> {
    let entries = of_day(&desk.entries, day, clearing);
    let (sums, count) = sums(&entries);
    let line = |entry: &&Entry| {
        let Booked { setl_id, mdtrt_id, psn_no, sums, refund } = &entry.row;
        let flag = u8::from(*refund);
        format!("{setl_id}\t{mdtrt_id}\t{psn_no}\t{}\t{}\t{}\t{flag}\n", sums.total, sums.fund, sums.account)
    };
    let text: String = entries.iter().map(line).collect();
    let server = &desk.line.server;
    let uploaded =
        plain(upload(server, desk.code, "file", "day.zip", &zipped("day.txt", text.as_bytes()).unwrap())).ok();
    let (area, clr_type) = clearing;
    let input = format!(
        r#"{{"data":{{"setl_optins":"{area}","file_qury_no":"{}","stmt_begndate":"{day}","stmt_enddate":"{day}",
        "medfee_sumamt":{},"fund_pay_sumamt":{},"cash_payamt":{},"fixmedins_setl_cnt":{count},"clr_type":"{clr_type}",
        "refd_setl_flag":""}}}}"#,
        uploaded.at("output.file_qury_no"),
        sums.total,
        sums.fund,
        sums.cash()
    );
    let told = desk.call("3202", &input).ok();
    let (kind, zip) = download(server, desk.code, &told.at("output.fileinfo.file_qury_no"), desk.code);
    assert_eq!(kind, "application/octet-stream");
    let text = String::from_utf8(unzipped(&zip).1).unwrap();
    text.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

/// Every row of the file must be even (对账结果 0), and there is no other.
fn file_is_even(desk: &mut Desk<'_>, day: Day, clearing: &Clearing) {
    let expected: Vec<String> =
        of_day(&desk.entries, day, clearing).iter().map(|entry| entry.row.setl_id.clone()).collect();
    if expected.is_empty() {
        return;
    }
    let lines = by_file(desk, day, clearing);
    assert!(lines.iter().all(|line| line.len() == 10 && line[4] == "0"), "{} {day} {clearing:?}: {lines:?}", desk.code);
    assert_eq!(lines.iter().map(|line| line[2].clone()).collect::<Vec<_>>(), expected);
}
