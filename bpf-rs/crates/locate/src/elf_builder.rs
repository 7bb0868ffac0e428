//! Makes small ELF files for tests: one executable segment, one symbol table.
use object::elf::{EM_AARCH64, EM_X86_64};

/// Address of the first code byte; the code stands at the same offset in the file.
pub const CODE_AT: u64 = 0x1000;

/// A file in the making.
pub struct Elf {
    pub code: Vec<u8>,
    /// (name, address, size, section index: 0 = imported)
    pub symbols: Vec<(&'static str, u64, u64, u16)>,
    pub machine: u16,
}

impl Elf {
    pub fn new() -> Self {
        Self { code: Vec::new(), symbols: Vec::new(), machine: EM_X86_64.0 }
    }

    pub fn aarch64() -> Self {
        Self { machine: EM_AARCH64.0, ..Self::new() }
    }

    /// Appends a function at the next multiple of 16 and gives its address.
    pub fn function(&mut self, name: &'static str, code: &[u8]) -> u64 {
        self.code.resize(self.code.len().next_multiple_of(16), 0xcc);
        let at = CODE_AT + self.code.len() as u64;
        self.code.extend_from_slice(code);
        if !name.is_empty() {
            self.symbols.push((name, at, code.len() as u64, 1));
        }
        at
    }

    /// `sub rsp,8; call target; add rsp,8; ret`, with `before` between the first two.
    pub fn caller(&mut self, name: &'static str, before: &[u8], target: u64) -> u64 {
        let at = CODE_AT + self.code.len().next_multiple_of(16) as u64;
        let mut code = vec![0x48, 0x83, 0xec, 0x08];
        code.extend_from_slice(before);
        let next = at + code.len() as u64 + 5;
        code.push(0xe8);
        code.extend_from_slice(&(target.wrapping_sub(next) as i32).to_le_bytes());
        code.extend_from_slice(&[0x48, 0x83, 0xc4, 0x08, 0xc3]);
        self.function(name, &code)
    }

    /// The file: header, one program header, code at [`CODE_AT`], symbols, names, four section headers.
    pub fn build(&self) -> Vec<u8> {
        let mut names = vec![0u8];
        let mut table = vec![0u8; 24];
        for (name, address, bytes, section) in &self.symbols {
            table.extend_from_slice(&(names.len() as u32).to_le_bytes());
            table.extend_from_slice(&[0x12, 0]); // global function
            table.extend_from_slice(&section.to_le_bytes());
            table.extend_from_slice(&address.to_le_bytes());
            table.extend_from_slice(&bytes.to_le_bytes());
            names.extend_from_slice(name.as_bytes());
            names.push(0);
        }
        let table_at = CODE_AT + self.code.len() as u64;
        let names_at = table_at + table.len() as u64;
        let sections_at = names_at + names.len() as u64;
        let mut file = self.header(sections_at);
        file.resize(CODE_AT as usize, 0);
        file.extend_from_slice(&self.code);
        file.extend_from_slice(&table);
        file.extend_from_slice(&names);
        file.extend_from_slice(&section_header(0, 0, 0, 0));
        file.extend_from_slice(&section_header(1, CODE_AT, self.code.len() as u64, 0));
        file.extend_from_slice(&section_header(11, table_at, table.len() as u64, 3));
        file.extend_from_slice(&section_header(3, names_at, names.len() as u64, 0));
        file
    }

    fn header(&self, sections_at: u64) -> Vec<u8> {
        let mut h = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
        h.extend_from_slice(&3u16.to_le_bytes());
        h.extend_from_slice(&self.machine.to_le_bytes());
        h.extend_from_slice(&1u32.to_le_bytes());
        for v in [0, 64, sections_at] {
            h.extend_from_slice(&v.to_le_bytes());
        }
        h.extend_from_slice(&0u32.to_le_bytes());
        for v in [64u16, 56, 1, 64, 4, 3] {
            h.extend_from_slice(&v.to_le_bytes());
        }
        h.extend_from_slice(&1u32.to_le_bytes()); // PT_LOAD
        h.extend_from_slice(&5u32.to_le_bytes()); // readable, executable
        for v in [CODE_AT, CODE_AT, CODE_AT, self.code.len() as u64, self.code.len() as u64, 0x1000] {
            h.extend_from_slice(&v.to_le_bytes());
        }
        h
    }
}

fn section_header(kind: u32, offset: u64, bytes: u64, link: u32) -> Vec<u8> {
    let mut h = 0u32.to_le_bytes().to_vec();
    h.extend_from_slice(&kind.to_le_bytes());
    for v in [0, offset, offset, bytes] {
        h.extend_from_slice(&v.to_le_bytes());
    }
    h.extend_from_slice(&link.to_le_bytes());
    h.extend_from_slice(&[0; 20]);
    h
}
