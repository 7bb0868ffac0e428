//! The drain thread: kernel rings -> records -> queue. It never attaches and never waits for anything but the kernel.
use crate::account::Account;
use crate::engine::{Clock, Host, Ring, Sorter, State, Waiter, boot_ns, time_ns};
use crate::record::{Header, Kind, append_json, conn_id, record_len, return_ns};
use libbpf_rs::{Link, MapHandle};
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// While records come, batches are collected this long; the kernel wakes the thread before the ring fills up.
const NAP: Duration = Duration::from_millis(10);
/// Without a record for this long the thread sleeps until the kernel wakes it.
const IDLE_AFTER: Duration = Duration::from_millis(50);
/// The reader is slow: how long to leave it alone.
const FULL_PAUSE: Duration = Duration::from_millis(1);
const IDLE_SLEEP: Duration = Duration::from_secs(1);
const BUSY_TICK: Duration = Duration::from_millis(250);
const ACCOUNT_EVERY: Duration = Duration::from_secs(60);
const MAX_BATCH_BYTES: usize = 1 << 20;
/// Header and one chunk.
const LARGEST_RECORD: usize = (16 << 10) + 96;
/// A program takes its time stamp before its record is in the ring; preemption is off in between.
const UNDER_WAY_NS: u64 = 20_000_000;

/// Everything the thread owns.
pub(crate) struct Drain {
    pub host: Arc<Host>,
    pub payload: Ring,
    pub control: Ring,
    pub sorter: Sorter,
    pub waiter: Waiter,
    pub totals: MapHandle,
    /// Process and socket programs; the TLS probes are the attacher's.
    pub links: Vec<Link>,
    pub clock: Clock,
}

struct Ticks {
    last_record: Instant,
    last_tick: Instant,
    last_account: Instant,
    control_lost: u64,
}

/// Moves facts as long as they are wanted; whether there was any.
fn take_facts(ring: &mut Ring, sorter: &mut Sorter, batch: &mut Vec<u8>, is_wanted: impl Fn(&[u8]) -> bool) -> bool {
    !ring.is_empty()
        && ring.consume(|fact| {
            let takes = is_wanted(fact);
            if takes {
                sorter.control(fact, batch);
            }
            takes
        })
}

impl Drain {
    /// Runs until the session is detached and everything is delivered. A panic ends the session instead of leaving its
    /// reader waiting for ever.
    pub fn run_guarded(self) {
        let queue = Arc::clone(&self.host.queue);
        let run = std::panic::AssertUnwindSafe(|| self.run());
        if std::panic::catch_unwind(run).is_err() {
            queue.end();
        }
    }

    fn run(mut self) {
        let now = Instant::now();
        let mut ticks = Ticks { last_record: now, last_tick: now, last_account: now, control_lost: 0 };
        loop {
            let before = boot_ns();
            let took = self.pump();
            if took {
                ticks.last_record = Instant::now();
            }
            self.tick(&mut ticks, before);
            if !took && self.waiter.is_detached() {
                break;
            }
            self.rest(&ticks, took);
        }
        self.finish();
    }

    /// Moves what is in the rings, in the order in which it happened; whether there was anything.
    fn pump(&mut self) -> bool {
        let Self { payload, control, sorter, host, .. } = self;
        sorter.mapped();
        if payload.is_empty() && control.is_empty() {
            sorter.forget_closed();
            return false;
        }
        let mut batch =
            Vec::with_capacity((payload.waiting() + control.waiting()).min(MAX_BATCH_BYTES) + LARGEST_RECORD);
        // Bytes that were there before a fact are in the payload ring when the fact is seen in the other one: whoever reads the
        // ends in this order has all bytes that are older than the facts before `facts_end`.
        let (facts_end, bytes_end) = (control.end(), payload.end());
        let (mut took, mut took_facts) = (false, false);
        if !host.queue.is_full() {
            took = payload.consume(|record| {
                if batch.len() > MAX_BATCH_BYTES {
                    return false;
                }
                let (conn, written_ns) = (conn_id(record), return_ns(record));
                took_facts |= take_facts(control, sorter, &mut batch, |fact| time_ns(fact) <= written_ns);
                if !sorter.knows(conn) {
                    // its beginning was told before this record was written
                    took_facts |= take_facts(control, sorter, &mut batch, |_| true);
                    sorter.meet(conn);
                }
                batch.extend_from_slice(&record[..record_len(record).min(record.len())]);
                true
            });
        }
        // A reader that cannot keep up gets the facts all the same: their ring is small, and connections hang on them.
        if payload.has_passed(bytes_end) || host.queue.is_full() {
            took_facts |= control.consume_to(facts_end, |fact| {
                sorter.control(fact, &mut batch);
                true
            });
        }
        if payload.is_empty() {
            sorter.forget_closed();
        }
        host.queue.push(batch);
        took || took_facts
    }

    fn tick(&mut self, ticks: &mut Ticks, checked_ns: u64) {
        let now = Instant::now();
        let is_busy = now - ticks.last_record < IDLE_AFTER;
        if now - ticks.last_tick < if is_busy { BUSY_TICK } else { IDLE_SLEEP } {
            return;
        }
        ticks.last_tick = now;
        let mut batch = Vec::new();
        self.clock.append_if_due(&mut batch);
        if self.payload.is_empty() && self.control.is_empty() {
            let header = Header { entry_ns: checked_ns, return_ns: checked_ns, ..Header::default() };
            let to_ns = checked_ns.saturating_sub(UNDER_WAY_NS);
            append_json(&mut batch, Kind::Advance, &header, &json!({ "to_ns": to_ns }));
        }
        if now - ticks.last_account >= ACCOUNT_EVERY {
            ticks.last_account = now;
            let account = self.append_account(&mut batch);
            if account.control_lost() != ticks.control_lost {
                ticks.control_lost = account.control_lost();
                self.sorter.resync();
            }
        }
        self.host.queue.push(batch);
    }

    fn append_account(&self, batch: &mut Vec<u8>) -> Account {
        let (account, time) = (Account::read(&self.totals), boot_ns());
        let header = Header { entry_ns: time, return_ns: time, ..Header::default() };
        append_json(batch, Kind::Account, &header, &account.json());
        account
    }

    fn rest(&mut self, ticks: &Ticks, took: bool) {
        if self.host.queue.is_full() {
            // the kernel must not wake us for what we cannot take
            self.waiter.wait(State::Running, FULL_PAUSE);
            return;
        }
        let is_idle = !took && ticks.last_record.elapsed() > IDLE_AFTER;
        if !is_idle {
            self.waiter.wait(State::Napping, NAP);
            return;
        }
        self.waiter.announce(State::Idle);
        // a record that came before the announcement woke nobody
        if self.payload.is_empty() && self.control.is_empty() {
            self.waiter.wait(State::Idle, IDLE_SLEEP);
        } else {
            self.waiter.wait(State::Napping, NAP);
        }
    }

    /// Everything is detached: nothing is added to the rings any more.
    fn finish(mut self) {
        self.links.clear();
        self.empty();
        self.sorter.end_connections();
        self.empty();
        let mut batch = Vec::new();
        self.append_account(&mut batch);
        self.host.queue.push(batch);
        self.host.queue.end();
    }

    /// Takes all that is left, however slow the reader is.
    fn empty(&mut self) {
        while self.pump() || self.host.queue.is_full() && !self.payload.is_empty() {
            if self.waiter.is_abandoned() {
                return;
            }
            if self.host.queue.is_full() {
                std::thread::sleep(FULL_PAUSE);
            }
        }
    }
}
