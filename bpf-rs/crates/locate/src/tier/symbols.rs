//! Tier 1: the file names its TLS functions, in the dynamic or the full symbol table, exported or local.
//!
//! OpenSSL's public functions often begin with an instruction that is dear to probe, while the internal function that
//! both forms of a call lead to begins with a `push`. It is taken when the file proves what it is ([`internal`]).
use super::Tier;
use crate::calls;
use crate::image::{Image, Machine};
use crate::instruction;
use crate::symbol::{Symbol, Symbols};
use crate::target::{Abi, Cost, Function, Library, LibraryKind, Refusal, RefusalCode, Target};

pub(super) const TIER: Tier =
    Tier { id: "symbols", summary: "functions named by the file's symbol tables", names, locate };

/// The rows of one library: (function, how to read it).
struct Known {
    kind: LibraryKind,
    reads: &'static [(Function, Abi)],
    writes: &'static [(Function, Abi)],
    /// The life of the object. Useful, not needed: left out where they are not unique.
    life: &'static [(Function, Abi)],
    /// Never probed; a probe target that shares its code is ambiguous.
    never: &'static [&'static str],
}

const LENGTH_AT_3: Abi = Abi::LengthPointer { length_argument: 3 };

const KNOWN: &[Known] = &[
    Known {
        kind: LibraryKind::OpenSsl,
        reads: &[(Function::SslRead, Abi::Count), (Function::SslReadEx, LENGTH_AT_3)],
        writes: &[(Function::SslWrite, Abi::Count), (Function::SslWriteEx, LENGTH_AT_3)],
        life: &[
            (Function::SslNew, Abi::ObjectReturned),
            (Function::SslDoHandshake, Abi::Object),
            (Function::SslFree, Abi::Object),
            (Function::SslShutdown, Abi::Object),
            (Function::SslClear, Abi::Object),
        ],
        never: &["SSL_peek", "SSL_peek_ex"],
    },
    Known {
        kind: LibraryKind::GnuTls,
        reads: &[(Function::GnutlsRecordRecv, Abi::Count)],
        writes: &[(Function::GnutlsRecordSend, Abi::Count)],
        life: &[
            (Function::GnutlsInit, Abi::ObjectStored),
            (Function::GnutlsHandshake, Abi::Object),
            (Function::GnutlsBye, Abi::Object),
            (Function::GnutlsDeinit, Abi::Object),
        ],
        never: &[],
    },
];

fn names() -> Vec<&'static str> {
    let of = |k: &'static Known| {
        let rows = k.reads.iter().chain(k.writes).chain(k.life);
        rows.map(|(f, _)| f.name()).chain(k.never.iter().copied())
    };
    KNOWN.iter().flat_map(of).collect()
}

fn locate(image: &Image<'_>, symbols: &Symbols) -> Vec<Library> {
    let here = KNOWN.iter().filter(|k| k.reads.iter().chain(k.writes).any(|(f, _)| symbols.has(f.name())));
    here.map(|k| Library { kind: k.kind, tier: TIER.id, outcome: targets(image, symbols, k) }).collect()
}

fn targets(image: &Image<'_>, symbols: &Symbols, known: &Known) -> Result<Vec<Target>, Refusal> {
    let reads = direction(image, symbols, known.reads)?;
    let writes = direction(image, symbols, known.writes)?;
    refuse_shared_code(symbols, known)?;
    let mut all = internal(image, symbols, known, Function::SslReadInternal, &reads).unwrap_or(reads);
    all.extend(internal(image, symbols, known, Function::SslWriteInternal, &writes).unwrap_or(writes));
    for (function, abi) in known.life {
        let symbol = symbols.unique(function.name()).ok().flatten();
        all.extend(symbol.and_then(|s| target(image, *function, *abi, s).ok()));
    }
    Ok(all)
}

/// All functions of one direction that the file defines; the plain one is always there in a whole library.
fn direction(image: &Image<'_>, symbols: &Symbols, rows: &[(Function, Abi)]) -> Result<Vec<Target>, Refusal> {
    let mut found = Vec::new();
    for (function, abi) in rows {
        if let Some(symbol) = symbols.unique(function.name())? {
            found.push(target(image, *function, *abi, symbol)?);
        }
    }
    if found.first().map(|t| t.function) != Some(rows[0].0) {
        return Err(Refusal::new(RefusalCode::Incomplete, format!("{} is not defined", rows[0].0.name())));
    }
    Ok(found)
}

fn target(image: &Image<'_>, function: Function, abi: Abi, symbol: Symbol) -> Result<Target, Refusal> {
    let (address, cost) = instruction::cheapest(image, symbol.address, arguments(abi));
    let offset = image.code_offset(address).ok_or_else(|| {
        Refusal::new(RefusalCode::OutsideCode, format!("{} is not in executable bytes of the file", function.name()))
    })?;
    Ok(Target { function, abi, offset, cost })
}

/// How many arguments a call has at most.
fn arguments(abi: Abi) -> u8 {
    match abi {
        Abi::Count => 3,
        Abi::LengthPointer { length_argument } => length_argument + 1,
        Abi::Object | Abi::ObjectReturned | Abi::ObjectStored => 6, // not looked up: every register counts
    }
}

/// Two names for one address: what a probe there sees would be read wrongly for one of them.
fn refuse_shared_code(symbols: &Symbols, known: &Known) -> Result<(), Refusal> {
    let probed = known.reads.iter().chain(known.writes).map(|(f, _)| f.name());
    let mut seen: Vec<(u64, &str)> = Vec::new();
    for name in probed.chain(known.never.iter().copied()) {
        let Ok(Some(symbol)) = symbols.unique(name) else {
            continue;
        };
        if let Some((_, other)) = seen.iter().find(|(address, _)| *address == symbol.address) {
            return Err(Refusal::new(RefusalCode::Ambiguous, format!("{other} and {name} are the same code")));
        }
        seen.push((symbol.address, name));
    }
    Ok(())
}

/// The one function behind both forms of a call, when that is cheaper and proven:
/// the `_ex` form passes its first four arguments straight on to it, the plain form calls it, and neither a peek nor
/// the other direction does.
fn internal(
    image: &Image<'_>,
    symbols: &Symbols,
    known: &Known,
    function: Function,
    public: &[Target],
) -> Option<Vec<Target>> {
    let dear = public.iter().any(|t| t.cost == Cost::SingleStepped);
    if known.kind != LibraryKind::OpenSsl || image.machine != Machine::X86_64 || !dear {
        return None;
    }
    let [plain, ex] = public else { return None };
    let symbol = |name: &str| symbols.unique(name).ok().flatten();
    let call = calls::first_call_passing_arguments(image, symbol(ex.function.name())?)?;
    let is_read = function == Function::SslReadInternal;
    if is_read && call.fourth_argument_at != 3 {
        return None;
    }
    if !calls::direct_targets(image, symbol(plain.function.name())?)?.contains(&call.target) {
        return None;
    }
    let opposite = if is_read { known.writes } else { known.reads };
    for name in opposite.iter().map(|(f, _)| f.name()).chain(known.never.iter().copied()) {
        let Some(other) = symbol(name) else { continue };
        if calls::direct_targets(image, other)?.contains(&call.target) {
            return None;
        }
    }
    let abi = Abi::LengthPointer { length_argument: call.fourth_argument_at };
    let found = target(image, function, abi, Symbol { address: call.target, bytes: 0 }).ok()?;
    (found.cost == Cost::Emulated).then(|| vec![found])
}
