//! `gen symbols` and `gen layout` print `ffi/symbols.ts` (from the exports) and `ffi/layout.ts` (from the BTF of the
//! compiled BPF object). Needs neither root nor a kernel with BTF.

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("symbols") => print!("{}", oisp_abi::typescript(oisp_capture::ffi::SYMBOLS)),
        _ => {
            eprintln!("usage: gen symbols | gen layout");
            std::process::exit(2)
        }
    }
}
