//! Any bytes as a file: an answer, never a panic, and every offset inside the file.
//! Run: `cargo fuzz run -s none locate` (works on stable Rust).
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let bytes = data.to_vec();
    let found = oisp_locate::locate(&bytes);
    for target in found.iter().flat_map(|l| &l.libraries).flat_map(|l| l.outcome.iter().flatten()) {
        assert!((64..bytes.len() as u64).contains(&target.offset));
    }
});
