//! Running the kernel programs of `bpf/command.bpf.c`, and which connection has which key there.
use super::load::program;
use super::maps::{ConnectionKey, Plain, bytes_of};
use libbpf_rs::{Object, ProgramInput};
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard};

/// Runs a command with its request; the program's result.
pub(crate) fn call<T: Plain>(commands: &Object, name: &str, request: &T) -> Result<u32, String> {
    let mut context = bytes_of(request).to_vec();
    let input = ProgramInput { context_in: Some(&mut context), ..ProgramInput::default() };
    program(commands, name)?.test_run(input).map(|output| output.return_value).map_err(|e| format!("{name}: {e}"))
}

#[derive(Default)]
struct Keys {
    by_id: HashMap<u64, ConnectionKey>,
    by_process: HashMap<u64, HashSet<u64>>,
}

/// Kernel keys of open connections, by `conn_id`.
#[derive(Default)]
pub(crate) struct ConnectionKeys(Mutex<Keys>);

impl ConnectionKeys {
    fn lock(&self) -> MutexGuard<'_, Keys> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    pub fn get(&self, conn_id: u64) -> Option<ConnectionKey> {
        self.lock().by_id.get(&conn_id).copied()
    }

    pub fn len(&self) -> usize {
        self.lock().by_id.len()
    }

    pub fn insert(&self, conn_id: u64, key: ConnectionKey) {
        let mut keys = self.lock();
        keys.by_id.insert(conn_id, key);
        keys.by_process.entry(key.process_key).or_default().insert(conn_id);
    }

    pub fn remove(&self, conn_id: u64) {
        let mut keys = self.lock();
        let Some(key) = keys.by_id.remove(&conn_id) else { return };
        if let Some(of_process) = keys.by_process.get_mut(&key.process_key) {
            of_process.remove(&conn_id);
            if of_process.is_empty() {
                keys.by_process.remove(&key.process_key);
            }
        }
    }

    /// Connections of one program run.
    pub fn of_process(&self, process_key: u64) -> Vec<ConnectionKey> {
        let keys = self.lock();
        let ids = keys.by_process.get(&process_key).into_iter().flatten();
        ids.filter_map(|id| keys.by_id.get(id).copied()).collect()
    }
}
