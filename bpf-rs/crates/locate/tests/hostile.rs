//! Seeded random and damaged files: an answer each time, never a panic, never an offset outside the file.
#[path = "../../capture/tests/support/skip.rs"]
mod skip;
use oisp_locate::{Located, Refusal, locate};
use skip::skip;
use std::path::Path;

/// The same inputs on every run: the seed's low half is the size of the random input, its high half the number. There
/// are `cases` of them, times `OISP_FUZZ_FACTOR`.
fn seeded(
    cases: u64,
    mut property: impl FnMut(&mut arbtest::arbitrary::Unstructured<'_>) -> arbtest::arbitrary::Result<()>,
) {
    let factor = std::env::var("OISP_FUZZ_FACTOR").ok().and_then(|f| f.parse().ok()).unwrap_or(1);
    for case in 0..cases * factor {
        arbtest::arbtest(&mut property).seed((case + 1) << 32 | 0x400);
    }
}

/// Every target lies in the file bytes of a segment that is loaded executable, read here once more by hand.
fn check(result: Result<Located, Refusal>, file: &[u8]) {
    let targets = result.iter().flat_map(|l| &l.libraries).flat_map(|l| l.outcome.iter().flatten());
    for target in targets {
        let is_code = executable_ranges(file).any(|range| range.contains(&target.offset));
        assert!(is_code && (64..file.len() as u64).contains(&target.offset), "{target:?}");
    }
}

fn executable_ranges(file: &[u8]) -> impl Iterator<Item = std::ops::Range<u64>> {
    let number = |at: usize, bytes: usize| {
        file.get(at..at + bytes).map_or(0, |b| b.iter().rev().fold(0u64, |n, b| n << 8 | u64::from(*b)))
    };
    let (table, count) = (number(32, 8) as usize, number(56, 2) as usize);
    (0..count).filter_map(move |i| {
        let at = table.checked_add(i * 56).filter(|at| at + 56 <= file.len())?;
        let is_loaded_code = number(at, 4) == 1 && number(at + 4, 4) & 1 != 0;
        let offset = number(at + 8, 8);
        is_loaded_code.then(|| offset..offset.saturating_add(number(at + 32, 8)))
    })
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
        check(locate(&bytes), &bytes);
        Ok(())
    });
}

#[test]
fn random_bytes_behind_a_true_magic_are_an_answer() {
    seeded(4000, |u| {
        let mut bytes = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0\x01\0\0\0".to_vec();
        bytes.extend(u.arbitrary::<Vec<u8>>()?);
        check(locate(&bytes), &bytes);
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
