//! Generated packages are well-formed and decided, and settlements keep their identities.

use gongji_oracle::generate::{Options, case, package};
use gongji_oracle::values::{Exact, money, sum, zero};
use gongji_oracle::{Cancellation, Decision, Encounter, Oracle, Package, answer, answer_with_cancellations};
use num_traits::Signed;
use serde_json::Value;

fn read(seed: u64, options: Options) -> Package {
    let generated = package(seed, options);
    Package::from_toml(&[("package.toml", &generated.toml)])
        .unwrap_or_else(|fault| panic!("seed {seed}: {fault}\n{}", generated.toml))
}

fn amount(settlement: &Value, field: &str) -> Exact {
    money(settlement[field].as_str().unwrap_or_else(|| panic!("{field}: {settlement}")))
        .unwrap_or_else(|fault| panic!("{fault}"))
}

fn amounts<const N: usize>(settlement: &Value, fields: [&str; N]) -> Exact {
    sum(&fields.map(|field| amount(settlement, field)))
}

/// Answers that are no fault of the case, for many seeds.
fn each_answer(options: Options, mut see: impl FnMut(u64, &Package, &Value, &Value)) {
    for seed in 0..60 {
        let package = read(seed, options);
        for more in 0..4 {
            let case = case(&package, seed * 1000 + more);
            let answer =
                answer_with_cancellations(std::slice::from_ref(&package), &case.case, None, &case.cancellations);
            let code = answer["error"]["code"].as_str().unwrap_or_default();
            assert!(
                code != "oracle_fault",
                "seed {seed}, {more}: {answer}\n{}\n{}",
                package_text(seed, options),
                case.case
            );
            see(seed, &package, &case.case, &answer);
        }
    }
}

fn package_text(seed: u64, options: Options) -> String {
    package(seed, options).toml
}

#[test]
fn every_settlement_sums_up() {
    let (mut settled, mut paid, mut erroneous) = (0, 0, 0);
    for doubtful in [false, true] {
        each_answer(Options { doubtful }, |seed, _, _, answer| {
            let Some(settlements) = answer["settlements"].as_array() else {
                erroneous += 1;
                return;
            };
            for one in settlements.iter().filter(|one| one["outcome"] == "settled") {
                settled += 1;
                let split = ["fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt"];
                let total = amount(one, "medfee_sumamt");
                let funds = amount(one, "fund_pay_sumamt");
                assert_eq!(total, amounts(one, split), "seed {seed}");
                assert_eq!(total, &funds + amount(one, "psn_part_amt"), "seed {seed}");
                assert_eq!(amount(one, "psn_part_amt"), amounts(one, ["acct_pay", "psn_cash_pay"]), "seed {seed}");
                assert!(funds <= amount(one, "inscp_scp_amt"), "seed {seed}: {one}");
                assert!(!amount(one, "psn_cash_pay").is_negative(), "seed {seed}: {one}");
                assert!(!amount(one, "balc").is_negative(), "seed {seed}: {one}");
                paid += usize::from(funds.is_positive());
            }
        });
    }
    assert!(settled > 1500, "{settled} settled");
    assert!(paid * 2 > settled, "{paid} of {settled} were paid something");
    assert!(erroneous < 40, "{erroneous} cases in error");
}

#[test]
fn the_order_and_number_of_equal_charges_never_matter() {
    each_answer(Options::default(), |seed, package, case, _| {
        let mut turned = case.clone();
        for encounter in turned["encounters"].as_array_mut().into_iter().flatten() {
            if let Some(charges) = encounter["charges"].as_array_mut() {
                charges.reverse();
            }
        }
        let packages = std::slice::from_ref(package);
        assert_eq!(answer(packages, case, None), answer(packages, &turned, None), "seed {seed}");
    });
}

#[test]
fn a_settlement_cancelled_at_once_leaves_no_trace() {
    each_answer(Options::default(), |seed, package, case, _| {
        let packages = std::slice::from_ref(package);
        let plain = answer(packages, case, None);
        let mut doubled = case.clone();
        let mut twice = Vec::new();
        let mut cancellations = Vec::new();
        for encounter in case["encounters"].as_array().into_iter().flatten() {
            cancellations.push(Cancellation { before: twice.len() + 1, encounter: twice.len() });
            twice.push(encounter.clone());
            twice.push(encounter.clone());
        }
        doubled["encounters"] = twice.into();
        let with = answer_with_cancellations(packages, &doubled, None, &cancellations);
        let Some(settlements) = with["settlements"].as_array() else {
            assert!(plain["error"].is_object());
            return;
        };
        let kept: Vec<&Value> = settlements.iter().skip(1).step_by(2).collect();
        let expected: Vec<&Value> = plain["settlements"].as_array().into_iter().flatten().collect();
        assert_eq!(kept, expected, "seed {seed}");
    });
}

#[test]
fn measures_sum_parcel_by_parcel() {
    for seed in 0..60 {
        let package = read(seed, Options::default());
        let case = case(&package, seed).case;
        let mut oracle = Oracle::new(zero(), zero());
        for encounter in case["encounters"].as_array().into_iter().flatten() {
            let encounter = Encounter::read(encounter, &case["member"]).unwrap();
            let Ok(Decision::Settled(settled)) = oracle.settle(&package, &encounter, None) else {
                continue;
            };
            for share in settled.benefits.iter().filter(|outcome| !outcome.prior).flat_map(|outcome| &outcome.parcels) {
                assert_eq!(share.base, &share.paid + &share.left, "seed {seed}");
                let borne = &share.borne + &share.borne_of_payment;
                assert_eq!(share.left, borne + &share.share + &share.over, "seed {seed}");
                assert!(!share.over.is_negative() && !share.paid.is_negative(), "seed {seed}");
            }
        }
    }
}

#[test]
fn a_seed_says_the_same_every_time() {
    let options = Options { doubtful: true };
    assert_eq!(package_text(7, options), package_text(7, options));
    let package = read(7, options);
    assert_eq!(case(&package, 9).case, case(&package, 9).case);
}
