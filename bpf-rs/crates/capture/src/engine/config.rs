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
    /// Watch system calls although the kernel has tracepoints for sockets.
    pub force_socket_calls: bool,
    /// Decide in user space which programs fit a pattern, although the kernel can do it at the exec.
    pub force_user_scope: bool,
    /// Look for TLS libraries (running processes, loader cache, exec, mmap). Tests turn it off.
    pub discover: bool,
    /// Stop a process for the moment in which probes are put on a file that it has just mapped. Only below a command
    /// that was spawned here.
    pub wait_attach: bool,
    /// The executable of this process is used for nothing but this sensor (it is no general runtime): whoever runs it is not told
    /// of as not covered.
    pub own_program: bool,
    /// Files to attach to at once, besides what discovery finds.
    pub images: Vec<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            scope: ScopeConfig::default(),
            payload_ring_bytes: 32 * MIB,
            control_ring_bytes: 2 * MIB,
            queue_bytes: 64 * MIB,
            call_limit_bytes: 4 * MIB,
            exchange_limit_bytes: 32 * MIB,
            max_connections: 32_768,
            server_side: false,
            force_perf_uprobes: false,
            force_socket_calls: false,
            force_user_scope: false,
            discover: true,
            wait_attach: false,
            own_program: false,
            images: Vec::new(),
        }
    }
}

impl Config {
    /// Refuses sizes that the kernel would refuse with less to say.
    pub(super) fn check(&self) -> Result<(), String> {
        let rings = [("payload_ring_bytes", self.payload_ring_bytes), ("control_ring_bytes", self.control_ring_bytes)];
        for (name, size) in rings {
            if !size.is_power_of_two() || !(4096..=1 << 30).contains(&size) {
                return Err(format!("{name} is {size}: a power of two from 4096 to {} is needed", 1 << 30));
            }
        }
        if self.max_connections == 0 {
            return Err("max_connections is 0".into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_keys_are_refused() {
        assert!(serde_json::from_str::<Config>(r#"{"scope":{"whole_machin":true}}"#).is_err());
        assert!(serde_json::from_str::<Config>(r#"{"ring":1}"#).is_err());
    }

    #[test]
    fn an_empty_configuration_looks_at_nobody() {
        let config: Config = serde_json::from_str("{}").unwrap();
        assert!(!config.scope.whole_machine && config.scope.trees.is_empty());
        assert!(config.check().is_ok());
    }

    #[test]
    fn ring_sizes_are_powers_of_two() {
        let config = Config { payload_ring_bytes: 5000, ..Config::default() };
        assert!(config.check().unwrap_err().contains("payload_ring_bytes"));
    }
}
