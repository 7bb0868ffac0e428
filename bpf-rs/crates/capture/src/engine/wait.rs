//! How the drain thread sleeps, and who may wake it.
use super::ring::page_bytes;
use std::os::fd::{AsFd, AsRawFd as _, FromRawFd as _, OwnedFd, RawFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// `enum drain_state` of `bpf/state.h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Running = 0,
    /// Woken when the ring fills up.
    Napping = 1,
    /// Woken by the next record.
    Idle = 2,
}

/// What other threads tell the drain thread.
pub(crate) struct Bell {
    event: OwnedFd,
    detached: AtomicBool,
    abandoned: AtomicBool,
}

impl Bell {
    fn ring(&self) {
        let one = 1u64;
        // SAFETY: 8 bytes from a u64.
        unsafe { libc::write(self.event.as_raw_fd(), (&raw const one).cast(), 8) };
    }
    /// All TLS probes are off.
    pub fn detached(&self) {
        self.detached.store(true, Ordering::SeqCst);
        self.ring();
    }
    /// Nobody will poll any more.
    pub fn abandoned(&self) {
        self.abandoned.store(true, Ordering::SeqCst);
        self.ring();
    }
}

/// The drain thread's sleep: an epoll over rings, mmap records and the bell.
pub(crate) struct Waiter {
    epoll: OwnedFd,
    bell: Arc<Bell>,
    /// The kernel's `drain` map, one u64.
    state: *mut u8,
}

// SAFETY: the mapping belongs to this value and is accessed by atomics.
unsafe impl Send for Waiter {}

impl Drop for Waiter {
    fn drop(&mut self) {
        // SAFETY: exactly what `new` mapped.
        unsafe { libc::munmap(self.state.cast(), page_bytes()) };
    }
}

fn owned(fd: i32, what: &str) -> Result<OwnedFd, String> {
    if fd < 0 {
        return Err(format!("{what}: {}", std::io::Error::last_os_error()));
    }
    // SAFETY: a fresh descriptor of ours.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

impl Waiter {
    /// `drain` is the map of that name; `sources` wake the thread when they become readable.
    pub fn new(drain: &impl AsFd, sources: &[RawFd]) -> Result<Self, String> {
        // SAFETY: system calls without pointers.
        let (epoll, event) = unsafe {
            (libc::epoll_create1(libc::EPOLL_CLOEXEC), libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK))
        };
        let (epoll, event) = (owned(epoll, "epoll")?, owned(event, "eventfd")?);
        for fd in sources.iter().copied().chain([event.as_raw_fd()]) {
            // edge-triggered: records that wake nobody must not make the next sleep end at once
            let mut e = libc::epoll_event { events: (libc::EPOLLIN | libc::EPOLLET) as u32, u64: 0 };
            // SAFETY: valid descriptors and event.
            if unsafe { libc::epoll_ctl(epoll.as_raw_fd(), libc::EPOLL_CTL_ADD, fd, &raw mut e) } < 0 {
                return Err(format!("epoll: {}", std::io::Error::last_os_error()));
            }
        }
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        let fd = drain.as_fd().as_raw_fd();
        // SAFETY: a fresh mapping of the map's one page.
        let state = unsafe { libc::mmap(std::ptr::null_mut(), page_bytes(), protection, libc::MAP_SHARED, fd, 0) };
        if state == libc::MAP_FAILED {
            return Err(format!("cannot map the drain state: {}", std::io::Error::last_os_error()));
        }
        let bell = Bell { event, detached: AtomicBool::new(false), abandoned: AtomicBool::new(false) };
        Ok(Self { epoll, bell: Arc::new(bell), state: state.cast() })
    }

    pub fn bell(&self) -> Arc<Bell> {
        Arc::clone(&self.bell)
    }
    pub fn is_detached(&self) -> bool {
        self.bell.detached.load(Ordering::SeqCst)
    }
    pub fn is_abandoned(&self) -> bool {
        self.bell.abandoned.load(Ordering::SeqCst)
    }

    /// Tells kernel programs when to wake this thread.
    pub fn announce(&self, state: State) {
        // SAFETY: the page starts with an aligned u64.
        unsafe { &*self.state.cast::<AtomicU64>() }.store(state as u64, Ordering::SeqCst);
    }

    /// Sleeps in a state; running again afterwards.
    pub fn wait(&self, state: State, time: Duration) {
        self.announce(state);
        let mut events = [libc::epoll_event { events: 0, u64: 0 }; 8];
        // up: a sleep that ends before its time makes the thread look again and again
        let ms = i32::try_from(time.as_nanos().div_ceil(1_000_000)).unwrap_or(i32::MAX);
        // SAFETY: room for 8 events.
        unsafe { libc::epoll_wait(self.epoll.as_raw_fd(), events.as_mut_ptr(), 8, ms) };
        self.announce(State::Running);
    }
}
