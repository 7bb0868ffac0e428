//! `flush`: returns when discovery has nothing to do and the drain thread has looked into both rings since.
use super::{Operation, parameters};
use crate::discover;
use crate::drain::NAP;
use crate::engine::Host;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};

pub(super) const OPERATION: Operation =
    Operation { id: "flush", summary: "waits until what has happened is on its way", needs_engine: true, run };

/// Longer than any nap of the drain thread; asleep it is woken by the next record.
const DRAIN_TIME: Duration = NAP.saturating_add(Duration::from_millis(50));
const LOOK_TIME: Duration = Duration::from_millis(2);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    #[serde(default = "five_seconds")]
    timeout_ms: u64,
}

fn five_seconds() -> u64 {
    5_000
}

/// `{"settled": bool}`: whether that was so before the time was over.
fn run(host: Option<&Arc<Host>>, request: Map<String, Value>) -> Result<Value, String> {
    let Some(host) = host else {
        return Err("flush needs an open capture".into());
    };
    let wanted: Parameters = parameters(request)?;
    let until = Instant::now() + Duration::from_millis(wanted.timeout_ms);
    std::thread::sleep(DRAIN_TIME); // what happened before this call has reached discovery
    while !discover::is_settled(host) && Instant::now() < until {
        std::thread::sleep(LOOK_TIME);
    }
    Ok(json!({ "settled": discover::is_settled(host) }))
}
