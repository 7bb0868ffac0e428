//! Cheap signs of TLS code that no tier can locate: for telling a person what is not covered, never for a probe.
use crate::image::Image;
use crate::symbol::Symbols;
use memchr::memmem::Finder;

/// Files below this hold no TLS implementation.
const MIN_SCANNED_BYTES: u64 = 256 << 10;
const MAX_SCANNED_BYTES: u64 = 192 << 20;
const WINDOW_BYTES: u64 = 1 << 20;
const OVERLAP_BYTES: u64 = 32;

/// TLS code that is there and not captured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Sign {
    /// `crypto/tls` of Go's standard library.
    GoTls,
    /// BoringSSL or AWS-LC linked in, without symbols.
    BoringSslStripped,
    /// OpenSSL linked in, without symbols.
    OpenSslStripped,
    Rustls,
    /// A Java virtual machine: its TLS is Java code.
    Java,
    Nss,
    MbedTls,
    WolfSsl,
}

impl Sign {
    /// Stable name in records.
    pub fn name(self) -> &'static str {
        match self {
            Self::GoTls => "go",
            Self::BoringSslStripped => "boringssl_stripped",
            Self::OpenSslStripped => "openssl_stripped",
            Self::Rustls => "rustls",
            Self::Java => "java",
            Self::Nss => "nss",
            Self::MbedTls => "mbedtls",
            Self::WolfSsl => "wolfssl",
        }
    }
}

const BY_SYMBOL: &[(&str, Sign)] = &[
    ("SSL_ImportFD", Sign::Nss),
    ("mbedtls_ssl_read", Sign::MbedTls),
    ("wolfSSL_read", Sign::WolfSsl),
    ("JNI_CreateJavaVM", Sign::Java),
];

/// Texts that these implementations carry for their error messages, whatever was stripped. The first byte stands
/// apart, so that a file with this table in it is not taken for one of them.
const BY_TEXT: &[Text] = &[
    (b's', b"sl/ssl_lib.cc\0", Sign::BoringSslStripped),
    (b's', b"sl_read_internal\0", Sign::OpenSslStripped),
    (b'r', b"ustls::", Sign::Rustls),
    (b'/', b"rustls-0.", Sign::Rustls),
];
const BY_TEXT_IN_GO: &[Text] = &[(b'c', b"rypto/tls.(*Conn)", Sign::GoTls)];

/// First byte, what follows, what it is a sign of.
type Text = (u8, &'static [u8], Sign);

pub(crate) fn symbol_names() -> impl Iterator<Item = &'static str> {
    BY_SYMBOL.iter().map(|(name, _)| *name)
}

/// Signs in one file, sorted, each once.
pub(crate) fn find(image: &Image<'_>, symbols: &Symbols) -> Vec<Sign> {
    let mut signs: Vec<Sign> = BY_SYMBOL.iter().filter(|(n, _)| symbols.has(n)).map(|(_, s)| *s).collect();
    let is_go = image.has_section(".go.buildinfo") || image.has_section(".gopclntab");
    if is_go {
        signs.extend(has_text(image, BY_TEXT_IN_GO));
    } else if signs.is_empty() && image.reader.size() >= MIN_SCANNED_BYTES {
        signs.extend(has_text(image, BY_TEXT));
    }
    signs.sort_unstable();
    signs.dedup();
    signs
}

/// Which of `texts` stand in the bytes that are loaded and neither code nor writable, where compilers put them; in
/// programs whose constants share a segment with the code, in all that is loaded.
fn has_text(image: &Image<'_>, texts: &[Text]) -> Vec<Sign> {
    let constants: Vec<_> = image.segments.iter().filter(|s| !s.executable && !s.writable).collect();
    let ranges = if constants.iter().map(|s| s.file_bytes).sum::<u64>() > (64 << 10) {
        constants
    } else {
        image.segments.iter().collect()
    };
    let finders: Vec<_> = texts.iter().map(|(first, rest, s)| (*first, Finder::new(rest), *s)).collect();
    let mut found = Vec::new();
    let mut left = MAX_SCANNED_BYTES;
    for range in ranges {
        let end = range.offset.saturating_add(range.file_bytes.min(left)).min(image.reader.size());
        left -= range.file_bytes.min(left);
        let mut at = range.offset;
        while at < end {
            let len = (WINDOW_BYTES + OVERLAP_BYTES).min(end - at);
            let Ok(bytes) = image.reader.bytes(at, len) else {
                return found;
            };
            for (first, rest, sign) in &finders {
                let is_here = |end: usize| end > 0 && bytes[end - 1] == *first;
                if !found.contains(sign) && rest.find_iter(&bytes).any(is_here) {
                    found.push(*sign);
                }
            }
            at += WINDOW_BYTES;
        }
    }
    found
}
