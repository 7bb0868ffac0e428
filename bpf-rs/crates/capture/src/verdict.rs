//! Verdicts on their way into the kernel. Takes no lock that an attach holds.
use crate::engine::{ConnectionKeys, call};
use crate::engine::{Verdict, VerdictRequest, value_of};
use libbpf_rs::Object;

/// Applies each verdict of a batch; gives how many hold now. Connections that are gone, or on which more was sent since
/// the verdict was made, are left as they are.
pub(crate) fn apply(batch: &[u8], keys: &ConnectionKeys, commands: &Object) -> i32 {
    let each = batch.chunks_exact(size_of::<Verdict>()).filter_map(value_of::<Verdict>);
    let requests = each.filter(|v| v.level <= 2).filter_map(|v| {
        let (conn_id, sent_offset, level) = (v.conn_id, v.sent_offset, v.level);
        Some(VerdictRequest { key: keys.get(conn_id)?, conn_id, sent_offset, level, reserved_0: 0 })
    });
    requests.map(|r| i32::from(call(commands, "set_verdict", &r) == Ok(1))).sum()
}
