//! Control operations: one file each, JSON in and out, listed in [`OPERATIONS`].
//!
//! A request is one object with the operation's id under `op` and its parameters beside it; unknown parameters are
//! refused. A reply is one object. What cannot be done is an error text, which `oisp_last_error` gives.
mod doctor;
mod explain_pid;
mod finding;
mod flush;
mod host_facts;
mod open_as_user;
mod release;
mod set_scope;
mod signal;
mod socket_owner;
mod spawn;
mod wait;

use crate::engine::Host;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::sync::Arc;

/// Takes the engine, where there is one, and the parameters; gives the reply or an error text.
type Run = fn(Option<&Arc<Host>>, Map<String, Value>) -> Result<Value, String>;

/// One control operation.
pub struct Operation {
    /// Stable id, the value of `op`.
    pub id: &'static str,
    /// One line for people.
    pub summary: &'static str,
    /// Refused with handle 0.
    pub needs_engine: bool,
    run: Run,
}

/// All operations, by id.
pub const OPERATIONS: &[Operation] = &[
    doctor::OPERATION,
    explain_pid::OPERATION,
    flush::OPERATION,
    host_facts::OPERATION,
    open_as_user::OPERATION,
    release::OPERATION,
    set_scope::OPERATION,
    signal::OPERATION,
    socket_owner::OPERATION,
    spawn::OPERATION,
    wait::OPERATION,
];

/// Runs the operation that `request` names. `host` is absent for handle 0.
pub fn dispatch(host: Option<&Arc<Host>>, request: &str) -> Result<String, String> {
    let request: Value = serde_json::from_str(request).map_err(|e| format!("request: {e}"))?;
    let Value::Object(mut request) = request else {
        return Err("request: not an object".into());
    };
    let Some(Value::String(id)) = request.remove("op") else {
        return Err("request: no \"op\"".into());
    };
    let known = OPERATIONS.iter().find(|o| o.id == id);
    let operation = known.ok_or_else(|| format!("unknown operation {id:?}"))?;
    if operation.needs_engine && host.is_none() {
        return Err(format!("{id} needs an open capture"));
    }
    (operation.run)(host, request).map(|reply| reply.to_string())
}

/// The parameters of an operation.
fn parameters<T: DeserializeOwned>(request: Map<String, Value>) -> Result<T, String> {
    serde_json::from_value(Value::Object(request)).map_err(|e| format!("request: {e}"))
}

#[cfg(test)]
mod tests;
