//! Records as they leave the library (docs/decisions/0001-record-format.md).
use serde_json::Value;

/// Bytes of a record's header.
pub const HEADER_BYTES: usize = 96;
/// Where a record's sequence number stands.
const SEQ_AT: usize = 16;
/// Where its kind stands.
const KIND_AT: usize = 6;

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

/// Appends one JSON record. The queue gives it its number.
pub fn append_json(out: &mut Vec<u8>, kind: Kind, header: &Header, body: &Value) {
    let start = out.len();
    out.resize(start + HEADER_BYTES, 0);
    // writing into a Vec cannot fail
    let _ = serde_json::to_writer(&mut *out, body);
    let data_len = out.len() - start - HEADER_BYTES;
    out.resize(start + HEADER_BYTES + data_len.next_multiple_of(8), 0);
    let total = out.len() - start;
    let head = &mut out[start..start + HEADER_BYTES];
    let mut put = |at: usize, bytes: &[u8]| head[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &(total as u32).to_le_bytes());
    put(4, &(HEADER_BYTES as u16).to_le_bytes());
    put(6, &(kind as u16).to_le_bytes());
    put(8, &header.flags.to_le_bytes());
    put(24, &header.entry_ns.to_le_bytes());
    put(32, &header.return_ns.to_le_bytes());
    put(40, &header.tgid.to_le_bytes());
    put(44, &header.tid.to_le_bytes());
    put(48, &header.process_key.to_le_bytes());
    put(56, &header.cgroup_id.to_le_bytes());
    put(64, &header.conn_id.to_le_bytes());
    put(72, &header.stream_offset.to_le_bytes());
    put(84, &(data_len as u32).to_le_bytes());
    put(88, &header.probe_id.to_le_bytes());
    put(90, &[header.direction, header.binding]);
}

/// Length of the record at the start of `records`, padding included; 0 when there is none.
pub fn record_len(records: &[u8]) -> usize {
    records.first_chunk::<4>().map_or(0, |len| u32::from_le_bytes(*len) as usize)
}

/// Connection that a record of the payload ring is about.
pub fn conn_id(record: &[u8]) -> u64 {
    record.get(64..72).and_then(|b| b.first_chunk::<8>()).map_or(0, |b| u64::from_le_bytes(*b))
}

/// When the call returned that a record of the payload ring is from, boot clock.
pub fn return_ns(record: &[u8]) -> u64 {
    record.get(32..40).and_then(|b| b.first_chunk::<8>()).map_or(0, |b| u64::from_le_bytes(*b))
}

/// Numbers every record of a batch from `next` on; gives the number after the last.
pub fn number(batch: &mut [u8], mut next: u64) -> u64 {
    let mut at = 0;
    while at < batch.len() {
        let len = record_len(&batch[at..]);
        if len < HEADER_BYTES {
            break;
        }
        batch[at + SEQ_AT..at + SEQ_AT + 8].copy_from_slice(&next.to_le_bytes());
        next += 1;
        at += len;
    }
    next
}

/// Whether whole records are all of one kind.
pub fn is_all(batch: &[u8], kind: Kind) -> bool {
    let mut at = 0;
    while let Some(head) = batch.get(at..at + HEADER_BYTES) {
        if u16::from_le_bytes([head[KIND_AT], head[KIND_AT + 1]]) != kind as u16 {
            return false;
        }
        at += record_len(head).max(HEADER_BYTES);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn json_records_are_padded_to_eight_bytes_and_numbered_in_order() {
        let mut batch = Vec::new();
        let header = Header { conn_id: 7, direction: 2, ..Header::default() };
        append_json(&mut batch, Kind::Loss, &header, &json!({"reason": "ring_full"}));
        let first = record_len(&batch);
        append_json(&mut batch, Kind::Advance, &Header::default(), &json!({"to_ns": 1}));
        assert_eq!((first % 8, batch.len() % 8), (0, 0));
        assert_eq!(conn_id(&batch), 7);
        assert_eq!(number(&mut batch, 41), 43);
        assert_eq!(batch[first + SEQ_AT], 42);
        assert!(is_all(&batch[..first], Kind::Loss) && is_all(&[], Kind::Loss) && !is_all(&batch, Kind::Loss));
        assert_eq!(&batch[HEADER_BYTES..HEADER_BYTES + 22], br#"{"reason":"ring_full"}"#);
        assert_eq!((batch[84], batch[90], batch[6]), (22, 2, 6));
    }
}
