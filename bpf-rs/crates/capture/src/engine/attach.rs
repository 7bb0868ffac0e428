//! Probes on the functions of one file.
use oisp_locate::Target;
use std::os::fd::OwnedFd;

/// A file that is opened for good: it is attached through this very descriptor.
pub struct Image {
    pub file: OwnedFd,
    /// As `fstat` says.
    pub dev: u64,
    pub ino: u64,
    /// For messages only.
    pub path: String,
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

/// Puts probes on files and takes them off. Takes about 10 ms a file; never called on the drain thread.
pub struct Attacher {}

impl Attacher {
    /// Attaches to every target of `image`. The same (dev, ino) twice is an error.
    pub fn attach(&self, image: &Image, targets: &[Target]) -> Result<Attached, String> {
        let _ = targets;
        Err(format!("cannot attach to {}: not there yet", image.path))
    }

    /// Takes the probes off a file.
    pub fn detach(&self, id: u64) {
        let _ = id;
    }
}
