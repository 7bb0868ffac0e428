//! Signals that another process sends to oisp go on to the command.
//!
//! Only those that a process sent (SI_USER, SI_QUEUE): a key on the terminal reaches the whole process group, the
//! command too, and must not come twice. The handler runs whatever was installed before it; whoever installs one later
//! (the runtime does) keeps calling this one.
use std::ptr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering::SeqCst};

const FORWARDED: [i32; 6] = [libc::SIGHUP, libc::SIGINT, libc::SIGQUIT, libc::SIGTERM, libc::SIGUSR1, libc::SIGUSR2];

/// The command's id; 0: none.
static TARGET: AtomicI32 = AtomicI32::new(0);
/// Handlers that were there before, by row of `FORWARDED`; 0: none to call.
static BEFORE: [AtomicUsize; FORWARDED.len()] = [const { AtomicUsize::new(0) }; FORWARDED.len()];
static INSTALLED: Mutex<bool> = Mutex::new(false);

/// Forwards to this child from now on.
pub(super) fn start(pid: u32) {
    TARGET.store(pid as i32, SeqCst);
    let mut installed = INSTALLED.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if !std::mem::replace(&mut *installed, true) {
        for (row, signal) in FORWARDED.into_iter().enumerate() {
            if is_blocked(signal) {
                forward_blocked(signal);
            } else {
                install(row, signal);
            }
        }
    }
}

/// Ends it, when the child is still this one.
pub(super) fn stop(pid: u32) {
    let _ = TARGET.compare_exchange(pid as i32, 0, SeqCst, SeqCst);
}

fn install(row: usize, signal: i32) {
    // SAFETY: a zeroed action is valid; the handler is async-signal-safe.
    unsafe {
        let mut before: libc::sigaction = std::mem::zeroed();
        libc::sigaction(signal, ptr::null(), &mut before);
        if before.sa_sigaction == libc::SIG_IGN {
            return; // as under nohup: the command ignores it too
        }
        BEFORE[row].store(if before.sa_sigaction == libc::SIG_DFL { 0 } else { before.sa_sigaction }, SeqCst);
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = on_signal as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_RESTART | libc::SA_ONSTACK;
        libc::sigemptyset(&mut action.sa_mask);
        libc::sigaction(signal, &action, ptr::null_mut());
    }
}

extern "C" fn on_signal(signal: i32, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    // SAFETY: the kernel gives a valid siginfo; only async-signal-safe calls follow.
    unsafe {
        let errno = *libc::__errno_location();
        pass_on(signal, &*info);
        *libc::__errno_location() = errno;
    }
    let Some(row) = FORWARDED.iter().position(|s| *s == signal) else {
        return;
    };
    let before = BEFORE[row].load(SeqCst);
    if before != 0 {
        type Handler = extern "C" fn(i32, *mut libc::siginfo_t, *mut libc::c_void);
        // SAFETY: an address that was installed as a handler; one without siginfo ignores the further arguments.
        let before: Handler = unsafe { std::mem::transmute::<usize, Handler>(before) };
        before(signal, info, context);
    }
}

/// The command's own signals to its parent do not come back to it.
fn pass_on(signal: i32, info: &libc::siginfo_t) {
    let target = TARGET.load(SeqCst);
    // SAFETY: signals that a process sent carry a sender.
    let sender = unsafe { info.si_pid() };
    if target > 0 && matches!(info.si_code, libc::SI_USER | libc::SI_QUEUE) && sender != target {
        // SAFETY: an id and a number.
        unsafe { libc::kill(target, signal) };
    }
}

fn is_blocked(signal: i32) -> bool {
    super::start_state::blocked() & (1 << (signal - 1)) != 0
}

/// A signal that the whole process blocks (SIGUSR1, which would open the runtime's debugger) is taken by a thread that
/// waits for it; no handler ever runs.
fn forward_blocked(signal: i32) {
    let wait = move || {
        // SAFETY: an initialised set and room for one siginfo.
        unsafe {
            let mut set: libc::sigset_t = std::mem::zeroed();
            libc::sigemptyset(&mut set);
            libc::sigaddset(&mut set, signal);
            libc::pthread_sigmask(libc::SIG_BLOCK, &set, ptr::null_mut());
            let mut info: libc::siginfo_t = std::mem::zeroed();
            loop {
                if libc::sigwaitinfo(&set, &mut info) == signal {
                    pass_on(signal, &info);
                }
            }
        }
    };
    // without the thread the signal stays pending, as it was
    let _ = std::thread::Builder::new().name("oisp-signal".into()).spawn(wait);
}
