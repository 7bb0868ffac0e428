//! Bounded reading of a file that somebody else owns.
use crate::target::{Refusal, RefusalCode};
use std::cell::Cell;

/// Files above this are refused unread (a sparse file of 1 TB costs nothing to make).
pub const MAX_FILE_BYTES: u64 = 1 << 30;
/// All reads of one file together.
const MAX_READ_BYTES: u64 = 512 << 20;

/// Bytes at an offset: a file, or a slice in tests.
pub trait ReadAt {
    /// Fills `buf` from `offset`; `Ok(false)` where the file ends before.
    fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> std::io::Result<bool>;
    /// Length in bytes as far as the owner says.
    fn size(&self) -> std::io::Result<u64>;
}

impl ReadAt for std::fs::File {
    fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> std::io::Result<bool> {
        match std::os::unix::fs::FileExt::read_exact_at(self, buf, offset) {
            Ok(()) => Ok(true),
            Err(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => Ok(false),
            Err(e) => Err(e),
        }
    }
    fn size(&self) -> std::io::Result<u64> {
        Ok(self.metadata()?.len())
    }
}

impl ReadAt for [u8] {
    fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> std::io::Result<bool> {
        let from = usize::try_from(offset).ok().and_then(|o| self.get(o..)?.get(..buf.len()));
        Ok(from.map(|b| buf.copy_from_slice(b)).is_some())
    }
    fn size(&self) -> std::io::Result<u64> {
        Ok(self.len() as u64)
    }
}

impl ReadAt for Vec<u8> {
    fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> std::io::Result<bool> {
        self.as_slice().read_exact_at(buf, offset)
    }
    fn size(&self) -> std::io::Result<u64> {
        self.as_slice().size()
    }
}

/// A file with a budget.
pub struct Reader<'a> {
    source: &'a dyn ReadAt,
    size: u64,
    left: Cell<u64>,
}

impl<'a> Reader<'a> {
    /// Refuses what is larger than [`MAX_FILE_BYTES`].
    pub fn new(source: &'a dyn ReadAt) -> Result<Self, Refusal> {
        let size = source.size().map_err(unreadable)?;
        if size > MAX_FILE_BYTES {
            return Err(Refusal::new(RefusalCode::TooLarge, format!("{size} bytes, limit {MAX_FILE_BYTES}")));
        }
        Ok(Self { source, size, left: Cell::new(MAX_READ_BYTES) })
    }

    pub fn size(&self) -> u64 {
        self.size
    }

    /// `len` bytes from `offset`; refuses what the file does not have and what the budget does not allow, before any
    /// memory is taken for it.
    pub fn bytes(&self, offset: u64, len: u64) -> Result<Vec<u8>, Refusal> {
        if offset.checked_add(len).is_none_or(|end| end > self.size) {
            return Err(Refusal::new(RefusalCode::Damaged, format!("{len} bytes at {offset} are past the end")));
        }
        let left = self.left.get().checked_sub(len);
        let left = left.ok_or_else(|| Refusal::new(RefusalCode::TooLarge, "reading budget used up"))?;
        self.left.set(left);
        let mut bytes = vec![0; len as usize];
        match self.source.read_exact_at(&mut bytes, offset) {
            Ok(true) => Ok(bytes),
            Ok(false) => Err(Refusal::new(RefusalCode::Damaged, "the file became shorter while it was read")),
            Err(e) => Err(unreadable(e)),
        }
    }
}

fn unreadable(e: std::io::Error) -> Refusal {
    Refusal::new(RefusalCode::Unreadable, e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Sparse(u64);
    impl ReadAt for Sparse {
        fn read_exact_at(&self, buf: &mut [u8], _: u64) -> std::io::Result<bool> {
            buf.fill(0);
            Ok(true)
        }
        fn size(&self) -> std::io::Result<u64> {
            Ok(self.0)
        }
    }

    #[test]
    fn a_sparse_terabyte_is_refused_unread() {
        assert_eq!(Reader::new(&Sparse(1 << 40)).err().unwrap().code, RefusalCode::TooLarge);
    }

    #[test]
    fn reads_stop_when_the_budget_is_used_up() {
        let source = Sparse(MAX_FILE_BYTES);
        let reader = Reader::new(&source).unwrap();
        let mut total = 0u64;
        while let Ok(b) = reader.bytes(0, 64 << 20) {
            total += b.len() as u64;
        }
        assert_eq!(total, MAX_READ_BYTES);
    }

    #[test]
    fn a_range_that_wraps_around_is_refused() {
        let bytes = vec![0u8; 16];
        let reader = Reader::new(&bytes).unwrap();
        assert_eq!(reader.bytes(u64::MAX, 2).unwrap_err().code, RefusalCode::Damaged);
        assert_eq!(reader.bytes(8, 9).unwrap_err().code, RefusalCode::Damaged);
        assert_eq!(reader.bytes(8, 8).unwrap().len(), 8);
    }
}
