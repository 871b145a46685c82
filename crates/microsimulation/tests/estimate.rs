//! Nanchang's estimate, line by line: what its document prints, what comes out, and whether they agree.

use gongji_microsimulation::estimate::{Estimate, EstimateFault, Verdict};

const NANCHANG: &str = include_str!("../../../policies/360100-nanchang/estimate/estimate.toml");

/// Line, recomputed, difference from what is printed, verdict. Worked out by hand from the document's section 6.
const EXPECTED: &[(&str, &str, Option<&str>, Verdict)] = &[
    ("sum_persons", "1424050", Some("+0"), Verdict::Agrees),
    ("sum_credited", "209893.53", Some("+0.00"), Verdict::Agrees),
    ("each_retired", "1408.8226", Some("+0.0026"), Verdict::Agrees),
    ("each_active", "1501.4168", Some("+190.6468"), Verdict::Contradicts),
    ("each", "1473.9197", Some("+136.7297"), Verdict::Contradicts),
    ("implied_active", "1146773.96", Some("+145614.96"), Verdict::Contradicts),
    ("implied_persons", "1569661.23", Some("+145611.23"), Verdict::Contradicts),
    ("averages_agree", "1337.186", Some("-0.004"), Verdict::Agrees),
    ("printed_active_sum", "131228.92", Some("-19086.77"), Verdict::Contradicts),
    ("printed_sum", "190422.54", Some("-19470.99"), Verdict::Contradicts),
    ("gain_per_person", "568.4175", Some("+91.0575"), Verdict::Contradicts),
    ("gain_persons", "1695690.67", Some("+271640.67"), Verdict::Contradicts),
    ("gain_persons_whole", "1695691", Some("+271641"), Verdict::Contradicts),
    ("gain_persons_more", "126026", None, Verdict::Derived),
    ("gain_persons_growth", "8.03", None, Verdict::Derived),
    ("gain_by_average", "67978.45", Some("-12967.04"), Verdict::Contradicts),
    ("after_by_printed", "903.98", None, Verdict::Derived),
    ("after_by_printed_growth", "1.0609", None, Verdict::Derived),
    ("after_by_recomputed", "1035.46", None, Verdict::Derived),
    ("after_by_recomputed_growth", "0.926", None, Verdict::Derived),
    ("base_2023", "47950", None, Verdict::Derived),
    ("base_2023_month", "3995.83", None, Verdict::Derived),
    ("after_retired_month", "78.50", None, Verdict::Derived),
    ("pension_2023", "3140.00", None, Verdict::Derived),
    ("pension_2021", "3354.33", None, Verdict::Derived),
    ("saved_active", "46649.70", None, Verdict::Derived),
    ("saved_retired", "19741.51", None, Verdict::Derived),
    ("saved", "66391.20", Some("-14554.29"), Verdict::Contradicts),
    ("saved_implied", "60081.47", Some("-20864.02"), Verdict::Contradicts),
    ("saved_recomputed", "74045.94", Some("-6899.55"), Verdict::Contradicts),
    ("fit_active", "1272800", None, Verdict::Derived),
    ("fit_active_each", "431.55", None, Verdict::Derived),
    ("fit_retired_each", "615.24", None, Verdict::Derived),
    ("fit_retired_before", "1557.24", None, Verdict::Derived),
    ("fit_retired_growth", "10.5", None, Verdict::Derived),
    ("need_jinan", "56962.00", None, Verdict::Derived),
    ("need_fuzhou", "42721.50", None, Verdict::Derived),
    ("need_jinan_implied", "67827.64", None, Verdict::Derived),
    ("need_fuzhou_implied", "50870.73", None, Verdict::Derived),
    ("enough", "", None, Verdict::Holds),
    ("enough_implied", "", None, Verdict::Holds),
    ("account_pays_deductible", "", None, Verdict::Holds),
    ("contributions", "8.8", Some("+0.0"), Verdict::Agrees),
];

#[test]
fn every_line_of_nanchangs_estimate_comes_out_to_the_digit() {
    let worked = Estimate::read(NANCHANG).expect("the file reads").work().expect("the lines work out");
    for (id, recomputed, difference, verdict) in EXPECTED {
        let line = worked.iter().find(|line| line.id == *id).expect("the line is there");
        let found = (line.recomputed.as_str(), line.difference.as_deref(), line.verdict);
        assert_eq!(found, (*recomputed, *difference, *verdict), "{id}");
    }
}

#[test]
fn an_unknown_name_is_refused_with_what_may_be_written() {
    let text = NANCHANG.replace("add = [\"active\", \"retired\"]", "add = [\"activ\", \"retired\"]");
    let fault = Estimate::read(&text).expect("it reads").work().expect_err("a name that is not there");
    assert!(matches!(&fault, EstimateFault::Unknown { name, .. } if name == "activ"), "{fault}");
    assert!(fault.to_string().contains("active"), "{fault}");
}

#[test]
fn a_line_that_divides_by_nothing_is_refused_and_not_a_panic() {
    let text = NANCHANG.replace("retired = { is = \"422891\"", "retired = { is = \"0\"");
    let fault = Estimate::read(&text).expect("it reads").work().expect_err("nothing to divide by");
    assert!(matches!(&fault, EstimateFault::Impossible { .. }), "{fault}");
}
