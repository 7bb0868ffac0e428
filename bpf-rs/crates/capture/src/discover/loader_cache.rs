//! `/etc/ld.so.cache`: which libraries the dynamic loader would take.
//! @see glibc `sysdeps/generic/dl-cache.h`: `struct cache_file_new`, `struct file_entry_new` (read 2026-11-21).
use std::path::PathBuf;

const MAGIC: &[u8] = b"glibc-ld.so.cache1.1";
const HEADER_BYTES: usize = 48;
const ENTRY_BYTES: usize = 24;
/// `FLAG_ELF_LIBC6` and the bits of the machine's own 64-bit ABI.
#[cfg(target_arch = "x86_64")]
const FLAGS: u32 = 0x0303;
#[cfg(target_arch = "aarch64")]
const FLAGS: u32 = 0x0a03;
const MAX_ENTRIES: usize = 65_536;

/// Beginnings of the names of libraries that are worth a look.
pub const TLS_NAMES: [&str; 2] = ["libssl.so", "libgnutls.so"];

/// Paths of the TLS libraries in the machine's cache, links followed, each once; empty where there is none.
pub fn tls_libraries() -> Vec<PathBuf> {
    let listed = parse(&std::fs::read("/etc/ld.so.cache").unwrap_or_default());
    let mut found: Vec<PathBuf> = listed.into_iter().filter_map(|path| std::fs::canonicalize(path).ok()).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// A cache that is cut or damaged gives what can be read of it.
fn parse(cache: &[u8]) -> Vec<PathBuf> {
    // an old-format cache may stand before the new one
    let Some(at) = memchr::memmem::find(cache, MAGIC) else {
        return Vec::new();
    };
    let cache = &cache[at..];
    let number = |at: usize| Some(u32::from_le_bytes(cache.get(at..at + 4)?.try_into().ok()?));
    let text = |at: u32| {
        let rest = cache.get(at as usize..)?;
        std::str::from_utf8(&rest[..memchr::memchr(0, rest)?]).ok()
    };
    let count = (number(MAGIC.len()).unwrap_or(0) as usize).min(MAX_ENTRIES);
    let entry = |i: usize| {
        let at = HEADER_BYTES + i * ENTRY_BYTES;
        let name = text(number(at + 4)?)?;
        let is_wanted = number(at)? == FLAGS && TLS_NAMES.iter().any(|n| name.starts_with(n));
        is_wanted.then_some(())?;
        Some(PathBuf::from(text(number(at + 8)?)?))
    };
    (0..count).filter_map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache(entries: &[(u32, &str, &str)]) -> Vec<u8> {
        let mut strings = Vec::new();
        let mut bytes = MAGIC.to_vec();
        bytes.extend((entries.len() as u32).to_le_bytes());
        bytes.resize(HEADER_BYTES, 0);
        let strings_at = HEADER_BYTES + entries.len() * ENTRY_BYTES;
        for (flags, name, path) in entries {
            bytes.extend(flags.to_le_bytes());
            for text in [name, path] {
                bytes.extend(((strings_at + strings.len()) as u32).to_le_bytes());
                strings.extend(text.as_bytes());
                strings.push(0);
            }
            bytes.extend([0; 12]);
        }
        bytes.extend(strings);
        bytes
    }

    #[test]
    fn tls_libraries_of_this_machine_type_are_given() {
        let bytes = cache(&[
            (FLAGS, "libssl.so.3", "/lib/libssl.so.3"),
            (FLAGS, "libc.so.6", "/lib/libc.so.6"),
            (0x0003, "libssl.so.3", "/lib32/libssl.so.3"),
            (FLAGS, "libgnutls.so.30", "/lib/libgnutls.so.30"),
        ]);
        let expected = ["/lib/libssl.so.3", "/lib/libgnutls.so.30"].map(PathBuf::from);
        assert_eq!(parse(&bytes), expected);
        let behind_an_old_one = [&[7u8; 100][..], &bytes].concat();
        assert_eq!(parse(&behind_an_old_one), expected);
    }

    #[test]
    fn a_cut_or_damaged_cache_is_no_panic() {
        let whole = cache(&[(FLAGS, "libssl.so.3", "/lib/libssl.so.3")]);
        for end in 0..whole.len() {
            parse(&whole[..end]);
        }
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] = 0xff;
            parse(&bytes);
        }
    }
}
