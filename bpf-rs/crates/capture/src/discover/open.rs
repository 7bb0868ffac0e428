//! Opens files whose paths somebody else controls.
//!
//! A path is first opened as a mere reference (O_PATH): that neither waits at a FIFO nor wakes a device. Only when it is
//! a regular file of bearable size is the very same file opened for reading, through the descriptor.
use crate::engine::{FileId, ProcessFact};
use crate::process;
use oisp_locate::MAX_FILE_BYTES;
use std::ffi::{CString, OsStr};
use std::io;
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

const OVERLAYFS_MAGIC: i64 = 0x794c_7630;
/// `struct open_how` of openat2(2).
const RESOLVE_NO_MAGICLINKS: u64 = 0x02;
const RESOLVE_IN_ROOT: u64 = 0x10;

/// A regular file, open for reading.
#[derive(Debug)]
pub struct Opened {
    pub file: OwnedFd,
    pub stamp: Stamp,
    /// For people; as the process that uses it spells it.
    pub path: String,
    /// Two devices may show one file (two overlay mounts of one layer).
    pub is_overlay: bool,
}

/// Says whether a file is still the same one, and unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Stamp {
    pub dev: u64,
    pub ino: u64,
    pub bytes: u64,
    pub changed: (i64, i64),
}

/// Why a file was not opened.
#[derive(Debug)]
pub enum OpenError {
    /// A FIFO, a device, a folder.
    NotRegular,
    TooLarge(u64),
    /// The path leads to another file than the one that is mapped.
    OtherFile,
    Io(io::Error),
}

impl OpenError {
    /// Stable name in records.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotRegular => "not_regular",
            Self::TooLarge(_) => "too_large",
            Self::OtherFile => "other_file",
            Self::Io(_) => "unreadable",
        }
    }
}

impl std::fmt::Display for OpenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotRegular => write!(f, "it is not a regular file"),
            Self::TooLarge(bytes) => write!(f, "it has {bytes} bytes, the limit is {MAX_FILE_BYTES}"),
            Self::OtherFile => write!(f, "the path leads to another file than the one that is mapped"),
            Self::Io(e) => write!(f, "{e}"),
        }
    }
}

impl From<io::Error> for OpenError {
    fn from(e: io::Error) -> Self {
        Self::Io(e)
    }
}

/// The program a process runs, also when its file was deleted or replaced.
pub fn program(pid: u32) -> Result<Opened, OpenError> {
    let reference = reference(Path::new(&format!("/proc/{pid}/exe")))?;
    let path = crate::process::read::exe(pid).map(|p| p.to_string_lossy().into_owned());
    for_reading(reference, path.unwrap_or_default())
}

/// A file that a process has mapped at `range` (as `/proc/PID/maps` spells it). Needs CAP_SYS_ADMIN or
/// CAP_CHECKPOINT_RESTORE; no path is involved, so none can be exchanged.
pub fn mapping(pid: u32, range: &str, path: &str) -> Result<Opened, OpenError> {
    for_reading(reference(Path::new(&format!("/proc/{pid}/map_files/{range}")))?, path.into())
}

/// A path as a process sees it, which has to lead to the file `id`. Links cannot lead out of the process' root.
pub fn in_root(pid: u32, path: &str, id: FileId) -> Result<Opened, OpenError> {
    let root = reference(Path::new(&format!("/proc/{pid}/root")))?;
    let opened = for_reading(reference_in(root.as_raw_fd(), path)?, path.into())?;
    if is_file(&opened, id) { Ok(opened) } else { Err(OpenError::OtherFile) }
}

/// A path as this process sees it.
pub fn here(path: &Path) -> Result<Opened, OpenError> {
    for_reading(reference(path)?, path.to_string_lossy().into_owned())
}

fn c_string(path: &OsStr) -> io::Result<CString> {
    Ok(CString::new(path.as_bytes())?)
}

fn owned(fd: i64) -> io::Result<OwnedFd> {
    let Ok(fd) = RawFd::try_from(fd) else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: a fresh descriptor of ours.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

fn reference(path: &Path) -> io::Result<OwnedFd> {
    let path = c_string(path.as_os_str())?;
    // SAFETY: NUL-ended path.
    owned(unsafe { libc::open(path.as_ptr(), libc::O_PATH | libc::O_CLOEXEC) }.into())
}

fn reference_in(root: RawFd, path: &str) -> io::Result<OwnedFd> {
    let path = c_string(OsStr::new(path))?;
    let how: [u64; 3] = [(libc::O_PATH | libc::O_CLOEXEC) as u64, 0, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS];
    // SAFETY: NUL-ended path; `how` has the size that is passed.
    owned(unsafe { libc::syscall(libc::SYS_openat2, root, path.as_ptr(), how.as_ptr(), size_of_val(&how)) })
}

fn for_reading(reference: OwnedFd, path: String) -> Result<Opened, OpenError> {
    let stamp = stamp(&reference)?.ok_or(OpenError::NotRegular)?;
    if stamp.bytes > MAX_FILE_BYTES {
        return Err(OpenError::TooLarge(stamp.bytes));
    }
    let again = CString::new(format!("/proc/self/fd/{}", reference.as_raw_fd())).map_err(io::Error::from)?;
    let flags = libc::O_RDONLY | libc::O_CLOEXEC | libc::O_NONBLOCK | libc::O_NOCTTY;
    // SAFETY: NUL-ended path.
    let file = owned(unsafe { libc::open(again.as_ptr(), flags) }.into())?;
    let is_overlay = is_overlay(&file);
    Ok(Opened { file, stamp, path, is_overlay })
}

/// `None` for anything but a regular file.
fn stamp(file: &OwnedFd) -> io::Result<Option<Stamp>> {
    // SAFETY: zeroed is a valid `stat`, and has room.
    let stat = unsafe {
        let mut stat: libc::stat = std::mem::zeroed();
        if libc::fstat(file.as_raw_fd(), &mut stat) != 0 {
            return Err(io::Error::last_os_error());
        }
        stat
    };
    Ok((stat.st_mode & libc::S_IFMT == libc::S_IFREG).then_some(Stamp {
        dev: stat.st_dev,
        ino: stat.st_ino,
        bytes: stat.st_size as u64,
        changed: (stat.st_ctime, stat.st_ctime_nsec),
    }))
}

fn is_overlay(file: &OwnedFd) -> bool {
    // SAFETY: zeroed is a valid `statfs`, and has room.
    unsafe {
        let mut fs: libc::statfs = std::mem::zeroed();
        libc::fstatfs(file.as_raw_fd(), &mut fs) == 0 && fs.f_type == OVERLAYFS_MAGIC
    }
}

/// Whether an open file is the one that the kernel calls `id`. `fstat` gives other device numbers than mappings have on
/// btrfs and overlayfs; where they differ, a mapping of our own shows what the kernel calls the file.
pub(super) fn is_file(opened: &Opened, id: FileId) -> bool {
    let dev = libc::makedev(id.dev_major, id.dev_minor);
    if opened.stamp.ino == id.ino && opened.stamp.dev == dev {
        return true;
    }
    mapped_id(&opened.file).is_some_and(|own| own == id)
}

fn mapped_id(file: &OwnedFd) -> Option<FileId> {
    const BYTES: usize = 4096;
    // SAFETY: a private mapping at an address of the kernel's choice that is never touched, only looked up.
    let at =
        unsafe { libc::mmap(std::ptr::null_mut(), BYTES, libc::PROT_READ, libc::MAP_PRIVATE, file.as_raw_fd(), 0) };
    if at == libc::MAP_FAILED {
        return None;
    }
    let text = std::fs::read("/proc/self/maps").unwrap_or_default();
    // SAFETY: the mapping made above.
    unsafe { libc::munmap(at, BYTES) };
    let text = String::from_utf8_lossy(&text);
    super::maps::mappings(&text).find(|m| m.start == at as u64).map(|m| m.file)
}

/// The program of an exec: what the process runs or, when that ended or went on to its next program, what lies at the path it was
/// started by; then that path too. Of a script that is its interpreter.
pub fn started(fact: &ProcessFact) -> (Result<Opened, OpenError>, Option<String>) {
    let running = program(fact.origin.tgid);
    let Some(file) = fact.file else { return (running, None) };
    if running.as_ref().is_ok_and(|opened| is_file(opened, file)) {
        return (running, None);
    }
    match process::started_program(fact) {
        Some(path) => (in_root(std::process::id(), &path, file), Some(path)),
        None => (running, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::MetadataExt as _;

    struct Folder(std::path::PathBuf);
    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("oisp-open-{name}-{}", std::process::id()));
            std::fs::create_dir_all(&path).unwrap();
            Self(path)
        }
    }
    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    fn id_of(path: &Path) -> FileId {
        let m = std::fs::metadata(path).unwrap();
        FileId { dev_major: libc::major(m.dev()), dev_minor: libc::minor(m.dev()), ino: m.ino() }
    }

    #[test]
    fn a_fifo_a_device_and_a_folder_are_refused_without_waiting() {
        let folder = Folder::new("fifo");
        let fifo = folder.0.join("libssl.so.3");
        let name = CString::new(fifo.as_os_str().as_bytes()).unwrap();
        // SAFETY: NUL-ended path.
        assert_eq!(unsafe { libc::mkfifo(name.as_ptr(), 0o600) }, 0);
        for path in [fifo.as_path(), Path::new("/dev/null"), Path::new("/etc")] {
            assert!(matches!(here(path), Err(OpenError::NotRegular)), "{}", path.display());
        }
    }

    #[test]
    fn a_sparse_terabyte_is_refused() {
        let folder = Folder::new("sparse");
        let path = folder.0.join("libssl.so.3");
        std::fs::File::create(&path).unwrap().set_len(1 << 40).unwrap();
        assert!(matches!(here(&path), Err(OpenError::TooLarge(bytes)) if bytes == 1 << 40));
    }

    #[test]
    fn a_path_that_now_leads_to_another_file_is_refused() {
        let folder = Folder::new("swap");
        let (mapped, other) = (folder.0.join("mapped"), folder.0.join("other"));
        std::fs::write(&mapped, b"a").unwrap();
        std::fs::write(&other, b"b").unwrap();
        let id = id_of(&mapped);
        let own = std::process::id();
        let path = mapped.to_str().unwrap();
        assert_eq!(in_root(own, path, id).unwrap().stamp.ino, id.ino);
        std::fs::remove_file(&mapped).unwrap();
        std::os::unix::fs::symlink(&other, &mapped).unwrap();
        assert!(matches!(in_root(own, path, id), Err(OpenError::OtherFile)));
    }

    #[test]
    fn our_own_program_is_opened_as_what_it_is() {
        let own = program(std::process::id()).unwrap();
        assert_eq!(own.stamp.ino, std::fs::metadata("/proc/self/exe").unwrap().ino());
        assert_eq!(own.path, std::env::current_exe().unwrap().to_str().unwrap());
    }

    #[test]
    fn a_mapping_of_our_own_shows_the_kernels_name_of_a_file() {
        let own = program(std::process::id()).unwrap();
        assert_eq!(mapped_id(&own.file).unwrap().ino, own.stamp.ino);
    }
}
