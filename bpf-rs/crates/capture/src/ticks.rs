//! When the drain thread has to do something although nothing came.
use crate::drain::NAP;
use crate::engine::Memory;
use std::time::{Duration, Instant};

/// Without a record for this long the thread sleeps until the kernel wakes it.
pub(crate) const IDLE_AFTER: Duration = Duration::from_millis(100);
/// How often time passes for the reader while records come.
const BUSY_TICK: Duration = Duration::from_millis(250);
/// Afterwards: this often at first, then after a quarter of the time that nothing came, so that what waits for an end is at
/// most that much late and an idle machine is left alone.
const IDLE_TICK: Duration = Duration::from_secs(1);
const MAX_IDLE_TICK: Duration = Duration::from_secs(30);
/// Facts of processes wait this long for something that the reader has to be woken for.
const QUIET_TIME: Duration = Duration::from_secs(1);

/// When something has to be done without a record: the reader is told the time, memory is given back.
pub(crate) struct Ticks {
    pub memory: Memory,
    /// Of anything.
    pub last_record: Instant,
    /// Of something that the reader was woken for.
    pub last_urgent: Instant,
    /// Since when the reader has something that it was not woken for.
    pub quiet_since: Option<Instant>,
    pub last_tick: Instant,
    pub last_account: Instant,
    pub control_lost: u64,
}

impl Ticks {
    /// Everything begins now.
    pub fn new(now: Instant) -> Self {
        Self {
            memory: Memory::new(now),
            last_record: now,
            last_urgent: now,
            quiet_since: None,
            last_tick: now,
            last_account: now,
            control_lost: 0,
        }
    }

    /// Notes what a look into the rings gave.
    pub fn note(&mut self, found: Found, now: Instant) {
        if found != Found::Nothing {
            self.last_record = now;
        }
        match found {
            Found::Urgent => (self.last_urgent, self.quiet_since) = (now, None),
            Found::Quiet => self.quiet_since = self.quiet_since.or(Some(now)),
            Found::Nothing => {}
        }
    }

    /// How long an idle thread may sleep. Memory waits for discovery too, which is not asked more often than this.
    pub fn until_work(&self, now: Instant) -> Duration {
        let tick = self.until_tick(now);
        self.memory.until_due(self.last_urgent, now).map_or(tick, |memory| tick.min(memory.max(NAP)))
    }

    /// How long until the reader has to be told the time.
    pub fn until_tick(&self, now: Instant) -> Duration {
        let since = now - self.last_urgent;
        let every = if since < IDLE_AFTER { BUSY_TICK } else { (since / 4).clamp(IDLE_TICK, MAX_IDLE_TICK) };
        let tick = (self.last_tick + every).saturating_duration_since(now);
        self.quiet_since.map_or(tick, |since| tick.min((since + QUIET_TIME).saturating_duration_since(now)))
    }
}

/// What a look into the rings gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    Nothing,
    /// Facts of processes only: whoever reads them needs them with the next bytes of a process, not before.
    Quiet,
    Urgent,
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn the_time_is_told_often_while_records_come_and_ever_more_rarely_afterwards() {
        let start = Instant::now();
        let mut ticks = Ticks::new(start);
        assert_eq!(ticks.until_tick(start), BUSY_TICK);
        for (idle, every) in [(2, 1), (40, 10), (3600, 30)] {
            ticks.last_tick = start + idle * SECOND;
            assert_eq!(ticks.until_tick(ticks.last_tick), every * SECOND);
        }
        ticks.note(Found::Urgent, ticks.last_tick);
        assert_eq!(ticks.until_tick(ticks.last_tick), BUSY_TICK);
    }

    #[test]
    fn facts_that_can_wait_do_not_wait_for_the_next_tick_of_an_idle_machine() {
        let start = Instant::now();
        let mut ticks = Ticks::new(start);
        let now = start + 3600 * SECOND;
        ticks.last_tick = now;
        ticks.note(Found::Quiet, now);
        ticks.note(Found::Quiet, now + SECOND / 2);
        assert_eq!(ticks.until_tick(now + SECOND / 2), QUIET_TIME / 2);
    }
}
