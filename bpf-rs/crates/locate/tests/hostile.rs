//! Seeded random and damaged files: an answer each time, never a panic, never an offset outside the file.
use oisp_locate::{Located, Refusal, locate};
use std::path::Path;

/// The same `cases` inputs on every run: the seed's low half is the size of the random input, its high half the number.
fn seeded(
    cases: u64,
    mut property: impl FnMut(&mut arbtest::arbitrary::Unstructured<'_>) -> arbtest::arbitrary::Result<()>,
) {
    for case in 0..cases {
        arbtest::arbtest(&mut property).seed((case + 1) << 32 | 0x400);
    }
}

fn check(result: Result<Located, Refusal>, file_bytes: usize) {
    for library in result.iter().flat_map(|l| &l.libraries) {
        for target in library.outcome.iter().flatten() {
            assert!((64..file_bytes as u64).contains(&target.offset), "{target:?}");
        }
    }
}

fn damaged(path: &str, cases: u64) {
    let whole = std::fs::read(path).unwrap();
    seeded(cases, |u| {
        let mut bytes = whole.clone();
        let header_bytes = 4096.min(bytes.len());
        let tail = bytes.len() - 8192.min(bytes.len());
        for _ in 0..u.int_in_range(1..=48)? {
            let at = match u.int_in_range(0..=2)? {
                0 => u.choose_index(header_bytes)?,
                1 => tail + u.choose_index(bytes.len() - tail)?,
                _ => u.choose_index(bytes.len())?,
            };
            bytes[at] = u.arbitrary()?;
        }
        if u.ratio(1, 4)? {
            let end = u.choose_index(bytes.len())?;
            bytes.truncate(end);
        }
        let len = bytes.len();
        check(locate(&bytes), len);
        Ok(())
    });
}

#[test]
fn random_bytes_behind_a_true_magic_are_an_answer() {
    seeded(4000, |u| {
        let mut bytes = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0\x01\0\0\0".to_vec();
        bytes.extend(u.arbitrary::<Vec<u8>>()?);
        let len = bytes.len();
        check(locate(&bytes), len);
        Ok(())
    });
}

#[test]
fn a_damaged_program_is_an_answer() {
    damaged("/proc/self/exe", 200);
}

#[test]
fn a_damaged_tls_library_is_an_answer() {
    let libraries =
        ["/usr/lib/x86_64-linux-gnu/libssl.so.3", "/usr/lib/aarch64-linux-gnu/libssl.so.3", "/usr/lib64/libssl.so.3"];
    match libraries.iter().find(|p| Path::new(p).exists()) {
        Some(path) => damaged(path, 2000),
        None => skip("no libssl.so.3 on this machine"),
    }
}

fn skip(why: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "SKIPPED: {why}");
}
