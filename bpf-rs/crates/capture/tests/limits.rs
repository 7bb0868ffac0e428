//! What is cut, lost or left out is counted: limits, a ring too small for a flood, full maps.
mod support;
use support::*;

const DATA: u16 = 1;
const LOSS: u16 = 6;

/// The kernel's counters are what the records say: bytes of data records, and bytes of loss records reason by reason. And the
/// records' numbers have no hole, whatever the kernel lost: a loss shows in offsets and loss records only.
fn assert_accounted(all: &[Record]) {
    let account = account(all);
    let captured: u64 = all.iter().filter(|r| r.kind == DATA).map(|r| r.payload.len() as u64).sum();
    assert_eq!(account["captured"], captured, "{account}");
    let mut told = std::collections::BTreeMap::<String, u64>::new();
    for loss in all.iter().filter(|r| r.kind == LOSS).map(Record::json) {
        *told.entry(loss["reason"].as_str().unwrap().to_owned()).or_default() += loss["bytes"].as_u64().unwrap();
    }
    for side in ["lost", "skipped"] {
        for (reason, bytes) in account[side].as_object().unwrap() {
            assert_eq!(told.remove(reason).map(serde_json::Value::from).as_ref(), Some(bytes), "{reason}: {account}");
        }
    }
    assert!(told.is_empty(), "{told:?} beside {account}");
    assert!(all.iter().zip(0u64..).all(|(record, number)| record.seq == number), "a hole in the numbers");
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
    assert_eq!(engine.stats()["control_lost"], 0);
    assert_accounted(&all);
    for id in connections_that_sent(&all, "/flood-") {
        assert_whole(&all, id);
        assert_other_losses_told(&all, id);
    }
}

/// A record that says bytes of the other direction were lost before it stands before a hole of that direction, and there are some.
fn assert_other_losses_told(all: &[Record], conn: u64) {
    const OTHER_LOST: u32 = 64;
    let data: Vec<&Record> = all.iter().filter(|r| r.kind == DATA && r.conn_id == conn).collect();
    let mut told = 0;
    for (at, record) in data.iter().enumerate().filter(|(_, r)| r.flags & OTHER_LOST != 0) {
        let other = |r: &&&Record| r.direction != record.direction;
        let end = data[..at].iter().rfind(other).map_or(0, |r| r.offset + r.payload.len() as u64);
        if let Some(next) = data[at..].iter().find(other) {
            assert!(next.offset > end, "no hole at {end} in direction {}", next.direction);
        }
        told += 1;
    }
    assert!(told > 0, "a flood both ways, and no record says that the other direction lost bytes");
}

#[test]
fn a_reader_that_stands_still_costs_bytes_that_are_counted_and_no_memory() {
    let Some(library) = libssl() else { return };
    let small = |c: &mut oisp_capture::engine::Config| {
        c.queue_bytes = 1 << 20;
        c.payload_ring_bytes = 1 << 20;
    };
    let Some(engine) = session(small) else { return };
    let folder = Folder::new("stalled");
    let (_server, port) = server(&folder, &[]);
    attach(&engine, &library);
    let mut client = Client::new(&folder, port);
    for n in 0..10 {
        client.ask("POST", &format!("/stalled-{n}"), 1 << 20, 1 << 20);
    }
    // the queue ends with the batch that filled it: limit, one batch, one record
    assert!(engine.stats()["queue_bytes"].as_u64().unwrap() < (2 << 20) + (64 << 10), "{}", engine.stats());
    client.end();
    let mut all = Vec::new();
    finish(&engine, &mut all);
    let account = account(&all);
    assert_balanced(&account);
    assert_accounted(&all);
    assert!(
        account["captured"].as_u64().unwrap() < 5 << 20 && account["seen"].as_u64().unwrap() > 20 << 20,
        "{account}"
    );
    for id in connections_that_sent(&all, "/stalled-") {
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
