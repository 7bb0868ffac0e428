//! Control operations: one file each, JSON in and out, listed here.
use crate::engine::Host;
use std::sync::Arc;

/// Runs the operation that `request` names. `host` is absent for handle 0.
pub fn dispatch(host: Option<&Arc<Host>>, request: &str) -> Result<String, String> {
    let _ = host;
    Err(format!("unknown operation in {} bytes", request.len()))
}
