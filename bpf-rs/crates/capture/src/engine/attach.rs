//! Probes on the functions of one file.
use super::clock::boot_ns;
use super::kinds::{Probe, probe};
use super::load::program;
use libbpf_rs::{ErrorKind, Link, Object, UprobeMultiOpts, UprobeOpts};
use oisp_locate::Target;
use std::collections::HashMap;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::sync::{Arc, Mutex, MutexGuard};

/// A file that is opened for good: it is attached through this very descriptor.
pub struct Image {
    pub file: OwnedFd,
    /// As `fstat` says.
    pub dev: u64,
    pub ino: u64,
    /// For messages only.
    pub path: String,
}

/// How probes are put on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    UprobeMulti,
    PerfEvent,
}

impl Method {
    /// Name in coverage.
    pub fn name(self) -> &'static str {
        match self {
            Self::UprobeMulti => "uprobe_multi",
            Self::PerfEvent => "perf_event",
        }
    }
}

/// What was attached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attached {
    /// `uprobe_multi` or `perf_event`.
    pub method: &'static str,
    /// Functions that have a probe now.
    pub functions: Vec<&'static str>,
    /// Boot clock when the last probe was in place.
    pub time_ns: u64,
    /// Take it off again with `Attacher::detach`.
    pub id: u64,
}

struct Links {
    file: (u64, u64),
    /// Taken off before the entries: a call whose return is not seen is not counted at all.
    returns: Vec<Link>,
    _entries: Vec<Link>,
}

#[derive(Default)]
struct Table {
    next_id: u64,
    links: HashMap<u64, Links>,
    closed: bool,
}

/// Puts probes on files and takes them off. Takes about 10 ms a file; never called on the drain thread.
pub struct Attacher {
    tls: Arc<Object>,
    method: Method,
    table: Mutex<Table>,
}

/// Whether the kernel has uprobe.multi (Linux 6.6): with it the root folder is refused as no file (EBADF), without it
/// the attach type is (EINVAL).
pub(super) fn has_uprobe_multi(tls: &Object) -> bool {
    let options = UprobeMultiOpts { offsets: vec![1], cookies: vec![0], ..UprobeMultiOpts::default() };
    let trial = program(tls, "tls_enter").map(|p| p.attach_uprobe_multi_with_opts(-1, "/", "", options));
    !matches!(trial, Ok(Err(e)) if e.kind() == ErrorKind::InvalidInput)
}

impl Attacher {
    pub(super) fn new(tls: Arc<Object>, method: Method) -> Self {
        Self { tls, method, table: Mutex::default() }
    }

    /// How probes are put on here.
    pub fn method(&self) -> Method {
        self.method
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Attaches to every target of `image`. The same (dev, ino) twice is an error.
    pub fn attach(&self, image: &Image, targets: &[Target]) -> Result<Attached, String> {
        let file = (image.dev, image.ino);
        let taken = |table: &Table| table.closed || table.links.values().any(|l| l.file == file);
        if taken(&self.table()) {
            return Err(format!("cannot attach to {}: it has probes already, or the session ends", image.path));
        }
        let rows: Vec<(&Target, Probe)> = targets.iter().filter_map(|t| Some((t, probe(t.function, t.abi)?))).collect();
        let path = format!("/proc/self/fd/{}", image.file.as_raw_fd());
        let at = |wanted: fn(&Probe) -> bool| -> Vec<(usize, u64)> {
            rows.iter().filter(|(_, p)| wanted(p)).map(|(t, p)| (t.offset as usize, p.kind)).collect()
        };
        let failed = |e: String| format!("cannot attach to {}: {e}", image.path);
        let entries = self.links("tls_enter", &path, &at(|p| p.at_entry), false).map_err(failed)?;
        let returns = self.links("tls_leave", &path, &at(|p| p.at_return), true).map_err(failed)?;
        let mut table = self.table();
        if taken(&table) {
            return Err(format!("cannot attach to {}: another thread did, or the session ends", image.path));
        }
        table.next_id += 1;
        let id = table.next_id;
        table.links.insert(id, Links { file, returns, _entries: entries });
        let functions = rows.iter().map(|(t, _)| t.function.name()).collect();
        Ok(Attached { method: self.method.name(), functions, time_ns: boot_ns(), id })
    }

    fn links(&self, name: &str, path: &str, at: &[(usize, u64)], retprobe: bool) -> Result<Vec<Link>, String> {
        if at.is_empty() {
            return Ok(Vec::new());
        }
        let program = program(&self.tls, name)?;
        let link = match self.method {
            Method::UprobeMulti => {
                let (offsets, cookies) = at.iter().copied().unzip();
                let options = UprobeMultiOpts { offsets, cookies, retprobe, ..UprobeMultiOpts::default() };
                program.attach_uprobe_multi_with_opts(-1, path, "", options).map(|link| vec![link])
            }
            Method::PerfEvent => at
                .iter()
                .map(|(offset, cookie)| {
                    let options = UprobeOpts { cookie: *cookie, retprobe, ..UprobeOpts::default() };
                    program.attach_uprobe_with_opts(-1, path, *offset, options)
                })
                .collect(),
        };
        link.map_err(|e| e.to_string())
    }

    /// Takes the probes off a file. Takes about 50 ms.
    pub fn detach(&self, id: u64) {
        let links = self.table().links.remove(&id);
        drop_in_order(links.into_iter().collect());
    }

    /// Takes all probes off; none can be put on any more. After this no probed call is under way.
    pub(super) fn close(&self) {
        let mut table = self.table();
        table.closed = true;
        let all = std::mem::take(&mut table.links);
        drop(table);
        drop_in_order(all.into_values().collect());
    }
}

fn drop_in_order(mut all: Vec<Links>) {
    all.iter_mut().for_each(|links| links.returns.clear());
    drop(all);
}
