//! `doctor`: what this kernel allows, what is used instead, and which TLS libraries of this machine are captured.
//! Works without rights: what cannot be tried is said, with the reason.
mod environment;
mod kernel;
mod libraries;

use super::finding::{Finding, Severity};
use super::{Operation, parameters};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;

pub(super) const OPERATION: Operation =
    Operation { id: "doctor", summary: "tries what this kernel allows", needs_engine: false, run };

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {}

/// One thing that was tried.
#[derive(Debug, Clone, PartialEq)]
struct Trial {
    /// Stable name.
    feature: &'static str,
    works: bool,
    /// How it works, or why not.
    how: String,
    /// What is used where it does not work; absent: capture is not possible without it.
    instead: Option<&'static str>,
    /// It was refused for lack of rights: says nothing about the kernel.
    is_denied: bool,
}

/// `{"can_capture","kernel","settings":{...},"features":[{feature, works, how, instead?}],"libraries":[...],"findings":[Finding]}`,
/// findings most important first.
fn run(_: Option<&Arc<crate::engine::Host>>, request: Map<String, Value>) -> Result<Value, String> {
    let Parameters {} = parameters(request)?;
    let mut trials = kernel::trials();
    let (engine, opened) = kernel::engine_trials();
    trials.extend(engine);
    let libraries = libraries::on_this_machine();
    let mut findings: Vec<Finding> = environment::findings(opened.as_ref().err().map(String::as_str));
    findings.extend(trials.iter().filter(|t| !t.works).filter_map(|t| kernel::finding(t, opened.is_ok())));
    findings.extend(libraries::findings(&libraries, opened.is_ok()));
    if let Ok(method) = &opened {
        let what = format!("Capture works here, with {method}");
        findings.push(Finding::new("OISP-BPF-000", Severity::Info, what));
    }
    findings.sort_by_key(|f| f.severity);
    Ok(json!({
        "can_capture": opened.is_ok(),
        "kernel": environment::kernel_release(),
        "settings": environment::settings(),
        "features": trials.iter().map(to_json).collect::<Vec<_>>(),
        "libraries": libraries,
        "findings": findings,
    }))
}

fn to_json(trial: &Trial) -> Value {
    let mut row = json!({ "feature": trial.feature, "works": trial.works, "how": trial.how });
    if let Some(instead) = trial.instead.filter(|_| !trial.works) {
        row["instead"] = instead.into();
    }
    row
}
