//! `signal`: sends a signal to a spawned command. Signals that other processes send to oisp go on by themselves
//! (`spawn/forward.rs`); this is for oisp's own decisions.
use super::{Operation, parameters};
use crate::spawn;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;

pub(super) const OPERATION: Operation =
    Operation { id: "signal", summary: "sends a signal to a spawned command", needs_engine: false, run };

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    pid: u32,
    /// Name as in `SIGTERM`.
    signal: String,
}

const NAMES: &[(&str, i32)] = &[
    ("SIGHUP", libc::SIGHUP),
    ("SIGINT", libc::SIGINT),
    ("SIGQUIT", libc::SIGQUIT),
    ("SIGKILL", libc::SIGKILL),
    ("SIGUSR1", libc::SIGUSR1),
    ("SIGUSR2", libc::SIGUSR2),
    ("SIGTERM", libc::SIGTERM),
    ("SIGCONT", libc::SIGCONT),
    ("SIGSTOP", libc::SIGSTOP),
    ("SIGTSTP", libc::SIGTSTP),
    ("SIGWINCH", libc::SIGWINCH),
];

fn run(_: Option<&Arc<crate::engine::Host>>, request: Map<String, Value>) -> Result<Value, String> {
    let wanted: Parameters = parameters(request)?;
    let row = NAMES.iter().find(|(name, _)| *name == wanted.signal);
    let (_, signal) = row.ok_or_else(|| format!("unknown signal {:?}", wanted.signal))?;
    let child = spawn::find(wanted.pid).ok_or_else(|| format!("process {} was not spawned here", wanted.pid))?;
    child.signal(*signal).map_err(|e| format!("cannot signal process {}: {e}", wanted.pid))?;
    Ok(json!({}))
}
