//! The demo's visit that is tried: registered, told, charged; and its 2206 as bytes.

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use tokio::net::TcpStream;

use crate::client;

pub const PATH: &str = "/fsi/api/rsfComIfsService/callService";

const SHOWN: &str = r#""psn_no":"50000000000002","mdtrt_cert_type":"02","mdtrt_cert_no":"990000198605011040""#;

fn message(infno: &str, input: &str) -> String {
    format!(
        r#"{{"infno":"{infno}","msgid":"H5000000000120260301080000{infno}","mdtrtarea_admvs":"500000","insuplc_admdvs":"500000","recer_sys_code":"99","dev_no":"","dev_safe_info":"","cainfo":"","signtype":"","infver":"1.0.0","opter_type":"1","opter":"D01","opter_name":"收费员","inf_time":"2026-03-01 08:00:00","fixmedins_code":"H50000000001","fixmedins_name":"演示重庆三甲医院","sign_no":"","input":{input}}}"#
    )
}

/// Makes the visit; the message that tries to settle it.
pub async fn prepare(address: &str, lines: usize) -> Result<Vec<u8>> {
    let mut stream = TcpStream::connect(address).await?;
    let registered = format!(
        r#"{{"data":{{{SHOWN},"insutype":"310","begntime":"2026-02-10 09:00:00","ipt_otp_no":"MZ1","atddr_no":"D1","dr_name":"医","dept_code":"01","dept_name":"内科","caty":"A03"}}}}"#
    );
    let reply = send(&mut stream, "2201", &registered).await?;
    let visit = reply["output"]["data"]["mdtrt_id"].as_str().context("no visit")?.to_owned();
    let told = format!(
        r#"{{"mdtrtinfo":{{"mdtrt_id":"{visit}","psn_no":"50000000000002","med_type":"11","begntime":"2026-02-10 09:00:00"}},"diseinfo":[{{"diag_type":"1","diag_srt_no":1,"diag_code":"J00","diag_name":"感冒","diag_dept":"01","dise_dor_no":"D1","dise_dor_name":"医","diag_time":"2026-02-10 09:00:00","vali_flag":"1"}}]}}"#
    );
    send(&mut stream, "2203", &told).await?;
    let line = |number: usize| {
        format!(
            r#"{{"feedetl_sn":"{number}","mdtrt_id":"{visit}","psn_no":"50000000000002","chrg_bchno":"B1","rx_circ_flag":"0","fee_ocur_time":"2026-02-10 09:10:00","med_list_codg":"DEMO-YP-0001","medins_list_codg":"Y1","det_item_fee_sumamt":100,"cnt":1,"pric":100,"bilg_dept_codg":"01","bilg_dept_name":"内科","hosp_appr_flag":"0"}}"#
        )
    };
    let rows: Vec<String> = (1..=lines).map(line).collect();
    send(&mut stream, "2204", &format!(r#"{{"feedetail":[{}]}}"#, rows.join(","))).await?;
    let total = lines * 100;
    let trial = format!(
        r#"{{"data":{{{SHOWN},"card_sn":"","psn_cert_type":"01","certno":"990000198605011040","psn_type":"11","psn_name":"演示乙","med_type":"11","medfee_sumamt":{total},"psn_setlway":"01","mdtrt_id":"{visit}","chrg_bchno":"B1","insutype":"310","acct_used_flag":"1","fulamt_ownpay_amt":0,"overlmt_selfpay":0,"preselfpay_amt":0,"inscp_scp_amt":{total}}}}}"#
    );
    send(&mut stream, "2206", &trial).await?;
    Ok(message("2206", &trial).into_bytes())
}

async fn send(stream: &mut TcpStream, infno: &str, input: &str) -> Result<Value> {
    use tokio::io::AsyncWriteExt as _;
    stream.write_all(&client::request(PATH, message(infno, input).as_bytes())).await?;
    let mut held = Vec::new();
    let reply: Value = serde_json::from_slice(client::answer(stream, &mut held).await?)?;
    if reply["infcode"] != 0 {
        bail!("{infno} was refused: {reply}");
    }
    Ok(reply)
}
