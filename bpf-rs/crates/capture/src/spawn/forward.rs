//! Signals that another process sends to oisp go on to the command, once.
//!
//! Only those that a process sent (SI_USER, SI_QUEUE): a key on the terminal reaches the whole process group, the
//! command too. A signal that was sent to the whole group, or to every process of a service, reaches the command by
//! itself as well: a witness in the same group ([`super::witness`]) tells, and oisp then keeps its hands off.
//!
//! The handler only writes into a pipe, and runs whatever was installed before it; whoever installs one later (the
//! runtime does) keeps calling this one. A thread decides.
use super::witness::Witness;
use super::{locked, pipe};
use std::os::fd::{AsRawFd as _, IntoRawFd as _, OwnedFd, RawFd};
use std::ptr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};

pub(super) const FORWARDED: [i32; 6] =
    [libc::SIGHUP, libc::SIGINT, libc::SIGQUIT, libc::SIGTERM, libc::SIGUSR1, libc::SIGUSR2];
/// What the witness was sent too arrives within that time.
const GRACE: Duration = Duration::from_millis(20);
/// A signal to everybody and one to oisp alone, sent by one sender together (`timeout` does that), count as one.
const TOGETHER: Duration = Duration::from_millis(100);
/// In the pipe: look at the witness again.
const LOOK: i32 = 0;

/// The command's id; 0: none.
static TARGET: AtomicI32 = AtomicI32::new(0);
/// Where the handler writes; -1: nowhere yet.
static EVENTS: AtomicI32 = AtomicI32::new(-1);
/// Handlers that were there before, by row of `FORWARDED`; 0: none to call.
static BEFORE: [AtomicUsize; FORWARDED.len()] = [const { AtomicUsize::new(0) }; FORWARDED.len()];
static INSTALLED: Mutex<bool> = Mutex::new(false);
static WITNESS: Mutex<Option<Witness>> = Mutex::new(None);

/// Forwards to this child from now on.
pub(super) fn start(pid: u32) -> std::io::Result<()> {
    TARGET.store(pid as i32, SeqCst);
    let mut installed = locked(&INSTALLED);
    if *installed {
        return Ok(());
    }
    let (events, write) = pipe()?;
    // SAFETY: a flag of a descriptor of ours: a handler must not wait.
    unsafe { libc::fcntl(write.as_raw_fd(), libc::F_SETFL, libc::O_NONBLOCK) };
    EVENTS.store(write.into_raw_fd(), SeqCst); // for the handler, as long as this process lives
    std::thread::Builder::new().name("oisp-forward".into()).spawn(move || decide(&events))?;
    for (row, signal) in FORWARDED.into_iter().enumerate() {
        if is_blocked(signal) {
            forward_blocked(signal);
        } else {
            install(row, signal);
        }
    }
    *installed = true;
    Ok(())
}

/// Takes a witness on, when the command is about to run. Without one, signals to everybody come twice.
pub(super) fn witness() {
    let mut witness = locked(&WITNESS);
    if witness.is_none() {
        *witness = Witness::start().ok();
        tell(LOOK);
    }
}

/// Has the witness continue a process should this one die; 0: none. An error where there is no witness.
pub(super) fn guard(held: i32) -> std::io::Result<()> {
    locked(&WITNESS).as_ref().ok_or(std::io::ErrorKind::NotFound)?.guard(held)
}

/// Ends it, when the child is still this one.
pub(super) fn stop(pid: u32) {
    if TARGET.compare_exchange(pid as i32, 0, SeqCst, SeqCst).is_ok() {
        drop(locked(&WITNESS).take());
        tell(LOOK);
    }
}

/// Async-signal-safe.
fn tell(signal: i32) {
    // SAFETY: four bytes from the stack; a full or missing pipe is no harm.
    unsafe { libc::write(EVENTS.load(SeqCst), (&raw const signal).cast(), size_of::<i32>()) };
}

/// A signal that waits for the witness.
struct Waiting {
    signal: i32,
    since: Instant,
}

/// The thread: signals of the handler and of the witness come in, those that only oisp got go out.
fn decide(events: &OwnedFd) {
    let mut waiting: Vec<Waiting> = Vec::new();
    let mut sent_to_all: Vec<Waiting> = Vec::new();
    loop {
        let witness = locked(&WITNESS).as_ref().and_then(|w| w.reports.try_clone().ok());
        let first = waiting.iter().map(|w| GRACE.saturating_sub(w.since.elapsed())).min();
        let (by_handler, by_witness) = wait(events.as_raw_fd(), witness.as_ref().map(|w| w.as_raw_fd()), first);
        let now = Instant::now();
        if let Some(signal) = by_witness {
            sent_to_all.retain(|s| s.signal != signal);
            sent_to_all.push(Waiting { signal, since: now });
        }
        if let Some(signal) = by_handler.filter(|s| *s != LOOK)
            && !waiting.iter().any(|w| w.signal == signal)
        {
            waiting.push(Waiting { signal, since: now });
        }
        sent_to_all.retain(|s| s.since.elapsed() < TOGETHER);
        waiting.retain(|w| !sent_to_all.iter().any(|s| s.signal == w.signal));
        let is_due = |w: &mut Waiting| witness.is_none() || w.since.elapsed() >= GRACE;
        for due in waiting.extract_if(.., is_due) {
            let target = TARGET.load(SeqCst);
            if target > 0 {
                // SAFETY: an id and a number.
                unsafe { libc::kill(target, due.signal) };
            }
        }
    }
}

/// Waits for one signal number from each; a witness that is gone is let go.
fn wait(events: RawFd, reports: Option<RawFd>, time: Option<Duration>) -> (Option<i32>, Option<i32>) {
    let mut ready = [events, reports.unwrap_or(-1)].map(|fd| libc::pollfd { fd, events: libc::POLLIN, revents: 0 });
    let timeout = time.map_or(-1, |t| t.as_millis() as i32 + 1);
    // SAFETY: two descriptors; a negative one is passed over.
    unsafe { libc::poll(ready.as_mut_ptr(), 2, timeout) };
    let signal = |r: &libc::pollfd| (r.revents & libc::POLLIN != 0).then(|| read_number(r.fd)).flatten();
    let result = (signal(&ready[0]), signal(&ready[1]));
    if result.1.is_none() && ready[1].revents & (libc::POLLHUP | libc::POLLERR) != 0 {
        drop(locked(&WITNESS).take());
    }
    result
}

fn read_number(fd: RawFd) -> Option<i32> {
    let mut number = 0i32;
    // SAFETY: room for four bytes, which are written in one piece.
    let n = unsafe { libc::read(fd, (&raw mut number).cast(), size_of::<i32>()) };
    (n == size_of::<i32>() as isize).then_some(number)
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
        tell(signal);
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
