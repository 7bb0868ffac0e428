//! Finds TLS libraries.
use crate::engine::{Host, KernelFact};
use serde_json::Value;
use std::sync::Arc;

/// Runs on its own thread from [`Discovery::start`] to [`Discovery::stop`].
pub struct Discovery {}

impl Discovery {
    /// Starts the first pass over the machine; returns at once.
    pub fn start(host: Arc<Host>) -> Self {
        let _ = host;
        Self {}
    }
    /// One fact of the kernel. Called on the drain thread: never blocks, never attaches.
    pub fn fact(&self, fact: KernelFact) {
        let _ = fact;
    }
    /// What is attached and what is not, for `oisp_coverage`: `{"settled": bool, "images": [...]}`.
    pub fn coverage(&self) -> Value {
        Value::Null
    }
    /// Ends the thread and waits for it.
    pub fn stop(&self) {}
}
