//! Programs that have ended when discovery looks at them. In a file of its own: it slows down every sensor of its process.
mod support;
use oisp_capture::engine::Engine;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::Command;
use support::*;

/// Runs a command as `oisp run` does.
fn run(engine: &Engine, argv: &[&str], env: &Value) {
    let child = ask(engine, &json!({ "op": "spawn", "argv": argv, "env": env }));
    let released = ask(engine, &json!({ "op": "release", "pid": child["pid"] }));
    assert_eq!(released, json!({ "released": true, "prepared": true }));
    let ended = ask(engine, &json!({ "op": "wait", "pid": child["pid"], "timeout_ms": 20_000 }));
    assert_eq!(ended, json!({ "ended": true, "exit_code": 0 }));
}

#[test]
fn of_a_script_that_ended_its_interpreter_is_told_and_not_that_they_are_two_files() {
    let go = PathBuf::from("/usr/local/go/bin/go");
    if !go.exists() {
        return skip("no Go program here");
    }
    let folder = Folder::new("scripts");
    let interpreter = folder.file("interpreter");
    std::fs::copy(&go, &interpreter).unwrap();
    let script = |name: &str, first: &str| {
        std::fs::write(folder.file(name), format!("#!{first}\ntrue\n")).unwrap();
        assert!(Command::new("chmod").arg("+x").arg(folder.file(name)).status().unwrap().success());
        folder.file(name).display().to_string()
    };
    let scripts = [script("of-sh", "/bin/sh"), script("of-env", "/usr/bin/env sh"), {
        script("of-go", &interpreter.display().to_string())
    }];
    let Some(engine) = session(|config| {
        config.scope.whole_machine = false;
        config.discover = true;
    }) else {
        return;
    };
    ask(&engine, &json!({ "op": "flush" }));
    user_space_is_slow();
    let busy = busy();
    let all_scripts = format!("for i in 1 2 3 4; do {}; done 2>/dev/null; true", scripts.join("; "));
    run(&engine, &["sh", "-c", &all_scripts], &json!({}));
    drop(busy);
    let all = everything_discovered(&engine);
    assert_eq!(coverage(&all, "refused_other_file").collect::<Vec<_>>(), [] as [Value; 0]);
    let told: Vec<Value> = coverage(&all, "go_tls").map(|c| c["exe"].clone()).collect();
    assert_eq!(told, [json!(interpreter)]);
}
