//! Looks into one file, for at most two seconds.
use super::open::Opened;
use oisp_locate::{Located, Refusal, locate, locate_libraries};
use std::fs::File;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, mpsc};
use std::time::Duration;

const MAX_TIME: Duration = Duration::from_secs(2);
/// Threads that wait for a file system that does not answer; above it no further file is looked at.
const MAX_STUCK: usize = 8;

static STUCK: AtomicUsize = AtomicUsize::new(0);

/// Why there is no answer.
#[derive(Debug)]
pub enum Unexamined {
    Refused(Refusal),
    /// Reading took too long (a network or user-space file system); the file is let go.
    TimedOut,
}

/// How closely a file is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Only what probes can be put on.
    Libraries,
    /// Also signs of TLS code that cannot be located, which may take as long as reading all of it.
    Everything,
}

/// Locates the TLS functions in a file. Reading happens in a thread of its own, since a file system may hold a read up
/// for ever; the descriptor comes back with the answer.
pub fn examine(opened: &Opened, look: Look) -> Result<Located, Unexamined> {
    if STUCK.load(SeqCst) >= MAX_STUCK {
        return Err(Unexamined::TimedOut);
    }
    let file = opened.file.try_clone().map_err(|e| refused(&e))?;
    answer_within(MAX_TIME, &STUCK, move || read(file, look)).unwrap_or(Err(Unexamined::TimedOut))
}

fn read(file: OwnedFd, look: Look) -> Result<Located, Unexamined> {
    let file = File::from(file);
    let located = match look {
        Look::Libraries => locate_libraries(&file),
        Look::Everything => locate(&file),
    };
    located.map_err(Unexamined::Refused)
}

fn refused(e: &std::io::Error) -> Unexamined {
    Unexamined::Refused(Refusal { code: oisp_locate::RefusalCode::Unreadable, what: e.to_string() })
}

const RUNNING: u8 = 0;
const DONE: u8 = 1;
const ABANDONED: u8 = 2;

/// What `work` gives, or `None` when it takes longer. A late thread is counted until it ends after all.
fn answer_within<T: Send + 'static>(
    time: Duration,
    stuck: &'static AtomicUsize,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (sender, answer) = mpsc::channel();
    let state = Arc::new(AtomicU8::new(RUNNING));
    let of_thread = state.clone();
    let thread = std::thread::Builder::new().name("oisp-locate".into()).spawn(move || {
        let _ = sender.send(work());
        if of_thread.compare_exchange(RUNNING, DONE, SeqCst, SeqCst).is_err() {
            stuck.fetch_sub(1, SeqCst);
        }
    });
    thread.ok()?;
    if let Ok(result) = answer.recv_timeout(time) {
        return Some(result);
    }
    stuck.fetch_add(1, SeqCst);
    if state.compare_exchange(RUNNING, ABANDONED, SeqCst, SeqCst).is_err() {
        stuck.fetch_sub(1, SeqCst); // it was done in this very moment
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_does_not_come_is_given_up() {
        static STUCK: AtomicUsize = AtomicUsize::new(0);
        let (release, wait) = mpsc::channel::<()>();
        let late = answer_within(Duration::from_millis(20), &STUCK, move || wait.recv().is_ok());
        assert_eq!(late, None);
        assert_eq!(STUCK.load(SeqCst), 1);
        release.send(()).unwrap();
        let until = std::time::Instant::now() + Duration::from_secs(10);
        while STUCK.load(SeqCst) != 0 && std::time::Instant::now() < until {
            std::thread::yield_now();
        }
        assert_eq!(STUCK.load(SeqCst), 0);
    }

    #[test]
    fn our_own_program_is_examined() {
        let opened = super::super::open::program(std::process::id()).unwrap();
        assert!(examine(&opened, Look::Everything).unwrap().libraries.is_empty());
    }
}
