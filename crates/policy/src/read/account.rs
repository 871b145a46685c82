//! Reading what a package says of personal accounts, contributions and entitlement.

use super::benefit::Part;
use super::cites;
use super::table::{rounding, value_or_table};
use crate::fault::Fault;
use crate::fields::Fields;
use crate::model::{Package, Table, Word};
use crate::schema::{
    ACCOUNT, AMOUNTS_TABLE, CHOICES_TABLE, CONTRIBUTION, CREDITS_TABLE, ENTITLEMENT, Group, RATES_TABLE, SHARES_TABLE,
    SOURCES_TABLE, TERMS_TABLE,
};
use alloc::format;
use alloc::vec::Vec;

pub(super) fn read(fields: &Fields<'_>, package: &mut Package, faults: &mut Vec<Fault>) {
    if let Some(account) = fields.get("account").and_then(|node| Fields::of(node, &ACCOUNT, faults)) {
        let part = Part { of: "account", cite: cites(&account, faults) };
        package.account.employer_share = part.table(&account, "employer_share", &RATES_TABLE, faults);
        package.account.credit = part.table(&account, "credit", &CREDITS_TABLE, faults);
        package.account.credit_from = part.table(&account, "credit_from", &SOURCES_TABLE, faults);
        package.account.before = part.table(&account, "before", &CREDITS_TABLE, faults);
        package.account.uses = part.table(&account, "use", &CHOICES_TABLE, faults);
        account.finish(faults);
    }
    if let Some(contribution) = fields.get("contribution").and_then(|node| Fields::of(node, &CONTRIBUTION, faults)) {
        let cite = cites(&contribution, faults);
        let tables = [
            ("total", &SHARES_TABLE),
            ("own", &SHARES_TABLE),
            ("pooled", &SHARES_TABLE),
            ("floor", &AMOUNTS_TABLE),
            ("ceiling", &AMOUNTS_TABLE),
        ];
        package.contribution = each("contribution", &contribution, tables, &cite, faults);
        package.contribution_rounding = contribution.get("round").and_then(|node| rounding(node, faults));
        contribution.finish(faults);
    }
    if let Some(entitlement) = fields.get("entitlement").and_then(|node| Fields::of(node, &ENTITLEMENT, faults)) {
        let cite = cites(&entitlement, faults);
        let names = ["waiting", "gap", "grace", "back_pay", "back_pay_within", "begins", "inpatient_excludes"];
        let tables = names.map(|name| (name, &TERMS_TABLE));
        package.entitlement = each("entitlement", &entitlement, tables, &cite, faults);
        entitlement.finish(faults);
    }
}

/// The tables (or lone values) that are written under a name.
fn each<const N: usize>(
    of: &str,
    fields: &Fields<'_>,
    tables: [(&'static str, &'static Group); N],
    cite: &[Word],
    faults: &mut Vec<Fault>,
) -> Vec<Table> {
    let mut read = Vec::new();
    for (name, group) in tables {
        let Some(node) = fields.get(name) else { continue };
        read.extend(value_or_table(node, format!("{of}.{name}"), group, cite, faults));
    }
    read
}
