//! Lets observed programs go first: where no processor is idle, reading what they said must not slow them down. What is not read at
//! once waits in the queue; only when that fills up does the reader get its full share again, so that nothing is lost.
use std::sync::OnceLock;

/// Bit of `CapEff`; without it what was lowered could not be raised again.
const CAP_SYS_NICE: u64 = 1 << 23;
/// How much lower the reader's priority is: a third of the share of the others.
const BEHIND_OTHERS: i32 = 5;

/// Priority of this process before anything was changed.
static AT_START: OnceLock<i32> = OnceLock::new();

/// The priority of the thread that reads; owned by the drain thread.
pub(crate) struct Priority {
    may: bool,
    is_low: bool,
    /// Bytes that wait: above `most` the reader is at its full priority, below `few` behind others again.
    most: usize,
    few: usize,
}

impl Priority {
    /// For a queue of `limit` bytes. Nothing is changed yet.
    pub fn new(limit: usize) -> Self {
        let status = std::fs::read_to_string("/proc/thread-self/status").unwrap_or_default();
        AT_START.get_or_init(own);
        Self { may: may_raise(&status), is_low: false, most: limit / 4 * 3, few: limit / 8 }
    }

    /// To be told how much waits whenever there was something to read.
    pub fn follow(&mut self, waiting: usize) {
        let wanted = if self.is_low { waiting <= self.most } else { waiting < self.few };
        if self.may && wanted != self.is_low {
            self.is_low = wanted;
            let start = AT_START.get().copied().unwrap_or(0);
            // the main thread reads, and its id is that of the process
            set(std::process::id(), if wanted { start + BEHIND_OTHERS } else { start });
        }
    }
}

/// Gives the calling thread the priority that this process had, for what it is about to fork: threads inherit the lower one.
pub(crate) fn reset_thread() {
    if let Some(start) = AT_START.get() {
        set(0, *start);
    }
}

/// 0 is the calling thread.
fn set(tid: u32, nice: i32) {
    // SAFETY: a system call without pointers; where it is refused everything stays as it is.
    unsafe { libc::setpriority(libc::PRIO_PROCESS, tid, nice.min(19)) };
}

fn own() -> i32 {
    // SAFETY: a system call without pointers; it cannot fail for the calling thread.
    unsafe { libc::getpriority(libc::PRIO_PROCESS, 0) }
}

fn may_raise(status: &str) -> bool {
    let effective = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    effective.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok()).is_some_and(|bits| bits & CAP_SYS_NICE != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reader_goes_last_until_much_waits_and_again_when_little_does() {
        let mut priority = Priority { may: true, is_low: false, most: 48, few: 8 };
        let is_low: Vec<bool> = [8, 7, 48, 49, 8, 7]
            .into_iter()
            .map(|waiting| {
                priority.follow(waiting);
                priority.is_low
            })
            .collect();
        assert_eq!(is_low, [false, true, true, false, false, true]);
        priority.follow(100);
    }

    #[test]
    fn what_could_not_be_raised_again_is_not_lowered() {
        assert!(may_raise("Name:\tx\nCapEff:\t000001ffffffffff\n") && !may_raise("CapEff:\t0000000000000000\n"));
        assert!(!may_raise("") && !may_raise("CapEff:\tzz"));
        let mut priority = Priority { may: false, is_low: false, most: 48, few: 8 };
        priority.follow(0);
        assert!(!priority.is_low);
    }
}
