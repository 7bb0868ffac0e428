//! The balance: seen = captured + skipped + lost, from the kernel's counters.
use libbpf_rs::{MapCore as _, MapFlags, MapHandle};
use serde_json::{Map, Value, json};

/// `enum total` of `bpf/state.h`, in order: what the counter is called, and where.
const SKIPPED: [(usize, &str); 3] = [(2, "not_ai"), (3, "tunnel"), (4, "server_side")];
const LOST: [(usize, &str); 7] = [
    (5, "ring_full"),
    (6, "read_fault"),
    (7, "call_limit"),
    (8, "exchange_limit"),
    (9, "map_full"),
    (10, "no_stash"),
    (11, "share"),
];
const COUNTERS: usize = 18;

/// The reason that a kernel fact names by number, and whether its bytes were left out on purpose.
pub fn reason(number: u8) -> (&'static str, bool) {
    let find = |rows: &[(usize, &'static str)]| rows.iter().find(|r| r.0 == usize::from(number)).map(|r| r.1);
    match (find(&SKIPPED), find(&LOST)) {
        (Some(name), _) => (name, true),
        (None, Some(name)) => (name, false),
        (None, None) => ("unknown", false),
    }
}

/// One reading of the kernel's counters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Account {
    totals: [u64; COUNTERS],
}

impl Account {
    /// Sums the counters over all CPUs. What cannot be read counts nothing.
    pub fn read(totals: &MapHandle) -> Self {
        let mut account = Self::default();
        for (index, total) in account.totals.iter_mut().enumerate() {
            let key = (index as u32).to_ne_bytes();
            let Ok(Some(per_cpu)) = totals.lookup_percpu(&key, MapFlags::ANY) else {
                continue;
            };
            let values = per_cpu.iter().filter_map(|v| v.first_chunk::<8>());
            *total = values.map(|v| u64::from_ne_bytes(*v)).sum();
        }
        account
    }

    /// Bytes of in-scope calls.
    pub fn seen(&self) -> u64 {
        self.totals[0]
    }
    /// Bytes that were copied.
    pub fn captured(&self) -> u64 {
        self.totals[1]
    }
    /// Bytes left out on purpose, all reasons.
    pub fn skipped(&self) -> u64 {
        SKIPPED.iter().map(|(i, _)| self.totals[*i]).sum()
    }
    /// Bytes lost, all reasons.
    pub fn lost(&self) -> u64 {
        LOST.iter().map(|(i, _)| self.totals[*i]).sum()
    }
    /// Facts for which the control ring had no room.
    pub fn control_lost(&self) -> u64 {
        self.totals[16]
    }

    /// The body of an `account` record.
    pub fn json(&self) -> Value {
        let rows = |rows: &[(usize, &str)]| -> Value {
            let present = rows.iter().filter(|(i, _)| self.totals[*i] > 0);
            Value::Object(present.map(|(i, name)| ((*name).to_owned(), self.totals[*i].into())).collect::<Map<_, _>>())
        };
        json!({
            "seen": self.seen(), "captured": self.captured(), "skipped": rows(&SKIPPED), "lost": rows(&LOST),
            "calls": self.totals[12], "out_of_scope_calls": self.totals[13], "connections": self.totals[14],
        })
    }

    /// Counters that are no bytes, for `oisp_stats`.
    pub fn stats(&self) -> Map<String, Value> {
        let rows = [("records", 15), ("control_lost", 16), ("processes_full", 17)];
        rows.iter().map(|(name, i)| ((*name).to_owned(), self.totals[*i].into())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_of_the_record_format_are_all_there() {
        assert_eq!(reason(2), ("not_ai", true));
        assert_eq!(reason(5), ("ring_full", false));
        assert_eq!(reason(11), ("share", false));
        assert_eq!(reason(0), ("unknown", false));
    }

    #[test]
    fn absent_reasons_are_absent() {
        let mut account = Account::default();
        account.totals[0] = 3;
        account.totals[5] = 3;
        assert_eq!(account.json()["lost"], json!({"ring_full": 3}));
        assert_eq!(account.json()["skipped"], json!({}));
        assert_eq!(account.seen(), account.captured() + account.skipped() + account.lost());
    }
}
