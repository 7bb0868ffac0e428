//! Real files: the machine's own libraries, and those that `tests/fetch_binaries.sh` has put into the cache folder.
//! What is not there is skipped, and said.
#[path = "../../capture/tests/support/skip.rs"]
mod skip;
use oisp_locate::{Cost, Function, LibraryKind, Sign, Target, locate};
use skip::skip;
use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};

fn cached(name: &str) -> PathBuf {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")));
    cache.unwrap_or_default().join("oisp/test-binaries").join(name)
}

/// The targets of the only library in `path`, or `None` (said) where the file is not there.
fn targets(path: &Path, kind: LibraryKind) -> Option<Vec<Target>> {
    let Ok(file) = File::open(path) else {
        skip(&format!("{} is not there", path.display()));
        return None;
    };
    let found = locate(&file).unwrap();
    assert_eq!(found.libraries.len(), 1, "{}", path.display());
    assert_eq!(found.libraries[0].kind, kind, "{}", path.display());
    assert!(found.build_id.is_none_or(|id| id.len() >= 8));
    Some(found.libraries[0].outcome.clone().unwrap())
}

fn functions(targets: &[Target]) -> BTreeSet<Function> {
    targets.iter().map(|t| t.function).collect()
}

fn system_library(name: &str) -> PathBuf {
    let folders = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib"];
    let all = folders.iter().map(|f| Path::new(f).join(name));
    all.clone().find(|p| p.exists()).unwrap_or_else(|| all.clone().next().unwrap())
}

/// Reading and writing are both there, each either by its public functions or by the internal one, never by both.
fn assert_whole_openssl(path: &Path, targets: &[Target]) {
    use Function::{SslFree, SslRead, SslReadEx, SslReadInternal, SslWrite, SslWriteEx, SslWriteInternal};
    let all = functions(targets);
    let has = |f: Function| all.contains(&f);
    let reads = has(SslReadInternal) != (has(SslRead) && has(SslReadEx));
    let writes = has(SslWriteInternal) != (has(SslWrite) && has(SslWriteEx));
    assert!(reads && writes && has(SslFree), "{}: {all:?}", path.display());
    let offsets: BTreeSet<u64> = targets.iter().map(|t| t.offset).collect();
    assert_eq!(offsets.len(), targets.len(), "{}", path.display());
    if cfg!(target_arch = "x86_64") {
        let hot = [SslRead, SslReadEx, SslReadInternal, SslWrite, SslWriteEx, SslWriteInternal];
        let dear = targets.iter().find(|t| hot.contains(&t.function) && t.cost != Cost::Emulated);
        assert_eq!(dear, None, "{}", path.display());
    }
}

#[test]
fn the_systems_openssl_is_located() {
    let path = system_library("libssl.so.3");
    if let Some(found) = targets(&path, LibraryKind::OpenSsl) {
        assert_whole_openssl(&path, &found);
    }
}

#[test]
fn the_systems_gnutls_is_located() {
    if let Some(found) = targets(&system_library("libgnutls.so.30"), LibraryKind::GnuTls) {
        let expected = [Function::GnutlsRecordSend, Function::GnutlsRecordRecv, Function::GnutlsDeinit];
        assert!(functions(&found).is_superset(&expected.into()), "{found:?}");
    }
}

#[test]
fn node_is_located_in_every_version_that_is_here() {
    let own = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
        .map(|folder| folder.join("node"))
        .find(|p| p.is_file());
    let fetched = ["18.20.8", "22.20.0", "24.21.0", "26.10.0"].map(|v| cached(&format!("node-{v}")));
    for path in own.into_iter().chain(fetched) {
        if let Some(found) = targets(&path, LibraryKind::OpenSsl) {
            assert_whole_openssl(&path, &found);
        }
    }
}

#[test]
fn openssl_1_1_and_later_3_of_python_wheels_are_located() {
    for name in ["libssl-1.1.so", "libssl-3.5.so", "libssl-3.5-aarch64.so"] {
        let path = cached(name);
        let Some(found) = targets(&path, LibraryKind::OpenSsl) else {
            continue;
        };
        let all = functions(&found);
        assert!(all.contains(&Function::SslFree) && all.len() >= 4, "{}: {all:?}", path.display());
    }
}

#[test]
fn a_shell_and_a_libc_hold_no_tls() {
    for path in ["/bin/sh", "/bin/bash"].map(PathBuf::from).into_iter().chain([system_library("libc.so.6")]) {
        let Ok(file) = File::open(&path) else { continue };
        let found = locate(&file).unwrap();
        assert_eq!((found.libraries.len(), found.signs.len()), (0, 0), "{}", path.display());
    }
}

#[test]
fn go_and_rustls_programs_show_signs_and_no_target() {
    for (path, sign) in [(PathBuf::from("/usr/local/go/bin/go"), Sign::GoTls), (cached("deno"), Sign::Rustls)] {
        let Ok(file) = File::open(&path) else {
            skip(&format!("{} is not there", path.display()));
            continue;
        };
        let found = locate(&file).unwrap();
        assert!(found.libraries.is_empty());
        assert_eq!(found.signs, [sign], "{}", path.display());
    }
}
