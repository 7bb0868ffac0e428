//! Who called: under sudo the user behind it, else the user of this process.
//!
//! sudo leaves the user's ids in `SUDO_UID` and `SUDO_GID`, but not the environment (an API key that is only in the
//! shell) and not the groups. The environment is what sudo itself was started with, the groups are those of the
//! process that started it; both still stand in `/proc` as long as sudo waits for us.
use crate::process::{read, users};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;

/// Processes looked at upwards; real chains are shorter than ten.
const MAX_ANCESTORS: usize = 64;

/// The person (or service) on whose behalf this runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    pub uid: u32,
    pub gid: u32,
    /// Supplementary groups.
    pub groups: Vec<u32>,
    /// `NAME=value`, in order.
    pub environment: Vec<OsString>,
    /// This process runs as root on behalf of another user.
    pub is_elevated: bool,
}

impl Caller {
    /// The caller as the kernel and sudo show it now.
    pub fn find() -> Self {
        behind_sudo().unwrap_or_else(this_process)
    }

    /// This process' own user and the environment it was started with, whoever called sudo.
    pub fn own() -> Self {
        this_process()
    }

    /// A variable of the caller's environment.
    pub fn variable(&self, name: &str) -> Option<&OsStr> {
        variable(&self.environment, name)
    }
}

/// Value of a name in a list of `NAME=value`; the first one counts.
pub fn variable<'a>(environment: &'a [OsString], name: &str) -> Option<&'a OsStr> {
    let of = |v: &'a OsString| v.as_bytes().strip_prefix(name.as_bytes())?.strip_prefix(b"=");
    environment.iter().find_map(of).map(OsStr::from_bytes)
}

fn this_process() -> Caller {
    let own = std::process::id();
    // SAFETY: plain getters.
    let (uid, gid) = unsafe { (libc::getuid(), libc::getgid()) };
    Caller {
        uid,
        gid,
        groups: read::status(own).map(|s| s.groups).unwrap_or_default(),
        environment: read::initial_environment(own).unwrap_or_default(),
        is_elevated: false,
    }
}

fn behind_sudo() -> Option<Caller> {
    let own = this_process();
    // SAFETY: plain getter.
    if unsafe { libc::geteuid() } != 0 {
        return None; // anyone can set SUDO_UID
    }
    let number = |name: &str| own.variable(name)?.to_str()?.parse::<u32>().ok();
    let (uid, gid) = (number("SUDO_UID")?, number("SUDO_GID")?);
    if uid == 0 {
        return None;
    }
    let ancestors = ancestors();
    let sudo = ancestors.iter().position(|pid| is_sudo(*pid));
    // sudo may have replaced itself by us: then the next process is the one that started it
    let starter = ancestors[sudo.map_or(0, |i| i + 1)..]
        .iter()
        .find(|pid| !is_sudo(**pid) && read::status(**pid).is_some_and(|s| s.real_uid == uid));
    let environment = match sudo {
        Some(i) => read::initial_environment(ancestors[i]),
        None => starter.and_then(|pid| read::initial_environment(*pid)),
    };
    let groups = starter.and_then(|pid| read::status(*pid)).map(|s| s.groups);
    let groups = groups.or_else(|| users::user(uid).map(|u| users::groups_of(&u)));
    Some(Caller {
        uid,
        gid,
        groups: groups.unwrap_or_else(|| vec![gid]),
        environment: environment.unwrap_or_else(|| cleaned(&own.environment, uid)),
        is_elevated: true,
    })
}

/// What sudo left of the environment, pointed back at the user.
fn cleaned(environment: &[OsString], uid: u32) -> Vec<OsString> {
    let is_changed = |v: &OsString| {
        let name = v.as_bytes().split(|b| *b == b'=').next().unwrap_or_default();
        name.starts_with(b"SUDO_") || [&b"HOME"[..], b"USER", b"LOGNAME", b"SHELL", b"MAIL"].contains(&name)
    };
    let mut kept: Vec<OsString> = environment.iter().filter(|v| !is_changed(v)).cloned().collect();
    if let Some(user) = users::user(uid) {
        let set = [("HOME", &user.home), ("USER", &user.name), ("LOGNAME", &user.name), ("SHELL", &user.shell)];
        kept.extend(set.map(|(name, value)| OsString::from(format!("{name}={value}"))));
    }
    kept
}

/// Parent, its parent, and so on.
fn ancestors() -> Vec<u32> {
    let parent = |pid: &u32| read::stat(*pid).map(|s| s.ppid).filter(|p| *p > 0);
    let first = Some(std::os::unix::process::parent_id()).filter(|p| *p > 0);
    std::iter::successors(first, parent).take(MAX_ANCESTORS).collect()
}

fn is_sudo(pid: u32) -> bool {
    let name = read::exe(pid).and_then(|e| Some(e.file_name()?.to_owned()));
    name.is_some_and(|n| n == "sudo" || n == "sudo-rs")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_found_by_its_whole_name() {
        let environment = ["PATHS=no", "PATH=/a:/b", "PATH=/c"].map(OsString::from);
        assert_eq!(variable(&environment, "PATH"), Some(OsStr::new("/a:/b")));
        assert_eq!(variable(&environment, "PAT"), None);
    }

    #[test]
    fn what_sudo_left_is_pointed_back_at_the_user() {
        let left = ["HOME=/root", "SUDO_UID=0", "LANG=C", "USER=root"].map(OsString::from);
        let cleaned = cleaned(&left, 0);
        assert_eq!(variable(&cleaned, "LANG"), Some(OsStr::new("C")));
        assert_eq!(variable(&cleaned, "SUDO_UID"), None);
        assert_eq!(cleaned.iter().filter(|v| v.as_bytes().starts_with(b"HOME=")).count(), 1);
    }

    #[test]
    fn our_own_environment_is_the_one_we_were_started_with() {
        let own = Caller::own();
        assert!(!own.is_elevated);
        assert_eq!(own.variable("PATH"), std::env::var_os("PATH").as_deref());
    }
}
