//! Prints what is located in each file named: `cargo run --example locate -- FILE...`
fn main() {
    for path in std::env::args().skip(1) {
        let start = std::time::Instant::now();
        let found = std::fs::File::open(&path).map(|f| oisp_locate::locate(&f));
        println!("{path} ({} ms)\n{found:#x?}", start.elapsed().as_millis());
    }
}
