//! The code against the project's table of fields: what is sent is known, what is required is asked for, what
//! is answered is whole and of the right type.

use std::borrow::Cow;

use super::super::json::{self, Json};
use super::{ACTIVE, PHARMACY, Reply, SECONDARY, Server, TERTIARY, message};
use crate::table::lines;

const TABLE: &str = include_str!("../../../fields.tsv");

/// One row of the table.
#[derive(Clone, Copy, Debug)]
struct Field {
    infno: &'static str,
    sent: bool,
    /// Node, with those around it: `drugdetail.durg_trac_info`.
    node: &'static str,
    name: &'static str,
    form: &'static str,
    required: &'static str,
}

fn fields() -> Vec<Field> {
    let field = |line: &'static str| {
        let cells: Vec<&str> = line.split('\t').collect();
        let [infno, direction, node, name, form, required, _dict] = cells[..] else { panic!("{line}") };
        assert!(["in", "out"].contains(&direction) && ["Y", "some", "-"].contains(&required), "{line}");
        Field { infno, sent: direction == "in", node, name, form, required }
    };
    lines(TABLE).map(field).collect()
}

fn of(infno: &str, sent: bool) -> Vec<Field> {
    let mine: Vec<Field> = fields().into_iter().filter(|field| field.infno == infno && field.sent == sent).collect();
    assert!(!mine.is_empty() || !sent, "{infno} is not in the table");
    mine
}

/// The transactions held against the table here.
const HELD: &[&str] = &[
    "1101", "1201", "1901", "2001", "2101", "2102", "2102A", "2103", "2201", "2201A", "2202", "2203", "2203A", "2204",
    "2205", "2206", "2206A", "2207", "2207A", "2208", "2601", "3101", "3102", "3103", "9001", "9002",
];

const BEGINS: &str = "2026-02-10 09:00:00";

/// The four split amounts of one covered yuan, before a field that every settlement has.
const SPLIT: &str = r#""fulamt_ownpay_amt":0,"overlmt_selfpay":0,"preselfpay_amt":0,"inscp_scp_amt":1.00,"insutype""#;

/// A message that is right, of a transaction in a state of its own: who sends it, and its input. It has every
/// field whose value matters; [`filled`] adds the others.
fn sample(server: &Server, infno: &str) -> (&'static str, String) {
    let psn_no = ACTIVE.psn_no;
    let registered = |at: &str| server.call(at, "2201", &ACTIVE.registration(BEGINS)).ok().at("output.data.mdtrt_id");
    let visit = || ACTIVE.visit(server, TERTIARY, "11", "2026-02-10", "1.00");
    let settled = |at: &str, infno: &str, input: &str| {
        let reply = server.call(at, infno, input).ok();
        ACTIVE.cancellation(&reply.at("output.setlinfo.mdtrt_id"), &reply.at("output.setlinfo.setl_id"))
    };
    let basket = || ACTIVE.purchase(BEGINS, "1.00", &[("DEMO-YP-0001", "1.00")]);
    let settlement = || ACTIVE.settlement(&visit(), "B1", "11", "1.00").replacen("\"insutype\"", SPLIT, 1);
    match infno {
        "1101" => (
            TERTIARY,
            format!(
                r#"{{"data":{{"mdtrt_cert_type":"02","mdtrt_cert_no":"{0}","certno":"{0}","psn_name":"演示乙"}}}}"#,
                ACTIVE.certno
            ),
        ),
        "1201" => (
            TERTIARY,
            format!(
                r#"{{"medinsinfo":{{"fixmedins_type":"2","fixmedins_code":"{PHARMACY}","fixmedins_name":"药房"}}}}"#
            ),
        ),
        "1901" => (
            TERTIARY,
            r#"{"data":{"type":"psn_type","parent_value":"11","admdvs":"500000","date":"2026-01-01","Vali_Flag":"1"}}"#
                .to_owned(),
        ),
        "2001" => (
            TERTIARY,
            format!(
                r#"{{"data":{{"psn_no":"{psn_no}","insutype":"310","fixmedins_code":"{SECONDARY}","med_type":"11",
                "begntime":"{BEGINS}"}}}}"#
            ),
        ),
        "2101" | "2102" => (PHARMACY, basket().replace("drug_trac_info", "durg_trac_info")),
        "2102A" => (PHARMACY, basket().replace("drug_trac_info", "durg_trac_info").replacen("\"insutype\"", SPLIT, 1)),
        "2103" => (PHARMACY, settled(PHARMACY, "2102", &basket())),
        "2201" | "2201A" => (TERTIARY, ACTIVE.registration(BEGINS)),
        "2202" => (
            TERTIARY,
            format!(r#"{{"data":{{"psn_no":"{psn_no}","mdtrt_id":"{}","ipt_otp_no":"MZ1"}}}}"#, registered(TERTIARY)),
        ),
        "2203" => (TERTIARY, ACTIVE.description(&registered(TERTIARY), "11", BEGINS)),
        "2203A" => (
            PHARMACY,
            ACTIVE.description(&registered(PHARMACY), "41", BEGINS).replacen(
                "\"dise_codg\"",
                &format!("\"rxfixmedinsCode\":\"{SECONDARY}\",\"dise_codg\""),
                1,
            ),
        ),
        "2204" => {
            let line = ACTIVE.line(&registered(TERTIARY), "B1", 1, "DEMO-YP-0001", "1.00");
            (TERTIARY, format!(r#"{{"feedetail":[{line}]}}"#))
        }
        "2205" => {
            (TERTIARY, format!(r#"{{"data":{{"mdtrt_id":"{}","chrg_bchno":"B1","psn_no":"{psn_no}"}}}}"#, visit()))
        }
        "2206" | "2206A" | "2207" | "2207A" => (TERTIARY, settlement()),
        "2208" => (TERTIARY, settled(TERTIARY, "2207", &settlement())),
        "2601" => {
            let omsgid = server.msgid();
            server.send(&message("2207", &omsgid, TERTIARY, &settlement())).ok();
            (TERTIARY, format!(r#"{{"data":{{"psn_no":"{psn_no}","omsgid":"{omsgid}","oinfno":"2207"}}}}"#))
        }
        "3101" | "3102" => (TERTIARY, r#"{"data":{"patient_dtos":[{"patn_id":"1"}],"trig_scen":"1"}}"#.to_owned()),
        "3103" => (TERTIARY, r#"{"data":{"warn_type":"1","warns":[{"warn_rslt_id":"1"}]}}"#.to_owned()),
        "9001" => (TERTIARY, r#"{"signIn":{"opter_no":"D01","mac":"00-00","ip":"127.0.0.1"}}"#.to_owned()),
        "9002" => (TERTIARY, r#"{"signOut":{"opter_no":"D01","sign_no":"1"}}"#.to_owned()),
        _ => panic!("no sample of {infno}"),
    }
}

/// The first object of a node.
fn node<'j, 't>(input: &'j mut Json<'t>, path: &str) -> &'j mut Vec<(Cow<'t, str>, Json<'t>)> {
    let mut at = input;
    for step in path.split('.') {
        let Json::Object(fields) = at else { panic!("{path}") };
        let found = fields.iter_mut().find(|field| field.0 == step);
        at = &mut found.unwrap_or_else(|| panic!("{path} is not in the sample")).1;
        if let Json::List(rows) = at {
            at = rows.first_mut().unwrap_or_else(|| panic!("{path} has no row"));
        }
    }
    let Json::Object(fields) = at else { panic!("{path}") };
    fields
}

/// With every field of the table: what the sample lacks has a value of its type.
fn filled<'t>(input: &'t str, sent: &[Field]) -> Json<'t> {
    let mut input = json::read_text(input).unwrap();
    for field in sent {
        let value = match field.form {
            "D" => Json::Text("2026-02-10".into()),
            "DT" => Json::Text(BEGINS.into()),
            "OBJ" | "LIST" => Json::List(Vec::new()),
            form if form.starts_with('N') => Json::Number("1".into()),
            _ => Json::Text("1".into()),
        };
        let fields = node(&mut input, field.node);
        if !fields.iter().any(|known| known.0 == field.name) {
            fields.push((field.name.into(), value));
        }
    }
    input
}

fn without(input: &Json, gone: &[Field]) -> String {
    let mut input = input.clone();
    for field in gone {
        node(&mut input, field.node).retain(|known| known.0 != field.name);
    }
    input.canonical()
}

fn is_of(form: &str, value: &Json) -> bool {
    let (kind, length) = form.split_at(form.find(|c: char| c.is_ascii_digit()).unwrap_or(form.len()));
    match value {
        Json::Number(_) => kind == "N",
        Json::Text(text) => match kind {
            "C" => length.parse().map_or(true, |most: usize| text.chars().count() <= most),
            "D" | "DT" => {
                text.is_empty() || text.get(..10).is_some_and(|day| day.parse::<gongji_domain::Day>().is_ok())
            }
            _ => false,
        },
        _ => false,
    }
}

/// The first object of a node of the reply; none if the node is an empty list.
fn told<'j, 't>(output: &'j Json<'t>, path: &str) -> Option<&'j Json<'t>> {
    match output.get(path).unwrap_or_else(|| panic!("no node {path}")) {
        Json::List(rows) => rows.first(),
        object => Some(object),
    }
}

#[test]
fn every_field_of_the_table_is_known_and_every_field_of_the_reply_is_there() {
    let server = Server::start();
    for infno in HELD {
        let (at, input) = sample(&server, infno);
        let full = filled(&input, &of(infno, true)).canonical();
        let reply = server.call(at, infno, &full).ok();
        for word in ["未识别", "缺少"] {
            assert!(!reply.at("warn_msg").contains(word), "{infno}: {}", reply.at("warn_msg"));
        }
        check_reply(infno, &reply);
    }
}

fn check_reply(infno: &str, reply: &Reply) {
    let text = reply.at("output");
    let output = json::read_text(&text).unwrap();
    for field in of(infno, false) {
        let Some(row) = told(&output, field.node) else {
            // No member of the demo has a special identity, and no check finds anything.
            assert!(["idetinfo", "result"].contains(&field.node), "{infno} {}", field.node);
            continue;
        };
        let value = row.get(field.name).unwrap_or_else(|| panic!("{infno} {}.{} is missing", field.node, field.name));
        assert!(is_of(field.form, value), "{infno} {}.{}: {value:?} is no {}", field.node, field.name, field.form);
    }
}

#[test]
fn every_required_field_is_asked_for_by_name() {
    let server = Server::start();
    for infno in HELD {
        let sent = of(infno, true);
        for field in sent.iter().filter(|field| field.required == "Y") {
            let (at, input) = sample(&server, infno);
            let reply = server.call(at, infno, &without(&filled(&input, &sent), &[*field]));
            let said = if reply.code().is_some() { reply.at("err_msg") } else { reply.at("warn_msg") };
            let begins = said.starts_with("[missing_field]") || said.contains("规范要求而报文缺少的字段");
            assert!(begins && said.contains(field.name), "{infno} {}.{}: {said}", field.node, field.name);
        }
    }
}

#[test]
fn what_only_some_editions_require_may_be_left_out_without_a_word() {
    let server = Server::start();
    for infno in HELD {
        let sent = of(infno, true);
        let gone: Vec<Field> = sent.iter().filter(|field| field.required != "Y").copied().collect();
        let (at, input) = sample(&server, infno);
        let lean = without(&filled(&input, &sent), &gone);
        let reply = server.call(at, infno, &lean);
        // 1201 wants the code or the name, which are both optional.
        if *infno == "1201" {
            assert!(reply.err().contains("至少一项"));
            continue;
        }
        assert!(!reply.clone().ok().at("warn_msg").contains("缺少"), "{infno}: {}", reply.at("warn_msg"));
    }
}

#[test]
fn every_form_of_the_table_is_one_that_is_checked() {
    for field in fields() {
        let kind = field.form.trim_end_matches(|c: char| c.is_ascii_digit() || c == ',');
        assert!(["C", "N", "D", "DT", "OBJ", "LIST", "BYTES"].contains(&kind), "{field:?}");
        assert!(!field.node.is_empty() && !field.name.is_empty(), "{field:?}");
    }
}
