//! Whatever somebody with access to the disk or the server changes is found, at its event and field.

use gongji_store::{Difference, VerifyError, rebuild};

use crate::purses::{Purses, story};
use crate::world::World;

promises!(
    a_changed_column_of_an_event_is_found_at_its_event,
    a_changed_byte_of_a_body_is_found_or_changes_nothing,
    a_missing_row_and_a_cut_tail_are_found,
    what_is_derived_and_was_changed_is_found,
    what_events_say_is_proved_even_when_the_whole_chain_was_sealed_anew,
);

/// A store with the story in it, that nobody has open.
fn told(world: &World) {
    story(&world.open(Purses).unwrap());
    world.verify(&Purses).unwrap();
}

/// What proving says after a change; and the same world as before it.
fn said(world: &World, change: &str, undo: &str) -> String {
    world.change(change);
    let said = world.verify(&Purses).map(|report| format!("{change}: {report:?}")).unwrap_err().to_string();
    world.change(undo);
    world.verify(&Purses).unwrap_or_else(|fault| panic!("{undo}: {fault}"));
    said
}

fn a_changed_column_of_an_event_is_found_at_its_event(world: &World) {
    told(world);
    let content = "流水不可信：第 3 件：内容被改动，与封存的 hash 不符";
    let gap = "流水不可信：第 3 件缺失，其后是第 4 件";
    let row = |column: &str| format!("{column} WHERE number = 3");
    let bytes = |column: &str| world.literal(&world.bytes(column, "event WHERE number = 3"));
    let zeros = world.literal(&[0; 32]);
    let body = bytes("body");
    let cut = world.literal(&world.bytes("body", "event WHERE number = 3")[..9]);
    for (column, value, was, expected) in [
        ("hash", zeros.as_str(), bytes("hash").as_str(), content),
        ("body", &world.literal(&[]), &body, "流水不可信：第 3 件：内容被改动，字段 body：内容不完整"),
        ("body", &cut, &body, "流水不可信：第 3 件：内容被改动，字段 body：内容不完整"),
        ("visit", "0", "3", content),
        ("visit", "4", "3", content),
        ("revision", "7", "2", content),
        ("person", "'P9'", "'P1'", content),
        ("number", "33", "3", gap),
    ] {
        let change = format!("UPDATE event SET {}", row(&format!("{column} = {value}")));
        let at = if column == "number" { "33" } else { "3" };
        let undo = format!("UPDATE event SET {column} = {was} WHERE number = {at}");
        let said = said(world, &change, &undo);
        assert!(said.starts_with(expected), "{change}: {said}");
    }
    if !world.is_postgres() {
        // What the last events say of their persons is what recovery goes by.
        let last = world.literal(&world.bytes("after", "event WHERE number = 6"));
        let undo = format!("UPDATE event SET after = {last} WHERE number = 6");
        for (after, expected) in [("x''", "文件已损坏"), ("x'0102'", "业务状态与账簿不符：人员 P1")] {
            let said = said(world, &format!("UPDATE event SET after = {after} WHERE number = 6"), &undo);
            assert!(said.starts_with(expected), "{after}: {said}");
        }
    }
    world.change("UPDATE event SET dictionary = dictionary + 2 WHERE number = 3");
    let said = world.verify(&Purses).unwrap_err().to_string();
    assert_eq!(said, "流水不可信：第 3 件：内容被改动，字段 dictionary：没有这部字典");
}

/// Packed bytes may say the same in two ways; whatever is read must be the event that was sealed.
fn a_changed_byte_of_a_body_is_found_or_changes_nothing(world: &World) {
    told(world);
    let event = world.reader().event(5).unwrap().unwrap();
    let body = world.bytes("body", "event WHERE number = 5");
    let mut found = 0;
    for at in 0..body.len() {
        let mut changed = body.clone();
        changed[at] ^= 1 << (at % 8);
        world.change(&format!("UPDATE event SET body = {} WHERE number = 5", world.literal(&changed)));
        match world.verify(&Purses) {
            Ok(_) => assert_eq!(world.reader().event(5).unwrap().as_ref(), Some(&event), "byte {at}"),
            Err(VerifyError::Chain(fault)) => {
                assert!(fault.to_string().starts_with("第 5 件：内容被改动"), "byte {at}: {fault}");
                found += 1;
            }
            Err(other) => panic!("byte {at}: {other:?}"),
        }
    }
    assert!(found * 10 > body.len() * 9, "{found} of {}", body.len());
    world.change(&format!("UPDATE event SET body = {} WHERE number = 5", world.literal(&body)));
    // What bodies are written against is needed by all of them.
    let written_against = dictionary(world, 5);
    // No body needs the last bytes of it, and they are proved all the same.
    for (at, expected) in [(10, "流水不可信：第 1 件：内容被改动"), (written_against.len() - 1, "文件已损坏")]
    {
        let mut changed = written_against.clone();
        changed[at] ^= 1;
        world.change(&format!("UPDATE dictionary SET bytes = {}", world.literal(&changed)));
        let said = world.verify(&Purses).unwrap_err().to_string();
        assert!(said.starts_with(expected) && (at == 10 || said.contains("dictionary")), "{said}");
    }
    world.change("DELETE FROM dictionary");
    let said = world.verify(&Purses).unwrap_err().to_string();
    assert_eq!(said, "流水不可信：第 1 件：内容被改动，字段 dictionary：没有这部字典");
}

fn a_missing_row_and_a_cut_tail_are_found(world: &World) {
    told(world);
    world.change("DELETE FROM event WHERE number = 6");
    // Whoever cuts the end leaves a whole chain; what is kept of persons or of the day still tells it.
    let said = world.verify(&Purses).unwrap_err().to_string();
    let told_by = ["日头 2026-03-02：size", "业务状态与账簿不符：人员 P1", "第 6 件：多出分录 0"];
    assert!(told_by.iter().any(|words| said.starts_with(words)), "{said}");
    let opened = world.open(Purses).err().unwrap();
    assert!(opened.to_string().contains("第 6 件已经提交，流水却在它之前结束或被换掉"), "{opened}");
    world.change("DELETE FROM event WHERE number = 2");
    let verified = world.verify(&Purses).unwrap_err();
    assert_eq!(verified.to_string(), "流水不可信：第 2 件缺失，其后是第 3 件");
    world.change("DELETE FROM event");
    assert!(world.verify(&Purses).is_err());
    assert!(world.open(Purses).is_err());
}

fn what_is_derived_and_was_changed_is_found(world: &World) {
    told(world);
    // Now every person stands in a row of an engine that writes them in turns.
    rebuild(world.place(), &Purses).unwrap();
    let zeros = world.literal(&[0; 32]);
    let (messages, people) = (world.messages(), world.people());
    let day = |change: &str| format!("{change} WHERE day = '2026-03-01'");
    let mut cases = vec![
        (format!("DELETE FROM {messages} WHERE number = 4"), "第 4 件：按报文编号查不到"),
        (format!("UPDATE {messages} SET number = 99 WHERE number = 2"), "第 2 件：按报文编号查不到"),
        (format!("UPDATE {people} SET packed = {}", world.literal(&[5])), "业务状态与账簿不符：人员 P"),
        (day(&format!("UPDATE day_head SET root = {zeros}")), "日头 2026-03-01：root"),
        (day("UPDATE day_head SET size = 2"), "日头 2026-03-01：size"),
        (day("UPDATE day_head SET first = 2"), "日头 2026-03-01：first"),
        (day("DELETE FROM day_head"), "日头 2026-03-0"),
        ("UPDATE day_head SET day = '2026-03-03' WHERE day = '2026-03-02'".to_owned(), "日头 2026-03-0"),
    ];
    if world.is_postgres() {
        for (change, expected) in [
            (
                "UPDATE posting SET amounts[2] = amounts[2] + 1 WHERE event = 3",
                "第 3 件：分录 1 的 amount 是 3001，按事件应为 3000",
            ),
            ("UPDATE posting SET accounts[1] = 'P2/500000/current' WHERE event = 3", "第 3 件：分录 0 的 account 是"),
            ("UPDATE posting SET effective = effective - 1 WHERE event = 5", "第 5 件：分录 0 的 effective 是"),
            ("UPDATE posting SET concerns = NULL WHERE event = 6", "第 6 件：分录 0 的 concerns 是 空，按事件应为 3"),
            ("UPDATE posting SET person = 'P2' WHERE event = 3", "第 3 件：分录 0 的 person 是 P2"),
            (
                "UPDATE posting SET lines = lines[1:2], accounts = accounts[1:2], amounts = amounts[1:2] WHERE event = 5",
                "第 5 件：缺少分录 2",
            ),
            ("DELETE FROM posting", "第 1 件：缺少分录 0"),
            ("UPDATE posting SET event = 4 WHERE event = 3", "第 3 件：缺少分录 0"),
            (
                "INSERT INTO posting SELECT person, 99, lines, accounts, amounts, kind, NULL, effective, \
                 accounting, recorded FROM posting WHERE event = 3",
                "第 99 件：多出分录 0",
            ),
        ] {
            cases.push((change.to_owned(), expected));
        }
    }
    for (change, expected) in cases {
        world.change(&change);
        let said = world.verify(&Purses).map(|_| change.clone()).unwrap_err().to_string();
        assert!(said.starts_with(expected), "{change}: {said}");
        rebuild(world.place(), &Purses).unwrap();
        world.verify(&Purses).unwrap();
    }
}

/// Whoever seals a false event anew still has to make it move what it says.
fn what_events_say_is_proved_even_when_the_whole_chain_was_sealed_anew(world: &World) {
    told(world);
    let mut event = world.reader().prove(6).unwrap().unwrap().event;
    event.effects = "back 5".to_owned();
    let hash = world.literal(&event.computed_hash());
    let body = spelled(world, 6, "back 3", "back 5");
    world.change(&format!("UPDATE event SET body = {}, hash = {hash} WHERE number = 6", world.literal(&body)));
    let difference = world.verify(&Purses).unwrap_err();
    assert!(matches!(&difference, VerifyError::Differs(Difference::Event { seq: 6, .. })), "{difference:?}");
}

/// What the body of an event is written against.
fn dictionary(world: &World, number: u64) -> Vec<u8> {
    world.bytes("bytes", &format!("dictionary WHERE id = (SELECT dictionary FROM event WHERE number = {number})"))
}

/// The body of an event with other words in it: unpacked against its dictionary, changed, and written so that
/// nothing is left out of it.
pub fn spelled(world: &World, number: u64, was: &str, is: &str) -> Vec<u8> {
    let packed = world.bytes("body", &format!("event WHERE number = {number}"));
    let dictionary = dictionary(world, number);
    let (length, from) = match packed[0] {
        low @ 0..0x80 => (usize::from(low), 1),
        low => (usize::from(low & 0x7f) | usize::from(packed[1]) << 7, 2),
    };
    let raw = lz4_flex::block::decompress_with_dict(&packed[from..], length, &dictionary).unwrap();
    let at = raw.windows(was.len()).rposition(|part| part == was.as_bytes()).unwrap();
    let changed = [&raw[..at], is.as_bytes(), &raw[at + was.len()..]].concat();
    [&packed[..from], &lz4_flex::block::compress_with_dict(&changed, &dictionary)].concat()
}
