//! `explain_pid`: which TLS code one process has, and whether it is captured.
use super::finding::{Finding, Severity};
use super::{Operation, parameters};
use crate::discover::{Look, examine, maps, open, sign};
use crate::engine::Host;
use crate::process::{read, users};
use oisp_locate::Located;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;

pub(super) const OPERATION: Operation =
    Operation { id: "explain_pid", summary: "tells which TLS code a process has", needs_engine: false, run };

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    pid: u32,
}

/// `{"pid","exe"?,"args"?,"username"?,"cgroup"?,"in_scope"?,"tls":[{path, library?, covered, tier?, functions?, reason?,
/// detail?, fix?}],"findings":[Finding]}`.
fn run(host: Option<&Arc<Host>>, request: Map<String, Value>) -> Result<Value, String> {
    let Parameters { pid } = parameters(request)?;
    let stat = read::stat(pid).ok_or_else(|| format!("there is no process {pid}"))?;
    let mut reply = facts(pid, &stat);
    if let Some(host) = host {
        let in_scope = host.typed_pids.to_kernel(pid).is_ok_and(|tgid| host.scope.contains(tgid));
        reply.insert("in_scope".into(), in_scope.into());
    }
    let (tls, findings) = match std::fs::read(format!("/proc/{pid}/maps")) {
        Ok(text) => {
            let tls = tls_of(pid, &String::from_utf8_lossy(&text));
            let findings = findings(pid, &stat.comm, &tls);
            (tls, findings)
        }
        Err(e) => (Vec::new(), vec![not_readable(pid, &e)]),
    };
    reply.insert("tls".into(), tls.into());
    reply.insert("findings".into(), json!(findings));
    Ok(Value::Object(reply))
}

fn facts(pid: u32, stat: &read::Stat) -> Map<String, Value> {
    let mut facts = Map::from_iter([("pid".to_owned(), json!(pid)), ("comm".to_owned(), json!(stat.comm))]);
    let mut put = |key: &str, value: Option<Value>| facts.extend(value.map(|v| (key.to_owned(), v)));
    put("exe", read::exe(pid).map(|e| e.to_string_lossy().into_owned().into()));
    put("args", read::arguments(pid).map(|a| json!(a)));
    put("cgroup", read::cgroup(pid).map(Value::from));
    let user = read::status(pid).and_then(|s| users::user(s.real_uid));
    put("username", user.map(|u| u.name.into()));
    facts
}

fn tls_of(pid: u32, text: &str) -> Vec<Value> {
    let open_one = |m: &maps::Mapping<'_>| match open::mapping(pid, m.range, m.path) {
        Err(open::OpenError::Io(_)) => open::in_root(pid, m.path, m.file),
        other => other,
    };
    let located =
        |m: maps::Mapping<'_>| Some((m.path.to_owned(), examine(&open_one(&m).ok()?, Look::Everything).ok()?));
    maps::executables(text).filter_map(located).flat_map(|(path, located)| rows(&path, &located)).collect()
}

/// One row a library or sign in a file.
pub(super) fn rows(path: &str, located: &Located) -> Vec<Value> {
    let library = |l: &oisp_locate::Library| match &l.outcome {
        Ok(targets) => json!({
            "path": path, "library": l.kind.name(), "covered": true, "tier": l.tier,
            "functions": targets.iter().map(|t| t.function.name()).collect::<Vec<_>>(),
        }),
        Err(refusal) => json!({
            "path": path, "library": l.kind.name(), "covered": false, "tier": l.tier,
            "reason": format!("refused_{}", refusal.code.name()), "detail": refusal.what,
        }),
    };
    let signs = located.signs.iter().map(|s| {
        let told = sign(*s);
        json!({ "path": path, "covered": false, "reason": told.reason, "detail": told.detail, "fix": told.fix })
    });
    located.libraries.iter().map(library).chain(signs).collect()
}

fn findings(pid: u32, comm: &str, tls: &[Value]) -> Vec<Finding> {
    if tls.is_empty() {
        let what = format!("Cannot capture process {pid} (\"{comm}\"): no TLS code was recognised in it");
        return vec![
            Finding::new("OISP-TLS-003", Severity::Warning, what)
                .why("it has no TLS library loaded now, or one that this version does not know")
                .fix("if it makes HTTPS calls, look again while it does: libraries are often loaded at the first call"),
        ];
    }
    tls.iter().map(|row| finding(pid, comm, row)).collect()
}

fn finding(pid: u32, comm: &str, row: &Value) -> Finding {
    let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
    if row["covered"] == json!(true) {
        let what = format!("Process {pid} (\"{comm}\") is captured: {} in {}", text("library"), text("path"));
        return Finding::new("OISP-TLS-001", Severity::Info, what);
    }
    let what = format!("Cannot capture process {pid} (\"{comm}\"): {} in {}", text("reason"), text("path"));
    let finding = Finding::new("OISP-TLS-002", Severity::Warning, what).why(text("detail"));
    if row["fix"].is_string() { finding.fix(text("fix")) } else { finding }
}

fn not_readable(pid: u32, e: &std::io::Error) -> Finding {
    Finding::new("OISP-TLS-004", Severity::Error, format!("Cannot look at process {pid}: {e}"))
        .why("it belongs to another user, or is protected")
        .fix(format!("sudo oisp doctor --pid {pid}"))
}
