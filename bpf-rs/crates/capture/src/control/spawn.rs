//! `spawn`: forks a command that waits for `release`, and has probes put on what it is going to use.
//! It is in scope, with everything it starts, before its first instruction.
use super::{Operation, parameters};
use crate::caller::Caller;
use crate::engine::Host;
use crate::process::{read, users};
use crate::spawn::lookup;
use crate::{discover, spawn};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex};

pub(super) const OPERATION: Operation =
    Operation { id: "spawn", summary: "forks a command that waits to be released", needs_engine: false, run };

/// Commands whose probes are being put on, by process id.
static PREPARING: Mutex<Option<HashMap<u32, Receiver<()>>>> = Mutex::new(None);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// With argv[0].
    argv: Vec<String>,
    /// Keep root's ids and environment under sudo.
    #[serde(default)]
    as_root: bool,
    /// Added to the environment.
    #[serde(default)]
    env: BTreeMap<String, String>,
}

fn run(host: Option<&Arc<Host>>, request: Map<String, Value>) -> Result<Value, String> {
    let wanted: Parameters = parameters(request)?;
    if wanted.argv.first().is_none_or(String::is_empty) {
        return Err("cannot start a command without a name".into());
    }
    let caller = if wanted.as_root { Caller::own() } else { Caller::find() };
    let command = spawn::Command {
        argv: exact_arguments(&wanted.argv),
        caller,
        extra_environment: wanted.env.into_iter().map(|(name, value)| format!("{name}={value}").into()).collect(),
    };
    let child = spawn::spawn(&command).map_err(|e| format!("cannot fork: {e}"))?;
    let kernel_pid = match host {
        None => child.pid,
        Some(host) => prepare(host, &command, child.pid).inspect_err(|_| drop(child.signal(libc::SIGKILL)))?,
    };
    let resolved = lookup::resolve(&command.argv[0], command.caller.variable("PATH"));
    let user = users::user(command.caller.uid).map(|u| u.name);
    let mut reply = json!({
        "pid": child.pid, "kernel_pid": kernel_pid, "uid": command.caller.uid, "gid": command.caller.gid,
        "groups": command.caller.groups, "elevated": command.caller.is_elevated,
    });
    if let Some(path) = resolved {
        reply["path"] = path.to_string_lossy().into();
    }
    if let Some(user) = user {
        reply["username"] = user.into();
    }
    Ok(reply)
}

/// Gives the kernel's number of the child, which its records carry.
fn prepare(host: &Arc<Host>, command: &spawn::Command, pid: u32) -> Result<u32, String> {
    let kernel_pid = discover::kernel_id(host, pid).ok_or("the kernel did not report the new process")?;
    host.scope.add_tree(kernel_pid)?;
    let preparing = discover::prepare(host, command.argv[0].clone(), command.caller.environment.clone());
    if let Some(receiver) = preparing {
        let mut all = PREPARING.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        all.get_or_insert_default().insert(pid, receiver);
    }
    Ok(kernel_pid)
}

/// What `release` waits for, once.
pub(super) fn take_preparing(pid: u32) -> Option<Receiver<()>> {
    PREPARING.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).as_mut()?.remove(&pid)
}

/// Arguments reach this library as text; bytes that are not UTF-8 were replaced on the way. They still stand in this
/// process' own command line, whose end they are.
fn exact_arguments(argv: &[String]) -> Vec<OsString> {
    let as_text: Vec<OsString> = argv.iter().map(OsString::from).collect();
    if !argv.iter().any(|a| a.contains('\u{fffd}')) {
        return as_text;
    }
    let own = read::raw_arguments(std::process::id()).unwrap_or_default();
    let end = &own[own.len().saturating_sub(argv.len())..];
    let is_same = end.len() == argv.len() && end.iter().zip(argv).all(|(raw, a)| String::from_utf8_lossy(raw) == *a);
    if is_same { end.iter().map(|raw| OsString::from_vec(raw.clone())).collect() } else { as_text }
}
