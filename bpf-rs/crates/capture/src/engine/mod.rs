//! One capture session: loaded objects, links, maps, rings.
mod attach;
mod config;
mod emitter;
mod fact;
mod host;
mod scope;

pub use attach::{Attached, Attacher, Image};
pub use config::{Config, ScopeConfig};
pub use emitter::Emitter;
pub use fact::{FileId, KernelFact, MappedFile, Origin, ProcessFact, ProcessState};
pub use host::Host;
pub use scope::Scope;
use std::sync::Arc;
use std::time::Duration;

/// An open session; `ffi` is its only user besides tests.
pub struct Engine {
    host: Arc<Host>,
}

impl Engine {
    /// Loads the programs and starts threads; attaching goes on behind it.
    pub fn open(config: Config) -> Result<Self, String> {
        let _ = config;
        Err("not there yet".into())
    }
    /// For control operations.
    pub fn host(&self) -> &Arc<Host> {
        &self.host
    }
    /// See `oisp_poll`.
    pub fn poll(&self, room: &mut [u8], timeout: Duration, linger: Duration) -> i32 {
        let _ = (room, timeout, linger);
        -1
    }
    /// See `oisp_verdicts`.
    pub fn verdicts(&self, batch: &[u8]) -> i32 {
        let _ = batch;
        0
    }
    /// See `oisp_stats`.
    pub fn stats(&self) -> serde_json::Value {
        serde_json::Value::Null
    }
    /// See `oisp_coverage`.
    pub fn coverage(&self) -> serde_json::Value {
        serde_json::Value::Null
    }
    /// See `oisp_shutdown`.
    pub fn shutdown(&self) {}
}
