//! The thread of discovery: what leads to files.
use super::exe_scope::ExeScope;
use super::files::{Cause, Files, MAX_FILES};
use super::open::{OpenError, Opened};
use super::{Job, Shared, command, loader_cache, locked, maps, open};
use crate::engine::{FileId, Host, KernelFact, MappedFile, ProcessFact, ProcessState};
use crate::process::read;
use crate::spawn::{self, Hold, lookup};
use std::collections::{HashSet, VecDeque};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::{Duration, Instant};

/// A process is held no longer, whatever is still to be looked at.
const MAX_HOLD: Duration = Duration::from_millis(250);
/// Children of this process remembered.
const MAX_CHILDREN: usize = 64;
/// Processes remembered after their end.
const MAX_RECENT: usize = 256;
const PLAIN_TIME: Duration = Duration::from_secs(60);

/// The process that waits for its probes.
struct Held {
    pid: u32,
    since: Instant,
    _hold: Hold,
}

/// State of the thread.
pub(super) struct Worker {
    host: Arc<Host>,
    shared: Arc<Shared>,
    /// The kernel's process ids are not those of this process' `/proc`: processes are then looked at without asking
    /// for the scope, and the kernel's ids are not looked up.
    is_namespaced: bool,
    files: Files,
    /// What the kernel calls files that were looked at in this pass.
    passed: HashSet<FileId>,
    /// The same with the inode's generation, so that a name is not given to another file: files that every process may
    /// map without being looked at again. Forgotten from time to time, since a file can be written anew in place.
    plain: HashSet<(FileId, u64)>,
    plain_since: Instant,
    /// Processes in scope that ran a program lately: one that has ended already is still told of.
    recent: VecDeque<(u32, Option<String>)>,
    /// What processes mapped that ended before their exec was told: mappings and execs come on two ways.
    ended: VecDeque<MappedFile>,
    hold: Option<Held>,
    exe_scope: ExeScope,
}

impl Worker {
    pub fn new(host: Arc<Host>, shared: Arc<Shared>) -> Self {
        let own_program = host.config.own_program.then(|| open::program(std::process::id()).ok()).flatten();
        let is_namespaced = host.own_tgid != std::process::id();
        Self {
            exe_scope: ExeScope::new(host.clone(), is_namespaced),
            is_namespaced,
            files: Files::new(host.clone(), shared.clone(), own_program),
            host,
            shared,
            passed: HashSet::new(),
            plain: HashSet::new(),
            plain_since: Instant::now(),
            recent: VecDeque::new(),
            ended: VecDeque::new(),
            hold: None,
        }
    }

    /// Works until it is told to stop.
    pub fn run(mut self, jobs: &Receiver<Job>) {
        self.first_pass();
        self.shared.has_scanned.store(true, SeqCst);
        while let Some(job) = self.next(jobs) {
            if matches!(job, Job::Stop) {
                return;
            }
            if self.plain_since.elapsed() > PLAIN_TIME {
                self.plain.clear();
                self.plain_since = Instant::now();
            }
            self.job(job);
            if self.shared.has_dropped.swap(false, SeqCst) {
                self.scan_processes();
            }
            self.shared.waiting.fetch_sub(1, SeqCst);
        }
    }

    /// The next job; signs are looked for only as long as there is none. `None` when nobody is left to send one.
    fn next(&mut self, jobs: &Receiver<Job>) -> Option<Job> {
        loop {
            match jobs.try_recv() {
                Ok(job) => return Some(job),
                Err(TryRecvError::Disconnected) => return None,
                Err(TryRecvError::Empty) => self.hold = None,
            }
            match self.files.look_for_signs() {
                Some(true) => self.plain.clear(), // whoever maps it from now on is told of
                Some(false) => {}
                None => return jobs.recv().ok(),
            }
        }
    }

    fn job(&mut self, job: Job) {
        if self.hold.as_ref().is_some_and(|h| !matches!(job, Job::Fact(_)) || h.since.elapsed() > MAX_HOLD) {
            self.hold = None;
        }
        match job {
            Job::Fact(KernelFact::Process(fact)) => self.process(&fact),
            Job::Fact(KernelFact::Mapped(fact)) => self.mapped(&fact),
            Job::Command { program, environment, done } => {
                self.command(&program, &environment);
                drop(done);
            }
            Job::Scan => self.scan_processes(),
            Job::ExeScope(globs) => {
                self.exe_scope.replace(globs);
                self.exe_scope.say_if_late(&mut self.files);
                self.scan_processes();
            }
            Job::Stop => {}
        }
    }

    /// Named files, then the loader cache and PATH, then what runs: nearest to a first call first.
    fn first_pass(&mut self) {
        // before the first probe: a program that runs already is in scope from its first call that could be seen
        read::all().into_iter().for_each(|pid| self.exe_scope.look(pid));
        self.exe_scope.say_if_late(&mut self.files);
        for path in self.host.config.images.clone() {
            self.files.meet(open::here(Path::new(&path)), &path, &Cause::default());
        }
        if !self.host.config.discover {
            return;
        }
        let path = crate::caller::Caller::find().variable("PATH").map(OsStr::to_owned);
        let node = lookup::resolve(OsStr::new("node"), path.as_deref());
        for library in loader_cache::tls_libraries().into_iter().chain(node) {
            self.path(&library);
        }
        self.scan_processes();
    }

    fn path(&mut self, path: &Path) {
        self.files.meet(open::here(path), &path.to_string_lossy(), &Cause::default());
    }

    fn command(&mut self, program: &OsString, environment: &[OsString]) {
        let libraries = if self.host.config.discover { loader_cache::tls_libraries() } else { Vec::new() };
        let files: Vec<PathBuf> = command::files(program, environment);
        for file in files.into_iter().chain(libraries) {
            self.path(&file);
        }
    }

    fn scan_processes(&mut self) {
        self.passed.clear();
        for pid in read::all() {
            self.scan_process(pid);
        }
    }

    fn scan_process(&mut self, pid: u32) {
        if pid == std::process::id() || pid == self.host.own_tgid || spawn::is_waiting(pid) {
            return;
        }
        self.exe_scope.look(pid);
        if !self.is_in_scope(pid) {
            return;
        }
        let cause = Cause { pid, ..Cause::default() };
        let text = std::fs::read(format!("/proc/{pid}/maps")).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        for mapping in maps::executables(&text) {
            if self.passed.insert(mapping.file) {
                let opened = self.open_mapping(pid, &mapping);
                self.files.meet(opened, mapping.path, &cause);
            }
        }
    }

    /// Through the kernel's own link where that is allowed, else by path.
    fn open_mapping(&self, pid: u32, mapping: &maps::Mapping<'_>) -> Result<Opened, OpenError> {
        match open::mapping(pid, mapping.range, mapping.path) {
            Err(OpenError::Io(_)) => open::in_root(pid, mapping.path, mapping.file),
            other => other,
        }
    }

    fn process(&mut self, fact: &ProcessFact) {
        let pid = fact.origin.tgid;
        match (fact.state, fact.child) {
            (ProcessState::Exec, _) => self.exec(fact),
            (ProcessState::Fork, Some((child, _))) if pid == self.host.own_tgid => self.own_child(child, fact.start_ns),
            (ProcessState::Fork, Some((child, _))) if self.exe_scope.contains(pid) => self.exe_scope.add(child),
            (ProcessState::Exit, _) => self.exe_scope.forget(pid),
            _ => {}
        }
    }

    fn own_child(&self, child: u32, start_ns: u64) {
        let mut children = locked(&self.shared.children);
        if children.len() >= MAX_CHILDREN {
            children.remove(0);
        }
        children.push((child, start_ns));
    }

    fn exec(&mut self, fact: &ProcessFact) {
        let pid = fact.origin.tgid;
        if !self.host.scope.matches_programs() {
            self.exe_scope.look(pid);
        }
        let is_wanted = fact.in_scope || self.exe_scope.contains(pid);
        // in another namespace its mapping is reported with an id that can be looked up
        if !is_wanted || !self.host.config.discover || self.is_namespaced {
            return;
        }
        let mut cause = Cause {
            pid,
            process_key: fact.origin.process_key,
            cgroup_id: fact.origin.cgroup_id,
            met_ns: Some(fact.origin.time_ns),
            exe: None,
        };
        let (opened, started) = open::started(fact);
        let exe = started.clone().or_else(|| Some(opened.as_ref().ok()?.path.clone()));
        push_bounded(&mut self.recent, (pid, exe));
        let path = started.clone().unwrap_or_else(|| fact.filename.clone());
        cause.exe = started;
        self.files.meet(opened, &path, &cause);
        let ended = std::mem::take(&mut self.ended);
        let (told, rest): (VecDeque<_>, _) = ended.into_iter().partition(|mapping| mapping.pid == pid);
        self.ended = rest;
        told.iter().for_each(|mapping| self.mapped(mapping));
    }

    fn mapped(&mut self, fact: &MappedFile) {
        let name = (fact.file, fact.ino_generation);
        let is_own = fact.pid == std::process::id() || fact.pid == self.host.own_tgid;
        if !self.host.config.discover || is_own || self.plain.contains(&name) {
            return;
        }
        let told = self.recent.iter().rev().find(|(pid, _)| *pid == fact.pid).map(|(_, exe)| exe.clone());
        let exe = read::exe(fact.pid).map(|exe| exe.to_string_lossy().into_owned());
        if exe.is_none() && told.is_none() && !self.is_namespaced {
            return push_bounded(&mut self.ended, fact.clone());
        }
        if !self.is_in_scope(fact.pid) {
            return;
        }
        let cause =
            Cause { pid: fact.pid, met_ns: Some(fact.time_ns), exe: exe.or(told.flatten()), ..Cause::default() };
        self.hold_process(fact.pid);
        let text = std::fs::read(format!("/proc/{}/maps", fact.pid)).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let opened = match maps::executables(&text).find(|m| m.file == fact.file) {
            Some(mapping) => self.open_mapping(fact.pid, &mapping),
            // the process is gone: the next one that loads the file is covered by what is found at its path
            None => open::in_root(std::process::id(), &fact.path, fact.file),
        };
        if self.files.meet(opened, &fact.path, &cause) && self.plain.len() < MAX_FILES {
            self.plain.insert(name);
        }
    }

    /// With `wait_attach`: a process that maps a file which is not known waits until its mappings were looked at, all
    /// those of one start together.
    fn hold_process(&mut self, pid: u32) {
        if self.host.config.wait_attach && self.hold.as_ref().is_none_or(|h| h.pid != pid) {
            self.hold = None;
            self.hold = Hold::stop(pid).map(|hold| Held { pid, since: Instant::now(), _hold: hold });
        }
    }

    /// 0, a process that is not visible here, is in scope when the whole machine is.
    fn is_in_scope(&self, pid: u32) -> bool {
        (self.is_namespaced && pid != 0)
            || self.host.scope.contains(pid)
            || self.recent.iter().any(|(recent, _)| *recent == pid)
    }
}

/// Adds to what is remembered; the oldest makes room.
fn push_bounded<T>(list: &mut VecDeque<T>, item: T) {
    if list.len() >= MAX_RECENT {
        list.pop_front();
    }
    list.push_back(item);
}
