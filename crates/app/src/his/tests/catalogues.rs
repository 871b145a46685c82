//! Catalogues and files over the wire: 13xx, 9101, 9102, and restrictions that 2203 decides.

use std::io::{Cursor, Read as _, Write as _};
use std::net::TcpStream;

use super::{ACTIVE, Reply, SECONDARY, Server, TERTIARY, message};
use crate::catalogue::Folder;
use crate::catalogue::check::Defaults;
use crate::catalogue::import::{Wanted, import};
use crate::catalogue::kinds::{How, kinds};
use crate::serve::http;

/// An answer that may be no text.
pub(super) struct Answer {
    pub status: u16,
    /// Content type.
    pub kind: String,
    pub body: Vec<u8>,
}

/// Posts bytes to an address.
pub(super) fn send(server: &Server, path: &str, content_type: &str, body: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(server.address).unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: {content_type}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        server.address,
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(answer[..end].to_vec()).unwrap().to_lowercase();
    let kind = head.lines().find_map(|line| line.strip_prefix("content-type: ")).unwrap_or_default().to_owned();
    Answer { status: head[9..12].parse().unwrap(), kind, body: answer[end + 4..].to_vec() }
}

/// Content type and body of an answer.
fn exchange(server: &Server, content_type: &str, body: &[u8]) -> (String, Vec<u8>) {
    let Answer { kind, body, .. } = send(server, http::PATH, content_type, body);
    (kind, body)
}

pub(super) fn download(server: &Server, institution: &str, number: &str, code: &str) -> (String, Vec<u8>) {
    let input =
        format!(r#"{{"fsDownloadIn":{{"file_qury_no":"{number}","filename":"x.zip","fixmedins_code":"{code}"}}}}"#);
    exchange(server, "text/plain", message("9102", &server.msgid(), institution, &input).as_bytes())
}

/// Name and content of the one file in a ZIP.
pub(super) fn unzipped(bytes: &[u8]) -> (String, Vec<u8>) {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    assert_eq!(archive.len(), 1);
    let mut file = archive.by_index(0).unwrap();
    let mut content = Vec::new();
    file.read_to_end(&mut content).unwrap();
    (file.name().unwrap().into_owned(), content)
}

pub(super) fn upload(server: &Server, institution: &str, part: &str, name: &str, content: &[u8]) -> Reply {
    let input = format!(r#"{{"fsUploadIn":{{"filename":"{name}","fixmedins_code":"{institution}"}}}}"#);
    let json = message("9101", &server.msgid(), institution, &input);
    let (kind, reply) = exchange(server, MULTIPART, &parts_named(part, &json, content));
    assert_eq!(kind, "application/json; charset=utf-8");
    Reply::read(&reply).unwrap()
}

/// A message with a file beside it.
pub(super) const MULTIPART: &str = "multipart/form-data; boundary=line";

/// Its body.
pub(super) fn parts(json: &str, content: &[u8]) -> Vec<u8> {
    parts_named("file", json, content)
}

fn parts_named(part: &str, json: &str, content: &[u8]) -> Vec<u8> {
    let mut body = format!(
        "--line\r\nContent-Disposition: form-data; name=\"jsonStr\"\r\n\r\n{json}\r\n--line\r\n\
         Content-Disposition: form-data; name=\"{part}\"; filename=\"x\"\r\nContent-Type: application/octet-stream\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(content);
    body.extend_from_slice(b"\r\n--line--\r\n");
    body
}

#[test]
fn a_downloaded_catalogue_imported_elsewhere_is_the_same_catalogue() {
    let server = Server::start();
    let shipped = Folder::shipped().unwrap();
    let place = tempfile::tempdir().unwrap();
    let into = place.path().join("kept");
    for kind in kinds().iter().filter(|kind| kind.how == How::File) {
        let told = server.call(TERTIARY, kind.number, r#"{"data":{"ver":"v0000"}}"#).ok();
        assert_eq!(told.at("output.dld_end_time"), told.at("output.dld_endtime"));
        let rows = shipped.rows(kind, 0, shipped.newest(kind)).unwrap();
        assert_eq!(told.at("output.data_cnt"), rows.len().to_string());
        let number = told.at("output.file_qury_no");
        let (content_type, zip) = download(&server, TERTIARY, &number, "plc");
        assert_eq!(content_type, "application/octet-stream");
        assert_eq!(zip, download(&server, SECONDARY, &number, SECONDARY).1, "the same bytes for everybody");
        let (name, text) = unzipped(&zip);
        let path = place.path().join(name);
        std::fs::write(&path, text).unwrap();
        let files = [path];
        let wanted =
            Wanted { kind, into: &into, files: &files, defaults: Defaults::default(), skip_bad: false, dry_run: false };
        assert_eq!(import(wanted, |_, _| {}).unwrap().written, Some(1), "{}", kind.number);
        assert_eq!(Folder::open(&into).unwrap().rows(kind, 0, 1).unwrap(), rows, "{}", kind.number);
    }
}

#[test]
fn only_what_came_after_the_callers_version_is_downloaded() {
    let server = Server::start();
    let told = server.call(TERTIARY, "1309", r#"{"data":{"ver":"v0001"}}"#).ok();
    assert_eq!(
        (told.at("output.data_cnt").as_str(), told.at("output.file_qury_no").as_str()),
        ("1", "C1309v0001v0002")
    );
    let (_, text) = unzipped(&download(&server, TERTIARY, "C1309v0001v0002", "plc").1);
    assert!(String::from_utf8(text).unwrap().starts_with("DEMO-MB-03\t"));
    for (ver, expected) in [
        ("v0002", "[catalogue_up_to_date] 本地目录已是最新版本，没有可下载的更新：字段 data.ver，给出「v0002」"),
        ("v0003", "[invalid_value] 字段取值不合规定：字段 data.ver，给出「v0003」，应为 v0000（从头下载）至 v0002"),
        ("F001_20230101", "invalid_value"),
        ("", "missing_field"),
    ] {
        let fault = server.call(TERTIARY, "1309", &format!(r#"{{"data":{{"ver":"{ver}"}}}}"#)).err();
        assert!(fault.contains(expected), "{ver}: {fault}");
    }
}

#[test]
fn rows_are_asked_for_page_by_page() {
    let server = Server::start();
    let ask = |infno: &str, conditions: &str| {
        let input = format!(r#"{{"data":{{"updt_time":"2020-01-01","page_num":1,"page_size":10{conditions}}}}}"#);
        server.call(TERTIARY, infno, &input)
    };
    let page = ask("1312", r#","hilist_code":"DEMO-YP-0108","insu_admdvs":"500103""#).ok();
    assert_eq!(page.at("output.recordCounts"), "2");
    assert_eq!((page.at("output.data.0.chrgitm_lv"), page.at("output.data.1.chrgitm_lv")), ("02".into(), "01".into()));
    let share = r#","hilist_code":"DEMO-YP-0002","query_date":"2024-12-31""#;
    assert_eq!(ask("1319", share).ok().at("output.data.0.selfpay_prop"), "0.05");
    let ceiling = ask("1318", r#","hilist_code":"DEMO-HC-0101","hilist_lmtpric_type":"2""#).ok();
    assert_eq!(ceiling.at("output.data.0.hilist_pric_uplmt_amt"), "100");
    assert_eq!(ask("1316", "").ok().at("output.data.0.hilist_code"), "DEMO-ZJ-0001");
    assert_eq!(ask("1317", "").ok().at("output.data.0.medins_list_codg"), "Y0001");
    assert_eq!(ask("1304", r#","drug_genname":"民族""#).ok().at("output.recordCounts"), "1");
    assert!(ask("1304", r#","tcmherb_name":"x""#).ok().at("warn_msg").contains("条件未使用：tcmherb_name"));
    let all = ask("1312", "").ok();
    assert_eq!(
        (all.at("output.pages"), all.at("output.endRow"), all.at("output.lastPage")),
        ("3".into(), "10".into(), "false".into())
    );
    let last =
        server.call(TERTIARY, "1312", r#"{"data":{"updt_time":"2020-01-01","page_num":"3","page_size":"10"}}"#).ok();
    assert_eq!((last.at("output.startRow"), last.at("output.lastPage")), ("21".into(), "true".into()));
    assert!(ask("1312", r#","query_date":"today""#).err().contains("字段 data.query_date"));
    let zero =
        server.call(TERTIARY, "1312", r#"{"data":{"updt_time":"2020-01-01","page_num":0,"page_size":10}}"#).err();
    assert!(zero.contains("[out_of_range]") && zero.contains("data.page_num"), "{zero}");
}

#[test]
fn an_uploaded_file_comes_back_to_who_uploaded_it() {
    let server = Server::start();
    let text = "1\tnull\t12.50\n".as_bytes();
    let told = upload(&server, TERTIARY, "file", "detail.txt", text).ok();
    let number = told.at("output.file_qury_no");
    assert_eq!(
        (told.at("output.filename"), told.at("output.dld_endtime")),
        ("detail.txt".into(), "2026-03-31 23:59:59".into())
    );
    // Again, and under the other name of the part: the same number.
    assert_eq!(upload(&server, TERTIARY, "in", "detail.txt", text).ok().at("output.file_qury_no"), number);
    let (kind, zip) = download(&server, TERTIARY, &number, TERTIARY);
    assert_eq!((kind.as_str(), unzipped(&zip)), ("application/octet-stream", ("detail.txt".to_owned(), text.to_vec())));
    // A ZIP comes back as it is.
    let zipped = upload(&server, TERTIARY, "file", "detail.zip", &zip).ok().at("output.file_qury_no");
    assert_eq!(download(&server, TERTIARY, &zipped, TERTIARY).1, zip);
    let fault = |(kind, body): (String, Vec<u8>)| {
        assert_eq!(kind, "application/json; charset=utf-8");
        Reply::read(&body).unwrap().err()
    };
    assert!(fault(download(&server, SECONDARY, &number, "plc")).contains("[file_not_found]"));
    assert!(fault(download(&server, TERTIARY, "C1301v0000v0009", "plc")).contains("[file_not_found]"));
    assert!(fault(download(&server, TERTIARY, &number, SECONDARY)).contains("[invalid_value]"));
    let input = format!(r#"{{"fsUploadIn":{{"filename":"x","fixmedins_code":"{TERTIARY}"}}}}"#);
    assert!(server.call(TERTIARY, "9101", &input).err().contains("[missing_field] 必填字段缺失或为空：字段 file"));
    let large = vec![b'x'; (20 << 20) + 1];
    assert!(upload(&server, TERTIARY, "file", "large.txt", &large).err().contains("[file_too_large]"));
    let broken = exchange(&server, "multipart/form-data; boundary=line", b"--line\r\nno part");
    assert!(fault(broken).contains("[invalid_multipart]"));
}

#[test]
fn the_diagnoses_of_a_visit_decide_what_a_restricted_item_gets() {
    let server = Server::start();
    for (diagnosis, eligible, memo) in [
        ("E11.900", "90.00", ""),
        ("J00", "0.00", "限制使用：限诊断 E10、E11、E12、E13、E14（依据 演示目录说明 第一条），全自费"),
    ] {
        let registered = server.call(TERTIARY, "2201", &ACTIVE.registration("2026-02-10 09:00:00")).ok();
        let mdtrt_id = registered.at("output.data.mdtrt_id");
        let described = ACTIVE.description(&mdtrt_id, "11", "2026-02-10 09:00:00").replace("J00", diagnosis);
        server.call(TERTIARY, "2203", &described).ok();
        let line = ACTIVE.line(&mdtrt_id, "B1", 1, "DEMO-YP-0101", "100.00");
        let charged = server.call(TERTIARY, "2204", &format!(r#"{{"feedetail":[{line}]}}"#)).ok();
        assert_eq!(charged.at("output.result.0.inscp_scp_amt"), eligible);
        assert_eq!(charged.at("output.result.0.memo"), memo);
        // What 2204 says is what 2206 decides.
        let asked = ACTIVE.settlement(&mdtrt_id, "B1", "11", "100.00");
        let settled = server.call(TERTIARY, "2206", &asked).ok();
        assert_eq!(settled.at("output.setlinfo.inscp_scp_amt"), eligible);
    }
}
