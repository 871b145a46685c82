//! The engine's answer beside the oracle's, amount by amount.
use gongji_adjudication::Standing;
use gongji_oracle::generate::GeneratedCase;
use gongji_oracle::{Cancellation, Package};
use gongji_policy::case::{Answer, Case, CaseFault, Decision, Detail, Settled};
use gongji_policy::{Area, Folder, Library};
use serde_json::{Value, json};

const MONEY: &[&str] = &[
    "medfee_sumamt",
    "fulamt_ownpay_amt",
    "overlmt_selfpay",
    "preselfpay_amt",
    "inscp_scp_amt",
    "act_pay_dedc",
    "hifp_pay",
    "hifob_pay",
    "cvlserv_pay",
    "hifes_pay",
    "hifmi_pay",
    "maf_pay",
    "hifdm_pay",
    "oth_pay",
    "fund_pay_sumamt",
    "psn_part_amt",
    "acct_pay",
    "psn_cash_pay",
    "balc",
];

/// The oracle's reading of a package.
pub fn oracle_package(folder: &Folder) -> Package {
    let toml: Vec<(&str, &str)> =
        folder.files.iter().filter(|f| f.path.ends_with(".toml")).map(|f| (&*f.path, &*f.text)).collect();
    Package::from_toml(&toml).unwrap()
}

/// What the oracle answers.
pub fn oracle(package: &Package, generated: &GeneratedCase) -> Value {
    let packages = std::slice::from_ref(package);
    gongji_oracle::answer_with_cancellations(packages, &generated.case, None, &generated.cancellations)
}

/// What the engine answers, with the cancellations that a quote does not know.
pub fn engine(library: &Library, generated: &GeneratedCase) -> Value {
    let case = match library.read_case(&generated.case.to_string()) {
        Ok(case) => case,
        Err(fault) => return error(&fault),
    };
    let area = library.area(&case.pooling_area).expect("the area is loaded");
    match history(area, &case, &generated.cancellations) {
        Ok(settlements) => json!({"settlements": settlements}),
        Err(fault) => error(&fault),
    }
}

fn error(fault: &CaseFault) -> Value {
    json!({"error": {"code": fault.code, "field": fault.field, "message": fault.message}})
}

fn history(area: &Area, case: &Case, cancellations: &[Cancellation]) -> Result<Vec<Value>, CaseFault> {
    let mut standing: Standing = area.opening(case)?;
    let (mut done, mut answers) = (Vec::new(), Vec::new());
    for (i, (encounter, then)) in case.encounters.iter().enumerate() {
        for cancelled in cancellations.iter().filter(|c| c.before == i) {
            if let Some(settled) = done.get_mut(cancelled.encounter).and_then(Option::take) {
                let settled: Settled = settled;
                standing.revert(&settled.settlement.additions, settled.settlement.from_account);
            }
        }
        let stands: Vec<bool> = done.iter().map(Option::is_some).collect();
        let visit = area.with_relations(case, i, &stands)?;
        let decision = area.decide(&case.member.at(then), &standing, &visit, true, Detail::Amounts)?;
        let answer = Answer { id: None, draft: false, result: Ok(vec![(encounter.id.clone(), decision.clone())]) };
        answers.push(serde_json::to_value(&answer).unwrap()["settlements"][0].clone());
        done.push(match decision {
            Decision::Settled(settled) => {
                settled.apply(&mut standing);
                Some(settled)
            }
            Decision::Refused(_) => None,
        });
    }
    Ok(answers)
}

/// The first place where two answers differ.
pub fn difference(engine: &Value, oracle: &Value) -> Option<String> {
    if engine.get("error").is_some() || oracle.get("error").is_some() {
        let code = |answer: &Value| answer["error"]["code"].as_str().unwrap_or("-").to_owned();
        let differ = code(engine) != code(oracle);
        return differ.then(|| format!("engine {} oracle {}", engine["error"], oracle["error"]));
    }
    let (a, b) = (engine["settlements"].as_array()?, oracle["settlements"].as_array()?);
    let unequal = a.iter().zip(b).enumerate().find_map(|(i, (a, b))| differs(i, a, b));
    unequal
        .or_else(|| (a.len() != b.len()).then(|| format!("engine settles {} encounters, oracle {}", a.len(), b.len())))
}

/// The first place where two answers to one encounter differ.
fn differs(i: usize, a: &Value, b: &Value) -> Option<String> {
    let text = |answer: &Value, name: &str| answer.get(name).and_then(Value::as_str).unwrap_or("0.00").to_owned();
    let code = |answer: &Value, name: &str| answer.get(name).map(|v| v["code"].as_str().unwrap_or("-").to_owned());
    if text(a, "outcome") != text(b, "outcome") {
        return Some(format!("encounter {i} outcome\n  engine {a}\n  oracle {b}"));
    }
    for name in ["not_covered", "refusal"] {
        if code(a, name) != code(b, name) {
            return Some(format!("encounter {i} {name}: engine {:?} oracle {:?}", code(a, name), code(b, name)));
        }
    }
    if a["outcome"] != "settled" {
        return None;
    }
    for name in MONEY {
        let (engine, oracle) = (text(a, name), text(b, name));
        if engine != oracle {
            let answers = format!("  engine {a}\n  oracle {b}");
            return Some(format!("encounter {i} {name}: engine {engine} oracle {oracle}\n{answers}"));
        }
    }
    let differ = a["payments"] != b["payments"];
    differ.then(|| format!("encounter {i} payments: engine {} oracle {}", a["payments"], b["payments"]))
}
