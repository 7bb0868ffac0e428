//! Which processes are looked at; kept in kernel maps, so that a change holds from the next call on.
use super::commands::call;
use super::emitter::Emitter;
use super::maps::{PROCESS_PID, PROCESS_TREE, ScopeRequest, Settings, bytes_of};
use super::processes::Processes;
use libbpf_rs::{MapCore as _, MapFlags, MapHandle, Object};
use std::sync::{Arc, Mutex};

/// Where `flags` and `uid` stand in `struct process`.
const FLAGS_AT: usize = 24;
const UID_AT: usize = 28;

/// The kernel's scope maps.
pub struct Scope {
    pub(super) settings_map: MapHandle,
    pub(super) uids: MapHandle,
    pub(super) processes_map: MapHandle,
    pub(super) settings: Mutex<Settings>,
    pub(super) commands: Arc<Object>,
    pub(super) processes: Arc<Processes>,
    pub(super) emitter: Emitter,
}

impl Scope {
    fn change(&self, change: impl FnOnce(&mut Settings)) -> Result<(), String> {
        let mut settings = self.settings.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        change(&mut settings);
        let update = self.settings_map.update(&0u32.to_ne_bytes(), bytes_of(&*settings), MapFlags::ANY);
        update.map_err(|e| format!("cannot change the scope: {e}"))
    }

    fn flag(&self, tgid: u32, set: u32, clear: u32) -> Result<(), String> {
        match call(&self.commands, "set_scope", &ScopeRequest { tgid, set, clear, reserved_0: 0 })? {
            0 => Err(format!("cannot find process {tgid}")),
            _ => Ok(()),
        }
    }

    /// Every process except our own.
    pub fn set_whole_machine(&self, on: bool) -> Result<(), String> {
        self.change(|settings| settings.whole_machine = on.into())
    }

    /// A process and all it starts from now on (what it started before is not added).
    pub fn add_tree(&self, tgid: u32) -> Result<(), String> {
        self.flag(tgid, PROCESS_TREE, 0)?;
        self.processes.publish_late(tgid, &self.emitter);
        Ok(())
    }

    /// One process, not what it starts. Used for `--pid` and, by discovery, for `--exe` matches.
    pub fn add_pid(&self, tgid: u32) -> Result<(), String> {
        self.flag(tgid, PROCESS_PID, 0)?;
        self.processes.publish_late(tgid, &self.emitter);
        Ok(())
    }

    /// Undoes `add_tree` and `add_pid` for one process.
    pub fn remove(&self, tgid: u32) -> Result<(), String> {
        self.flag(tgid, 0, PROCESS_TREE | PROCESS_PID)
    }

    /// Every process of a user.
    pub fn add_uid(&self, uid: u32) -> Result<(), String> {
        let update = self.uids.update(&uid.to_ne_bytes(), &1u32.to_ne_bytes(), MapFlags::ANY);
        update.map_err(|e| format!("cannot add user {uid} to the scope: {e}"))?;
        self.change(|settings| settings.uids_used = 1)
    }

    /// Whether calls of this process are captured.
    pub fn contains(&self, tgid: u32) -> bool {
        let settings = *self.settings.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let Ok(Some(process)) = self.processes_map.lookup(&tgid.to_ne_bytes(), MapFlags::ANY) else {
            return settings.whole_machine != 0;
        };
        let number =
            |at: usize| process.get(at..at + 4).and_then(|b| b.first_chunk()).map_or(0, |b| u32::from_ne_bytes(*b));
        let of_user = || matches!(self.uids.lookup(&number(UID_AT).to_ne_bytes(), MapFlags::ANY), Ok(Some(_)));
        settings.whole_machine != 0 || number(FLAGS_AT) != 0 || (settings.uids_used != 0 && of_user())
    }
}
