//! A program that is in scope is looked at from its first call on, however it came into scope.
mod support;
use oisp_capture::engine::{Config, Engine};
use std::collections::HashSet;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use support::*;

/// Many short programs at once: user space cannot look at each before its first call.
const PROGRAMS: usize = 96;
const LANES: usize = 8;

fn start(folder: &Folder, change: impl FnOnce(&mut Config)) -> Option<(Engine, Ended, u16)> {
    let (server, port) = server(folder, &[]);
    let engine = session(|config| {
        config.scope.whole_machine = false;
        change(config);
    })?;
    // the kernel is asked to match programs only where there are patterns
    let host = engine.host();
    assert_eq!(host.scope.matches_programs(), !host.config.scope.exes.is_empty(), "{}", engine.coverage()["features"]);
    attach(&engine, &library_of("curl", "libssl")?);
    Some((engine, server, port))
}

/// A program of its own, so that a pattern can name it and nothing else on this machine.
fn copied_curl(folder: &Folder, name: &str) -> PathBuf {
    let path = folder.file(name);
    std::fs::copy("/usr/bin/curl", &path).unwrap();
    path
}

fn sh(script: String) -> Child {
    Command::new("sh").args(["-c", &script]).stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap()
}

fn call(folder: &Folder, program: &str, port: u16, path: &str) -> String {
    format!("{program} -s -o /dev/null --cacert {}/cert.pem https://localhost:{port}{path}", folder.0.display())
}

fn everything(engine: &Engine) -> Vec<Record> {
    let mut all = Vec::new();
    finish(engine, &mut all);
    assert_balanced(&account(&all));
    all
}

fn asked(all: &[Record], prefix: &str) -> HashSet<String> {
    let sent = all.iter().filter(|r| r.kind == 1 && r.direction == 1);
    let texts = sent.map(|r| String::from_utf8_lossy(&r.payload).into_owned());
    let path = |text: String| text.split(' ').nth(1).filter(|p| p.starts_with(prefix)).map(str::to_owned);
    texts.filter_map(path).collect()
}

#[test]
fn every_program_of_a_pattern_is_seen_from_its_first_call_and_no_other() {
    let folder = Folder::new("exe");
    let curl = copied_curl(&folder, "wanted-client");
    let pattern = format!("{}/wanted-*", folder.0.display());
    let Some((engine, _server, port)) = start(&folder, |config| config.scope.exes = vec![pattern]) else { return };
    user_space_is_slow();
    let _busy = busy();
    let lanes = (0..LANES).map(|lane| {
        let calls = (0..PROGRAMS / LANES)
            .map(|n| call(&folder, &curl.display().to_string(), port, &format!("/exe-{lane}-{n}")));
        sh(calls.collect::<Vec<_>>().join("\n"))
    });
    let other = sh(call(&folder, "curl", port, "/exe-other"));
    lanes.chain([other]).collect::<Vec<_>>().into_iter().for_each(|mut child| assert!(child.wait().unwrap().success()));
    let seen = asked(&everything(&engine), "/exe-");
    assert_eq!(seen.len(), PROGRAMS, "{seen:?}");
    assert!(!seen.contains("/exe-other"));
}

#[test]
fn a_child_of_a_program_of_a_pattern_is_seen_until_it_becomes_another_program() {
    let folder = Folder::new("fork");
    let wanted = folder.file("wanted-sh");
    std::fs::copy("/bin/sh", &wanted).unwrap();
    let curl = copied_curl(&folder, "wanted-client");
    let Some((engine, _server, port)) = start(&folder, |config| config.scope.exes = vec!["wanted-*".into()]) else {
        return;
    };
    user_space_is_slow();
    let _busy = busy();
    let script = [
        call(&folder, &curl.display().to_string(), port, "/fork-inside"),
        call(&folder, "curl", port, "/fork-outside"),
        format!("exec {}", call(&folder, "curl", port, "/fork-after")),
    ];
    assert!(Command::new(&wanted).args(["-c", &script.join("\n")]).status().unwrap().success());
    assert_eq!(asked(&everything(&engine), "/fork-"), HashSet::from(["/fork-inside".to_owned()]));
}

#[test]
fn a_pattern_fits_a_path_across_mounts_as_proc_shows_it() {
    let folder = Folder::new("mounts");
    let outer = folder.0.display().to_string();
    copied_curl(&folder, "curl-copy");
    let pattern = format!("{outer}/mnt/*/inner/wanted-client");
    let Some((engine, _server, port)) = start(&folder, |config| config.scope.exes = vec![pattern]) else { return };
    let program = format!("{outer}/mnt/a/inner/wanted-client");
    let script = format!(
        "mkdir {outer}/mnt && mount -t tmpfs none {outer}/mnt && mkdir -p {outer}/mnt/a/inner &&
         mount -t tmpfs none {outer}/mnt/a/inner && cp {outer}/curl-copy {program} && {}",
        call(&folder, &program, port, "/mounts-inside")
    );
    let done = Command::new("unshare").args(["-m", "--propagation", "private", "sh", "-c", &script]).status().unwrap();
    assert!(done.success());
    assert_eq!(asked(&everything(&engine), "/mounts-").len(), 1);
}

const BECOMES: &str = r#"
import http.client, os, signal, ssl, sys
signal.alarm(60)
context = ssl.create_default_context(cafile=sys.argv[1])
def ask(path):
    connection = http.client.HTTPSConnection("localhost", int(sys.argv[2]), context=context)
    connection.request("GET", path)
    connection.getresponse().read()
ask("/uid-before")
os.setuid(65534)
ask("/uid-after")
if os.fork() == 0:
    ask("/uid-child")
    os._exit(0)
os.wait()
"#;

#[test]
fn a_process_that_becomes_another_user_is_of_that_user_from_then_on() {
    let folder = Folder::new("setuid");
    let Some((engine, _server, port)) = start(&folder, |config| config.scope.uids = vec![65_534]) else { return };
    assert!(Command::new("chmod").arg("-R").arg("a+rX").arg(&folder.0).status().unwrap().success());
    client("/usr/bin/python3", &folder, BECOMES, &[&port.to_string()]);
    let expected = HashSet::from(["/uid-after".to_owned(), "/uid-child".to_owned()]);
    assert_eq!(asked(&everything(&engine), "/uid-"), expected);
}

#[test]
fn a_tree_holds_what_runs_below_it_when_the_session_begins() {
    let folder = Folder::new("below");
    let go = folder.file("go");
    let (_server, port) = server(&folder, &[]);
    let wait = format!("while ! [ -e {} ]; do sleep 0.02; done", go.display());
    let mut root = Ended(sh(format!("sh -c '{wait}; {}; true' & wait", call(&folder, "curl", port, "/below-child"))));
    let pid = root.0.id();
    let engine = session(|config| {
        config.scope.whole_machine = false;
        config.scope.trees = vec![pid];
    });
    let Some(engine) = engine else { return };
    attach(&engine, &library_of("curl", "libssl").unwrap());
    std::fs::write(&go, "").unwrap();
    assert!(root.0.wait().unwrap().success());
    assert_eq!(asked(&everything(&engine), "/below-").len(), 1);
}
