//! Process ids are those that the user sees, also inside another PID namespace.
mod support;
use oisp_capture::control;
use oisp_capture::engine::Engine;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use support::*;

/// A shell that makes one call when a file appears: by itself (`exec`) or as a child.
struct Caller {
    child: Child,
    go: PathBuf,
}

impl Caller {
    fn new(folder: &Folder, port: u16, name: &str, how: &str) -> Self {
        let go = folder.file(&format!("go-{name}"));
        let script = format!(
            "while ! [ -e {} ]; do sleep 0.02; done; {how} curl -s -o /dev/null --cacert {} https://localhost:{port}/ns-{name}",
            go.display(),
            folder.file("cert.pem").display()
        );
        let child = Command::new("sh").args(["-c", &script]).stdin(Stdio::null()).spawn().unwrap();
        Self { child, go }
    }
    fn pid(&self) -> u32 {
        self.child.id()
    }
    fn call(mut self) {
        std::fs::write(&self.go, "").unwrap();
        assert!(self.child.wait().unwrap().success());
    }
}

fn set_scope(engine: &Engine, request: Value) -> Result<String, String> {
    let mut request = request;
    request["op"] = "set_scope".into();
    control::dispatch(Some(engine.host()), &request.to_string())
}

fn library() -> PathBuf {
    library_of("curl", "libssl").unwrap_or_else(|| Path::new("/nowhere").to_owned())
}

#[test]
fn the_process_that_a_user_names_is_the_one_that_is_captured() {
    let folder = Folder::new("named");
    let (_server, port) = server(&folder, &[]);
    let callers = [("pid", "exec"), ("tree", ""), ("later", "exec"), ("removed", "exec"), ("other", "exec")];
    let [pid, tree, later, removed, other] = callers.map(|(name, how)| Caller::new(&folder, port, name, how));
    let engine = session(|config| {
        config.scope.whole_machine = false;
        config.scope.pids = vec![pid.pid(), removed.pid()];
        config.scope.trees = vec![tree.pid()];
    });
    let Some(engine) = engine else { return };
    attach(&engine, &library());
    set_scope(&engine, json!({ "pids": [later.pid()], "remove": [removed.pid()] })).unwrap();
    assert!(set_scope(&engine, json!({ "pids": [4_000_000] })).unwrap_err().contains("4000000"));
    let explained =
        control::dispatch(Some(engine.host()), &json!({ "op": "explain_pid", "pid": later.pid() }).to_string());
    let explained: Value = serde_json::from_str(&explained.unwrap()).unwrap();
    assert_eq!((&explained["pid"], &explained["in_scope"]), (&json!(later.pid()), &json!(true)));
    for caller in [pid, tree, later, removed, other] {
        caller.call();
    }
    let mut all = Vec::new();
    finish(&engine, &mut all);
    let was_seen = |name: &str| !connections_that_sent(&all, &format!("GET /ns-{name} ")).is_empty();
    assert_eq!(["pid", "tree", "later", "removed", "other"].map(was_seen), [true, true, true, false, false]);
}

#[test]
fn in_another_pid_namespace_too() {
    run_in_pid_namespace("the_process_that_a_user_names_is_the_one_that_is_captured");
}
