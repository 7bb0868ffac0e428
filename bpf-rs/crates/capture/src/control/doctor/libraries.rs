//! TLS libraries that programs of this machine use: the loader's, the runtimes' in PATH, and those that are loaded now.
use super::super::explain_pid;
use super::super::finding::{Finding, Severity};
use crate::caller::Caller;
use crate::discover::{Look, examine, loader_cache, maps, open};
use crate::process::read;
use crate::spawn::lookup;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::Path;

/// The reply has to stay small.
const MAX_ROWS: usize = 100;
/// Running programs are looked into once a file; a machine with more is told about the first.
const MAX_EXAMINED: usize = 2_000;
const RUNTIMES: [&str; 5] = ["node", "bun", "deno", "java", "python3"];

/// One row a TLS library found, as `explain_pid` gives it, with `"running"`: whether a process uses it now.
pub(super) fn on_this_machine() -> Vec<Value> {
    let path = Caller::find().variable("PATH").map(OsStr::to_owned);
    let runtimes = RUNTIMES.iter().filter_map(|name| lookup::resolve(OsStr::new(name), path.as_deref()));
    let named = loader_cache::tls_libraries().into_iter().chain(runtimes);
    let mut found = Found::default();
    for file in named {
        let real = std::fs::canonicalize(&file).unwrap_or(file);
        found.look(&real.to_string_lossy(), || open::here(Path::new(&real)));
    }
    for pid in read::all().into_iter().filter(|pid| *pid != std::process::id()) {
        found.process(pid);
    }
    found.rows.truncate(MAX_ROWS);
    found.rows.iter().map(|(file, row)| with_running(row, found.running.contains(file))).collect()
}

fn with_running(row: &Value, is_running: bool) -> Value {
    let mut row = row.clone();
    row["running"] = is_running.into();
    row
}

/// Device and inode.
type FileKey = (u64, u64);

#[derive(Default)]
struct Found {
    seen: BTreeSet<FileKey>,
    running: BTreeSet<FileKey>,
    rows: Vec<(FileKey, Value)>,
}

impl Found {
    /// Looks into a file, once; its key.
    fn look(&mut self, path: &str, open: impl FnOnce() -> Result<open::Opened, open::OpenError>) -> Option<FileKey> {
        if self.seen.len() >= MAX_EXAMINED {
            return None;
        }
        let opened = open().ok()?;
        let key = (opened.stamp.dev, opened.stamp.ino);
        if self.seen.insert(key)
            && let Ok(located) = examine(&opened, Look::Everything)
        {
            self.rows.extend(explain_pid::rows(path, &located).into_iter().map(|row| (key, row)));
        }
        Some(key)
    }

    fn process(&mut self, pid: u32) {
        let text = std::fs::read(format!("/proc/{pid}/maps")).unwrap_or_default();
        for mapping in maps::executables(&String::from_utf8_lossy(&text)) {
            let in_root = || open::in_root(pid, mapping.path, mapping.file);
            let key =
                self.look(mapping.path, || open::mapping(pid, mapping.range, mapping.path).or_else(|_| in_root()));
            self.running.extend(key);
        }
    }
}

/// One finding a kind of outcome, naming the files; the rows have the details.
pub(super) fn findings(rows: &[Value], can_capture: bool) -> Vec<Finding> {
    let paths = |wanted: &dyn Fn(&Value) -> bool| {
        let all: BTreeSet<&str> = rows.iter().filter(|r| wanted(r)).filter_map(|r| r["path"].as_str()).collect();
        all.into_iter().collect::<Vec<_>>().join(", ")
    };
    let covered = paths(&|row| row["covered"] == json!(true));
    let mut findings = Vec::new();
    if covered.is_empty() {
        findings.push(
            Finding::new("OISP-TLS-003", Severity::Warning, "No TLS library that can be captured was found")
                .why("neither the loader cache nor PATH nor a running program has OpenSSL or GnuTLS"),
        );
    } else {
        let says = if can_capture { "Captured" } else { "Can be captured, with the rights to" };
        findings.push(Finding::new("OISP-TLS-001", Severity::Info, format!("{says}: {covered}")));
    }
    let reasons: BTreeSet<&str> = rows.iter().filter_map(|r| r["reason"].as_str()).collect();
    findings.extend(reasons.into_iter().map(|reason| {
        let row = rows.iter().find(|r| r["reason"] == json!(reason));
        let text = |key: &str| row.and_then(|r| r[key].as_str()).unwrap_or_default();
        let files = paths(&|r| r["reason"] == json!(reason));
        // what only lies on the disk loses nothing now
        let is_running = rows.iter().any(|r| r["reason"] == json!(reason) && r["running"] == json!(true));
        let severity = if is_running { Severity::Warning } else { Severity::Info };
        let finding = Finding::new("OISP-TLS-002", severity, format!("Not captured ({reason}): {files}"));
        let finding = finding.why(text("detail"));
        if text("fix").is_empty() { finding } else { finding.fix(text("fix")) }
    }));
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_gathered_by_reason() {
        let rows = [
            json!({ "path": "/a", "covered": true, "library": "openssl" }),
            json!({ "path": "/b", "covered": false, "reason": "go_tls", "detail": "why", "fix": "do" }),
            json!({ "path": "/c", "covered": false, "reason": "go_tls", "detail": "why", "fix": "do", "running": true }),
            json!({ "path": "/d", "covered": false, "reason": "rustls", "detail": "why", "running": false }),
        ];
        let found = findings(&rows, true);
        assert_eq!(found.len(), 3);
        assert_eq!(found[0].what, "Captured: /a");
        assert_eq!(findings(&rows, false)[0].what, "Can be captured, with the rights to: /a");
        assert_eq!(found[1].what, "Not captured (go_tls): /b, /c");
        assert_eq!((found[1].severity, found[2].severity), (Severity::Warning, Severity::Info));
        assert_eq!((found[1].why.as_deref(), found[1].fix.as_deref()), (Some("why"), Some("do")));
    }

    #[test]
    fn nothing_found_is_said() {
        assert_eq!(findings(&[], true)[0].code, "OISP-TLS-003");
    }
}
