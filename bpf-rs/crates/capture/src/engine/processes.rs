//! Program runs that are alive, as far as the kernel told, and how they are published.
use super::emitter::Emitter;
use super::fact::{ProcessFact, ProcessState};
use crate::process::enrich;
use crate::record::{Header, Kind};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};

struct Known {
    fact: ProcessFact,
    published: bool,
}

/// Live processes by tgid.
#[derive(Default)]
pub(crate) struct Processes(Mutex<HashMap<u32, Known>>);

impl Processes {
    fn lock(&self) -> MutexGuard<'_, HashMap<u32, Known>> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Takes note of a fact. A fact in scope is to be published by the caller.
    pub fn note(&self, fact: &ProcessFact) {
        let mut known = self.lock();
        match fact.state {
            ProcessState::Exit => {
                known.remove(&fact.origin.tgid);
            }
            ProcessState::Fork => {
                if let Some((tgid, _)) = fact.child {
                    known.insert(
                        tgid,
                        Known {
                            fact: child_of(fact),
                            published: fact.in_scope,
                        },
                    );
                }
            }
            ProcessState::Seen | ProcessState::Exec => {
                known.insert(
                    fact.origin.tgid,
                    Known {
                        fact: fact.clone(),
                        published: fact.in_scope,
                    },
                );
            }
        }
    }

    /// Publishes a process that came into scope after its last fact, once.
    pub fn publish_late(&self, tgid: u32, emitter: &Emitter) {
        let fact = self
            .lock()
            .get_mut(&tgid)
            .filter(|known| !known.published)
            .map(|known| {
                known.published = true;
                let state = if known.fact.state == ProcessState::Exec {
                    ProcessState::Exec
                } else {
                    ProcessState::Seen
                };
                ProcessFact {
                    state,
                    in_scope: true,
                    ..known.fact.clone()
                }
            });
        if let Some(fact) = fact {
            let (header, body) = record(&fact);
            emitter.json(Kind::Process, header, &body);
        }
    }

    /// Keys of all live program runs.
    pub fn keys(&self) -> Vec<u64> {
        self.lock()
            .values()
            .map(|known| known.fact.origin.process_key)
            .collect()
    }
}

/// What is known of a child from the fork that made it.
fn child_of(fork: &ProcessFact) -> ProcessFact {
    let (tgid, key) = fork.child.unwrap_or_default();
    let mut fact = ProcessFact {
        state: ProcessState::Seen,
        parent_key: fork.origin.process_key,
        ..fork.clone()
    };
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
