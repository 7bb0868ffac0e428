//! Discovery against real programs: what is covered before its first call, what is told when it is not.
mod support;
use oisp_capture::engine::{Config, Engine};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use support::*;

const PROCESS: u16 = 3;

fn discovering(config: &mut Config) {
    config.scope.whole_machine = false;
    config.discover = true;
}

/// Runs a command as `oisp run` does; its process id.
fn run(engine: &Engine, argv: &[&str], env: Value) -> u32 {
    let child = ask(engine, &json!({ "op": "spawn", "argv": argv, "env": env }));
    let released = ask(engine, &json!({ "op": "release", "pid": child["pid"] }));
    assert_eq!(released, json!({ "released": true, "prepared": true }));
    let ended = ask(engine, &json!({ "op": "wait", "pid": child["pid"], "timeout_ms": 20_000 }));
    assert_eq!(ended, json!({ "ended": true, "exit_code": 0 }));
    child["pid"].as_u64().unwrap() as u32
}

#[test]
fn a_command_is_captured_from_its_first_call_and_its_exit_arrives() {
    let folder = Folder::new("first-call");
    let Some(engine) = session(discovering) else { return };
    let (_server, port) = server(&folder, &[]);
    let certificate = folder.file("cert.pem");
    for round in 0..5 {
        let url = format!("https://localhost:{port}/round-{round}");
        run(&engine, &["curl", "-s", "-o", "/dev/null", "--cacert", certificate.to_str().unwrap(), &url], json!({}));
    }
    let all = everything_discovered(&engine);
    for round in 0..5 {
        let sent = connections_that_sent(&all, &format!("GET /round-{round} "));
        assert_eq!(sent.len(), 1, "round {round}");
        assert!(contains(&stream(&all, sent[0], 2), b"HTTP/1."), "round {round}");
    }
    let exits = all.iter().filter(|r| r.is(PROCESS, "exit") && r.json()["exit_code"] == 0).count();
    assert!(exits >= 5, "{exits}");
    assert_eq!(coverage(&all, "mapped_late").count(), 0);
}

#[test]
fn in_another_pid_namespace_a_command_is_captured_too() {
    run_in_pid_namespace("a_command_is_captured_from_its_first_call_and_its_exit_arrives");
}

#[test]
fn a_library_that_was_not_known_is_attached_when_it_is_mapped_and_the_delay_is_told() {
    let folder = Folder::new("late");
    let Some(engine) = session(discovering) else { return };
    let Some(library) = library_of("curl", "libssl") else { return skip("no curl with libssl") };
    let (_server, port) = server(&folder, &[]);
    std::fs::create_dir(folder.file("lib")).unwrap();
    std::fs::copy(&library, folder.file("lib").join(library.file_name().unwrap())).unwrap();
    // a shell sets the path, so that the copy is not known before
    let client = format!(
        "import ssl,socket,time\n\
         time.sleep(1)\n\
         c=ssl.create_default_context(cafile=\"{}\")\n\
         s=c.wrap_socket(socket.create_connection((\"localhost\",{port})),server_hostname=\"localhost\")\n\
         s.sendall(b\"GET /late HTTP/1.0\\r\\n\\r\\n\")\n\
         s.recv(100)",
        folder.file("cert.pem").display()
    );
    let copy = folder.file("lib").display().to_string();
    let script = format!("LD_LIBRARY_PATH={copy} exec /usr/bin/python3 -c '{client}'");
    run(&engine, &["sh", "-c", &script], json!({}));
    let all = everything_discovered(&engine);
    let late: Vec<Value> = coverage(&all, "mapped_late").collect();
    assert_eq!(late.len(), 1, "{late:?}");
    assert!(late[0]["library"].as_str().unwrap().starts_with(folder.0.to_str().unwrap()), "{late:?}");
    let delay_ms = late[0]["delay_ms"].as_f64().unwrap();
    assert!(delay_ms > 0.0 && delay_ms < 1000.0, "{late:?}");
    assert!(late[0]["exe"].as_str().unwrap().contains("python"), "{late:?}");
    assert_eq!(connections_that_sent(&all, "GET /late ").len(), 1);
}

/// Eight runs of a short program, each with a copy of its TLS library that was not known before; how many were seen.
fn short_programs_with_unknown_libraries(name: &str, wait_attach: bool) -> Option<usize> {
    let folder = Folder::new(name);
    let engine = session(|config| {
        discovering(config);
        config.wait_attach = wait_attach;
    })?;
    let library = library_of("curl", "libssl")?;
    let (_server, port) = server(&folder, &[]);
    for round in 0..8 {
        let lib = folder.file(&format!("lib{round}"));
        std::fs::create_dir(&lib).unwrap();
        std::fs::copy(&library, lib.join(library.file_name().unwrap())).unwrap();
        let script = format!(
            "LD_LIBRARY_PATH={} exec curl -s -o /dev/null --cacert {} https://localhost:{port}/short-{round}",
            lib.display(),
            folder.file("cert.pem").display()
        );
        run(&engine, &["sh", "-c", &script], json!({}));
    }
    let all = everything_discovered(&engine);
    let late: Vec<Value> = coverage(&all, "mapped_late").collect();
    assert_eq!(late.len(), 8, "seen or not, each one is told: {late:?}");
    Some((0..8).filter(|r| !connections_that_sent(&all, &format!("GET /short-{r} ")).is_empty()).count())
}

#[test]
fn a_program_that_ended_before_its_library_had_probes_is_told_of() {
    short_programs_with_unknown_libraries("short", false);
}

#[test]
fn with_wait_attach_a_program_is_held_while_its_library_gets_its_probes_and_goes_on() {
    // A program is held when its library is told of, which a busy machine may do after its end: one that is seen is enough.
    let seen = (0..5).find_map(|batch| match short_programs_with_unknown_libraries(&format!("wait{batch}"), true) {
        Some(0) => None,
        seen => Some(seen),
    });
    assert!(seen.is_some(), "none of forty");
}

#[test]
fn a_fifo_a_terabyte_and_a_folder_called_library_are_refused_and_told() {
    let folder = Folder::new("hostile");
    let Some(engine) = session(discovering) else { return };
    std::fs::create_dir_all(folder.file("bin")).unwrap();
    std::fs::create_dir_all(folder.file("lib")).unwrap();
    let program = folder.file("bin").join("tool");
    std::fs::copy("/bin/true", &program).unwrap();
    let fifo = folder.file("lib").join("libssl.so.1");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let sparse = folder.file("lib").join("libssl.so.2");
    std::fs::File::create(&sparse).unwrap().set_len(1 << 40).unwrap();
    std::fs::write(folder.file("lib").join("libssl.so.3"), b"\x7fELF\x02\x01\x01 not really").unwrap();
    std::os::unix::fs::symlink("/dev/zero", folder.file("lib").join("libssl.so.4")).unwrap();
    run(&engine, &[program.to_str().unwrap()], json!({}));
    let all = everything_discovered(&engine);
    let refused = |reason: &str| coverage(&all, reason).map(|c| c["library"].clone()).collect::<Vec<_>>();
    assert!(refused("refused_not_regular").contains(&json!(fifo)), "{:?}", refused("refused_not_regular"));
    assert!(refused("refused_not_regular").contains(&json!("/dev/zero")));
    assert_eq!(refused("refused_too_large"), [json!(sparse)]);
    assert_eq!(refused("refused_damaged").len(), 1);
}

#[test]
fn a_program_whose_tls_is_not_known_is_told_with_reason_and_fix() {
    let go = PathBuf::from("/usr/local/go/bin/go");
    if !go.exists() {
        return skip("no Go program here");
    }
    let Some(engine) = session(discovering) else { return };
    run(&engine, &[go.to_str().unwrap(), "version"], json!({}));
    let told: Vec<Value> = coverage(&everything_discovered(&engine), "go_tls").collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!((&told[0]["covered"], &told[0]["exe"]), (&json!(false), &json!(go)));
    assert!(told[0]["fix"].is_string() && told[0]["detail"].is_string());
}

/// A text by which rustls is recognised: this test program is taken for one that has it.
static SIGN: &[u8] = b"rustls::a_sign_for_a_test";

/// What is told of another run of this very test program.
fn told_of_ourselves(own_program: bool) -> Option<Vec<Value>> {
    let engine = session(|config| {
        discovering(config);
        config.own_program = own_program;
    })?;
    let own = std::env::current_exe().unwrap();
    assert!(std::hint::black_box(SIGN).starts_with(b"rustls"));
    run(&engine, &[own.to_str().unwrap(), "--list"], json!({}));
    let all = everything_discovered(&engine);
    let told = all.iter().filter(|r| r.kind == COVERAGE).map(Record::json);
    Some(told.filter(|c| c["covered"] == false && c["exe"] == json!(own)).collect())
}

#[test]
fn other_runs_of_our_own_program_are_not_told_of() {
    let Some(told) = told_of_ourselves(false) else { return };
    assert!(!told.is_empty(), "a program that is used for more is told of");
    assert_eq!(told_of_ourselves(true), Some(Vec::new()));
}

/// With a program of a pattern and another one that call fifty times each; whether it was told that the scope is late.
fn calls_of_a_pattern(name: &str, force_user_scope: bool) -> Option<bool> {
    let folder = Folder::new(name);
    let engine = session(|config| {
        discovering(config);
        config.scope.exes = vec!["**/special-*".into()];
        config.force_user_scope = force_user_scope;
    })?;
    let (_server, port) = server(&folder, &[]);
    let curl = which("curl")?;
    let special = folder.file("special-curl");
    std::fs::copy(&curl, &special).unwrap();
    ask(&engine, &json!({ "op": "flush" }));
    for (program, path) in [(&special, "special"), (&curl, "other")] {
        let status = Command::new(program)
            .args(["-s", "--retry", "3", "--cacert"])
            .arg(folder.file("cert.pem"))
            .arg(format!("https://localhost:{port}/{path}?[1-50]"))
            .stdout(Stdio::null())
            .status();
        assert!(status.unwrap().success());
    }
    let all = everything_discovered(&engine);
    assert!(!connections_that_sent(&all, "GET /special").is_empty(), "fifty calls take longer than finding it");
    assert!(connections_that_sent(&all, "GET /other").is_empty());
    Some(coverage(&all, "exe_scope_late").count() == 1)
}

#[test]
fn programs_in_scope_by_their_path_are_captured_and_others_are_not() {
    assert_ne!(calls_of_a_pattern("glob", false), Some(true));
}

#[test]
fn where_user_space_decides_which_programs_those_are_it_is_told_that_it_is_late() {
    assert_ne!(calls_of_a_pattern("glob-late", true), Some(false));
}

#[test]
fn a_tree_that_is_added_later_holds_what_runs_below_it_and_its_libraries_are_found() {
    let folder = Folder::new("later");
    let Some(engine) = session(discovering) else { return };
    let Some(library) = library_of("curl", "libssl") else { return skip("no curl with libssl") };
    let (_server, port) = server(&folder, &[]);
    std::fs::create_dir(folder.file("lib")).unwrap();
    std::fs::copy(&library, folder.file("lib").join(library.file_name().unwrap())).unwrap();
    let client = format!(
        "import ssl,socket,sys\n\
         c=ssl.create_default_context(cafile=\"{}\")\n\
         print(1,flush=True)\n\
         sys.stdin.readline()\n\
         s=c.wrap_socket(socket.create_connection((\"localhost\",{port})),server_hostname=\"localhost\")\n\
         s.sendall(b\"GET /later HTTP/1.0\\r\\n\\r\\n\")\n\
         s.recv(100)",
        folder.file("cert.pem").display()
    );
    let script = format!("/usr/bin/python3 -c '{client}'; true");
    let mut shell = Command::new("sh")
        .args(["-c", &script])
        .env("LD_LIBRARY_PATH", folder.file("lib"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(shell.stdout.take().unwrap()).read_line(&mut line).unwrap();
    ask(&engine, &json!({ "op": "set_scope", "trees": [shell.id()] }));
    ask(&engine, &json!({ "op": "flush" }));
    shell.stdin.take().unwrap().write_all(b"\n").unwrap();
    assert!(shell.wait().unwrap().success());
    let all = everything_discovered(&engine);
    assert_eq!(connections_that_sent(&all, "GET /later ").len(), 1);
    let found =
        coverage(&all, "attached").any(|c| c["library"].as_str().unwrap().starts_with(folder.0.to_str().unwrap()));
    assert!(found, "the copy was found by looking at what runs");
}

fn which(name: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?).map(|folder| folder.join(name)).find(|p| p.is_file())
}

#[test]
fn coverage_lists_what_is_attached_and_says_when_it_is_settled() {
    let Some(engine) = session(discovering) else { return };
    ask(&engine, &json!({ "op": "flush" }));
    let told = engine.coverage()["discovery"].clone();
    assert_eq!(told["settled"], json!(true));
    let images = told["images"].as_array().unwrap();
    let Some(library) = library_of("curl", "libssl") else { return skip("no curl with libssl") };
    let library = std::fs::canonicalize(library).unwrap();
    let is_there = |image: &Value| {
        Path::new(image["path"].as_str().unwrap()).canonicalize().is_ok_and(|p| p == library)
            && image["covered"] == true
    };
    assert!(images.iter().any(is_there), "{images:?}");
    engine.shutdown();
}
