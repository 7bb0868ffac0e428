//! What the kernel told, as discovery and process facts see it.

/// A file as the kernel names it. Device numbers are those of the superblock (as in `/proc/PID/maps`), which on
/// btrfs and overlayfs differ from what `stat` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FileId {
    pub dev_major: u32,
    pub dev_minor: u32,
    pub ino: u64,
}

/// Header fields that every fact carries (record format, 0001).
#[derive(Clone, Copy, Debug, Default)]
pub struct Origin {
    /// Boot clock.
    pub time_ns: u64,
    /// Ids in the initial PID namespace.
    pub tgid: u32,
    pub tid: u32,
    pub process_key: u64,
    pub cgroup_id: u64,
}

/// What happened to a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProcessState {
    /// It ran before the engine did.
    Seen,
    /// `origin` is the parent's; the child is in `ProcessFact::child`.
    Fork,
    /// `origin.process_key` is the new one.
    Exec,
    Exit,
}

/// One process fact, with what the kernel itself could say. Everything else is `process::enrich`'s to add.
#[derive(Clone, Debug)]
pub struct ProcessFact {
    pub state: ProcessState,
    pub origin: Origin,
    /// In scope now (out of scope facts are not published, but discovery hears of them).
    pub in_scope: bool,
    pub ppid: u32,
    /// Key of the parent program run; with `Exec` the key before the exec. 0 unknown.
    pub parent_key: u64,
    pub uid: u32,
    pub gid: u32,
    /// Boot clock start of the process.
    pub start_ns: u64,
    pub comm: String,
    /// `Fork`: tgid and key of the child.
    pub child: Option<(u32, u64)>,
    /// `Exec`: the file that runs.
    pub file: Option<FileId>,
    /// `Exec`: the path as given to execve, cut at 255 bytes; empty otherwise.
    pub filename: String,
    /// `Exec`: arguments as far as the kernel copied them (1 KiB).
    pub args: Vec<String>,
    /// The copied arguments are not all.
    pub args_cut: bool,
    /// `Exit`: status as `wait` gives it (signal in the low 7 bits, code in the next 8).
    pub wait_status: u32,
}

/// A file was mapped executable (a library was loaded). Comes from the kernel's mmap records, which cost other
/// system calls nothing.
#[derive(Clone, Debug)]
pub struct MappedFile {
    pub time_ns: u64,
    /// In this process' PID namespace; 0 when it is not visible there.
    pub pid: u32,
    pub file: FileId,
    pub ino_generation: u64,
    /// As the kernel spells it from the process' root.
    pub path: String,
}

/// A fact for discovery.
#[derive(Clone, Debug)]
pub enum KernelFact {
    Process(ProcessFact),
    Mapped(MappedFile),
}
