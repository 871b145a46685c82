//! The quote contract as programs see it.

use super::{Copy, command, gongji};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::sync::mpsc::channel;
use std::time::Duration;

fn case() -> Value {
    json!({
        "id": "q19-3", "pooling_area": "500000",
        "member": {"status": "active", "enrolment": "employer", "birth_date": "1986-05-01", "account_balance": "989.00", "facts": {}},
        "encounters": [{
            "id": "e1", "date": "2024-06-01", "care_type": "ordinary_outpatient", "place": "local",
            "institution": {"class": "secondary", "kind": "general", "facts": {}},
            "charges": [{"amount": "6350.00"}],
            "prior_benefits": [{"benefit": "special_disease", "fund_paid": "4728.00"}]}]})
}

/// The case with one place changed, or taken away.
fn changed(pointer: &str, value: Option<Value>) -> Value {
    let mut case = case();
    let (outer, key) = pointer.rsplit_once('/').unwrap();
    let outer = case.pointer_mut(outer).unwrap().as_object_mut().unwrap();
    match value {
        Some(value) => outer.insert(key.to_owned(), value),
        None => outer.remove(key),
    };
    case
}

fn answer(case: &Value) -> Value {
    serde_json::from_str(&gongji(&["quote"], case.to_string()).out).unwrap()
}

#[test]
fn the_contracts_example_byte_for_byte() {
    let ran = gongji(&["quote"], case().to_string());
    let expected = r#"{"id":"q19-3","settlements":[{"id":"e1","outcome":"settled","medfee_sumamt":"6350.00","fulamt_ownpay_amt":"0.00","overlmt_selfpay":"0.00","preselfpay_amt":"0.00","inscp_scp_amt":"6350.00","act_pay_dedc":"200.00","hifp_pay":"5581.20","hifob_pay":"0.00","fund_pay_sumamt":"5581.20","psn_part_amt":"768.80","acct_pay":"768.80","psn_cash_pay":"0.00","balc":"220.20","payments":[{"benefit":"special_disease","fund":"310100","amount":"4728.00"},{"benefit":"ordinary_outpatient","fund":"310100","amount":"853.20"}]}]}"#;
    assert_eq!(ran.out, format!("{expected}\n"));
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
}

#[test]
fn steps_name_rule_article_inputs_and_result_and_only_explain_adds_sentences() {
    let steps = |arguments: &[&str]| {
        let answer: Value = serde_json::from_str(&gongji(arguments, case().to_string()).out).unwrap();
        answer["settlements"][0]["steps"].clone()
    };
    assert!(steps(&["quote"]).is_null());
    let rate = json!({
        "rule": "benefit.ordinary_outpatient.rate", "article": "xize:5 渝医保发〔2023〕32号 第五条",
        "inputs": {"base": "1422.00", "rate": "60%"}, "result": "853.20"});
    assert!(steps(&["quote", "--steps"]).as_array().unwrap().contains(&rate));
    let explained = steps(&["quote", "--explain"]);
    let sentence = explained.as_array().unwrap().iter().find(|step| step["rule"] == rate["rule"]).unwrap();
    assert_eq!(sentence["sentence"], "1422.00 元 × 60% = 853.20 元（四舍五入到分）");
}

#[test]
fn every_error_code_with_its_field() {
    let many = Value::from(vec![json!({"amount": "1.00"}); 10_001]);
    let errors = [
        ("missing_field", "encounters[0].date", changed("/encounters/0/date", None)),
        ("missing_field", "encounters[0].institution.class", changed("/encounters/0/institution/class", None)),
        ("unknown_field", "member.state", changed("/member/state", Some(json!("active")))),
        (
            "invalid_value",
            "encounters[0].charges[0].amount",
            changed("/encounters/0/charges", Some(json!([{"amount": 6350}]))),
        ),
        ("invalid_value", "encounters[0].place", changed("/encounters/0/place", Some(json!("abroad")))),
        (
            "out_of_range",
            "encounters[0].charges[0].amount",
            changed("/encounters/0/charges", Some(json!([{"amount": "100000000.00"}]))),
        ),
        ("out_of_range", "encounters[0].date", changed("/encounters/0/date", Some(json!("2300-01-01")))),
        ("unknown_fact", "member.facts.tall", changed("/member/facts/tall", Some(json!(true)))),
        ("unknown_enrolment", "member.enrolment", changed("/member/enrolment", Some(json!("flexible")))),
        ("too_many_charges", "encounters[0].charges", changed("/encounters/0/charges", Some(many))),
        (
            "prior_benefits_exceed",
            "encounters[0].prior_benefits",
            changed(
                "/encounters/0/prior_benefits",
                Some(json!([{"benefit": "special_disease", "fund_paid": "6350.01"}])),
            ),
        ),
    ];
    for (code, field, case) in errors {
        let ran = gongji(&["quote"], case.to_string());
        let answer: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(
            (&answer["error"]["code"], &answer["error"]["field"], ran.code),
            (&json!(code), &json!(field), 1),
            "{answer}"
        );
        assert_eq!(answer["id"], "q19-3");
        assert!(!answer["error"]["message"].as_str().unwrap().is_empty() && answer.get("settlements").is_none());
    }
    let mut open = changed("/encounters/0/care_type", Some(json!("special_disease")));
    open["encounters"][0]["prior_benefits"] = json!([]);
    let error = answer(&open)["error"].clone();
    assert_eq!((&error["code"], &error["field"]), (&json!("parameters_open"), &json!("encounters[0].prior_benefits")));
    assert_eq!(error["article"], "wenda:14 重庆市职工医保门诊共济保障改革政策问答 问答十四");
    let error: Value = serde_json::from_str(&gongji(&["quote"], "{\"id\": ").out).unwrap();
    assert_eq!(
        (&error["error"]["code"], &error["error"]["field"], &error["id"]),
        (&json!("invalid_json"), &json!(""), &Value::Null)
    );
}

#[test]
fn refusals_are_answers_and_drafts_say_so() {
    let nowhere = answer(&changed("/pooling_area", Some(json!("110000"))));
    let refusal = &nowhere["settlements"][0];
    assert_eq!((&refusal["outcome"], &refusal["refusal"]["code"]), (&json!("refused"), &json!("no_policy_for_area")));
    assert!(refusal["refusal"].get("article").is_none());

    let early = gongji(&["quote"], changed("/encounters/0/date", Some(json!("2023-12-31"))).to_string());
    assert_eq!(early.code, 0);
    let early: Value = serde_json::from_str(&early.out).unwrap();
    let refusal = &early["settlements"][0]["refusal"];
    assert_eq!(
        (&refusal["code"], &refusal["article"]),
        (&json!("no_policy_for_date"), &json!("xize:14 渝医保发〔2023〕32号 第十四条"))
    );
    assert!(early.get("policy_status").is_none());

    let mut draft = changed("/pooling_area", Some(json!("360100")));
    draft["encounters"][0]["prior_benefits"] = json!([]);
    assert_eq!(answer(&draft)["policy_status"], "draft");
}

#[test]
fn a_bad_line_is_answered_and_the_next_goes_on() {
    let good = case().to_string();
    let mut input = Vec::new();
    input.extend_from_slice("\u{feff}".as_bytes());
    for line in [good.as_bytes(), b"", b"  \r", b"{\"id\": \"\xff\xfe\"}", b"nonsense", b"[1]", good.as_bytes()] {
        input.extend_from_slice(line);
        input.push(b'\n');
    }
    input.pop();
    let ran = gongji(&["quote"], input);
    let answers: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let codes: Vec<&str> = answers.iter().map(|answer| answer["error"]["code"].as_str().unwrap_or("")).collect();
    assert_eq!(codes, ["", "invalid_json", "invalid_json", "invalid_value", ""]);
    assert!(answers[1]["error"]["message"].as_str().unwrap().contains("UTF-8"), "{}", answers[1]);
    assert_eq!((answers[1]["id"].clone(), answers[0].clone(), ran.code), (Value::Null, answers[4].clone(), 1));
}

#[test]
fn answers_come_in_the_order_of_the_cases() {
    let mut input = String::new();
    for i in 0..20_000 {
        let mut case = changed("/id", Some(json!(i.to_string())));
        case["encounters"][0]["charges"][0]["amount"] = json!(format!("{}.00", 4728 + i));
        input.push_str(&case.to_string());
        input.push('\n');
    }
    let ran = gongji(&["quote"], input);
    assert_eq!(ran.code, 0);
    let mut count = 0;
    for (i, line) in ran.out.lines().enumerate() {
        assert!(
            line.starts_with(&format!("{{\"id\":\"{i}\","))
                && line.contains(&format!("\"medfee_sumamt\":\"{}.00\"", 4728 + i)),
            "{line}"
        );
        count += 1;
    }
    assert_eq!(count, 20_000);
}

#[test]
fn a_case_that_trickles_in_is_answered_at_once() {
    let mut child = command(&["quote"]).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let stdout = child.stdout.take().unwrap();
    let (send, lines) = channel();
    std::thread::spawn(move || BufReader::new(stdout).lines().for_each(|line| drop(send.send(line.unwrap()))));
    let line = case().to_string();
    for _ in 0..3 {
        // In two parts: only a whole line is a case.
        stdin.write_all(&line.as_bytes()[..100]).unwrap();
        stdin.flush().unwrap();
        assert!(lines.recv_timeout(Duration::from_millis(50)).is_err());
        writeln!(stdin, "{}", &line[100..]).unwrap();
        assert!(lines.recv_timeout(Duration::from_secs(30)).unwrap().starts_with("{\"id\":\"q19-3\""));
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_reader_that_goes_away_ends_it_quietly() {
    let mut child = command(&["quote"]).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let line = format!("{}\n", case());
    let writer =
        std::thread::spawn(move || (0..200_000).take_while(|_| stdin.write_all(line.as_bytes()).is_ok()).count());
    let mut first = [0; 20];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
    assert!(writer.join().unwrap() < 200_000);
}

#[test]
fn what_was_not_known_does_not_count() {
    let ran = gongji(&["quote", "--known-on", "2023-12-10"], case().to_string());
    assert!(ran.out.contains("no_policy_for_date") && ran.out.contains("还没有公布"), "{}", ran.out);
    let ran = gongji(&["quote", "--known-on", "2024-01-01"], case().to_string());
    assert!(ran.out.contains("\"hifp_pay\":\"5581.20\""), "{}", ran.out);
}

#[test]
fn a_package_given_replaces_the_one_that_ships_or_extends_it() {
    let copy = Copy::of("500000-chongqing");
    copy.change("outpatient.toml", "are = [\"60%\", \"50%\"]", "are = [\"80%\", \"50%\"]", "are");
    for dir in [copy.path(), copy.above()] {
        let ran = gongji(&["quote", "--policies", &dir], case().to_string());
        assert!(ran.out.contains("\"amount\":\"1137.60\""), "{}{}", ran.out, ran.err);
    }
    let overlay = Copy::of("500000-chongqing");
    let package = "[package]\narea = \"500000\"\nname = \"重庆市某区\"\nextends = \"500000\"\nverified = 2026-01-01\ncite = \"bendi:1\"\n\
        [document.bendi]\nnumber = \"试〔2024〕1号\"\npublished = 2023-12-20\n\
        [benefit.ordinary_outpatient.rate]\ncite = \"bendi:1\"\nrows = [{ when = { level = \"up_to_secondary\" }, is = \"75%\" }]\n";
    // Before the package that it extends, by name: an overlay finds it all the same.
    overlay.add("a-overlay/package.toml", package);
    overlay.add("a-overlay/source/bendi.md", "# 试〔2024〕1号 试\n## 1 第一条\n> 第一条  二级及以下支付75%。\n");
    let ran = gongji(&["quote", "--steps", "--policies", &overlay.above()], case().to_string());
    assert!(
        ran.out.contains("\"result\":\"1066.50\"") && ran.out.contains("bendi:1 试〔2024〕1号 第一条"),
        "{}{}",
        ran.out,
        ran.err
    );
}

#[test]
fn a_package_in_error_is_never_passed_over() {
    let copy = Copy::of("500000-chongqing");
    let (line, column) = copy.change("outpatient.toml", "{ is = \"200.00\" }", "{ is = 200.00 }", "200.00");
    let ran = gongji(&["quote", "--policies", &copy.path()], case().to_string());
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(
        ran.err.contains("float_refused") && ran.err.contains(&format!("outpatient.toml:{line}:{column}")),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("nothing was decided"), "{}", ran.err);
}

#[test]
fn arguments_that_cannot_be_used() {
    let empty = tempfile::tempdir().unwrap();
    let empty = empty.path().display().to_string();
    for (arguments, told) in [
        (vec!["quote", "no-such-file.jsonl"], "no-such-file.jsonl"),
        (vec!["quote", "--known-on", "yesterday"], "YYYY-MM-DD"),
        (vec!["quote", "--policies", "no-such-folder"], "no-such-folder"),
        (vec!["quote", "--policies", &empty], "package.toml"),
        (vec!["quote", "--fast"], "--fast"),
    ] {
        let ran = gongji(&arguments, "");
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{arguments:?}");
        assert!(ran.err.contains(told), "{}", ran.err);
    }
}
