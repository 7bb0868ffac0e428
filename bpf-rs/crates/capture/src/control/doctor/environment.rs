//! Rights and surroundings: why the kernel may refuse.
use super::super::finding::{Finding, Severity};
use crate::process::read;
use serde_json::{Map, Value, json};
use std::fs;

/// (bit, name) of the capabilities that the sensor uses.
const CAPABILITIES: &[(u32, &str)] =
    &[(39, "CAP_BPF"), (38, "CAP_PERFMON"), (19, "CAP_SYS_PTRACE"), (2, "CAP_DAC_READ_SEARCH")];
const SYS_ADMIN: u64 = 1 << 21;
const INITIAL_USER_NAMESPACE: [&str; 3] = ["0", "0", "4294967295"];

fn text(path: &str) -> Option<String> {
    Some(fs::read_to_string(path).ok()?.trim().to_owned())
}

/// `uname -r`.
pub(super) fn kernel_release() -> Option<String> {
    text("/proc/sys/kernel/osrelease")
}

/// Settings of the machine that decide what is allowed; absent ones are absent.
pub(super) fn settings() -> Value {
    let mut all = Map::new();
    let files = [
        ("lockdown", "/sys/kernel/security/lockdown"),
        ("unprivileged_bpf_disabled", "/proc/sys/kernel/unprivileged_bpf_disabled"),
        ("perf_event_paranoid", "/proc/sys/kernel/perf_event_paranoid"),
    ];
    all.extend(files.iter().filter_map(|(name, path)| Some(((*name).to_owned(), json!(text(path)?)))));
    // SAFETY: plain getter, and room for one limit.
    let (euid, memlock) = unsafe {
        let mut limit: libc::rlimit = std::mem::zeroed();
        let result = libc::getrlimit(libc::RLIMIT_MEMLOCK, &mut limit);
        (libc::geteuid(), (result == 0 && limit.rlim_cur != libc::RLIM_INFINITY).then_some(limit.rlim_cur))
    };
    all.insert("euid".into(), euid.into());
    all.extend(memlock.map(|bytes| ("memlock_bytes".to_owned(), json!(bytes))));
    let effective = read::status(std::process::id()).map_or(0, |s| s.effective_capabilities);
    let held = CAPABILITIES.iter().chain([&(21, "CAP_SYS_ADMIN")]).filter(|(bit, _)| effective & (1 << bit) != 0);
    all.insert("capabilities".into(), held.map(|(_, name)| *name).collect());
    Value::Object(all)
}

/// What explains a refusal. `refused`: why the capture cannot be opened, absent when it can.
pub(super) fn findings(refused: Option<&str>) -> Vec<Finding> {
    let mut found = Vec::new();
    if let Some(why) = refused {
        found.push(
            Finding::new("OISP-BPF-001", Severity::Error, "Cannot load the eBPF programs")
                .why(one_line(why))
                .fix("sudo oisp doctor   tries it with all rights"),
        );
        found.extend(missing_rights());
        found.extend(user_namespace());
        found.extend(lockdown());
        found.extend(seccomp());
    }
    found.extend(other_pid_namespace());
    found
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn missing_rights() -> Option<Finding> {
    let effective = read::status(std::process::id())?.effective_capabilities;
    let missing: Vec<&str> = CAPABILITIES
        .iter()
        .filter(|(bit, _)| effective & (1 << bit) == 0 && effective & SYS_ADMIN == 0)
        .map(|(_, name)| *name)
        .collect();
    if missing.is_empty() {
        return None;
    }
    let unprivileged = text("/proc/sys/kernel/unprivileged_bpf_disabled").unwrap_or_default();
    let what = format!("Cannot capture with these rights: {} missing", missing.join(", "));
    let why = format!("the process is not root and lacks capabilities (unprivileged_bpf_disabled is {unprivileged})");
    let fix = format!(
        "run it with sudo, or once: sudo setcap {}+ep \"$(command -v oisp)\"",
        CAPABILITIES.iter().map(|(_, name)| name.to_lowercase()).collect::<Vec<_>>().join(",")
    );
    Some(Finding::new("OISP-BPF-011", Severity::Error, what).why(why).fix(fix))
}

fn user_namespace() -> Option<Finding> {
    let map = text("/proc/self/uid_map")?;
    let is_initial = map.split_whitespace().eq(INITIAL_USER_NAMESPACE);
    (!is_initial).then(|| {
        Finding::new("OISP-BPF-009", Severity::Error, "Cannot load BPF programs inside a user namespace")
            .why("capabilities shown there do not count for BPF")
            .fix("run oisp on the host, or in a container without user namespace remapping")
    })
}

fn lockdown() -> Option<Finding> {
    let modes = text("/sys/kernel/security/lockdown")?;
    modes.contains("[confidentiality]").then(|| {
        Finding::new("OISP-BPF-008", Severity::Error, "Cannot read kernel memory: lockdown is \"confidentiality\"")
            .why("BPF programs need it to see processes and sockets")
            .fix("boot with lockdown=integrity")
    })
}

fn seccomp() -> Option<Finding> {
    let status = text("/proc/self/status")?;
    let mode = status.lines().find_map(|l| l.strip_prefix("Seccomp:"))?.trim();
    (mode == "2").then(|| {
        Finding::new("OISP-BPF-012", Severity::Warning, "A seccomp filter is in force, which may refuse bpf(2)")
            .why("container runtimes set one by default")
            .fix("start the container with seccomp=unconfined, or allow bpf and perf_event_open")
    })
}

fn other_pid_namespace() -> Option<Finding> {
    // pid 2 is the kernel's thread daemon in the initial namespace, and a child of nothing anywhere else
    let is_initial = read::stat(2).is_some_and(|s| s.comm == "kthreadd" && s.ppid == 0);
    (!is_initial).then(|| {
        Finding::new("OISP-BPF-010", Severity::Warning, "This is not the machine's own PID namespace")
            .why("processes outside it are seen by the kernel's numbers only, without paths and arguments from /proc")
            .fix("start the container with the host's PID namespace (docker run --pid=host)")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_first_and_in_one_line() {
        let found = findings(Some("permission\n  denied"));
        assert_eq!((found[0].code, found[0].why.as_deref()), ("OISP-BPF-001", Some("permission denied")));
        assert!(findings(None).iter().all(|f| f.severity != Severity::Error));
    }

    #[test]
    fn the_kernel_has_a_release() {
        assert!(kernel_release().is_some_and(|r| r.contains('.')));
    }
}
