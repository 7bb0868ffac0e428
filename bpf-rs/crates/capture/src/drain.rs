//! The drain thread: kernel rings -> records -> queue. It never attaches and never waits for anything but the kernel.
use crate::account::Account;
use crate::discover;
use crate::engine::{Clock, Host, Ring, Sorter, State, Waiter, boot_ns, time_ns};
use crate::record::{Header, Kind, append_json, conn_id, is_all, record_len, return_ns};
use crate::ticks::{Found, IDLE_AFTER, Ticks};
use libbpf_rs::{Link, MapHandle};
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// While records come, batches are collected this long; the kernel wakes the thread when much waits in the ring. Every batch
/// wakes the reader, whose caches are cold by then: at 200 calls a second batches of 10 ms cost twice the CPU of these.
pub(crate) const NAP: Duration = Duration::from_millis(50);
/// The reader is slow: how long to leave it alone.
const FULL_PAUSE: Duration = Duration::from_millis(1);
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

/// Moves facts as long as they are wanted. Gives whether there was any.
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
        let mut ticks = Ticks::new(Instant::now());
        loop {
            let before = boot_ns();
            let found = self.pump();
            ticks.note(found, Instant::now());
            self.tick(&mut ticks, before);
            self.give_back(&mut ticks);
            if found == Found::Nothing && self.waiter.is_detached() {
                break;
            }
            self.rest(&ticks, found);
        }
        self.finish();
    }

    /// Moves what is in the rings, in the order in which it happened.
    fn pump(&mut self) -> Found {
        let Self { payload, control, sorter, host, clock, .. } = self;
        sorter.mapped();
        if payload.is_empty() && control.is_empty() {
            sorter.forget_closed();
            return Found::Nothing;
        }
        let mut batch =
            Vec::with_capacity((payload.waiting() + control.waiting()).min(MAX_BATCH_BYTES) + LARGEST_RECORD);
        // The wall clock may have jumped while nothing came.
        clock.append_if_due(&mut batch);
        let clock_bytes = batch.len();
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
        // A reader that cannot keep up gets facts out of their order only when their ring, which is small, fills up: an end that comes
        // before the bytes makes them bytes of nobody.
        if payload.has_passed(bytes_end) || (host.queue.is_full() && control.is_half_full()) {
            took_facts |= control.consume_to(facts_end, |fact| {
                sorter.control(fact, &mut batch);
                true
            });
        }
        if payload.is_empty() {
            sorter.forget_closed();
        }
        if !took && !took_facts {
            host.queue.push_quietly(batch);
            return Found::Nothing;
        }
        if !took && is_all(&batch[clock_bytes..], Kind::Process) {
            host.queue.push_quietly(batch);
            return Found::Quiet;
        }
        host.queue.push(batch);
        Found::Urgent
    }

    fn tick(&mut self, ticks: &mut Ticks, checked_ns: u64) {
        let now = Instant::now();
        if !ticks.until_tick(now).is_zero() {
            return;
        }
        (ticks.last_tick, ticks.quiet_since) = (now, None);
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

    fn give_back(&self, ticks: &mut Ticks) {
        let now = Instant::now();
        let is_due = ticks.memory.until_due(ticks.last_urgent, now).is_some_and(|left| left.is_zero());
        if is_due && discover::is_settled(&self.host) {
            ticks.memory.give_back(now);
        }
    }

    fn append_account(&self, batch: &mut Vec<u8>) -> Account {
        let (account, time) = (Account::read(&self.totals), boot_ns());
        let header = Header { entry_ns: time, return_ns: time, ..Header::default() };
        append_json(batch, Kind::Account, &header, &account.json());
        account
    }

    fn rest(&mut self, ticks: &Ticks, found: Found) {
        if self.host.queue.is_full() {
            // the kernel must not wake us for what we cannot take
            self.waiter.wait(State::Running, FULL_PAUSE);
            return;
        }
        let now = Instant::now();
        let is_idle = found == Found::Nothing && now - ticks.last_record > IDLE_AFTER;
        if !is_idle {
            self.waiter.wait(State::Napping, NAP);
            return;
        }
        self.waiter.announce(State::Idle);
        // a record that came before the announcement woke nobody
        if self.payload.is_empty() && self.control.is_empty() {
            self.waiter.wait(State::Idle, ticks.until_work(now));
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
        while self.pump() != Found::Nothing || self.host.queue.is_full() && !self.payload.is_empty() {
            if self.waiter.is_abandoned() {
                return;
            }
            if self.host.queue.is_full() {
                std::thread::sleep(FULL_PAUSE);
            }
        }
    }
}
