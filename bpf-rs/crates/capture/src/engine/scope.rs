//! Which processes are looked at; kept in kernel maps, so that a change holds from the next call on.
use super::commands::call;
use super::emitter::Emitter;
use super::maps::{
    GLOB_MAX, GLOBS_MAX, Glob, PROCESS_EXE, PROCESS_PID, PROCESS_TREE, ScopeRequest, Settings, bytes_of,
};
use super::processes::Processes;
use crate::discover::glob::from_root;
use libbpf_rs::{MapCore as _, MapFlags, MapHandle, Object};
use std::sync::{Arc, Mutex};

/// Where `flags`, `uid` and `gid` stand in `struct process`.
const FLAGS_AT: usize = 24;
const UID_AT: usize = 28;
const GID_AT: usize = 32;

fn number(process: &[u8], at: usize) -> u32 {
    process.get(at..at + 4).and_then(|b| b.first_chunk()).map_or(0, |b| u32::from_ne_bytes(*b))
}

/// The kernel's scope maps.
pub struct Scope {
    pub(super) settings_map: MapHandle,
    pub(super) uids: MapHandle,
    pub(super) processes_map: MapHandle,
    /// Patterns that the kernel matches at each exec; absent where it cannot.
    pub(super) globs: Option<MapHandle>,
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

    /// One process, not what it starts.
    pub fn add_pid(&self, tgid: u32) -> Result<(), String> {
        self.flag(tgid, PROCESS_PID, 0)?;
        self.processes.publish_late(tgid, &self.emitter);
        Ok(())
    }

    /// Whether the kernel itself decides at each exec which programs fit a pattern.
    pub fn matches_programs(&self) -> bool {
        self.globs.is_some()
    }

    /// Programs that are in scope from their exec on, by their path; replaces those of before. Processes that run already are
    /// the caller's to find (`set_exe`).
    pub fn set_globs(&self, globs: &[String]) -> Result<(), String> {
        if globs.len() > GLOBS_MAX {
            return Err(format!("{} patterns of programs: at most {GLOBS_MAX} are matched", globs.len()));
        }
        let globs: Vec<String> = globs.iter().map(|glob| from_root(glob).into_owned()).collect();
        if let Some(long) = globs.iter().find(|glob| glob.is_empty() || glob.len() > GLOB_MAX) {
            return Err(format!("a pattern of a program has 1 to {GLOB_MAX} bytes, not {}", long.len()));
        }
        let Some(map) = &self.globs else { return Ok(()) };
        // none while they change: half of the old and half of the new ones would be neither
        self.change(|settings| settings.globs = 0)?;
        for (index, glob) in (0u32..).zip(&globs) {
            let mut text = [0; GLOB_MAX];
            text[..glob.len()].copy_from_slice(glob.as_bytes());
            let value = Glob { len: glob.len() as u32, has_folder: glob.contains('/').into(), text };
            let update = map.update(&index.to_ne_bytes(), bytes_of(&value), MapFlags::ANY);
            update.map_err(|e| format!("cannot set a pattern of programs: {e}"))?;
        }
        self.change(|settings| settings.globs = globs.len() as u32)
    }

    /// Says of a process that runs already whether its program fits a pattern.
    pub fn set_exe(&self, tgid: u32, is_match: bool) -> Result<(), String> {
        if !is_match {
            return self.flag(tgid, 0, PROCESS_EXE);
        }
        self.flag(tgid, PROCESS_EXE, 0)?;
        self.processes.publish_late(tgid, &self.emitter);
        Ok(())
    }

    /// User and group of a process as of its last call; they may have changed since its last exec.
    pub(crate) fn owner(&self, tgid: u32) -> Option<(u32, u32)> {
        let process = self.processes_map.lookup(&tgid.to_ne_bytes(), MapFlags::ANY).ok()??;
        Some((number(&process, UID_AT), number(&process, GID_AT)))
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
        let uid = number(&process, UID_AT).to_ne_bytes();
        let of_user = || matches!(self.uids.lookup(&uid, MapFlags::ANY), Ok(Some(_)));
        settings.whole_machine != 0 || number(&process, FLAGS_AT) != 0 || (settings.uids_used != 0 && of_user())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discover::glob;
    use crate::engine::load::{EXE_SCOPE, Loader, program};
    use libbpf_rs::ProgramInput;

    /// `PATH_KEPT` and the size of `struct path_text`.
    const KEPT: usize = 1024;
    const PATH_TEXT: usize = 8 + KEPT + 256;

    struct Kernel {
        object: Object,
        globs: MapHandle,
        paths: MapHandle,
        settings: MapHandle,
    }

    impl Kernel {
        fn load() -> Option<Self> {
            crate::log::quiet_libbpf();
            let mut loader = Loader::new(&crate::engine::Config::default(), 0);
            let object = loader.load("program scope", EXE_SCOPE, false);
            if let Err(why) = &object {
                crate::skip::skip_without_kernel(why);
            }
            let map = |name| loader.map(name).unwrap();
            Some(Self { object: object.ok()?, globs: map("globs"), paths: map("paths"), settings: map("settings") })
        }

        fn put(&self, map: &MapHandle, value: &[u8]) {
            map.update(&0u32.to_ne_bytes(), value, MapFlags::ANY).unwrap();
        }

        fn matches(&self, pattern: &str, path: &str) -> bool {
            let pattern = from_root(pattern);
            let mut text = [0; GLOB_MAX];
            text[..pattern.len()].copy_from_slice(pattern.as_bytes());
            let has_folder = pattern.contains('/').into();
            self.put(&self.globs, bytes_of(&Glob { len: pattern.len() as u32, has_folder, text }));
            self.put(&self.settings, bytes_of(&Settings { whole_machine: 0, uids_used: 0, globs: 1, reserved_0: 0 }));
            let at = KEPT - path.len();
            let name_at = at + path.rfind('/').map_or(0, |slash| slash + 1);
            let mut value = vec![0u8; PATH_TEXT];
            value[..4].copy_from_slice(&(at as u32).to_ne_bytes());
            value[4..8].copy_from_slice(&(name_at as u32).to_ne_bytes());
            value[8 + at..8 + KEPT].copy_from_slice(path.as_bytes());
            self.put(&self.paths, &value);
            program(&self.object, "match_path").unwrap().test_run(ProgramInput::default()).unwrap().return_value == 1
        }
    }

    #[test]
    fn the_kernel_matches_patterns_as_user_space_does() {
        let Some(kernel) = Kernel::load() else { return };
        let mut state = 0x9e37_79b9_7f4a_7c15u64;
        let mut below = |n: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % n
        };
        let mut text = |alphabet: &[u8], most: u64| -> String {
            (0..1 + below(most)).map(|_| char::from(alphabet[below(alphabet.len() as u64) as usize])).collect()
        };
        let (mut fits, mut rounds) = (0, 0);
        while rounds < 4000 {
            let pattern = text(b"ab/*?*", 9);
            let path = format!("/{}", text(b"aab/b", 9));
            let expected = glob::matches(&pattern, &path);
            assert_eq!(kernel.matches(&pattern, &path), expected, "{pattern:?} on {path:?}");
            fits += u32::from(expected);
            rounds += 1;
        }
        assert!((400..3600).contains(&fits), "{fits} of {rounds} fit");
    }

    #[test]
    fn long_patterns_and_paths_are_matched_in_the_kernel_too() {
        let Some(kernel) = Kernel::load() else { return };
        let path = format!("/{}", "a".repeat(1000));
        assert!(kernel.matches(&format!("/{}*", "a".repeat(200)), &path));
        assert!(!kernel.matches(&format!("/{}b", "*a".repeat(100)), &path));
        assert!(kernel.matches("/**", &path) && kernel.matches("a*a", &path));
    }
}
