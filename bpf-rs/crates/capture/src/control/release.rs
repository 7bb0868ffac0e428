//! `release`: waits until the probes of a spawned command are in place, then lets it exec.
use super::{Operation, parameters};
use crate::spawn;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

pub(super) const OPERATION: Operation =
    Operation { id: "release", summary: "lets a spawned command run", needs_engine: false, run };

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    pid: u32,
    /// The command runs after that long even when probes are still missing.
    #[serde(default = "five_seconds")]
    timeout_ms: u64,
}

fn five_seconds() -> u64 {
    5_000
}

/// `{"released": true, "prepared": bool}`, or `{"released": false, "errno", "exit_code": 126|127, "reason"}`.
fn run(_: Option<&Arc<crate::engine::Host>>, request: Map<String, Value>) -> Result<Value, String> {
    let wanted: Parameters = parameters(request)?;
    let child = spawn::find(wanted.pid).ok_or_else(|| format!("process {} was not spawned here", wanted.pid))?;
    let is_prepared = match super::spawn::take_preparing(wanted.pid) {
        // disconnected: the work is done
        Some(done) => {
            done.recv_timeout(Duration::from_millis(wanted.timeout_ms)) == Err(RecvTimeoutError::Disconnected)
        }
        None => true,
    };
    Ok(match child.release() {
        Ok(()) => json!({ "released": true, "prepared": is_prepared }),
        Err(e) => json!({
            "released": false, "errno": e.errno, "exit_code": e.exit_code,
            "reason": std::io::Error::from_raw_os_error(e.errno).to_string(),
        }),
    })
}
