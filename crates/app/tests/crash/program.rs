//! The program as a process of its own, and a line to it that knows where it listens now. Knows no message.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Output};
use std::sync::{Condvar, Mutex};
use std::time::Duration;

use crate::started::{self, PATH};

/// The program, settling on a store that outlives it.
pub struct Program {
    place: String,
    running: Mutex<Option<Child>>,
    /// Where it listens, and how often it was started.
    address: Mutex<(u64, String)>,
    moved: Condvar,
}

impl Program {
    pub fn start(place: &str) -> Self {
        let program = Self {
            place: place.to_owned(),
            running: Mutex::new(None),
            address: Mutex::default(),
            moved: Condvar::new(),
        };
        program.restart();
        program
    }

    /// Starts it on the same store and tells everybody who waits where it is.
    pub fn restart(&self) {
        let (child, at) = started::start(&self.place);
        *self.running.lock().unwrap() = Some(child);
        let mut address = self.address.lock().unwrap();
        *address = (address.0 + 1, at);
        self.moved.notify_all();
    }

    /// Ends it with SIGKILL, whatever it is doing.
    pub fn kill(&self) {
        let mut child = self.running.lock().unwrap().take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Runs a command of the program on the store.
    pub fn store(&self, command: &str, options: &[&str]) -> Output {
        let mut program = Command::new(env!("CARGO_BIN_EXE_gongji"));
        program.args(["store", command, &self.place]).args(options).output().unwrap()
    }

    /// Sends a message until some reply to it arrives whole; how often it had to be sent.
    pub fn send(&self, infno: &str, message: &str) -> (String, u64) {
        let mut tries = 0;
        loop {
            let (start, address) = self.address.lock().unwrap().clone();
            tries += 1;
            if let Some(reply) = exchange(&address, infno, message) {
                return (reply, tries);
            }
            // It is dead, or this one connection broke: at the latest after a while it is worth another try.
            let here = self.address.lock().unwrap();
            drop(self.moved.wait_timeout_while(here, Duration::from_secs(1), |(now, _)| *now == start).unwrap());
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if let Ok(Some(mut child)) = self.running.lock().map(|mut running| running.take()) {
            // A test that has failed must not leave it behind.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// One request on a connection of its own; nothing unless the reply is whole.
fn exchange(address: &str, infno: &str, message: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    let head = format!("POST {PATH}/{infno} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
    stream.write_all(format!("{head}Content-Length: {}\r\n\r\n{message}", message.len()).as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let said = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
    (said == Some(body.len())).then(|| body.to_owned())
}
