//! What `oisp_open` is told. Unknown keys are refused: a misspelt scope must not mean "everything".
use serde::Deserialize;

const MIB: u32 = 1 << 20;

/// Which programs are looked at. Empty lists and `whole_machine: false` mean none, until `set_scope` says more.
#[derive(Deserialize, Clone, Debug, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ScopeConfig {
    /// Every process except the sensor's own.
    pub whole_machine: bool,
    /// These processes and everything they start.
    pub trees: Vec<u32>,
    /// These processes, not what they start.
    pub pids: Vec<u32>,
    /// Every process of these users.
    pub uids: Vec<u32>,
    /// Every process whose executable's path matches one of these globs; resolved in user space.
    pub exes: Vec<String>,
}

/// Configuration of one engine. Sizes are in bytes.
#[derive(Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Which programs are looked at.
    pub scope: ScopeConfig,
    /// Kernel ring for captured bytes; a power of two.
    pub payload_ring_bytes: u32,
    /// Kernel ring for everything else; a power of two.
    pub control_ring_bytes: u32,
    /// Records waiting for `oisp_poll`; above it the kernel ring is no longer drained.
    pub queue_bytes: u32,
    /// Bytes copied of one call.
    pub call_limit_bytes: u32,
    /// Bytes copied of one exchange (both directions).
    pub exchange_limit_bytes: u32,
    /// Connections known at once.
    pub max_connections: u32,
    /// Capture the side that accepted the connection too.
    pub server_side: bool,
    /// Use perf_event uprobes although the kernel has uprobe.multi.
    pub force_perf_uprobes: bool,
    /// Look for TLS libraries (running processes, loader cache, exec, mmap). Tests turn it off.
    pub discover: bool,
    /// Files to attach to at once, besides what discovery finds.
    pub images: Vec<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            scope: ScopeConfig::default(),
            payload_ring_bytes: 32 * MIB,
            control_ring_bytes: 4 * MIB,
            queue_bytes: 64 * MIB,
            call_limit_bytes: 4 * MIB,
            exchange_limit_bytes: 32 * MIB,
            max_connections: 32_768,
            server_side: false,
            force_perf_uprobes: false,
            discover: true,
            images: Vec::new(),
        }
    }
}
