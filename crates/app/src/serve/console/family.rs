//! Family mutual aid (家庭共济) of one member as pages show it, to the member and to officers: bonds given and received, and what
//! was used. Certificates are hidden.

use gongji_register::bond::{Bond, Bonds, By, Received};
use serde_json::{Value, json};

use super::institution_name;
use crate::agency::bond;
use crate::his::Service;
use crate::his::desk::Desk;
use crate::his::errors::Fault;
use crate::his::member::masked;
use crate::his::uses::Use;

/// Of a person.
///
/// # Errors
/// When there is no such member, or the store does not answer.
pub(super) fn of(service: &Service, desk: &Desk<'_>, person: &str) -> Result<Value, Fault> {
    let bonds = bond::list(desk, person)?;
    let uses = bond::used(desk, &service.kept(), person)?;
    let year = desk.now.day.ymd().0;
    let given: Vec<Value> = bonds.given.iter().map(|bond| given(bond, year)).collect();
    let received: Vec<Value> = bonds.received.iter().map(received).collect();
    let uses: Vec<Value> = uses.iter().rev().map(|of| used(service, &bonds, of)).collect();
    Ok(json!({ "given": given, "received": received, "uses": uses, "year": year }))
}

fn given(bond: &Bond, year: i32) -> Value {
    let request = &bond.request;
    json!({ "number": bond.number(), "state": bond.state(), "relation": request.relation,
        "relation_name": request.relation.name(), "name": request.beneficiary.name,
        "certificate": masked(&request.beneficiary.certificate), "member": !request.beneficiary.number.is_empty(),
        "pledge": request.pledge, "on": request.on, "confirmed_on": bond.confirmed_on, "unbound_on": bond.unbound_on,
        "confirms": confirms(bond), "limits": request.limits, "used": bond.used_in(year),
        "used_in_all": bond.used_in_all() })
}

/// Whose confirmation is awaited: never that of who asked.
pub(super) fn confirms(bond: &Bond) -> &'static [&'static str] {
    let asked_by_holder = bond.request.by == By::Person(bond.request.holder.certificate.clone());
    match bond.confirmed_on.or(bond.unbound_on) {
        Some(_) => &[],
        None if asked_by_holder => &["beneficiary", "officer"],
        None => &["holder"],
    }
}

/// Who acts, in words.
pub(super) fn acts(who: &str) -> &'static str {
    match who {
        "holder" => "授权人",
        "beneficiary" => "被授权人",
        _ => "经办人",
    }
}

fn received(bond: &Received) -> Value {
    json!({ "number": bond.number, "state": bond.state, "relation": bond.relation,
        "relation_name": bond.relation.name(), "name": bond.name })
}

fn used(service: &Service, bonds: &Bonds, used: &Use) -> Value {
    let of = |bond: &&Bond| {
        let beneficiary = &bond.request.beneficiary;
        [&beneficiary.number, &beneficiary.certificate].contains(&&used.patient)
    };
    let name = bonds.given.iter().find(of).map_or("本人", |bond| bond.request.beneficiary.name.as_str());
    json!({ "day": used.on, "recorded": used.recorded, "purpose": used.purpose.name(), "bond": used.bond,
        "name": name, "document": used.document, "at": institution_name(service, &used.at), "amount": used.amount })
}
