//! Finds TLS libraries and has probes put on them, before the first call where that is possible.
//!
//! A tour: [`Discovery`] is a queue and one thread. At the start the thread looks at the loader cache, the runtimes in
//! PATH and everything that runs in scope ([`worker`]); then it takes jobs: an exec, an executable mapping, a command
//! that is about to run, a change of scope. Every file goes the same way ([`files`]): [`open`] (hostile paths) ->
//! [`examine`] (bounded) -> attach -> a `coverage` record ([`report`]).
mod command;
mod examine;
mod exe_scope;
mod files;
pub mod glob;
pub mod loader_cache;
pub mod maps;
pub mod open;
mod report;
mod worker;

use crate::engine::{Host, KernelFact};
use crate::process::is_same_start;
use serde_json::{Value, json};
use std::ffi::OsString;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

pub use examine::{Look, Unexamined, examine};
pub use report::{Coverage, sign};

/// Jobs that may wait; beyond them facts are dropped and everything in scope is looked at again.
const MAX_WAITING: usize = 16_384;

/// The kernel's report of a fork takes a few milliseconds.
const FORK_REPORT_TIME: Duration = Duration::from_secs(1);
const FORK_LOOK_TIME: Duration = Duration::from_millis(1);

/// One thing for the thread to do.
enum Job {
    Fact(KernelFact),
    /// A command that waits for its probes; the sender is dropped when they are in place.
    Command {
        program: OsString,
        environment: Vec<OsString>,
        done: SyncSender<()>,
    },
    /// Look at everything in scope (again).
    Scan,
    /// Programs that are in scope by their path.
    ExeScope(Vec<String>),
    Stop,
}

/// What the thread and everybody else look at.
#[derive(Default)]
struct Shared {
    waiting: AtomicUsize,
    has_dropped: AtomicBool,
    has_scanned: AtomicBool,
    /// Files with their coverage, in the order in which they were found.
    images: Mutex<Vec<Value>>,
    /// Children of this process as the kernel numbers them, with their start: the newest ones.
    children: Mutex<Vec<(u32, u64)>>,
}

impl Shared {
    fn is_settled(&self) -> bool {
        self.has_scanned.load(SeqCst) && self.waiting.load(SeqCst) == 0
    }
}

/// The running discoveries by engine, for control operations; an engine is named by the address of its `Host`.
static RUNNING: Mutex<Vec<(usize, Queue)>> = Mutex::new(Vec::new());

/// The way in; cheap to copy.
#[derive(Clone)]
struct Queue {
    sender: Sender<Job>,
    shared: Arc<Shared>,
}

/// Runs on its own thread from [`Discovery::start`] to [`Discovery::stop`].
pub struct Discovery {
    queue: Queue,
    host: usize,
    thread: Mutex<Option<std::thread::JoinHandle<()>>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

fn address(host: &Arc<Host>) -> usize {
    Arc::as_ptr(host) as usize
}

impl Queue {
    /// Never blocks; what does not fit is made up for by a scan.
    fn push(&self, job: Job) {
        let is_full = self.shared.waiting.fetch_add(1, SeqCst) >= MAX_WAITING;
        if is_full || self.sender.send(job).is_err() {
            self.shared.waiting.fetch_sub(1, SeqCst);
            self.shared.has_dropped.store(true, SeqCst);
        }
    }
}

impl Discovery {
    /// Starts the first pass over the machine; returns at once.
    pub fn start(host: Arc<Host>) -> Self {
        // Not a bounded one: it touches the memory of all its places at once, 3 MB that are hardly ever used.
        let (sender, jobs) = channel();
        let queue = Queue { sender, shared: Arc::new(Shared::default()) };
        let key = address(&host);
        locked(&RUNNING).push((key, queue.clone()));
        let shared = queue.shared.clone();
        let thread = std::thread::Builder::new()
            .name("oisp-discover".into())
            .spawn(move || worker::Worker::new(host, shared).run(&jobs));
        Self { queue, host: key, thread: Mutex::new(thread.ok()) }
    }

    /// One fact of the kernel. Called on the drain thread: never blocks, never attaches.
    pub fn fact(&self, fact: KernelFact) {
        self.queue.push(Job::Fact(fact));
    }

    /// What is attached and what is not, for `oisp_coverage`: `{"settled": bool, "images": [...]}`. Settled means that
    /// the first pass is over and nothing waits.
    pub fn coverage(&self) -> Value {
        let shared = &self.queue.shared;
        json!({ "settled": shared.is_settled(), "images": *locked(&shared.images) })
    }

    /// Ends the thread and waits for it. What waits is not done any more.
    pub fn stop(&self) {
        locked(&RUNNING).retain(|(host, _)| *host != self.host);
        let Some(thread) = locked(&self.thread).take() else {
            return;
        };
        let _ = self.queue.sender.send(Job::Stop);
        let _ = thread.join();
    }
}

fn queue_of(host: &Arc<Host>) -> Option<Queue> {
    let key = address(host);
    locked(&RUNNING).iter().find(|(of, _)| *of == key).map(|(_, queue)| queue.clone())
}

/// Has probes put on what a command is going to use. The receiver is disconnected when that is done; absent when this
/// engine looks for nothing.
pub fn prepare(host: &Arc<Host>, program: OsString, environment: Vec<OsString>) -> Option<Receiver<()>> {
    let (done, receiver) = sync_channel(0);
    queue_of(host)?.push(Job::Command { program, environment, done });
    Some(receiver)
}

/// Looks at everything that is in scope now; for changes of scope.
pub fn rescan(host: &Arc<Host>) {
    if let Some(queue) = queue_of(host) {
        queue.push(Job::Scan);
    }
}

/// Puts processes in scope whose program matches one of these globs, now and later.
pub fn set_exe_scope(host: &Arc<Host>, globs: Vec<String>) {
    if let Some(queue) = queue_of(host) {
        queue.push(Job::ExeScope(globs));
    }
}

/// Whether the first pass is over and nothing waits; true for an engine that looks for nothing.
pub fn is_settled(host: &Arc<Host>) -> bool {
    queue_of(host).is_none_or(|queue| queue.shared.is_settled())
}

/// The kernel's number of a child that was just forked; in the initial PID namespace its id. Elsewhere the kernel's
/// report of the fork is waited for and recognised by the start time; `None` when it does not come.
pub fn kernel_id(host: &Arc<Host>, pid: u32) -> Option<u32> {
    if host.own_tgid == std::process::id() {
        return Some(pid);
    }
    let start_ns = crate::process::read::stat(pid)?.start_ns;
    let queue = queue_of(host)?;
    let until = Instant::now() + FORK_REPORT_TIME;
    while Instant::now() < until {
        let found =
            locked(&queue.shared.children).iter().rev().find(|(_, start)| is_same_start(*start, start_ns)).copied();
        if let Some((id, _)) = found {
            return Some(id);
        }
        std::thread::sleep(FORK_LOOK_TIME);
    }
    None
}
