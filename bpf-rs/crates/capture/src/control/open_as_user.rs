//! `open_as_user`: opens a path with the caller's rights, so that a root sensor started by sudo reads and writes only
//! what the caller may, and what it makes belongs to the caller. A link as the last part of the path is refused.
//!
//! Rights to files are a thread's own in Linux: a thread takes on the caller's ids for file access (which takes root's
//! power over files away with it), opens, and ends.
use super::{Operation, parameters};
use crate::caller::Caller;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::ffi::CString;
use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd as _, FromRawFd as _, IntoRawFd as _, OwnedFd};
use std::os::unix::fs::MetadataExt as _;
use std::sync::Arc;

pub(super) const OPERATION: Operation =
    Operation { id: "open_as_user", summary: "opens a path with the caller's rights", needs_engine: false, run };

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Mode {
    /// An existing file, for reading.
    Read,
    /// For appending; made when it is not there.
    Append,
    /// A new file; refused when something is there.
    Create,
    /// A new file in the place of what is there: who has the old one open keeps it.
    Replace,
    /// A folder, with those above it.
    Folder,
    /// Facts only; nothing is opened.
    Facts,
    /// Closes `fd`, which an earlier call gave.
    Close,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    #[serde(default)]
    path: String,
    mode: Mode,
    /// Rights of what is made.
    permissions: Option<u32>,
    fd: Option<i32>,
}

/// `{"fd"?, "path"?, "uid", "gid", "bytes", "permissions", "kind": "file"|"folder"|"other", "dev", "ino"}`. `path` names
/// the open file (`/proc/self/fd/N`) for whoever cannot use a descriptor; `dev` and `ino` say whether a file that is opened
/// by its path later is this one. Refused: a last link, and anything but a regular file.
fn run(_: Option<&Arc<crate::engine::Host>>, request: Map<String, Value>) -> Result<Value, String> {
    let wanted: Parameters = parameters(request)?;
    if wanted.mode == Mode::Close {
        return close(wanted.fd);
    }
    let caller = Caller::find();
    let path = wanted.path.clone();
    let work = move || {
        if caller.is_elevated {
            take_on(&caller)?;
        }
        open(&wanted)
    };
    let thread = std::thread::Builder::new().name("oisp-open".into()).spawn(work);
    let result = thread.map_err(|e| e.to_string())?.join().map_err(|_| "the opening thread panicked".to_owned())?;
    result.map_err(|e| match e.raw_os_error() {
        Some(libc::ELOOP) => format!("cannot open {path:?}: it is a symbolic link"),
        _ => format!("cannot open {path:?}: {e}"),
    })
}

fn close(fd: Option<i32>) -> Result<Value, String> {
    let fd = fd.filter(|fd| *fd > 2).ok_or("request: close needs an fd above 2")?;
    // SAFETY: closing a descriptor that this operation gave away.
    drop(unsafe { OwnedFd::from_raw_fd(fd) });
    Ok(json!({}))
}

/// For this thread alone; the C library's own functions would change all threads.
fn take_on(caller: &Caller) -> io::Result<()> {
    // SAFETY: system calls with valid pointers.
    unsafe {
        if libc::syscall(libc::SYS_setgroups, caller.groups.len(), caller.groups.as_ptr()) != 0 {
            return Err(io::Error::last_os_error());
        }
        libc::syscall(libc::SYS_setfsgid, caller.gid);
        libc::syscall(libc::SYS_setfsuid, caller.uid);
        // these calls give the value before and no error: asking again tells
        let is_taken = libc::syscall(libc::SYS_setfsuid, -1) == i64::from(caller.uid)
            && libc::syscall(libc::SYS_setfsgid, -1) == i64::from(caller.gid);
        if is_taken { Ok(()) } else { Err(io::ErrorKind::PermissionDenied.into()) }
    }
}

fn open(wanted: &Parameters) -> io::Result<Value> {
    let path = wanted.path.as_str();
    let permissions = wanted.permissions.unwrap_or(if wanted.mode == Mode::Folder { 0o700 } else { 0o600 });
    let file = match wanted.mode {
        Mode::Read => open_regular(path, libc::O_RDONLY, 0)?,
        Mode::Append => open_regular(path, libc::O_WRONLY | libc::O_APPEND | libc::O_CREAT, permissions)?,
        Mode::Create => open_regular(path, libc::O_WRONLY | libc::O_CREAT | libc::O_EXCL, permissions)?,
        Mode::Replace => replace(path, permissions)?,
        Mode::Folder => {
            use std::os::unix::fs::DirBuilderExt as _;
            std::fs::DirBuilder::new().recursive(true).mode(permissions).create(path)?;
            return Ok(facts(&std::fs::symlink_metadata(path)?));
        }
        Mode::Facts => return Ok(facts(&std::fs::symlink_metadata(path)?)),
        Mode::Close => return Err(io::ErrorKind::InvalidInput.into()),
    };
    let mut reply = facts(&file.metadata()?);
    let fd = file.into_raw_fd();
    reply["fd"] = fd.into();
    reply["path"] = format!("/proc/self/fd/{fd}").into();
    Ok(reply)
}

/// Never waits at a FIFO and never takes a terminal over.
fn open_regular(path: &str, flags: i32, permissions: u32) -> io::Result<File> {
    let path = CString::new(path)?;
    let flags = flags | libc::O_NOFOLLOW | libc::O_CLOEXEC | libc::O_NONBLOCK | libc::O_NOCTTY;
    // SAFETY: NUL-ended path.
    let fd = unsafe { libc::open(path.as_ptr(), flags, permissions) };
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: a fresh descriptor of ours.
    let file = unsafe { File::from_raw_fd(fd) };
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    // SAFETY: clears O_NONBLOCK, which was for the opening only.
    unsafe { libc::fcntl(file.as_raw_fd(), libc::F_SETFL, flags & libc::O_APPEND) };
    Ok(file)
}

fn replace(path: &str, permissions: u32) -> io::Result<File> {
    match std::fs::symlink_metadata(path) {
        Ok(there) if there.is_symlink() => return Err(io::Error::from_raw_os_error(libc::ELOOP)),
        Ok(there) if !there.is_file() => return Err(io::Error::other("it is not a regular file")),
        _ => {}
    }
    let new = format!("{path}.oisp-{}.tmp", std::process::id());
    let file = open_regular(&new, libc::O_WRONLY | libc::O_APPEND | libc::O_CREAT | libc::O_EXCL, permissions)?;
    std::fs::rename(&new, path).inspect_err(|_| {
        let _ = std::fs::remove_file(&new);
    })?;
    Ok(file)
}

fn facts(m: &std::fs::Metadata) -> Value {
    let kind = if m.is_file() {
        "file"
    } else if m.is_dir() {
        "folder"
    } else {
        "other"
    };
    json!({
        "uid": m.uid(), "gid": m.gid(), "bytes": m.len(), "permissions": m.mode() & 0o7777, "kind": kind,
        "dev": m.dev(), "ino": m.ino(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    struct Folder(PathBuf);
    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("oisp-user-{name}-{}", std::process::id()));
            std::fs::create_dir_all(&path).unwrap();
            Self(path)
        }
        fn path(&self, name: &str) -> String {
            self.0.join(name).to_str().unwrap().to_owned()
        }
    }
    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    fn ask(path: &str, mode: &str) -> Result<Value, String> {
        let Value::Object(request) = json!({ "path": path, "mode": mode }) else { unreachable!() };
        run(None, request)
    }

    fn write_and_close(reply: &Value, text: &[u8]) {
        // SAFETY: the descriptor that the operation gave away.
        let mut file = unsafe { File::from_raw_fd(i32::try_from(reply["fd"].as_i64().unwrap()).unwrap()) };
        io::Write::write_all(&mut file, text).unwrap();
    }

    #[test]
    fn appending_adds_and_replacing_starts_anew_without_touching_the_old_file() {
        let folder = Folder::new("modes");
        let path = folder.path("calls.jsonl");
        write_and_close(&ask(&path, "append").unwrap(), b"one\n");
        write_and_close(&ask(&path, "append").unwrap(), b"two\n");
        assert_eq!(std::fs::read(&path).unwrap(), b"one\ntwo\n");
        let mut old = File::open(&path).unwrap();
        write_and_close(&ask(&path, "replace").unwrap(), b"new\n");
        assert_eq!(std::fs::read(&path).unwrap(), b"new\n");
        let mut text = String::new();
        io::Read::read_to_string(&mut old, &mut text).unwrap();
        assert_eq!(text, "one\ntwo\n");
        assert!(ask(&path, "create").is_err());
        assert_eq!(ask(&path, "facts").unwrap()["permissions"], json!(0o600));
    }

    #[test]
    fn links_and_what_is_no_file_are_refused() {
        let folder = Folder::new("links");
        let link = folder.path("planted");
        std::os::unix::fs::symlink("/etc/passwd", &link).unwrap();
        for mode in ["read", "append", "create", "replace"] {
            assert!(ask(&link, mode).is_err(), "{mode}");
        }
        assert!(ask(&link, "append").unwrap_err().contains("symbolic link"));
        let fifo = folder.path("fifo");
        let name = CString::new(fifo.as_str()).unwrap();
        // SAFETY: NUL-ended path.
        assert_eq!(unsafe { libc::mkfifo(name.as_ptr(), 0o600) }, 0);
        for path in [fifo.as_str(), "/dev/null", "/tmp"] {
            assert!(ask(path, "append").is_err(), "{path}");
        }
    }

    #[test]
    fn a_thread_with_the_callers_rights_reads_and_writes_only_what_the_caller_may() {
        // SAFETY: plain getter.
        if unsafe { libc::geteuid() } != 0 {
            return crate::skip::skip("taking on another user's rights needs root");
        }
        let folder = Folder::new("rights");
        let caller =
            Caller { uid: 65_534, gid: 65_533, groups: vec![65_533], environment: Vec::new(), is_elevated: true };
        std::fs::write(folder.path("secret"), b"x").unwrap();
        std::fs::set_permissions(folder.path("secret"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        std::fs::create_dir(folder.path("own")).unwrap();
        std::os::unix::fs::chown(folder.path("own"), Some(65_534), Some(65_533)).unwrap();
        let (secret, new, foreign) = (folder.path("secret"), folder.path("own/new"), folder.path("new"));
        std::thread::spawn(move || {
            take_on(&caller).unwrap();
            assert!(open_regular(&secret, libc::O_RDONLY, 0).is_err());
            assert!(open_regular(&foreign, libc::O_WRONLY | libc::O_CREAT, 0o600).is_err());
            let made = open_regular(&new, libc::O_WRONLY | libc::O_CREAT, 0o600).unwrap().metadata().unwrap();
            assert_eq!((made.uid(), made.gid()), (65_534, 65_533));
        })
        .join()
        .unwrap();
        assert!(File::open(folder.path("secret")).is_ok(), "other threads keep their rights");
    }
}
