//! Which files a command is going to use, before it runs: the program, its interpreters, and the TLS libraries that
//! lie beside it (a virtual environment, an unpacked runtime).
use super::loader_cache::TLS_NAMES;
use crate::caller::variable;
use crate::spawn::lookup;
use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Read as _;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

const MAX_INTERPRETERS: usize = 5;
const MAX_DEPTH: usize = 7;
const MAX_ENTRIES: usize = 40_000;
/// Folders that hold whole systems; their libraries are in the loader cache.
const SYSTEM_PREFIXES: [&str; 4] = ["/", "/usr", "/usr/local", "/opt"];
/// Runtimes with a TLS library inside that commands start by name.
const RUNTIMES: [&str; 3] = ["node", "nodejs", "python3"];

/// Files to look at, nearest first, each once. Nothing is run and no file is trusted: the caller opens them as hostile.
pub fn files(command: &OsStr, environment: &[OsString]) -> Vec<PathBuf> {
    let path = variable(environment, "PATH");
    let programs: Vec<PathBuf> = interpreter_chain(command, path);
    let runtimes = RUNTIMES.iter().filter_map(|name| lookup::resolve(OsStr::new(name), path));
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    let prefixes = prefixes(&programs, environment);
    let libraries = Search::default().run(prefixes, variable(environment, "LD_LIBRARY_PATH"));
    for file in programs.into_iter().chain(runtimes).chain(libraries) {
        let real = std::fs::canonicalize(&file).unwrap_or(file);
        if seen.insert(real.clone()) {
            found.push(real);
        }
    }
    found
}

/// The command's file, then that of its `#!` line, and so on. `env NAME` leads to NAME in PATH.
fn interpreter_chain(command: &OsStr, path: Option<&OsStr>) -> Vec<PathBuf> {
    let mut chain: Vec<PathBuf> = Vec::new();
    let mut next = lookup::resolve(command, path);
    while let Some(program) = next.filter(|p| !chain.contains(p) && chain.len() <= MAX_INTERPRETERS) {
        let head = head(&program);
        chain.push(program);
        next = interpreter(&head).and_then(|name| lookup::resolve(&name, path));
    }
    chain
}

/// The first bytes of a regular file; opened so that a FIFO does not hold it up.
fn head(path: &Path) -> Vec<u8> {
    let mut bytes = vec![0; 512];
    let open = || {
        let file = File::options().read(true).custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY).open(path).ok()?;
        file.metadata().ok()?.is_file().then_some(file)
    };
    let read = open().and_then(|mut file: File| file.read(&mut bytes).ok()).unwrap_or(0);
    bytes.truncate(read);
    bytes
}

/// The program that a `#!` line names.
fn interpreter(head: &[u8]) -> Option<OsString> {
    let line = head.strip_prefix(b"#!")?.split(|b| *b == b'\n').next()?;
    let mut words = line.split(|b| b.is_ascii_whitespace()).filter(|w| !w.is_empty());
    let program = words.next()?;
    let name = if program.ends_with(b"/env") {
        // options and NAME=value stand before the name
        words.find(|w| !w.starts_with(b"-") && !w.contains(&b'='))?
    } else {
        program
    };
    Some(OsString::from_vec(name.to_vec()))
}

/// Folders with a `bin` that the command comes from, as spelled and with links followed, and those that the
/// environment names.
fn prefixes(programs: &[PathBuf], environment: &[OsString]) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let mut add = |folder: Option<&Path>| {
        let Some(folder) = folder.and_then(|f| std::fs::canonicalize(f).ok()) else {
            return;
        };
        if !SYSTEM_PREFIXES.iter().any(|s| folder == Path::new(s)) {
            found.insert(folder);
        }
    };
    for program in programs {
        let real = std::fs::canonicalize(program).ok();
        for spelled in [Some(program), real.as_ref()].into_iter().flatten() {
            add(spelled.parent().filter(|bin| bin.ends_with("bin")).and_then(Path::parent));
        }
    }
    for name in ["VIRTUAL_ENV", "CONDA_PREFIX"] {
        add(variable(environment, name).map(Path::new).filter(|p| p.is_absolute()));
    }
    found
}

/// A bounded walk that follows no links.
#[derive(Default)]
struct Search {
    entries: usize,
    found: Vec<PathBuf>,
}

impl Search {
    fn run(mut self, prefixes: BTreeSet<PathBuf>, library_path: Option<&OsStr>) -> Vec<PathBuf> {
        for folder in library_path.unwrap_or_default().as_bytes().split(|b| *b == b':').filter(|f| !f.is_empty()) {
            self.folder(Path::new(OsStr::from_bytes(folder)), 0);
        }
        for prefix in prefixes {
            for lib in ["lib", "lib64"] {
                self.folder(&prefix.join(lib), MAX_DEPTH);
            }
        }
        self.found
    }

    fn folder(&mut self, folder: &Path, depth: usize) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            self.entries += 1;
            if self.entries > MAX_ENTRIES {
                return;
            }
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() && depth > 0 && !is_without_libraries(&entry.file_name()) {
                self.folder(&entry.path(), depth - 1);
            } else if !kind.is_dir() && is_tls_name(&entry.file_name()) {
                self.found.push(entry.path());
            }
        }
    }
}

fn is_without_libraries(name: &OsStr) -> bool {
    ["__pycache__", "include", "share", "tests", ".git"].iter().any(|n| name == *n)
}

/// `libssl.so.3`, `libssl-81ffa89e.so.1.1` (wheels add a hash), `_ssl.cpython-312-x86_64-linux-gnu.so` (a Python with
/// its TLS library inside), `libpython3.12.so.1.0` (the same, in builds that stand alone).
fn is_tls_name(name: &OsStr) -> bool {
    let Some(name) = name.to_str() else { return false };
    let is_shared = name.ends_with(".so") || name.contains(".so.");
    let hashed = ["libssl-", "libgnutls-", "_ssl.", "libpython3."];
    is_shared && TLS_NAMES.iter().chain(&hashed).any(|start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    struct Folder(PathBuf);
    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("oisp-command-{name}-{}", std::process::id()));
            std::fs::create_dir_all(&path).unwrap();
            Self(std::fs::canonicalize(path).unwrap())
        }
        fn file(&self, name: &str, content: &str) -> PathBuf {
            let path = self.0.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, content).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
            path
        }
    }
    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_script_leads_to_its_interpreter_through_env_and_path() {
        let folder = Folder::new("chain");
        let runtime = folder.file("bin/runtime", "#!/bin/sh\n");
        let script = folder.file("script", "#!/usr/bin/env -S A=1 runtime --flag\n");
        let path = folder.0.join("bin");
        let chain = interpreter_chain(script.as_os_str(), Some(path.as_os_str()));
        assert_eq!(chain, [script, runtime, PathBuf::from("/bin/sh")]);
    }

    #[test]
    fn a_script_that_names_itself_ends() {
        let folder = Folder::new("loop");
        let script = folder.0.join("loop");
        folder.file("loop", &format!("#!{}\n", script.display()));
        assert_eq!(interpreter_chain(script.as_os_str(), None), [script]);
    }

    #[test]
    fn libraries_of_a_virtual_environment_are_found_and_others_are_not() {
        let folder = Folder::new("venv");
        let program = folder.file("bin/tool", "x");
        let wheel = folder.file("lib/python3.12/site-packages/a.libs/libssl-81ffa89e.so.1.1", "x");
        let inside = folder.file("lib/python3.12/lib-dynload/_ssl.cpython-312.so", "x");
        let standalone = folder.file("lib/libpython3.12.so.1.0", "x");
        folder.file("lib/python3.12/libssl.txt", "x");
        folder.file("lib/python3.12/__pycache__/libssl.so", "x");
        let found = files(program.as_os_str(), &["PATH=/nowhere".into()]);
        assert_eq!(found[0], program);
        assert_eq!(found[1..].iter().collect::<BTreeSet<_>>(), [&wheel, &inside, &standalone].into());
    }

    #[test]
    fn the_systems_own_folders_are_not_searched() {
        assert!(prefixes(&[PathBuf::from("/usr/bin/env"), PathBuf::from("/bin/sh")], &[]).is_empty());
    }

    #[test]
    fn a_link_out_of_the_folder_is_not_followed() {
        let folder = Folder::new("link");
        let program = folder.file("bin/tool", "x");
        std::fs::create_dir_all(folder.0.join("lib")).unwrap();
        std::os::unix::fs::symlink("/usr/lib", folder.0.join("lib/all")).unwrap();
        assert_eq!(files(program.as_os_str(), &["PATH=/nowhere".into()]), [program]);
    }
}
