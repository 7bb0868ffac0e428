//! `wait`: how a spawned command ended. The exit also arrives as a `process` record; this answers without one.
use super::{Operation, parameters};
use crate::spawn::{self, Ended};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::time::Duration;

pub(super) const OPERATION: Operation =
    Operation { id: "wait", summary: "waits for a spawned command", needs_engine: false, run };

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    pid: u32,
    timeout_ms: u64,
}

/// `{"ended": false}`, or `{"ended": true, "exit_code": n}`, or `{"ended": true, "signal": n}`.
fn run(_: Option<&Arc<crate::engine::Host>>, request: Map<String, Value>) -> Result<Value, String> {
    let wanted: Parameters = parameters(request)?;
    let child = spawn::find(wanted.pid).ok_or_else(|| format!("process {} was not spawned here", wanted.pid))?;
    Ok(match child.wait(Duration::from_millis(wanted.timeout_ms)) {
        None => json!({ "ended": false }),
        Some(Ended::Code(code)) => json!({ "ended": true, "exit_code": code }),
        Some(Ended::Signal(signal)) => json!({ "ended": true, "signal": signal }),
    })
}
