//! What the journal keeps of each change, word for word: a store of today must be read by every later program.

use crate::his::book::Change;

/// As it is kept. Rows are added; one that is here may gain fields with defaults, never lose or change any.
const KEPT: &[&str] = &[
    r#"{"Registered":{"mdtrt_id":"7","registration":{"psn_no":"1","institution":"H","ipt_otp_no":"MZ1","begntime":"2026-02-10 09:00:00"}}}"#,
    r#"{"Described":{"mdtrt_id":"7","description":{"med_type":"41","begntime":"2026-02-10 09:00:00","prescriber":"H"}}}"#,
    r#"{"Charged":{"mdtrt_id":"7","lines":[{"feedetl_sn":"1","chrg_bchno":"B1","item":"X","amount":"12.50","covered":true,"ceiling":null,"upfront":50000}]}}"#,
    r#"{"Withdrawn":{"mdtrt_id":"7","lines":["1","2"]}}"#,
    r#"{"Unregistered":{"mdtrt_id":"7"}}"#,
    r#"{"Purchased":{"setl_id":"7","purchase":{"registration":{"psn_no":"1","institution":"P","ipt_otp_no":"","begntime":"2026-02-10 09:00:00"},"description":{"med_type":"41","begntime":"2026-02-10 09:00:00","prescriber":null},"lines":[],"settlement":{"mdtrt_id":"7","chrg_bchno":"0","psn_no":"1","institution":"P","area":"500000","treated_in":"500000","day":"2026-02-10","mdtrt_cert_type":"02","med_type":"41","balance_before":"0.00","decided":{"total":"0.00","off_list":"0.00","over_ceiling":"0.00","upfront":"0.00","eligible":"0.00","deductible_borne":"0.00","payments":[],"fund_total":"0.00","personal_share":"0.00","account_paid":"0.00","account_process":"","cash":"0.00","not_covered":null,"effects":{"counters":[],"account":["0.00","0.00"]},"policy":"","draft":false},"cancelled_by":null}}}}"#,
    r#"{"Cancelled":{"setl_id":"9","cancels":"8"}}"#,
    r#"{"Cancelled":{"setl_id":"9","cancels":"8","previous":7}}"#,
    r#"{"Charged":{"mdtrt_id":"7","lines":[{"feedetl_sn":"1","chrg_bchno":"B1","item":"X","amount":"12.50","covered":false,"ceiling":null,"upfront":0,"uncoded":true}]}}"#,
    r#"{"Entered":{"previous":[["1",6]],"told":{"by":"O1"},"what":{"bond":{"confirmed":{"number":7,"by":{"person":"C1"},"on":"2026-02-10"}}}}}"#,
    r#"{"Entered":{"told":{"by":"O1","document":"B1"},"what":{"premium":{"purpose":"care_premium","bill":"B1","relative":[{"number":"","name":"","certificate":"C2"},7],"account":["1.00","0.00"],"area":"500000","on":"2026-02-10","article":"xize:10"}}}}"#,
    r#"{"Barred":{"omsgid":"M1"}}"#,
];

#[test]
fn what_was_kept_is_read_and_written_as_it_was() {
    for kept in KEPT {
        let change: Change = serde_json::from_str(kept).unwrap_or_else(|fault| panic!("{fault}: {kept}"));
        assert_eq!(serde_json::to_string(&change).unwrap(), *kept);
    }
}
