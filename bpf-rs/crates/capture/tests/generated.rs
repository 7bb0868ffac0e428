//! The generated TypeScript is the one that is checked in.
use std::process::Command;

fn is_current(what: &str) {
    let fresh = Command::new(env!("CARGO_BIN_EXE_gen")).arg(what).output().unwrap();
    assert!(fresh.status.success() && !fresh.stdout.is_empty());
    let path = format!("{}/../../../ffi/{what}.ts", env!("CARGO_MANIFEST_DIR"));
    let kept = std::fs::read(&path).unwrap();
    assert!(
        fresh.stdout == kept,
        "ffi/{what}.ts is stale: (cd bpf-rs && cargo run -p oisp-capture --bin gen {what} > ../ffi/{what}.ts)"
    );
}

#[test]
fn symbols_are_current() {
    is_current("symbols");
}

#[test]
fn layouts_are_current() {
    is_current("layout");
}
