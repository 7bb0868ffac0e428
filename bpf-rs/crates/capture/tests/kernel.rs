//! Real kernel, real programs, real TLS on loopback.
mod support;
use std::process::Command;
use support::*;

const DATA: u16 = 1;
const CONNECTION: u16 = 2;

fn curl(folder: &Folder, port: u16, path: &str, arguments: &[&str]) -> String {
    let out = Command::new("curl")
        .args(["-sS", "--max-time", "60", "--http1.1", "--cacert"])
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
    assert!(sent.starts_with(&format!("POST {path} HTTP/1.1\r\n")) && sent.ends_with("\r\n\r\nhello"), "{sent}");
    let received = String::from_utf8(stream(&all, ids[0], 2)).unwrap();
    assert!(received.ends_with(&answer), "{received}");
    let of = |state: &str| all.iter().find(|r| r.conn_id == ids[0] && r.is(CONNECTION, state)).unwrap().json();
    assert_eq!(of("opened")["library"], "openssl");
    assert!(of("opened").get("joined_late").is_none());
    let bound = of("bound");
    assert_eq!((&bound["binding"], &bound["remote"]["port"]), (&"nested".into(), &port.into()));
    assert!(answer.starts_with(&format!("port={} ", bound["local"]["port"])), "{answer} {bound}");
    assert_eq!(of("closed")["sent_end"], sent.len());
    assert_eq!(of("closed")["received_end"], received.len());
    assert!(all.iter().filter(|r| r.kind == DATA).all(|r| r.binding == 1 && r.entry_ns <= r.return_ns));
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

#[test]
fn gnutls_in_wget_is_seen_in_both_directions() {
    let Some(library) = library_of("wget", "libgnutls") else { return skip("no wget with GnuTLS") };
    let Some(engine) = session(|_| {}) else { return };
    let folder = Folder::new("gnutls");
    let (_server, port) = server(&folder, &[]);
    attach(&engine, &library);
    let out = Command::new("wget")
        .args(["-q", "-O", "-", "--post-data=hello-gnutls", "--header=X-Size: 100000", "--ca-certificate"])
        .arg(folder.file("cert.pem"))
        .arg(format!("https://localhost:{port}/gnutls"))
        .output()
        .unwrap();
    assert!(out.status.success());
    let mut all = Vec::new();
    finish(&engine, &mut all);
    let ids = connections_that_sent(&all, "POST /gnutls ");
    assert_eq!(ids.len(), 1);
    assert!(stream(&all, ids[0], 1).ends_with(b"hello-gnutls"));
    assert!(stream(&all, ids[0], 2).ends_with(&out.stdout), "{} bytes", out.stdout.len());
    let of = |state: &str| all.iter().find(|r| r.conn_id == ids[0] && r.is(CONNECTION, state)).unwrap().json();
    assert_eq!(of("opened")["library"], "gnutls");
    assert!(of("opened").get("joined_late").is_none());
    assert_eq!((&of("bound")["binding"], &of("bound")["remote"]["port"]), (&"nested".into(), &port.into()));
    assert_eq!(of("closed")["received_end"], stream(&all, ids[0], 2).len());
    assert_balanced(&account(&all));
}

/// A proxy that speaks TLS itself and tunnels CONNECT: its own TLS is not in Python, so that only curl's is seen.
const PROXY: &str = r#"
import socket, ssl, sys, threading
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
def pump(a, b):
    try:
        while data := a.recv(65536): b.sendall(data)
    except OSError: pass
    try: b.close()
    except OSError: pass
def serve(raw):
    client = context.wrap_socket(raw, server_side=True)
    head = b""
    while b"\r\n\r\n" not in head: head += client.recv(4096)
    host, port = head.split()[1].rsplit(b":", 1)
    target = socket.create_connection((host.decode(), int(port)))
    client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
    threading.Thread(target=pump, args=(target, client), daemon=True).start()
    pump(client, target)
while True: threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
"#;

#[test]
fn through_an_https_proxy_the_inner_bytes_are_seen_once_and_the_tunnel_is_skipped() {
    use std::io::BufRead as _;
    let Some(engine) = session(|_| {}) else { return };
    let folder = Folder::new("tunnel");
    let (_server, port) = server(&folder, &[]);
    let mut proxy = Command::new("/usr/bin/python3")
        .args(["-c", PROXY])
        .args([folder.file("cert.pem"), folder.file("key.pem")])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut proxy_port = String::new();
    std::io::BufReader::new(proxy.stdout.take().unwrap()).read_line(&mut proxy_port).unwrap();
    let _proxy = Ended(proxy);
    attach(&engine, &library_of("curl", "libssl").unwrap());
    let proxy_url = format!("https://localhost:{}", proxy_port.trim());
    let certificate = folder.file("cert.pem");
    let arguments =
        ["--proxytunnel", "--proxy", &proxy_url, "--proxy-cacert", certificate.to_str().unwrap(), "-d", "in-tunnel"];
    let answer = curl(&folder, port, "/tunnel", &arguments);
    let mut all = Vec::new();
    finish(&engine, &mut all);
    let ids = connections_that_sent(&all, "POST /tunnel ");
    assert_eq!(ids.len(), 1);
    assert!(stream(&all, ids[0], 1).ends_with(b"in-tunnel") && stream(&all, ids[0], 2).ends_with(answer.as_bytes()));
    let outer = connections_that_sent(&all, &format!("CONNECT localhost:{port} "));
    assert!(outer.len() == 1 && outer != ids);
    let bound =
        all.iter().find(|r| r.conn_id == ids[0] && r.is(CONNECTION, "bound")).expect("bound to the proxy's socket");
    assert_eq!(bound.json()["remote"]["port"].to_string(), proxy_port.trim());
    let account = account(&all);
    assert!(account["skipped"]["tunnel"].as_u64().unwrap() > 500, "{account}");
    assert_balanced(&account);
}

#[test]
fn time_goes_on_without_traffic() {
    let Some(engine) = session(|c| c.scope.whole_machine = false) else { return };
    let mut all = Vec::new();
    read_until(&engine, &mut all, |all| all.iter().filter(|r| r.kind == 9).count() >= 2);
    let times: Vec<u64> = all.iter().filter(|r| r.kind == 9).map(|r| r.json()["to_ns"].as_u64().unwrap()).collect();
    assert!(times.len() >= 2 && times.windows(2).all(|w| w[0] < w[1]));
    assert!(*times.last().unwrap() < oisp_capture::engine::boot_ns());
    let clock = all.iter().find(|r| r.kind == 8).unwrap().json();
    assert!(clock["boot_ns"].as_u64().unwrap() > 0 && clock["realtime_ns"].as_str().unwrap().parse::<u64>().is_ok());
}
