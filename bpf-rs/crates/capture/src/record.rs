//! Records as they leave the library (docs/decisions/0001-record-format.md).

/// `kind` of a record.
#[repr(u16)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Data = 1,
    Connection = 2,
    Process = 3,
    File = 4,
    Dns = 5,
    Loss = 6,
    Coverage = 7,
    Clock = 8,
    Advance = 9,
    Account = 10,
}

/// Header fields of a control record; those that a kind does not use stay 0.
#[derive(Clone, Copy, Debug, Default)]
pub struct Header {
    pub flags: u32,
    pub entry_ns: u64,
    pub return_ns: u64,
    pub tgid: u32,
    pub tid: u32,
    pub process_key: u64,
    pub cgroup_id: u64,
    pub conn_id: u64,
    pub stream_offset: u64,
    pub direction: u8,
    pub binding: u8,
    pub probe_id: u16,
}
