//! Verdicts: what the kernel copies of a connection from now on.
mod support;
use oisp_capture::engine::Engine;
use support::*;

const DATA: u16 = 1;
const CONNECTION: u16 = 2;
const LOSS: u16 = 6;
const HEADS: u32 = 1;
const STOP: u32 = 2;

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
