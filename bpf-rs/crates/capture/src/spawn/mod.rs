//! The command of `oisp run`: forked, held back, released, waited for.
//!
//! [`spawn`] forks a child that waits on a pipe; while it waits, probes are attached to what it is going to run.
//! [`Child::release`] lets it exec: no shell, no process in between, argv as given. The child gives up by itself when
//! this process dies before it was released. It stays in the caller's process group and session, so that the terminal
//! reaches it as without oisp.
mod child;
mod forward;
mod hold;
pub mod lookup;
mod start_state;
mod witness;

pub use hold::Hold;

use crate::caller::Caller;
use child::Plan;
use std::collections::HashMap;
use std::ffi::{CString, OsString};
use std::io;
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd};
use std::os::unix::ffi::OsStringExt as _;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// Exit codes that wrappers use for a command that could not be run.
const NOT_EXECUTABLE: i32 = 126;
const NOT_FOUND: i32 = 127;

static CHILDREN: Mutex<Option<HashMap<u32, Arc<Child>>>> = Mutex::new(None);

/// What to run, and as whom.
#[derive(Debug, Clone)]
pub struct Command {
    pub argv: Vec<OsString>,
    /// Whose ids, groups, environment and PATH.
    pub caller: Caller,
    /// `NAME=value`, added to the environment or replacing it there.
    pub extra_environment: Vec<OsString>,
}

/// How a child ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    Code(i32),
    Signal(i32),
}

/// Why a released child did not run the command.
#[derive(Debug, PartialEq, Eq)]
pub struct ExecError {
    pub errno: i32,
    /// 126: not executable, 127: not found.
    pub exit_code: i32,
}

/// A forked command.
pub struct Child {
    /// In this process' PID namespace.
    pub pid: u32,
    gate: Mutex<Option<Gate>>,
    ended: Mutex<Option<Ended>>,
    has_ended: Condvar,
}

/// The two pipes of a child that has not been released.
struct Gate {
    start: OwnedFd,
    report: OwnedFd,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// Forks; the child waits for [`Child::release`]. It is reaped by a thread of its own.
pub fn spawn(command: &Command) -> io::Result<Arc<Child>> {
    let plan = plan(command)?;
    let (start_read, start_write) = pipe()?;
    let (report_read, report_write) = pipe()?;
    let pid = child::fork(&plan, start_read.as_raw_fd(), report_write.as_raw_fd())?;
    let child = Arc::new(Child {
        pid,
        gate: Mutex::new(Some(Gate { start: start_write, report: report_read })),
        ended: Mutex::new(None),
        has_ended: Condvar::new(),
    });
    locked(&CHILDREN).get_or_insert_default().insert(pid, child.clone());
    forward::start(pid)?;
    let reaped = child.clone();
    std::thread::Builder::new().name("oisp-child".into()).spawn(move || reaped.reap())?;
    Ok(child)
}

/// The child with this id, as long as this process lives.
pub fn find(pid: u32) -> Option<Arc<Child>> {
    locked(&CHILDREN).as_ref()?.get(&pid).cloned()
}

/// Whether a process is a child of ours that has not been released: it still looks like this program.
pub fn is_waiting(pid: u32) -> bool {
    find(pid).is_some_and(|child| locked(&child.gate).is_some())
}

fn plan(command: &Command) -> io::Result<Plan> {
    let caller = &command.caller;
    let mut environment = caller.environment.clone();
    for set in &command.extra_environment {
        let set = set.clone().into_vec();
        let name = &set[..=set.iter().position(|b| *b == b'=').unwrap_or(set.len() - 1)];
        environment.retain(|v| !v.as_encoded_bytes().starts_with(name));
        environment.push(OsString::from_vec(set));
    }
    let first = command.argv.first().ok_or(io::ErrorKind::InvalidInput)?;
    let candidates = lookup::candidates(first, crate::caller::variable(&environment, "PATH"));
    Ok(Plan::new(
        c_strings(candidates.into_iter().map(|p| p.into_os_string().into_vec()))?,
        c_strings(command.argv.iter().map(|a| a.clone().into_vec()))?,
        c_strings(environment.into_iter().map(OsString::into_vec))?,
        caller.is_elevated.then(|| child::Identity { uid: caller.uid, gid: caller.gid, groups: caller.groups.clone() }),
        start_state::StartState::found(),
    ))
}

fn c_strings(all: impl Iterator<Item = Vec<u8>>) -> io::Result<Vec<CString>> {
    all.map(|bytes| CString::new(bytes).map_err(io::Error::from)).collect()
}

fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    let mut ends = [0; 2];
    // SAFETY: room for two descriptors.
    if unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) } < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: fresh descriptors of ours.
    Ok(unsafe { (OwnedFd::from_raw_fd(ends[0]), OwnedFd::from_raw_fd(ends[1])) })
}

impl Child {
    /// Lets the child exec and waits until it has, or could not. `Ok` a second time does nothing.
    pub fn release(&self) -> Result<(), ExecError> {
        let Some(gate) = locked(&self.gate).take() else {
            return Ok(());
        };
        forward::witness();
        // SAFETY: one byte from a static.
        unsafe { libc::write(gate.start.as_raw_fd(), b"!".as_ptr().cast(), 1) };
        let mut errno = [0u8; 4];
        let mut report = std::fs::File::from(gate.report);
        match io::Read::read_exact(&mut report, &mut errno) {
            Ok(()) => Err(ExecError::of(i32::from_ne_bytes(errno))),
            Err(_) => Ok(()), // the pipe was closed by a successful exec (or by a signal: the exit tells)
        }
    }

    /// Sends a signal to the child, not to what it started. An ended child is no error.
    pub fn signal(&self, signal: i32) -> io::Result<()> {
        if locked(&self.ended).is_some() {
            return Ok(());
        }
        // SAFETY: not reaped yet, so the id is still this child's.
        let sent = unsafe { libc::kill(self.pid as i32, signal) };
        if sent < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
    }

    /// Waits until the child has ended; `None` when `timeout` passed first.
    pub fn wait(&self, timeout: Duration) -> Option<Ended> {
        let until = Instant::now() + timeout;
        let mut ended = locked(&self.ended);
        while ended.is_none() {
            let left = until.checked_duration_since(Instant::now())?;
            ended = self.has_ended.wait_timeout(ended, left).unwrap_or_else(|p| p.into_inner()).0;
        }
        *ended
    }

    fn reap(&self) {
        loop {
            let mut status = 0;
            // SAFETY: `status` has room; the id is a child of ours that nobody else waits for.
            let got = unsafe { libc::waitpid(self.pid as i32, &mut status, libc::WUNTRACED) };
            if got < 0 && io::Error::last_os_error().kind() == io::ErrorKind::Interrupted {
                continue;
            }
            if got > 0 && libc::WIFSTOPPED(status) {
                stop_with_the_job(self.pid);
                continue;
            }
            let ended = if got > 0 && libc::WIFSIGNALED(status) {
                Ended::Signal(libc::WTERMSIG(status))
            } else {
                Ended::Code(libc::WEXITSTATUS(status))
            };
            forward::stop(self.pid);
            *locked(&self.ended) = Some(ended);
            self.has_ended.notify_all();
            return;
        }
    }
}

impl ExecError {
    fn of(errno: i32) -> Self {
        let is_missing = matches!(errno, libc::ENOENT | libc::ENOTDIR);
        Self { errno, exit_code: if is_missing { NOT_FOUND } else { NOT_EXECUTABLE } }
    }
}

/// A stopped command would leave an interactive shell without its prompt, since the shell waits for oisp: when this
/// process' group has the terminal, it stops too, and the shell's `fg` continues both. The key on the terminal stops
/// both at once: this process learns of it when both run again, and then there is nothing to do.
fn stop_with_the_job(child: u32) {
    let is_stopped = crate::process::read::stat(child).is_some_and(|s| s.state == 'T');
    if !is_stopped || hold::is_held(child) {
        return;
    }
    // SAFETY: plain system calls; the path is NUL-terminated and the descriptor is closed.
    unsafe {
        let terminal = libc::open(c"/dev/tty".as_ptr(), libc::O_RDONLY | libc::O_CLOEXEC | libc::O_NOCTTY);
        if terminal < 0 {
            return;
        }
        let has_terminal = libc::tcgetpgrp(terminal) == libc::getpgrp();
        libc::close(terminal);
        // a group leader's session with a shell above: somebody can continue the job
        if has_terminal && libc::getsid(0) != libc::getpgrp() {
            libc::kill(libc::getpid(), libc::SIGSTOP);
        }
    }
}

#[cfg(test)]
mod tests;
