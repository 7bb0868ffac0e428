//! Records that wait for `oisp_poll`: bounded, and the one place that numbers them.
use crate::record::{number, record_len};
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

#[derive(Default)]
struct State {
    batches: VecDeque<Vec<u8>>,
    /// Bytes of the first batch that were handed out.
    taken: usize,
    bytes: usize,
    next_seq: u64,
    /// Something waits that the reader is to be woken for.
    is_due: bool,
    /// Nothing will be added any more.
    ended: bool,
}

/// Records that nobody has to be woken for are handed out by themselves from here on.
const MAX_QUIET_BYTES: usize = 256 << 10;

/// What `Queue::take` found.
#[derive(Debug, PartialEq, Eq)]
pub enum Taken {
    Bytes(usize),
    TimedOut,
    /// The buffer is too small for the next record, which stays.
    TooSmall,
    Ended,
}

/// Whole records in order, from any thread to the one that polls.
pub struct Queue {
    state: Mutex<State>,
    filled: Condvar,
    limit: usize,
}

impl Queue {
    /// A queue that is full from `limit` bytes on.
    pub fn new(limit: usize) -> Self {
        Self { state: Mutex::default(), filled: Condvar::new(), limit }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// No more payload should be added for now. Control records still may: they are small and few.
    pub fn is_full(&self) -> bool {
        self.lock().bytes >= self.limit
    }

    /// Bytes that wait.
    pub fn len(&self) -> usize {
        self.lock().bytes
    }

    /// Nothing waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds whole records and wakes the reader for all that waits.
    pub fn push(&self, batch: Vec<u8>) {
        self.add(batch, true);
    }

    /// Adds whole records that can wait for the next ones: they are handed out before those, in order.
    pub fn push_quietly(&self, batch: Vec<u8>) {
        self.add(batch, false);
    }

    fn add(&self, mut batch: Vec<u8>, is_urgent: bool) {
        let mut state = self.lock();
        if !batch.is_empty() {
            state.next_seq = number(&mut batch, state.next_seq);
            state.bytes += batch.len();
            state.batches.push_back(batch);
        }
        state.is_due |= (is_urgent && state.bytes > 0) || state.bytes > MAX_QUIET_BYTES;
        let wakes = state.is_due;
        drop(state);
        if wakes {
            self.filled.notify_one();
        }
    }

    /// After the records that wait, [`Taken::Ended`].
    pub fn end(&self) {
        self.lock().ended = true;
        self.filled.notify_all();
    }

    /// Fills `room` with whole records. Waits at most `timeout` for the first that is worth it, then at most `linger` for
    /// more while there is room.
    pub fn take(&self, room: &mut [u8], timeout: Duration, linger: Duration) -> Taken {
        let mut state = self.wait(self.lock(), timeout, |state| state.is_due);
        if !state.ended && !linger.is_zero() && state.bytes > 0 {
            state = self.wait(state, linger, |state| state.bytes >= room.len() / 2);
        }
        if state.bytes == 0 {
            return if state.ended { Taken::Ended } else { Taken::TimedOut };
        }
        match state.copy(room) {
            0 => Taken::TooSmall,
            n => Taken::Bytes(n),
        }
    }

    fn wait<'q>(
        &'q self,
        mut state: MutexGuard<'q, State>,
        time: Duration,
        is_enough: impl Fn(&State) -> bool,
    ) -> MutexGuard<'q, State> {
        let end = Instant::now() + time;
        while !is_enough(&state) && !state.ended {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            state = self.filled.wait_timeout(state, left).unwrap_or_else(|poisoned| poisoned.into_inner()).0;
        }
        state
    }
}

impl State {
    fn copy(&mut self, room: &mut [u8]) -> usize {
        let mut written = 0;
        while let Some(first) = self.batches.front() {
            let rest = &first[self.taken..];
            let n = whole_records(rest, room.len() - written);
            room[written..written + n].copy_from_slice(&rest[..n]);
            written += n;
            if n < rest.len() {
                self.taken += n;
                break;
            }
            self.taken = 0;
            self.batches.pop_front();
        }
        self.bytes -= written;
        self.is_due &= self.bytes > 0;
        written
    }
}

/// Bytes of those records at the start of `records` that fit into `room`.
fn whole_records(records: &[u8], room: usize) -> usize {
    if records.len() <= room {
        return records.len();
    }
    let mut end = 0;
    while end < records.len() {
        let next = end + record_len(&records[end..]).max(1);
        if next > room {
            break;
        }
        end = next;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Header, Kind, append_json};
    use serde_json::json;

    fn record(n: u64) -> Vec<u8> {
        let mut out = Vec::new();
        append_json(&mut out, Kind::Advance, &Header::default(), &json!({ "to_ns": n }));
        out
    }
    const SOON: Duration = Duration::from_millis(1);

    #[test]
    fn a_buffer_too_small_loses_nothing() {
        let queue = Queue::new(1 << 20);
        queue.push([record(1), record(2)].concat());
        let mut room = vec![0; record(1).len()];
        assert_eq!(queue.take(&mut room[..40], SOON, Duration::ZERO), Taken::TooSmall);
        assert_eq!(queue.take(&mut room, SOON, Duration::ZERO), Taken::Bytes(room.len()));
        let first_seq = room[16];
        assert_eq!(queue.take(&mut room, SOON, Duration::ZERO), Taken::Bytes(room.len()));
        assert_eq!(room[16], first_seq + 1);
        assert_eq!(queue.take(&mut room, SOON, Duration::ZERO), Taken::TimedOut);
    }

    #[test]
    fn the_end_comes_after_the_last_record() {
        let queue = Queue::new(1 << 20);
        queue.push(record(1));
        queue.end();
        let mut room = vec![0; 4096];
        assert_eq!(queue.take(&mut room, SOON, SOON), Taken::Bytes(record(1).len()));
        assert_eq!(queue.take(&mut room, SOON, SOON), Taken::Ended);
    }

    #[test]
    fn what_can_wait_wakes_nobody_and_leaves_before_what_comes_after_it() {
        let queue = Queue::new(1 << 20);
        queue.push_quietly(record(1));
        assert!(!queue.lock().is_due);
        queue.push(record(2));
        let mut room = vec![0; 4096];
        assert_eq!(queue.take(&mut room, SOON, Duration::ZERO), Taken::Bytes(2 * record(1).len()));
        assert_eq!((room[16], room[record(1).len() + 16]), (0, 1));
        assert!(!queue.lock().is_due);
        queue.push_quietly(record(3));
        queue.push(Vec::new());
        assert!(queue.lock().is_due);
    }

    #[test]
    fn what_can_wait_is_handed_out_when_the_reader_has_waited_or_when_it_is_much() {
        let queue = Queue::new(1 << 20);
        queue.push_quietly(record(1));
        let mut room = vec![0; 4096];
        assert_eq!(queue.take(&mut room, SOON, Duration::ZERO), Taken::Bytes(record(1).len()));
        queue.push_quietly(record(2).repeat(MAX_QUIET_BYTES / record(2).len() + 1));
        assert!(queue.lock().is_due);
    }

    #[test]
    fn it_is_full_by_bytes_and_has_room_again_when_taken() {
        let queue = Queue::new(record(1).len());
        assert!(!queue.is_full());
        queue.push(record(1));
        assert!(queue.is_full());
        queue.take(&mut vec![0; 4096], SOON, Duration::ZERO);
        assert!(!queue.is_full() && queue.is_empty());
    }
}
