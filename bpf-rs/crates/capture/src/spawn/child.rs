//! What happens between fork and exec. Only async-signal-safe calls: other threads of this process may have held any
//! lock (the allocator's too) when it was forked, so everything is laid out in [`Plan`] before.
use super::start_state::StartState;
use std::ffi::CString;
use std::io;
use std::os::fd::RawFd;
use std::ptr;

const LAST_SIGNAL: i32 = 64;
/// Ended before it was released: nobody reads it, since the parent is gone.
const NEVER_RELEASED: i32 = 125;
/// Descriptors above are not closed one by one on kernels without `close_range`.
const MAX_CLOSED_SINGLY: u32 = 65_536;

/// Ids to take on.
pub(super) struct Identity {
    pub uid: u32,
    pub gid: u32,
    pub groups: Vec<u32>,
}

/// Everything the child needs, allocated before the fork.
pub(super) struct Plan {
    candidates: Vec<CString>,
    argv: Pointers,
    environment: Pointers,
    identity: Option<Identity>,
    state: StartState,
}

/// Texts and the NULL-ended array of pointers to them.
struct Pointers {
    all: Vec<*const libc::c_char>,
    _texts: Vec<CString>,
}

impl Pointers {
    fn new(texts: Vec<CString>) -> Self {
        let all = texts.iter().map(|t| t.as_ptr()).chain([ptr::null()]).collect();
        Self { all, _texts: texts }
    }
}

impl Plan {
    pub fn new(
        candidates: Vec<CString>,
        argv: Vec<CString>,
        environment: Vec<CString>,
        identity: Option<Identity>,
        state: StartState,
    ) -> Self {
        Self { candidates, argv: Pointers::new(argv), environment: Pointers::new(environment), identity, state }
    }
}

/// Forks and gives the child's id. Signals are blocked meanwhile, so that no handler of this process runs in the child.
pub(super) fn fork(plan: &Plan, start: RawFd, report: RawFd) -> io::Result<u32> {
    // SAFETY: sets are initialised by sigfillset; the child calls only what is async-signal-safe and never returns.
    unsafe {
        let mut all: libc::sigset_t = std::mem::zeroed();
        let mut before: libc::sigset_t = std::mem::zeroed();
        libc::sigfillset(&mut all);
        libc::pthread_sigmask(libc::SIG_SETMASK, &all, &mut before);
        let pid = libc::fork();
        if pid == 0 {
            run(plan, start, report);
        }
        let error = io::Error::last_os_error();
        libc::pthread_sigmask(libc::SIG_SETMASK, &before, ptr::null_mut());
        if pid < 0 { Err(error) } else { Ok(pid as u32) }
    }
}

/// # Safety
/// In a freshly forked child only.
unsafe fn run(plan: &Plan, start: RawFd, report: RawFd) -> ! {
    // SAFETY: system calls with memory of `plan`, which nobody else uses here.
    unsafe {
        close_all_but(start, report);
        reset_signals(plan.state.ignored);
        if !is_released(start) {
            libc::_exit(NEVER_RELEASED);
        }
        libc::close(start);
        let errno = match take_on(plan) {
            Err(errno) => errno,
            Ok(()) => exec(plan),
        };
        libc::write(report, (&raw const errno).cast(), size_of::<i32>());
        libc::_exit(super::ExecError::of(errno).exit_code);
    }
}

/// The child would otherwise hold the other ends of its own pipes, and never learn that its parent died.
pub(super) unsafe fn close_all_but(a: RawFd, b: RawFd) {
    let (low, high) = if a < b { (a as u32, b as u32) } else { (b as u32, a as u32) };
    for (from, to) in [(3, low.saturating_sub(1)), (low + 1, high.saturating_sub(1)), (high + 1, u32::MAX)] {
        if from > to {
            continue;
        }
        // SAFETY: closing descriptors of this process.
        unsafe {
            if libc::syscall(libc::SYS_close_range, from, to, 0) != 0 {
                for fd in from..=to.min(MAX_CLOSED_SINGLY) {
                    libc::close(fd as i32);
                }
            }
        }
    }
}

pub(super) unsafe fn reset_signals(ignored: u64) {
    for signal in 1..=LAST_SIGNAL {
        let is_ignored = ignored & (1 << (signal - 1)) != 0;
        // SAFETY: a zeroed action is the default one; numbers the C library keeps for itself are refused by it.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = if is_ignored { libc::SIG_IGN } else { libc::SIG_DFL };
            libc::sigaction(signal, &action, ptr::null_mut());
        }
    }
}

unsafe fn is_released(start: RawFd) -> bool {
    let mut byte = 0u8;
    loop {
        // SAFETY: room for one byte.
        match unsafe { libc::read(start, (&raw mut byte).cast(), 1) } {
            1 => return true,
            // SAFETY: errno of this thread.
            -1 if unsafe { *libc::__errno_location() } == libc::EINTR => {}
            _ => return false,
        }
    }
}

/// Limits first (raising one needs rights), then groups, group, user, and the signal mask last.
unsafe fn take_on(plan: &Plan) -> Result<(), i32> {
    // SAFETY: system calls with valid pointers.
    unsafe {
        if let Some((soft, hard)) = plan.state.open_files {
            let limit = libc::rlimit { rlim_cur: soft, rlim_max: hard };
            libc::setrlimit(libc::RLIMIT_NOFILE, &limit); // the command runs with the raised one at worst
        }
        if let Some(id) = &plan.identity {
            let failed = libc::setgroups(id.groups.len(), id.groups.as_ptr()) != 0
                || libc::setresgid(id.gid, id.gid, id.gid) != 0
                || libc::setresuid(id.uid, id.uid, id.uid) != 0;
            if failed {
                return Err(*libc::__errno_location());
            }
        }
        // rights that oisp was given for capturing are not the command's
        libc::prctl(libc::PR_CAP_AMBIENT, libc::PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
        let mut mask: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&mut mask);
        for signal in (1..=LAST_SIGNAL).filter(|s| plan.state.mask & (1 << (s - 1)) != 0) {
            libc::sigaddset(&mut mask, signal);
        }
        libc::sigprocmask(libc::SIG_SETMASK, &mask, ptr::null_mut());
    }
    Ok(())
}

/// Tries the candidates as `execvp` does, without its shell; gives the errno that says most.
unsafe fn exec(plan: &Plan) -> i32 {
    let mut worst = libc::ENOENT;
    for candidate in &plan.candidates {
        // SAFETY: NUL-ended text and NULL-ended arrays.
        unsafe {
            libc::execve(candidate.as_ptr(), plan.argv.all.as_ptr(), plan.environment.all.as_ptr());
            match *libc::__errno_location() {
                libc::ENOENT | libc::ENOTDIR => {}
                libc::EACCES => worst = libc::EACCES,
                other => return other,
            }
        }
    }
    worst
}
