//! Process ids that a person types: those of the PID namespace that oisp runs in. The kernel's programs know the initial one's.
use super::load::{explain, program};
use libbpf_rs::{Iter, IterOpts, Object};
use std::io::Read as _;
use std::sync::Arc;

/// Translates typed ids.
pub struct TypedPids {
    pub(super) programs: Arc<Object>,
    /// Both numberings are the same.
    pub(super) is_initial: bool,
}

impl TypedPids {
    /// What the kernel calls the process that is called `pid` here.
    pub fn to_kernel(&self, pid: u32) -> Result<u32, String> {
        if self.is_initial {
            return Ok(pid);
        }
        let named = self.all()?;
        let found = named.iter().find(|(typed, _)| *typed == pid).map(|(_, tgid)| *tgid);
        found.ok_or_else(|| format!("cannot find process {pid} in the PID namespace that oisp runs in"))
    }

    /// Every visible process: its number here, and the kernel's.
    fn all(&self) -> Result<Vec<(u32, u32)>, String> {
        let program = program(&self.programs, "named_tasks")?;
        let link = program.attach_iter_with_opts(IterOpts::None).map_err(|e| explain("task iterator", &e))?;
        let mut bytes = Vec::new();
        let mut iterator = Iter::new(&link).map_err(|e| explain("task iterator", &e))?;
        iterator.read_to_end(&mut bytes).map_err(|e| format!("task iterator: {e}"))?;
        let number = |bytes: &[u8]| bytes.first_chunk().map_or(0, |b| u32::from_ne_bytes(*b));
        Ok(bytes.chunks_exact(8).map(|row| (number(row), number(&row[4..]))).collect())
    }
}
