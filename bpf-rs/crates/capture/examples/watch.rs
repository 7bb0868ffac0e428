//! Captures for some seconds and prints counters: `watch SECONDS OUTPUT CONFIG_JSON LIBRARY...`. OUTPUT gets all records.
//! For measuring by hand; also shows how the Rust side is used without the C ABI.
use oisp_capture::engine::{Engine, Image, boot_ns};
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::time::{Duration, Instant};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().collect();
    let [_, seconds, output, config, libraries @ ..] = args.as_slice() else {
        return Err("usage: watch SECONDS OUTPUT CONFIG_JSON LIBRARY...".into());
    };
    let engine = Engine::open(serde_json::from_str(config)?)?;
    for path in libraries {
        let file = std::fs::File::open(path)?;
        let targets: Vec<_> = oisp_locate::locate(&file)
            .map_err(|e| e.to_string())?
            .libraries
            .into_iter()
            .filter_map(|l| l.outcome.ok())
            .flatten()
            .collect();
        let meta = file.metadata()?;
        let image = Image { dev: meta.dev(), ino: meta.ino(), path: path.clone(), file: file.into() };
        println!("{:?}", engine.host().attacher.attach(&image, &targets)?);
    }
    println!("ready");
    let mut out = std::fs::File::create(output)?;
    let mut room = vec![0u8; 4 << 20];
    let end = Instant::now() + Duration::from_secs(seconds.parse()?);
    let (mut bytes, mut ending, mut delays_ns) = (0u64, false, Vec::new());
    loop {
        let n = engine.poll(&mut room, Duration::from_millis(200), Duration::from_millis(1));
        if n < 0 {
            break;
        }
        delays_ns.extend(delays(&room[..n as usize]));
        bytes += n as u64;
        out.write_all(&room[..n as usize])?;
        if !ending && Instant::now() > end {
            ending = true;
            engine.shutdown();
        }
    }
    delays_ns.sort_unstable();
    let delay_ms = |share: usize| delays_ns.get(delays_ns.len() * share / 100).map_or(0, |ns| ns / 1_000_000);
    println!("return to poll: p50 {} ms, p99 {} ms, max {} ms", delay_ms(50), delay_ms(99), last_ms(&delays_ns));
    println!("{bytes} bytes of records\n{:#}\n{:#}", engine.stats(), engine.coverage()["features"]);
    Ok(())
}

fn last_ms(sorted_ns: &[u64]) -> u64 {
    sorted_ns.last().map_or(0, |ns| ns / 1_000_000)
}

/// How long each data record took from the return of its call to here.
fn delays(mut records: &[u8]) -> Vec<u64> {
    let (now, mut out) = (boot_ns(), Vec::new());
    let number = |bytes: &[u8]| bytes.iter().rev().fold(0u64, |n, b| n << 8 | u64::from(*b));
    while records.len() >= 96 {
        if number(&records[6..8]) == 1 {
            out.push(now.saturating_sub(number(&records[32..40])));
        }
        records = &records[number(&records[..4]) as usize..];
    }
    out
}
