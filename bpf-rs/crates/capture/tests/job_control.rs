//! A command under an interactive shell on a real terminal: keys reach it once, it can be stopped and continued.
#[path = "support/skip.rs"]
mod skip;
use oisp_capture::control::dispatch;
use serde_json::{Value, json};
use skip::skip;
use std::io::{Read as _, Write as _};
use std::os::fd::{AsRawFd as _, FromRawFd as _};
use std::time::{Duration, Instant};

const INTERRUPT: &[u8] = b"\x03";
const STOP: &[u8] = b"\x1a";

fn ask(request: &Value) -> Value {
    serde_json::from_str(&dispatch(None, &request.to_string()).unwrap()).unwrap()
}

#[test]
#[ignore = "runs on a terminal of its own, by the test below"]
fn inner_command() {
    let script =
        "trap 'echo got-interrupt' INT; echo command-started $$; while :; do echo still-running; sleep 0.05; done";
    let child = ask(&json!({ "op": "spawn", "argv": ["sh", "-c", script] }));
    ask(&json!({ "op": "release", "pid": child["pid"] }));
    let ended = ask(&json!({ "op": "wait", "pid": child["pid"], "timeout_ms": 60_000 }));
    println!("command-ended {ended}");
}

/// A shell with job control on a terminal.
struct Terminal {
    shell: i32,
    master: std::fs::File,
    text: String,
}

impl Terminal {
    fn new() -> Option<Self> {
        let shell = c"/bin/bash";
        let arguments = [shell.as_ptr(), c"--norc".as_ptr(), c"--noprofile".as_ptr(), c"-i".as_ptr(), std::ptr::null()];
        let environment =
            [c"PS1=PROMPT>".as_ptr(), c"PATH=/usr/bin:/bin".as_ptr(), c"TERM=dumb".as_ptr(), std::ptr::null()];
        let mut master = 0;
        // SAFETY: the child only execs, with NUL-ended texts; the parent gets a fresh descriptor.
        unsafe {
            let pid = libc::forkpty(&mut master, std::ptr::null_mut(), std::ptr::null(), std::ptr::null());
            if pid == 0 {
                libc::execve(shell.as_ptr(), arguments.as_ptr(), environment.as_ptr());
                libc::_exit(127);
            }
            (pid > 0).then(|| Self { shell: pid, master: std::fs::File::from_raw_fd(master), text: String::new() })
        }
    }

    fn send(&mut self, bytes: &[u8]) {
        self.master.write_all(bytes).unwrap();
    }

    /// From the shell's prompt to the command's next line: by then the command has the terminal.
    ///
    /// The shell names the job it continues, and only lines after that name count: a write that was under way when the
    /// command was stopped may come after the prompt, and a key sent on its account would reach the shell.
    fn continue_job(&mut self) {
        self.expect("PROMPT>");
        self.send(b"fg\n");
        self.expect("inner_command");
        self.expect("still-running");
    }

    /// Reads until `wanted` has come; what came before it and it itself are gone afterwards.
    fn expect(&mut self, wanted: &str) -> String {
        let until = Instant::now() + Duration::from_secs(30);
        loop {
            if let Some(at) = self.text.find(wanted) {
                let rest = self.text.split_off(at + wanted.len());
                return std::mem::replace(&mut self.text, rest);
            }
            assert!(Instant::now() < until, "no {wanted:?} in {:?}", self.text);
            let mut ready = libc::pollfd { fd: self.master.as_raw_fd(), events: libc::POLLIN, revents: 0 };
            // SAFETY: one descriptor.
            if unsafe { libc::poll(&mut ready, 1, 1000) } > 0 {
                let mut bytes = [0; 4096];
                let n = self.master.read(&mut bytes).unwrap_or(0);
                self.text.push_str(&String::from_utf8_lossy(&bytes[..n]));
            }
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // SAFETY: a child of ours that is still there.
        unsafe {
            libc::kill(self.shell, libc::SIGKILL);
            libc::waitpid(self.shell, std::ptr::null_mut(), 0);
        }
    }
}

#[test]
fn keys_reach_the_command_once_and_the_job_stops_and_goes_on() {
    if !std::path::Path::new("/bin/bash").exists() {
        return skip("needs bash");
    }
    let mut terminal = Terminal::new().expect("a terminal");
    let own = std::env::current_exe().unwrap();
    terminal.send(format!("{} --ignored --exact --nocapture inner_command\n", own.display()).as_bytes());
    terminal.expect("command-started ");
    let pid: i32 = terminal.expect("\n").trim().parse().unwrap();

    terminal.send(INTERRUPT);
    terminal.expect("got-interrupt");
    terminal.send(STOP);
    let between = terminal.expect("Stopped");
    assert!(!between.contains("got-interrupt"), "the key came twice");

    terminal.continue_job();
    terminal.send(INTERRUPT);
    terminal.expect("got-interrupt");

    // SAFETY: the command, which still runs.
    unsafe { libc::kill(pid, libc::SIGSTOP) };
    terminal.expect("Stopped");
    terminal.continue_job();
    // SAFETY: the same.
    unsafe { libc::kill(pid, libc::SIGKILL) };
    terminal.expect("command-ended {\"ended\":true,\"signal\":9}");
}
