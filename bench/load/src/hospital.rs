//! A member of the demo at a hospital of the same area, and the inputs that the hospital sends.

use anyhow::{Context as _, Result};

pub struct Hospital {
    pub institution: String,
    pub area: String,
    pub psn_no: String,
    certno: String,
}

/// Every demo member who is insured, and of a kind that is settled (在职, 退休), at the first hospital of the
/// own area.
pub fn demo() -> Result<Vec<Hospital>> {
    let members = list(include_str!("../../../crates/app/demo/members.toml"), "member")?;
    let institutions = list(include_str!("../../../crates/app/demo/institutions.toml"), "institution")?;
    let told = |of: &toml::Value, key: &str| of.get(key).and_then(|value| value.as_str()).map(str::to_owned);
    let hospital = |member: &toml::Value| {
        let area = told(member, "area")?;
        let here = |of: &&toml::Value| {
            told(of, "area").as_ref() == Some(&area) && told(of, "fixmedins_type").as_deref() == Some("1")
        };
        let institution = told(institutions.iter().find(here)?, "code")?;
        Some(Hospital { institution, psn_no: told(member, "psn_no")?, certno: told(member, "certno")?, area })
    };
    let settled = |member: &&toml::Value| {
        let types = member.get("psn_types").and_then(|types| types.as_array()).into_iter().flatten();
        types.filter_map(|from| told(from, "psn_type")).all(|kind| kind.starts_with("11") || kind.starts_with("12"))
    };
    let insured = members.iter().filter(|member| member.get("paused_from").is_none()).filter(settled);
    Ok(insured.filter_map(hospital).collect())
}

fn list(text: &str, name: &str) -> Result<Vec<toml::Value>> {
    let table: toml::Table = text.parse().context("the demo's data")?;
    Ok(table.get(name).and_then(|list| list.as_array()).context("a list of members or institutions")?.clone())
}

impl Hospital {
    fn shown(&self) -> String {
        let Self { psn_no, certno, .. } = self;
        format!(r#""psn_no":"{psn_no}","mdtrt_cert_type":"02","mdtrt_cert_no":"{certno}""#)
    }

    /// 1101: who is it, and what does the account hold?
    pub fn question(&self) -> String {
        format!(r#"{{"data":{{"mdtrt_cert_type":"02","mdtrt_cert_no":"{}"}}}}"#, self.certno)
    }

    /// 2201.
    pub fn registration(&self, number: u64) -> String {
        format!(
            r#"{{"data":{{{},"insutype":"310","begntime":"2026-02-10 09:00:00","ipt_otp_no":"L{number}",
            "dept_code":"01","dept_name":"内科","caty":"A03"}}}}"#,
            self.shown()
        )
    }

    /// 2203.
    pub fn description(&self, mdtrt_id: &str) -> String {
        format!(
            r#"{{"mdtrtinfo":{{"mdtrt_id":"{mdtrt_id}","psn_no":"{}","med_type":"11","begntime":"2026-02-10 09:00:00"}},
            "diseinfo":[{{"diag_type":"1","diag_srt_no":1,"diag_code":"J00","diag_name":"感冒","diag_dept":"01",
            "dise_dor_no":"D1","dise_dor_name":"医师","diag_time":"2026-02-10 09:05:00","vali_flag":"1"}}]}}"#,
            self.psn_no
        )
    }

    /// 2204: three lines, of which the first is the whole price but one yuan each.
    pub fn charges(&self, mdtrt_id: &str, yuan: u64) -> String {
        let line = |number: u32, item: &str, price: u64| {
            format!(
                r#"{{"feedetl_sn":"{number}","mdtrt_id":"{mdtrt_id}","psn_no":"{}","chrg_bchno":"1",
                "fee_ocur_time":"2026-02-10 09:10:00","med_list_codg":"{item}","cnt":1,"pric":{price},
                "det_item_fee_sumamt":{price},"hosp_appr_flag":"0"}}"#,
                self.psn_no
            )
        };
        let lines = [line(1, "DEMO-YP-0001", yuan - 2), line(2, "DEMO-YP-0002", 1), line(3, "DEMO-YP-0001", 1)];
        format!(r#"{{"feedetail":[{}]}}"#, lines.join(","))
    }

    /// 2206 and 2207.
    pub fn bill(&self, mdtrt_id: &str, yuan: u64) -> String {
        format!(
            r#"{{"data":{{{},"med_type":"11","medfee_sumamt":{yuan},"psn_setlway":"01","mdtrt_id":"{mdtrt_id}",
            "chrg_bchno":"1","insutype":"310","acct_used_flag":"1"}}}}"#,
            self.shown()
        )
    }

    /// 2208.
    pub fn cancellation(&self, mdtrt_id: &str, setl_id: &str) -> String {
        format!(r#"{{"data":{{"setl_id":"{setl_id}","mdtrt_id":"{mdtrt_id}","psn_no":"{}"}}}}"#, self.psn_no)
    }
}
