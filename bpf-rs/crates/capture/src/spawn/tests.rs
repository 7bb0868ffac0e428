//! Real children; those with another user need root and say so.
use super::*;
use crate::process::read;
use crate::skip::skip;
use std::io::Read as _;
use std::path::Path;

fn command(argv: &[&str]) -> Command {
    Command { argv: argv.iter().map(OsString::from).collect(), caller: Caller::own(), extra_environment: Vec::new() }
}

fn ended(child: &Child) -> Ended {
    child.wait(Duration::from_secs(20)).expect("the child has ended")
}

fn run(command: &Command) -> Result<Ended, ExecError> {
    let child = spawn(command).unwrap();
    child.release()?;
    Ok(ended(&child))
}

/// Runs a shell script whose output goes into a file, and gives the output.
fn output(script: &str, change: impl FnOnce(&mut Command)) -> String {
    static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let number = COUNT.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
    let folder = std::env::temp_dir().join(format!("oisp-spawn-{}-{number}", std::process::id()));
    std::fs::create_dir(&folder).unwrap();
    std::os::unix::fs::chown(&folder, Some(65_534), None).ok();
    let path = folder.join("out");
    let mut command = command(&["sh", "-c", &format!("exec >'{}'; {script}", path.display())]);
    change(&mut command);
    assert_eq!(run(&command), Ok(Ended::Code(0)));
    let mut text = String::new();
    std::fs::File::open(&path).unwrap().read_to_string(&mut text).unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    text
}

#[test]
fn exit_codes_and_signals_are_those_of_the_command() {
    assert_eq!(run(&command(&["sh", "-c", "exit 0"])), Ok(Ended::Code(0)));
    assert_eq!(run(&command(&["sh", "-c", "exit 3"])), Ok(Ended::Code(3)));
    assert_eq!(run(&command(&["sh", "-c", "kill -9 $$"])), Ok(Ended::Signal(9)));
}

#[test]
fn a_missing_command_is_127_and_one_that_cannot_run_126() {
    let code = |argv: &[&str]| run(&command(argv)).unwrap_err().exit_code;
    assert_eq!(code(&["oisp-no-such-command"]), 127);
    assert_eq!(code(&["/nowhere/at/all"]), 127);
    assert_eq!(code(&["/etc/passwd"]), 126);
    assert_eq!(code(&["/etc"]), 126);
}

#[test]
fn a_child_that_is_not_released_runs_nothing_and_ends_with_its_parent() {
    let child = spawn(&command(&["sh", "-c", "exit 3"])).unwrap();
    assert_eq!(read::exe(child.pid), read::exe(std::process::id()));
    assert!(child.wait(Duration::from_millis(50)).is_none());
    drop(locked(&child.gate).take());
    assert_eq!(ended(&child), Ended::Code(125));
}

#[test]
fn arguments_arrive_as_given() {
    let child = spawn(&command(&["sh", "-c", "read x < /dev/zero; :", "a b", "", "$HOME", "--", "ü\n'"])).unwrap();
    child.release().unwrap();
    let arguments = read::arguments(child.pid).unwrap();
    child.signal(libc::SIGKILL).unwrap();
    assert_eq!(&arguments[3..], ["a b", "", "$HOME", "--", "ü\n'"]);
    assert_eq!(ended(&child), Ended::Signal(9));
}

#[test]
fn the_environment_is_the_callers_with_what_was_added() {
    let text = output("echo $A-$B-$PATH", |c| {
        c.caller.environment = ["A=1", "B=2", "PATH=/bin:/usr/bin"].map(OsString::from).into();
        c.extra_environment = vec!["B=3".into()];
    });
    assert_eq!(text, "1-3-/bin:/usr/bin\n");
}

#[test]
fn the_command_is_looked_up_in_the_callers_path() {
    let mut elsewhere = command(&["true"]);
    elsewhere.caller.environment = vec!["PATH=/nowhere".into()];
    assert_eq!(run(&elsewhere).unwrap_err().exit_code, 127);
}

#[test]
fn no_descriptor_of_this_process_is_inherited() {
    let held = std::fs::File::open("/dev/null").unwrap();
    // SAFETY: clears close-on-exec of a descriptor of ours.
    unsafe { libc::fcntl(held.as_raw_fd(), libc::F_SETFD, 0) };
    let text = output("ls /proc/$$/fd", |_| {});
    assert!(text.lines().all(|fd| fd.parse::<i32>().unwrap() <= 2), "{text}");
}

#[test]
fn signals_are_neither_blocked_nor_ignored_beyond_what_was_found() {
    let text = output("exec grep -E 'Sig(Blk|Ign)' /proc/self/status", |_| {});
    let state = start_state::StartState::found();
    for (line, expected) in text.lines().zip([state.mask, state.ignored]) {
        let bits = u64::from_str_radix(line.split_whitespace().nth(1).unwrap(), 16).unwrap();
        assert_eq!(bits, expected, "{line}");
    }
    assert_eq!(state.ignored & (1 << (libc::SIGPIPE - 1)), 0);
}

#[test]
fn ids_and_groups_are_taken_on() {
    // SAFETY: plain getter.
    if unsafe { libc::geteuid() } != 0 {
        return skip("changing the user needs root");
    }
    let text = output("id -u; id -g; id -G; grep CapEff /proc/$$/status", |c| {
        c.caller.uid = 65_534;
        c.caller.gid = 65_533;
        c.caller.groups = vec![65_533, 4, 24];
        c.caller.is_elevated = true;
    });
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[..3], ["65534", "65533", "65533 4 24"]);
    assert!(lines[3].ends_with("0000000000000000"), "{text}");
}

#[test]
fn the_child_stays_in_our_process_group_and_session() {
    let child = spawn(&command(&["sleep", "30"])).unwrap();
    child.release().unwrap();
    let group = read::stat(child.pid).unwrap().process_group;
    child.signal(libc::SIGTERM).unwrap();
    // SAFETY: plain getter.
    assert_eq!(group, unsafe { libc::getpgrp() });
    assert_eq!(ended(&child), Ended::Signal(libc::SIGTERM));
    assert!(child.signal(libc::SIGTERM).is_ok(), "an ended child is no error");
    assert!(!Path::new(&format!("/proc/{}", child.pid)).exists(), "it was reaped");
}
