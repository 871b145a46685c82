//! What figures must keep to before anything is drawn from them.

use super::{Act, Preset};
use alloc::format;
use alloc::string::String;
use gongji_domain::Day;

/// How far shares may miss their sum.
const SLACK: f64 = 1e-6;

type Checked = Result<(), String>;

pub(super) fn check(preset: &Preset) -> Checked {
    if !(1..=100_000_000).contains(&preset.persons) {
        return Err(format!("persons = {}：应在 1 至 100000000 之间", preset.persons));
    }
    shares(preset)?;
    within(preset)?;
    let lower = &preset.ages.lower.value;
    if !lower.is_sorted_by(|a, b| a < b) || preset.ages.oldest.value <= lower[lower.len() - 1] {
        return Err("ages.lower：应逐段增大，并小于 ages.oldest".into());
    }
    let diseases = &preset.diseases;
    let count = diseases.names.value.len();
    if count == 0 || count > 16 {
        return Err(format!("diseases.names：有 {count} 种，应为 1 至 16 种"));
    }
    for (name, list) in
        [("mix", &diseases.mix), ("visit_factor", &diseases.visit_factor), ("cost_factor", &diseases.cost_factor)]
    {
        if list.value.len() != count {
            return Err(format!("diseases.{name}：有 {} 个，应与 diseases.names 同为 {count} 个", list.value.len()));
        }
    }
    for day in &preset.calendar.festivals.value {
        day.parse::<Day>().map_err(|error| format!("calendar.festivals {day}：{error}"))?;
    }
    offences(preset)?;
    let institutions = preset.institutions.count.value.iter().chain([&preset.institutions.pharmacies.value]);
    if institutions.into_iter().any(|count| *count == 0) {
        return Err("institutions：至少各有 1 个".into());
    }
    Ok(())
}

/// Kinds of violation.
fn offences(preset: &Preset) -> Checked {
    let kinds = &preset.violations.kinds.value;
    let sum: f64 = kinds.iter().map(|kind| kind.share).sum();
    if !(1.0 - SLACK..=1.0 + SLACK).contains(&sum) || kinds.iter().any(|kind| !(0.0..=1.0).contains(&kind.share)) {
        return Err(format!("violations.kinds：share 应在 0 至 1 之间、合计为 1，现合计 {sum}"));
    }
    for (place, kind) in kinds.iter().enumerate() {
        if kind.used.is_empty() {
            return Err(format!("violations.kinds 第 {} 项 used：至少有一种", place + 1));
        }
        let most = if kind.act == Act::Add { 10.0 } else { 1.0 };
        if !(0.0..=most).contains(&kind.extent) {
            return Err(format!(
                "violations.kinds 第 {} 项 extent = {}：应在 0 至 {most} 之间",
                place + 1,
                kind.extent
            ));
        }
    }
    let sum: f64 = preset.violations.institutions.value.iter().sum();
    if sum > 1.0 { Err(format!("violations.institutions：合计不应大于 1，现合计 {sum}")) } else { Ok(()) }
}

/// Shares of a whole.
fn shares(p: &Preset) -> Checked {
    let wholes: [(&str, &[f64]); 13] = [
        ("ages.active", &p.ages.active.value),
        ("ages.retired", &p.ages.retired.value),
        ("people.employment_active", &p.people.employment_active.value),
        ("people.employment_retired", &p.people.employment_retired.value),
        ("income.flexible_shares", &p.income.flexible_shares.value),
        ("visits.level", &p.visits.level.value),
        ("diseases.mix", &p.diseases.mix.value),
        ("pharmacy.means", &p.pharmacy.means.value),
        ("admissions.level", &p.admissions.level.value),
        ("relatives.kin", &p.relatives.kin.value[0]),
        ("relatives.kin", &p.relatives.kin.value[1]),
        ("lines.hospital", &p.lines.hospital.value),
        ("lines.primary", &p.lines.primary.value),
    ];
    for (name, values) in wholes {
        let sum: f64 = values.iter().sum();
        if values.iter().any(|share| !(0.0..=1.0).contains(share)) || !(1.0 - SLACK..=1.0 + SLACK).contains(&sum) {
            return Err(format!("{name}：各占比应在 0 至 1 之间、合计为 1，现合计 {sum}"));
        }
    }
    Ok(())
}

/// Numbers between bounds.
fn within(p: &Preset) -> Checked {
    let share = (0.0, 1.0);
    let open = (1e-9, 1.0 - 1e-9);
    let factor = (0.0, 100.0);
    let positive = (1e-6, 1e9);
    let spread = (0.0, 3.0);
    let shape = (0.05, 100.0);
    let numbers: &[(&str, &[f64], (f64, f64))] = &[
        ("people.retired", &[p.people.retired.value], share),
        ("people.male", &p.people.male.value, share),
        ("people.without_account", &p.people.without_account.value, share),
        ("income.average_wage", &[p.income.average_wage.value], positive),
        ("income.wage_ratio", &[p.income.wage_ratio.value], positive),
        ("income.wage_sigma", &[p.income.wage_sigma.value], spread),
        ("income.floor", &[p.income.floor.value], (0.0, p.income.ceiling.value)),
        ("income.ceiling", &[p.income.ceiling.value], positive),
        ("income.flexible_tiers", &p.income.flexible_tiers.value, factor),
        ("income.pension", &[p.income.pension.value], positive),
        ("income.pension_sigma", &[p.income.pension_sigma.value], spread),
        ("income.balance", &[p.income.balance.value], positive),
        ("income.balance_sigma", &[p.income.balance_sigma.value], spread),
        ("visits.mean_by_age", &p.visits.mean_by_age.value, (0.0, 200.0)),
        ("visits.sex", &p.visits.sex.value, factor),
        ("visits.shape_by_age", &p.visits.shape_by_age.value, shape),
        ("visits.preference", &[p.visits.preference.value], positive),
        ("visits.usual_place", &[p.visits.usual_place.value], share),
        ("visits.year_to_year", &[p.visits.year_to_year.value], share),
        ("cost.mean", &p.cost.mean.value, positive),
        ("cost.sigma", &p.cost.sigma.value, (p.cost.person_sigma.value, 3.0)),
        ("cost.person_sigma", &[p.cost.person_sigma.value], spread),
        ("cost.smallest", &[p.cost.smallest.value], (0.01, p.cost.largest.value)),
        ("cost.largest", &[p.cost.largest.value], positive),
        ("diseases.diagnosed_hypertension", &p.diseases.diagnosed_hypertension.value, share),
        ("diseases.diagnosed_diabetes", &p.diseases.diagnosed_diabetes.value, share),
        ("diseases.more_visits", &p.diseases.more_visits.value, factor),
        ("diseases.enrolled", &p.diseases.enrolled.value, share),
        ("diseases.visit_factor", &p.diseases.visit_factor.value, factor),
        ("diseases.cost_factor", &p.diseases.cost_factor.value, factor),
        ("diseases.visits", &[p.diseases.visits.value], (0.0, 200.0)),
        ("diseases.visits_shape", &[p.diseases.visits_shape.value], shape),
        ("diseases.cost", &[p.diseases.cost.value], positive),
        ("diseases.cost_sigma", &[p.diseases.cost_sigma.value], spread),
        ("pharmacy.purchases", &p.pharmacy.purchases.value, (0.0, 200.0)),
        ("pharmacy.shape", &[p.pharmacy.shape.value], shape),
        ("pharmacy.cost", &[p.pharmacy.cost.value], positive),
        ("pharmacy.cost_sigma", &[p.pharmacy.cost_sigma.value], spread),
        ("pharmacy.off_list", &[p.pharmacy.off_list.value], (0.0, 1.0 - p.pharmacy.upfront.value)),
        ("pharmacy.upfront", &[p.pharmacy.upfront.value], share),
        ("admissions.rate", &p.admissions.rate.value, (0.0, 50.0)),
        ("admissions.shape", &[p.admissions.shape.value], shape),
        ("admissions.cost", &p.admissions.cost.value, positive),
        ("admissions.cost_sigma", &[p.admissions.cost_sigma.value], spread),
        ("admissions.cost_level", &p.admissions.cost_level.value, positive),
        ("admissions.largest", &[p.admissions.largest.value], positive),
        ("relatives.sharing", &p.relatives.sharing.value, share),
        ("relatives.uses", &p.relatives.uses.value, (0.0, 200.0)),
        ("relatives.shape", &[p.relatives.shape.value], shape),
        ("relatives.cost", &[p.relatives.cost.value], positive),
        ("relatives.cost_sigma", &[p.relatives.cost_sigma.value], spread),
        ("relatives.pharmacy", &[p.relatives.pharmacy.value], share),
        ("scope.off_list", &p.scope.off_list.value, open),
        ("scope.upfront", &p.scope.upfront.value, open),
        ("scope.concentration", &[p.scope.concentration.value], (0.1, 1000.0)),
        ("away.outpatient", &[p.away.outpatient.value], share),
        ("away.outpatient_cost", &[p.away.outpatient_cost.value], factor),
        ("away.admission", &[p.away.admission.value], share),
        ("away.admission_cost", &[p.away.admission_cost.value], factor),
        ("away.nation", &[p.away.nation.value], share),
        ("calendar.weekday", &p.calendar.weekday.value, positive),
        ("calendar.weekday_pharmacy", &p.calendar.weekday_pharmacy.value, positive),
        ("calendar.month", &p.calendar.month.value, positive),
        ("calendar.december", &[p.calendar.december.value], positive),
        ("calendar.festival", &[p.calendar.festival.value], (0.0, 100.0)),
        ("calendar.hour", &p.calendar.hour.value, (0.0, 1e9)),
        ("calendar.hour_pharmacy", &p.calendar.hour_pharmacy.value, (0.0, 1e9)),
        ("lines.concentration", &[p.lines.concentration.value], (1.0, 1000.0)),
        ("before.visits", &[p.before.visits.value], factor),
        ("before.cost", &[p.before.cost.value], factor),
        ("violations.fund_share", &[p.violations.fund_share.value], (0.0, 0.2)),
        ("violations.fund_paid", &p.violations.fund_paid.value, share),
        ("violations.institutions", &p.violations.institutions.value, share),
        ("violations.weights", &p.violations.weights.value, (0.0, 1000.0)),
        ("before.pharmacy_cost", &[p.before.pharmacy_cost.value], factor),
    ];
    for (name, values, (least, most)) in numbers {
        if let Some(value) = values.iter().find(|value| !(*least..=*most).contains(*value)) {
            return Err(format!("{name} = {value}：应在 {least} 至 {most} 之间"));
        }
    }
    Ok(())
}
