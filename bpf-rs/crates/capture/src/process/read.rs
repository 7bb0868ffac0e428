//! Single facts from `/proc/PID`. Every function gives `None` where the process is gone, hidden, or has no such fact.
use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::PathBuf;

/// Arguments of real programs; a longer command line is cut at a whole argument.
const MAX_ARGUMENT_BYTES: usize = 32 << 10;

fn file(pid: u32, name: &str) -> Option<Vec<u8>> {
    std::fs::read(format!("/proc/{pid}/{name}")).ok()
}

fn link(pid: u32, name: &str) -> Option<PathBuf> {
    let target = std::fs::read_link(format!("/proc/{pid}/{name}")).ok()?;
    let bytes = target.as_os_str().as_bytes();
    let bytes = bytes.strip_suffix(b" (deleted)").unwrap_or(bytes);
    Some(PathBuf::from(OsString::from_vec(bytes.to_vec())))
}

/// Path of the program, as its mount namespace spells it; without the mark of a deleted file.
pub fn exe(pid: u32) -> Option<PathBuf> {
    link(pid, "exe")
}

pub fn cwd(pid: u32) -> Option<PathBuf> {
    link(pid, "cwd")
}

/// Arguments with argv[0], as the process has them now.
pub fn arguments(pid: u32) -> Option<Vec<String>> {
    let bytes = file(pid, "cmdline")?;
    let cut = if bytes.len() > MAX_ARGUMENT_BYTES {
        let end = bytes[..MAX_ARGUMENT_BYTES].iter().rposition(|b| *b == 0)?;
        &bytes[..end]
    } else {
        bytes.strip_suffix(b"\0").unwrap_or(&bytes)
    };
    if cut.is_empty() {
        return None; // a kernel thread
    }
    Some(cut.split(|b| *b == 0).map(|a| String::from_utf8_lossy(a).into_owned()).collect())
}

/// The same, byte by byte and uncut.
pub fn raw_arguments(pid: u32) -> Option<Vec<Vec<u8>>> {
    let bytes = file(pid, "cmdline")?;
    let whole = bytes.strip_suffix(b"\0")?;
    Some(whole.split(|b| *b == 0).map(<[u8]>::to_vec).collect())
}

/// The environment a program was started with, one `NAME=value` each, in its order.
pub fn initial_environment(pid: u32) -> Option<Vec<OsString>> {
    let bytes = file(pid, "environ")?;
    let variables = bytes.split(|b| *b == 0).filter(|v| v.contains(&b'='));
    Some(variables.map(|v| OsString::from_vec(v.to_vec())).collect())
}

/// Path of the process in the unified cgroup tree; in a hybrid set-up the one of systemd's own tree.
pub fn cgroup(pid: u32) -> Option<String> {
    let text = String::from_utf8(file(pid, "cgroup")?).ok()?;
    let of = |prefix: &str| text.lines().find_map(|l| l.strip_prefix(prefix)).map(str::to_owned);
    let unified = of("0::").filter(|path| path != "/");
    unified
        .or_else(|| text.lines().find_map(|l| Some(l.split_once(":name=systemd:")?.1.to_owned())))
        .or_else(|| of("0::"))
}

/// Audit session, absent where none was set.
pub fn session_id(pid: u32) -> Option<u32> {
    let id: u32 = String::from_utf8(file(pid, "sessionid")?).ok()?.trim().parse().ok()?;
    (id != u32::MAX).then_some(id)
}

/// What `/proc/PID/stat` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stat {
    pub comm: String,
    /// Letter of the state: `R` running, `S` asleep, `T` stopped, `Z` ended and not waited for.
    pub state: char,
    pub ppid: u32,
    pub process_group: i32,
    /// Boot clock, with the kernel's granularity of user clock ticks (10 ms).
    pub start_ns: u64,
}

pub fn stat(pid: u32) -> Option<Stat> {
    parse_stat(&file(pid, "stat")?)
}

/// The name may hold anything, `)` too, so the fields are counted from its last one.
fn parse_stat(bytes: &[u8]) -> Option<Stat> {
    let (open, close) = (bytes.iter().position(|b| *b == b'(')?, bytes.iter().rposition(|b| *b == b')')?);
    let fields: Vec<&str> = std::str::from_utf8(bytes.get(close + 2..)?).ok()?.split(' ').collect();
    // SAFETY: no pointers are involved.
    let ticks_per_second = unsafe { libc::sysconf(libc::_SC_CLK_TCK) }.max(1) as u64;
    let start_ticks: u64 = fields.get(19)?.parse().ok()?;
    Some(Stat {
        comm: String::from_utf8_lossy(bytes.get(open + 1..close)?).into_owned(),
        state: fields.first()?.chars().next()?,
        ppid: fields.get(1)?.parse().ok()?,
        process_group: fields.get(2)?.parse().ok()?,
        start_ns: start_ticks.saturating_mul(1_000_000_000 / ticks_per_second),
    })
}

/// What `/proc/PID/status` says about rights.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Status {
    pub real_uid: u32,
    pub real_gid: u32,
    pub groups: Vec<u32>,
    /// Signals that the main thread blocks, bit 0 = signal 1.
    pub blocked: u64,
    pub ignored: u64,
    pub effective_capabilities: u64,
    /// Process ids from the outermost PID namespace that is visible to the innermost.
    pub namespace_pids: Vec<u32>,
}

pub fn status(pid: u32) -> Option<Status> {
    Some(parse_status(&String::from_utf8_lossy(&file(pid, "status")?)))
}

fn parse_status(text: &str) -> Status {
    let field = |name: &str| text.lines().find_map(|l| l.strip_prefix(name)?.strip_prefix(':')).unwrap_or("");
    let numbers = |name: &str| field(name).split_whitespace().filter_map(|n| n.parse().ok()).collect::<Vec<u32>>();
    let bits = |name: &str| u64::from_str_radix(field(name).trim(), 16).unwrap_or(0);
    Status {
        real_uid: numbers("Uid").first().copied().unwrap_or(u32::MAX),
        real_gid: numbers("Gid").first().copied().unwrap_or(u32::MAX),
        groups: numbers("Groups"),
        blocked: bits("SigBlk"),
        ignored: bits("SigIgn"),
        effective_capabilities: bits("CapEff"),
        namespace_pids: numbers("NSpid"),
    }
}

/// Soft and hard limit of open files of a process.
pub fn open_file_limits(pid: u32) -> Option<(u64, u64)> {
    let text = String::from_utf8(file(pid, "limits")?).ok()?;
    let line = text.lines().find_map(|l| l.strip_prefix("Max open files"))?;
    let mut values = line.split_whitespace().map(|v| if v == "unlimited" { Some(u64::MAX) } else { v.parse().ok() });
    Some((values.next()??, values.next()??))
}

/// All process ids that are visible now.
pub fn all() -> Vec<u32> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|e| e.file_name().to_str()?.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_and_spaces_does_not_move_the_fields() {
        let mut line = b"77 (a) S (b) S 5 6 7".to_vec();
        line.extend_from_slice(&b" 0".repeat(15));
        line.extend_from_slice(b" 1234 0 0\n");
        let stat = parse_stat(&line).unwrap();
        assert_eq!((stat.comm.as_str(), stat.ppid, stat.process_group), ("a) S (b", 5, 6));
        assert_eq!(stat.start_ns, 12_340_000_000);
    }

    #[test]
    fn a_cut_stat_line_is_no_fact() {
        for end in 0..30 {
            assert_eq!(parse_stat(&b"77 (a) S 5 6 7 8 9 10 11 12 13"[..end]), None);
        }
    }

    #[test]
    fn status_gives_ids_groups_and_signals() {
        let status = parse_status(
            "Name:\tx\nUid:\t1000\t0\t0\t0\nGid:\t7\t7\t7\t7\nGroups:\t4 24 \nSigBlk:\t0000000000000200\n",
        );
        assert_eq!((status.real_uid, status.real_gid, status.blocked), (1000, 7, 0x200));
        assert_eq!(status.groups, [4, 24]);
    }

    #[test]
    fn our_own_facts_are_right() {
        let own = std::process::id();
        assert_eq!(exe(own).unwrap(), std::env::current_exe().unwrap());
        assert_eq!(cwd(own).unwrap(), std::env::current_dir().unwrap());
        assert_eq!(arguments(own).unwrap(), std::env::args().collect::<Vec<_>>());
        assert_eq!(stat(own).unwrap().ppid, std::os::unix::process::parent_id());
        assert!(all().contains(&own));
    }

    #[test]
    fn a_process_that_is_gone_has_no_facts() {
        let mut child = std::process::Command::new("/bin/true").spawn().unwrap();
        child.wait().unwrap();
        assert_eq!((exe(child.id()), stat(child.id()), arguments(child.id())), (None, None, None));
    }
}
