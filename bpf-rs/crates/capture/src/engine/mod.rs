//! One capture session: loaded objects, links, maps, rings.
mod attach;
mod clock;
mod commands;
mod config;
mod control_ring;
mod emitter;
mod fact;
mod host;
mod kinds;
mod load;
mod mapped;
mod maps;
mod memory;
mod open;
mod processes;
mod ring;
mod scope;
mod sockets;
mod sorter;
mod tracepoint;
mod typed_pids;
mod wait;

pub use attach::{Attached, Attacher, Image, Method};
pub(crate) use clock::Clock;
pub use clock::boot_ns;
pub(crate) use commands::{ConnectionKeys, call};
pub use config::{Config, ScopeConfig};
pub(crate) use control_ring::time_ns;
pub use emitter::Emitter;
pub use fact::{FileId, KernelFact, MappedFile, Origin, ProcessFact, ProcessState};
pub use host::Host;
pub use load::TLS_OBJECT;
pub(crate) use maps::{Verdict, VerdictRequest, value_of};
pub(crate) use memory::Memory;
pub(crate) use ring::Ring;
pub use scope::Scope;
pub(crate) use sorter::Sorter;
pub use typed_pids::TypedPids;
pub(crate) use wait::{State, Waiter};

use crate::account::Account;
use crate::discover::Discovery;
use crate::queue::Taken;
use libbpf_rs::{MapHandle, Object};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// One thing that the kernel allows, or does not.
#[derive(Clone, Debug)]
pub struct Feature {
    pub name: &'static str,
    /// What is used, or why it is not there.
    pub outcome: Result<&'static str, String>,
}

/// An open session; `ffi` is its only user besides tests.
pub struct Engine {
    host: Arc<Host>,
    discovery: Arc<Discovery>,
    commands: Arc<Object>,
    totals: MapHandle,
    features: Vec<Feature>,
    bell: Arc<wait::Bell>,
    is_ending: AtomicBool,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Engine {
    /// For control operations.
    pub fn host(&self) -> &Arc<Host> {
        &self.host
    }

    /// See `oisp_poll`.
    pub fn poll(&self, room: &mut [u8], timeout: Duration, linger: Duration) -> i32 {
        match self.host.queue.take(room, timeout, linger) {
            Taken::Bytes(n) => i32::try_from(n).unwrap_or(i32::MAX),
            Taken::TimedOut => 0,
            Taken::Ended => -1,
            Taken::TooSmall => -2,
        }
    }

    /// See `oisp_verdicts`.
    pub fn verdicts(&self, batch: &[u8]) -> i32 {
        crate::verdict::apply(batch, &self.host.keys, &self.commands)
    }

    /// The kernel's counters now; exact after the last record.
    pub fn account(&self) -> Account {
        Account::read(&self.totals)
    }

    /// See `oisp_stats`.
    pub fn stats(&self) -> Value {
        let account = self.account();
        let mut stats = account.stats();
        stats.insert("account".into(), account.json());
        stats.insert("queue_bytes".into(), self.host.queue.len().into());
        stats.insert("open_connections".into(), self.host.keys.len().into());
        Value::Object(stats)
    }

    /// See `oisp_coverage`.
    pub fn coverage(&self) -> Value {
        let rows = self.features.iter().map(|f| match &f.outcome {
            Ok(how) => json!({"feature": f.name, "works": true, "method": how}),
            Err(why) => json!({"feature": f.name, "works": false, "reason": why}),
        });
        json!({
            "own_tgid": self.host.own_tgid, "method": self.host.attacher.method().name(),
            "features": rows.collect::<Vec<_>>(), "discovery": self.discovery.coverage(),
        })
    }

    /// See `oisp_shutdown`. Returns at once; taking the probes off is a thread's work.
    pub fn shutdown(&self) {
        if self.is_ending.swap(true, Ordering::SeqCst) {
            return;
        }
        let (host, discovery, bell) = (Arc::clone(&self.host), Arc::clone(&self.discovery), Arc::clone(&self.bell));
        let detach = std::thread::Builder::new().name("oisp-detach".into()).spawn(move || {
            discovery.stop();
            host.attacher.close();
            bell.detached();
        });
        if let (Ok(thread), Ok(mut threads)) = (detach, self.threads.lock()) {
            threads.push(thread);
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.shutdown();
        self.bell.abandoned();
        let threads = self.threads.get_mut().unwrap_or_else(|poisoned| poisoned.into_inner());
        for thread in threads.drain(..) {
            let _ = thread.join();
        }
    }
}
