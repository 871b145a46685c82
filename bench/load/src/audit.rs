//! What each account must hold in the end: what it held before, less what every acknowledged
//! settlement took and every cancellation gave back. In fen, read from the text of the numbers.

use crate::hospital::Hospital;
use crate::line::Line;
use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use std::collections::HashMap;
use tokio::sync::Mutex;

pub struct Audit {
    held: Mutex<HashMap<String, i64>>,
}

impl Audit {
    /// Asks what the accounts hold before the run.
    pub async fn begin(line: &Line, members: &[Hospital]) -> Result<Self> {
        Ok(Self { held: Mutex::new(balances(line, members).await?) })
    }

    /// Takes what a settlement's answer says the account paid.
    pub async fn paid(&self, psn_no: &str, info: &Value) {
        let paid = fen(&info["acct_pay"]).unwrap_or(0);
        *self.held.lock().await.entry(psn_no.to_owned()).or_default() -= paid;
    }

    /// Compares with what the accounts hold now.
    pub async fn end(&self, line: &Line, members: &[Hospital]) -> Result<()> {
        let (expected, found) = (self.held.lock().await, balances(line, members).await?);
        for (psn_no, held) in expected.iter() {
            let now = found.get(psn_no).copied().unwrap_or(0);
            if now != *held {
                bail!("account of {psn_no}: {now} fen, and the acknowledged settlements leave {held}");
            }
        }
        println!("audit: {} accounts hold exactly what the acknowledged settlements left", expected.len());
        Ok(())
    }
}

async fn balances(line: &Line, members: &[Hospital]) -> Result<HashMap<String, i64>> {
    let mut balances = HashMap::new();
    for member in members {
        let reply = line.send("1101", member, &member.question()).await?;
        let balance = fen(&reply["output"]["insuinfo"][0]["balc"]);
        balances.insert(member.psn_no.clone(), balance.with_context(|| format!("no balance in {reply}"))?);
    }
    Ok(balances)
}

/// An amount in yuan as whole fen.
fn fen(amount: &Value) -> Option<i64> {
    let text = amount.to_string();
    let text = text.trim_matches('"');
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (yuan, part) = digits.split_once('.').unwrap_or((digits, ""));
    let yuan: i64 = yuan.parse().ok()?;
    let part: i64 = format!("{part:0<2}").get(..2)?.parse().ok()?;
    Some(sign * (yuan * 100 + part))
}
