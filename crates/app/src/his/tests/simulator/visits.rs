//! What happens at a desk: visits with all their ways of ending, registration fees, purchases.

use gongji_drill::Chance;

use super::books::Split;
use super::desk::{Charge, Desk, Standing};
use super::identities::{check_lines, check_settlement};
use super::members::{Member, basket, total};
use super::settle::Bill;

/// One person comes.
pub(super) fn come(desk: &mut Desk<'_>, member: &Member, number: u64, chance: &mut Chance) {
    desk.line.wait(60 + i64::try_from(chance.below(300)).unwrap());
    match (desk.prescriber.is_some(), chance.below(6)) {
        (true, 0..=2) => purchase(desk, member, chance),
        (true, _) => visit(desk, member, ("41", number), chance),
        (false, 0) => registration_fee(desk, member, number, chance),
        (false, 1) => withdrawn(desk, member, number, chance),
        (false, _) => visit(desk, member, ("11", number), chance),
    }
}

/// What is settled of a visit: input with the four split amounts as 2206 told them.
fn bill<'b>(
    desk: &mut Desk<'_>,
    member: &Member,
    of: (&str, &str, &str),
    lines: &[Charge],
    split: &'b Split,
    chance: &mut Chance,
) -> Bill<'b> {
    let (mdtrt_id, batch, med_type) = of;
    let input = member.patient.settlement(mdtrt_id, batch, med_type, &total(lines).to_string());
    let account = format!("\"acct_used_flag\":\"{}\"", if chance.below(4) == 0 { 0 } else { 1 });
    let mut input = input.replacen("\"acct_used_flag\":\"1\"", &account, 1);
    if chance.coin() {
        let tried = desk.call("2206", &input).ok();
        check_settlement(&tried, Some(split));
        let names = ["fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt"];
        let said: String =
            names.iter().map(|name| format!("\"{name}\":{},", tried.at(&format!("output.setlinfo.{name}")))).collect();
        input = input.replacen("\"insutype\"", &format!("{said}\"insutype\""), 1);
    }
    Bill { infno: "2207", input, lines: Some(split), mdtrt_id: mdtrt_id.to_owned() }
}

/// A visit, or a purchase by prescription: registered, described, charged, settled; then perhaps refunded.
fn visit(desk: &mut Desk<'_>, member: &Member, (med_type, number): (&str, u64), chance: &mut Chance) {
    let mdtrt_id = desk.open(member, med_type, number);
    let lines = basket(chance, 1, desk.prescriber.is_none());
    let split = desk.charge(&member.patient, &mdtrt_id, "B1", &lines);
    let ask = bill(desk, member, (&mdtrt_id, "B1", med_type), &lines, &split, chance);
    let standing = desk.settle(member, &ask, chance);
    desk.count("visits settled");
    match chance.below(5) {
        0 => {
            desk.count("whole refunds");
            desk.cancel(member, &standing, "2208", chance);
        }
        1 => partly(desk, member, (&mdtrt_id, med_type), &lines, &standing, chance),
        _ => {}
    }
}

/// A part is refunded: all is taken back, the lines are withdrawn, the rest is uploaded and settled anew.
fn partly(
    desk: &mut Desk<'_>,
    member: &Member,
    (mdtrt_id, med_type): (&str, &str),
    lines: &[Charge],
    standing: &Standing,
    chance: &mut Chance,
) {
    desk.count("partial refunds");
    desk.cancel(member, standing, "2208", chance);
    desk.withdraw(&member.patient, mdtrt_id, "B1");
    let rest = match lines {
        [_] => basket(chance, 1, false),
        [_, rest @ ..] => rest.to_vec(),
        [] => return,
    };
    let split = desk.charge(&member.patient, mdtrt_id, "B1", &rest);
    let ask = bill(desk, member, (mdtrt_id, "B1", med_type), &rest, &split, chance);
    desk.settle(member, &ask, chance);
}

/// The registration fee alone, before anything is told of the visit.
fn registration_fee(desk: &mut Desk<'_>, member: &Member, number: u64, chance: &mut Chance) {
    desk.count("registration fees");
    let mdtrt_id = desk.open(member, "12", number);
    let lines = [Charge { number: 1, item: "DEMO-FW-0002", price: format!("{}.00", 5 + number % 20) }];
    let split = desk.charge(&member.patient, &mdtrt_id, "G1", &lines);
    let ask = bill(desk, member, (&mdtrt_id, "G1", "12"), &lines, &split, chance);
    let standing = desk.settle(member, &ask, chance);
    if chance.below(3) == 0 {
        desk.cancel(member, &standing, "2208", chance);
        withdraw_registration(desk, member, &mdtrt_id, number);
    }
}

/// Somebody goes away before settling.
fn withdrawn(desk: &mut Desk<'_>, member: &Member, number: u64, chance: &mut Chance) {
    desk.count("registrations withdrawn");
    let mdtrt_id = desk.open(member, "11", number);
    if chance.coin() {
        let lines = basket(chance, 1, true);
        desk.charge(&member.patient, &mdtrt_id, "B1", &lines);
    }
    withdraw_registration(desk, member, &mdtrt_id, number);
}

fn withdraw_registration(desk: &mut Desk<'_>, member: &Member, mdtrt_id: &str, number: u64) {
    desk.withdraw(&member.patient, mdtrt_id, "0000");
    let psn_no = member.patient.psn_no;
    let input = format!(r#"{{"data":{{"psn_no":"{psn_no}","mdtrt_id":"{mdtrt_id}","ipt_otp_no":"MZ{number}"}}}}"#);
    desk.call("2202", &input).ok();
}

/// Input of a purchase of lines at this moment.
pub(super) fn purchase_of(desk: &Desk<'_>, member: &Member, lines: &[Charge]) -> String {
    let rows: Vec<(&str, &str)> = lines.iter().map(|line| (line.item, line.price.as_str())).collect();
    member.patient.purchase(&desk.line.now(), &total(lines).to_string(), &rows)
}

/// A purchase without a visit, from the account: 2101, 2102, perhaps 2103.
fn purchase(desk: &mut Desk<'_>, member: &Member, chance: &mut Chance) {
    desk.count("purchases");
    let input = purchase_of(desk, member, &basket(chance, 1, false));
    if chance.coin() {
        let tried = desk.call("2101", &input).ok();
        let lines = check_lines(&tried, "detlcutinfo");
        check_settlement(&tried, Some(&lines));
    }
    let ask = Bill { infno: "2102", input, lines: None, mdtrt_id: String::new() };
    let standing = desk.settle(member, &ask, chance);
    if standing.reply.has("output.detlcutinfo") {
        let lines = check_lines(&standing.reply, "detlcutinfo");
        check_settlement(&standing.reply, Some(&lines));
    }
    if chance.below(4) == 0 {
        desk.count("purchases taken back");
        desk.cancel(member, &standing, "2103", chance);
    }
}

/// A visit whose settlement goes out in the last second of the day.
pub(super) fn midnight(desk: &mut Desk<'_>, member: &Member, number: u64, chance: &mut Chance) {
    let (med_type, price) = (if desk.prescriber.is_some() { "41" } else { "11" }, "88.88");
    let mdtrt_id = desk.open(member, med_type, number);
    let lines = [Charge { number: 1, item: "DEMO-YP-0001", price: price.to_owned() }];
    let split = desk.charge(&member.patient, &mdtrt_id, "B1", &lines);
    let ask = bill(desk, member, (&mdtrt_id, "B1", med_type), &lines, &split, chance);
    desk.settle_at_midnight(member, &ask);
}
