//! The engine against the oracle: random histories on the packages that ship, and on random
//! packages built from all concepts of the language. Every amount must be equal.
mod common;

use gongji_adjudication::Standing;
use gongji_oracle::generate::{self, GeneratedCase, Options};
use gongji_oracle::{Cancellation, Package};
use gongji_policy::case::{Case, Decision, Detail};
use gongji_policy::{Area, Folder, Library, SourceFile};
use serde_json::{Value, json};

const MONEY: &[&str] = &[
    "medfee_sumamt", "fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt", "act_pay_dedc", "hifp_pay", "hifob_pay",
    "cvlserv_pay", "hifes_pay", "hifmi_pay", "maf_pay", "hifdm_pay", "oth_pay", "fund_pay_sumamt", "psn_part_amt", "acct_pay",
    "psn_cash_pay", "balc",
];

/// What the engine answers, with the cancellations that a quote does not know.
fn engine(library: &Library, generated: &GeneratedCase) -> Value {
    let case = match library.read_case(&generated.case.to_string()) {
        Ok(case) => case,
        Err(fault) => return json!({"error": {"code": fault.code, "field": fault.field, "message": fault.message}}),
    };
    let area = library.area(&case.pooling_area).expect("the area is loaded");
    match history(area, &case, &generated.cancellations) {
        Ok(settlements) => json!({"settlements": settlements}),
        Err(fault) => json!({"error": {"code": fault.code, "field": fault.field, "message": fault.message}}),
    }
}

fn history(area: &Area, case: &Case, cancellations: &[Cancellation]) -> Result<Vec<Value>, gongji_policy::case::CaseFault> {
    let mut standing: Standing = area.opening(case)?;
    let (mut done, mut answers) = (Vec::new(), Vec::new());
    for (i, (encounter, then)) in case.encounters.iter().enumerate() {
        for cancelled in cancellations.iter().filter(|c| c.before == i) {
            if let Some(settled) = done.get_mut(cancelled.encounter).and_then(Option::take) {
                let settled: gongji_policy::case::Settled = settled;
                standing.revert(&settled.settlement.additions, settled.settlement.from_account);
            }
        }
        let decision = area.decide(&case.member.at(then), &standing, encounter, true, Detail::Amounts)?;
        let answer = gongji_policy::case::Answer { id: None, draft: false, result: Ok(vec![(encounter.id.clone(), decision.clone())]) };
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

/// States what rules may ask for: the engine refuses to guess it, the oracle does not check input.
fn stated(mut generated: GeneratedCase) -> GeneratedCase {
    let fill = |object: &mut Value, key: &str, value: &str| {
        if object.get(key).is_none() {
            object[key] = Value::from(value);
        }
    };
    fill(&mut generated.case["member"], "birth_date", "1961-03-07");
    for encounter in generated.case["encounters"].as_array_mut().unwrap() {
        fill(encounter, "time", "09:30:00");
        if encounter.get("institution").is_none() {
            encounter["institution"] = json!({});
        }
        fill(&mut encounter["institution"], "id", "H9");
    }
    generated
}

/// The first place where two answers differ.
fn difference(engine: &Value, oracle: &Value) -> Option<String> {
    if engine.get("error").is_some() || oracle.get("error").is_some() {
        let code = |answer: &Value| answer["error"]["code"].as_str().unwrap_or("-").to_owned();
        return (code(engine) != code(oracle)).then(|| format!("engine {} oracle {}", engine["error"], oracle["error"]));
    }
    let (a, b) = (engine["settlements"].as_array()?, oracle["settlements"].as_array()?);
    for (i, (a, b)) in a.iter().zip(b).enumerate() {
        let text = |answer: &Value, name: &str| answer.get(name).and_then(Value::as_str).unwrap_or("0.00").to_owned();
        for name in MONEY.iter().chain(&["outcome"]) {
            if a["outcome"] == "settled" && text(a, name) != text(b, name) {
                return Some(format!("encounter {i} {name}: engine {} oracle {}\n  engine {a}\n  oracle {b}", text(a, name), text(b, name)));
            }
        }
        let code = |answer: &Value, name: &str| answer.get(name).map(|v| v["code"].as_str().unwrap_or("-").to_owned());
        for name in ["not_covered", "refusal"] {
            if code(a, name) != code(b, name) {
                return Some(format!("encounter {i} {name}: engine {:?} oracle {:?}", code(a, name), code(b, name)));
            }
        }
        if a["outcome"] == "settled" && a["payments"] != b["payments"] {
            return Some(format!("encounter {i} payments: engine {} oracle {}", a["payments"], b["payments"]));
        }
    }
    (a.len() != b.len()).then(|| format!("engine settles {} encounters, oracle {}", a.len(), b.len()))
}

fn oracle_package(folder: &Folder) -> Package {
    let toml: Vec<(&str, &str)> =
        folder.files.iter().filter(|f| f.path.ends_with(".toml")).map(|f| (&*f.path, &*f.text)).collect();
    Package::from_toml(&toml).unwrap()
}

/// How many seeds: more when asked for, so that a long hunt needs no change of code.
fn seeds(default: u64) -> std::ops::Range<u64> {
    let first = std::env::var("GONGJI_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(0);
    let count = std::env::var("GONGJI_SEEDS").ok().and_then(|s| s.parse().ok()).unwrap_or(default);
    first..first + count
}

#[test]
fn engine_equals_oracle_on_the_packages_that_ship() {
    let library = common::shipped();
    let mut compared = 0;
    for folder in common::shipped_folders().iter().filter(|folder| folder.name != "framework") {
        let package = oracle_package(folder);
        for seed in seeds(150) {
            let generated = generate::case(&package, seed);
            let engine = engine(&library, &generated);
            let oracle = gongji_oracle::answer_with_cancellations(std::slice::from_ref(&package), &generated.case, None, &generated.cancellations);
            if let Some(difference) = difference(&engine, &oracle) {
                panic!("{} seed {seed}: {difference}\n{}", folder.name, generated.case);
            }
            compared += engine["settlements"].as_array().map_or(0, Vec::len);
        }
    }
    assert!(compared > 1_000, "only {compared} settlements were compared");
}

#[test]
fn engine_equals_oracle_on_random_packages() {
    let (mut compared, mut dead, mut differences, mut refused) = (0, 0, Vec::new(), Vec::new());
    let range = seeds(150);
    for seed in range.clone() {
        let written = generate::package(seed, Options { doubtful: false });
        let files = vec![
            SourceFile { path: "package.toml".into(), text: written.toml.clone().into() },
            SourceFile { path: "source/d.md".into(), text: written.source.clone().into() },
        ];
        let folder = Folder { name: format!("random-{seed}"), files };
        let library = Library::load(std::slice::from_ref(&folder));
        if library.area(&written.area).is_none() {
            let errors = library.faults().iter().filter(|(_, fault)| fault.severity == gongji_policy::Severity::Error);
            // The generator may write a general row that narrower ones cover completely.
            if errors.clone().all(|(_, fault)| fault.code == "dead_row") {
                dead += 1;
                continue;
            }
            let faults: Vec<String> = errors.map(|(_, fault)| fault.line(library.files())).collect();
            refused.push(format!("package seed {seed}: {faults:#?}"));
            continue;
        }
        let package = oracle_package(&folder);
        for case_seed in 0..4 {
            let generated = stated(generate::case(&package, seed * 1000 + case_seed));
            let engine = engine(&library, &generated);
            let oracle = gongji_oracle::answer_with_cancellations(std::slice::from_ref(&package), &generated.case, None, &generated.cancellations);
            if let Some(difference) = difference(&engine, &oracle) {
                differences.push(format!("package seed {seed} case seed {case_seed}: {difference}"));
                break;
            }
            compared += engine["settlements"].as_array().map_or(0, Vec::len);
        }
    }
    assert!(differences.is_empty(), "{} of {} packages differ\n{}", differences.len(), range.end - range.start, differences.iter().take(5).cloned().collect::<Vec<_>>().join("\n"));
    assert!(refused.is_empty(), "{} packages are refused\n{}", refused.len(), refused.iter().take(3).cloned().collect::<Vec<_>>().join("\n"));
    assert!(dead * 2 < range.end - range.start, "{dead} packages have dead rows");
    assert!(compared > 500, "only {compared} settlements were compared");
}
