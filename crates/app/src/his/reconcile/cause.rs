//! Why two books differ, and what mends it: each with its word and its sentence in Chinese.

use gongji_domain::{Day, Fen};

/// Why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The centre settled, and the institution knows nothing of it: the answer was lost.
    AnswerLost,
    /// The institution has it, and no message of it ever came to the centre, or it was refused.
    NeverSettled,
    /// The centre settled the same twice for one visit of the institution.
    Doubled { other: String },
    /// The institution booked one settlement twice.
    BookedTwice,
    /// The centre cancelled, and the institution has no row of it.
    CancelledAtCentreOnly,
    /// The institution cancelled, and the centre did not.
    CancelledAtInstitutionOnly,
    /// Both have it, with other amounts.
    Amounts { fields: Vec<&'static str> },
    /// The centre booked it on another day.
    DayBoundary { day: Day },
    /// Another 经办机构 answers for it.
    OtherArea { area: String },
    /// It is cleared under another type.
    OtherType { clr_type: String },
    /// The bank took money for nothing that was settled.
    PaidNotSettled,
    /// Settled with cash to pay, and the bank took none.
    SettledNotPaid,
    /// The bank took another amount than what was to pay.
    PaidOther { due: Fen, paid: Fen },
}

impl Cause {
    /// One word.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::AnswerLost => "answer_lost",
            Self::NeverSettled => "never_settled",
            Self::Doubled { .. } => "doubled",
            Self::BookedTwice => "booked_twice",
            Self::CancelledAtCentreOnly => "cancelled_at_centre_only",
            Self::CancelledAtInstitutionOnly => "cancelled_at_institution_only",
            Self::Amounts { .. } => "amounts",
            Self::DayBoundary { .. } => "day_boundary",
            Self::OtherArea { .. } => "other_area",
            Self::OtherType { .. } => "other_type",
            Self::PaidNotSettled => "paid_not_settled",
            Self::SettledNotPaid => "settled_not_paid",
            Self::PaidOther { .. } => "paid_other",
        }
    }

    /// In a sentence.
    pub(crate) fn said(&self) -> String {
        match self {
            Self::AnswerLost => "中心已结算，机构没有记录：应答在途中丢失".to_owned(),
            Self::NeverSettled => "机构有记录，中心没有：报文没有到达，或被拒绝".to_owned(),
            Self::Doubled { other } => format!("同一次就诊同样的费用结算了两次，另一笔是 {other}"),
            Self::BookedTwice => "机构把同一笔结算记了两次".to_owned(),
            Self::CancelledAtCentreOnly => "中心已撤销，机构没有撤销记录".to_owned(),
            Self::CancelledAtInstitutionOnly => "机构已撤销，中心没有撤销".to_owned(),
            Self::Amounts { fields } => format!("两边金额不同：{}", fields.join("、")),
            Self::DayBoundary { day } => format!("跨日：中心记在 {day}，不在本次对账日期内"),
            Self::OtherArea { area } => format!("由 {area} 经办，不属于本次对账的经办机构"),
            Self::OtherType { clr_type } => format!("清算类别是 {clr_type}，不属于本次对账"),
            Self::PaidNotSettled => "银行已收款，没有对应的结算".to_owned(),
            Self::SettledNotPaid => "已结算、有应付现金，银行没有收款".to_owned(),
            Self::PaidOther { due, paid } => format!("应付现金 {due}，银行实收 {paid}"),
        }
    }

    /// Whether a row of the centre, in the range that is reconciled, is what differs.
    #[cfg(test)]
    pub(crate) fn is_centres(&self) -> bool {
        matches!(self, Self::AnswerLost | Self::Doubled { .. } | Self::CancelledAtCentreOnly | Self::Amounts { .. })
    }
}

/// What mends it: the entry to make, and at which side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mend {
    /// The institution books what the centre has, as 5203 tells it.
    BookAtInstitution { setl_id: String },
    /// Somebody looks whether it was twice the same; if so the institution reverses the message.
    ReverseIfDoubled { msgid: String, infno: String, psn_no: String, setl_id: String },
    /// The institution cancels at the centre (2208).
    CancelAtCentre { setl_id: String, mdtrt_id: String },
    /// The institution sends the message again, or strikes its row.
    SendAgainOrStrike,
    /// The institution strikes its second row.
    StrikeSecond,
    /// The institution books the cancellation.
    BookCancellation { setl_id: String },
    /// The institution corrects its amounts to the centre's.
    Correct { setl_id: String },
    /// Nothing: it is even on another day.
    ReconcileWithDay { day: Day },
    /// Nothing: it is even with another 经办机构.
    ReconcileWithArea { area: String },
    /// Nothing: it is even under another 清算类别.
    ReconcileWithType { clr_type: String },
    /// The institution pays back.
    PayBack { amount: Fen },
    /// The institution collects.
    Collect { amount: Fen },
}

impl Mend {
    /// In a sentence.
    pub(crate) fn said(&self) -> String {
        match self {
            Self::BookAtInstitution { setl_id } => {
                format!(
                    "患者已取药或已离院：用 5203 查 {setl_id} 补记；否则用 2208 撤销或 2601 冲正（中心留下一正一负两笔，机构同样补记）"
                )
            }
            Self::ReverseIfDoubled { msgid, infno, psn_no, setl_id } => format!(
                "先核对是否确为同一次：是则用 2601 冲正，omsgid={msgid}，oinfno={infno}，psn_no={psn_no}（中心留下一正一负两笔，机构同样补记）；确有两次则用 5203 查 {setl_id} 补记"
            ),
            Self::CancelAtCentre { setl_id, mdtrt_id } => {
                format!("用 2208 撤销：setl_id={setl_id}，mdtrt_id={mdtrt_id}")
            }
            Self::SendAgainOrStrike => "用原报文编号重发；不再要它则划去本行并用 2601 冲正原报文".to_owned(),
            Self::StrikeSecond => "划去重复的一行".to_owned(),
            Self::BookCancellation { setl_id } => format!("补记撤销 {setl_id}，并退还患者现金部分"),
            Self::Correct { setl_id } => format!("按 5203 查得的 {setl_id} 更正本机构金额"),
            Self::ReconcileWithDay { day } => format!("不用入账，随 {day} 对账"),
            Self::ReconcileWithArea { area } => format!("不用入账，与经办机构 {area} 对账"),
            Self::ReconcileWithType { clr_type } => format!("不用入账，随清算类别 {clr_type} 对账"),
            Self::PayBack { amount } => format!("退还患者 {amount}"),
            Self::Collect { amount } => format!("向患者补收 {amount}"),
        }
    }
}
