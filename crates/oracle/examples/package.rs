//! Prints the random package of a seed: `cargo run -p gongji-oracle --example package -- 7`.

use gongji_oracle::generate::{Options, package};

fn main() {
    let seed = std::env::args().nth(1).and_then(|seed| seed.parse().ok()).unwrap_or(0);
    print!("{}", package(seed, Options { doubtful: false }).toml);
}
