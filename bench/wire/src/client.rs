//! Sends the same bytes again and again and counts the answers.

use anyhow::{Context as _, Result, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Duration, Instant};

use crate::Options;

pub struct Figures {
    /// Answers a second.
    pub rate: f64,
    /// Microseconds of the server's CPU for each.
    pub cpu: f64,
}

/// One turn of one kind.
pub async fn turn(address: &str, path: &str, body: &[u8], options: &Options, server: u32) -> Result<Figures> {
    let request = request(path, body);
    let (began, before) = (Instant::now(), cpu(server)?);
    let until = began + Duration::from_secs(options.seconds);
    let mut connections = Vec::new();
    for _ in 0..options.connections {
        connections.push(tokio::spawn(one(address.to_owned(), request.clone(), until)));
    }
    let mut answers = 0;
    for connection in connections {
        answers += connection.await??;
    }
    let seconds = began.elapsed().as_secs_f64();
    Ok(Figures { rate: answers as f64 / seconds, cpu: (cpu(server)? - before) * 1e6 / answers as f64 })
}

pub fn request(path: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

async fn one(address: String, request: Vec<u8>, until: Instant) -> Result<u64> {
    let mut stream = TcpStream::connect(&address).await?;
    stream.set_nodelay(true)?;
    let (mut answers, mut held) = (0, Vec::with_capacity(16 << 10));
    while Instant::now() < until {
        stream.write_all(&request).await?;
        answer(&mut stream, &mut held).await?;
        answers += 1;
    }
    Ok(answers)
}

/// Reads one answer; its body. Nothing of the next one is held, since it was not asked for yet.
pub async fn answer<'a>(stream: &mut TcpStream, held: &'a mut Vec<u8>) -> Result<&'a [u8]> {
    held.clear();
    loop {
        if stream.read_buf(held).await? == 0 {
            bail!("the server closed the connection");
        }
        let Some(end) = held.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = std::str::from_utf8(&held[..end])?.to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:")).context("no length")?;
        let whole = end + 4 + length.trim().parse::<usize>()?;
        while held.len() < whole {
            if stream.read_buf(held).await? == 0 {
                bail!("half an answer");
            }
        }
        return Ok(&held[end + 4..]);
    }
}

/// Seconds of CPU that a process has used, in both modes.
fn cpu(process: u32) -> Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    let fields: Vec<&str> = stat.rsplit(") ").next().context("no stat")?.split(' ').collect();
    let ticks: u64 = fields[11].parse::<u64>()? + fields[12].parse::<u64>()?;
    // Ticks of a hundredth of a second, on every Linux that is usual.
    Ok(ticks as f64 / 100.0)
}

pub fn median(mut figures: Vec<Figures>) -> Figures {
    let middle = figures.len() / 2;
    figures.sort_by(|a, b| a.rate.total_cmp(&b.rate));
    let rate = figures[middle].rate;
    figures.sort_by(|a, b| a.cpu.total_cmp(&b.cpu));
    Figures { rate, cpu: figures[middle].cpu }
}
