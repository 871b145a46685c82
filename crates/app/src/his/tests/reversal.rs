//! Lost answers: 2601 by the message number, whatever became of the message, and asking what did.

use super::{ACTIVE, Reply, SECONDARY, Server, TERTIARY, message};

/// 2601 of a message of the institution.
fn reverse(server: &Server, institution: &str, omsgid: &str) -> Reply {
    let input = format!(r#"{{"data":{{"psn_no":"{}","omsgid":"{omsgid}","oinfno":"2207"}}}}"#, ACTIVE.psn_no);
    server.call(institution, "2601", &input)
}

/// The word for a message's fate, and the whole answer.
fn fate(server: &Server, institution: &str, msgid: &str) -> (String, String) {
    let head = format!("GET /gongji/v1/messages/{institution}/{msgid} HTTP/1.1\r\nHost: localhost\r\n");
    let (status, body) = server.exchange(&head, b"");
    assert_eq!(status, 200, "{body}");
    let value: serde_json::Value = serde_json::from_str(&body).unwrap();
    (value["state"].as_str().unwrap().to_owned(), body)
}

fn account(server: &Server) -> String {
    server.balance(&format!("{}/500000/current", ACTIVE.psn_no))
}

#[test]
fn a_settlement_whose_answer_was_lost_is_taken_back_by_its_message_number() {
    let server = Server::start();
    let before = account(&server);
    let mdtrt_id = ACTIVE.visit(&server, TERTIARY, "11", "2026-02-10", "500.00");
    let input = ACTIVE.settlement(&mdtrt_id, "B1", "11", "500");
    assert_eq!(fate(&server, TERTIARY, "LOST").0, "not_recorded");
    let settled = server.send(&message("2207", "LOST", TERTIARY, &input)).ok();
    let (state, told) = fate(&server, TERTIARY, "LOST");
    assert_eq!(state, "recorded");
    assert!(told.contains(&settled.at("output.setlinfo.setl_id")), "{told}");
    assert_ne!(account(&server), before);

    assert_eq!(reverse(&server, TERTIARY, "LOST").ok().at("output"), "{}");
    assert_eq!(account(&server), before);
    assert_eq!(fate(&server, TERTIARY, "LOST").0, "reversed");
    // Sent again the message gets its first answer, byte for byte; reversed again, nothing more happens.
    assert_eq!(server.send(&message("2207", "LOST", TERTIARY, &input)).ok().raw, settled.raw);
    let events = server.verify().journal.events;
    let again = reverse(&server, TERTIARY, "LOST").ok();
    assert!(again.at("warn_msg").contains("已由"), "{}", again.raw);
    assert_eq!((server.verify().journal.events, account(&server)), (events, before.clone()));
    // The batch is open again.
    server.call(TERTIARY, "2207", &input).ok();
    assert_ne!(account(&server), before);
}

#[test]
fn a_reversal_that_comes_first_bars_the_message_for_ever() {
    let server = Server::start();
    let before = account(&server);
    let mdtrt_id = ACTIVE.visit(&server, TERTIARY, "11", "2026-02-10", "500.00");
    let input = ACTIVE.settlement(&mdtrt_id, "B1", "11", "500");
    let reversed = reverse(&server, TERTIARY, "LATE").ok();
    assert!(reversed.at("warn_msg").contains("没有收到过报文 LATE"), "{}", reversed.raw);
    assert_eq!(fate(&server, TERTIARY, "LATE").0, "barred");
    let server = server.restart();
    let refused = server.send(&message("2207", "LATE", TERTIARY, &input)).err();
    assert!(refused.starts_with("[reversed_before]"), "{refused}");
    let again = reverse(&server, TERTIARY, "LATE").ok();
    assert!(again.at("warn_msg").contains("已由"), "{}", again.raw);
    assert_eq!(account(&server), before);
    // The number is barred for this institution alone, and the visit is not.
    assert_eq!(fate(&server, SECONDARY, "LATE").0, "not_recorded");
    server.call(TERTIARY, "2207", &input).ok();
}

#[test]
fn what_was_cancelled_before_stays_so_and_its_reversal_succeeds() {
    let server = Server::start();
    let before = account(&server);
    let mdtrt_id = ACTIVE.visit(&server, TERTIARY, "11", "2026-02-10", "500.00");
    let input = ACTIVE.settlement(&mdtrt_id, "B1", "11", "500");
    let settled = server.send(&message("2207", "TWICE", TERTIARY, &input)).ok();
    let setl_id = settled.at("output.setlinfo.setl_id");
    let psn_no = ACTIVE.psn_no;
    let cancel = format!(r#"{{"data":{{"setl_id":"{setl_id}","mdtrt_id":"{mdtrt_id}","psn_no":"{psn_no}"}}}}"#);
    server.call(TERTIARY, "2208", &cancel).ok();
    reverse(&server, TERTIARY, "TWICE").ok();
    assert_eq!(account(&server), before);
    // And the other way round: what was reversed cannot be cancelled.
    let settled = server.send(&message("2207", "AGAIN", TERTIARY, &input)).ok();
    reverse(&server, TERTIARY, "AGAIN").ok();
    let cancel = cancel.replace(&setl_id, &settled.at("output.setlinfo.setl_id"));
    assert!(server.call(TERTIARY, "2208", &cancel).err().starts_with("[already_cancelled]"));
    assert_eq!(account(&server), before);
}

#[test]
fn a_reversal_names_what_differs_from_the_original() {
    let server = Server::start();
    let mdtrt_id = ACTIVE.visit(&server, TERTIARY, "11", "2026-02-10", "500.00");
    let registered = server.send(&message("2207", "M1", TERTIARY, &ACTIVE.settlement(&mdtrt_id, "B1", "11", "500")));
    registered.ok();
    let ask = |psn_no: &str, omsgid: &str, oinfno: &str| {
        let input = format!(r#"{{"data":{{"psn_no":"{psn_no}","omsgid":"{omsgid}","oinfno":"{oinfno}"}}}}"#);
        server.call(TERTIARY, "2601", &input)
    };
    for (psn_no, omsgid, oinfno, said) in [
        (ACTIVE.psn_no, "M1", "2201", "[not_reversible]"),
        (ACTIVE.psn_no, "M1", "2208", "[not_reversible]"),
        ("50000000000003", "M1", "2207", "[original_differs]"),
        ("nobody", "M1", "2207", "[not_a_member]"),
        (ACTIVE.psn_no, "", "2207", "[missing_field]"),
    ] {
        let refused = ask(psn_no, omsgid, oinfno).err();
        assert!(refused.starts_with(said), "{psn_no} {omsgid} {oinfno}: {refused}");
    }
    // Of another institution's message nothing is known here: it is barred for this one alone.
    let theirs = reverse(&server, SECONDARY, "M1").ok();
    assert!(theirs.at("warn_msg").contains("没有收到过"), "{}", theirs.raw);
    assert_eq!(fate(&server, TERTIARY, "M1").0, "recorded");
    ask(ACTIVE.psn_no, "M1", "2207A").ok();
    assert_eq!(fate(&server, TERTIARY, "M1").0, "reversed");
}
