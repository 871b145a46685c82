//! `gongji store` on a store that the service wrote, while it has it and afterwards.

use std::path::{Path, PathBuf};

use gongji_app::Rehearsal;

use crate::gongji;
use crate::visit::{charged, message, value};

/// A store of one visit, settled, cancelled and settled again.
struct Kept {
    folder: tempfile::TempDir,
    path: PathBuf,
    service: Option<Rehearsal>,
}

impl Kept {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let kept = Self { service: Some(Rehearsal::open(&path).unwrap()), folder, path };
        kept.visit();
        kept
    }

    fn visit(&self) {
        let (mdtrt_id, settle) = charged(|infno, msgid, input| self.send(infno, msgid, input));
        let settled = self.send("2207", "K4", &settle);
        let setl_id = value(&settled, "setl_id");
        let cancel =
            format!(r#"{{"data":{{"setl_id":"{setl_id}","mdtrt_id":"{mdtrt_id}","psn_no":"50000000000002"}}}}"#);
        self.send("2208", "K5", &cancel);
        self.send("2207", "K6", &settle);
    }

    fn send(&self, infno: &str, msgid: &str, input: &str) -> String {
        let body = message(infno, msgid, input);
        let reply = String::from_utf8(self.service.as_ref().unwrap().answer(body.as_bytes())).unwrap();
        assert_eq!(value(&reply, "infcode"), "0", "{reply}");
        reply
    }

    fn file(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn db(&self) -> String {
        self.path.display().to_string()
    }
}

#[test]
fn the_books_are_read_beside_the_service() {
    let kept = Kept::new();
    let verified = gongji(&["store", "verify", &kept.db()], "");
    assert_eq!((verified.code, verified.err.as_str()), (0, ""));
    assert!(verified.out.starts_with("核验通过") && verified.out.contains("借贷平衡"), "{}", verified.out);

    let trial = gongji(&["store", "balances", &kept.db(), "--area", "500000"], "");
    assert_eq!(trial.code, 0, "{}", trial.err);
    for said in ["统筹区 500000", "-1400.00", "应付定点机构", "3000.00", "借贷平衡"] {
        assert!(trial.out.contains(said), "{said}: {}", trial.out);
    }
    let all: serde_json::Value =
        serde_json::from_str(&gongji(&["store", "balances", &kept.db(), "--format", "json"], "").out).unwrap();
    assert!(all.as_array().unwrap().iter().all(|area| area["balanced"] == true && area["debit"] == area["credit"]));
    // As it was known before anything was recorded.
    let before = gongji(&["store", "balances", &kept.db(), "--recorded", "2026-02-28", "--format", "json"], "");
    assert_eq!(before.out.trim(), "[]");

    let account = ["store", "balances", &kept.db(), "--account", "50000000000002/500000/current", "--format", "json"];
    let told: serde_json::Value = serde_json::from_str(&gongji(&account, "").out).unwrap();
    let lines: Vec<_> = told["lines"].as_array().unwrap().iter().collect();
    let amounts: Vec<_> =
        lines.iter().map(|line| (line["kind"].as_str().unwrap(), line["balance"].as_str().unwrap())).collect();
    assert_eq!(amounts, [("期初余额", "2000.00"), ("结算", "400.00"), ("冲销", "2000.00"), ("结算", "400.00")]);
    assert_eq!((&told["balance"], &lines[2]["concerns"]), (&"400.00".into(), &lines[1]["event"]));
    let on = gongji(&[&account[..], &["--on", "2024-05-31"]].concat(), "");
    assert!(on.out.contains("\"balance\": \"2000.00\""), "{}", on.out);
    let text = gongji(&account[..5], "");
    assert!(text.out.contains("余额 400.00") && text.out.contains("冲销（"), "{}", text.out);

    for wrong in [["--account", "nobody"], ["--on", "2024-13-01"], ["--recorded", "yesterday"], ["--area", "5"]] {
        assert_eq!(gongji(&[&["store", "balances", &kept.db()], &wrong[..]].concat(), "").code, 2);
    }
}

#[test]
fn an_institution_proves_its_settlement_against_the_published_heads() {
    let kept = Kept::new();
    let (proof, heads) = (kept.file("proof.json"), kept.file("published.txt"));
    let proved = gongji(&["store", "prove", &kept.db(), "H50000000001", "K4"], "");
    assert_eq!(proved.code, 0, "{}", proved.err);
    std::fs::write(&proof, &proved.out).unwrap();
    let published = gongji(&["store", "heads", &kept.db()], "").out;
    std::fs::write(&heads, &published).unwrap();
    let check = |proof: &str, with: [&str; 2]| gongji(&["store", "verify-proof", proof, with[0], with[1]], "");
    let good = check(&proof, ["--heads", &heads]);
    assert!(good.code == 0 && good.out.starts_with("证明成立：H50000000001 的报文 K4"), "{}{}", good.out, good.err);
    assert_eq!(check(&proof, ["--head", published.trim()]).code, 0);

    // Another number under the same content hash, another amount in the reply, another head: no proof.
    let changed = kept.file("changed.json");
    for (from, to) in [("\\\"hifp_pay\\\":1400.00", "\\\"hifp_pay\\\":1500.00"), ("\"index\": ", "\"index\": 1")] {
        assert!(proved.out.contains(from), "{from}");
        std::fs::write(&changed, proved.out.replace(from, to)).unwrap();
        let bad = check(&changed, ["--heads", &heads]);
        assert!(bad.code == 1 && bad.err.contains("证明不成立"), "{}", bad.err);
    }
    let other = published.trim().replace(['a', 'b'], "c");
    assert_eq!(check(&proof, ["--head", &other]).code, 1);
    assert_eq!(check(&proof, ["--head", "2026-03-02 1 00"]).code, 2);
    assert_eq!(gongji(&["store", "verify-proof", &proof], "").code, 2);
    let none = gongji(&["store", "prove", &kept.db(), "H50000000001", "never"], "");
    assert!(none.code == 2 && none.err.contains("没有这一件"), "{}", none.err);
    assert_eq!(gongji(&["store", "prove", &kept.db(), "1"], "").code, 0);
}

#[test]
fn a_backup_is_taken_beside_the_service_and_restored_by_putting_it_in_place() {
    let mut kept = Kept::new();
    let copy = kept.file("copy.db");
    let done = gongji(&["store", "backup", &kept.db(), &copy], "");
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.out.starts_with("已备份到") && done.err.contains("100%"), "{} {}", done.out, done.err);
    let head = |path: &str| gongji(&["store", "heads", path], "").out;
    assert_eq!(head(&copy), head(&kept.db()));
    let again = gongji(&["store", "backup", &kept.db(), &copy], "");
    assert!(again.code == 2 && again.err.contains("已经存在"), "{}", again.err);

    // While the service has it, nothing is rebuilt; afterwards it may be.
    let refused = gongji(&["store", "rebuild", &kept.db()], "");
    assert!(refused.code == 2 && refused.err.contains("另一个进程正在使用它"), "{}", refused.err);
    kept.service = None;
    assert_eq!(gongji(&["store", "rebuild", &kept.db()], "").code, 0);

    // Restored: the service goes on where the copy stood, and answers again what it answered.
    let restored = kept.folder.path().join("restored.db");
    std::fs::copy(&copy, &restored).unwrap();
    kept.service = Some(Rehearsal::open(&restored).unwrap());
    kept.visit();
    assert_eq!(head(&restored.display().to_string()), head(&copy), "nothing new happened");
    assert_eq!(gongji(&["store", "verify", &restored.display().to_string()], "").code, 0);
}

#[test]
fn a_store_is_restored_to_a_moment_beside_the_service() {
    let kept = Kept::new();
    let (then, other) = (kept.file("then.db"), kept.file("other.db"));
    let done = gongji(&["store", "restore", &kept.db(), &then, "--events", "5"], "");
    assert_eq!(done.code, 0, "{}", done.err);
    for said in ["事件 5，略去其后", "末件 5，记于 2026-03-01", "hash "] {
        assert!(done.out.contains(said), "{said}: {}", done.out);
    }
    assert!(done.err.contains("已复制 5/5 件，正在重建并核验"), "{}", done.err);
    assert_eq!(gongji(&["store", "verify", &then], "").code, 0);

    let again = gongji(&["store", "restore", &kept.db(), &then, "--events", "4"], "");
    assert!(again.code == 2 && again.err.contains("已经存在"), "{}", again.err);
    for (which, said) in [
        (["--until", "2020-01-01 00:00:00"], "晚于所给的时刻"),
        (["--until", "2026-03-01"], "写作 YYYY-MM-DD HH:MM:SS"),
        (["--until", "yesterday"], "写作 YYYY-MM-DD HH:MM:SS"),
        (["--events", "0"], "写作件数"),
        (["--events", "999"], "库里只有"),
    ] {
        let refused = gongji(&[&["store", "restore", &kept.db(), &other], &which[..]].concat(), "");
        assert!(refused.code == 2 && refused.err.contains(said), "{which:?}: {}", refused.err);
    }
    assert_eq!(gongji(&["store", "restore", &kept.db(), &other], "").code, 2);
    let server = gongji(&["store", "restore", "postgres://db.example/gongji", &other, "--events", "1"], "");
    assert!(server.code == 2 && server.err.contains("docs/guides/operate-the-store.md"), "{}", server.err);
    assert!(!Path::new(&other).exists());
    let all = gongji(&["store", "restore", &kept.db(), &other, "--until", "2199-12-31 23:59:59"], "");
    assert!(all.code == 0 && all.out.contains("略去其后 0 件"), "{} {}", all.out, all.err);
    assert_eq!(gongji(&["store", "heads", &other], "").out, gongji(&["store", "heads", &kept.db()], "").out);
}

#[test]
fn what_is_no_store_is_said_without_making_one() {
    let folder = tempfile::tempdir().unwrap();
    let said = |path: &Path, command: &str, said: &str| {
        let ran = gongji(&["store", command, &path.display().to_string()], "");
        assert!(ran.code == 2 && ran.err.contains(said), "{command}: {}", ran.err);
    };
    let none = folder.path().join("none.db");
    for command in ["verify", "heads", "balances", "rebuild"] {
        said(&none, command, "文件打不开");
    }
    assert!(!none.exists());
    let text = folder.path().join("text.db");
    std::fs::write(&text, "这不是数据库。".repeat(99)).unwrap();
    for command in ["verify", "heads", "balances", "rebuild"] {
        said(&text, command, "不是 SQLite 数据库");
    }
}

#[test]
fn a_changed_balance_is_named_and_rebuilding_mends_it() {
    let mut kept = Kept::new();
    kept.service = None;
    // Once rebuilt, every person stands in a row: the name after its length, how many events, opened, balance.
    assert_eq!(gongji(&["store", "rebuild", &kept.db()], "").code, 0);
    let mut bytes = std::fs::read(&kept.path).unwrap();
    let record = b"\x0e50000000000002";
    // The last place is inside what the register says of the same person, whose row comes after.
    let places = bytes.windows(record.len()).enumerate().filter(|(_, window)| *window == record);
    let at = places.map(|(at, _)| at).rev().nth(1).unwrap();
    // Somebody with access to the file changes a bit of the balance.
    bytes[at + record.len() + 2] ^= 2;
    std::fs::write(&kept.path, bytes).unwrap();
    let broken = gongji(&["store", "verify", &kept.db()], "");
    assert_eq!(broken.code, 1, "{}", broken.err);
    assert!(broken.err.contains("人员 50000000000002 的留存状态与重放不符"), "{}", broken.err);
    assert_eq!(gongji(&["store", "rebuild", &kept.db()], "").code, 0);
    assert_eq!(gongji(&["store", "verify", &kept.db()], "").code, 0);
}
