//! Reader of a kernel ring buffer. Unlike libbpf's it leaves a record where it is when there is no room for it.
//!
//! @see <https://docs.kernel.org/bpf/ringbuf.html>
use std::os::fd::{AsFd, AsRawFd as _, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

const BUSY: u32 = 1 << 31;
const DISCARDED: u32 = 1 << 30;
const HEADER_BYTES: usize = 8;

/// One mapped region, unmapped on drop.
struct Mapping {
    at: *mut u8,
    len: usize,
}

// SAFETY: the mapping belongs to this value; what other threads (the kernel) change in it is read by atomics.
unsafe impl Send for Mapping {}

impl Mapping {
    fn new(fd: BorrowedFd<'_>, len: usize, offset: usize, writable: bool) -> Result<Self, String> {
        let protection = if writable { libc::PROT_READ | libc::PROT_WRITE } else { libc::PROT_READ };
        // SAFETY: a fresh mapping, chosen by the kernel.
        let at = unsafe {
            libc::mmap(std::ptr::null_mut(), len, protection, libc::MAP_SHARED, fd.as_raw_fd(), offset as libc::off_t)
        };
        if at == libc::MAP_FAILED {
            return Err(format!("cannot map a kernel buffer: {}", std::io::Error::last_os_error()));
        }
        Ok(Self { at: at.cast(), len })
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: exactly what `new` mapped.
        unsafe { libc::munmap(self.at.cast(), self.len) };
    }
}

/// Size of a memory page.
pub(super) fn page_bytes() -> usize {
    // SAFETY: no arguments that could be wrong.
    usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).unwrap_or(4096)
}

/// Data mapped at a time. Not all of it: the kernel counts every mapped page of a ring as resident memory, twice.
const WINDOW_BYTES: usize = 1 << 20;
/// More than the largest record, so that one which begins in a window ends in its mapping.
const OVERLAP_BYTES: usize = 64 << 10;

/// One ring buffer map, read by one thread.
pub struct Ring {
    consumer: Mapping,
    producer: Mapping,
    /// Data from offset `base` on.
    window: Mapping,
    base: usize,
    size: usize,
    fd: OwnedFd,
}

impl Ring {
    /// Maps a ring of `size` bytes.
    pub fn new(map: &impl AsFd, size: u32) -> Result<Self, String> {
        let fd = map.as_fd().try_clone_to_owned().map_err(|e| e.to_string())?;
        let (page, size) = (page_bytes(), size as usize);
        let consumer = Mapping::new(fd.as_fd(), page, 0, true)?;
        let producer = Mapping::new(fd.as_fd(), page, page, false)?;
        let window = Self::map_window(fd.as_fd(), 0, size)?;
        Ok(Self { consumer, producer, window, base: 0, size, fd })
    }

    /// The data follows two pages of positions, and stands there twice in a row, so that a record that wraps around is
    /// in one piece.
    fn map_window(fd: BorrowedFd<'_>, base: usize, size: usize) -> Result<Mapping, String> {
        let len = (WINDOW_BYTES + OVERLAP_BYTES).min(2 * size - base);
        Mapping::new(fd, len, 2 * page_bytes() + base, false)
    }

    fn consumed(&self) -> &AtomicU64 {
        // SAFETY: the page starts with an aligned u64 that lives as long as the mapping.
        unsafe { &*self.consumer.at.cast() }
    }

    fn produced(&self) -> u64 {
        // SAFETY: as above.
        unsafe { &*self.producer.at.cast::<AtomicU64>() }.load(Ordering::Acquire)
    }

    /// Bytes that wait, records under way included.
    pub fn waiting(&self) -> usize {
        self.produced().saturating_sub(self.consumed().load(Ordering::Relaxed)) as usize
    }

    /// Nothing is in it, not even a record under way.
    pub fn is_empty(&self) -> bool {
        self.consumed().load(Ordering::Relaxed) == self.produced()
    }

    /// Half of its room is taken.
    pub fn is_half_full(&self) -> bool {
        self.waiting() >= self.size / 2
    }

    /// Position behind the last record, one under way included.
    pub fn end(&self) -> u64 {
        self.produced()
    }

    /// Everything before a position was taken.
    pub fn has_passed(&self, end: u64) -> bool {
        self.consumed().load(Ordering::Relaxed) >= end
    }

    /// Where the record at a position begins; `None` when the kernel refuses to map it.
    fn record_at(&mut self, position: u64) -> Option<*mut u8> {
        let offset = position as usize & (self.size - 1);
        let base = offset / WINDOW_BYTES * WINDOW_BYTES;
        if base != self.base {
            self.window = Self::map_window(self.fd.as_fd(), base, self.size).ok()?;
            self.base = base;
        }
        // SAFETY: the window holds `base` to `base + WINDOW_BYTES` or the whole ring.
        Some(unsafe { self.window.at.add(offset - base) })
    }

    /// Hands out records in order until `each` refuses one (which stays), there is no more, or one is still written.
    /// Gives whether any was taken.
    pub fn consume(&mut self, each: impl FnMut(&[u8]) -> bool) -> bool {
        self.consume_to(u64::MAX, each)
    }

    /// The same, up to a position that `end` gave.
    pub fn consume_to(&mut self, end: u64, mut each: impl FnMut(&[u8]) -> bool) -> bool {
        let start = self.consumed().load(Ordering::Relaxed);
        let (mut at, mut told) = (start, start);
        while at < self.produced().min(end) {
            let Some(head) = self.record_at(at) else { break };
            // SAFETY: a record starts here with its aligned length, which the kernel writes with a release.
            let len = unsafe { &*head.cast::<AtomicU32>() }.load(Ordering::Acquire);
            if len & BUSY != 0 {
                break;
            }
            let bytes = (len & !DISCARDED) as usize;
            // SAFETY: the record was submitted: its bytes do not change until the consumer position passes them. It
            // ends in the window's overlap at the latest.
            let record = unsafe { std::slice::from_raw_parts(head.add(HEADER_BYTES), bytes) };
            if len & DISCARDED == 0 && !each(record) {
                break;
            }
            at += (bytes + HEADER_BYTES).next_multiple_of(8) as u64;
            if at - told > 64 << 10 {
                self.consumed().store(at, Ordering::Release); // room for the kernel while we go on
                told = at;
            }
        }
        self.consumed().store(at, Ordering::Release);
        at != start
    }
}

impl AsFd for Ring {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}
