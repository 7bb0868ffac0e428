//! Control records on their way out.
use crate::queue::Queue;
use crate::record::{Header, Kind, append_json};
use serde_json::Value;
use std::sync::Arc;

/// Puts control records into the outgoing queue; any thread may.
#[derive(Clone)]
pub struct Emitter {
    pub(super) queue: Arc<Queue>,
}

impl Emitter {
    /// Queues one control record. `body` is the JSON of the record format; sequence numbers are given here.
    pub fn json(&self, kind: Kind, header: Header, body: &Value) {
        let mut out = Vec::new();
        append_json(&mut out, kind, &header, body);
        self.queue.push(out);
    }
}
