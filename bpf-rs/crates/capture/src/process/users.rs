//! Names of users and groups, from the files alone: a name service that asks the network would hold up the drain thread.
use std::collections::HashMap;
use std::sync::Mutex;
use std::time::SystemTime;

/// A line of `/etc/passwd`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub name: String,
    pub uid: u32,
    pub gid: u32,
    pub home: String,
    pub shell: String,
}

static CACHE: Mutex<Option<(SystemTime, HashMap<u32, User>)>> = Mutex::new(None);

/// The user with this id, absent when `/etc/passwd` has none. The file is read again when it has changed.
pub fn user(uid: u32) -> Option<User> {
    let modified = std::fs::metadata("/etc/passwd").and_then(|m| m.modified()).ok()?;
    let mut cache = CACHE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if cache.as_ref().is_none_or(|(time, _)| *time != modified) {
        let text = std::fs::read("/etc/passwd").ok()?;
        *cache = Some((modified, parse_passwd(&String::from_utf8_lossy(&text))));
    }
    cache.as_ref()?.1.get(&uid).cloned()
}

/// The first line of an id counts, as for the C library.
fn parse_passwd(text: &str) -> HashMap<u32, User> {
    let mut users = HashMap::new();
    for line in text.lines() {
        let f: Vec<&str> = line.split(':').collect();
        let [name, _, uid, gid, _, home, shell] = f[..] else {
            continue;
        };
        let (Ok(uid), Ok(gid)) = (uid.parse(), gid.parse()) else {
            continue;
        };
        users.entry(uid).or_insert_with(|| User {
            name: name.into(),
            uid,
            gid,
            home: home.into(),
            shell: shell.into(),
        });
    }
    users
}

/// Ids of the groups that list this user, its own group first.
pub fn groups_of(user: &User) -> Vec<u32> {
    let text = std::fs::read("/etc/group").unwrap_or_default();
    parse_groups(&String::from_utf8_lossy(&text), user)
}

fn parse_groups(text: &str, user: &User) -> Vec<u32> {
    let mut groups = vec![user.gid];
    for line in text.lines() {
        let f: Vec<&str> = line.split(':').collect();
        let [_, _, gid, members] = f[..] else { continue };
        let Ok(gid) = gid.parse() else { continue };
        if members.split(',').any(|m| m == user.name) && !groups.contains(&gid) {
            groups.push(gid);
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_is_known_and_an_unused_id_is_not() {
        assert_eq!(user(0).unwrap().name, "root");
        assert_eq!(user(3_999_999_999), None);
    }

    #[test]
    fn damaged_lines_are_passed_over_and_the_first_of_an_id_counts() {
        let users = parse_passwd("a:x:5:6::/h:/s\nb:x:5:7::/:/\n::\nc:x:-1:0::/:/\nd:x:8:9:a,b:/d:/bin/sh");
        assert_eq!(users.len(), 2);
        assert_eq!((users[&5].name.as_str(), users[&8].home.as_str()), ("a", "/d"));
    }

    #[test]
    fn groups_are_those_that_list_the_user_after_its_own() {
        let user = parse_passwd("me:x:5:6::/h:/s").remove(&5).unwrap();
        let groups = parse_groups("own:x:6:me\nx:x:7:you,me\ny:x:8:mee\nbad\nz:x:nine:me", &user);
        assert_eq!(groups, [6, 7]);
    }
}
