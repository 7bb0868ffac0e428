//! Whose bytes are whose: connections of clients that run many of them at once, forks, execs.
mod support;
use oisp_capture::engine::Config;
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use support::*;

const CONNECTION: u16 = 2;
const PROCESS: u16 = 3;

/// Runs a client script; its standard output.
fn client(program: &str, folder: &Folder, script: &str, arguments: &[&str]) -> String {
    let mut child = Command::new(program)
        .arg("-")
        .arg(folder.file("cert.pem"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let out = child.wait_with_output().unwrap();
    assert!(out.status.success());
    String::from_utf8(out.stdout).unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Local port of every bound connection.
fn ports(all: &[Record]) -> HashMap<u64, Value> {
    let bound = all.iter().filter(|r| r.is(CONNECTION, "bound"));
    bound.map(|r| (r.conn_id, r.json()["local"]["port"].clone())).collect()
}

/// Every answer must have come on the connection of its question, and that connection must be the socket that the
/// server saw. Gives the number of calls.
fn assert_no_mix_up(all: &[Record], prefix: &str) -> usize {
    let ports = ports(all);
    let mut calls = 0;
    for id in connections_that_sent(all, prefix) {
        let (sent, received) = (text(&stream(all, id, 1)), text(&stream(all, id, 2)));
        let asked: Vec<&str> = sent.split("GET ").skip(1).filter_map(|s| s.split(' ').next()).collect();
        let answers = received.split("port=").skip(1).map(|a| a.split([' ', '=']).collect::<Vec<_>>());
        let answered: Vec<(String, String)> = answers.map(|a| (a[0].to_owned(), a[2].to_owned())).collect();
        assert_eq!(answered.iter().map(|a| a.1.as_str()).collect::<Vec<_>>(), asked, "connection {id}");
        let bound = ports.get(&id).unwrap_or_else(|| panic!("connection {id} is unbound")).to_string();
        assert!(answered.iter().all(|a| a.0 == *bound), "connection {id} is bound to {bound}: {answered:?}");
        calls += asked.len();
    }
    calls
}

const ASYNCIO: &str = r#"
import asyncio, ssl, sys
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
    let Some(library) = library_of("/usr/bin/curl", "libssl") else { return skip("no libssl") };
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
    let Some(library) = library_of("/usr/bin/curl", "libssl") else { return skip("no libssl") };
    parallel("/usr/bin/python3", ASYNCIO, &library, "calls-asyncio", 16, |c| c.force_socket_calls = true);
}

#[test]
fn node_is_told_apart_on_kernels_without_socket_tracepoints() {
    let Some(node) = node() else { return skip("no node") };
    parallel("node", NODE, &node, "calls-node", 16, |c| c.force_socket_calls = true);
}

const SEQUENTIAL: &str = r#"
import http.client, ssl, sys
context = ssl.create_default_context(cafile=sys.argv[1])
connection = http.client.HTTPSConnection("localhost", int(sys.argv[2]), context=context)
for k in range(200):
    connection.request("GET", "/%s-%d" % (sys.argv[3], k))
    connection.getresponse().read()
"#;

#[test]
fn two_hundred_calls_on_one_connection_are_two_hundred_pairs() {
    let Some(library) = library_of("/usr/bin/curl", "libssl") else { return skip("no libssl") };
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

const FORKED: &str = r#"
import os, socket, ssl, sys
context = ssl.create_default_context(cafile=sys.argv[1])
secure = context.wrap_socket(socket.create_connection(("localhost", int(sys.argv[2]))), server_hostname="localhost")
def ask(path):
    secure.sendall(b"GET /%s HTTP/1.1\r\nHost: localhost\r\n\r\n" % path)
    data = b""
    while not data.endswith(b"from-%s" % path) and b"got=0" not in data: data += secure.recv(4096)
ask(b"forked-parent")
child = os.fork()
if not child:
    ask(b"forked-child")
    os._exit(0)
os.waitpid(child, 0)
print(os.getpid(), child)
"#;

#[test]
fn a_connection_inherited_by_fork_is_a_new_one_joined_late() {
    let Some(library) = library_of("/usr/bin/curl", "libssl") else { return skip("no libssl") };
    let Some(engine) = session(|_| {}) else { return };
    let folder = Folder::new("forked");
    let (_server, port) = server(&folder, &[]);
    attach(&engine, &library);
    let pids = client("/usr/bin/python3", &folder, FORKED, &[&port.to_string()]);
    let pids: Vec<u32> = pids.split_whitespace().map(|p| p.parse().unwrap()).collect();
    let mut all = Vec::new();
    finish(&engine, &mut all);
    let (parent, child) = (connections_that_sent(&all, "/forked-parent"), connections_that_sent(&all, "/forked-child"));
    assert_eq!((parent.len(), child.len()), (1, 1));
    assert_ne!(parent, child);
    let opened = |id: u64| all.iter().find(|r| r.conn_id == id && r.is(CONNECTION, "opened")).unwrap();
    assert_eq!((opened(parent[0]).tgid, opened(child[0]).tgid), (pids[0], pids[1]));
    assert!(opened(parent[0]).json().get("joined_late").is_none());
    assert_eq!(opened(child[0]).json()["joined_late"], true);
    assert_ne!(opened(parent[0]).process_key, opened(child[0]).process_key);
    // the fork itself ties the two program runs together
    let fork = all.iter().find(|r| r.is(PROCESS, "fork") && r.json()["child_tgid"] == pids[1]).unwrap();
    assert_eq!(fork.process_key, opened(parent[0]).process_key);
    assert_eq!(fork.json()["child_key"], opened(child[0]).process_key);
}

#[test]
fn an_exec_ends_the_connections_of_the_program_before_it() {
    let Some(library) = library_of("/usr/bin/curl", "libssl") else { return skip("no libssl") };
    let Some(engine) = session(|_| {}) else { return };
    let folder = Folder::new("exec");
    let (_server, port) = server(&folder, &[]);
    attach(&engine, &library);
    let script = FORKED.split("child = os.fork()").next().unwrap().replace("forked-parent", "before-exec")
        + "print(os.getpid(), flush=True)\nos.execv('/bin/sh', ['sh', '-c', 'sleep 0.3; exit 3'])\n";
    let mut child = Command::new("/usr/bin/python3")
        .args(["-c", &script])
        .arg(folder.file("cert.pem"))
        .arg(port.to_string())
        .spawn()
        .unwrap();
    let pid = child.id();
    assert_eq!(child.wait().unwrap().code(), Some(3));
    let mut all = Vec::new();
    let has_ended = |r: &Record| r.is(PROCESS, "exit") && r.tgid == pid;
    read_until(&engine, &mut all, |all| all.iter().any(has_ended));
    finish(&engine, &mut all);
    let exec = all
        .iter()
        .find(|r| r.is(PROCESS, "exec") && r.tgid == pid && r.json()["args"][1] == "-c" && r.json()["args"][0] == "sh");
    let exec = exec.expect("an exec record with arguments");
    let ids = connections_that_sent(&all, "/before-exec");
    let closed = all.iter().find(|r| r.conn_id == ids[0] && r.is(CONNECTION, "closed")).unwrap();
    assert_eq!(exec.json()["parent_key"], closed.process_key, "closed for the old program run");
    let exit = all.iter().find(|r| has_ended(r)).unwrap();
    assert_eq!((&exit.json()["exit_code"], exit.process_key), (&3.into(), exec.process_key));
    assert!(closed.entry_ns < exit.entry_ns, "not only at the end");
}

#[test]
fn ids_are_never_used_twice_and_numbers_have_no_holes() {
    let Some(library) = library_of("/usr/bin/curl", "libssl") else { return skip("no libssl") };
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
