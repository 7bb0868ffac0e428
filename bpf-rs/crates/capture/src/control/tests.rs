//! Requests and replies as the program sends and gets them.
use super::*;
use serde_json::json;

fn ask(request: &Value) -> Result<Value, String> {
    dispatch(None, &request.to_string()).map(|reply| serde_json::from_str(&reply).unwrap())
}

#[test]
fn operations_have_unique_ids_in_order() {
    let ids: Vec<_> = OPERATIONS.iter().map(|o| o.id).collect();
    assert!(ids.is_sorted() && ids.iter().collect::<std::collections::BTreeSet<_>>().len() == ids.len());
}

#[test]
fn a_request_that_makes_no_sense_is_an_error_and_never_a_panic() {
    for request in
        ["", "1", "[]", "{}", "{\"op\":1}", "{\"op\":\"no\"}", "{\"op\":\"spawn\"}", "{\"op\":\"wait\",\"x\":1}"]
    {
        assert!(dispatch(None, request).is_err(), "{request}");
    }
    arbtest::arbtest(|u| {
        let operation = u.choose(OPERATIONS)?;
        let mut request = json!({ "op": operation.id });
        for _ in 0..u.int_in_range(0..=3)? {
            let key: &str =
                u.choose(&["pid", "path", "mode", "signal", "local", "remote", "fd", "timeout_ms", "exes"])?;
            request[key] = match u.int_in_range(0..=3)? {
                0 => json!(u.arbitrary::<String>()?),
                1 => json!([1, "x"]),
                2 => json!({}),
                _ => Value::Null,
            };
        }
        let _ = dispatch(None, &request.to_string());
        Ok(())
    })
    .budget_ms(300);
}

#[test]
fn what_needs_an_open_capture_says_so() {
    for id in ["set_scope", "flush"] {
        assert_eq!(ask(&json!({ "op": id })).unwrap_err(), format!("{id} needs an open capture"));
    }
}

#[test]
fn a_command_is_spawned_released_and_waited_for() {
    let child = ask(&json!({ "op": "spawn", "argv": ["sh", "-c", "exit $CODE"], "env": { "CODE": "3" } })).unwrap();
    let pid = child["pid"].clone();
    assert!(child["path"].as_str().unwrap().ends_with("/sh"));
    assert_eq!(ask(&json!({ "op": "wait", "pid": pid, "timeout_ms": 20 })).unwrap(), json!({ "ended": false }));
    let released = ask(&json!({ "op": "release", "pid": pid })).unwrap();
    assert_eq!(released, json!({ "released": true, "prepared": true }));
    let ended = ask(&json!({ "op": "wait", "pid": pid, "timeout_ms": 20_000 })).unwrap();
    assert_eq!(ended, json!({ "ended": true, "exit_code": 3 }));
}

#[test]
fn a_command_that_is_not_there_is_told_with_its_exit_code() {
    let child = ask(&json!({ "op": "spawn", "argv": ["oisp-no-such-command"] })).unwrap();
    assert_eq!(child.get("path"), None);
    let released = ask(&json!({ "op": "release", "pid": child["pid"] })).unwrap();
    assert_eq!((&released["released"], &released["exit_code"]), (&json!(false), &json!(127)));
}

#[test]
fn a_command_is_signalled_by_name() {
    let child = ask(&json!({ "op": "spawn", "argv": ["sleep", "60"] })).unwrap();
    let pid = &child["pid"];
    ask(&json!({ "op": "release", "pid": pid })).unwrap();
    assert!(ask(&json!({ "op": "signal", "pid": pid, "signal": "SIGNOTHING" })).is_err());
    ask(&json!({ "op": "signal", "pid": pid, "signal": "SIGTERM" })).unwrap();
    let ended = ask(&json!({ "op": "wait", "pid": pid, "timeout_ms": 20_000 })).unwrap();
    assert_eq!(ended, json!({ "ended": true, "signal": 15 }));
    assert!(ask(&json!({ "op": "signal", "pid": 1, "signal": "SIGTERM" })).is_err(), "not ours");
}

#[test]
fn our_own_process_is_explained_as_one_without_tls() {
    let told = ask(&json!({ "op": "explain_pid", "pid": std::process::id() })).unwrap();
    assert_eq!(told["exe"], json!(std::env::current_exe().unwrap()));
    assert_eq!(told["tls"], json!([]));
    assert_eq!(told["findings"][0]["code"], "OISP-TLS-003");
    assert!(ask(&json!({ "op": "explain_pid", "pid": 4_000_000 })).is_err());
}

#[test]
fn the_host_tells_what_identifies_machine_and_boot() {
    let told = ask(&json!({ "op": "host_facts" })).unwrap();
    let of = |path: &str| std::fs::read_to_string(path).unwrap().trim().to_owned();
    assert_eq!(told["boot_id"], json!(of("/proc/sys/kernel/random/boot_id")));
    assert_eq!(told["hostname"], json!(of("/proc/sys/kernel/hostname")));
    assert_eq!(told["kernel_version"], json!(of("/proc/sys/kernel/osrelease")));
    assert_eq!((&told["os"], &told["arch"]), (&json!("linux"), &json!(std::env::consts::ARCH)));
    assert!(told["os_version"].as_str().is_none_or(|name| !name.is_empty() && !name.contains('"')), "{told}");
    assert!(ask(&json!({ "op": "host_facts", "more": 1 })).is_err());
}

#[test]
fn the_doctor_tells_features_libraries_and_findings() {
    let told = ask(&json!({ "op": "doctor" })).unwrap();
    let names = |key: &str, field: &str| -> Vec<String> {
        told[key].as_array().unwrap().iter().map(|r| r[field].as_str().unwrap_or_default().to_owned()).collect()
    };
    let features = names("features", "feature");
    assert!(["bpf", "btf", "ring_buffer", "uprobe_perf"].iter().all(|f| features.contains(&(*f).to_owned())));
    if crate::discover::loader_cache::tls_libraries().iter().any(|p| p.exists()) {
        assert!(names("findings", "code").contains(&"OISP-TLS-001".to_owned()), "{told}");
    }
    let errors = names("findings", "severity").iter().filter(|s| *s == "error").count();
    assert_eq!(told["can_capture"].as_bool().unwrap(), errors == 0, "{told}");
    assert!(told.to_string().len() < 60_000);
}
