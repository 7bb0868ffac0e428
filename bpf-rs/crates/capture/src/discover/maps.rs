//! `/proc/PID/maps`: which files a process runs code of.
use crate::engine::FileId;
use std::collections::HashSet;

/// One mapping of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mapping<'a> {
    pub start: u64,
    /// `start-end` as the file spells it, which is its name in `/proc/PID/map_files`.
    pub range: &'a str,
    pub executable: bool,
    pub file: FileId,
    /// As seen from the process' root; with the mark of a deleted file taken off.
    pub path: &'a str,
}

/// The mappings of files, in order of address; lines of another form are passed over.
pub fn mappings(text: &str) -> impl Iterator<Item = Mapping<'_>> {
    text.lines().filter_map(parse)
}

/// The executable ones, each file once.
pub fn executables(text: &str) -> impl Iterator<Item = Mapping<'_>> {
    let mut seen = HashSet::new();
    mappings(text).filter(move |m| m.executable && seen.insert(m.file))
}

/// `start-end rwxp offset major:minor inode   path`
fn parse(line: &str) -> Option<Mapping<'_>> {
    let mut fields = line.splitn(6, ' ');
    let (range, rights) = (fields.next()?, fields.next()?);
    let _offset = fields.next()?;
    let (major, minor) = fields.next()?.split_once(':')?;
    let ino: u64 = fields.next()?.parse().ok()?;
    let path = fields.next().unwrap_or("").trim_start();
    if ino == 0 {
        return None; // anonymous memory
    }
    Some(Mapping {
        start: u64::from_str_radix(range.split_once('-')?.0, 16).ok()?,
        range,
        executable: rights.as_bytes().get(2) == Some(&b'x'),
        file: FileId {
            dev_major: u32::from_str_radix(major, 16).ok()?,
            dev_minor: u32::from_str_radix(minor, 16).ok()?,
            ino,
        },
        path: path.strip_suffix(" (deleted)").unwrap_or(path),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
55d0-55d4 r-xp 00001000 fe:00 77 /usr/bin/a program
55d4-55d5 r--p 00000000 fe:00 77 /usr/bin/a program
7f00-7f01 r-xp 00000000 fe:00 78                         /usr/lib/libssl.so.3 (deleted)
7f01-7f02 r-xp 00001000 fe:00 78                         /usr/lib/libssl.so.3 (deleted)
7f02-7f03 rwxp 00000000 00:00 0
7fff-8000 r-xp 00000000 00:00 0                          [vdso]
not a line";

    #[test]
    fn executable_files_are_given_once_each() {
        let found: Vec<_> = executables(TEXT).map(|m| (m.range, m.file.ino, m.path)).collect();
        assert_eq!(found, [("55d0-55d4", 77, "/usr/bin/a program"), ("7f00-7f01", 78, "/usr/lib/libssl.so.3")]);
    }

    #[test]
    fn our_own_maps_name_our_own_program() {
        let text = std::fs::read_to_string("/proc/self/maps").unwrap();
        let own = std::env::current_exe().unwrap();
        assert!(executables(&text).any(|m| m.path == own.to_str().unwrap()));
    }
}
