//! Holds a process for the moment in which probes are put on a library that it has just loaded (`wait_attach`).
//!
//! The process is stopped by a signal and continued by another. It is never left stopped: the witness continues it
//! when this program dies meanwhile, and without a witness nothing is stopped. One at a time.
use super::forward;
use crate::process::read;
use std::sync::atomic::{AtomicI32, Ordering::SeqCst};

static HELD: AtomicI32 = AtomicI32::new(0);

/// A stopped process; dropping it continues it.
pub struct Hold(i32);

impl Hold {
    /// Stops a process. `None` when it cannot be guarded, is gone, is stopped already (somebody else's doing), or when
    /// another one is held.
    pub fn stop(pid: u32) -> Option<Self> {
        let id = i32::try_from(pid).ok().filter(|id| *id > 1)?;
        if read::stat(pid)?.state == 'T' || HELD.compare_exchange(0, id, SeqCst, SeqCst).is_err() {
            return None;
        }
        let hold = Self(id);
        forward::guard(id).ok()?;
        // SAFETY: an id and a number.
        (unsafe { libc::kill(id, libc::SIGSTOP) } == 0).then_some(hold)
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        // SAFETY: an id and a number; continuing a process that runs does nothing.
        unsafe { libc::kill(self.0, libc::SIGCONT) };
        let _ = forward::guard(0);
        HELD.store(0, SeqCst);
    }
}

/// Whether this process is stopped by us.
pub(super) fn is_held(pid: u32) -> bool {
    HELD.load(SeqCst) == pid as i32
}
