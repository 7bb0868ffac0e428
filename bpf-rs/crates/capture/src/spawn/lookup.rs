//! Where a command may be, as `execvp` looks for it.
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

const DEFAULT_PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// Paths to try in order. A command with a slash is only itself; an empty entry of PATH is the current folder.
pub fn candidates(command: &OsStr, path: Option<&OsStr>) -> Vec<PathBuf> {
    if command.as_bytes().contains(&b'/') || command.is_empty() {
        return vec![PathBuf::from(command)];
    }
    let path = path.unwrap_or(OsStr::new(DEFAULT_PATH)).as_bytes();
    let in_folder = |folder: &[u8]| {
        let folder = if folder.is_empty() { b"." } else { folder };
        PathBuf::from(OsString::from_vec([folder, b"/", command.as_bytes()].concat()))
    };
    path.split(|b| *b == b':').map(in_folder).collect()
}

/// The first candidate that is an executable file.
pub fn resolve(command: &OsStr, path: Option<&OsStr>) -> Option<PathBuf> {
    let is_program =
        |p: &PathBuf| std::fs::metadata(p).is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0);
    candidates(command, path).into_iter().find(is_program)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(command: &str, path: Option<&str>) -> Vec<PathBuf> {
        candidates(OsStr::new(command), path.map(OsStr::new))
    }

    #[test]
    fn a_command_with_a_slash_is_only_itself() {
        assert_eq!(of("./a", Some("/x")), [PathBuf::from("./a")]);
    }

    #[test]
    fn folders_are_tried_in_order_and_an_empty_one_is_here() {
        assert_eq!(of("a", Some("/x::/y")), ["/x/a", "./a", "/y/a"].map(PathBuf::from));
    }

    #[test]
    fn without_a_path_the_usual_folders_are_tried() {
        assert_eq!(of("a", None).last(), Some(&PathBuf::from("/bin/a")));
    }

    #[test]
    fn a_folder_and_a_text_file_are_no_programs() {
        assert_eq!(resolve(OsStr::new("etc"), Some(OsStr::new("/"))), None);
        assert_eq!(resolve(OsStr::new("passwd"), Some(OsStr::new("/etc"))), None);
        assert!(resolve(OsStr::new("sh"), Some(OsStr::new("/nowhere:/bin"))).is_some());
    }
}
