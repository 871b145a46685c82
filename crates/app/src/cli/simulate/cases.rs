//! Persons' visits as quote cases (算例, JSON Lines), each with the amounts that the run got, so that `gongji quote`
//! can be compared. A case is one visit: what was used and what the account held before it is stated.
//!
//! Admissions are left out, and so are chronic visits where the package does not name their benefit: no package
//! decides them. A purchase in cash is stated with an empty account, for a case cannot keep an account out.

use gongji_domain::{Fen, Rate};
use gongji_microsimulation::{Paid, Scenario, Walker};
use gongji_population::{Care, Class, Event, Means, Person, Reach, Status};
use serde_json::{Map, Value, json};

/// The cases of a person, each with the answer that the run got.
pub(crate) fn of(
    scenario: &Scenario<'_>,
    person: &Person,
    events: &[Event],
    walker: &mut Walker,
) -> Vec<(Value, Value)> {
    walker.year(scenario, person, events);
    let paid = walker.paid().to_vec();
    let mut cases = Vec::new();
    for paid in &paid {
        let place = paid.event as usize;
        let event = &events[place];
        let chronic_of_package = decides_chronic(scenario, event);
        if event.care == Care::Admission || (event.care == Care::Chronic && !chronic_of_package) {
            continue;
        }
        walker.year(scenario, person, &events[..place]);
        let cash = event.means == Means::Cash;
        let balance = if cash { Fen::ZERO } else { paid.balance + paid.account };
        let id = format!("{}-{}", person.number, place + 1);
        let mut member = json!({
            "status": if person.status == Status::Active { "active" } else { "retired" },
            "enrolment": scenario.enrolment(person),
            "birth_date": person.birth.to_string(),
            "account_balance": balance.to_string(),
        });
        if let Some(used) = used(scenario, event, walker) {
            member["used"] = used;
        }
        let case = json!({
            "id": id, "pooling_area": scenario.area().code(), "member": member,
            "encounters": [encounter(scenario, event, paid)],
        });
        let zeroed = Paid { balance: if cash { Fen::ZERO } else { paid.balance }, ..*paid };
        cases.push((case, json!({ "id": id, "settlements": [answer(event, &zeroed)] })));
    }
    cases
}

fn decides_chronic(scenario: &Scenario<'_>, event: &Event) -> bool {
    let rules = scenario.area().rules(event.day);
    rules.is_some_and(|rules| rules.chain.iter().any(|b| b.decided_elsewhere && &*b.name == "special_disease"))
}

fn class(class: Class) -> &'static str {
    ["primary", "secondary", "tertiary"][class as usize]
}

/// What the periods of a visit have used: by benefit and measure.
fn used(scenario: &Scenario<'_>, event: &Event, walker: &Walker) -> Option<Value> {
    let rules = scenario.area().rules(event.day)?;
    let mut used: Map<String, Value> = Map::new();
    for counted in walker.standing().counted() {
        let counter = &rules.counters[usize::from(counted.counter)];
        let now = counter.period.instance(&rules.years, event.day, event.clock);
        let name = counter.name.split([' ', '（']).next().unwrap_or_default();
        if let (true, Some((benefit, measure))) = (now == counted.instance, name.split_once('.')) {
            used.entry(benefit).or_insert_with(|| json!({}))[measure] = json!(counted.amount.to_string());
        }
    }
    (!used.is_empty()).then_some(Value::Object(used))
}

fn encounter(scenario: &Scenario<'_>, event: &Event, paid: &Paid) -> Value {
    let assumed = scenario.assumptions();
    let mut charges = Vec::new();
    let mut charge = |amount: Fen, with: &[(&str, Value)]| {
        if !amount.is_zero() {
            let mut charge = json!({ "amount": amount.to_string() });
            with.iter().for_each(|(key, value)| charge[*key] = value.clone());
            charges.push(charge);
        }
    };
    charge(event.off_list, &[("covered", json!(false))]);
    charge(event.over_ceiling, &[("ceiling", json!("0.00"))]);
    charge(event.upfront, &[("upfront_rate", json!(Rate::ONE.to_string()))]);
    charge(event.eligible, &[]);
    let (hour, minute, second) = (event.clock.0 / 3600, event.clock.0 / 60 % 60, event.clock.0 % 60);
    let mut encounter = json!({
        "id": "e1", "date": event.day.to_string(), "time": format!("{hour:02}:{minute:02}:{second:02}"),
        "place": match event.reach { Reach::Local => "local", away => &assumed.away[away as usize - 1] },
        "charges": charges,
    });
    match (event.care, event.means) {
        (Care::Pharmacy, means) => {
            encounter["care_type"] = json!("pharmacy");
            encounter["institution"] = json!({ "kind": "pharmacy" });
            if means == Means::Prescription {
                encounter["prescriber"] = json!({ "class": class(event.class) });
            }
        }
        (care, _) => {
            let chronic = care == Care::Chronic;
            encounter["care_type"] = json!(if chronic { "special_disease" } else { "ordinary_outpatient" });
            encounter["institution"] = json!({ "class": class(event.class) });
            if chronic {
                encounter["prior_benefits"] =
                    json!([{ "benefit": "special_disease", "fund_paid": paid.assumed.to_string(), "fund": "310100" }]);
            }
        }
    }
    encounter
}

/// The amounts in the words of an answer.
fn answer(event: &Event, paid: &Paid) -> Value {
    let funds = paid.pool + paid.other + paid.assumed;
    let text = |fen: Fen| json!(fen.to_string());
    json!({
        "id": "e1",
        "outcome": if paid.refused { "refused" } else { "settled" },
        "medfee_sumamt": text(paid.total),
        "fulamt_ownpay_amt": text(event.off_list),
        "overlmt_selfpay": text(event.over_ceiling),
        "preselfpay_amt": text(event.upfront),
        "inscp_scp_amt": text(paid.eligible),
        "act_pay_dedc": text(paid.deductible),
        "hifp_pay": text(paid.pool + paid.assumed),
        "hifob_pay": text(paid.other),
        "fund_pay_sumamt": text(funds),
        "psn_part_amt": text(paid.share()),
        "acct_pay": text(paid.account),
        "psn_cash_pay": text(paid.cash),
        "balc": text(paid.balance),
    })
}
