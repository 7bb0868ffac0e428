//! Control facts -> records, and what has to be remembered for that: which connections are open, which processes live.
use super::commands::call;
use super::control_ring::{ControlFact, parse};
use super::fact::{KernelFact, ProcessFact, ProcessState};
use super::host::Host;
use super::kinds::library;
use super::mapped::MappedWatch;
use super::maps::{ConnectionKey, ControlConnection, ControlHead, ControlLoss, Endpoints, value_of};
use super::processes::record;
use crate::account::reason;
use crate::discover::Discovery;
use crate::record::{Header, Kind, append_json};
use libbpf_rs::{MapCore as _, MapHandle, Object};
use serde_json::{Map, Value, json};
use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

/// Owned by the drain thread.
pub(crate) struct Sorter {
    pub host: Arc<Host>,
    pub discovery: Arc<Discovery>,
    pub commands: Arc<Object>,
    pub connections: MapHandle,
    pub mapped: Option<MappedWatch>,
    /// Connections whose opening was told.
    pub known: HashSet<u64>,
    /// Closed, but records of them may still lie in the payload ring.
    pub closed: Vec<u64>,
}

fn header(head: &ControlHead, conn_id: u64) -> Header {
    Header {
        entry_ns: head.time_ns,
        return_ns: head.time_ns,
        tgid: head.tgid,
        tid: head.tid,
        process_key: head.process_key,
        cgroup_id: head.cgroup_id,
        conn_id,
        ..Header::default()
    }
}

impl Sorter {
    /// Whether the opening of a connection was told.
    pub fn knows(&self, conn_id: u64) -> bool {
        self.known.contains(&conn_id)
    }

    /// A connection is known from now on, even if its opening was lost.
    pub fn meet(&mut self, conn_id: u64) {
        self.known.insert(conn_id);
    }

    /// The payload ring is empty: nothing of a closed connection comes any more.
    pub fn forget_closed(&mut self) {
        for id in self.closed.drain(..) {
            self.known.remove(&id);
        }
    }

    /// Hands new executable mappings to discovery.
    pub fn mapped(&mut self) {
        if let Some(watch) = &mut self.mapped {
            watch.consume(|mapping| self.discovery.fact(KernelFact::Mapped(mapping)));
        }
    }

    /// One record of the control ring.
    pub fn control(&mut self, bytes: &[u8], batch: &mut Vec<u8>) {
        match parse(bytes) {
            Some(ControlFact::Process(fact)) => self.process(*fact, batch),
            Some(ControlFact::Opened(c)) => self.opened(&c, batch),
            Some(ControlFact::Bound(c)) => bound(&c, batch),
            Some(ControlFact::Closed(c)) => self.connection_closed(&c, batch),
            Some(ControlFact::Loss(l)) => loss(&l, batch),
            None => {}
        }
    }

    fn process(&mut self, fact: ProcessFact, batch: &mut Vec<u8>) {
        for published in self.host.processes.note(&fact) {
            let (header, body) = record(&published);
            append_json(batch, Kind::Process, &header, &body);
        }
        match fact.state {
            ProcessState::Exec => self.end_of_process(fact.parent_key),
            ProcessState::Exit => self.end_of_process(fact.origin.process_key),
            ProcessState::Seen | ProcessState::Fork => {}
        }
        self.discovery.fact(KernelFact::Process(fact));
    }

    /// The connections of a program run that is no more. Their `closed` facts come through the control ring.
    fn end_of_process(&self, process_key: u64) {
        for key in self.host.keys.of_process(process_key) {
            self.end(&key);
        }
    }

    fn end(&self, key: &ConnectionKey) {
        // a connection that ended by itself in between is no error
        let _ = call(&self.commands, "end_connection", key);
    }

    fn all_keys(&self) -> Vec<ConnectionKey> {
        self.connections.keys().filter_map(|bytes| value_of(&bytes)).collect()
    }

    /// Ends every connection that is still open; for the end of the session.
    pub fn end_connections(&self) {
        self.all_keys().iter().for_each(|key| self.end(key));
    }

    /// Facts were lost: ends connections of program runs that are not alive any more.
    pub fn resync(&self) {
        let alive: HashSet<u64> = self.host.processes.keys().into_iter().collect();
        self.all_keys().iter().filter(|key| !alive.contains(&key.process_key)).for_each(|key| self.end(key));
    }

    fn opened(&mut self, c: &ControlConnection, batch: &mut Vec<u8>) {
        self.known.insert(c.conn_id);
        if let Some(mut fact) = self.host.processes.take_unpublished(c.head.tgid) {
            (fact.uid, fact.gid) = self.host.scope.owner(c.head.tgid).unwrap_or((fact.uid, fact.gid));
            let (header, body) = record(&fact);
            append_json(batch, Kind::Process, &header, &body);
        }
        let key = ConnectionKey { process_key: c.head.process_key, object: c.object };
        self.host.keys.insert(c.conn_id, key);
        let mut body = Map::new();
        body.insert("state".into(), "opened".into());
        body.insert("library".into(), library(c.library).into());
        if c.joined_late != 0 {
            body.insert("joined_late".into(), true.into());
        }
        append_json(batch, Kind::Connection, &header(&c.head, c.conn_id), &Value::Object(body));
    }

    fn connection_closed(&mut self, c: &ControlConnection, batch: &mut Vec<u8>) {
        self.host.keys.remove(c.conn_id);
        self.closed.push(c.conn_id);
        let body = json!({
            "state": "closed", "sent_end": c.sent_end, "received_end": c.received_end, "seen_bytes": c.seen_bytes,
            "captured_bytes": c.captured_bytes, "skipped_bytes": c.skipped_bytes, "lost_bytes": c.lost_bytes,
        });
        append_json(batch, Kind::Connection, &header(&c.head, c.conn_id), &body);
    }
}

fn bound(c: &ControlConnection, batch: &mut Vec<u8>) {
    let mut body = Map::new();
    body.insert("state".into(), "bound".into());
    if let Some((local, remote)) = addresses(&c.endpoints) {
        body.insert("local".into(), json!({"ip": local.to_string(), "port": c.endpoints.local_port}));
        body.insert("remote".into(), json!({"ip": remote.to_string(), "port": c.endpoints.remote_port}));
    }
    let binding = ["unbound", "nested", "after", "before", "struct", "prefix"];
    body.insert("binding".into(), binding.get(usize::from(c.binding)).copied().unwrap_or("unknown").into());
    if c.endpoints.accepted != 0 {
        body.insert("server_side".into(), true.into());
    }
    let header = Header { binding: c.binding, ..header(&c.head, c.conn_id) };
    append_json(batch, Kind::Connection, &header, &Value::Object(body));
}

/// Local and remote address; IPv4 inside IPv6 as IPv4.
fn addresses(e: &Endpoints) -> Option<(IpAddr, IpAddr)> {
    let four = |b: [u8; 16]| IpAddr::V4(Ipv4Addr::new(b[0], b[1], b[2], b[3]));
    let six = |b: [u8; 16]| Ipv6Addr::from(b).to_canonical();
    match e.family {
        4 => Some((four(e.local_ip), four(e.remote_ip))),
        6 => Some((six(e.local_ip), six(e.remote_ip))),
        _ => None,
    }
}

fn loss(l: &ControlLoss, batch: &mut Vec<u8>) {
    let (name, is_skipped) = reason(l.reason);
    let mut body = Map::new();
    body.insert("reason".into(), name.into());
    body.insert("bytes".into(), l.bytes.into());
    body.insert("direction".into(), l.direction.into());
    body.insert("offset".into(), l.offset.into());
    if is_skipped {
        body.insert("skipped".into(), true.into());
    }
    let header = Header { stream_offset: l.offset, direction: l.direction, ..header(&l.head, l.conn_id) };
    append_json(batch, Kind::Loss, &header, &Value::Object(body));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv4_address_inside_ipv6_is_told_as_ipv4() {
        let mut ip = [0u8; 16];
        (ip[10], ip[11], ip[12], ip[15]) = (255, 255, 127, 1);
        let e = Endpoints {
            cookie: 1,
            local_ip: ip,
            remote_ip: [0; 16],
            local_port: 1,
            remote_port: 2,
            family: 6,
            accepted: 0,
            reserved_0: 0,
        };
        let (local, remote) = addresses(&e).unwrap();
        assert_eq!((local.to_string(), remote.to_string()), ("127.0.0.1".into(), "::".into()));
        assert!(addresses(&Endpoints { family: 0, ..e }).is_none());
    }
}
