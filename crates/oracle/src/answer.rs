//! A whole quote case (试算) and its answer in the national field names, without steps.

use jiff::civil::Date;
use serde_json::{Map, Value as Json, json};

use crate::benefit::Failure;
use crate::case::Encounter;
use crate::package::Package;
use crate::relation::{Doubtful, fill};
use crate::settle::{Decision, Oracle, Settlement, Used};
use crate::values::{Exact, date, money, money_text, zero};

/// A settlement of the case that is cancelled before another encounter is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancellation {
    /// The place of the encounter before which it happens; the number of encounters for "at the
    /// end".
    pub before: usize,
    /// The place of the encounter whose settlement is cancelled.
    pub encounter: usize,
}

/// The national settlement fields of funds.
pub const FUND_FIELDS: [&str; 8] =
    ["hifp_pay", "cvlserv_pay", "hifes_pay", "hifmi_pay", "hifob_pay", "maf_pay", "hifdm_pay", "oth_pay"];

/// The national field that shows what a fund paid.
pub fn fund_field(fund: &str) -> &'static str {
    match fund {
        "310100" | "310102" => "hifp_pay",
        "320100" | "320200" => "cvlserv_pay",
        "370100" => "hifes_pay",
        "390200" => "hifmi_pay",
        "310300" | "330100" | "330200" => "hifob_pay",
        "610100" => "maf_pay",
        "350100" => "hifdm_pay",
        _ => "oth_pay",
    }
}

/// The answer to a quote case.
pub fn answer(packages: &[Package], case: &Json, known_on: Option<&str>) -> Json {
    answer_with_cancellations(packages, case, known_on, &[])
}

/// The answer to a quote case some of whose settlements are cancelled on the way.
pub fn answer_with_cancellations(
    packages: &[Package],
    case: &Json,
    known_on: Option<&str>,
    cancellations: &[Cancellation],
) -> Json {
    let id = case.get("id").cloned().unwrap_or(Json::Null);
    match settlements(packages, case, known_on, cancellations) {
        Ok(settlements) => json!({ "id": id, "settlements": settlements }),
        Err(Trouble { code, field, words }) => {
            let mut error = Map::new();
            error.insert("code".into(), code.into());
            if let Some(field) = field {
                error.insert("field".into(), field.into());
            }
            if let Some(words) = words {
                error.insert("message".into(), words.into());
            }
            json!({ "id": id, "error": error })
        }
    }
}

struct Trouble {
    code: &'static str,
    field: Option<String>,
    words: Option<String>,
}

impl From<String> for Trouble {
    fn from(words: String) -> Self {
        Self { code: "oracle_fault", field: None, words: Some(words) }
    }
}

fn at_encounter(failure: Failure, place: usize) -> Trouble {
    let code = match failure {
        Failure::ParametersOpen => "parameters_open",
        Failure::PriorBenefitsExceed => "prior_benefits_exceed",
        Failure::Package(fault) => return fault.words().to_string().into(),
    };
    Trouble { code, field: Some(format!("encounters[{place}].prior_benefits")), words: None }
}

/// The package of an area on a day, overlays laid over it.
fn package_for(packages: &[Package], area: &str) -> Result<Option<Package>, String> {
    let mut found: Option<Package> =
        packages.iter().rfind(|package| package.area == area && package.extends.is_none()).cloned();
    for overlay in packages {
        if overlay.extends.as_deref() == Some(area)
            && let Some(base) = &found
        {
            found = Some(base.overlaid(overlay)?);
        }
    }
    Ok(found)
}

fn settlements(
    packages: &[Package],
    case: &Json,
    known_on: Option<&str>,
    cancellations: &[Cancellation],
) -> Result<Vec<Json>, Trouble> {
    let known_on: Option<Date> = known_on.map(date).transpose()?;
    let empty = Json::Null;
    let member = case.get("member").unwrap_or(&empty);
    let area = case.get("pooling_area").and_then(Json::as_str).unwrap_or_default();
    let encounters: Vec<Encounter> = case
        .get("encounters")
        .and_then(Json::as_array)
        .into_iter()
        .flatten()
        .map(|encounter| Encounter::read(encounter, member))
        .collect::<Result<_, _>>()?;
    let amount =
        |key: &str| -> Result<Exact, String> { member.get(key).and_then(Json::as_str).map_or(Ok(zero()), money) };
    let whole_balance = amount("account_balance")?;
    let prior = amount("account_prior_years")?;
    let mut oracle = Oracle::new(whole_balance - &prior, prior);
    let Some(package) = package_for(packages, area)? else {
        return Ok(encounters.iter().map(|encounter| refused(&encounter.id, "no_policy_for_area")).collect());
    };
    if let (Some(used), Some(first)) = (member.get("used"), encounters.first()) {
        oracle.note_used(&package, first, &read_used(used)?).map_err(|failure| at_encounter(failure, 0))?;
    }
    let mut answers = Vec::new();
    let mut numbers: Vec<Option<u64>> = Vec::new();
    for (place, encounter) in encounters.iter().enumerate() {
        cancel_before(&mut oracle, &numbers, cancellations, place);
        let standing = standing(&encounters, &numbers, cancellations);
        let mut related = encounter.clone();
        if package.holds_on(encounter.date) {
            fill(&package, member, &standing, &mut related).map_err(|doubt| doubtful(doubt, place))?;
        }
        let decision = match oracle.settle(&package, &related, known_on) {
            // Doubt: values of which nothing was known on the day of knowledge. Chosen: there was
            // no policy then.
            Err(Failure::Package(crate::table::Fault::Gap(_))) if known_on.is_some() => {
                Decision::Refused("no_policy_for_date".into())
            }
            other => other.map_err(|failure| at_encounter(failure, place))?,
        };
        match decision {
            Decision::Refused(code) => {
                numbers.push(None);
                answers.push(refused(&encounter.id, &code));
            }
            Decision::Settled(settlement) => {
                numbers.push(Some(settlement.number));
                answers.push(settled(&encounter.id, &settlement));
            }
        }
    }
    cancel_before(&mut oracle, &numbers, cancellations, encounters.len());
    Ok(answers)
}

/// The visits so far that are settled and not cancelled.
fn standing<'a>(
    encounters: &'a [Encounter],
    numbers: &[Option<u64>],
    cancellations: &[Cancellation],
) -> Vec<&'a Encounter> {
    let cancelled = |place: usize| {
        cancellations.iter().any(|one| one.encounter == place && place < one.before && one.before <= numbers.len())
    };
    let settled = numbers.iter().enumerate().filter(|(place, number)| number.is_some() && !cancelled(*place));
    settled.map(|(place, _)| &encounters[place]).collect()
}

fn doubtful(doubt: Doubtful, place: usize) -> Trouble {
    match doubt {
        Doubtful::Contradicts(fact) => {
            Trouble { code: "relation_conflict", field: Some(format!("encounters[{place}].facts.{fact}")), words: None }
        }
        Doubtful::Nowhere => {
            Trouble { code: "missing_field", field: Some(format!("encounters[{place}].institution.id")), words: None }
        }
        Doubtful::Unreadable(words) => words.into(),
    }
}

fn cancel_before(oracle: &mut Oracle, numbers: &[Option<u64>], cancellations: &[Cancellation], place: usize) {
    for cancellation in cancellations {
        if cancellation.before == place
            && let Some(Some(number)) = numbers.get(cancellation.encounter)
        {
            oracle.cancel(*number);
        }
    }
}

/// `{"deductible_borne", "fund_paid"}` for the ordinary benefit, or benefit → measure → amount.
fn read_used(used: &Json) -> Result<Used, String> {
    let mut all = Used::new();
    for (name, value) in used.as_object().into_iter().flatten() {
        match value {
            Json::String(text) => {
                let measure = match name.as_str() {
                    "deductible_borne" => "borne",
                    "fund_paid" => "paid",
                    other => other,
                };
                all.entry("ordinary_outpatient".into()).or_default().insert(measure.into(), money(text)?);
            }
            Json::Object(measures) => {
                for (measure, amount) in measures {
                    let amount = amount.as_str().ok_or_else(|| format!("used.{name}.{measure} is no text"))?;
                    let measure = match measure.as_str() {
                        "deductible_borne" => "borne",
                        "fund_paid" => "paid",
                        other => other,
                    };
                    all.entry(name.clone()).or_default().insert(measure.into(), money(amount)?);
                }
            }
            other => return Err(format!("used.{name} = {other}")),
        }
    }
    Ok(all)
}

fn refused(id: &str, code: &str) -> Json {
    json!({ "id": id, "outcome": "refused", "refusal": { "code": code } })
}

/// A settlement in the national field names; the fields of all funds are always there.
pub fn settled(id: &str, settlement: &Settlement) -> Json {
    let mut answer = Map::new();
    let mut say = |field: &str, amount: &Exact| {
        answer.insert(field.into(), money_text(amount).into());
    };
    let split = &settlement.split;
    let funds = settlement.funds();
    say("medfee_sumamt", &split.total);
    say("fulamt_ownpay_amt", &split.off_list);
    say("overlmt_selfpay", &split.over_ceiling);
    say("preselfpay_amt", &split.upfront);
    say("inscp_scp_amt", &split.eligible);
    say("act_pay_dedc", &settlement.deductible);
    for field in FUND_FIELDS {
        let paid = settlement
            .payments
            .iter()
            .filter(|(_, fund, _)| fund_field(fund) == field)
            .fold(zero(), |total, (_, _, amount)| total + amount);
        say(field, &paid);
    }
    say("fund_pay_sumamt", &funds);
    say("psn_part_amt", &(&split.total - &funds));
    say("acct_pay", &settlement.accounts());
    say("psn_cash_pay", &settlement.cash());
    say("balc", &settlement.balance);
    answer.insert("id".into(), id.into());
    answer.insert("outcome".into(), "settled".into());
    let payments: Vec<Json> = settlement
        .payments
        .iter()
        .map(|(benefit, fund, amount)| json!({ "benefit": benefit, "fund": fund, "amount": money_text(amount) }))
        .collect();
    answer.insert("payments".into(), payments.into());
    if let Some(code) = &settlement.not_covered {
        answer.insert("not_covered".into(), json!({ "code": code }));
    }
    Json::Object(answer)
}
