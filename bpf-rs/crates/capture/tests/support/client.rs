//! A Python client that asks when it is told to, and the sum that each of its connections must give.
use super::{Folder, Record, connections_that_sent, library_of, skip, stream};
use serde_json::Value;
use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

const DATA: u16 = 1;
const CONNECTION: u16 = 2;
const LOSS: u16 = 6;

/// The system's libssl; says that it is skipped where there is none.
pub fn libssl() -> Option<PathBuf> {
    let found = library_of("/usr/bin/curl", "libssl");
    if found.is_none() {
        skip("no libssl");
    }
    found
}

/// A Python client that makes one request per line of its input: `METHOD PATH SENT_BYTES RECEIVED_BYTES`.
pub struct Client {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

const CLIENT: &str = r#"
import http.client, signal, ssl, sys
signal.alarm(60)
context = ssl.create_default_context(cafile=sys.argv[1])
connection = http.client.HTTPSConnection("localhost", int(sys.argv[2]), context=context)
for line in sys.stdin:
    method, path, sent, received = line.split()
    connection.request(method, path, b"b" * int(sent), {"X-Size": received})
    print(len(connection.getresponse().read()), flush=True)
"#;

impl Client {
    pub fn new(folder: &Folder, port: u16) -> Self {
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

    pub fn ask(&mut self, method: &str, path: &str, sent: usize, received: usize) {
        writeln!(self.input, "{method} {path} {sent} {received}").unwrap();
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        assert!(line.trim().parse::<usize>().unwrap() >= received);
    }

    pub fn end(mut self) {
        drop(self.input);
        assert!(self.child.wait().unwrap().success());
    }
}

/// Everything of a connection adds up: offsets, holes, end offsets.
pub fn assert_whole(all: &[Record], id: u64) {
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

/// Runs a client script; its standard output.
pub fn client(program: &str, folder: &Folder, script: &str, arguments: &[&str]) -> String {
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
pub fn assert_no_mix_up(all: &[Record], prefix: &str) -> usize {
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
