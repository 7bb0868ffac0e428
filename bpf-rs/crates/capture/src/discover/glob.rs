//! `--exe GLOB`: `*` and `?` stay inside one folder name, `**` crosses folders; without a `/` only the file name counts, and a
//! pattern that does not begin at the root may begin in any folder.
use std::borrow::Cow;

/// The pattern from the root on, where it is about folders.
pub fn from_root(pattern: &str) -> Cow<'_, str> {
    let begins_anywhere = pattern.contains('/') && !pattern.starts_with('/') && !pattern.starts_with("**");
    if begins_anywhere { format!("**/{pattern}").into() } else { pattern.into() }
}

/// Whether a program's path matches a pattern.
pub fn matches(pattern: &str, path: &str) -> bool {
    let pattern = from_root(pattern);
    let path = if pattern.contains('/') { path } else { path.rsplit('/').next().unwrap_or(path) };
    matches_bytes(pattern.as_bytes(), path.as_bytes())
}

/// Remembers only the last star of each kind, so that the time is bounded by the product of both lengths.
fn matches_bytes(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    // (pattern behind the star, text up to which the star reaches)
    let mut inside: Option<(usize, usize)> = None;
    let mut across: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') if pattern.get(p + 1) == Some(&b'*') => {
                p += 2;
                across = Some((p, t));
                inside = None;
            }
            Some(b'*') => {
                p += 1;
                inside = Some((p, t));
            }
            Some(c) if *c == text[t] || (*c == b'?' && text[t] != b'/') => {
                p += 1;
                t += 1;
            }
            _ => {
                inside = inside.filter(|(_, reach)| text[*reach] != b'/');
                let star = if inside.is_some() { &mut inside } else { &mut across };
                let Some((behind, reach)) = star else { return false };
                *reach += 1;
                (p, t) = (*behind, *reach);
            }
        }
    }
    pattern[p..].iter().all(|c| *c == b'*')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_name_alone_matches_in_any_folder() {
        assert!(matches("node", "/usr/bin/node"));
        assert!(matches("python3*", "/opt/x/python3.11"));
        assert!(!matches("node", "/usr/bin/nodejs"));
    }

    #[test]
    fn a_star_stays_inside_a_folder_and_two_cross() {
        assert!(matches("/usr/*/node", "/usr/bin/node"));
        assert!(!matches("/usr/*/node", "/usr/local/bin/node"));
        assert!(matches("/usr/**/node", "/usr/local/bin/node"));
        assert!(matches("**/venv/bin/p?thon", "/home/me/venv/bin/python"));
        assert!(!matches("/usr?bin", "/usr/bin"));
        assert!(matches("**/a*b", "z/a1/x/a2b"));
    }

    #[test]
    fn a_pattern_that_does_not_begin_at_the_root_may_begin_in_any_folder() {
        assert!(matches("*/python3*", "/usr/bin/python3.11"));
        assert!(matches("bin/node", "/usr/local/bin/node"));
        assert!(!matches("bin/node", "/usr/sbin/node"));
        assert!(!matches("/bin/node", "/usr/bin/node"));
    }

    #[test]
    fn many_stars_do_not_take_for_ever() {
        let path = format!("/{}", "a".repeat(4000));
        assert!(!matches(&format!("/{}b", "*a".repeat(200)), &path));
    }
}
