//! Gives back what the start left behind, once there is nothing to do.
//!
//! Starting reads programs of a hundred megabytes for their symbols, compiles the own program and runs code that never runs
//! again. The allocator keeps what was freed, and the kernel keeps pages of the program file in this process' account.
use std::time::{Duration, Instant};

/// Nothing came for this long.
const QUIET_FOR: Duration = Duration::from_secs(2);
/// Where something comes all the time, the start's rest is given back all the same.
const AT_LAST: Duration = Duration::from_secs(20);
/// Looking through the allocator's memory takes milliseconds.
const AT_MOST_EVERY: Duration = Duration::from_secs(60);

/// When memory is given back; owned by the drain thread.
pub(crate) struct Memory {
    started: Instant,
    last: Option<Instant>,
}

impl Memory {
    pub fn new(now: Instant) -> Self {
        Self { started: now, last: None }
    }

    /// How long until it is worth it; `None` when nothing was done since the last time.
    pub fn until_due(&self, last_work: Instant, now: Instant) -> Option<Duration> {
        let quiet = last_work + QUIET_FOR;
        let due = match self.last {
            None => quiet.min(self.started + AT_LAST),
            Some(last) if last_work > last => quiet.max(last + AT_MOST_EVERY),
            Some(_) => return None,
        };
        Some(due.saturating_duration_since(now))
    }

    /// Gives back what is free. The first time also the pages of program files: almost all of them are of the start, and
    /// those that are used come back from the page cache.
    pub fn give_back(&mut self, now: Instant) {
        // SAFETY: takes the allocator's own locks; no pointer of anybody changes.
        #[cfg(target_env = "gnu")]
        unsafe {
            libc::malloc_trim(0)
        };
        if self.last.replace(now).is_none() {
            clean_file_pages().for_each(|(at, len)| {
                // SAFETY: the kernel reads such pages anew from their file when they are used.
                unsafe { libc::madvise(at as *mut libc::c_void, len, libc::MADV_DONTNEED) };
            });
        }
    }
}

/// Private mappings of files that cannot be written to and of which no page differs from its file (a relocated page does, and so
/// does one with a debugger's breakpoint).
fn clean_file_pages() -> impl Iterator<Item = (usize, usize)> {
    parse(&std::fs::read_to_string("/proc/self/smaps").unwrap_or_default()).into_iter()
}

/// Reads `/proc/PID/smaps`: addresses and lengths of what `clean_file_pages` says.
fn parse(smaps: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut current = None;
    for line in smaps.lines() {
        match line.split_once(':') {
            Some(("Anonymous", kilobytes)) if kilobytes.trim() == "0 kB" => found.extend(current.take()),
            Some(("Rss", kilobytes)) if kilobytes.trim() == "0 kB" => current = None,
            _ if line.contains('-') && !line.starts_with(|c: char| c.is_ascii_uppercase()) => current = mapping(line),
            _ => {}
        }
    }
    found
}

/// `from-to perms offset device inode path`; `None` when it is written to, shared or of no file.
fn mapping(line: &str) -> Option<(usize, usize)> {
    let mut words = line.split_ascii_whitespace();
    let (from, to) = words.next()?.split_once('-')?;
    let is_read_only = matches!(words.next()?, "r-xp" | "r--p");
    let (from, to) = (usize::from_str_radix(from, 16).ok()?, usize::from_str_radix(to, 16).ok()?);
    let path = words.nth(3)?;
    (is_read_only && path.starts_with('/')).then(|| (from, to - from))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn memory_is_given_back_when_nothing_came_for_a_while_and_only_after_work() {
        let start = Instant::now();
        let mut memory = Memory::new(start);
        assert_eq!(memory.until_due(start + SECOND, start + SECOND), Some(QUIET_FOR));
        assert_eq!(memory.until_due(start + 20 * SECOND, start + 20 * SECOND), Some(Duration::ZERO));
        memory.give_back(start + 3 * SECOND);
        assert_eq!(memory.until_due(start + SECOND, start + 4 * SECOND), None);
        assert_eq!(memory.until_due(start + 5 * SECOND, start + 5 * SECOND), Some(58 * SECOND));
    }

    #[test]
    fn only_unchanged_private_pages_of_files_are_chosen() {
        let entry =
            |line: &str, rss: u32, anonymous: u32| format!("{line}\nRss: {rss} kB\nAnonymous: {anonymous} kB\n");
        let smaps = [
            entry("1000-3000 r-xp 00000000 fe:00 7 /usr/bin/x", 8, 0),
            entry("3000-4000 r--p 00002000 fe:00 7 /usr/bin/x", 4, 4),
            entry("4000-5000 rw-p 00003000 fe:00 7 /usr/bin/x", 4, 0),
            entry("5000-6000 r--s 00003000 00:0e 7 anon_inode:bpf-map", 4, 0),
            entry("6000-7000 r-xp 00000000 00:00 0 [vdso]", 4, 0),
            entry("7000-8000 r--p 00000000 00:00 0", 4, 0),
            entry("9000-a000 r--p 00000000 fe:00 8 /usr/lib/a b.so (deleted)", 4, 0),
            entry("b000-c000 r--p 00000000 fe:00 8 /usr/lib/c-d.so", 0, 0),
        ];
        assert_eq!(parse(&smaps.concat()), [(0x1000, 0x2000), (0x9000, 0x1000)]);
    }

    #[test]
    fn this_program_runs_on_without_its_pages() {
        Memory::new(Instant::now()).give_back(Instant::now());
        assert!(clean_file_pages().count() > 0);
    }
}
