//! Control operations, and what came of them.
#![allow(dead_code, reason = "each test file uses a part")]
use super::{Record, finish, skip};
use oisp_capture::control;
use oisp_capture::engine::Engine;
use serde_json::{Value, json};
use std::process::Command;

/// Kind of the records that tell which programs and libraries are captured.
pub const COVERAGE: u16 = 7;

/// Runs a control operation.
pub fn ask(engine: &Engine, request: &Value) -> Value {
    let reply = control::dispatch(Some(engine.host()), &request.to_string()).unwrap();
    serde_json::from_str(&reply).unwrap()
}

/// Ends the session once discovery is done; gives all records.
pub fn everything_discovered(engine: &Engine) -> Vec<Record> {
    ask(engine, &json!({ "op": "flush" }));
    let mut all = Vec::new();
    finish(engine, &mut all);
    all
}

/// What was told with this reason of programs and libraries.
pub fn coverage<'a>(all: &'a [Record], reason: &'a str) -> impl Iterator<Item = Value> + 'a {
    all.iter().filter(|r| r.kind == COVERAGE).map(Record::json).filter(move |c| c["reason"] == reason)
}

/// Runs another test of the same file in a PID namespace of its own.
pub fn run_in_pid_namespace(inner: &str) {
    let own = std::env::current_exe().unwrap();
    let namespace =
        Command::new("unshare").args(["-p", "-f", "--mount-proc"]).arg(own).args(["--exact", inner]).output();
    match namespace {
        Ok(o) if String::from_utf8_lossy(&o.stderr).contains("skipped: ") => skip("the test inside was skipped"),
        Ok(o) if o.status.success() => assert!(String::from_utf8_lossy(&o.stdout).contains("1 passed")),
        Ok(o) if String::from_utf8_lossy(&o.stderr).contains("unshare failed") => skip("no right to make a namespace"),
        Ok(o) => panic!("{}{}", String::from_utf8_lossy(&o.stdout), String::from_utf8_lossy(&o.stderr)),
        Err(_) => skip("no unshare"),
    }
}
