//! How a driver learns that its requests are answered: a count that it looks at, so that telling it costs the
//! one who answers next to nothing, on both sides of every ratio alike.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Result, bail};

#[derive(Clone, Default)]
pub struct Answers {
    good: Arc<AtomicU64>,
    bad: Arc<AtomicU64>,
}

impl Answers {
    pub fn tell(&self, good: bool) {
        let count = if good { &self.good } else { &self.bad };
        count.fetch_add(1, Ordering::Release);
    }

    /// How many came by now, once there are more than `seen`.
    pub fn after(&self, seen: u64) -> Result<u64> {
        loop {
            let good = self.good.load(Ordering::Acquire);
            if self.bad.load(Ordering::Acquire) > 0 {
                bail!("a request was refused");
            }
            if good > seen {
                return Ok(good);
            }
            // The other side may need this core.
            std::thread::sleep(Duration::from_micros(50));
        }
    }
}
