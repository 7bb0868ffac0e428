//! Facts of a process that only user space can read: `/proc` and the user database.
//!
//! `/proc` is asked by a process id that may mean somebody else by now (the process ended and its id was given away, or
//! this library lives in another PID namespace), so what it says counts only when the start time is the same too.
pub mod read;
pub mod users;

use crate::engine::{ProcessFact, ProcessState};
use serde_json::{Map, Value, json};

/// `/proc` counts start times in ticks of 10 ms.
const START_TOLERANCE_NS: u64 = 20_000_000;

/// Adds what `/proc` and the user database say (exe, cwd, args, username, cgroup, session_id) to a `process` record.
/// `body` has what the kernel said. Called on the drain thread for facts in scope: about 100 µs at most.
pub fn enrich(fact: &ProcessFact, body: &mut Map<String, Value>) {
    if let Some(user) = users::user(fact.uid) {
        body.insert("username".into(), user.name.into());
    }
    match fact.state {
        ProcessState::Fork | ProcessState::Exit => {}
        ProcessState::Seen | ProcessState::Exec => add_program(fact, body),
    }
}

fn add_program(fact: &ProcessFact, body: &mut Map<String, Value>) {
    let pid = fact.origin.tgid;
    let is_same = is_same_process(pid, fact.start_ns);
    let mut put = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            body.insert(key.into(), value);
        }
    };
    if fact.state == ProcessState::Exec && !fact.args.is_empty() && !fact.args_cut {
        put("args", Some(json!(fact.args)));
    } else {
        let from_proc = is_same.then(|| read::arguments(pid)).flatten().filter(|now| are_of(fact, now));
        // the process has ended or runs its next program: only the beginning is left
        put("args_cut", (from_proc.is_none() && fact.args_cut).then_some(true.into()));
        put("args", from_proc.or_else(|| (!fact.args.is_empty()).then(|| fact.args.clone())).map(|a| json!(a)));
    }
    let exe = is_same.then(|| read::exe(pid)).flatten();
    // asked after the path was read: a process that has gone on to its next program names that one
    let exe = exe.filter(|_| runs_still(fact)).map(|e| e.to_string_lossy().into_owned());
    put("exe", exe.or_else(|| started_program(fact)).map(Value::from));
    if is_same {
        put("cwd", read::cwd(pid).map(|c| c.to_string_lossy().into_owned().into()));
        put("cgroup", read::cgroup(pid).map(Value::from));
        put("session_id", read::session_id(pid).map(Value::from));
    }
}

/// Whether the process still runs the program that an exec told of.
fn runs_still(fact: &ProcessFact) -> bool {
    let is_told = fact.state == ProcessState::Exec && !fact.args.is_empty();
    !is_told || read::arguments(fact.origin.tgid).is_some_and(|now| are_of(fact, &now))
}

/// Whether a process that has these arguments now runs the program that an exec told of.
fn are_of(fact: &ProcessFact, now: &[String]) -> bool {
    if fact.state != ProcessState::Exec || fact.args.is_empty() {
        return true;
    }
    // the last of cut arguments is not whole
    let whole = fact.args.len() - usize::from(fact.args_cut);
    now.len() >= whole && now[..whole] == fact.args[..whole] && (fact.args_cut || now.len() == whole)
}

/// The program by what the kernel was asked to start: for a script its interpreter, which the kernel puts before it.
pub(crate) fn started_program(fact: &ProcessFact) -> Option<String> {
    let is_script = fact.args.iter().skip(1).take(2).any(|arg| *arg == fact.filename);
    let asked = if is_script { fact.args.first()? } else { &fact.filename };
    asked.starts_with('/').then(|| asked.clone())
}

/// Whether `/proc/PID` is about the process that started at `start_ns` (boot clock; 0: the kernel did not say).
pub fn is_same_process(pid: u32, start_ns: u64) -> bool {
    match read::stat(pid) {
        Some(stat) => start_ns == 0 || is_same_start(stat.start_ns, start_ns),
        None => false,
    }
}

/// Whether two start times, one of them from `/proc`, are of one process.
pub fn is_same_start(a_ns: u64, b_ns: u64) -> bool {
    a_ns.abs_diff(b_ns) <= START_TOLERANCE_NS
}

/// Processes below `pid`, nearest first; without `pid` itself.
pub fn descendants(pid: u32) -> Vec<u32> {
    let parents: Vec<(u32, u32)> = read::all().into_iter().filter_map(|p| Some((p, read::stat(p)?.ppid))).collect();
    let mut found = vec![pid];
    let mut next = 0;
    while let Some(parent) = found.get(next).copied() {
        found.extend(parents.iter().filter(|(p, of)| *of == parent && *p != pid).map(|(p, _)| *p));
        next += 1;
    }
    found.split_off(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Origin;

    fn own(state: ProcessState, start_ns: u64) -> ProcessFact {
        ProcessFact {
            state,
            origin: Origin { tgid: std::process::id(), ..Origin::default() },
            in_scope: true,
            ppid: 0,
            parent_key: 0,
            uid: 0,
            gid: 0,
            start_ns,
            comm: String::new(),
            child: None,
            file: None,
            filename: "/given/path".into(),
            args: vec!["prog".into(), "-x".into()],
            args_cut: false,
            wait_status: 0,
        }
    }

    fn enriched(fact: &ProcessFact) -> Map<String, Value> {
        let mut body = Map::new();
        enrich(fact, &mut body);
        body
    }

    #[test]
    fn an_exec_keeps_the_kernels_arguments_and_gains_paths_and_user() {
        let start = read::stat(std::process::id()).unwrap().start_ns;
        let args: Vec<String> = std::env::args().collect();
        let body = enriched(&ProcessFact { args: args.clone(), ..own(ProcessState::Exec, start) });
        assert_eq!(body["args"], json!(args));
        assert_eq!(body["exe"], json!(std::env::current_exe().unwrap()));
        assert_eq!(body["cwd"], json!(std::env::current_dir().unwrap()));
        assert_eq!(body["username"], "root");
    }

    #[test]
    fn a_process_that_runs_its_next_program_already_does_not_name_the_one_before() {
        let start = read::stat(std::process::id()).unwrap().start_ns;
        assert_eq!(enriched(&own(ProcessState::Exec, start))["exe"], "/given/path");
        let script = ["/usr/bin/env", "sh", "/given/path", "-x"].map(str::to_owned).to_vec();
        let body = enriched(&ProcessFact { args: script, ..own(ProcessState::Exec, start) });
        assert_eq!(body["exe"], "/usr/bin/env");
    }

    #[test]
    fn cut_arguments_are_read_whole_from_the_process() {
        let args: Vec<String> = std::env::args().collect();
        let cut = vec![args[0].clone(), "cu".into()];
        let body = enriched(&ProcessFact { args: cut, args_cut: true, ..own(ProcessState::Exec, 0) });
        assert_eq!((&body["args"], body.get("args_cut")), (&json!(args), None));
    }

    #[test]
    fn cut_arguments_of_a_program_that_is_gone_say_that_they_are_cut() {
        let body = enriched(&ProcessFact { args_cut: true, ..own(ProcessState::Exec, 0) });
        assert_eq!((&body["args"], &body["args_cut"]), (&json!(["prog", "-x"]), &json!(true)));
    }

    #[test]
    fn a_reused_process_id_gives_no_facts_of_the_new_process() {
        let body = enriched(&own(ProcessState::Exec, 1));
        assert_eq!(body["exe"], "/given/path");
        assert_eq!((body.get("cwd"), body.get("cgroup")), (None, None));
    }

    #[test]
    fn children_of_children_are_descendants() {
        let mut shell = std::process::Command::new("/bin/sh")
            .args(["-c", "sleep 60 & echo $!; read x; kill $!"])
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let out = shell.stdout.take().unwrap();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(out), &mut line).unwrap();
        let found = descendants(std::process::id());
        drop(shell.stdin.take());
        shell.wait().unwrap();
        assert!(found.contains(&shell.id()) && found.contains(&line.trim().parse().unwrap()));
        assert!(!found.contains(&std::process::id()));
    }
}
