//! Bytes and facts come from two rings; a reader gets them in the order in which they happened.
mod support;
use support::*;

const DATA: u16 = 1;
const PROCESS: u16 = 3;
const TURNS: usize = 7;

/// What an agent does: it asks, then starts a program, then tells what that gave.
const TURN_BY_TURN: &str = r#"
import os, signal, socket, ssl, subprocess, sys
signal.alarm(60)
context = ssl.create_default_context(cafile=sys.argv[1])
secure = context.wrap_socket(socket.create_connection(("localhost", int(sys.argv[2]))), server_hostname="localhost")
for turn in range(int(sys.argv[3])):
    path = b"turn-%d" % turn
    secure.sendall(b"GET /%s HTTP/1.1\r\nHost: localhost\r\n\r\n" % path)
    data = b""
    while not data.endswith(b"from-%s" % path) and b"got=0" not in data: data += secure.recv(4096)
    subprocess.run(["/bin/true"], check=True)
print(os.getpid())
"#;

#[test]
fn what_a_process_reads_comes_before_what_it_starts_next() {
    let Some(library) = libssl() else { return };
    let Some(engine) = session(|_| {}) else { return };
    let folder = Folder::new("order");
    let (_server, port) = server(&folder, &[]);
    attach(&engine, &library);
    let told = client("/usr/bin/python3", &folder, TURN_BY_TURN, &[&port.to_string(), &TURNS.to_string()]);
    let pid: u32 = told.trim().parse().unwrap();
    let mut all = Vec::new();
    finish(&engine, &mut all);
    let turns: Vec<(u64, u16)> = all
        .iter()
        .filter(|r| r.tgid == pid && (r.kind == DATA || r.is(PROCESS, "fork")))
        .map(|r| (r.return_ns, r.kind))
        .collect();
    assert_eq!(turns.iter().filter(|(_, kind)| *kind == PROCESS).count(), TURNS);
    assert!(turns.is_sorted_by_key(|(time, _)| *time), "{turns:?}");
}

const CHAIN: &str = r##"
import os, signal, subprocess, sys
signal.alarm(60)
script = os.path.dirname(sys.argv[1]) + "/script"
with open(script, "w") as file: file.write("#!/usr/bin/env sh\nexec /usr/bin/nice /bin/true\n")
os.chmod(script, 0o755)
for _ in range(5): subprocess.run([script], check=True)
"##;

#[test]
fn a_program_that_starts_another_in_its_place_keeps_its_own_name() {
    let Some(engine) = session(|_| {}) else { return };
    let folder = Folder::new("chain");
    std::fs::write(folder.file("cert.pem"), "").unwrap();
    client("/usr/bin/python3", &folder, CHAIN, &[]);
    let mut all = Vec::new();
    finish(&engine, &mut all);
    let script = folder.file("script").display().to_string();
    let ours = |r: &&Record| r.is(PROCESS, "exec") && r.json()["args"].to_string().contains(&script);
    let runs: std::collections::HashSet<u32> = all.iter().filter(ours).map(|r| r.tgid).collect();
    assert_eq!(runs.len(), 5);
    for pid in runs {
        let programs: Vec<String> = all
            .iter()
            .filter(|r| r.tgid == pid && r.is(PROCESS, "exec"))
            .map(|r| r.json()["exe"].as_str().unwrap_or("").rsplit('/').next().unwrap_or("").replace("dash", "sh"))
            .collect();
        assert_eq!(programs, ["env", "sh", "nice", "true"]);
    }
}
