//! The Merkle tree of a day (RFC 6962): leaves told apart from nodes by a first byte. From the published
//! head of a day, a member or an institution can verify its own event without seeing any other.
//!
//! The hash function is the caller's; nothing here knows what a leaf says.

mod consistency;
mod inclusion;

pub use consistency::{ConsistencyProof, prove_consistency};
pub use inclusion::{InclusionProof, prove_inclusion};

use alloc::vec::Vec;

/// A digest of 32 bytes.
pub type Digest = [u8; 32];

/// A hash function with digests of 32 bytes, such as SHA-256.
pub trait Hash: Fn(&[u8]) -> Digest {}

impl<F: Fn(&[u8]) -> Digest> Hash for F {}

/// The hash of a leaf (叶). Made only with the leaf's prefix, so no node can pass for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaf(Digest);

impl Leaf {
    /// The leaf of an event's bytes, or of the digest that the journal already has of it.
    pub fn of(hash: &impl Hash, content: &[u8]) -> Self {
        let mut bytes = Vec::with_capacity(1 + content.len());
        bytes.push(0);
        bytes.extend_from_slice(content);
        Self(hash(&bytes))
    }

    /// A leaf hash that was kept.
    pub const fn from_digest(digest: Digest) -> Self {
        Self(digest)
    }

    /// Its hash.
    pub const fn digest(self) -> Digest {
        self.0
    }
}

/// What is published of a day (日头): how many leaves and their root.
#[doc(alias = "日头")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayHead {
    /// How many leaves.
    pub size: u64,
    /// The root.
    pub root: Digest,
}

/// A tree that grows leaf by leaf and keeps only the roots of its full subtrees, as the node that
/// writes the journal needs it: the head of the day so far at any time, in a few hundred bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Growing {
    /// Roots of full subtrees, the largest first, one for each bit set in `size`.
    peaks: Vec<Digest>,
    size: u64,
}

impl Growing {
    /// A day without events.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A day that was put aside: its [`peaks`](Self::peaks) and how many leaves it had. None if that many
    /// leaves have not as many peaks.
    pub fn resume(peaks: Vec<Digest>, size: u64) -> Option<Self> {
        (peaks.len() == size.count_ones() as usize).then_some(Self { peaks, size })
    }

    /// How many leaves there are.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The roots of its full subtrees, the largest first.
    pub fn peaks(&self) -> &[Digest] {
        &self.peaks
    }

    /// Adds the next leaf.
    pub fn push(&mut self, hash: &impl Hash, leaf: Leaf) {
        let mut digest = leaf.0;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                digest = node(hash, &left, &digest);
            }
        }
        self.peaks.push(digest);
        self.size += 1;
    }

    /// The head of the leaves so far.
    pub fn head(&self, hash: &impl Hash) -> DayHead {
        let root = self.peaks.iter().rev().copied().reduce(|right, left| node(hash, &left, &right));
        DayHead { size: self.size, root: root.unwrap_or_else(|| hash(&[])) }
    }
}

/// The head of a day's leaves.
pub fn head(hash: &impl Hash, leaves: &[Leaf]) -> DayHead {
    DayHead { size: leaves.len() as u64, root: root(hash, leaves) }
}

/// The root of leaves; of none, the hash of nothing.
fn root(hash: &impl Hash, leaves: &[Leaf]) -> Digest {
    let mut growing = Growing::new();
    leaves.iter().for_each(|leaf| growing.push(hash, *leaf));
    growing.head(hash).root
}

fn node(hash: &impl Hash, left: &Digest, right: &Digest) -> Digest {
    let mut bytes = [1; 65];
    bytes[1..33].copy_from_slice(left);
    bytes[33..].copy_from_slice(right);
    hash(&bytes)
}

/// How many leaves the left subtree of more than one has: the largest power of two below.
fn left_of(leaves: usize) -> usize {
    leaves.next_power_of_two() / 2
}
