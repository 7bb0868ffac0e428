//! The thread of discovery: what it knows, and what it does with a file.
use super::examine::{Look, Unexamined, examine};
use super::open::{OpenError, Opened, Stamp};
use super::report::{self, Coverage};
use super::{Job, Shared, command, glob, loader_cache, locked, maps, open};
use crate::engine::{FileId, Host, Image, KernelFact, MappedFile, ProcessFact, ProcessState};
use crate::process::read;
use crate::record::{Header, Kind};
use crate::spawn::{self, lookup};
use oisp_locate::{Located, Target};
use serde_json::json;
use std::collections::{HashMap, HashSet, VecDeque};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::{Duration, Instant};

/// Files remembered; beyond them those without a probe are forgotten.
const MAX_FILES: usize = 32_768;
/// Open files that wait to be searched; what comes on top is not searched.
const MAX_UNSIGNED: usize = 256;
/// Children of this process remembered.
const MAX_CHILDREN: usize = 64;
const PLAIN_TIME: Duration = Duration::from_secs(60);
/// Coverage records of files that were not opened or looked into; a process that makes such files at will must not
/// fill the record with them.
const MAX_REFUSALS: usize = 256;
/// Images in the answer of `oisp_coverage`.
const MAX_LISTED: usize = 4_096;

/// What led to a file.
#[derive(Debug, Clone, Default)]
struct Cause {
    /// 0: no process.
    pid: u32,
    process_key: u64,
    cgroup_id: u64,
    /// Boot clock of the exec or the mapping; absent where the file was looked for, not met.
    met_ns: Option<u64>,
    /// The process' program, where it was asked for already.
    exe: Option<String>,
}

/// What became of a file.
#[derive(Debug, Clone)]
enum Known {
    /// Nothing to say about it.
    Plain,
    Attached,
    NotCovered(Vec<Coverage>),
}

struct File {
    stamp: Stamp,
    known: Known,
}

/// State of the thread.
pub(super) struct Worker {
    host: Arc<Host>,
    shared: Arc<Shared>,
    /// The kernel's process ids are not those of this process' `/proc`: processes are then looked at without asking
    /// for the scope, and the kernel's ids are not looked up.
    is_namespaced: bool,
    /// By device and inode.
    files: HashMap<(u64, u64), File>,
    /// What the kernel calls files that were looked at in this pass.
    passed: HashSet<FileId>,
    /// The same with the inode's generation, so that a name is not given to another file: files that every process may
    /// map without being looked at again. Forgotten from time to time, since a file can be written anew in place.
    plain: HashSet<(FileId, u64)>,
    plain_since: Instant,
    /// Files behind overlay mounts: (inode, length, build id).
    overlay: HashSet<(u64, u64, Vec<u8>)>,
    /// (file, program) of which was told that they are not covered.
    told: HashSet<(u64, u64, Option<String>)>,
    refusals: HashSet<(String, String)>,
    /// Files without a known library that were not searched for signs of another one yet.
    unsigned: VecDeque<(Opened, Cause)>,
    exe_globs: Vec<String>,
    /// Processes in scope because of `exe_globs`.
    by_exe: HashSet<u32>,
}

impl Worker {
    pub fn new(host: Arc<Host>, shared: Arc<Shared>) -> Self {
        let exe_globs = host.config.scope.exes.clone();
        let is_namespaced = host.own_tgid != std::process::id();
        Self {
            is_namespaced,
            host,
            shared,
            files: HashMap::new(),
            passed: HashSet::new(),
            plain: HashSet::new(),
            plain_since: Instant::now(),
            overlay: HashSet::new(),
            told: HashSet::new(),
            refusals: HashSet::new(),
            unsigned: VecDeque::new(),
            exe_globs,
            by_exe: HashSet::new(),
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
            let Some(file) = self.unsigned.pop_front() else { return jobs.recv().ok() };
            match jobs.try_recv() {
                Err(TryRecvError::Empty) => self.look_for_signs(&file),
                job => {
                    self.unsigned.push_front(file);
                    return job.ok();
                }
            }
        }
    }

    fn job(&mut self, job: Job) {
        match job {
            Job::Fact(KernelFact::Process(fact)) => self.process(&fact),
            Job::Fact(KernelFact::Mapped(fact)) => self.mapped(&fact),
            Job::Command { program, environment, done } => {
                self.command(&program, &environment);
                drop(done);
            }
            Job::Scan => self.scan_processes(),
            Job::ExeScope(globs) => {
                self.exe_globs = globs;
                self.scan_processes();
            }
            Job::Stop => {}
        }
    }

    /// Named files, then the loader cache and PATH, then what runs: nearest to a first call first.
    fn first_pass(&mut self) {
        for path in self.host.config.images.clone() {
            self.file(open::here(Path::new(&path)), &path, &Cause::default());
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
        self.file(open::here(path), &path.to_string_lossy(), &Cause::default());
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
        self.scope_by_exe(pid);
        if !self.is_in_scope(pid) {
            return;
        }
        let cause = Cause { pid, ..Cause::default() };
        let text = std::fs::read(format!("/proc/{pid}/maps")).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        for mapping in maps::executables(&text) {
            if self.passed.insert(mapping.file) {
                let opened = self.open_mapping(pid, &mapping);
                self.file(opened, mapping.path, &cause);
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
            (ProcessState::Fork, Some((child, _))) if self.by_exe.contains(&pid) => self.add_by_exe(child),
            (ProcessState::Exit, _) => {
                self.by_exe.remove(&pid);
            }
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
        self.scope_by_exe(pid);
        let is_wanted = fact.in_scope || self.by_exe.contains(&pid);
        // in another namespace its mapping is reported with an id that can be looked up
        if !is_wanted || !self.host.config.discover || self.is_namespaced {
            return;
        }
        let cause = Cause {
            pid,
            process_key: fact.origin.process_key,
            cgroup_id: fact.origin.cgroup_id,
            met_ns: Some(fact.origin.time_ns),
            exe: None,
        };
        self.file(open::program(pid), &fact.filename, &cause);
    }

    fn mapped(&mut self, fact: &MappedFile) {
        if !self.host.config.discover || (fact.pid != 0 && !self.is_in_scope(fact.pid)) {
            return;
        }
        let name = (fact.file, fact.ino_generation);
        if self.plain.contains(&name) {
            return;
        }
        let cause = Cause { pid: fact.pid, met_ns: Some(fact.time_ns), ..Cause::default() };
        let text = std::fs::read(format!("/proc/{}/maps", fact.pid)).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let opened = match maps::executables(&text).find(|m| m.file == fact.file) {
            Some(mapping) => self.open_mapping(fact.pid, &mapping),
            // the process is gone: the next one that loads the file is covered by what is found at its path
            None => open::in_root(std::process::id(), &fact.path, fact.file),
        };
        if self.file(opened, &fact.path, &cause) && self.plain.len() < MAX_FILES {
            self.plain.insert(name);
        }
    }

    fn is_in_scope(&self, pid: u32) -> bool {
        self.is_namespaced || self.host.scope.contains(pid)
    }

    fn scope_by_exe(&mut self, pid: u32) {
        if self.exe_globs.is_empty() || self.is_namespaced {
            return;
        }
        let exe = read::exe(pid).map(|e| e.to_string_lossy().into_owned());
        let is_match = exe.is_some_and(|exe| self.exe_globs.iter().any(|g| glob::matches(g, &exe)));
        if is_match {
            self.add_by_exe(pid);
        } else if self.by_exe.remove(&pid) {
            let _ = self.host.scope.remove(pid);
        }
    }

    fn add_by_exe(&mut self, pid: u32) {
        if self.host.scope.add_pid(pid).is_ok() {
            self.by_exe.insert(pid);
        }
    }

    /// The one way of every file. Whether there is nothing more to say about it, whoever uses it.
    fn file(&mut self, opened: Result<Opened, OpenError>, path: &str, cause: &Cause) -> bool {
        let opened = match opened {
            Ok(opened) => opened,
            Err(error) => {
                self.refuse(path, report::unopened(&error), cause);
                return false;
            }
        };
        let key = (opened.stamp.dev, opened.stamp.ino);
        let known = self.files.get(&key).filter(|f| f.stamp == opened.stamp).map(|f| f.known.clone());
        let known = known.unwrap_or_else(|| self.look_into(opened, key, cause));
        match &known {
            Known::NotCovered(coverage) => self.tell_not_covered(key, coverage, path, cause),
            Known::Plain if cause.pid != 0 => self.name_user_of_unsigned(key, cause),
            Known::Plain | Known::Attached => {}
        }
        !matches!(known, Known::NotCovered(_))
    }

    fn look_into(&mut self, opened: Opened, key: (u64, u64), cause: &Cause) -> Known {
        let stamp = opened.stamp;
        let path = opened.path.clone();
        let known = match examine(&opened, Look::Libraries) {
            Ok(located) if located.libraries.is_empty() => {
                self.look_for_signs_later(opened, cause);
                Known::Plain
            }
            Ok(located) => self.take(opened, &located, cause),
            Err(why) => {
                self.refuse(&path, report::unexamined(&why), cause);
                if matches!(why, Unexamined::TimedOut) {
                    return Known::NotCovered(Vec::new()); // not remembered: it may answer next time
                }
                Known::Plain
            }
        };
        if self.files.len() >= MAX_FILES {
            self.files.retain(|_, f| matches!(f.known, Known::Attached));
        }
        self.files.insert(key, File { stamp, known: known.clone() });
        known
    }

    fn take(&mut self, opened: Opened, located: &Located, cause: &Cause) -> Known {
        let targets: Vec<Target> =
            located.libraries.iter().filter_map(|l| l.outcome.as_ref().ok()).flatten().copied().collect();
        if !targets.is_empty() {
            return self.attach(opened, located, &targets, cause);
        }
        Known::NotCovered(located.libraries.iter().filter_map(report::refused_library).collect())
    }

    fn look_for_signs_later(&mut self, opened: Opened, cause: &Cause) {
        if self.unsigned.len() < MAX_UNSIGNED {
            self.shared.waiting.fetch_add(1, SeqCst);
            let cause = Cause { exe: exe_of(cause), ..cause.clone() };
            self.unsigned.push_back((opened, cause));
        }
    }

    /// A file that was prepared for a command waits for its signs, and now a process runs it.
    fn name_user_of_unsigned(&mut self, key: (u64, u64), user: &Cause) {
        let waiting = self.unsigned.iter_mut().find(|(o, cause)| (o.stamp.dev, o.stamp.ino) == key && cause.pid == 0);
        if let Some((_, cause)) = waiting {
            *cause = Cause { exe: exe_of(user), ..user.clone() };
        }
    }

    /// Only for telling what is not covered; by then the program may have ended.
    fn look_for_signs(&mut self, (opened, cause): &(Opened, Cause)) {
        let key = (opened.stamp.dev, opened.stamp.ino);
        let signs = examine(opened, Look::Everything).map(|l| l.signs).unwrap_or_default();
        let coverage: Vec<Coverage> = signs.iter().map(|s| report::sign(*s)).collect();
        if !coverage.is_empty() {
            self.tell_not_covered(key, &coverage, &opened.path, cause);
            self.plain.clear(); // whoever maps it from now on is told of
            if let Some(file) = self.files.get_mut(&key).filter(|f| f.stamp == opened.stamp) {
                file.known = Known::NotCovered(coverage);
            }
        }
        self.shared.waiting.fetch_sub(1, SeqCst);
    }

    fn attach(&mut self, opened: Opened, located: &Located, targets: &[Target], cause: &Cause) -> Known {
        if opened.is_overlay {
            let same = (opened.stamp.ino, opened.stamp.bytes, located.build_id.clone().unwrap_or_default());
            if !self.overlay.insert(same) {
                return Known::Attached; // another mount of a layer that has its probes: two would see each call twice
            }
        }
        let image =
            Image { file: opened.file, dev: opened.stamp.dev, ino: opened.stamp.ino, path: opened.path.clone() };
        let attached = match self.host.attacher.attach(&image, targets) {
            Ok(attached) => attached,
            Err(error) => return Known::NotCovered(vec![report::attach_failed(&error)]),
        };
        let mut coverage = vec![report::attached(located, attached.method)];
        if let Some(met_ns) = cause.met_ns {
            coverage.push(report::mapped_late(attached.time_ns.saturating_sub(met_ns) as f64 / 1e6));
        }
        for mut fact in coverage {
            fact.library = Some(opened.path.clone());
            fact.exe = exe_of(cause);
            self.emit(&fact, cause);
        }
        self.list(json!({
            "path": opened.path, "covered": true, "method": attached.method, "functions": attached.functions,
            "libraries": located.libraries.iter().filter(|l| l.outcome.is_ok()).map(|l| l.kind.name()).collect::<Vec<_>>(),
        }));
        Known::Attached
    }

    /// Once a file and program, and only for processes that are looked at.
    fn tell_not_covered(&mut self, key: (u64, u64), coverage: &[Coverage], path: &str, cause: &Cause) {
        let exe = exe_of(cause);
        if self.told.len() >= MAX_FILES {
            self.told.clear();
        }
        if cause.pid == 0 || !self.told.insert((key.0, key.1, exe.clone())) {
            return;
        }
        for fact in coverage {
            let mut fact = fact.clone();
            fact.library = (exe.as_deref() != Some(path)).then(|| path.to_owned());
            fact.exe = exe.clone();
            self.emit(&fact, cause);
            self.list(
                json!({ "path": path, "covered": false, "exe": exe, "reason": fact.reason, "detail": fact.detail }),
            );
        }
    }

    fn refuse(&mut self, path: &str, coverage: Option<Coverage>, cause: &Cause) {
        let Some(mut fact) = coverage else { return };
        // without rights every file is unreadable: said once a program
        let is_about_rights = fact.reason == "refused_unreadable";
        let named = if is_about_rights { exe_of(cause).unwrap_or_default() } else { path.to_owned() };
        let is_new = self.refusals.len() < MAX_REFUSALS && self.refusals.insert((named, fact.reason.clone()));
        if is_new {
            fact.library = Some(path.to_owned());
            fact.exe = exe_of(cause);
            self.emit(&fact, cause);
            self.list(json!({ "path": path, "covered": false, "reason": fact.reason, "detail": fact.detail }));
        }
    }

    fn list(&self, image: serde_json::Value) {
        let mut images = locked(&self.shared.images);
        if images.len() < MAX_LISTED {
            images.push(image);
        }
    }

    fn emit(&self, fact: &Coverage, cause: &Cause) {
        let now = boot_ns();
        let header = Header {
            entry_ns: cause.met_ns.unwrap_or(now),
            return_ns: now,
            tgid: cause.pid,
            tid: cause.pid,
            process_key: cause.process_key,
            cgroup_id: cause.cgroup_id,
            ..Header::default()
        };
        self.host.emitter.json(Kind::Coverage, header, &fact.to_json());
    }
}

fn exe_of(cause: &Cause) -> Option<String> {
    let read = || Some(read::exe(cause.pid)?.to_string_lossy().into_owned());
    cause.exe.clone().or_else(|| (cause.pid != 0).then(read).flatten())
}

/// The clock of the record format.
fn boot_ns() -> u64 {
    // SAFETY: zeroed is a valid `timespec`, and has room.
    let now = unsafe {
        let mut now: libc::timespec = std::mem::zeroed();
        libc::clock_gettime(libc::CLOCK_BOOTTIME, &mut now);
        now
    };
    now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64
}
