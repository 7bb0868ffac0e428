//! Compiles `bpf/*.bpf.c` with clang, or takes compiled objects from `$OISP_BPF_OBJECTS`.
use libbpf_cargo::SkeletonBuilder;
use std::{env, fs, path::PathBuf};

const OBJECTS: [&str; 7] = ["own", "process", "exe_scope", "tls", "socket", "socket_calls", "command"];

fn main() {
    println!("cargo:rerun-if-changed=bpf");
    println!("cargo:rerun-if-env-changed=OISP_BPF_OBJECTS");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let compiled = env::var_os("OISP_BPF_OBJECTS").map(PathBuf::from);
    for name in OBJECTS {
        let object = out.join(format!("{name}.bpf.o"));
        if let Some(folder) = &compiled {
            fs::copy(folder.join(format!("{name}.bpf.o")), &object).expect("copy an object from $OISP_BPF_OBJECTS");
            continue;
        }
        SkeletonBuilder::new()
            .source(format!("bpf/{name}.bpf.c"))
            .obj(&object)
            // v3: 32-bit operations (Linux 5.1). Without the compilation directory the object would hold this machine's paths.
            .clang_args(["-mcpu=v3", "-Wall", "-Werror", "-Wno-unused-function", "-fdebug-compilation-dir=."])
            .build()
            .expect("compile BPF: needs clang 14 or newer, or OISP_BPF_OBJECTS=<folder of compiled objects>");
    }
}
