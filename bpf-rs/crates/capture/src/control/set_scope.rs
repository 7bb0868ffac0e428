//! `set_scope`: adds to, or takes from, what is captured, from the next call on.
use super::{Operation, parameters};
use crate::discover;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;

pub(super) const OPERATION: Operation =
    Operation { id: "set_scope", summary: "changes which programs are captured", needs_engine: true, run };

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Parameters {
    whole_machine: Option<bool>,
    /// Processes, with everything below them now and later.
    trees: Vec<u32>,
    pids: Vec<u32>,
    uids: Vec<u32>,
    /// Globs on the program's path; replace those of before.
    exes: Option<Vec<String>>,
    /// Processes that no longer are in scope by themselves.
    remove: Vec<u32>,
}

fn run(host: Option<&Arc<crate::engine::Host>>, request: Map<String, Value>) -> Result<Value, String> {
    let Some(host) = host else {
        return Err("set_scope needs an open capture".into());
    };
    let wanted: Parameters = parameters(request)?;
    let scope = &host.scope;
    if let Some(on) = wanted.whole_machine {
        scope.set_whole_machine(on)?;
    }
    for tree in wanted.trees {
        host.add_tree_below(tree)?;
    }
    let typed = &host.typed_pids;
    wanted.pids.iter().try_for_each(|pid| scope.add_pid(typed.to_kernel(*pid)?))?;
    wanted.uids.iter().try_for_each(|uid| scope.add_uid(*uid))?;
    wanted.remove.iter().try_for_each(|pid| scope.remove(typed.to_kernel(*pid)?))?;
    match wanted.exes {
        Some(globs) => {
            scope.set_globs(&globs)?;
            discover::set_exe_scope(host, globs);
        }
        None => discover::rescan(host),
    }
    Ok(json!({}))
}
