//! The boot clock, which all records use, and its distance to the wall clock.
use crate::record::{Header, Kind, append_json};
use serde_json::json;

fn read(clock: libc::clockid_t) -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is a valid timespec.
    unsafe { libc::clock_gettime(clock, &raw mut time) };
    time.tv_sec.unsigned_abs() * 1_000_000_000 + time.tv_nsec.unsigned_abs()
}

/// Nanoseconds since boot, sleep included.
pub fn boot_ns() -> u64 {
    read(libc::CLOCK_BOOTTIME)
}

/// Both clocks at one moment: the reading that was interrupted least of three.
pub fn pair() -> (u64, u64) {
    let sample = || {
        let before = boot_ns();
        let real = read(libc::CLOCK_REALTIME);
        let after = boot_ns();
        (after - before, before + (after - before) / 2, real)
    };
    let best = [sample(), sample(), sample()].into_iter().min_by_key(|s| s.0);
    best.map_or((0, 0), |(_, boot, real)| (boot, real))
}

/// Emits `clock` records: at once, every minute, and when the wall clock jumped.
pub(crate) struct Clock {
    last: Option<(u64, u64)>,
}

const REPEAT_NS: u64 = 60_000_000_000;
const JUMP_NS: u64 = 1_000_000;

impl Clock {
    pub fn new() -> Self {
        Self { last: None }
    }

    /// Appends a record when one is due.
    pub fn append_if_due(&mut self, batch: &mut Vec<u8>) {
        let (boot, real) = pair();
        if let Some((last_boot, last_real)) = self.last {
            let expected = last_real + boot.saturating_sub(last_boot);
            if boot - last_boot < REPEAT_NS && real.abs_diff(expected) <= JUMP_NS {
                return;
            }
        }
        self.last = Some((boot, real));
        let header = Header { entry_ns: boot, return_ns: boot, ..Header::default() };
        append_json(batch, Kind::Clock, &header, &json!({"boot_ns": boot, "realtime_ns": real.to_string()}));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_record_is_due_at_once_and_the_next_is_not() {
        let (mut clock, mut batch) = (Clock::new(), Vec::new());
        clock.append_if_due(&mut batch);
        let len = batch.len();
        assert!(len > 0);
        clock.append_if_due(&mut batch);
        assert_eq!(batch.len(), len);
    }

    #[test]
    fn a_jump_of_the_wall_clock_makes_a_record() {
        let (mut clock, mut batch) = (Clock::new(), Vec::new());
        let (boot, real) = pair();
        clock.last = Some((boot, real - 5_000_000));
        clock.append_if_due(&mut batch);
        assert!(!batch.is_empty());
    }
}
