//! Whose bytes are whose: connections of clients that run many of them at once.
mod support;
use oisp_capture::engine::Config;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use support::*;

const CONNECTION: u16 = 2;

const ASYNCIO: &str = r#"
import asyncio, signal, ssl, sys
signal.alarm(60)
context = ssl.create_default_context(cafile=sys.argv[1])
async def one(n):
    reader, writer = await asyncio.open_connection("localhost", int(sys.argv[2]), ssl=context)
    for k in range(3):
        writer.write(b"GET /%s-%d-%d HTTP/1.1\r\nHost: localhost\r\n\r\n" % (sys.argv[3].encode(), n, k))
        await writer.drain()
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split()[0])
        await reader.readexactly(length)
    writer.close()
async def main():
    await asyncio.gather(*[one(n) for n in range(int(sys.argv[4]))])
asyncio.run(main())
"#;

const NODE: &str = r#"
const [cert, port, name, count] = process.argv.slice(2);
const https = require("https");
const ca = require("fs").readFileSync(cert);
const agent = new https.Agent({ keepAlive: true, maxSockets: Number(count) });
const get = (path) => new Promise((done, fail) => {
  https.get({ host: "localhost", port, path, ca, agent, family: 4 }, (r) => { r.resume(); r.on("end", done); }).on("error", fail);
});
const one = async (n) => { for (let k = 0; k < 3; k++) await get(`/${name}-${n}-${k}`); };
Promise.all([...Array(Number(count)).keys()].map(one)).then(() => agent.destroy());
"#;

fn parallel(program: &str, script: &str, library: &Path, name: &str, count: usize, change: fn(&mut Config)) {
    let Some(engine) = session(change) else { return };
    let folder = Folder::new(name);
    let (_server, port) = server(&folder, &[]);
    attach(&engine, library);
    client(program, &folder, script, &[&port.to_string(), name, &count.to_string()]);
    let mut all = Vec::new();
    finish(&engine, &mut all);
    assert_eq!(assert_no_mix_up(&all, &format!("/{name}-")), count * 3);
    assert_balanced(&account(&all));
}

fn node() -> Option<PathBuf> {
    let out = Command::new("node").args(["-p", "process.execPath"]).output().ok()?;
    Some(PathBuf::from(String::from_utf8(out.stdout).ok()?.trim()))
}

#[test]
fn thirty_two_connections_of_asyncio_are_told_apart() {
    let Some(library) = libssl() else { return };
    parallel("/usr/bin/python3", ASYNCIO, &library, "asyncio", 32, |_| {});
}

#[test]
fn thirty_two_connections_of_node_are_told_apart() {
    let Some(node) = node() else { return skip("no node") };
    parallel("node", NODE, &node, "node", 32, |_| {});
}

#[test]
fn eight_connections_of_node_are_told_apart_with_perf_event_uprobes() {
    let Some(node) = node() else { return skip("no node") };
    parallel("node", NODE, &node, "node-perf", 8, |c| c.force_perf_uprobes = true);
}

#[test]
fn asyncio_is_told_apart_on_kernels_without_socket_tracepoints() {
    let Some(library) = libssl() else { return };
    parallel("/usr/bin/python3", ASYNCIO, &library, "calls-asyncio", 16, |c| c.force_socket_calls = true);
}

#[test]
fn node_is_told_apart_on_kernels_without_socket_tracepoints() {
    let Some(node) = node() else { return skip("no node") };
    parallel("node", NODE, &node, "calls-node", 16, |c| c.force_socket_calls = true);
}

const SEQUENTIAL: &str = r#"
import http.client, signal, ssl, sys
signal.alarm(60)
context = ssl.create_default_context(cafile=sys.argv[1])
connection = http.client.HTTPSConnection("localhost", int(sys.argv[2]), context=context)
for k in range(200):
    connection.request("GET", "/%s-%d" % (sys.argv[3], k))
    connection.getresponse().read()
"#;

#[test]
fn two_hundred_calls_on_one_connection_are_two_hundred_pairs() {
    let Some(library) = libssl() else { return };
    let Some(engine) = session(|_| {}) else { return };
    let folder = Folder::new("sequential");
    let (_server, port) = server(&folder, &[]);
    attach(&engine, &library);
    client("/usr/bin/python3", &folder, SEQUENTIAL, &[&port.to_string(), "sequential"]);
    let mut all = Vec::new();
    finish(&engine, &mut all);
    assert_eq!(connections_that_sent(&all, "/sequential-").len(), 1);
    assert_eq!(assert_no_mix_up(&all, "/sequential-"), 200);
}

#[test]
fn the_side_that_accepted_is_captured_and_marked_when_asked_for() {
    let Some(library) = libssl() else { return };
    let Some(engine) = session(|c| c.server_side = true) else { return };
    let folder = Folder::new("server-side");
    let (server, port) = server(&folder, &[]);
    attach(&engine, &library);
    client("/usr/bin/python3", &folder, SEQUENTIAL, &[&port.to_string(), "both-sides"]);
    let mut all = Vec::new();
    finish(&engine, &mut all);
    let asked = connections_that_sent(&all, "GET /both-sides-");
    let answered: Vec<u64> = connections_that_sent(&all, "path=/both-sides-");
    assert_eq!((asked.len(), answered.len()), (1, 1));
    let is_marked = |id: u64| all.iter().filter(|r| r.kind == 1 && r.conn_id == id).all(|r| r.flags & 32 != 0);
    assert!(is_marked(answered[0]) && !is_marked(asked[0]));
    assert!(all.iter().filter(|r| r.kind == 1 && r.conn_id == answered[0]).all(|r| r.tgid == server.0.id()));
    assert_eq!(stream(&all, asked[0], 1), stream(&all, answered[0], 2), "what one sends, the other receives");
    assert_eq!(stream(&all, asked[0], 2), stream(&all, answered[0], 1));
}

#[test]
fn ids_are_never_used_twice_and_numbers_have_no_holes() {
    let Some(library) = libssl() else { return };
    let Some(engine) = session(|_| {}) else { return };
    let folder = Folder::new("ids");
    let (_server, port) = server(&folder, &[]);
    attach(&engine, &library);
    for n in 0..10 {
        let url = format!("https://localhost:{port}/ids-{n}");
        Command::new("curl")
            .args(["-s", "-o", "/dev/null", "--cacert"])
            .arg(folder.file("cert.pem"))
            .arg(url)
            .status()
            .unwrap();
    }
    let mut all = Vec::new();
    finish(&engine, &mut all);
    assert!(connections_that_sent(&all, "/ids-").len() == 10);
    let opened: Vec<u64> = all.iter().filter(|r| r.is(CONNECTION, "opened")).map(|r| r.conn_id).collect();
    assert_eq!(opened.iter().collect::<HashSet<_>>().len(), opened.len());
    assert!(all.iter().enumerate().all(|(n, r)| r.seq == n as u64));
    assert_eq!(all[0].kind, 8, "a clock comes first");
}
