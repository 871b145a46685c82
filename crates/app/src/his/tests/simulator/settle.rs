//! Settling once (2207, 2102) whatever the line does to the message or its answer. However it goes, afterwards the
//! institution's books hold every row that the centre's hold.

use gongji_drill::Chance;

use super::super::Reply;
use super::books::Split;
use super::desk::{Desk, Standing};
use super::members::Member;

/// What is to be settled.
pub(super) struct Bill<'b> {
    pub infno: &'static str,
    pub input: String,
    /// What 2204 said of the lines; for a purchase the reply says it itself.
    pub lines: Option<&'b Split>,
    /// The visit; empty for a purchase.
    pub mdtrt_id: String,
}

impl Desk<'_> {
    /// Settles, and settles again where the first try ended in a reversal.
    pub(super) fn settle(&mut self, member: &Member, bill: &Bill<'_>, chance: &mut Chance) -> Standing {
        let (body, msgid) = self.write(bill.infno, &bill.input);
        let reply = match chance.below(12) {
            0 => self.doubled(&body),
            1 => self.sent_again(&body),
            2 => self.asked_for(member, bill, &body, &msgid),
            3 => return self.taken_back(member, bill, (&body, &msgid), chance),
            4 => return self.barred(member, bill, (&body, &msgid), chance),
            _ => self.line.send(&body).ok(),
        };
        let standing = self.book(member, reply, bill.lines);
        if bill.infno == "2207" && chance.below(4) == 0 {
            self.count("an operator who settled twice was refused");
            let refused = self.call(bill.infno, &bill.input).err();
            assert!(refused.starts_with("[batch_settled]"), "{refused}");
        }
        standing
    }

    /// Settles in the last second of the day; the answer comes on the next.
    pub(super) fn settle_at_midnight(&mut self, member: &Member, bill: &Bill<'_>) -> Standing {
        self.count("a settlement at midnight");
        let day = self.today();
        let (body, _) = self.write(bill.infno, &bill.input);
        let reply = self.line.send_at_midnight(&body, self.day).ok();
        assert_ne!(self.today(), day, "the answer came on the next day");
        let standing = self.book(member, reply, bill.lines);
        assert_eq!(self.entries.last().unwrap().day, day, "and the settlement is of the day before");
        standing
    }

    fn doubled(&mut self, body: &str) -> Reply {
        self.count("a settlement doubled");
        let [first, second] = self.line.send_twice(body);
        assert_eq!(first.raw, second.raw, "the same bytes get the same answer");
        first.ok()
    }

    fn sent_again(&mut self, body: &str) -> Reply {
        self.count("a settlement sent again after its answer was lost");
        let lost = self.line.send(body).ok();
        self.line.wait(120);
        let again = self.line.send(body).ok();
        assert_eq!(lost.raw, again.raw);
        again
    }

    /// The answer is lost: the fate of the message is asked for, and 5203 tells what was settled.
    fn asked_for(&mut self, member: &Member, bill: &Bill<'_>, body: &str, msgid: &str) -> Reply {
        self.count("a settlement looked up after its answer was lost");
        let lost = self.line.send(body).ok();
        let fate = self.line.fate(self.code, msgid);
        assert_eq!(fate.at("state"), "recorded", "{}", fate.raw);
        let setl_id = fate.at("setl_id");
        let mdtrt_id = self.visit_of(bill, &fate);
        let (told, _) = self.look_up(member.patient.psn_no, member.area, &mdtrt_id, &setl_id);
        for field in
            ["setl_id", "setl_time", "medfee_sumamt", "fund_pay_sumamt", "acct_pay", "psn_cash_pay", "clr_type"]
        {
            let at = format!("output.setlinfo.{field}");
            assert_eq!(told.at(&at), lost.at(&at), "{field}");
        }
        told
    }

    /// The answer is lost, the message is reversed, and what it had done and undone is booked.
    fn taken_back(&mut self, member: &Member, bill: &Bill<'_>, sent: (&str, &str), chance: &mut Chance) -> Standing {
        let (body, msgid) = sent;
        self.count("a settlement reversed after its answer was lost");
        let lost = self.line.send(body).ok();
        let psn_no = member.patient.psn_no;
        self.reverse(psn_no, msgid, bill.infno);
        if chance.coin() {
            self.count("a reversal sent again");
            assert!(self.reverse(psn_no, msgid, bill.infno).at("warn_msg").contains("已由"));
        }
        self.book_reversed(member, bill, msgid);
        if chance.coin() {
            // A copy of it that was on its way says what the first one said, and changes nothing.
            self.count("a copy that came after the reversal");
            let late = self.line.send(body);
            assert_eq!(late.raw, lost.raw);
            assert_eq!(self.line.fate(self.code, msgid).at("state"), "reversed");
        }
        self.settle(member, bill, chance)
    }

    /// Books a settlement and its reversal as the fate of the message and 5203 tell them.
    pub(super) fn book_reversed(&mut self, member: &Member, bill: &Bill<'_>, msgid: &str) {
        let fate = self.line.fate(self.code, msgid);
        assert_eq!(fate.at("state"), "reversed", "{}", fate.raw);
        let mdtrt_id = self.visit_of(bill, &fate);
        let [there, back] = ["setl_id", "reversed_by"].map(|field| fate.at(field));
        let psn_no = member.patient.psn_no;
        let (settled, entry) = self.look_up(psn_no, member.area, &mdtrt_id, &there);
        let (reversed, taken) = self.look_up(psn_no, member.area, &mdtrt_id, &back);
        assert_eq!(taken.cancels.as_deref(), Some(&*there));
        super::identities::check_cancellation(&settled, &reversed);
        self.entries.extend([entry, taken]);
    }

    /// The message is late, is reversed before it comes, and is refused when it does.
    fn barred(&mut self, member: &Member, bill: &Bill<'_>, sent: (&str, &str), chance: &mut Chance) -> Standing {
        let (body, msgid) = sent;
        self.count("a message that came after its reversal was refused");
        let warned = self.reverse(member.patient.psn_no, msgid, bill.infno).at("warn_msg");
        assert!(warned.contains("没有收到过"), "{warned}");
        assert_eq!(self.line.fate(self.code, msgid).at("state"), "barred");
        let refused = self.line.send(body).err();
        assert!(refused.starts_with("[reversed_before]"), "{refused}");
        self.settle(member, bill, chance)
    }

    /// The visit of a settlement; that of a purchase comes with its fate.
    fn visit_of(&self, bill: &Bill<'_>, fate: &Reply) -> String {
        let told = fate.at("mdtrt_id");
        assert!(bill.mdtrt_id.is_empty() || bill.mdtrt_id == told, "{}", fate.raw);
        told
    }
}
