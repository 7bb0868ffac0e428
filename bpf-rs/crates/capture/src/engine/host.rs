//! What discovery and control operations may ask of the engine.
use super::attach::Attacher;
use super::commands::ConnectionKeys;
use super::config::Config;
use super::emitter::Emitter;
use super::processes::Processes;
use super::scope::Scope;
use crate::queue::Queue;
use std::sync::Arc;

/// The engine as its other parts see it; shared as `Arc<Host>`.
pub struct Host {
    pub config: Config,
    /// This process, as the kernel numbers it (not `getpid` inside a PID namespace).
    pub own_tgid: u32,
    pub attacher: Attacher,
    pub emitter: Emitter,
    pub scope: Scope,
    pub(crate) queue: Arc<Queue>,
    pub(crate) keys: ConnectionKeys,
    pub(crate) processes: Arc<Processes>,
}
