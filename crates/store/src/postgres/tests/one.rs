//! One node: what is answered twice, what is refused, what is found, what is made anew.

use gongji_cluster::Database;

use super::world::{DAY, World, ask, node, number, opened, proved, reader, sent, with};
use crate::{ChainFault, Difference, OpenError, Place, Reader, SchemaError, Store, SubmitError, VerifyError, rebuild};

fn place(url: &str) -> Place {
    Place::Postgres(url.to_owned())
}

#[test]
fn a_message_is_answered_once_also_after_a_restart_and_never_for_somebody_else() {
    let database = Database::fresh();
    let store = node(database.url());
    opened(&store, &["P1", "P2"]);
    let first = sent(1, &["P1"], "pay 1.00").to(&store).unwrap();
    let again = sent(1, &["P1"], "pay 1.00").to(&store).unwrap();
    assert_eq!((first.replayed, again.replayed, &again.body), (false, true, &first.body));
    let other = sent(1, &["P2"], "pay 1.00").to(&store).unwrap_err();
    assert!(matches!(&other, SubmitError::Conflict { input, .. } if input == "P1 pay 1.00"), "{other:?}");
    let head = store.head();
    drop(store);
    let store = node(database.url());
    assert_eq!(store.head(), head, "the stream was given back");
    assert_eq!(sent(1, &["P1"], "pay 1.00").to(&store).unwrap().body, first.body);
    assert_eq!(number(&sent(2, &["P1"], "pay 1.00").to(&store).unwrap()), head.events + 1);
    let report = proved(database.url());
    assert_eq!((report.journal, report.transactions, report.days), (store.head(), 4, 1));
    let found = reader(database.url()).find(&sent(2, &["P1"], "").request().key).unwrap();
    assert_eq!(found, Some(4));
    let proof = reader(database.url()).prove(4).unwrap().unwrap();
    assert!(proof.verifies(&reader(database.url()).days().unwrap()[0].head));
}

#[test]
fn a_batch_answers_each_message_once_and_sees_what_the_ones_before_left() {
    let database = Database::fresh();
    let store = node(database.url());
    opened(&store, &["P1"]);
    let (sender, answers) = std::sync::mpsc::channel();
    for n in 0..600 {
        let (sender, one) = (sender.clone(), sent(n / 2, &["P1"], "pay 0.01"));
        let request = one.request();
        store.submit(
            request,
            move |known, number| one.decided(known, number),
            move |answer| sender.send(answer).unwrap(),
        );
    }
    let answers: Vec<_> = answers.iter().take(600).map(Result::unwrap).collect();
    assert_eq!(answers.iter().filter(|reply| reply.replayed).count(), 300);
    assert!(answers.chunks(2).all(|pair| pair[0].body == pair[1].body));
    let revisions = "SELECT count(*), min(revision), max(revision) FROM event";
    assert_eq!(ask(database.url(), revisions).trim(), "301|1|301");
    assert_eq!(proved(database.url()).transactions, 301);
}

#[test]
fn what_was_tampered_with_is_found_and_named() {
    let database = Database::fresh();
    let url = database.url();
    let store = node(url);
    opened(&store, &["P1", "P2"]);
    sent(1, &["P1", "P2"], "share 5.00").to(&store).unwrap();
    proved(url);
    let differs = |change: &str, back: &str| {
        ask(url, change);
        let said = reader(url).verify(&World("1")).unwrap_err();
        ask(url, back);
        said
    };
    let said = differs(
        "UPDATE posting SET amounts[1] = amounts[1] + 1 WHERE event = 3 AND person = 'P2'",
        "UPDATE posting SET amounts[1] = amounts[1] - 1 WHERE event = 3 AND person = 'P2'",
    );
    assert!(matches!(said, VerifyError::Differs(Difference::Posting { event: 3, field: "amount", .. })), "{said}");
    let said = differs(
        "UPDATE message_claim SET number = 1 WHERE msgid = '1'",
        "UPDATE message_claim SET number = 3 WHERE msgid = '1'",
    );
    assert!(matches!(said, VerifyError::Differs(Difference::Message { seq: 3 })), "{said}");
    let said = differs("UPDATE day_head SET size = 9", "UPDATE day_head SET size = 3");
    assert!(matches!(said, VerifyError::Differs(Difference::Day { field: "size", .. })), "{said}");
    let said = differs(
        "UPDATE person SET revision = 9 WHERE person = 'P1'",
        "UPDATE person SET revision = 2 WHERE person = 'P1'",
    );
    assert!(said.to_string().contains("P1"), "{said}");
    proved(url);
    ask(url, "UPDATE event SET visit = 1 WHERE number = 2");
    let said = reader(url).verify(&World("1")).unwrap_err();
    assert!(matches!(said, VerifyError::Chain(_)), "{said}");
    drop(store);
    let refused = Store::open(&place(url), World("1")).err().unwrap();
    assert!(matches!(refused, OpenError::Chain(_)), "{refused}");
    ask(url, "UPDATE event SET visit = 0 WHERE number = 2; DELETE FROM event WHERE number = 3");
    let refused = Store::open(&place(url), World("1")).err().unwrap();
    assert!(matches!(refused, OpenError::Chain(ChainFault::Head(3))), "{refused}");
}

#[test]
fn a_name_that_no_index_takes_is_refused_alone() {
    let database = Database::fresh();
    let store = node(database.url());
    let longest: String = (0..500_u32).map(|n| char::from(b'!' + (n * n % 89) as u8)).collect();
    opened(&store, &["P1"]);
    sent(&longest, &["P1"], "pay 1.00").to(&store).unwrap();
    for (msgid, person) in [("a\0b", "P1"), ("c", "P\0"), (&format!("{longest}!"), "P1")] {
        let said = sent(msgid, &[person], "look").to(&store).unwrap_err();
        assert!(matches!(said, SubmitError::NotRecorded(_)), "{said:?}");
    }
    assert_eq!(proved(database.url()).journal.events, 2);
}

/// Everything that is derived, as text.
fn derived(url: &str) -> String {
    ["person", "posting", "message_claim", "day_head", "period", "edition"]
        .map(|table| {
            ask(url, &format!("SELECT * FROM {table} AS t WHERE NOT (t::text LIKE '(%,0,%\\\\x\")') ORDER BY t::text"))
        })
        .join("\n--\n")
}

#[test]
fn what_is_derived_is_made_anew_as_it_was_but_not_while_a_node_runs() {
    let database = Database::fresh();
    let url = database.url();
    let store = node(url);
    opened(&store, &["P1", "P2"]);
    let mut later = sent(1, &["P1", "P2"], "share 5.00");
    later.day = "2026-03-02";
    later.to(&store).unwrap();
    sent(2, &["P1"], &format!("close {DAY}")).to(&store).unwrap();
    let before = derived(url);
    let refused = rebuild(&place(url), &World("1")).unwrap_err();
    assert!(matches!(refused, OpenError::InUse), "{refused}");
    let head = store.head();
    drop(store);
    ask(url, "DELETE FROM posting; UPDATE person SET packed = ''; DELETE FROM message_claim WHERE msgid = '1'");
    assert_eq!(rebuild(&place(url), &World("1")).unwrap(), head);
    assert_eq!(derived(url), before);
    proved(url);
    let store = node(url);
    assert!(later.to(&store).unwrap().replayed);
}

#[test]
fn a_database_of_another_release_is_refused_and_left_as_it_is() {
    let database = Database::fresh();
    let url = database.url();
    let unknown = Reader::open(&place(url)).err().unwrap();
    assert!(matches!(unknown, OpenError::Schema(SchemaError::Older { found: 0, .. })), "{unknown}");
    drop(node(url));
    ask(url, "INSERT INTO schema_version VALUES (99, '0099_later', '')");
    for refused in [Store::open(&place(url), World("1")).err().unwrap(), Reader::open(&place(url)).err().unwrap()] {
        assert!(matches!(refused, OpenError::Schema(SchemaError::Newer { found: 99, .. })), "{refused}");
    }
    ask(url, "DELETE FROM schema_version WHERE version = 99; UPDATE schema_version SET digest = 'x' WHERE version = 1");
    let refused = Store::open(&place(url), World("1")).err().unwrap();
    assert!(matches!(refused, OpenError::Schema(SchemaError::Altered(_))), "{refused}");
}

#[test]
fn other_rules_fold_persons_anew_unless_nodes_of_the_old_ones_run() {
    let database = Database::fresh();
    let url = with(database.url(), "gongji_lease=1");
    let store = node(&url);
    opened(&store, &["P1"]);
    let refused = Store::open(&place(&url), World("2")).err().unwrap();
    assert!(matches!(refused, OpenError::OtherNodes), "{refused}");
    std::thread::sleep(std::time::Duration::from_millis(1200));
    // The idle node counts as gone; when it wakes it must not go on by the old rules.
    let newer = Store::open(&place(&url), World("2")).unwrap();
    sent(1, &["P1"], "pay 1.00").to(&newer).unwrap();
    let said = sent(2, &["P1"], "pay 1.00").to(&store).unwrap_err();
    // It could not look whether another node had recorded the message, so it must not say that nothing happened.
    assert!(matches!(&said, SubmitError::Unsure(why) if why.contains("重新启动本节点")), "{said:?}");
    assert!(matches!(sent(3, &["P1"], "look").to(&store), Err(SubmitError::Closed)));
    sent(2, &["P1"], "pay 1.00").to(&newer).unwrap();
    drop((store, newer));
    assert_eq!(ask(database.url(), "SELECT edition FROM edition").trim(), "2");
}

#[test]
fn a_server_that_is_away_or_refuses_is_named_without_the_password() {
    let gone = "postgres://gongji:s3cret@127.0.0.1:1/gongji";
    let said = Store::open(&place(gone), World("1")).err().unwrap().to_string();
    assert!(said.contains("连不上") && !said.contains("s3cret"), "{said}");
    let database = Database::fresh();
    drop(node(database.url()));
    let readonly = with(database.url(), "options=-c%20default_transaction_read_only%3Don");
    let said = Store::open(&place(&readonly), World("1")).err().unwrap().to_string();
    assert!(said.contains("只读"), "{said}");
}
