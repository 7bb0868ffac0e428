//! Mirrors of the structures that kernel programs and this library share: `bpf/state.h`, `bpf/control.h`,
//! `bpf/command.bpf.c`. A test compares their sizes with the BTF of the compiled objects.
use super::config::Config;

/// Plain numbers without padding: any bytes are a value, and all bytes of a value are set.
///
/// # Safety
/// Implement only for `repr(C)` structures of integers without implicit padding.
pub unsafe trait Plain: Copy {}

/// The bytes of a value.
pub fn bytes_of<T: Plain>(value: &T) -> &[u8] {
    // SAFETY: `Plain` has no padding, so every byte is set; the slice lives as long as the value.
    unsafe { std::slice::from_raw_parts(std::ptr::from_ref(value).cast(), size_of::<T>()) }
}

/// The value at the start of `bytes`; `None` when they are too few.
pub fn value_of<T: Plain>(bytes: &[u8]) -> Option<T> {
    // SAFETY: long enough, and any bytes are a `Plain`; alignment does not matter to read_unaligned.
    (bytes.len() >= size_of::<T>()).then(|| unsafe { std::ptr::read_unaligned(bytes.as_ptr().cast()) })
}

macro_rules! plain {
    ($($(#[$meta:meta])* $name:ident { $($field:ident: $ty:ty),* $(,)? })*) => { $(
        $(#[$meta])*
        #[repr(C)]
        #[derive(Clone, Copy, Debug)]
        pub struct $name { $(pub $field: $ty),* }
        // SAFETY: integers only, and the sizes test shows that there is no padding.
        unsafe impl Plain for $name {}
    )* };
}

plain! {
    /// `struct config`.
    BpfConfig { own_tgid: u32, server_side: u32, call_limit: u32, ring_bytes: u32, exchange_limit: u64, watermark: u32, pid_namespace: u32 }
    /// `struct settings`.
    Settings { whole_machine: u32, uids_used: u32, globs: u32, reserved_0: u32 }
    /// `struct glob` of `bpf/glob.h`.
    Glob { len: u32, has_folder: u32, text: [u8; GLOB_MAX] }
    /// `struct connection_key`.
    ConnectionKey { process_key: u64, object: u64 }
    /// `struct verdict_request`.
    VerdictRequest { key: ConnectionKey, conn_id: u64, sent_offset: u64, level: u32, reserved_0: u32 }
    /// `struct scope_request`.
    ScopeRequest { tgid: u32, set: u32, clear: u32, reserved_0: u32 }
    /// `struct verdict`, as `oisp_verdicts` gets it.
    Verdict { conn_id: u64, sent_offset: u64, level: u32, reserved_0: u32 }
    /// `struct control_head`.
    ControlHead { kind: u32, in_scope: u32, time_ns: u64, tgid: u32, tid: u32, process_key: u64, cgroup_id: u64 }
    /// `struct control_process`.
    ControlProcess {
        head: ControlHead, parent_key: u64, start_ns: u64, child_key: u64, child_tgid: u32, ppid: u32, uid: u32, gid: u32,
        wait_status: u32, dev: u32, ino: u64, comm: [u8; 16],
    }
    /// `struct control_exec`, without the texts behind it.
    ControlExec { process: ControlProcess, filename_len: u32, args_len: u32, args_total: u32, reserved_0: u32 }
    /// `struct endpoints`.
    Endpoints { cookie: u64, local_ip: [u8; 16], remote_ip: [u8; 16], local_port: u16, remote_port: u16, family: u8, accepted: u8, reserved_0: u16 }
    /// `struct control_connection`.
    ControlConnection {
        head: ControlHead, conn_id: u64, object: u64, sent_end: u64, received_end: u64, seen_bytes: u64, captured_bytes: u64,
        skipped_bytes: u64, lost_bytes: u64, endpoints: Endpoints, library: u8, binding: u8, joined_late: u8, reserved_0: [u8; 5],
    }
    /// `struct control_loss`.
    ControlLoss { head: ControlHead, conn_id: u64, offset: u64, bytes: u64, direction: u8, reason: u8, reserved_0: [u8; 6] }
}

/// `GLOB_MAX` of `bpf/glob.h`.
pub const GLOB_MAX: usize = 256;
/// `GLOBS_MAX` of `bpf/glob.h`.
pub const GLOBS_MAX: usize = 32;
/// `FILENAME_MAX` of `bpf/control.h`.
pub const FILENAME_MAX: usize = 256;
/// `enum process_flag`.
pub const PROCESS_TREE: u32 = 1;
/// `enum process_flag`.
pub const PROCESS_PID: u32 = 2;
/// `enum process_flag`.
pub const PROCESS_EXE: u32 = 4;

/// Bytes in the ring from which a napping drain thread is woken.
const WATERMARK_BYTES: u32 = 256 << 10;
/// What `CHUNKS_PER_CALL` in `bpf/copy.h` can copy.
const MAX_CALL_LIMIT: u32 = 4 << 20;

/// `PROC_PID_INIT_INO` of the kernel: the initial PID namespace.
pub const INITIAL_PID_NAMESPACE: u32 = 0xefff_fffc;

/// Inode number of this process' PID namespace, which fits 32 bits; 0, which is none, where it cannot be asked.
pub fn own_pid_namespace() -> u32 {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self/ns/pid").ok().and_then(|m| u32::try_from(m.ino()).ok()).unwrap_or(0)
}

impl BpfConfig {
    /// The part of the configuration that programs see.
    pub fn new(config: &Config, own_tgid: u32) -> Self {
        Self {
            own_tgid,
            server_side: config.server_side.into(),
            call_limit: config.call_limit_bytes.min(MAX_CALL_LIMIT),
            ring_bytes: config.payload_ring_bytes,
            exchange_limit: config.exchange_limit_bytes.into(),
            watermark: WATERMARK_BYTES.min(config.payload_ring_bytes / 8),
            pid_namespace: own_pid_namespace(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::load::{COMMAND, EXE_SCOPE, PROCESS, SOCKET, TLS_OBJECT};
    use libbpf_rs::HasSize as _;
    use libbpf_rs::btf::Btf;
    use libbpf_rs::btf::types::Struct;

    #[test]
    fn mirrors_have_the_sizes_of_the_compiled_structures() {
        let same = |object: &[u8], name: &str, size: usize| {
            let btf = Btf::from_raw("object", object).unwrap().unwrap();
            let found: Struct<'_> = btf.type_by_name(name).unwrap_or_else(|| panic!("struct {name}"));
            assert_eq!(found.size(), size, "struct {name}");
        };
        same(TLS_OBJECT, "config", size_of::<BpfConfig>());
        same(TLS_OBJECT, "settings", size_of::<Settings>());
        same(TLS_OBJECT, "verdict", size_of::<Verdict>());
        same(TLS_OBJECT, "connection_key", size_of::<ConnectionKey>());
        same(SOCKET, "endpoints", size_of::<Endpoints>());
        same(COMMAND, "verdict_request", size_of::<VerdictRequest>());
        same(COMMAND, "scope_request", size_of::<ScopeRequest>());
        same(EXE_SCOPE, "glob", size_of::<Glob>());
        same(PROCESS, "config", size_of::<BpfConfig>());
    }
}
