//! What happened in a run, every event one line, and a number that two runs share if they are the same.

/// The events of a run.
#[derive(Default)]
pub(super) struct Log(Vec<String>);

impl Log {
    pub(super) fn say(&mut self, event: String) {
        self.0.push(event);
    }

    pub(super) fn text(&self) -> String {
        self.0.join("\n")
    }

    pub(super) fn lines(&self) -> usize {
        self.0.len()
    }

    pub(super) fn digest(&self) -> u64 {
        self.0.iter().fold(0, |sum, line| digest(line.as_bytes()) ^ u64::rotate_left(sum, 7))
    }
}

/// FNV-1a.
pub(super) fn digest(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3))
}
