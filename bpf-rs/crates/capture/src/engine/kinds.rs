//! What the kernel programs do with each function: the numbers of `bpf/call.h`, which are also the records' `probe_id`.
use oisp_locate::{Abi, Function};

/// Where a function needs probes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Probe {
    /// `enum call_kind`, the attach cookie.
    pub kind: u64,
    pub at_entry: bool,
    pub at_return: bool,
}

const fn both(kind: u64) -> Option<Probe> {
    Some(Probe { kind, at_entry: true, at_return: true })
}
const fn entry(kind: u64) -> Option<Probe> {
    Some(Probe { kind, at_entry: true, at_return: false })
}

/// The probes for a function; `None` for a form that the kernel side does not know.
pub(super) fn probe(function: Function, abi: Abi) -> Option<Probe> {
    use Function as F;
    match (function, abi) {
        (F::SslRead, Abi::Count) => both(1),
        (F::SslReadEx | F::SslReadInternal, Abi::LengthPointer { length_argument: 3 }) => both(2),
        (F::SslWrite, Abi::Count) => both(3),
        (F::SslWriteEx | F::SslWriteInternal, Abi::LengthPointer { length_argument: 3 }) => both(4),
        (F::SslWriteEx | F::SslWriteInternal, Abi::LengthPointer { length_argument: 4 }) => both(5),
        (F::SslFree, Abi::Object) => entry(6),
        (F::SslShutdown, Abi::Object) => entry(7),
        (F::SslClear, Abi::Object) => entry(8),
        (F::SslNew, Abi::ObjectReturned) => Some(Probe { kind: 9, at_entry: false, at_return: true }),
        (F::SslDoHandshake, Abi::Object) => both(10),
        (F::GnutlsRecordRecv, Abi::Count) => both(16),
        (F::GnutlsRecordSend, Abi::Count) => both(17),
        (F::GnutlsDeinit, Abi::Object) => entry(18),
        (F::GnutlsBye, Abi::Object) => entry(19),
        (F::GnutlsInit, Abi::ObjectStored) => both(20),
        (F::GnutlsHandshake, Abi::Object) => both(21),
        _ => None,
    }
}

/// Name of `enum library`.
pub(crate) fn library(number: u8) -> &'static str {
    match number {
        1 => "openssl",
        2 => "gnutls",
        _ => "unknown",
    }
}
