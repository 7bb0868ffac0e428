//! What a locator hands out: functions to probe, where, and how their arguments are read.

/// The TLS library a function belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LibraryKind {
    /// OpenSSL and its descendants with the same calls (LibreSSL, BoringSSL, AWS-LC).
    OpenSsl,
    GnuTls,
}

impl LibraryKind {
    /// Name for people and records.
    pub fn name(self) -> &'static str {
        match self {
            Self::OpenSsl => "openssl",
            Self::GnuTls => "gnutls",
        }
    }
}

/// A function worth a probe. `SSL_peek` is none: its bytes come again with the read that follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Function {
    SslRead,
    SslReadEx,
    /// What `SSL_read` and `SSL_read_ex` both call: the same arguments as `SSL_read_ex`.
    SslReadInternal,
    SslWrite,
    SslWriteEx,
    /// What `SSL_write` and `SSL_write_ex` both call.
    SslWriteInternal,
    /// Makes the object: what follows is seen from its first byte.
    SslNew,
    SslDoHandshake,
    SslFree,
    SslShutdown,
    SslClear,
    GnutlsRecordSend,
    GnutlsRecordRecv,
    GnutlsInit,
    GnutlsHandshake,
    GnutlsBye,
    GnutlsDeinit,
}

impl Function {
    /// Name as it stands in the library's sources.
    pub fn name(self) -> &'static str {
        match self {
            Self::SslRead => "SSL_read",
            Self::SslReadEx => "SSL_read_ex",
            Self::SslReadInternal => "ssl_read_internal",
            Self::SslWrite => "SSL_write",
            Self::SslWriteEx => "SSL_write_ex",
            Self::SslWriteInternal => "ssl_write_internal",
            Self::SslNew => "SSL_new",
            Self::SslDoHandshake => "SSL_do_handshake",
            Self::SslFree => "SSL_free",
            Self::SslShutdown => "SSL_shutdown",
            Self::SslClear => "SSL_clear",
            Self::GnutlsRecordSend => "gnutls_record_send",
            Self::GnutlsRecordRecv => "gnutls_record_recv",
            Self::GnutlsInit => "gnutls_init",
            Self::GnutlsHandshake => "gnutls_handshake",
            Self::GnutlsBye => "gnutls_bye",
            Self::GnutlsDeinit => "gnutls_deinit",
        }
    }
}

/// How a probe reads the call. The TLS object is argument 0, where nothing else is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Abi {
    /// Buffer is argument 1, its size argument 2; a positive result is the count that moved (`int` or `ssize_t`).
    Count,
    /// Buffer is argument 1, its size argument 2; after a positive result the count stands where argument
    /// `length_argument` (counted from 0) points.
    LengthPointer { length_argument: u8 },
    /// Only the object matters: it ends, starts anew, or shakes hands.
    Object,
    /// The object is the result.
    ObjectReturned,
    /// After the call the object stands where argument 0 points.
    ObjectStored,
}

/// What a hit costs: some instructions the kernel carries out itself, others it must single-step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cost {
    Emulated,
    SingleStepped,
    /// No choice is made on this machine type.
    Unknown,
}

/// One place to probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Target {
    pub function: Function,
    pub abi: Abi,
    /// Offset in the *file*, on an instruction, inside an executable segment; the stack still has the return address
    /// on top there, so that a return probe may be put on it too.
    pub offset: u64,
    pub cost: Cost,
}

/// One TLS library inside a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Library {
    pub kind: LibraryKind,
    /// Id of the tier that spoke.
    pub tier: &'static str,
    /// The places, with at least one that reads and one that writes, or why there are none.
    pub outcome: Result<Vec<Target>, Refusal>,
}

/// Why a file or a library in it is left alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub code: RefusalCode,
    /// What was found, for a person.
    pub what: String,
}

impl Refusal {
    pub(crate) fn new(code: RefusalCode, what: impl Into<String>) -> Self {
        Self { code, what: what.into() }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code.name(), self.what)
    }
}

/// The kinds of [`Refusal`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefusalCode {
    NotElf,
    /// 32 bit, big-endian, or a machine this library is not built for.
    UnsupportedMachine,
    /// Headers point outside the file or contradict each other.
    Damaged,
    TooLarge,
    /// Reading failed.
    Unreadable,
    /// A name stands for two places, or two names for one.
    Ambiguous,
    /// One of reading and writing is missing.
    Incomplete,
    /// A symbol does not lead into executable bytes of the file.
    OutsideCode,
}

impl RefusalCode {
    /// Stable name in records.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotElf => "not_elf",
            Self::UnsupportedMachine => "unsupported_machine",
            Self::Damaged => "damaged",
            Self::TooLarge => "too_large",
            Self::Unreadable => "unreadable",
            Self::Ambiguous => "ambiguous",
            Self::Incomplete => "incomplete",
            Self::OutsideCode => "outside_code",
        }
    }
}
