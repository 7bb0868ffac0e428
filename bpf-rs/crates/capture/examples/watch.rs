//! Captures for some seconds and prints counters: `watch SECONDS OUTPUT CONFIG_JSON LIBRARY...`. OUTPUT gets the payloads of
//! all records. For measuring by hand; also shows how the Rust side is used without the C ABI.
use oisp_capture::engine::{Engine, Image};
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
    let (mut bytes, mut ending) = (0u64, false);
    loop {
        let n = engine.poll(&mut room, Duration::from_millis(200), Duration::from_millis(1));
        if n < 0 {
            break;
        }
        bytes += n as u64;
        out.write_all(&room[..n as usize])?;
        if !ending && Instant::now() > end {
            ending = true;
            engine.shutdown();
        }
    }
    println!("{bytes} bytes of records\n{:#}\n{:#}", engine.stats(), engine.coverage()["features"]);
    Ok(())
}
