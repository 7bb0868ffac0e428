//! The last error and the end of libbpf's log. Nothing here ever holds captured bytes.
use std::sync::{Mutex, MutexGuard, Once};

/// libbpf can print megabytes of verifier log; its end says what was wrong.
const MAX_LOG_BYTES: usize = 8192;

static LAST_ERROR: Mutex<String> = Mutex::new(String::new());
static LIBBPF_LOG: Mutex<String> = Mutex::new(String::new());
static QUIET: Once = Once::new();
static HOOK: Once = Once::new();

fn lock(text: &'static Mutex<String>) -> MutexGuard<'static, String> {
    text.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// Keeps libbpf off stderr.
pub fn quiet_libbpf() {
    QUIET.call_once(|| {
        libbpf_rs::set_print(Some((libbpf_rs::PrintLevel::Info, append)));
    });
}

/// Keeps panics off stderr. A panic's text is not kept either, only its place: the text could quote captured bytes.
pub fn quiet_panics() {
    HOOK.call_once(|| {
        std::panic::set_hook(Box::new(|panic| {
            let place = panic.location().map_or_else(String::new, ToString::to_string);
            set_last_error(&format!("panic at {place}"));
        }));
    });
}

fn append(_: libbpf_rs::PrintLevel, line: String) {
    let mut log = lock(&LIBBPF_LOG);
    log.push_str(&line);
    let excess = log.len().saturating_sub(MAX_LOG_BYTES);
    let cut = (excess..=log.len()).find(|at| log.is_char_boundary(*at)).unwrap_or(0);
    log.drain(..cut);
}

/// What `oisp_last_error` says from now on.
pub fn set_last_error(why: &str) {
    *lock(&LAST_ERROR) = why.to_owned();
}

/// The last error, and what libbpf printed since the last time this was asked.
pub fn last_error() -> String {
    let (why, log) = (lock(&LAST_ERROR).clone(), std::mem::take(&mut *lock(&LIBBPF_LOG)));
    if log.is_empty() { why } else { format!("{why}\n{log}") }
}
