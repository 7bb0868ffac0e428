//! Opening a session: what is loaded, in which order, and what is done without.
use super::attach::{Attacher, Method, has_uprobe_multi};
use super::clock::Clock;
use super::commands::ConnectionKeys;
use super::load::{self, COMMAND, EXE_SCOPE, Loader, PROCESS, TLS_OBJECT, explain, own_tgid, program};
use super::mapped::MappedWatch;
use super::maps::{INITIAL_PID_NAMESPACE, Settings, own_pid_namespace};
use super::processes::Processes;
use super::ring::Ring;
use super::scope::Scope;
use super::sorter::Sorter;
use super::typed_pids::TypedPids;
use super::wait::Waiter;
use super::{Config, Emitter, Engine, Feature, Host, sockets};
use crate::discover::Discovery;
use crate::drain::Drain;
use crate::queue::Queue;
use libbpf_rs::{Iter, IterOpts, Object};
use std::collections::HashSet;
use std::io::Read as _;
use std::os::fd::{AsFd as _, AsRawFd as _};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

/// Loaded objects and what they allow.
struct Loaded {
    loader: Loader,
    tls: Arc<Object>,
    method: Method,
    commands: Arc<Object>,
    process: Arc<Object>,
    exe_scope: Result<Object, String>,
    features: Vec<Feature>,
}

fn load(config: &Config, own_tgid: u32) -> Result<Loaded, String> {
    let mut loader = Loader::new(config, own_tgid);
    let process = Arc::new(loader.load("process programs", PROCESS, false)?);
    // The kernel takes as long to check this object as all others together.
    let exe_scope = match config.force_user_scope || config.scope.exes.is_empty() {
        true => Err("not tried".into()),
        false => loader.load("program scope", EXE_SCOPE, false),
    };
    let commands = Arc::new(loader.load("command programs", COMMAND, false)?);
    let mut tls = loader.load("TLS programs", TLS_OBJECT, config.force_perf_uprobes)?;
    let mut method = if config.force_perf_uprobes { Method::PerfEvent } else { Method::UprobeMulti };
    if method == Method::UprobeMulti && !has_uprobe_multi(&tls) {
        tls = loader.load("TLS programs", TLS_OBJECT, true)?;
        method = Method::PerfEvent;
    }
    let features =
        vec![Feature { name: "processes", outcome: Ok("tp_btf") }, Feature { name: "tls", outcome: Ok(method.name()) }];
    Ok(Loaded { loader, tls: Arc::new(tls), method, commands, process, exe_scope, features })
}

/// Tells every process that runs already; their facts go into the control ring.
fn first_pass(process: &Object) -> Result<(), String> {
    let program = program(process, "seen_tasks")?;
    let link = program.attach_iter_with_opts(IterOpts::None).map_err(|e| explain("task iterator", &e))?;
    let mut iterator = Iter::new(&link).map_err(|e| explain("task iterator", &e))?;
    iterator.read_to_end(&mut Vec::new()).map_err(|e| format!("task iterator: {e}"))?;
    Ok(())
}

/// Scope by number of process needs the processes to be known; the rest holds before.
fn apply_scope(host: &Host) -> Result<(), String> {
    let scope = &host.config.scope;
    scope.trees.iter().try_for_each(|pid| host.add_tree_below(*pid))?;
    scope.pids.iter().try_for_each(|pid| host.scope.add_pid(host.typed_pids.to_kernel(*pid)?))
}

fn host(config: Config, own_tgid: u32, loaded: &Loaded) -> Result<Arc<Host>, String> {
    let map = |name| loaded.loader.map(name);
    let queue = Arc::new(Queue::new(config.queue_bytes as usize));
    let processes = Arc::new(Processes::default());
    let emitter = Emitter { queue: Arc::clone(&queue) };
    let scope = Scope {
        settings_map: map("settings")?,
        uids: map("uids")?,
        processes_map: map("processes")?,
        globs: if loaded.exe_scope.is_ok() { Some(map("globs")?) } else { None },
        settings: Mutex::new(Settings { whole_machine: 0, uids_used: 0, globs: 0, reserved_0: 0 }),
        commands: Arc::clone(&loaded.commands),
        processes: Arc::clone(&processes),
        emitter: emitter.clone(),
    };
    scope.set_whole_machine(config.scope.whole_machine)?;
    config.scope.uids.iter().try_for_each(|uid| scope.add_uid(*uid))?;
    scope.set_globs(&config.scope.exes)?;
    let attacher = Attacher::new(Arc::clone(&loaded.tls), loaded.method);
    let keys = ConnectionKeys::default();
    let is_initial = own_pid_namespace() == INITIAL_PID_NAMESPACE;
    let typed_pids = TypedPids { programs: Arc::clone(&loaded.process), is_initial };
    Ok(Arc::new(Host { config, own_tgid, typed_pids, attacher, emitter, scope, queue, keys, processes }))
}

impl Engine {
    /// Loads the programs and starts threads; attaching goes on behind it.
    pub fn open(config: Config) -> Result<Self, String> {
        crate::log::quiet_libbpf();
        config.check()?;
        let own_tgid = own_tgid()?;
        let mut loaded = load(&config, own_tgid)?;
        let host = host(config, own_tgid, &loaded)?;
        let mapped = MappedWatch::open();
        let mapped_outcome = mapped.as_ref().map(|_| "perf").map_err(Clone::clone);
        loaded.features.push(Feature { name: "mappings", outcome: mapped_outcome });

        let payload = Ring::new(&loaded.loader.map("payload")?, host.config.payload_ring_bytes)?;
        let control = Ring::new(&loaded.loader.map("control")?, host.config.control_ring_bytes)?;
        let watched = mapped.iter().flat_map(MappedWatch::descriptors);
        let sources: Vec<_> =
            [payload.as_fd().as_raw_fd(), control.as_fd().as_raw_fd()].into_iter().chain(watched).collect();
        let waiter = Waiter::new(&loaded.loader.map("drain")?, &sources)?;

        // at an exec the scope is decided before the exec is told
        let mut links = Vec::new();
        let exe_outcome = match &loaded.exe_scope {
            Ok(object) => load::attach_all(object, &["on_exec_scope"]).map(|attached| links.extend(attached)),
            Err(why) => Err(why.clone()),
        };
        if !host.config.scope.exes.is_empty() {
            loaded.features.push(Feature { name: "exe_scope", outcome: exe_outcome.map(|()| "tp_btf") });
        }
        links.extend(load::attach_all(&loaded.process, &["on_fork", "on_exec", "on_exit"])?);
        let sockets = sockets::attach(&mut loaded.loader, host.config.force_socket_calls);
        let sockets_outcome = sockets.as_ref().map(|s| s.method).map_err(Clone::clone);
        loaded.features.push(Feature { name: "sockets", outcome: sockets_outcome });
        links.extend(sockets.into_iter().flat_map(|s| s.links));
        let mut clock = Clock::new();
        let mut first = Vec::new();
        clock.append_if_due(&mut first);
        host.queue.push(first);
        first_pass(&loaded.process)?;
        // before the first probe: nothing in scope is passed over
        apply_scope(&host)?;

        let discovery = Arc::new(Discovery::start(Arc::clone(&host)));
        let totals = loaded.loader.map("totals")?;
        let sorter = Sorter {
            host: Arc::clone(&host),
            discovery: Arc::clone(&discovery),
            commands: Arc::clone(&loaded.commands),
            connections: loaded.loader.map("connections")?,
            mapped: mapped.ok(),
            known: HashSet::new(),
            closed: Vec::new(),
        };
        let bell = waiter.bell();
        let own_totals = loaded.loader.map("totals")?;
        let drain =
            Drain { host: Arc::clone(&host), payload, control, sorter, waiter, totals: own_totals, links, clock };
        let thread = std::thread::Builder::new().name("oisp-drain".into()).spawn(move || drain.run_guarded());
        let thread = thread.map_err(|e| format!("cannot start a thread: {e}"))?;
        Ok(Self {
            host,
            discovery,
            commands: loaded.commands,
            totals,
            features: loaded.features,
            bell,
            is_ending: AtomicBool::new(false),
            threads: Mutex::new(vec![thread]),
        })
    }
}
