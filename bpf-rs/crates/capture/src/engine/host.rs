//! What discovery and control operations may ask of the engine.
use super::attach::Attacher;
use super::commands::ConnectionKeys;
use super::config::Config;
use super::emitter::Emitter;
use super::processes::Processes;
use super::scope::Scope;
use super::typed_pids::TypedPids;
use crate::process;
use crate::queue::Queue;
use std::collections::HashSet;
use std::sync::Arc;

/// The engine as its other parts see it; shared as `Arc<Host>`.
pub struct Host {
    pub config: Config,
    /// This process, as the kernel numbers it (not `getpid` inside a PID namespace).
    pub own_tgid: u32,
    pub attacher: Attacher,
    pub emitter: Emitter,
    pub scope: Scope,
    /// What the kernel calls processes that a person names.
    pub typed_pids: TypedPids,
    pub(crate) queue: Arc<Queue>,
    pub(crate) keys: ConnectionKeys,
    pub(crate) processes: Arc<Processes>,
}

impl Host {
    /// Puts a process in scope that a person names, what it started before, and all that they start from now on. A process that is
    /// in scope hands that on to its children, so that only those that were started before it was found have to be looked for:
    /// until there is none.
    pub fn add_tree_below(&self, pid: u32) -> Result<(), String> {
        self.scope.add_tree(self.typed_pids.to_kernel(pid)?)?;
        let mut found = HashSet::from([pid]);
        loop {
            let new: Vec<u32> = process::descendants(pid).into_iter().filter(|below| found.insert(*below)).collect();
            if new.is_empty() {
                return Ok(());
            }
            for below in new {
                // one that ended meanwhile is no error
                let _ = self.typed_pids.to_kernel(below).and_then(|tgid| self.scope.add_tree(tgid));
            }
        }
    }
}
