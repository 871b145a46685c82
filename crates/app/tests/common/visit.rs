//! One visit of the demo as a hospital sends it: 3000.00 at a tertiary hospital, account 2000.00. Knows no line.

/// Who shows which certificate.
pub const WHO: &str = r#""psn_no":"50000000000002","mdtrt_cert_type":"02","mdtrt_cert_no":"990000198605011040""#;

/// A message of that hospital.
pub fn message(infno: &str, msgid: &str, input: &str) -> String {
    format!(
        r#"{{"infno":"{infno}","msgid":"{msgid}","mdtrtarea_admvs":"500000","insuplc_admdvs":"500000",
        "recer_sys_code":"99","infver":"1.0.0","opter_type":"1","opter":"D01","opter_name":"演示",
        "inf_time":"2026-03-01 08:00:00","fixmedins_code":"H50000000001","input":{input}}}"#
    )
}

/// Registers the visit, describes and charges it as K1, K2 and K3; gives its mdtrt_id and the input that
/// settles it.
pub fn charged(send: impl Fn(&str, &str, &str) -> String) -> (String, String) {
    let registered = send(
        "2201",
        "K1",
        &format!(
            r#"{{"data":{{{WHO},"insutype":"310","begntime":"2024-06-01 09:00:00","ipt_otp_no":"1",
            "dept_code":"01","dept_name":"内科","caty":"A03"}}}}"#
        ),
    );
    let mdtrt_id = value(&registered, "mdtrt_id").to_owned();
    send(
        "2203",
        "K2",
        &format!(
            r#"{{"mdtrtinfo":{{"mdtrt_id":"{mdtrt_id}","psn_no":"50000000000002","med_type":"11",
            "begntime":"2024-06-01 09:00:00"}}}}"#
        ),
    );
    send(
        "2204",
        "K3",
        &format!(
            r#"{{"feedetail":[{{"feedetl_sn":"1","mdtrt_id":"{mdtrt_id}","psn_no":"50000000000002",
            "chrg_bchno":"1","fee_ocur_time":"2024-06-01 09:10:00","med_list_codg":"DEMO-YP-0001",
            "det_item_fee_sumamt":3000,"cnt":30,"pric":100,"hosp_appr_flag":"0"}}]}}"#
        ),
    );
    let settle = format!(
        r#"{{"data":{{{WHO},"med_type":"11","medfee_sumamt":3000,"psn_setlway":"01","mdtrt_id":"{mdtrt_id}",
        "chrg_bchno":"1","insutype":"310","acct_used_flag":"1"}}}}"#
    );
    (mdtrt_id, settle)
}

/// What a reply says under a field.
pub fn value<'a>(reply: &'a str, field: &str) -> &'a str {
    let (_, rest) = reply.split_once(&format!("\"{field}\":")).unwrap_or_else(|| panic!("{field} is not in {reply}"));
    rest.split([',', '}']).next().unwrap().trim_matches('"')
}
