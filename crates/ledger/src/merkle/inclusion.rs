//! Proofs that a leaf is in a day's tree (存在证明), as RFC 6962 2.1.1 makes and RFC 9162 2.1.3.2 verifies them.

use super::{DayHead, Digest, Hash, Leaf, left_of, node, root};
use alloc::vec::Vec;

/// What leads from a leaf to the root: its place, and the neighbours' digests from below.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InclusionProof {
    /// The leaf's place, from 0.
    pub index: u64,
    /// The neighbours, the nearest first.
    pub path: Vec<Digest>,
}

/// The proof for the leaf at a place; none if there is no such place.
pub fn prove_inclusion(hash: &impl Hash, leaves: &[Leaf], index: usize) -> Option<InclusionProof> {
    leaves.get(index)?;
    let (mut rest, mut at) = (leaves, index);
    let mut path = Vec::new();
    while rest.len() > 1 {
        let (left, right) = rest.split_at(left_of(rest.len()));
        if at < left.len() {
            path.push(root(hash, right));
            rest = left;
        } else {
            path.push(root(hash, left));
            at -= left.len();
            rest = right;
        }
    }
    path.reverse();
    Some(InclusionProof { index: index as u64, path })
}

impl InclusionProof {
    /// Whether the leaf stands at the proof's place in the tree of a published head.
    pub fn verifies(&self, hash: &impl Hash, leaf: Leaf, head: &DayHead) -> bool {
        if self.index >= head.size {
            return false;
        }
        let (mut at, mut last) = (self.index, head.size - 1);
        let mut digest = leaf.digest();
        for neighbour in &self.path {
            if last == 0 {
                return false;
            }
            if at & 1 == 1 || at == last {
                digest = node(hash, neighbour, &digest);
                while at & 1 == 0 && at != 0 {
                    at >>= 1;
                    last >>= 1;
                }
            } else {
                digest = node(hash, &digest, neighbour);
            }
            at >>= 1;
            last >>= 1;
        }
        last == 0 && digest == head.root
    }
}
