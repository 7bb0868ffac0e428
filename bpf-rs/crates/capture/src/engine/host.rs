//! What discovery and control operations may ask of the engine.
use super::attach::Attacher;
use super::config::Config;
use super::emitter::Emitter;
use super::scope::Scope;

/// The engine as its other parts see it; shared as `Arc<Host>`.
pub struct Host {
    pub config: Config,
    /// This process, as the kernel numbers it (not `getpid` inside a PID namespace).
    pub own_tgid: u32,
    pub attacher: Attacher,
    pub emitter: Emitter,
    pub scope: Scope,
}
