//! Conversations about catalogues: 13xx and the files that 9102 gives.

use super::super::TERTIARY;
use super::centre::Scribe;
use super::hospital::fault;
use super::{Named, script};
use crate::catalogue::kinds::{How, kinds};

pub(super) const SCRIPTS: &[Named] = &[
    (
        "catalogue-files",
        script(
            "目录下载：各目录从头下载一次，已是最新再问一次；门诊慢特病种目录取文件",
            "Catalogues as files: each asked for from the beginning and again when it is the newest; one is downloaded",
            files,
        ),
    ),
    (
        "catalogue-pages",
        script(
            "目录查询：各查询第一页一行，缺页码",
            "Catalogues by pages: one row of each, and a page not named",
            pages,
        ),
    ),
];

fn files(scribe: &mut Scribe) {
    for kind in kinds().iter().filter(|kind| kind.how == How::File) {
        let from = |version: &str| format!(r#"{{"data":{{"ver":"{version}"}}}}"#);
        let told = scribe.say(kind.title, TERTIARY, kind.number, &from("v0000")).ok();
        let newest = told.at("output.filename");
        let newest = newest.split(['_', '.']).nth(1).unwrap();
        fault(&scribe.say("已是最新", TERTIARY, kind.number, &from(newest)), "catalogue_up_to_date");
        if kind.number == "1309" {
            let number = told.at("output.file_qury_no");
            let ask = format!(
                r#"{{"fsDownloadIn":{{"file_qury_no":"{number}","filename":"x.zip","fixmedins_code":"plc"}}}}"#
            );
            scribe.download("取文件", TERTIARY, "9102", &ask);
        }
    }
}

fn pages(scribe: &mut Scribe) {
    for kind in kinds().iter().filter(|kind| kind.how == How::Page) {
        let page = r#"{"data":{"updt_time":"2020-01-01","page_num":1,"page_size":1}}"#;
        scribe.say(kind.title, TERTIARY, kind.number, page).ok();
        let missing = r#"{"data":{"updt_time":"2020-01-01","page_size":1}}"#;
        fault(&scribe.say("缺页码", TERTIARY, kind.number, missing), "missing_field");
    }
}
