//! Real kernel, real programs, real TLS on loopback.
mod support;
use std::process::Command;
use support::*;

const DATA: u16 = 1;
const CONNECTION: u16 = 2;

fn curl(folder: &Folder, port: u16, path: &str, arguments: &[&str]) -> String {
    let out = Command::new("curl")
        .args(["-sS", "--http1.1", "--cacert"])
        .arg(folder.file("cert.pem"))
        .args(arguments)
        .arg(format!("https://localhost:{port}{path}"))
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

fn sees_curl(perf: bool) {
    let Some(engine) = session(|c| c.force_perf_uprobes = perf) else {
        return;
    };
    let folder = Folder::new(if perf { "perf" } else { "multi" });
    let (_server, port) = server(&folder, &[]);
    let functions = attach(&engine, &library_of("curl", "libssl").unwrap());
    assert!(functions.len() >= 4, "{functions:?}");
    let path = if perf { "/marker-perf" } else { "/marker-multi" };
    let answer = curl(&folder, port, path, &["-d", "hello"]);
    let mut all = Vec::new();
    finish(&engine, &mut all);
    let ids = connections_that_sent(&all, path);
    assert_eq!(ids.len(), 1, "the client's connection, and not the server's");
    let sent = String::from_utf8(stream(&all, ids[0], 1)).unwrap();
    assert!(
        sent.starts_with(&format!("POST {path} HTTP/1.1\r\n")) && sent.ends_with("\r\n\r\nhello"),
        "{sent}"
    );
    let received = String::from_utf8(stream(&all, ids[0], 2)).unwrap();
    assert!(received.ends_with(&answer), "{received}");
    let of = |state: &str| {
        all.iter()
            .find(|r| r.conn_id == ids[0] && r.is(CONNECTION, state))
            .unwrap()
            .json()
    };
    assert_eq!(of("opened")["library"], "openssl");
    assert!(of("opened").get("joined_late").is_none());
    let bound = of("bound");
    assert_eq!(
        (&bound["binding"], &bound["remote"]["port"]),
        (&"nested".into(), &port.into())
    );
    assert!(
        answer.starts_with(&format!("port={} ", bound["local"]["port"])),
        "{answer} {bound}"
    );
    assert_eq!(of("closed")["sent_end"], sent.len());
    assert_eq!(of("closed")["received_end"], received.len());
    assert!(
        all.iter()
            .filter(|r| r.kind == DATA)
            .all(|r| r.binding == 1 && r.entry_ns <= r.return_ns)
    );
    assert_balanced(&account(&all));
}

#[test]
fn uprobe_multi_sees_both_directions_of_curl() {
    sees_curl(false);
}

#[test]
fn perf_event_uprobes_see_both_directions_of_curl() {
    sees_curl(true);
}
