//! Who pays the personal share (个人负担): accounts in their order, then cash.

use num_traits::Zero;
use toml::Value;

use crate::facts::texts;
use crate::package::Package;
use crate::table::Balances;
use crate::values::{Exact, smaller};

/// The components of the personal share, in the order in which they are served; in fen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Components {
    /// Deductibles (起付).
    pub borne: Exact,
    /// The own part of the rates (比例自付).
    pub share: Exact,
    /// What no limit let through (超限额).
    pub over: Exact,
    /// First-pay (先行自付).
    pub upfront: Exact,
    /// Above the ceilings (超限价).
    pub over_ceiling: Exact,
    /// Off-list (全自费).
    pub off_list: Exact,
}

impl Components {
    fn parts(&mut self) -> [(&'static str, &mut Exact); 6] {
        [
            ("borne", &mut self.borne),
            ("share", &mut self.share),
            ("over", &mut self.over),
            ("upfront", &mut self.upfront),
            ("over_ceiling", &mut self.over_ceiling),
            ("off_list", &mut self.off_list),
        ]
    }
}

/// Lets the accounts named by `[payer].after` pay in turn, each as far as it reaches.
///
/// Doubt: the form of `pays`. Chosen: a list for all of them, or a table of lists by account.
pub fn pay_from_accounts(package: &Package, components: &Components, balances: &mut Balances) -> Result<(), String> {
    let payer = package.root.get("payer");
    let after = match payer.and_then(|payer| payer.get("after")) {
        Some(after) => texts(after)?,
        None => vec!["account.current".into(), "account.prior".into()],
    };
    let pays = payer.and_then(|payer| payer.get("pays"));
    let mut left = components.clone();
    for account in after {
        let allowed = match pays {
            None => None,
            Some(Value::Table(by_account)) => {
                // A dotted key `pays.account.prior` reads as nested tables.
                let nested =
                    by_account.get("account").and_then(|accounts| accounts.get(account.trim_start_matches("account.")));
                by_account.get(&account).or(nested).map(texts).transpose()?
            }
            Some(list) => Some(texts(list)?),
        };
        let balance = balances.of(&account)?;
        for (name, part) in left.parts() {
            let allowed = allowed.as_ref().is_none_or(|allowed| allowed.iter().any(|component| component == name));
            if allowed && !part.is_zero() {
                let paid = smaller(balance, part);
                *balance -= &paid;
                *part -= paid;
            }
        }
    }
    Ok(())
}
