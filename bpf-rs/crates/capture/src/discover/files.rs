//! What is known of files, and what is told about them.
use super::examine::{Look, Unexamined, examine};
use super::open::{OpenError, Opened, Stamp};
use super::report::{self, Coverage};
use super::{Shared, locked};
use crate::engine::{Host, Image};
use crate::process::read;
use crate::record::{Header, Kind};
use oisp_locate::{Located, Target};
use serde_json::json;
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

/// Files remembered; beyond them those without a probe are forgotten.
pub(super) const MAX_FILES: usize = 32_768;
/// Open files that wait to be searched; what comes on top is not searched.
const MAX_UNSIGNED: usize = 256;
/// Coverage records of files that were not opened or looked into; a process that makes such files at will must not
/// fill the record with them.
const MAX_REFUSALS: usize = 256;
/// Images in the answer of `oisp_coverage`.
const MAX_LISTED: usize = 4_096;

/// What led to a file.
#[derive(Debug, Clone, Default)]
pub(super) struct Cause {
    /// 0: no process.
    pub pid: u32,
    pub process_key: u64,
    pub cgroup_id: u64,
    /// Boot clock of the exec or the mapping; absent where the file was looked for, not met.
    pub met_ns: Option<u64>,
    /// The process' program, where it was asked for already.
    pub exe: Option<String>,
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

/// Every file that was met, and what is still to be done with it.
pub(super) struct Files {
    host: Arc<Host>,
    shared: Arc<Shared>,
    /// By device and inode.
    known: HashMap<(u64, u64), File>,
    /// Files behind overlay mounts: (inode, length, build id).
    overlay: HashSet<(u64, u64, Vec<u8>)>,
    /// (file, program) of which was told that they are not covered.
    told: HashSet<(u64, u64, Option<String>)>,
    refusals: HashSet<(String, String)>,
    /// Our own executable, where it is no general runtime: (device, inode). It calls nobody.
    own_program: Option<(u64, u64)>,
    /// Files without a known library that were not searched for signs of another one yet.
    unsigned: VecDeque<(Opened, Cause)>,
}

impl Files {
    /// `own_program`: a file of which nothing is told.
    pub fn new(host: Arc<Host>, shared: Arc<Shared>, own_program: Option<Opened>) -> Self {
        Self {
            host,
            shared,
            known: HashMap::new(),
            overlay: HashSet::new(),
            told: HashSet::new(),
            refusals: HashSet::new(),
            own_program: own_program.map(|opened| (opened.stamp.dev, opened.stamp.ino)),
            unsigned: VecDeque::new(),
        }
    }

    /// Tells what is about no file.
    pub fn tell(&self, fact: &Coverage) {
        self.emit(fact, &Cause::default());
    }

    /// The one way of every file. Whether there is nothing more to say about it, whoever uses it.
    pub fn meet(&mut self, opened: Result<Opened, OpenError>, path: &str, cause: &Cause) -> bool {
        let opened = match opened {
            Ok(opened) => opened,
            Err(error) => {
                self.refuse(path, report::unopened(&error), cause);
                return false;
            }
        };
        let key = (opened.stamp.dev, opened.stamp.ino);
        if self.own_program == Some(key) {
            return true;
        }
        let known = self.known.get(&key).filter(|f| f.stamp == opened.stamp).map(|f| f.known.clone());
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
        if self.known.len() >= MAX_FILES {
            self.known.retain(|_, f| matches!(f.known, Known::Attached));
        }
        self.known.insert(key, File { stamp, known: known.clone() });
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

    /// Searches the next file that waits for it; only for telling what is not covered, by then the program may have ended.
    /// `None` when none waits; else whether something was found.
    pub fn look_for_signs(&mut self) -> Option<bool> {
        let (opened, cause) = self.unsigned.pop_front()?;
        let key = (opened.stamp.dev, opened.stamp.ino);
        let signs = examine(&opened, Look::Everything).map(|l| l.signs).unwrap_or_default();
        let coverage: Vec<Coverage> = signs.iter().map(|s| report::sign(*s)).collect();
        let has_found = !coverage.is_empty();
        if has_found {
            self.tell_not_covered(key, &coverage, &opened.path, &cause);
            if let Some(file) = self.known.get_mut(&key).filter(|f| f.stamp == opened.stamp) {
                file.known = Known::NotCovered(coverage);
            }
        }
        self.shared.waiting.fetch_sub(1, SeqCst);
        Some(has_found)
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
