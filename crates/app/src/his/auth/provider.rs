//! The national algorithms (国密): SM2 signatures, the SM3 digest, the SM4 cipher, behind a trait, so that a
//! certified module (密码机) can take the place of the libraries. Must never know a message or a key's owner.

use sm2::dsa::signature::Verifier as _;
use sm2::dsa::{Signature, VerifyingKey};
use sm3::Digest as _;
use sm4::Sm4;
use sm4::cipher::{Block, BlockCipherDecrypt as _, KeyInit as _};

/// What is asked of whoever does the cryptography.
pub(crate) trait Provider: Send + Sync + 'static {
    /// The SM3 digest (GB/T 32905).
    fn sm3(&self, message: &[u8]) -> [u8; 32];

    /// Whether bytes are a public key: a point of the curve, uncompressed.
    fn is_public_key(&self, key: &[u8]) -> bool;

    /// Whether a signature r || s of SM2 with SM3 (GB/T 32918.2) is that of the key's owner.
    fn sm2_verifies(&self, key: &[u8], user_id: &str, message: &[u8], signature: &[u8]) -> bool;

    /// SM4 (GB/T 32907) in ECB mode with PKCS#7 padding, taken off; nothing if it does not come out.
    fn sm4_decrypted(&self, key: &[u8; 16], cipher: &[u8]) -> Option<Vec<u8>>;
}

/// The libraries of the program.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Software;

impl Provider for Software {
    fn sm3(&self, message: &[u8]) -> [u8; 32] {
        sm3::Sm3::digest(message).into()
    }

    fn is_public_key(&self, key: &[u8]) -> bool {
        VerifyingKey::from_sec1_bytes("", key).is_ok()
    }

    fn sm2_verifies(&self, key: &[u8], user_id: &str, message: &[u8], signature: &[u8]) -> bool {
        let Ok(key) = VerifyingKey::from_sec1_bytes(user_id, key) else { return false };
        Signature::from_slice(signature).is_ok_and(|signature| key.verify(message, &signature).is_ok())
    }

    fn sm4_decrypted(&self, key: &[u8; 16], cipher: &[u8]) -> Option<Vec<u8>> {
        if cipher.is_empty() || !cipher.len().is_multiple_of(16) {
            return None;
        }
        let sm4 = Sm4::new(key.into());
        let mut plain = cipher.to_vec();
        for chunk in plain.chunks_exact_mut(16) {
            let block: &mut Block<Sm4> = chunk.try_into().ok()?;
            sm4.decrypt_block(block);
        }
        let padding = usize::from(*plain.last()?);
        let kept = plain.len().checked_sub(padding).filter(|_| (1..=16).contains(&padding))?;
        plain[kept..].iter().all(|byte| usize::from(*byte) == padding).then(|| {
            plain.truncate(kept);
            plain
        })
    }
}
