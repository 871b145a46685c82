//! Conversations (`conversations/*.jsonl`): requests and replies written down byte for byte, a contract with whoever
//! connects. Each is held anew and compared, and replayed on every store.
//!
//! `GONGJI_RECORD=1` writes them anew: read the difference before it is committed.

mod aid;
mod base;
mod catalogue;
mod centre;
mod hospital;
mod pharmacy;
mod record;
mod spelling;
mod trouble;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use gongji_store::Place;

use super::super::offered::TRANSACTIONS;
use super::Reply;
use super::fields::check_identities;
use crate::his::json::{self, Json};
use crate::his::profile;
use centre::{Centre, Scribe};
use record::{Exchange, Head};

/// A conversation to hold: its name, the profile, what it shows, and how it goes.
struct Script {
    name: String,
    profile: &'static str,
    shows: &'static str,
    in_english: &'static str,
    hold: fn(&mut Scribe),
}

/// What a conversation shows in both languages, and how it goes.
type Shown = (&'static str, &'static str, fn(&mut Scribe));

/// The same under a name.
type Named = (&'static str, Shown);

const fn script(shows: &'static str, in_english: &'static str, hold: fn(&mut Scribe)) -> Shown {
    (shows, in_english, hold)
}

/// All of them: those of the usual spelling, and one for each profile.
fn scripts() -> Vec<Script> {
    let named = [
        hospital::SCRIPTS,
        pharmacy::SCRIPTS,
        aid::SCRIPTS,
        base::SCRIPTS,
        trouble::SCRIPTS,
        spelling::SCRIPTS,
        catalogue::SCRIPTS,
    ]
    .concat();
    let plain = named.into_iter().map(|(name, (shows, in_english, hold))| Script {
        name: name.to_owned(),
        profile: "plain",
        shows,
        in_english,
        hold,
    });
    let habits = profile::all().map(|(profile, _)| Script {
        name: format!("profile-{profile}"),
        profile,
        shows: "省份习惯：同一家医院以此习惯办理一次就诊，成功与失败各有应答",
        in_english: "The habits of a province: one visit at a hospital that has them, with successes and faults",
        hold: spelling::habit,
    });
    plain.chain(habits).collect()
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("conversations")
}

fn kept(name: &str) -> String {
    let path = folder().join(format!("{name}.jsonl"));
    std::fs::read_to_string(&path)
        .unwrap_or_else(|fault| panic!("{}: {fault}; GONGJI_RECORD=1 writes it", path.display()))
}

fn all_kept() -> Vec<(Head, Vec<Exchange>)> {
    scripts().iter().map(|script| record::read(&kept(&script.name))).collect()
}

#[test]
fn conversations_are_held_as_they_were_written_down() {
    let recording = std::env::var("GONGJI_RECORD").is_ok_and(|told| told == "1");
    for Script { name, profile, shows, in_english, hold } in scripts() {
        let folder_of_store = tempfile::tempdir().unwrap();
        let centre = Centre::over(Place::file(folder_of_store.path().join("centre.db")), profile);
        let [shows, in_english] = [shows, in_english].map(str::to_owned);
        let bonds = if name == aid::NAME { aid::bonds() } else { Vec::new() };
        let head = Head { conversation: name.clone(), profile: profile.to_owned(), shows, in_english, bonds };
        let mut scribe = Scribe::new(centre, &head);
        hold(&mut scribe);
        let held = scribe.done();
        if recording {
            std::fs::write(folder().join(format!("{name}.jsonl")), &held).unwrap();
            continue;
        }
        let kept = kept(&name);
        for (at, (now, then)) in held.lines().zip(kept.lines()).enumerate() {
            assert_eq!(now, then, "conversations/{name}.jsonl, line {}", at + 1);
        }
        assert_eq!(held.lines().count(), kept.lines().count(), "conversations/{name}.jsonl");
    }
}

/// Replays all, each on a store of its own, a few side by side; a store is kept as long as what comes with it.
fn replay<Kept>(store: impl Fn() -> (Place, Kept) + Sync) {
    let conversations = all_kept();
    let next = AtomicUsize::new(0);
    let one_after_the_other = || {
        while let Some((head, exchanges)) = conversations.get(next.fetch_add(1, Ordering::Relaxed)) {
            let (place, _kept) = store();
            let centre = Centre::over(place, &head.profile);
            centre.bind(&head.bonds);
            for (at, then) in exchanges.iter().enumerate() {
                let answered = record::line(&centre.answer(then.clone()));
                assert_eq!(answered, record::line(then), "conversations/{}.jsonl, line {}", head.conversation, at + 2);
            }
        }
    };
    std::thread::scope(|scope| (0..4).for_each(|_| drop(scope.spawn(one_after_the_other))));
}

#[test]
fn every_conversation_is_answered_the_same_by_a_centre_that_keeps_a_file() {
    replay(|| {
        let folder = tempfile::tempdir().unwrap();
        (Place::file(folder.path().join("centre.db")), folder)
    });
}

#[test]
fn every_conversation_is_answered_the_same_by_a_centre_on_postgresql() {
    replay(|| {
        let database = gongji_cluster::Database::fresh();
        (Place::Postgres(database.url().to_owned()), database)
    });
}

/// The number of a request, and whether it succeeded; nothing of one that cannot be read.
fn outcome(exchange: &Exchange) -> Option<(String, bool)> {
    let request = json::read_text(exchange.request.as_ref()?.get()).ok()?;
    let infno = request.word("infno").to_owned();
    let Some(reply) = &exchange.reply else { return Some((infno, true)) };
    let reply = json::read_text(reply.get()).unwrap();
    let Some(Json::Text(text) | Json::Number(text)) = reply.get("infcode") else { panic!("{infno}: {reply:?}") };
    Some((infno, text == "0"))
}

#[test]
fn every_number_on_offer_is_shown_with_a_success_and_a_fault_and_every_profile_too() {
    let mut shown = BTreeSet::new();
    for (head, exchanges) in all_kept() {
        for (infno, success) in exchanges.iter().filter_map(outcome) {
            shown.insert((infno, success));
            shown.insert((format!("profile {}", head.profile), success));
        }
    }
    for transaction in TRANSACTIONS {
        for infno in transaction.numbers {
            assert!(shown.contains(&((*infno).to_owned(), true)), "{infno} never succeeds");
        }
        let fault = transaction.numbers.iter().any(|infno| shown.contains(&((*infno).to_owned(), false)));
        assert!(fault, "{} never fails", transaction.numbers[0]);
    }
    for (profile, _) in profile::all() {
        for success in [true, false] {
            assert!(shown.contains(&(format!("profile {profile}"), success)), "{profile} {success}");
        }
    }
}

#[test]
fn the_money_identities_hold_in_every_conversation() {
    let mut seen = 0;
    for (_, exchanges) in all_kept() {
        for exchange in &exchanges {
            let reply = exchange.reply.as_ref().map_or("", |reply| reply.get());
            if reply.contains("\"output\":{\"setlinfo\":{\"") && reply.contains("\"medfee_sumamt\":") {
                check_identities(&Reply::of(reply.to_owned()));
                seen += 1;
            }
        }
    }
    assert!(seen > 40, "{seen} replies with amounts");
}

#[test]
fn the_folder_has_each_conversation_once_and_tells_of_it() {
    let told = std::fs::read_to_string(folder().join("README.md")).unwrap();
    let names: BTreeSet<String> = scripts().into_iter().map(|script| script.name).collect();
    for name in &names {
        assert!(told.contains(&format!("`{name}`")), "conversations/README.md says nothing of {name}");
    }
    for file in std::fs::read_dir(folder()).unwrap() {
        let file = file.unwrap().file_name().into_string().unwrap();
        let known = file == "README.md" || file.strip_suffix(".jsonl").is_some_and(|name| names.contains(name));
        assert!(known, "conversations/{file} belongs to nothing");
    }
}
