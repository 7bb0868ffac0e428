//! Executable mappings as they happen, from the kernel's own mmap records (perf). Unlike a tracepoint on `mmap` this
//! costs other system calls nothing.
//!
//! @see `perf_event_open(2)`, PERF_RECORD_MMAP2
use super::clock::boot_ns;
use super::fact::{FileId, MappedFile};
use super::ring::page_bytes;
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd};
use std::sync::atomic::{AtomicU64, Ordering};

const PERF_TYPE_SOFTWARE: u32 = 1;
const PERF_COUNT_SW_DUMMY: u64 = 9;
const PERF_FLAG_FD_CLOEXEC: u64 = 8;
const PERF_RECORD_MMAP2: u32 = 10;
const ATTR_BYTES: u32 = 128;
const MMAP: u64 = 1 << 8;
const MMAP2: u64 = 1 << 23;
/// Data pages per CPU; a power of two.
const DATA_PAGES: usize = 16;
/// Where `data_head` and `data_tail` stand in the first page.
const HEAD_AT: usize = 1024;
const TAIL_AT: usize = 1032;

struct PerCpu {
    fd: OwnedFd,
    at: *mut u8,
    bytes: usize,
}

// SAFETY: the mapping belongs to this value; the kernel's side of it is read by atomics.
unsafe impl Send for PerCpu {}

impl Drop for PerCpu {
    fn drop(&mut self) {
        // SAFETY: exactly what `open` mapped.
        unsafe { libc::munmap(self.at.cast(), self.bytes) };
    }
}

/// The mmap records of all CPUs.
pub(crate) struct MappedWatch(Vec<PerCpu>);

fn open(cpu: i32) -> Result<PerCpu, String> {
    let mut attr = [0u64; ATTR_BYTES as usize / 8];
    attr[0] = u64::from(PERF_TYPE_SOFTWARE) | u64::from(ATTR_BYTES) << 32;
    attr[1] = PERF_COUNT_SW_DUMMY;
    attr[5] = MMAP | MMAP2;
    attr[6] = 1; // wake up at every record
    // SAFETY: `attr` is as long as its size field says.
    let fd = unsafe { libc::syscall(libc::SYS_perf_event_open, attr.as_ptr(), -1, cpu, -1, PERF_FLAG_FD_CLOEXEC) };
    let error = |what: &str| format!("{what}: {}", std::io::Error::last_os_error());
    let raw = i32::try_from(fd).ok().filter(|fd| *fd >= 0).ok_or_else(|| error("perf_event_open"))?;
    // SAFETY: a fresh descriptor of ours.
    let fd = unsafe { OwnedFd::from_raw_fd(raw) };
    let bytes = (1 + DATA_PAGES) * page_bytes();
    // SAFETY: a fresh mapping, chosen by the kernel.
    let at = unsafe {
        libc::mmap(std::ptr::null_mut(), bytes, libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED, fd.as_raw_fd(), 0)
    };
    if at == libc::MAP_FAILED {
        return Err(error("mmap of perf records"));
    }
    Ok(PerCpu { fd, at: at.cast(), bytes })
}

impl MappedWatch {
    /// Starts watching; the error says why this kernel or these rights do not allow it.
    pub fn open() -> Result<Self, String> {
        // SAFETY: no arguments that could be wrong.
        let cpus = unsafe { libc::sysconf(libc::_SC_NPROCESSORS_CONF) };
        let each: Result<Vec<PerCpu>, String> = (0..cpus as i32).map(open).collect();
        each.map(Self)
    }

    /// What becomes readable when a mapping was made.
    pub fn descriptors(&self) -> impl Iterator<Item = i32> {
        self.0.iter().map(|cpu| cpu.fd.as_raw_fd())
    }

    /// Hands out the mappings made since the last time.
    pub fn consume(&mut self, mut each: impl FnMut(MappedFile)) {
        for cpu in &mut self.0 {
            cpu.consume(&mut each);
        }
    }
}

impl PerCpu {
    fn position(&self, at: usize) -> &AtomicU64 {
        // SAFETY: an aligned u64 inside the first page, which lives as long as `self`.
        unsafe { &*self.at.add(at).cast() }
    }

    fn consume(&mut self, each: &mut impl FnMut(MappedFile)) {
        let head = self.position(HEAD_AT).load(Ordering::Acquire);
        let mut tail = self.position(TAIL_AT).load(Ordering::Relaxed);
        while tail + 8 <= head {
            let header = self.copy(tail, 8);
            let size = u64::from(u16::from_le_bytes([header[6], header[7]]));
            if size < 8 || tail + size > head {
                tail = head; // not a record: what is left cannot be read either
                break;
            }
            if header[0..4] == PERF_RECORD_MMAP2.to_le_bytes() {
                each_mapped(&self.copy(tail, size as usize), each);
            }
            tail += size;
        }
        self.position(TAIL_AT).store(tail, Ordering::Release);
    }

    /// Bytes from a position on; records may wrap around.
    fn copy(&self, from: u64, len: usize) -> Vec<u8> {
        let size = DATA_PAGES * page_bytes();
        let start = from as usize % size;
        let first = len.min(size - start);
        let mut out = vec![0; len];
        // SAFETY: both parts are inside the data pages, which follow the first page.
        unsafe {
            let data = self.at.add(page_bytes());
            std::ptr::copy_nonoverlapping(data.add(start), out.as_mut_ptr(), first);
            std::ptr::copy_nonoverlapping(data, out.as_mut_ptr().add(first), len - first);
        }
        out
    }
}

/// Reads a PERF_RECORD_MMAP2: header, pid, tid, address, length, page offset, device, inode, generation, flags, name.
fn each_mapped(record: &[u8], each: &mut impl FnMut(MappedFile)) {
    let word = |at: usize| record.get(at..at + 4).and_then(|b| b.first_chunk()).map_or(0, |b| u32::from_le_bytes(*b));
    let long = |at: usize| u64::from(word(at)) | u64::from(word(at + 4)) << 32;
    let Some(name) = record.get(72..) else { return };
    let path = name.split(|b| *b == 0).next().unwrap_or_default();
    if !path.starts_with(b"/") {
        return; // anonymous, [vdso], memfd without a name that can be opened
    }
    each(MappedFile {
        time_ns: boot_ns(),
        pid: word(8),
        file: FileId { dev_major: word(40), dev_minor: word(44), ino: long(48) },
        ino_generation: long(56),
        path: String::from_utf8_lossy(path).into_owned(),
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_record_is_read_field_by_field() {
        let mut record = vec![0u8; 72];
        record[8] = 42;
        record[40] = 8;
        record[44] = 1;
        record[48] = 99;
        record.extend(b"/usr/lib/libssl.so.3\0\0\0\0");
        let mut seen = Vec::new();
        each_mapped(&record, &mut |m| seen.push(m));
        assert_eq!((seen[0].pid, seen[0].path.as_str()), (42, "/usr/lib/libssl.so.3"));
        assert_eq!(seen[0].file, FileId { dev_major: 8, dev_minor: 1, ino: 99 });
    }

    #[test]
    fn what_has_no_path_or_is_cut_short_is_left_out() {
        let mut seen = 0;
        let mut anonymous = vec![0u8; 72];
        anonymous.extend(b"[vdso]\0\0");
        each_mapped(&anonymous, &mut |_| seen += 1);
        each_mapped(&anonymous[..30], &mut |_| seen += 1);
        assert_eq!(seen, 0);
    }
}
