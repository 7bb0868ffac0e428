//! Tracepoints by name although nobody mounted tracefs: a mount of our own, attached nowhere (Linux 5.2), is enough to
//! read their ids.
use libbpf_rs::{Link, PerfEventOpts, ProgramMut};
use std::ffi::CString;
use std::fs::File;
use std::io::Read as _;
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd};

const FSOPEN_CLOEXEC: u32 = 1;
const FSMOUNT_CLOEXEC: u32 = 1;
const FSCONFIG_CMD_CREATE: u32 = 6;
const PERF_TYPE_TRACEPOINT: u64 = 2;
const PERF_FLAG_FD_CLOEXEC: u64 = 8;
const ATTR_BYTES: u64 = 128;

fn descriptor(result: i64, what: &str) -> Result<OwnedFd, String> {
    let fd = i32::try_from(result).ok().filter(|fd| *fd >= 0);
    let fd = fd.ok_or_else(|| format!("{what}: {}", std::io::Error::last_os_error()))?;
    // SAFETY: a fresh descriptor of ours.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// A tracefs that nobody else sees; gone when dropped.
pub(super) struct TraceFs(OwnedFd);

impl TraceFs {
    /// Needs the right to mount (CAP_SYS_ADMIN).
    pub fn open() -> Result<Self, String> {
        // SAFETY: a NUL-terminated name.
        let context = unsafe { libc::syscall(libc::SYS_fsopen, c"tracefs".as_ptr(), FSOPEN_CLOEXEC) };
        let context = descriptor(context, "fsopen of tracefs")?;
        let none = std::ptr::null::<u8>();
        // SAFETY: this command takes null pointers.
        let created =
            unsafe { libc::syscall(libc::SYS_fsconfig, context.as_raw_fd(), FSCONFIG_CMD_CREATE, none, none, 0) };
        if created < 0 {
            return Err(format!("fsconfig of tracefs: {}", std::io::Error::last_os_error()));
        }
        // SAFETY: a descriptor and numbers.
        let mount = unsafe { libc::syscall(libc::SYS_fsmount, context.as_raw_fd(), FSMOUNT_CLOEXEC, 0) };
        Ok(Self(descriptor(mount, "fsmount of tracefs")?))
    }

    fn id(&self, event: &str) -> Result<u64, String> {
        let path = CString::new(format!("events/{event}/id")).map_err(|e| e.to_string())?;
        let flags = libc::O_RDONLY | libc::O_CLOEXEC;
        // SAFETY: a NUL-terminated path.
        let file = descriptor(unsafe { libc::openat(self.0.as_raw_fd(), path.as_ptr(), flags) }.into(), event)?;
        let mut text = String::new();
        File::from(file).read_to_string(&mut text).map_err(|e| format!("{event}: {e}"))?;
        text.trim().parse().map_err(|e| format!("{event}: {e}"))
    }

    /// Attaches to `category/name`.
    pub fn attach(&self, program: &ProgramMut<'_>, event: &str) -> Result<Link, String> {
        let mut attr = [0u64; ATTR_BYTES as usize / 8];
        (attr[0], attr[1], attr[2]) = (PERF_TYPE_TRACEPOINT | ATTR_BYTES << 32, self.id(event)?, 1);
        // SAFETY: `attr` is as long as its size field says. One CPU is enough: the program hangs on the event itself.
        let fd = unsafe { libc::syscall(libc::SYS_perf_event_open, attr.as_ptr(), -1, 0, -1, PERF_FLAG_FD_CLOEXEC) };
        let fd = descriptor(fd, event)?;
        let link = program.attach_perf_event_with_opts(fd.as_raw_fd(), PerfEventOpts::default());
        let link = link.map_err(|e| format!("{event}: {e}"))?;
        std::mem::forget(fd); // the link closes it
        Ok(link)
    }
}
