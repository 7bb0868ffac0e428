//! The shared library that Deno loads: BPF objects, attachments, rings, and the C ABI.
//!
//! One way: kernel rings -> [`drain`] -> queue -> [`ffi`]. `README.md` of this workspace names who owns what.
pub mod account;
pub mod caller;
pub mod control;
pub mod discover;
pub mod drain;
pub mod engine;
pub mod ffi;
pub mod log;
pub mod process;
pub mod queue;
pub mod record;
pub mod spawn;
mod ticks;
pub mod verdict;

#[cfg(test)]
#[path = "../tests/support/skip.rs"]
mod skip;
