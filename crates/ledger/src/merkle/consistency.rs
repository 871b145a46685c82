//! Proofs that an earlier head of a day is the beginning of a later one (一致性证明): nothing that was
//! published was changed, only added to. RFC 6962 2.1.2 makes and RFC 9162 2.1.4.2 verifies them.

use super::{DayHead, Digest, Hash, Leaf, left_of, node, root};
use alloc::vec::Vec;

/// The digests from which both heads are computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsistencyProof {
    /// The digests, the nearest to the earlier tree's end first.
    pub path: Vec<Digest>,
}

/// The proof that the first `earlier` leaves are the beginning of all; none if there are fewer, or
/// `earlier` is nothing, which everything begins with.
pub fn prove_consistency(hash: &impl Hash, leaves: &[Leaf], earlier: usize) -> Option<ConsistencyProof> {
    if earlier == 0 || earlier > leaves.len() {
        return None;
    }
    let (mut rest, mut size, mut whole) = (leaves, earlier, true);
    let mut path = Vec::new();
    while size < rest.len() {
        let (left, right) = rest.split_at(left_of(rest.len()));
        if size <= left.len() {
            path.push(root(hash, right));
            rest = left;
        } else {
            path.push(root(hash, left));
            size -= left.len();
            rest = right;
            whole = false;
        }
    }
    if !whole {
        path.push(root(hash, rest));
    }
    path.reverse();
    Some(ConsistencyProof { path })
}

impl ConsistencyProof {
    /// Whether the earlier head is the beginning of the later one.
    pub fn verifies(&self, hash: &impl Hash, earlier: &DayHead, later: &DayHead) -> bool {
        if earlier.size == 0 || earlier.size > later.size {
            return false;
        }
        if earlier.size == later.size {
            return self.path.is_empty() && earlier.root == later.root;
        }
        // A full earlier tree is itself the first digest, which the proof then leaves out.
        let mut path = self.path.iter();
        let first = if earlier.size.is_power_of_two() { Some(&earlier.root) } else { path.next() };
        let Some(first) = first else { return false };
        climb(hash, first, path, earlier, later)
    }
}

/// Computes both roots along the path and compares them.
fn climb<'a>(
    hash: &impl Hash,
    first: &Digest,
    path: impl Iterator<Item = &'a Digest>,
    earlier: &DayHead,
    later: &DayHead,
) -> bool {
    let skipped = (earlier.size - 1).trailing_ones();
    let shift = |number: u64| number.checked_shr(skipped).unwrap_or(0);
    let (mut at, mut last) = (shift(earlier.size - 1), shift(later.size - 1));
    let (mut old, mut new) = (*first, *first);
    for neighbour in path {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            old = node(hash, neighbour, &old);
            new = node(hash, neighbour, &new);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            new = node(hash, &new, neighbour);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && old == earlier.root && new == later.root
}
