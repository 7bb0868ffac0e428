//! The C ABI, and nothing else. Handles are numbers, never pointers: a stale one gives an error, not a crash.
use crate::engine::{Config, Engine};
use crate::{control, log};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

/// Version of these signatures and of the record layout.
pub const ABI_VERSION: u32 = 1;

/// The handle names no open engine.
const BAD_HANDLE: i32 = -3;
/// It did not work; `oisp_last_error` says why.
const FAILED: i32 = -4;
/// The arguments make no sense (null buffer, text that is not UTF-8).
const BAD_ARGUMENT: i32 = -5;

static ENGINES: Mutex<Vec<Option<Arc<Engine>>>> = Mutex::new(Vec::new());

fn engines() -> MutexGuard<'static, Vec<Option<Arc<Engine>>>> {
    ENGINES.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// The engine of a handle; handles count from 1, since 0 means "none" in `control`.
fn engine(handle: i32) -> Option<Arc<Engine>> {
    let index = usize::try_from(handle).ok()?.checked_sub(1)?;
    engines().get(index)?.clone()
}

fn insert(engine: Engine) -> i32 {
    let mut all = engines();
    all.push(Some(Arc::new(engine)));
    i32::try_from(all.len()).unwrap_or(FAILED)
}

fn failed(why: &str) -> i32 {
    log::set_last_error(why);
    FAILED
}

/// `len` bytes at `at`; `None` for a null pointer.
///
/// # Safety
/// The caller's bytes have to stay valid for `'a`.
unsafe fn bytes<'a>(at: *const u8, len: u32) -> Option<&'a [u8]> {
    // SAFETY: not null, and valid as the contract says.
    (!at.is_null()).then(|| unsafe { std::slice::from_raw_parts(at, len as usize) })
}

/// Copies as much of `text` as fits; gives its whole length, so that a caller can come again with more room.
fn give(text: &str, buf: *mut u8, cap: u32) -> i32 {
    if buf.is_null() {
        return BAD_ARGUMENT;
    }
    let fits = text.len().min(cap as usize);
    // SAFETY: the caller gave `cap` bytes at `buf`.
    unsafe { std::ptr::copy_nonoverlapping(text.as_ptr(), buf, fits) };
    i32::try_from(text.len()).unwrap_or(i32::MAX)
}

fn open_engine(config: &[u8]) -> Result<Engine, String> {
    let config: Config = serde_json::from_slice(config).map_err(|e| format!("configuration: {e}"))?;
    Engine::open(config)
}

oisp_abi::exports! {
    /// Version of this interface and of the record layout.
    [blocking] fn abi_version() -> u32 { ABI_VERSION }

    /// Loads the programs and starts attaching; a handle (1 or more), or a negative error, see `oisp_last_error`.
    [nonblocking] fn open(config_json: *const u8, len: u32) -> i32 {
        log::quiet_panics();
        // SAFETY: the caller keeps `len` bytes at `config_json` until this returns.
        let Some(config) = (unsafe { bytes(config_json, len) }) else { return BAD_ARGUMENT };
        open_engine(config).map_or_else(|why| failed(&why), insert)
    }

    /// Fills `buf` with whole records: bytes written, 0 when `timeout_ms` passed, -1 after the last record,
    /// -2 when `buf` is too small for one record. Waits `linger_us` for more once there is one. One at a time.
    [nonblocking] fn poll(handle: i32, buf: *mut u8, cap: u32, timeout_ms: u32, linger_us: u32) -> i32 {
        let Some(engine) = engine(handle) else { return BAD_HANDLE };
        if buf.is_null() { return BAD_ARGUMENT }
        // SAFETY: the caller leaves `cap` bytes at `buf` to this call until it returns.
        let room = unsafe { std::slice::from_raw_parts_mut(buf, cap as usize) };
        engine.poll(room, Duration::from_millis(timeout_ms.into()), Duration::from_micros(linger_us.into()))
    }

    /// Applies a batch of verdicts (layout in `layout.ts`); how many the kernel took over.
    [blocking] fn verdicts(handle: i32, buf: *const u8, len: u32) -> i32 {
        let Some(engine) = engine(handle) else { return BAD_HANDLE };
        // SAFETY: the caller keeps `len` bytes at `buf` until this returns.
        let Some(batch) = (unsafe { bytes(buf, len) }) else { return BAD_ARGUMENT };
        engine.verdicts(batch)
    }

    /// Runs one control operation, JSON in and out. Handle 0: one that needs no open engine.
    /// Gives the length of the reply; where it is above `cap`, the reply was cut.
    [nonblocking] fn control(handle: i32, request_json: *const u8, len: u32, reply: *mut u8, cap: u32) -> i32 {
        // SAFETY: the caller keeps `len` bytes at `request_json` until this returns.
        let Some(request) = (unsafe { bytes(request_json, len) }) else { return BAD_ARGUMENT };
        let host = if handle == 0 { None } else {
            let Some(engine) = engine(handle) else { return BAD_HANDLE };
            Some(engine.host().clone())
        };
        let Ok(request) = std::str::from_utf8(request) else { return BAD_ARGUMENT };
        control::dispatch(host.as_ref(), request).map_or_else(|why| failed(&why), |text| give(&text, reply, cap))
    }

    /// Counters of the engine as JSON; the length.
    [blocking] fn stats(handle: i32, buf: *mut u8, cap: u32) -> i32 {
        engine(handle).map_or(BAD_HANDLE, |e| give(&e.stats().to_string(), buf, cap))
    }

    /// What works on this kernel, what is attached and what is not, as JSON; the length.
    [blocking] fn coverage(handle: i32, buf: *mut u8, cap: u32) -> i32 {
        engine(handle).map_or(BAD_HANDLE, |e| give(&e.coverage().to_string(), buf, cap))
    }

    /// The last error of any call, with the end of libbpf's log; the length.
    [blocking] fn last_error(buf: *mut u8, cap: u32) -> i32 { give(&log::last_error(), buf, cap) }

    /// Begins the end: detaches, then `poll` delivers the rest and gives -1.
    [blocking] fn shutdown(handle: i32) -> i32 {
        engine(handle).map_or(BAD_HANDLE, |e| { e.shutdown(); 0 })
    }

    /// Frees the engine when the last call on it has returned. The handle is stale from now on.
    [nonblocking] fn close(handle: i32) -> i32 {
        let index = usize::try_from(handle).ok().and_then(|h| h.checked_sub(1));
        let taken = index.and_then(|i| engines().get_mut(i)?.take());
        taken.map_or(BAD_HANDLE, |engine| { engine.shutdown(); 0 })
    }
}
