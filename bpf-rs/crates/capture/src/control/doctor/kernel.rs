//! Kernel features by trial, never by version number.
use super::super::finding::{Finding, Severity};
use super::Trial;
use crate::engine::{Config, Engine};
use std::io;
use std::os::fd::{FromRawFd as _, OwnedFd};

/// Commands and types of bpf(2).
const BPF_MAP_CREATE: i32 = 0;
const BPF_PROG_LOAD: i32 = 5;
const BPF_PROG_TYPE_TRACEPOINT: u32 = 5;
const BPF_MAP_TYPE_RINGBUF: u32 = 27;

const BTF: &str = "/sys/kernel/btf/vmlinux";

/// Single features, each tried by itself.
pub(super) fn trials() -> Vec<Trial> {
    vec![
        trial("bpf", load_trivial_program(), None),
        trial("btf", std::fs::metadata(BTF).map(|_| BTF), None),
        trial("ring_buffer", create_ring(), None),
        trial("uprobe_perf", perf_uprobe(), Some("uprobe.multi, where the kernel has it")),
        trial("tracefs", tracefs(), Some("programs that are attached by type")),
        trial("map_files", map_files(), Some("files are opened by path, and checked")),
    ]
}

/// A result says how it works.
fn trial(feature: &'static str, result: io::Result<&'static str>, instead: Option<&'static str>) -> Trial {
    Trial {
        feature,
        works: result.is_ok(),
        is_denied: result.as_ref().is_err_and(|e| e.kind() == io::ErrorKind::PermissionDenied),
        how: result.map_or_else(|e| e.to_string(), str::to_owned),
        instead,
    }
}

/// The real programs, loaded and attached to the kernel's own events with an empty scope, then taken off again.
/// Gives a row for each part, and how probes are attached or why the capture cannot be opened.
pub(super) fn engine_trials() -> (Vec<Trial>, Result<String, String>) {
    const RING_BYTES: u32 = 1 << 18;
    let config =
        Config { discover: false, payload_ring_bytes: RING_BYTES, control_ring_bytes: RING_BYTES, ..Config::default() };
    let engine = match Engine::open(config) {
        Ok(engine) => engine,
        Err(why) => return (Vec::new(), Err(why)),
    };
    let coverage = engine.coverage();
    engine.shutdown();
    let row = |f: &serde_json::Value| {
        let (feature, instead) = *PARTS.iter().find(|(name, _)| f["feature"] == *name)?;
        let how = f["method"].as_str().or(f["reason"].as_str()).unwrap_or_default().to_owned();
        Some(Trial { feature, works: f["works"] == true, how, instead, is_denied: false })
    };
    let features = coverage["features"].as_array().cloned().unwrap_or_default();
    let method = coverage["method"].as_str().unwrap_or("uprobes").to_owned();
    (features.iter().filter_map(row).collect(), Ok(method))
}

/// Parts of the engine and what happens without them.
const PARTS: &[(&str, Option<&str>)] = &[
    ("processes", None),
    ("tls", None),
    ("sockets", Some("connections stay without an address pair")),
    ("mappings", Some("libraries that are loaded later are found at the next exec or scan only")),
];

/// What a feature that does not work means; `None` where its replacement does all that it would, and where only rights
/// were missing, which is told once for all.
pub(super) fn finding(trial: &Trial, can_capture: bool) -> Option<Finding> {
    if trial.is_denied {
        return None;
    }
    let (code, object) = match trial.feature {
        "bpf" => ("OISP-BPF-001", "load BPF programs"),
        "btf" => ("OISP-BPF-002", "read the kernel's type information (BTF)"),
        "ring_buffer" => ("OISP-BPF-003", "make a BPF ring buffer"),
        "sockets" => ("OISP-BPF-006", "see which connection a call belongs to"),
        "mappings" => ("OISP-BPF-007", "see when a library is loaded"),
        _ => return None,
    };
    let is_needed = trial.instead.is_none() && !can_capture;
    let severity = if is_needed { Severity::Error } else { Severity::Warning };
    let finding = Finding::new(code, severity, format!("Cannot {object}: {}", trial.how));
    Some(match (trial.feature, trial.instead) {
        (_, Some(instead)) => finding.why(format!("without it {instead}")),
        ("btf", _) => finding
            .why("the kernel was built without CONFIG_DEBUG_INFO_BTF, or /sys is not mounted")
            .fix("use a distribution kernel of 5.17 or later; in a container mount /sys"),
        ("ring_buffer", _) => finding.why("this kernel is older than 5.8"),
        _ => finding,
    })
}

fn bpf(command: i32, attributes: &[u64; 16]) -> io::Result<OwnedFd> {
    // SAFETY: the attributes have the size that is passed.
    let fd = unsafe { libc::syscall(libc::SYS_bpf, command, attributes.as_ptr(), size_of_val(attributes)) };
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: a fresh descriptor of ours.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as i32) })
}

/// `r0 = 0; exit` as a tracepoint program: what every part of the sensor needs at least.
fn load_trivial_program() -> io::Result<&'static str> {
    const INSTRUCTIONS: [u64; 2] = [0x0000_0000_0000_00b7, 0x0000_0000_0000_0095];
    let licence = c"Apache-2.0";
    let mut attributes = [0u64; 16];
    attributes[0] = u64::from(BPF_PROG_TYPE_TRACEPOINT) | (INSTRUCTIONS.len() as u64) << 32;
    attributes[1] = INSTRUCTIONS.as_ptr() as u64;
    attributes[2] = licence.as_ptr() as u64;
    bpf(BPF_PROG_LOAD, &attributes).map(|_| "programs can be loaded")
}

fn create_ring() -> io::Result<&'static str> {
    const BYTES: u64 = 65_536;
    let mut attributes = [0u64; 16];
    attributes[0] = u64::from(BPF_MAP_TYPE_RINGBUF); // keys and values have no size
    attributes[1] = BYTES << 32; // value size 0, then max_entries
    bpf(BPF_MAP_CREATE, &attributes).map(|_| "rings can be made")
}

fn perf_uprobe() -> io::Result<&'static str> {
    std::fs::read_to_string("/sys/bus/event_source/devices/uprobe/type").map(|_| "the perf_event type is there")
}

fn tracefs() -> io::Result<&'static str> {
    let folders = ["/sys/kernel/tracing/events", "/sys/kernel/debug/tracing/events"];
    if folders.iter().any(|f| std::fs::read_dir(f).is_ok()) {
        return Ok("mounted");
    }
    // SAFETY: NUL-ended name; a fresh descriptor of ours, or an error.
    let fd = unsafe { libc::syscall(libc::SYS_fsopen, c"tracefs".as_ptr(), 1) };
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the descriptor that was just made.
    drop(unsafe { OwnedFd::from_raw_fd(fd as i32) });
    Ok("not mounted; one that nobody else sees is used")
}

fn map_files() -> io::Result<&'static str> {
    let text = std::fs::read_to_string("/proc/self/maps")?;
    let own = crate::discover::maps::executables(&text).next();
    let range = own.map(|m| m.range).ok_or_else(|| io::Error::other("no mapping"))?;
    std::fs::File::open(format!("/proc/self/map_files/{range}")).map(|_| "files are opened through their mapping")
}
