//! A process beside the command that gets what is sent to everybody: the process group, or all processes of a service.
//!
//! It blocks those signals, reads them from a descriptor and reports their numbers; it does nothing else, holds no other
//! descriptor (an open standard output would keep a pipe's reader waiting) and ends when oisp ends. When oisp dies while it
//! holds a process stopped ([`hold`](super::hold)), the witness continues that process.
use super::child::{close_all_but, reset_signals};
use super::forward::FORWARDED;
use super::pipe;
use std::io;
use std::os::fd::{AsRawFd as _, OwnedFd, RawFd};
use std::ptr;

/// A running witness; dropping it ends it.
pub(super) struct Witness {
    pid: i32,
    /// Numbers of signals, four bytes each.
    pub reports: OwnedFd,
    /// Closed with this process: the witness sees its end. Carries the id of the process that is held, or 0.
    lifeline: OwnedFd,
}

impl Witness {
    pub fn start() -> io::Result<Self> {
        let (reports, report) = pipe()?;
        let (line, lifeline) = pipe()?;
        // SAFETY: sets are initialised; the child calls only what is async-signal-safe and never returns.
        let pid = unsafe {
            let mut all: libc::sigset_t = std::mem::zeroed();
            let mut before: libc::sigset_t = std::mem::zeroed();
            libc::sigfillset(&mut all);
            libc::pthread_sigmask(libc::SIG_SETMASK, &all, &mut before);
            let pid = libc::fork();
            if pid == 0 {
                watch(report.as_raw_fd(), line.as_raw_fd());
            }
            libc::pthread_sigmask(libc::SIG_SETMASK, &before, ptr::null_mut());
            pid
        };
        if pid < 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(Self { pid, reports, lifeline })
    }
}

impl Witness {
    /// Tells which process has to be continued should this one die; 0: none.
    pub fn guard(&self, held: i32) -> io::Result<()> {
        // SAFETY: four bytes from the stack.
        let n = unsafe { libc::write(self.lifeline.as_raw_fd(), (&raw const held).cast(), size_of::<i32>()) };
        if n == size_of::<i32>() as isize { Ok(()) } else { Err(io::Error::last_os_error()) }
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        // SAFETY: a child of ours that nobody else waits for; it may be stopped, so it is not asked.
        unsafe {
            libc::kill(self.pid, libc::SIGKILL);
            libc::waitpid(self.pid, ptr::null_mut(), 0);
        }
    }
}

/// # Safety
/// In a freshly forked child only.
unsafe fn watch(report: RawFd, line: RawFd) -> ! {
    // SAFETY: system calls with memory of this stack.
    unsafe {
        close_all_but(report, line);
        for fd in 0..=2 {
            libc::close(fd);
        }
        reset_signals(0);
        libc::prctl(libc::PR_SET_NAME, c"oisp-witness".as_ptr());
        let mut set: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&mut set);
        for signal in FORWARDED {
            libc::sigaddset(&mut set, signal);
        }
        libc::sigprocmask(libc::SIG_SETMASK, &set, ptr::null_mut());
        let signals = libc::signalfd(-1, &set, 0);
        let mut held = 0i32;
        loop {
            let mut ready = [signals, line].map(|fd| libc::pollfd { fd, events: libc::POLLIN, revents: 0 });
            libc::poll(ready.as_mut_ptr(), 2, -1);
            if signals < 0 {
                libc::_exit(0);
            }
            if ready[1].revents != 0 {
                let mut next = 0i32;
                if libc::read(line, (&raw mut next).cast(), size_of::<i32>()) <= 0 {
                    if held > 0 {
                        libc::kill(held, libc::SIGCONT);
                    }
                    libc::_exit(0);
                }
                held = next;
                continue;
            }
            let mut info: libc::signalfd_siginfo = std::mem::zeroed();
            let n = libc::read(signals, (&raw mut info).cast(), size_of::<libc::signalfd_siginfo>());
            if n > 0 && matches!(info.ssi_code, libc::SI_USER | libc::SI_QUEUE) {
                let number = info.ssi_signo as i32;
                libc::write(report, (&raw const number).cast(), size_of::<i32>());
            }
        }
    }
}
