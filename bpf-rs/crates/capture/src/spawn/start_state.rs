//! Signals and limits as oisp itself found them: the command has to find the same.
//!
//! The runtime changes some before this library is loaded (it ignores SIGPIPE and raises the limit of open files). The
//! program's entry stub saves what it finds in `OISP_START`: `<mask>:<ignored>:<soft>:<hard>`, hexadecimal, signals as
//! bits (bit 0 is signal 1), the limits those of open files. Without it (running from source) SIGPIPE is taken as not
//! ignored, and the parent's limit stands in for the one that was raised.
use crate::process::read;

/// What the command starts with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StartState {
    /// Blocked signals.
    pub mask: u64,
    pub ignored: u64,
    /// Soft and hard limit of open files; absent: leave them.
    pub open_files: Option<(u64, u64)>,
}

const PIPE: u64 = 1 << (libc::SIGPIPE - 1);

impl StartState {
    pub fn found() -> Self {
        let saved = std::env::var("OISP_START").ok();
        saved.and_then(|text| Self::parse(&text)).unwrap_or_else(Self::from_parent)
    }

    fn parse(text: &str) -> Option<Self> {
        let numbers: Vec<u64> = text.split(':').map(|n| u64::from_str_radix(n, 16).ok()).collect::<Option<_>>()?;
        let [mask, ignored, soft, hard] = numbers[..] else {
            return None;
        };
        Some(Self { mask, ignored, open_files: Some((soft, hard)) })
    }

    fn from_parent() -> Self {
        let (own, parent) = (std::process::id(), std::os::unix::process::parent_id());
        let status = read::status(own).unwrap_or_default();
        let limits = (read::open_file_limits(own), read::open_file_limits(parent));
        let open_files = match limits {
            // same hard limit: the parent's soft one is what was raised
            (Some((_, hard)), Some((soft, parent_hard))) if hard == parent_hard => Some((soft, hard)),
            _ => None,
        };
        Self { mask: blocked(), ignored: status.ignored & !PIPE, open_files }
    }
}

/// Signals that this thread blocks, which it inherited: the main thread's own mask cannot be read from here without
/// meeting the moments in which it makes a thread and blocks everything.
pub(super) fn blocked() -> u64 {
    // SAFETY: sigemptyset initialises the set that the calls fill and look into.
    unsafe {
        let mut set: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&mut set);
        libc::pthread_sigmask(libc::SIG_SETMASK, std::ptr::null(), &mut set);
        (1..=64).filter(|s| libc::sigismember(&set, *s) == 1).fold(0, |mask, s| mask | 1 << (s - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_stub_saved_is_read() {
        let state = StartState::parse("200:1001:400:100000").unwrap();
        assert_eq!((state.mask, state.ignored), (0x200, 0x1001));
        assert_eq!(state.open_files, Some((1024, 1_048_576)));
    }

    #[test]
    fn a_text_of_another_form_is_not_taken() {
        for text in ["", "1:2:3", "1:2:3:4:5", "x:2:3:4", "1::3:4"] {
            assert_eq!(StartState::parse(text), None, "{text}");
        }
    }
}
