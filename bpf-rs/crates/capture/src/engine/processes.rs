//! Program runs that are alive, as far as the kernel told, and how they are published.
use super::emitter::Emitter;
use super::fact::{ProcessFact, ProcessState};
use crate::process::enrich;
use crate::record::{Header, Kind};
use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard};

struct Known {
    fact: ProcessFact,
    published: bool,
}

#[derive(Default)]
struct Table {
    live: HashMap<u32, Known>,
    /// In scope before the fact that makes them known was read.
    wanted: HashSet<u32>,
}

/// Live processes by tgid.
#[derive(Default)]
pub(crate) struct Processes(Mutex<Table>);

impl Processes {
    fn lock(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Takes note of a fact. Gives the facts to publish: this one if it is in scope, and that of a process which came
    /// into scope before it was known.
    pub fn note(&self, fact: &ProcessFact) -> Vec<ProcessFact> {
        let mut publish: Vec<ProcessFact> = fact.in_scope.then(|| fact.clone()).into_iter().collect();
        let mut table = self.lock();
        let tgid = match (fact.state, fact.child) {
            (ProcessState::Exit, _) => {
                table.live.remove(&fact.origin.tgid);
                return publish;
            }
            (ProcessState::Fork, Some((tgid, _))) => {
                table.live.insert(tgid, Known { fact: child_of(fact), published: fact.in_scope });
                tgid
            }
            _ => {
                table.live.insert(fact.origin.tgid, Known { fact: fact.clone(), published: fact.in_scope });
                fact.origin.tgid
            }
        };
        if table.wanted.remove(&tgid) {
            publish.extend(table.live.get_mut(&tgid).and_then(Known::publish_late));
        }
        publish
    }

    /// Publishes a process that came into scope after its last fact, once; one that is not known yet as soon as it is.
    pub fn publish_late(&self, tgid: u32, emitter: &Emitter) {
        let mut table = self.lock();
        let Some(known) = table.live.get_mut(&tgid) else {
            table.wanted.insert(tgid);
            return;
        };
        let fact = known.publish_late();
        drop(table);
        if let Some(fact) = fact {
            let (header, body) = record(&fact);
            emitter.json(Kind::Process, header, &body);
        }
    }

    /// A process that calls without having been told of: it came into scope by becoming another user. Gives its fact, once.
    pub fn take_unpublished(&self, tgid: u32) -> Option<ProcessFact> {
        self.lock().live.get_mut(&tgid).and_then(Known::publish_late)
    }

    /// Keys of all live program runs.
    pub fn keys(&self) -> Vec<u64> {
        self.lock().live.values().map(|known| known.fact.origin.process_key).collect()
    }
}

impl Known {
    /// The fact to publish, unless it was published before.
    fn publish_late(&mut self) -> Option<ProcessFact> {
        if std::mem::replace(&mut self.published, true) {
            return None;
        }
        let state = if self.fact.state == ProcessState::Exec { ProcessState::Exec } else { ProcessState::Seen };
        Some(ProcessFact { state, in_scope: true, ..self.fact.clone() })
    }
}

/// What is known of a child from the fork that made it.
fn child_of(fork: &ProcessFact) -> ProcessFact {
    let (tgid, key) = fork.child.unwrap_or_default();
    let mut fact = ProcessFact { state: ProcessState::Seen, parent_key: fork.origin.process_key, ..fork.clone() };
    fact.ppid = fork.origin.tgid;
    (fact.origin.tgid, fact.origin.tid, fact.origin.process_key) = (tgid, tgid, key);
    fact
}

/// The `process` record of a fact.
pub(crate) fn record(fact: &ProcessFact) -> (Header, Value) {
    let origin = &fact.origin;
    let header = Header {
        entry_ns: origin.time_ns,
        return_ns: origin.time_ns,
        tgid: origin.tgid,
        tid: origin.tid,
        process_key: origin.process_key,
        cgroup_id: origin.cgroup_id,
        ..Header::default()
    };
    let mut body = kernel_facts(fact);
    enrich(fact, &mut body);
    (header, Value::Object(body))
}

fn kernel_facts(fact: &ProcessFact) -> Map<String, Value> {
    let mut body = Map::new();
    let mut put = |name: &str, value: Value| body.insert(name.to_owned(), value);
    let state = match fact.state {
        ProcessState::Seen => "seen",
        ProcessState::Fork => "fork",
        ProcessState::Exec => "exec",
        ProcessState::Exit => "exit",
    };
    put("state", state.into());
    if fact.state == ProcessState::Exit {
        match fact.wait_status & 0x7f {
            0 => put("exit_code", (fact.wait_status >> 8 & 0xff).into()),
            signal => put("signal", signal.into()),
        };
        return body;
    }
    if let Some((tgid, key)) = fact.child.filter(|_| fact.state == ProcessState::Fork) {
        put("child_tgid", tgid.into());
        put("child_key", key.into());
    } else {
        put("ppid", fact.ppid.into());
    }
    if fact.parent_key != 0 && fact.state != ProcessState::Fork {
        put("parent_key", fact.parent_key.into());
    }
    put("uid", fact.uid.into());
    put("gid", fact.gid.into());
    put("comm", fact.comm.as_str().into());
    put("start_ns", fact.start_ns.into());
    body
}
