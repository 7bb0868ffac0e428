//! Signals that another process sends reach the command once; one test, since signals are the whole process'.
use oisp_capture::caller::Caller;
use oisp_capture::spawn::{self, Ended};
use std::io::BufRead as _;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::time::Duration;

static SEEN_HERE: AtomicU32 = AtomicU32::new(0);

extern "C" fn count(_: i32) {
    SEEN_HERE.fetch_add(1, SeqCst);
}

fn handle(signal: i32) {
    // SAFETY: the handler only adds to an atomic.
    unsafe { libc::signal(signal, count as *const () as usize) };
}

/// From another process, as a user's `kill` or a service manager does.
fn send(name: &str, pid: u32) {
    assert!(Command::new("kill").args([&format!("-{name}"), &pid.to_string()]).status().unwrap().success());
}

#[test]
fn a_signal_from_another_process_reaches_the_command_once_and_the_handler_of_before() {
    // SAFETY: a process group of our own, so that what is sent to it reaches nobody else.
    unsafe { libc::setpgid(0, 0) };
    handle(libc::SIGINT);
    let fifo = std::env::temp_dir().join(format!("oisp-forward-{}", std::process::id()));
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let script = format!(
        "exec >'{}'; trap 'echo int' INT; trap 'echo term; exit 7' TERM; echo ready; while :; do sleep 0.02; done",
        fifo.display()
    );
    let command = spawn::Command {
        argv: ["sh", "-c", &script].map(Into::into).into(),
        caller: Caller::own(),
        extra_environment: Vec::new(),
    };
    let child = spawn::spawn(&command).unwrap();
    child.release().unwrap();
    let mut lines = std::io::BufReader::new(std::fs::File::open(&fifo).unwrap()).lines().map(Result::unwrap);
    assert_eq!(lines.next().unwrap(), "ready");

    send("INT", std::process::id());
    assert_eq!(lines.next().unwrap(), "int");
    assert_eq!(SEEN_HERE.load(SeqCst), 1);

    // SAFETY: a signal to this very thread: not sent by a process, as those of the terminal.
    unsafe { libc::raise(libc::SIGINT) };
    assert_eq!(SEEN_HERE.load(SeqCst), 2);

    // to everybody in our process group, and to us once more, as timeout(1) does
    let both = format!("trap '' INT; kill -INT {}; kill -INT 0", std::process::id());
    assert!(Command::new("sh").args(["-c", &both]).status().unwrap().success());
    assert_eq!(lines.next().unwrap(), "int");
    assert!(SEEN_HERE.load(SeqCst) >= 3);

    send("TERM", std::process::id());
    assert_eq!(lines.next().unwrap(), "term", "no further int came in between");
    assert_eq!(child.wait(Duration::from_secs(20)), Some(Ended::Code(7)));
    std::fs::remove_file(fifo).unwrap();

    let before = SEEN_HERE.load(SeqCst);
    // without a command the handler of before still runs
    send("INT", std::process::id());
    while SEEN_HERE.load(SeqCst) == before {
        std::thread::yield_now();
    }
}
