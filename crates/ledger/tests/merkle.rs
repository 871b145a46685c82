//! The tree of a day against the published vectors of certificate transparency, and its proofs: each
//! verifies, and with anything changed none does.

use gongji_ledger::merkle::{DayHead, Digest, Growing, Leaf, head, prove_consistency, prove_inclusion};
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

fn sha256(bytes: &[u8]) -> Digest {
    Sha256::digest(bytes).into()
}

fn hex(digest: &Digest) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The leaves of a day with so many events.
fn leaves(count: usize) -> Vec<Leaf> {
    (0..count).map(|n| Leaf::of(&sha256, &sha256(&n.to_le_bytes()))).collect()
}

#[test]
fn roots_are_those_of_the_published_vectors() {
    let contents: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];
    let leaves = contents.map(|content| Leaf::of(&sha256, content));
    for (size, root) in [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(hex(&head(&sha256, &leaves[..size]).root), root, "{size} leaves");
    }
}

#[test]
fn every_leaf_of_every_small_day_is_proved_and_no_other_place_or_size_is() {
    for size in 1..=33 {
        let leaves = leaves(size);
        let head = head(&sha256, &leaves);
        for index in 0..size {
            let proof = prove_inclusion(&sha256, &leaves, index).unwrap();
            assert!(proof.verifies(&sha256, leaves[index], &head), "{index} of {size}");
            for other in (0..size + 2).filter(|other| *other != index) {
                let mut moved = proof.clone();
                moved.index = other as u64;
                assert!(!moved.verifies(&sha256, leaves[index], &head), "{index} as {other} of {size}");
            }
            let root = head.root;
            assert!(!proof.verifies(&sha256, leaves[index], &DayHead { size: 0, root }));
        }
        assert_eq!(prove_inclusion(&sha256, &leaves, size), None);
    }
}

#[test]
fn every_beginning_of_every_small_day_is_proved() {
    for size in 1..=33 {
        let leaves = leaves(size);
        let later = head(&sha256, &leaves);
        for earlier in 1..=size {
            let proof = prove_consistency(&sha256, &leaves, earlier).unwrap();
            let begin = head(&sha256, &leaves[..earlier]);
            assert!(proof.verifies(&sha256, &begin, &later), "{earlier} of {size}");
            let mut other = leaves[..earlier].to_vec();
            other[earlier / 2] = Leaf::of(&sha256, b"other");
            let forged = head(&sha256, &other);
            assert!(!proof.verifies(&sha256, &forged, &later), "{earlier} of {size}, changed");
            let mut longer = proof.clone();
            longer.path.push([0; 32]);
            assert!(!longer.verifies(&sha256, &begin, &later), "{earlier} of {size}, longer");
            let mut shorter = proof.clone();
            if shorter.path.pop().is_some() {
                assert!(!shorter.verifies(&sha256, &begin, &later), "{earlier} of {size}, shorter");
            }
        }
        assert_eq!(prove_consistency(&sha256, &leaves, 0), None);
        assert_eq!(prove_consistency(&sha256, &leaves, size + 1), None);
    }
}

#[test]
fn a_node_does_not_pass_for_a_leaf() {
    let two = leaves(2);
    let inner = [two[0].digest(), two[1].digest()].concat();
    let head = head(&sha256, &two);
    assert_ne!(Leaf::of(&sha256, &inner).digest(), head.root);
    let proof = prove_inclusion(&sha256, &leaves(1), 0).unwrap();
    assert!(!proof.verifies(&sha256, Leaf::of(&sha256, &inner), &DayHead { size: 1, ..head }));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn any_changed_bit_of_leaf_proof_or_head_fails(size in 1..300_usize, pick: usize, at: usize, bit in 0..256_usize) {
        let leaves = leaves(size);
        let head = head(&sha256, &leaves);
        let index = pick % size;
        let proof = prove_inclusion(&sha256, &leaves, index).unwrap();
        prop_assert!(proof.verifies(&sha256, leaves[index], &head));
        let flip = |digest: Digest| {
            let mut digest = digest;
            digest[bit / 8] ^= 1 << (bit % 8);
            digest
        };
        let leaf = Leaf::from_digest(flip(leaves[index].digest()));
        prop_assert!(!proof.verifies(&sha256, leaf, &head));
        let other = DayHead { root: flip(head.root), ..head };
        prop_assert!(!proof.verifies(&sha256, leaves[index], &other));
        if !proof.path.is_empty() {
            let mut changed = proof.clone();
            let at = at % changed.path.len();
            changed.path[at] = flip(changed.path[at]);
            prop_assert!(!changed.verifies(&sha256, leaves[index], &head));
            changed = proof.clone();
            changed.path.remove(at);
            prop_assert!(!changed.verifies(&sha256, leaves[index], &head));
        }
    }

    #[test]
    fn a_growing_day_has_the_head_of_its_leaves_at_any_time(size in 0..300_usize) {
        let leaves = leaves(size);
        let mut growing = Growing::new();
        for (count, leaf) in leaves.iter().enumerate() {
            prop_assert_eq!(growing.head(&sha256).size, count as u64);
            growing.push(&sha256, *leaf);
        }
        prop_assert_eq!(growing.head(&sha256), head(&sha256, &leaves));
    }

    #[test]
    fn proofs_from_anywhere_are_judged_without_a_panic(
        index: u64, size: u64, earlier: u64, path in prop::collection::vec(any::<Digest>(), 0..70)
    ) {
        use gongji_ledger::merkle::{ConsistencyProof, InclusionProof};
        let (one, two) = (DayHead { size, root: [1; 32] }, DayHead { size: earlier, root: [2; 32] });
        let inclusion = InclusionProof { index, path: path.clone() };
        prop_assert!(!inclusion.verifies(&sha256, Leaf::from_digest([3; 32]), &one));
        let consistency = ConsistencyProof { path };
        prop_assert!(!consistency.verifies(&sha256, &two, &one));
    }
}
