//! Watching sends and receives, to bind connections to sockets: by the kernel's socket tracepoints, else by system calls.
use super::load::{Loader, SOCKET, SOCKET_CALLS, attach_all, program};
use super::tracepoint::TraceFs;
use libbpf_rs::Link;

/// What watches, and how.
pub(super) struct Sockets {
    pub method: &'static str,
    pub links: Vec<Link>,
}

/// Program and the system calls it is for.
const CALLS: [(&str, &str, [&str; 4]); 3] = [
    ("on_send_call", "sys_enter", ["write", "writev", "sendto", "sendmsg"]),
    ("on_receive_call", "sys_enter", ["read", "readv", "recvfrom", "recvmsg"]),
    ("on_receive_return", "sys_exit", ["read", "readv", "recvfrom", "recvmsg"]),
];

/// Attaches the first way that works. Without any, connections stay unbound and say so.
pub(super) fn attach(loader: &mut Loader, force_calls: bool) -> Result<Sockets, String> {
    let first = if force_calls { Err("not tried".to_owned()) } else { by_tracepoints(loader) };
    first.or_else(|why| by_calls(loader).map_err(|second| format!("{why}; {second}")))
}

fn by_tracepoints(loader: &mut Loader) -> Result<Sockets, String> {
    let object = loader.load("socket programs", SOCKET, false)?;
    Ok(Sockets { method: "tp_btf", links: attach_all(&object, &["on_send", "on_receive"])? })
}

fn by_calls(loader: &mut Loader) -> Result<Sockets, String> {
    let object = loader.load("system call programs", SOCKET_CALLS, false)?;
    let tracefs = TraceFs::open()?;
    let mut links = Vec::new();
    for (name, category, calls) in CALLS {
        let program = program(&object, name)?;
        for call in calls {
            links.push(tracefs.attach(&program, &format!("syscalls/{category}_{call}"))?);
        }
    }
    Ok(Sockets { method: "tracepoint", links })
}
