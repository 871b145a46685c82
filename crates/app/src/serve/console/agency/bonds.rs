//! Family mutual aid (家庭共济) and contributions out of an account (代缴) at the counter: what a member gave and received, asking,
//! confirming, limiting and ending a bond, paying a bill. Numbers of certificates come in and never go out whole;
//! what is refused is refused with the area's article.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use gongji_domain::{Fen, FundCode};
use gongji_register::bond::{By, Limits, Party, Relation};
use serde::Deserialize;

use super::super::{family, read};
use super::{Console, Problem, Sight, Who, json, sit};
use crate::agency::bond::{self, Told};
use crate::agency::premium;
use crate::his::errors::{Code, Fault};

/// A bond that is asked for at the counter.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asking {
    /// 被授权人
    name: String,
    certificate: String,
    relation: Relation,
    /// 承诺书编号
    pledge: String,
    #[serde(default)]
    limits: Limits,
    /// Who asks: `holder`, `beneficiary` or `officer`.
    who: String,
}

/// What is done with a bond, and by whom.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Acting {
    /// `holder`, `beneficiary` or `officer`.
    who: String,
    #[serde(default)]
    limits: Limits,
    /// The page's own number, so that setting twice is setting once.
    #[serde(default)]
    request: String,
}

/// A contribution that is to be paid out of the member's account.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Paying {
    purpose: String,
    /// For the relative of this bond; none for the holder.
    #[serde(default)]
    bond: Option<u64>,
    amount: Fen,
    /// 缴费单号
    bill: String,
    /// 收款地
    #[serde(default)]
    area: Option<String>,
    #[serde(default)]
    fund: Option<FundCode>,
    /// 备案的商业保险产品
    #[serde(default)]
    product: Option<String>,
}

/// The bonds that a member gave and received, and what was used.
pub(super) async fn list(
    State(console): State<Arc<Console>>,
    who: Who,
    Path(person): Path<String>,
) -> Result<Response, Problem> {
    let family = sit(&console, &who, move |sight| {
        sight.own(&person)?;
        Ok(family::of(sight.service, &sight.desk, &person)?)
    });
    Ok(json(&family.await?))
}

/// Asks for a bond out of a member's account.
pub(super) async fn ask(
    State(console): State<Arc<Console>>,
    who: Who,
    Path(person): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    let asking: Asking = read(&body)?;
    let told = sit(&console, &who, move |sight| {
        let member = sight.own(&person)?.member;
        let Asking { name, certificate, relation, pledge, limits, who } = asking;
        for (field, text) in [("name", &name), ("certificate", &certificate)] {
            if text.trim().is_empty() {
                return Err(Fault::at(Code::MissingField, field).into());
            }
        }
        let holder =
            Party { number: member.number, name: member.identity.name, certificate: member.identity.certificate };
        let beneficiary = Party {
            number: String::new(),
            name: name.trim().to_owned(),
            certificate: certificate.trim().to_uppercase(),
        };
        let by = by(sight, &who, &holder, &beneficiary)?;
        let asked = bond::Asked { holder, beneficiary, relation, pledge, limits, by };
        Ok(bond::request(&sight.desk, &sight.service.decider(), &asked)?.answer)
    });
    Ok(json(&told.await?))
}

/// Confirms a bond that the member gave, sets its limits, or ends it.
pub(super) async fn act(
    State(console): State<Arc<Console>>,
    who: Who,
    Path((person, number, act)): Path<(String, u64, String)>,
    body: Bytes,
) -> Result<Response, Problem> {
    let acting: Acting = read(&body)?;
    let told = sit(&console, &who, move |sight| {
        sight.own(&person)?;
        acted(sight, (&person, number), &act, &acting)
    });
    Ok(json(&told.await?))
}

fn acted(sight: &Sight<'_>, of: (&str, u64), act: &str, acting: &Acting) -> Result<Told, Problem> {
    let (desk, decider) = (&sight.desk, sight.service.decider());
    let [holder, beneficiary] = party(sight, of)?;
    let by = by(sight, &acting.who, &holder, &beneficiary)?;
    if act == "confirm" {
        check_confirms(sight, of, &acting.who)?;
    }
    let done = match act {
        "confirm" => bond::confirm(desk, &decider, of, &by)?,
        "limits" => bond::limit(desk, &decider, of, acting.limits, (&by, &acting.request))?,
        "unbind" => bond::unbind(desk, &decider, of, &by)?,
        _ => return Err(Fault::at(Code::InvalidValue, "act").given(act).allowed(" confirm、limits、unbind").into()),
    };
    Ok(done.answer)
}

/// Pays a contribution out of the member's account; the same bill is paid once.
pub(super) async fn pay(
    State(console): State<Arc<Console>>,
    who: Who,
    Path(person): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    let paying: Paying = read(&body)?;
    let told = sit(&console, &who, move |sight| {
        sight.own(&person)?;
        let Paying { purpose, bond, amount, bill, area, fund, product } = paying;
        let relative = bond.map(|number| party(sight, (&person, number))).transpose()?;
        let insured = relative.map(|[_, beneficiary]| beneficiary);
        let asked = premium::Asked { holder: person, purpose, insured, amount, bill, area, fund, product };
        Ok(premium::pay(&sight.desk, &sight.service.decider(), &asked)?.answer)
    });
    Ok(json(&told.await?))
}

/// Whoever asked does not confirm; said here without the number of anybody's certificate.
fn check_confirms(sight: &Sight<'_>, (person, number): (&str, u64), who: &str) -> Result<(), Problem> {
    let bonds = bond::list(&sight.desk, person)?;
    let awaited = bonds.given.iter().find(|bond| bond.number() == number).map_or(&[][..], family::confirms);
    if awaited.is_empty() || awaited.contains(&who) {
        return Ok(());
    }
    let may = awaited.iter().map(|who| family::acts(who)).collect::<Vec<_>>().join("或");
    let why = format!("{}：申请的人不能自己确认，须由{may}确认", Code::BondRefused.text());
    Err(Fault::spelled(Code::BondRefused.name(), why).field("who").into())
}

/// The two persons of a bond, the holder first.
fn party(sight: &Sight<'_>, (person, number): (&str, u64)) -> Result<[Party; 2], Problem> {
    let none = |_| Fault::at(Code::InvalidValue, "bond").given(number).allowed("授权人名下的共济关系编号");
    let bonds = bond::list(&sight.desk, person)?;
    let request = &bonds.bond(number).map_err(none)?.request;
    Ok([request.holder.clone(), request.beneficiary.clone()])
}

fn by(sight: &Sight<'_>, who: &str, holder: &Party, beneficiary: &Party) -> Result<By, Problem> {
    let by = bond::person(who, holder, beneficiary, sight.desk.by);
    let wrong = || Fault::at(Code::InvalidValue, "who").given(who).allowed(" holder、beneficiary、officer");
    Ok(by.ok_or_else(wrong)?)
}

#[cfg(test)]
mod tests;
