//! `socket_owner`: which user a TCP connection's other end belongs to, from the kernel's own tables.
//! @see proc(5), `/proc/net/tcp`: addresses are words of the machine's byte order, in hexadecimal.
use super::{Operation, parameters};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::io::{BufRead as _, BufReader};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

pub(super) const OPERATION: Operation = Operation {
    id: "socket_owner",
    summary: "gives the user behind a connection on this machine",
    needs_engine: false,
    run,
};

/// State numbers of connections that are gone: their owner is 0, which would mean root.
const CLOSING: [&str; 3] = ["06", "07", "0A"]; // TIME_WAIT, CLOSE, LISTEN

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// As the asked-for socket sees it: its own address and port.
    local: Endpoint,
    /// The other end's.
    remote: Endpoint,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Endpoint {
    ip: IpAddr,
    port: u16,
}

/// `{"found": false}`, or `{"found": true, "uid": n}`.
fn run(_: Option<&Arc<crate::engine::Host>>, request: Map<String, Value>) -> Result<Value, String> {
    let wanted: Parameters = parameters(request)?;
    let pair = (
        SocketAddr::new(wanted.local.ip.to_canonical(), wanted.local.port),
        SocketAddr::new(wanted.remote.ip.to_canonical(), wanted.remote.port),
    );
    let uid = ["/proc/self/net/tcp", "/proc/self/net/tcp6"].iter().find_map(|table| {
        let lines = BufReader::new(std::fs::File::open(table).ok()?).lines();
        lines.skip(1).map_while(Result::ok).find_map(|line| owner(&line, pair))
    });
    Ok(uid.map_or_else(|| json!({ "found": false }), |uid| json!({ "found": true, "uid": uid })))
}

/// `sl: local remote state tx:rx tr:when retrnsmt uid ...`
fn owner(line: &str, pair: (SocketAddr, SocketAddr)) -> Option<u32> {
    let mut fields = line.split_whitespace().skip(1);
    let (local, remote, state) = (fields.next()?, fields.next()?, fields.next()?);
    let uid = fields.nth(3)?;
    let is_pair = address(local)? == pair.0 && address(remote)? == pair.1;
    if is_pair && !CLOSING.contains(&state) { uid.parse().ok() } else { None }
}

fn address(text: &str) -> Option<SocketAddr> {
    let (ip, port) = text.split_once(':')?;
    let word = |i: usize| Some(u32::from_str_radix(ip.get(i * 8..i * 8 + 8)?, 16).ok()?.to_ne_bytes());
    let ip = if ip.len() == 8 {
        IpAddr::V4(Ipv4Addr::from(word(0)?))
    } else {
        let mut bytes = [0; 16];
        for i in 0..4 {
            bytes[i * 4..i * 4 + 4].copy_from_slice(&word(i)?);
        }
        IpAddr::V6(Ipv6Addr::from(bytes)).to_canonical()
    };
    Some(SocketAddr::new(ip, u16::from_str_radix(port, 16).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{TcpListener, TcpStream};

    fn ask(local: SocketAddr, remote: SocketAddr) -> Value {
        let end = |a: SocketAddr| json!({ "ip": a.ip().to_string(), "port": a.port() });
        let Value::Object(request) = json!({ "local": end(local), "remote": end(remote) }) else { unreachable!() };
        run(None, request).unwrap()
    }

    #[test]
    fn both_ends_of_a_connection_belong_to_us_and_a_swapped_port_to_nobody() {
        for bind in ["127.0.0.1:0", "[::1]:0"] {
            let Ok(listener) = TcpListener::bind(bind) else {
                continue;
            };
            let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            let (own, other) = (client.local_addr().unwrap(), client.peer_addr().unwrap());
            // SAFETY: plain getter.
            let uid = unsafe { libc::geteuid() };
            assert_eq!(ask(own, other), json!({ "found": true, "uid": uid }));
            assert_eq!(ask(other, other), json!({ "found": false }));
        }
    }

    #[test]
    fn a_client_that_speaks_ipv4_to_an_ipv6_socket_is_found() {
        let Ok(listener) = TcpListener::bind("[::]:0") else {
            return;
        };
        let port = listener.local_addr().unwrap().port();
        let Ok(client) = TcpStream::connect(("127.0.0.1", port)) else {
            return;
        };
        let server = SocketAddr::new(client.peer_addr().unwrap().ip(), port);
        assert_eq!(ask(server, client.local_addr().unwrap())["found"], json!(true));
    }

    #[test]
    fn a_closed_connection_is_not_roots() {
        let line = "0: 0100007F:0016 0100007F:0017 06 0:0 0:0 0 0 0 0";
        let pair = ("127.0.0.1:22".parse().unwrap(), "127.0.0.1:23".parse().unwrap());
        assert_eq!(owner(line, pair), None);
        assert_eq!(owner(&line.replace(" 06 ", " 01 "), pair), Some(0));
    }
}
