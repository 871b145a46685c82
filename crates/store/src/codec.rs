//! Numbers and texts as few bytes: what bodies, records and after-values are written in. Whoever reads
//! gets nothing where the bytes end or are none of ours; nothing here panics on bytes. Also for the packed
//! state of a person ([`crate::State::pack`]).

/// Writes a number: seven bits a byte, the last without the highest bit.
pub fn put_u64(into: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        into.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    into.push(number as u8);
}

/// Writes a number that may be negative, small either way.
pub fn put_i64(into: &mut Vec<u8>, number: i64) {
    put_u64(into, (number << 1 ^ number >> 63).cast_unsigned());
}

/// Writes bytes after their length.
pub fn put_bytes(into: &mut Vec<u8>, bytes: &[u8]) {
    put_u64(into, bytes.len() as u64);
    into.extend_from_slice(bytes);
}

/// Writes a text after its length.
pub fn put_text(into: &mut Vec<u8>, text: &str) {
    put_bytes(into, text.as_bytes());
}

/// Bytes that are read from the front.
pub struct Bytes<'a>(pub &'a [u8]);

impl<'a> Bytes<'a> {
    /// The next number.
    pub fn u64(&mut self) -> Option<u64> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f).checked_shl(shift)?;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    /// The next number that may be negative.
    pub fn i64(&mut self) -> Option<i64> {
        let number = self.u64()?;
        Some((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }

    /// The next byte.
    pub fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// The next bytes, whose length stands before them.
    pub fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.u64()?).ok()?;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    /// The next text.
    pub fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.bytes()?).ok()
    }

    /// The next text, owned.
    pub fn string(&mut self) -> Option<String> {
        self.text().map(str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_texts_read_back_and_what_is_cut_is_nothing() {
        let mut bytes = Vec::new();
        for number in [0, 1, 127, 128, 300, u64::MAX] {
            put_u64(&mut bytes, number);
        }
        for number in [0, -1, 1, i64::MIN, i64::MAX, -64, 64] {
            put_i64(&mut bytes, number);
        }
        put_text(&mut bytes, "门诊");
        let mut read = Bytes(&bytes);
        assert_eq!([(); 6].map(|()| read.u64().unwrap()), [0, 1, 127, 128, 300, u64::MAX]);
        assert_eq!([(); 7].map(|()| read.i64().unwrap()), [0, -1, 1, i64::MIN, i64::MAX, -64, 64]);
        assert_eq!(read.text(), Some("门诊"));
        assert_eq!(read.byte(), None);
        for cut in [&[][..], &[0x80], &[5, b'a'], &[0xff; 11], &[2, 0xff, 0xff]] {
            assert!(Bytes(cut).text().is_none(), "{cut:?}");
        }
    }
}
