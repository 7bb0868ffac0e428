//! Under real sudo: who calls, with which environment and groups. The test runs itself behind sudo, in a mount namespace
//! of its own whose sudoers allow it; the machine's are not touched.
#[path = "support/skip.rs"]
mod skip;
use oisp_capture::control::dispatch;
use serde_json::{Value, json};
use skip::skip;
use std::process::Command;

const UID: &str = "65534";

/// `$0` is this test program, `$1` a folder of the user's.
const OUTER: &str = r#"
set -e
mount --make-rprivate /
mount -t tmpfs -o mode=0755 none /etc/sudoers.d
printf '#65534 ALL=(ALL) NOPASSWD: ALL\n' > /etc/sudoers.d/test
chmod 440 /etc/sudoers.d/test
exec setpriv --reuid=65534 --regid=65533 --groups=65533,4,24 \
  env -i PATH=/own/path:/usr/bin:/bin HOME=/home/nobody ONLY_IN_SHELL=planted-key \
  sh -c 'sudo -n "$0" --ignored --exact --nocapture "$2" "$1"; exit $?' "$0" "$1" "$2"
"#;

fn ask(request: &Value) -> Result<Value, String> {
    dispatch(None, &request.to_string()).map(|reply| serde_json::from_str(&reply).unwrap())
}

/// Output of an inner test that ran behind sudo; `None` (said) where that is not possible.
fn behind_sudo(inner: &str, folder: &str) -> Option<String> {
    // SAFETY: plain getter.
    let is_root = unsafe { libc::geteuid() } == 0;
    let has = |program: &str| Command::new(program).arg("--version").output().is_ok();
    if !is_root || !has("sudo") || !has("unshare") || !has("setpriv") {
        skip("needs root, sudo, unshare and setpriv");
        return None;
    }
    let own = std::env::current_exe().unwrap();
    let output =
        Command::new("unshare").args(["-m", "sh", "-c", OUTER]).arg(own).args([folder, inner]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    Some(text)
}

#[test]
fn a_command_gets_the_callers_ids_groups_environment_and_path() {
    let Some(text) = behind_sudo("inner_command", "/") else { return };
    let line = |name: &str| text.lines().find_map(|l| l.strip_prefix(name)).unwrap_or_default().trim().to_owned();
    assert_eq!(line("uid"), UID);
    assert_eq!(line("gid"), "65533");
    assert_eq!(line("groups"), "65533 4 24");
    assert_eq!(line("key"), "planted-key");
    assert_eq!(line("path"), "/own/path:/usr/bin:/bin");
    assert_eq!(line("home"), "/home/nobody");
    assert_eq!(line("sudo"), "none");
    assert_eq!(line("as_root_uid"), "0");
}

#[test]
#[ignore = "runs behind sudo, by the test above"]
fn inner_command() {
    let script = "echo; echo uid $(id -u); echo gid $(id -g); echo groups $(id -G); echo key $ONLY_IN_SHELL; \
                  echo path $PATH; echo home $HOME; echo sudo ${SUDO_UID:-none}";
    let run = |script: &str, as_root: bool| {
        let child = ask(&json!({ "op": "spawn", "argv": ["sh", "-c", script], "as_root": as_root })).unwrap();
        ask(&json!({ "op": "release", "pid": child["pid"] })).unwrap();
        let ended = ask(&json!({ "op": "wait", "pid": child["pid"], "timeout_ms": 20_000 })).unwrap();
        assert_eq!(ended["exit_code"], json!(0));
        child
    };
    assert_eq!(run(script, false)["elevated"], json!(true));
    run("echo as_root_uid $(id -u)", true);
}

#[test]
fn files_belong_to_the_caller_and_only_what_the_caller_may_is_opened() {
    let folder = std::env::temp_dir().join(format!("oisp-sudo-{}", std::process::id()));
    std::fs::create_dir(&folder).unwrap();
    std::os::unix::fs::chown(&folder, Some(65_534), Some(65_533)).ok();
    std::os::unix::fs::symlink("/etc/hostname", folder.join("planted")).unwrap();
    std::fs::write(folder.join("roots"), b"x").unwrap();
    std::fs::set_permissions(folder.join("roots"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let text = behind_sudo("inner_files", folder.to_str().unwrap());
    std::fs::remove_dir_all(&folder).unwrap();
    let Some(text) = text else { return };
    for expected in ["made by 65534:65533", "planted refused", "roots refused", "shadow refused"] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
}

#[test]
#[ignore = "runs behind sudo, by the test above"]
fn inner_files() {
    // libtest takes the folder as one more filter, which `--exact` makes harmless
    let folder = std::env::args().next_back().unwrap();
    let open = |name: &str, mode: &str| ask(&json!({ "op": "open_as_user", "path": name, "mode": mode }));
    let made = open(&format!("{folder}/calls.jsonl"), "append").unwrap();
    println!("\nmade by {}:{}", made["uid"], made["gid"]);
    open(&format!("{folder}/planted"), "append").inspect_err(|_| println!("planted refused")).ok();
    open(&format!("{folder}/roots"), "read").inspect_err(|_| println!("roots refused")).ok();
    open("/etc/shadow", "read").inspect_err(|_| println!("shadow refused")).ok();
}
