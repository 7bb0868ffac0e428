//! Which processes are looked at; kept in kernel maps, so that a change holds from the next call on.

/// The kernel's scope maps.
pub struct Scope {}

impl Scope {
    /// Every process except our own.
    pub fn set_whole_machine(&self, on: bool) -> Result<(), String> {
        let _ = on;
        Ok(())
    }
    /// A process and all it starts from now on (what it started before is not added).
    pub fn add_tree(&self, tgid: u32) -> Result<(), String> {
        let _ = tgid;
        Ok(())
    }
    /// One process, not what it starts. Used for `--pid` and, by discovery, for `--exe` matches.
    pub fn add_pid(&self, tgid: u32) -> Result<(), String> {
        let _ = tgid;
        Ok(())
    }
    /// Undoes `add_tree` and `add_pid` for one process.
    pub fn remove(&self, tgid: u32) -> Result<(), String> {
        let _ = tgid;
        Ok(())
    }
    /// Every process of a user.
    pub fn add_uid(&self, uid: u32) -> Result<(), String> {
        let _ = uid;
        Ok(())
    }
    /// Whether calls of this process are captured.
    pub fn contains(&self, tgid: u32) -> bool {
        let _ = tgid;
        false
    }
}
