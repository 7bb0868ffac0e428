//! Facts of the control ring (`bpf/control.h`), parsed.
use super::fact::{FileId, Origin, ProcessFact, ProcessState};
use super::maps::{ControlConnection, ControlExec, ControlHead, ControlLoss, ControlProcess, FILENAME_MAX, value_of};

/// One fact of the control ring.
pub(crate) enum ControlFact {
    Process(Box<ProcessFact>),
    Opened(ControlConnection),
    Bound(ControlConnection),
    Closed(ControlConnection),
    Loss(ControlLoss),
}

/// When a record was written, boot clock; 0 for one that is too short to say.
pub(crate) fn time_ns(record: &[u8]) -> u64 {
    value_of::<ControlHead>(record).map_or(0, |head| head.time_ns)
}

/// Reads one record; `None` for a kind that this library does not know.
pub(crate) fn parse(record: &[u8]) -> Option<ControlFact> {
    let head: ControlHead = value_of(record)?;
    Some(match head.kind {
        1 => ControlFact::Process(Box::new(process(ProcessState::Seen, &value_of(record)?))),
        2 => ControlFact::Process(Box::new(fork(&value_of(record)?))),
        3 => ControlFact::Process(Box::new(exec(record)?)),
        4 => ControlFact::Process(Box::new(process(ProcessState::Exit, &value_of(record)?))),
        5 => ControlFact::Opened(value_of(record)?),
        6 => ControlFact::Bound(value_of(record)?),
        7 => ControlFact::Closed(value_of(record)?),
        8 => ControlFact::Loss(value_of(record)?),
        _ => return None,
    })
}

fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|b| *b == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..end]).into_owned()
}

pub(crate) fn origin(head: &ControlHead) -> Origin {
    Origin {
        time_ns: head.time_ns,
        tgid: head.tgid,
        tid: head.tid,
        process_key: head.process_key,
        cgroup_id: head.cgroup_id,
    }
}

fn process(state: ProcessState, raw: &ControlProcess) -> ProcessFact {
    ProcessFact {
        state,
        origin: origin(&raw.head),
        in_scope: raw.head.in_scope != 0,
        ppid: raw.ppid,
        parent_key: raw.parent_key,
        uid: raw.uid,
        gid: raw.gid,
        start_ns: raw.start_ns,
        comm: text(&raw.comm),
        child: None,
        file: None,
        filename: String::new(),
        args: Vec::new(),
        args_cut: false,
        wait_status: raw.wait_status,
    }
}

fn fork(raw: &ControlProcess) -> ProcessFact {
    ProcessFact { child: Some((raw.child_tgid, raw.child_key)), ..process(ProcessState::Fork, raw) }
}

fn exec(record: &[u8]) -> Option<ProcessFact> {
    let raw: ControlExec = value_of(record)?;
    let texts = record.get(size_of::<ControlExec>()..)?;
    let filename = texts.get(..FILENAME_MAX)?;
    let args = texts.get(FILENAME_MAX..)?.get(..raw.args_len as usize)?;
    let device = raw.process.dev;
    Some(ProcessFact {
        file: (raw.process.ino != 0).then_some(FileId {
            dev_major: device >> 20,
            dev_minor: device & 0xf_ffff,
            ino: raw.process.ino,
        }),
        filename: if raw.filename_len > 0 { text(filename) } else { String::new() },
        args: arguments(args),
        args_cut: raw.args_total != raw.args_len,
        ..process(ProcessState::Exec, &raw.process)
    })
}

/// NUL-terminated arguments; a last one without its NUL was cut.
fn arguments(bytes: &[u8]) -> Vec<String> {
    let bytes = bytes.strip_suffix(&[0]).unwrap_or(bytes);
    if bytes.is_empty() {
        return Vec::new();
    }
    bytes.split(|b| *b == 0).map(|arg| String::from_utf8_lossy(arg).into_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_split_at_their_nul() {
        assert_eq!(arguments(b"curl\0-s\0\0"), ["curl", "-s", ""]);
        assert_eq!(arguments(b"cut off"), ["cut off"]);
        assert!(arguments(b"").is_empty());
    }

    #[test]
    fn a_record_cut_anywhere_is_no_fact_and_no_panic() {
        let mut whole = vec![0u8; size_of::<ControlExec>() + FILENAME_MAX + 1024];
        whole[0] = 3;
        assert!(parse(&whole).is_some());
        for cut in 0..size_of::<ControlExec>() + FILENAME_MAX {
            assert!(parse(&whole[..cut]).is_none(), "{cut}");
        }
    }

    #[test]
    fn lengths_beyond_the_record_are_no_fact() {
        let mut record = vec![0xffu8; size_of::<ControlExec>() + FILENAME_MAX + 1024];
        record[..4].copy_from_slice(&3u32.to_le_bytes());
        assert!(parse(&record).is_none());
    }
}
