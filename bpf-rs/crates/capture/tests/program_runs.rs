//! Connections belong to one run of one program: fork, exec, exec in the middle of a call.
mod support;
use std::process::Command;
use support::*;

const CONNECTION: u16 = 2;
const PROCESS: u16 = 3;

const FORKED: &str = r#"
import os, signal, socket, ssl, sys
signal.alarm(60)
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
    let Some(library) = libssl() else { return };
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
    let Some(library) = libssl() else { return };
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

const EXEC_IN_CALL: &str = r#"
import os, signal, socket, ssl, sys, threading, time
signal.alarm(60)
context = ssl.create_default_context(cafile=sys.argv[1])
def dial(): return context.wrap_socket(socket.create_connection(("localhost", int(sys.argv[2]))), server_hostname="localhost")
if len(sys.argv) > 3:
    secure = dial()
    secure.sendall(b"GET /after-exec HTTP/1.1\r\nHost: localhost\r\n\r\n")
    data = b""
    while b"path=/after-exec got=0" not in data: data += secure.recv(4096)
else:
    waiting = [dial() for _ in range(4)]
    for secure in waiting: threading.Thread(target=secure.recv, args=(1,), daemon=True).start()
    time.sleep(0.2)
    os.execv(sys.executable, [sys.executable, sys.argv[0], *sys.argv[1:3], "again"])
"#;

#[test]
fn calls_under_way_at_an_exec_leave_no_trace_in_the_next_program() {
    let Some(library) = libssl() else { return };
    let Some(engine) = session(|_| {}) else { return };
    let folder = Folder::new("exec-in-call");
    let (_server, port) = server(&folder, &[]);
    attach(&engine, &library);
    let script = folder.file("client.py");
    std::fs::write(&script, EXEC_IN_CALL).unwrap();
    let mut child = Command::new("/usr/bin/python3")
        .arg(&script)
        .arg(folder.file("cert.pem"))
        .arg(port.to_string())
        .spawn()
        .unwrap();
    assert!(child.wait().unwrap().success());
    let mut all = Vec::new();
    finish(&engine, &mut all);
    let ids = connections_that_sent(&all, "/after-exec");
    assert_eq!(ids.len(), 1, "captured, and not taken for a tunnel inside the calls before");
    assert_eq!(assert_no_mix_up(&all, "/after-exec"), 1);
    let of_child = |state: &str| all.iter().filter(|r| r.is(CONNECTION, state) && r.tgid == child.id()).count();
    assert_eq!((of_child("opened"), of_child("closed")), (5, 5));
}
