//! The headers of an ELF file, checked: segments, sections, machine, build id.
//! @see <https://gabi.xinuos.com/elf/> (System V ABI, chapters 4 and 5).
use crate::read::Reader;
use crate::target::{Refusal, RefusalCode};
use object::LittleEndian as LE;
use object::elf::{self, FileHeader64, NoteHeader64, ProgramHeader64, SectionHeader64};
use object::pod;

/// Program headers of real files are about a dozen.
const MAX_SEGMENTS: u64 = 4096;
/// Real files have tens; `-ffunction-sections` leftovers in shared objects stay far below.
const MAX_SECTIONS: u64 = 65_536;
const MAX_NOTE_BYTES: u64 = 1 << 20;

/// Instruction set of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Machine {
    X86_64,
    Aarch64,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Segment {
    pub address: u64,
    pub offset: u64,
    pub file_bytes: u64,
    pub executable: bool,
    pub writable: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Section {
    pub name: String,
    pub kind: u32,
    pub offset: u64,
    pub bytes: u64,
    pub link: u32,
}

/// One ELF file, its headers read.
pub struct Image<'a> {
    pub machine: Machine,
    pub build_id: Option<Vec<u8>>,
    pub(crate) reader: &'a Reader<'a>,
    pub(crate) segments: Vec<Segment>,
    pub(crate) sections: Vec<Section>,
}

fn damaged(what: &str) -> Refusal {
    Refusal::new(RefusalCode::Damaged, what)
}

impl<'a> Image<'a> {
    /// Reads the headers; everything they point to is checked when it is read.
    pub fn read(reader: &'a Reader<'a>) -> Result<Self, Refusal> {
        let head = reader.bytes(0, reader.size().min(64))?;
        if !crate::is_elf(&head) {
            return Err(Refusal::new(RefusalCode::NotElf, "no ELF magic"));
        }
        let machine = machine_of(&head)?;
        let (header, _) = pod::from_bytes::<FileHeader64<LE>>(&head).map_err(|()| damaged("short file header"))?;
        let programs = read_programs(reader, header)?;
        let sections = read_sections(reader, header)?;
        let segments = programs.iter().filter(|p| p.p_type.get(LE) == elf::PT_LOAD).map(segment).collect();
        let build_id = build_id(reader, &programs);
        Ok(Self { machine, build_id, reader, segments, sections })
    }

    /// File offset of an address inside an executable segment; `None` where the file has no such bytes, where they are
    /// the file header (an offset the kernel would take without a word), or where segments disagree.
    pub(crate) fn code_offset(&self, address: u64) -> Option<u64> {
        let mut found = None;
        for s in self.segments.iter().filter(|s| s.executable) {
            let Some(into) = address.checked_sub(s.address).filter(|i| *i < s.file_bytes) else {
                continue;
            };
            let offset = s.offset.checked_add(into)?;
            if offset < 64 || offset >= self.reader.size() || found.is_some_and(|f| f != offset) {
                return None;
            }
            found = Some(offset);
        }
        found
    }

    /// At most `len` bytes of code from an address on, fewer where the segment ends.
    pub(crate) fn code(&self, address: u64, len: u64) -> Option<Vec<u8>> {
        let offset = self.code_offset(address)?;
        let segment = self
            .segments
            .iter()
            .find(|s| s.executable && offset.checked_sub(s.offset).is_some_and(|i| i < s.file_bytes))?;
        let end = segment.offset.checked_add(segment.file_bytes)?.min(self.reader.size());
        self.reader.bytes(offset, len.min(end - offset)).ok()
    }

    pub(crate) fn has_section(&self, name: &str) -> bool {
        self.sections.iter().any(|s| s.name == name)
    }
}

fn machine_of(head: &[u8]) -> Result<Machine, Refusal> {
    let unsupported = |what: &str| Err(Refusal::new(RefusalCode::UnsupportedMachine, what));
    if head.len() < 64 {
        return Err(damaged("short file header"));
    }
    if head[4] != elf::ELFCLASS64.0 {
        return unsupported("32-bit file");
    }
    if head[5] != elf::ELFDATA2LSB.0 {
        return unsupported("big-endian file");
    }
    match elf::Machine(u16::from_le_bytes([head[18], head[19]])) {
        elf::EM_X86_64 => Ok(Machine::X86_64),
        elf::EM_AARCH64 => Ok(Machine::Aarch64),
        other => unsupported(&format!("machine type {}", other.0)),
    }
}

fn read_programs(reader: &Reader<'_>, header: &FileHeader64<LE>) -> Result<Vec<ProgramHeader64<LE>>, Refusal> {
    let count = u64::from(header.e_phnum.get(LE));
    if count > MAX_SEGMENTS || (count > 0 && header.e_phentsize.get(LE) != 56) {
        return Err(damaged("program header table"));
    }
    let bytes = reader.bytes(header.e_phoff.get(LE), count * 56)?;
    Ok(pod::slice_from_all_bytes(&bytes).map_err(|()| damaged("program header table"))?.to_vec())
}

fn segment(p: &ProgramHeader64<LE>) -> Segment {
    let flags = p.p_flags.get(LE);
    Segment {
        address: p.p_vaddr.get(LE),
        offset: p.p_offset.get(LE),
        file_bytes: p.p_filesz.get(LE),
        executable: flags.contains(elf::PF_X),
        writable: flags.contains(elf::PF_W),
    }
}

/// A file whose section headers were cut off is no error: it just has no sections.
fn read_sections(reader: &Reader<'_>, header: &FileHeader64<LE>) -> Result<Vec<Section>, Refusal> {
    let (offset, mut count) = (header.e_shoff.get(LE), u64::from(header.e_shnum.get(LE)));
    if offset == 0 || header.e_shentsize.get(LE) != 64 {
        return Ok(Vec::new());
    }
    let first = raw_sections(reader, offset, 1)?;
    if count == 0 {
        count = first[0].sh_size.get(LE); // more than 65,279 sections: the count stands in the first one
    }
    if count > MAX_SECTIONS {
        return Err(damaged("section header table"));
    }
    let raw = raw_sections(reader, offset, count)?;
    let names = match header.e_shstrndx.get(LE) {
        elf::SHN_XINDEX => first[0].sh_link.get(LE),
        index => u32::from(index.0),
    };
    let names = raw.get(names as usize).filter(|s| s.sh_size.get(LE) <= MAX_NOTE_BYTES);
    let names = names.map_or(Ok(Vec::new()), |s| reader.bytes(s.sh_offset.get(LE), s.sh_size.get(LE)))?;
    Ok(raw.iter().map(|s| section(s, &names)).collect())
}

fn raw_sections(reader: &Reader<'_>, offset: u64, count: u64) -> Result<Vec<SectionHeader64<LE>>, Refusal> {
    let bytes = reader.bytes(offset, count * 64)?;
    Ok(pod::slice_from_all_bytes(&bytes).map_err(|()| damaged("section header table"))?.to_vec())
}

fn section(s: &SectionHeader64<LE>, names: &[u8]) -> Section {
    let name = names.get(s.sh_name.get(LE) as usize..).unwrap_or_default();
    let name = &name[..name.iter().take(64).position(|b| *b == 0).unwrap_or(0)];
    Section {
        name: String::from_utf8_lossy(name).into_owned(),
        kind: s.sh_type.get(LE).0,
        offset: s.sh_offset.get(LE),
        bytes: s.sh_size.get(LE),
        link: s.sh_link.get(LE),
    }
}

/// The GNU build id of the note segments; a damaged note is no build id, not an error.
fn build_id(reader: &Reader<'_>, programs: &[ProgramHeader64<LE>]) -> Option<Vec<u8>> {
    let notes = programs.iter().filter(|p| p.p_type.get(LE) == elf::PT_NOTE && p.p_filesz.get(LE) <= MAX_NOTE_BYTES);
    notes.take(16).find_map(|p| {
        let bytes = reader.bytes(p.p_offset.get(LE), p.p_filesz.get(LE)).ok()?;
        let align = if p.p_align.get(LE) == 8 { 8 } else { 4 };
        build_id_in(&bytes, align)
    })
}

fn build_id_in(mut notes: &[u8], align: usize) -> Option<Vec<u8>> {
    loop {
        let (header, rest) = pod::from_bytes::<NoteHeader64<LE>>(notes).ok()?;
        let name_bytes = header.n_namesz.get(LE) as usize;
        let content_bytes = header.n_descsz.get(LE) as usize;
        // the content is aligned counting from the start of the note (12 bytes of header)
        let content_at = (12usize.checked_add(name_bytes)?).checked_next_multiple_of(align)? - 12;
        let content = rest.get(content_at..content_at.checked_add(content_bytes)?)?;
        let is_id = header.n_type.get(LE) == elf::NT_GNU_BUILD_ID && rest.get(..name_bytes)? == b"GNU\0";
        if is_id && (4..=64).contains(&content_bytes) {
            return Some(content.to_vec());
        }
        let next = (12 + content_at + content_bytes).checked_next_multiple_of(align)?;
        notes = notes.get(next..)?;
    }
}
