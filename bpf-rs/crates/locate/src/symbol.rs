//! Defined functions with names that a tier asks for, from the dynamic and the full symbol table.
use crate::image::{Image, Section};
use crate::target::{Refusal, RefusalCode};
use object::LittleEndian as LE;
use object::elf::{self, Sym64};
use object::pod;
use std::collections::BTreeMap;

/// A browser with all its symbols stays below.
const MAX_TABLE_BYTES: u64 = 192 << 20;
const MAX_NAME_BYTES: usize = 64;
const ENTRY_BYTES: u64 = 24;

/// One function as a symbol table gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Symbol {
    pub address: u64,
    /// 0 where the table does not say.
    pub bytes: u64,
}

/// What the symbol tables say about the names asked for.
#[derive(Debug, Default)]
pub(crate) struct Symbols {
    defined: BTreeMap<&'static str, Vec<Symbol>>,
    /// Names that other files provide.
    pub imported: Vec<&'static str>,
}

impl Symbols {
    /// The one place a name stands for; `Ok(None)` when it is not defined here.
    pub fn unique(&self, name: &str) -> Result<Option<Symbol>, Refusal> {
        match self.defined.get(name).map(Vec::as_slice) {
            None | Some([]) => Ok(None),
            Some([only]) => Ok(Some(*only)),
            Some(several) => {
                Err(Refusal::new(RefusalCode::Ambiguous, format!("{name} is defined at {} places", several.len())))
            }
        }
    }

    pub fn has(&self, name: &str) -> bool {
        self.defined.contains_key(name)
    }

    fn add(&mut self, name: &'static str, symbol: Symbol) {
        let all = self.defined.entry(name).or_default();
        match all.iter_mut().find(|s| s.address == symbol.address) {
            Some(same) => same.bytes = same.bytes.max(symbol.bytes),
            None => all.push(symbol),
        }
    }
}

/// Reads both symbol tables once. Names are compared in place, never searched for their end: a table whose names all
/// point into one long string costs no more than another.
pub(crate) fn wanted(image: &Image<'_>, names: &[&'static str]) -> Result<Symbols, Refusal> {
    let mut symbols = Symbols::default();
    let mut by_name: BTreeMap<&[u8], &'static str> = BTreeMap::new();
    by_name.extend(names.iter().map(|n| (n.as_bytes(), *n)));
    for kind in [elf::SHT_DYNSYM, elf::SHT_SYMTAB] {
        if let Some(table) = image.sections.iter().find(|s| s.kind == kind.0) {
            read_table(image, table, &by_name, &mut symbols)?;
        }
    }
    symbols.imported.sort_unstable();
    symbols.imported.dedup();
    symbols.imported.retain(|n| !symbols.defined.contains_key(n));
    Ok(symbols)
}

fn read_table(
    image: &Image<'_>,
    table: &Section,
    names: &BTreeMap<&[u8], &'static str>,
    out: &mut Symbols,
) -> Result<(), Refusal> {
    let strings = image.sections.get(table.link as usize).filter(|s| s.kind == elf::SHT_STRTAB.0);
    let strings = strings.ok_or_else(|| Refusal::new(RefusalCode::Damaged, "symbol table without its names"))?;
    if table.bytes > MAX_TABLE_BYTES || strings.bytes > MAX_TABLE_BYTES {
        return Err(Refusal::new(RefusalCode::TooLarge, "symbol table"));
    }
    let entries = image.reader.bytes(table.offset, table.bytes - table.bytes % ENTRY_BYTES)?;
    let strings = image.reader.bytes(strings.offset, strings.bytes)?;
    let entries: &[Sym64<LE>] =
        pod::slice_from_all_bytes(&entries).map_err(|()| Refusal::new(RefusalCode::Damaged, "symbol table"))?;
    for entry in entries {
        let Some(name) = name_at(&strings, entry.st_name.get(LE)).and_then(|n| names.get(n)) else {
            continue;
        };
        match entry.st_shndx.get(LE) {
            elf::SHN_UNDEF => out.imported.push(name),
            _ if entry.st_type() == elf::STT_FUNC => {
                out.add(name, Symbol { address: entry.st_value.get(LE), bytes: entry.st_size.get(LE) });
            }
            _ => {}
        }
    }
    Ok(())
}

fn name_at(strings: &[u8], at: u32) -> Option<&[u8]> {
    let rest = strings.get(at as usize..)?;
    let rest = &rest[..rest.len().min(MAX_NAME_BYTES)];
    // every name asked for begins so; millions of others are passed over without a search
    if !matches!(rest.first()?, b'S' | b'g' | b'P' | b'w' | b'm') {
        return None;
    }
    Some(&rest[..memchr::memchr(0, rest)?])
}
