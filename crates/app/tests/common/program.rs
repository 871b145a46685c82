//! Starting the service as a process of its own. Knows no message.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

/// The address of the interface on it.
pub const PATH: &str = "/fsi/api/rsfComIfsService/callService";

/// Starts it on a store, on whatever port is free; gives the process and where it listens.
pub fn start(store: &str) -> (Child, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_gongji"))
        .args(["serve", "--listen", "127.0.0.1:0", "--store", store])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let (_, rest) = line.split_once("http://").unwrap_or_else(|| panic!("it does not start on {store}: {line}"));
    let address = rest.split('/').next().unwrap().to_owned();
    (child, address)
}
