//! Which processes are in scope by the path of their program (`--exe`).
use super::files::Files;
use super::{glob, report};
use crate::engine::Host;
use crate::process::read;
use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

/// A process that became another program while it was looked at is looked at again, at most so often.
const MAX_LOOKS: usize = 8;

/// The patterns, and what follows from them where the kernel does not decide at the exec.
pub(super) struct ExeScope {
    host: Arc<Host>,
    is_namespaced: bool,
    globs: Vec<String>,
    had_globs: bool,
    /// That user space decides, which is late, was told.
    has_said_late: bool,
    /// Processes in scope because of the patterns, where the kernel cannot decide that at the exec.
    by_exe: HashSet<u32>,
}

impl ExeScope {
    /// Begins with the patterns of the configuration.
    pub fn new(host: Arc<Host>, is_namespaced: bool) -> Self {
        let globs = host.config.scope.exes.clone();
        Self { host, is_namespaced, globs, had_globs: false, has_said_late: false, by_exe: HashSet::new() }
    }

    /// Other patterns hold from now on; what is in scope by the earlier ones is found out by looking.
    pub fn replace(&mut self, globs: Vec<String>) {
        self.had_globs |= !self.globs.is_empty();
        self.globs = globs;
    }

    /// Whether user space put a process into scope.
    pub fn contains(&self, pid: u32) -> bool {
        self.by_exe.contains(&pid)
    }

    /// A process has ended.
    pub fn forget(&mut self, pid: u32) {
        self.by_exe.remove(&pid);
    }

    /// Puts a process into scope, or out of it, by what it runs.
    pub fn look(&mut self, pid: u32) {
        // what was in scope by the patterns before these is to be taken out as well
        let has_globs = !self.globs.is_empty() || self.had_globs;
        if !has_globs || self.is_namespaced || pid == std::process::id() {
            return;
        }
        if self.host.scope.matches_programs() {
            return self.look_until_settled(pid);
        }
        if self.is_match(read::exe(pid)) {
            self.add(pid);
        } else if self.by_exe.remove(&pid) {
            let _ = self.host.scope.set_exe(pid, false);
        }
    }

    /// Tells once that user space decides, and is late.
    pub fn say_if_late(&mut self, files: &mut Files) {
        if !self.globs.is_empty() && !self.host.scope.matches_programs() && !self.has_said_late {
            self.has_said_late = true;
            files.tell(&report::scope_late());
        }
    }

    /// Puts a process into scope.
    pub fn add(&mut self, pid: u32) {
        if self.host.scope.set_exe(pid, true).is_ok() {
            self.by_exe.insert(pid);
        }
    }

    fn is_match(&self, exe: Option<PathBuf>) -> bool {
        let Some(exe) = exe else { return false };
        let exe = exe.to_string_lossy();
        let exe = exe.strip_suffix(" (deleted)").unwrap_or(&exe);
        self.globs.iter().any(|g| glob::matches(g, exe))
    }

    /// A process that runs already, while the kernel decides for those that begin: one that becomes another program in between
    /// is looked at again.
    fn look_until_settled(&self, pid: u32) {
        for _ in 0..MAX_LOOKS {
            let exe = read::exe(pid);
            // one that has ended is no error
            let _ = self.host.scope.set_exe(pid, self.is_match(exe.clone()));
            if read::exe(pid) == exe {
                return;
            }
        }
    }
}
