//! A test that cannot run here says so, in the words that `scripts/test_counts.ts` counts; past libtest's capture of stderr.
#![allow(dead_code, reason = "each test uses a part")]
use std::io::Write as _;

/// The current test needs a program, or rights, that are not there.
pub fn skip(why: &str) {
    let thread = std::thread::current();
    let name = thread.name().unwrap_or("a test");
    let _ = writeln!(std::io::stderr(), "skipped: {name}: {why}");
}

/// The kernel refuses what the current test needs. Where everything is there (`OISP_REQUIRE_KERNEL=1`) that is a failure.
pub fn skip_without_kernel(why: &str) {
    assert!(std::env::var_os("OISP_REQUIRE_KERNEL").is_none(), "required here: {why}");
    skip(why);
}
