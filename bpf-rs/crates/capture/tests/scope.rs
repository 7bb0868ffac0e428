//! Who is looked at: process trees, single processes, users, nobody; and never ourselves.
mod support;
use oisp_capture::engine::{Config, Engine};
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use support::*;

const PROCESS: u16 = 3;

fn nobody_yet(config: &mut Config) {
    config.scope.whole_machine = false;
}

/// A shell that runs the commands given to it later, when its process id is in scope.
struct Shell {
    child: Child,
    input: Option<ChildStdin>,
}

impl Shell {
    fn new() -> Self {
        let mut child = Command::new("sh").stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let input = child.stdin.take();
        Self { child, input }
    }
    fn pid(&self) -> u32 {
        self.child.id()
    }
    fn run(mut self, script: &str) {
        self.input.take().unwrap().write_all(script.as_bytes()).unwrap();
        assert!(self.child.wait().unwrap().success());
    }
}

fn start(folder: &Folder) -> Option<(Engine, Ended, u16)> {
    let engine = session(nobody_yet)?;
    let (server, port) = server(folder, &[]);
    attach(&engine, &library_of("curl", "libssl")?);
    Some((engine, server, port))
}

fn curl(folder: &Folder, port: u16, path: &str) -> String {
    format!("curl -s -o /dev/null --cacert {} https://localhost:{port}{path}\n", folder.file("cert.pem").display())
}

fn everything(engine: &Engine) -> Vec<Record> {
    let mut all = Vec::new();
    finish(engine, &mut all);
    assert_balanced(&account(&all));
    all
}

#[test]
fn a_tree_holds_children_that_left_their_session_and_their_parent() {
    let folder = Folder::new("tree");
    let Some((engine, _server, port)) = start(&folder) else { return };
    let shell = Shell::new();
    engine.host().scope.add_tree(shell.pid()).unwrap();
    assert!(engine.host().scope.contains(shell.pid()) && !engine.host().scope.contains(std::process::id()));
    let (inside, outside) = (curl(&folder, port, "/tree-inside"), curl(&folder, port, "/tree-outside"));
    Shell::new().run(&outside);
    // double fork, own session, reparented; the outer shell waits for the marker file
    let done = folder.file("done");
    shell.run(&format!(
        "(setsid sh -c 'sleep 0.1; {} touch {done}' &)\nwhile ! [ -e {done} ]; do sleep 0.05; done\n",
        inside.trim_end().to_owned() + ";",
        done = done.display()
    ));
    let all = everything(&engine);
    assert_eq!(connections_that_sent(&all, "/tree-inside").len(), 1);
    assert!(connections_that_sent(&all, "/tree-outside").is_empty());
    assert!(account(&all)["out_of_scope_calls"].as_u64().unwrap() >= 2);
    let ran = all.iter().filter(|r| r.is(PROCESS, "exec")).map(|r| r.json()["args"][0].clone());
    assert!(ran.clone().any(|a| a == "curl") && ran.clone().any(|a| a == "setsid"), "{:?}", ran.collect::<Vec<_>>());
}

#[test]
fn a_single_process_does_not_bring_its_children() {
    let folder = Folder::new("pid");
    let Some((engine, _server, port)) = start(&folder) else { return };
    let shell = Shell::new();
    engine.host().scope.add_pid(shell.pid()).unwrap();
    let shell_pid = shell.pid();
    shell.run(&format!("{}exec {}", curl(&folder, port, "/pid-child"), curl(&folder, port, "/pid-itself")));
    let all = everything(&engine);
    assert!(connections_that_sent(&all, "/pid-child").is_empty());
    let ids = connections_that_sent(&all, "/pid-itself");
    assert_eq!(ids.len(), 1, "the same process after exec");
    assert!(all.iter().any(|r| r.conn_id == ids[0] && r.tgid == shell_pid));
    assert!(all.iter().any(|r| r.is(PROCESS, "seen") && r.tgid == shell_pid), "told when it came into scope");
}

#[test]
fn a_user_brings_every_process_of_his() {
    let folder = Folder::new("uid");
    let Some((engine, _server, port)) = start(&folder) else { return };
    engine.host().scope.add_uid(65_534).unwrap();
    let allowed = Command::new("chmod").arg("-R").arg("a+rX").arg(&folder.0).status().unwrap();
    assert!(allowed.success());
    let of_nobody =
        format!("setpriv --reuid 65534 --regid 65534 --clear-groups {}", curl(&folder, port, "/uid-nobody"));
    Shell::new().run(&(of_nobody + &curl(&folder, port, "/uid-root")));
    let all = everything(&engine);
    assert_eq!(connections_that_sent(&all, "/uid-nobody").len(), 1);
    assert!(connections_that_sent(&all, "/uid-root").is_empty());
}

#[test]
fn out_of_scope_calls_are_counted_and_their_bytes_are_not() {
    let folder = Folder::new("nobody");
    let Some((engine, _server, port)) = start(&folder) else { return };
    Shell::new().run(&curl(&folder, port, "/scope-nobody"));
    let all = everything(&engine);
    let account = account(&all);
    assert_eq!((&account["seen"], &account["captured"], &account["connections"]), (&0.into(), &0.into(), &0.into()));
    assert!(account["out_of_scope_calls"].as_u64().unwrap() > 0);
    assert!(all.iter().all(|r| r.kind != 1 && r.kind != PROCESS));
}

#[test]
fn a_process_taken_out_of_scope_is_no_longer_looked_at() {
    let folder = Folder::new("removed");
    let Some((engine, _server, port)) = start(&folder) else { return };
    let shell = Shell::new();
    engine.host().scope.add_tree(shell.pid()).unwrap();
    engine.host().scope.remove(shell.pid()).unwrap();
    shell.run(&curl(&folder, port, "/scope-removed"));
    assert!(connections_that_sent(&everything(&engine), "/scope-removed").is_empty());
    assert!(engine.host().scope.add_pid(4_000_000).unwrap_err().contains("cannot find process"));
}

/// A library loaded into this very process, so that its calls would be the sensor's own.
#[test]
fn the_sensors_own_calls_are_never_looked_at() {
    let Some(library) = library_of("curl", "libssl") else { return skip("no libssl") };
    let Some(engine) = session(|_| {}) else { return };
    attach(&engine, &library);
    let calls = own_ssl_new(&library);
    let all = everything(&engine);
    assert!(calls > 0);
    let own = engine.host().own_tgid;
    assert_eq!(own, std::process::id());
    assert!(all.iter().all(|r| r.kind == PROCESS || r.tgid != own), "nothing of our own");
}

/// Makes and frees a TLS object in this process, by `dlopen`; how many.
fn own_ssl_new(library: &Path) -> u32 {
    let path = std::ffi::CString::new(library.as_os_str().as_encoded_bytes()).unwrap();
    // SAFETY: the system's libssl, and its functions with the arguments that OpenSSL documents.
    unsafe {
        let ssl = libc::dlopen(path.as_ptr(), libc::RTLD_NOW);
        assert!(!ssl.is_null());
        let of = |name: &std::ffi::CStr| libc::dlsym(ssl, name.as_ptr());
        let method: extern "C" fn() -> *mut libc::c_void = std::mem::transmute(of(c"TLS_client_method"));
        let context: extern "C" fn(*mut libc::c_void) -> *mut libc::c_void = std::mem::transmute(of(c"SSL_CTX_new"));
        let new: extern "C" fn(*mut libc::c_void) -> *mut libc::c_void = std::mem::transmute(of(c"SSL_new"));
        let free: extern "C" fn(*mut libc::c_void) = std::mem::transmute(of(c"SSL_free"));
        let context = context(method());
        (0..10).map(|_| new(context)).filter(|object| !object.is_null()).map(|object| free(object)).count() as u32
    }
}
