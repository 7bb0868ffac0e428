//! A session, a TLS server and a reader of records for the kernel tests.
#![allow(dead_code, reason = "each test file uses a part")]
mod client;
mod operations;
mod skip;
#[allow(unused_imports, reason = "each test file uses a part")]
pub use client::*;
use oisp_capture::engine::{Config, Engine, Image};
#[allow(unused_imports, reason = "each test file uses a part")]
pub use operations::*;
use serde_json::Value;
#[allow(unused_imports, reason = "each test file uses a part")]
pub use skip::*;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A child that ends with the test.
pub struct Ended(pub Child);
impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A folder that is gone after the test.
pub struct Folder(pub PathBuf);
impl Folder {
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("oisp-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}
impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A session that looks at the whole machine and finds nothing by itself; `None` (said aloud) where there are no rights.
pub fn session(change: impl FnOnce(&mut Config)) -> Option<Engine> {
    let mut config = Config { discover: false, ..Config::default() };
    config.scope.whole_machine = true;
    change(&mut config);
    match Engine::open(config) {
        Ok(engine) => Some(engine),
        Err(why) => {
            skip_without_kernel(&why);
            None
        }
    }
}

/// The file that a program uses for a library, as `ldd` says.
pub fn library_of(program: &str, library: &str) -> Option<PathBuf> {
    let path = Command::new("sh").args(["-c", "command -v \"$0\"", program]).output().ok()?.stdout;
    let path = String::from_utf8(path).ok()?;
    let listed = Command::new("ldd").arg(path.trim()).output().ok()?.stdout;
    let listed = String::from_utf8(listed).ok()?;
    let line = listed.lines().find(|line| line.contains(library))?;
    line.split_whitespace().find(|word| word.starts_with('/')).map(PathBuf::from)
}

/// Puts probes on every TLS function of a file; the functions.
pub fn attach(engine: &Engine, path: &Path) -> Vec<&'static str> {
    let file = std::fs::File::open(path).unwrap();
    let located = oisp_locate::locate(&file).unwrap();
    let meta = file.metadata().unwrap();
    let image = Image { dev: meta.dev(), ino: meta.ino(), path: path.display().to_string(), file: file.into() };
    let targets: Vec<_> = located.libraries.into_iter().flat_map(|l| l.outcome.unwrap()).collect();
    engine.host().attacher.attach(&image, &targets).unwrap().functions
}

/// One record, copied out of the poll buffer.
#[derive(Clone, Debug)]
pub struct Record {
    pub kind: u16,
    pub flags: u32,
    pub seq: u64,
    pub entry_ns: u64,
    pub return_ns: u64,
    pub tgid: u32,
    pub process_key: u64,
    pub conn_id: u64,
    pub offset: u64,
    pub call_total: u32,
    pub direction: u8,
    pub binding: u8,
    pub payload: Vec<u8>,
}

impl Record {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.payload).unwrap()
    }
    /// A control record of this state.
    pub fn is(&self, kind: u16, state: &str) -> bool {
        self.kind == kind && self.json()["state"] == state
    }
}

fn number(bytes: &[u8], at: usize, len: usize) -> u64 {
    bytes[at..at + len].iter().rev().fold(0, |n, b| n << 8 | u64::from(*b))
}

/// Splits a filled poll buffer, checking what every record must hold to.
pub fn records(mut bytes: &[u8]) -> Vec<Record> {
    let mut out = Vec::new();
    while !bytes.is_empty() {
        let len = number(bytes, 0, 4) as usize;
        assert!(len.is_multiple_of(8) && number(bytes, 4, 2) == 96 && len <= bytes.len());
        let data_len = number(bytes, 84, 4) as usize;
        assert!(96 + data_len <= len && len < 96 + data_len + 8, "padding follows the payload: {len} {data_len}");
        out.push(Record {
            kind: number(bytes, 6, 2) as u16,
            flags: number(bytes, 8, 4) as u32,
            seq: number(bytes, 16, 8),
            entry_ns: number(bytes, 24, 8),
            return_ns: number(bytes, 32, 8),
            tgid: number(bytes, 40, 4) as u32,
            process_key: number(bytes, 48, 8),
            conn_id: number(bytes, 64, 8),
            offset: number(bytes, 72, 8),
            call_total: number(bytes, 80, 4) as u32,
            direction: bytes[90],
            binding: bytes[91],
            payload: bytes[96..96 + data_len].to_vec(),
        });
        bytes = &bytes[len..];
    }
    out
}

/// Polls until `enough` of all records so far, or 10 s.
pub fn read_until(engine: &Engine, all: &mut Vec<Record>, mut enough: impl FnMut(&[Record]) -> bool) {
    let mut room = vec![0u8; 8 << 20];
    let end = Instant::now() + Duration::from_secs(10);
    while !enough(all) && Instant::now() < end {
        let n = engine.poll(&mut room, Duration::from_millis(100), Duration::ZERO);
        if n < 0 {
            return;
        }
        all.extend(records(&room[..n as usize]));
    }
}

/// Ends the session and reads everything that is left.
pub fn finish(engine: &Engine, all: &mut Vec<Record>) {
    engine.shutdown();
    let mut room = vec![0u8; 8 << 20];
    loop {
        let n = engine.poll(&mut room, Duration::from_secs(20), Duration::ZERO);
        if n < 0 {
            assert_eq!(n, -1);
            return;
        }
        all.extend(records(&room[..n as usize]));
    }
}

/// Bytes of one direction of one connection, in order; holes are an error.
pub fn stream(all: &[Record], conn_id: u64, direction: u8) -> Vec<u8> {
    let mut out = Vec::new();
    for r in all.iter().filter(|r| r.kind == 1 && r.conn_id == conn_id && r.direction == direction) {
        assert_eq!(r.offset as usize, out.len(), "a hole in connection {conn_id}");
        out.extend(&r.payload);
    }
    out
}

/// Connections on which `text` was sent.
pub fn connections_that_sent(all: &[Record], text: &str) -> Vec<u64> {
    let mut ids: Vec<u64> = all
        .iter()
        .filter(|r| r.kind == 1 && r.direction == 1 && contains(&r.payload, text.as_bytes()))
        .map(|r| r.conn_id)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

pub fn contains(hay: &[u8], needle: &[u8]) -> bool {
    hay.windows(needle.len()).any(|w| w == needle)
}

/// The last `account` record.
pub fn account(all: &[Record]) -> Value {
    all.iter().rev().find(|r| r.kind == 10).expect("an account").json()
}

/// seen = captured + skipped + lost.
pub fn assert_balanced(account: &Value) {
    let sum = |key: &str| account[key].as_object().unwrap().values().map(|v| v.as_u64().unwrap()).sum::<u64>();
    let (seen, captured) = (account["seen"].as_u64().unwrap(), account["captured"].as_u64().unwrap());
    assert_eq!(seen, captured + sum("skipped") + sum("lost"), "{account}");
}

/// A key and a certificate for localhost in `folder`.
pub fn certificate(folder: &Folder) {
    let made = Command::new("openssl")
        .args(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=localhost".split(' '),
        )
        .args(["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout"])
        .arg(folder.file("key.pem"))
        .arg("-out")
        .arg(folder.file("cert.pem"))
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(made.success());
}

/// Python on a server script of its own (see `server.py`); prints its port first.
pub fn server(folder: &Folder, arguments: &[&str]) -> (Ended, u16) {
    certificate(folder);
    let mut child = Command::new("/usr/bin/python3")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/server.py"))
        .arg(folder.file("cert.pem"))
        .arg(folder.file("key.pem"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    (Ended(child), line.trim().parse().expect("the server prints its port"))
}

/// The sensor's threads run only when nothing else wants to: what they decide comes too late for a short program.
pub fn user_space_is_slow() {
    for task in std::fs::read_dir("/proc/self/task").unwrap().flatten() {
        let name = std::fs::read_to_string(task.path().join("comm")).unwrap_or_default();
        let id: i32 = task.file_name().to_string_lossy().parse().unwrap();
        if name.starts_with("oisp-") {
            let parameters = libc::sched_param { sched_priority: 0 };
            // SAFETY: a thread of this process, and a valid pointer.
            assert_eq!(unsafe { libc::sched_setscheduler(id, libc::SCHED_IDLE, &raw const parameters) }, 0);
        }
    }
}

/// A load on every processor, for as long as it lives.
pub fn busy() -> Vec<Ended> {
    let processors = std::thread::available_parallelism().map_or(2, usize::from);
    (0..processors).map(|_| Ended(Command::new("sh").args(["-c", "while :; do :; done"]).spawn().unwrap())).collect()
}
