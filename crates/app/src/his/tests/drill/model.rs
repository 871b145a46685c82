//! What each settlement must come to, worked out by hand from the double's rules and nothing of the service:
//! 200 deductible a year, then 60 % up to 3000 a year, the rest from the account as far as it goes; at a pharmacy
//! without a prescription all from the account.

use std::collections::BTreeMap;

/// One member, in fen.
#[derive(Clone, Debug)]
pub(super) struct Member {
    borne: i64,
    paid: i64,
    pub account: i64,
}

/// What a settlement came to, in fen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Amounts {
    borne: i64,
    pub fund: i64,
    pub account: i64,
    pub cash: i64,
}

/// All members, what stands, and what institutions are owed.
#[derive(Default)]
pub(super) struct Model {
    pub members: BTreeMap<String, Member>,
    /// The standing settlement of a visit's batch: its number, member, institution and amounts.
    standing: BTreeMap<(String, String), Standing>,
}

#[derive(Clone)]
struct Standing {
    setl_id: String,
    member: String,
    institution: String,
    amounts: Amounts,
}

impl Model {
    pub(super) fn open(&mut self, member: &str, account: i64) {
        self.members.insert(member.to_owned(), Member { borne: 0, paid: 0, account });
    }

    /// Settles a batch of a visit that costs so much, all of it covered.
    pub(super) fn settle(
        &mut self,
        (visit, batch): (&str, &str),
        (member, institution): (&str, &str),
        setl_id: &str,
        total: i64,
    ) -> Result<Amounts, String> {
        let key = (visit.to_owned(), batch.to_owned());
        if let Some(standing) = self.standing.get(&key) {
            return Err(format!("batch {key:?} is settled twice: by {} and by {setl_id}", standing.setl_id));
        }
        let who = self.members.get_mut(member).ok_or_else(|| format!("{member} has no account"))?;
        let borne = total.min(20_000 - who.borne);
        let fund = (((total - borne) * 60 + 50) / 100).min(300_000 - who.paid);
        self.pay(key, (member, institution), setl_id, [total, borne, fund])
    }

    /// Buys at a pharmacy: the account pays as far as it goes.
    pub(super) fn buy(&mut self, at: (&str, &str), setl_id: &str, total: i64) -> Result<Amounts, String> {
        self.pay((setl_id.to_owned(), String::new()), at, setl_id, [total, 0, 0])
    }

    fn pay(
        &mut self,
        key: (String, String),
        (member, institution): (&str, &str),
        setl_id: &str,
        [total, borne, fund]: [i64; 3],
    ) -> Result<Amounts, String> {
        let who = self.members.get_mut(member).ok_or_else(|| format!("{member} has no account"))?;
        let account = (total - fund).min(who.account);
        let amounts = Amounts { borne, fund, account, cash: total - fund - account };
        (who.borne, who.paid, who.account) = (who.borne + borne, who.paid + fund, who.account - account);
        let standing = Standing {
            setl_id: setl_id.to_owned(),
            member: member.to_owned(),
            institution: institution.to_owned(),
            amounts,
        };
        self.standing.insert(key, standing);
        Ok(amounts)
    }

    /// Takes a settlement back.
    pub(super) fn cancel(&mut self, setl_id: &str) -> Result<Amounts, String> {
        let found = self.standing.iter().find(|(_, standing)| standing.setl_id == setl_id);
        let (key, standing) = found.ok_or_else(|| format!("{setl_id} is cancelled but does not stand"))?;
        let (key, standing) = (key.clone(), standing.clone());
        self.standing.remove(&key);
        let who = self.members.get_mut(&standing.member).ok_or("a member without account")?;
        let amounts = standing.amounts;
        who.borne -= amounts.borne;
        who.paid -= amounts.fund;
        who.account += amounts.account;
        Ok(amounts)
    }

    /// Whether a settlement stands.
    pub(super) fn stands(&self, setl_id: &str) -> bool {
        self.standing.values().any(|standing| standing.setl_id == setl_id)
    }

    /// What the fund has paid for what stands.
    pub(super) fn fund(&self) -> i64 {
        self.standing.values().map(|standing| standing.amounts.fund).sum()
    }

    /// What an institution is owed for what stands.
    pub(super) fn owed(&self, institution: &str) -> i64 {
        let of = self.standing.values().filter(|standing| standing.institution == institution);
        of.map(|standing| standing.amounts.fund + standing.amounts.account).sum()
    }
}
