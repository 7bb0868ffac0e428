//! A process that is held is never left stopped, even when the sensor dies meanwhile.
use oisp_capture::caller::Caller;
use oisp_capture::process::read;
use oisp_capture::spawn::{self, Hold};
use std::process::Command;
use std::time::{Duration, Instant};

/// Waits until a process is stopped, or runs again.
fn becomes(pid: u32, is_stopped: bool) -> bool {
    let until = Instant::now() + Duration::from_secs(20);
    while Instant::now() < until {
        if read::stat(pid).is_some_and(|s| (s.state == 'T') == is_stopped) {
            return true;
        }
        std::thread::yield_now();
    }
    false
}

fn command() -> std::sync::Arc<spawn::Child> {
    let command = spawn::Command {
        argv: ["sh", "-c", "exec sleep 60 >/dev/null 2>&1"].map(Into::into).into(),
        caller: Caller::own(),
        extra_environment: Vec::new(),
    };
    let child = spawn::spawn(&command).unwrap();
    child.release().unwrap();
    child
}

#[test]
fn a_held_process_stops_goes_on_and_is_not_held_twice() {
    let child = command();
    let hold = Hold::stop(child.pid).expect("held");
    assert!(becomes(child.pid, true));
    assert!(Hold::stop(child.pid).is_none(), "stopped already");
    drop(hold);
    assert!(becomes(child.pid, false));
    child.signal(libc::SIGKILL).unwrap();
}

#[test]
#[ignore = "ends its process, by the test below"]
fn inner_sensor_that_dies() {
    let child = command();
    let _hold = Hold::stop(child.pid).expect("held");
    assert!(becomes(child.pid, true));
    println!("\nheld {}", child.pid);
    // SAFETY: ends this process as nothing else would: no destructor runs.
    unsafe { libc::kill(libc::getpid(), libc::SIGKILL) };
}

#[test]
fn a_held_process_goes_on_when_the_sensor_is_killed() {
    let own = std::env::current_exe().unwrap();
    let arguments = ["--ignored", "--exact", "--nocapture", "inner_sensor_that_dies"];
    let output = Command::new(own).args(arguments).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let held = text.lines().find_map(|l| l.strip_prefix("held ")?.parse().ok()).expect("the process that was held");
    assert!(becomes(held, false));
    // SAFETY: the process that the test has started.
    unsafe { libc::kill(held as i32, libc::SIGKILL) };
}
