//! What is cut, lost or left out is counted: limits, a ring too small for a flood, full maps, verdicts.
mod support;
use oisp_capture::engine::Engine;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use support::*;

const DATA: u16 = 1;
const CONNECTION: u16 = 2;
const LOSS: u16 = 6;
const HEADS: u32 = 1;
const STOP: u32 = 2;

fn libssl() -> Option<PathBuf> {
    let found = library_of("/usr/bin/curl", "libssl");
    if found.is_none() {
        skip("no libssl");
    }
    found
}

/// A Python client that makes one request per line of its input: `METHOD PATH SENT_BYTES RECEIVED_BYTES`.
struct Client {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

const CLIENT: &str = r#"
import http.client, ssl, sys
context = ssl.create_default_context(cafile=sys.argv[1])
connection = http.client.HTTPSConnection("localhost", int(sys.argv[2]), context=context)
for line in sys.stdin:
    method, path, sent, received = line.split()
    connection.request(method, path, b"b" * int(sent), {"X-Size": received})
    print(len(connection.getresponse().read()), flush=True)
"#;

impl Client {
    fn new(folder: &Folder, port: u16) -> Self {
        let mut child = Command::new("/usr/bin/python3")
            .args(["-c", CLIENT])
            .arg(folder.file("cert.pem"))
            .arg(port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (input, output) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Self { child, input, output }
    }

    fn ask(&mut self, method: &str, path: &str, sent: usize, received: usize) {
        writeln!(self.input, "{method} {path} {sent} {received}").unwrap();
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        assert!(line.trim().parse::<usize>().unwrap() >= received);
    }

    fn end(mut self) {
        drop(self.input);
        assert!(self.child.wait().unwrap().success());
    }
}

/// Everything of a connection adds up: offsets, holes, end offsets.
fn assert_whole(all: &[Record], id: u64) {
    let closed = all.iter().find(|r| r.conn_id == id && r.is(CONNECTION, "closed")).unwrap().json();
    for (direction, end) in [(1, "sent_end"), (2, "received_end")] {
        let data = all.iter().filter(|r| r.kind == DATA && r.conn_id == id && r.direction == direction);
        let mut pieces: Vec<(u64, u64)> = data.map(|r| (r.offset, r.payload.len() as u64)).collect();
        let told = all.iter().filter(|r| r.kind == LOSS && r.conn_id == id && r.direction == direction);
        pieces.extend(told.map(|r| (r.offset, r.json()["bytes"].as_u64().unwrap())));
        pieces.sort_unstable();
        let reached = pieces.iter().fold(0, |at, (offset, len)| {
            assert_eq!(*offset, at, "direction {direction} of connection {id}: {pieces:?}");
            at + len
        });
        assert_eq!(reached, closed[end].as_u64().unwrap(), "{closed}");
    }
    let number = |key: &str| closed[key].as_u64().unwrap();
    assert_eq!(number("seen_bytes"), number("captured_bytes") + number("skipped_bytes") + number("lost_bytes"));
}

#[test]
fn a_ring_too_small_for_a_flood_loses_bytes_and_says_which() {
    let Some(library) = libssl() else { return };
    let Some(engine) = session(|c| c.payload_ring_bytes = 256 << 10) else { return };
    let folder = Folder::new("flood");
    let (_server, port) = server(&folder, &[]);
    attach(&engine, &library);
    let mut client = Client::new(&folder, port);
    // nobody polls, but the drain thread does; 20 MB outrun it
    for n in 0..20 {
        client.ask("POST", &format!("/flood-{n}"), 1 << 20, 1 << 20);
    }
    client.end();
    let mut all = Vec::new();
    finish(&engine, &mut all);
    let account = account(&all);
    assert_balanced(&account);
    assert!(account["seen"].as_u64().unwrap() > 40 << 20);
    let lost = &account["lost"];
    assert!(lost["ring_full"].as_u64().unwrap_or(0) + lost["share"].as_u64().unwrap_or(0) > 0, "{account}");
    for id in connections_that_sent(&all, "/flood-") {
        assert_whole(&all, id);
    }
}

#[test]
fn a_call_above_its_limit_is_cut_marked_and_counted() {
    let Some(library) = libssl() else { return };
    let Some(engine) = session(|c| c.call_limit_bytes = 40_000) else { return };
    let folder = Folder::new("call-limit");
    let (_server, port) = server(&folder, &[]);
    attach(&engine, &library);
    let mut client = Client::new(&folder, port);
    client.ask("POST", "/call-limit", 100_000, 10);
    client.ask("POST", "/after-limit", 10, 10);
    client.end();
    let mut all = Vec::new();
    finish(&engine, &mut all);
    let ids = connections_that_sent(&all, "/call-limit");
    assert_eq!(connections_that_sent(&all, "/after-limit"), ids);
    let big: Vec<&Record> = all.iter().filter(|r| r.conn_id == ids[0] && r.call_total == 100_000).collect();
    assert_eq!(big.iter().map(|r| r.payload.len()).sum::<usize>(), 40_000);
    assert!(big.iter().all(|r| r.flags & 2 != 0), "truncated");
    assert_eq!(big.iter().map(|r| r.flags & 4 != 0).collect::<Vec<_>>(), [true, true, false], "more follows");
    assert!(account(&all)["lost"]["call_limit"].as_u64().unwrap() >= 60_000);
    assert_whole(&all, ids[0]);
}

#[test]
fn an_exchange_above_its_limit_is_cut_and_the_next_head_renews_it() {
    let Some(library) = libssl() else { return };
    let Some(engine) = session(|c| c.exchange_limit_bytes = 50_000) else { return };
    let folder = Folder::new("exchange-limit");
    let (_server, port) = server(&folder, &[]);
    attach(&engine, &library);
    let mut client = Client::new(&folder, port);
    client.ask("GET", "/exchange-one", 0, 200_000);
    client.ask("GET", "/exchange-two", 0, 200_000);
    client.end();
    let mut all = Vec::new();
    finish(&engine, &mut all);
    let ids = connections_that_sent(&all, "/exchange-one");
    assert_eq!(connections_that_sent(&all, "/exchange-two"), ids, "the second head was captured");
    let captured: usize = all.iter().filter(|r| r.kind == DATA && r.conn_id == ids[0]).map(|r| r.payload.len()).sum();
    assert!((90_000..=100_000).contains(&captured), "{captured}");
    assert!(account(&all)["lost"]["exchange_limit"].as_u64().unwrap() >= 300_000);
    assert_whole(&all, ids[0]);
}

#[test]
fn a_full_connection_map_is_counted_and_nothing_is_mixed_up() {
    let Some(library) = libssl() else { return };
    let Some(engine) = session(|c| c.max_connections = 1) else { return };
    let folder = Folder::new("map-full");
    let (_server, port) = server(&folder, &[]);
    attach(&engine, &library);
    let (mut one, mut two) = (Client::new(&folder, port), Client::new(&folder, port));
    for n in 0..3 {
        one.ask("POST", &format!("/full-one-{n}"), 1000, 1000);
        two.ask("POST", &format!("/full-two-{n}"), 1000, 1000);
    }
    one.end();
    two.end();
    let mut all = Vec::new();
    finish(&engine, &mut all);
    let account = account(&all);
    assert!(account["lost"]["map_full"].as_u64().unwrap() > 3 * 2000, "{account}");
    assert_balanced(&account);
}

fn verdict(engine: &Engine, conn_id: u64, sent_offset: u64, level: u32) -> i32 {
    let mut entry = [0u8; 24];
    entry[..8].copy_from_slice(&conn_id.to_le_bytes());
    entry[8..16].copy_from_slice(&sent_offset.to_le_bytes());
    entry[16..20].copy_from_slice(&level.to_le_bytes());
    engine.verdicts(&entry)
}

fn sent_end(all: &[Record], id: u64) -> u64 {
    let sent = all.iter().filter(|r| r.kind == DATA && r.conn_id == id && r.direction == 1);
    sent.map(|r| r.offset + r.payload.len() as u64).max().unwrap()
}

/// Bytes copied of a connection.
fn copied(all: &[Record], id: u64) -> usize {
    all.iter().filter(|r| r.kind == DATA && r.conn_id == id).map(|r| r.payload.len()).sum()
}

/// One request on a fresh connection, seen: client, connection, records so far.
fn first_call(engine: &Engine, folder: &Folder, port: u16, path: &str) -> (Client, u64, Vec<Record>) {
    let mut client = Client::new(folder, port);
    client.ask("GET", path, 0, 100);
    let mut all = Vec::new();
    read_until(engine, &mut all, |all| {
        let ids = connections_that_sent(all, path);
        ids.first().is_some_and(|id| all.iter().any(|r| r.conn_id == *id && r.kind == DATA && r.direction == 2))
    });
    let id = connections_that_sent(&all, path)[0];
    (client, id, all)
}

#[test]
fn after_a_stop_the_kernel_copies_nothing_and_counts_what_it_skips() {
    let Some(library) = libssl() else { return };
    let Some(engine) = session(|_| {}) else { return };
    let folder = Folder::new("stop");
    let (_server, port) = server(&folder, &[]);
    attach(&engine, &library);
    let (mut client, id, mut all) = first_call(&engine, &folder, port, "/stop-first");
    assert_eq!(verdict(&engine, id, sent_end(&all, id), STOP), 1);
    for _ in 0..5 {
        client.ask("POST", "/stop-later", 5000, 5000);
    }
    client.end();
    finish(&engine, &mut all);
    assert!(connections_that_sent(&all, "/stop-later").is_empty());
    assert!(copied(&all, id) < 2000);
    assert!(account(&all)["skipped"]["not_ai"].as_u64().unwrap() >= 50_000);
    assert!(all.iter().filter(|r| r.kind == LOSS && r.conn_id == id).all(|r| r.json()["skipped"] == true));
    assert_whole(&all, id);
    assert_balanced(&account(&all));
}

#[test]
fn a_verdict_made_before_the_last_write_is_ignored() {
    let Some(library) = libssl() else { return };
    let Some(engine) = session(|_| {}) else { return };
    let folder = Folder::new("late-verdict");
    let (_server, port) = server(&folder, &[]);
    attach(&engine, &library);
    let (mut client, id, mut all) = first_call(&engine, &folder, port, "/late-first");
    let offset = sent_end(&all, id);
    client.ask("POST", "/late-second", 10, 10);
    assert_eq!(verdict(&engine, id, offset, STOP), 0);
    assert_eq!(verdict(&engine, 1 << 50, 0, STOP), 0, "no such connection");
    assert_eq!(verdict(&engine, id, 1 << 40, 7), 0, "no such level");
    client.ask("POST", "/late-third", 10, 10);
    client.end();
    finish(&engine, &mut all);
    assert_eq!(connections_that_sent(&all, "/late-third"), [id]);
}

#[test]
fn under_heads_a_get_shows_its_head_and_a_post_opens_the_connection_whole() {
    let Some(library) = libssl() else { return };
    let Some(engine) = session(|_| {}) else { return };
    let folder = Folder::new("heads");
    let (_server, port) = server(&folder, &[]);
    attach(&engine, &library);
    let (mut client, id, mut all) = first_call(&engine, &folder, port, "/heads-first");
    assert_eq!(verdict(&engine, id, sent_end(&all, id), HEADS), 1);
    client.ask("GET", "/heads-get", 0, 50_000);
    let after_get = |all: &[Record]| all.iter().any(|r| r.flags & 8 != 0 && r.flags & 2 != 0 && r.conn_id == id);
    read_until(&engine, &mut all, after_get);
    let cut: Vec<&Record> = all.iter().filter(|r| r.conn_id == id && r.flags & 8 != 0).collect();
    assert!(cut.iter().all(|r| r.payload.len() <= 256));
    assert!(connections_that_sent(&all, "/heads-get") == [id]);
    client.ask("POST", "/heads-post", 50_000, 50_000);
    client.end();
    finish(&engine, &mut all);
    let post = all.iter().position(|r| r.conn_id == id && contains(&r.payload, b"/heads-post")).unwrap();
    assert!(copied(&all[post..], id) > 100_000, "both directions, whole");
    assert_eq!(account(&all)["skipped"]["not_ai"].as_u64().unwrap() as usize, skipped_in_heads(&all));
    assert_balanced(&account(&all));
}

/// What the records cut by `heads` leave out.
fn skipped_in_heads(all: &[Record]) -> usize {
    all.iter().filter(|r| r.kind == DATA && r.flags & 8 != 0).map(|r| r.call_total as usize - r.payload.len()).sum()
}

#[test]
fn stop_on_a_connection_joined_late_is_heads_at_most() {
    let Some(library) = libssl() else { return };
    let folder = Folder::new("late-stop");
    let (_server, port) = server(&folder, &[]);
    let mut client = Client::new(&folder, port);
    client.ask("GET", "/before", 0, 10);
    let Some(engine) = session(|_| {}) else { return };
    attach(&engine, &library);
    client.ask("GET", "/late-stop-one", 0, 10);
    let mut all = Vec::new();
    read_until(&engine, &mut all, |all| !connections_that_sent(all, "/late-stop-one").is_empty());
    let id = connections_that_sent(&all, "/late-stop-one")[0];
    let opened = all.iter().find(|r| r.conn_id == id && r.is(CONNECTION, "opened")).unwrap();
    assert_eq!(opened.json()["joined_late"], true);
    assert!(all.iter().filter(|r| r.kind == DATA && r.conn_id == id).all(|r| r.flags & 1 != 0));
    assert_eq!(verdict(&engine, id, sent_end(&all, id), STOP), 1);
    client.ask("POST", "/late-stop-two", 1000, 10);
    client.end();
    finish(&engine, &mut all);
    assert_eq!(connections_that_sent(&all, "/late-stop-two"), [id]);
}

#[test]
fn records_waste_at_most_thirty_percent_of_the_ring() {
    let source = include_str!("../bpf/copy.h");
    let sizes = source.split("COPY_INTO(").filter_map(|rest| rest.split(')').next()?.parse().ok());
    let mut classes: Vec<usize> = sizes.collect();
    classes.push(16_384); // CHUNK_MAX
    assert_eq!(classes.len(), 13);
    const HEADERS: usize = 96 + 8;
    for payload in [240, 1300, 16_384] {
        let class = classes.iter().find(|c| **c >= payload).unwrap();
        let waste = (class - payload) as f64 / (class + HEADERS) as f64;
        assert!(waste <= 0.3, "{payload}: {waste}");
    }
    let steps = classes.windows(2).map(|w| (w[1] + HEADERS) as f64 / (w[0] + HEADERS) as f64);
    assert!(steps.into_iter().all(|step| step <= 1.61));
}
