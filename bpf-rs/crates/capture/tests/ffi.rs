//! The C ABI as Deno calls it: handles, errors, buffers.
#[path = "support/skip.rs"]
mod skip;
use oisp_capture as _; // the exports come with the library
use skip::skip_without_kernel;

unsafe extern "C" {
    fn oisp_abi_version() -> u32;
    fn oisp_open(config: *const u8, len: u32) -> i32;
    fn oisp_poll(handle: i32, buf: *mut u8, cap: u32, timeout_ms: u32, linger_us: u32) -> i32;
    fn oisp_verdicts(handle: i32, buf: *const u8, len: u32) -> i32;
    fn oisp_control(handle: i32, request: *const u8, len: u32, reply: *mut u8, cap: u32) -> i32;
    fn oisp_stats(handle: i32, buf: *mut u8, cap: u32) -> i32;
    fn oisp_coverage(handle: i32, buf: *mut u8, cap: u32) -> i32;
    fn oisp_last_error(buf: *mut u8, cap: u32) -> i32;
    fn oisp_shutdown(handle: i32) -> i32;
    fn oisp_close(handle: i32) -> i32;
}

fn text(read: impl Fn(*mut u8, u32) -> i32) -> String {
    let mut room = vec![0u8; 1 << 20];
    let len = read(room.as_mut_ptr(), room.len() as u32);
    assert!(len >= 0, "{len}");
    String::from_utf8(room[..len as usize].to_vec()).unwrap()
}

fn last_error() -> String {
    // SAFETY: the buffer outlives the call.
    text(|buf, cap| unsafe { oisp_last_error(buf, cap) })
}

fn open(config: &str) -> i32 {
    // SAFETY: the bytes outlive the call.
    unsafe { oisp_open(config.as_ptr(), config.len() as u32) }
}

#[test]
fn stale_and_made_up_handles_give_an_error() {
    let mut room = [0u8; 64];
    let (buf, cap) = (room.as_mut_ptr(), 64);
    for handle in [0, -1, 77, i32::MAX, i32::MIN] {
        // SAFETY: the buffer outlives the calls.
        let results = unsafe {
            [
                oisp_poll(handle, buf, cap, 0, 0),
                oisp_verdicts(handle, buf, cap),
                oisp_stats(handle, buf, cap),
                oisp_coverage(handle, buf, cap),
                oisp_shutdown(handle),
                oisp_close(handle),
            ]
        };
        assert_eq!(results, [-3; 6], "handle {handle}");
    }
    // SAFETY: null pointers are refused before they are read.
    unsafe {
        assert_eq!(oisp_open(std::ptr::null(), 5), -5);
        assert_eq!(oisp_last_error(std::ptr::null_mut(), 5), -5);
        assert_eq!(oisp_control(0, std::ptr::null(), 5, buf, cap), -5);
        assert_eq!(oisp_control(77, b"{}".as_ptr(), 2, buf, cap), -3);
        assert_eq!(oisp_control(0, b"\xff\xfe".as_ptr(), 2, buf, cap), -5);
        assert_eq!(oisp_abi_version(), 1);
    }
}

#[test]
fn a_bad_configuration_is_refused_with_its_reason() {
    for (config, reason) in [
        ("{", "configuration"),
        (r#"{"payload_ring_bytes": 1000}"#, "payload_ring_bytes"),
        (r#"{"colour": 1}"#, "colour"),
        (r#"{"max_connections": 0}"#, "max_connections"),
    ] {
        assert_eq!(open(config), -4, "{config}");
        assert!(last_error().contains(reason), "{config}: {}", last_error());
    }
}

#[test]
fn a_session_opens_polls_ends_and_closes() {
    let handle = open(r#"{"discover": false}"#);
    if handle < 0 {
        return skip_without_kernel(&last_error());
    }
    let mut room = vec![0u8; 1 << 20];
    let (buf, cap) = (room.as_mut_ptr(), room.len() as u32);
    // SAFETY: the buffers outlive the calls.
    unsafe {
        assert_eq!(oisp_poll(handle, buf, 50, 1000, 0), -2, "too small for the clock record");
        assert!(oisp_poll(handle, buf, cap, 1000, 0) >= 96);
        let stats: serde_json::Value = serde_json::from_str(&text(|b, c| oisp_stats(handle, b, c))).unwrap();
        assert_eq!(stats["account"]["seen"], 0);
        let coverage: serde_json::Value = serde_json::from_str(&text(|b, c| oisp_coverage(handle, b, c))).unwrap();
        assert!(coverage["features"].as_array().unwrap().len() >= 4, "{coverage}");
        let poll = std::thread::spawn(move || {
            let mut room = vec![0u8; 1 << 20];
            loop {
                let n = oisp_poll(handle, room.as_mut_ptr(), room.len() as u32, 60_000, 1000);
                if n < 0 {
                    return n;
                }
            }
        });
        assert_eq!(oisp_shutdown(handle), 0);
        assert_eq!(poll.join().unwrap(), -1, "the end wakes a waiting poll");
        assert_eq!(oisp_close(handle), 0);
        assert_eq!(oisp_close(handle), -3);
    }
}

#[test]
fn closing_under_a_waiting_poll_is_safe() {
    let handle = open(r#"{"discover": false}"#);
    if handle < 0 {
        return skip_without_kernel(&last_error());
    }
    let poll = std::thread::spawn(move || {
        let mut room = vec![0u8; 1 << 20];
        // SAFETY: the buffer outlives the call.
        while unsafe { oisp_poll(handle, room.as_mut_ptr(), room.len() as u32, 60_000, 0) } >= 0 {}
    });
    // SAFETY: no pointers.
    assert_eq!(unsafe { oisp_close(handle) }, 0);
    poll.join().unwrap();
}
